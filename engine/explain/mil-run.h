/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the methods for bags of instances share: the attention that pools them,
 * one branch of it for one sample. */
#ifndef SAC_EXPLAIN_MIL_RUN_H
#define SAC_EXPLAIN_MIL_RUN_H

#include "explain/attention-run.h"

/* Its last block is the pooling that request->layer names, or the last one.
 * Errors: UNDEFINED (no attention pooling), MISMATCH (no such layer). */
SacAttentionRun *
sac_mil_run_new (const SacExplainRequest *request, SacJob *job, GError **error);

const SacAttention *sac_mil_run_get (const SacAttentionRun *self);

/* A branch of the request's sample, its weights the elements of `tensor`, which
 * has the shape of the attention.  Errors: those of the matrix. */
SacAttentionMatrix *sac_mil_run_branch (const SacAttentionRun *self,
                                        const SacTensor *tensor,
                                        int branch,
                                        GError **error);

#endif
