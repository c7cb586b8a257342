/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Class tokens go beside the patches, so that no value dominates the tokens of
 * two blocks.  All values that hold the earlier tokens are marked, going up
 * from where they were projected, and shares stop at the first that they meet.
 */
#include "base/error.h"
#include "explain/token-carry.h"
#include "explain/token-share.h"

#include <math.h>
#include <string.h>

/* From a block's weights to the product that they weigh. */
#define WEIGHT_STEPS_MAX 32

/* True where values that are all of the output's shape are put together: where
 * a shortcut joins. */
static bool
is_junction (const SacFlow *flow, const SacNode *node)
{
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  int count = 0;

  for (size_t i = 0; i < node->input_count; i++)
    count += sac_flow_depends (flow, node->inputs[i]) &&
             sac_shape_equal (sac_flow_shape (flow, node->inputs[i]), out);
  return sac_node_is_positionwise (node) && count > 1;
}

/* Back through what moves tokens or changes each by itself; shares stay where
 * that ends, and at every value on the way. */
static bool
spread_up (SacTokenShares *carry, int value, GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (carry->flow);

  for (int n = graph->values[value].producer; n >= 0; n--) {
    const SacNode *node = &graph->nodes[n];
    bool moves = sac_node_is_layout (node) || sac_node_is_positionwise (node);

    if (sac_token_share_any (carry, node) && moves &&
        !is_junction (carry->flow, node) &&
        !sac_token_share_back (carry, node, error))
      return false;
  }
  return true;
}

static void
fill_place (SacTokenShares *carry, const SacTokenPlace *place, int power)
{
  double *start = sac_token_share_for (carry, place->value);

  for (int64_t i = 0; i < place->elements; i++) {
    if (place->tokens[i] >= 0)
      start[i] = pow (place->tokens[i] + 1, power);
  }
}

/* Values that hold tokens of a place, and which: value + 1 -> int *. */
static GHashTable *
find_holders (const SacFlow *flow, const SacTokenPlace *place, GError **error)
{
  g_autoptr (GHashTable) holders =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  SacTokenShares carries[3];
  bool good = true;
  GHashTableIter each;
  gpointer key;

  for (int m = 0; m < 3; m++) {
    carries[m] = (SacTokenShares){
      .flow = flow,
      .shares = g_hash_table_new_full (NULL, NULL, NULL, g_free),
      .keeps = true,
    };
    fill_place (&carries[m], place, m);
    good = good && spread_up (&carries[m], place->value, error);
  }
  g_hash_table_iter_init (&each, carries[0].shares);
  while (good && g_hash_table_iter_next (&each, &key, NULL)) {
    int value = GPOINTER_TO_INT (key) - 1;
    int64_t size = sac_shape_size (sac_flow_shape (flow, value));
    g_autofree double *moments = g_new (double, 3 * size);
    int *tokens = g_new (int, size);

    for (int m = 0; m < 3; m++)
      memcpy (moments + m * size, sac_token_share_of (&carries[m], value),
              size * sizeof *moments);
    for (int64_t i = 0; i < size; i++)
      tokens[i] = sac_token_share_one (moments, size, i);
    g_hash_table_insert (holders, key, tokens);
  }
  for (int m = 0; m < 3; m++)
    g_hash_table_unref (carries[m].shares);
  return good ? g_steal_pointer (&holders) : NULL;
}

/* The operand that is the block's weights, moved or with their heads mixed; -1:
 * none. */
static int
weights_operand (const SacFlow *flow, const SacNode *node, int weights)
{
  SacLinear linear;

  if (!sac_node_is (node, "MatMul") || sac_axis_linear (flow, node, &linear))
    return -1;
  for (int i = 0; i < 2; i++) {
    int value = node->inputs[i];

    for (int k = 0; k < WEIGHT_STEPS_MAX && value >= 0; k++) {
      const SacNode *made = sac_flow_producer (flow, value);

      if (value == weights)
        return i;
      if (!sac_node_is_layout (made) && !sac_node_is_positionwise (made) &&
          !sac_axis_linear (flow, made, &linear))
        break;
      value = sac_flow_dominator (flow, value);
    }
  }
  return -1;
}

/* What arrives at a product is of the tokens that asked. */
static void
give_to_asking (const SacTokenShares *carry,
                const SacNode *node,
                int operand,
                const int *asking,
                const double *made,
                double *row)
{
  const SacShape *shape = sac_flow_shape (carry->flow, node->outputs[0]);
  int64_t inner = operand == 0 ? shape->dims[shape->rank - 1] : 1;
  int64_t queries = shape->dims[shape->rank - (operand == 0 ? 2 : 1)];

  for (int64_t i = 0; i < sac_shape_size (shape); i++)
    row[asking[i / inner % queries]] += made[i];
}

/* Shares of this node's outputs that are of the earlier tokens are taken. */
static void
take_held (SacTokenShares *carry,
           const SacNode *node,
           GHashTable *holders,
           double *row)
{
  for (size_t o = 0; o < node->output_count; o++) {
    gpointer key = GINT_TO_POINTER (node->outputs[o] + 1);
    const int *tokens = g_hash_table_lookup (holders, key);
    const double *made = g_hash_table_lookup (carry->shares, key);

    if (tokens == NULL || made == NULL)
      continue;

    int64_t size =
      sac_shape_size (sac_flow_shape (carry->flow, node->outputs[o]));

    for (int64_t i = 0; i < size; i++) {
      if (tokens[i] >= 0)
        row[tokens[i]] += made[i];
    }
    g_hash_table_remove (carry->shares, key);
  }
}

bool
sac_token_carry_class (const SacFlow *flow,
                       const SacTokenPlace *later,
                       const double *row,
                       const SacTokenPlace *earlier,
                       const SacFoundAttention *block,
                       const int *asking,
                       double *ret_row,
                       GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  g_autoptr (GHashTable) holders = find_holders (flow, earlier, error);
  g_autoptr (GHashTable) table =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  SacTokenShares carry = {.flow = flow, .shares = table};

  if (holders == NULL)
    return false;
  sac_token_share_fill (&carry, later, row);
  memset (ret_row, 0, earlier->count * sizeof *ret_row);
  for (int n = graph->values[later->value].producer; n >= 0; n--) {
    const SacNode *node = &graph->nodes[n];

    take_held (&carry, node, holders, ret_row);
    if (!sac_token_share_any (&carry, node))
      continue;

    int operand = weights_operand (flow, node, block->attention.value);

    if (operand >= 0)
      give_to_asking (&carry, node, operand, asking,
                      sac_token_share_of (&carry, node->outputs[0]), ret_row);
    else if (!sac_token_share_back (&carry, node, error))
      return false;
    for (size_t i = 0; i < node->output_count; i++)
      g_hash_table_remove (table, GINT_TO_POINTER (node->outputs[i] + 1));
  }
  if (g_hash_table_size (table) == 0)
    return true;
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "the later ones are also made of others");
  return false;
}
