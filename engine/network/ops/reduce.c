/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/reduce.h"

#include "base/error.h"
#include "network/ops/axes.h"
#include "network/ops/elements.h"
#include "network/ops/reduction.h"

#include <math.h>
#include <string.h>

typedef struct {
  const SacReduce *reduce;
  SacReduction reduction;
  SacType type;
} Params;

static bool
check_type (const SacInfer *infer, const SacReduce *reduce, GError **error)
{
  if (!sac_infer_has (infer, 0))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input is missing");

  SacType type = infer->inputs[0]->type;
  SacKind kind = sac_type_get_kind (type);

  if (sac_type_is_float (type) ||
      (kind == SAC_KIND_I64 && reduce->join_integer != NULL))
    return true;
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "%s is not supported here", sac_type_get_name (type));
}

/* Without any axis named all are reduced, unless noop_with_empty_axes. */
static bool
read_axes (SacInfer *infer,
           const SacReduce *reduce,
           SacAxes *axes,
           GError **error)
{
  int rank = infer->inputs[0]->shape.rank;
  int64_t noop;

  if (!sac_axes_read (infer, reduce->axes_input_since, 1, rank, axes, error) ||
      !sac_infer_int (infer, "noop_with_empty_axes", 0, &noop, error))
    return false;
  if (axes->count == 0 && noop == 0) {
    for (int axis = 0; axis < rank; axis++)
      axes->chosen[axis] = true;
  }
  return true;
}

bool
sac_reduce_infer (SacInfer *infer, const SacReduce *reduce, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t keep;
  SacAxes axes;

  if (!check_type (infer, reduce, error) ||
      !read_axes (infer, reduce, &axes, error) ||
      !sac_infer_int (infer, "keepdims", 1, &keep, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;
  SacShape y = {.rank = 0};

  for (int axis = 0; axis < x->rank; axis++) {
    if (!axes.chosen[axis])
      y.dims[y.rank++] = x->dims[axis];
    else if (keep != 0)
      y.dims[y.rank++] = 1;
  }
  params->reduce = reduce;
  params->type = infer->inputs[0]->type;
  sac_reduction_init (&params->reduction, x, axes.chosen);
  infer->params = params;
  if (reduce->chooses && sac_type_is_float (params->type))
    infer->saved_bytes = (size_t)sac_shape_size (x);
  return sac_infer_output (infer, 0, params->type, &y, error);
}

/* `count` elements from `at` on, as double; NULL gives zeros. */
static void
load (const SacTensor *tensor, int64_t at, int64_t count, double *to)
{
  if (tensor == NULL)
    memset (to, 0, (size_t)count * sizeof (double));
  else if (sac_tensor_get_kind (tensor) == SAC_KIND_F64)
    memcpy (to, (const double *)tensor->data + at,
            (size_t)count * sizeof (double));
  else
    for (int64_t i = 0; i < count; i++)
      to[i] = (double)sac_tensor_f32 (tensor)[at + i];
}

static void
store (SacTensor *tensor, int64_t at, int64_t count, const double *from)
{
  if (sac_tensor_get_kind (tensor) == SAC_KIND_F64)
    memcpy ((double *)tensor->data + at, from, (size_t)count * sizeof (double));
  else
    for (int64_t i = 0; i < count; i++)
      sac_tensor_f32 (tensor)[at + i] = (float)from[i];
}

static void
add_to (SacTensor *tensor, int64_t at, int64_t count, const double *terms)
{
  if (sac_tensor_get_kind (tensor) == SAC_KIND_F64)
    for (int64_t i = 0; i < count; i++)
      ((double *)tensor->data)[at + i] += terms[i];
  else
    for (int64_t i = 0; i < count; i++)
      sac_tensor_f32 (tensor)[at + i] += (float)terms[i];
}

/* A block of results. */
typedef struct {
  const Params *params;
  const SacTensor *x;
  double total[SAC_REDUCTION_BLOCK];
  double largest[SAC_REDUCTION_BLOCK]; /* only when exponential */
  uint8_t *marks;                      /* only when it chooses */
} Block;

static void
add_run (const SacReductionRun *run, void *data)
{
  Block *block = data;
  const SacReduce *reduce = block->params->reduce;
  double x[SAC_REDUCTION_BLOCK];

  load (block->x, run->at, run->count, x);
  if (reduce->exponential) {
    for (int64_t i = 0; i < run->count; i++)
      x[i] = exp (x[i] - block->largest[run->first + (run->spread ? i : 0)]);
  }
  if (run->spread)
    reduce->join (block->total + run->first, x, run->count);
  else
    block->total[run->first] =
      reduce->fold (block->total[run->first], x, run->count);
}

static void
find_largest (const SacReductionRun *run, void *data)
{
  Block *block = data;
  double x[SAC_REDUCTION_BLOCK];

  load (block->x, run->at, run->count, x);
  for (int64_t i = 0; i < run->count; i++) {
    double *largest = &block->largest[run->first + (run->spread ? i : 0)];

    if (x[i] > *largest || isnan (x[i]))
      *largest = x[i];
  }
}

/* What is taken off before exponentiating; an infinite maximum would make NaN
 * of it. */
static void
find_shifts (Block *block, int64_t from, int64_t count)
{
  for (int64_t i = 0; i < count; i++)
    block->largest[i] = -INFINITY;
  sac_reduction_visit (&block->params->reduction, from, count, find_largest,
                       block);
  for (int64_t i = 0; i < count; i++) {
    if (isinf (block->largest[i]))
      block->largest[i] = 0;
  }
}

static void
mark_chosen (const SacReductionRun *run, void *data)
{
  const Block *block = data;
  double x[SAC_REDUCTION_BLOCK];

  load (block->x, run->at, run->count, x);
  for (int64_t i = 0; i < run->count; i++)
    block->marks[run->at + i] =
      x[i] == block->total[run->first + (run->spread ? i : 0)];
}

static void
reduce_block (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const SacReduce *reduce = params->reduce;
  int64_t count = to - from;
  Block block;

  block.params = params;
  block.x = call->inputs[0];
  for (int64_t i = 0; i < count; i++)
    block.total[i] = reduce->start;
  if (reduce->exponential)
    find_shifts (&block, from, count);
  sac_reduction_visit (&params->reduction, from, count, add_run, &block);
  if (reduce->finish != NULL) {
    for (int64_t i = 0; i < count; i++)
      block.total[i] =
        reduce->finish (block.total[i], params->reduction.reduced_count);
  }
  if (reduce->exponential) {
    for (int64_t i = 0; i < count; i++)
      block.total[i] += block.largest[i];
  }
  store (call->outputs[0], from, count, block.total);
  block.marks = call->saved;
  if (block.marks != NULL)
    sac_reduction_visit (&params->reduction, from, count, mark_chosen, &block);
}

typedef struct {
  const Params *params;
  const int64_t *x;
  uint64_t total[SAC_REDUCTION_BLOCK];
} IntegerBlock;

static void
add_integer_run (const SacReductionRun *run, void *data)
{
  IntegerBlock *block = data;
  const SacReduce *reduce = block->params->reduce;

  for (int64_t i = 0; i < run->count; i++) {
    uint64_t *total = &block->total[run->first + (run->spread ? i : 0)];

    *total = reduce->join_integer (*total, block->x[run->at + i]);
  }
}

static void
reduce_integer_block (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  int64_t *y = sac_tensor_i64 (call->outputs[0]) + from;
  int64_t reduced_count = params->reduction.reduced_count;
  IntegerBlock block;

  block.params = params;
  block.x = sac_tensor_i64 (call->inputs[0]);
  for (int64_t i = 0; i < to - from; i++)
    block.total[i] = params->reduce->start_integer;
  sac_reduction_visit (&params->reduction, from, to - from, add_integer_run,
                       &block);
  for (int64_t i = 0; i < to - from; i++) {
    y[i] = (int64_t)block.total[i];
    if (params->reduce->mean)
      y[i] = reduced_count > 0 ? y[i] / reduced_count : 0;
  }
  sac_elements_wrap (params->type, y, to - from);
}

void
sac_reduce_forward (const SacCall *call)
{
  const Params *params = call->params;
  bool integer = sac_type_get_kind (params->type) == SAC_KIND_I64;

  sac_reduction_run (&params->reduction,
                     integer ? reduce_integer_block : reduce_block,
                     (void *)call);
}

/* A block of results on the way back. */
typedef struct {
  const SacGradientCall *call;
  double y[SAC_REDUCTION_BLOCK];
  double dy[SAC_REDUCTION_BLOCK];
  SacReduceFacts facts[SAC_REDUCTION_BLOCK];
  int64_t ties[SAC_REDUCTION_BLOCK]; /* elements that were chosen */
} ReverseBlock;

static void
find_facts (const SacReductionRun *run, void *data)
{
  ReverseBlock *block = data;
  double x[SAC_REDUCTION_BLOCK];

  load (block->call->inputs[0], run->at, run->count, x);
  for (int64_t i = 0; i < run->count; i++) {
    int64_t result = run->first + (run->spread ? i : 0);
    SacReduceFacts *facts = &block->facts[result];

    if (x[i] == 0)
      facts->zeros++;
    else
      facts->product *= x[i];
  }
}

static void
count_ties (const SacReductionRun *run, void *data)
{
  ReverseBlock *block = data;
  const uint8_t *marks = block->call->saved;

  for (int64_t i = 0; i < run->count; i++)
    block->ties[run->first + (run->spread ? i : 0)] += marks[run->at + i];
}

static void
share_out (const SacReductionRun *run, void *data)
{
  const ReverseBlock *block = data;
  const uint8_t *marks = block->call->saved;
  double terms[SAC_REDUCTION_BLOCK];

  for (int64_t i = 0; i < run->count; i++) {
    int64_t result = run->first + (run->spread ? i : 0);

    terms[i] = marks[run->at + i] != 0
                 ? block->dy[result] * (1 / (double)block->ties[result])
                 : 0;
  }
  add_to (block->call->input_gradients[0], run->at, run->count, terms);
}

static void
send_back (const SacReductionRun *run, void *data)
{
  const ReverseBlock *block = data;
  const Params *params = block->call->params;
  const SacReduce *reduce = params->reduce;
  double share = reduce->mean ? 1 / (double)params->reduction.reduced_count : 1;
  double x[SAC_REDUCTION_BLOCK];

  if (reduce->slope != NULL)
    load (block->call->inputs[0], run->at, run->count, x);
  for (int64_t i = 0; i < run->count; i++) {
    int64_t result = run->first + (run->spread ? i : 0);
    double slope = share;

    if (reduce->slope != NULL)
      slope = reduce->slope (x[i], block->y[result], &block->facts[result]);
    x[i] = block->dy[result] * slope;
  }
  add_to (block->call->input_gradients[0], run->at, run->count, x);
}

static void
reverse_block (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  int64_t count = to - from;
  ReverseBlock block;

  block.call = call;
  load (call->outputs[0], from, count, block.y);
  load (call->output_gradients[0], from, count, block.dy);
  if (params->reduce->chooses) {
    memset (block.ties, 0, sizeof block.ties);
    sac_reduction_visit (&params->reduction, from, count, count_ties, &block);
    sac_reduction_visit (&params->reduction, from, count, share_out, &block);
    return;
  }
  if (params->reduce->needs_facts) {
    for (int64_t i = 0; i < count; i++)
      block.facts[i] = (SacReduceFacts){.product = 1};
    sac_reduction_visit (&params->reduction, from, count, find_facts, &block);
  }
  sac_reduction_visit (&params->reduction, from, count, send_back, &block);
}

void
sac_reduce_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_reduction_run (&params->reduction, reverse_block, (void *)call);
}
