/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What joins the tokens of two blocks of a network: shares of later tokens
 * handed back to the earlier ones that they were made of.
 *
 * Tokens that were only moved, left out, put beside new ones, or changed each
 * by itself (norms, linear maps, residual branches beside a shortcut) keep
 * their share.  A token made of several places by a convolution, pooling or
 * merging gives each place an equal part, resampling and pooling by means what
 * their own weights give.  Shares of tokens that are new are lost.  Anything
 * else mixes tokens in a way that has no such answer, and is refused. */
#ifndef SAC_EXPLAIN_TOKEN_CARRY_H
#define SAC_EXPLAIN_TOKEN_CARRY_H

#include "explain/token-place.h"

/* rows: `count` of them, each one share per token of `later`; ret_rows: as many
 * of `earlier`.  Errors: UNDEFINED, with the node at which it ends. */
bool sac_token_carry (const SacFlow *flow,
                      const SacTokenPlace *later,
                      const double *rows,
                      int count,
                      const SacTokenPlace *earlier,
                      double *ret_rows,
                      GError **error);

/* The same for tokens that are put together of several: a class token that went
 * its own way beside the patches.  `block` is the class attention that
 * `earlier` are the keys of, `asking` says which of them each of its queries
 * is: what arrives at its product is of those, where their shortcut is a
 * constant. */
bool sac_token_carry_class (const SacFlow *flow,
                            const SacTokenPlace *later,
                            const double *row,
                            const SacTokenPlace *earlier,
                            const SacFoundAttention *block,
                            const int *asking,
                            double *ret_row,
                            GError **error);

/* The graph input that the tokens of `value` are places of, following
 * shortcuts; -1 when they are of several or it is not known. */
int sac_token_carry_origin (const SacFlow *flow, int value);

#endif
