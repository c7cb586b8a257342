/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a map says of how it came to be.  Keys are those of the map files. */
#ifndef SAC_EXPLAIN_PROVENANCE_H
#define SAC_EXPLAIN_PROVENANCE_H

#include "explain/cam-target.h"
#include "explain/run.h"

/* output, target, target_index, class_index, class_id, logit, probability:
 * after a pass with gradients; where all of those were 0 a "flag" that says so.
 */
void sac_provenance_add_score (JsonObject *provenance,
                               const SacExplainRun *run);

/* layer, layer_layout, prefix_tokens, grid. */
void sac_provenance_add_target (JsonObject *provenance,
                                const SacExplainRun *run,
                                const SacCamTarget *target);

/* attention: the names of the values used, from the input to the output. */
void sac_provenance_add_attention (JsonObject *provenance,
                                   const SacExplainRun *run,
                                   const int *values,
                                   size_t count);

void sac_provenance_add_grid (JsonObject *provenance,
                              int prefix_tokens,
                              int rows,
                              int columns);

/* A sentence under "notes": how the method was adapted to this model. */
void sac_provenance_add_note (JsonObject *provenance, const char *sentence);

/* program, version, model, hashes, method, params, head, batch, input,
 * threads, created: the same for all methods. */
void sac_provenance_add_common (JsonObject *provenance,
                                const SacMethod *method,
                                const SacExplainRequest *request);

#endif
