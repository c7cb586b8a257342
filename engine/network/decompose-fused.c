/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Products, convolutions and activations that ONNX Runtime's optimiser fuses,
 * taken apart again. */
#include "base/error.h"
#include "network/decompose.h"

#include <string.h>

static void
write_gelu (SacBody *body)
{
  sac_body_node (body, "Gelu", "x -> y");
}

static void
write_bias_gelu (SacBody *body)
{
  sac_body_node (body, "Add", "x,bias -> biased");
  sac_body_node (body, "Gelu", "biased -> y");
}

static void
write_fast_gelu (SacBody *body)
{
  bool has_bias = sac_body_has (body, 1);

  if (has_bias)
    sac_body_node (body, "Add", "x,bias -> biased");
  sac_body_node (body, "Gelu", has_bias ? "biased -> y" : "x -> y");
  sac_body_set_string (body, "approximate", "tanh");
}

static void
write_quick_gelu (SacBody *body)
{
  sac_body_node (body, "Swish", "x -> y");
  sac_body_set_float (body, "alpha", sac_body_float (body, "alpha", 1.702f));
}

/* Where a factor of a product has its axes: [batch.., rows, columns] when it
 * is not turned. */
typedef struct {
  bool swapped; /* [batch.., columns, rows] */
  bool first;   /* [rows, batch.., columns], or with columns before rows */
} Turns;

/* Axes of an input into the places of a factor that is not turned. */
static void
turn (SacBody *body, size_t input, Turns turns, const char *edges)
{
  int rank = sac_body_rank (body, input);
  int64_t order[SAC_LIMIT_RANK];

  if (rank < 2 || rank > SAC_LIMIT_RANK) {
    sac_body_node (body, "Einsum", edges);
    sac_body_set_string (body, "equation",
                         !turns.first     ? "...ij->...ji"
                         : !turns.swapped ? "i...j->...ij"
                                          : "i...j->...ji");
    return;
  }
  for (int i = 0; i < rank; i++)
    order[i] = i;
  if (turns.first) {
    for (int i = 0; i < rank - 2; i++)
      order[i] = i + 1;
    order[rank - 2] = 0;
  }
  if (turns.swapped) {
    int64_t rows = order[rank - 2];

    order[rank - 2] = order[rank - 1];
    order[rank - 1] = rows;
  }
  sac_body_node (body, "Transpose", edges);
  sac_body_set_ints (body, "perm", order, rank);
}

static void
write_fused_mat_mul (SacBody *body)
{
  Turns a = {sac_body_int (body, "transA", 0) != 0,
             sac_body_int (body, "transBatchA", 0) != 0};
  Turns b = {sac_body_int (body, "transB", 0) != 0,
             sac_body_int (body, "transBatchB", 0) != 0};
  /* Vectors stay as they are. */
  bool turn_a = (a.swapped || a.first) && sac_body_rank (body, 0) != 1;
  bool turn_b = (b.swapped || b.first) && sac_body_rank (body, 1) != 1;
  float alpha = sac_body_float (body, "alpha", 1);
  g_autofree char *product =
    g_strdup_printf ("%s,%s -> %s", turn_a ? "a_turned" : "a",
                     turn_b ? "b_turned" : "b", alpha != 1 ? "product" : "y");

  if (turn_a)
    turn (body, 0, a, "a -> a_turned");
  if (turn_b)
    turn (body, 1, b, "b -> b_turned");
  sac_body_node (body, "MatMul", product);
  if (alpha != 1) {
    sac_body_number (body, "factor", alpha, "product");
    sac_body_node (body, "Mul", "product,factor -> y");
  }
}

/* The parameters that an activation takes, in the order of activation_params,
 * with what they are when not given. */
static const struct {
  const char *op_type;
  size_t count;
  const char *names[2];
  float fallbacks[2];
} activations[] = {
  {"Relu", 0, {NULL}, {0}},
  {"Sigmoid", 0, {NULL}, {0}},
  {"Tanh", 0, {NULL}, {0}},
  {"LeakyRelu", 1, {"alpha"}, {0.01f}},
  {"HardSigmoid", 2, {"alpha", "beta"}, {0.2f, 0.5f}},
  {"HardSwish", 0, {NULL}, {0}},
  {"Elu", 1, {"alpha"}, {1}},
  {"Softplus", 0, {NULL}, {0}},
  {"Softsign", 0, {NULL}, {0}},
  {"ThresholdedRelu", 1, {"alpha"}, {1}},
};

/* params: `count` of them.  The bounds take the type of the weights, which are
 * constant: Clip has no gradient to bounds that depend on the image. */
static void
add_clip (SacBody *body, const char *weights, const float *params, size_t count)
{
  if (count != 2) {
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "activation Clip has %zu parameters, not 2", count);
    return;
  }
  sac_body_number (body, "low", params[0], weights);
  sac_body_number (body, "high", params[1], weights);
  sac_body_node (body, "Clip", "sum,low,high -> y");
}

/* y from "sum". */
static void
add_activation (SacBody *body,
                const char *weights,
                const char *op_type,
                const float *params,
                size_t count)
{
  if (*op_type == '\0') {
    sac_body_node (body, "Identity", "sum -> y");
    return;
  }
  if (strcmp (op_type, "Clip") == 0) {
    add_clip (body, weights, params, count);
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (activations); i++) {
    if (strcmp (activations[i].op_type, op_type) != 0)
      continue;
    if (count != 0 && count != activations[i].count)
      sac_body_refuse (body, SAC_ERROR_DAMAGED,
                       "activation %s has %zu parameters, not %zu",
                       activations[i].op_type, count, activations[i].count);
    sac_body_node (body, op_type, "sum -> y");
    for (size_t k = 0; k < activations[i].count; k++)
      sac_body_set_float (body, activations[i].names[k],
                          count > k ? params[k] : activations[i].fallbacks[k]);
    return;
  }
  sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                   "its activation is not supported");
}

static void
write_fused_gemm (SacBody *body)
{
  const char *activation = sac_body_string (body, "activation", "");
  float params[2] = {sac_body_float (body, "activation_alpha", 0),
                     sac_body_float (body, "activation_beta", 0)};
  size_t count = sac_body_has_attribute (body, "activation_beta")    ? 2
                 : sac_body_has_attribute (body, "activation_alpha") ? 1
                                                                     : 0;

  sac_body_node (body, "Gemm", "a,b,c -> sum");
  sac_body_pass (body, "alpha");
  sac_body_pass (body, "beta");
  sac_body_pass (body, "transA");
  sac_body_pass (body, "transB");
  add_activation (body, "b", activation, params, count);
}

/* The convolution, with Z added where it is given. */
static void
add_convolution (SacBody *body, const char *edges)
{
  static const char *const names[] = {"auto_pad",     "dilations", "group",
                                      "kernel_shape", "pads",      "strides"};

  sac_body_node (body, "Conv", edges);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    sac_body_pass (body, names[i]);
}

static void
write_fused_conv (SacBody *body)
{
  bool has_sum = sac_body_has (body, 3);
  size_t count;
  const float *params = sac_body_floats (body, "activation_params", &count);

  add_convolution (body, has_sum ? "x,w,b -> product" : "x,w,b -> sum");
  if (has_sum)
    sac_body_node (body, "Add", "product,z -> sum");
  add_activation (body, "w", sac_body_string (body, "activation", ""), params,
                  count);
}

/* Images with the channels last, weights as usual. */
static void
write_nhwc_conv (SacBody *body)
{
  bool has_sum = sac_body_has (body, 3);
  size_t count;
  const float *params = sac_body_floats (body, "activation_params", &count);

  sac_body_node (body, "Transpose", "x -> x_planes");
  sac_body_set_int_list (body, "perm", 0, 3, 1, 2);
  add_convolution (body, "x_planes,w,b -> planes");
  sac_body_node (body, "Transpose",
                 has_sum ? "planes -> product" : "planes -> sum");
  sac_body_set_int_list (body, "perm", 0, 2, 3, 1);
  if (has_sum)
    sac_body_node (body, "Add", "product,z -> sum");
  add_activation (body, "w", sac_body_string (body, "activation", ""), params,
                  count);
}

#define FUSED(name, minimum, in, func)                                         \
  {                                                                            \
    .domain = SAC_DOMAIN_MICROSOFT, .op_type = name, .inputs_min = minimum,    \
    .inputs = in, .outputs = "y", .write = func                                \
  }

const SacDecomposition sac_decompose_fused[] = {
  FUSED ("BiasGelu", 2, "x,bias", write_bias_gelu),
  FUSED ("FastGelu", 1, "x,bias", write_fast_gelu),
  FUSED ("FusedConv", 2, "x,w,b,z", write_fused_conv),
  FUSED ("FusedGemm", 2, "a,b,c", write_fused_gemm),
  FUSED ("FusedMatMul", 2, "a,b", write_fused_mat_mul),
  FUSED ("Gelu", 1, "x", write_gelu),
  FUSED ("NhwcConv", 2, "x,w,b", write_nhwc_conv),
  FUSED ("NhwcFusedConv", 2, "x,w,b,z", write_nhwc_conv),
  FUSED ("QuickGelu", 1, "x", write_quick_gelu),
  {NULL},
};
