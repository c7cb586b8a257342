/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-find.h"

#include "explain/attention-window.h"
#include "explain/softmax.h"

#include <math.h>

/* More blocks than any network has; a graph made of Softmax must not be slow.
 */
#define BLOCKS_MAX 4096

/* Class, distillation and register tokens, and room for learned prompts. */
#define PREFIX_MAX 256

/* A pooling head looks in a few ways; more are features. */
#define POOLS_MAX 64

/* Steps up from a projection to what queries and keys have in common. */
#define CLIMB_MAX 64

/* A set of tokens: where a projection made their features. */
typedef struct {
  SacAxis axis;    /* the token axis of the projection's output */
  int source;      /* the projection's input */
  int64_t count;   /* tokens of all samples and windows */
  bool is_channel; /* the "tokens" are features: channel attention */
} Tokens;

/* The features lead to the projection; the rows tell whether they are places or
 * features themselves. */
static Tokens
trace_tokens (const SacFlow *flow, const SacOperand *operand)
{
  Tokens tokens = {.axis = {-1, -1}, .source = -1};
  SacAxis features;
  SacLinear linear;
  SacAxisRole role =
    sac_axis_origin (flow, (SacAxis){operand->value, operand->rows}, false,
                     &tokens.axis);

  tokens.is_channel = role == SAC_AXIS_CHANNEL;
  sac_axis_origin (flow, (SacAxis){operand->value, operand->features}, false,
                   &features);
  if (tokens.is_channel)
    features = tokens.axis;
  if (!sac_axis_linear (flow, sac_flow_producer (flow, features.value),
                        &linear))
    return tokens;
  tokens.source = linear.data;

  const SacShape *shape = sac_flow_shape (flow, features.value);

  if (tokens.axis.value != features.value) {
    /* The rows ended elsewhere: there was one, or they were spread.  The
     * longest axis of the projection but its features' stands for them. */
    tokens.axis = (SacAxis){features.value, linear.feature_axis == 0 ? 1 : 0};
    for (int i = 0; i < shape->rank; i++) {
      if (i != linear.feature_axis &&
          shape->dims[i] > shape->dims[tokens.axis.axis])
        tokens.axis.axis = i;
    }
  }
  if (shape->dims[linear.feature_axis] > 0)
    tokens.count = sac_shape_size (shape) / shape->dims[linear.feature_axis];
  return tokens;
}

/* Rows and columns of the tokens of a projection's output. */
static bool
token_grid (const SacFlow *flow,
            const Tokens *tokens,
            int64_t *ret_rows,
            int64_t *ret_columns)
{
  const SacShape *shape = sac_flow_shape (flow, tokens->axis.value);
  SacLinear linear;

  if (shape == NULL ||
      !sac_axis_linear (flow, sac_flow_producer (flow, tokens->axis.value),
                        &linear))
    return false;
  if (shape->rank != 4 || linear.feature_axis == 2)
    return sac_axis_grid (flow, tokens->axis, ret_rows, ret_columns);
  *ret_rows = shape->dims[linear.feature_axis == 1 ? 2 : 1];
  *ret_columns = shape->dims[linear.feature_axis == 1 ? 3 : 2];
  /* One window that is the whole grid: [N, 1, tokens, C]. */
  if (linear.feature_axis == 3 && *ret_rows == 1 && *ret_columns > 1)
    return sac_axis_grid (flow, (SacAxis){tokens->axis.value, 2}, ret_rows,
                          ret_columns);
  return *ret_rows * *ret_columns > 1;
}

/* Of tokens that have others than prefix tokens the grid is not said. */
static bool
places_are_last (const SacFlow *flow,
                 const Tokens *tokens,
                 int64_t cells,
                 int64_t count)
{
  return count == cells || !sac_axis_has_suffix (flow, tokens->axis);
}

static void
set_grid (SacAttention *attention,
          int64_t rows,
          int64_t columns,
          int64_t tokens)
{
  int64_t cells = rows * columns;

  if (rows > G_MAXINT || columns > G_MAXINT || tokens < cells ||
      tokens - cells > PREFIX_MAX)
    return;
  attention->rows = rows;
  attention->columns = columns;
  attention->prefix_tokens = tokens - cells;
}

static void
set_query_grid (const SacFlow *flow,
                const Tokens *queries,
                SacFoundAttention *found)
{
  int64_t rows, columns;
  SacAttention grid = {0};

  if (!token_grid (flow, queries, &rows, &columns) ||
      !places_are_last (flow, queries, rows * columns,
                        found->attention.queries))
    return;
  set_grid (&grid, rows, columns, found->attention.queries);
  found->query_rows = grid.rows;
  found->query_columns = grid.columns;
  found->query_prefix = grid.prefix_tokens;
}

/* True when `up` is what `value` was made from by at most two products, so that
 * their tokens are the same tokens. */
static bool
is_near (const SacFlow *flow, int value, int up)
{
  int products = 0;

  for (int i = 0; i < CLIMB_MAX && value >= 0; i++) {
    SacLinear linear;

    if (value == up)
      return true;
    products +=
      sac_axis_linear (flow, sac_flow_producer (flow, value), &linear);
    if (products > 2)
      return false;
    value = sac_flow_dominator (flow, value);
  }
  return false;
}

static bool
is_selection (const SacFlow *flow, int value, int up)
{
  for (int i = 0; i < CLIMB_MAX && value >= 0 && value != up; i++) {
    if (!sac_node_is_layout (sac_flow_producer (flow, value)))
      return false;
    value = sac_flow_dominator (flow, value);
  }
  return value == up;
}

/* Queries and keys are of one set when they were projected from one value, or
 * from values that were made from one by a step or two (norms, convolutional
 * projections, reduced keys, the class token alone). */
static bool
is_one_set (const SacFlow *flow, const SacFoundAttention *found)
{
  int a = found->query_source, b = found->key_source;

  if (a == b || a < 0 || b < 0)
    return true;

  int common = sac_flow_meet (flow, a, b);

  if (common < 0 || sac_flow_producer (flow, common) == NULL)
    return false;
  if (found->attention.queries == found->attention.keys)
    return is_near (flow, a, common) && is_near (flow, b, common);
  return (common == a && is_near (flow, b, a)) ||
         (common == b && is_selection (flow, a, b));
}

static int64_t
odd_side (int64_t area)
{
  int64_t side = llround (sqrt ((double)area));

  return side * side == area && side % 2 == 1 && side > 1 ? side : 0;
}

/* Splits what is neither queries nor keys into batch, windows and heads:
 * each of `tokens` is one query in each head.  Where the shape has an axis of
 * its own for heads and the count of tokens says something else (landmarks,
 * pooled queries), the shape is right. */
static void
set_heads (SacFoundAttention *found, const SacShape *shape, int64_t tokens)
{
  SacAttention *attention = &found->attention;
  int64_t outer =
    sac_shape_size (shape) / (attention->queries * attention->keys);
  int axis = MIN (attention->query_axis, attention->key_axis) - 1;
  bool separate = axis > 0;
  int64_t groups = tokens / attention->queries;
  bool fits =
    groups > 0 && tokens % attention->queries == 0 && outer % groups == 0;

  if (fits && separate && outer / groups > 1 &&
      outer / groups != shape->dims[axis])
    fits = false;
  if (!fits)
    groups = separate ? outer / shape->dims[axis] : outer;
  found->groups = groups;
  attention->heads = outer / groups;
  attention->head_axis = -1;
  if (attention->heads > 1 || (separate && shape->dims[axis] == 1))
    attention->head_axis = separate ? axis : 0;
}

static void
set_product_kind (const SacFlow *flow,
                  SacFoundAttention *found,
                  const Tokens *keys,
                  bool neighbourhood)
{
  SacAttention *attention = &found->attention;
  int64_t batch = sac_flow_batch (flow), rows, columns;
  bool has_grid = token_grid (flow, keys, &rows, &columns);

  found->has_suffix =
    has_grid && !places_are_last (flow, keys, rows * columns, attention->keys);
  has_grid = has_grid && !found->has_suffix;
  if (keys->is_channel) {
    attention->kind = SAC_ATTENTION_CHANNEL;
  } else if (neighbourhood && odd_side (attention->keys) > 0) {
    attention->kind = SAC_ATTENTION_LOCAL;
    attention->kernel = odd_side (attention->keys);
    if (has_grid && rows * columns == attention->queries)
      set_grid (attention, rows, columns, attention->queries);
  } else if (!is_one_set (flow, found)) {
    attention->kind = SAC_ATTENTION_CROSS;
    if (has_grid)
      set_grid (attention, rows, columns, attention->keys);
  } else if ((found->groups > batch && found->groups % batch == 0) ||
             (found->groups == batch &&
              sac_attention_window_is_padded (flow, found))) {
    attention->kind = SAC_ATTENTION_WINDOW;
    if (sac_attention_window_grid (flow, found, &rows, &columns))
      set_grid (attention, rows, columns, rows * columns);
  } else {
    attention->kind = SAC_ATTENTION_GLOBAL;
    if (has_grid)
      set_grid (attention, rows, columns, attention->keys);
  }
}

/* A product of one query with its own keys: [.., places, 1, kernel x kernel].
 */
static bool
move_to_places (SacFoundAttention *found, const SacShape *shape, int64_t tokens)
{
  SacAttention *attention = &found->attention;
  int places = MIN (attention->query_axis, attention->key_axis) - 1;

  if (attention->queries != 1 || places < 1 ||
      odd_side (attention->keys) == 0 || shape->dims[places] <= 1 ||
      tokens % shape->dims[places] != 0)
    return false;
  attention->query_axis = places;
  attention->queries = shape->dims[places];
  return true;
}

static bool
asks_for_class (const SacFlow *flow, const SacFoundAttention *found)
{
  const SacAttention *attention = &found->attention;

  return attention->kind == SAC_ATTENTION_GLOBAL && attention->rows > 0 &&
         attention->queries < attention->keys &&
         attention->queries <= attention->prefix_tokens &&
         found->query_rows == 0 && found->query_source != found->key_source &&
         is_selection (flow, found->query_source, found->key_source);
}

static bool
fill_product (const SacFlow *flow,
              const SacLogits *logits,
              SacFoundAttention *found)
{
  SacAttention *attention = &found->attention;
  const SacShape *shape = sac_flow_shape (flow, attention->value);
  int last = shape->rank - 1;
  bool is_row = attention->key_axis == last;

  if (attention->key_axis < last - 1)
    return false;
  attention->query_axis = is_row ? last - 1 : last;
  attention->queries = shape->dims[attention->query_axis];

  Tokens from_queries = trace_tokens (flow, &logits->queries);
  Tokens from_keys = trace_tokens (flow, &logits->keys);
  bool neighbourhood = logits->neighbourhood;

  found->query_tokens = from_queries.axis.value;
  found->key_tokens = from_keys.axis.value;
  found->query_source = from_queries.source;
  found->key_source = from_keys.source;
  if (!neighbourhood)
    neighbourhood = move_to_places (found, shape, from_queries.count);
  if (attention->queries < 1 || attention->keys < 1)
    return false;
  set_heads (found, shape, from_keys.is_channel ? 0 : from_queries.count);
  set_product_kind (flow, found, &from_keys, neighbourhood);
  set_query_grid (flow, &from_queries, found);
  found->of_class = asks_for_class (flow, found);
  return true;
}

/* A learned query times keys: the tokens are where the keys were projected. */
static void
trace_learned_query (const SacFlow *flow,
                     const SacLogits *logits,
                     const SacLinear *linear,
                     SacFoundAttention *found)
{
  const SacShape *keys = sac_flow_shape (flow, linear->data);

  if (!sac_node_is (logits->node, "MatMul") ||
      linear->data != logits->node->inputs[1] || keys->rank < 2)
    return;

  SacOperand operand = {linear->data, keys->rank - 1, keys->rank - 2};
  Tokens tokens = trace_tokens (flow, &operand);

  if (tokens.source >= 0)
    found->key_source = tokens.source;
}

/* Several learned queries (latents, objects to be found) of projected keys ask
 * as the tokens of another set would.  Returns: false when it is no such thing.
 */
static bool
fill_learned (const SacFlow *flow,
              const SacLogits *logits,
              const SacLinear *linear,
              SacFoundAttention *found)
{
  SacAttention *attention = &found->attention;
  const SacShape *shape = sac_flow_shape (flow, attention->value);
  const SacShape *scores = sac_flow_shape (flow, logits->node->outputs[0]);
  int last = shape->rank - 1;

  if (!sac_node_is (logits->node, "MatMul") || scores->rank < 3 ||
      linear->data != logits->node->inputs[1] || attention->key_axis != last ||
      shape->dims[last - 1] < 2 ||
      shape->dims[last - 1] != scores->dims[scores->rank - 2])
    return false;

  const SacShape *keys = sac_flow_shape (flow, linear->data);
  SacOperand operand = {linear->data, keys->rank - 1, keys->rank - 2};
  Tokens tokens = trace_tokens (flow, &operand);
  int64_t rows, columns;

  if (tokens.source < 0 || tokens.is_channel)
    return false;
  attention->kind = SAC_ATTENTION_CROSS;
  attention->query_axis = last - 1;
  attention->queries = shape->dims[last - 1];
  found->key_tokens = tokens.axis.value;
  found->key_source = tokens.source;
  found->query_tokens = found->query_source = -1;
  set_heads (found, shape, sac_flow_batch (flow) * attention->queries);
  if (token_grid (flow, &tokens, &rows, &columns) &&
      places_are_last (flow, &tokens, rows * columns, attention->keys))
    set_grid (attention, rows, columns, attention->keys);
  return true;
}

/* One number per position: the positions are the keys of a query that is the
 * same for every input. */
static bool
fill_pooling (const SacFlow *flow,
              const SacLogits *logits,
              SacFoundAttention *found)
{
  SacAttention *attention = &found->attention;
  const SacShape *shape = sac_flow_shape (flow, attention->value);
  SacLinear linear;
  SacAxis scores = {logits->node->outputs[0], logits->score_axis};
  int64_t rows, columns, outer;

  if (!sac_axis_linear (flow, logits->node, &linear) || attention->keys < 1)
    return false;
  if (fill_learned (flow, logits, &linear, found))
    return true;
  attention->kind = SAC_ATTENTION_POOLING;
  attention->query_axis = -1;
  attention->queries = 1;
  found->query_tokens = found->key_tokens = scores.value;
  found->query_source = found->key_source = linear.data;
  trace_learned_query (flow, logits, &linear, found);
  outer = sac_shape_size (shape) / attention->keys;
  found->groups =
    outer % sac_flow_batch (flow) == 0 ? sac_flow_batch (flow) : 1;
  attention->heads = outer / found->groups;
  attention->head_axis = -1;
  for (int i = 0; i < shape->rank; i++) {
    if (i != attention->key_axis && shape->dims[i] == attention->heads &&
        attention->heads > 1)
      attention->head_axis = i;
  }
  if (attention->heads > POOLS_MAX ||
      (attention->heads > 1 && attention->head_axis < 0))
    return false;

  Tokens tokens = {.axis = scores};

  if (token_grid (flow, &tokens, &rows, &columns))
    set_grid (attention, rows, columns, attention->keys);
  return true;
}

GArray *
sac_attention_find_all (const SacFlow *flow)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  GArray *all = g_array_new (false, true, sizeof (SacFoundAttention));

  for (size_t i = 0; i < graph->node_count && all->len < BLOCKS_MAX; i++) {
    const SacNode *node = &graph->nodes[i];
    SacLogits logits;

    if (!sac_softmax_logits (flow, node, &logits) ||
        !sac_softmax_weighs (flow, node))
      continue;

    SacFoundAttention found = {0};
    SacAttention *attention = &found.attention;

    attention->value = node->outputs[0];
    attention->key_axis = logits.key_axis;
    attention->keys =
      sac_flow_shape (flow, attention->value)->dims[logits.key_axis];
    attention->block = all->len;
    if (logits.kind == SAC_LOGITS_PRODUCT
          ? fill_product (flow, &logits, &found)
          : fill_pooling (flow, &logits, &found))
      g_array_append_val (all, found);
  }
  return all;
}
