/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/pages.h"

#include <inttypes.h>
#include <string.h>

/* Tiles are taken by the threads that decode them and freed by the one that
 * draws: from the C library's arenas their memory would hardly ever go back to
 * the system. */
#define PAGES_FROM_BYTES ((size_t)256 << 10)

/* A thread keeps so many blocks that it has freed, none of them larger than the
 * area that is read for a tile of half the size: reading a view takes and frees
 * hundreds of them, and the system would clear fresh pages for each. */
#define KEPT_COUNT 4
#define KEPT_BYTES ((size_t)1 << 20)

typedef struct {
  struct {
    uint32_t *pixels; /* NULL: none */
    size_t bytes;
  } blocks[KEPT_COUNT];
  int next; /* the one that gives way */
} Kept;

static void
kept_free (void *data)
{
  Kept *kept = data;

  for (int i = 0; i < KEPT_COUNT; i++)
    sac_pages_free (kept->blocks[i].pixels, kept->blocks[i].bytes);
  g_free (kept);
}

static GPrivate own_blocks = G_PRIVATE_INIT (kept_free);

static uint32_t *
take_kept (size_t bytes)
{
  Kept *kept = g_private_get (&own_blocks);

  for (int i = 0; kept != NULL && i < KEPT_COUNT; i++)
    if (kept->blocks[i].pixels != NULL && kept->blocks[i].bytes == bytes)
      return g_steal_pointer (&kept->blocks[i].pixels);
  return NULL;
}

/* The block goes in place of one that has been kept for longest. */
static void
keep (uint32_t *pixels, size_t bytes)
{
  Kept *kept = g_private_get (&own_blocks);

  if (kept == NULL) {
    kept = g_new0 (Kept, 1);
    g_private_set (&own_blocks, kept);
  }
  sac_pages_free (kept->blocks[kept->next].pixels,
                  kept->blocks[kept->next].bytes);
  kept->blocks[kept->next].pixels = pixels;
  kept->blocks[kept->next].bytes = bytes;
  kept->next = (kept->next + 1) % KEPT_COUNT;
}

static uint32_t *
new_pixels (size_t bytes)
{
  if (bytes < PAGES_FROM_BYTES)
    return g_try_malloc (bytes);

  uint32_t *pixels = bytes <= KEPT_BYTES ? take_kept (bytes) : NULL;

  return pixels != NULL ? pixels : sac_pages_new (bytes);
}

static void
free_pixels (uint32_t *pixels, size_t bytes)
{
  if (bytes < PAGES_FROM_BYTES)
    g_free (pixels);
  else if (bytes <= KEPT_BYTES && pixels != NULL)
    keep (pixels, bytes);
  else
    sac_pages_free (pixels, bytes);
}

static bool
check_size (int64_t width, int64_t height, GError **error)
{
  if (width < 1 || height < 1)
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "an image of %" PRId64 " x %" PRId64
                 " pixels has nothing to show",
                 width, height);
  else if (width > SAC_LIMIT_IMAGE_SIDE || height > SAC_LIMIT_IMAGE_SIDE ||
           width * height > SAC_LIMIT_IMAGE_PIXELS)
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "an image of %" PRId64 " x %" PRId64
                 " pixels is beyond the limit of %" PRId64
                 " pixels and %d a side",
                 width, height, SAC_LIMIT_IMAGE_PIXELS, SAC_LIMIT_IMAGE_SIDE);
  else
    return true;
  return false;
}

SacImage *
sac_image_new (int64_t width, int64_t height, GError **error)
{
  if (!check_size (width, height, error))
    return NULL;

  uint32_t *pixels =
    new_pixels ((size_t)width * (size_t)height * sizeof (uint32_t));

  if (pixels == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for an image of %" PRId64
                 " x %" PRId64 " pixels",
                 width, height);
    return NULL;
  }

  SacImage *image = g_new0 (SacImage, 1);

  image->width = (int)width;
  image->height = (int)height;
  image->pixels = pixels;
  memset (pixels, 0xff, sac_image_get_bytes (image));
  g_atomic_ref_count_init (&image->ref_count);
  return image;
}

SacImage *
sac_image_ref (SacImage *image)
{
  g_atomic_ref_count_inc (&image->ref_count);
  return image;
}

void
sac_image_unref (SacImage *image)
{
  if (image == NULL || !g_atomic_ref_count_dec (&image->ref_count))
    return;
  g_clear_pointer (&image->icc, g_bytes_unref);
  free_pixels (image->pixels, sac_image_get_bytes (image));
  g_free (image);
}

SacImage *
sac_image_crop (
  const SacImage *image, int x, int y, int width, int height, GError **error)
{
  g_assert (x >= 0 && width >= 1 && width <= image->width - x);
  g_assert (y >= 0 && height >= 1 && height <= image->height - y);

  SacImage *part = sac_image_new (width, height, error);

  if (part == NULL)
    return NULL;
  for (int row = 0; row < height; row++)
    memcpy (part->pixels + (size_t)row * width,
            image->pixels + (size_t)(y + row) * image->width + x,
            (size_t)width * sizeof (uint32_t));
  part->from_inks = image->from_inks;
  part->is_fine = image->is_fine;
  part->clear = image->clear;
  if (image->icc != NULL)
    part->icc = g_bytes_ref (image->icc);
  return part;
}

void
sac_image_lay_over (SacImage *image, uint32_t background)
{
  size_t count = (size_t)image->width * (size_t)image->height;

  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = image->pixels[i];
    unsigned rest = 255 - (pixel >> 24), levels[3];

    if (rest == 0)
      continue;
    for (int shift = 0; shift < 24; shift += 8) {
      unsigned behind = (background >> shift & 0xff) * rest + 128;

      behind = (behind + (behind >> 8)) >> 8;
      levels[shift / 8] = MIN (255, (pixel >> shift & 0xff) + behind);
    }
    image->pixels[i] = sac_pixel (levels[2], levels[1], levels[0]);
  }
}
