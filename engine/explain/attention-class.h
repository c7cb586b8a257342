/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Class attention: the class token asks itself and the patches, which keep what
 * they have (Touvron et al., ICCV 2021).  For rollout and relevance that is
 * attention among all of its keys in which only the class token's row is not
 * the identity: as the class token's cross attention to [class, patches]. */
#ifndef SAC_EXPLAIN_ATTENTION_CLASS_H
#define SAC_EXPLAIN_ATTENTION_CLASS_H

#include "explain/attention-chain.h"

/* Of an attention with `of_class`: which of the keys' tokens each query is.
 * Errors: UNDEFINED.  Returns: a new array. */
int *sac_attention_class_tokens (const SacFlow *flow,
                                 const SacFoundAttention *found,
                                 int64_t batch,
                                 GError **error);

/* One step as SacAttentionStep: tokens that do not ask keep their share.
 * tokens: as above; ret_row: not the row itself. */
void sac_attention_class_step (SacAttentionMatrix *matrix,
                               const int *tokens,
                               SacAttentionStep step,
                               const double *row,
                               double *ret_row);

#endif
