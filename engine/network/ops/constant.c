/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops whose answer is known once the shapes are: Shape, Size, Constant,
 * ConstantOfShape, Range, EyeLike and NonZero. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/elements.h"
#include "tensor/rest.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct {
  int64_t *values;
  size_t count;
} Ints;

static void
forward_ints (const SacCall *call)
{
  const Ints *ints = call->params;

  if (ints->count > 0)
    memcpy (call->outputs[0]->data, ints->values,
            ints->count * sizeof (int64_t));
}

static Ints *
make_ints (SacInfer *infer, size_t count)
{
  Ints *ints = sac_infer_alloc (infer, sizeof *ints);

  ints->count = count;
  ints->values = sac_infer_alloc (infer, count * sizeof (int64_t));
  infer->params = ints;
  return ints;
}

/* Negative ends count from the back; then as much as there is. */
static int
clamp_end (int64_t end, int rank)
{
  return (int)CLAMP (end < 0 ? end + rank : end, 0, rank);
}

static bool
infer_shape (SacInfer *infer, GError **error)
{
  const SacShape *shape = &infer->inputs[0]->shape;
  int64_t start, end;

  if (!sac_infer_int (infer, "start", 0, &start, error) ||
      !sac_infer_int (infer, "end", shape->rank, &end, error))
    return false;

  int first = clamp_end (start, shape->rank);
  int last = MAX (first, clamp_end (end, shape->rank));
  Ints *ints = make_ints (infer, (size_t)(last - first));
  SacShape result = sac_shape_of (last - first);

  for (int axis = first; axis < last; axis++)
    ints->values[axis - first] = shape->dims[axis];
  return sac_infer_output (infer, 0, SAC_TYPE_INT64, &result, error);
}

static bool
infer_size (SacInfer *infer, GError **error)
{
  const SacShape scalar = {0};
  Ints *ints = make_ints (infer, 1);

  ints->values[0] = sac_shape_size (&infer->inputs[0]->shape);
  return sac_infer_output (infer, 0, SAC_TYPE_INT64, &scalar, error);
}

/* The elements are those of a tensor in the file, or numbers beside it. */
typedef struct {
  const void *data;
  size_t bytes;
} Stored;

static void
forward_constant (const SacCall *call)
{
  const Stored *stored = call->params;

  if (stored->bytes > 0)
    memcpy (call->outputs[0]->data, stored->data, stored->bytes);
}

static bool
store (SacInfer *infer,
       SacType type,
       const SacShape *shape,
       const void *data,
       GError **error)
{
  Stored *stored = sac_infer_alloc (infer, sizeof *stored);

  if (!sac_infer_output (infer, 0, type, shape, error))
    return false;
  stored->data = data;
  stored->bytes = (size_t)sac_shape_size (shape) *
                  sac_kind_get_size (sac_type_get_kind (type));
  infer->params = stored;
  return true;
}

/* The file's own tensor, which may rest there, instead of a copy. */
static bool
share (SacInfer *infer, const SacTensor *tensor, GError **error)
{
  if (!sac_infer_output (infer, 0, tensor->type, &tensor->shape, error))
    return false;
  infer->outputs[0].constant = tensor;
  return true;
}

static bool
infer_constant (SacInfer *infer, GError **error)
{
  static const struct {
    const char *name;
    SacAttributeKind kind;
  } forms[] = {
    {"value", SAC_ATTRIBUTE_TENSOR},
    {"value_int", SAC_ATTRIBUTE_INT},
    {"value_ints", SAC_ATTRIBUTE_INTS},
    {"value_float", SAC_ATTRIBUTE_FLOAT},
    {"value_floats", SAC_ATTRIBUTE_FLOATS},
  };
  const SacShape scalar = {0};

  for (size_t i = 0; i < G_N_ELEMENTS (forms); i++) {
    const SacAttribute *value = sac_infer_attribute (infer, forms[i].name);
    SacShape list = {1, {value != NULL ? (int64_t)value->count : 0}};

    if (value == NULL)
      continue;
    if (value->kind != forms[i].kind)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its %s is of the wrong kind", forms[i].name);
    switch (value->kind) {
    case SAC_ATTRIBUTE_TENSOR:
      return share (infer, value->tensor, error);
    case SAC_ATTRIBUTE_INT:
      return store (infer, SAC_TYPE_INT64, &scalar, &value->i, error);
    case SAC_ATTRIBUTE_INTS:
      return store (infer, SAC_TYPE_INT64, &list, value->ints, error);
    case SAC_ATTRIBUTE_FLOAT:
      return store (infer, SAC_TYPE_FLOAT, &scalar, &value->f, error);
    default:
      return store (infer, SAC_TYPE_FLOAT, &list, value->floats, error);
    }
  }
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "it has none of value, value_int, value_ints, "
                         "value_float and value_floats");
}

/* One element, as often as there is room. */
typedef struct {
  uint64_t bytes;
} Fill;

#define REPEAT(type)                                                           \
  {                                                                            \
    type *y = call->outputs[0]->data, value;                                   \
                                                                               \
    memcpy (&value, &fill->bytes, sizeof value);                               \
    for (int64_t i = from; i < to; i++)                                        \
      y[i] = value;                                                            \
  }

static void
fill_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Fill *fill = call->params;
  size_t size = sac_kind_get_size (sac_tensor_get_kind (call->outputs[0]));

  if (size == 8)
    REPEAT (uint64_t)
  else if (size == 4)
    REPEAT (uint32_t)
  else
    REPEAT (uint8_t)
}

static void
forward_fill (const SacCall *call)
{
  sac_elements_run (sac_tensor_get_count (call->outputs[0]), SAC_ELEMENTS_CHUNK,
                    fill_range, (void *)call);
}

static bool
infer_constant_of_shape (SacInfer *infer, GError **error)
{
  const SacAttribute *value = sac_infer_attribute (infer, "value");
  SacType type = SAC_TYPE_FLOAT;
  const int64_t *sizes;
  size_t count;

  if (!sac_infer_constant_ints (infer, 0, &sizes, &count, error))
    return false;
  if (count > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a shape of rank %zu is beyond the limit of %d",
                           count, SAC_LIMIT_RANK);
  for (size_t i = 0; i < count; i++) {
    if (sizes[i] < 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its shape has the negative size "
                             "%" PRId64,
                             sizes[i]);
  }

  Fill *fill = sac_infer_alloc (infer, sizeof *fill);
  SacShape shape = sac_shape_from (sizes, count);

  if (value != NULL) {
    if (value->kind != SAC_ATTRIBUTE_TENSOR ||
        sac_tensor_get_count (value->tensor) != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its value is not a tensor of one element");
    type = value->tensor->type;
    memcpy (&fill->bytes, value->tensor->data,
            sac_tensor_get_bytes (value->tensor));
  }
  infer->params = fill;
  return sac_infer_output (infer, 0, type, &shape, error);
}

/* start + i * delta, in double for floats. */
typedef struct {
  bool is_int;
  int64_t start_int, delta_int;
  double start, delta;
} Steps;

static void
forward_range (const SacCall *call)
{
  const Steps *steps = call->params;
  SacTensor *y = call->outputs[0];
  int64_t count = sac_tensor_get_count (y);

  for (int64_t i = 0; i < count; i++) {
    if (steps->is_int)
      sac_tensor_i64 (y)[i] =
        (int64_t)((uint64_t)steps->start_int +
                  (uint64_t)i * (uint64_t)steps->delta_int);
    else if (sac_tensor_get_kind (y) == SAC_KIND_F64)
      ((double *)y->data)[i] = steps->start + (double)i * steps->delta;
    else
      sac_tensor_f32 (y)[i] = (float)(steps->start + (double)i * steps->delta);
  }
}

/* How many steps from start come before limit.  Returns: false when they are
 * more than an int64 holds. */
static bool
count_ints (const int64_t *range, int64_t *ret_count)
{
  int64_t start = range[0], limit = range[1], delta = range[2];
  bool up = delta > 0;
  uint64_t distance =
    up ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
  uint64_t step = up ? (uint64_t)delta : 0 - (uint64_t)delta;
  uint64_t count;

  *ret_count = 0;
  if (up ? start >= limit : start <= limit)
    return true;
  count = (distance - 1) / step + 1;
  *ret_count = (int64_t)count;
  return count <= INT64_MAX;
}

static bool
count_floats (const double *range, int64_t *ret_count)
{
  double count = ceil ((range[1] - range[0]) / range[2]);

  if (isnan (count) || count > 0x1p62)
    return false;
  *ret_count = count > 0 ? (int64_t)count : 0;
  return true;
}

static bool
read_range (const SacInfer *infer,
            int64_t *ret_ints,
            double *ret_floats,
            GError **error)
{
  for (size_t i = 0; i < 3; i++) {
    const SacValueInfo *info = infer->inputs[i];
    SacKind kind = sac_type_get_kind (info->type);

    if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL ||
        sac_shape_size (&info->shape) != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "input %zu is not one number", i);
    if (info->constant == NULL)
      return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                             "input %zu depends on the image data; it has to "
                             "be known before the run",
                             i);
    if (kind == SAC_KIND_I64)
      ret_ints[i] = *(const int64_t *)info->constant->data;
    else if (kind == SAC_KIND_F64)
      ret_floats[i] = *(const double *)info->constant->data;
    else
      ret_floats[i] = (double)*(const float *)info->constant->data;
  }
  return sac_infer_same_types (infer, error);
}

static bool
infer_range (SacInfer *infer, GError **error)
{
  SacType type = infer->inputs[0]->type;
  int64_t ints[3] = {0}, count;
  double floats[3] = {0};
  bool is_int = !sac_type_is_float (type);

  if (!read_range (infer, ints, floats, error))
    return false;
  if (is_int ? ints[2] == 0 : floats[2] == 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error, "its step is 0");
  if (is_int ? !count_ints (ints, &count) : !count_floats (floats, &count))
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "it has too many steps");

  Steps *steps = sac_infer_alloc (infer, sizeof *steps);
  SacShape shape = sac_shape_of (count);

  *steps = (Steps){.is_int = is_int,
                   .start_int = ints[0],
                   .delta_int = ints[2],
                   .start = floats[0],
                   .delta = floats[2]};
  infer->params = steps;
  return sac_infer_output (infer, 0, type, &shape, error);
}

typedef struct {
  int64_t rows, columns, diagonal;
} Eye;

static void
forward_eye_like (const SacCall *call)
{
  const Eye *eye = call->params;
  SacTensor *y = call->outputs[0];

  memset (y->data, 0, sac_tensor_get_bytes (y));
  for (int64_t row = 0; row < eye->rows; row++) {
    int64_t column = row + eye->diagonal;
    int64_t i = row * eye->columns + column;

    if (column < 0 || column >= eye->columns)
      continue;
    switch (sac_tensor_get_kind (y)) {
    case SAC_KIND_F32:
      sac_tensor_f32 (y)[i] = 1;
      break;
    case SAC_KIND_F64:
      ((double *)y->data)[i] = 1;
      break;
    case SAC_KIND_I64:
      sac_tensor_i64 (y)[i] = 1;
      break;
    default:
      ((uint8_t *)y->data)[i] = 1;
      break;
    }
  }
}

static bool
infer_eye_like (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  int64_t type, diagonal;

  if (x->shape.rank != 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its input has rank %d, not 2", x->shape.rank);
  if (!sac_infer_int (infer, "dtype", x->type, &type, error) ||
      !sac_infer_int (infer, "k", 0, &diagonal, error))
    return false;
  if (type < 0 || type > INT32_MAX)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%" PRId64 " is not a type", type);

  Eye *eye = sac_infer_alloc (infer, sizeof *eye);

  eye->rows = x->shape.dims[0];
  eye->columns = x->shape.dims[1];
  eye->diagonal = CLAMP (diagonal, -eye->rows, eye->columns);
  infer->params = eye;
  return sac_infer_output (infer, 0, (SacType)type, &x->shape, error);
}

static bool
is_zero (const SacTensor *tensor, int64_t i)
{
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    return sac_tensor_f32 (tensor)[i] == 0;
  case SAC_KIND_F64:
    return ((const double *)tensor->data)[i] == 0;
  case SAC_KIND_I64:
    return sac_tensor_i64 (tensor)[i] == 0;
  default:
    return ((const uint8_t *)tensor->data)[i] == 0;
  }
}

/* One column of places for each element that is not 0. */
static void
forward_non_zero (const SacCall *call)
{
  const SacTensor *x = call->inputs[0];
  int64_t *y = sac_tensor_i64 (call->outputs[0]);
  int64_t count = sac_tensor_get_count (x), next = 0;
  int64_t found = call->outputs[0]->shape.dims[1];

  for (int64_t i = 0; i < count; i++) {
    int64_t place = i;

    if (is_zero (x, i))
      continue;
    for (int axis = x->shape.rank - 1; axis >= 0; axis--) {
      y[axis * found + next] = place % x->shape.dims[axis];
      place /= x->shape.dims[axis];
    }
    next++;
  }
}

/* The shape of the answer depends on the elements, so they must be known. */
static bool
infer_non_zero (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  int64_t count = sac_shape_size (&x->shape), found = 0;

  if (x->constant == NULL)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "its input depends on the image data; it has to be "
                           "known before the run");
  if (!sac_tensor_hold (x->constant, error))
    return false;
  for (int64_t i = 0; i < count; i++)
    found += !is_zero (x->constant, i);
  sac_tensor_drop (x->constant);

  SacShape shape = sac_shape_of (x->shape.rank, found);

  return sac_infer_output (infer, 0, SAC_TYPE_INT64, &shape, error);
}

#define OP(symbol, onnx, first_opset, inputs, kernel, ...)                     \
  const SacOp sac_op_##symbol = {.name = onnx,                                 \
                                 .opset_min = first_opset,                     \
                                 .inputs_min = inputs,                         \
                                 .inputs_max = inputs,                         \
                                 .outputs_min = 1,                             \
                                 .outputs_max = 1,                             \
                                 .infer = infer_##symbol,                      \
                                 .forward = forward_##kernel,                  \
                                 .zero_gradient = true,                        \
                                 __VA_ARGS__}

OP (shape, "Shape", 0, 1, ints, .shape_only = true);
OP (size, "Size", 0, 1, ints, .shape_only = true);
OP (constant, "Constant", 0, 0, constant);
OP (constant_of_shape, "ConstantOfShape", 9, 1, fill);
OP (range, "Range", 11, 3, range);
OP (eye_like, "EyeLike", 9, 1, eye_like, .shape_only = true);
OP (non_zero, "NonZero", 9, 1, non_zero);
