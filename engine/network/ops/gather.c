/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Gather, GatherElements and GatherND: elements picked by number.  What flows
 * back is added to the place each came from. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"
#include "network/ops/indices.h"

#include <inttypes.h>
#include <string.h>

/* A slice of `inner` elements is taken `outer` times for each of `count` tuples
 * of `width` indices.  GatherND has its own tuples for each of the `outer`
 * batches, Gather the same ones. */
typedef struct {
  SacType type;
  int64_t outer, outer_stride; /* of the data, in elements */
  int64_t count;               /* tuples in a batch */
  int64_t width;
  bool own_tuples;
  int64_t sizes[SAC_LIMIT_RANK]; /* of the axes that a tuple names */
  int64_t strides[SAC_LIMIT_RANK];
  int64_t inner;
} Slices;

static int64_t
find_slice (const Slices *slices,
            const int64_t *indices,
            int64_t outer,
            int64_t tuple)
{
  int64_t offset = outer * slices->outer_stride;
  int64_t first = slices->own_tuples ? outer * slices->count : 0;
  const int64_t *index = indices + (first + tuple) * slices->width;

  for (int64_t i = 0; i < slices->width; i++)
    offset +=
      sac_indices_place (index[i], slices->sizes[i]) * slices->strides[i];
  return offset;
}

/* Single elements of one axis, as the neighbours of attention are taken: of
 * `count` from tuple `first` on, of one of the outer parts. */
#define TAKE_SINGLES(type)                                                     \
  for (int64_t i = 0; i < count; i++)                                          \
    ((type *)y)[i] =                                                           \
      ((const type *)x)[sac_indices_place (indices[i], slices->sizes[0])];

static void
take_singles (const Slices *slices,
              const int64_t *indices,
              const char *x,
              char *y,
              int64_t count)
{
  switch (sac_kind_get_size (sac_type_get_kind (slices->type))) {
  case 8:
    TAKE_SINGLES (uint64_t)
    break;
  case 4:
    TAKE_SINGLES (uint32_t)
    break;
  default:
    TAKE_SINGLES (uint8_t)
  }
}

static void
take_slices (const Slices *slices,
             const int64_t *indices,
             const char *x,
             char *y,
             int64_t outer,
             int64_t first,
             int64_t count)
{
  size_t size = sac_kind_get_size (sac_type_get_kind (slices->type));
  size_t bytes = (size_t)slices->inner * size;

  for (int64_t i = 0; i < count; i++) {
    int64_t offset = find_slice (slices, indices, outer, first + i);

    memcpy (y + (size_t)i * bytes, x + (size_t)offset * size, bytes);
  }
}

static void
slices_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Slices *slices = call->params;
  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);
  size_t size = sac_kind_get_size (sac_type_get_kind (slices->type));
  const char *x = call->inputs[0]->data;
  bool singles =
    slices->inner == 1 && slices->width == 1 && !slices->own_tuples;

  for (int64_t i = from; i < to;) {
    int64_t outer = i / slices->count, tuple = i % slices->count;
    int64_t count = MIN (slices->count - tuple, to - i);
    char *y =
      (char *)call->outputs[0]->data + (size_t)(i * slices->inner) * size;

    if (singles)
      take_singles (slices, indices + tuple,
                    x + (size_t)(outer * slices->outer_stride) * size, y,
                    count);
    else
      take_slices (slices, indices, x, y, outer, tuple, count);
    i += count;
  }
}

static void
forward_slices (const SacCall *call)
{
  const Slices *slices = call->params;

  if (sac_tensor_get_count (call->outputs[0]) == 0 ||
      !sac_indices_good (call, 1, slices->sizes, MAX (1, slices->width)))
    return;
  sac_elements_run (slices->outer * slices->count,
                    SAC_ELEMENTS_CHUNK / slices->inner, slices_range,
                    (void *)call);
}

#define ADD(type)                                                              \
  for (int64_t outer = 0; outer < slices->outer; outer++) {                    \
    for (int64_t i = 0; i < slices->count; i++, g += inner) {                  \
      type *to = (type *)dx + find_slice (slices, indices, outer, i);          \
                                                                               \
      for (int64_t k = 0; k < inner; k++)                                      \
        to[k] += ((const type *)call->output_gradients[0]->data)[g + k];       \
    }                                                                          \
  }

static void
gradient_slices (const SacGradientCall *call)
{
  const Slices *slices = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL ||
      sac_tensor_get_count (call->output_gradients[0]) == 0)
    return;

  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);
  void *dx = call->input_gradients[0]->data;
  int64_t inner = slices->inner, g = 0;

  if (slices->type == SAC_TYPE_DOUBLE)
    ADD (double)
  else
    ADD (float)
}
#undef ADD

static bool
infer_gather (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0], *indices = infer->inputs[1];
  SacShape shape = {.rank = x->shape.rank + indices->shape.rank - 1};
  int axis;

  if (!sac_checks_axis (infer, "axis", 0, &x->shape, &axis, error) ||
      !sac_indices_type (infer, 1, error) ||
      !sac_indices_check (infer, 1, &x->shape.dims[axis], 1, error))
    return false;
  if (shape.rank > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a result of rank %d is beyond the limit of %d",
                           shape.rank, SAC_LIMIT_RANK);

  int at = 0;

  for (int i = 0; i < axis; i++)
    shape.dims[at++] = x->shape.dims[i];
  for (int i = 0; i < indices->shape.rank; i++)
    shape.dims[at++] = indices->shape.dims[i];
  for (int i = axis + 1; i < x->shape.rank; i++)
    shape.dims[at++] = x->shape.dims[i];

  Slices *slices = sac_infer_alloc (infer, sizeof *slices);

  slices->type = x->type;
  slices->inner = sac_shape_product (&x->shape, axis + 1, x->shape.rank);
  slices->outer = sac_shape_product (&x->shape, 0, axis);
  slices->outer_stride = x->shape.dims[axis] * slices->inner;
  slices->count = sac_shape_size (&indices->shape);
  slices->width = 1;
  slices->sizes[0] = x->shape.dims[axis];
  slices->strides[0] = slices->inner;
  infer->params = slices;
  return sac_infer_output (infer, 0, x->type, &shape, error);
}

static bool
check_batches (const SacInfer *infer,
               int64_t *ret_batches,
               int *ret_width,
               GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *indices = &infer->inputs[1]->shape;
  int64_t batches;

  if (!sac_infer_int (infer, "batch_dims", 0, &batches, error))
    return false;
  if (indices->rank < 1 || x->rank < 1 || batches < 0 ||
      batches >= MIN (x->rank, indices->rank))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "batch_dims %" PRId64
                           " does not fit inputs of rank %d and %d",
                           batches, x->rank, indices->rank);

  int64_t width = indices->dims[indices->rank - 1];

  if (width < 1 || width > x->rank - batches)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "tuples of %" PRId64
                           " indices do not fit data of rank %d",
                           width, x->rank);
  for (int axis = 0; axis < batches; axis++) {
    if (x->dims[axis] != indices->dims[axis])
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "data and indices differ along batch axis %d",
                             axis);
  }
  *ret_batches = batches;
  *ret_width = (int)width;
  return true;
}

static bool
infer_gather_nd (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0], *indices = infer->inputs[1];
  int64_t batches = 0, strides[SAC_LIMIT_RANK];
  int width = 0;
  SacShape shape = {0};

  if (!sac_indices_type (infer, 1, error) ||
      !check_batches (infer, &batches, &width, error) ||
      !sac_indices_check (infer, 1, x->shape.dims + batches, width, error))
    return false;

  int first = (int)batches + width; /* axis of a slice */

  shape.rank = indices->shape.rank - 1 + x->shape.rank - first;
  if (shape.rank > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a result of rank %d is beyond the limit of %d",
                           shape.rank, SAC_LIMIT_RANK);
  for (int i = 0; i < indices->shape.rank - 1; i++)
    shape.dims[i] = indices->shape.dims[i];
  for (int i = first; i < x->shape.rank; i++)
    shape.dims[indices->shape.rank - 1 + i - first] = x->shape.dims[i];

  Slices *slices = sac_infer_alloc (infer, sizeof *slices);

  sac_shape_strides (&x->shape, strides);
  slices->type = x->type;
  slices->outer = sac_shape_product (&x->shape, 0, (int)batches);
  slices->outer_stride =
    sac_shape_product (&x->shape, (int)batches, x->shape.rank);
  slices->count =
    sac_shape_product (&indices->shape, (int)batches, indices->shape.rank - 1);
  slices->width = width;
  slices->own_tuples = true;
  for (int i = 0; i < width; i++) {
    slices->sizes[i] = x->shape.dims[batches + i];
    slices->strides[i] = strides[batches + i];
  }
  slices->inner = sac_shape_product (&x->shape, first, x->shape.rank);
  infer->params = slices;
  return sac_infer_output (infer, 0, x->type, &shape, error);
}

/* Each output element is taken from its own place, but for one axis, along
 * which its index says where. */
typedef struct {
  SacType type;
  int axis;
  int64_t size;                    /* of the data along the axis */
  SacShape shape;                  /* of indices and output */
  int64_t strides[SAC_LIMIT_RANK]; /* of the data */
} Elements;

/* The data's place for output element i. */
static int64_t
find_element (const Elements *elements, const int64_t *indices, int64_t i)
{
  int64_t offset = sac_indices_place (indices[i], elements->size) *
                   elements->strides[elements->axis];

  for (int axis = elements->shape.rank - 1; axis >= 0; axis--) {
    int64_t place = i % elements->shape.dims[axis];

    i /= elements->shape.dims[axis];
    if (axis != elements->axis)
      offset += place * elements->strides[axis];
  }
  return offset;
}

#define TAKE(type)                                                             \
  for (int64_t i = from; i < to; i++)                                          \
    ((type *)call->outputs[0]->data)[i] =                                      \
      ((const type *)call->inputs[0]                                           \
         ->data)[find_element (elements, indices, i)];

static void
elements_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Elements *elements = call->params;
  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);
  size_t size = sac_kind_get_size (sac_type_get_kind (elements->type));

  if (size == 8)
    TAKE (uint64_t)
  else if (size == 4)
    TAKE (uint32_t)
  else
    TAKE (uint8_t)
}

static void
forward_elements (const SacCall *call)
{
  const Elements *elements = call->params;

  if (sac_indices_good (call, 1, &elements->size, 1))
    sac_elements_run (sac_tensor_get_count (call->outputs[0]),
                      SAC_ELEMENTS_CHUNK / 8, elements_range, (void *)call);
}

#define ADD(type)                                                              \
  for (int64_t i = 0; i < count; i++)                                          \
    ((type *)call->input_gradients[0]                                          \
       ->data)[find_element (elements, indices, i)] +=                         \
      ((const type *)call->output_gradients[0]->data)[i];

static void
gradient_elements (const SacGradientCall *call)
{
  const Elements *elements = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;

  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);
  int64_t count = sac_tensor_get_count (call->output_gradients[0]);

  if (elements->type == SAC_TYPE_DOUBLE)
    ADD (double)
  else
    ADD (float)
}

static bool
infer_gather_elements (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0], *indices = infer->inputs[1];
  bool fits = x->shape.rank == indices->shape.rank;
  int axis;

  if (!sac_checks_axis (infer, "axis", 0, &x->shape, &axis, error) ||
      !sac_indices_type (infer, 1, error))
    return false;
  for (int i = 0; i < x->shape.rank && fits; i++)
    fits = i == axis || indices->shape.dims[i] <= x->shape.dims[i];
  if (!fits) {
    g_autofree char *data = sac_shape_to_string (&x->shape);
    g_autofree char *text = sac_shape_to_string (&indices->shape);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "indices of shape %s do not fit data of shape %s",
                           text, data);
  }
  if (!sac_indices_check (infer, 1, &x->shape.dims[axis], 1, error))
    return false;

  Elements *elements = sac_infer_alloc (infer, sizeof *elements);

  elements->type = x->type;
  elements->axis = axis;
  elements->size = x->shape.dims[axis];
  elements->shape = indices->shape;
  sac_shape_strides (&x->shape, elements->strides);
  infer->params = elements;
  return sac_infer_output (infer, 0, x->type, &indices->shape, error);
}

#define OP(symbol, onnx, first_opset, kernel)                                  \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .opset_min = first_opset,                                                  \
    .inputs_min = 2,                                                           \
    .inputs_max = 2,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = forward_##kernel,                                               \
    .gradient = gradient_##kernel,                                             \
    .saves_inputs = SAC_SAVE (1),                                              \
    .gradient_inputs = SAC_SAVE (0),                                           \
  }

OP (gather, "Gather", 0, slices);
OP (gather_elements, "GatherElements", 11, elements);
OP (gather_nd, "GatherND", 11, slices);
