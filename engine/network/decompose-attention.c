/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention in one node, taken apart: ONNX's own from opset 23 on, and ONNX
 * Runtime's Attention and MultiHeadAttention.
 *
 * Taken apart because the probabilities are what this program is for: they get
 * a value of their own ("NODE/probabilities") that can be captured, reduced and
 * differentiated, and the search for attention finds it like any other.  A plan
 * puts them together again where nobody asks for what lies between (see
 * rewrite.h), so that the scores of a node need not exist all at once.
 *
 * ONNX's text was mended more than once without a new version; this is the text
 * of 2026.  A cap comes before the mask (texts of 2025: after it, so that the
 * cap let masked keys in again), and qk_matmul_output_mode 1 is what comes
 * after the cap, 2 after the mask (2025: the other way round).  is_causal is
 * aligned to the last key that came before this node's queries ("bottom
 * right"); those would be past keys, which are refused, so that query i always
 * sees keys 0 to i.  The scale is applied to the queries alone, where the text
 * puts its root on queries and keys: the same but for rounding. */
#include "base/error.h"
#include "network/decompose.h"

#include <inttypes.h>
#include <string.h>

/* [B, S, heads * d] -> [B, heads, S, d].  The first Transpose changes nothing:
 * it refuses what has not three axes. */
static void
split_heads (SacBody *body, const char *from, const char *to, int64_t heads)
{
  g_autofree char *check = g_strdup_printf ("%s -> %s_tokens", from, to);
  g_autofree char *shape = g_strdup_printf ("%s_shape", to);
  g_autofree char *split =
    g_strdup_printf ("%s_tokens,%s_shape -> %s_split", to, to, to);
  g_autofree char *turn = g_strdup_printf ("%s_split -> %s", to, to);

  sac_body_node (body, "Transpose", check);
  sac_body_set_int_list (body, "perm", 0, 1, 2);
  sac_body_int_constants (body, shape, 0, 0, heads, -1);
  sac_body_node (body, "Reshape", split);
  sac_body_node (body, "Transpose", turn);
  sac_body_set_int_list (body, "perm", 0, 2, 1, 3);
}

static void
merge_heads (SacBody *body, const char *to)
{
  g_autofree char *merge = g_strdup_printf ("context_turned,merged -> %s", to);

  sac_body_node (body, "Transpose", "context -> context_turned");
  sac_body_set_int_list (body, "perm", 0, 2, 1, 3);
  sac_body_int_constants (body, "merged", 0, 0, -1);
  sac_body_node (body, "Reshape", merge);
}

/* Size `axis` of a value with four axes, as a list of one. */
static void
add_size (SacBody *body, const char *edges, int64_t axis)
{
  sac_body_node (body, "Shape", edges);
  sac_body_set_int (body, "start", axis);
  sac_body_set_int (body, "end", axis + 1);
}

/* Each head of the keys serves as many heads of the queries, in order. */
static void
repeat_heads (SacBody *body, const char *from, const char *to)
{
  g_autofree char *sizes = g_strdup_printf ("%s -> %s_sizes", from, to);
  g_autofree char *shape =
    g_strdup_printf ("same,query_heads,%s_sizes -> %s_shape_repeated", to, to);
  g_autofree char *apart = g_strdup_printf ("%s,second -> %s_apart", from, to);
  g_autofree char *spread =
    g_strdup_printf ("%s_apart,spread -> %s_spread", to, to);
  g_autofree char *join =
    g_strdup_printf ("%s_spread,%s_shape_repeated -> %s", to, to, to);

  sac_body_node (body, "Shape", sizes);
  sac_body_set_int (body, "start", 2);
  sac_body_node (body, "Concat", shape);
  sac_body_set_int (body, "axis", 0);
  sac_body_node (body, "Unsqueeze", apart);
  sac_body_node (body, "Expand", spread);
  sac_body_node (body, "Reshape", join);
}

static void
repeat_keys_and_values (SacBody *body, const char *keys, const char *values)
{
  g_autofree char *of_keys = g_strdup_printf ("%s -> key_heads", keys);

  add_size (body, "queries -> query_heads", 1);
  add_size (body, of_keys, 1);
  sac_body_node (body, "Div", "query_heads,key_heads -> heads_per_key");
  sac_body_int_constants (body, "same", 0);
  sac_body_int_constants (body, "one", 1);
  sac_body_int_constants (body, "second", 2);
  sac_body_node (body, "Concat", "one,one,heads_per_key,one,one -> spread");
  sac_body_set_int (body, "axis", 0);
  repeat_heads (body, keys, "keys");
  repeat_heads (body, values, "values");
}

typedef struct {
  const char *mask; /* bool, or added to the scores; NULL: none */
  bool is_causal;
  float softcap; /* 0: none */
  bool has_scale;
  float scale;
} Scores;

static void
add_scale (SacBody *body, const Scores *scores)
{
  if (scores->has_scale) {
    sac_body_number (body, "scale", scores->scale, "queries");
  } else {
    add_size (body, "queries -> head_size", 3);
    sac_body_node (body, "CastLike", "head_size,queries -> head_size_float");
    sac_body_node (body, "Sqrt", "head_size_float -> head_size_root");
    sac_body_node (body, "Reciprocal", "head_size_root -> scale");
  }
  sac_body_node (body, "Mul", "queries,scale -> queries_scaled");
}

/* masked = from + mask, and -inf above the diagonal. */
static const char *
add_masks (SacBody *body, const Scores *scores, const char *from)
{
  if (scores->mask != NULL) {
    g_autofree char *bias =
      g_strdup_printf ("%s,%s -> mask_bias", scores->mask, from);
    g_autofree char *add =
      g_strdup_printf ("%s,mask_bias -> scores_masked", from);

    sac_body_node (body, ":MaskBias", bias);
    sac_body_node (body, "Add", add);
    from = "scores_masked";
  }
  if (scores->is_causal) {
    g_autofree char *bias = g_strdup_printf ("causal,%s -> causal_bias", from);
    g_autofree char *add =
      g_strdup_printf ("%s,causal_bias -> scores_causal", from);

    add_size (body, "queries -> query_count", 2);
    add_size (body, "keys -> key_count", 2);
    sac_body_node (body, "Concat", "query_count,key_count -> square");
    sac_body_set_int (body, "axis", 0);
    sac_body_int_constants (body, "one_int", 1);
    sac_body_node (body, "Expand", "one_int,square -> seen");
    sac_body_node (body, "Trilu", "seen -> causal_int");
    sac_body_set_int (body, "upper", 0);
    sac_body_node (body, "Cast", "causal_int -> causal");
    sac_body_set_int (body, "to", SAC_TYPE_BOOL);
    sac_body_node (body, ":MaskBias", bias);
    sac_body_node (body, "Add", add);
    from = "scores_causal";
  }
  return from;
}

static const char *
add_cap (SacBody *body, float softcap)
{
  if (softcap == 0)
    return "scores";
  sac_body_number (body, "cap", softcap, "scores");
  sac_body_node (body, "Div", "scores,cap -> scores_small");
  sac_body_node (body, "Tanh", "scores_small -> scores_bent");
  sac_body_node (body, "Mul", "scores_bent,cap -> scores_capped");
  return "scores_capped";
}

/* context from queries, keys and values, all [B, heads, S, d].  stages: what
 * there is after the product, the cap, the mask and the softmax. */
static void
attend (SacBody *body, const Scores *scores, const char *ret_stages[4])
{
  add_scale (body, scores);
  sac_body_node (body, "Transpose", "keys -> keys_turned");
  sac_body_set_int_list (body, "perm", 0, 1, 3, 2);
  sac_body_node (body, "MatMul", "queries_scaled,keys_turned -> scores");
  ret_stages[0] = "scores";
  ret_stages[1] = add_cap (body, scores->softcap);
  ret_stages[2] = add_masks (body, scores, ret_stages[1]);
  ret_stages[3] = "probabilities";

  g_autofree char *softmax =
    g_strdup_printf ("%s -> probabilities", ret_stages[2]);

  sac_body_node (body, "Softmax", softmax);
  sac_body_set_int (body, "axis", -1);
  sac_body_node (body, "MatMul", "probabilities,values -> context");
}

/* With three axes the counts of heads have to be given; with four they may.  An
 * unknown rank is taken for what the counts suggest, and checked while
 * planning.
 */
static bool
has_three_axes (SacBody *body, const int64_t *heads)
{
  int rank = sac_body_rank (body, 0);

  if (rank >= 0 && rank != 3 && rank != 4)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "its queries have %d axes, not 3 or 4", rank);
  if (rank == 3 && heads[0] == 0)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "it does not say how many heads its queries have");
  return rank >= 0 ? rank == 3 : heads[0] != 0;
}

static void
read_scores (SacBody *body, Scores *scores)
{
  scores->has_scale = sac_body_has_attribute (body, "scale");
  scores->scale = sac_body_float (body, "scale", 1);
}

static void
write_attention (SacBody *body)
{
  int64_t heads[2] = {sac_body_int (body, "q_num_heads", 0),
                      sac_body_int (body, "kv_num_heads", 0)};
  int64_t mode = sac_body_int (body, "qk_matmul_output_mode", 0);
  Scores scores = {
    .mask = sac_body_has (body, 3) ? "attn_mask" : NULL,
    .is_causal = sac_body_int (body, "is_causal", 0) != 0,
    .softcap = sac_body_float (body, "softcap", 0),
  };
  const char *stages[4];

  read_scores (body, &scores);
  sac_body_refuse_input (body, 4, "past_key");
  sac_body_refuse_input (body, 5, "past_value");
  sac_body_refuse_input (body, 6, "nonpad_kv_seqlen");
  sac_body_refuse_output (body, 1, "present_key");
  sac_body_refuse_output (body, 2, "present_value");
  if (heads[0] < 0 || heads[1] < 0 || (heads[0] == 0) != (heads[1] == 0) ||
      (heads[1] > 0 && heads[0] % heads[1] != 0))
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "%" PRId64 " heads of queries do not fit "
                     "%" PRId64 " heads of keys",
                     heads[0], heads[1]);
  if (mode < 0 || mode > 3)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "qk_matmul_output_mode %" PRId64 " is not 0 to 3", mode);
  if (!(scores.softcap >= 0))
    sac_body_refuse (body, SAC_ERROR_DAMAGED, "its softcap is negative");
  if (sac_body_int (body, "left_window_size", -1) >= 0 ||
      sac_body_int (body, "right_window_size", -1) >= 0)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "a window of keys is not supported");

  bool split = has_three_axes (body, heads);

  if (split) {
    bool grouped = heads[0] != heads[1];

    split_heads (body, "Q", "queries", heads[0]);
    split_heads (body, "K", grouped ? "grouped_keys" : "keys", heads[1]);
    split_heads (body, "V", grouped ? "grouped_values" : "values", heads[1]);
    if (grouped)
      repeat_keys_and_values (body, "grouped_keys", "grouped_values");
  } else {
    sac_body_node (body, "Identity", "Q -> queries");
    repeat_keys_and_values (body, "K", "V");
  }
  attend (body, &scores, stages);
  if (split)
    merge_heads (body, "Y");
  else
    sac_body_node (body, "Identity", "context -> Y");
  if (sac_body_wants (body, 3) && !body->failed) {
    g_autofree char *edges =
      g_strdup_printf ("%s -> qk_matmul_output", stages[mode]);

    sac_body_node (body, "Identity", edges);
  }
}

/* A mask of ONNX Runtime's as what is added to the scores: a number for each
 * key that is seen (1) or not (0), or how many keys of each image there are.
 * What is not seen gets mask_filter_value, so that where nothing is seen all is
 * seen alike.  bias: what is added already, or NULL.  Returns: the sum. */
static const char *
add_key_mask (SacBody *body, size_t input, const char *name, const char *bias)
{
  static const int64_t axes[3][2] = {{1, 2}, {1, 2}, {1, -1}};
  int rank = sac_body_rank (body, input);
  float hidden = sac_body_float (body, "mask_filter_value", -10000);
  g_autofree char *seen = g_strdup_printf ("%s -> mask_seen", name);
  g_autofree char *apart =
    g_strdup_printf ("mask_hidden,mask_axes -> %s",
                     bias != NULL ? "mask_own" : "mask_sum");
  g_autofree char *sum =
    g_strdup_printf ("mask_own,%s -> mask_sum", bias != NULL ? bias : "");

  if (!sac_body_has (body, input))
    return bias;
  if (rank != 2 && rank != 3) {
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "its input %zu (%s) is supported with one number for "
                     "each key or for each query and key alone",
                     input, name);
    return bias;
  }
  sac_body_node (body, "Cast", seen);
  sac_body_set_int (body, "to", SAC_TYPE_BOOL);
  sac_body_number (body, "mask_value", hidden, "queries");
  sac_body_number (body, "mask_nothing", 0, "queries");
  sac_body_node (body, "Where",
                 "mask_seen,mask_nothing,mask_value -> mask_hidden");
  sac_body_ints (body, "mask_axes", axes[rank - 1], rank == 2 ? 2 : 1);
  sac_body_node (body, "Unsqueeze", apart);
  if (bias != NULL)
    sac_body_node (body, "Add", sum);
  return "mask_sum";
}

/* Attributes that both of ONNX Runtime's ops have. */
static int64_t
read_runtime (SacBody *body, Scores *scores)
{
  int64_t heads = sac_body_int (body, "num_heads", 0);

  read_scores (body, scores);
  if (scores->scale == 0)
    scores->has_scale = false;
  scores->is_causal = sac_body_int (body, "unidirectional", 0) != 0;
  if (heads < 1)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "it does not say how many heads it has");
  return heads;
}

/* mask: input with the mask, called mask_name. */
static void
finish_runtime (SacBody *body,
                Scores *scores,
                size_t mask,
                const char *mask_name)
{
  const char *stages[4];

  scores->mask = add_key_mask (body, mask, mask_name, scores->mask);
  attend (body, scores, stages);
  merge_heads (body, "output");
}

/* Weights and bias hold queries, keys and values one behind the other, of the
 * same width unless qkv_hidden_sizes says otherwise. */
static void
write_runtime_attention (SacBody *body)
{
  Scores scores = {.mask = sac_body_has (body, 5) ? "attention_bias" : NULL};
  int64_t heads = read_runtime (body, &scores);
  size_t count;
  const int64_t *sizes = sac_body_int_list (body, "qkv_hidden_sizes", &count);
  const char *packed = sac_body_has (body, 2) ? "packed_biased" : "packed";
  g_autofree char *split =
    g_strdup_printf (count > 0 ? "%s,sizes -> q,k,v" : "%s -> q,k,v", packed);

  sac_body_refuse_input (body, 4, "past");
  sac_body_refuse_input (body, 6, "past_sequence_length");
  sac_body_refuse_output (body, 1, "present");
  if (sac_body_int (body, "do_rotary", 0) != 0)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "rotary positions (do_rotary) are not supported");
  if (count != 0 && count != 3)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "qkv_hidden_sizes has %zu entries, not 3", count);
  sac_body_node (body, "MatMul", "input,weights -> packed");
  if (sac_body_has (body, 2))
    sac_body_node (body, "Add", "packed,bias -> packed_biased");
  if (count > 0)
    sac_body_ints (body, "sizes", sizes, count);
  sac_body_node (body, "Split", split);
  sac_body_set_int (body, "axis", -1);
  if (count == 0)
    sac_body_set_int (body, "num_outputs", 3);
  split_heads (body, "q", "queries", heads);
  split_heads (body, "k", "keys", heads);
  split_heads (body, "v", "values", heads);
  finish_runtime (body, &scores, 3, "mask_index");
}

/* parts of [B, S, heads, parts, d], each to [B, heads, S, d]. */
static void
unpack (SacBody *body, const char *from, const char *const *to, size_t parts)
{
  g_autoptr (GString) split = g_string_new (from);

  for (size_t i = 0; i < parts; i++)
    g_string_append_printf (split, "%s%s_packed", i == 0 ? " -> " : ",", to[i]);
  sac_body_node (body, "Split", split->str);
  sac_body_set_int (body, "axis", 3);
  sac_body_set_int (body, "num_outputs", (int64_t)parts);
  sac_body_int_constants (body, "packed_axis", 3);
  for (size_t i = 0; i < parts; i++) {
    g_autofree char *squeeze =
      g_strdup_printf ("%s_packed,packed_axis -> %s_tokens", to[i], to[i]);
    g_autofree char *turn = g_strdup_printf ("%s_tokens -> %s", to[i], to[i]);

    sac_body_node (body, "Squeeze", squeeze);
    sac_body_node (body, "Transpose", turn);
    sac_body_set_int_list (body, "perm", 0, 2, 1, 3);
  }
}

/* Queries, keys and values in one tensor, or keys and values; without bias. */
static void
write_packed (SacBody *body, Scores *scores, int64_t heads)
{
  static const char *const names[] = {"queries", "keys", "values"};
  bool all = !sac_body_has (body, 1);

  if (sac_body_has (body, 2) || sac_body_has (body, 3))
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "packed queries, keys and values with a bias or separate "
                     "values are not supported");
  if (!all)
    split_heads (body, "query", "queries", heads);
  unpack (body, all ? "query" : "key", all ? names : names + 1, all ? 3 : 2);
  finish_runtime (body, scores, 4, "key_padding_mask");
}

static void
write_multi_head_attention (SacBody *body)
{
  Scores scores = {.mask = sac_body_has (body, 5) ? "attention_bias" : NULL};
  int64_t heads = read_runtime (body, &scores);
  bool has_bias = sac_body_has (body, 3);

  sac_body_refuse_input (body, 6, "past_key");
  sac_body_refuse_input (body, 7, "past_value");
  sac_body_refuse_input (body, 8, "past_sequence_length");
  sac_body_refuse_input (body, 9, "cache_indirection");
  sac_body_refuse_output (body, 1, "present_key");
  sac_body_refuse_output (body, 2, "present_value");
  sac_body_refuse_output (body, 3, "qk");
  if (!sac_body_has (body, 1) || !sac_body_has (body, 2)) {
    write_packed (body, &scores, heads);
    return;
  }
  for (size_t i = 0; i < 3; i++) {
    if (sac_body_rank (body, i) > 3)
      sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                       "its input %zu has %d axes; only 3 are supported", i,
                       sac_body_rank (body, i));
  }
  if (has_bias) {
    sac_body_node (body, "Split", "bias -> bias_q,bias_k,bias_v");
    sac_body_set_int (body, "axis", 0);
    sac_body_set_int (body, "num_outputs", 3);
  }
  sac_body_node (body, has_bias ? "Add" : "Identity",
                 has_bias ? "query,bias_q -> q" : "query -> q");
  sac_body_node (body, has_bias ? "Add" : "Identity",
                 has_bias ? "key,bias_k -> k" : "key -> k");
  sac_body_node (body, has_bias ? "Add" : "Identity",
                 has_bias ? "value,bias_v -> v" : "value -> v");
  split_heads (body, "q", "queries", heads);
  split_heads (body, "k", "keys", heads);
  split_heads (body, "v", "values", heads);
  finish_runtime (body, &scores, 4, "key_padding_mask");
}

const SacDecomposition sac_decompose_attention[] = {
  {
    .domain = "",
    .op_type = "Attention",
    .opset_min = 23,
    .inputs_min = 3,
    .inputs = "Q,K,V,attn_mask,past_key,past_value,nonpad_kv_seqlen",
    .outputs = "Y,present_key,present_value,qk_matmul_output",
    .write = write_attention,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "Attention",
    .inputs_min = 2,
    .inputs = "input,weights,bias,mask_index,past,attention_bias,"
              "past_sequence_length",
    .outputs = "output,present",
    .write = write_runtime_attention,
  },
  {
    .domain = SAC_DOMAIN_MICROSOFT,
    .op_type = "MultiHeadAttention",
    .inputs_min = 1,
    .inputs = "query,key,value,bias,key_padding_mask,attention_bias,past_key,"
              "past_value,past_sequence_length,cache_indirection",
    .outputs = "output,present_key,present_value,qk",
    .write = write_multi_head_attention,
  },
  {NULL},
};
