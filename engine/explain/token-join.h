/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What sac_token_carry does between two places, found once for all rows; it
 * follows from shapes alone. */
#ifndef SAC_EXPLAIN_TOKEN_JOIN_H
#define SAC_EXPLAIN_TOKEN_JOIN_H

#include "explain/token-place.h"

typedef struct SacTokenJoin SacTokenJoin;

/* Errors: those of sac_token_carry.
 * Returns: a new join; free with sac_token_join_free. */
SacTokenJoin *sac_token_join_new (const SacFlow *flow,
                                  const SacTokenPlace *later,
                                  const SacTokenPlace *earlier,
                                  GError **error);
void sac_token_join_free (SacTokenJoin *join);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTokenJoin, sac_token_join_free)

/* One share per token, of the later place and the earlier.  Returns: false,
 * with nothing done, where tokens are merged: a carry has to follow each row.
 */
bool sac_token_join_carry (const SacTokenJoin *join,
                           const double *row,
                           double *ret_row);

#endif
