/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-chain.h"

#include "base/error.h"
#include "explain/attention-class.h"
#include "explain/attention-join.h"
#include "explain/attention-math.h"
#include "explain/list.h"
#include "explain/provenance.h"
#include "explain/token-carry.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const SacFoundAttention *
block_at (const SacAttentionRun *self, guint index)
{
  return &g_array_index (self->blocks, SacFoundAttention, index);
}

/* Attention that adds to tokens without moving them: features to features, or
 * one context for all. */
static bool
is_passed_by (const SacAttention *attention)
{
  return attention->kind == SAC_ATTENTION_CHANNEL ||
         attention->kind == SAC_ATTENTION_POOLING;
}

/* What stands between two blocks, for people.  Returns: a new string. */
static char *
describe_stop (const SacAttentionRun *self,
               guint block,
               guint later,
               const GError *reason)
{
  g_autofree char *name =
    sac_explain_run_name (self->run, block_at (self, block)->attention.value);
  g_autofree char *after =
    sac_explain_run_name (self->run, block_at (self, later)->attention.value);

  return g_strdup_printf ("how the tokens of %s became those of %s is not "
                          "understood: %s",
                          name, after, reason->message);
}

static bool
add_block (SacAttentionRun *self, guint block, guint later, GError **error)
{
  const SacFoundAttention *found = block_at (self, block);
  const SacAttention *attention = &found->attention;
  const SacAttentionJoin *join;

  if (!sac_attention_run_connects (attention) && !found->of_class &&
      !sac_attention_has_own_keys (found)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "the former is %s attention, which does not connect a set of "
                 "places with itself",
                 sac_attention_kind_get_name (attention->kind));
    return false;
  }
  join = sac_attention_join_find (self, later, block, error);
  if (join == NULL || !sac_attention_join_try_keys (self, block, error))
    return false;
  g_ptr_array_add (self->joins, (void *)join);
  g_array_append_val (self->chain, block);
  self->first = block;
  return true;
}

static bool
check_last (const SacAttentionRun *self, GError **error)
{
  const SacAttention *last = &block_at (self, self->last)->attention;

  if (sac_attention_run_connects (last) ||
      block_at (self, self->last)->of_class)
    return true;
  if (sac_attention_has_own_keys (block_at (self, self->last)))
    return sac_attention_join_try_keys (self, self->last, error);

  g_autofree char *name = sac_explain_run_name (self->run, last->value);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "%s does not connect a set of places with itself (it is %s "
               "attention): use the method attention",
               name, sac_attention_kind_get_name (last->kind));
  return false;
}

/* The first block behind the last one whose places are not known: a map of what
 * comes before it is not of the whole network.  0: none. */
static guint
find_later (const SacAttentionRun *self)
{
  int last = block_at (self, self->last)->attention.value;

  for (guint i = self->last + 1; i < self->blocks->len; i++) {
    const SacFoundAttention *found = block_at (self, i);

    if (!is_passed_by (&found->attention) && found->attention.rows == 0 &&
        sac_flow_leads (self->run->flow, last, found->key_source))
      return i;
  }
  return 0;
}

/* A request that states start_layer takes the known blocks alone. */
static bool
check_later (SacAttentionRun *self, GError **error)
{
  GHashTable *params = self->run->request->params;

  self->later = find_later (self);
  if (self->later == 0 ||
      (params != NULL && g_hash_table_contains (params, "start_layer")))
    return true;

  g_autofree char *name =
    sac_explain_run_name (self->run,
                          block_at (self, self->later)->attention.value);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "the token grid of the later block %s is not known: state grid "
               "and prefix_tokens in model.json, under explain.attention; "
               "start_layer=0 leaves that block out",
               name);
  return false;
}

bool
sac_attention_chain_find (SacAttentionRun *self,
                          int64_t start_layer,
                          GError **error)
{
  int64_t count = (int64_t)self->last + 1;
  int64_t start = start_layer < 0 ? count + start_layer : start_layer;
  guint later = self->last;

  if (!check_last (self, error) || !check_later (self, error))
    return false;
  if (start < 0 || start >= count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no block %" PRId64
                 ": start_layer goes from 0 to %" PRId64,
                 start_layer, count - 1);
    return false;
  }
  self->chain = g_array_new (false, false, sizeof (guint));
  g_array_append_val (self->chain, later);
  self->joins = g_ptr_array_new ();
  g_ptr_array_add (self->joins, NULL);
  for (guint i = self->last; i > start; i--) {
    const SacFoundAttention *found = block_at (self, i - 1);

    if (is_passed_by (&found->attention) ||
        !sac_flow_leads (self->run->flow, found->attention.value,
                         block_at (self, later)->key_source))
      continue;

    g_autoptr (GError) reason = NULL;

    if (!add_block (self, i - 1, later, &reason)) {
      self->stopped = describe_stop (self, i - 1, later, reason);
      break;
    }
    later = i - 1;
  }
  return true;
}

void
sac_attention_product_free (SacAttentionProduct *product)
{
  if (product == NULL)
    return;
  sac_attention_matrix_free (product->matrix);
  g_free (product->row);
  g_free (product->start);
  g_free (product);
}

/* 1 at the prefix token that asks, or the same everywhere where all ask. */
static double *
start_row (const SacAttentionAsking *asking, int64_t tokens)
{
  double *row = g_new0 (double, tokens);

  if (asking->token >= 0)
    row[asking->token] = 1;
  else
    for (int64_t i = asking->skipped; i < tokens; i++)
      row[i] = 1.0 / (double)(tokens - asking->skipped);
  return row;
}

/* Tokens that are not the keys have a prefix of their own. */
static SacAttentionAsking
find_asking (const SacAttentionRun *self,
             guint block,
             const SacAttentionMatrix *matrix)
{
  if (matrix->square)
    return sac_attention_run_asking (self, block);
  return (SacAttentionAsking){.token = matrix->prefix_tokens > 0 ? 0 : -1};
}

/* index: of the later place's join with the earlier one, in the chain. */
static bool
carry_rows (const SacAttentionRun *self,
            const SacTokenPlace *later,
            const SacTokenPlace *earlier,
            guint index,
            SacAttentionProduct *product,
            GError **error)
{
  int64_t from = later->count, to = earlier->count;
  const SacAttentionJoin *join = self->joins->pdata[index];
  g_autofree double *rows = g_new (double, 2 * from);
  g_autofree double *back = g_new (double, 2 * to);

  memcpy (rows, product->row, from * sizeof *rows);
  memcpy (rows + from, product->start, from * sizeof *rows);
  if (!sac_attention_join_carry (self, join, later, rows, 2, earlier, back,
                                 error))
    return false;
  if (from != to)
    product->joined = true;
  for (int64_t i = 0; i < MIN (from, to); i++)
    product->joined =
      product->joined || fabs (back[to + i] - product->start[i]) > 1e-9;
  g_free (product->row);
  g_free (product->start);
  product->row = g_memdup2 (back, to * sizeof *back);
  product->start = g_memdup2 (back + to, to * sizeof *back);
  return true;
}

/* The map is of the tokens that ask, on their own grid. */
static void
use_query_grid (SacAttentionMatrix *matrix, const SacFoundAttention *found)
{
  if (matrix->square || found->of_class)
    return;
  matrix->rows = found->query_rows;
  matrix->columns = found->query_columns;
  matrix->prefix_tokens = found->query_prefix;
  matrix->tokens = matrix->queries;
}

/* Takes the row through one block. */
static bool
take_block (const SacAttentionRun *self,
            guint block,
            const SacTokenPlace *place,
            SacAttentionStep step,
            SacAttentionProduct *product,
            GError **error)
{
  const SacFoundAttention *found = block_at (self, block);
  g_autofree double *own = g_new0 (double, place->count);

  if (found->of_class) {
    g_autofree int *asking =
      sac_attention_class_tokens (self->run->flow, found,
                                  sac_attention_run_sample (self, found),
                                  error);

    if (asking == NULL)
      return false;
    sac_attention_class_step (product->matrix, asking, step, product->row, own);
    g_free (product->row);
    product->row = g_steal_pointer (&own);
    return true;
  }
  if (product->matrix->square) {
    step (product->matrix, product->row, own, own);
    g_free (product->row);
    product->row = g_steal_pointer (&own);
    return true;
  }

  g_autofree double *keys = g_new0 (double, found->attention.keys);
  g_autofree double *back = g_new0 (double, place->count);
  g_autoptr (SacTokenPlace) from =
    sac_token_place_new (self->run->flow, found, true,
                         sac_attention_run_sample (self, found), error);

  step (product->matrix, product->row, own, keys);
  if (from == NULL ||
      !sac_token_carry (self->run->flow, from, keys, 1, place, back, error))
    return false;
  for (int64_t i = 0; i < place->count; i++)
    own[i] += back[i];
  g_free (product->row);
  product->row = g_steal_pointer (&own);
  product->joined = true;
  return true;
}

SacAttentionProduct *
sac_attention_chain_multiply (SacAttentionRun *self,
                              SacAttentionStep step,
                              SacJob *job,
                              GError **error)
{
  g_autoptr (SacAttentionProduct) product = g_new0 (SacAttentionProduct, 1);
  g_autoptr (SacTokenPlace) later = NULL;

  for (guint i = 0; i < self->chain->len; i++) {
    guint block = g_array_index (self->chain, guint, i);
    g_autoptr (SacTokenPlace) place =
      sac_attention_join_place (self, block, error);

    if (place == NULL || !sac_job_check (job, error))
      return NULL;
    g_clear_pointer (&product->matrix, sac_attention_matrix_free);
    product->matrix = sac_attention_run_matrix (self, block, error);
    if (product->matrix == NULL)
      return NULL;
    use_query_grid (product->matrix, block_at (self, block));
    if (i == 0) {
      product->asking = find_asking (self, block, product->matrix);
      product->row = start_row (&product->asking, place->count);
      product->start = start_row (&product->asking, place->count);
    } else if (!carry_rows (self, later, place, i, product, error)) {
      return NULL;
    }
    if (!take_block (self, block, place, step, product, error))
      return NULL;
    g_clear_pointer (&later, sac_token_place_free);
    later = g_steal_pointer (&place);
  }
  return g_steal_pointer (&product);
}

static const char *
describe_row (const SacAttentionAsking *asking)
{
  if (asking->unread)
    return N_ ("The row of the first prefix token (the class token), which the "
               "score does not read, but others (rows=read).");
  if (asking->token == 0)
    return N_ ("The row of the first prefix token (the class token).");
  if (asking->token > 0)
    return N_ ("The row of the first prefix token that the score reads.");
  if (asking->skipped > 0)
    return N_ ("The mean over the rows of the image's tokens: the score reads "
               "no class token.");
  return N_ ("The mean over the rows of all tokens.");
}

void
sac_attention_chain_add_notes (const SacAttentionRun *self,
                               const SacAttentionProduct *product,
                               SacMap *map)
{
  sac_provenance_add_note (map->provenance, describe_row (&product->asking));
  if (product->joined)
    sac_provenance_add_note (
      map->provenance,
      N_ ("Tokens change between blocks: each gives its share to those it was "
          "made of, in equal parts where it was made of several; the share of "
          "new tokens is left out."));
  if (self->chain->len < self->blocks->len) {
    g_autofree char *sentence =
      g_strdup_printf ("Of the %u attention blocks found %u are counted.",
                       self->blocks->len, self->chain->len);

    sac_provenance_add_note (map->provenance, sentence);
  }
  if (self->later > 0) {
    g_autofree char *name =
      sac_explain_run_name (self->run,
                            block_at (self, self->later)->attention.value);
    g_autofree char *sentence = g_strdup_printf (
      "Blocks from %s on are left out: its token grid is not known.", name);

    sac_provenance_add_note (map->provenance, sentence);
  }
  if (self->stopped != NULL) {
    g_autofree char *sentence =
      g_strdup_printf ("Earlier blocks are left out: %s.", self->stopped);

    sac_provenance_add_note (map->provenance, sentence);
  }
}
