/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops whose answer is true or false. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/broadcast.h"
#include "network/ops/elements.h"

#include <math.h>

typedef void (*Row) (uint8_t *y,
                     const void *a,
                     const void *b,
                     int64_t count,
                     int step_a,
                     int step_b);

typedef struct {
  Row rows[SAC_ELEMENT_COUNT]; /* NULL: not for such elements */
} Comparison;

typedef struct {
  Row row;
  size_t element_size;
  SacBroadcast broadcast;
} Params;

#define ROW(name, type, expression)                                            \
  static void name (uint8_t *y, const void *all_a, const void *all_b,          \
                    int64_t count, int step_a, int step_b)                     \
  {                                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const type a = ((const type *)all_a)[i * step_a];                        \
      const type b = ((const type *)all_b)[i * step_b];                        \
                                                                               \
      y[i] = (expression);                                                     \
    }                                                                          \
  }

static void
run_forward (const SacBroadcastRun *run, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  size_t size = params->element_size;
  const char *a = call->inputs[0]->data, *b = call->inputs[1]->data;

  params->row ((uint8_t *)call->outputs[0]->data + run->at,
               a + (size_t)run->offsets[0] * size,
               b + (size_t)run->offsets[1] * size, run->count, run->steps[0],
               run->steps[1]);
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  sac_broadcast_walk (&params->broadcast, from, to, INT64_MAX, run_forward,
                      data);
}

static void
comparison_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->broadcast.count, SAC_ELEMENTS_CHUNK, forward_range,
                    (void *)call);
}

static bool
refuse_type (const SacInfer *infer, SacType type, GError **error)
{
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "it does not take elements of type %s",
                         sac_type_get_name (type));
}

static bool
infer_comparison (SacInfer *infer, const Comparison *comparison, GError **error)
{
  SacShape shape;

  if (!sac_broadcast_infer (infer, &shape, error))
    return false;

  const SacValueInfo *a = infer->inputs[0], *b = infer->inputs[1];
  SacKind kind = sac_type_get_kind (a->type);

  if (kind == SAC_KIND_NONE ||
      comparison->rows[sac_element_of (a->type)] == NULL)
    return refuse_type (infer, a->type, error);
  if (!sac_infer_output (infer, 0, SAC_TYPE_BOOL, &shape, error))
    return false;

  Params *params = sac_infer_alloc (infer, sizeof *params);
  const SacShape *operands[] = {&a->shape, &b->shape};

  params->row = comparison->rows[sac_element_of (a->type)];
  params->element_size = sac_kind_get_size (kind);
  sac_broadcast_init (&params->broadcast, &shape, operands, 2);
  infer->params = params;
  return true;
}

#define COMPARISON(symbol, onnx, first_opset)                                  \
  static bool infer_##symbol (SacInfer *infer, GError **error)                 \
  {                                                                            \
    return infer_comparison (infer, &symbol##_comparison, error);              \
  }                                                                            \
                                                                               \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .opset_min = first_opset,                                                  \
    .inputs_min = 2,                                                           \
    .inputs_max = 2,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = comparison_forward,                                             \
    .zero_gradient = true,                                                     \
  };

#define NUMBERS(symbol, onnx, first_opset, expression)                         \
  ROW (symbol##_f32, float, expression)                                        \
  ROW (symbol##_f64, double, expression)                                       \
  ROW (symbol##_i64, int64_t, expression)                                      \
  ROW (symbol##_u64, uint64_t, expression)                                     \
  static const Comparison symbol##_comparison = {                              \
    .rows = {symbol##_f32, symbol##_f64, symbol##_i64, symbol##_u64},          \
  };                                                                           \
  COMPARISON (symbol, onnx, first_opset)

NUMBERS (greater, "Greater", 0, a > b)
NUMBERS (greater_or_equal, "GreaterOrEqual", 12, a >= b)
NUMBERS (less, "Less", 0, b > a)
NUMBERS (less_or_equal, "LessOrEqual", 12, b >= a)

ROW (equal_f32, float, a == b)
ROW (equal_f64, double, a == b)
ROW (equal_i64, int64_t, a == b)
ROW (equal_bool, uint8_t, a == b)
static const Comparison equal_comparison = {
  .rows = {equal_f32, equal_f64, equal_i64, equal_i64, equal_bool},
};
COMPARISON (equal, "Equal", 0)

#define BOOLEANS(symbol, onnx, expression)                                     \
  ROW (symbol##_bool, uint8_t, expression)                                     \
  static const Comparison symbol##_comparison = {                              \
    .rows = {[SAC_ELEMENT_BOOL] = symbol##_bool},                              \
  };                                                                           \
  COMPARISON (symbol, onnx, 0)

BOOLEANS (and, "And", a &&b)
BOOLEANS (or, "Or", a | b)
BOOLEANS (xor, "Xor", a ^ b)

/* One operand. */
typedef struct {
  bool positive, negative; /* of IsInf: which infinities count */
} Test;

#define TEST(name, type, expression)                                           \
  static void name (uint8_t *y, const void *all, int64_t count,                \
                    const Test *test)                                          \
  {                                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const type x = ((const type *)all)[i];                                   \
                                                                               \
      y[i] = (expression);                                                     \
    }                                                                          \
  }

TEST (not_bool, uint8_t, !x)
TEST (nan_f32, float, isnan (x))
TEST (nan_f64, double, isnan (x))
TEST (inf_f32, float, isinf (x) && (x > 0 ? test->positive : test->negative))
TEST (inf_f64, double, isinf (x) && (x > 0 ? test->positive : test->negative))

static void
forward_not (const SacCall *call)
{
  not_bool (call->outputs[0]->data, call->inputs[0]->data,
            sac_tensor_get_count (call->inputs[0]), NULL);
}

static void
forward_is_nan (const SacCall *call)
{
  const SacTensor *x = call->inputs[0];
  int64_t count = sac_tensor_get_count (x);

  if (sac_tensor_get_kind (x) == SAC_KIND_F64)
    nan_f64 (call->outputs[0]->data, x->data, count, NULL);
  else
    nan_f32 (call->outputs[0]->data, x->data, count, NULL);
}

static void
forward_is_inf (const SacCall *call)
{
  const SacTensor *x = call->inputs[0];
  int64_t count = sac_tensor_get_count (x);

  if (sac_tensor_get_kind (x) == SAC_KIND_F64)
    inf_f64 (call->outputs[0]->data, x->data, count, call->params);
  else
    inf_f32 (call->outputs[0]->data, x->data, count, call->params);
}

static bool
infer_not (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];

  if (x->type != SAC_TYPE_BOOL)
    return refuse_type (infer, x->type, error);
  return sac_infer_output (infer, 0, SAC_TYPE_BOOL, &x->shape, error);
}

static bool
infer_is_nan (SacInfer *infer, GError **error)
{
  return sac_infer_need_float (infer, 0, error) &&
         sac_infer_output (infer, 0, SAC_TYPE_BOOL, &infer->inputs[0]->shape,
                           error);
}

static bool
infer_is_inf (SacInfer *infer, GError **error)
{
  int64_t positive, negative;

  if (!infer_is_nan (infer, error) ||
      !sac_infer_int (infer, "detect_positive", 1, &positive, error) ||
      !sac_infer_int (infer, "detect_negative", 1, &negative, error))
    return false;

  Test *test = sac_infer_alloc (infer, sizeof *test);

  test->positive = positive != 0;
  test->negative = negative != 0;
  infer->params = test;
  return true;
}

#define UNARY(symbol, onnx, first_opset)                                       \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .opset_min = first_opset,                                                  \
    .inputs_min = 1,                                                           \
    .inputs_max = 1,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = forward_##symbol,                                               \
    .zero_gradient = true,                                                     \
  }

UNARY (not, "Not", 0);
UNARY (is_nan, "IsNaN", 9);
UNARY (is_inf, "IsInf", 10);
