/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Recognising functions of one element, and BatchNormalization. */
#include "network/rewrite-blocked.h"

#include "base/limits.h"
#include "tensor/rest.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A scalar of more axes would change the shape of its partner. */
#define IMAGE_RANK 4

bool
sac_blocking_is_image (const SacBlocking *blocking, int value)
{
  if (value < 0)
    return false;

  const SacValueInfo *info = &blocking->plan->infos[value];

  if (info->type != SAC_TYPE_FLOAT || info->shape.rank != IMAGE_RANK ||
      info->constant != NULL || sac_shape_size (&info->shape) == 0)
    return false;

  SacBlockedSize size = sac_blocked_size_of (&info->shape);

  return sac_blocked_count (&size) <= SAC_LIMIT_VALUE_BYTES / sizeof (float);
}

static const SacTensor *
get_constant (const SacBlocking *blocking, int value, size_t count)
{
  const SacValueInfo *info = value >= 0 ? &blocking->plan->infos[value] : NULL;

  if (info == NULL || info->type != SAC_TYPE_FLOAT || info->constant == NULL ||
      sac_shape_size (&info->shape) != (int64_t)count)
    return NULL;
  return info->constant;
}

bool
sac_blocking_get_scalar (const SacBlocking *blocking,
                         int value,
                         float *ret_number)
{
  const SacTensor *constant = get_constant (blocking, value, 1);

  return constant != NULL && constant->shape.rank <= IMAGE_RANK &&
         sac_tensor_read (constant, 0, 1, ret_number, NULL);
}

float *
sac_blocking_copy_constant (const SacBlocking *blocking,
                            int value,
                            size_t count)
{
  const SacTensor *constant = get_constant (blocking, value, count);
  float *copy;

  if (constant == NULL)
    return NULL;
  copy = sac_store_array (blocking->plan->store, float,
                          sac_blocks (count) * SAC_BLOCK);
  return sac_tensor_read (constant, 0, (int64_t)count, copy, NULL) ? copy
                                                                   : NULL;
}

bool
sac_blocking_go_on (SacBlockingChain *chain, int node, int value)
{
  if (chain->node_count == SAC_BLOCKING_NODES)
    return false;
  chain->nodes[chain->node_count++] = node;
  chain->value = value;
  return true;
}

static const SacNode *
node_at (const SacBlocking *blocking, int node)
{
  return &blocking->plan->graph->nodes[node];
}

static bool
get_bound (const SacBlocking *blocking,
           const SacNode *node,
           size_t input,
           float *bound)
{
  return input >= node->input_count || node->inputs[input] < 0 ||
         sac_blocking_get_scalar (blocking, node->inputs[input], bound);
}

static bool
match_clip (const SacBlocking *blocking,
            const SacNode *node,
            SacBlockedActivation *activation)
{
  activation->function = SAC_FUNCTION_CLIP;
  if (node->opset < 11) {
    activation->low = sac_rewrite_number (node, "min", -FLT_MAX);
    activation->high = sac_rewrite_number (node, "max", FLT_MAX);
    return true;
  }
  activation->low = -INFINITY;
  activation->high = INFINITY;
  return get_bound (blocking, node, 1, &activation->low) &&
         get_bound (blocking, node, 2, &activation->high) &&
         activation->low <= activation->high;
}

static bool
is_gelu_tanh (const SacNode *node)
{
  const SacAttribute *found = sac_rewrite_attribute (node, "approximate");

  return found != NULL && strcmp (found->s, "tanh") == 0;
}

/* One of the functions whose numbers, if any, are the op's attributes. */
static bool
match_simple (const SacBlocking *blocking,
              int index,
              SacBlockedActivation *activation)
{
  static const struct {
    const char *op_type;
    SacFunction function;
  } simple[] = {
    {"Relu", SAC_FUNCTION_RELU},
    {"Sigmoid", SAC_FUNCTION_SIGMOID},
    {"Tanh", SAC_FUNCTION_TANH},
    {"HardSwish", SAC_FUNCTION_HARD_SWISH},
    {"LeakyRelu", SAC_FUNCTION_LEAKY_RELU},
    {"HardSigmoid", SAC_FUNCTION_HARD_SIGMOID},
    {"Gelu", SAC_FUNCTION_GELU},
  };
  const SacNode *node = node_at (blocking, index);

  for (size_t i = 0; i < G_N_ELEMENTS (simple); i++) {
    if (!sac_rewrite_is (blocking->rewrite, index, simple[i].op_type))
      continue;
    activation->function = simple[i].function;
    if (activation->function == SAC_FUNCTION_LEAKY_RELU)
      activation->low = sac_rewrite_number (node, "alpha", 0.01f);
    if (activation->function == SAC_FUNCTION_HARD_SIGMOID) {
      activation->low = sac_rewrite_number (node, "alpha", 0.2f);
      activation->high = sac_rewrite_number (node, "beta", 0.5f);
    }
    if (activation->function == SAC_FUNCTION_GELU && is_gelu_tanh (node))
      activation->function = SAC_FUNCTION_GELU_TANH;
    return true;
  }
  return false;
}

bool
sac_blocking_match_function (const SacBlocking *blocking,
                             int index,
                             SacBlockedActivation *ret_activation)
{
  const SacNode *node = node_at (blocking, index);
  SacBlockedActivation activation = {0};

  if (blocking->taken[index] || node->output_count < 1)
    return false;
  if (sac_rewrite_is (blocking->rewrite, index, "Clip")) {
    if (!match_clip (blocking, node, &activation))
      return false;
  } else if (sac_rewrite_is (blocking->rewrite, index, "Swish")) {
    if (fabsf (sac_rewrite_number (node, "alpha", 1) - 1) > 0)
      return false;
    activation.function = SAC_FUNCTION_SILU;
  } else if (!match_simple (blocking, index, &activation)) {
    return false;
  }
  *ret_activation = activation;
  return true;
}

/* The other operand of a node of two. */
static int
get_other (const SacNode *node, int value)
{
  return node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
}

/* Steps to the one reader of the chain's value, if it is of that op and does
 * not join it with itself. */
static bool
step (const SacBlocking *blocking, SacBlockingChain *chain, const char *op_type)
{
  int reader = sac_rewrite_only_reader (blocking->rewrite, chain->value);

  return reader >= 0 && !blocking->taken[reader] &&
         sac_rewrite_is (blocking->rewrite, reader, op_type) &&
         sac_blocking_go_on (chain, reader,
                             node_at (blocking, reader)->outputs[0]);
}

static const SacNode *
last_node (const SacBlocking *blocking, const SacBlockingChain *chain)
{
  return node_at (blocking, chain->nodes[chain->node_count - 1]);
}

static bool
is_near (float number, float expected)
{
  return fabsf (number - expected) <= 1e-6f * expected;
}

/* The chain's value divided by 6, or times a sixth. */
static bool
step_sixth (const SacBlocking *blocking, SacBlockingChain *chain)
{
  SacBlockingChain before = *chain;
  int value = chain->value;
  float number;

  if (step (blocking, chain, "Div") &&
      last_node (blocking, chain)->inputs[0] == value &&
      sac_blocking_get_scalar (blocking, last_node (blocking, chain)->inputs[1],
                               &number) &&
      is_near (number, 6))
    return true;
  *chain = before;
  if (step (blocking, chain, "Mul") &&
      sac_blocking_get_scalar (blocking,
                               get_other (last_node (blocking, chain), value),
                               &number) &&
      is_near (number, 1.0f / 6))
    return true;
  *chain = before;
  return false;
}

/* min (6, max (0, x + 3)), from the Add on. */
static bool
step_ramp (const SacBlocking *blocking, int index, SacBlockingChain *chain)
{
  const SacNode *node = node_at (blocking, index);
  SacBlockedActivation clip;
  float number;

  for (int i = 0; i < 2; i++) {
    if (sac_blocking_get_scalar (blocking, node->inputs[1 - i], &number) &&
        is_near (number, 3) &&
        sac_blocking_go_on (chain, index, node->outputs[0]) &&
        step (blocking, chain, "Clip"))
      return match_clip (blocking, last_node (blocking, chain), &clip) &&
             !(clip.low < 0) && !(clip.low > 0) && is_near (clip.high, 6);
  }
  return false;
}

/* The product of x and the chain's value. */
static bool
step_product (const SacBlocking *blocking, SacBlockingChain *chain, int x)
{
  int gate = chain->value;

  return step (blocking, chain, "Mul") && gate != x &&
         get_other (last_node (blocking, chain), gate) == x;
}

static bool
match_hard_swish (const SacBlocking *blocking,
                  int index,
                  int x,
                  SacBlockingChain *chain)
{
  if (!step_ramp (blocking, index, chain))
    return false;
  if (step_sixth (blocking, chain))
    return step_product (blocking, chain, x);
  return step_product (blocking, chain, x) && step_sixth (blocking, chain);
}

bool
sac_blocking_match_gate (const SacBlocking *blocking,
                         int index,
                         SacBlockingChain *chain,
                         SacBlockedActivation *ret_activation)
{
  const SacNode *node = node_at (blocking, index);
  SacBlockingChain start = *chain;
  SacBlockedActivation gate;
  int x = chain->value;

  if (sac_rewrite_is (blocking->rewrite, index, "Add") &&
      !blocking->taken[index] && match_hard_swish (blocking, index, x, chain)) {
    *ret_activation =
      (SacBlockedActivation){.function = SAC_FUNCTION_HARD_SWISH};
    return true;
  }
  *chain = start;
  if (!sac_blocking_match_function (blocking, index, &gate) ||
      node->inputs[0] != x ||
      !sac_blocking_go_on (chain, index, node->outputs[0]) ||
      !step_product (blocking, chain, x)) {
    *chain = start;
    return false;
  }
  if (gate.function == SAC_FUNCTION_SIGMOID) {
    *ret_activation = (SacBlockedActivation){.function = SAC_FUNCTION_SILU};
    return true;
  }
  if (gate.function == SAC_FUNCTION_HARD_SIGMOID &&
      is_near (gate.low, 1.0f / 6) && is_near (gate.high, 0.5f)) {
    *ret_activation =
      (SacBlockedActivation){.function = SAC_FUNCTION_HARD_SWISH};
    return true;
  }
  *chain = start;
  return false;
}

/* Two readers: the node that begins with the gate, and the product. */
static bool
end_with_gate (const SacBlocking *blocking,
               SacBlockingChain *chain,
               SacBlockedActivation *ret_activation)
{
  const SacRewrite *rewrite = blocking->rewrite;
  const int *readers = rewrite->readers + rewrite->starts[chain->value];

  for (int i = 0; i < 2; i++) {
    SacBlockingChain longer = *chain;
    bool joined = false;

    if (!sac_blocking_match_gate (blocking, readers[i], &longer,
                                  ret_activation))
      continue;
    for (size_t k = chain->node_count; k < longer.node_count; k++)
      joined = joined || longer.nodes[k] == readers[1 - i];
    if (joined) {
      *chain = longer;
      return true;
    }
  }
  return false;
}

void
sac_blocking_end_chain (const SacBlocking *blocking,
                        SacBlockingChain *chain,
                        SacBlockedActivation *ret_activation)
{
  const SacRewrite *rewrite = blocking->rewrite;
  int reader = sac_rewrite_only_reader (rewrite, chain->value);
  SacBlockedActivation found = {0};

  if (reader >= 0) {
    const SacNode *node = node_at (blocking, reader);

    if (node->input_count > 0 && node->inputs[0] == chain->value &&
        sac_blocking_match_function (blocking, reader, &found) &&
        sac_blocking_go_on (chain, reader, node->outputs[0]))
      *ret_activation = found;
    return;
  }
  if (!rewrite->pinned[chain->value] &&
      sac_rewrite_reader_count (rewrite, chain->value) == 2 &&
      end_with_gate (blocking, chain, &found))
    *ret_activation = found;
}

/* Nobody wants the moments that BatchNormalization may have as outputs. */
static bool
has_one_output (const SacBlocking *blocking, const SacNode *node)
{
  for (size_t i = 1; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value >= 0 && (blocking->rewrite->pinned[value] ||
                       sac_rewrite_reader_count (blocking->rewrite, value) > 0))
      return false;
  }
  return true;
}

bool
sac_blocking_match_norm (const SacBlocking *blocking,
                         int index,
                         SacBlockingNorm *ret_norm)
{
  const SacNode *node = node_at (blocking, index);
  float *numbers[4];

  if (blocking->taken[index] ||
      !sac_rewrite_is (blocking->rewrite, index, "BatchNormalization") ||
      !has_one_output (blocking, node) ||
      !sac_blocking_is_image (blocking, node->inputs[0]))
    return false;

  const SacShape *shape = &blocking->plan->infos[node->inputs[0]].shape;
  size_t channels = (size_t)shape->dims[1];
  double epsilon = (double)sac_rewrite_number (node, "epsilon", 1e-5f);

  for (size_t i = 0; i < 4; i++) {
    numbers[i] =
      sac_blocking_copy_constant (blocking, node->inputs[1 + i], channels);
    if (numbers[i] == NULL)
      return false;
  }
  for (size_t i = 0; i < channels; i++) {
    double scale =
      (double)numbers[0][i] / sqrt ((double)numbers[3][i] + epsilon);

    numbers[1][i] =
      (float)((double)numbers[1][i] - (double)numbers[2][i] * scale);
    numbers[0][i] = (float)scale;
  }
  *ret_norm = (SacBlockingNorm){numbers[0], numbers[1]};
  return true;
}
