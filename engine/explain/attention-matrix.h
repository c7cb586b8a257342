/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The attention of one block for one sample as numbers: heads made one, and
 * which token of the image each query and key is. */
#ifndef SAC_EXPLAIN_ATTENTION_MATRIX_H
#define SAC_EXPLAIN_ATTENTION_MATRIX_H

#include "explain/attention-find.h"
#include "explain/method.h"

/* Tokens are numbered prefix first, then the grid row by row. */
typedef struct {
  int64_t groups, queries, keys;
  float *weights;   /* groups x queries x keys */
  SacTensor *owner; /* of the weights; NULL: the matrix itself */
  int64_t tokens;   /* that the keys are of */
  int prefix_tokens;
  int rows, columns; /* the grid; one column of instances where there is none */
  bool square;       /* queries are the same tokens as the keys */
  int *query_tokens; /* groups x queries; -1: padding */
  int *key_tokens;   /* groups x keys, or queries x keys; -1: padding */
  bool own_keys;     /* key_tokens differ from query to query */
} SacAttentionMatrix;

/* What is taken of a weight A with gradient dA. */
typedef enum {
  SAC_ATTENTION_WEIGHTS,   /* A */
  SAC_ATTENTION_POSITIVE,  /* max (0, A dA) in each head */
  SAC_ATTENTION_PRODUCT,   /* max (0, A dA once heads are made one) */
  SAC_ATTENTION_GRADIENTS, /* max (0, dA) in each head */
} SacAttentionUse;

typedef struct {
  SacAttentionUse use;
  SacHeadMode head_mode;
  int head;
} SacAttentionFusion;

typedef struct {
  const SacTensor *weights;   /* the whole tensor, float32; NULL: the matrix is
                                 wanted for its tokens, its weights are 0 */
  bool is_fused;              /* they are [groups, queries, keys] already */
  const SacTensor *gradients; /* of its shape; NULL: for WEIGHTS only */
  int64_t batch;              /* the sample */
  SacAttentionFusion fusion;
} SacAttentionSource;

/* Errors: UNDEFINED (no place on an image is attended to, or it is not known
 * which), MISMATCH (no such sample or head).
 * Returns: a new matrix; free with sac_attention_matrix_free. */
SacAttentionMatrix *sac_attention_matrix_new (const SacFlow *flow,
                                              const SacFoundAttention *found,
                                              const SacAttentionSource *source,
                                              GError **error);

/* Weights of `tokens` tokens to each other, row by row, without a prefix. */
SacAttentionMatrix *sac_attention_matrix_new_dense (int64_t tokens,
                                                    const float *weights);
void sac_attention_matrix_free (SacAttentionMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttentionMatrix, sac_attention_matrix_free)

/* UNDEFINED unless the attention says something about places. */
bool sac_attention_check_spatial (const SacFlow *flow,
                                  const SacFoundAttention *found,
                                  GError **error);

#endif
