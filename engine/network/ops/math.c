/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The mathematical functions of one element. */
#include "network/ops/unary.h"

/* A differentiable function with no integer form. */
#define FUNCTION(symbol, onnx, expression, slope, saves)                       \
  SAC_UNARY_FLOATS (symbol, expression)                                        \
  SAC_UNARY_SLOPE (symbol, slope)                                              \
  static const SacUnary symbol##_unary = {                                     \
    .rows = {SAC_UNARY_FLOAT_ROWS (symbol)},                                   \
    SAC_UNARY_BACK_ROWS (symbol),                                              \
  };                                                                           \
  SAC_UNARY_OP (symbol, onnx, saves);
#define INPUT SAC_UNARY_SAVES_INPUT
#define OUTPUT SAC_UNARY_SAVES_OUTPUT
#define SQUARE(x) ((x) * (x))

FUNCTION (exp, "Exp", SAC_EXP (x), Y, OUTPUT)
FUNCTION (log, "Log", log (x), 1 / X, INPUT)
FUNCTION (sqrt, "Sqrt", sqrt (x), (T)0.5 / Y, OUTPUT)
FUNCTION (reciprocal, "Reciprocal", 1 / x, -SQUARE (Y), OUTPUT)
FUNCTION (erf, "Erf", SAC_ERF (x), (T)M_2_SQRTPI *SAC_EXP (-SQUARE (X)), INPUT)
FUNCTION (sin, "Sin", sin (x), cos (X), INPUT)
FUNCTION (cos, "Cos", cos (x), -sin (X), INPUT)
FUNCTION (tan, "Tan", tan (x), 1 + SQUARE (Y), OUTPUT)
FUNCTION (asin, "Asin", asin (x), 1 / sqrt (1 - SQUARE (X)), INPUT)
FUNCTION (acos, "Acos", acos (x), -1 / sqrt (1 - SQUARE (X)), INPUT)
FUNCTION (atan, "Atan", atan (x), 1 / (1 + SQUARE (X)), INPUT)
FUNCTION (sinh, "Sinh", sinh (x), cosh (X), INPUT)
FUNCTION (cosh, "Cosh", cosh (x), sinh (X), INPUT)
FUNCTION (asinh, "Asinh", asinh (x), 1 / sqrt (SQUARE (X) + 1), INPUT)
FUNCTION (acosh, "Acosh", acosh (x), 1 / sqrt (SQUARE (X) - 1), INPUT)
FUNCTION (atanh, "Atanh", atanh (x), 1 / (1 - SQUARE (X)), INPUT)

/* Integers: through uint64_t, so that -INT64_MIN wraps. */
SAC_UNARY_ROW (abs_i64, int64_t, (0 > x ? 0 - (uint64_t)x : (uint64_t)x))
SAC_UNARY_ROW (same_u64, uint64_t, x)
SAC_UNARY_FLOATS (abs, fabs (x))
SAC_UNARY_ZONES (abs,
                 2,
                 x > 0   ? 1
                 : 0 > x ? 2
                         : 0,
                 ZONE == 1   ? 1
                 : ZONE == 2 ? -1
                             : 0)
static const SacUnary abs_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (abs), [SAC_ELEMENT_I64] = abs_i64,
           [SAC_ELEMENT_U64] = same_u64},
  SAC_UNARY_ZONE_ROWS (abs, 2),
};
SAC_UNARY_OP (abs, "Abs", SAC_UNARY_SAVES_ZONES);

SAC_UNARY_ROW (neg_i64, uint64_t, 0 - x)
SAC_UNARY_FLOATS (neg, -x)
SAC_UNARY_SLOPE (neg, -1)
static const SacUnary neg_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (neg), [SAC_ELEMENT_I64] = neg_i64},
  SAC_UNARY_BACK_ROWS (neg),
};
SAC_UNARY_OP (neg, "Neg", .gradient = sac_unary_gradient);

/* Steps: nothing flows back. */
SAC_UNARY_ROW (sign_i64, int64_t, (x > 0) - (0 > x))
SAC_UNARY_ROW (sign_u64, uint64_t, x > 0)
SAC_UNARY_FLOATS (sign, x != x ? x : (T)((x > 0) - (0 > x)))
static const SacUnary sign_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (sign), [SAC_ELEMENT_I64] = sign_i64,
           [SAC_ELEMENT_U64] = sign_u64},
};
SAC_UNARY_OP (sign, "Sign", .zero_gradient = true);

#define STEP(symbol, onnx, expression)                                         \
  SAC_UNARY_FLOATS (symbol, expression)                                        \
  static const SacUnary symbol##_unary = {                                     \
    .rows = {SAC_UNARY_FLOAT_ROWS (symbol)},                                   \
  };                                                                           \
  SAC_UNARY_OP (symbol, onnx, .zero_gradient = true);

STEP (floor, "Floor", floor (x))
STEP (ceil, "Ceil", ceil (x))
STEP (round, "Round", rint (x)) /* halves to even */
