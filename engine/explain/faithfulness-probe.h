/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One image, its score and two baselines, and what is asked of the network for
 * each ranking of its pixels. */
#ifndef SAC_EXPLAIN_FAITHFULNESS_PROBE_H
#define SAC_EXPLAIN_FAITHFULNESS_PROBE_H

#include "explain/faithfulness.h"
#include "explain/image-input.h"

typedef struct {
  SacExplainRun *run; /* has had a pass with the score */
  SacImageInput image;
  float *baselines[SAC_FAITHFULNESS_BASELINES];
  double baseline_scores[SAC_FAITHFULNESS_BASELINES];
  size_t steps, points, samples;
  double noise; /* in the network's units */
  uint64_t seed;
  double *losses[SAC_FAITHFULNESS_BASELINES]; /* of each hidden region */
} SacFaithfulnessProbe;

/* What is the same for all maps: the scores of the baselines, and of the image
 * with each region hidden. */
bool sac_faithfulness_probe_start (SacFaithfulnessProbe *probe,
                                   SacJob *job,
                                   GError **error);
void sac_faithfulness_probe_clear (SacFaithfulnessProbe *probe);

/* pixels: a value for each of the image's.  density: cells of the map a pixel,
 * so that sums over pixels are sums over cells.  ret: filled. */
bool sac_faithfulness_probe_measure (SacFaithfulnessProbe *probe,
                                     const float *pixels,
                                     double density,
                                     SacFaithfulnessSubject *ret,
                                     SacJob *job,
                                     GError **error);

#endif
