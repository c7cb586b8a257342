/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The weights of one attention block as they are. */
#include "base/error.h"
#include "base/json.h"
#include "explain/attention-math.h"
#include "explain/attention-run.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"
#include "explain/token-carry.h"

#include <inttypes.h>

static const SacMethodParam params[] = {
  {.name = SAC_PARAM_QUERY,
   .label = N_ ("Token that asks, prefix tokens counted first; -1: the class "
                "token or all"),
   .fallback = "-1",
   .kind = SAC_PARAM_WHOLE,
   .min = -1,
   .max = G_MAXINT},
  SAC_PARAM_ROWS,
  {NULL},
};

/* Where tokens ask that are not those of the map. */
typedef struct {
  bool are_other;
  int input; /* of the graph, that they are of; -1: not known */
  int rows, columns, prefix_tokens; /* 0 rows: no grid is known */
  int64_t count;
} Asking;

static Asking
find_asking (const SacAttentionRun *self, const SacAttentionMatrix *matrix)
{
  const SacFoundAttention *found =
    &g_array_index (self->blocks, SacFoundAttention, self->last);
  g_autoptr (SacTokenPlace) place = NULL;

  if (matrix->square || matrix->groups * matrix->queries == 1)
    return (Asking){0};
  place = sac_token_place_new (self->run->flow, found, false,
                               sac_attention_run_sample (self, found), NULL);
  return (Asking){
    .are_other = true,
    .input = place != NULL
               ? sac_token_carry_origin (self->run->flow, place->value)
               : -1,
    .rows = found->query_rows,
    .columns = found->query_columns,
    .prefix_tokens = found->query_prefix,
    .count = matrix->queries,
  };
}

/* "queries": where the numbers of `query` lie, for whoever chooses one. */
static void
tell_asking (const Asking *asking, SacMap *map)
{
  JsonObject *object;

  if (!asking->are_other)
    return;
  object = json_object_new ();
  json_object_set_int_member (object, "count", asking->count);
  if (asking->input >= 0)
    json_object_set_int_member (object, "input", asking->input);
  if (asking->rows > 0)
    sac_provenance_add_grid (object, asking->prefix_tokens, asking->rows,
                             asking->columns);
  json_object_set_object_member (map->provenance, "queries", object);
}

static const char *
describe (const SacAttentionMatrix *matrix,
          bool of_other_image,
          int64_t asked,
          const SacAttentionAsking *asking)
{
  if (matrix->queries * matrix->groups == 1)
    return N_ ("One weight for each place.");
  if (asked >= 0 && of_other_image)
    return N_ ("What one place of the other image attends to in this one.");
  if (asked >= 0)
    return N_ ("What one token attends to.");
  return sac_attention_asking_describe (asking);
}

/* Class, distillation and register tokens have no place on the image: what they
 * receive is told beside the map. */
static void
tell_prefix (const SacAttentionMatrix *matrix,
             const double *received,
             SacMap *map)
{
  if (!matrix->square || matrix->prefix_tokens == 0)
    return;
  sac_json_set_numbers (map->provenance, "prefix_attention", received,
                        (gsize)matrix->prefix_tokens);
  if (matrix->prefix_tokens > 1)
    sac_provenance_add_note (map->provenance,
                             N_ ("Some tokens have no place on the image "
                                 "(class, registers): what they "
                                 "receive is not in the map."));
}

/* Column means: what each place receives, a class token's row counted like any
 * other. */
static SacMap *
make_importance (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self =
    sac_attention_run_new (request, job, error);
  g_autoptr (SacAttentionMatrix) matrix = NULL;

  if (self == NULL || !sac_attention_run_pass (self, false, job, error))
    return NULL;
  matrix = sac_attention_run_matrix (self, self->last, error);
  if (matrix == NULL)
    return NULL;

  g_autofree double *received = g_new (double, matrix->tokens);

  sac_attention_received (matrix, 0, -1, received);

  SacMap *map =
    sac_attention_run_map (self, matrix, received, N_ ("probability"));

  sac_provenance_add_note (map->provenance,
                           sac_attention_asking_describe (
                             &(SacAttentionAsking){.token = -1}));
  tell_prefix (matrix, received, map);
  return map;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self = NULL;
  g_autoptr (SacAttentionMatrix) matrix = NULL;
  int64_t asked = sac_param_get_whole (request, &params[0]);

  self = sac_attention_run_new (request, job, error);
  if (self == NULL || !sac_attention_run_pass (self, false, job, error))
    return NULL;
  matrix = sac_attention_run_matrix (self, self->last, error);
  if (matrix == NULL)
    return NULL;

  int64_t queries = matrix->square ? matrix->tokens : matrix->queries;
  SacAttentionAsking reader = sac_attention_run_asking (self, self->last);
  g_autofree double *received = g_new (double, matrix->tokens);

  if (asked >= queries) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no token %" PRId64 ": query goes from 0 to %" PRId64,
                 asked, queries - 1);
    return NULL;
  }
  if (asked >= 0)
    sac_attention_received (matrix, asked, asked + 1, received);
  else
    sac_attention_asking_received (matrix, &reader, received);

  SacMap *map =
    sac_attention_run_map (self, matrix, received, N_ ("probability"));

  Asking asking = find_asking (self, matrix);
  bool of_other_image = asking.are_other && asking.input >= 0 &&
                        asking.input != (int)request->input;

  sac_provenance_add_note (map->provenance,
                           describe (matrix, of_other_image, asked, &reader));
  tell_asking (&asking, map);
  tell_prefix (matrix, received, map);
  return map;
}

const SacMethod sac_method_attention = {
  .name = "attention",
  .label = N_ ("Attention"),
  .summary = N_ ("Where the last attention block looks, whatever the class."),
  .source = "Vaswani et al., NeurIPS 2017",
  .family = SAC_METHOD_ATTENTION,
  .needs_attention = true,
  .has_layer = true,
  .has_head = true,
  .params = params,
  .make = make,
};

const SacMethod sac_method_key_importance = {
  .name = "key-importance",
  .label = N_ ("Key importance"),
  .summary =
    N_ ("How much attention each place receives from all tokens of the "
        "last block, whatever the class."),
  .source = "Vaswani et al., NeurIPS 2017",
  .family = SAC_METHOD_ATTENTION,
  .needs_attention = true,
  .has_layer = true,
  .has_head = true,
  .make = make_importance,
};
