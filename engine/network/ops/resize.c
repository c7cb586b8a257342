/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What Resize and Upsample ask for.  Upsample and Resize of opset 10 are the
 * later Resize with fixed coordinates. */
#include "network/ops/resize.h"

#include "base/error.h"
#include "network/ops/axes.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Longest axis that is considered; what fits in memory is judged later. */
#define SIZE_MAX_ALONG_AXIS ((int64_t)1 << 40)

/* Finds the attribute's word in a list that ends with NULL. */
static bool
read_word (const SacInfer *infer,
           const char *name,
           const char *const *words,
           int *ret_index,
           GError **error)
{
  const char *word;

  if (!sac_infer_string (infer, name, words[*ret_index], &word, error))
    return false;
  for (int i = 0; words[i] != NULL; i++) {
    if (strcmp (words[i], word) == 0) {
      *ret_index = i;
      return true;
    }
  }
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "attribute %s has an unknown value", name);
}

static bool
read_mode (const SacInfer *infer, SacInterpolateRule *rule, GError **error)
{
  static const char *const modes[] = {[SAC_INTERPOLATE_NEAREST] = "nearest",
                                      [SAC_INTERPOLATE_LINEAR] = "linear",
                                      [SAC_INTERPOLATE_CUBIC] = "cubic",
                                      NULL};
  int mode = SAC_INTERPOLATE_NEAREST;

  if (!read_word (infer, "mode", modes, &mode, error))
    return false;
  rule->mode = (SacInterpolateMode)mode;
  return true;
}

static bool
read_rule (const SacInfer *infer, SacInterpolateRule *rule, GError **error)
{
  static const char *const coordinates[] =
    {[SAC_COORDINATES_HALF_PIXEL] = "half_pixel",
     [SAC_COORDINATES_HALF_PIXEL_SYMMETRIC] = "half_pixel_symmetric",
     [SAC_COORDINATES_PYTORCH_HALF_PIXEL] = "pytorch_half_pixel",
     [SAC_COORDINATES_ALIGN_CORNERS] = "align_corners",
     [SAC_COORDINATES_ASYMMETRIC] = "asymmetric",
     [SAC_COORDINATES_TF_HALF_PIXEL_FOR_NN] = "tf_half_pixel_for_nn",
     [SAC_COORDINATES_TF_CROP_AND_RESIZE] = "tf_crop_and_resize",
     NULL};
  static const char *const nearest[] = {[SAC_NEAREST_ROUND_PREFER_FLOOR] =
                                          "round_prefer_floor",
                                        [SAC_NEAREST_ROUND_PREFER_CEIL] =
                                          "round_prefer_ceil",
                                        [SAC_NEAREST_FLOOR] = "floor",
                                        [SAC_NEAREST_CEIL] = "ceil",
                                        NULL};
  int coordinate_index = SAC_COORDINATES_HALF_PIXEL;
  int nearest_index = SAC_NEAREST_ROUND_PREFER_FLOOR;
  int64_t exclude_outside, antialias;
  float a;

  if (!read_mode (infer, rule, error) ||
      !read_word (infer, "coordinate_transformation_mode", coordinates,
                  &coordinate_index, error) ||
      !read_word (infer, "nearest_mode", nearest, &nearest_index, error) ||
      !sac_infer_float (infer, "cubic_coeff_a", -0.75f, &a, error) ||
      !sac_infer_int (infer, "exclude_outside", 0, &exclude_outside, error) ||
      !sac_infer_int (infer, "antialias", 0, &antialias, error))
    return false;
  rule->coordinates = (SacCoordinates)coordinate_index;
  rule->nearest = (SacNearest)nearest_index;
  rule->cubic_a = (double)a;
  rule->exclude_outside = exclude_outside != 0;
  rule->antialias = antialias != 0 && rule->mode != SAC_INTERPOLATE_NEAREST;
  return true;
}

/* Floats that must be known while planning; *ret_count is 0 when the input is
 * left out or has no elements. */
static bool
read_floats (const SacInfer *infer,
             size_t input,
             const char *noun,
             const float **ret_values,
             size_t *ret_count,
             GError **error)
{
  *ret_count = 0;
  *ret_values = NULL;
  if (!sac_infer_has (infer, input))
    return true;

  const SacValueInfo *info = infer->inputs[input];

  if (sac_shape_size (&info->shape) == 0)
    return true;
  if (info->constant == NULL)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "the %s depend on the image data; they have to be "
                           "known before the run",
                           noun);
  if (sac_type_get_kind (info->type) != SAC_KIND_F32 || info->shape.rank != 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the %s are not a list of float32", noun);
  *ret_values = sac_tensor_f32 (info->constant);
  *ret_count = (size_t)info->shape.dims[0];
  return true;
}

/* The axes that are asked for, and what for. */
typedef struct {
  int axes[SAC_LIMIT_RANK];
  int count;
  SacInterpolateAxis *all; /* one per axis of X */
} Wanted;

static bool
set_scales (const SacInfer *infer,
            const Wanted *wanted,
            const float *scales,
            size_t count,
            GError **error)
{
  if (count != (size_t)wanted->count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "there are %zu scales for %d axes", count,
                           wanted->count);
  for (int i = 0; i < wanted->count; i++) {
    SacInterpolateAxis *axis = &wanted->all[wanted->axes[i]];
    /* In float, as exporters and other runtimes have it: 0.7f of 10 is 7. */
    float size = floorf ((float)axis->in * scales[i]);

    if (!(scales[i] > 0) || !isfinite (scales[i]))
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "a scale is %g, not positive", (double)scales[i]);
    if (!(size <= (float)SIZE_MAX_ALONG_AXIS))
      return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                             "a scale of %g makes the output too large",
                             (double)scales[i]);
    axis->out = (int64_t)size;
    axis->scale = (double)scales[i];
    axis->exact = false;
  }
  return true;
}

/* One scale for all axes, so that the output is as large as possible without
 * being larger than asked, or the other way round. */
static void
keep_aspect_ratio (const Wanted *wanted, const int64_t *sizes, bool not_larger)
{
  double scale = not_larger ? INFINITY : 0;

  for (int i = 0; i < wanted->count; i++) {
    double own = (double)sizes[i] / (double)wanted->all[wanted->axes[i]].in;

    scale = not_larger ? fmin (scale, own) : fmax (scale, own);
  }
  for (int i = 0; i < wanted->count; i++) {
    SacInterpolateAxis *axis = &wanted->all[wanted->axes[i]];
    double size = floor (scale * (double)axis->in + 0.5);

    axis->out = (int64_t)fmin (size, (double)SIZE_MAX_ALONG_AXIS);
    axis->scale = scale;
    axis->exact = false;
  }
}

static bool
set_sizes (const SacInfer *infer,
           const Wanted *wanted,
           const int64_t *sizes,
           size_t count,
           GError **error)
{
  static const char *const policies[] = {"stretch", "not_larger", "not_smaller",
                                         NULL};
  int policy = 0;

  if (!read_word (infer, "keep_aspect_ratio_policy", policies, &policy, error))
    return false;
  if (count != (size_t)wanted->count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "there are %zu sizes for %d axes", count,
                           wanted->count);
  for (int i = 0; i < wanted->count; i++) {
    SacInterpolateAxis *axis = &wanted->all[wanted->axes[i]];

    if (sizes[i] < 0 || sizes[i] > SIZE_MAX_ALONG_AXIS)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "a size is %" PRId64, sizes[i]);
    if (axis->in == 0 && sizes[i] > 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "an axis without elements cannot be enlarged");
    axis->out = sizes[i];
    axis->scale = axis->in > 0 ? (double)sizes[i] / (double)axis->in : 1;
    axis->exact = true;
  }
  if (policy != 0)
    keep_aspect_ratio (wanted, sizes, policy == 1);
  return true;
}

static bool
read_sizes (const SacInfer *infer, const Wanted *wanted, GError **error)
{
  const float *scales;
  const int64_t *sizes = NULL;
  size_t scale_count, size_count = 0;

  if (!read_floats (infer, 2, "scales", &scales, &scale_count, error))
    return false;
  if (sac_infer_has (infer, 3) &&
      !sac_infer_constant_ints (infer, 3, &sizes, &size_count, error))
    return false;
  if ((scale_count > 0) == (size_count > 0) && wanted->count > 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "there must be either scales or sizes");
  if (scale_count > 0)
    return set_scales (infer, wanted, scales, scale_count, error);
  return set_sizes (infer, wanted, sizes, size_count, error);
}

static bool
read_crop (const SacInfer *infer, const Wanted *wanted, GError **error)
{
  const float *roi;
  size_t count;

  if (!read_floats (infer, 1, "regions", &roi, &count, error))
    return false;
  if (count != 2 * (size_t)wanted->count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the region has %zu numbers for %d axes", count,
                           wanted->count);
  for (int i = 0; i < wanted->count; i++) {
    wanted->all[wanted->axes[i]].crop_from = (double)roi[i];
    wanted->all[wanted->axes[i]].crop_to = (double)roi[wanted->count + i];
  }
  return true;
}

/* The attribute "axes" of opset 18, by default all of them. */
static bool
read_axes (const SacInfer *infer, Wanted *wanted, GError **error)
{
  int rank = infer->inputs[0]->shape.rank;
  SacAxes axes;

  if (!sac_axes_read (infer, INT_MAX, 0, rank, &axes, error))
    return false;
  wanted->count = axes.given ? axes.count : rank;
  for (int i = 0; i < wanted->count; i++)
    wanted->axes[i] = axes.given ? axes.list[i] : i;
  return true;
}

static bool
check_input (const SacInfer *infer,
             const SacInterpolateRule *rule,
             GError **error)
{
  if (!sac_infer_has (infer, 0))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input is missing");

  SacType type = infer->inputs[0]->type;
  SacKind kind = sac_type_get_kind (type);

  if (kind == SAC_KIND_F32 || (rule->mode == SAC_INTERPOLATE_NEAREST &&
                               (kind == SAC_KIND_I64 || kind == SAC_KIND_BOOL)))
    return true;
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "%s is not supported here", sac_type_get_name (type));
}

static void
start_axes (const SacInfer *infer, SacInterpolateAxis *axes)
{
  const SacShape *x = &infer->inputs[0]->shape;

  for (int i = 0; i < x->rank; i++)
    axes[i] = (SacInterpolateAxis){.in = x->dims[i],
                                   .out = x->dims[i],
                                   .scale = 1,
                                   .exact = true,
                                   .crop_from = 0,
                                   .crop_to = 1};
}

static bool
finish (SacInfer *infer,
        SacResizeParams *params,
        const SacInterpolateRule *rule,
        const SacInterpolateAxis *axes,
        GError **error)
{
  const SacValueInfo *x = infer->inputs[0];

  params->kind = sac_type_get_kind (x->type);
  params->y = x->shape;
  for (int i = 0; i < x->shape.rank; i++)
    params->y.dims[i] = axes[i].out;
  if (!sac_infer_output (infer, 0, x->type, &params->y, error) ||
      !sac_resize_plan (infer, params, rule, axes, error))
    return false;
  infer->params = params;
  infer->alias = params->pass_count == 0;
  infer->workspace_bytes = infer->gradient_workspace_bytes =
    2 * (size_t)params->between * sac_kind_get_size (params->kind);
  return true;
}

/* Resize of opset 10 and Upsample: scales for all axes. */
static bool
infer_old (SacInfer *infer, const float *scales, size_t count, GError **error)
{
  SacInterpolateRule rule = {.coordinates = SAC_COORDINATES_ASYMMETRIC,
                             .nearest = SAC_NEAREST_OPSET_10};
  SacInterpolateAxis axes[SAC_LIMIT_RANK];
  Wanted wanted = {.all = axes};

  if (!read_mode (infer, &rule, error) || !check_input (infer, &rule, error))
    return false;
  start_axes (infer, axes);
  wanted.count = infer->inputs[0]->shape.rank;
  for (int i = 0; i < wanted.count; i++)
    wanted.axes[i] = i;
  return set_scales (infer, &wanted, scales, count, error) &&
         finish (infer, sac_infer_alloc (infer, sizeof (SacResizeParams)),
                 &rule, axes, error);
}

static bool
resize_infer (SacInfer *infer, GError **error)
{
  SacResizeParams *params = sac_infer_alloc (infer, sizeof *params);
  SacInterpolateRule rule = {.mode = SAC_INTERPOLATE_NEAREST};
  SacInterpolateAxis axes[SAC_LIMIT_RANK];
  Wanted wanted = {.all = axes};
  const float *scales;
  size_t count;

  if (infer->opset < 11)
    return read_floats (infer, 1, "scales", &scales, &count, error) &&
           infer_old (infer, scales, count, error);
  if (!read_rule (infer, &rule, error) || !check_input (infer, &rule, error) ||
      !sac_infer_float (infer, "extrapolation_value", 0, &params->extrapolation,
                        error))
    return false;
  start_axes (infer, axes);
  if (!read_axes (infer, &wanted, error) ||
      !read_sizes (infer, &wanted, error) ||
      (rule.coordinates == SAC_COORDINATES_TF_CROP_AND_RESIZE &&
       !read_crop (infer, &wanted, error)))
    return false;
  return finish (infer, params, &rule, axes, error);
}

/* Scales are an attribute in opset 7, an input in 9. */
static bool
upsample_infer (SacInfer *infer, GError **error)
{
  const float *scales;
  size_t count;

  if (infer->opset < 9) {
    if (!sac_infer_floats (infer, "scales", &scales, &count, error))
      return false;
  } else if (!read_floats (infer, 1, "scales", &scales, &count, error)) {
    return false;
  }
  return infer_old (infer, scales, count, error);
}

const SacOp sac_op_resize = {
  .name = "Resize",
  .opset_min = 10,
  .inputs_min = 1,
  .inputs_max = 4,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = resize_infer,
  .forward = sac_resize_forward,
  .gradient = sac_resize_gradient,
  .gradient_inputs = SAC_SAVE (0),
};

const SacOp sac_op_upsample = {
  .name = "Upsample",
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = upsample_infer,
  .forward = sac_resize_forward,
  .gradient = sac_resize_gradient,
  .gradient_inputs = SAC_SAVE (0),
};
