/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-run.h"

#include "base/error.h"
#include "explain/attention-math.h"
#include "explain/attention-reduced.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"
#include "explain/zero-gradient.h"
#include "network/escape.h"

#include <inttypes.h>

static const SacFoundAttention *
block_at (const SacAttentionRun *self, guint index)
{
  return &g_array_index (self->blocks, SacFoundAttention, index);
}

/* In a network with several inputs, the ones whose keys come from another
 * input say nothing about this one. */
static bool
is_of_input (const SacFlow *flow, const SacFoundAttention *found)
{
  return found->key_tokens < 0 || sac_flow_depends (flow, found->key_tokens);
}

/* Of several inputs, keys of this one alone are better than keys of several. */
static bool
choose_last (SacAttentionRun *self, GError **error)
{
  SacExplainRun *run = self->run;
  size_t input = run->request->input;
  g_autoptr (SacFlow) flow = sac_flow_new (run->plan, run->network, (int)input);
  g_autoptr (SacFlow) others =
    sac_flow_new_without (run->plan, run->network, (int)input);
  bool found = false;

  for (guint i = self->blocks->len; i > 0; i--) {
    const SacFoundAttention *block = block_at (self, i - 1);

    if (!is_of_input (flow, block) ||
        !sac_attention_check_spatial (run->flow, block, NULL))
      continue;
    if (!sac_flow_depends (others, block->key_tokens)) {
      self->last = i - 1;
      return true;
    }
    if (!found)
      self->last = i - 1;
    found = true;
  }
  if (!found &&
      sac_attention_check_spatial (run->flow,
                                   block_at (self, self->blocks->len - 1),
                                   error))
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "no attention of this model looks at places of this "
                         "input");
  return found;
}

static bool
choose_named (SacAttentionRun *self, const char *name, GError **error)
{
  const SacGraph *graph = self->run->graph;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *shown = sac_escape_short (name);

  for (guint i = 0; i < self->blocks->len; i++) {
    const char *known = graph->values[block_at (self, i)->attention.value].name;
    g_autofree char *safe = sac_escape_short (known);

    if (g_str_equal (known, name)) {
      self->last = i;
      return sac_attention_check_spatial (self->run->flow, block_at (self, i),
                                          error);
    }
    if (i < 12)
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", safe);
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s is no attention of this model; there is %s%s", shown,
               names->str, self->blocks->len > 12 ? ", ..." : "");
  return false;
}

SacAttentionRun *
sac_attention_run_new (const SacExplainRequest *request,
                       SacJob *job,
                       GError **error)
{
  g_autoptr (SacAttentionRun) self = g_new0 (SacAttentionRun, 1);

  self->run = sac_explain_run_new (request, job, error);
  if (self->run == NULL)
    return NULL;
  self->blocks =
    sac_attention_list (self->run->flow, self->run->manifest, error);
  if (self->blocks == NULL)
    return NULL;
  if (self->blocks->len == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "this model has no attention with a softmax, whose "
                         "weights could be shown");
    return NULL;
  }

  bool good = request->layer != NULL
                ? choose_named (self, request->layer, error)
                : choose_last (self, error);

  self->first = self->last;
  return good ? g_steal_pointer (&self) : NULL;
}

void
sac_attention_run_free (SacAttentionRun *self)
{
  if (self == NULL)
    return;
  sac_explain_run_free (self->run);
  g_clear_pointer (&self->blocks, g_array_unref);
  g_clear_pointer (&self->wishes, g_array_unref);
  g_clear_pointer (&self->chain, g_array_unref);
  g_clear_pointer (&self->joins, g_ptr_array_unref);
  g_free (self->stopped);
  g_free (self);
}

bool
sac_attention_run_connects (const SacAttention *attention)
{
  return attention->rows > 0 && (attention->kind == SAC_ATTENTION_WINDOW ||
                                 attention->kind == SAC_ATTENTION_LOCAL ||
                                 (attention->kind == SAC_ATTENTION_GLOBAL &&
                                  attention->queries == attention->keys));
}

static bool
same_tokens (const SacAttention *a, const SacAttention *b)
{
  return sac_attention_run_connects (a) &&
         a->prefix_tokens == b->prefix_tokens && a->rows == b->rows &&
         a->columns == b->columns;
}

bool
sac_attention_run_connect (SacAttentionRun *self,
                           int64_t start_layer,
                           GError **error)
{
  const SacAttention *last = &block_at (self, self->last)->attention;
  int64_t count = (int64_t)self->last + 1;
  int64_t start = start_layer < 0 ? count + start_layer : start_layer;

  if (!sac_attention_run_connects (last)) {
    g_autofree char *name = sac_explain_run_name (self->run, last->value);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "%s does not connect a set of places with itself (it is %s "
                 "attention): use the method attention",
                 name, sac_attention_kind_get_name (last->kind));
    return false;
  }
  if (start < 0 || start >= count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no block %" PRId64
                 ": start_layer goes from 0 to %" PRId64,
                 start_layer, count - 1);
    return false;
  }
  while (self->first > (guint)start &&
         same_tokens (&block_at (self, self->first - 1)->attention, last))
    self->first--;
  return true;
}

/* Of the tokens that the score reads. */
static SacAttentionAsking
find_asking (const SacAttentionRun *self, const SacAttention *attention)
{
  const SacFlow *flow = self->run->flow;
  int prefix = attention->prefix_tokens, axis = attention->query_axis;

  if (axis < 0 ||
      sac_flow_shape (flow, attention->value)->dims[axis] != attention->queries)
    return (SacAttentionAsking){.token = 0};

  g_autofree bool *read =
    sac_zero_gradient_read_places (flow, self->run->score.value,
                                   attention->value, axis);

  for (int i = 0; read != NULL && i < attention->queries; i++)
    if (read[i])
      return i < prefix ? (SacAttentionAsking){.token = i}
                        : (SacAttentionAsking){.token = -1, .skipped = prefix};
  return (SacAttentionAsking){.token = 0};
}

static bool
wants_read (const SacExplainRequest *request)
{
  static const SacMethodParam rows = SAC_PARAM_ROWS;

  return sac_param_get_choice (request, &rows) == 1;
}

SacAttentionAsking
sac_attention_run_asking (const SacAttentionRun *self, guint block)
{
  const SacAttention *attention = &block_at (self, block)->attention;
  g_autofree char *name = g_strdup_printf ("asking %u", block);
  const SacAttentionAsking *known;

  if (!sac_attention_run_connects (attention) || attention->prefix_tokens == 0)
    return (SacAttentionAsking){.token = -1};
  known = sac_plan_get_finding (self->run->plan, name);
  if (known == NULL) {
    SacAttentionAsking asking = find_asking (self, attention);

    known = sac_plan_add_finding (self->run->plan, name,
                                  g_memdup2 (&asking, sizeof asking), g_free);
  }
  if (known->token == 0 || wants_read (self->run->request))
    return *known;
  return (SacAttentionAsking){.token = 0, .unread = true};
}

void
sac_attention_asking_received (const SacAttentionMatrix *matrix,
                               const SacAttentionAsking *asking,
                               double *ret_received)
{
  if (asking->token >= 0)
    sac_attention_received (matrix, asking->token, asking->token + 1,
                            ret_received);
  else
    sac_attention_received (matrix, asking->skipped, -1, ret_received);
}

const char *
sac_attention_asking_describe (const SacAttentionAsking *asking)
{
  if (asking->unread)
    return N_ ("What the first prefix token (the class token) attends to; the "
               "score does not read it, but others (rows=read).");
  if (asking->token == 0)
    return N_ ("What the first prefix token (the class token) attends to.");
  if (asking->token > 0)
    return N_ ("What the first prefix token that the score reads attends to.");
  if (asking->skipped > 0)
    return N_ ("What each place receives from the tokens of the image: the "
               "score reads no class token.");
  return N_ ("What each place receives: the mean over all tokens that see it.");
}

/* Of the blocks in use, from the input to the output.  Returns: a new array. */
static int *
used_values (const SacAttentionRun *self, guint *ret_count)
{
  guint count =
    self->chain != NULL ? self->chain->len : self->last - self->first + 1;
  int *values = g_new (int, count);

  for (guint i = 0; i < count; i++)
    values[i] =
      block_at (self, self->chain != NULL
                        ? g_array_index (self->chain, guint, count - 1 - i)
                        : self->first + i)
        ->attention.value;
  *ret_count = count;
  return values;
}

int64_t
sac_attention_run_sample (const SacAttentionRun *self,
                          const SacFoundAttention *found)
{
  const SacExplainRequest *request = self->run->request;
  const SacFlow *flow = self->run->flow;

  /* Behind the encoder the images may be apart again. */
  if (found->groups < sac_flow_batch (flow))
    return (int64_t)request->batch;
  return sac_flow_sample (flow, request->input, (int64_t)request->batch);
}

static bool
run_pass (SacAttentionRun *self,
          SacExplainPass pass,
          SacJob *job,
          GError **error)
{
  pass.reductions = (const SacPlanReduction *)(const void *)self->wishes->data;
  pass.reduction_count = self->wishes->len;
  return sac_explain_run_pass (self->run, &pass, job, error);
}

bool
sac_attention_run_pass (SacAttentionRun *self,
                        bool gradients,
                        SacJob *job,
                        GError **error)
{
  guint count;
  g_autofree int *values = used_values (self, &count);

  count = sac_attention_reduced_plan (self, values, count, gradients);
  return run_pass (self,
                   (SacExplainPass){.values = values,
                                    .count = count,
                                    .gradients = gradients},
                   job, error);
}

bool
sac_attention_run_pass_heads (SacAttentionRun *self,
                              SacJob *job,
                              GError **error)
{
  int value = block_at (self, self->last)->attention.value;

  bool reduced = sac_attention_reduced_plan_heads (self);
  return run_pass (self,
                   (SacExplainPass){.values = &value,
                                    .count = reduced ? 0 : 1,
                                    .gradients = true},
                   job, error);
}

SacAttentionMatrix *
sac_attention_run_matrix (SacAttentionRun *self, guint block, GError **error)
{
  const SacExplainRequest *request = self->run->request;
  const SacFoundAttention *found = block_at (self, block);
  int value = found->attention.value;
  const SacTensor *fused = sac_attention_reduced_weights (self, value);
  SacAttentionSource source = {
    .weights = fused != NULL ? fused : sac_explain_run_value (self->run, value),
    .gradients = sac_explain_run_gradient (self->run, value),
    .is_fused = fused != NULL,
    .batch = sac_attention_run_sample (self, found),
    .fusion = {self->use, request->head_mode, request->head},
  };

  return sac_attention_matrix_new (self->run->flow, found, &source, error);
}

static bool
is_zero (const SacMap *map)
{
  for (size_t i = 0; i < (size_t)map->rows * (size_t)map->columns; i++) {
    if (map->values[i] != 0)
      return false;
  }
  return true;
}

SacMap *
sac_attention_run_map (SacAttentionRun *self,
                       const SacAttentionMatrix *matrix,
                       const double *tokens,
                       const char *unit)
{
  const SacExplainRequest *request = self->run->request;
  const SacGeometry *geometry =
    request->geometries != NULL ? request->geometries[request->input] : NULL;
  int64_t cells = (int64_t)matrix->rows * matrix->columns;
  guint count;
  float *values = g_new (float, cells);
  g_autofree int *used = used_values (self, &count);

  for (int64_t i = 0; i < cells; i++)
    values[i] = (float)tokens[matrix->prefix_tokens + i];

  SacMap *map = sac_map_new_take (matrix->rows, matrix->columns, values);
  const SacAttention *last = &block_at (self, self->last)->attention;
  g_autofree char *name = sac_explain_run_name (self->run, last->value);

  map->has_geometry = geometry != NULL && last->rows > 0;
  if (map->has_geometry)
    map->geometry = *geometry;
  map->unit = g_strdup (unit);
  json_object_set_string_member (map->provenance, "layer", name);
  json_object_set_string_member (map->provenance, "attention_kind",
                                 sac_attention_kind_get_name (last->kind));
  json_object_set_int_member (map->provenance, "heads", last->heads);
  sac_provenance_add_attention (map->provenance, self->run, used, count);
  sac_provenance_add_grid (map->provenance, matrix->prefix_tokens, matrix->rows,
                           matrix->columns);
  if (self->run->has_score)
    sac_provenance_add_score (map->provenance, self->run);
  if (self->run->has_slope && is_zero (map))
    json_object_set_string_member (map->provenance, "flag",
                                   N_ ("No attention in use raises the score: "
                                       "its gradient is 0 or against it "
                                       "everywhere."));
  return map;
}

void
sac_attention_run_add_left_out (const SacAttentionRun *self, SacMap *map)
{
  if (self->first == 0)
    return;

  g_autofree char *sentence =
    g_strdup_printf ("Of the %u attention blocks up to this one the first %u "
                     "are left out.",
                     self->last + 1, self->first);

  sac_provenance_add_note (map->provenance, sentence);
}
