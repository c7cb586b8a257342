/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/sanity-private.h"

#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/run.h"
#include "network/random-weights.h"

#include <math.h>
#include <string.h>

static const SacMethodParam settings[] = {
  [SANITY_STAGES] = {.name = "stages",
                     .label = N_ ("Stages in which weights become random"),
                     .fallback = "5",
                     .kind = SAC_PARAM_WHOLE,
                     .min = 1,
                     .max = 1000},
  [SANITY_SEEDS] = {.name = "seeds",
                    .label = N_ ("How often all weights become random"),
                    .fallback = "3",
                    .kind = SAC_PARAM_WHOLE,
                    .min = 1,
                    .max = 100},
  [SANITY_SAMPLES] = {.name = "samples",
                      .label = N_ ("Noisy copies for the sensitivity"),
                      .fallback = "5",
                      .kind = SAC_PARAM_WHOLE,
                      .min = 1,
                      .max = 1000},
  [SANITY_RADIUS] = {.name = "radius",
                     .label = N_ ("Their largest noise, as a share of the "
                                  "input's range"),
                     .fallback = "0.02",
                     .kind = SAC_PARAM_NUMBER,
                     .min = 0,
                     .max = 1},
  [SANITY_SEED] = {.name = "seed",
                   .label = N_ ("Seed of weights and noise"),
                   .fallback = "0",
                   .kind = SAC_PARAM_WHOLE,
                   .min = 0,
                   .max = G_MAXINT},
  {NULL},
};

const SacMethod sac_sanity_settings = {
  .name = "sanity",
  .label = N_ ("Sanity"),
  .summary =
    N_ ("Whether a map depends on what the network has learned, on the "
        "class, and little else."),
  .params = settings,
};

/* The bounds are conventions: no outside truth says where a map begins to be
 * wrong.  docs/faithfulness.md has what the shipped models' maps reach. */
static const SacSanityRule rules[] = {
  {"randomisation",
   N_ ("Mean rank correlation with the maps of networks whose weights are all "
       "random: pass to 0.3, fail above 0.6, by convention."),
   0.3, 0.6},
  {"one-stage",
   N_ ("Largest rank correlation with the map after one stage's weights have "
       "become random: pass to 0.95, else warn, by convention."),
   0.95, INFINITY},
  {"entropy",
   N_ ("Entropy that the map's values lose when all weights become random, as "
       "a share: pass to 0 (it rises), fail above 0.25, by convention."),
   0, 0.25},
  {"class",
   N_ ("Largest rank correlation with the map of another class: pass to 0.7, "
       "fail above 0.95, by convention; a warning for methods that know no "
       "class."),
   0.7, 0.95},
  {"max-sensitivity",
   N_ ("Largest change of the map under small noise, as a share of it: pass to "
       "0.5, fail above 1, by convention."),
   0.5, 1},
  {"completeness",
   N_ ("What the cells' sum misses of the change of the score it promises, as "
       "a share: pass to 0.01, fail above 0.05, by convention."),
   0.01, 0.05},
};

static void
work_clear (SanityWork *work)
{
  g_clear_pointer (&work->map, sac_map_unref);
  g_clear_pointer (&work->scores, g_free);
  g_clear_pointer (&work->weights, g_array_unref);
  g_clear_pointer (&work->report, sac_sanity_report_free);
}

int64_t
sanity_setting (const SanityWork *work, int index)
{
  return sac_param_get_whole (&work->asked, &settings[index]);
}

/* References of JSON objects are counted by one thread alone: figures stay. */
static void
tell (const SanityWork *work)
{
  const SacSanityAsked *asked = work->question;

  if (asked->partial == NULL)
    return;

  SacSanityReport *report = g_memdup2 (work->report, sizeof *work->report);

  report->checks = g_array_copy (work->report->checks);
  for (guint i = 0; i < report->checks->len; i++)
    g_array_index (report->checks, SacSanityCheck, i).figures = NULL;
  asked->partial (report, asked->partial_data);
}

void
sanity_conclude (SanityWork *work, int rule, double figure, JsonObject *figures)
{
  SacSanityCheck check = {.rule = &rules[rule],
                          .figure = figure,
                          .figures = figures};

  if (isnan (figure))
    check.badge = SAC_BADGE_UNDEFINED;
  else if (figure <= rules[rule].pass)
    check.badge = SAC_BADGE_PASS;
  else
    check.badge = figure <= rules[rule].warn ? SAC_BADGE_WARN : SAC_BADGE_FAIL;
  if (rule == SANITY_RULE_CLASS && !work->map->class_specific &&
      check.badge == SAC_BADGE_FAIL)
    check.badge = SAC_BADGE_WARN;
  work->report->badge = MAX (work->report->badge, check.badge);
  g_array_append_val (work->report->checks, check);
  tell (work);
}

/* Returns: NULL with an error. */
SacMap *
sanity_make_map (SanityWork *work,
                 const SacExplainRequest *request,
                 SacJob *job,
                 GError **error)
{
  SacMap *map;

  sac_job_set_span (job, (double)work->done / work->total,
                    MIN (1, (work->done + 1.0) / work->total));
  map = sac_method_run (work->method, request, job, error);
  work->done++;
  return map;
}

/* The class next in line, and the one with the lowest score. */
static int
choose_others (const SanityWork *work, int64_t *ret_others)
{
  int64_t own = work->request.class_index, next = -1, last = -1;

  for (int64_t i = 0; i < work->classes; i++) {
    if (i == own)
      continue;
    if (next < 0 || work->scores[i] > work->scores[next])
      next = i;
    if (last < 0 || work->scores[i] < work->scores[last])
      last = i;
  }
  ret_others[0] = next;
  ret_others[1] = last;
  return next < 0 ? 0 : next == last ? 1 : 2;
}

static bool
check_class (SanityWork *work, SacJob *job, GError **error)
{
  JsonObject *figures = json_object_new ();
  JsonArray *array = json_array_new ();
  int64_t others[2];
  int count = work->request.class_index >= 0 && !work->request.has_against
                ? choose_others (work, others)
                : 0;
  double largest = NAN;

  json_object_set_array_member (figures, "others", array);
  for (int i = 0; i < count; i++) {
    SacExplainRequest request = work->request;
    JsonObject *object = json_object_new ();
    double similarity;

    json_array_add_object_element (array, object);
    request.class_index = others[i];

    g_autoptr (SacMap) map = sanity_make_map (work, &request, job, error);

    if (map == NULL) {
      json_object_unref (figures);
      return false;
    }
    similarity = sac_sanity_similarity (work->map, map);
    largest = fmax (largest, similarity);
    json_object_set_int_member (object, "class_index", others[i]);
    sac_json_set_number (object, "spearman", similarity);
  }
  sanity_conclude (work, SANITY_RULE_CLASS, largest, figures);
  return true;
}

/* The input with even noise.  Returns: NULL with an error. */
static SacTensor *
add_noise (const SanityWork *work,
           const SacTensor *input,
           int64_t index,
           GError **error)
{
  SacRandom random =
    sac_random_new (sanity_setting (work, SANITY_SEED), (uint64_t)index);
  SacTensor *noisy = sac_tensor_new (input->type, &input->shape, error);
  int64_t count = sac_tensor_get_count (input);
  const float *values = sac_tensor_f32 (input);
  double low = INFINITY, high = -INFINITY, radius;

  if (noisy == NULL)
    return NULL;
  for (int64_t i = 0; i < count; i++) {
    low = fmin (low, values[i]);
    high = fmax (high, values[i]);
  }
  radius = sac_param_get_number (&work->asked, &settings[SANITY_RADIUS]) *
           (high - low);
  for (int64_t i = 0; i < count; i++)
    sac_tensor_f32 (noisy)[i] =
      (float)(values[i] + radius * (2 * sac_random_uniform (&random) - 1));
  return noisy;
}

static bool
check_sensitivity (SanityWork *work, SacJob *job, GError **error)
{
  const SacExplainRequest *request = &work->request;
  const SacTensor *input = request->inputs[request->input];
  size_t inputs =
    sac_network_get_graph (sac_model_get_network (request->model))->input_count;
  size_t samples = sanity_setting (work, SANITY_SAMPLES);
  g_autofree const SacTensor **altered =
    g_memdup2 (request->inputs, inputs * sizeof *altered);
  g_autofree double *changes = g_new (double, samples);
  double largest = NAN;

  if (sac_tensor_get_kind (input) != SAC_KIND_F32)
    return true;
  for (size_t i = 0; i < samples; i++) {
    g_autoptr (SacTensor) noisy = add_noise (work, input, i, error);
    SacExplainRequest own = *request;

    if (noisy == NULL)
      return false;
    altered[request->input] = noisy;
    own.inputs = altered;

    g_autoptr (SacMap) map = sanity_make_map (work, &own, job, error);

    if (map == NULL)
      return false;
    changes[i] = sac_sanity_change (work->map, map);
    largest = fmax (largest, changes[i]);
  }

  JsonObject *figures = json_object_new ();

  sac_json_set_numbers (figures, "changes", changes, samples);
  sanity_conclude (work, SANITY_RULE_SENSITIVITY, largest, figures);
  return true;
}

/* Methods whose cells add up to a change of the score note both. */
static void
check_completeness (SanityWork *work)
{
  JsonObject *provenance = work->map->provenance;

  if (!json_object_has_member (provenance, "score_change"))
    return;

  double change = json_object_get_double_member (provenance, "score_change");
  double sum = json_object_get_double_member (provenance, "sum");
  JsonObject *figures = json_object_new ();

  sac_json_set_number (figures, "sum", sum);
  sac_json_set_number (figures, "score_change", change);
  sanity_conclude (work, SANITY_RULE_COMPLETENESS,
                   change != 0 ? fabs (sum - change) / fabs (change) : NAN,
                   figures);
}

/* Which class it is about, and the scores of the others. */
static bool
find_scores (SanityWork *work, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run =
    sac_explain_run_new (&work->request, job, error);
  SacExplainPass pass = {.score = true};

  if (run == NULL || !sac_explain_run_pass (run, &pass, job, error))
    return false;
  work->request.class_index = run->class_index;
  work->classes = run->classes;
  work->scores =
    g_memdup2 (sac_tensor_f32 (sac_explain_run_value (run, run->score.value)) +
                 work->request.batch * run->classes,
               run->classes * sizeof *work->scores);
  return true;
}

static bool
start (SanityWork *work, SacJob *job, GError **error)
{
  int64_t stages = sanity_setting (work, SANITY_STAGES);

  work->weights = sac_random_weights_list (
    sac_network_get_graph (sac_model_get_network (work->request.model)));
  stages = MIN (stages, (int64_t)work->weights->len);
  work->total = (int)(2 + 2 * stages + sanity_setting (work, SANITY_SEEDS) +
                      sanity_setting (work, SANITY_SAMPLES));
  work->report = g_new0 (SacSanityReport, 1);
  work->report->checks = g_array_new (FALSE, FALSE, sizeof (SacSanityCheck));
  if (!find_scores (work, job, error))
    return false;
  work->map = sanity_make_map (work, &work->request, job, error);
  if (work->map == NULL)
    return false;
  work->report->entropy = sac_sanity_entropy (work->map);
  return true;
}

SacSanityReport *
sac_sanity_run (const SacSanityAsked *asked, SacJob *job, GError **error)
{
  SanityWork work = {.method = asked->method,
                     .request = *asked->request,
                     .asked = *asked->request,
                     .question = asked};
  SacSanityReport *report = NULL;

  work.asked.params = asked->settings;
  work.request.partial = NULL;
  if (!sac_params_check (&sac_sanity_settings, &work.asked, error))
    return NULL;
  if (start (&work, job, error) &&
      (work.weights->len == 0 || (sanity_check_random (&work, job, error) &&
                                  sanity_check_stages (&work, job, error))) &&
      check_class (&work, job, error) &&
      check_sensitivity (&work, job, error)) {
    check_completeness (&work);
    report = g_steal_pointer (&work.report);
  }
  sac_job_set_span (job, 0, 1);
  work_clear (&work);
  return report;
}
