/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that repeat elements; what flows back is the sum over the copies. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/strided.h"

#include <inttypes.h>

static bool
infer_expand (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  const int64_t *values;
  size_t count;
  SacShape wanted, shape;

  if (!sac_infer_constant_ints (infer, 1, &values, &count, error))
    return false;
  if (count > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a shape of rank %zu is beyond the limit of %d",
                           count, SAC_LIMIT_RANK);
  wanted = sac_shape_from (values, count);
  for (int axis = 0; axis < wanted.rank; axis++) {
    if (wanted.dims[axis] < 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its shape has the negative size "
                             "%" PRId64,
                             wanted.dims[axis]);
  }
  if (!sac_shape_broadcast (&x->shape, &wanted, &shape)) {
    g_autofree char *from = sac_shape_to_string (&x->shape);
    g_autofree char *to = sac_shape_to_string (&wanted);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%s does not broadcast to %s", from, to);
  }
  if (!sac_infer_output (infer, 0, x->type, &shape, error))
    return false;

  SacStrided *strided = sac_infer_alloc (infer, sizeof *strided);
  int64_t to[SAC_LIMIT_RANK], from[SAC_LIMIT_RANK];
  int shift = shape.rank - x->shape.rank;

  sac_shape_strides (&shape, to);
  sac_shape_strides (&x->shape, from);
  for (int axis = 0; axis < shape.rank; axis++) {
    bool moves = axis >= shift && x->shape.dims[axis - shift] != 1;

    sac_strided_append (strided, shape.dims[axis], to[axis],
                        moves ? from[axis - shift] : 0);
  }
  infer->params = strided;
  infer->alias = sac_shape_size (&shape) == sac_shape_size (&x->shape);
  return true;
}

static bool
infer_tile (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  SacShape shape = x->shape;
  const int64_t *repeats;
  size_t count;

  if (!sac_infer_constant_ints (infer, 1, &repeats, &count, error))
    return false;
  if (count != (size_t)shape.rank)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has %zu repeats for %d axes", count, shape.rank);
  for (int axis = 0; axis < shape.rank; axis++) {
    if (repeats[axis] < 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "it has the negative repeat %" PRId64,
                             repeats[axis]);
    if (__builtin_mul_overflow (shape.dims[axis], repeats[axis],
                                &shape.dims[axis]))
      return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                             "%" PRId64 " repeats are too many", repeats[axis]);
  }
  if (!sac_infer_output (infer, 0, x->type, &shape, error))
    return false;

  SacStrided *strided = sac_infer_alloc (infer, sizeof *strided);
  int64_t to[SAC_LIMIT_RANK], from[SAC_LIMIT_RANK];

  sac_shape_strides (&shape, to);
  sac_shape_strides (&x->shape, from);
  for (int axis = 0; axis < shape.rank && sac_shape_size (&shape) > 0; axis++) {
    sac_strided_append (strided, repeats[axis], x->shape.dims[axis] * to[axis],
                        0);
    sac_strided_append (strided, x->shape.dims[axis], to[axis], from[axis]);
  }
  if (sac_shape_size (&shape) == 0)
    sac_strided_append (strided, 0, 1, 1);
  infer->params = strided;
  return true;
}

#define OP(symbol, onnx, first_opset)                                          \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .opset_min = first_opset,                                                  \
    .inputs_min = 2,                                                           \
    .inputs_max = 2,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = sac_strided_forward,                                            \
    .gradient = sac_strided_gradient,                                          \
    .gradient_inputs = SAC_SAVE (0),                                           \
  }

OP (expand, "Expand", 8);
OP (tile, "Tile", 6);
