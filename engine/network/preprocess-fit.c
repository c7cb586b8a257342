/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/preprocess-fit.h"

#include "base/error.h"
#include "base/limits.h"
#include "network/preprocess.h"

#include <math.h>

static bool
has_size (const SacManifestInput *input)
{
  return input->width > 0 && input->height > 0;
}

/* Level-0 pixels per pixel of the input where both sides state a spacing, which
 * only slides do reliably; else 0. */
static double
get_spacing (const SacManifestInput *input, const SacSource *source)
{
  double mpp = sac_source_get_mpp (source);

  if (!sac_source_is_slide (source) || !(input->mpp > 0 && mpp > 0) ||
      !has_size (input))
    return 0;
  return input->mpp / mpp;
}

/* Pixels that go into one input of its own extent, before any crop. */
static void
get_extent (const SacManifestInput *input,
            double *ret_width,
            double *ret_height)
{
  double shorter = MIN (input->width, input->height);

  *ret_width = input->width;
  *ret_height = input->height;
  if (input->resize == SAC_RESIZE_SQUASH) {
    *ret_width = input->resize_width;
    *ret_height = input->resize_height;
  } else if (input->resize == SAC_RESIZE_SHORTER_SIDE) {
    *ret_width *= input->resize_width / shorter;
    *ret_height *= input->resize_width / shorter;
  }
}

static SacRect
whole_image (const SacSource *source)
{
  return (SacRect){0, 0, sac_source_get_width (source),
                   sac_source_get_height (source)};
}

SacRect
sac_preprocess_region_at (const SacManifestInput *input,
                          const SacSource *source,
                          double x,
                          double y)
{
  double spacing = get_spacing (input, source);
  double width, height;

  if (!has_size (input))
    return whole_image (source);
  get_extent (input, &width, &height);
  if (spacing > 0) {
    width *= spacing;
    height *= spacing;
  }
  return (SacRect){x - width / 2, y - height / 2, width, height};
}

SacRect
sac_preprocess_region (const SacManifestInput *input, const SacSource *source)
{
  SacRect whole = whole_image (source);

  if (get_spacing (input, source) == 0)
    return whole;
  return sac_preprocess_region_at (input, source, whole.width / 2,
                                   whole.height / 2);
}

/* Written so that NaN is refused too. */
static bool
check_region (const SacSource *source, const SacRect *region, GError **error)
{
  SacRect whole = whole_image (source);

  if (region->width >= 1 && region->height >= 1 &&
      region->width <= 3 * whole.width && region->height <= 3 * whole.height &&
      region->x < whole.width && region->x + region->width > 0 &&
      region->y < whole.height && region->y + region->height > 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: the region %g,%g,%g,%g is smaller than a pixel, more than "
               "three times as large as the image, or lies outside it; the "
               "image has %.0f x %.0f pixels",
               sac_source_get_path (source), region->x, region->y,
               region->width, region->height, whole.width, whole.height);
  return false;
}

/* A flat image is cut at whole pixels, as any tool would do it. */
static SacRect
round_region (const SacSource *source, const SacRect *region)
{
  if (sac_source_is_slide (source))
    return *region;

  double left = floor (region->x + 0.5), top = floor (region->y + 0.5);
  double right = floor (region->x + region->width + 0.5);
  double bottom = floor (region->y + region->height + 0.5);

  return (SacRect){left, top, right - left, bottom - top};
}

/* The longer side for a shorter one of `size`. */
static double
scale_longer (double longer, double shorter, int size, bool truncate)
{
  return floor (longer * size / shorter + (truncate ? 0 : 0.5));
}

static void
find_size (const SacManifestInput *input,
           double spacing,
           const SacRect *region,
           double *ret_width,
           double *ret_height)
{
  bool upright = region->width <= region->height;
  double shorter = MIN (region->width, region->height);
  double longer = MAX (region->width, region->height);
  int size = input->resize_width;

  switch (input->resize) {
  case SAC_RESIZE_NONE:
    *ret_width = round (region->width / (spacing > 0 ? spacing : 1));
    *ret_height = round (region->height / (spacing > 0 ? spacing : 1));
    return;
  case SAC_RESIZE_SQUASH:
    *ret_width = size;
    *ret_height = input->resize_height;
    return;
  case SAC_RESIZE_SHORTER_SIDE:
    longer = scale_longer (longer, shorter, size, input->truncate);
    *ret_width = upright ? size : longer;
    *ret_height = upright ? longer : size;
    return;
  case SAC_RESIZE_LONGER_SIDE:
    shorter = MAX (1, floor (shorter * size / longer + 0.5));
    *ret_width = upright ? shorter : size;
    *ret_height = upright ? size : shorter;
    return;
  }
  g_assert_not_reached ();
}

/* What is cropped before it is read may be of any size. */
static bool
check_size (const SacManifestInput *input,
            const SacSource *source,
            double width,
            double height,
            GError **error)
{
  bool all_read = input->resize != SAC_RESIZE_NONE || !has_size (input);
  double side_max = all_read ? SAC_LIMIT_IMAGE_SIDE : G_MAXINT;

  if (width >= 1 && height >= 1 && width <= side_max && height <= side_max &&
      (!all_read || width * height <= SAC_LIMIT_IMAGE_PIXELS))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: the model would see %.0f x %.0f pixels of it: choose a "
               "region of another size or shape",
               sac_source_get_path (source), width, height);
  return false;
}

/* One side of the crop.  Returns: false when `size` does not fit. */
static bool
crop_side (const SacManifestInput *input, int size, int wanted, int *ret_offset)
{
  *ret_offset = 0;
  if (size == wanted)
    return true;
  if (input->resize == SAC_RESIZE_LONGER_SIDE)
    return size < wanted;
  *ret_offset = (size - wanted) / 2;
  return size > wanted && input->center_crop;
}

static bool
fit_crop (const SacManifestInput *input,
          const SacSource *source,
          SacPreprocessFit *fit,
          GError **error)
{
  fit->input_width = input->width > 0 ? input->width : fit->width;
  fit->input_height = input->height > 0 ? input->height : fit->height;
  if (crop_side (input, fit->width, fit->input_width, &fit->crop_x) &&
      crop_side (input, fit->height, fit->input_height, &fit->crop_y))
    return true;

  g_autofree char *name = sac_network_escape (input->name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: gives %d x %d pixels to input \"%s\", which takes %d x %d: "
               "%s",
               sac_source_get_path (source), fit->width, fit->height, name,
               fit->input_width, fit->input_height,
               fit->width < fit->input_width || fit->height < fit->input_height
                 ? "choose a larger image or region"
                 : "the model's resize and crop do not lead to its size");
  return false;
}

/* Where no pixel is resized before the crop, only what it keeps is read: a
 * whole slide is no more than its middle. */
static void
crop_first (const SacManifestInput *input, SacPreprocessFit *fit)
{
  double step_x = fit->region.width / fit->width;
  double step_y = fit->region.height / fit->height;

  if (input->resize != SAC_RESIZE_NONE)
    return;
  fit->region = (SacRect){
    fit->region.x + fit->crop_x * step_x,
    fit->region.y + fit->crop_y * step_y,
    fit->input_width * step_x,
    fit->input_height * step_y,
  };
  fit->width = fit->input_width;
  fit->height = fit->input_height;
  fit->crop_x = fit->crop_y = 0;
}

/* Without a region, one input of a slide must not reach beyond it. */
static bool
check_default (const SacManifestInput *input,
               const SacSource *source,
               const SacRect *chosen,
               GError **error)
{
  SacRect whole = whole_image (source);

  if (chosen->width <= whole.width && chosen->height <= whole.height)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: has %.0f x %.0f pixels, but at the model's %g micrometres "
               "per pixel its input covers %.0f x %.0f of them: choose a "
               "larger "
               "image",
               sac_source_get_path (source), whole.width, whole.height,
               input->mpp, chosen->width, chosen->height);
  return false;
}

bool
sac_preprocess_fit (const SacManifestInput *input,
                    const SacSource *source,
                    const SacRect *region,
                    SacPreprocessFit *ret_fit,
                    GError **error)
{
  SacPreprocessFit fit;
  SacRect chosen =
    region != NULL ? *region : sac_preprocess_region (input, source);
  double width, height;

  if (region == NULL && !check_default (input, source, &chosen, error))
    return false;
  if (!check_region (source, &chosen, error))
    return false;
  fit.region = round_region (source, &chosen);
  find_size (input, get_spacing (input, source), &fit.region, &width, &height);
  if (!check_size (input, source, width, height, error))
    return false;
  fit.width = width;
  fit.height = height;
  if (!fit_crop (input, source, &fit, error))
    return false;
  crop_first (input, &fit);
  *ret_fit = fit;
  return true;
}

void
sac_preprocess_locate (const SacPreprocessFit *fit,
                       const SacSource *source,
                       SacGeometry *ret_geometry)
{
  double step_x = fit->region.width / fit->width;
  double step_y = fit->region.height / fit->height;

  *ret_geometry = (SacGeometry){
    .image_width = sac_source_get_width (source),
    .image_height = sac_source_get_height (source),
    .seen = {fit->region.x + fit->crop_x * step_x,
             fit->region.y + fit->crop_y * step_y, fit->input_width * step_x,
             fit->input_height * step_y},
    .input_width = fit->input_width,
    .input_height = fit->input_height,
  };
}
