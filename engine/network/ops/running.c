/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* CumSum, the running sum along an axis, and Trilu, a triangle of a matrix. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"
#include "network/ops/elements.h"

#include <string.h>

typedef struct {
  SacType type;
  int64_t outer, size, inner;
  bool exclusive, reverse;
} CumSum;

/* Sums in double, of integers modulo 2^64.  With `add` they are added to what
 * is there. */
#define SUM(type, wide)                                                        \
  {                                                                            \
    const type *x = (const type *)from + start;                                \
    type *y = (type *)to + start;                                              \
    wide sum = 0;                                                              \
                                                                               \
    for (int64_t k = 0; k < sums->size; k++) {                                 \
      int64_t at = (reverse ? sums->size - 1 - k : k) * sums->inner;           \
      wide next = sum + (wide)x[at];                                           \
      type result = (type)(sums->exclusive ? sum : next);                      \
                                                                               \
      y[at] = add ? (type)(y[at] + result) : result;                           \
      sum = next;                                                              \
    }                                                                          \
  }

static void
run_sums (
  const CumSum *sums, bool reverse, bool add, const void *from, void *to)
{
  for (int64_t i = 0; i < sums->outer * sums->inner; i++) {
    int64_t start =
      i / sums->inner * sums->size * sums->inner + i % sums->inner;

    switch (sac_type_get_kind (sums->type)) {
    case SAC_KIND_F32:
      SUM (float, double)
      break;
    case SAC_KIND_F64:
      SUM (double, double)
      break;
    default:
      SUM (uint64_t, uint64_t)
      break;
    }
  }
}

static void
forward_cum_sum (const SacCall *call)
{
  const CumSum *sums = call->params;
  SacTensor *y = call->outputs[0];

  run_sums (sums, sums->reverse, false, call->inputs[0]->data, y->data);
  sac_elements_wrap (sums->type, y->data, sac_tensor_get_count (y));
}

static void
gradient_cum_sum (const SacGradientCall *call)
{
  const CumSum *sums = call->params;

  if (call->output_gradients[0] != NULL && call->input_gradients[0] != NULL)
    run_sums (sums, !sums->reverse, true, call->output_gradients[0]->data,
              call->input_gradients[0]->data);
}

static bool
infer_cum_sum (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  SacKind kind = sac_type_get_kind (x->type);
  int64_t exclusive, reverse;
  const int64_t *values;
  size_t count;
  int axis = 0;

  if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (x->type));
  if (!sac_infer_constant_ints (infer, 1, &values, &count, error) ||
      !sac_infer_int (infer, "exclusive", 0, &exclusive, error) ||
      !sac_infer_int (infer, "reverse", 0, &reverse, error))
    return false;
  if (count != 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its axis is not one number");
  if (!sac_axes_check (infer, values[0], x->shape.rank, &axis, error))
    return false;

  CumSum *sums = sac_infer_alloc (infer, sizeof *sums);

  sums->type = x->type;
  sums->outer = sac_shape_product (&x->shape, 0, axis);
  sums->size = x->shape.dims[axis];
  sums->inner = sac_shape_product (&x->shape, axis + 1, x->shape.rank);
  sums->exclusive = exclusive != 0;
  sums->reverse = reverse != 0;
  infer->params = sums;
  return sac_infer_output (infer, 0, x->type, &x->shape, error);
}

/* Matrices in the last two axes; row r keeps columns from r + diagonal on
 * (upper), or up to it (lower). */
typedef struct {
  size_t element_size;
  int64_t matrices, rows, columns, diagonal;
  bool upper;
} Trilu;

/* The columns that row r keeps: [*ret_from, *ret_to). */
static void
find_kept (const Trilu *trilu, int64_t row, int64_t *ret_from, int64_t *ret_to)
{
  int64_t edge =
    CLAMP (row + trilu->diagonal + !trilu->upper, 0, trilu->columns);

  *ret_from = trilu->upper ? edge : 0;
  *ret_to = trilu->upper ? trilu->columns : edge;
}

static void
forward_trilu (const SacCall *call)
{
  const Trilu *trilu = call->params;
  size_t size = trilu->element_size;
  char *y = call->outputs[0]->data;
  const char *x = call->inputs[0]->data;

  memset (y, 0, sac_tensor_get_bytes (call->outputs[0]));
  for (int64_t i = 0; i < trilu->matrices * trilu->rows; i++) {
    int64_t from, to;

    find_kept (trilu, i % trilu->rows, &from, &to);

    size_t start = (size_t)(i * trilu->columns + from) * size;

    memcpy (y + start, x + start, (size_t)(to - from) * size);
  }
}

static void
gradient_trilu (const SacGradientCall *call)
{
  const Trilu *trilu = call->params;
  const SacTensor *g = call->output_gradients[0];
  SacTensor *dx = call->input_gradients[0];

  if (g == NULL || dx == NULL)
    return;
  for (int64_t i = 0; i < trilu->matrices * trilu->rows; i++) {
    int64_t from, to;

    find_kept (trilu, i % trilu->rows, &from, &to);
    for (int64_t k = i * trilu->columns + from; k < i * trilu->columns + to;
         k++) {
      if (trilu->element_size == 8)
        ((double *)dx->data)[k] += ((const double *)g->data)[k];
      else
        sac_tensor_f32 (dx)[k] += sac_tensor_f32 (g)[k];
    }
  }
}

static bool
infer_trilu (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  const SacShape *shape = &x->shape;
  int64_t upper, diagonal = 0;

  if (shape->rank < 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its input has rank %d, below 2", shape->rank);
  if (!sac_infer_int (infer, "upper", 1, &upper, error))
    return false;
  if (sac_infer_has (infer, 1)) {
    const int64_t *values;
    size_t count;

    if (!sac_infer_constant_ints (infer, 1, &values, &count, error))
      return false;
    if (count != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its k is not one number");
    diagonal = values[0];
  }

  Trilu *trilu = sac_infer_alloc (infer, sizeof *trilu);

  trilu->element_size = sac_kind_get_size (sac_type_get_kind (x->type));
  trilu->matrices = sac_shape_product (shape, 0, shape->rank - 2);
  trilu->rows = shape->dims[shape->rank - 2];
  trilu->columns = shape->dims[shape->rank - 1];
  trilu->diagonal = CLAMP (diagonal, -trilu->rows - 1, trilu->columns + 1);
  trilu->upper = upper != 0;
  infer->params = trilu;
  return sac_infer_output (infer, 0, x->type, shape, error);
}

const SacOp sac_op_cum_sum = {
  .name = "CumSum",
  .opset_min = 11,
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_cum_sum,
  .forward = forward_cum_sum,
  .gradient = gradient_cum_sum,
  .gradient_inputs = SAC_SAVE (0),
};

const SacOp sac_op_trilu = {
  .name = "Trilu",
  .opset_min = 14,
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_trilu,
  .forward = forward_trilu,
  .gradient = gradient_trilu,
  .gradient_inputs = SAC_SAVE (0),
};
