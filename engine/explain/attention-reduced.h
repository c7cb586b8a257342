/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention that is too large to be kept whole (a SAM encoder at 1024 pixels
 * has 805 MB of it in one block): what a method needs of it is reduced while
 * the network runs.  The numbers are the same but for rounding. */
#ifndef SAC_EXPLAIN_ATTENTION_REDUCED_H
#define SAC_EXPLAIN_ATTENTION_REDUCED_H

#include "explain/attention-run.h"

/* Of all weights and gradients that a request keeps, unless it says otherwise.
 * More than these are faster made twice than kept, read back and joined: a
 * ViT-B's 45 MB are not kept. */
#define SAC_ATTENTION_KEPT_BYTES ((size_t)16 << 20)

/* Parts `values`, of the blocks in use, into those that the pass keeps whole
 * and, when all together would be too large, wishes for the others with their
 * heads made one as self->use and the request say.
 * Returns: how many of `values` are left. */
guint sac_attention_reduced_plan (SacAttentionRun *self,
                                  int *values,
                                  guint count,
                                  bool gradients);

/* The same for the last block with its heads apart: what the first prefix token
 * attends to, or the mean over all queries; weights, then gradients.
 * Returns: false when the block is to be kept whole. */
bool sac_attention_reduced_plan_heads (SacAttentionRun *self);

/* The wish for a block of the last pass, or NULL when it was kept whole.
 * [groups, queries, keys]. */
const SacTensor *sac_attention_reduced_weights (const SacAttentionRun *self,
                                                int value);

/* After a pass planned with heads apart: `keys` numbers of a head. */
const float *sac_attention_reduced_head (const SacAttentionRun *self,
                                         int head,
                                         bool gradients);

#endif
