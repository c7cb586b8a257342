/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What follows one value of a network, run again by itself with other elements
 * in it.  Where paths go past the value (residual connections), what they bring
 * is kept from one run of the whole. */
#ifndef SAC_EXPLAIN_LAYER_TAIL_H
#define SAC_EXPLAIN_LAYER_TAIL_H

#include "explain/run.h"

typedef struct SacLayerTail SacLayerTail;

/* The value's elements as they are, in the tail's own copy: `batch` of them
 * behind one another, as many as go well together, at the most `most`.  The run
 * must have had a pass with the score, the last one of the request's own inputs
 * where it captured the value.  Errors: UNDEFINED (the score does not follow
 * from the value), those of plan and run. */
SacLayerTail *sac_layer_tail_new (
  SacExplainRun *run, int value, int64_t most, SacJob *job, GError **error);
void sac_layer_tail_free (SacLayerTail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLayerTail, sac_layer_tail_free)

int64_t sac_layer_tail_get_batch (const SacLayerTail *tail);

/* Copy `place` of the value, with the elements that it has in the whole until
 * the caller alters it. */
float *sac_layer_tail_get_copy (SacLayerTail *tail, int64_t place);

/* ret_scores: one for each copy. */
bool sac_layer_tail_run (SacLayerTail *tail,
                         double *ret_scores,
                         SacJob *job,
                         GError **error);

#endif
