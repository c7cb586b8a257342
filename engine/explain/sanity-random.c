/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/json.h"
#include "explain/sanity-private.h"
#include "network/random-weights.h"

#include <math.h>

/* The map with some weights random.  A network that has forgotten everything
 * may leave a method without an answer, which is none about the map.
 * Returns: NULL then too, without an error. */
static bool
make_random_map (SanityWork *work,
                 guint first,
                 guint count,
                 uint64_t seed,
                 SacMap **ret_map,
                 SacJob *job,
                 GError **error)
{
  SacNetwork *own = sac_model_get_network (work->request.model);
  g_autoptr (GError) reason = NULL;
  g_autoptr (SacNetwork) network =
    sac_random_weights_new (own, &g_array_index (work->weights, int, first),
                            count, seed, job, error);

  if (network == NULL)
    return false;

  g_autoptr (SacModel) model =
    sac_model_new_altered (work->request.model, network);
  SacExplainRequest request = work->request;

  request.model = model;
  *ret_map = sanity_make_map (work, &request, job, &reason);
  if (*ret_map != NULL ||
      g_error_matches (reason, SAC_ERROR, SAC_ERROR_UNDEFINED))
    return true;
  g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

static const char *
weight_name (const SanityWork *work, guint index)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (work->request.model));

  return graph->values[g_array_index (work->weights, int, index)].name;
}

/* Weights of the stages before `stage` end there. */
static guint
stage_end (const SanityWork *work, int64_t stage, int64_t stages)
{
  return (guint)(stage * work->weights->len / stages);
}

static void
add_stage (const SanityWork *work,
           JsonArray *array,
           guint last,
           guint count,
           double similarity)
{
  JsonObject *object = json_object_new ();
  g_autofree char *name = sac_network_escape (weight_name (work, last));

  json_object_set_int_member (object, "weights", count);
  json_object_set_string_member (object, "last", name);
  sac_json_set_number (object, "spearman", similarity);
  json_array_add_object_element (array, object);
}

static double
similarity_to (const SanityWork *work, const SacMap *map)
{
  return map != NULL ? sac_sanity_similarity (work->map, map) : NAN;
}

/* The stages of a cascade, or each by itself; the last stage of a cascade is
 * sanity_check_random's.  ret_largest: of the correlations. */
static bool
run_stages (SanityWork *work,
            bool cascade,
            JsonArray *array,
            double *ret_largest,
            SacJob *job,
            GError **error)
{
  int64_t stages =
    MIN (sanity_setting (work, SANITY_STAGES), (int64_t)work->weights->len);
  uint64_t seed = sanity_setting (work, SANITY_SEED);

  *ret_largest = NAN;
  for (int64_t k = 1; k <= stages - cascade; k++) {
    guint first = cascade ? 0 : stage_end (work, k - 1, stages);
    guint end = stage_end (work, k, stages);
    g_autoptr (SacMap) map = NULL;
    double similarity;

    if (!make_random_map (work, first, end - first, seed, &map, job, error))
      return false;
    similarity = similarity_to (work, map);
    *ret_largest = fmax (*ret_largest, similarity);
    add_stage (work, array, end - 1, end - first, similarity);
  }
  return true;
}

static double
mean_of (const double *values, size_t count)
{
  double sum = 0;
  size_t defined = 0;

  for (size_t i = 0; i < count; i++) {
    if (isnan (values[i]))
      continue;
    sum += values[i];
    defined++;
  }
  return defined > 0 ? sum / defined : NAN;
}

/* All weights random, several times: the end of the cascade, and entropies. */
bool
sanity_check_random (SanityWork *work, SacJob *job, GError **error)
{
  size_t seeds = sanity_setting (work, SANITY_SEEDS);
  uint64_t seed = sanity_setting (work, SANITY_SEED);
  g_autofree double *similar = g_new (double, seeds);
  g_autofree double *entropies = g_new (double, seeds);
  g_autoptr (JsonArray) stages = json_array_new ();
  double largest, figure = 0;

  if (!run_stages (work, true, stages, &largest, job, error))
    return false;
  for (size_t i = 0; i < seeds; i++) {
    g_autoptr (SacMap) map = NULL;

    if (!make_random_map (work, 0, work->weights->len, seed + i, &map, job,
                          error))
      return false;
    similar[i] = similarity_to (work, map);
    entropies[i] = map != NULL ? sac_sanity_entropy (map) : NAN;
  }

  JsonObject *cascade = json_object_new ();
  JsonObject *entropy = json_object_new ();
  g_autofree double *sizes = g_new (double, seeds);

  for (size_t i = 0; i < seeds; i++)
    sizes[i] = fabs (similar[i]);
  json_object_set_array_member (cascade, "stages", json_array_ref (stages));
  sac_json_set_numbers (cascade, "all_random", similar, seeds);
  sanity_conclude (work, SANITY_RULE_RANDOMISATION, mean_of (sizes, seeds),
                   cascade);
  figure = (work->report->entropy - mean_of (entropies, seeds)) /
           work->report->entropy;
  sac_json_set_number (entropy, "own", work->report->entropy);
  sac_json_set_numbers (entropy, "all_random", entropies, seeds);
  sac_json_set_number (entropy, "emprt", -figure);
  sanity_conclude (work, SANITY_RULE_ENTROPY,
                   work->report->entropy > 0 ? figure : NAN, entropy);
  return true;
}

bool
sanity_check_stages (SanityWork *work, SacJob *job, GError **error)
{
  JsonObject *figures = json_object_new ();
  JsonArray *stages = json_array_new ();
  double largest = NAN;

  json_object_set_array_member (figures, "stages", stages);
  if (!run_stages (work, false, stages, &largest, job, error)) {
    json_object_unref (figures);
    return false;
  }
  sanity_conclude (work, SANITY_RULE_ONE_STAGE, largest, figures);
  return true;
}
