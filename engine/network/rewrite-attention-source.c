/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where the operands of an attention really lie: back from a matrix through
 * what only moves elements, to the tensor that they were taken from. */
#include "network/rewrite-attention.h"

#include <math.h>
#include <stdlib.h>

/* How the axes of a value lie in another, which it was taken from. */
typedef struct {
  int source; /* value */
  int64_t strides[SAC_LIMIT_RANK];
  int64_t offset;
} Way;

static const SacShape *
shape_of (const SacRewrite *rewrite, int value)
{
  return &rewrite->plan->infos[value].shape;
}

void
sac_attention_read_permutation (const SacNode *node, int rank, int *perm)
{
  const SacAttribute *attribute = sac_rewrite_attribute (node, "perm");

  for (int i = 0; i < rank; i++)
    perm[i] = rank - 1 - i;
  for (int i = 0; attribute != NULL && i < rank && (size_t)i < attribute->count;
       i++)
    perm[i] = (int)attribute->ints[i];
}

static bool
find_axis (const SacNode *node, const SacShape *shape, int *ret_axis)
{
  const SacAttribute *attribute = sac_rewrite_attribute (node, "axis");

  return sac_shape_axis (shape, attribute != NULL ? attribute->i : 0, ret_axis);
}

static bool
go_through_transpose (const SacRewrite *rewrite, const SacNode *node, Way *way)
{
  const SacShape *from = shape_of (rewrite, node->inputs[0]);
  int64_t strides[SAC_LIMIT_RANK];
  int perm[SAC_LIMIT_RANK];

  sac_shape_strides (from, strides);
  sac_attention_read_permutation (node, from->rank, perm);
  for (int i = 0; i < from->rank; i++)
    way->strides[i] = strides[perm[i]];
  return true;
}

/* One index, which is known: the axis falls away, or stays with size 1. */
static bool
go_through_gather (const SacRewrite *rewrite, const SacNode *node, Way *way)
{
  const SacTensor *index = rewrite->plan->infos[node->inputs[1]].constant;
  const SacShape *from = shape_of (rewrite, node->inputs[0]);
  int64_t strides[SAC_LIMIT_RANK];
  int axis;

  if (index == NULL || index->data == NULL || index->shape.rank > 1 ||
      sac_tensor_get_kind (index) != SAC_KIND_I64 ||
      sac_tensor_get_count (index) != 1 || !find_axis (node, from, &axis))
    return false;

  int64_t place = *sac_tensor_i64 (index);

  place += place < 0 ? from->dims[axis] : 0;
  sac_shape_strides (from, strides);
  way->offset = place * strides[axis];
  for (int i = 0, to = 0; i < from->rank; i++) {
    if (i != axis || index->shape.rank == 1)
      way->strides[to++] = strides[i];
  }
  return place >= 0 && place < from->dims[axis];
}

static bool
go_through_split (const SacRewrite *rewrite,
                  const SacNode *node,
                  int value,
                  Way *way)
{
  const SacShape *from = shape_of (rewrite, node->inputs[0]);
  int64_t start = 0;
  int axis;

  if (!find_axis (node, from, &axis))
    return false;
  for (size_t i = 0; node->outputs[i] != value; i++) {
    if (node->outputs[i] < 0 || i + 1 == node->output_count)
      return false;
    start += shape_of (rewrite, node->outputs[i])->dims[axis];
  }
  sac_shape_strides (from, way->strides);
  way->offset = start * way->strides[axis];
  return true;
}

static bool
go_through_slice (const SacRewrite *rewrite, const SacNode *node, Way *way)
{
  const SacShape *from = shape_of (rewrite, node->inputs[0]);
  int64_t starts[SAC_LIMIT_RANK];

  if (!sac_rewrite_read_slice (rewrite, node, starts))
    return false;
  sac_shape_strides (from, way->strides);
  for (int axis = 0; axis < from->rank; axis++)
    way->offset += starts[axis] * way->strides[axis];
  return true;
}

/* The axis of a tensor without gaps in which steps of `stride` go, or -1. */
static int
find_home (const SacShape *shape, const int64_t *strides, int64_t stride)
{
  for (int axis = 0; axis < shape->rank; axis++) {
    if (shape->dims[axis] > 1 && strides[axis] <= stride)
      return stride % strides[axis] == 0 ? axis : -1;
  }
  return -1;
}

/* Each axis of the tensor, and where it begins, has to lie in one axis of the
 * value. */
static bool
go (const SacRewrite *rewrite, const Way *way, SacAttentionTensor *tensor)
{
  const SacShape *shape = shape_of (rewrite, tensor->value);
  int64_t strides[SAC_LIMIT_RANK], last[SAC_LIMIT_RANK];
  SacAttentionTensor seen = *tensor;

  sac_shape_strides (shape, strides);
  seen.value = way->source;
  seen.offset = way->offset;
  for (int axis = 0; axis < shape->rank; axis++) {
    last[axis] = tensor->offset / strides[axis] % shape->dims[axis];
    seen.offset += last[axis] * way->strides[axis];
  }
  for (int i = 0; i < tensor->rank; i++) {
    if (tensor->sizes[i] == 1)
      continue;

    int home = find_home (shape, strides, tensor->strides[i]);

    if (home < 0)
      return false;

    int64_t step = tensor->strides[i] / strides[home];

    last[home] += (tensor->sizes[i] - 1) * step;
    if (last[home] >= shape->dims[home])
      return false;
    seen.strides[i] = step * way->strides[home];
  }
  *tensor = seen;
  return true;
}

/* The product with one known number. */
static bool
go_through_scale (const SacRewrite *rewrite,
                  int index,
                  SacAttentionTensor *tensor)
{
  const SacNode *node = &rewrite->plan->graph->nodes[index];
  bool divides = sac_rewrite_is (rewrite, index, "Div");

  if (!divides && !sac_rewrite_is (rewrite, index, "Mul"))
    return false;
  for (int i = 0; i < (divides ? 1 : 2); i++) {
    const SacTensor *number =
      rewrite->plan->infos[node->inputs[1 - i]].constant;

    if (number == NULL || number->data == NULL ||
        sac_tensor_get_kind (number) != SAC_KIND_F32 ||
        sac_tensor_get_count (number) != 1 ||
        !sac_shape_equal (shape_of (rewrite, node->inputs[i]),
                          shape_of (rewrite, tensor->value)))
      continue;

    float factor = *sac_tensor_f32 (number);

    tensor->scale *= divides ? 1 / factor : factor;
    tensor->value = node->inputs[i];
    return isfinite (tensor->scale);
  }
  return false;
}

bool
sac_attention_step_back (const SacRewrite *rewrite,
                         bool through_scale,
                         SacAttentionTensor *tensor)
{
  int index = sac_rewrite_producer (rewrite, tensor->value);
  const SacNode *node = index >= 0 ? &rewrite->plan->graph->nodes[index] : NULL;

  if (node == NULL || rewrite->pinned[tensor->value] ||
      node->input_count == 0 || node->inputs[0] < 0 ||
      sac_shape_size (shape_of (rewrite, tensor->value)) == 0)
    return false;

  const SacValueInfo *infos = rewrite->plan->infos;
  Way way = {.source = node->inputs[0]};
  bool found = false;

  if (through_scale && go_through_scale (rewrite, index, tensor))
    return true;
  if (infos[way.source].type != infos[tensor->value].type ||
      infos[way.source].constant != NULL)
    return false;
  if (sac_rewrite_is_alias (rewrite, index)) {
    tensor->value = way.source;
    return true;
  }
  if (sac_rewrite_is (rewrite, index, "Transpose"))
    found = go_through_transpose (rewrite, node, &way);
  else if (sac_rewrite_is (rewrite, index, "Gather"))
    found = go_through_gather (rewrite, node, &way);
  else if (sac_rewrite_is (rewrite, index, "Split"))
    found = go_through_split (rewrite, node, tensor->value, &way);
  else if (sac_rewrite_is (rewrite, index, "Slice"))
    found = go_through_slice (rewrite, node, &way);
  return found && go (rewrite, &way, tensor);
}

typedef struct {
  int64_t size, stride;
} Axis;

typedef struct {
  Axis axes[3 * SAC_LIMIT_RANK];
  int count;
} Lattice;

static void
add_axes (Lattice *lattice, const SacAttentionAxes *axes)
{
  for (int i = 0; i < axes->rank; i++) {
    if (axes->sizes[i] > 1)
      lattice->axes[lattice->count++] =
        (Axis){axes->sizes[i], axes->strides[i]};
  }
}

static int
compare_axes (const void *a, const void *b)
{
  const Axis *x = a, *y = b;

  return (x->stride > y->stride) - (x->stride < y->stride);
}

/* The places of a view, from the smallest stride up. */
static Lattice
make_lattice (const SacAttentionView *view)
{
  Lattice lattice = {.count = 0};

  add_axes (&lattice, &view->batch);
  add_axes (&lattice, &view->rows);
  add_axes (&lattice, &view->columns);
  qsort (lattice.axes, (size_t)lattice.count, sizeof *lattice.axes,
         compare_axes);
  return lattice;
}

/* The same lattice, moved on by less than a gap in it. */
bool
sac_attention_is_apart (const SacAttentionView *a, const SacAttentionView *b)
{
  Lattice x = make_lattice (a), y = make_lattice (b);
  int64_t distance = llabs (a->offset - b->offset);
  int64_t extent = 1;
  bool fits = false;

  if (x.count != y.count)
    return false;
  for (int i = 0; i <= x.count; i++) {
    int64_t next = i < x.count ? x.axes[i].stride : INT64_MAX;

    if (next < extent || (i < x.count && (y.axes[i].stride != next ||
                                          y.axes[i].size != x.axes[i].size)))
      return false;
    fits = fits || (distance >= extent && distance <= next - extent);
    if (i < x.count)
      extent += (x.axes[i].size - 1) * next;
  }
  return fits;
}
