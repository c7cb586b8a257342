/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that leave the elements as they are: the plan shares the memory, and a
 * forward that runs all the same copies. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"
#include "network/ops/elements.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
  char *to;
  const char *from;
} Copy;

static void
copy_range (int64_t from, int64_t to, void *data)
{
  const Copy *copy = data;

  memcpy (copy->to + from, copy->from + from, (size_t)(to - from));
}

static void
forward (const SacCall *call)
{
  Copy copy = {.to = call->outputs[0]->data, .from = call->inputs[0]->data};

  if (copy.to != copy.from)
    sac_elements_run ((int64_t)sac_tensor_get_bytes (call->outputs[0]),
                      4 * SAC_ELEMENTS_CHUNK, copy_range, &copy);
}

static void
gradient (const SacGradientCall *call)
{
  const SacTensor *g = call->output_gradients[0];
  SacTensor *dx = call->input_gradients[0];

  if (g == NULL || dx == NULL)
    return;

  int64_t count = sac_tensor_get_count (dx);

  if (sac_tensor_get_kind (dx) == SAC_KIND_F64) {
    for (int64_t i = 0; i < count; i++)
      ((double *)dx->data)[i] += ((const double *)g->data)[i];
  } else {
    for (int64_t i = 0; i < count; i++)
      ((float *)dx->data)[i] += ((const float *)g->data)[i];
  }
}

/* Output 0 is input 0 in this shape, which has as many elements. */
static bool
infer_same (SacInfer *infer, const SacShape *shape, GError **error)
{
  infer->alias = true;
  return sac_infer_output (infer, 0, infer->inputs[0]->type, shape, error);
}

static bool
infer_identity (SacInfer *infer, GError **error)
{
  return infer_same (infer, &infer->inputs[0]->shape, error);
}

static bool
fail_shape (const SacInfer *infer, const SacShape *wanted, GError **error)
{
  g_autofree char *from = sac_shape_to_string (&infer->inputs[0]->shape);
  g_autofree char *to = sac_shape_to_string (wanted);

  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "%s cannot be given the shape %s", from, to);
}

/* The sizes as the node asks for them, 0 replaced and -1 (at most one, at
 * *ret_open, or -1) left. */
static bool
read_wanted (const SacInfer *infer,
             SacShape *ret_shape,
             int *ret_open,
             GError **error)
{
  const SacShape *from = &infer->inputs[0]->shape;
  const int64_t *values;
  size_t count;
  int64_t allow_zero;

  if (!sac_infer_constant_ints (infer, 1, &values, &count, error) ||
      !sac_infer_int (infer, "allowzero", 0, &allow_zero, error))
    return false;
  if (count > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a shape of rank %zu is beyond the limit of %d",
                           count, SAC_LIMIT_RANK);

  SacShape shape = sac_shape_from (values, count);

  *ret_open = -1;
  for (int axis = 0; axis < shape.rank; axis++) {
    if (shape.dims[axis] == 0 && allow_zero == 0) {
      if (axis >= from->rank)
        return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                               "its shape keeps axis %d, which the input does "
                               "not have",
                               axis);
      shape.dims[axis] = from->dims[axis];
    } else if (shape.dims[axis] == -1 && *ret_open < 0) {
      *ret_open = axis;
    } else if (shape.dims[axis] < 0) {
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its shape has a second -1 or another negative "
                             "size, %" PRId64,
                             shape.dims[axis]);
    }
  }
  *ret_shape = shape;
  return true;
}

static bool
infer_reshape (SacInfer *infer, GError **error)
{
  int64_t have = sac_shape_size (&infer->inputs[0]->shape), others;
  SacShape shape;
  int open = -1;

  if (!read_wanted (infer, &shape, &open, error))
    return false;
  if (open >= 0) {
    shape.dims[open] = 1;
    if (!sac_shape_count (&shape, &others) || others == 0 || have % others != 0)
      return fail_shape (infer, &shape, error);
    shape.dims[open] = have / others;
  }
  if (!sac_shape_count (&shape, &others) || others != have)
    return fail_shape (infer, &shape, error);
  return infer_same (infer, &shape, error);
}

static bool
infer_flatten (SacInfer *infer, GError **error)
{
  const SacShape *from = &infer->inputs[0]->shape;
  int64_t axis;

  if (!sac_infer_int (infer, "axis", 1, &axis, error))
    return false;
  if (axis < -from->rank || axis > from->rank)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "axis %" PRId64 " is not one of %d axes", axis,
                           from->rank);

  int split = (int)(axis < 0 ? axis + from->rank : axis);
  SacShape shape = sac_shape_of (sac_shape_product (from, 0, split),
                                 sac_shape_product (from, split, from->rank));

  return infer_same (infer, &shape, error);
}

static bool
infer_squeeze (SacInfer *infer, GError **error)
{
  const SacShape *from = &infer->inputs[0]->shape;
  SacAxes axes;
  SacShape shape = {0};

  if (!sac_axes_read (infer, 13, 1, from->rank, &axes, error))
    return false;
  for (int axis = 0; axis < from->rank; axis++) {
    bool chosen = axes.given ? axes.chosen[axis] : from->dims[axis] == 1;

    if (!chosen)
      shape.dims[shape.rank++] = from->dims[axis];
    else if (from->dims[axis] != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "axis %d of size %" PRId64 " cannot be removed",
                             axis, from->dims[axis]);
  }
  return infer_same (infer, &shape, error);
}

static bool
infer_unsqueeze (SacInfer *infer, GError **error)
{
  const SacShape *from = &infer->inputs[0]->shape;
  SacShape shape = {0};
  size_t added;
  SacAxes axes;

  if (!sac_axes_count (infer, 13, 1, &added, error))
    return false;
  if (added > (size_t)(SAC_LIMIT_RANK - from->rank))
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "%zu axes more than %d are beyond the limit of %d",
                           added, from->rank, SAC_LIMIT_RANK);
  shape.rank = from->rank + (int)added;
  if (!sac_axes_read (infer, 13, 1, shape.rank, &axes, error))
    return false;
  if (!axes.given)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not say which axes to add");
  for (int axis = 0, next = 0; axis < shape.rank; axis++)
    shape.dims[axis] = axes.chosen[axis] ? 1 : from->dims[next++];
  return infer_same (infer, &shape, error);
}

/* True when nothing is dropped even in training: the ratio is a known zero. */
static bool
drops_nothing (const SacInfer *infer)
{
  static const uint8_t zero[8] = {0};
  const SacTensor *ratio =
    sac_infer_has (infer, 1) ? infer->inputs[1]->constant : NULL;

  return ratio != NULL && sac_tensor_get_bytes (ratio) <= sizeof zero &&
         memcmp (ratio->data, zero, sac_tensor_get_bytes (ratio)) == 0;
}

/* Inference only: there the ratio does not matter.  The mask, where somebody
 * wants it, is all true. */
static bool
infer_dropout (SacInfer *infer, GError **error)
{
  const SacShape *shape = &infer->inputs[0]->shape;

  if (sac_infer_has (infer, 2)) {
    const SacValueInfo *training = infer->inputs[2];

    if (training->type != SAC_TYPE_BOOL ||
        sac_shape_size (&training->shape) != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its training_mode is not one bool");
    if ((training->constant == NULL ||
         *(const uint8_t *)training->constant->data != 0) &&
        !drops_nothing (infer))
      return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                             "training mode is not supported; export the "
                             "network for inference");
  }
  if (!sac_infer_need_float (infer, 0, error) ||
      (infer->output_count > 1 &&
       !sac_infer_output (infer, 1, SAC_TYPE_BOOL, shape, error)))
    return false;
  infer->alias = true;
  return sac_infer_output (infer, 0, infer->inputs[0]->type, shape, error);
}

static void
forward_dropout (const SacCall *call)
{
  if (call->outputs[0] != NULL)
    forward (call);
  if (call->output_count > 1 && call->outputs[1] != NULL)
    memset (call->outputs[1]->data, 1, sac_tensor_get_bytes (call->outputs[1]));
}

#define OP(symbol, onnx, most_inputs)                                          \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 1,                                                           \
    .inputs_max = most_inputs,                                                 \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = forward,                                                        \
    .gradient = gradient,                                                      \
    .gradient_inputs = SAC_SAVE (0),                                           \
  }

OP (identity, "Identity", 1);
OP (reshape, "Reshape", 2);
OP (flatten, "Flatten", 1);
OP (squeeze, "Squeeze", 2);
OP (unsqueeze, "Unsqueeze", 2);

const SacOp sac_op_dropout = {
  .name = "Dropout",
  .inputs_min = 1,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = infer_dropout,
  .forward = forward_dropout,
  .gradient = gradient,
  .gradient_inputs = SAC_SAVE (0),
};
