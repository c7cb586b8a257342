/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which places are wanted of what: from a Gather or Slice back through ops that
 * keep the places of an axis apart. */
#include "network/rewrite-places.h"

#include "network/ops/linear.h"
#include "network/ops/row-norm.h"

/* Places are followed back where this many times as many there are. */
#define FEWER 2

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

/* The axis of a Gather of one index, or SAC_PLACES_NONE. */
static int
read_gather (SacPlaces *places, const SacNode *node)
{
  const SacShape *shape = shape_of (places, node->inputs[0]);
  int64_t axis = sac_rewrite_int (node, "axis", 0);
  size_t n = 0;
  const int64_t *index = sac_rewrite_integers (places->rewrite, node, 1, &n);

  if (index == NULL || n != 1)
    return SAC_PLACES_NONE;
  axis += axis < 0 ? shape->rank : 0;
  places->size = shape->dims[axis];
  places->first = index[0] + (index[0] < 0 ? places->size : 0);
  places->count = 1;
  return (int)axis;
}

/* The only axis that a Slice makes shorter, or SAC_PLACES_NONE. */
static int
find_sliced (const SacPlaces *places, const SacNode *node)
{
  const SacShape *x = shape_of (places, node->inputs[0]);
  const SacShape *y = shape_of (places, node->outputs[0]);
  int found = SAC_PLACES_NONE;

  for (int axis = 0; axis < x->rank; axis++) {
    if (x->dims[axis] == y->dims[axis])
      continue;
    if (found != SAC_PLACES_NONE)
      return SAC_PLACES_NONE;
    found = axis;
  }
  return found;
}

static int
read_slice (SacPlaces *places, const SacNode *node)
{
  int64_t starts[SAC_LIMIT_RANK];
  int found = find_sliced (places, node);

  if (found == SAC_PLACES_NONE ||
      !sac_rewrite_read_slice (places->rewrite, node, starts))
    return SAC_PLACES_NONE;
  places->size = shape_of (places, node->inputs[0])->dims[found];
  places->count = shape_of (places, node->outputs[0])->dims[found];
  places->first = starts[found];
  return found;
}

/* Runs of its elements are counted in 32 bits. */
static bool
can_ask (const SacPlaces *places, int value)
{
  const SacValueInfo *info = &places->plan->infos[value];

  return info->type == SAC_TYPE_FLOAT && info->constant == NULL &&
         sac_shape_size (&info->shape) <= G_MAXINT32;
}

/* Whether the node takes few of many places of an axis; ret_axis: which. */
static bool
read_places (SacPlaces *places, int *ret_axis)
{
  const SacNode *node = node_at (places, places->last);

  *ret_axis = SAC_PLACES_NONE;
  if (!can_ask (places, node->inputs[0]))
    return false;
  if (sac_rewrite_is (places->rewrite, places->last, "Gather"))
    *ret_axis = read_gather (places, node);
  else if (sac_rewrite_is (places->rewrite, places->last, "Slice") &&
           node->input_count > 1)
    *ret_axis = read_slice (places, node);
  return *ret_axis != SAC_PLACES_NONE && places->count > 0 &&
         places->size >= FEWER * places->count;
}

/* Where the places are in the input of an op that keeps the elements' order. */
static int
find_alias_axis (const SacPlaces *places, const SacNode *node, int axis)
{
  const SacShape *x = shape_of (places, node->inputs[0]);
  const SacShape *y = shape_of (places, node->outputs[0]);

  for (int i = 0; i < x->rank; i++) {
    if (x->dims[i] == places->size &&
        count_inner (x, i) == count_inner (y, axis))
      return i;
  }
  return SAC_PLACES_REFUSED;
}

static int
find_transposed_axis (const SacNode *node, const SacShape *y, int axis)
{
  const SacAttribute *order = sac_rewrite_attribute (node, "perm");

  int64_t from = order == NULL ? y->rank - 1 - axis : order->ints[axis];

  return (int)(from < 0 ? from + y->rank : from);
}

/* Of an operand that is broadcast. */
static int
find_operand_axis (const SacPlaces *places,
                   int value,
                   const SacShape *y,
                   int axis)
{
  const SacShape *operand = shape_of (places, value);
  int own = axis - (y->rank - operand->rank);

  if (own < 0 || operand->dims[own] == 1)
    return SAC_PLACES_NONE;
  return places->plan->infos[value].constant == NULL ? own : SAC_PLACES_REFUSED;
}

static bool
is_arithmetic (const SacPlaces *places, int index)
{
  return sac_rewrite_is (places->rewrite, index, "Add") ||
         sac_rewrite_is (places->rewrite, index, "Sub") ||
         sac_rewrite_is (places->rewrite, index, "Mul") ||
         sac_rewrite_is (places->rewrite, index, "Div");
}

int
sac_rewrite_places_input_axis (const SacPlaces *places,
                               int index,
                               size_t input,
                               int axis)
{
  const SacNode *node = node_at (places, index);
  const SacShape *y = shape_of (places, node->outputs[0]);
  int value = node->inputs[input];

  if (value < 0)
    return SAC_PLACES_NONE;
  if (sac_rewrite_is_alias (places->rewrite, index))
    return input == 0 ? find_alias_axis (places, node, axis) : SAC_PLACES_NONE;
  if (node->op == &sac_op_linear || node->op == &sac_op_row_norm)
    return axis < y->rank - 1 && shape_of (places, value)->rank == y->rank
             ? axis
             : SAC_PLACES_REFUSED;
  if (node->op == &sac_op_fused_attention)
    return SAC_PLACES_NONE;
  if (sac_rewrite_is (places->rewrite, index, "Transpose"))
    return find_transposed_axis (node, y, axis);
  if (sac_rewrite_is (places->rewrite, index, "MatMul")) {
    bool is_row = axis == y->rank - 2 &&
                  shape_of (places, node->inputs[0])->rank == y->rank &&
                  shape_of (places, node->inputs[1])->rank >= 2;

    return !is_row ? SAC_PLACES_REFUSED : input == 0 ? axis : SAC_PLACES_NONE;
  }
  return is_arithmetic (places, index)
           ? find_operand_axis (places, value, y, axis)
           : SAC_PLACES_REFUSED;
}

/* Keeps the places of the one axis that has more than one.  Returns: false when
 * they are spread over several. */
static bool
narrow_axes (const SacPlaces *places,
             SacAttentionAxes *axes,
             int64_t *ret_offset)
{
  bool found = false;

  for (int i = 0; i < axes->rank; i++) {
    if (axes->sizes[i] == 1)
      continue;
    if (found || axes->sizes[i] != places->size)
      return false;
    found = true;
    axes->sizes[i] = places->count;
    *ret_offset += places->first * axes->strides[i];
  }
  return found;
}

/* The context then has fewer queries between its outer places. */
static bool
narrow_context (const SacPlaces *places, SacFusedAttention *of, int axis)
{
  int64_t inner = count_inner (&of->context_shape, axis), ignored = 0;
  SacAttentionView *context = &of->context;

  if (context->offset != 0 || !narrow_axes (places, &context->rows, &ignored) ||
      ignored != places->first * inner)
    return false;
  for (int i = 0; i < context->batch.rank; i++) {
    if (context->batch.strides[i] >= inner * places->size)
      context->batch.strides[i] =
        context->batch.strides[i] / places->size * places->count;
  }
  of->context_shape.dims[axis] = places->count;
  return true;
}

bool
sac_rewrite_places_narrow_attention (const SacPlaces *places,
                                     SacFusedAttention *of,
                                     int axis)
{
  if (of->queries != places->size || of->output_reductions > 0 ||
      of->probe_reductions > 0 ||
      of->context_shape.dims[axis] != places->size ||
      !narrow_axes (places, &of->query.rows, &of->query.offset) ||
      !narrow_context (places, of, axis))
    return false;
  for (int i = 0; i < of->step_count; i++) {
    SacScoreStep *step = &of->steps[i];
    int64_t offset = 0;

    if (step->kind == SAC_SCORE_MULTIPLY || step->kind == SAC_SCORE_DIVIDE)
      continue;
    /* Operands begin at their first element. */
    if (!narrow_axes (places, &step->view.rows, &offset) || offset != 0)
      return false;
  }
  of->queries = places->count;
  return true;
}

static bool
reads_before (const SacNode *node, size_t input)
{
  for (size_t i = 0; i < input; i++) {
    if (node->inputs[i] == node->inputs[input])
      return true;
  }
  return false;
}

static void
ask (SacPlaces *places, int index, int value, int axis)
{
  places->axes[value] = axis;
  places->askers[value]++;
  places->earliest[value] = index;
}

/* Whether all inputs can be followed to, and nothing is asked of a value along
 * two axes. */
static bool
can_follow (const SacPlaces *places, int index, int axis)
{
  const SacNode *node = node_at (places, index);

  if (node->op == &sac_op_fused_attention) {
    SacFusedAttention of =
      *(const SacFusedAttention *)(const void *)node->attributes[0].s;

    return sac_rewrite_places_narrow_attention (places, &of, axis);
  }
  for (size_t i = 0; i < node->input_count; i++) {
    int own = sac_rewrite_places_input_axis (places, index, i, axis);

    if (own == SAC_PLACES_REFUSED ||
        (own != SAC_PLACES_NONE && !can_ask (places, node->inputs[i])))
      return false;
    if (own != SAC_PLACES_NONE &&
        places->axes[node->inputs[i]] != SAC_PLACES_NONE &&
        places->axes[node->inputs[i]] != own)
      return false;
    /* The same value as a whole and in part. */
    if (reads_before (node, i))
      return false;
  }
  return true;
}

static bool
has_one_output (const SacPlaces *places, const SacNode *node)
{
  for (size_t i = 1; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value >= 0 && (places->rewrite->pinned[value] ||
                       sac_rewrite_reader_count (places->rewrite, value) > 0))
      return false;
  }
  return node->outputs[0] >= 0;
}

/* Nodes come after what they read, so all who read a node's output have asked
 * before its turn. */
bool
sac_rewrite_places_follow (SacPlaces *places)
{
  int axis;

  if (!read_places (places, &axis))
    return false;
  ask (places, places->last, node_at (places, places->last)->inputs[0], axis);
  for (int i = places->last - 1; i >= 0; i--) {
    const SacNode *node = node_at (places, i);

    if (!places->rewrite->live[i] || places->blocked[i] ||
        node->output_count == 0 || !has_one_output (places, node))
      continue;

    int value = node->outputs[0], wanted = places->axes[value];

    if (wanted == SAC_PLACES_NONE || places->rewrite->pinned[value] ||
        places->askers[value] !=
          sac_rewrite_reader_count (places->rewrite, value) ||
        !can_follow (places, i, wanted))
      continue;
    places->narrowed[i] = true;
    for (size_t k = 0; k < node->input_count; k++) {
      int own = sac_rewrite_places_input_axis (places, i, k, wanted);

      if (own != SAC_PLACES_NONE)
        ask (places, i, node->inputs[k], own);
    }
  }
  return true;
}
