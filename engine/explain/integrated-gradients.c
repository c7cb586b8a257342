/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Integrated gradients: the gradient's mean along the straight line from a
 * baseline x' to the image x, times x - x' (Sundararajan, Taly and Yan, 2017,
 * equation 1), summed over the channels.  All cells together are
 * F(x) - F(x') but for the error of the sum that stands for the integral, which
 * provenance gives. */
#include "base/json.h"
#include "explain/image-input.h"
#include "explain/list.h"
#include "explain/provenance.h"

#include <math.h>

static const char *const rule_names[] = {"gauss-legendre", "midpoint", NULL};
static const char *const rule_labels[] = {N_ ("Gauss–Legendre points"),
                                          N_ ("Middles of equal steps"), NULL};

enum { RULE_GAUSS_LEGENDRE, RULE_MIDPOINT };
enum { PARAM_STEPS, PARAM_RULE, PARAM_BASELINE };

static const SacMethodParam params[] = {
  [PARAM_STEPS] = {.name = "steps",
                   .label = N_ ("Points on the way from the baseline"),
                   .fallback = "50",
                   .kind = SAC_PARAM_WHOLE,
                   .min = 1,
                   .max = 1000},
  [PARAM_RULE] = {.name = "rule",
                  .label = N_ ("Where they lie"),
                  .fallback = "gauss-legendre",
                  .kind = SAC_PARAM_CHOICE,
                  .choices = rule_names,
                  .choice_labels = rule_labels},
  [PARAM_BASELINE] = SAC_PARAM_BASELINE ("black"),
  {NULL},
};

/* Beyond this share of the score's change the sum is told to be rough. */
#define ROUGH 0.05

/* The polynomial of Legendre of degree n at x; ret_slope: its derivative. */
static double
legendre (int64_t n, double x, double *ret_slope)
{
  double before = 1, now = x;

  for (int64_t k = 2; k <= n; k++) {
    double next = ((2 * k - 1) * x * now - (k - 1) * before) / k;

    before = now;
    now = next;
  }
  *ret_slope = n * (x * now - before) / (x * x - 1);
  return now;
}

/* Node k of n and its weight on [0, 1]: roots of Legendre's polynomial by
 * Newton's method from Chebyshev's (Abramowitz and Stegun, 25.4.29). */
static void
gauss_point (int64_t k, int64_t n, double *ret_place, double *ret_weight)
{
  double x = cos (3.14159265358979323846 * (k + 0.75) / (n + 0.5));
  double slope = 1;

  for (int i = 0; i < 20; i++) {
    double step = legendre (n, x, &slope) / slope;

    x -= step;
    if (fabs (step) < 1e-15)
      break;
  }
  legendre (n, x, &slope);
  *ret_place = (1 - x) / 2;
  *ret_weight = 1 / ((1 - x * x) * slope * slope);
}

static void
find_point (
  int rule, int64_t k, int64_t n, double *ret_place, double *ret_weight)
{
  if (rule == RULE_GAUSS_LEGENDRE && n > 1) {
    gauss_point (k, n, ret_place, ret_weight);
    return;
  }
  *ret_place = (k + 0.5) / n;
  *ret_weight = 1.0 / n;
}

/* The gradient's weighted mean on the way.  Returns: a new array, or NULL. */
static double *
integrate (SacExplainRun *run,
           const SacImageInput *image,
           const float *baseline,
           SacJob *job,
           GError **error)
{
  int64_t steps = sac_param_get_whole (run->request, &params[PARAM_STEPS]);
  int rule = sac_param_get_choice (run->request, &params[PARAM_RULE]);
  g_autofree double *mean = g_new0 (double, image->count);
  g_autofree float *between = g_new (float, image->count);

  for (int64_t k = 0; k < steps; k++) {
    double place, weight;

    find_point (rule, k, steps, &place, &weight);
    for (int64_t i = 0; i < image->count; i++)
      between[i] =
        (float)(baseline[i] + place * ((double)image->values[i] - baseline[i]));
    if (!sac_image_input_pass (run, image, between, job, error))
      return NULL;

    const float *gradient = sac_image_input_gradient (run, image);

    for (int64_t i = 0; i < image->count; i++)
      mean[i] += weight * gradient[i];
    sac_job_set_progress (job, (k + 1.0) / steps);
  }
  return g_steal_pointer (&mean);
}

static SacMap *
make_map (const SacExplainRun *run,
          const SacImageInput *image,
          const float *baseline,
          const double *mean,
          double baseline_score)
{
  int64_t pixels = (int64_t)image->height * image->width;
  float *cells = g_new (float, pixels);
  double total = 0, change = run->value - baseline_score;

  for (int64_t i = 0; i < pixels; i++) {
    double sum = 0;

    for (int64_t c = 0; c < image->channels; c++) {
      int64_t at = sac_image_input_at (image, c, i);

      sum += mean[at] * ((double)image->values[at] - baseline[at]);
    }
    cells[i] = (float)sum;
    total += sum;
  }

  SacMap *map = sac_image_input_map (run, image, cells, N_ ("logit"));

  sac_provenance_add_score (map->provenance, run);
  sac_json_set_number (map->provenance, "baseline_score", baseline_score);
  sac_json_set_number (map->provenance, "score_change", change);
  sac_json_set_number (map->provenance, "sum", total);
  sac_json_set_number (map->provenance, "convergence_delta", total - change);
  if (fabs (total - change) > ROUGH * fabs (change))
    sac_provenance_add_note (map->provenance,
                             N_ (
                               "The sum over all cells misses the change of "
                               "the score by more than a twentieth: take more "
                               "steps."));
  return map;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  SacExplainPass score = {.score = true};
  SacImageInput image;

  if (run == NULL || !sac_image_input_find (run, &image, error) ||
      !sac_explain_run_pass (run, &score, job, error))
    return NULL;

  g_autofree float *baseline =
    sac_image_input_baseline (run, &image, &params[PARAM_BASELINE]);
  g_autofree double *mean = NULL;

  if (!sac_image_input_score (run, &image, baseline, job, error))
    return NULL;

  double baseline_score = run->pass_value;

  mean = integrate (run, &image, baseline, job, error);
  if (mean == NULL)
    return NULL;
  return make_map (run, &image, baseline, mean, baseline_score);
}

const SacMethod sac_method_integrated_gradients = {
  .name = "integrated-gradients",
  .label = N_ ("Integrated gradients"),
  .summary = N_ ("Each pixel's share of the score's change from a baseline to "
                 "the image; all shares add up to it."),
  .source = "Sundararajan, Taly and Yan, ICML 2017",
  .family = SAC_METHOD_GRADIENT,
  .class_specific = true,
  .needs_gradient = true,
  .params = params,
  .make = make,
};
