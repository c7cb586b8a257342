/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Softmax, LogSoftmax and Hardmax.
 *
 * The tensor is `outer` blocks of `size` rows of `inner` elements, and the sum
 * goes over the rows.  From opset 13 on it goes along one axis; before, the
 * axes from `axis` on count as one, so `inner` is 1.  Denominators are summed
 * in double.  As in PyTorch a row of minus infinities gives NaN. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"
#include "network/ops/softmax-row.h"
#include "network/ops/sums.h"

#include <math.h>

typedef struct {
  int64_t outer; /* 0 when there are no elements */
  int64_t size;
  int64_t inner;
} Params;

static bool
softmax_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  bool flattens = infer->opset < 13;
  int axis;

  if (!sac_checks_float32 (infer, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;

  if (!sac_checks_axis (infer, "axis", flattens ? 1 : -1, x, &axis, error) ||
      !sac_infer_output (infer, 0, infer->inputs[0]->type, x, error))
    return false;
  infer->params = params;
  if (sac_shape_size (x) == 0)
    return true;
  params->outer = sac_shape_product (x, 0, axis);
  params->size =
    flattens ? sac_shape_product (x, axis, x->rank) : x->dims[axis];
  params->inner = flattens ? 1 : sac_shape_product (x, axis + 1, x->rank);
  return true;
}

/* Neighbouring columns are worked on together, so that memory is read in order
 * and the loops over them become vector code. */
#define COLUMNS_MAX 64

typedef struct {
  int64_t at;     /* first element */
  int64_t count;  /* columns */
  int64_t size;   /* rows */
  int64_t stride; /* from row to row */
} Columns;

typedef void (*ColumnsFunc) (const Columns *columns, void *data);

typedef struct {
  const Params *params;
  ColumnsFunc func;
  void *data;
} Pass;

static void
run_columns (int64_t from, int64_t to, void *data)
{
  const Pass *pass = data;
  const Params *p = pass->params;
  int64_t blocks = (p->inner + COLUMNS_MAX - 1) / COLUMNS_MAX;

  for (int64_t i = from; i < to; i++) {
    int64_t column = i % blocks * COLUMNS_MAX;
    Columns columns = {
      .at = i / blocks * p->size * p->inner + column,
      .count = MIN (COLUMNS_MAX, p->inner - column),
      .size = p->size,
      .stride = p->inner,
    };

    pass->func (&columns, pass->data);
  }
}

static void
run (const Params *params, ColumnsFunc func, const void *data)
{
  Pass pass = {params, func, (void *)data};
  int64_t blocks = (params->inner + COLUMNS_MAX - 1) / COLUMNS_MAX;
  int64_t work = params->size * MIN (COLUMNS_MAX, MAX (1, params->inner));

  sac_elements_run (params->outer * blocks,
                    MAX (1, SAC_ELEMENTS_CHUNK / MAX (1, work)), run_columns,
                    &pass);
}

/* Columns side by side: the largest of each. */
static void
find_maxima (const Columns *c, const float *x, float *largest)
{
  for (int64_t j = 0; j < c->count; j++)
    largest[j] = -INFINITY;
  for (int64_t i = 0; i < c->size; i++) {
    const float *row = x + i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      largest[j] = row[j] > largest[j] ? row[j] : largest[j];
  }
}

static SAC_WIDE void
exponentiate_columns (
  const Columns *c, float *y, const float *x, const float *shift, double *sums)
{
  for (int64_t j = 0; j < c->count; j++)
    sums[j] = 0;
  for (int64_t i = 0; i < c->size; i++) {
    const float *from = x + i * c->stride;
    float *to = y + i * c->stride;

    SAC_INDEPENDENT
    for (int64_t j = 0; j < c->count; j++)
      to[j] = sac_vector_exp (from[j] - shift[j]);
    for (int64_t j = 0; j < c->count; j++)
      sums[j] += (double)to[j];
  }
}

static void
softmax_columns (const Columns *c, void *data)
{
  const SacCall *call = data;
  const float *x = sac_tensor_f32 (call->inputs[0]) + c->at;
  float *y = sac_tensor_f32 (call->outputs[0]) + c->at;
  float largest[COLUMNS_MAX];
  double sums[COLUMNS_MAX];

  if (c->stride == 1) {
    sac_softmax_row (y, x, c->size);
    return;
  }
  find_maxima (c, x, largest);
  exponentiate_columns (c, y, x, largest, sums);
  for (int64_t j = 0; j < c->count; j++)
    sums[j] = 1 / sums[j];
  for (int64_t i = 0; i < c->size; i++) {
    for (int64_t j = 0; j < c->count; j++)
      y[i * c->stride + j] *= (float)sums[j];
  }
}

static void
log_softmax_columns (const Columns *c, void *data)
{
  const SacCall *call = data;
  const float *x = sac_tensor_f32 (call->inputs[0]) + c->at;
  float *y = sac_tensor_f32 (call->outputs[0]) + c->at;
  float largest[COLUMNS_MAX];
  double sums[COLUMNS_MAX];

  if (c->stride == 1) {
    sac_log_softmax_row (y, x, c->size);
    return;
  }
  find_maxima (c, x, largest);
  exponentiate_columns (c, y, x, largest, sums);
  for (int64_t j = 0; j < c->count; j++)
    sums[j] = log (sums[j]);
  for (int64_t i = 0; i < c->size; i++) {
    int64_t at = i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      y[at + j] = (x[at + j] - largest[j]) - (float)sums[j];
  }
}

/* 1 at the first of the largest, 0 elsewhere. */
static void
hardmax_columns (const Columns *c, void *data)
{
  const SacCall *call = data;
  const float *x = sac_tensor_f32 (call->inputs[0]) + c->at;
  float *y = sac_tensor_f32 (call->outputs[0]) + c->at;

  for (int64_t j = 0; j < c->count; j++) {
    int64_t place = 0;

    for (int64_t i = 0; i < c->size; i++) {
      y[i * c->stride + j] = 0;
      if (x[i * c->stride + j] > x[place * c->stride + j])
        place = i;
    }
    y[place * c->stride + j] = 1;
  }
}

static void
softmax_forward (const SacCall *call)
{
  run (call->params, softmax_columns, call);
}

static void
log_softmax_forward (const SacCall *call)
{
  run (call->params, log_softmax_columns, call);
}

static void
hardmax_forward (const SacCall *call)
{
  run (call->params, hardmax_columns, call);
}

typedef struct {
  const float *y, *dy;
  float *dx;
} Reverse;

/* dx = y (dy - sum (dy y)) */
static SAC_WIDE void
softmax_reverse (const Columns *c, void *data)
{
  const Reverse *r = data;
  double sums[COLUMNS_MAX] = {0};

  if (c->stride == 1) {
    sac_softmax_row_gradient (r->y + c->at, r->dy + c->at, r->dx + c->at,
                              c->size);
    return;
  }
  for (int64_t i = 0; i < c->size; i++) {
    int64_t at = c->at + i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      sums[j] += (double)r->dy[at + j] * (double)r->y[at + j];
  }
  for (int64_t i = 0; i < c->size; i++) {
    int64_t at = c->at + i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      r->dx[at + j] += r->y[at + j] * (float)((double)r->dy[at + j] - sums[j]);
  }
}

/* dx = dy - exp (y) sum (dy) */
static SAC_WIDE void
log_softmax_reverse (const Columns *c, void *data)
{
  const Reverse *r = data;
  double sums[COLUMNS_MAX] = {0};

  if (c->stride == 1) {
    float sum = (float)sac_sums_elements (r->dy + c->at, c->size);

    for (int64_t i = c->at; i < c->at + c->size; i++)
      r->dx[i] += r->dy[i] - sac_vector_exp (r->y[i]) * sum;
    return;
  }
  for (int64_t i = 0; i < c->size; i++) {
    int64_t at = c->at + i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      sums[j] += (double)r->dy[at + j];
  }
  for (int64_t i = 0; i < c->size; i++) {
    int64_t at = c->at + i * c->stride;

    for (int64_t j = 0; j < c->count; j++)
      r->dx[at + j] +=
        r->dy[at + j] - sac_vector_exp (r->y[at + j]) * (float)sums[j];
  }
}

static void
reverse (const SacGradientCall *call, ColumnsFunc func)
{
  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;

  Reverse r = {sac_tensor_f32 (call->outputs[0]),
               sac_tensor_f32 (call->output_gradients[0]),
               sac_tensor_f32 (call->input_gradients[0])};

  run (call->params, func, &r);
}

static void
softmax_gradient (const SacGradientCall *call)
{
  reverse (call, softmax_reverse);
}

static void
log_softmax_gradient (const SacGradientCall *call)
{
  reverse (call, log_softmax_reverse);
}

const SacOp sac_op_softmax = {
  .name = "Softmax",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = softmax_infer,
  .forward = softmax_forward,
  .gradient = softmax_gradient,
  .saves_outputs = SAC_SAVE (0),
};

const SacOp sac_op_log_softmax = {
  .name = "LogSoftmax",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = softmax_infer,
  .forward = log_softmax_forward,
  .gradient = log_softmax_gradient,
  .saves_outputs = SAC_SAVE (0),
};

const SacOp sac_op_hardmax = {
  .name = "Hardmax",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = softmax_infer,
  .forward = hardmax_forward,
  .zero_gradient = true,
};
