/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Nodes are in order, so that one walk from the first to the last finds what is
 * known of each; the walk goes on where it stopped. */
#include "network/graph-rank.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a value; -1: nothing. */
typedef struct {
  int rank;
  int64_t count; /* elements of a list, which may be the shape of another */
} Known;

typedef enum {
  KEEP, /* the axes of input 0, and their sizes when it is a list */
  PART, /* the axes of input 0 */
  SLICE,
  BROADCAST, /* of whichever input has most */
  PRODUCT,
  GATHER,
  ONE_HOT,
  SQUEEZE,
  UNSQUEEZE,
  REDUCE,
  ARGUMENT,
  TRANSPOSE,
  RESHAPE,
  EXPAND,
  SHAPED, /* input 0 is the shape */
  SHAPE,
  JOIN,
  EINSUM,
  LIST,
  MATRIX,
} Rule;

typedef struct {
  const char *op_type;
  Rule rule;
} OpRule;

/* Sorted by name. */
static const OpRule rules[] = {
  {"Abs", KEEP},
  {"Add", BROADCAST},
  {"And", BROADCAST},
  {"ArgMax", ARGUMENT},
  {"ArgMin", ARGUMENT},
  {"AveragePool", PART},
  {"BatchNormalization", KEEP},
  {"Cast", KEEP},
  {"CastLike", KEEP},
  {"Ceil", KEEP},
  {"Clip", KEEP},
  {"Concat", JOIN},
  {"ConstantOfShape", SHAPED},
  {"Conv", PART},
  {"ConvTranspose", PART},
  {"Cos", KEEP},
  {"CumSum", KEEP},
  {"DepthToSpace", PART},
  {"Div", BROADCAST},
  {"Dropout", KEEP},
  {"Einsum", EINSUM},
  {"Elu", KEEP},
  {"Equal", BROADCAST},
  {"Erf", KEEP},
  {"Exp", KEEP},
  {"Expand", EXPAND},
  {"Flatten", MATRIX},
  {"Floor", KEEP},
  {"Gather", GATHER},
  {"GatherElements", PART},
  {"Gelu", KEEP},
  {"Gemm", MATRIX},
  {"GlobalAveragePool", PART},
  {"GlobalLpPool", PART},
  {"GlobalMaxPool", PART},
  {"Greater", BROADCAST},
  {"GreaterOrEqual", BROADCAST},
  {"GroupNormalization", KEEP},
  {"HardSigmoid", KEEP},
  {"HardSwish", KEEP},
  {"Identity", KEEP},
  {"InstanceNormalization", KEEP},
  {"IsInf", KEEP},
  {"IsNaN", KEEP},
  {"LayerNormalization", KEEP},
  {"LeakyRelu", KEEP},
  {"Less", BROADCAST},
  {"LessOrEqual", BROADCAST},
  {"Log", KEEP},
  {"LogSoftmax", KEEP},
  {"LpNormalization", KEEP},
  {"LpPool", PART},
  {"MatMul", PRODUCT},
  {"Max", BROADCAST},
  {"MaxPool", PART},
  {"Mean", BROADCAST},
  {"Min", BROADCAST},
  {"Mish", KEEP},
  {"Mod", BROADCAST},
  {"Mul", BROADCAST},
  {"Neg", KEEP},
  {"NonZero", MATRIX},
  {"Not", KEEP},
  {"OneHot", ONE_HOT},
  {"Or", BROADCAST},
  {"PRelu", KEEP},
  {"Pad", PART},
  {"Pow", BROADCAST},
  {"RMSNormalization", KEEP},
  {"Range", LIST},
  {"Reciprocal", KEEP},
  {"ReduceL1", REDUCE},
  {"ReduceL2", REDUCE},
  {"ReduceLogSum", REDUCE},
  {"ReduceLogSumExp", REDUCE},
  {"ReduceMax", REDUCE},
  {"ReduceMean", REDUCE},
  {"ReduceMin", REDUCE},
  {"ReduceProd", REDUCE},
  {"ReduceSum", REDUCE},
  {"ReduceSumSquare", REDUCE},
  {"Relu", KEEP},
  {"Reshape", RESHAPE},
  {"Resize", PART},
  {"ScatterElements", KEEP},
  {"ScatterND", KEEP},
  {"Selu", KEEP},
  {"Shape", SHAPE},
  {"Sigmoid", KEEP},
  {"Sin", KEEP},
  {"Slice", SLICE},
  {"Softmax", KEEP},
  {"Softplus", KEEP},
  {"SpaceToDepth", PART},
  {"Split", PART},
  {"Sqrt", KEEP},
  {"Squeeze", SQUEEZE},
  {"Sub", BROADCAST},
  {"Sum", BROADCAST},
  {"Swish", KEEP},
  {"Tanh", KEEP},
  {"Tile", PART},
  {"Transpose", TRANSPOSE},
  {"Trilu", KEEP},
  {"Unsqueeze", UNSQUEEZE},
  {"Upsample", PART},
  {"Where", BROADCAST},
};

static int
compare_rules (const void *name, const void *rule)
{
  return strcmp (name, ((const OpRule *)rule)->op_type);
}

static int
declared_rank (SacGraphBuilder *builder, const char *name)
{
  const SacOnnxGraph *graph = &builder->model->graph;

  if (builder->declared == NULL) {
    builder->declared = g_hash_table_new (g_str_hash, g_str_equal);
    for (size_t i = 0; i < graph->value_count; i++) {
      if (graph->values[i].has_shape)
        g_hash_table_insert (builder->declared, (char *)graph->values[i].name,
                             (void *)&graph->values[i]);
    }
  }

  const SacOnnxValue *found = g_hash_table_lookup (builder->declared, name);

  return found != NULL ? found->shape.rank : -1;
}

/* What the value itself says, before what its node does. */
static Known
look_at (SacGraphBuilder *builder, int index)
{
  Known known = {-1, -1};

  if (index < 0)
    return known;

  const SacValue *value = &g_array_index (builder->values, SacValue, index);
  const SacShape *shape = value->has_shape ? &value->shape : NULL;

  if (value->constant != NULL)
    shape = &value->constant->shape;
  if (shape != NULL) {
    known.rank = shape->rank;
    if (shape->rank == 1)
      known.count = shape->dims[0];
    return known;
  }
  known.rank = declared_rank (builder, value->name);
  if (known.rank < 0 && (guint)index < builder->ranks->len)
    return g_array_index (builder->ranks, Known, index);
  if ((guint)index < builder->ranks->len)
    known.count = g_array_index (builder->ranks, Known, index).count;
  return known;
}

static Known
look_at_input (SacGraphBuilder *builder, const SacNode *node, size_t input)
{
  return look_at (builder,
                  input < node->input_count ? node->inputs[input] : -1);
}

/* How many axes the node names, as an attribute or as input 1; 0 when it names
 * none, -1 when that is not known. */
static int64_t
count_axes (SacGraphBuilder *builder, const SacNode *node)
{
  const SacAttribute *axes = sac_node_attribute (node, "axes");

  if (axes != NULL)
    return (int64_t)axes->count;
  if (node->input_count < 2 || node->inputs[1] < 0)
    return 0;
  return look_at_input (builder, node, 1).count;
}

static int
broadcast_rank (SacGraphBuilder *builder, const SacNode *node)
{
  int rank = 0;

  for (size_t i = 0; i < node->input_count; i++) {
    int input = look_at_input (builder, node, i).rank;

    if (input < 0)
      return -1;
    rank = MAX (rank, input);
  }
  return rank;
}

static int
product_rank (int a, int b)
{
  if (a < 1 || b < 1)
    return -1;
  return MAX (a, b) - (a == 1) - (b == 1) + (a == 1 && b == 1);
}

static int
reduced_rank (SacGraphBuilder *builder, const SacNode *node, int64_t axes)
{
  const SacAttribute *kept = sac_node_attribute (node, "keepdims");
  int rank = look_at_input (builder, node, 0).rank;

  if (kept == NULL || kept->i != 0)
    return rank;
  if (axes == 0)
    return sac_node_attribute (node, "noop_with_empty_axes") == NULL ? 0 : -1;
  return axes > 0 && rank >= axes ? rank - (int)axes : -1;
}

/* The letters behind the arrow. */
static int
einsum_rank (const SacNode *node)
{
  const SacAttribute *equation = sac_node_attribute (node, "equation");
  const char *out =
    equation != NULL && equation->s != NULL ? strstr (equation->s, "->") : NULL;
  int rank = 0;

  if (out == NULL)
    return -1;
  for (out += 2; *out != '\0'; out++) {
    if (*out == '.')
      return -1;
    rank += g_ascii_isalpha (*out) ? 1 : 0;
  }
  return rank;
}

/* Axes of what is made from a shape of that many elements. */
static int
rank_of_count (int64_t count)
{
  return count >= 0 && count <= SAC_LIMIT_RANK ? (int)count : -1;
}

static int64_t
joined_count (SacGraphBuilder *builder, const SacNode *node)
{
  int64_t sum = 0;

  for (size_t i = 0; i < node->input_count; i++) {
    Known input = look_at_input (builder, node, i);

    if (input.rank != 1 || input.count < 0 || input.count > SAC_LIMIT_RANK)
      return -1;
    sum = MIN (sum + input.count, SAC_LIMIT_RANK + 1);
  }
  return sum;
}

static int
rank_by_rule (SacGraphBuilder *builder, const SacNode *node, Rule rule)
{
  int first = look_at_input (builder, node, 0).rank;
  Known second = look_at_input (builder, node, 1);
  int64_t axes;

  switch (rule) {
  case KEEP:
  case PART:
  case SLICE:
  case JOIN:
    return first;
  case BROADCAST:
    return broadcast_rank (builder, node);
  case PRODUCT:
    return product_rank (first, second.rank);
  case GATHER:
    return first < 1 || second.rank < 0 ? -1 : first + second.rank - 1;
  case ONE_HOT:
    return first < 0 ? -1 : first + 1;
  case SQUEEZE:
    axes = count_axes (builder, node);
    return axes > 0 && first >= axes ? first - (int)axes : -1;
  case UNSQUEEZE:
    axes = count_axes (builder, node);
    return axes > 0 && first >= 0 ? rank_of_count (first + axes) : -1;
  case REDUCE:
    return reduced_rank (builder, node, count_axes (builder, node));
  case ARGUMENT:
    return reduced_rank (builder, node, 1);
  case TRANSPOSE:
    return sac_node_attribute (node, "perm") != NULL
             ? rank_of_count (sac_node_attribute (node, "perm")->count)
             : first;
  case RESHAPE:
    return rank_of_count (second.count);
  case EXPAND:
    return first < 0 || second.count < 0
             ? -1
             : MAX (first, rank_of_count (second.count));
  case SHAPED:
    return rank_of_count (look_at_input (builder, node, 0).count);
  case EINSUM:
    return einsum_rank (node);
  case SHAPE:
  case LIST:
    return 1;
  case MATRIX:
    return 2;
  }
  return -1;
}

static int64_t
broadcast_count (SacGraphBuilder *builder, const SacNode *node)
{
  int64_t most = 1;

  for (size_t i = 0; i < node->input_count; i++) {
    Known input = look_at_input (builder, node, i);

    if (input.rank != 0 && input.count < 0)
      return -1;
    most = MAX (most, input.count);
  }
  return most;
}

/* The only element of a constant input; `fallback` when the input is left out,
 * G_MININT64 when it is not known. */
static int64_t
only_element (SacGraphBuilder *builder,
              const SacNode *node,
              size_t input,
              int64_t fallback)
{
  int index = input < node->input_count ? node->inputs[input] : -1;

  if (index < 0)
    return fallback;

  const SacTensor *constant =
    g_array_index (builder->values, SacValue, index).constant;

  return constant != NULL && constant->type == SAC_TYPE_INT64 &&
             sac_tensor_get_count (constant) == 1
           ? *(const int64_t *)constant->data
           : G_MININT64;
}

/* Part of a list, cut as exporters do: one start, one end, step by step. */
static int64_t
slice_count (SacGraphBuilder *builder, const SacNode *node, int64_t count)
{
  int64_t start = only_element (builder, node, 1, G_MININT64);
  int64_t end = only_element (builder, node, 2, G_MININT64);

  if (count < 0 || start == G_MININT64 || end == G_MININT64 ||
      only_element (builder, node, 4, 1) != 1)
    return -1;
  start = CLAMP (start < 0 ? start + count : start, 0, count);
  end = CLAMP (end < 0 ? end + count : end, 0, count);
  return MAX (end - start, 0);
}

/* Elements of a list of sizes: what shapes are put together from. */
static int64_t
count_by_rule (SacGraphBuilder *builder, const SacNode *node, Rule rule)
{
  Known first = look_at_input (builder, node, 0);

  switch (rule) {
  case SHAPE:
    return sac_node_attribute (node, "start") != NULL ||
               sac_node_attribute (node, "end") != NULL
             ? -1
             : first.rank;
  case JOIN:
    return joined_count (builder, node);
  case UNSQUEEZE:
    return first.rank == 0 ? 1 : -1;
  case GATHER:
    return first.rank == 1 ? look_at_input (builder, node, 1).count : -1;
  case BROADCAST:
    return broadcast_count (builder, node);
  case KEEP:
    return first.count;
  case SLICE:
    return slice_count (builder, node, first.count);
  default:
    return -1;
  }
}

static Known
look_at_node (SacGraphBuilder *builder, const SacNode *node)
{
  Known known = {-1, -1};
  const OpRule *found = *node->domain != '\0'
                          ? NULL
                          : bsearch (node->op_type, rules, G_N_ELEMENTS (rules),
                                     sizeof *rules, compare_rules);

  if (found == NULL)
    return known;
  known.rank = rank_by_rule (builder, node, found->rule);
  if (known.rank == 1)
    known.count = count_by_rule (builder, node, found->rule);
  return known;
}

int
sac_graph_rank (SacGraphBuilder *builder, int value)
{
  const Known nothing = {-1, -1};

  if (builder->ranks == NULL)
    builder->ranks = g_array_new (FALSE, FALSE, sizeof (Known));
  while (builder->ranks->len < builder->values->len)
    g_array_append_val (builder->ranks, nothing);
  for (; builder->ranked < builder->nodes->len; builder->ranked++) {
    const SacNode *node =
      &g_array_index (builder->nodes, SacNode, builder->ranked);
    Known known = look_at_node (builder, node);

    bool parts = strcmp (node->op_type, "Split") == 0;

    for (size_t i = 0; i < (parts ? node->output_count : 1); i++) {
      if (node->outputs[i] >= 0)
        g_array_index (builder->ranks, Known, node->outputs[i]) = known;
    }
  }
  return look_at (builder, value).rank;
}
