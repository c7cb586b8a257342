/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Parts of a TIFF put together from its pieces, as they are or smaller. */
#include "image/tiff-file.h"

#include "base/error.h"

#include <string.h>

/* Rows of the result that are summed at a time: bounds the sums. */
#define BAND_ROWS 256

/* Where a piece and a part meet, in pixels of the level. */
typedef struct {
  uint32_t left, top, right, bottom;
} Overlap;

static Overlap
get_overlap (const SacTiffGrid *grid,
             uint32_t column,
             uint32_t row,
             const Overlap *part)
{
  uint32_t x = column * grid->width, y = row * grid->height;

  return (Overlap){MAX (x, part->left), MAX (y, part->top),
                   MIN (part->right, x + grid->width),
                   MIN (part->bottom, y + grid->height)};
}

static void
copy_piece (const SacImage *piece,
            const SacTiffGrid *grid,
            const Overlap *overlap,
            const SacTiffPart *part,
            SacImage *to)
{
  for (uint32_t y = overlap->top; y < overlap->bottom; y++)
    memcpy (to->pixels + (size_t)(y - part->y) * (size_t)to->width +
              (overlap->left - part->x),
            piece->pixels + (size_t)(y % grid->height) * (size_t)piece->width +
              overlap->left % grid->width,
            (size_t)(overlap->right - overlap->left) * sizeof (uint32_t));
}

SacImage *
sac_tiff_file_read (SacTiffFile *file,
                    const SacTiffGrid *grid,
                    const SacTiffPart *part,
                    SacJob *job,
                    GError **error)
{
  g_autoptr (SacImage) image = sac_image_new (part->width, part->height, error);
  Overlap whole = {part->x, part->y, part->x + (uint32_t)part->width,
                   part->y + (uint32_t)part->height};

  if (image == NULL)
    return NULL;
  for (uint32_t row = whole.top / grid->height;
       row <= (whole.bottom - 1) / grid->height; row++)
    for (uint32_t column = whole.left / grid->width;
         column <= (whole.right - 1) / grid->width; column++) {
      if (!sac_job_check (job, error))
        return NULL;

      g_autoptr (SacImage) piece =
        sac_tiff_file_get_piece (file, grid, column, row, true, error);
      Overlap overlap = get_overlap (grid, column, row, &whole);

      if (piece == NULL)
        return NULL;
      copy_piece (piece, grid, &overlap, part, image);
    }
  return g_steal_pointer (&image);
}

typedef struct {
  uint32_t factor;
  uint32_t x, y; /* of the first sum, in the smaller level */
  size_t stride;
  uint32_t (*sums)[3];
} Canvas;

static void
add_pixels (uint32_t sum[3], const uint32_t *pixels, size_t count)
{
  uint32_t red = 0, green = 0, blue = 0;

  for (size_t i = 0; i < count; i++) {
    red += pixels[i] >> 16 & 0xff;
    green += pixels[i] >> 8 & 0xff;
    blue += pixels[i] & 0xff;
  }
  sum[0] += red;
  sum[1] += green;
  sum[2] += blue;
}

static void
add_row (const Canvas *canvas,
         const uint32_t *pixels,
         uint32_t left,
         uint32_t right,
         uint32_t y)
{
  uint32_t (*sums)[3] =
    canvas->sums + (size_t)(y / canvas->factor - canvas->y) * canvas->stride;
  uint32_t x = left;

  while (x < right) {
    uint32_t cell = x / canvas->factor;
    uint32_t end = MIN (right, (cell + 1) * canvas->factor);

    add_pixels (sums[cell - canvas->x], pixels + (x - left), end - x);
    x = end;
  }
}

static void
add_piece (const Canvas *canvas,
           const SacImage *piece,
           const SacTiffGrid *grid,
           const Overlap *overlap)
{
  for (uint32_t y = overlap->top; y < overlap->bottom; y++)
    add_row (canvas,
             piece->pixels + (size_t)(y % grid->height) * (size_t)piece->width +
               overlap->left % grid->width,
             overlap->left, overlap->right, y);
}

/* Pixels of the level that cell `index` of the smaller one stands for. */
static uint32_t
count_covered (uint32_t index, uint32_t factor, uint32_t size)
{
  return MIN (factor, size - index * factor);
}

static void
finish_band (const Canvas *canvas,
             const SacTiffLayout *layout,
             int width,
             int rows,
             uint32_t *to)
{
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < width; column++) {
      const uint32_t *sum =
        canvas->sums[(size_t)row * canvas->stride + (size_t)column];
      uint32_t count = count_covered (canvas->x + (uint32_t)column,
                                      canvas->factor, layout->width) *
                       count_covered (canvas->y + (uint32_t)row, canvas->factor,
                                      layout->height);

      *to++ =
        sac_pixel ((sum[0] + count / 2) / count, (sum[1] + count / 2) / count,
                   (sum[2] + count / 2) / count);
    }
}

static bool
sum_band (SacTiffFile *file,
          const SacTiffGrid *grid,
          const Canvas *canvas,
          const Overlap *band,
          bool keep,
          SacJob *job,
          GError **error)
{
  for (uint32_t row = band->top / grid->height;
       row <= (band->bottom - 1) / grid->height; row++)
    for (uint32_t column = band->left / grid->width;
         column <= (band->right - 1) / grid->width; column++) {
      if (!sac_job_check (job, error))
        return false;

      g_autoptr (SacImage) piece =
        sac_tiff_file_get_piece (file, grid, column, row, keep, error);
      Overlap overlap = get_overlap (grid, column, row, band);

      if (piece == NULL)
        return false;
      add_piece (canvas, piece, grid, &overlap);
    }
  return true;
}

SacImage *
sac_tiff_file_shrink (SacTiffFile *file,
                      const SacTiffGrid *grid,
                      uint32_t factor,
                      const SacTiffPart *part,
                      bool keep,
                      SacJob *job,
                      GError **error)
{
  const SacTiffLayout *layout = &grid->level->layout;
  g_autoptr (SacImage) image = sac_image_new (part->width, part->height, error);
  size_t sum_count = (size_t)part->width * MIN (BAND_ROWS, part->height);
  g_autofree uint32_t (*sums)[3] = g_try_malloc_n (sum_count, sizeof *sums);

  if (image == NULL)
    return NULL;
  if (sums == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for %d x %d pixels", part->width,
                 part->height);
    return NULL;
  }
  for (int y = 0; y < part->height; y += BAND_ROWS) {
    int rows = MIN (BAND_ROWS, part->height - y);
    Canvas canvas = {factor, part->x, part->y + (uint32_t)y,
                     (size_t)part->width, sums};
    Overlap band = {canvas.x * factor, canvas.y * factor,
                    MIN (layout->width,
                         (canvas.x + (uint32_t)part->width) * factor),
                    MIN (layout->height, (canvas.y + (uint32_t)rows) * factor)};

    memset (sums, 0, sum_count * sizeof *sums);
    if (!sum_band (file, grid, &canvas, &band, keep, job, error))
      return NULL;
    finish_band (&canvas, layout, part->width, rows,
                 image->pixels + (size_t)y * (size_t)part->width);
  }
  return g_steal_pointer (&image);
}
