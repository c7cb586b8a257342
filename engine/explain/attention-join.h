/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What joins two blocks of attention, or a block's own keys and its queries.
 * It follows from shapes alone and takes long to find, so the plan keeps it,
 * and as well that there is none. */
#ifndef SAC_EXPLAIN_ATTENTION_JOIN_H
#define SAC_EXPLAIN_ATTENTION_JOIN_H

#include "explain/attention-run.h"
#include "explain/token-place.h"

typedef struct SacAttentionJoin SacAttentionJoin;

/* Where a block's queries' tokens lie, which are the ones that it hands on. */
SacTokenPlace *sac_attention_join_place (const SacAttentionRun *self,
                                         guint block,
                                         GError **error);

/* Keys on a grid of their own (spatial reduction): what they get goes back to
 * the tokens that they were made of. */
bool sac_attention_has_own_keys (const SacFoundAttention *found);

/* Errors: UNDEFINED (the tokens are joined in no way that is understood), the
 * same each time.  Returns: a join that the plan keeps. */
const SacAttentionJoin *sac_attention_join_find (const SacAttentionRun *self,
                                                 guint later,
                                                 guint earlier,
                                                 GError **error);

/* Whether what a block's keys get can be handed back to its tokens; true where
 * its keys are its tokens. */
bool sac_attention_join_try_keys (const SacAttentionRun *self,
                                  guint block,
                                  GError **error);

/* rows: `count` of the later place; ret_rows: as many of the earlier. */
bool sac_attention_join_carry (const SacAttentionRun *self,
                               const SacAttentionJoin *join,
                               const SacTokenPlace *later,
                               const double *rows,
                               int count,
                               const SacTokenPlace *earlier,
                               double *ret_rows,
                               GError **error);

#endif
