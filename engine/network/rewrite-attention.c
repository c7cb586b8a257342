/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Puts one node in the place of each attention that is found in its parts, and
 * attaches to it what is wanted of its probabilities. */
#include "network/rewrite-attention.h"

#include "base/error.h"
#include "base/limits.h"
#include "network/escape.h"

#include <string.h>

static bool
is_weights (const SacAttentionMatch *match, int value)
{
  for (guint i = 0; i < match->weights->len; i++) {
    if (g_array_index (match->weights, int, i) == value)
      return true;
  }
  return false;
}

static bool
fill_reduction (const SacAttentionMatch *match,
                const SacPlanReduced *wish,
                SacAttentionReduction *reduction)
{
  const SacPlanReduction *of = &wish->of;
  const SacShape *shape = &match->plan->infos[wish->value].shape;
  int queries, keys;

  *reduction = (SacAttentionReduction){
    .use = of->use,
    .heads = of->heads,
    .head = of->head,
    .outer = match->of.batch,
    .head_count = 1,
    .inner = 1,
    .query = of->query,
  };
  if (of->query < SAC_REDUCE_MEAN_QUERY || of->query >= match->of.queries ||
      !sac_attention_split_axes (shape, match->of.queries, match->of.keys,
                                 &queries, &keys) ||
      of->head_axis >= queries)
    return false;
  if (of->head_axis >= 0) {
    int64_t size = shape->dims[of->head_axis];

    if (of->head_count < 1 || size % of->head_count != 0)
      return false;
    reduction->head_count = of->head_count;
    reduction->outer =
      sac_shape_product (shape, 0, of->head_axis) * (size / of->head_count);
    reduction->inner = sac_shape_product (shape, of->head_axis + 1, queries);
  }
  return of->heads != SAC_REDUCE_HEADS_ONE ||
         (of->head >= 0 && of->head < reduction->head_count);
}

/* Gives a wish its value: an output of the node, or a probe. */
static int
attach (SacAttentionMatch *match, SacPlanReduced *wish)
{
  SacPlan *plan = match->plan;
  SacFusedAttention *of = &match->of;
  bool probe = sac_reduce_needs_gradient (wish->of.use);
  int place = of->output_reductions + of->probe_reductions;

  if (place == SAC_ATTENTION_REDUCTIONS ||
      !fill_reduction (match, wish, &of->reductions[place]))
    return -1;
  of->output_reductions += !probe;
  of->probe_reductions += probe;

  int value =
    sac_rewrite_add_value (plan, plan->graph->values[wish->value].name,
                           sac_attention_reduction_shape (of, &of->reductions
                                                                 [place]));
  SacPlanResult result = {.value = value, .slot = -1};

  wish->index = probe ? plan->gradient_count : plan->value_count;
  if (probe)
    plan->gradients[plan->gradient_count++] = result;
  else
    plan->values[plan->value_count++] = result;
  wish->attached = true;
  return value;
}

/* Values of the wishes with or without gradients that are for this attention.
 */
static size_t
attach_all (SacAttentionMatch *match, bool probes, int *ret_values)
{
  size_t count = 0;

  for (size_t i = 0; i < match->plan->reduction_count; i++) {
    SacPlanReduced *wish = &match->plan->reductions[i];

    if (wish->attached || sac_reduce_needs_gradient (wish->of.use) != probes ||
        !is_weights (match, wish->value))
      continue;
    ret_values[count] = attach (match, wish);
    count += ret_values[count] >= 0;
  }
  return count;
}

/* First without reductions: what cannot be one node has none either.
 * Returns: false when a reduction is too large. */
static bool
replace (SacAttentionMatch *match, GError **error)
{
  SacPlan *plan = match->plan;
  SacStore *store = plan->store;
  int values[SAC_ATTENTION_REDUCTIONS + 1];
  int *outputs = sac_store_array (store, int, SAC_ATTENTION_REDUCTIONS + 1);
  int *inputs =
    sac_store_array (store, int,
                     (size_t)match->input_count + SAC_ATTENTION_REDUCTIONS);
  SacFusedAttention *of = sac_store_alloc (store, sizeof *of);
  SacNode node =
    sac_rewrite_node (plan, (size_t)match->last,
                      &(SacRewriteOp){
                        .op = &sac_op_fused_attention,
                        .attribute = sac_fused_attention_attribute (of),
                        .inputs = match->inputs,
                        .input_count = (size_t)match->input_count,
                      });

  match->of.probe_start = match->input_count;
  *of = match->of;
  outputs[0] = node.outputs[0];
  node.outputs = outputs;
  node.output_count = 1;
  if (!sac_rewrite_replace (plan, (size_t)match->last, &node, NULL))
    return true;
  g_array_append_vals (plan->reducible, match->weights->data,
                       match->weights->len);

  size_t made = attach_all (match, false, values);

  memcpy (outputs + 1, values, made * sizeof *values);

  size_t probes = attach_all (match, true, values);

  if (made + probes == 0)
    return true;
  memcpy (inputs, match->inputs, (size_t)match->input_count * sizeof *inputs);
  memcpy (inputs + match->input_count, values, probes * sizeof *values);
  node.inputs = inputs;
  node.output_count = 1 + made;
  node.input_count = (size_t)match->input_count + probes;
  *of = match->of;
  return sac_rewrite_replace (plan, (size_t)match->last, &node, error);
}

/* Probabilities that are asked for as they are stay in their parts, unless they
 * are too many. */
static bool
check_size (SacRewrite *rewrite, int softmax, GError **error)
{
  const SacNode *node = &rewrite->plan->graph->nodes[softmax];
  int value = node->outputs[0];
  size_t bytes = (size_t)sac_shape_size (&rewrite->plan->infos[value].shape) *
                 sizeof (float);

  if (bytes <= SAC_LIMIT_ATTENTION_BYTES || !rewrite->pinned[value])
    return true;

  g_autoptr (SacAttentionMatch) match =
    sac_attention_match_new (rewrite, softmax, true);

  if (match == NULL)
    return true;

  g_autofree char *name =
    sac_escape_short (rewrite->plan->graph->values[value].name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the attention \"%s\" takes %zu MiB, more than the %zu MiB that "
               "are kept of one; what can be had of it are one query's row, "
               "the mean over queries, the mean or maximum over heads, and one "
               "head",
               name, bytes >> 20, SAC_LIMIT_ATTENTION_BYTES >> 20);
  return false;
}

static bool
check_reductions (const SacPlan *plan, GError **error)
{
  for (size_t i = 0; i < plan->reduction_count; i++) {
    const SacPlanReduced *wish = &plan->reductions[i];

    if (wish->attached)
      continue;

    g_autofree char *name =
      sac_escape_short (plan->graph->values[wish->value].name);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "\"%s\" cannot be reduced while it is computed: it is not the "
                 "weights of an attention that this program knows as one, or "
                 "it is asked for itself, or it has not these heads or queries",
                 name);
    return false;
  }
  return true;
}

bool
sac_rewrite_attention (SacPlan *plan, GError **error)
{
  g_autoptr (SacRewrite) rewrite = sac_rewrite_new (plan);

  for (size_t i = 0; i < plan->graph->node_count; i++) {
    if (!sac_rewrite_is (rewrite, (int)i, "Softmax"))
      continue;
    if (!check_size (rewrite, (int)i, error))
      return false;

    g_autoptr (SacAttentionMatch) match =
      sac_attention_match_new (rewrite, (int)i, false);

    if (match != NULL && !replace (match, error))
      return false;
  }
  return check_reductions (plan, error);
}
