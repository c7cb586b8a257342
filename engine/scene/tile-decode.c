/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A virtual level is 2^v times smaller than level 0.  Its tiles come
 *   1. straight from the file, where a level of the file is that one;
 *   2. box-averaged from a finer level of the file, while no more than
 *      SAC_LIMIT_BLOCK_SIDE pixels a side have to be read;
 *   3. from the up to four tiles of the next finer virtual level otherwise, and
 *      also when a read of kind 2 fails, so that one damaged place spoils the
 *      smallest possible tile and shows as hatching in the coarser ones.
 * The file's own tiles lie elsewhere than ours: where a read of kind 1 fails,
 * what each of them holds is read by itself, and only the damaged are hatched.
 * Memory is bounded by one block and, for 3, by one set of sums a level. */
#include "scene/tile-decode.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/resize.h"

#include <math.h>
#include <string.h>

/* Reading more than this many pixels for one of a slide's takes longer than a
 * reader should wait for a first picture; flat images are in memory. */
#define SLIDE_REDUCTION 4
#define FLAT_REDUCTION (SAC_LIMIT_BLOCK_SIDE / SAC_TILE_SIDE)

/* After so many failed reads and no good one the file fails everywhere. */
#define FAULT_LIMIT 64

/* Of a damaged tile so many parts are read by themselves, at most, and of so
 * many tiles before one is good. */
#define PART_LIMIT 16
#define PART_FAULT_LIMIT 4

/* Levels of a file count as a power of two when no pixel of them lies further
 * than one pixel from where it should be: writers round sizes up or down. */
static bool
is_level (SacSource *source, const SacSourceLevel *level, int virtual_level)
{
  double side = ldexp (1, virtual_level);
  double width = (double)level->width * side;
  double height = (double)level->height * side;

  return fabs (width - (double)sac_source_get_width (source)) < side &&
         fabs (height - (double)sac_source_get_height (source)) < side;
}

static double
get_reduction (SacSource *source, int virtual_level)
{
  int level = sac_source_choose_level (source, ldexp (1, virtual_level));

  return ldexp (1, virtual_level) /
         sac_source_get_level (source, level)->downsample;
}

/* Whether finer tiles may show more than a level that cannot be read: not when
 * it lies in the file beside them. */
static bool
can_compose (SacSource *source, int virtual_level)
{
  int level = sac_source_choose_level (source, ldexp (1, virtual_level));

  return sac_source_get_level (source, level)->made ||
         get_reduction (source, virtual_level) > 1.5;
}

bool
sac_tile_is_deep (SacSource *source, int level)
{
  int most = sac_source_is_slide (source) ? SLIDE_REDUCTION : FLAT_REDUCTION;

  return level > 0 && get_reduction (source, level) > most * 1.01;
}

SacImage *
sac_tile_hatched (int width, int height, GError **error)
{
  SacImage *image = sac_image_new (width, height, error);

  if (image == NULL)
    return NULL;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      image->pixels[(size_t)y * (size_t)width + (size_t)x] =
        (x + y) % 16 < 2 ? sac_pixel (120, 120, 120)
                         : sac_pixel (205, 205, 205);
  return image;
}

static void
keep_blemish (SacTileDecoder *decoder, const char *reason)
{
  if (decoder->blemish == NULL)
    decoder->blemish = g_strdup (reason);
}

/* A tile in pixels of a level of the file. */
typedef struct {
  const SacSourceLevel *level;
  int index;
  int64_t x, y;
  int width, height;
} Block;

/* The part that lies in one tile of the file, into `whole`; hatched as it is
 * when it cannot be read.  Returns: whether it can. */
static bool
copy_part (SacTileDecoder *decoder,
           const Block *block,
           const Block *part,
           SacImage *whole,
           GError **error)
{
  g_autoptr (SacImage) image =
    sac_source_read (decoder->source, part->index, part->x, part->y,
                     part->width, part->height, SAC_COLORS_DISPLAY,
                     decoder->job, error);
  int64_t left = part->x - block->x, top = part->y - block->y;

  if (image == NULL)
    return false;
  for (int y = 0; y < part->height; y++)
    memcpy (whole->pixels + (size_t)(top + y) * (size_t)whole->width + left,
            image->pixels + (size_t)y * (size_t)image->width,
            (size_t)part->width * sizeof *whole->pixels);
  return true;
}

/* Returns: how many parts could be read; -1: cancelled. */
static int
copy_parts (SacTileDecoder *decoder, const Block *block, SacImage *whole)
{
  int64_t across = block->level->tile_width, down = block->level->tile_height;
  int64_t right = block->x + block->width, bottom = block->y + block->height;
  int count = 0;

  for (int64_t y = block->y; y < bottom; y = (y / down + 1) * down)
    for (int64_t x = block->x; x < right; x = (x / across + 1) * across) {
      Block part = *block;
      g_autoptr (GError) reason = NULL;

      part.x = x;
      part.y = y;
      part.width = (int)(MIN ((x / across + 1) * across, right) - x);
      part.height = (int)(MIN ((y / down + 1) * down, bottom) - y);
      if (copy_part (decoder, block, &part, whole, &reason))
        count++;
      else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return -1;
      else
        keep_blemish (decoder, reason->message);
    }
  return count;
}

static int64_t
count_parts (const Block *block)
{
  int64_t across = block->level->tile_width, down = block->level->tile_height;

  if (across < 1 || down < 1)
    return 1;
  return ((block->x + block->width - 1) / across - block->x / across + 1) *
         ((block->y + block->height - 1) / down - block->y / down + 1);
}

/* After a failed read.  Returns: NULL where nothing can be read, no part stands
 * for itself, or finer tiles show more. */
static SacImage *
read_parts (SacTileDecoder *decoder, const Block *block)
{
  int64_t count = count_parts (block);
  g_autoptr (SacImage) whole = NULL;

  if (count < 2 || count > PART_LIMIT || block->level->made ||
      (!decoder->has_read && decoder->fault_count >= PART_FAULT_LIMIT))
    return NULL;
  whole = sac_tile_hatched (block->width, block->height, NULL);
  if (whole == NULL || copy_parts (decoder, block, whole) < 1) {
    g_clear_pointer (&decoder->blemish, g_free);
    return NULL;
  }
  return g_steal_pointer (&whole);
}

/* The tile as a part of the file's level.  Returns: false when no level of the
 * file has its pixels. */
static bool
find_block (SacSource *source, const SacTileKey *key, Block *ret_block)
{
  int index = sac_source_choose_level (source, ldexp (1, key->level));
  const SacSourceLevel *level = sac_source_get_level (source, index);
  int64_t x = key->column * SAC_TILE_SIDE, y = key->row * SAC_TILE_SIDE;

  if (!is_level (source, level, key->level) || x >= level->width ||
      y >= level->height)
    return false;
  *ret_block = (Block){level,
                       index,
                       x,
                       y,
                       (int)MIN (SAC_TILE_SIDE, level->width - x),
                       (int)MIN (SAC_TILE_SIDE, level->height - y)};
  return true;
}

static SacImage *
read_block (SacTileDecoder *decoder, const Block *block, GError **error)
{
  g_autoptr (GError) reason = NULL;
  SacImage *image = sac_source_read (decoder->source, block->index, block->x,
                                     block->y, block->width, block->height,
                                     SAC_COLORS_DISPLAY, decoder->job, &reason);

  if (image == NULL &&
      !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    image = read_parts (decoder, block);
  if (image == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return image;
}

static SacImage *
read_tile (SacTileDecoder *decoder, const SacTileKey *key, GError **error)
{
  Block block;

  if (find_block (decoder->source, key, &block))
    return read_block (decoder, &block, error);

  SacRect rect = sac_tile_store_tile_rect (decoder->source, key);
  double side = ldexp (1, key->level);

  return sac_source_read_region (decoder->source, &rect,
                                 (int)fmax (ceil (rect.width / side), 1),
                                 (int)fmax (ceil (rect.height / side), 1),
                                 SAC_FILTER_BOX, SAC_COLORS_DISPLAY,
                                 decoder->job, error);
}

/* Where a finer pixel falls along one axis of the coarser tile: into `first`,
 * and with the rest into the one after it. */
typedef struct {
  int first;
  float share[2];
} Place;

static Place *
place_axis (double start, double length, int count, int out_count)
{
  Place *places = g_new (Place, count);

  for (int i = 0; i < count; i++) {
    double from = start + length * i / count;
    double to = start + length * (i + 1) / count;
    int first = CLAMP ((int)floor (from + 1e-9), 0, out_count - 1);
    double beyond = first + 1 < out_count ? fmax (to - (first + 1), 0) : 0;

    if (beyond < 1e-9)
      beyond = 0;
    places[i] = (Place){first, {(float)(to - from - beyond), (float)beyond}};
  }
  return places;
}

typedef struct {
  SacRect rect; /* level 0 */
  int width, height;
  float (*sums)[4]; /* red, green, blue, weight */
} Canvas;

static void
add_pixel (float sum[4], uint32_t pixel, float weight)
{
  sum[0] += weight * (float)(pixel >> 16 & 255);
  sum[1] += weight * (float)(pixel >> 8 & 255);
  sum[2] += weight * (float)(pixel & 255);
  sum[3] += weight;
}

static void
add_row (float (*sums)[4],
         const uint32_t *pixels,
         int count,
         const Place *across,
         float weight)
{
  for (int i = 0; i < count; i++) {
    add_pixel (sums[across[i].first], pixels[i], weight * across[i].share[0]);
    if (across[i].share[1] > 0)
      add_pixel (sums[across[i].first + 1], pixels[i],
                 weight * across[i].share[1]);
  }
}

/* Adds a finer tile that lies at `rect`: every pixel by the area that it shares
 * with the coarser ones. */
static void
add_image (Canvas *canvas, const SacImage *image, const SacRect *rect)
{
  double across_scale = canvas->width / canvas->rect.width;
  double down_scale = canvas->height / canvas->rect.height;
  g_autofree Place *across =
    place_axis ((rect->x - canvas->rect.x) * across_scale,
                rect->width * across_scale, image->width, canvas->width);
  g_autofree Place *down =
    place_axis ((rect->y - canvas->rect.y) * down_scale,
                rect->height * down_scale, image->height, canvas->height);

  for (int y = 0; y < image->height; y++) {
    const uint32_t *row = image->pixels + (size_t)y * (size_t)image->width;
    float (*sums)[4] = canvas->sums + (size_t)down[y].first * canvas->width;

    add_row (sums, row, image->width, across, down[y].share[0]);
    if (down[y].share[1] > 0)
      add_row (sums + canvas->width, row, image->width, across,
               down[y].share[1]);
  }
}

static SacImage *
finish_canvas (const Canvas *canvas, GError **error)
{
  SacImage *image = sac_image_new (canvas->width, canvas->height, error);

  if (image == NULL)
    return NULL;
  for (size_t i = 0; i < (size_t)canvas->width * (size_t)canvas->height; i++) {
    const float *sum = canvas->sums[i];

    if (sum[3] > 0)
      image->pixels[i] = sac_pixel ((unsigned)(sum[0] / sum[3] + 0.5f),
                                    (unsigned)(sum[1] / sum[3] + 0.5f),
                                    (unsigned)(sum[2] / sum[3] + 0.5f));
  }
  return image;
}

static SacImage *
get_finer (SacTileDecoder *decoder, const SacTileKey *key, GError **error)
{
  g_autofree char *message = NULL;
  SacImage *image = decoder->find (key, &message, decoder->data);

  if (message != NULL)
    keep_blemish (decoder, message);
  if (image != NULL)
    return image;
  if (!sac_job_check (decoder->job, error))
    return NULL;
  if (decoder->fault_count >= FAULT_LIMIT && !decoder->has_read) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: no part of the image could be read",
                 sac_source_get_path (decoder->source));
    return NULL;
  }
  if (!decoder->is_wanted (decoder->data)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                 "the tile is no longer wanted");
    return NULL;
  }

  g_autoptr (GError) reason = NULL;
  g_autofree char *before = g_steal_pointer (&decoder->blemish);

  image = sac_tile_decode (decoder, key, &reason);
  if (image != NULL)
    decoder->keep (key, image, decoder->blemish, decoder->data);
  else if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    decoder->keep (key, NULL, reason->message, decoder->data);
  if (before != NULL) {
    g_free (decoder->blemish);
    decoder->blemish = g_steal_pointer (&before);
  }
  if (image == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return image;
}

/* Adds one finer tile, hatched when it is bad.  Returns: false only when the
 * whole has to be given up; *bad_count counts the bad ones and *ret_reason
 * keeps the first reason. */
static bool
add_finer (SacTileDecoder *decoder,
           const SacTileKey *key,
           Canvas *canvas,
           int *bad_count,
           GError **ret_reason,
           GError **error)
{
  SacRect rect = sac_tile_store_tile_rect (decoder->source, key);
  g_autoptr (GError) reason = NULL;
  g_autoptr (SacImage) image = get_finer (decoder, key, &reason);

  if (image == NULL &&
      g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (image == NULL) {
    double side = ldexp (1, key->level);

    image = sac_tile_hatched ((int)fmax (ceil (rect.width / side), 1),
                              (int)fmax (ceil (rect.height / side), 1), error);
    if (image == NULL)
      return false;
    keep_blemish (decoder, reason->message);
    if (++*bad_count == 1)
      g_propagate_error (ret_reason, g_steal_pointer (&reason));
  }
  add_image (canvas, image, &rect);
  return true;
}

static SacImage *
compose_tile (SacTileDecoder *decoder, const SacTileKey *key, GError **error)
{
  Canvas canvas = {sac_tile_store_tile_rect (decoder->source, key)};
  double side = ldexp (1, key->level);
  g_autoptr (GError) reason = NULL;
  int count = 0, bad_count = 0;

  canvas.width = (int)fmax (ceil (canvas.rect.width / side), 1);
  canvas.height = (int)fmax (ceil (canvas.rect.height / side), 1);

  g_autofree float (*sums)[4] =
    g_malloc0_n ((size_t)canvas.width * (size_t)canvas.height, sizeof *sums);

  canvas.sums = sums;
  for (int i = 0; i < 4; i++) {
    SacTileKey finer = {key->level - 1, key->column * 2 + i % 2,
                        key->row * 2 + i / 2};
    SacRect rect = sac_tile_store_tile_rect (decoder->source, &finer);

    if (sac_rect_is_empty (&rect))
      continue;
    count++;
    if (!add_finer (decoder, &finer, &canvas, &bad_count, &reason, error))
      return NULL;
  }
  if (bad_count == count) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  return finish_canvas (&canvas, error);
}

SacImage *
sac_tile_decode (SacTileDecoder *decoder, const SacTileKey *key, GError **error)
{
  if (sac_tile_is_deep (decoder->source, key->level))
    return compose_tile (decoder, key, error);

  g_autoptr (GError) reason = NULL;
  SacImage *image = read_tile (decoder, key, &reason);

  if (image != NULL) {
    decoder->has_read = true;
    return image;
  }
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    decoder->fault_count++;
    if (key->level > 0 && can_compose (decoder->source, key->level))
      return compose_tile (decoder, key, error);
  }
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}
