/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The blocks of a network one behind the other, from the last to the input: a
 * row of the product of all of them, handed from block to block through
 * whatever joins their tokens (token-carry.h). */
#ifndef SAC_EXPLAIN_ATTENTION_CHAIN_H
#define SAC_EXPLAIN_ATTENTION_CHAIN_H

#include "explain/attention-run.h"

/* Sets `chain` and `first`.  start_layer: of the parameter, from the input;
 * negative: from the end.  Attention without places (channels, the pooling of a
 * context) is passed by.  Where a join is not understood, the chain starts
 * behind it and `stopped` says why.
 * Errors: UNDEFINED (the last block does not connect a set of places with
 * itself, or one behind it has places that are not known, unless the request
 * states the parameter), MISMATCH (no such block). */
bool sac_attention_chain_find (SacAttentionRun *self,
                               int64_t start_layer,
                               GError **error);

/* sac_attention_rollout_step or sac_attention_relevance_step. */
typedef void (*SacAttentionStep) (const SacAttentionMatrix *matrix,
                                  const double *row,
                                  double *ret_own,
                                  double *ret_keys);

/* The tokens of the first block, and a number for each. */
typedef struct {
  SacAttentionMatrix *matrix; /* of the first block: the grid of the map */
  double *row;   /* of the product: the class token's, or the mean of all */
  double *start; /* the same of the identities alone */
  SacAttentionAsking asking; /* the tokens whose row it is */
  bool joined;               /* tokens changed on the way */
} SacAttentionProduct;

/* After the pass.  Returns: free with sac_attention_product_free. */
SacAttentionProduct *sac_attention_chain_multiply (SacAttentionRun *self,
                                                   SacAttentionStep step,
                                                   SacJob *job,
                                                   GError **error);
void sac_attention_product_free (SacAttentionProduct *product);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAttentionProduct, sac_attention_product_free)

/* Says in the map's provenance which row it is, how many blocks are counted and
 * why no more, and how tokens were joined. */
void sac_attention_chain_add_notes (const SacAttentionRun *self,
                                    const SacAttentionProduct *product,
                                    SacMap *map);

#endif
