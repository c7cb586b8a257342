/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Normalisations of ONNX Runtime: those that it had before ONNX did, and those
 * that have the sum before them inside. */
#include "network/decompose.h"

static void
pass_norm (SacBody *body)
{
  sac_body_set_int (body, "axis", sac_body_int (body, "axis", -1));
  sac_body_set_float (body, "epsilon", sac_body_float (body, "epsilon", 1e-5f));
}

static void
write_layer_norm (SacBody *body)
{
  bool wants_mean = sac_body_wants (body, 1);
  bool wants_deviation = sac_body_wants (body, 2);
  g_autofree char *edges =
    g_strdup_printf ("x,scale,bias -> y,%s,%s", wants_mean ? "mean" : "_",
                     wants_deviation ? "inverse" : "_");

  sac_body_node (body, "LayerNormalization", edges);
  pass_norm (body);
}

static void
write_simplified_norm (SacBody *body)
{
  sac_body_refuse_output (body, 1, "inv_std_var");
  sac_body_node (body, "RMSNormalization", "x,scale -> y");
  pass_norm (body);
}

/* x + skip (+ bias), which is output 3. */
static void
add_sum (SacBody *body, bool has_bias)
{
  sac_body_refuse_output (body, 1, "mean");
  sac_body_refuse_output (body, 2, "inv_std_var");
  sac_body_node (body, "Add",
                 has_bias ? "x,skip -> unbiased" : "x,skip -> sum");
  if (has_bias)
    sac_body_node (body, "Add", "unbiased,bias -> sum");
}

static void
write_skip_layer_norm (SacBody *body)
{
  add_sum (body, sac_body_has (body, 4));
  sac_body_node (body, "LayerNormalization", "sum,gamma,beta -> y");
  pass_norm (body);
}

static void
write_skip_simplified_norm (SacBody *body)
{
  add_sum (body, sac_body_has (body, 3));
  sac_body_node (body, "RMSNormalization", "sum,gamma -> y");
  pass_norm (body);
}

const SacDecomposition sac_decompose_norm[] = {
  {
    .domain = "",
    .op_type = "LayerNormalization",
    .opset_max = 16,
    .inputs_min = 2,
    .inputs = "x,scale,bias",
    .outputs = "y,mean,inverse",
    .write = write_layer_norm,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "LayerNormalization",
    .inputs_min = 2,
    .inputs = "x,scale,bias",
    .outputs = "y,mean,inverse",
    .write = write_layer_norm,
  },
  {
    .domain = "",
    .op_type = "SimplifiedLayerNormalization",
    .inputs_min = 2,
    .inputs = "x,scale",
    .outputs = "y,inverse",
    .write = write_simplified_norm,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "SkipLayerNormalization",
    .inputs_min = 3,
    .inputs = "x,skip,gamma,beta,bias",
    .outputs = "y,mean,inverse,sum",
    .write = write_skip_layer_norm,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "SkipSimplifiedLayerNormalization",
    .inputs_min = 3,
    .inputs = "x,skip,gamma,bias",
    .outputs = "y,mean,inverse,sum",
    .write = write_skip_simplified_norm,
  },
  {NULL},
};
