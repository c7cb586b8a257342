/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Altered images that go through the first, large maps of a network one by one,
 * each on a thread and in its cache, and together through what follows: there
 * maps are small and weights many, and one read of the weights serves them
 * all. */
#ifndef SAC_EXPLAIN_TRIAL_TAIL_H
#define SAC_EXPLAIN_TRIAL_TAIL_H

#include "explain/run.h"

typedef struct SacTrialTail SacTrialTail;

/* Cuts at the first value that everything passes through and that has no more
 * elements than `most`; at the most `most_images` go together.  The run must
 * have had a pass with the score.  Returns: NULL when there is none, or the
 * samples of a batch are not kept apart. */
SacTrialTail *sac_trial_tail_new (SacExplainRun *run,
                                  int64_t most,
                                  int64_t most_images,
                                  SacJob *job);
void sac_trial_tail_free (SacTrialTail *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTrialTail, sac_trial_tail_free)

/* Images that go together. */
size_t sac_trial_tail_get_batch (const SacTrialTail *self);

/* The first part, of inputs for one image, to place `place`.  From several
 * threads at once for different places. */
bool sac_trial_tail_start (SacTrialTail *self,
                           size_t place,
                           const SacTensor *const *inputs,
                           SacJob *job,
                           GError **error);

/* The second part.  ret_scores: one for each place. */
bool sac_trial_tail_finish (SacTrialTail *self,
                            double *ret_scores,
                            SacJob *job,
                            GError **error);

#endif
