/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The Reduce ops: for each its arithmetic, then the table entries.  Derivatives
 * follow PyTorch: that of a maximum is shared by all elements that reach it,
 * those of norms are 0 at 0. */
#include "network/ops/reduce.h"

#include <math.h>

#define LANES 8

/* join and fold of a sum of terms. */
#define SUM_OF(noun, term)                                                     \
  static void join_##noun (double *total, const double *all_x, int64_t count)  \
  {                                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const double x = all_x[i];                                               \
                                                                               \
      total[i] += term;                                                        \
    }                                                                          \
  }                                                                            \
                                                                               \
  static double fold_##noun (double total, const double *all_x, int64_t count) \
  {                                                                            \
    double lanes[LANES] = {0};                                                 \
    int64_t i = 0;                                                             \
                                                                               \
    for (; i + LANES <= count; i += LANES) {                                   \
      for (int lane = 0; lane < LANES; lane++) {                               \
        const double x = all_x[i + lane];                                      \
                                                                               \
        lanes[lane] += term;                                                   \
      }                                                                        \
    }                                                                          \
    for (int lane = 0; i + lane < count; lane++) {                             \
      const double x = all_x[i + lane];                                        \
                                                                               \
      lanes[lane] += term;                                                     \
    }                                                                          \
    for (int lane = 0; lane < LANES; lane++)                                   \
      total += lanes[lane];                                                    \
    return total;                                                              \
  }

SUM_OF (sum, x)
SUM_OF (sizes, fabs (x))
SUM_OF (squares, x *x)

/* join and fold of another way to take two numbers together. */
#define FOLD_OF(noun, both)                                                    \
  static void join_##noun (double *total, const double *x, int64_t count)      \
  {                                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const double a = total[i], b = x[i];                                     \
                                                                               \
      total[i] = both;                                                         \
    }                                                                          \
  }                                                                            \
                                                                               \
  static double fold_##noun (double a, const double *x, int64_t count)         \
  {                                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const double b = x[i];                                                   \
                                                                               \
      a = both;                                                                \
    }                                                                          \
    return a;                                                                  \
  }

/* A NaN wins and stays. */
FOLD_OF (largest, b > a || b != b ? b : a)
FOLD_OF (smallest, b < a || b != b ? b : a)
FOLD_OF (product, a *b)

static double
finish_mean (double total, int64_t count)
{
  return total / (double)count;
}

static double
finish_root (double total, int64_t count)
{
  return sqrt (total);
}

static double
finish_log (double total, int64_t count)
{
  return log (total);
}

static double
slope_size (double x, double result, const SacReduceFacts *facts)
{
  return x == 0 ? 0 : copysign (1, x);
}

static double
slope_square (double x, double result, const SacReduceFacts *facts)
{
  return 2 * x;
}

static double
slope_root (double x, double result, const SacReduceFacts *facts)
{
  return result == 0 ? 0 : x / result;
}

static double
slope_log (double x, double result, const SacReduceFacts *facts)
{
  return exp (-result);
}

static double
slope_exponential (double x, double result, const SacReduceFacts *facts)
{
  return isinf (result) ? (x == result ? 1 : 0) : exp (x - result);
}

/* The product of the others. */
static double
slope_product (double x, double result, const SacReduceFacts *facts)
{
  if (x == 0)
    return facts->zeros == 1 ? facts->product : 0;
  return facts->zeros == 0 ? facts->product / x : 0;
}

static uint64_t
join_integer_sum (uint64_t total, int64_t x)
{
  return total + (uint64_t)x;
}

static uint64_t
join_integer_sizes (uint64_t total, int64_t x)
{
  return total + (x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
}

static uint64_t
join_integer_squares (uint64_t total, int64_t x)
{
  return total + (uint64_t)x * (uint64_t)x;
}

static uint64_t
join_integer_product (uint64_t total, int64_t x)
{
  return total * (uint64_t)x;
}

static uint64_t
join_integer_largest (uint64_t total, int64_t x)
{
  return x > (int64_t)total ? (uint64_t)x : total;
}

static uint64_t
join_integer_smallest (uint64_t total, int64_t x)
{
  return x < (int64_t)total ? (uint64_t)x : total;
}

/* clang-format off */
static const SacReduce reduce_sum = {
  .axes_input_since = 13, .join = join_sum, .fold = fold_sum,
  .join_integer = join_integer_sum };
static const SacReduce reduce_mean = {
  .axes_input_since = 18, .join = join_sum, .fold = fold_sum,
  .finish = finish_mean, .mean = true, .join_integer = join_integer_sum };
static const SacReduce reduce_l1 = {
  .axes_input_since = 18, .join = join_sizes, .fold = fold_sizes,
  .slope = slope_size, .join_integer = join_integer_sizes };
static const SacReduce reduce_l2 = {
  .axes_input_since = 18, .join = join_squares, .fold = fold_squares,
  .finish = finish_root, .slope = slope_root };
static const SacReduce reduce_sum_square = {
  .axes_input_since = 18, .join = join_squares, .fold = fold_squares,
  .slope = slope_square, .join_integer = join_integer_squares };
static const SacReduce reduce_log_sum = {
  .axes_input_since = 18, .join = join_sum, .fold = fold_sum,
  .finish = finish_log, .slope = slope_log };
static const SacReduce reduce_log_sum_exp = {
  .axes_input_since = 18, .join = join_sum, .fold = fold_sum,
  .finish = finish_log, .exponential = true, .slope = slope_exponential };
static const SacReduce reduce_max = {
  .axes_input_since = 18, .start = -INFINITY, .join = join_largest,
  .fold = fold_largest, .chooses = true,
  .join_integer = join_integer_largest, .start_integer = (uint64_t) INT64_MIN };
static const SacReduce reduce_min = {
  .axes_input_since = 18, .start = INFINITY, .join = join_smallest,
  .fold = fold_smallest, .chooses = true,
  .join_integer = join_integer_smallest, .start_integer = INT64_MAX };
static const SacReduce reduce_prod = {
  .axes_input_since = 18, .start = 1, .join = join_product,
  .fold = fold_product, .slope = slope_product, .needs_facts = true,
  .join_integer = join_integer_product, .start_integer = 1 };
/* clang-format on */

#define REDUCE(symbol, onnx, saved_inputs, saved_outputs)                      \
  static bool symbol##_infer (SacInfer *infer, GError **error)                 \
  {                                                                            \
    return sac_reduce_infer (infer, &symbol, error);                           \
  }                                                                            \
                                                                               \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 1,                                                           \
    .inputs_max = 2,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = symbol##_infer,                                                   \
    .forward = sac_reduce_forward,                                             \
    .gradient = sac_reduce_gradient,                                           \
    .saves_inputs = saved_inputs,                                              \
    .saves_outputs = saved_outputs,                                            \
    .gradient_inputs = SAC_SAVE (0),                                           \
  };

REDUCE (reduce_sum, "ReduceSum", SAC_SAVE_NONE, SAC_SAVE_NONE)
REDUCE (reduce_mean, "ReduceMean", SAC_SAVE_NONE, SAC_SAVE_NONE)
REDUCE (reduce_l1, "ReduceL1", SAC_SAVE (0), SAC_SAVE_NONE)
REDUCE (reduce_l2, "ReduceL2", SAC_SAVE (0), SAC_SAVE (0))
REDUCE (reduce_sum_square, "ReduceSumSquare", SAC_SAVE (0), SAC_SAVE_NONE)
REDUCE (reduce_log_sum, "ReduceLogSum", SAC_SAVE_NONE, SAC_SAVE (0))
REDUCE (reduce_log_sum_exp, "ReduceLogSumExp", SAC_SAVE (0), SAC_SAVE (0))
REDUCE (reduce_max, "ReduceMax", SAC_SAVE_NONE, SAC_SAVE_NONE)
REDUCE (reduce_min, "ReduceMin", SAC_SAVE_NONE, SAC_SAVE_NONE)
REDUCE (reduce_prod, "ReduceProd", SAC_SAVE (0), SAC_SAVE_NONE)
