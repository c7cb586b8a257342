/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Activation functions.  At a kink the derivative is the one torch takes. */
#include "base/error.h"
#include "network/ops/unary.h"

#include <string.h>

#define NUMBERS(...) .numbers = {__VA_ARGS__}

/* The last argument: the op's numbers, or nothing. */
#define ACTIVATION(symbol, onnx, expression, slope, saves, ...)                \
  SAC_UNARY_FLOATS (symbol, expression)                                        \
  SAC_UNARY_SLOPE (symbol, slope)                                              \
  static const SacUnary symbol##_unary = {.rows = {SAC_UNARY_FLOAT_ROWS (      \
                                            symbol)},                          \
                                          SAC_UNARY_BACK_ROWS (symbol),        \
                                          __VA_ARGS__};                        \
  SAC_UNARY_OP (symbol, onnx, saves);

/* The same for an op whose slope is one of two: `zone` says which. */
#define KINKED(symbol, onnx, expression, zone, slope, ...)                     \
  SAC_UNARY_FLOATS (symbol, expression)                                        \
  SAC_UNARY_ZONES (symbol, 1, zone, slope)                                     \
  static const SacUnary symbol##_unary = {.rows = {SAC_UNARY_FLOAT_ROWS (      \
                                            symbol)},                          \
                                          SAC_UNARY_ZONE_ROWS (symbol, 1),     \
                                          __VA_ARGS__};                        \
  SAC_UNARY_OP (symbol, onnx, SAC_UNARY_SAVES_ZONES);

#define SIGMOID(x) (1 / (1 + SAC_EXP (-(x))))

/* 0 > x is false for NaN, which goes through. */
SAC_UNARY_ROW (relu_i64, int64_t, 0 > x ? 0 : x)
SAC_UNARY_FLOATS (relu, 0 > x ? 0 : x)
SAC_UNARY_ZONES (relu, 1, x > 0, ZONE)
static const SacUnary relu_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (relu), [SAC_ELEMENT_I64] = relu_i64},
  SAC_UNARY_ZONE_ROWS (relu, 1),
};
SAC_UNARY_OP (relu, "Relu", SAC_UNARY_SAVES_ZONES);

KINKED (leaky_relu,
        "LeakyRelu",
        0 > x ? alpha * x : x,
        x > 0,
        ZONE != 0 ? 1 : alpha,
        NUMBERS ({"alpha", 0.01f}))

KINKED (thresholded_relu,
        "ThresholdedRelu",
        x > alpha ? x : 0,
        x > alpha,
        ZONE,
        NUMBERS ({"alpha", 1}))

ACTIVATION (elu,
            "Elu",
            x > 0 ? x : alpha * SAC_EXPM1 (x),
            X > 0 ? 1 : alpha * SAC_EXP (X),
            SAC_UNARY_SAVES_INPUT,
            NUMBERS ({"alpha", 1}))

ACTIVATION (celu,
            "Celu",
            x > 0 ? x : alpha * SAC_EXPM1 (x / alpha),
            X > 0 ? 1 : SAC_EXP (X / alpha),
            SAC_UNARY_SAVES_INPUT,
            NUMBERS ({"alpha", 1}))

ACTIVATION (selu,
            "Selu",
            (x > 0 ? x : alpha * SAC_EXPM1 (x)) * gain,
            (X > 0 ? 1 : alpha * SAC_EXP (X)) * gain,
            SAC_UNARY_SAVES_INPUT,
            NUMBERS ({"alpha", 1.67326319f}, {NULL}, {"gamma", 1.05070102f}))

ACTIVATION (
  sigmoid, "Sigmoid", SIGMOID (x), (1 - Y) * Y, SAC_UNARY_SAVES_OUTPUT)

ACTIVATION (tanh, "Tanh", SAC_TANH (x), 1 - Y * Y, SAC_UNARY_SAVES_OUTPUT)

ACTIVATION (softplus,
            "Softplus",
            (x > 0 ? x : 0) + log1p (SAC_EXP (-fabs (x))),
            SIGMOID (X),
            SAC_UNARY_SAVES_INPUT)

ACTIVATION (softsign,
            "Softsign",
            x / (1 + fabs (x)),
            1 / ((1 + fabs (X)) * (1 + fabs (X))),
            SAC_UNARY_SAVES_INPUT)

#define UNIT(x) (0 > (x) ? 0 : (x) > 1 ? 1 : (x))

KINKED (hard_sigmoid,
        "HardSigmoid",
        UNIT (beta + alpha * x),
        beta + alpha * x > 0 && 1 > beta + alpha * x,
        ZONE != 0 ? alpha : 0,
        NUMBERS ({"alpha", 0.2f}, {"beta", 0.5f}))

ACTIVATION (hard_swish,
            "HardSwish",
            UNIT (x / 6 + (T)0.5) * x,
            X > 3 ? 1 : (-3 > X ? 0 : X / 3 + (T)0.5),
            SAC_UNARY_SAVES_INPUT)

ACTIVATION (swish,
            "Swish",
            SIGMOID (x *alpha) * x,
            SIGMOID (X *alpha) * (1 + alpha * X * SIGMOID (-alpha * X)),
            SAC_UNARY_SAVES_INPUT,
            NUMBERS ({"alpha", 1}))

/* tanh (softplus (x)) = n / (n + 2) with n = e (e + 2), e = exp (x); beyond 20
 * it is 1 in either type, and e squared would overflow further up. */
#define MISH_GATE(e) (((e) * ((e) + 2)) / ((e) * ((e) + 2) + 2))
#define MISH_EXP(x) SAC_EXP ((x) > 20 ? 20 : (x))

ACTIVATION (mish,
            "Mish",
            MISH_GATE (MISH_EXP (x)) * x,
            MISH_GATE (MISH_EXP (X)) +
              X * SIGMOID (X) *
                (1 - MISH_GATE (MISH_EXP (X)) * MISH_GATE (MISH_EXP (X))),
            SAC_UNARY_SAVES_INPUT)

/* x P (X < x) for a normal X, and its usual approximation. */
#define PHI(x) ((T)0.5 * (1 + SAC_ERF ((x) * (T)M_SQRT1_2)))
#define DENSITY(x)                                                             \
  ((T)(0.5 * M_SQRT1_2 * M_2_SQRTPI) * SAC_EXP ((T)-0.5 * (x) * (x)))

SAC_UNARY_FLOATS (gelu, PHI (x) * x)
SAC_UNARY_SLOPE (gelu, PHI (X) + X * DENSITY (X))
static const SacUnary gelu_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (gelu)},
  SAC_UNARY_BACK_ROWS (gelu),
};

#define ROOT ((T)(M_SQRT1_2 * M_2_SQRTPI))
#define GATE(x) SAC_TANH (ROOT *(1 + (T)0.044715 * (x) * (x)) * (x))
#define SLOPE(x) (ROOT * (1 + (T)0.134145 * (x) * (x)))

SAC_UNARY_FLOATS (gelu_tanh, (T)0.5 * x * (1 + GATE (x)))
SAC_UNARY_SLOPE (gelu_tanh,
                 (T)0.5 * (1 + GATE (X)) +
                   (T)0.5 * X * (1 - GATE (X) * GATE (X)) * SLOPE (X))
static const SacUnary gelu_tanh_unary = {
  .rows = {SAC_UNARY_FLOAT_ROWS (gelu_tanh)},
  SAC_UNARY_BACK_ROWS (gelu_tanh),
};

static bool
infer_gelu (SacInfer *infer, GError **error)
{
  const char *approximate;

  if (!sac_infer_string (infer, "approximate", "none", &approximate, error))
    return false;
  if (strcmp (approximate, "none") == 0)
    return sac_unary_infer (infer, &gelu_unary, error);
  if (strcmp (approximate, "tanh") == 0)
    return sac_unary_infer (infer, &gelu_tanh_unary, error);
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "its attribute approximate is neither none nor tanh");
}

const SacOp sac_op_gelu = {
  .name = "Gelu",
  .opset_min = 20,
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_gelu,
  .forward = sac_unary_forward,
  SAC_UNARY_SAVES_INPUT,
};
