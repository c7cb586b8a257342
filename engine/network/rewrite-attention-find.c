/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention in its parts, found from its Softmax: back through scale, bias and
 * mask to the product of queries and keys, forward through casts and guards to
 * the product with the values.  All that lies between has to be private. */
#include "network/rewrite-attention.h"

#include <math.h>
#include <string.h>

/* Nodes looked at for one Softmax, in all. */
#define VISITS_MAX 64

/* Sides beyond this stay in their parts: tables of offsets would grow, and a
 * tile holds whole rows of keys. */
#define SIDE_MAX ((int64_t)1 << 20)
#define KEYS_MAX ((int64_t)1 << 17)

static const SacNode *
node_at (const SacAttentionMatch *match, int index)
{
  return &match->plan->graph->nodes[index];
}

static const SacShape *
shape_of (const SacAttentionMatch *match, int value)
{
  return &match->plan->infos[value].shape;
}

static bool
is_f32 (const SacAttentionMatch *match, int value)
{
  return value >= 0 &&
         sac_type_get_kind (match->plan->infos[value].type) == SAC_KIND_F32;
}

/* A known tensor whose elements are all the same. */
static bool
get_number (const SacAttentionMatch *match, int value, float *ret_number)
{
  const SacTensor *constant =
    value >= 0 ? match->plan->infos[value].constant : NULL;

  if (constant == NULL || constant->data == NULL ||
      sac_tensor_get_kind (constant) != SAC_KIND_F32 ||
      sac_tensor_get_count (constant) == 0 ||
      sac_tensor_get_count (constant) > SIDE_MAX)
    return false;

  const float *elements = sac_tensor_f32 (constant);
  int64_t count = sac_tensor_get_count (constant);

  if (count > match->rewrite->looks_left)
    return false;
  for (int64_t i = 1; i < count; i++) {
    if (memcmp (&elements[i], &elements[0], sizeof *elements) != 0)
      return false;
  }
  match->rewrite->looks_left -= count;
  *ret_number = elements[0];
  return true;
}

/* The node only changes elements of the value: nothing is repeated. */
static bool
keeps_size (const SacAttentionMatch *match, int value, const SacNode *node)
{
  return sac_shape_size (shape_of (match, value)) ==
         sac_shape_size (shape_of (match, node->outputs[0]));
}

static bool
push_step (SacAttentionMatch *match, SacFoundStep step)
{
  if (match->step_count == SAC_ATTENTION_STEPS)
    return false;
  match->steps[match->step_count++] = step;
  return true;
}

static bool find_scores (SacAttentionMatch *match, int value);

/* One operand of a node is the way on, the step takes the other. */
static bool
go_on (SacAttentionMatch *match, int value, SacFoundStep step)
{
  int count = match->step_count;

  if (push_step (match, step) && find_scores (match, value))
    return true;
  match->step_count = count;
  return false;
}

static bool
go_through_scale (SacAttentionMatch *match, const SacNode *node, bool divides)
{
  for (int i = 0; i < (divides ? 1 : 2); i++) {
    int other = node->inputs[1 - i];
    SacFoundStep step = {.kind =
                           divides ? SAC_SCORE_DIVIDE : SAC_SCORE_MULTIPLY,
                         .value = -1,
                         .result = node->outputs[0]};

    if (!keeps_size (match, node->inputs[i], node))
      continue;
    if (!get_number (match, other, &step.number)) {
      if (divides || match->plan->infos[other].constant == NULL ||
          !is_f32 (match, other))
        continue;
      step.kind = SAC_SCORE_SCALE;
      step.value = other;
    }
    if (go_on (match, node->inputs[i], step))
      return true;
  }
  return false;
}

static bool
go_through_add (SacAttentionMatch *match, const SacNode *node)
{
  for (int i = 0; i < 2; i++) {
    SacFoundStep step = {.kind = SAC_SCORE_ADD,
                         .value = node->inputs[1 - i],
                         .result = node->outputs[0]};

    if (is_f32 (match, step.value) && step.value != node->inputs[i] &&
        keeps_size (match, node->inputs[i], node) &&
        go_on (match, node->inputs[i], step))
      return true;
  }
  return false;
}

static bool
go_through_where (SacAttentionMatch *match, const SacNode *node)
{
  for (int i = 1; i < 3; i++) {
    SacFoundStep step = {.kind = SAC_SCORE_SELECT,
                         .where = i == 2,
                         .value = node->inputs[0],
                         .result = node->outputs[0]};

    if (get_number (match, node->inputs[3 - i], &step.number) &&
        keeps_size (match, node->inputs[i], node) &&
        go_on (match, node->inputs[i], step))
      return true;
  }
  return false;
}

/* Queries and keys both depend on the data. */
static bool
is_product (SacAttentionMatch *match, int index)
{
  const SacNode *node = node_at (match, index);

  if (node->input_count != 2 || !is_f32 (match, node->inputs[0]) ||
      !is_f32 (match, node->inputs[1]) ||
      match->plan->infos[node->inputs[0]].constant != NULL ||
      match->plan->infos[node->inputs[1]].constant != NULL)
    return false;
  match->product = index;
  return true;
}

/* Looks for the product from the value on, back.  Private values only. */
static bool
find_scores (SacAttentionMatch *match, int value)
{
  const SacRewrite *rewrite = match->rewrite;
  int index = sac_rewrite_producer (rewrite, value);

  if (index < 0 || sac_rewrite_only_reader (rewrite, value) < 0 ||
      ++match->visits > VISITS_MAX || !is_f32 (match, value))
    return false;

  const SacNode *node = node_at (match, index);

  if (sac_rewrite_is_alias (rewrite, index))
    return find_scores (match, node->inputs[0]);
  if (sac_rewrite_is (rewrite, index, "Mul"))
    return go_through_scale (match, node, false);
  if (sac_rewrite_is (rewrite, index, "Div"))
    return go_through_scale (match, node, true);
  if (sac_rewrite_is (rewrite, index, "Add"))
    return go_through_add (match, node);
  if (sac_rewrite_is (rewrite, index, "Where"))
    return go_through_where (match, node);
  return (sac_rewrite_is (rewrite, index, "MatMul") ||
          sac_rewrite_is (rewrite, index, "Einsum")) &&
         is_product (match, index);
}

/* Where (IsNaN (value), number, value).  Returns: the Where, or -1. */
static int
find_guard (const SacAttentionMatch *match, int value)
{
  const SacRewrite *rewrite = match->rewrite;
  const int *readers = rewrite->readers + rewrite->starts[value];

  if (sac_rewrite_reader_count (rewrite, value) != 2)
    return -1;
  for (int i = 0; i < 2; i++) {
    int test = readers[i], choice = readers[1 - i];

    if (!sac_rewrite_is (rewrite, test, "IsNaN") ||
        !sac_rewrite_is (rewrite, choice, "Where"))
      continue;

    const int *inputs = node_at (match, choice)->inputs;

    if (inputs[0] == node_at (match, test)->outputs[0] && inputs[2] == value &&
        sac_rewrite_only_reader (rewrite, inputs[0]) == choice)
      return choice;
  }
  return -1;
}

static bool
swaps_last_axes (const SacAttentionMatch *match, const SacNode *node)
{
  int rank = shape_of (match, node->inputs[0])->rank;
  const SacAttribute *given = sac_rewrite_attribute (node, "perm");
  const int64_t *perm = given != NULL ? given->ints : NULL;

  for (int i = 0; i < rank && perm != NULL; i++) {
    int expected = i < rank - 2 ? i : 2 * rank - 3 - i;

    if (perm[i] != expected)
      return false;
  }
  return perm != NULL ? rank >= 2 : rank == 2;
}

/* Through one node that reads the probabilities.  Returns: what it makes of
 * them, or -1. */
static int
pass_reader (SacAttentionMatch *match, int value, int reader)
{
  const SacRewrite *rewrite = match->rewrite;
  const SacNode *node = node_at (match, reader);
  int result = node->outputs[0];
  float number;

  if (sac_rewrite_is (rewrite, reader, "Where")) {
    if (match->of.guarded || match->of.rounding != SAC_TYPE_UNKNOWN ||
        !get_number (match, node->inputs[1], &number) ||
        !keeps_size (match, value, node))
      return -1;
    match->of.guarded = true;
    match->of.guard = number;
    return result;
  }
  if (sac_rewrite_is_alias (rewrite, reader) && node->inputs[0] == value &&
      !match->turned)
    return result;
  if (sac_rewrite_is (rewrite, reader, "Cast") &&
      match->of.rounding == SAC_TYPE_UNKNOWN && is_f32 (match, result)) {
    match->of.rounding = match->plan->infos[result].type;
    return result;
  }
  if (sac_rewrite_is (rewrite, reader, "Transpose") && !match->turned &&
      swaps_last_axes (match, node)) {
    match->turned = true;
    return result;
  }
  return -1;
}

static int
find_reader (const SacAttentionMatch *match, int value)
{
  int guard = find_guard (match, value);
  bool pinned = match->rewrite->pinned[value];

  if (pinned && !match->ignore_pins)
    return -1;
  if (guard >= 0 || sac_rewrite_reader_count (match->rewrite, value) != 1)
    return guard;
  return match->rewrite->readers[match->rewrite->starts[value]];
}

/* From the Softmax's output forward to the product with the values. */
static bool
find_context (SacAttentionMatch *match,
              int value,
              SacAttentionProduct *ret_product)
{
  for (int reader = find_reader (match, value);
       reader >= 0 && ++match->visits <= VISITS_MAX;
       reader = find_reader (match, value)) {
    if (!match->turned)
      g_array_append_val (match->weights, value);
    if (sac_attention_view_context (match->rewrite, reader, value,
                                    match->turned, ret_product, &match->last))
      return is_f32 (match, ret_product->right_value);
    value = pass_reader (match, value, reader);
    if (value < 0)
      return false;
  }
  return false;
}

/* Along the keys only: one axis that is all of them, or before opset 13 the
 * axes from one on. */
static bool
is_over_keys (const SacAttentionMatch *match, const SacNode *node)
{
  const SacShape *shape = shape_of (match, node->outputs[0]);
  int64_t given = sac_rewrite_int (node, "axis", node->opset < 13 ? 1 : -1);
  int queries, keys, axis;

  if (!sac_shape_axis (shape, given, &axis) ||
      !sac_attention_split_axes (shape, match->of.queries, match->of.keys,
                                 &queries, &keys))
    return false;
  if (node->opset < 13)
    return sac_shape_product (shape, axis, shape->rank) == match->of.keys;
  return shape->dims[axis] == match->of.keys &&
         sac_shape_product (shape, axis + 1, shape->rank) == 1;
}

static bool
fill_steps (SacAttentionMatch *match)
{
  SacFusedAttention *of = &match->of;

  for (int i = match->step_count; i > 0; i--) {
    const SacFoundStep *found = &match->steps[i - 1];
    SacScoreStep *step = &of->steps[of->step_count++];

    step->kind = found->kind;
    step->number = found->number;
    step->where = found->where;
    if (found->value < 0)
      continue;
    if (!sac_attention_view_operand (shape_of (match, found->value),
                                     shape_of (match, found->result), of,
                                     &step->view))
      return false;
    step->input = match->input_count;
    match->inputs[match->input_count++] = found->value;
  }
  return true;
}

static bool
fits (const SacAttentionProduct *scores, const SacAttentionProduct *context)
{
  return scores->batch == context->batch && scores->rows == context->rows &&
         scores->columns == context->inner && scores->batch <= SIDE_MAX &&
         scores->rows <= SIDE_MAX && scores->columns <= KEYS_MAX &&
         scores->inner <= SIDE_MAX && context->columns <= SIDE_MAX;
}

/* Fills the match from its Softmax. */
static bool
find_attention (SacAttentionMatch *match, int softmax)
{
  const SacNode *node = node_at (match, softmax);
  SacFusedAttention *of = &match->of;
  SacAttentionProduct scores = {0}, context = {0};

  if (!is_f32 (match, node->outputs[0]) ||
      !find_scores (match, node->inputs[0]) ||
      !sac_attention_view_scores (match->rewrite, match->product, &scores) ||
      !find_context (match, node->outputs[0], &context) ||
      !fits (&scores, &context))
    return false;
  of->batch = scores.batch;
  of->queries = scores.rows;
  of->keys = scores.columns;
  of->depth = scores.inner;
  of->width = context.columns;
  of->query = scores.left;
  of->key = scores.right;
  of->value = context.right;
  of->context = context.result;
  match->inputs[0] = scores.left_value;
  match->inputs[1] = scores.right_value;
  match->inputs[2] = context.right_value;
  match->input_count = 3;
  of->apart = scores.left_value == scores.right_value &&
              scores.left_value == context.right_value &&
              sac_attention_is_apart (&of->query, &of->key) &&
              sac_attention_is_apart (&of->query, &of->value) &&
              sac_attention_is_apart (&of->key, &of->value);
  if (fabsf (scores.scale - 1) > 0 &&
      !push_step (match, (SacFoundStep){.kind = SAC_SCORE_MULTIPLY,
                                        .number = scores.scale,
                                        .value = -1}))
    return false;

  int result = node_at (match, match->last)->outputs[0];

  of->context_shape = *shape_of (match, result);
  of->type = match->plan->infos[result].type;
  return is_over_keys (match, node) && fill_steps (match);
}

SacAttentionMatch *
sac_attention_match_new (SacRewrite *rewrite, int softmax, bool ignore_pins)
{
  g_autoptr (SacAttentionMatch) match = g_new0 (SacAttentionMatch, 1);

  match->plan = rewrite->plan;
  match->rewrite = rewrite;
  match->ignore_pins = ignore_pins;
  match->weights = g_array_new (FALSE, FALSE, sizeof (int));
  return find_attention (match, softmax) ? g_steal_pointer (&match) : NULL;
}

void
sac_attention_match_free (SacAttentionMatch *match)
{
  if (match == NULL)
    return;
  g_array_unref (match->weights);
  g_free (match);
}
