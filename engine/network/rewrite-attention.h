/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to rewrite-attention*.c: how the
 * operands of an attention lie in their tensors. */
#ifndef SAC_NETWORK_REWRITE_ATTENTION_H
#define SAC_NETWORK_REWRITE_ATTENTION_H

#include "network/ops/attention-fused.h"
#include "network/rewrite.h"

/* A tensor as somebody sees it: its axes with their sizes and strides. */
typedef struct {
  int value;
  int rank;
  int64_t sizes[SAC_LIMIT_RANK];
  int64_t strides[SAC_LIMIT_RANK];
  int64_t offset;
  float scale; /* a factor of all elements */
} SacAttentionTensor;

/* Goes back from the value to what its node took the elements from: past other
 * names, Transpose, Gather of one index, Slice, Split, and the product with one
 * number if so asked.  Returns: false when there is no way. */
bool sac_attention_step_back (const SacRewrite *rewrite,
                              bool through_scale,
                              SacAttentionTensor *tensor);

/* perm of a Transpose: the default turns all axes around. */
void sac_attention_read_permutation (const SacNode *node, int rank, int *perm);

/* Whether no element of one view of a tensor is one of the other; false when it
 * cannot be told.  Each has its elements once then. */
bool sac_attention_is_apart (const SacAttentionView *a,
                             const SacAttentionView *b);

/* A step whose operand is a value: how it lies is known only once the product
 * is found. */
typedef struct {
  SacScoreKind kind;
  float number;
  bool where;
  int value; /* -1: none */
  int result;
} SacFoundStep;

/* What was found from one Softmax. */
typedef struct {
  SacPlan *plan;
  SacRewrite *rewrite;
  bool ignore_pins; /* of what comes after the Softmax */
  int visits;
  SacFoundStep steps[SAC_ATTENTION_STEPS]; /* from the Softmax to the product */
  int step_count;
  int product;     /* node */
  GArray *weights; /* values that are the probabilities, guarded or not */
  bool turned;
  SacFusedAttention of;
  int inputs[3 + SAC_ATTENTION_STEPS];
  int input_count;
  int last; /* node to be replaced */
} SacAttentionMatch;

/* ignore_pins: as if nobody had asked for the probabilities.
 * Returns: a new match; NULL when the node is not the Softmax of an attention
 * that can be one node. */
SacAttentionMatch *
sac_attention_match_new (SacRewrite *rewrite, int softmax, bool ignore_pins);
void sac_attention_match_free (SacAttentionMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttentionMatch, sac_attention_match_free)

/* The product of one attention with its operands seen as matrices. */
typedef struct {
  SacAttentionView left, right, result;
  int left_value, right_value; /* what is read */
  int64_t batch, rows, inner, columns;
  float scale; /* of the result */
} SacAttentionProduct;

/* S = Q K': the node's result ends with queries and keys.
 * Returns: false when the node is no such product. */
bool sac_attention_view_scores (const SacRewrite *rewrite,
                                int node,
                                SacAttentionProduct *ret_product);

/* Context = A V.  left_value is `weights` itself, its view is not filled.
 * turned: the last two axes of `weights` are keys, queries.
 * ret_last: the node that makes the context, a Transpose behind the product
 * when that can be left out. */
bool sac_attention_view_context (const SacRewrite *rewrite,
                                 int node,
                                 int weights,
                                 bool turned,
                                 SacAttentionProduct *ret_product,
                                 int *ret_last);

/* An operand that is broadcast to `shape`, whose elements in C order are batch
 * x queries x keys.  Returns: false when axes lie across that division. */
bool sac_attention_view_operand (const SacShape *operand,
                                 const SacShape *shape,
                                 const SacFusedAttention *of,
                                 SacAttentionView *ret_view);

/* How many axes before the queries, and whether the axes of keys start at
 * ret_keys. */
bool sac_attention_split_axes (const SacShape *shape,
                               int64_t queries,
                               int64_t keys,
                               int *ret_queries,
                               int *ret_keys);

#endif
