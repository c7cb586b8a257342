/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-join.h"

#include "explain/attention-class.h"
#include "explain/token-carry.h"
#include "explain/token-join.h"

struct SacAttentionJoin {
  guint earlier;
  SacTokenJoin *tokens; /* NULL: class attention, which follows each row */
  GError *reason;       /* why there is none; NULL: there is one */
};

static void
join_free (void *data)
{
  SacAttentionJoin *join = data;

  sac_token_join_free (join->tokens);
  g_clear_error (&join->reason);
  g_free (join);
}

static const SacFoundAttention *
block_at (const SacAttentionRun *self, guint index)
{
  return &g_array_index (self->blocks, SacFoundAttention, index);
}

SacTokenPlace *
sac_attention_join_place (const SacAttentionRun *self,
                          guint block,
                          GError **error)
{
  const SacFoundAttention *found = block_at (self, block);

  return sac_token_place_new (self->run->flow, found,
                              found->of_class ||
                                sac_attention_run_connects (&found->attention),
                              sac_attention_run_sample (self, found), error);
}

bool
sac_attention_has_own_keys (const SacFoundAttention *found)
{
  return found->attention.kind == SAC_ATTENTION_GLOBAL && !found->of_class &&
         found->attention.rows > 0 && found->query_rows > 0 &&
         found->attention.queries != found->attention.keys;
}

/* Tokens of which some went their own way.  rows: as sac_token_carry. */
static bool
carry_class (const SacAttentionRun *self,
             const SacTokenPlace *from,
             const double *rows,
             int count,
             const SacTokenPlace *to,
             guint block,
             double *ret_rows,
             GError **error)
{
  const SacFoundAttention *found = block_at (self, block);
  const SacFlow *flow = self->run->flow;
  g_autofree int *asking =
    sac_attention_class_tokens (flow, found,
                                sac_attention_run_sample (self, found), error);
  bool good = asking != NULL;

  for (int i = 0; good && i < count; i++)
    good = sac_token_carry_class (flow, from, rows + i * from->count, to, found,
                                  asking, ret_rows + i * to->count, error);
  return good;
}

/* Whether shares can be handed from one set of tokens to another: not of 0,
 * which go nowhere, and meet nothing. */
static bool
try_class (const SacAttentionRun *self,
           const SacTokenPlace *from,
           const SacTokenPlace *to,
           guint block,
           GError **error)
{
  g_autofree double *row = g_new (double, from->count);
  g_autofree double *back = g_new (double, to->count);

  for (int64_t i = 0; i < from->count; i++)
    row[i] = 1;
  return carry_class (self, from, row, 1, to, block, back, error);
}

/* from: takes it; NULL: with an error. */
static SacAttentionJoin *
make (const SacAttentionRun *self,
      SacTokenPlace *from,
      guint earlier,
      bool of_class,
      GError *reason)
{
  SacAttentionJoin *join = g_new0 (SacAttentionJoin, 1);
  g_autoptr (SacTokenPlace) later = from;
  g_autoptr (SacTokenPlace) to =
    later != NULL ? sac_attention_join_place (self, earlier, &reason) : NULL;

  join->earlier = earlier;
  if (to != NULL && of_class)
    try_class (self, later, to, earlier, &reason);
  else if (to != NULL)
    join->tokens = sac_token_join_new (self->run->flow, later, to, &reason);
  join->reason = reason;
  return join;
}

/* Returns: the join, or NULL with what was found out about it. */
static const SacAttentionJoin *
tell (const SacAttentionJoin *join, GError **error)
{
  if (join->reason == NULL)
    return join;
  g_propagate_error (error, g_error_copy (join->reason));
  return NULL;
}

const SacAttentionJoin *
sac_attention_join_find (const SacAttentionRun *self,
                         guint later,
                         guint earlier,
                         GError **error)
{
  SacPlan *plan = self->run->plan;
  const SacFoundAttention *found = block_at (self, earlier);
  g_autofree char *name =
    g_strdup_printf ("join %u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, later,
                     earlier,
                     sac_attention_run_sample (self, block_at (self, later)),
                     sac_attention_run_sample (self, found));
  const SacAttentionJoin *known = sac_plan_get_finding (plan, name);

  if (known == NULL) {
    GError *reason = NULL;
    SacTokenPlace *from = sac_attention_join_place (self, later, &reason);

    known =
      sac_plan_add_finding (plan, name,
                            make (self, from, earlier, found->of_class, reason),
                            join_free);
  }
  return tell (known, error);
}

bool
sac_attention_join_try_keys (const SacAttentionRun *self,
                             guint block,
                             GError **error)
{
  SacPlan *plan = self->run->plan;
  const SacFoundAttention *found = block_at (self, block);
  int64_t sample = sac_attention_run_sample (self, found);
  g_autofree char *name =
    g_strdup_printf ("keys %u %" G_GINT64_FORMAT, block, sample);
  const SacAttentionJoin *known = sac_plan_get_finding (plan, name);

  if (!sac_attention_has_own_keys (found))
    return true;
  if (known == NULL) {
    GError *reason = NULL;
    SacTokenPlace *from =
      sac_token_place_new (self->run->flow, found, true, sample, &reason);

    known =
      sac_plan_add_finding (plan, name, make (self, from, block, false, reason),
                            join_free);
  }
  return tell (known, error) != NULL;
}

bool
sac_attention_join_carry (const SacAttentionRun *self,
                          const SacAttentionJoin *join,
                          const SacTokenPlace *later,
                          const double *rows,
                          int count,
                          const SacTokenPlace *earlier,
                          double *ret_rows,
                          GError **error)
{
  if (join->tokens == NULL)
    return carry_class (self, later, rows, count, earlier, join->earlier,
                        ret_rows, error);
  for (int i = 0; i < count; i++) {
    if (!sac_token_join_carry (join->tokens, rows + i * later->count,
                               ret_rows + i * earlier->count))
      return sac_token_carry (self->run->flow, later, rows, count, earlier,
                              ret_rows, error);
  }
  return true;
}
