/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Max, Min, Sum and Mean of any number of tensors that broadcast.
 *
 * Max and Min give NaN where an operand is NaN.  Their gradient goes to the
 * operands that attain the result, in equal parts, as torch splits it. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/broadcast.h"
#include "network/ops/elements.h"
#include "network/ops/zones.h"

#include <string.h>

/* y[i] = f (y[i], x[i * step]) */
typedef void (*Row) (void *y, const void *x, int64_t count, int step);

typedef struct {
  Row rows[SAC_ELEMENT_COUNT]; /* NULL: not for such elements */
  bool mean;
  bool chooses; /* Max and Min */
} Variadic;

typedef struct {
  const Variadic *variadic;
  SacType type;
  size_t input_count;
  SacBroadcast *broadcasts; /* one per input */
  size_t plane; /* words of zones per input: which elements of the result it
                   attains; only when choosing */
} Params;

#define ROW(name, type, expression)                                            \
  static SAC_WIDE void name (void *to, const void *from, int64_t count,        \
                             int step)                                         \
  {                                                                            \
    type *y = to;                                                              \
    const type *x = from;                                                      \
                                                                               \
    if (step == 0) {                                                           \
      const type b = *x;                                                       \
      for (int64_t i = 0; i < count; i++) {                                    \
        const type a = y[i];                                                   \
        y[i] = (expression);                                                   \
      }                                                                        \
    } else {                                                                   \
      SAC_INDEPENDENT                                                          \
      for (int64_t i = 0; i < count; i++) {                                    \
        const type a = y[i], b = x[i];                                         \
        y[i] = (expression);                                                   \
      }                                                                        \
    }                                                                          \
  }

/* The first comparison is false for a NaN on the right, the second test finds
 * one on the left. */
ROW (max_f32, float, a > b || a != a ? a : b)
ROW (max_f64, double, a > b || a != a ? a : b)
ROW (max_i64, int64_t, a > b ? a : b)
ROW (max_u64, uint64_t, a > b ? a : b)
ROW (min_f32, float, b > a || a != a ? a : b)
ROW (min_f64, double, b > a || a != a ? a : b)
ROW (min_i64, int64_t, b > a ? a : b)
ROW (min_u64, uint64_t, b > a ? a : b)
ROW (sum_f32, float, a + b)
ROW (sum_f64, double, a + b)

typedef struct {
  const SacCall *call;
  size_t input;
} Step;

static void
run_forward (const SacBroadcastRun *run, void *data)
{
  const Step *step = data;
  const Params *params = step->call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  char *y = (char *)step->call->outputs[0]->data + (size_t)run->at * size;
  const char *x = (const char *)step->call->inputs[step->input]->data +
                  (size_t)run->offsets[0] * size;

  if (step->input > 0)
    params->variadic->rows[sac_element_of (params->type)](y, x, run->count,
                                                          run->steps[0]);
  else if (run->steps[0] != 0)
    memcpy (y, x, (size_t)run->count * size);
  else
    for (int64_t i = 0; i < run->count; i++)
      memcpy (y + (size_t)i * size, x, size);
}

static void
divide (SacTensor *tensor, int64_t from, int64_t to, size_t by)
{
  if (sac_tensor_get_kind (tensor) == SAC_KIND_F64) {
    for (int64_t i = from; i < to; i++)
      ((double *)tensor->data)[i] /= (double)by;
  } else {
    for (int64_t i = from; i < to; i++)
      ((float *)tensor->data)[i] /= (float)by;
  }
}

#define ATTAINS(type)                                                          \
  (((const type *)call->outputs[0]->data)[run->at + i] ==                      \
   ((const type *)call->inputs[step->input]                                    \
      ->data)[run->offsets[0] + i * run->steps[0]])

static void
mark_run (const SacBroadcastRun *run, void *data)
{
  const Step *step = data;
  const SacCall *call = step->call;
  const Params *params = call->params;
  uint32_t *zones = (uint32_t *)call->saved + step->input * params->plane;

  for (int64_t i = 0; i < run->count; i++)
    sac_zones_put (zones, run->at + i, 1,
                   params->type == SAC_TYPE_DOUBLE ? ATTAINS (double)
                                                   : ATTAINS (float));
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  for (size_t i = 0; i < params->input_count; i++) {
    Step step = {.call = call, .input = i};

    sac_broadcast_walk (&params->broadcasts[i], from, to, INT64_MAX,
                        run_forward, &step);
  }
  for (size_t i = 0; i < params->input_count && call->saved != NULL; i++) {
    Step step = {.call = call, .input = i};

    sac_broadcast_walk (&params->broadcasts[i], from, to, INT64_MAX, mark_run,
                        &step);
  }
  if (params->variadic->mean)
    divide (call->outputs[0], from, to, params->input_count);
}

static void
variadic_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->broadcasts[0].count, SAC_ELEMENTS_CHUNK,
                    forward_range, (void *)call);
}

typedef struct {
  const SacGradientCall *call;
  size_t input;
} Reverse;

/* Operands that attain an element of the result. */
static uint32_t
count_chosen (const Params *params, const uint32_t *zones, int64_t element)
{
  uint32_t count = 0;

  for (size_t i = 0; i < params->input_count; i++)
    count += sac_zones_get (zones + i * params->plane, element, 1);
  return count;
}

#define SHARE(type)                                                            \
  {                                                                            \
    const type *g = (const type *)call->output_gradients[0]->data + run->at;   \
    type *t = terms;                                                           \
                                                                               \
    for (int64_t i = 0; i < run->count; i++) {                                 \
      int64_t at = run->at + i;                                                \
                                                                               \
      t[i] = sac_zones_get (own, at, 1) != 0                                   \
               ? g[i] / (type)count_chosen (params, zones, at)                 \
               : 0;                                                            \
    }                                                                          \
  }

static void
share_terms (const SacBroadcastRun *run, void *terms, void *data)
{
  const Reverse *reverse = data;
  const SacGradientCall *call = reverse->call;
  const Params *params = call->params;
  const uint32_t *zones = call->saved;
  const uint32_t *own = zones + reverse->input * params->plane;

  if (params->type == SAC_TYPE_DOUBLE)
    SHARE (double)
  else
    SHARE (float)
}

#define SCALE(type)                                                            \
  {                                                                            \
    const type *g = (const type *)call->output_gradients[0]->data + run->at;   \
    type *t = terms;                                                           \
                                                                               \
    for (int64_t i = 0; i < run->count; i++)                                   \
      t[i] = g[i] / (type)by;                                                  \
  }

static void
sum_terms (const SacBroadcastRun *run, void *terms, void *data)
{
  const Reverse *reverse = data;
  const SacGradientCall *call = reverse->call;
  const Params *params = call->params;
  size_t by = params->variadic->mean ? params->input_count : 1;

  if (params->type == SAC_TYPE_DOUBLE)
    SCALE (double)
  else
    SCALE (float)
}

static void
variadic_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  for (size_t i = 0; i < params->input_count; i++) {
    Reverse reverse = {.call = call, .input = i};

    if (call->input_gradients[i] != NULL)
      sac_broadcast_gradient (&params->broadcasts[i], 0,
                              params->variadic->chooses ? share_terms
                                                        : sum_terms,
                              &reverse, call->workspace,
                              call->input_gradients[i]);
  }
}

static bool
size_zones (SacInfer *infer, Params *params, GError **error)
{
  size_t plane = sac_zones_bytes (params->broadcasts[0].count, 1);

  if (plane > SAC_LIMIT_ARENA_BYTES / params->input_count)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "%zu operands of this size are too many",
                           params->input_count);
  params->plane = plane / sizeof (uint32_t);
  if (sac_type_is_float (params->type))
    infer->saved_bytes = plane * params->input_count;
  return true;
}

static bool
infer_variadic (SacInfer *infer, const Variadic *variadic, GError **error)
{
  SacShape shape;

  if (!sac_broadcast_infer (infer, &shape, error))
    return false;

  SacType type = infer->inputs[0]->type;

  if (sac_type_get_kind (type) == SAC_KIND_NONE ||
      variadic->rows[sac_element_of (type)] == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (type));
  if (!sac_infer_output (infer, 0, type, &shape, error))
    return false;

  Params *params = sac_infer_alloc (infer, sizeof *params);

  params->variadic = variadic;
  params->type = type;
  params->input_count = infer->input_count;
  params->broadcasts =
    sac_infer_alloc (infer, infer->input_count * sizeof *params->broadcasts);
  for (size_t i = 0; i < infer->input_count; i++) {
    const SacShape *operand = &infer->inputs[i]->shape;
    size_t space = sac_broadcast_workspace (&shape, operand);

    sac_broadcast_init (&params->broadcasts[i], &shape, &operand, 1);
    infer->gradient_workspace_bytes =
      MAX (infer->gradient_workspace_bytes, space);
  }
  infer->params = params;
  return !variadic->chooses || size_zones (infer, params, error);
}

#define OP(symbol, onnx)                                                       \
  static bool infer_##symbol (SacInfer *infer, GError **error)                 \
  {                                                                            \
    return infer_variadic (infer, &symbol##_variadic, error);                  \
  }                                                                            \
                                                                               \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 1,                                                           \
    .inputs_max = SIZE_MAX,                                                    \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = variadic_forward,                                               \
    .gradient = variadic_gradient,                                             \
  }

static const Variadic max_variadic = {
  .rows = {max_f32, max_f64, max_i64, max_u64},
  .chooses = true,
};
OP (max, "Max");

static const Variadic min_variadic = {
  .rows = {min_f32, min_f64, min_i64, min_u64},
  .chooses = true,
};
OP (min, "Min");

static const Variadic sum_variadic = {.rows = {sum_f32, sum_f64}};
OP (sum, "Sum");

static const Variadic mean_variadic = {
  .rows = {sum_f32, sum_f64},
  .mean = true,
};
OP (mean, "Mean");
