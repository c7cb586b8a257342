/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/image-input.h"

#include "base/error.h"
#include "explain/list.h"
#include "network/escape.h"

#include <math.h>
#include <string.h>

const char *const sac_baseline_names[] = {"mean", "black", "white", "blur",
                                          NULL};
const char *const sac_baseline_labels[] = {N_ ("Mean colour"), N_ ("Black"),
                                           N_ ("White"), N_ ("Blurred image"),
                                           NULL};

enum { BASELINE_MEAN, BASELINE_BLACK, BASELINE_WHITE, BASELINE_BLUR };

/* Standard deviation of the blur, as a share of the shorter side: 11 pixels of
 * 224, enough that no structure of a lesion's or a nucleus' size is left. */
#define BLUR_SHARE 0.05

static const SacManifestInput *
manifest_input (const SacExplainRun *run)
{
  size_t input = run->request->input;

  return input < run->manifest->input_count ? &run->manifest->inputs[input]
                                            : NULL;
}

bool
sac_image_input_find (const SacExplainRun *run,
                      SacImageInput *ret_image,
                      GError **error)
{
  size_t input = run->request->input;
  const SacTensor *tensor = run->request->inputs[input];
  const SacManifestInput *stated = manifest_input (run);
  bool nhwc = stated != NULL && stated->nhwc;
  const int64_t *dims = tensor->shape.dims;
  int64_t samples = tensor->shape.rank == 4 ? dims[0] : 0;

  if (tensor->shape.rank != 4 || sac_tensor_get_kind (tensor) != SAC_KIND_F32 ||
      tensor->type == SAC_TYPE_DOUBLE ||
      run->request->batch >= (size_t)samples ||
      dims[1] * dims[2] * dims[3] == 0 || dims[nhwc ? 1 : 2] > G_MAXINT ||
      dims[nhwc ? 2 : 3] > G_MAXINT) {
    g_autofree char *name =
      sac_explain_run_name (run, run->graph->inputs[input]);
    g_autofree char *shape = sac_shape_to_string (&tensor->shape);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "input %s is no image: it has shape %s", name, shape);
    return false;
  }
  ret_image->tensor = tensor;
  ret_image->count = dims[1] * dims[2] * dims[3];
  ret_image->offset = run->request->batch * ret_image->count;
  ret_image->values = sac_tensor_f32 (tensor) + ret_image->offset;
  ret_image->channels = dims[nhwc ? 3 : 1];
  ret_image->height = (int)dims[nhwc ? 1 : 2];
  ret_image->width = (int)dims[nhwc ? 2 : 3];
  ret_image->channel_stride = nhwc ? 1 : dims[2] * dims[3];
  ret_image->pixel_stride = nhwc ? ret_image->channels : 1;
  return true;
}

static void
fill (const SacImageInput *image, int64_t channel, double value, float *values)
{
  int64_t pixels = (int64_t)image->height * image->width;

  for (int64_t i = 0; i < pixels; i++)
    values[sac_image_input_at (image, channel, i)] = (float)value;
}

static double
mean_of (const SacImageInput *image, int64_t channel)
{
  int64_t pixels = (int64_t)image->height * image->width;
  double sum = 0;

  for (int64_t i = 0; i < pixels; i++)
    sum += image->values[sac_image_input_at (image, channel, i)];
  return sum / pixels;
}

/* What a grey of 0 to 255 is in the network's units. */
static double
grey_of (const SacManifestInput *input, int64_t channel, double grey)
{
  if (input == NULL || channel >= 4)
    return grey / 255;
  return (grey * input->scale - input->mean[channel]) / input->std[channel];
}

/* One pass of the separable blur along a line of `count` elements, `step`
 * apart; edges are held. */
static void
blur_line (const float *from,
           float *to,
           int64_t count,
           int64_t step,
           const double *weights,
           int radius)
{
  for (int64_t i = 0; i < count; i++) {
    double sum = 0;

    for (int k = -radius; k <= radius; k++)
      sum += weights[ABS (k)] * from[CLAMP (i + k, 0, count - 1) * step];
    to[i * step] = (float)sum;
  }
}

static void
blur (const SacImageInput *image, float *values)
{
  double sigma = BLUR_SHARE * MIN (image->height, image->width);
  int radius = (int)ceil (3 * sigma);
  int64_t row = image->pixel_stride * image->width;
  g_autofree double *weights = g_new (double, radius + 1);
  g_autofree float *between = g_new (float, image->count);
  double sum = 0;

  for (int k = 0; k <= radius; k++) {
    weights[k] = sigma > 0 ? exp (-0.5 * k * k / (sigma * sigma)) : 1;
    sum += (k == 0 ? 1 : 2) * weights[k];
  }
  for (int k = 0; k <= radius; k++)
    weights[k] /= sum;
  for (int64_t c = 0; c < image->channels; c++) {
    int64_t start = c * image->channel_stride;

    for (int y = 0; y < image->height; y++)
      blur_line (image->values + start + y * row, between + start + y * row,
                 image->width, image->pixel_stride, weights, radius);
    for (int x = 0; x < image->width; x++)
      blur_line (between + start + x * image->pixel_stride,
                 values + start + x * image->pixel_stride, image->height, row,
                 weights, radius);
  }
}

float *
sac_image_input_baseline (const SacExplainRun *run,
                          const SacImageInput *image,
                          const SacMethodParam *param)
{
  const SacManifestInput *input = manifest_input (run);
  int choice = sac_param_get_choice (run->request, param);
  float *values = g_new (float, image->count);

  if (choice == BASELINE_BLUR) {
    blur (image, values);
    return values;
  }
  for (int64_t c = 0; c < image->channels; c++) {
    double value = choice == BASELINE_MEAN    ? mean_of (image, c)
                   : choice == BASELINE_BLACK ? grey_of (input, c, 0)
                   : choice == BASELINE_WHITE
                     ? grey_of (input, c, 255)
                     : sac_param_get_number (run->request, param);

    fill (image, c, value, values);
  }
  return values;
}

/* The tensor with the sample's elements replaced. */
static SacTensor *
replace (const SacImageInput *image, const float *values, GError **error)
{
  const SacTensor *old = image->tensor;
  SacTensor *tensor = sac_tensor_new (old->type, &old->shape, error);

  if (tensor == NULL)
    return NULL;
  memcpy (sac_tensor_f32 (tensor), old->data, sac_tensor_get_bytes (old));
  memcpy (sac_tensor_f32 (tensor) + image->offset, values,
          image->count * sizeof (float));
  return tensor;
}

static bool
pass_altered (SacExplainRun *run,
              const SacImageInput *image,
              const float *values,
              SacExplainPass *pass,
              SacJob *job,
              GError **error)
{
  const SacExplainRequest *request = run->request;
  size_t count = run->graph->input_count;
  g_autoptr (SacTensor) altered = replace (image, values, error);
  g_autofree const SacTensor **inputs = g_new (const SacTensor *, count);

  for (size_t i = 0; i < count; i++)
    inputs[i] = i == request->input ? altered : request->inputs[i];
  pass->inputs = inputs;
  return altered != NULL && sac_explain_run_pass (run, pass, job, error);
}

bool
sac_image_input_pass (SacExplainRun *run,
                      const SacImageInput *image,
                      const float *values,
                      SacJob *job,
                      GError **error)
{
  SacExplainPass pass = {
    .values = &run->graph->inputs[run->request->input],
    .count = 1,
    .gradients = true,
  };

  return pass_altered (run, image, values, &pass, job, error);
}

bool
sac_image_input_score (SacExplainRun *run,
                       const SacImageInput *image,
                       const float *values,
                       SacJob *job,
                       GError **error)
{
  SacExplainPass pass = {.score = true};

  return pass_altered (run, image, values, &pass, job, error);
}

const float *
sac_image_input_gradient (const SacExplainRun *run, const SacImageInput *image)
{
  int value = run->graph->inputs[run->request->input];

  return sac_tensor_f32 (sac_explain_run_gradient (run, value)) + image->offset;
}

SacMap *
sac_image_input_map (const SacExplainRun *run,
                     const SacImageInput *image,
                     float *values,
                     const char *unit)
{
  const SacExplainRequest *request = run->request;
  const SacGeometry *geometry =
    request->geometries != NULL ? request->geometries[request->input] : NULL;
  SacMap *map = sac_map_new_take (image->height, image->width, values);

  map->has_geometry = geometry != NULL;
  if (geometry != NULL)
    map->geometry = *geometry;
  map->unit = g_strdup (unit);
  return map;
}
