/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention found in a graph: every Softmax whose probabilities weigh values
 * that depend on the input, with what its shape tells.  Where heads are mixed
 * by a linear map before or after the softmax (talking heads) the weights are
 * the probabilities themselves: what mixes them comes before or behind. */
#ifndef SAC_EXPLAIN_ATTENTION_H
#define SAC_EXPLAIN_ATTENTION_H

#include "network/model.h"
#include "network/plan.h"

typedef enum {
  SAC_ATTENTION_GLOBAL, /* all tokens to all tokens, with prefix tokens */
  SAC_ATTENTION_WINDOW,
  SAC_ATTENTION_LOCAL, /* each place to its kernel x kernel neighbourhood */
  SAC_ATTENTION_CROSS,
  SAC_ATTENTION_POOLING, /* one weight per instance ("mil") */
  SAC_ATTENTION_CHANNEL, /* features to features: no place on the image */
} SacAttentionKind;

typedef struct {
  int value; /* the probabilities */
  SacAttentionKind kind;
  int head_axis; /* of the tensor, -1: none.  Where it counts more than heads
                    (samples or windows too), the heads are inside. */
  int heads;
  int query_axis, key_axis; /* of the tensor; query_axis -1: one query */
  int64_t queries, keys;
  int prefix_tokens;
  int rows, columns; /* grid of the keys' tokens without prefix; 0 when not
                        known.  Windows: the whole grid that they were cut of */
  int kernel;        /* local */
  int block;         /* 0, 1, ... from the input to the output */
} SacAttention;

const char *sac_attention_kind_get_name (SacAttentionKind kind);

/* plan: of the network with its shapes bound.  manifest may be NULL; what it
 * states wins over what is found.  Returns: array of SacAttention in graph
 * order (possibly empty); NULL on a manifest that does not fit (MISMATCH). */
GArray *sac_attention_find (const SacPlan *plan,
                            const SacNetwork *network,
                            const SacManifest *manifest,
                            GError **error);

#endif
