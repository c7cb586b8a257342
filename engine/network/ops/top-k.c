/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ArgMax, ArgMin and TopK: which elements along an axis are the largest or the
 * smallest.  Of equal ones the first comes first.  NaN counts as larger than
 * all numbers for TopK and ArgMax, and as smaller for ArgMin, as in NumPy and
 * torch. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"

#include <inttypes.h>

/* Lists of `size` elements, `inner` apart, in `outer` blocks. */
typedef struct {
  SacType type;
  int64_t outer, size, inner;
  int64_t k; /* TopK */
  bool largest;
  bool last; /* ArgMax, ArgMin: of equal ones the last */
} Params;

/* -1, 0, 1 as element a stands below, beside or above b; NaN is on top. */
#define COMPARE(type)                                                          \
  {                                                                            \
    type x = ((const type *)data)[a], y = ((const type *)data)[b];             \
                                                                               \
    if (x != x || y != y)                                                      \
      return (x != x) - (y != y);                                              \
    return (x > y) - (y > x);                                                  \
  }

static int
compare (SacElement element, const void *data, int64_t a, int64_t b)
{
  switch (element) {
  case SAC_ELEMENT_F32:
    COMPARE (float)
  case SAC_ELEMENT_F64:
    COMPARE (double)
  case SAC_ELEMENT_I64:
    COMPARE (int64_t)
  case SAC_ELEMENT_U64:
    COMPARE (uint64_t)
  default:
    COMPARE (uint8_t)
  }
}

static bool
is_nan (SacElement element, const void *data, int64_t i)
{
  if (element == SAC_ELEMENT_F32)
    return ((const float *)data)[i] != ((const float *)data)[i];
  if (element == SAC_ELEMENT_F64)
    return ((const double *)data)[i] != ((const double *)data)[i];
  return false;
}

/* The first element of a list. */
static int64_t
find_start (const Params *params, int64_t list)
{
  return list / params->inner * params->size * params->inner +
         list % params->inner;
}

static int64_t
find_extreme (const Params *params, const void *data, int64_t start)
{
  SacElement element = sac_element_of (params->type);
  int64_t best = 0;

  for (int64_t i = 1; i < params->size; i++) {
    int64_t a = start + i * params->inner, b = start + best * params->inner;
    int order = compare (element, data, a, b);

    if (!params->largest &&
        (is_nan (element, data, a) || is_nan (element, data, b)))
      order = -order; /* NaN is chosen either way */
    if (params->largest ? order > 0 : order < 0)
      best = i;
    else if (order == 0 && params->last)
      best = i;
  }
  return best;
}

static void
arg_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  for (int64_t i = from; i < to; i++) {
    sac_tensor_i64 (call->outputs[0])[i] =
      find_extreme (params, call->inputs[0]->data, find_start (params, i));
  }
}

static void
forward_arg (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->outer * params->inner,
                    SAC_ELEMENTS_CHUNK / params->size, arg_range, (void *)call);
}

static bool
check_numbers (const SacInfer *infer, GError **error)
{
  SacKind kind = sac_type_get_kind (infer->inputs[0]->type);

  if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (infer->inputs[0]->type));
  return true;
}

static Params *
make_params (SacInfer *infer, int axis)
{
  const SacValueInfo *x = infer->inputs[0];
  Params *params = sac_infer_alloc (infer, sizeof *params);

  params->type = x->type;
  params->outer = sac_shape_product (&x->shape, 0, axis);
  params->size = x->shape.dims[axis];
  params->inner = sac_shape_product (&x->shape, axis + 1, x->shape.rank);
  infer->params = params;
  return params;
}

static bool
infer_arg (SacInfer *infer, bool largest, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  int64_t keep, last;
  SacShape shape = {0};
  int axis;

  if (!check_numbers (infer, error) ||
      !sac_checks_axis (infer, "axis", 0, &x->shape, &axis, error) ||
      !sac_infer_int (infer, "keepdims", 1, &keep, error) ||
      !sac_infer_int (infer, "select_last_index", 0, &last, error))
    return false;
  if (x->shape.dims[axis] == 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "axis %d has no elements to choose from", axis);
  for (int i = 0; i < x->shape.rank; i++) {
    if (i != axis)
      shape.dims[shape.rank++] = x->shape.dims[i];
    else if (keep != 0)
      shape.dims[shape.rank++] = 1;
  }

  Params *params = make_params (infer, axis);

  params->largest = largest;
  params->last = last != 0;
  return sac_infer_output (infer, 0, SAC_TYPE_INT64, &shape, error);
}

static bool
infer_arg_max (SacInfer *infer, GError **error)
{
  return infer_arg (infer, true, error);
}

static bool
infer_arg_min (SacInfer *infer, GError **error)
{
  return infer_arg (infer, false, error);
}

/* Whether place a of a list comes after place b in TopK's order. */
static bool
is_after (
  const Params *params, const void *data, int64_t start, int64_t a, int64_t b)
{
  int order = compare (sac_element_of (params->type), data,
                       start + a * params->inner, start + b * params->inner);

  if (order == 0)
    return a > b;
  return params->largest ? order < 0 : order > 0;
}

/* heap[0] is the last in order of those below `root`. */
static void
sift_down (const Params *params,
           const void *data,
           int64_t start,
           int64_t *heap,
           int64_t root,
           int64_t count)
{
  for (;;) {
    int64_t child = 2 * root + 1, kept = heap[root];

    if (child >= count)
      return;
    if (child + 1 < count &&
        is_after (params, data, start, heap[child + 1], heap[child]))
      child++;
    if (!is_after (params, data, start, heap[child], kept))
      return;
    heap[root] = heap[child];
    heap[child] = kept;
    root = child;
  }
}

/* The first k places in order, through a heap of the k best so far. */
static void
find_top (const Params *params, const void *data, int64_t start, int64_t *heap)
{
  int64_t k = params->k;

  for (int64_t i = 0; i < k; i++)
    heap[i] = i;
  for (int64_t root = k / 2 - 1; root >= 0; root--)
    sift_down (params, data, start, heap, root, k);
  for (int64_t i = k; i < params->size; i++) {
    if (!is_after (params, data, start, heap[0], i))
      continue;
    heap[0] = i;
    sift_down (params, data, start, heap, 0, k);
  }
  for (int64_t left = k - 1; left > 0; left--) {
    int64_t worst = heap[0];

    heap[0] = heap[left];
    heap[left] = worst;
    sift_down (params, data, start, heap, 0, left);
  }
}

/* Where TopK's i-th element of a list is put. */
static int64_t
find_result (const Params *params, int64_t list, int64_t i)
{
  return (list / params->inner * params->k + i) * params->inner +
         list % params->inner;
}

#define PICK(type)                                                             \
  ((type *)call->outputs[0]->data)[at] =                                       \
    ((const type *)call->inputs[0]->data)[from];

static void
write_top (const SacCall *call, int64_t list, int64_t start, const int64_t *top)
{
  const Params *params = call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));

  for (int64_t i = 0; i < params->k; i++) {
    int64_t at = find_result (params, list, i);
    int64_t from = start + top[i] * params->inner;

    if (call->output_count > 1 && call->outputs[1] != NULL)
      sac_tensor_i64 (call->outputs[1])[at] = top[i];
    if (call->outputs[0] == NULL)
      continue;
    if (size == 8)
      PICK (uint64_t)
    else
      PICK (uint32_t)
  }
}

static void
forward_top_k (const SacCall *call)
{
  const Params *params = call->params;
  int64_t *heap = call->workspace;

  if (params->k == 0)
    return;
  for (int64_t list = 0; list < params->outer * params->inner; list++) {
    int64_t start = find_start (params, list);

    find_top (params, call->inputs[0]->data, start, heap);
    write_top (call, list, start, heap);
  }
}

/* To the elements that were picked.  They are picked again: a node may leave
 * out the output that names them. */
static void
gradient_top_k (const SacGradientCall *call)
{
  const Params *params = call->params;
  const SacTensor *g = call->output_gradients[0];
  SacTensor *dx = call->input_gradients[0];
  int64_t *heap = call->workspace;

  if (g == NULL || dx == NULL || params->k == 0)
    return;
  for (int64_t list = 0; list < params->outer * params->inner; list++) {
    int64_t start = find_start (params, list);

    find_top (params, call->inputs[0]->data, start, heap);
    for (int64_t i = 0; i < params->k; i++) {
      int64_t at = start + heap[i] * params->inner;
      int64_t from = find_result (params, list, i);

      if (params->type == SAC_TYPE_DOUBLE)
        ((double *)dx->data)[at] += ((const double *)g->data)[from];
      else
        sac_tensor_f32 (dx)[at] += sac_tensor_f32 (g)[from];
    }
  }
}

static bool
read_k (const SacInfer *infer, int64_t *ret_k, GError **error)
{
  const int64_t *values;
  size_t count;

  if (infer->opset < 10) {
    if (sac_infer_attribute (infer, "k") == NULL)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error, "it has no k");
    return sac_infer_int (infer, "k", 0, ret_k, error);
  }
  if (!sac_infer_constant_ints (infer, 1, &values, &count, error))
    return false;
  if (count != 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its k is not one number");
  *ret_k = values[0];
  return true;
}

static bool
infer_top_k (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  SacShape shape = x->shape;
  int64_t k = 0, largest;
  int axis;

  if (!check_numbers (infer, error) ||
      !sac_checks_axis (infer, "axis", -1, &x->shape, &axis, error) ||
      !read_k (infer, &k, error) ||
      !sac_infer_int (infer, "largest", 1, &largest, error))
    return false;
  if (k < 0 || k > shape.dims[axis])
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it wants %" PRId64 " of %" PRId64 " elements", k,
                           shape.dims[axis]);
  shape.dims[axis] = k;

  Params *params = make_params (infer, axis);

  params->k = k;
  params->largest = largest != 0;
  if (sac_shape_size (&shape) > 0)
    infer->workspace_bytes = infer->gradient_workspace_bytes =
      (size_t)k * sizeof (int64_t);
  return sac_infer_output (infer, 0, x->type, &shape, error) &&
         (infer->output_count < 2 ||
          sac_infer_output (infer, 1, SAC_TYPE_INT64, &shape, error));
}

#define ARG(symbol, onnx)                                                      \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 1,                                                           \
    .inputs_max = 1,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = forward_arg,                                                    \
    .zero_gradient = true,                                                     \
  }

ARG (arg_max, "ArgMax");
ARG (arg_min, "ArgMin");

const SacOp sac_op_top_k = {
  .name = "TopK",
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = infer_top_k,
  .forward = forward_top_k,
  .gradient = gradient_top_k,
  .saves_inputs = SAC_SAVE (0),
  .gradient_inputs = SAC_SAVE (0),
};
