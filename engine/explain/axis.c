/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/axis.h"

/* A chain longer than this is no longer followed: the papers' networks stay
 * below a thousand steps, and a graph made to be slow must not be. */
#define STEPS_MAX 4096

static const char *const movers[] = {
  "Concat", "Expand", "Flatten", "Gather",    "Identity",  "Pad", "Reshape",
  "Slice",  "Split",  "Squeeze", "Transpose", "Unsqueeze", NULL,
};

/* Ops whose output 0 keeps the axes of its operands, aligned to the right as
 * broadcasting does. */
static const char *const keepers[] = {
  "Abs",
  "Add",
  "BatchNormalization",
  "BiasGelu",
  "Cast",
  "Celu",
  "Clip",
  "Div",
  "Dropout",
  "Elu",
  "Erf",
  "Exp",
  "Expand",
  "FastGelu",
  "Gelu",
  "GroupNormalization",
  "HardSigmoid",
  "HardSwish",
  "Identity",
  "InstanceNormalization",
  "LayerNormalization",
  "LeakyRelu",
  "Log",
  "LogSoftmax",
  "LpNormalization",
  "Max",
  "Min",
  "Mish",
  "Mul",
  "Neg",
  "PRelu",
  "Pad",
  "Pow",
  "QuickGelu",
  "RMSNormalization",
  "Reciprocal",
  "Relu",
  "Selu",
  "Sigmoid",
  "SkipLayerNormalization",
  "Slice",
  "Softmax",
  "Softplus",
  "Softsign",
  "Split",
  "Sqrt",
  "Sub",
  "Sum",
  "Swish",
  "Tanh",
  "ThresholdedRelu",
  "Where",
  NULL,
};

static const char *const reshapers[] = {
  "Flatten", "Reshape", "Squeeze", "Unsqueeze", NULL,
};

static const char *const reducers[] = {
  "ReduceL1",  "ReduceL2",  "ReduceLogSumExp", "ReduceMax", "ReduceMean",
  "ReduceMin", "ReduceSum", "ReduceSumSquare", NULL,
};

static const char *const pools[] = {
  "AveragePool",   "GlobalAveragePool",
  "GlobalMaxPool", "LpPool",
  "MaxPool",       "Resize",
  "Upsample",      NULL,
};

bool
sac_node_is_layout (const SacNode *node)
{
  return sac_node_is_any (node, movers) || sac_node_is (node, "Cast") ||
         sac_node_is (node, "Dropout");
}

bool
sac_node_is_positionwise (const SacNode *node)
{
  static const char *const movers_too[] = {
    "Expand", "LogSoftmax", "Pad", "Slice", "Softmax", "Split", NULL,
  };

  return sac_node_is_any (node, keepers) && !sac_node_is_any (node, movers_too);
}

static int
transpose_axis (const SacFlow *flow,
                const SacNode *node,
                const SacShape *shape,
                int axis)
{
  const int64_t *perm;
  size_t count;

  if (!sac_node_ints (flow, node, "perm", SIZE_MAX, &perm, &count))
    return shape->rank - 1 - axis;
  return axis < (int)count ? (int)perm[axis] : -1;
}

/* Input axes [*ret_from, *ret_to) whose elements became output axis `axis` and
 * its group: the shortest runs of axes with equal products. */
static bool
reshape_group (
  const SacShape *in, const SacShape *out, int axis, int *ret_from, int *ret_to)
{
  int i = 0, j = 0;

  while (i < in->rank && j < out->rank) {
    int from = i, start = j;
    int64_t a = in->dims[i++], b = out->dims[j++];

    while (a != b) {
      if (a < b ? i == in->rank : j == out->rank)
        return false;
      if (a < b)
        a *= in->dims[i++];
      else
        b *= out->dims[j++];
    }
    if (axis >= start && axis < j) {
      *ret_from = from;
      *ret_to = i;
      return true;
    }
  }
  return false;
}

/* Of a run of merged axes the last with more than one element stands for all:
 * that is a spatial axis where a batch and windows were merged. */
static int
reshape_axis (const SacShape *in, const SacShape *out, int axis)
{
  int from, to;

  if (out->dims[axis] == 1 || !reshape_group (in, out, axis, &from, &to))
    return -1;
  while (to > from) {
    if (in->dims[--to] > 1)
      return to;
  }
  return -1;
}

static int
gather_axis (const SacFlow *flow,
             const SacNode *node,
             const SacShape *in,
             int axis)
{
  const SacShape *indices = sac_flow_shape (flow, node->inputs[1]);
  int gathered;

  if (indices == NULL ||
      !sac_shape_axis (in, sac_node_int (node, "axis", 0), &gathered))
    return -1;
  if (axis < gathered)
    return axis;
  return axis < gathered + indices->rank ? gathered : axis - indices->rank + 1;
}

static int
reduce_axis (const SacFlow *flow,
             const SacNode *node,
             const SacShape *in,
             int axis)
{
  const int64_t *axes;
  size_t count;
  bool gone[SAC_LIMIT_RANK] = {0};
  bool keep = sac_node_int (node, "keepdims", 1) != 0;

  if (!sac_node_ints (flow, node, "axes", 1, &axes, &count))
    return -1;
  for (size_t i = 0; i < count; i++) {
    int reduced;

    if (!sac_shape_axis (in, axes[i], &reduced))
      return -1;
    gone[reduced] = true;
  }
  if (keep)
    return gone[axis] ? -1 : axis;
  for (int i = 0; i < in->rank; i++) {
    if (!gone[i] && axis-- == 0)
      return i;
  }
  return -1;
}

/* Broadcasting: the operand's axis that lies over the output's, when it is not
 * spread out there. */
static int
aligned_axis (const SacShape *in, const SacShape *out, int axis)
{
  int own = axis - (out->rank - in->rank);

  return own >= 0 && in->dims[own] > 1 ? own : -1;
}

static int
product_axis (const SacNode *node,
              size_t input,
              const SacShape *in,
              const SacShape *out,
              int axis)
{
  int rows = out->rank - 2;

  if (sac_node_is (node, "Gemm")) {
    bool turned = sac_node_int (node, input == 0 ? "transA" : "transB", 0) != 0;

    if (input > 1 || axis != (int)input)
      return -1;
    return turned ? 1 - axis : axis;
  }
  if (!sac_node_is (node, "MatMul") || in->rank < 2 || out->rank < 2)
    return -1;
  if (axis == rows)
    return input == 0 ? in->rank - 2 : -1;
  if (axis == rows + 1)
    return input == 1 ? in->rank - 1 : -1;
  return aligned_axis (in, out, axis);
}

int
sac_axis_of_operand (const SacFlow *flow,
                     const SacNode *node,
                     size_t input,
                     int axis)
{
  const SacShape *in = sac_flow_shape (flow, node->inputs[input]);
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);

  /* The outputs of a Split differ in size only. */
  if (in == NULL || out == NULL || axis < 0 || axis >= out->rank)
    return -1;
  if (sac_node_is (node, "Transpose"))
    return transpose_axis (flow, node, out, axis);
  if (sac_node_is_any (node, reshapers))
    return input == 0 ? reshape_axis (in, out, axis) : -1;
  if (sac_node_is (node, "Gather"))
    return input == 0 ? gather_axis (flow, node, in, axis) : -1;
  if (sac_node_is_any (node, reducers))
    return input == 0 ? reduce_axis (flow, node, in, axis) : -1;
  if (sac_node_is (node, "MatMul") || sac_node_is (node, "Gemm"))
    return product_axis (node, input, in, out, axis);
  if (sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose"))
    return input == 0 && axis == 0 ? 0 : -1;
  if (sac_node_is_any (node, pools))
    return input == 0 ? axis : -1;
  if (sac_node_is (node, "Concat"))
    return axis;
  if (!sac_node_is_any (node, keepers))
    return -1;
  return aligned_axis (in, out, axis);
}

bool
sac_axis_linear (const SacFlow *flow, const SacNode *node, SacLinear *ret)
{
  bool product = sac_node_is (node, "MatMul") || sac_node_is (node, "Gemm");
  bool convolution =
    sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose");

  if ((!product && !convolution) || node->input_count < 2)
    return false;

  bool first = sac_flow_depends (flow, node->inputs[0]);
  bool second = sac_flow_depends (flow, node->inputs[1]);
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);

  if (first == second || out == NULL || out->rank < 2)
    return false;
  ret->data = node->inputs[first ? 0 : 1];
  if (convolution)
    ret->feature_axis = 1;
  else
    ret->feature_axis = first ? out->rank - 1 : out->rank - 2;
  return first || product;
}

static SacAxisRole
input_role (const SacShape *shape, int axis)
{
  bool image = shape->rank == 4;
  bool channels_last = !image || (shape->dims[1] > 4 && shape->dims[3] <= 4);
  int channel = channels_last ? shape->rank - 1 : 1;

  if (axis == channel)
    return SAC_AXIS_CHANNEL;
  return axis == 0 && shape->rank > 2 ? SAC_AXIS_BATCH : SAC_AXIS_SPACE;
}

/* The role of an axis that cannot be followed further. */
static SacAxisRole
end_role (const SacFlow *flow, SacAxis axis)
{
  const SacNode *node = sac_flow_producer (flow, axis.value);
  const SacShape *shape = sac_flow_shape (flow, axis.value);
  SacLinear linear;

  if (!sac_flow_depends (flow, axis.value) || shape == NULL)
    return SAC_AXIS_UNKNOWN;
  if (node == NULL)
    return input_role (shape, axis.axis);
  if (sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose"))
    return axis.axis == 1 ? SAC_AXIS_CHANNEL : SAC_AXIS_SPACE;
  if (sac_axis_linear (flow, node, &linear) && axis.axis == linear.feature_axis)
    return SAC_AXIS_CHANNEL;
  return SAC_AXIS_UNKNOWN;
}

/* The operand to follow: of those that depend on the input and have the axis,
 * the one that is largest there (class tokens are put before many patches), and
 * among equals the one that was made first: that is the shortcut round a block,
 * which may have merged the axis with others. */
static bool
step (const SacFlow *flow, SacAxis *axis)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  const SacNode *node = sac_flow_producer (flow, axis->value);
  SacAxis best = {-1, -1};
  int64_t best_size = 0;

  for (size_t i = 0; node != NULL && i < node->input_count; i++) {
    if (!sac_flow_depends (flow, node->inputs[i]))
      continue;

    int own = sac_axis_of_operand (flow, node, i, axis->axis);

    if (own < 0)
      continue;

    int64_t size = sac_flow_shape (flow, node->inputs[i])->dims[own];
    int made = graph->values[node->inputs[i]].producer;

    if (size > best_size || (best.value >= 0 && size == best_size &&
                             made < graph->values[best.value].producer)) {
      best = (SacAxis){node->inputs[i], own};
      best_size = size;
    }
  }
  if (best.value < 0)
    return false;
  *axis = best;
  return true;
}

static bool
is_product (const SacNode *node)
{
  return sac_node_is (node, "MatMul") || sac_node_is (node, "Gemm") ||
         sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose");
}

SacAxisRole
sac_axis_origin (const SacFlow *flow,
                 SacAxis axis,
                 bool through,
                 SacAxis *ret_origin)
{
  for (int i = 0; i < STEPS_MAX; i++) {
    if (!through && is_product (sac_flow_producer (flow, axis.value)))
      break;
    if (!step (flow, &axis))
      break;
  }
  *ret_origin = axis;
  return end_role (flow, axis);
}

/* Batch norms are the last word on what a channel is: an instance norm, in
 * contrast, is also how groups of channels are written. */
SacAxisRole
sac_axis_role (const SacFlow *flow, SacAxis axis)
{
  for (int i = 0; i < STEPS_MAX; i++) {
    const SacNode *node = sac_flow_producer (flow, axis.value);

    if (axis.axis > 0 && sac_node_is (node, "BatchNormalization"))
      return axis.axis == 1 ? SAC_AXIS_CHANNEL : SAC_AXIS_SPACE;
    if (!step (flow, &axis))
      break;
  }
  return end_role (flow, axis);
}

/* Rows and columns where this node merged exactly two axes of more than one
 * element into the axis, and the first is not the batch. */
static bool
merged_pair (const SacFlow *flow,
             const SacNode *node,
             int axis,
             int64_t *ret_rows,
             int64_t *ret_columns)
{
  const SacShape *in = sac_flow_shape (flow, node->inputs[0]);
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  int from, to, pair[2], count = 0;

  if (in == NULL || out == NULL || !reshape_group (in, out, axis, &from, &to))
    return false;
  for (int i = from; i < to; i++) {
    if (in->dims[i] > 1 && count++ < 2)
      pair[count - 1] = i;
  }
  if (count != 2 || in->dims[pair[0]] * in->dims[pair[1]] != out->dims[axis] ||
      sac_axis_role (flow, (SacAxis){node->inputs[0], pair[0]}) ==
        SAC_AXIS_BATCH)
    return false;
  *ret_rows = in->dims[pair[0]];
  *ret_columns = in->dims[pair[1]];
  return true;
}

/* Whether this node puts tokens behind those of its operand `from`. */
static bool
puts_behind (const SacFlow *flow, const SacNode *node, int axis, int from)
{
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  bool passed = false;
  int joined;

  if (!sac_node_is (node, "Concat") ||
      !sac_shape_axis (out, sac_node_int (node, "axis", 0), &joined) ||
      joined != axis)
    return false;
  for (size_t i = 0; i < node->input_count; i++) {
    const SacShape *in = sac_flow_shape (flow, node->inputs[i]);

    if (passed && in != NULL && in->dims[axis] > 0)
      return true;
    passed = passed || node->inputs[i] == from;
  }
  return false;
}

bool
sac_axis_has_suffix (const SacFlow *flow, SacAxis axis)
{
  int64_t rows, columns;

  for (int i = 0; i < STEPS_MAX; i++) {
    const SacNode *node = sac_flow_producer (flow, axis.value);
    int before = axis.axis;

    if (sac_node_is_any (node, reshapers) &&
        merged_pair (flow, node, axis.axis, &rows, &columns))
      return false;
    if (!step (flow, &axis))
      return false;
    if (puts_behind (flow, node, before, axis.value))
      return true;
  }
  return false;
}

bool
sac_axis_grid (const SacFlow *flow,
               SacAxis axis,
               int64_t *ret_rows,
               int64_t *ret_columns)
{
  for (int i = 0; i < STEPS_MAX; i++) {
    const SacNode *node = sac_flow_producer (flow, axis.value);

    if (sac_node_is_any (node, reshapers) &&
        merged_pair (flow, node, axis.axis, ret_rows, ret_columns))
      return true;
    if (!step (flow, &axis))
      return false;
  }
  return false;
}
