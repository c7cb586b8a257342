/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* R_st says how relevant each token of image t is to each token of image s now;
 * at first R_ss is the identity and the rest 0.  With A the positive part of
 * weights times gradients, its heads made one:
 *
 *   within s:        R_st += A R_st for all t
 *   s asks q:        R_sq += norm (R_ss)^T A norm (R_qq), R_st += A R_qt else
 *
 * norm takes the identity away, makes rows sum to 1 and puts it back.  Each
 * block reads the state that its queries and keys were made of: two blocks that
 * ask in both directions at once do not see each other.  The map of image t is
 * the sum over the images s that the output reads of the class token's row, or
 * the mean row, of R_st, without the identity. */
#include "explain/relevance-cross.h"

#include "base/error.h"
#include "explain/list.h"
#include "explain/provenance.h"
#include "explain/token-carry.h"

#include <math.h>
#include <string.h>

/* Whole matrices are kept, and multiplied. */
#define TOKENS_MAX 1024

typedef struct {
  guint block; /* that made it; ignored for the first */
  bool is_first;
  SacTokenPlace *place;
  double **r; /* of each stream; NULL: 0 */
} Version;

/* The tokens of one graph input. */
typedef struct {
  int64_t count; /* 0: not met yet */
  int prefix_tokens, rows, columns;
  GPtrArray *versions;
} Stream;

typedef struct {
  SacAttentionRun *run;
  const SacFlow *flow;
  size_t stream_count;
  Stream *streams;
} State;

static void
version_free (gpointer data)
{
  Version *version = data;

  sac_token_place_free (version->place);
  for (size_t i = 0; version->r[i] != (double *)-1; i++)
    g_free (version->r[i]);
  g_free (version->r);
  g_free (version);
}

static const SacFoundAttention *
block_at (const State *state, guint index)
{
  return &g_array_index (state->run->blocks, SacFoundAttention, index);
}

static void
state_clear (State *state)
{
  for (size_t i = 0; i < state->stream_count; i++)
    g_ptr_array_unref (state->streams[i].versions);
  g_free (state->streams);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (State, state_clear)

/* Room for one matrix per stream, and a mark behind them. */
static Version *
new_version (const State *state, SacTokenPlace *place)
{
  Version *version = g_new0 (Version, 1);

  version->place = place;
  version->r = g_new0 (double *, state->stream_count + 1);
  version->r[state->stream_count] = (double *)-1;
  return version;
}

static bool
fail (const State *state, guint block, const char *why, GError **error)
{
  g_autofree char *name =
    sac_explain_run_name (state->run->run,
                          block_at (state, block)->attention.value);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED, "%s: %s", name,
               sac_sentence (why));
  return false;
}

/* The stream of a place, which the block may be the first to meet. */
static Stream *
find_stream (State *state,
             guint block,
             bool keys,
             const SacTokenPlace *place,
             GError **error)
{
  const SacFoundAttention *found = block_at (state, block);
  int index = sac_token_carry_origin (state->flow, place->value);

  if (index < 0) {
    fail (state, block, "it is not known of which image its tokens are", error);
    return NULL;
  }

  Stream *stream = &state->streams[index];

  if (stream->count == 0) {
    Version *version = new_version (state, NULL);
    int64_t n = place->count;

    stream->count = n;
    version->is_first = true;
    version->r[index] = g_new0 (double, n *n);
    for (int64_t i = 0; i < n; i++)
      version->r[index][i * n + i] = 1;
    version->place = g_new0 (SacTokenPlace, 1);
    *version->place = *place;
    version->place->tokens =
      g_memdup2 (place->tokens, place->elements * sizeof (int));
    g_ptr_array_add (stream->versions, version);
  }
  if (stream->rows == 0) {
    stream->prefix_tokens =
      keys ? found->attention.prefix_tokens : found->query_prefix;
    stream->rows = keys ? found->attention.rows : found->query_rows;
    stream->columns = keys ? found->attention.columns : found->query_columns;
  }
  if (stream->count == place->count && place->count <= TOKENS_MAX)
    return stream;
  fail (state, block,
        "the tokens of an image change between blocks, or are too many for "
        "relevance between images",
        error);
  return NULL;
}

/* The state that a place was made of: its tokens must be the same tokens. */
static const Version *
find_version (const State *state,
              const Stream *stream,
              guint block,
              const SacTokenPlace *place,
              GError **error)
{
  const Version *version = NULL;
  g_autofree double *probe = g_new (double, place->count);
  g_autofree double *back = g_new (double, place->count);

  for (guint i = stream->versions->len; i > 0; i--) {
    version = stream->versions->pdata[i - 1];
    if (version->is_first ||
        sac_flow_leads (state->flow,
                        block_at (state, version->block)->attention.value,
                        place->value))
      break;
  }
  for (int64_t i = 0; i < place->count; i++)
    probe[i] = 1 + (double)(i * 37 % 101) / 101;
  if (!sac_token_carry (state->flow, place, probe, 1, version->place, back,
                        error))
    return NULL;
  for (int64_t i = 0; i < place->count; i++) {
    if (fabs (probe[i] - back[i]) > 1e-6) {
      fail (state, block, "the tokens of an image change between blocks",
            error);
      return NULL;
    }
  }
  return version;
}

/* queries x keys.  Returns: a new array. */
static double *
read_matrix (const SacAttentionMatrix *matrix, int64_t rows, int64_t columns)
{
  double *a = g_new0 (double, rows *columns);

  for (int64_t i = 0; i < matrix->groups * matrix->queries; i++) {
    int query = matrix->query_tokens[i];
    int64_t keys = matrix->own_keys ? i % matrix->queries : i / matrix->queries;

    for (int64_t k = 0; k < matrix->keys && query >= 0; k++) {
      int key = matrix->key_tokens[keys * matrix->keys + k];

      if (key >= 0)
        a[query * columns + key] += matrix->weights[i * matrix->keys + k];
    }
  }
  return a;
}

/* ret += x y, or x^T y. */
static void
add_product (const double *x,
             bool transposed,
             const double *y,
             const int64_t sizes[3],
             double *ret)
{
  for (int64_t i = 0; i < sizes[0]; i++) {
    for (int64_t k = 0; k < sizes[1]; k++) {
      double value = transposed ? x[k * sizes[0] + i] : x[i * sizes[1] + k];

      for (int64_t j = 0; value != 0 && j < sizes[2]; j++)
        ret[i * sizes[2] + j] += value * y[k * sizes[2] + j];
    }
  }
}

static double *
normalise (const double *r, int64_t n)
{
  double *made = g_memdup2 (r, n * n * sizeof *r);

  for (int64_t i = 0; i < n; i++) {
    double sum = 0;

    made[i * n + i] -= 1;
    for (int64_t k = 0; k < n; k++)
      sum += made[i * n + k];
    for (int64_t k = 0; sum != 0 && k < n; k++)
      made[i * n + k] /= sum;
    made[i * n + i] += 1;
  }
  return made;
}

/* norm (R_ss)^T A norm (R_qq).  Returns: a new array. */
static double *
between (
  const double *a, const double *own, const double *other, int64_t n, int64_t m)
{
  g_autofree double *left = normalise (own, n);
  g_autofree double *right = normalise (other, m);
  g_autofree double *half = g_new0 (double, n *m);
  double *whole = g_new0 (double, n *m);

  add_product (left, true, a, (int64_t[]){n, n, m}, half);
  add_product (half, false, right, (int64_t[]){n, m, m}, whole);
  return whole;
}

/* The state of the queries after a block.  s, q: the streams. */
static Version *
update (const State *state,
        const Version *queries,
        const Version *keys,
        size_t s,
        size_t q,
        const double *a)
{
  Version *made = new_version (state, NULL);
  int64_t n = state->streams[s].count, m = state->streams[q].count;

  for (size_t t = 0; t < state->stream_count; t++) {
    int64_t count = state->streams[t].count;
    double *old = queries->r[t];
    double *from = keys->r[t];

    if (old == NULL && from == NULL)
      continue;
    if (s != q && t == q) {
      made->r[t] = between (a, queries->r[s], keys->r[q], n, m);
    } else {
      made->r[t] = g_new0 (double, n *count);
      if (from != NULL)
        add_product (a, false, from, (int64_t[]){n, m, count}, made->r[t]);
    }
    for (int64_t i = 0; old != NULL && i < n * count; i++)
      made->r[t][i] += old[i];
  }
  return made;
}

static bool
take_block (State *state, guint block, GError **error)
{
  const SacFoundAttention *found = block_at (state, block);
  size_t batch = state->run->run->request->batch;
  bool one_set = found->attention.kind != SAC_ATTENTION_CROSS;
  g_autoptr (SacTokenPlace) key_place =
    sac_token_place_new (state->flow, found, true, batch, error);
  g_autoptr (SacTokenPlace) query_place =
    key_place != NULL
      ? sac_token_place_new (state->flow, found, one_set, batch, error)
      : NULL;
  g_autoptr (SacAttentionMatrix) matrix =
    query_place != NULL ? sac_attention_run_matrix (state->run, block, error)
                        : NULL;

  if (matrix == NULL)
    return false;

  Stream *queries = find_stream (state, block, one_set, query_place, error);
  Stream *keys =
    queries != NULL ? find_stream (state, block, true, key_place, error) : NULL;

  if (keys == NULL)
    return false;

  const Version *own = find_version (state, queries, block, query_place, error);
  const Version *other =
    own != NULL ? find_version (state, keys, block, key_place, error) : NULL;

  if (other == NULL)
    return false;

  g_autofree double *a = read_matrix (matrix, queries->count, keys->count);
  Version *made = update (state, own, other, queries - state->streams,
                          keys - state->streams, a);

  made->block = block;
  made->place = g_steal_pointer (&query_place);
  g_ptr_array_add (queries->versions, made);
  return true;
}

/* Values that are weights of attention, still only moved and scaled. */
static bool *
mark_weights (const State *state)
{
  const SacGraph *graph = sac_flow_get_graph (state->flow);
  bool *marked = g_new0 (bool, graph->value_count);

  for (guint i = 0; i < state->run->blocks->len; i++)
    marked[block_at (state, i)->attention.value] = true;
  for (size_t n = 0; n < graph->node_count; n++) {
    const SacNode *node = &graph->nodes[n];

    if (sac_node_is_layout (node) && marked[MAX (node->inputs[0], 0)])
      marked[node->outputs[0]] = node->inputs[0] >= 0;
  }
  return marked;
}

/* Which inputs the score is made of by other ways than being attended to. */
static void
find_read (const State *state, bool *ret_read)
{
  const SacGraph *graph = sac_flow_get_graph (state->flow);
  g_autofree bool *weights = mark_weights (state);
  g_autofree bool *read = g_new0 (bool, graph->value_count);
  int score = state->run->run->score.value;

  read[score] = true;
  for (int n = graph->values[score].producer; n >= 0; n--) {
    const SacNode *node = &graph->nodes[n];
    bool made = false, weighed = false;

    for (size_t i = 0; i < node->output_count; i++)
      made = made || (node->outputs[i] >= 0 && read[node->outputs[i]]);
    for (size_t i = 0; i < node->input_count; i++)
      weighed = weighed || (node->inputs[i] >= 0 && weights[node->inputs[i]]);
    for (size_t i = 0; made && !weighed && i < node->input_count; i++) {
      if (sac_flow_depends (state->flow, node->inputs[i]))
        read[node->inputs[i]] = true;
    }
  }
  for (size_t i = 0; i < graph->input_count; i++)
    ret_read[i] = read[graph->inputs[i]];
}

/* Returns: a new array, one number per token of the stream. */
static double *
collect (const State *state, size_t wanted)
{
  g_autofree bool *read = g_new0 (bool, state->stream_count);
  const Stream *target = &state->streams[wanted];
  double *row = g_new0 (double, target->count);

  find_read (state, read);
  for (size_t s = 0; s < state->stream_count; s++) {
    const Stream *stream = &state->streams[s];

    if (!read[s] || stream->count == 0)
      continue;

    const Version *last = stream->versions->pdata[stream->versions->len - 1];
    int64_t rows = stream->prefix_tokens > 0 ? 1 : stream->count;

    for (int64_t i = 0; last->r[wanted] != NULL && i < rows; i++) {
      for (int64_t k = 0; k < target->count; k++)
        row[k] +=
          (last->r[wanted][i * target->count + k] - (s == wanted && i == k)) /
          (double)rows;
    }
  }
  return row;
}

bool
sac_relevance_cross_applies (const SacAttentionRun *self)
{
  return self->run->graph->input_count > 1 &&
         g_array_index (self->blocks, SacFoundAttention, self->last)
             .attention.kind == SAC_ATTENTION_CROSS;
}

/* All blocks that the score is made of. */
static bool
find_blocks (SacAttentionRun *self, GError **error)
{
  self->chain = g_array_new (false, false, sizeof (guint));
  for (guint i = self->blocks->len; i > 0; i--) {
    const SacFoundAttention *found =
      &g_array_index (self->blocks, SacFoundAttention, i - 1);
    guint block = i - 1;

    if (found->attention.kind == SAC_ATTENTION_CHANNEL ||
        found->attention.kind == SAC_ATTENTION_POOLING ||
        !sac_flow_leads (self->run->flow, found->attention.value,
                         self->run->score.value))
      continue;
    g_array_append_val (self->chain, block);
  }
  if (self->chain->len == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "this output is made without attention");
    return false;
  }
  self->last = g_array_index (self->chain, guint, 0);
  return true;
}

SacMap *
sac_relevance_cross_make (SacAttentionRun *self, SacJob *job, GError **error)
{
  size_t wanted = self->run->request->input;
  g_auto (State) state = {
    .run = self,
    .flow = self->run->flow,
    .stream_count = self->run->graph->input_count,
  };

  if (!find_blocks (self, error) ||
      !sac_attention_run_pass (self, true, job, error))
    return NULL;
  state.streams = g_new0 (Stream, state.stream_count);
  for (size_t i = 0; i < state.stream_count; i++)
    state.streams[i].versions = g_ptr_array_new_with_free_func (version_free);
  for (guint i = self->chain->len; i > 0; i--) {
    if (!sac_job_check (job, error) ||
        !take_block (&state, g_array_index (self->chain, guint, i - 1), error))
      return NULL;
  }

  const Stream *stream = &state.streams[wanted];

  if (stream->rows == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "no attention of this output looks at places of this "
                         "input");
    return NULL;
  }

  g_autofree double *row = collect (&state, wanted);
  SacAttentionMatrix grid = {
    .prefix_tokens = stream->prefix_tokens,
    .rows = stream->rows,
    .columns = stream->columns,
  };
  SacMap *map = sac_attention_run_map (self, &grid, row, N_ ("relevance"));

  sac_provenance_add_note (
    map->provenance,
    N_ ("Relevance within and between images, summed over the images that the "
        "output reads; the identity that it starts from is taken away."));
  return map;
}
