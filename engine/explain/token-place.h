/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where the tokens of an attention block lie in the graph: at which value, and
 * which of its elements are which token. */
#ifndef SAC_EXPLAIN_TOKEN_PLACE_H
#define SAC_EXPLAIN_TOKEN_PLACE_H

#include "explain/attention-find.h"

typedef struct {
  int value;
  int64_t elements; /* of the value */
  int64_t count;    /* tokens of one sample, numbered as in its matrix */
  int *tokens;      /* of each element; -1: of another sample */
} SacTokenPlace;

/* Of the keys, or of the queries, of sample `batch`.
 * Errors: UNDEFINED (it is not known where they come from).
 * Returns: a new place; free with sac_token_place_free. */
SacTokenPlace *sac_token_place_new (const SacFlow *flow,
                                    const SacFoundAttention *found,
                                    bool keys,
                                    int64_t batch,
                                    GError **error);
void sac_token_place_free (SacTokenPlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTokenPlace, sac_token_place_free)

#endif
