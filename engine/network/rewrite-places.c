/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is read at some places of an axis alone is computed for these alone: of
 * a class token's last block nothing but its own way, and what it attends to.
 *
 * From a Gather or Slice the places are followed back through ops that keep
 * them apart, to values that something else reads, or somebody asked for; there
 * they are taken out.  Nodes cannot be added, so this is done in the place of
 * one that is not run any more, of which joining ops has left enough. */
#include "network/rewrite-places.h"

#include "network/ops/linear.h"
#include "network/ops/movement.h"

#include <string.h>

/* Each costs a walk over all nodes. */
#define TRIES 8
#define ROUNDS 16
/* Values that places are taken out of. */
#define TAKEN_MAX 64

typedef struct {
  size_t index;
  SacNode node;
} Change;

static const SacNode *
node_at (const SacPlaces *places, int index)
{
  return &places->plan->graph->nodes[index];
}

static const SacShape *
shape_of (const SacPlaces *places, int value)
{
  return &places->plan->infos[value].shape;
}

static int64_t
count_inner (const SacShape *shape, int axis)
{
  return sac_shape_product (shape, axis + 1, shape->rank);
}

static const void *
get_params (const SacNode *node)
{
  return node->attributes[0].s;
}

/* What it is for: less to multiply. */
static bool
is_gain (const SacPlaces *places)
{
  for (int i = 0; i < places->last; i++) {
    if (places->narrowed[i] && node_at (places, i)->op == &sac_op_linear)
      return true;
  }
  return false;
}

/* Takes out the places of runs of `inner` elements, or all where they have been
 * taken out already. */
static SacAttribute
describe_taking (const SacPlaces *places,
                 const SacShape *shape,
                 int64_t inner,
                 bool all)
{
  SacStore *store = places->plan->store;
  SacMovement *movement = sac_store_alloc (store, sizeof *movement);
  SacMovementTable *table = &movement->outputs[0];

  table->shape = *shape;
  table->length = inner * places->count;
  table->run_count = sac_shape_size (shape) / table->length;
  table->unique = true;

  int32_t *starts = sac_store_array (store, int32_t, table->run_count);
  int64_t step = inner * (all ? places->count : places->size);

  for (int64_t i = 0; i < table->run_count; i++)
    starts[i] = (int32_t)(i * step + (all ? 0 : places->first * inner));
  table->starts = starts;
  movement->output_count = 1;
  return sac_movement_attribute (movement);
}

static bool
put (SacPlaces *places, size_t index, const SacRewriteOp *op, int output)
{
  SacPlan *plan = places->plan;
  Change change = {index, plan->graph->nodes[index]};
  int *outputs = sac_store_array (plan->store, int, 1);
  SacNode node =
    op->op != NULL ? sac_rewrite_node (plan, index, op) : change.node;

  if (op->op == NULL) {
    int *inputs = sac_store_array (plan->store, int, op->input_count);

    memcpy (inputs, op->inputs, op->input_count * sizeof *inputs);
    node.inputs = inputs;
  }
  outputs[0] = output;
  node.outputs = outputs;
  node.output_count = 1;
  if (!sac_rewrite_replace (plan, index, &node, NULL))
    return false;
  g_array_append_val (places->before, change);
  return true;
}

static bool
put_taking (
  SacPlaces *places, size_t index, int from, int to, int64_t inner, bool all)
{
  return put (places, index,
              &(SacRewriteOp){
                .op = &sac_op_movement,
                .attribute =
                  describe_taking (places, shape_of (places, to), inner, all),
                .inputs = &from,
                .input_count = 1,
              },
              to);
}

static bool
is_taken_out (const SacPlaces *places, int value)
{
  int producer = places->plan->graph->values[value].producer;

  return places->axes[value] != SAC_PLACES_NONE &&
         (producer < 0 || !places->narrowed[producer]);
}

/* A node whose work was joined to another's. */
static bool
is_spare (const SacPlaces *places, int index)
{
  return !places->rewrite->live[index] && places->plan->nodes[index].inferred &&
         !places->plan->nodes[index].folded;
}

/* Of the values that are made before the node and have no spot yet, the one
 * that is read first, if it is read after the node; or NONE. */
static int
find_most_urgent (const SacPlaces *places, const GArray *values, int index)
{
  int found = SAC_PLACES_NONE;

  for (guint i = 0; i < values->len; i++) {
    int value = g_array_index (values, int, i);

    if (places->spots[value] == SAC_PLACES_NONE &&
        places->plan->graph->values[value].producer < index &&
        places->earliest[value] > index &&
        (found == SAC_PLACES_NONE ||
         places->earliest[value] < places->earliest[found]))
      found = value;
  }
  return found;
}

/* Gives each value a spare node between who makes it and who reads it.
 * Returns: false when there are not enough; the first who reads a value without
 * one then has to read all of it. */
static bool
find_spots (const SacPlaces *places)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (int));
  bool found = true;

  for (int i = 0; i < (int)places->rewrite->value_count; i++) {
    places->spots[i] = SAC_PLACES_NONE;
    if (is_taken_out (places, i))
      g_array_append_val (values, i);
  }
  for (int i = 0; i < places->last && values->len <= TAKEN_MAX; i++) {
    int value = is_spare (places, i) ? find_most_urgent (places, values, i)
                                     : SAC_PLACES_NONE;

    if (value != SAC_PLACES_NONE)
      places->spots[value] = i;
  }
  for (guint i = 0; i < values->len; i++) {
    int value = g_array_index (values, int, i);

    if (places->spots[value] == SAC_PLACES_NONE)
      places->blocked[places->earliest[value]] = true;
    found = found && places->spots[value] != SAC_PLACES_NONE;
  }
  return found;
}

/* The op with fewer rows; op NULL: as it is. */
static SacRewriteOp
narrow_op (const SacPlaces *places, const SacNode *node, int axis)
{
  SacStore *store = places->plan->store;

  if (node->op == &sac_op_linear) {
    SacLinear *linear = sac_store_alloc (store, sizeof *linear);

    *linear = *(const SacLinear *)get_params (node);
    linear->shape.dims[axis] = places->count;
    linear->rows = linear->rows / (size_t)places->size * (size_t)places->count;
    return (SacRewriteOp){
      .op = node->op,
      .attribute = sac_blocked_attribute (linear, sizeof *linear),
    };
  }
  if (node->op == &sac_op_fused_attention) {
    SacFusedAttention *of = sac_store_alloc (store, sizeof *of);

    *of = *(const SacFusedAttention *)get_params (node);
    sac_rewrite_places_narrow_attention (places, of, axis);
    return (SacRewriteOp){
      .op = node->op,
      .attribute = sac_fused_attention_attribute (of),
    };
  }
  return (SacRewriteOp){.op = NULL};
}

static bool
narrow_node (SacPlaces *places, int index)
{
  const SacNode *node = node_at (places, index);
  int output = node->outputs[0], axis = places->axes[output];
  g_autofree int *inputs = g_new (int, node->input_count + 1);

  if (sac_rewrite_is_alias (places->rewrite, index))
    return put_taking (places, (size_t)index, places->narrow[node->inputs[0]],
                       places->narrow[output],
                       count_inner (shape_of (places, output), axis), true);
  for (size_t i = 0; i < node->input_count; i++)
    inputs[i] =
      sac_rewrite_places_input_axis (places, index, i, axis) != SAC_PLACES_NONE
        ? places->narrow[node->inputs[i]]
        : node->inputs[i];

  SacRewriteOp op = narrow_op (places, node, axis);

  op.inputs = inputs;
  op.input_count = node->input_count;
  return put (places, (size_t)index, &op, places->narrow[output]);
}

/* Values with the places alone, which nothing makes yet. */
static void
add_values (SacPlaces *places)
{
  for (size_t i = 0; i < places->rewrite->value_count; i++) {
    if (places->axes[i] == SAC_PLACES_NONE)
      continue;

    SacShape shape = *shape_of (places, (int)i);

    shape.dims[places->axes[i]] = places->count;
    places->narrow[i] =
      sac_rewrite_add_value (places->plan, places->plan->graph->values[i].name,
                             shape);
  }
}

static bool
change_all (SacPlaces *places)
{
  int source = node_at (places, places->last)->inputs[0];
  int target = node_at (places, places->last)->outputs[0];
  int64_t inner = count_inner (shape_of (places, source), places->axes[source]);

  add_values (places);
  for (size_t i = 0; i < places->rewrite->value_count; i++) {
    if (is_taken_out (places, (int)i) &&
        !put_taking (places, (size_t)places->spots[i], (int)i,
                     places->narrow[i],
                     count_inner (shape_of (places, (int)i), places->axes[i]),
                     false))
      return false;
  }
  for (int i = 0; i < places->last; i++) {
    if (places->narrowed[i] && !narrow_node (places, i))
      return false;
  }
  return put_taking (places, (size_t)places->last, places->narrow[source],
                     target, inner, true);
}

/* From the last change to the first. */
static void
undo (SacPlaces *places)
{
  for (guint i = places->before->len; i > 0; i--) {
    const Change *change = &g_array_index (places->before, Change, i - 1);

    sac_rewrite_replace (places->plan, change->index, &change->node, NULL);
  }
}

static void
begin_round (SacPlaces *places)
{
  size_t values = places->rewrite->value_count;
  size_t nodes = places->plan->graph->node_count;

  for (size_t i = 0; i < values; i++)
    places->axes[i] = SAC_PLACES_NONE;
  memset (places->askers, 0, values * sizeof *places->askers);
  memset (places->narrowed, 0, nodes * sizeof *places->narrowed);
}

/* Returns: false when there is nothing to gain. */
static bool
find_changes (SacPlaces *places)
{
  for (int round = 0; round < ROUNDS; round++) {
    begin_round (places);
    if (!sac_rewrite_places_follow (places) || !is_gain (places))
      return false;
    if (find_spots (places))
      return true;
  }
  return false;
}

/* Returns: whether anything has changed. */
static bool
narrow_before (SacPlan *plan, SacRewrite *rewrite, int last)
{
  size_t values = rewrite->value_count, nodes = plan->graph->node_count;
  g_autofree int *axes = g_new (int, values);
  g_autofree size_t *askers = g_new (size_t, values);
  g_autofree int *earliest = g_new0 (int, values);
  g_autofree bool *narrowed = g_new (bool, nodes);
  g_autofree int *narrow = g_new0 (int, values);
  g_autofree bool *blocked = g_new0 (bool, nodes);
  g_autofree int *spots = g_new0 (int, values);
  g_autoptr (GArray) before = g_array_new (FALSE, FALSE, sizeof (Change));
  SacPlaces places = {
    .plan = plan,
    .rewrite = rewrite,
    .last = last,
    .axes = axes,
    .askers = askers,
    .earliest = earliest,
    .narrowed = narrowed,
    .narrow = narrow,
    .blocked = blocked,
    .spots = spots,
    .before = before,
  };

  if (!find_changes (&places))
    return false;
  if (!change_all (&places))
    undo (&places);
  return true;
}

/* Whether a walk back from the node may find something. */
static bool
is_start (const SacRewrite *rewrite, int index)
{
  const SacNode *node = &rewrite->plan->graph->nodes[index];

  return (sac_rewrite_is (rewrite, index, "Gather") ||
          sac_rewrite_is (rewrite, index, "Slice")) &&
         sac_rewrite_producer (rewrite, node->inputs[0]) >= 0 &&
         sac_rewrite_only_reader (rewrite, node->inputs[0]) == index;
}

void
sac_rewrite_places (SacPlan *plan)
{
  SacRewrite *rewrite = sac_rewrite_new (plan);
  int tries = TRIES;

  for (size_t i = plan->graph->node_count; i > 0 && tries > 0; i--) {
    if (!is_start (rewrite, (int)i - 1))
      continue;
    tries--;
    if (!narrow_before (plan, rewrite, (int)i - 1))
      continue;
    /* Who is live and reads what has changed. */
    sac_rewrite_free (rewrite);
    rewrite = sac_rewrite_new (plan);
  }
  sac_rewrite_free (rewrite);
}
