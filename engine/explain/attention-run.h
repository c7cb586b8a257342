/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the attention methods share: the blocks of a request, one pass that
 * keeps their weights, and the map made of one number per token. */
#ifndef SAC_EXPLAIN_ATTENTION_RUN_H
#define SAC_EXPLAIN_ATTENTION_RUN_H

#include "explain/attention-matrix.h"
#include "explain/run.h"

/* Whose rows of a block's weights are followed. */
typedef struct {
  int token;   /* of the prefix; -1: the mean of all */
  int skipped; /* ... but so many first ones */
  bool unread; /* nothing of that token's goes on to the score */
} SacAttentionAsking;

typedef struct {
  SacExplainRun *run;
  GArray *blocks;    /* SacFoundAttention: all of the network */
  guint first, last; /* blocks[first .. last] are used */
  GArray *chain;     /* of guint: only these of them, from the last on; NULL:
                        all.  See attention-chain.h */
  GPtrArray *joins;  /* of SacAttentionJoin, one a block of the chain: with the
                        one before it; NULL for the first.  They are the plan's
                      */
  char *stopped;     /* NULL, or why the chain starts no earlier */
  guint later;       /* 0, or the block behind the last that is left out */
  SacAttentionUse use;       /* of their weights; set by the method */
  SacAttentionAsking asking; /* of `last`; set by methods of heads apart */
  GArray *wishes;            /* private to attention-reduced.c */
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

/* Whether its queries and keys are the same places. */
bool sac_attention_run_connects (const SacAttention *attention);

/* The class token, or, as the parameter `rows` wants it, the first prefix token
 * that the score reads, or, if it reads none, all tokens behind the prefix.
 * Without a prefix all tokens. */
SacAttentionAsking sac_attention_run_asking (const SacAttentionRun *self,
                                             guint block);

/* What their tokens attend to, as sac_attention_received. */
void sac_attention_asking_received (const SacAttentionMatrix *matrix,
                                    const SacAttentionAsking *asking,
                                    double *ret_received);
/* That in words, for the window to translate. */
const char *sac_attention_asking_describe (const SacAttentionAsking *asking);

/* The request's sample in that attention, whose inputs may be stacked. */
int64_t sac_attention_run_sample (const SacAttentionRun *self,
                                  const SacFoundAttention *found);

/* One pass that keeps the weights (and gradients) of the blocks in use. */
bool sac_attention_run_pass (SacAttentionRun *self,
                             bool gradients,
                             SacJob *job,
                             GError **error);

/* The same with gradients for a method that wants the last block's heads apart.
 * When there are wishes afterwards, sac_attention_reduced_head has them. */
bool sac_attention_run_pass_heads (SacAttentionRun *self,
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

/* Says in the map's provenance how many blocks before the first were left out.
 */
void sac_attention_run_add_left_out (const SacAttentionRun *self, SacMap *map);

#endif
