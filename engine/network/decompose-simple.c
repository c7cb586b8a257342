/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Element-wise ops and turns of pairs of elements: RotaryEmbedding, Shrink. */
#include "base/error.h"
#include "network/decompose.h"

/* lambd around zero becomes zero, the rest moves towards it by the bias. */
static void
write_shrink (SacBody *body)
{
  float lambd = sac_body_float (body, "lambd", 0.5f);

  sac_body_number (body, "zero", 0, "x");
  sac_body_number (body, "bias", sac_body_float (body, "bias", 0), "x");
  sac_body_number (body, "high", lambd, "x");
  sac_body_number (body, "low", -lambd, "x");
  sac_body_node (body, "Greater", "x,high -> is_high");
  sac_body_node (body, "Less", "x,low -> is_low");
  sac_body_node (body, "Sub", "x,bias -> lowered");
  sac_body_node (body, "Add", "x,bias -> raised");
  sac_body_node (body, "Where", "is_low,raised,zero -> below");
  sac_body_node (body, "Where", "is_high,lowered,below -> y");
}

/* cos and sin of the positions, with an axis for the heads.  With position_ids
 * they are rows of a table, else they are given for each token. */
static void
add_angles (SacBody *body)
{
  bool has_ids = sac_body_has (body, 3);

  sac_body_int_constants (body, "heads_axis", 1);
  for (size_t i = 0; i < 2; i++) {
    const char *name = i == 0 ? "cos" : "sin";
    g_autofree char *pick =
      g_strdup_printf ("%s_cache,position_ids -> %s_rows", name, name);
    g_autofree char *spread =
      g_strdup_printf ("%s_%s,heads_axis -> %s", name,
                       has_ids ? "rows" : "cache", name);

    if (has_ids)
      sac_body_node (body, "Gather", pick);
    sac_body_node (body, "Unsqueeze", spread);
  }
}

/* The two halves of each pair: alternate elements, or those of the first half
 * with those of the second. */
static void
split_pairs (SacBody *body, const char *from, bool interleaved)
{
  g_autofree char *halves = g_strdup_printf ("%s -> first,second", from);
  g_autofree char *even =
    g_strdup_printf ("%s,zero,most,last_axis,two -> first", from);
  g_autofree char *odd =
    g_strdup_printf ("%s,one,most,last_axis,two -> second", from);

  if (!interleaved) {
    sac_body_node (body, "Split", halves);
    sac_body_set_int (body, "axis", -1);
    sac_body_set_int (body, "num_outputs", 2);
    return;
  }
  sac_body_int_constants (body, "one", 1);
  sac_body_int_constants (body, "two", 2);
  sac_body_node (body, "Slice", even);
  sac_body_node (body, "Slice", odd);
}

static void
join_pairs (SacBody *body, const char *part, bool interleaved)
{
  g_autofree char *shape = g_strdup_printf ("%s -> part_shape", part);
  g_autofree char *reshape = g_strdup_printf ("pairs,part_shape -> turned");

  if (!interleaved) {
    sac_body_node (body, "Concat", "real,imaginary -> turned");
    sac_body_set_int (body, "axis", -1);
    return;
  }
  sac_body_node (body, "Unsqueeze", "real,last_axis -> real_apart");
  sac_body_node (body, "Unsqueeze", "imaginary,last_axis -> imaginary_apart");
  sac_body_node (body, "Concat", "real_apart,imaginary_apart -> pairs");
  sac_body_set_int (body, "axis", -1);
  sac_body_node (body, "Shape", shape);
  sac_body_node (body, "Reshape", reshape);
}

/* heads -> heads_turned, both [B, heads, S, d]. */
static void
turn_pairs (SacBody *body)
{
  int64_t size = sac_body_int (body, "rotary_embedding_dim", 0);
  bool interleaved = sac_body_int (body, "interleaved", 0) != 0;
  const char *part = size > 0 ? "part" : "heads";

  sac_body_int_constants (body, "zero", 0);
  sac_body_int_constants (body, "last_axis", -1);
  sac_body_int_constants (body, "most", INT64_MAX);
  if (size > 0) {
    sac_body_int_constants (body, "size", size);
    sac_body_node (body, "Slice", "heads,zero,size,last_axis -> part");
    sac_body_node (body, "Slice", "heads,size,most,last_axis -> rest");
  }
  split_pairs (body, part, interleaved);
  sac_body_node (body, "Mul", "cos,first -> first_cos");
  sac_body_node (body, "Mul", "sin,second -> second_sin");
  sac_body_node (body, "Mul", "sin,first -> first_sin");
  sac_body_node (body, "Mul", "cos,second -> second_cos");
  sac_body_node (body, "Sub", "first_cos,second_sin -> real");
  sac_body_node (body, "Add", "first_sin,second_cos -> imaginary");
  join_pairs (body, part, interleaved);
  sac_body_node (body, size > 0 ? "Concat" : "Identity",
                 size > 0 ? "turned,rest -> heads_turned"
                          : "turned -> heads_turned");
  if (size > 0)
    sac_body_set_int (body, "axis", -1);
}

/* With three axes, [B, S, heads * d], the count of heads has to be given. */
static void
write_rotary_embedding (SacBody *body)
{
  int64_t heads = sac_body_int (body, "num_heads", 0);
  int rank = sac_body_rank (body, 0);
  bool split = rank >= 0 ? rank == 3 : heads > 0;

  if (heads < 0 || (split && heads == 0))
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "it does not say how many heads there are");
  if (sac_body_int (body, "rotary_embedding_dim", 0) < 0)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "its rotary_embedding_dim is negative");
  if (split) {
    sac_body_int_constants (body, "split_shape", 0, 0, heads, -1);
    sac_body_node (body, "Reshape", "x,split_shape -> split");
    sac_body_node (body, "Transpose", "split -> heads");
    sac_body_set_int_list (body, "perm", 0, 2, 1, 3);
  } else {
    sac_body_node (body, "Transpose", "x -> heads");
    sac_body_set_int_list (body, "perm", 0, 1, 2, 3);
  }
  add_angles (body);
  turn_pairs (body);
  sac_body_node (body, "Transpose",
                 split ? "heads_turned -> tokens" : "heads_turned -> y");
  if (!split) {
    sac_body_set_int_list (body, "perm", 0, 1, 2, 3);
    return;
  }
  sac_body_set_int_list (body, "perm", 0, 2, 1, 3);
  sac_body_int_constants (body, "merged", 0, 0, -1);
  sac_body_node (body, "Reshape", "tokens,merged -> y");
}

const SacDecomposition sac_decompose_simple[] = {
  {
    .domain = "",
    .op_type = "RotaryEmbedding",
    .opset_min = 23,
    .inputs_min = 3,
    .inputs = "x,cos_cache,sin_cache,position_ids",
    .outputs = "y",
    .write = write_rotary_embedding,
  },
  {
    .domain = "",
    .op_type = "Shrink",
    .opset_min = 9,
    .inputs_min = 1,
    .inputs = "x",
    .outputs = "y",
    .write = write_shrink,
  },
  {NULL},
};
