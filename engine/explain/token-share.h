/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Shares of tokens on their way back through the graph, node by node. */
#ifndef SAC_EXPLAIN_TOKEN_SHARE_H
#define SAC_EXPLAIN_TOKEN_SHARE_H

#include "explain/token-place.h"

typedef struct {
  const SacFlow *flow;
  GHashTable *shares; /* value + 1 -> double *, one per element */
  bool whole;         /* places that are merged are refused */
  bool keeps;         /* shares stay where they have passed, too */
  GHashTable *moves;  /* what nodes do to elements, for the next shares that go
                         the same way (sac_token_moves_new); NULL: not kept */
} SacTokenShares;

GHashTable *sac_token_moves_new (void);

/* NULL where there are none. */
double *sac_token_share_of (SacTokenShares *carry, int value);
/* Zeros where there were none. */
double *sac_token_share_for (SacTokenShares *carry, int value);
/* Whether an output of the node has any. */
bool sac_token_share_any (SacTokenShares *carry, const SacNode *node);

/* Token t of the place has row[t], in equal parts for its features. */
void sac_token_share_fill (SacTokenShares *carry,
                           const SacTokenPlace *place,
                           const double *row);

/* Gives what the node's outputs have to its operands (token-carry.h says how).
 * Errors: UNDEFINED. */
bool sac_token_share_back (SacTokenShares *carry,
                           const SacNode *node,
                           GError **error);

/* An operand that depends on the data and has the shape of the output.  Of
 * several, the one that the others are made of, or else with the shortest way
 * from where they part: that is the shortcut round a block.  They do not part
 * at all where a block has asked another image.  -1: none. */
int sac_token_share_shortcut (const SacFlow *flow, const SacNode *node);

/* Of shares of tokens' numbers (from 1) to the powers 0, 1 and 2, `size` of
 * each: the one token that they are of; -1: of none, -2: of several. */
int sac_token_share_one (const double *moments, int64_t size, int64_t at);

#endif
