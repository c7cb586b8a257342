/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The score for many altered versions of one input image: what methods by
 * perturbation are made of.  Large images are run one on each thread, and
 * together from where the network has narrowed (trial-tail.h); small ones go
 * several at once.  Both where the network keeps the samples of a batch apart,
 * which the first batch shows: the image as it is goes along in it, and its
 * score must be the one it has alone. */
#ifndef SAC_EXPLAIN_TRIALS_H
#define SAC_EXPLAIN_TRIALS_H

#include "explain/image-input.h"

/* Versions on their way at a time. */
#define SAC_TRIALS_MOST 32

typedef struct {
  size_t count;
  /* Fills the image's `count` elements, which hold the image as it is, with
   * version `index`.  Called from several threads at once, for versions less
   * than SAC_TRIALS_MOST apart. */
  void (*alter) (size_t index, float *values, void *data);
  /* The score of version `index`, in order. */
  void (*take) (size_t index, double score, void *data);
  /* Called between batches, when some time has passed since the last call, with
   * how many versions have been taken; NULL: not wanted. */
  void (*show) (size_t done, void *data);
  void *data;
} SacTrials;

/* The run must have had a pass with the score: its class is that of all
 * versions.  Progress goes from 0 to 1.  Errors: those of plan and run. */
bool sac_trials_run (SacExplainRun *run,
                     const SacImageInput *image,
                     const SacTrials *trials,
                     SacJob *job,
                     GError **error);

#endif
