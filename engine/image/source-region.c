/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Regions of any size, resampled.
 *
 * The output is made in tiles small enough that what each needs of the level
 * is one block.  A tile is cut with the margin its filter reaches over, so the
 * seams do not show: the pixels are those of one resize of the whole region. */
#include "image/source.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/resize.h"

#include <math.h>
#include <string.h>

/* What one output pixel may need when no level is near enough: 256 MiB. */
#define TILE_PIXELS_MAX ((int64_t)1 << 26)

typedef struct {
  int64_t x, y;
  int64_t width, height;
} Block;

typedef struct {
  SacSource *source;
  int level;
  SacRect region; /* in pixels of the level */
  double step_x, step_y;
  double margin_x, margin_y;
  SacFilter filter;
  SacColors colors;
  SacImage *out;
} Reading;

/* First and end pixel of what [from, to) needs on an axis.  Inside the image
 * the margin stops at its edge, where the filter's window is cut too, and not
 * in the white behind it; a region that itself reaches outside sees white. */
static void
span (double from,
      double to,
      double margin,
      double region_from,
      double region_to,
      int64_t size,
      int64_t *ret_first,
      int64_t *ret_count)
{
  double least = MIN (0, floor (region_from));
  double most = MAX ((double)size, ceil (region_to));
  double first = CLAMP (floor (from - margin), least, most);
  double end = CLAMP (ceil (to + margin), least, most);

  *ret_first = (int64_t)first;
  *ret_count = MAX (1, (int64_t)(end - first));
}

static Block
find_block (const Reading *reading, const SacRect *box)
{
  const SacSourceLevel *level =
    sac_source_get_level (reading->source, reading->level);
  const SacRect *region = &reading->region;
  Block block;

  span (box->x, box->x + box->width, reading->margin_x, region->x,
        region->x + region->width, level->width, &block.x, &block.width);
  span (box->y, box->y + box->height, reading->margin_y, region->y,
        region->y + region->height, level->height, &block.y, &block.height);
  return block;
}

static bool
read_part (const Reading *reading,
           const Block *block,
           SacImage *image,
           int x,
           int y,
           SacJob *job,
           GError **error)
{
  int width = MIN (SAC_LIMIT_BLOCK_SIDE, image->width - x);
  int height = MIN (SAC_LIMIT_BLOCK_SIDE, image->height - y);
  g_autoptr (SacImage) part =
    sac_source_read (reading->source, reading->level, block->x + x,
                     block->y + y, width, height, reading->colors, job, error);

  if (part == NULL)
    return false;
  for (int row = 0; row < height; row++)
    memcpy (image->pixels + (size_t)(y + row) * image->width + x,
            part->pixels + (size_t)row * width,
            (size_t)width * sizeof (uint32_t));
  return true;
}

static SacImage *
read_block (const Reading *reading,
            const Block *block,
            SacJob *job,
            GError **error)
{
  if (!sac_source_is_slide (reading->source) ||
      (block->width <= SAC_LIMIT_BLOCK_SIDE &&
       block->height <= SAC_LIMIT_BLOCK_SIDE))
    return sac_source_read (reading->source, reading->level, block->x, block->y,
                            (int)block->width, (int)block->height,
                            reading->colors, job, error);

  g_autoptr (SacImage) image =
    sac_image_new (block->width, block->height, error);

  for (int y = 0; image != NULL && y < image->height; y += SAC_LIMIT_BLOCK_SIDE)
    for (int x = 0; x < image->width; x += SAC_LIMIT_BLOCK_SIDE)
      if (!read_part (reading, block, image, x, y, job, error))
        return NULL;
  return g_steal_pointer (&image);
}

static bool
read_tile (const Reading *reading,
           int x,
           int y,
           int width,
           int height,
           SacJob *job,
           GError **error)
{
  SacRect box = {reading->region.x + x * reading->step_x,
                 reading->region.y + y * reading->step_y,
                 width * reading->step_x, height * reading->step_y};
  Block block = find_block (reading, &box);

  if (sac_source_is_slide (reading->source) &&
      (double)block.width * (double)block.height > TILE_PIXELS_MAX) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the slide has no level coarse enough to be shown at %d x %d "
                 "pixels",
                 reading->out->width, reading->out->height);
    return false;
  }

  g_autoptr (SacImage) pixels = read_block (reading, &block, job, error);

  if (pixels == NULL)
    return false;
  box.x -= (double)block.x;
  box.y -= (double)block.y;

  g_autoptr (SacImage) tile =
    sac_resize (pixels, &box, width, height, reading->filter, job, error);

  if (tile == NULL)
    return false;
  for (int row = 0; row < height; row++)
    memcpy (reading->out->pixels + (size_t)(y + row) * reading->out->width + x,
            tile->pixels + (size_t)row * width,
            (size_t)width * sizeof (uint32_t));
  if (reading->out->icc == NULL && tile->icc != NULL)
    reading->out->icc = g_bytes_ref (tile->icc);
  return true;
}

/* Output pixels a side that one block serves. */
static int
choose_tile (const Reading *reading, double step, double margin, int count)
{
  if (!sac_source_is_slide (reading->source))
    return count;
  return (int)CLAMP ((SAC_LIMIT_BLOCK_SIDE - 2 * margin - 2) / step, 1, count);
}

static bool
read_tiles (const Reading *reading, SacJob *job, GError **error)
{
  SacImage *out = reading->out;
  int across =
    choose_tile (reading, reading->step_x, reading->margin_x, out->width);
  int down =
    choose_tile (reading, reading->step_y, reading->margin_y, out->height);

  for (int y = 0; y < out->height; y += down)
    for (int x = 0; x < out->width; x += across)
      if (!read_tile (reading, x, y, MIN (across, out->width - x),
                      MIN (down, out->height - y), job, error))
        return false;
  return true;
}

static bool
check_region (const SacSource *source, const SacRect *region, GError **error)
{
  double width = (double)sac_source_get_width (source);
  double height = (double)sac_source_get_height (source);

  /* More than the image to each side is no view of it; NaN fails too. */
  if (region->width > 0 && region->height > 0 && region->x >= -2 * width &&
      region->y >= -2 * height && region->x + region->width <= 3 * width &&
      region->y + region->height <= 3 * height)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: the region %g, %g, %g x %g lies too far outside its %g x "
               "%g "
               "pixels",
               sac_source_get_path (source), region->x, region->y,
               region->width, region->height, width, height);
  return false;
}

SacImage *
sac_source_read_region (SacSource *source,
                        const SacRect *region,
                        int width,
                        int height,
                        int filter,
                        SacColors colors,
                        SacJob *job,
                        GError **error)
{
  if (!check_region (source, region, error))
    return NULL;

  g_autoptr (SacImage) out = sac_image_new (width, height, error);

  if (out == NULL)
    return NULL;

  double wanted = MIN (region->width / width, region->height / height);
  int level =
    sac_source_is_slide (source) ? sac_source_choose_level (source, wanted) : 0;
  double downsample = sac_source_get_level (source, level)->downsample;
  Reading reading = {
    .source = source,
    .level = level,
    .region = {region->x / downsample, region->y / downsample,
               region->width / downsample, region->height / downsample},
    .filter = (SacFilter)filter,
    .colors = colors,
    .out = out,
  };
  double support = sac_filter_get_support (reading.filter);

  reading.step_x = reading.region.width / width;
  reading.step_y = reading.region.height / height;
  reading.margin_x = ceil (support * MAX (1, reading.step_x)) + 1;
  reading.margin_y = ceil (support * MAX (1, reading.step_y)) + 1;
  return read_tiles (&reading, job, error) ? g_steal_pointer (&out) : NULL;
}
