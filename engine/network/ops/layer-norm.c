/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* LayerNormalization and RMSNormalization: rows are the axes from `axis` on. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/standardize.h"
#include "network/ops/strided.h"

#include <math.h>

/* A scale or bias that does not have the whole shape of a row is repeated to
 * it in the workspace. */
typedef struct {
  bool present;
  bool repeated;
  SacStrided copy;
} Parameter;

typedef struct {
  SacStandardize standardize;
  Parameter scale, bias;
} Params;

static bool
read_parameter (const SacInfer *infer,
                size_t input,
                const SacShape *row,
                Parameter *parameter,
                GError **error)
{
  if (!sac_infer_has (infer, input))
    return true;

  const SacShape *own = &infer->inputs[input]->shape;
  int64_t own_strides[SAC_LIMIT_RANK], row_strides[SAC_LIMIT_RANK];
  SacShape both;

  if (!sac_shape_broadcast (own, row, &both) || !sac_shape_equal (&both, row)) {
    g_autofree char *own_text = sac_shape_to_string (own);
    g_autofree char *row_text = sac_shape_to_string (row);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "a scale or bias of shape %s does not fit the "
                           "normalized axes, %s",
                           own_text, row_text);
  }
  parameter->present = true;
  parameter->repeated = sac_shape_size (own) != sac_shape_size (row);
  sac_shape_strides (own, own_strides);
  sac_shape_strides (row, row_strides);
  for (int i = 0; i < row->rank; i++) {
    int axis = i - (row->rank - own->rank);
    bool moves = axis >= 0 && own->dims[axis] != 1;

    sac_strided_append (&parameter->copy, row->dims[i], row_strides[i],
                        moves ? own_strides[axis] : 0);
  }
  return true;
}

/* Types: scale and bias may be wider than X, where X is float16. */
static bool
check_types (const SacInfer *infer, GError **error)
{
  for (size_t i = 0; i < infer->input_count; i++) {
    if (i > 0 && !sac_infer_has (infer, i))
      continue;
    if (!sac_infer_need_float (infer, i, error))
      return false;
    if (sac_type_get_kind (infer->inputs[i]->type) != SAC_KIND_F32)
      return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                             "float64 is not supported here; convert the model "
                             "to float32");
  }
  return true;
}

static bool
set_outputs (SacInfer *infer, int axis, GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  SacShape moments = *x;

  for (int i = axis; i < x->rank; i++)
    moments.dims[i] = 1;
  for (size_t i = 0; i < infer->output_count; i++) {
    SacType type = i == 0 ? infer->inputs[0]->type : SAC_TYPE_FLOAT;

    if (!sac_infer_output (infer, i, type, i == 0 ? x : &moments, error))
      return false;
  }
  return true;
}

static bool
infer_rows (SacInfer *infer, bool keep_mean, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  SacStandardize *s = &params->standardize;
  float epsilon;
  int axis;

  if (!check_types (infer, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;

  if (!sac_checks_axis (infer, "axis", -1, x, &axis, error) ||
      !sac_infer_float (infer, "epsilon", 1e-5f, &epsilon, error) ||
      !set_outputs (infer, axis, error))
    return false;

  SacShape row = sac_shape_from (x->dims + axis, (size_t)(x->rank - axis));

  if (!read_parameter (infer, 1, &row, &params->scale, error) ||
      !read_parameter (infer, 2, &row, &params->bias, error))
    return false;
  s->size = sac_shape_size (&row);
  s->rows = s->size > 0 ? sac_shape_product (x, 0, axis) : 0;
  s->segment = 1;
  s->parameters = s->size;
  s->epsilon = (double)epsilon;
  s->keep_mean = keep_mean;
  infer->params = params;
  infer->workspace_bytes = infer->gradient_workspace_bytes =
    (size_t)((params->scale.repeated ? s->size : 0) +
             (params->bias.repeated ? s->size : 0)) *
    sizeof (float);
  infer->saved_bytes = sac_standardize_saved (s);
  return true;
}

static bool
layer_norm_infer (SacInfer *infer, GError **error)
{
  return infer_rows (infer, false, error);
}

static bool
rms_norm_infer (SacInfer *infer, GError **error)
{
  return infer_rows (infer, true, error);
}

/* The parameter in the shape of a row; *workspace moves on when it is used. */
static const float *
expand (const Parameter *parameter,
        const SacTensor *tensor,
        int64_t size,
        float **workspace)
{
  if (!parameter->present || tensor == NULL)
    return NULL;
  if (!parameter->repeated)
    return sac_tensor_f32 (tensor);

  float *expanded = *workspace;

  sac_strided_copy (&parameter->copy, expanded, tensor->data, sizeof (float));
  *workspace += size;
  return expanded;
}

static float *
get_output (const SacCall *call, size_t index)
{
  return index < call->output_count && call->outputs[index] != NULL
           ? sac_tensor_f32 (call->outputs[index])
           : NULL;
}

/* A row without elements has the mean of nothing. */
static void
fill_undefined (const SacCall *call)
{
  for (size_t i = 1; i < call->output_count; i++) {
    float *values = get_output (call, i);
    int64_t count =
      values != NULL ? sac_tensor_get_count (call->outputs[i]) : 0;

    for (int64_t j = 0; j < count; j++)
      values[j] = NAN;
  }
}

static void
norm_forward (const SacCall *call)
{
  const Params *params = call->params;
  const SacStandardize *s = &params->standardize;
  float *workspace = call->workspace;

  if (s->size == 0) {
    fill_undefined (call);
    return;
  }

  SacStandardizeForward forward = {
    .x = sac_tensor_f32 (call->inputs[0]),
    .y = get_output (call, 0),
    .means = get_output (call, 1),
    .inverses = get_output (call, 2),
    .moments = call->saved,
  };

  if (call->input_count > 1)
    forward.scale =
      expand (&params->scale, call->inputs[1], s->size, &workspace);
  if (call->input_count > 2)
    forward.bias = expand (&params->bias, call->inputs[2], s->size, &workspace);
  sac_standardize_forward (s, &forward);
}

static const float *
get_gradient (const SacGradientCall *call, size_t index)
{
  return index < call->output_count && call->output_gradients[index] != NULL
           ? sac_tensor_f32 (call->output_gradients[index])
           : NULL;
}

static void
norm_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;
  float *workspace = call->workspace;

  if (call->input_gradients[0] == NULL)
    return;

  SacStandardizeGradient gradient = {
    .x = sac_tensor_f32 (call->inputs[0]),
    .moments = call->saved,
    .dy = get_gradient (call, 0),
    .d_means = get_gradient (call, 1),
    .d_inverses = get_gradient (call, 2),
    .dx = sac_tensor_f32 (call->input_gradients[0]),
  };

  if (call->input_count > 1)
    gradient.scale = expand (&params->scale, call->inputs[1],
                             params->standardize.size, &workspace);
  sac_standardize_gradient (&params->standardize, &gradient);
}

const SacOp sac_op_layer_normalization = {
  .name = "LayerNormalization",
  .inputs_min = 2,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 3,
  .infer = layer_norm_infer,
  .forward = norm_forward,
  .gradient = norm_gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};

const SacOp sac_op_rms_normalization = {
  .name = "RMSNormalization",
  .opset_min = 23,
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = rms_norm_infer,
  .forward = norm_forward,
  .gradient = norm_gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};
