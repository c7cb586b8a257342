/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps of the score's gradient at the input, one cell a pixel.
 *
 * gradient: the largest magnitude over the channels (Simonyan, Vedaldi and
 * Zisserman, 2014, section 3), or their sum with or without sign.
 * gradient-x-input: sum over channels of gradient times value.
 * smoothgrad: the same as gradient, of the mean gradient over noisy copies; the
 * noise's standard deviation is a share of the image's range (Smilkov et al.,
 * 2017). */
#include "base/random.h"
#include "explain/image-input.h"
#include "explain/list.h"
#include "explain/provenance.h"

#include <math.h>

static const char *const channel_names[] = {"largest", "sum-of-magnitudes",
                                            "sum", NULL};
static const char *const channel_labels[] = {N_ ("Largest magnitude"),
                                             N_ ("Sum of magnitudes"),
                                             N_ ("Sum with signs"), NULL};

enum { CHANNELS_LARGEST, CHANNELS_MAGNITUDES, CHANNELS_SUM };

#define CHANNELS_PARAM                                                         \
  {                                                                            \
    .name = "channels", .label = N_ ("How the colours' gradients become one"), \
    .fallback = "largest", .kind = SAC_PARAM_CHOICE, .choices = channel_names, \
    .choice_labels = channel_labels                                            \
  }

static const SacMethodParam gradient_params[] = {CHANNELS_PARAM, {NULL}};

static const SacMethodParam smooth_params[] = {
  CHANNELS_PARAM,
  {.name = "samples",
   .label = N_ ("Noisy copies"),
   .fallback = "25",
   .kind = SAC_PARAM_WHOLE,
   .min = 1,
   .max = 10000},
  {.name = "noise",
   .label = N_ ("Standard deviation of the noise, as a share of the image's "
                "range"),
   .fallback = "0.15",
   .kind = SAC_PARAM_NUMBER,
   .min = 0,
   .max = 10},
  {.name = "seed",
   .label = N_ ("Seed of the noise"),
   .fallback = "0",
   .kind = SAC_PARAM_WHOLE,
   .min = 0,
   .max = G_MAXINT},
  {NULL},
};

/* One number of a pixel's gradients.  values: of the image, for the product;
 * NULL: of the gradient alone. */
static double
join (const SacImageInput *image,
      const float *gradient,
      const float *values,
      int64_t pixel,
      int rule)
{
  double joined = 0;

  for (int64_t c = 0; c < image->channels; c++) {
    int64_t at = sac_image_input_at (image, c, pixel);
    double number = gradient[at] * (values != NULL ? (double)values[at] : 1);

    if (rule == CHANNELS_LARGEST)
      joined = isnan (number) ? number : fmax (joined, fabs (number));
    else
      joined += rule == CHANNELS_SUM ? number : fabs (number);
  }
  return joined;
}

static SacMap *
make_map (const SacExplainRun *run,
          const SacImageInput *image,
          const float *gradient,
          const float *values,
          int rule)
{
  int64_t pixels = (int64_t)image->height * image->width;
  float *cells = g_new (float, pixels);

  for (int64_t i = 0; i < pixels; i++)
    cells[i] = (float)join (image, gradient, values, i, rule);

  SacMap *map =
    sac_image_input_map (run, image, cells,
                         values != NULL ? N_ ("logit") : N_ ("gradient"));

  sac_provenance_add_score (map->provenance, run);
  return map;
}

static SacMap *
make_plain (const SacExplainRequest *request,
            bool times_input,
            SacJob *job,
            GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  SacImageInput image;

  if (run == NULL || !sac_image_input_find (run, &image, error) ||
      !sac_image_input_pass (run, &image, image.values, job, error))
    return NULL;
  return make_map (run, &image, sac_image_input_gradient (run, &image),
                   times_input ? image.values : NULL,
                   times_input
                     ? CHANNELS_SUM
                     : sac_param_get_choice (request, &gradient_params[0]));
}

static SacMap *
make_gradient (const SacExplainRequest *request, SacJob *job, GError **error)
{
  return make_plain (request, false, job, error);
}

static SacMap *
make_product (const SacExplainRequest *request, SacJob *job, GError **error)
{
  return make_plain (request, true, job, error);
}

static double
range_of (const SacImageInput *image)
{
  double low = INFINITY, high = -INFINITY;

  for (int64_t i = 0; i < image->count; i++) {
    low = fmin (low, image->values[i]);
    high = fmax (high, image->values[i]);
  }
  return high - low;
}

/* Adds the gradient at a copy of the image with noise `index`. */
static bool
add_noisy (SacExplainRun *run,
           const SacImageInput *image,
           double deviation,
           int64_t index,
           double *sums,
           SacJob *job,
           GError **error)
{
  const SacExplainRequest *request = run->request;
  SacRandom random =
    sac_random_new (sac_param_get_whole (request, &smooth_params[3]), index);
  g_autofree float *noisy = g_new (float, image->count);

  for (int64_t i = 0; i < image->count; i++)
    noisy[i] =
      (float)(image->values[i] + deviation * sac_random_normal (&random));
  if (!sac_image_input_pass (run, image, noisy, job, error))
    return false;

  const float *gradient = sac_image_input_gradient (run, image);

  for (int64_t i = 0; i < image->count; i++)
    sums[i] += gradient[i];
  return true;
}

static SacMap *
make_smooth (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  int64_t samples = sac_param_get_whole (request, &smooth_params[1]);
  SacImageInput image;
  SacExplainPass score = {.score = true};

  if (run == NULL || !sac_image_input_find (run, &image, error) ||
      !sac_explain_run_pass (run, &score, job, error))
    return NULL;

  double deviation =
    sac_param_get_number (request, &smooth_params[2]) * range_of (&image);
  g_autofree double *sums = g_new0 (double, image.count);
  g_autofree float *mean = g_new (float, image.count);

  for (int64_t i = 0; i < samples; i++) {
    if (!add_noisy (run, &image, deviation, i, sums, job, error))
      return NULL;
    sac_job_set_progress (job, (i + 1.0) / samples);
  }
  for (int64_t i = 0; i < image.count; i++)
    mean[i] = (float)(sums[i] / samples);
  return make_map (run, &image, mean, NULL,
                   sac_param_get_choice (request, &smooth_params[0]));
}

const SacMethod sac_method_gradient = {
  .name = "gradient",
  .label = N_ ("Input gradient"),
  .summary = N_ ("How fast the class score changes with each pixel, whichever "
                 "way."),
  .source = "Simonyan, Vedaldi and Zisserman, ICLR workshop 2014",
  .family = SAC_METHOD_GRADIENT,
  .class_specific = true,
  .needs_gradient = true,
  .params = gradient_params,
  .make = make_gradient,
};

const SacMethod sac_method_gradient_x_input = {
  .name = "gradient-x-input",
  .label = N_ ("Gradient × input"),
  .summary = N_ ("Each pixel's value times its gradient: its share of the "
                 "score, were the network linear."),
  .source = "Shrikumar, Greenside and Kundaje, ICML 2017 (their baseline)",
  .family = SAC_METHOD_GRADIENT,
  .class_specific = true,
  .needs_gradient = true,
  .make = make_product,
};

const SacMethod sac_method_smoothgrad = {
  .name = "smoothgrad",
  .label = N_ ("SmoothGrad"),
  .summary = N_ ("The input gradient, averaged over copies of the image with "
                 "noise."),
  .source = "Smilkov et al., arXiv 1706.03825",
  .family = SAC_METHOD_GRADIENT,
  .class_specific = true,
  .needs_gradient = true,
  .params = smooth_params,
  .make = make_smooth,
};
