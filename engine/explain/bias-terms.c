/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/bias-terms.h"

#include "tensor/rest.h"

#include <math.h>

static void
clear_term (void *data)
{
  SacBiasTerm *term = data;

  g_free (term->elements);
}

/* Values from which data flow to the score. */
static bool *
mark_read (const SacExplainRun *run)
{
  const SacGraph *graph = run->graph;
  bool *read = g_new0 (bool, graph->value_count);

  read[run->score.value] = true;
  for (size_t n = graph->node_count; n-- > 0;) {
    const SacNode *node = &graph->nodes[n];
    bool any = false;

    for (size_t i = 0; i < node->output_count; i++)
      any |= node->outputs[i] >= 0 && read[node->outputs[i]];
    for (size_t i = 0; any && i < node->input_count; i++) {
      int input = node->inputs[i];

      if (input >= 0 && graph->values[input].is_data)
        read[input] = true;
    }
  }
  return read;
}

/* Of a constant, or of one that follows from shapes and constants.  Returns:
 * NULL where there is none of floats. */
static const SacTensor *
constant_of (const SacExplainRun *run, const SacNode *node, size_t input)
{
  int value = input < node->input_count ? node->inputs[input] : -1;
  const SacValueInfo *info =
    value >= 0 ? sac_plan_get_info (run->plan, value) : NULL;
  const SacTensor *tensor = NULL;

  if (value >= 0 && !run->graph->values[value].is_data)
    tensor = info != NULL && info->constant != NULL
               ? info->constant
               : run->graph->values[value].constant;
  return tensor != NULL && sac_tensor_get_kind (tensor) == SAC_KIND_F32 ? tensor
                                                                        : NULL;
}

/* Returns: a new array. */
static float *
read_elements (const SacTensor *tensor, GError **error)
{
  int64_t count = sac_tensor_get_count (tensor);
  g_autofree float *elements = g_new (float, MAX (count, 1));

  return sac_tensor_read (tensor, 0, count, elements, error)
           ? g_steal_pointer (&elements)
           : NULL;
}

static double
float_attribute (const SacNode *node, const char *name, double fallback)
{
  const SacAttribute *found = sac_node_attribute (node, name);

  return found != NULL ? (double)found->f : fallback;
}

/* A number a channel, where channels are the second axis of `rank`. */
static SacShape
channel_shape (int64_t channels, int rank)
{
  SacShape shape = {.rank = MAX (rank - 1, 1)};

  shape.dims[0] = channels;
  for (int i = 1; i < shape.rank; i++)
    shape.dims[i] = 1;
  return shape;
}

/* shift - mean scale / sqrt (variance + epsilon). */
static bool
read_norm (const SacExplainRun *run,
           const SacNode *node,
           SacBiasTerm *term,
           GError **error)
{
  double epsilon = float_attribute (node, "epsilon", 1e-5);
  const SacTensor *scale = constant_of (run, node, 1);
  int64_t count = scale != NULL ? sac_tensor_get_count (scale) : 0;
  g_autofree float *parts = g_new (float, MAX (4 * count, 1));

  for (size_t i = 0; i < 4; i++) {
    const SacTensor *part = constant_of (run, node, i + 1);

    if (part == NULL || sac_tensor_get_count (part) != count)
      return true;
    if (!sac_tensor_read (part, 0, count, parts + i * count, error))
      return false;
  }
  term->elements = g_new (float, MAX (count, 1));
  term->shape.dims[0] = count;
  for (int64_t c = 0; c < count; c++)
    term->elements[c] =
      (float)(parts[count + c] - (double)parts[2 * count + c] * parts[c] /
                                   sqrt (parts[3 * count + c] + epsilon));
  return true;
}

static bool
read_plain (const SacTensor *tensor,
            double factor,
            SacBiasTerm *term,
            GError **error)
{
  term->shape = tensor->shape;
  term->elements = read_elements (tensor, error);
  for (int64_t i = 0;
       term->elements != NULL && i < sac_tensor_get_count (tensor); i++)
    term->elements[i] *= (float)factor;
  return term->elements != NULL;
}

/* Fills the term's elements where the node has a bias. */
static bool
read_bias (const SacExplainRun *run,
           const SacNode *node,
           SacBiasTerm *term,
           GError **error)
{
  const SacValueInfo *info = sac_plan_get_info (run->plan, term->value);
  int rank = info != NULL ? info->shape.rank : 0;
  const SacTensor *third = constant_of (run, node, 2);
  bool sum = sac_node_is (node, "Add") || sac_node_is (node, "Sub");

  if (sac_node_is (node, "BatchNormalization")) {
    if (!read_norm (run, node, term, error))
      return false;
    term->shape = channel_shape (term->shape.dims[0], rank);
    return true;
  }
  if ((sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose")) &&
      third != NULL) {
    if (!read_plain (third, 1, term, error))
      return false;
    term->shape = channel_shape (sac_tensor_get_count (third), rank);
    return true;
  }
  if (sac_node_is (node, "Gemm") && third != NULL)
    return read_plain (third, float_attribute (node, "beta", 1), term, error);
  for (size_t i = 0; sum && i < 2; i++) {
    const SacTensor *constant = constant_of (run, node, i);

    if (constant != NULL)
      return read_plain (constant, i == 1 && sac_node_is (node, "Sub") ? -1 : 1,
                         term, error);
  }
  return true;
}

GArray *
sac_bias_terms_find (const SacExplainRun *run, GError **error)
{
  const SacGraph *graph = run->graph;
  g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (SacBiasTerm));
  g_autofree bool *read = mark_read (run);

  g_array_set_clear_func (terms, clear_term);
  for (size_t n = 0; n < graph->node_count; n++) {
    const SacNode *node = &graph->nodes[n];
    SacBiasTerm term = {.value =
                          node->output_count > 0 ? node->outputs[0] : -1};

    if (term.value < 0 || !read[term.value] ||
        !graph->values[term.value].is_data)
      continue;
    if (!read_bias (run, node, &term, error))
      return NULL;
    if (term.elements != NULL)
      g_array_append_val (terms, term);
  }
  return g_steal_pointer (&terms);
}

void
sac_bias_term_multiply (const SacBiasTerm *term,
                        const SacTensor *gradient,
                        float *ret)
{
  const SacShape *shape = &gradient->shape;
  int64_t steps[SAC_LIMIT_RANK] = {0}, place[SAC_LIMIT_RANK] = {0};
  int64_t count = sac_tensor_get_count (gradient), at = 0, step = 1;
  const float *values = sac_tensor_f32 (gradient);

  /* The bias's axes are the value's last ones; those of length 1 repeat. */
  for (int k = 1; k <= term->shape.rank && k <= shape->rank; k++) {
    int64_t size = term->shape.dims[term->shape.rank - k];

    steps[shape->rank - k] = size > 1 ? step : 0;
    step *= size;
  }
  for (int64_t i = 0; i < count; i++) {
    ret[i] = term->elements[at] * values[i];
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++place[axis] < shape->dims[axis])
        break;
      at -= steps[axis] * shape->dims[axis];
      place[axis] = 0;
    }
  }
}
