/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Arithmetic on attention.  Sums are in double, in order of the index. */
#ifndef SAC_EXPLAIN_ATTENTION_MATH_H
#define SAC_EXPLAIN_ATTENTION_MATH_H

#include "explain/attention-matrix.h"

/* One number of `heads` heads, `stride` elements apart.  gradients: of the same
 * places, or NULL where the fusion uses the weights alone. */
double sac_attention_fuse (const float *weights,
                           const float *gradients,
                           int64_t heads,
                           int64_t stride,
                           const SacAttentionFusion *fusion);

/* What each token receives, `tokens` numbers: the mean over the query tokens
 * from `first` on, up to `end` or, where that is -1, to the last, that see it.
 */
void sac_attention_received (const SacAttentionMatrix *matrix,
                             int64_t first,
                             int64_t end,
                             double *ret_received);

/* One row of a product of matrices, last block leftmost, is a row times the
 * blocks one after the other from the last: this is one such step.  It adds the
 * part that stays with the queries to ret_own, and what goes to the keys to
 * ret_keys; where both are the same tokens they may be one array.
 *
 * row x N, N = 0.5 A + 0.5 I with its rows made to sum to 1 (Abnar and
 * Zuidema, 2020, with the mean, maximum or minimum over heads in A). */
void sac_attention_rollout_step (const SacAttentionMatrix *matrix,
                                 const double *row,
                                 double *ret_own,
                                 double *ret_keys);

/* row x (I + A), A made with gradients (Chefer, Gur and Wolf, 2021, the rule
 * for self-attention). */
void sac_attention_relevance_step (const SacAttentionMatrix *matrix,
                                   const double *row,
                                   double *ret_own,
                                   double *ret_keys);

/* Grad-CAM's weight of a head: the mean of its gradients over the tokens of the
 * image (Chefer, Gur and Wolf, CVPR 2021, their baseline). */
double sac_attention_head_weight (const double *gradients,
                                  int64_t prefix_tokens,
                                  int64_t tokens);

#endif
