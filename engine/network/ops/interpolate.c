/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/interpolate.h"

#include "base/error.h"
#include "base/limits.h"

#include <inttypes.h>
#include <math.h>

/* Where output `at` lies in the input.  in / out instead of 1 / scale keeps
 * places halfway between two elements exact. */
static double
divide_by_scale (const SacInterpolateAxis *axis, double at)
{
  return axis->exact ? at * (double)axis->in / (double)axis->out
                     : at / axis->scale;
}

static double
find_place (SacCoordinates coordinates,
            const SacInterpolateAxis *axis,
            int64_t output)
{
  double at = (double)output;
  double last_in = (double)(axis->in - 1);
  double last_out = (double)(axis->out - 1);

  switch (coordinates) {
  case SAC_COORDINATES_HALF_PIXEL:
    break;
  case SAC_COORDINATES_HALF_PIXEL_SYMMETRIC: {
    double whole =
      axis->exact ? (double)axis->out : axis->scale * (double)axis->in;
    double center = (double)axis->in / 2;

    return center * (1 - (double)axis->out / whole) +
           divide_by_scale (axis, at + 0.5) - 0.5;
  }
  case SAC_COORDINATES_PYTORCH_HALF_PIXEL:
    if (axis->out <= 1)
      return 0;
    break;
  case SAC_COORDINATES_ALIGN_CORNERS:
    return axis->out <= 1 ? 0 : at * last_in / last_out;
  case SAC_COORDINATES_ASYMMETRIC:
    return divide_by_scale (axis, at);
  case SAC_COORDINATES_TF_HALF_PIXEL_FOR_NN:
    return divide_by_scale (axis, at + 0.5);
  case SAC_COORDINATES_TF_CROP_AND_RESIZE:
    if (axis->out <= 1)
      return (axis->crop_from + axis->crop_to) / 2 * last_in;
    return axis->crop_from * last_in +
           at * (axis->crop_to - axis->crop_from) * last_in / last_out;
  }
  return divide_by_scale (axis, at + 0.5) - 0.5;
}

static double
round_place (const SacInterpolateRule *rule,
             const SacInterpolateAxis *axis,
             double place)
{
  switch (rule->nearest) {
  case SAC_NEAREST_ROUND_PREFER_FLOOR:
    return ceil (place - 0.5);
  case SAC_NEAREST_ROUND_PREFER_CEIL:
    return floor (place + 0.5);
  case SAC_NEAREST_FLOOR:
    return floor (place);
  case SAC_NEAREST_CEIL:
    return ceil (place);
  case SAC_NEAREST_OPSET_10:
    return axis->scale < 1 ? ceil (place) : floor (place);
  }
  return place;
}

static double
weigh_linear (double distance)
{
  return fmax (0, 1 - fabs (distance));
}

/* Keys' kernel: R. Keys, "Cubic convolution interpolation for digital image
 * processing", 1981, with his a as a parameter. */
static double
weigh_cubic (double distance, double a)
{
  double d = fabs (distance);

  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* How much the kernel is stretched over the input. */
static double
find_stretch (const SacInterpolateRule *rule, const SacInterpolateAxis *axis)
{
  return rule->antialias && axis->scale < 1 ? 1 / axis->scale : 1;
}

static double
find_reach (const SacInterpolateRule *rule, const SacInterpolateAxis *axis)
{
  return (rule->mode == SAC_INTERPOLATE_CUBIC ? 2 : 1) *
         find_stretch (rule, axis);
}

static int64_t
count_taps_max (const SacInterpolateRule *rule, const SacInterpolateAxis *axis)
{
  if (rule->mode == SAC_INTERPOLATE_NEAREST)
    return 1;
  return (int64_t)ceil (2 * find_reach (rule, axis)) + 1;
}

static int32_t
clamp_place (const SacInterpolateAxis *axis, double place)
{
  return (int32_t)CLAMP (place, 0, (double)(axis->in - 1));
}

/* Returns: the number of taps; their weights add up to 1. */
static int32_t
weigh_taps (const SacInterpolateRule *rule,
            const SacInterpolateAxis *axis,
            double place,
            int32_t *places,
            float *weights)
{
  double reach = find_reach (rule, axis);
  double stretch = find_stretch (rule, axis);
  double last = ceil (place + reach) - 1;
  double sum = 0;
  int32_t count = 0;

  for (double at = floor (place - reach) + 1; at <= last; at++) {
    double distance = (at - place) / stretch;
    double weight = rule->mode == SAC_INTERPOLATE_CUBIC
                      ? weigh_cubic (distance, rule->cubic_a)
                      : weigh_linear (distance);

    if (rule->exclude_outside && (at < 0 || at > (double)(axis->in - 1)))
      continue;
    places[count] = clamp_place (axis, at);
    weights[count] = (float)weight;
    sum += weight;
    count++;
  }
  if (count == 0) {
    places[0] = clamp_place (axis, place);
    weights[0] = 1;
    return 1;
  }
  for (int32_t i = 0; i < count; i++)
    weights[i] = (float)((double)weights[i] / sum);
  return count;
}

static int32_t
find_taps (const SacInterpolateRule *rule,
           const SacInterpolateAxis *axis,
           int64_t output,
           int32_t *places,
           float *weights)
{
  double place = find_place (rule->coordinates, axis, output);

  if (rule->coordinates == SAC_COORDINATES_TF_CROP_AND_RESIZE &&
      !(place >= 0 && place <= (double)(axis->in - 1)))
    return 0;
  if (rule->mode == SAC_INTERPOLATE_NEAREST) {
    places[0] = clamp_place (axis, round_place (rule, axis, place));
    weights[0] = 1;
    return 1;
  }
  return weigh_taps (rule, axis, place, places, weights);
}

bool
sac_interpolate_tabulate (SacInfer *infer,
                          const SacInterpolateRule *rule,
                          const SacInterpolateAxis *axis,
                          SacInterpolateTable *ret_table,
                          GError **error)
{
  int64_t taps_max = count_taps_max (rule, axis);
  int64_t most = (int64_t)(SAC_LIMIT_FOLDED_BYTES / 12);

  if (axis->in > INT32_MAX || axis->out > most || taps_max > most / axis->out)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "an axis of %" PRId64 " is too long to be resized",
                           MAX (axis->in, axis->out));

  size_t room = (size_t)(axis->out * taps_max);
  int32_t *begins =
    sac_infer_alloc (infer, (size_t)(axis->out + 1) * sizeof *begins);
  int32_t *places = sac_infer_alloc (infer, room * sizeof *places);
  float *weights = sac_infer_alloc (infer, room * sizeof *weights);

  *ret_table = (SacInterpolateTable){.in = axis->in,
                                     .out = axis->out,
                                     .begins = begins,
                                     .places = places,
                                     .weights = weights};
  for (int64_t i = 0; i < axis->out; i++) {
    int32_t count =
      find_taps (rule, axis, i, places + begins[i], weights + begins[i]);

    begins[i + 1] = begins[i] + count;
    ret_table->has_outside |= count == 0;
  }
  return true;
}
