/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the attention methods share: the blocks of a request, one pass that
 * keeps their weights, and the map made of one number per token. */
#ifndef SAC_EXPLAIN_ATTENTION_RUN_H
#define SAC_EXPLAIN_ATTENTION_RUN_H

#include "explain/attention-matrix.h"
#include "explain/run.h"

typedef struct {
  SacExplainRun *run;
  GArray *blocks;      /* SacFoundAttention: all of the network */
  guint first, last;   /* blocks[first .. last] are used */
  SacAttentionUse use; /* of their weights; set by the method */
} SacAttentionRun;

/* Finds the blocks.  The last one is the one that request->layer names, or the
 * last of the network that says something about places of the request's input.
 * Errors: UNDEFINED (no attention), MISMATCH (that layer is no attention). */
SacAttentionRun *sac_attention_run_new (const SacExplainRequest *request,
                                        SacJob *job,
                                        GError **error);
void sac_attention_run_free (SacAttentionRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttentionRun, sac_attention_run_free)

/* Moves `first` to the start of the run of blocks that ends at `last` and has
 * one set of tokens, and further on to start_layer (from the input; negative:
 * from the end).  Errors: UNDEFINED (the last block does not connect a set of
 * tokens with itself), MISMATCH (no such block). */
bool sac_attention_run_connect (SacAttentionRun *self,
                                int64_t start_layer,
                                GError **error);

/* One pass that keeps the weights (and gradients) of the blocks in use. */
bool sac_attention_run_pass (SacAttentionRun *self,
                             bool gradients,
                             SacJob *job,
                             GError **error);

/* The block's weights for the request's sample and heads. */
SacAttentionMatrix *
sac_attention_run_matrix (SacAttentionRun *self, guint block, GError **error);

/* Drops the prefix.  Provenance: attention, layer, grid, and the score when
 * there were gradients. */
SacMap *sac_attention_run_map (SacAttentionRun *self,
                               const SacAttentionMatrix *matrix,
                               const double *tokens,
                               const char *unit);

/* sac_attention_rollout_step or sac_attention_relevance_step. */
typedef void (*SacAttentionStep) (const SacAttentionMatrix *matrix,
                                  const double *row,
                                  double *ret_row);

/* One row of the product of all blocks in use, last leftmost: the row of the
 * first prefix token, or, without one, the mean of all rows.  ret_last: the
 * matrix of the last block.  Returns: a new array, one number per token. */
double *sac_attention_run_multiply (SacAttentionRun *self,
                                    SacAttentionStep step,
                                    SacAttentionMatrix **ret_last,
                                    SacJob *job,
                                    GError **error);

/* Says in the map's provenance which row it is, and which blocks before the
 * last were left out. */
void sac_attention_run_add_notes (const SacAttentionRun *self,
                                  const SacAttentionMatrix *last,
                                  SacMap *map);

/* The latter alone. */
void sac_attention_run_add_left_out (const SacAttentionRun *self, SacMap *map);

/* The row that the product is taken of: 1 at the first prefix token, or 1 / N
 * everywhere.  Returns: a new array. */
double *sac_attention_run_start (const SacAttentionMatrix *matrix);

#endif
