/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* GELU as exporters take it apart: with the error function, or quick. */
#include "network/rewrite-blocked.h"

#include <math.h>

#define SQRT_2 1.41421356f
#define QUICK 1.702f

typedef struct {
  const SacBlocking *blocking;
  SacBlockingChain chain;
} Walk;

static const SacNode *
node_at (const Walk *walk, int node)
{
  return &walk->blocking->plan->graph->nodes[node];
}

static bool
is_number (const Walk *walk, int value, float expected)
{
  float number;

  return value >= 0 &&
         sac_blocking_get_scalar (walk->blocking, value, &number) &&
         fabsf (number - expected) <= 1e-5f * expected;
}

/* The node has the value and that number as its inputs; order does not count
 * but for Div. */
static bool
joins_number (
  const Walk *walk, int index, const char *op_type, int value, float number)
{
  if (!sac_rewrite_is (walk->blocking->rewrite, index, op_type) ||
      walk->blocking->taken[index])
    return false;

  const SacNode *node = node_at (walk, index);

  return (node->inputs[0] == value &&
          is_number (walk, node->inputs[1], number)) ||
         (op_type[0] != 'D' && node->inputs[1] == value &&
          is_number (walk, node->inputs[0], number));
}

static bool
add (Walk *walk, int node)
{
  return sac_blocking_go_on (&walk->chain, node,
                             node_at (walk, node)->outputs[0]);
}

static int
get_reader (const Walk *walk)
{
  return sac_rewrite_only_reader (walk->blocking->rewrite, walk->chain.value);
}

static bool
step (Walk *walk, const char *op_type)
{
  int reader = get_reader (walk);

  return reader >= 0 && !walk->blocking->taken[reader] &&
         sac_rewrite_is (walk->blocking->rewrite, reader, op_type) &&
         add (walk, reader);
}

static bool
step_number (Walk *walk, const char *op_type, float number)
{
  int reader = get_reader (walk);

  return reader >= 0 &&
         joins_number (walk, reader, op_type, walk->chain.value, number) &&
         add (walk, reader);
}

static int
get_other (const Walk *walk, int value)
{
  const SacNode *node =
    node_at (walk, walk->chain.nodes[walk->chain.node_count - 1]);

  return node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
}

/* x / 2, of which nobody else knows. */
static bool
is_half (Walk *walk, int value, int x)
{
  int producer = sac_rewrite_producer (walk->blocking->rewrite, value);

  return producer >= 0 && joins_number (walk, producer, "Mul", x, 0.5f) &&
         sac_rewrite_only_reader (walk->blocking->rewrite, value) >= 0 &&
         walk->chain.node_count < SAC_BLOCKING_NODES;
}

/* (1 + erf) is in hand: times x and one half, in any order. */
static bool
finish (Walk *walk, int x)
{
  int sum = walk->chain.value;
  Walk start = *walk;

  if (step_number (walk, "Mul", 0.5f)) {
    int half = walk->chain.value;

    if (step (walk, "Mul") && get_other (walk, half) == x)
      return true;
  }
  *walk = start;
  if (!step (walk, "Mul"))
    return false;

  int other = get_other (walk, sum);

  if (other == x)
    return step_number (walk, "Mul", 0.5f);
  return is_half (walk, other, x);
}

/* first: reads x and leads to the error function. */
static bool
walk_erf (Walk *walk, int first, int x)
{
  return (joins_number (walk, first, "Div", x, SQRT_2) ||
          joins_number (walk, first, "Mul", x, 1 / SQRT_2)) &&
         add (walk, first) && step (walk, "Erf") &&
         step_number (walk, "Add", 1) && finish (walk, x);
}

static bool
walk_quick (Walk *walk, int first, int x)
{
  if (!joins_number (walk, first, "Mul", x, QUICK) || !add (walk, first) ||
      !step (walk, "Sigmoid"))
    return false;

  int gate = walk->chain.value;

  return step (walk, "Mul") && get_other (walk, gate) == x;
}

void
sac_blocking_match_gelu (const SacBlocking *blocking,
                         SacBlockingChain *chain,
                         SacBlockedActivation *ret_activation)
{
  const SacRewrite *rewrite = blocking->rewrite;
  int x = chain->value;

  if (rewrite->pinned[x] || sac_rewrite_reader_count (rewrite, x) != 2)
    return;
  for (int i = 0; i < 2; i++) {
    int first = rewrite->readers[rewrite->starts[x] + (size_t)i];
    Walk erf = {blocking, *chain}, quick = erf;

    if (walk_erf (&erf, first, x)) {
      ret_activation->function = SAC_FUNCTION_GELU;
      *chain = erf.chain;
      return;
    }
    if (walk_quick (&quick, first, x)) {
      ret_activation->function = SAC_FUNCTION_GELU_QUICK;
      *chain = quick.chain;
      return;
    }
  }
}
