/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-matrix.h"

#include "base/error.h"
#include "explain/attention-math.h"
#include "explain/attention-window.h"
#include "network/escape.h"

#include <inttypes.h>

/* Where the weights of one sample lie in the tensor. */
typedef struct {
  int64_t *groups;          /* offset of each */
  int64_t head, query, key; /* strides */
} Strides;

static bool
undefined (const SacFlow *flow,
           const SacFoundAttention *found,
           const char *why,
           GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  g_autofree char *name =
    sac_escape_short (graph->values[found->attention.value].name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED, "%s: %s", name,
               sac_sentence (why));
  return false;
}

bool
sac_attention_check_spatial (const SacFlow *flow,
                             const SacFoundAttention *found,
                             GError **error)
{
  const SacAttention *attention = &found->attention;

  if (attention->kind == SAC_ATTENTION_CHANNEL)
    return undefined (flow, found,
                      "this attention is from features to features, not from "
                      "place to place: there is nothing to draw",
                      error);
  if (attention->rows == 0 && found->has_suffix)
    return undefined (flow, found,
                      "class or other tokens stand behind those of the grid; "
                      "only before them they are understood",
                      error);
  if (attention->rows == 0 && attention->kind != SAC_ATTENTION_POOLING)
    return undefined (flow, found,
                      "the token grid is not known: state grid and "
                      "prefix_tokens in model.json, under explain.attention",
                      error);
  return true;
}

/* The last of the axes that together are the queries ([.., h, w, keys]). */
static int
last_query_axis (const SacAttention *attention, const SacShape *shape)
{
  int axis = attention->query_axis;
  int64_t size = axis >= 0 ? shape->dims[axis] : 1;

  while (axis >= 0 && size < attention->queries && axis + 1 < shape->rank &&
         axis + 1 != attention->key_axis)
    size *= shape->dims[++axis];
  return axis;
}

/* Group g is the g-th place of the axes that are neither heads, queries nor
 * keys, in C order; an axis of groups times heads has the heads inside. */
static void
find_groups (const SacFoundAttention *found,
             const SacShape *shape,
             const int64_t *axis_strides,
             Strides *strides)
{
  const SacAttention *attention = &found->attention;
  int last = last_query_axis (attention, shape);

  strides->groups = g_new0 (int64_t, found->groups);
  for (int64_t g = 0; g < found->groups; g++) {
    int64_t rest = g;

    for (int axis = shape->rank - 1; axis >= 0; axis--) {
      bool is_query = attention->query_axis >= 0 &&
                      axis >= attention->query_axis && axis <= last;
      int64_t size = shape->dims[axis], step = axis_strides[axis];

      if (axis == attention->key_axis || is_query)
        continue;
      if (axis == attention->head_axis) {
        size /= attention->heads;
        step *= attention->heads;
      }
      strides->groups[g] += rest % size * step;
      rest /= size;
    }
  }
}

static void
find_strides (const SacFoundAttention *found,
              const SacShape *shape,
              Strides *strides)
{
  const SacAttention *attention = &found->attention;
  int64_t axis_strides[SAC_LIMIT_RANK];
  int query = last_query_axis (attention, shape);

  sac_shape_strides (shape, axis_strides);
  strides->key = axis_strides[attention->key_axis];
  strides->query = query >= 0 ? axis_strides[query] : 0;
  strides->head =
    attention->head_axis >= 0 ? axis_strides[attention->head_axis] : 0;
  find_groups (found, shape, axis_strides, strides);
}

/* Heads were made one while the network ran: the sample's part of that is the
 * matrix. */
static void
share_weights (SacAttentionMatrix *matrix, const SacAttentionSource *source)
{
  int64_t count = matrix->groups * matrix->queries * matrix->keys;

  matrix->owner = sac_tensor_ref ((SacTensor *)source->weights);
  matrix->weights = sac_tensor_f32 (source->weights) + source->batch * count;
}

static void
read_weights (SacAttentionMatrix *matrix,
              const SacFoundAttention *found,
              const SacAttentionSource *source)
{
  const float *weights = sac_tensor_f32 (source->weights);
  const float *gradients =
    source->gradients != NULL ? sac_tensor_f32 (source->gradients) : NULL;
  Strides strides;
  float *target = matrix->weights;

  find_strides (found, &source->weights->shape, &strides);
  for (int64_t g = 0; g < matrix->groups; g++) {
    for (int64_t q = 0; q < matrix->queries; q++) {
      for (int64_t k = 0; k < matrix->keys; k++) {
        int64_t at = strides.groups[source->batch * matrix->groups + g] +
                     q * strides.query + k * strides.key;

        *target++ =
          (float)sac_attention_fuse (weights + at,
                                     gradients != NULL ? gradients + at : NULL,
                                     found->attention.heads, strides.head,
                                     &source->fusion);
      }
    }
  }
  g_free (strides.groups);
}

/* Keys of a neighbourhood: its places row by row around the query's own. */
static void
number_neighbours (SacAttentionMatrix *matrix, int kernel)
{
  for (int64_t q = 0; q < matrix->queries; q++) {
    for (int64_t k = 0; k < matrix->keys; k++) {
      int64_t row = q / matrix->columns + k / kernel - kernel / 2;
      int64_t column = q % matrix->columns + k % kernel - kernel / 2;
      bool inside = row >= 0 && row < matrix->rows && column >= 0 &&
                    column < matrix->columns;

      matrix->key_tokens[q * matrix->keys + k] =
        inside ? (int)(row * matrix->columns + column) : -1;
    }
  }
}

static bool
number_tokens (SacAttentionMatrix *matrix,
               const SacFlow *flow,
               const SacFoundAttention *found,
               int64_t batch,
               GError **error)
{
  const SacAttention *attention = &found->attention;

  if (attention->kind == SAC_ATTENTION_WINDOW) {
    size_t count;

    matrix->query_tokens =
      sac_attention_window_cells (flow, found, batch, &count, error);
    if (matrix->query_tokens == NULL)
      return false;
    matrix->key_tokens = g_memdup2 (matrix->query_tokens, count * sizeof (int));
    for (size_t i = 0; i < count; i++) {
      if (matrix->query_tokens[i] >= matrix->tokens)
        return undefined (flow, found,
                          "model.json states a grid with fewer places than "
                          "its windows have",
                          error);
    }
    return true;
  }
  matrix->own_keys = attention->kind == SAC_ATTENTION_LOCAL;
  matrix->query_tokens = g_new (int, matrix->groups * matrix->queries);
  for (int64_t i = 0; i < matrix->groups * matrix->queries; i++)
    matrix->query_tokens[i] = i % matrix->queries;
  matrix->key_tokens =
    g_new (int, (matrix->own_keys ? matrix->queries : matrix->groups) *
                  matrix->keys);
  if (matrix->own_keys) {
    number_neighbours (matrix, attention->kernel);
    return true;
  }
  for (int64_t i = 0; i < matrix->groups * matrix->keys; i++)
    matrix->key_tokens[i] = i % matrix->keys;
  return true;
}

static bool
check_source (const SacFlow *flow,
              const SacFoundAttention *found,
              const SacAttentionSource *source,
              GError **error)
{
  const SacAttention *attention = &found->attention;
  int64_t samples = MIN (sac_flow_batch (flow), found->groups);

  if (!sac_attention_check_spatial (flow, found, error))
    return false;
  if (source->weights != NULL &&
      sac_tensor_get_kind (source->weights) != SAC_KIND_F32)
    return undefined (flow, found, "the weights are not float32", error);
  if (source->batch >= samples || found->groups % samples != 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no sample %" PRId64
                 " in this attention: it has %" PRId64,
                 source->batch, samples);
    return false;
  }
  if (source->fusion.head_mode == SAC_HEAD_ONE &&
      (source->fusion.head < 0 || source->fusion.head >= attention->heads)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no head %d: this attention has heads 0 to %d",
                 source->fusion.head, attention->heads - 1);
    return false;
  }
  return true;
}

SacAttentionMatrix *
sac_attention_matrix_new (const SacFlow *flow,
                          const SacFoundAttention *found,
                          const SacAttentionSource *source,
                          GError **error)
{
  const SacAttention *attention = &found->attention;

  if (!check_source (flow, found, source, error))
    return NULL;

  g_autoptr (SacAttentionMatrix) matrix = g_new0 (SacAttentionMatrix, 1);
  bool has_grid = attention->rows > 0;

  matrix->groups = found->groups / MIN (sac_flow_batch (flow), found->groups);
  matrix->queries = attention->queries;
  matrix->keys = attention->keys;
  matrix->prefix_tokens = has_grid ? attention->prefix_tokens : 0;
  matrix->rows = has_grid ? attention->rows : (int)attention->keys;
  matrix->columns = has_grid ? attention->columns : 1;
  matrix->tokens =
    matrix->prefix_tokens + (int64_t)matrix->rows * matrix->columns;
  matrix->square = attention->kind == SAC_ATTENTION_WINDOW ||
                   attention->kind == SAC_ATTENTION_LOCAL ||
                   (attention->kind == SAC_ATTENTION_GLOBAL &&
                    attention->queries == attention->keys);
  if (!number_tokens (matrix, flow, found, source->batch, error))
    return NULL;
  if (source->is_fused) {
    share_weights (matrix, source);
    return g_steal_pointer (&matrix);
  }
  matrix->weights =
    g_new0 (float, matrix->groups * matrix->queries * matrix->keys);
  if (source->weights != NULL)
    read_weights (matrix, found, source);
  return g_steal_pointer (&matrix);
}

SacAttentionMatrix *
sac_attention_matrix_new_dense (int64_t tokens, const float *weights)
{
  SacAttentionMatrix *matrix = g_new0 (SacAttentionMatrix, 1);

  matrix->groups = 1;
  matrix->queries = matrix->keys = matrix->tokens = tokens;
  matrix->rows = 1;
  matrix->columns = tokens;
  matrix->square = true;
  matrix->weights =
    g_memdup2 (weights, tokens * tokens * sizeof *matrix->weights);
  matrix->query_tokens = g_new (int, tokens);
  for (int64_t i = 0; i < tokens; i++)
    matrix->query_tokens[i] = i;
  matrix->key_tokens = g_memdup2 (matrix->query_tokens, tokens * sizeof (int));
  return matrix;
}

void
sac_attention_matrix_free (SacAttentionMatrix *matrix)
{
  if (matrix == NULL)
    return;
  if (matrix->owner == NULL)
    g_free (matrix->weights);
  sac_tensor_unref (matrix->owner);
  g_free (matrix->query_tokens);
  g_free (matrix->key_tokens);
  g_free (matrix);
}
