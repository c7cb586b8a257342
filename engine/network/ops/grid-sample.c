/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* GridSample: for each output position the grid names a place in the image, in
 * [-1, 1] over its width and height, and the image is interpolated there.
 *
 * A place takes up to 4 x 4 taps; what a tap weighs is a product of a weight
 * along each axis, so the gradients need the weights and their derivatives. */
#include "base/error.h"
#include "base/pool.h"
#include "network/ops/checks.h"

#include <math.h>
#include <string.h>

#define TAPS_MAX 4
#define CUBIC_A (-0.75) /* fixed by ONNX, as in PyTorch */

typedef enum { MODE_BILINEAR, MODE_NEAREST, MODE_BICUBIC } Mode;
typedef enum { PAD_ZEROS, PAD_BORDER, PAD_REFLECTION } Padding;

typedef struct {
  Mode mode;
  Padding padding;
  bool align_corners;
  int64_t batch; /* 0 when there are no elements */
  int64_t channels;
  int64_t in[2]; /* height, width */
  int64_t out[2];
} Params;

static bool
read_words (const SacInfer *infer, Params *params, GError **error)
{
  static const struct {
    const char *word;
    Mode mode;
  } modes[] = {{"bilinear", MODE_BILINEAR},
               {"linear", MODE_BILINEAR},
               {"nearest", MODE_NEAREST},
               {"bicubic", MODE_BICUBIC},
               {"cubic", MODE_BICUBIC}};
  static const char *const paddings[] = {[PAD_ZEROS] = "zeros",
                                         [PAD_BORDER] = "border",
                                         [PAD_REFLECTION] = "reflection"};
  const char *mode, *padding;
  int64_t align_corners;
  size_t i = 0, j = 0;

  if (!sac_infer_string (infer, "mode", "bilinear", &mode, error) ||
      !sac_infer_string (infer, "padding_mode", "zeros", &padding, error) ||
      !sac_infer_int (infer, "align_corners", 0, &align_corners, error))
    return false;
  while (i < G_N_ELEMENTS (modes) && strcmp (modes[i].word, mode) != 0)
    i++;
  while (j < G_N_ELEMENTS (paddings) && strcmp (paddings[j], padding) != 0)
    j++;
  if (i == G_N_ELEMENTS (modes) || j == G_N_ELEMENTS (paddings))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "mode or padding_mode has an unknown value");
  params->mode = modes[i].mode;
  params->padding = (Padding)j;
  params->align_corners = align_corners != 0;
  return true;
}

static bool
grid_sample_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);

  if (!sac_checks_float32 (infer, error) ||
      !sac_infer_need_float (infer, 1, error) ||
      !read_words (infer, params, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *grid = &infer->inputs[1]->shape;

  if (x->rank == 5)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "three spatial axes are not supported");
  if (x->rank != 4 || grid->rank != 4 || grid->dims[3] != 2 ||
      grid->dims[0] != x->dims[0])
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the grid does not fit the image");

  SacShape y = {4, {x->dims[0], x->dims[1], grid->dims[1], grid->dims[2]}};

  if (!sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error))
    return false;
  if (sac_shape_size (&y) > 0) {
    if (sac_shape_size (x) == 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "the image has no elements");
    params->batch = x->dims[0];
  }
  params->channels = x->dims[1];
  for (int axis = 0; axis < 2; axis++) {
    params->in[axis] = x->dims[2 + axis];
    params->out[axis] = y.dims[2 + axis];
  }
  infer->params = params;
  return true;
}

/* A place along one axis, with d place / d grid. */
typedef struct {
  double at;
  double slope;
} Place;

/* Mirrors at `low` and `high` until the place lies between them. */
static Place
reflect (Place place, double low, double high)
{
  double span = high - low;

  if (span <= 0)
    return (Place){low, 0};

  double distance = fabs (place.at - low);
  double turns = floor (distance / span);
  double rest = distance - turns * span;
  bool backwards = fmod (turns, 2) != 0;

  if (place.at < low)
    place.slope = -place.slope;
  place.at = backwards ? high - rest : low + rest;
  place.slope = backwards ? -place.slope : place.slope;
  return place;
}

static Place
clip (Place place, double high)
{
  if (!(place.at > 0))
    return (Place){0, 0};
  return place.at < high ? place : (Place){high, 0};
}

static Place
find_place (const Params *params, int axis, float grid)
{
  double last = (double)(params->in[axis] - 1);
  double size = (double)params->in[axis];
  Place place;

  if (params->align_corners)
    place = (Place){((double)grid + 1) / 2 * last, last / 2};
  else
    place = (Place){(((double)grid + 1) * size - 1) / 2, size / 2};
  if (params->mode == MODE_BICUBIC)
    return place; /* each tap is padded by itself */
  if (params->padding == PAD_REFLECTION)
    place = params->align_corners ? reflect (place, 0, last)
                                  : reflect (place, -0.5, size - 0.5);
  if (params->padding != PAD_ZEROS)
    place = clip (place, last);
  return place;
}

/* Taps along one axis; a place in the padding has index -1. */
typedef struct {
  int count;
  int64_t index[TAPS_MAX];
  double weight[TAPS_MAX];
  double slope[TAPS_MAX]; /* d weight / d grid */
} Taps;

static int64_t
find_index (const Params *params, int axis, double at)
{
  double last = (double)(params->in[axis] - 1);
  Place place = {at, 0};

  if (params->mode == MODE_BICUBIC && params->padding == PAD_REFLECTION)
    place = params->align_corners ? reflect (place, 0, last)
                                  : reflect (place, -0.5, last + 0.5);
  if (params->mode == MODE_BICUBIC && params->padding != PAD_ZEROS)
    place = clip (place, last);
  return place.at >= 0 && place.at <= last ? (int64_t)place.at : -1;
}

/* Keys' cubic kernel and its derivative at a distance of either sign. */
static void
weigh_cubic (double distance, double *ret_weight, double *ret_slope)
{
  double d = fabs (distance);
  double sign = distance < 0 ? -1 : 1;
  double a = CUBIC_A;

  if (d <= 1) {
    *ret_weight = ((a + 2) * d - (a + 3)) * d * d + 1;
    *ret_slope = sign * (3 * (a + 2) * d - 2 * (a + 3)) * d;
  } else {
    *ret_weight = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    *ret_slope = sign * ((3 * a * d - 10 * a) * d + 8 * a);
  }
}

static void
find_taps (const Params *params, int axis, float grid, Taps *taps)
{
  Place place = find_place (params, axis, grid);
  double left = floor (place.at);
  double ratio = place.at - left;

  if (params->mode == MODE_NEAREST) {
    taps->count = 1;
    taps->index[0] = find_index (params, axis, nearbyint (place.at));
    taps->weight[0] = 1;
    taps->slope[0] = 0;
    return;
  }
  if (params->mode == MODE_BILINEAR) {
    taps->count = 2;
    taps->weight[0] = 1 - ratio;
    taps->weight[1] = ratio;
    taps->slope[0] = -place.slope;
    taps->slope[1] = place.slope;
  } else {
    taps->count = 4;
    left -= 1;
    for (int i = 0; i < 4; i++) {
      weigh_cubic (ratio + 1 - i, &taps->weight[i], &taps->slope[i]);
      taps->slope[i] *= place.slope;
    }
  }
  for (int i = 0; i < taps->count; i++)
    taps->index[i] = find_index (params, axis, left + i);
}

/* The taps of one output position. */
static void
find_both_taps (const Params *params,
                const float *grid,
                Taps *rows,
                Taps *columns)
{
  find_taps (params, 1, grid[0], columns);
  find_taps (params, 0, grid[1], rows);
}

static float
sample (const Params *params,
        const float *plane,
        const Taps *rows,
        const Taps *columns)
{
  double sum = 0;

  for (int i = 0; i < rows->count; i++) {
    for (int j = 0; j < columns->count; j++) {
      if (rows->index[i] >= 0 && columns->index[j] >= 0)
        sum +=
          rows->weight[i] * columns->weight[j] *
          (double)plane[rows->index[i] * params->in[1] + columns->index[j]];
    }
  }
  return (float)sum;
}

/* One row of one image, all channels. */
static void
sample_row (size_t index, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  int64_t row = (int64_t)index;
  int64_t image = row / params->out[0];
  int64_t plane_in = params->in[0] * params->in[1];
  int64_t plane_out = params->out[0] * params->out[1];
  const float *grid =
    sac_tensor_f32 (call->inputs[1]) + row * params->out[1] * 2;

  for (int64_t column = 0; column < params->out[1]; column++) {
    const float *x =
      sac_tensor_f32 (call->inputs[0]) + image * params->channels * plane_in;
    float *y = sac_tensor_f32 (call->outputs[0]) +
               image * params->channels * plane_out +
               row % params->out[0] * params->out[1] + column;
    Taps rows, columns;

    find_both_taps (params, grid + 2 * column, &rows, &columns);
    for (int64_t c = 0; c < params->channels; c++)
      y[c * plane_out] = sample (params, x + c * plane_in, &rows, &columns);
  }
}

static void
grid_sample_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pool_run ((size_t)(params->batch * params->out[0]), sample_row,
                (void *)call);
}

static void
spread_to_plane (const Params *params,
                 float *plane,
                 const Taps *rows,
                 const Taps *columns,
                 double dy)
{
  for (int i = 0; i < rows->count; i++) {
    for (int j = 0; j < columns->count; j++) {
      if (rows->index[i] >= 0 && columns->index[j] >= 0)
        plane[rows->index[i] * params->in[1] + columns->index[j]] +=
          (float)(dy * rows->weight[i] * columns->weight[j]);
    }
  }
}

/* One image and channel: positions overlap within its plane only. */
static void
spread_to_image (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  int64_t plane = (int64_t)index;
  int64_t positions = params->out[0] * params->out[1];
  const float *grid =
    sac_tensor_f32 (call->inputs[1]) + plane / params->channels * positions * 2;
  const float *dy =
    sac_tensor_f32 (call->output_gradients[0]) + plane * positions;
  float *dx = sac_tensor_f32 (call->input_gradients[0]) +
              plane * params->in[0] * params->in[1];

  for (int64_t i = 0; i < positions; i++) {
    Taps rows, columns;

    find_both_taps (params, grid + 2 * i, &rows, &columns);
    spread_to_plane (params, dx, &rows, &columns, (double)dy[i]);
  }
}

/* d sample / d grid: the derivative of one axis' weights at a time. */
static void
add_slopes (const Params *params,
            const float *plane,
            const Taps *rows,
            const Taps *columns,
            double dy,
            double *slopes)
{
  for (int i = 0; i < rows->count; i++) {
    for (int j = 0; j < columns->count; j++) {
      if (rows->index[i] < 0 || columns->index[j] < 0)
        continue;

      double value =
        dy * (double)plane[rows->index[i] * params->in[1] + columns->index[j]];

      slopes[0] += value * rows->weight[i] * columns->slope[j];
      slopes[1] += value * rows->slope[i] * columns->weight[j];
    }
  }
}

static void
spread_to_grid_row (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  int64_t row = (int64_t)index;
  int64_t image = row / params->out[0];
  int64_t plane_in = params->in[0] * params->in[1];
  int64_t plane_out = params->out[0] * params->out[1];
  const float *x =
    sac_tensor_f32 (call->inputs[0]) + image * params->channels * plane_in;
  const float *dy = sac_tensor_f32 (call->output_gradients[0]) +
                    image * params->channels * plane_out +
                    row % params->out[0] * params->out[1];

  for (int64_t column = 0; column < params->out[1]; column++) {
    int64_t at = (row * params->out[1] + column) * 2;
    float *d_grid = sac_tensor_f32 (call->input_gradients[1]) + at;
    double slopes[2] = {0, 0};
    Taps rows, columns;

    find_both_taps (params, sac_tensor_f32 (call->inputs[1]) + at, &rows,
                    &columns);
    for (int64_t c = 0; c < params->channels; c++)
      add_slopes (params, x + c * plane_in, &rows, &columns,
                  (double)dy[c * plane_out + column], slopes);
    d_grid[0] += (float)slopes[0];
    d_grid[1] += (float)slopes[1];
  }
}

static void
grid_sample_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  if (call->input_gradients[0] != NULL)
    sac_pool_run ((size_t)(params->batch * params->channels), spread_to_image,
                  (void *)call);
  if (call->input_gradients[1] != NULL)
    sac_pool_run ((size_t)(params->batch * params->out[0]), spread_to_grid_row,
                  (void *)call);
}

const SacOp sac_op_grid_sample = {
  .name = "GridSample",
  .opset_min = 16,
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = grid_sample_infer,
  .forward = grid_sample_forward,
  .gradient = grid_sample_gradient,
  .saves_inputs = SAC_SAVE (1),
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};
