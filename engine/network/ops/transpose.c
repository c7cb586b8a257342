/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that put the elements in another order of axes. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"
#include "network/ops/strided.h"

#include <inttypes.h>
#include <string.h>

/* The walk over an input of shape `from`, whose axis order[i] becomes axis i of
 * the result. */
static SacStrided *
make_permutation (SacInfer *infer, const SacShape *from, const int *order)
{
  SacStrided *strided = sac_infer_alloc (infer, sizeof *strided);
  SacShape to = {.rank = from->rank};
  int64_t to_strides[SAC_LIMIT_RANK], from_strides[SAC_LIMIT_RANK];

  for (int axis = 0; axis < from->rank; axis++)
    to.dims[axis] = from->dims[order[axis]];
  sac_shape_strides (&to, to_strides);
  sac_shape_strides (from, from_strides);
  for (int axis = 0; axis < to.rank; axis++)
    sac_strided_append (strided, to.dims[axis], to_strides[axis],
                        from_strides[order[axis]]);
  return strided;
}

static bool
read_order (const SacInfer *infer, int rank, int *ret_order, GError **error)
{
  const int64_t *values;
  size_t count;
  bool taken[SAC_LIMIT_RANK] = {false};

  if (!sac_infer_ints (infer, "perm", &values, &count, error))
    return false;
  if (sac_infer_attribute (infer, "perm") == NULL) {
    for (int axis = 0; axis < rank; axis++)
      ret_order[axis] = rank - 1 - axis;
    return true;
  }
  if (count != (size_t)rank)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "perm names %zu axes of %d", count, rank);
  for (int i = 0; i < rank; i++) {
    if (!sac_axes_check (infer, values[i], rank, &ret_order[i], error))
      return false;
    if (taken[ret_order[i]])
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "perm names axis %d twice", ret_order[i]);
    taken[ret_order[i]] = true;
  }
  return true;
}

static bool
infer_transpose (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  int order[SAC_LIMIT_RANK] = {0};
  SacShape shape = {.rank = x->shape.rank};

  if (!read_order (infer, shape.rank, order, error))
    return false;
  for (int axis = 0; axis < shape.rank; axis++)
    shape.dims[axis] = x->shape.dims[order[axis]];

  SacStrided *strided = make_permutation (infer, &x->shape, order);

  /* Only axes of size 1 change their places. */
  infer->alias = strided->rank <= 1;
  infer->params = strided;
  return sac_infer_output (infer, 0, x->type, &shape, error);
}

/* An image of channels with its sides; ret_block: the blocksize. */
static bool
check_image (const SacInfer *infer, int64_t *ret_block, GError **error)
{
  if (infer->inputs[0]->shape.rank != 4)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its input has rank %d, not 4",
                           infer->inputs[0]->shape.rank);
  if (sac_infer_attribute (infer, "blocksize") == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has no blocksize");
  if (!sac_infer_int (infer, "blocksize", 0, ret_block, error))
    return false;
  if (*ret_block < 1 || *ret_block > INT32_MAX)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "blocksize %" PRId64 " is not positive or "
                           "too large",
                           *ret_block);
  return true;
}

/* The input cut into six axes, and put in order. */
static bool
infer_blocks (SacInfer *infer,
              const SacShape *cut,
              const int *order,
              const SacShape *shape,
              GError **error)
{
  infer->params = make_permutation (infer, cut, order);
  return sac_infer_output (infer, 0, infer->inputs[0]->type, shape, error);
}

static bool
infer_depth_to_space (SacInfer *infer, GError **error)
{
  static const int orders[2][6] = {
    {0, 3, 4, 1, 5, 2}, /* DCR: block row, block column, channel */
    {0, 1, 4, 2, 5, 3}, /* CRD: channel, block row, block column */
  };
  const int64_t *dims = infer->inputs[0]->shape.dims;
  const char *mode;
  int64_t block;

  if (!check_image (infer, &block, error) ||
      !sac_infer_string (infer, "mode", "DCR", &mode, error))
    return false;

  bool channel_first = strcmp (mode, "CRD") == 0;

  if (!channel_first && strcmp (mode, "DCR") != 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its mode is neither DCR nor CRD");
  if (dims[1] % (block * block) != 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%" PRId64 " channels cannot be cut into "
                           "%" PRId64 " blocks",
                           dims[1], block * block);

  int64_t channels = dims[1] / (block * block);
  SacShape cut =
    channel_first
      ? sac_shape_of (dims[0], channels, block, block, dims[2], dims[3])
      : sac_shape_of (dims[0], block, block, channels, dims[2], dims[3]);
  SacShape shape = {4, {dims[0], channels}};

  if (__builtin_mul_overflow (dims[2], block, &shape.dims[2]) ||
      __builtin_mul_overflow (dims[3], block, &shape.dims[3]))
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "blocksize %" PRId64 " is too large", block);
  return infer_blocks (infer, &cut, orders[channel_first], &shape, error);
}

static bool
infer_space_to_depth (SacInfer *infer, GError **error)
{
  static const int order[6] = {0, 3, 5, 1, 2, 4};
  const int64_t *dims = infer->inputs[0]->shape.dims;
  int64_t block, channels;

  if (!check_image (infer, &block, error))
    return false;
  if (dims[2] % block != 0 || dims[3] % block != 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "sides %" PRId64 " x %" PRId64
                           " are no multiples of %" PRId64,
                           dims[2], dims[3], block);
  if (__builtin_mul_overflow (dims[1], block * block, &channels))
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "blocksize %" PRId64 " is too large", block);

  SacShape cut = sac_shape_of (dims[0], dims[1], dims[2] / block, block,
                               dims[3] / block, block);
  SacShape shape =
    sac_shape_of (dims[0], channels, dims[2] / block, dims[3] / block);

  return infer_blocks (infer, &cut, order, &shape, error);
}

#define OP(symbol, onnx)                                                       \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 1,                                                           \
    .inputs_max = 1,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = sac_strided_forward,                                            \
    .gradient = sac_strided_gradient,                                          \
  }

OP (transpose, "Transpose");
OP (depth_to_space, "DepthToSpace");
OP (space_to_depth, "SpaceToDepth");
