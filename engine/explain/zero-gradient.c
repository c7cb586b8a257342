/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/zero-gradient.h"

#include "explain/axis.h"
#include "explain/cam-layout.h"
#include "explain/layout-trace.h"

#include <string.h>

/* Elements looked at in all: dozens of blocks of the papers' networks. */
#define WORK_MAX ((int64_t)1 << 28)

typedef struct {
  const SacFlow *flow;
  GHashTable *marks; /* value + 1 -> uint8_t *, 1 for each element read */
  int64_t work;
} Reading;

static uint8_t *
marks_of (const Reading *reading, int value)
{
  return g_hash_table_lookup (reading->marks, GINT_TO_POINTER (value + 1));
}

static int64_t
size_of (const Reading *reading, int value)
{
  return sac_shape_size (sac_flow_shape (reading->flow, value));
}

/* Zeros where there were none. */
static uint8_t *
marks_for (Reading *reading, int value)
{
  uint8_t *marks = marks_of (reading, value);

  if (marks == NULL) {
    marks = g_new0 (uint8_t, size_of (reading, value));
    g_hash_table_insert (reading->marks, GINT_TO_POINTER (value + 1), marks);
  }
  return marks;
}

static void
mark_all (Reading *reading, int value)
{
  memset (marks_for (reading, value), 1, size_of (reading, value));
}

static void
mark_operands (Reading *reading, const SacNode *node)
{
  for (size_t i = 0; i < node->input_count; i++) {
    if (sac_flow_depends (reading->flow, node->inputs[i]))
      mark_all (reading, node->inputs[i]);
  }
}

static bool
mark_moved (Reading *reading, const SacNode *node)
{
  g_autofree SacTensor **numbers = g_new0 (SacTensor *, node->output_count);
  g_autofree int64_t *starts = sac_layout_trace_starts (reading->flow, node);
  bool good = sac_layout_trace_numbers (reading->flow, node, numbers, NULL);

  for (size_t i = 0; i < node->output_count; i++) {
    const uint8_t *made =
      node->outputs[i] >= 0 ? marks_of (reading, node->outputs[i]) : NULL;
    int64_t count =
      good && made != NULL ? (int64_t)sac_tensor_get_count (numbers[i]) : 0;

    for (int64_t e = 0; e < count; e++) {
      size_t operand = 0;
      int64_t at =
        made[e] == 0
          ? -1
          : sac_layout_trace_find (starts, node, sac_tensor_f32 (numbers[i])[e],
                                   &operand);

      if (at >= 0)
        marks_for (reading, node->inputs[operand])[at] = 1;
    }
    g_clear_pointer (&numbers[i], sac_tensor_unref);
  }
  return good;
}

/* Where elements are kept apart: how far apart in the operand lie neighbours
 * along each axis of the output, and along each axis of the operand; 0 where
 * what lies along it is mixed. */
typedef struct {
  const SacShape *in, *out;
  int64_t out_steps[SAC_LIMIT_RANK];
  int64_t in_steps[SAC_LIMIT_RANK];
} Apart;

/* The first axis that the node mixes although it keeps it; rank: none. */
static int
first_mixed (const SacNode *node, const SacShape *shape)
{
  static const char *const norms[] = {
    "LayerNormalization", "LogSoftmax", "RMSNormalization", "Softmax", NULL,
  };
  static const char *const others[] = {
    "GroupNormalization",
    "InstanceNormalization",
    "LpNormalization",
    "SkipLayerNormalization",
    NULL,
  };
  bool old = node->opset < 13 && (sac_node_is (node, "Softmax") ||
                                  sac_node_is (node, "LogSoftmax"));
  int axis;

  if (sac_node_is_any (node, others) ||
      (sac_node_is_any (node, norms) &&
       !sac_shape_axis (shape, sac_node_int (node, "axis", old ? 1 : -1),
                        &axis)))
    return 0;
  return sac_node_is_any (node, norms) ? axis : shape->rank;
}

static void
find_apart (const SacFlow *flow, const SacNode *node, size_t input, Apart *ret)
{
  const SacShape *in = sac_flow_shape (flow, node->inputs[input]);
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  int mixed = first_mixed (node, out);
  int64_t steps[SAC_LIMIT_RANK], step = 1;

  *ret = (Apart){.in = in, .out = out};
  for (int i = in->rank - 1; i >= 0; i--) {
    steps[i] = step;
    step *= in->dims[i];
  }
  for (int i = 0; i < mixed; i++) {
    int own = sac_axis_of_operand (flow, node, input, i);

    if (own < 0 || in->dims[own] != out->dims[i])
      continue;
    ret->out_steps[i] = steps[own];
    ret->in_steps[own] = steps[own];
  }
}

/* To the next element of a shape in order, and the place that goes with it. */
static int64_t
advance (const SacShape *shape,
         const int64_t *steps,
         int64_t *index,
         int64_t place)
{
  for (int i = shape->rank - 1; i >= 0; i--) {
    place += steps[i];
    if (++index[i] < shape->dims[i])
      return place;
    place -= steps[i] * index[i];
    index[i] = 0;
  }
  return place;
}

static void
mark_apart (Reading *reading, const SacNode *node, size_t input)
{
  Apart apart;
  int64_t index[SAC_LIMIT_RANK] = {0}, place = 0;
  uint8_t *made = marks_of (reading, node->outputs[0]);
  uint8_t *marks = marks_for (reading, node->inputs[input]);

  find_apart (reading->flow, node, input, &apart);

  int64_t count = sac_shape_size (apart.in);
  g_autofree uint8_t *places = g_new0 (uint8_t, count);

  for (int64_t e = 0; e < sac_shape_size (apart.out); e++) {
    places[place] |= made[e];
    place = advance (apart.out, apart.out_steps, index, place);
  }
  memset (index, 0, sizeof index);
  place = 0;
  for (int64_t e = 0; e < count; e++) {
    marks[e] |= places[place];
    place = advance (apart.in, apart.in_steps, index, place);
  }
}

/* Each output is made of a row, a column or the like of each operand. */
static bool
keeps_apart (const Reading *reading, const SacNode *node)
{
  static const char *const ops[] = {
    "Gemm",      "LogSoftmax",      "MatMul",    "ReduceL1",
    "ReduceL2",  "ReduceLogSumExp", "ReduceMax", "ReduceMean",
    "ReduceMin", "ReduceSum",       "Softmax",   "ReduceSumSquare",
    NULL,
  };

  for (size_t i = 1; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && marks_of (reading, node->outputs[i]) != NULL)
      return false;
  }
  return sac_node_is_any (node, ops) || sac_node_is_positionwise (node);
}

static void
read_node (Reading *reading, const SacNode *node)
{
  bool known = keeps_apart (reading, node);

  for (size_t i = 0; i < node->input_count; i++) {
    if (sac_flow_depends (reading->flow, node->inputs[i]))
      reading->work += size_of (reading, node->inputs[i]);
  }
  if ((sac_node_is_layout (node) && mark_moved (reading, node)))
    return;
  if (sac_node_is_layout (node) || !known) {
    mark_operands (reading, node);
    return;
  }
  for (size_t i = 0; i < node->input_count; i++) {
    if (!sac_flow_depends (reading->flow, node->inputs[i]))
      continue;
    if (i > 0 && sac_node_is (node, "BatchNormalization"))
      mark_all (reading, node->inputs[i]);
    else
      mark_apart (reading, node, i);
  }
}

static bool
is_made_read (const Reading *reading, const SacNode *node)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && marks_of (reading, node->outputs[i]) != NULL)
      return true;
  }
  return false;
}

/* A place of any sample; prefix tokens are none. */
static bool
is_read (const Reading *reading, const SacCamTarget *target)
{
  const SacShape *shape = sac_flow_shape (reading->flow, target->value);
  const uint8_t *marks = marks_of (reading, target->value);
  int64_t cells = (int64_t)target->rows * target->columns;
  SacCamStrides strides = {.samples = 1};

  for (int64_t n = 0; marks != NULL && n < strides.samples; n++) {
    sac_cam_layout_strides (target, shape, n, &strides);
    for (int64_t i = 0; i < cells; i++) {
      for (int64_t k = 0; k < target->channels; k++) {
        if (marks[strides.start + i * strides.cell + k * strides.channel] != 0)
          return true;
      }
    }
  }
  return false;
}

/* One node further back. */
static void
step_back (Reading *reading, const SacNode *node)
{
  if (!is_made_read (reading, node))
    return;
  read_node (reading, node);
  for (size_t i = 0; i < node->output_count; i++)
    g_hash_table_remove (reading->marks,
                         GINT_TO_POINTER (node->outputs[i] + 1));
}

bool *
sac_zero_gradient_read_places (const SacFlow *flow,
                               int score,
                               int value,
                               int axis)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  const SacShape *shape = sac_flow_shape (flow, value);
  g_autoptr (GHashTable) marks =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Reading reading = {.flow = flow, .marks = marks};

  if (sac_flow_depends (flow, score))
    mark_all (&reading, score);
  for (int n = (int)graph->node_count - 1; n > graph->values[value].producer;
       n--) {
    step_back (&reading, &graph->nodes[n]);
    if (reading.work >= WORK_MAX)
      return NULL;
  }

  bool *places = g_new0 (bool, shape->dims[axis]);
  const uint8_t *read = marks_of (&reading, value);
  int64_t inner = sac_shape_product (shape, axis + 1, shape->rank);

  for (int64_t i = 0; read != NULL && i < sac_shape_size (shape); i++)
    places[i / inner % shape->dims[axis]] |= read[i] != 0;
  return places;
}

void
sac_zero_gradient_mark (const SacFlow *flow, int score, GArray *targets)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  g_autoptr (GHashTable) marks =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Reading reading = {.flow = flow, .marks = marks};
  guint left = targets->len;
  int n = (int)graph->node_count - 1;

  if (!sac_flow_depends (flow, score))
    return;
  mark_all (&reading, score);
  for (; n >= 0 && left > 0 && reading.work < WORK_MAX; n--) {
    const SacNode *node = &graph->nodes[n];

    while (left > 0) {
      SacCamTarget *last = &g_array_index (targets, SacCamTarget, left - 1);

      if (graph->values[last->value].producer < n)
        break;
      if (is_read (&reading, last))
        return;
      last->zero_gradient = true;
      left--;
    }
    step_back (&reading, node);
  }
}
