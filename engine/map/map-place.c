/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-place.h"

#include "base/error.h"
#include "base/limits.h"
#include "map/map-sidecar.h"

#include <inttypes.h>
#include <math.h>

/* For the window to translate. */
#define N_(text) text

/* Micrometres place a map whose size then is near the image's; writers state
 * resolutions out of habit as well. */
#define COVER_MIN 0.9
#define COVER_MAX 1.25

/* Images of one shape: scaled copies, with their sizes rounded. */
#define SHAPE_SLACK 1.0

static void
set_geometry (SacMap *map,
              const SacMapImage *image,
              double step_x,
              double step_y,
              const SacMapExtent *extent)
{
  map->has_geometry = true;
  map->geometry = (SacGeometry){
    .image_width = image->width,
    .image_height = image->height,
    .seen = {0, 0, extent->width * step_x, extent->height * step_y},
    .input_width = (int)CLAMP (extent->width, 1, SAC_LIMIT_COORDINATE),
    .input_height = (int)CLAMP (extent->height, 1, SAC_LIMIT_COORDINATE),
  };
}

static bool
is_near (double size, double image_size)
{
  return size >= COVER_MIN * image_size && size <= COVER_MAX * image_size;
}

static bool
place_by_mpp (SacMap *map, const SacMapExtent *extent, const SacMapImage *image)
{
  double step = image->mpp > 0 ? extent->mpp / image->mpp : 0;

  if (!(step > 0) || !is_near (extent->full_width * step, image->width) ||
      !is_near (extent->full_height * step, image->height))
    return false;
  set_geometry (map, image, step, step, extent);
  sac_map_add_note (map,
                    N_ ("The map is placed by the micrometres a cell that its "
                        "file states."));
  return true;
}

/* Of the same shape, to within one cell of the map's own grid. */
static bool
place_by_ratio (SacMap *map,
                const SacMapExtent *extent,
                const SacMapImage *image)
{
  double step_x = image->width / extent->full_width;
  double step_y = image->height / extent->full_height;
  double cell_width = extent->width / map->columns;
  double cell_height = extent->height / map->rows;

  if (fabs (extent->full_width - image->width / step_y) > cell_width &&
      fabs (extent->full_height - image->height / step_x) > cell_height)
    return false;
  set_geometry (map, image, step_x, step_y, extent);
  sac_map_add_note (map,
                    N_ ("Its file does not say where the map lies; it is taken "
                        "to cover the whole image."));
  return true;
}

/* A map made on a larger or smaller copy of the image. */
static bool
rescale (SacMap *map, const SacMapImage *image)
{
  SacGeometry *geometry = &map->geometry;
  double x = (double)image->width / geometry->image_width;
  double y = (double)image->height / geometry->image_height;

  if (fabs (geometry->image_width * y - image->width) > MAX (y, SHAPE_SLACK) &&
      fabs (geometry->image_height * x - image->height) > MAX (x, SHAPE_SLACK))
    return false;

  g_autofree char *note =
    g_strdup_printf ("The map was made on an image of %" PRId64 " x %" PRId64
                     " pixels; it is scaled to this one.",
                     geometry->image_width, geometry->image_height);

  sac_map_add_note (map, note);
  geometry->seen =
    (SacRect){geometry->seen.x * x, geometry->seen.y * y,
              geometry->seen.width * x, geometry->seen.height * y};
  geometry->image_width = image->width;
  geometry->image_height = image->height;
  return true;
}

static bool
fit_geometry (SacMap *map, const SacMapImage *image, GError **error)
{
  const SacGeometry *geometry = &map->geometry;

  if ((geometry->image_width == image->width &&
       geometry->image_height == image->height) ||
      rescale (map, image))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "lies on an image of %" PRId64 " x %" PRId64
               " pixels, this one has %" PRId64 " x %" PRId64
               ": open the image that belongs to it",
               geometry->image_width, geometry->image_height, image->width,
               image->height);
  return false;
}

bool
sac_map_place (SacMap *map,
               const SacMapExtent *extent,
               const SacMapImage *image,
               GError **error)
{
  if (map->has_geometry)
    return fit_geometry (map, image, error);
  if (place_by_mpp (map, extent, image) || place_by_ratio (map, extent, image))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "a map of %d x %d cells has not the shape of the image of "
               "%" PRId64 " x %" PRId64
               " pixels; say in a JSON file beside it where it lies "
               "(\"geometry\")",
               map->columns, map->rows, image->width, image->height);
  return false;
}
