/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pad.  Negative pads crop, before the others add: what is reflected or
 * repeated is what the crop left.  Reflection goes on back and forth where a
 * pad is longer than the input, as NumPy's does. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"
#include "network/ops/elements.h"

#include <inttypes.h>
#include <string.h>

typedef enum { MODE_CONSTANT, MODE_REFLECT, MODE_EDGE, MODE_WRAP } Mode;

/* Along one axis, output place i takes from input place i - before + crop. */
typedef struct {
  int64_t size;   /* of the output */
  int64_t before; /* places added in front */
  int64_t length; /* of what the crop left */
  int64_t crop;   /* places cut off in front */
  int64_t stride; /* of the input, in elements */
} Axis;

typedef struct {
  SacType type;
  Mode mode;
  int rank; /* at least 1 */
  Axis axes[SAC_LIMIT_RANK];
  int64_t rows; /* of the output, along the last axis */
  double value; /* of attribute form, opset < 11 */
} Params;

/* The input place for output place i, or -1 for the constant. */
static int64_t
find_source (const Axis *axis, Mode mode, int64_t i)
{
  int64_t place = i - axis->before, length = axis->length;

  if (place < 0 || place >= length) {
    int64_t period = mode == MODE_REFLECT ? 2 * (length - 1) : length;

    if (mode == MODE_CONSTANT)
      return -1;
    if (mode == MODE_EDGE || length == 1) {
      place = place < 0 ? 0 : length - 1;
    } else {
      place %= period;
      place += place < 0 ? period : 0;
      place = place >= length ? period - place : place;
    }
  }
  return place + axis->crop;
}

/* Where row `row` of the output comes from, in elements; -1: constant. */
static int64_t
find_row (const Params *params, int64_t row)
{
  int64_t offset = 0;

  for (int i = params->rank - 2; i >= 0; i--) {
    const Axis *axis = &params->axes[i];
    int64_t source = find_source (axis, params->mode, row % axis->size);

    if (source < 0)
      return -1;
    row /= axis->size;
    offset += source * axis->stride;
  }
  return offset;
}

typedef struct {
  const Params *params;
  void *to; /* the output; in reverse, its gradient */
  void *from;
  uint64_t value; /* the constant's bytes */
} Pad;

/* A row: the part that moves as it is, and the places around it. */
#define PAD_ROW(type)                                                          \
  {                                                                            \
    type *y = (type *)pad->to + row * last->size;                              \
    const type *x = (const type *)pad->from + offset;                          \
    type value;                                                                \
                                                                               \
    memcpy (&value, &pad->value, sizeof value);                                \
    for (int64_t i = 0; i < last->size; i++) {                                 \
      if (offset >= 0 && i == last->before) {                                  \
        memcpy (y + i, x + last->crop, (size_t)last->length * sizeof *y);      \
        i += last->length;                                                     \
        if (i == last->size)                                                   \
          break;                                                               \
      }                                                                        \
                                                                               \
      int64_t source =                                                         \
        offset < 0 ? -1 : find_source (last, pad->params->mode, i);            \
                                                                               \
      y[i] = source < 0 ? value : x[source];                                   \
    }                                                                          \
  }

static void
forward_rows (int64_t first, int64_t end, void *data)
{
  const Pad *pad = data;
  const Axis *last = &pad->params->axes[pad->params->rank - 1];
  size_t size = sac_kind_get_size (sac_type_get_kind (pad->params->type));

  for (int64_t row = first; row < end; row++) {
    int64_t offset = find_row (pad->params, row);

    if (size == 8)
      PAD_ROW (uint64_t)
    else if (size == 4)
      PAD_ROW (uint32_t)
    else
      PAD_ROW (uint8_t)
  }
}

static void
read_value (const Params *params, const SacTensor *tensor, uint64_t *ret_value)
{
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  float single = (float)params->value;

  *ret_value = 0;
  if (tensor != NULL)
    memcpy (ret_value, tensor->data, size);
  else if (sac_type_get_kind (params->type) == SAC_KIND_F64)
    memcpy (ret_value, &params->value, size);
  else if (sac_type_get_kind (params->type) == SAC_KIND_F32)
    memcpy (ret_value, &single, size);
}

static void
forward (const SacCall *call)
{
  const Params *params = call->params;
  Pad pad = {.params = params,
             .to = call->outputs[0]->data,
             .from = call->inputs[0]->data};
  const SacTensor *value = call->input_count > 2 ? call->inputs[2] : NULL;

  read_value (params, value, &pad.value);
  if (params->rows > 0)
    sac_elements_run (params->rows,
                      SAC_ELEMENTS_CHUNK /
                        MAX (1, params->axes[params->rank - 1].size),
                      forward_rows, &pad);
}

/* Several places of the output may have come from one of the input: on the
 * calling thread. */
#define ADD_ROW(type)                                                          \
  {                                                                            \
    const type *g =                                                            \
      (const type *)call->output_gradients[0]->data + row * last->size;        \
    type *dx = (type *)call->input_gradients[0]->data + offset;                \
                                                                               \
    for (int64_t i = 0; i < last->size; i++) {                                 \
      int64_t source = find_source (last, params->mode, i);                    \
                                                                               \
      if (source >= 0)                                                         \
        dx[source] += g[i];                                                    \
    }                                                                          \
  }

static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;
  const Axis *last = &params->axes[params->rank - 1];

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  for (int64_t row = 0; row < params->rows; row++) {
    int64_t offset = find_row (params, row);

    if (offset < 0)
      continue;
    if (params->type == SAC_TYPE_DOUBLE)
      ADD_ROW (double)
    else
      ADD_ROW (float)
  }
}

/* How many places each end of each axis gains or loses. */
typedef struct {
  int64_t before[SAC_LIMIT_RANK], after[SAC_LIMIT_RANK];
} Pads;

static bool
read_mode (const SacInfer *infer, Mode *ret_mode, GError **error)
{
  static const char *const names[] = {"constant", "reflect", "edge", "wrap"};
  const char *name;

  if (!sac_infer_string (infer, "mode", "constant", &name, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (name, names[i]) == 0) {
      *ret_mode = (Mode)i;
      return true;
    }
  }
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "its mode is none of constant, reflect, edge and "
                         "wrap");
}

static bool
read_pads (const SacInfer *infer, int rank, Pads *ret_pads, GError **error)
{
  Pads pads = {0};
  const int64_t *values;
  size_t count;
  SacAxes axes = {0};

  if (infer->opset < 11
        ? !sac_infer_ints (infer, "pads", &values, &count, error)
        : !sac_infer_constant_ints (infer, 1, &values, &count, error))
    return false;
  if (infer->opset >= 18 && sac_infer_has (infer, 3)) {
    if (!sac_axes_read (infer, 18, 3, rank, &axes, error))
      return false;
  } else {
    axes.count = rank;
    for (int axis = 0; axis < rank; axis++)
      axes.list[axis] = axis;
  }
  if (count != 2 * (size_t)axes.count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has %zu pads for %d axes", count, axes.count);
  for (int i = 0; i < axes.count; i++) {
    pads.before[axes.list[i]] = values[i];
    pads.after[axes.list[i]] = values[axes.count + i];
  }
  *ret_pads = pads;
  return true;
}

/* Fills one axis but for its stride. */
static bool
make_axis (const SacInfer *infer,
           Mode mode,
           int64_t size,
           int64_t before,
           int64_t after,
           Axis *ret_axis,
           GError **error)
{
  const int64_t most = (int64_t)1 << 40; /* so that no sum overflows */

  if (before < -most || before > most || after < -most || after > most ||
      size > most)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "a pad of %" PRId64 " or %" PRId64 " is too large",
                           before, after);

  Axis axis = {.before = MAX (before, 0), .crop = MAX (-before, 0)};

  axis.length = size - axis.crop - MAX (-after, 0);
  if (axis.length < 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its pads take more than the %" PRId64
                           " places of an axis",
                           size);
  axis.size = axis.length + axis.before + MAX (after, 0);
  if (axis.length == 0 && axis.size > 0 && mode != MODE_CONSTANT)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "there is nothing to reflect or repeat along an "
                           "axis");
  *ret_axis = axis;
  return true;
}

static bool
check_value (const SacInfer *infer, GError **error)
{
  if (!sac_infer_has (infer, 2))
    return true;
  if (infer->inputs[2]->type != infer->inputs[0]->type ||
      sac_shape_size (&infer->inputs[2]->shape) != 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its constant is not one element of type %s",
                           sac_type_get_name (infer->inputs[0]->type));
  return true;
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  SacShape shape = x->shape;
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t strides[SAC_LIMIT_RANK];
  float value;
  Pads pads;

  if (!read_mode (infer, &params->mode, error) ||
      !read_pads (infer, shape.rank, &pads, error) ||
      !sac_infer_float (infer, "value", 0, &value, error) ||
      !check_value (infer, error))
    return false;
  sac_shape_strides (&x->shape, strides);
  for (int i = 0; i < shape.rank; i++) {
    if (!make_axis (infer, params->mode, x->shape.dims[i], pads.before[i],
                    pads.after[i], &params->axes[i], error))
      return false;
    params->axes[i].stride = strides[i];
    shape.dims[i] = params->axes[i].size;
  }
  if (!sac_infer_output (infer, 0, x->type, &shape, error))
    return false;
  params->type = x->type;
  params->value = (double)value;
  params->rank = MAX (shape.rank, 1);
  if (shape.rank == 0)
    params->axes[0] = (Axis){.size = 1, .length = 1, .stride = 1};
  params->rows = sac_shape_size (&shape) == 0
                   ? 0
                   : sac_shape_product (&shape, 0, params->rank - 1);
  infer->params = params;
  infer->alias =
    sac_shape_equal (&shape, &x->shape) &&
    memcmp (pads.before, (int64_t[SAC_LIMIT_RANK]){0}, sizeof pads.before) == 0;
  return true;
}

const SacOp sac_op_pad = {
  .name = "Pad",
  .inputs_min = 1,
  .inputs_max = 4,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = forward,
  .gradient = gradient,
  .gradient_inputs = SAC_SAVE (0),
};
