/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ScatterElements (in older opsets Scatter) and ScatterND: a copy of the data
 * in which numbered places are replaced by, or combined with, updates.
 *
 * Updates are taken in C order: of several that replace one place the last one
 * stays.  Backwards only that one has a gradient; with mul each operand gets
 * the product of the others, with max and min those that attain the result
 * share it equally. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"
#include "network/ops/indices.h"

#include <inttypes.h>
#include <string.h>

typedef enum { REPLACE, ADD, MUL, MAX, MIN } Reduction;

/* Slices of `inner` elements; update slice i goes where find_place says. */
typedef struct {
  SacType type;
  Reduction reduction;
  int64_t count; /* of update slices */
  int64_t inner;
  int64_t width;                   /* indices for one slice */
  int64_t sizes[SAC_LIMIT_RANK];   /* of the axes they name */
  int64_t strides[SAC_LIMIT_RANK]; /* of the data, in elements */
  /* ScatterElements: the update's own place counts but along `axis`. */
  int axis; /* -1: ScatterND */
  SacShape shape;
} Params;

static int64_t
find_place (const Params *params, const int64_t *indices, int64_t i)
{
  int64_t offset = 0;

  if (params->axis < 0) {
    const int64_t *index = indices + i * params->width;

    for (int64_t k = 0; k < params->width; k++)
      offset +=
        sac_indices_place (index[k], params->sizes[k]) * params->strides[k];
    return offset;
  }
  offset = sac_indices_place (indices[i], params->sizes[0]) *
           params->strides[params->axis];
  for (int axis = params->shape.rank - 1; axis >= 0; axis--) {
    int64_t place = i % params->shape.dims[axis];

    i /= params->shape.dims[axis];
    if (axis != params->axis)
      offset += place * params->strides[axis];
  }
  return offset;
}

#define COMBINE(name, type, arithmetic)                                        \
  static void name (Reduction reduction, void *to, const void *from,           \
                    int64_t count)                                             \
  {                                                                            \
    type *y = to;                                                              \
    const type *x = from;                                                      \
                                                                               \
    for (int64_t i = 0; i < count; i++) {                                      \
      switch (reduction) {                                                     \
      case REPLACE:                                                            \
        y[i] = x[i];                                                           \
        break;                                                                 \
      case ADD:                                                                \
        y[i] = (type)((arithmetic)y[i] + (arithmetic)x[i]);                    \
        break;                                                                 \
      case MUL:                                                                \
        y[i] = (type)((arithmetic)y[i] * (arithmetic)x[i]);                    \
        break;                                                                 \
      case MAX:                                                                \
        y[i] = x[i] > y[i] || x[i] != x[i] ? x[i] : y[i];                      \
        break;                                                                 \
      case MIN:                                                                \
        y[i] = y[i] > x[i] || x[i] != x[i] ? x[i] : y[i];                      \
        break;                                                                 \
      }                                                                        \
    }                                                                          \
  }

COMBINE (combine_f32, float, float)
COMBINE (combine_f64, double, double)
COMBINE (combine_i64, int64_t, uint64_t) /* wraps without overflow */
COMBINE (combine_u64, uint64_t, uint64_t)
COMBINE (combine_bool, uint8_t, uint8_t)

static void
forward (const SacCall *call)
{
  static void (*const rows[]) (Reduction, void *, const void *,
                               int64_t) = {combine_f32, combine_f64,
                                           combine_i64, combine_u64,
                                           combine_bool};
  const Params *params = call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  char *y = call->outputs[0]->data;
  const char *updates = call->inputs[2]->data;

  if (!sac_indices_good (call, 1, params->sizes, params->width))
    return;
  memcpy (y, call->inputs[0]->data, sac_tensor_get_bytes (call->inputs[0]));
  for (int64_t i = 0; i < params->count; i++) {
    int64_t place = find_place (params, sac_tensor_i64 (call->inputs[1]), i);

    rows[sac_element_of (params->type)](params->reduction,
                                        y + (size_t)place * size,
                                        updates +
                                          (size_t)(i * params->inner) * size,
                                        params->inner);
  }
  sac_elements_wrap (params->type, y, sac_tensor_get_count (call->outputs[0]));
}

/* For each place of the data, what the slope towards an operand x with value v
 * is made of. */
typedef struct {
  double product;  /* MUL: of the operands that are not 0 */
  uint32_t zeros;  /* MUL: operands that are 0.  MAX, MIN: that attain y */
  uint32_t winner; /* REPLACE: 1 + number of the update that stays */
} Place;

static double
read_number (const SacTensor *tensor, int64_t i)
{
  return sac_tensor_get_kind (tensor) == SAC_KIND_F64
           ? ((const double *)tensor->data)[i]
           : (double)((const float *)tensor->data)[i];
}

static void
add_number (SacTensor *tensor, int64_t i, double number)
{
  if (sac_tensor_get_kind (tensor) == SAC_KIND_F64)
    ((double *)tensor->data)[i] += number;
  else
    ((float *)tensor->data)[i] += (float)number;
}

static void
enter_operand (Reduction reduction, Place *place, double value, double result)
{
  if (reduction == MUL && value != 0)
    place->product *= value;
  else if (reduction == MUL ? value == 0 : value == result)
    place->zeros++;
}

static double
get_slope (Reduction reduction, const Place *place, double value, double result)
{
  switch (reduction) {
  case REPLACE:
  case ADD:
    return 1;
  case MUL:
    if (place->zeros == 0)
      return place->product / value;
    return place->zeros == 1 && value == 0 ? place->product : 0;
  case MAX:
  case MIN:
    return value == result ? 1.0 / place->zeros : 0;
  }
  return 0;
}

/* Looks at every operand of every place. */
static void
fill_places (const SacGradientCall *call, Place *places)
{
  const Params *params = call->params;
  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);
  int64_t count = sac_tensor_get_count (call->inputs[0]);

  for (int64_t i = 0; i < count; i++) {
    places[i] = (Place){.product = 1};
    enter_operand (params->reduction, &places[i],
                   read_number (call->inputs[0], i),
                   read_number (call->outputs[0], i));
  }
  for (int64_t i = 0; i < params->count; i++) {
    int64_t place = find_place (params, indices, i);

    for (int64_t k = 0; k < params->inner; k++) {
      places[place + k].winner = (uint32_t)(i + 1);
      enter_operand (params->reduction, &places[place + k],
                     read_number (call->inputs[2], i * params->inner + k),
                     read_number (call->outputs[0], place + k));
    }
  }
}

static void
add_to_data (const SacGradientCall *call, const Place *places)
{
  const Params *params = call->params;
  int64_t count = sac_tensor_get_count (call->inputs[0]);

  for (int64_t i = 0; i < count; i++) {
    double slope = get_slope (params->reduction, &places[i],
                              read_number (call->inputs[0], i),
                              read_number (call->outputs[0], i));

    if (params->reduction != REPLACE || places[i].winner == 0)
      add_number (call->input_gradients[0], i,
                  slope * read_number (call->output_gradients[0], i));
  }
}

static void
add_to_updates (const SacGradientCall *call, const Place *places)
{
  const Params *params = call->params;
  const int64_t *indices = sac_tensor_i64 (call->inputs[1]);

  for (int64_t i = 0; i < params->count; i++) {
    int64_t place = find_place (params, indices, i);

    for (int64_t k = 0; k < params->inner; k++) {
      const Place *at = &places[place + k];
      int64_t element = i * params->inner + k;
      double slope = get_slope (params->reduction, at,
                                read_number (call->inputs[2], element),
                                read_number (call->outputs[0], place + k));

      if (params->reduction != REPLACE || at->winner == (uint32_t)(i + 1))
        add_number (call->input_gradients[2], element,
                    slope * read_number (call->output_gradients[0], place + k));
    }
  }
}

static void
gradient (const SacGradientCall *call)
{
  Place *places = call->workspace;

  if (call->output_gradients[0] == NULL)
    return;
  fill_places (call, places);
  if (call->input_gradients[0] != NULL)
    add_to_data (call, places);
  if (call->input_gradients[2] != NULL)
    add_to_updates (call, places);
}

static bool
read_reduction (const SacInfer *infer, Reduction *ret_reduction, GError **error)
{
  static const char *const names[] = {"none", "add", "mul", "max", "min"};
  const char *name;

  if (!sac_infer_string (infer, "reduction", "none", &name, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (name, names[i]) != 0)
      continue;
    if (i > 0 && infer->inputs[0]->type == SAC_TYPE_BOOL)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "elements of type bool can only be replaced");
    *ret_reduction = (Reduction)i;
    return true;
  }
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "its reduction is none of none, add, mul, max and "
                         "min");
}

static bool
check_types (const SacInfer *infer, GError **error)
{
  if (infer->inputs[0]->type != infer->inputs[2]->type)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its data are %s, its updates %s",
                           sac_type_get_name (infer->inputs[0]->type),
                           sac_type_get_name (infer->inputs[2]->type));
  return sac_indices_type (infer, 1, error);
}

static bool
fail_shapes (const SacInfer *infer, GError **error)
{
  g_autofree char *data = sac_shape_to_string (&infer->inputs[0]->shape);
  g_autofree char *indices = sac_shape_to_string (&infer->inputs[1]->shape);
  g_autofree char *updates = sac_shape_to_string (&infer->inputs[2]->shape);

  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "data of shape %s, indices of %s and updates of %s do "
                         "not fit",
                         data, indices, updates);
}

static bool
finish (SacInfer *infer, const Params *made, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t count = sac_shape_size (&x->shape);

  *params = *made;
  infer->params = params;
  if (params->count >= UINT32_MAX)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "%" PRId64 " updates are too many", params->count);
  if (!sac_indices_check (infer, 1, params->sizes, params->width, error) ||
      !sac_infer_output (infer, 0, x->type, &x->shape, error))
    return false;
  if (sac_type_is_float (x->type))
    infer->gradient_workspace_bytes = (size_t)count * sizeof (Place);
  return true;
}

static bool
infer_scatter_elements (SacInfer *infer, GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *indices = &infer->inputs[1]->shape;
  Params params = {.type = infer->inputs[0]->type,
                   .inner = 1,
                   .width = 1,
                   .count = sac_shape_size (indices),
                   .shape = *indices};
  bool fits = sac_shape_equal (indices, &infer->inputs[2]->shape) &&
              indices->rank == x->rank;

  if (!sac_checks_axis (infer, "axis", 0, x, &params.axis, error) ||
      !check_types (infer, error) ||
      !read_reduction (infer, &params.reduction, error))
    return false;
  for (int i = 0; i < x->rank && fits; i++)
    fits = i == params.axis || indices->dims[i] <= x->dims[i];
  if (!fits)
    return fail_shapes (infer, error);
  params.sizes[0] = x->dims[params.axis];
  sac_shape_strides (x, params.strides);
  return finish (infer, &params, error);
}

/* Updates have the indices' shape without the tuples, then the data's without
 * the axes that a tuple names. */
static bool
fits_nd (const SacShape *x,
         const SacShape *indices,
         const SacShape *updates,
         int width)
{
  int outer = indices->rank - 1;

  if (updates->rank != outer + x->rank - width)
    return false;
  for (int i = 0; i < updates->rank; i++) {
    int64_t wanted = i < outer ? indices->dims[i] : x->dims[i - outer + width];

    if (updates->dims[i] != wanted)
      return false;
  }
  return true;
}

static bool
infer_scatter_nd (SacInfer *infer, GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *indices = &infer->inputs[1]->shape;
  Params params = {.type = infer->inputs[0]->type, .axis = -1};

  if (!check_types (infer, error) ||
      !read_reduction (infer, &params.reduction, error))
    return false;
  params.width = indices->rank > 0 ? indices->dims[indices->rank - 1] : 0;
  if (params.width < 1 || params.width > x->rank ||
      !fits_nd (x, indices, &infer->inputs[2]->shape, (int)params.width))
    return fail_shapes (infer, error);
  params.count = sac_shape_product (indices, 0, indices->rank - 1);
  params.inner = sac_shape_product (x, (int)params.width, x->rank);
  for (int i = 0; i < params.width; i++)
    params.sizes[i] = x->dims[i];
  sac_shape_strides (x, params.strides);
  return finish (infer, &params, error);
}

#define OP(symbol, onnx, first_opset, kind)                                    \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .opset_min = first_opset,                                                  \
    .inputs_min = 3,                                                           \
    .inputs_max = 3,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##kind,                                                     \
    .forward = forward,                                                        \
    .gradient = gradient,                                                      \
    .saves_inputs = SAC_SAVE_ALL,                                              \
    .saves_outputs = SAC_SAVE (0),                                             \
    .gradient_inputs = SAC_SAVE (0) | SAC_SAVE (2),                            \
  }

OP (scatter, "Scatter", 9, scatter_elements);
OP (scatter_elements, "ScatterElements", 11, scatter_elements);
OP (scatter_nd, "ScatterND", 11, scatter_nd);
