/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pow: the result has the type of the base; the exponent may have another.
 *
 * Integers to integer powers are exact and wrap; a negative power of an integer
 * is truncated, and of 0 a fault of the run. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/broadcast.h"
#include "network/ops/elements.h"

#include <tgmath.h>

typedef struct {
  SacElement base, exponent;
  SacType type;
  SacBroadcast broadcast;
} Params;

/* The exponents of a run, as numbers of the base's type. */
#define READ(number, stored)                                                   \
  for (int64_t i = 0; i < count; i++)                                          \
    ret_values[i] = (number)((const stored *)tensor->data)[first + i];         \
  break;
#define EXPONENTS(name, number)                                                \
  static void name (const SacTensor *tensor, const SacBroadcastRun *run,       \
                    number *ret_values)                                        \
  {                                                                            \
    int64_t first = run->offsets[1];                                           \
    int64_t count = run->steps[1] != 0 ? run->count : 1;                       \
                                                                               \
    switch (sac_element_of (tensor->type)) {                                   \
    case SAC_ELEMENT_F32:                                                      \
      READ (number, float)                                                     \
    case SAC_ELEMENT_F64:                                                      \
      READ (number, double)                                                    \
    case SAC_ELEMENT_U64:                                                      \
      READ (number, uint64_t)                                                  \
    default:                                                                   \
      READ (number, int64_t)                                                   \
    }                                                                          \
    for (int64_t i = count; i < run->count; i++)                               \
      ret_values[i] = ret_values[0];                                           \
  }

EXPONENTS (exponents_f32, float)
EXPONENTS (exponents_f64, double)

/* Squares, as in a decomposed normalisation, are worth their own loop. */
#define POWERS(name, type, exponents)                                          \
  static SAC_WIDE void square_##name (const type *x, type *y, int64_t count)   \
  {                                                                            \
    for (int64_t i = 0; i < count; i++)                                        \
      y[i] = x[i] * x[i];                                                      \
  }                                                                            \
                                                                               \
  static void powers_##name (const SacCall *call, const SacBroadcastRun *run)  \
  {                                                                            \
    const type *x = (const type *)call->inputs[0]->data + run->offsets[0];     \
    type *y = (type *)call->outputs[0]->data + run->at;                        \
    type e[SAC_BROADCAST_RUN];                                                 \
                                                                               \
    exponents (call->inputs[1], run, e);                                       \
    if (run->steps[1] == 0 && run->steps[0] != 0 && e[0] == 2) {               \
      square_##name (x, y, run->count);                                        \
      return;                                                                  \
    }                                                                          \
    for (int64_t i = 0; i < run->count; i++)                                   \
      y[i] = pow (x[run->steps[0] * i], e[i]);                                 \
  }

POWERS (f32, float, exponents_f32)
POWERS (f64, double, exponents_f64)

/* By repeated squaring, modulo 2^64. */
static uint64_t
whole_power (uint64_t base, uint64_t exponent)
{
  uint64_t product = 1;

  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0)
      product *= base;
    base *= base;
  }
  return product;
}

/* 1 / base^n, truncated. */
static int64_t
negative_power (int64_t base, int64_t exponent)
{
  if (base == 1 || base == -1)
    return exponent % 2 == 0 ? 1 : base;
  return 0;
}

static int64_t
whole_part (double value)
{
  return value >= -0x1p63 && value < 0x1p63 ? (int64_t)value : INT64_MIN;
}

static void
powers_i64 (const SacCall *call, const SacBroadcastRun *run)
{
  const Params *params = call->params;
  const int64_t *x = (const int64_t *)call->inputs[0]->data + run->offsets[0];
  int64_t *y = (int64_t *)call->outputs[0]->data + run->at;
  double e[SAC_BROADCAST_RUN];
  bool whole =
    params->exponent == SAC_ELEMENT_I64 || params->exponent == SAC_ELEMENT_U64;

  exponents_f64 (call->inputs[1], run, e);
  for (int64_t i = 0; i < run->count; i++) {
    int64_t base = x[run->steps[0] * i];

    if (!whole) {
      y[i] = whole_part (pow ((double)base, e[i]));
      continue;
    }

    int64_t exponent = ((const int64_t *)call->inputs[1]
                          ->data)[run->offsets[1] + run->steps[1] * i];
    bool negative = params->exponent == SAC_ELEMENT_I64 && exponent < 0;

    y[i] = negative ? negative_power (base, exponent)
                    : (int64_t)whole_power ((uint64_t)base, (uint64_t)exponent);
    if (negative && base == 0)
      sac_call_fault (call, "the integer 0 is raised to a negative power");
  }
  sac_elements_wrap (params->type, y, run->count);
}

static void
run_forward (const SacBroadcastRun *run, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  if (params->base == SAC_ELEMENT_F32)
    powers_f32 (call, run);
  else if (params->base == SAC_ELEMENT_F64)
    powers_f64 (call, run);
  else
    powers_i64 (call, run);
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  sac_broadcast_walk (&params->broadcast, from, to, SAC_BROADCAST_RUN,
                      run_forward, data);
}

/* Integers stay on the calling thread, where a fault may be reported. */
static void
forward (const SacCall *call)
{
  const Params *params = call->params;
  bool is_float = sac_type_is_float (params->type);

  sac_elements_run (params->broadcast.count,
                    is_float ? SAC_ELEMENTS_CHUNK : INT64_MAX, forward_range,
                    (void *)call);
}

/* To a, b a^(b-1) with 0 for b = 0; to b, a^b log (a) with 0 where a is 0 and b
 * is not negative, as torch has it. */
#define TERMS(name, type, exponents)                                           \
  static void terms_##name (const SacBroadcastRun *run, void *terms,           \
                            const SacGradientCall *call, int operand)          \
  {                                                                            \
    type repeated[SAC_BROADCAST_RUN], e[SAC_BROADCAST_RUN], *t = terms;        \
    const type *a =                                                            \
      sac_broadcast_elements (run, 0, call->inputs[0], repeated);              \
    const type *g = (const type *)call->output_gradients[0]->data + run->at;   \
                                                                               \
    exponents (call->inputs[1], run, e);                                       \
    for (int64_t i = 0; i < run->count; i++) {                                 \
      if (operand == 0)                                                        \
        t[i] = e[i] == 0 ? 0 : g[i] * e[i] * pow (a[i], e[i] - 1);             \
      else                                                                     \
        t[i] =                                                                 \
          a[i] == 0 && e[i] >= 0 ? 0 : g[i] * pow (a[i], e[i]) * log (a[i]);   \
    }                                                                          \
  }

TERMS (f32, float, exponents_f32)
TERMS (f64, double, exponents_f64)

typedef struct {
  const SacGradientCall *call;
  int operand;
} Reverse;

static void
run_terms (const SacBroadcastRun *run, void *terms, void *data)
{
  const Reverse *reverse = data;
  const Params *params = reverse->call->params;

  if (params->base == SAC_ELEMENT_F64)
    terms_f64 (run, terms, reverse->call, reverse->operand);
  else
    terms_f32 (run, terms, reverse->call, reverse->operand);
}

static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  for (int operand = 0; operand < 2; operand++) {
    Reverse reverse = {.call = call, .operand = operand};

    if (call->input_gradients[operand] != NULL)
      sac_broadcast_gradient (&params->broadcast, operand, run_terms, &reverse,
                              call->workspace, call->input_gradients[operand]);
  }
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *a = infer->inputs[0], *b = infer->inputs[1];
  SacShape shape;

  for (int i = 0; i < 2; i++) {
    SacKind kind = sac_type_get_kind (infer->inputs[i]->type);

    if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "input %d is %s, not a number", i,
                             sac_type_get_name (infer->inputs[i]->type));
  }
  if (infer->opset < 12 && a->type != b->type)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "before opset 12 base and exponent have one type");
  if (!sac_broadcast_shapes (infer, &shape, error) ||
      !sac_infer_output (infer, 0, a->type, &shape, error))
    return false;

  Params *params = sac_infer_alloc (infer, sizeof *params);
  const SacShape *operands[] = {&a->shape, &b->shape};
  size_t space_a = sac_broadcast_workspace (&shape, &a->shape);
  size_t space_b = sac_broadcast_workspace (&shape, &b->shape);

  params->base = sac_element_of (a->type);
  params->exponent = sac_element_of (b->type);
  params->type = a->type;
  sac_broadcast_init (&params->broadcast, &shape, operands, 2);
  infer->params = params;
  infer->gradient_workspace_bytes = MAX (space_a, space_b);
  return true;
}

const SacOp sac_op_pow = {
  .name = "Pow",
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = forward,
  .gradient = gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
};
