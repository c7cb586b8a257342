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
#define BLOCK_PIXELS_MAX ((int64_t)1 << 26)

typedef struct {
  double from, length; /* of the region, in pixels of the level */
  double step;         /* of those to an output pixel */
  double margin;       /* what the filter reaches beyond, of those */
  int64_t size;        /* of the level */
  int count;           /* output pixels */
} Axis;

typedef struct {
  SacSource *source;
  int level;
  Axis x, y;
  SacFilter filter;
  SacColors colors;
  SacImage *out;
  SacJob *job;
} Reading;

/* Of the output, or of the level. */
typedef struct {
  int64_t x, y, width, height;
} Block;

/* What output pixels [first, first + count) need of the level.  Inside the
 * image the margin stops at its edge, where the filter's window is cut too, and
 * not in the white behind it; a region that itself reaches outside sees white.
 */
static void
span (const Axis *axis,
      int64_t first,
      int64_t count,
      int64_t *ret_first,
      int64_t *ret_count)
{
  double from = axis->from + (double)first * axis->step;
  double to = from + (double)count * axis->step;
  double least = MIN (0, floor (axis->from));
  double most = MAX ((double)axis->size, ceil (axis->from + axis->length));
  double begin = CLAMP (floor (from - axis->margin), least, most);
  double end = CLAMP (ceil (to + axis->margin), least, most);

  *ret_first = (int64_t)begin;
  *ret_count = MAX (1, (int64_t)(end - begin));
}

static bool
read_part (const Reading *reading,
           const Block *block,
           SacImage *image,
           const Block *part,
           GError **error)
{
  g_autoptr (SacImage) pixels =
    sac_source_read (reading->source, reading->level, block->x + part->x,
                     block->y + part->y, (int)part->width, (int)part->height,
                     reading->colors, reading->job, error);

  if (pixels == NULL)
    return false;
  for (int row = 0; row < pixels->height; row++)
    memcpy (image->pixels + (size_t)(part->y + row) * image->width + part->x,
            pixels->pixels + (size_t)row * pixels->width,
            (size_t)pixels->width * sizeof (uint32_t));
  return true;
}

static SacImage *
read_block (const Reading *reading, const Block *block, GError **error)
{
  if (!sac_source_is_slide (reading->source) ||
      (block->width <= SAC_LIMIT_BLOCK_SIDE &&
       block->height <= SAC_LIMIT_BLOCK_SIDE))
    return sac_source_read (reading->source, reading->level, block->x, block->y,
                            (int)block->width, (int)block->height,
                            reading->colors, reading->job, error);

  g_autoptr (SacImage) image =
    sac_image_new (block->width, block->height, error);

  for (int y = 0; image != NULL && y < image->height; y += SAC_LIMIT_BLOCK_SIDE)
    for (int x = 0; x < image->width; x += SAC_LIMIT_BLOCK_SIDE) {
      Block part = {x, y, MIN (SAC_LIMIT_BLOCK_SIDE, image->width - x),
                    MIN (SAC_LIMIT_BLOCK_SIDE, image->height - y)};

      if (!read_part (reading, block, image, &part, error))
        return NULL;
    }
  return g_steal_pointer (&image);
}

static bool
check_block (const Reading *reading, const Block *block, GError **error)
{
  if (!sac_source_is_slide (reading->source) ||
      (double)block->width * (double)block->height <= BLOCK_PIXELS_MAX)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the slide has no level coarse enough to be shown at %d x %d "
               "pixels",
               reading->out->width, reading->out->height);
  return false;
}

static bool
read_tile (const Reading *reading, const Block *tile, GError **error)
{
  Block block;

  span (&reading->x, tile->x, tile->width, &block.x, &block.width);
  span (&reading->y, tile->y, tile->height, &block.y, &block.height);
  if (!check_block (reading, &block, error))
    return false;

  g_autoptr (SacImage) pixels = read_block (reading, &block, error);

  if (pixels == NULL)
    return false;

  SacRect box = {reading->x.from + (double)tile->x * reading->x.step -
                   (double)block.x,
                 reading->y.from + (double)tile->y * reading->y.step -
                   (double)block.y,
                 (double)tile->width * reading->x.step,
                 (double)tile->height * reading->y.step};
  g_autoptr (SacImage) done =
    sac_resize (pixels, &box, (int)tile->width, (int)tile->height,
                reading->filter, reading->job, error);

  if (done == NULL)
    return false;
  for (int row = 0; row < done->height; row++)
    memcpy (reading->out->pixels +
              (size_t)(tile->y + row) * reading->out->width + tile->x,
            done->pixels + (size_t)row * done->width,
            (size_t)done->width * sizeof (uint32_t));
  if (reading->out->icc == NULL && done->icc != NULL)
    reading->out->icc = g_bytes_ref (done->icc);
  return true;
}

/* Output pixels that one block serves along the axis. */
static int
choose_tile (const Reading *reading, const Axis *axis)
{
  if (!sac_source_is_slide (reading->source))
    return axis->count;
  return (int)CLAMP ((SAC_LIMIT_BLOCK_SIDE - 2 * axis->margin - 2) / axis->step,
                     1, axis->count);
}

static bool
read_tiles (const Reading *reading, GError **error)
{
  int width = choose_tile (reading, &reading->x);
  int height = choose_tile (reading, &reading->y);

  for (int y = 0; y < reading->y.count; y += height)
    for (int x = 0; x < reading->x.count; x += width) {
      Block tile = {x, y, MIN (width, reading->x.count - x),
                    MIN (height, reading->y.count - y)};

      if (!read_tile (reading, &tile, error))
        return false;
    }
  return true;
}

/* Boxes of whole pixels reach over no others. */
static double
get_margin (const Axis *axis, SacFilter filter)
{
  if (filter == SAC_FILTER_BOX && axis->step >= 1 &&
      axis->step == floor (axis->step) && axis->from == floor (axis->from))
    return 0;
  return ceil (sac_filter_get_support (filter) * MAX (1, axis->step)) + 1;
}

/* from and length: of the region at level 0. */
static Axis
make_axis (
  double from, double length, double downsample, int count, SacFilter filter)
{
  Axis axis = {.from = from / downsample,
               .length = length / downsample,
               .count = count};

  axis.step = axis.length / count;
  axis.margin = get_margin (&axis, filter);
  return axis;
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
  int index =
    sac_source_is_slide (source) ? sac_source_choose_level (source, wanted) : 0;
  const SacSourceLevel *level = sac_source_get_level (source, index);
  Reading reading = {
    .source = source,
    .level = index,
    .x = make_axis (region->x, region->width, level->downsample, width,
                    (SacFilter)filter),
    .y = make_axis (region->y, region->height, level->downsample, height,
                    (SacFilter)filter),
    .filter = (SacFilter)filter,
    .colors = colors,
    .out = out,
    .job = job,
  };

  reading.x.size = level->width;
  reading.y.size = level->height;
  return read_tiles (&reading, error) ? g_steal_pointer (&out) : NULL;
}
