/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-reduced.h"

static const SacFoundAttention *
find_block (const SacAttentionRun *self, int value)
{
  for (guint i = 0; i < self->blocks->len; i++) {
    const SacFoundAttention *found =
      &g_array_index (self->blocks, SacFoundAttention, i);

    if (found->attention.value == value)
      return found;
  }
  g_assert_not_reached ();
}

static size_t
kept_bytes (const SacAttentionRun *self,
            const int *values,
            guint count,
            bool gradients)
{
  size_t bytes = 0;

  for (guint i = 0; i < count; i++)
    bytes +=
      (size_t)sac_shape_size (sac_flow_shape (self->run->flow, values[i])) *
      sizeof (float) * (gradients ? 2 : 1);
  return bytes;
}

static bool
is_too_large (const SacAttentionRun *self,
              const int *values,
              guint count,
              bool gradients)
{
  size_t limit = self->run->request->attention_bytes;

  return kept_bytes (self, values, count, gradients) >
         (limit > 0 ? limit : SAC_ATTENTION_KEPT_BYTES);
}

static SacReduceUse
find_use (SacAttentionUse use)
{
  switch (use) {
  case SAC_ATTENTION_WEIGHTS:
    return SAC_REDUCE_WEIGHTS;
  case SAC_ATTENTION_POSITIVE:
    return SAC_REDUCE_POSITIVE;
  case SAC_ATTENTION_PRODUCT:
    return SAC_REDUCE_PRODUCT;
  case SAC_ATTENTION_GRADIENTS:
    return SAC_REDUCE_RISE;
  }
  g_assert_not_reached ();
}

static SacReduceHeads
find_heads (SacHeadMode mode)
{
  switch (mode) {
  case SAC_HEAD_MEAN:
    return SAC_REDUCE_HEADS_MEAN;
  case SAC_HEAD_MAX:
    return SAC_REDUCE_HEADS_MAX;
  case SAC_HEAD_MIN:
    return SAC_REDUCE_HEADS_MIN;
  case SAC_HEAD_ONE:
    return SAC_REDUCE_HEADS_ONE;
  }
  g_assert_not_reached ();
}

static void
clear (SacAttentionRun *self)
{
  if (self->wishes == NULL)
    self->wishes = g_array_new (FALSE, FALSE, sizeof (SacPlanReduction));
  g_array_set_size (self->wishes, 0);
}

static SacPlanReduction
make_wish (const SacAttentionRun *self, const SacAttention *attention)
{
  return (SacPlanReduction){
    .value = self->run->graph->values[attention->value].name,
    .head = self->run->request->head,
    .head_axis = attention->head_axis,
    .head_count = attention->head_axis >= 0 ? attention->heads : 1,
    .query = SAC_REDUCE_ALL_QUERIES,
  };
}

/* The plan of the request's score has no nodes that the score does not depend
 * on; attention among those is tried on its own. */
static bool
is_reducible (const SacAttentionRun *self, const SacAttention *attention)
{
  const SacExplainRun *run = self->run;
  const char *none[] = {NULL};
  SacPlanReduction wish = make_wish (self, attention);
  const SacPlanRequest request = {
    .input_shapes = run->shapes,
    .outputs = none,
    .reductions = &wish,
    .reduction_count = 1,
  };

  if (sac_plan_can_reduce (run->plan, attention->value))
    return true;

  g_autoptr (SacPlan) plan = sac_plan_get (run->network, &request, NULL, NULL);

  return plan != NULL;
}

/* The plan gives matrices of queries x keys: the last axes must be that. */
static bool
can_reduce (const SacAttentionRun *self, const SacAttention *attention)
{
  const SacShape *shape = sac_flow_shape (self->run->flow, attention->value);
  int query = attention->query_axis;

  return query >= 0 && attention->key_axis == shape->rank - 1 &&
         attention->head_axis < query &&
         shape->dims[attention->key_axis] == attention->keys &&
         sac_shape_product (shape, query, attention->key_axis) ==
           attention->queries &&
         is_reducible (self, attention);
}

guint
sac_attention_reduced_plan (SacAttentionRun *self,
                            int *values,
                            guint count,
                            bool gradients)
{
  const SacExplainRequest *request = self->run->request;
  guint kept = 0;

  clear (self);
  if (!is_too_large (self, values, count, gradients))
    return count;
  for (guint i = 0; i < count; i++) {
    const SacAttention *attention = &find_block (self, values[i])->attention;
    bool has_head = request->head_mode != SAC_HEAD_ONE ||
                    (request->head >= 0 && request->head < attention->heads);

    if (!can_reduce (self, attention) || !has_head) {
      values[kept++] = values[i];
      continue;
    }

    SacPlanReduction wish = make_wish (self, attention);

    wish.use = find_use (self->use);
    wish.heads = find_heads (request->head_mode);
    g_array_append_val (self->wishes, wish);
  }
  return kept;
}

/* Windows have padding, which is no query. */
bool
sac_attention_reduced_plan_heads (SacAttentionRun *self)
{
  const SacFoundAttention *found =
    &g_array_index (self->blocks, SacFoundAttention, self->last);
  const SacAttention *attention = &found->attention;

  clear (self);
  if (!is_too_large (self, &attention->value, 1, true) ||
      !can_reduce (self, attention) ||
      (attention->kind != SAC_ATTENTION_GLOBAL &&
       attention->kind != SAC_ATTENTION_CROSS) ||
      found->groups != MIN (found->groups, sac_flow_batch (self->run->flow)))
    return false;

  SacPlanReduction wish = make_wish (self, attention);

  wish.heads = SAC_REDUCE_HEADS_EACH;
  wish.query =
    self->asking.token >= 0 ? self->asking.token : SAC_REDUCE_MEAN_QUERY;
  wish.use = SAC_REDUCE_WEIGHTS;
  g_array_append_val (self->wishes, wish);
  wish.use = SAC_REDUCE_GRADIENTS;
  g_array_append_val (self->wishes, wish);
  return true;
}

const SacTensor *
sac_attention_reduced_weights (const SacAttentionRun *self, int value)
{
  const char *name = self->run->graph->values[value].name;

  for (guint i = 0; self->wishes != NULL && i < self->wishes->len; i++) {
    if (g_array_index (self->wishes, SacPlanReduction, i).value == name)
      return sac_explain_run_reduction (self->run, i);
  }
  return NULL;
}

const float *
sac_attention_reduced_head (const SacAttentionRun *self,
                            int head,
                            bool gradients)
{
  const SacFoundAttention *found =
    &g_array_index (self->blocks, SacFoundAttention, self->last);
  const SacTensor *rows =
    sac_explain_run_reduction (self->run, gradients ? 1 : 0);
  int64_t at = sac_attention_run_sample (self, found) * found->attention.heads;

  return sac_tensor_f32 (rows) + (at + head) * found->attention.keys;
}
