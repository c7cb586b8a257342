/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-block.h"

#include "image/color.h"
#include "image/decoders.h"
#include "image/image.h"

#include <string.h>

bool
sac_tiff_block_is_absent (SacTiffHandle *handle,
                          const SacTiffLayout *layout,
                          uint32_t index)
{
  return layout->tiled && TIFFGetStrileByteCount (handle->tiff, index) == 0;
}

uint32_t
sac_tiff_block_count_absent (SacTiffHandle *handle, const SacTiffLayout *layout)
{
  uint32_t count = 0;

  for (uint32_t i = 0; i < layout->across * layout->down; i++)
    count += sac_tiff_block_is_absent (handle, layout, i);
  return count;
}

uint32_t
sac_tiff_block_count_rows (const SacTiffLayout *layout, uint32_t index)
{
  uint32_t row = index / layout->across;

  return MIN (layout->block_height,
              layout->height - row * layout->block_height);
}

uint32_t
sac_tiff_block_count_columns (const SacTiffLayout *layout, uint32_t index)
{
  uint32_t column = index % layout->across;

  return MIN (layout->block_width,
              layout->width - column * layout->block_width);
}

/* Its stream lies elsewhere, whole. */
static bool
check_old_jpeg (SacTiffHandle *handle,
                const SacTiffLayout *layout,
                GError **error)
{
  uint64_t all = layout->block_bytes * layout->across * layout->down;

  return all / layout->ratio_max <= handle->size ||
         sac_tiff_handle_report (handle, "too few bytes for so many pixels",
                                 error);
}

static bool
check_plane (SacTiffHandle *handle,
             const SacTiffLayout *layout,
             uint32_t index,
             uint32_t rows,
             GError **error)
{
  uint64_t offset = TIFFGetStrileOffset (handle->tiff, index);
  uint64_t bytes = TIFFGetStrileByteCount (handle->tiff, index);

  if (layout->compression == COMPRESSION_OJPEG)
    return check_old_jpeg (handle, layout, error);
  if (bytes == 0)
    return layout->tiled ||
           sac_tiff_handle_report (handle, "a block is left out", error);
  if (offset > handle->size || bytes > handle->size - offset)
    return sac_tiff_handle_report (handle, "pixels lie behind its end", error);
  if (sac_tiff_layout_count_bytes (layout, rows) / layout->ratio_max > bytes)
    return sac_tiff_handle_report (handle, "too few bytes for so many pixels",
                                   error);
  return true;
}

bool
sac_tiff_block_check (SacTiffHandle *handle,
                      const SacTiffLayout *layout,
                      uint32_t index,
                      GError **error)
{
  /* libtiff gives only the rows of the last strip that are there, but whole
   * tiles. */
  uint32_t rows = layout->tiled ? layout->block_height
                                : sac_tiff_block_count_rows (layout, index);

  for (uint32_t plane = 0; plane < sac_tiff_layout_count_planes (layout);
       plane++)
    if (!check_plane (handle, layout,
                      plane * layout->across * layout->down + index, rows,
                      error))
      return false;
  return true;
}

bool
sac_tiff_block_check_any (SacTiffHandle *handle,
                          const SacTiffLayout *layout,
                          GError **error)
{
  g_autoptr (GError) first = NULL;

  for (uint32_t i = 0; i < layout->across * layout->down; i++)
    if (!sac_tiff_block_is_absent (handle, layout, i) &&
        sac_tiff_block_check (handle, layout, i, first == NULL ? &first : NULL))
      return true;
  if (first == NULL)
    return sac_tiff_handle_report (handle, "it holds no pixels at all", error);
  g_propagate_error (error, g_steal_pointer (&first));
  return false;
}

static bool
read_plane (SacTiffHandle *handle,
            const SacTiffLayout *layout,
            uint32_t index,
            uint32_t rows,
            uint8_t *to)
{
  uint64_t expected = layout->tiled
                        ? layout->block_bytes
                        : sac_tiff_layout_count_bytes (layout, rows);
  tmsize_t got =
    layout->tiled
      ? TIFFReadEncodedTile (handle->tiff, index, to, (tmsize_t)expected)
      : TIFFReadEncodedStrip (handle->tiff, index, to, (tmsize_t)expected);

  return got == (tmsize_t)expected && handle->complaint == NULL;
}

/* White, but for grey and palettes, of which absent samples are 0. */
static uint8_t
get_blank (const SacTiffLayout *layout, uint64_t sample, uint32_t plane)
{
  uint64_t unit =
    (uint64_t)(layout->ycbcr.unit_width * layout->ycbcr.unit_height);

  switch (layout->kind) {
  case SAC_TIFF_RGB:
    return 0xff;
  case SAC_TIFF_YCBCR:
    return sample % (unit + 2) < unit ? 0xff : 0x80;
  case SAC_TIFF_LAB:
    if ((layout->apart ? plane : sample % layout->samples) == 0)
      return 0xff;
    return layout->photometric == PHOTOMETRIC_ICCLAB ? 0x80 : 0;
  default:
    return 0;
  }
}

static void
fill_blank (const SacTiffLayout *layout, uint32_t plane, uint8_t *samples)
{
  uint64_t sample_bytes = layout->bits == 16 ? 2 : 1;

  for (uint64_t i = 0; i < layout->block_bytes; i++)
    samples[i] = get_blank (layout, i / sample_bytes, plane);
}

bool
sac_tiff_block_read (SacTiffHandle *handle,
                     const SacTiffLayout *layout,
                     uint32_t index,
                     uint8_t *to,
                     GError **error)
{
  uint32_t rows = sac_tiff_block_count_rows (layout, index);
  uint32_t plane_blocks = layout->across * layout->down;

  handle->reading_data = true;
  for (uint32_t plane = 0; plane < sac_tiff_layout_count_planes (layout);
       plane++) {
    uint32_t block = plane * plane_blocks + index;
    uint8_t *samples = to + plane * layout->block_bytes;

    if (sac_tiff_block_is_absent (handle, layout, block))
      fill_blank (layout, plane, samples);
    else if (!read_plane (handle, layout, block, rows, samples)) {
      g_autofree char *where =
        g_strdup_printf ("block at %u, %u",
                         index % layout->across * layout->block_width,
                         index / layout->across * layout->block_height);

      handle->reading_data = false;
      return sac_tiff_handle_report (handle, where, error);
    }
  }
  handle->reading_data = false;
  return true;
}

static inline unsigned
get_sample (const uint8_t *row, size_t index, unsigned bits)
{
  if (bits == 8)
    return row[index];
  if (bits == 16)
    return ((const uint16_t *)(const void *)row)[index] >> 8;

  size_t bit = index * bits;

  return row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1);
}

static uint32_t
make_grey (const SacTiffLayout *layout, unsigned sample)
{
  if (layout->bits < 8)
    sample = sample * 255 / ((1u << layout->bits) - 1);
  if (layout->photometric == PHOTOMETRIC_MINISWHITE)
    sample = 255 - sample;
  return sac_pixel (sample, sample, sample);
}

/* Ink by ink, without a profile, as Pillow converts it. */
static uint32_t
mix_inks (const uint8_t *const *rows, size_t index, unsigned bits)
{
  unsigned light = 255 - get_sample (rows[3], index, bits), levels[3];

  for (int i = 0; i < 3; i++) {
    unsigned product = get_sample (rows[i], index, bits) * light + 128;

    levels[i] = light - ((product + (product >> 8)) >> 8);
  }
  return sac_pixel (levels[0], levels[1], levels[2]);
}

static uint32_t
get_color (const SacTiffLayout *layout,
           const uint8_t *const *rows,
           size_t index)
{
  unsigned first = get_sample (rows[0], index, layout->bits);

  if (layout->kind == SAC_TIFF_PALETTE)
    return layout->palette[first];
  if (layout->kind == SAC_TIFF_RGB)
    return sac_pixel (first, get_sample (rows[1], index, layout->bits),
                      get_sample (rows[2], index, layout->bits));
  if (layout->kind == SAC_TIFF_INKS)
    return mix_inks (rows, index, layout->bits);
  return make_grey (layout, first);
}

static unsigned
cover (unsigned color, unsigned alpha, uint16_t kind)
{
  if (kind == EXTRASAMPLE_ASSOCALPHA)
    return MIN (255, color + 255 - alpha);
  return sac_decoders_over_white (color, alpha);
}

static uint32_t
cover_pixel (const SacTiffLayout *layout, uint32_t color, unsigned alpha)
{
  return sac_pixel (cover (color >> 16 & 0xff, alpha, layout->alpha),
                    cover (color >> 8 & 0xff, alpha, layout->alpha),
                    cover (color & 0xff, alpha, layout->alpha));
}

/* As ICC codes it; in the TIFF's own coding what is not L is signed. */
static void
unpack_lab (const SacTiffLayout *layout,
            const uint8_t *const *rows,
            size_t step,
            uint32_t *to,
            size_t count)
{
  g_autofree uint8_t *lab = g_malloc (count * 3);
  unsigned sign = layout->photometric == PHOTOMETRIC_CIELAB ? 0x80 : 0;

  for (size_t x = 0; x < count; x++)
    for (int i = 0; i < 3; i++)
      lab[3 * x + (size_t)i] =
        (uint8_t)(get_sample (rows[i], x * step, layout->bits) ^
                  (i > 0 ? sign : 0));
  sac_color_from_lab (lab, to, count);
}

static unsigned
clamp_level (double level)
{
  return (unsigned)(CLAMP (level, 0, 255) + 0.5);
}

/* By the formulas of the TIFF specification, section 21. */
static uint32_t
mix_ycbcr (const SacTiffYcbcr *ycbcr, const uint8_t codes[3])
{
  const float *luma = ycbcr->luma;
  double full[3];

  for (int i = 0; i < 3; i++)
    full[i] = (codes[i] - ycbcr->reference[2 * i]) * (i == 0 ? 255.0 : 127.0) /
              (ycbcr->reference[2 * i + 1] - ycbcr->reference[2 * i]);

  double red = full[2] * (2 - 2 * luma[0]) + full[0];
  double blue = full[1] * (2 - 2 * luma[2]) + full[0];
  double green = (full[0] - luma[0] * red - luma[2] * blue) / luma[1];

  return sac_pixel (clamp_level (red), clamp_level (green), clamp_level (blue));
}

static void
unpack_units (const SacTiffLayout *layout,
              const uint8_t *samples,
              uint32_t index,
              uint32_t *to,
              size_t stride)
{
  uint32_t width = (uint32_t)layout->ycbcr.unit_width;
  uint32_t height = (uint32_t)layout->ycbcr.unit_height;
  size_t across = (layout->block_width - 1) / width + 1;

  for (uint32_t y = 0; y < sac_tiff_block_count_rows (layout, index); y++)
    for (uint32_t x = 0; x < sac_tiff_block_count_columns (layout, index);
         x++) {
      const uint8_t *unit =
        samples + (y / height * across + x / width) * (width * height + 2);

      to[y * stride + x] =
        mix_ycbcr (&layout->ycbcr,
                   (uint8_t[]){unit[y % height * width + x % width],
                               unit[width * height], unit[width * height + 1]});
    }
}

static void
unpack_rgb (const uint8_t *const *rows, size_t step, uint32_t *to, size_t count)
{
  size_t x = 0;

  /* Four bytes are read at once, so not for the last pixel. */
  if (step == 3 && rows[1] == rows[0] + 1 && rows[2] == rows[0] + 2)
    for (; x + 1 < count; x++) {
      uint32_t bytes;

      memcpy (&bytes, rows[0] + 3 * x, sizeof bytes);
      to[x] = 0xff000000u | GUINT32_FROM_BE (bytes) >> 8;
    }
  for (; x < count; x++)
    to[x] = sac_pixel (rows[0][x * step], rows[1][x * step], rows[2][x * step]);
}

void
sac_tiff_block_unpack_row (const SacTiffLayout *layout,
                           const uint8_t *const *rows,
                           size_t step,
                           uint32_t *to,
                           size_t count)
{
  bool opaque = layout->alpha_sample == 0;

  if (layout->kind == SAC_TIFF_RGB && layout->bits == 8 && opaque) {
    unpack_rgb (rows, step, to, count);
    return;
  }
  if (layout->kind == SAC_TIFF_LAB)
    unpack_lab (layout, rows, step, to, count);
  for (size_t x = 0; x < count; x++) {
    uint32_t color =
      layout->kind == SAC_TIFF_LAB ? to[x] : get_color (layout, rows, x * step);

    if (!opaque)
      color = cover_pixel (layout, color,
                           get_sample (rows[layout->alpha_sample], x * step,
                                       layout->bits));
    to[x] = color;
  }
}

void
sac_tiff_block_unpack (const SacTiffLayout *layout,
                       const uint8_t *samples,
                       uint32_t index,
                       uint32_t *to,
                       size_t stride)
{
  if (layout->kind == SAC_TIFF_YCBCR) {
    unpack_units (layout, samples, index, to, stride);
    return;
  }

  size_t row_bytes = layout->block_bytes / layout->block_height;
  int used = MAX (layout->colors, layout->alpha_sample + 1);

  for (uint32_t i = 0; i < sac_tiff_block_count_rows (layout, index); i++) {
    const uint8_t *rows[SAC_TIFF_SAMPLES_MAX] = {NULL};

    for (int s = 0; s < used; s++)
      rows[s] =
        samples + i * row_bytes +
        (size_t)s * (layout->apart ? layout->block_bytes : layout->bits / 8u);
    sac_tiff_block_unpack_row (layout, rows,
                               layout->apart ? 1 : layout->samples,
                               to + i * stride,
                               sac_tiff_block_count_columns (layout, index));
  }
}
