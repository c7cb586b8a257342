/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Chains of ops that only move elements become one op.
 *
 * What a chain does is found by sending the numbers of the elements through it:
 * 1, 2, 3, ... for the value it begins with, so that 0 stays for what a Pad
 * adds.  Runs of numbers in line are then copied as they are. */
#include "network/rewrite-movement.h"
#include "network/rewrite.h"

#include <string.h>

/* Numbers that float32 holds. */
#define ELEMENTS_MAX ((int64_t)1 << 24)

/* What all chains of a plan may send: some tenths of a second. */
#define ELEMENTS_BUDGET 2e8

typedef struct {
  SacRewrite *rewrite;
  const SacPlan *plan;
  double budget;
  GHashTable
    *done; /* what a chain says (GBytes) -> SacMovement, in the store */
} Mover;

static bool
is_known (const Mover *mover, int value)
{
  return value < 0 || mover->plan->infos[value].constant != NULL;
}

/* A Pad that adds zeros, or elements that are there. */
static bool
pads_zero (const Mover *mover, const SacNode *node)
{
  float number = sac_rewrite_number (node, "value", 0);

  if (node->input_count > 2 && node->inputs[2] >= 0) {
    const SacTensor *constant = mover->plan->infos[node->inputs[2]].constant;

    if (constant == NULL || constant->type != SAC_TYPE_FLOAT ||
        sac_tensor_get_count (constant) != 1 || constant->data == NULL)
      return false;
    number = *sac_tensor_f32 (constant);
  }
  return !(number < 0) && !(number > 0);
}

static bool
is_mover (const Mover *mover, int index)
{
  static const char *const names[] = {
    "Concat",   "DepthToSpace", "Expand",    "Flatten",   "Gather",
    "Identity", "Pad",          "Reshape",   "Slice",     "SpaceToDepth",
    "Split",    "Squeeze",      "Transpose", "Unsqueeze",
  };
  const SacNode *node = &mover->plan->graph->nodes[index];
  bool named = false;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    named = named || sac_rewrite_is (mover->rewrite, index, names[i]);
  if (!named || node->input_count == 0 || node->inputs[0] < 0 ||
      mover->plan->infos[node->inputs[0]].type != SAC_TYPE_FLOAT)
    return false;

  bool joins = strcmp (node->op->name, "Concat") == 0;

  for (size_t i = 0; i < node->input_count; i++) {
    if (is_known (mover, node->inputs[i]) != (i > 0 && !joins))
      return false;
  }
  return strcmp (node->op->name, "Pad") != 0 || pads_zero (mover, node);
}

/* How many inputs have elements that are moved. */
static size_t
count_moved (const SacNode *node)
{
  return strcmp (node->op->name, "Concat") == 0 ? node->input_count : 1;
}

/* Nothing but moving happens to the value. */
static bool
is_passed_on (const Mover *mover, int value)
{
  const SacRewrite *rewrite = mover->rewrite;
  int producer = sac_rewrite_producer (rewrite, value);

  if (producer < 0 || rewrite->pinned[value] || !is_mover (mover, producer))
    return false;
  for (size_t i = rewrite->starts[value]; i < rewrite->starts[value + 1]; i++) {
    if (!is_mover (mover, rewrite->readers[i]))
      return false;
  }
  return true;
}

static bool
has_node (const SacMovementChain *chain, int node)
{
  for (int i = 0; i < chain->node_count; i++) {
    if (chain->nodes[i] == node)
      return true;
  }
  return false;
}

/* Goes back to what the chain begins with; false when that is several values.
 */
static bool
find_source (const Mover *mover, SacMovementChain *chain)
{
  for (int i = 0; i < chain->node_count; i++) {
    const SacNode *node = &mover->plan->graph->nodes[chain->nodes[i]];

    for (size_t k = 0; k < count_moved (node); k++) {
      int value = node->inputs[k];

      if (!is_passed_on (mover, value)) {
        if (chain->source >= 0 && chain->source != value)
          return false;
        chain->source = value;
        continue;
      }

      int producer = sac_rewrite_producer (mover->rewrite, value);

      if (has_node (chain, producer))
        continue;
      if (chain->node_count == SAC_MOVEMENT_NODES)
        return false;
      chain->nodes[chain->node_count++] = producer;
    }
  }
  return true;
}

static int
compare_ints (const void *a, const void *b)
{
  int x = *(const int *)a, y = *(const int *)b;

  return (x > y) - (x < y);
}

static int
count_copies (const Mover *mover, const SacMovementChain *chain)
{
  int copies = 0;

  for (int i = 0; i < chain->node_count; i++)
    copies += !sac_rewrite_is_alias (mover->rewrite, chain->nodes[i]);
  return copies;
}

static bool
has_all_outputs (const Mover *mover, const SacMovementChain *chain)
{
  for (int i = 0; i < chain->node_count; i++) {
    const SacNode *node = &mover->plan->graph->nodes[chain->nodes[i]];

    for (size_t k = 0; k < node->output_count; k++) {
      if (node->outputs[k] < 0)
        return false;
    }
  }
  return true;
}

static bool
is_affordable (Mover *mover, const SacMovementChain *chain)
{
  double sum = 0;

  for (int i = 0; i < chain->node_count; i++) {
    const SacNode *node = &mover->plan->graph->nodes[chain->nodes[i]];

    for (size_t k = 0; k < node->output_count; k++) {
      const SacShape *shape = &mover->plan->infos[node->outputs[k]].shape;
      int64_t count = sac_shape_size (shape);

      if (count == 0 || count > ELEMENTS_MAX)
        return false;
      sum += (double)count;
    }
  }
  if (sac_shape_size (&mover->plan->infos[chain->source].shape) >
        ELEMENTS_MAX ||
      sum > mover->budget)
    return false;
  mover->budget -= sum;
  return true;
}

static SacTensor *
get_numbers (const SacMovementChain *chain, int value)
{
  return g_hash_table_lookup (chain->tensors, GINT_TO_POINTER (value + 1));
}

static bool
add_numbers (SacMovementChain *chain, int value, SacTensor *tensor)
{
  if (tensor != NULL)
    g_hash_table_insert (chain->tensors, GINT_TO_POINTER (value + 1), tensor);
  return tensor != NULL;
}

static bool
number_source (const Mover *mover, SacMovementChain *chain)
{
  const SacShape *shape = &mover->plan->infos[chain->source].shape;
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; tensor != NULL && i < sac_shape_size (shape); i++)
    sac_tensor_f32 (tensor)[i] = (float)(i + 1);
  return add_numbers (chain, chain->source, tensor);
}

/* The node's outputs from its inputs; what only has another shape shares. */
static bool
send (const Mover *mover, SacMovementChain *chain, int index)
{
  const SacPlan *plan = mover->plan;
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, node->input_count + 1);
  g_autofree SacTensor **outputs = g_new0 (SacTensor *, node->output_count + 1);
  g_autofree char *workspace = g_try_malloc (asked->workspace_bytes + 64);

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    if (value >= 0)
      inputs[i] = i < count_moved (node) ? get_numbers (chain, value)
                                         : plan->infos[value].constant;
  }
  if (asked->alias && node->output_count == 1)
    return add_numbers (chain, node->outputs[0],
                        sac_tensor_new_view (SAC_TYPE_FLOAT,
                                             &plan->infos[node->outputs[0]]
                                                .shape,
                                             inputs[0]->data,
                                             (GDestroyNotify)sac_tensor_unref,
                                             sac_tensor_ref (
                                               (SacTensor *)inputs[0])));
  for (size_t i = 0; i < node->output_count; i++) {
    outputs[i] = sac_tensor_new (SAC_TYPE_FLOAT,
                                 &plan->infos[node->outputs[i]].shape, NULL);
    if (!add_numbers (chain, node->outputs[i], outputs[i]))
      return false;
  }
  if (workspace == NULL)
    return false;
  node->op->forward (&(SacCall){
    .params = asked->params,
    .input_count = node->input_count,
    .inputs = inputs,
    .output_count = node->output_count,
    .outputs = outputs,
    .workspace = workspace + (64 - (uintptr_t)workspace % 64),
  });
  return true;
}

/* Returns: what the chain does; NULL when that is no gain, or too much to find
 * out. */
static const SacMovement *
follow (Mover *mover, SacMovementChain *chain)
{
  SacPlan *plan = mover->rewrite->plan;
  const SacNode *last = &plan->graph->nodes[chain->last];
  int64_t source_count = sac_shape_size (&plan->infos[chain->source].shape);
  SacMovement *movement;

  if (!is_affordable (mover, chain) || !number_source (mover, chain))
    return NULL;
  for (int i = 0; i < chain->node_count; i++) {
    if (!send (mover, chain, chain->nodes[i]))
      return NULL;
  }
  movement = sac_store_alloc (plan->store, sizeof *movement);
  movement->output_count = last->output_count;
  for (size_t i = 0; i < last->output_count; i++) {
    if (!sac_movement_fill_table (plan, get_numbers (chain, last->outputs[i]),
                                  source_count, &movement->outputs[i]))
      return NULL;
  }
  return movement;
}

static void
replace (SacPlan *plan,
         const SacMovementChain *chain,
         const SacMovement *movement)
{
  SacNode node =
    sac_rewrite_node (plan, (size_t)chain->last,
                      &(SacRewriteOp){
                        .op = &sac_op_movement,
                        .attribute = sac_movement_attribute (movement),
                        .inputs = &chain->source,
                        .input_count = 1,
                      });

  /* When the op does not take it, the chain stays. */
  sac_rewrite_replace (plan, (size_t)chain->last, &node, NULL);
}

/* A chain ends where an output is read by something else, or asked for. */
static bool
ends_chain (const Mover *mover, int index)
{
  const SacNode *node = &mover->plan->graph->nodes[index];

  if (!is_mover (mover, index) || node->output_count > SAC_MOVEMENT_OUTPUTS)
    return false;
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && !is_passed_on (mover, node->outputs[i]))
      return true;
  }
  return false;
}

static void
rewrite_chain (Mover *mover, int last)
{
  g_autoptr (GHashTable) tensors =
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)sac_tensor_unref);
  SacMovementChain chain = {
    .last = last,
    .nodes = {last},
    .node_count = 1,
    .source = -1,
    .tensors = tensors,
  };

  if (!find_source (mover, &chain) || count_copies (mover, &chain) < 2 ||
      !has_all_outputs (mover, &chain))
    return;
  qsort (chain.nodes, (size_t)chain.node_count, sizeof *chain.nodes,
         compare_ints);

  GBytes *words = sac_movement_describe (mover->plan, &chain);
  const SacMovement *movement =
    words != NULL ? g_hash_table_lookup (mover->done, words) : NULL;

  if (movement == NULL)
    movement = follow (mover, &chain);
  if (movement != NULL)
    replace (mover->rewrite->plan, &chain, movement);
  if (movement != NULL && words != NULL)
    g_hash_table_insert (mover->done, words, (void *)movement);
  else if (words != NULL)
    g_bytes_unref (words);
}

void
sac_rewrite_movement (SacPlan *plan)
{
  g_autoptr (SacRewrite) rewrite = sac_rewrite_new (plan);
  g_autoptr (GHashTable) done =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                           (GDestroyNotify)g_bytes_unref, NULL);
  Mover mover = {rewrite, plan, ELEMENTS_BUDGET, done};
  size_t count = plan->graph->node_count;
  g_autofree bool *ends = g_new0 (bool, count + 1);

  /* Before anything is replaced: what has been is no mover any more. */
  for (size_t i = 0; i < count; i++)
    ends[i] = ends_chain (&mover, (int)i);
  for (size_t i = count; i > 0; i--) {
    if (ends[i - 1])
      rewrite_chain (&mover, (int)i - 1);
  }
}
