/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* OneHot: indices outside [-depth, depth) give a row without the hot value. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"

#include <string.h>

typedef struct {
  int64_t depth, inner; /* index i is for outer i / inner and inner i % inner */
  int64_t index_count;
  size_t element_size;
} Params;

/* A float index is truncated; what has no place gives -1. */
static int64_t
find_place (const SacTensor *indices, int64_t i, int64_t depth)
{
  double number;
  int64_t index;

  switch (sac_tensor_get_kind (indices)) {
  case SAC_KIND_I64:
    index = sac_tensor_i64 (indices)[i];
    break;
  default:
    number = sac_tensor_get_kind (indices) == SAC_KIND_F64
               ? ((const double *)indices->data)[i]
               : (double)sac_tensor_f32 (indices)[i];
    if (!(number > -0x1p62 && number < 0x1p62))
      return -1;
    index = (int64_t)number;
    break;
  }
  if (index < -depth || index >= depth)
    return -1;
  return index < 0 ? index + depth : index;
}

static void
forward (const SacCall *call)
{
  const Params *params = call->params;
  const char *off = call->inputs[2]->data;
  size_t size = params->element_size;
  char *y = call->outputs[0]->data;

  for (int64_t i = 0; i < params->index_count; i++) {
    int64_t hot = find_place (call->inputs[0], i, params->depth);
    int64_t outer = i / params->inner, inner = i % params->inner;

    for (int64_t place = 0; place < params->depth; place++) {
      int64_t at = (outer * params->depth + place) * params->inner + inner;

      memcpy (y + (size_t)at * size, place == hot ? off + size : off, size);
    }
  }
}

/* To the two values. */
static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;
  const SacTensor *g = call->output_gradients[0];
  SacTensor *values = call->input_gradients[2];
  double sums[2] = {0, 0};

  if (g == NULL || values == NULL)
    return;

  bool is_double = sac_tensor_get_kind (g) == SAC_KIND_F64;

  for (int64_t i = 0; i < sac_tensor_get_count (g); i++) {
    int64_t place = i / params->inner % params->depth;
    int64_t index =
      i / params->inner / params->depth * params->inner + i % params->inner;
    bool hot = find_place (call->inputs[0], index, params->depth) == place;

    sums[hot] +=
      is_double ? ((const double *)g->data)[i] : (double)sac_tensor_f32 (g)[i];
  }
  for (int i = 0; i < 2; i++) {
    if (is_double)
      ((double *)values->data)[i] += sums[i];
    else
      sac_tensor_f32 (values)[i] += (float)sums[i];
  }
}

static bool
read_depth (const SacInfer *infer, int64_t *ret_depth, GError **error)
{
  const SacValueInfo *info = infer->inputs[1];
  SacKind kind = sac_type_get_kind (info->type);
  double number;

  if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL ||
      sac_shape_size (&info->shape) != 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its depth is not one number");
  if (info->constant == NULL)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "its depth depends on the image data; it has to be "
                           "known before the run");
  if (kind == SAC_KIND_I64)
    number = (double)*(const int64_t *)info->constant->data;
  else if (kind == SAC_KIND_F64)
    number = *(const double *)info->constant->data;
  else
    number = (double)*(const float *)info->constant->data;
  if (!(number >= 0 && number < 0x1p53))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its depth is negative or too large");
  *ret_depth = (int64_t)number;
  return true;
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *indices = infer->inputs[0], *values = infer->inputs[2];
  SacKind kind = sac_type_get_kind (indices->type);
  SacShape shape = {.rank = indices->shape.rank + 1};
  int64_t depth = 0, wanted;
  int axis = 0;

  if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its indices are %s, not numbers",
                           sac_type_get_name (indices->type));
  if (values->shape.rank != 1 || values->shape.dims[0] != 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its values are not a list of two");
  if (shape.rank > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a result of rank %d is beyond the limit of %d",
                           shape.rank, SAC_LIMIT_RANK);
  if (!read_depth (infer, &depth, error) ||
      !sac_infer_int (infer, "axis", -1, &wanted, error) ||
      !sac_axes_check (infer, wanted, shape.rank, &axis, error))
    return false;
  for (int i = 0, next = 0; i < shape.rank; i++)
    shape.dims[i] = i == axis ? depth : indices->shape.dims[next++];

  Params *params = sac_infer_alloc (infer, sizeof *params);

  params->depth = depth;
  params->inner =
    sac_shape_product (&indices->shape, axis, indices->shape.rank);
  params->index_count = sac_shape_size (&indices->shape);
  params->element_size = sac_kind_get_size (sac_type_get_kind (values->type));
  infer->params = params;
  return sac_infer_output (infer, 0, values->type, &shape, error);
}

const SacOp sac_op_one_hot = {
  .name = "OneHot",
  .opset_min = 9,
  .inputs_min = 3,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = forward,
  .gradient = gradient,
  .saves_inputs = SAC_SAVE (0),
  .gradient_inputs = SAC_SAVE (2),
};
