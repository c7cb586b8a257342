/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A flat image as a source.  Level 0 is the image; the levels below halve the
 * one above, each pixel the mean of two by two, and are made when first read,
 * so that a large photograph zooms well. */
#include "image/source-backend.h"

#include "base/hash.h"
#include "base/pool.h"
#include "image/decoders.h"

#include <math.h>

/* A coarser level than one that fits so would help nobody. */
#define COARSEST_SIDE 512
#define BAND_ROWS 64

typedef struct {
  char *hash;
  GMutex mutex;      /* guards levels behind the first */
  SacImage **levels; /* [level_count]; NULL: not made yet */
} State;

typedef struct {
  const SacImage *in;
  SacImage *out;
} Halving;

static uint32_t
average (const uint32_t *pixels, int count)
{
  unsigned red = (unsigned)count / 2, green = red, blue = red;

  for (int i = 0; i < count; i++) {
    red += pixels[i] >> 16 & 0xff;
    green += pixels[i] >> 8 & 0xff;
    blue += pixels[i] & 0xff;
  }
  return sac_pixel (red / (unsigned)count, green / (unsigned)count,
                    blue / (unsigned)count);
}

/* At an odd edge only the pixels that exist are averaged. */
static void
halve_band (size_t band, void *data)
{
  const Halving *halving = data;
  const SacImage *in = halving->in;
  SacImage *out = halving->out;
  int first = (int)band * BAND_ROWS;

  for (int y = first; y < MIN (first + BAND_ROWS, out->height); y++)
    for (int x = 0; x < out->width; x++) {
      uint32_t pixels[4];
      int count = 0;

      for (int v = 2 * y; v < MIN (2 * y + 2, in->height); v++)
        for (int u = 2 * x; u < MIN (2 * x + 2, in->width); u++)
          pixels[count++] = in->pixels[(size_t)v * in->width + u];
      out->pixels[(size_t)y * out->width + x] = average (pixels, count);
    }
}

static SacImage *
halve (const SacImage *image, GError **error)
{
  SacImage *out =
    sac_image_new ((image->width + 1) / 2, (image->height + 1) / 2, error);

  if (out == NULL)
    return NULL;

  Halving halving = {image, out};

  if (image->icc != NULL)
    out->icc = g_bytes_ref (image->icc);
  sac_pool_run ((size_t)(out->height + BAND_ROWS - 1) / BAND_ROWS, halve_band,
                &halving);
  return out;
}

/* Returns: the level's image, which lives as long as the source. */
static const SacImage *
get_level (State *state, int level, GError **error)
{
  if (level == 0)
    return state->levels[0];
  g_mutex_lock (&state->mutex);
  for (int i = 1; i <= level && state->levels[i - 1] != NULL; i++)
    if (state->levels[i] == NULL)
      state->levels[i] = halve (state->levels[i - 1], error);

  const SacImage *image = state->levels[level];

  g_mutex_unlock (&state->mutex);
  return image;
}

static SacImage *
read_flat (SacSource *source,
           int level,
           int64_t x,
           int64_t y,
           int width,
           int height,
           SacJob *job,
           GError **error)
{
  const SacImage *image = get_level (source->state, level, error);

  if (image == NULL)
    return NULL;
  return sac_image_crop (image, (int)x, (int)y, width, height, error);
}

static SacSourceLevel *
plan_levels (const SacImage *image, int *ret_count)
{
  g_autoptr (GArray) levels =
    g_array_new (FALSE, FALSE, sizeof (SacSourceLevel));
  SacSourceLevel level = {image->width, image->height, 1, 0, 0};

  g_array_append_val (levels, level);
  while (level.width > COARSEST_SIDE || level.height > COARSEST_SIDE) {
    level = (SacSourceLevel){(level.width + 1) / 2, (level.height + 1) / 2,
                             level.downsample * 2, 0, 0};
    g_array_append_val (levels, level);
  }
  *ret_count = (int)levels->len;
  return (SacSourceLevel *)(void *)g_array_free (g_steal_pointer (&levels),
                                                 FALSE);
}

void
sac_source_flat_init (SacSource *source,
                      SacImage *image,
                      const char *format,
                      char *hash)
{
  State *state = g_new0 (State, 1);
  int count;
  SacSourceLevel *levels = plan_levels (image, &count);

  sac_source_take_levels (source, levels, count);
  state->hash = hash;
  state->levels = g_new0 (SacImage *, count);
  state->levels[0] = sac_image_ref (image);
  g_mutex_init (&state->mutex);
  source->backend = &sac_source_flat;
  source->state = state;
  source->format = g_strdup (format);
  if (image->icc != NULL)
    source->to_srgb = sac_color_transform_new (image->icc);
  source->is_fine = image->is_fine;
  source->clear = image->clear;
  if (image->from_inks)
    sac_source_note_inks (source);
}

static bool
open_flat (SacSource *source, const char *path, SacJob *job, GError **error)
{
  g_autoptr (GBytes) file = sac_decoders_read_file (path, job, error);

  if (file == NULL)
    return false;

  g_autoptr (SacImage) image = sac_decode (file, job, error);

  if (image == NULL)
    return false;

  gsize size;
  const void *data = g_bytes_get_data (file, &size);

  /* Of the very bytes that were decoded: the file may change later. */
  g_autofree char *digest = sac_hash_bytes (data, size);

  sac_source_flat_init (source, image, sac_decoder_find (data, size)->name,
                        g_strconcat ("sha256:", digest, NULL));
  return true;
}

static char *
hash_flat (SacSource *source)
{
  return g_strdup (((State *)source->state)->hash);
}

static void
close_flat (SacSource *source)
{
  State *state = source->state;

  for (int i = 0; i < source->level_count; i++)
    sac_image_unref (state->levels[i]);
  g_free (state->levels);
  g_mutex_clear (&state->mutex);
  g_free (state->hash);
  g_free (state);
}

SacSource *
sac_source_new_for_image (SacImage *image, const char *name)
{
  SacSource *source = sac_source_new (&sac_source_flat, name);
  g_autofree char *digest =
    sac_hash_bytes (image->pixels, sac_image_get_bytes (image));

  sac_source_flat_init (source, image, "image",
                        g_strdup_printf ("pixels-sha256:%dx%d:%s", image->width,
                                         image->height, digest));
  return source;
}

const SacSourceBackend sac_source_flat = {
  "flat image", open_flat, read_flat, hash_flat, close_flat,
};
