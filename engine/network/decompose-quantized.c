/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Quantised networks.  Weights that are stored as integers are what they stand
 * for; networks that compute with integers are refused: their gradients are
 * zero almost everywhere. */
#include "base/error.h"
#include "network/decompose.h"

static void
write_refusal (SacBody *body)
{
  sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                   "it computes with quantised numbers, which have no "
                   "gradients; export the network without quantisation, or "
                   "with its weights alone quantised");
}

/* A list along `axis` of a tensor with `rank` axes. */
static const char *
spread (SacBody *body, size_t input, const char *name, int rank, int64_t axis)
{
  const SacShape *shape = sac_body_shape (body, input);
  int64_t sizes[SAC_LIMIT_RANK];

  if (shape == NULL || shape->rank == 0)
    return name;
  if (axis < -rank || axis >= rank || shape->rank != 1) {
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "only one scale for all or for each place of one axis is "
                     "supported");
    return name;
  }
  for (int i = 0; i < rank; i++)
    sizes[i] = i == (axis < 0 ? axis + rank : axis) ? -1 : 1;

  g_autofree char *constant = g_strconcat (name, "_sizes", NULL);
  g_autofree char *edges =
    g_strdup_printf ("%s,%s_sizes -> %s_spread", name, name, name);

  sac_body_ints (body, constant, sizes, rank);
  sac_body_node (body, "Reshape", edges);
  return input == 1 ? "scale_spread" : "zero_spread";
}

/* (x - zero) scale, in the type of the scale. */
static void
write_dequantize (SacBody *body)
{
  const SacShape *shape = sac_body_shape (body, 0);
  int64_t axis = sac_body_int (body, "axis", 1);

  if (!sac_body_is_constant (body, 0) || shape == NULL) {
    write_refusal (body);
    return;
  }
  if (sac_body_int (body, "block_size", 0) != 0)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "scales for blocks of weights are not supported");

  g_autofree char *product =
    g_strdup_printf ("%s,%s -> y",
                     sac_body_has (body, 2) ? "shifted" : "x_float",
                     spread (body, 1, "scale", shape->rank, axis));

  sac_body_node (body, "CastLike", "x,scale -> x_float");
  if (sac_body_has (body, 2)) {
    sac_body_node (body, "CastLike", "zero_point,scale -> zero");

    g_autofree char *shift =
      g_strdup_printf ("x_float,%s -> shifted",
                       spread (body, 2, "zero", shape->rank, axis));

    sac_body_node (body, "Sub", shift);
  }
  sac_body_node (body, "Mul", product);
}

#define REFUSE(name)                                                           \
  {                                                                            \
    .domain = "", .op_type = name, .inputs = "x", .outputs = "y",              \
    .write = write_refusal                                                     \
  }

const SacDecomposition sac_decompose_quantized[] = {
  REFUSE ("ConvInteger"),
  {
    .domain = "",
    .op_type = "DequantizeLinear",
    .opset_min = 10,
    .inputs_min = 2,
    .inputs = "x,scale,zero_point",
    .outputs = "y",
    .write = write_dequantize,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "DequantizeLinear",
    .inputs_min = 2,
    .inputs = "x,scale,zero_point",
    .outputs = "y",
    .write = write_dequantize,
  },
  REFUSE ("DynamicQuantizeLinear"),
  REFUSE ("MatMulInteger"),
  REFUSE ("QLinearConv"),
  REFUSE ("QLinearMatMul"),
  REFUSE ("QuantizeLinear"),
  {NULL},
};
