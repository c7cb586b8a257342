/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/token-carry.h"

#include "base/error.h"
#include "explain/token-share.h"

#include <math.h>
#include <string.h>

/* From `value` back to `target`, which dominates it. */
static bool
carry_back (SacTokenShares *carry, int value, int target, GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (carry->flow);

  for (int n = graph->values[value].producer;
       n > graph->values[target].producer; n--) {
    const SacNode *node = &graph->nodes[n];

    if (!sac_token_share_any (carry, node))
      continue;
    if (!sac_token_share_back (carry, node, error))
      return false;
    for (size_t i = 0; i < node->output_count; i++)
      g_hash_table_remove (carry->shares,
                           GINT_TO_POINTER (node->outputs[i] + 1));
  }
  return true;
}

static double *
take_shares (SacTokenShares *carry, int value)
{
  double *shares = sac_token_share_for (carry, value);

  g_hash_table_steal (carry->shares, GINT_TO_POINTER (value + 1));
  g_hash_table_remove_all (carry->shares);
  return shares;
}

/* Shares of the elements of `target`, which dominates the place, where its
 * token t has row[t].  Returns: a new array. */
static double *
carry_to (SacTokenShares *carry,
          const SacTokenPlace *place,
          const double *row,
          int target,
          GError **error)
{
  sac_token_share_fill (carry, place, row);
  if (carry_back (carry, place->value, target, error))
    return take_shares (carry, target);
  g_hash_table_remove_all (carry->shares);
  return NULL;
}

/* Which token of the place was made of each element of `target`, -1: none.
 * Errors: UNDEFINED (several were).  Returns: a new array. */
static int *
find_tokens (SacTokenShares *carry,
             int target,
             const SacTokenPlace *place,
             GError **error)
{
  int64_t size = sac_shape_size (sac_flow_shape (carry->flow, target));
  g_autofree double *row = g_new (double, place->count);
  g_autofree double *moments = g_new (double, 3 * size);
  g_autofree int *tokens = g_new (int, size);

  for (int m = 0; m < 3 && target != place->value; m++) {
    for (int64_t t = 0; t < place->count; t++)
      row[t] = pow (t + 1, m);

    g_autofree double *shares = carry_to (carry, place, row, target, error);

    if (shares == NULL)
      return NULL;
    memcpy (moments + m * size, shares, size * sizeof *shares);
  }
  for (int64_t i = 0; i < size; i++) {
    tokens[i] = target == place->value ? place->tokens[i]
                                       : sac_token_share_one (moments, size, i);
    if (tokens[i] == -2) {
      g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                           "their tokens are made of several places that are "
                           "themselves of other tokens");
      return NULL;
    }
  }
  return g_steal_pointer (&tokens);
}

/* One step along shortcuts; -1 at a graph input, or where several values are
 * put together that are not made of one. */
static int
step_up (const SacFlow *flow, int value)
{
  const SacNode *node = sac_flow_producer (flow, value);
  int only = -1;

  if (node == NULL || !sac_flow_depends (flow, value))
    return -1;
  if (sac_node_is_positionwise (node))
    return sac_token_share_shortcut (flow, node);
  for (size_t i = 0; i < node->input_count; i++) {
    if (!sac_flow_depends (flow, node->inputs[i]))
      continue;
    if (only >= 0 && node->inputs[i] != only)
      return sac_flow_dominator (flow, value);
    only = node->inputs[i];
  }
  return only;
}

/* What both are made of.  Where a block between has asked another image,
 * nothing dominates the later one, and the first value on both ways along
 * shortcuts stands for it. */
static int
find_common (const SacFlow *flow, int later, int earlier)
{
  int common = sac_flow_meet (flow, later, earlier);

  if (common >= 0)
    return common;

  g_autoptr (GHashTable) way = g_hash_table_new (NULL, NULL);

  for (int value = earlier; value >= 0; value = step_up (flow, value))
    g_hash_table_add (way, GINT_TO_POINTER (value + 1));
  while (later >= 0 &&
         !g_hash_table_contains (way, GINT_TO_POINTER (later + 1)))
    later = step_up (flow, later);
  return later;
}

/* row: of the later place; ret_row: of the tokens that the target's elements
 * are of. */
static bool
carry_row (SacTokenShares *carry,
           const SacTokenPlace *later,
           const double *row,
           int target,
           const int *tokens,
           double *ret_row,
           GError **error)
{
  g_autofree double *shares = carry_to (carry, later, row, target, error);
  int64_t size = sac_shape_size (sac_flow_shape (carry->flow, target));

  for (int64_t i = 0; shares != NULL && i < size; i++) {
    if (tokens[i] >= 0)
      ret_row[tokens[i]] += shares[i];
  }
  return shares != NULL;
}

bool
sac_token_carry (const SacFlow *flow,
                 const SacTokenPlace *later,
                 const double *rows,
                 int count,
                 const SacTokenPlace *earlier,
                 double *ret_rows,
                 GError **error)
{
  int target = find_common (flow, later->value, earlier->value);
  g_autoptr (GHashTable) table =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GHashTable) moves = sac_token_moves_new ();
  SacTokenShares carry = {
    .flow = flow,
    .shares = table,
    .whole = true,
    .moves = moves,
  };

  if (target < 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "they have no tokens in common");
    return false;
  }

  g_autofree int *tokens = find_tokens (&carry, target, earlier, error);

  if (tokens == NULL)
    return false;
  carry.whole = false;
  memset (ret_rows, 0, count * earlier->count * sizeof *ret_rows);
  for (int i = 0; i < count; i++) {
    if (!carry_row (&carry, later, rows + i * later->count, target, tokens,
                    ret_rows + i * earlier->count, error))
      return false;
  }
  return true;
}

int
sac_token_carry_origin (const SacFlow *flow, int value)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  int up = step_up (flow, value);

  while (up >= 0) {
    value = up;
    up = step_up (flow, value);
  }
  for (size_t i = 0; i < graph->input_count; i++) {
    if (graph->inputs[i] == value)
      return (int)i;
  }
  return -1;
}
