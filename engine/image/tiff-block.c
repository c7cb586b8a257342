/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-block.h"

#include "image/decoders.h"
#include "image/image.h"

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

static bool
check_plane (SacTiffHandle *handle,
             const SacTiffLayout *layout,
             uint32_t index,
             uint32_t rows,
             GError **error)
{
  uint64_t offset = TIFFGetStrileOffset (handle->tiff, index);
  uint64_t bytes = TIFFGetStrileByteCount (handle->tiff, index);

  if (bytes == 0)
    return layout->tiled ||
           sac_tiff_handle_report (handle, "a block is left out", error);
  if (offset > handle->size || bytes > handle->size - offset)
    return sac_tiff_handle_report (handle, "pixels lie behind its end", error);
  if (layout->block_bytes / layout->block_height * rows / layout->ratio_max >
      bytes)
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

static bool
read_plane (SacTiffHandle *handle,
            const SacTiffLayout *layout,
            uint32_t index,
            uint32_t rows,
            uint8_t *to)
{
  uint64_t expected = layout->tiled
                        ? layout->block_bytes
                        : layout->block_bytes / layout->block_height * rows;
  tmsize_t got =
    layout->tiled
      ? TIFFReadEncodedTile (handle->tiff, index, to, (tmsize_t)expected)
      : TIFFReadEncodedStrip (handle->tiff, index, to, (tmsize_t)expected);

  return got == (tmsize_t)expected && handle->complaint == NULL;
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
      memset (samples, layout->kind == SAC_TIFF_RGB ? 0xff : 0,
              layout->block_bytes);
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
  return make_grey (layout, first);
}

uint32_t
sac_tiff_block_get_background (const SacTiffLayout *layout)
{
  if (layout->kind == SAC_TIFF_PALETTE)
    return layout->palette[0];
  return layout->kind == SAC_TIFF_RGB ? 0xffffffffu : make_grey (layout, 0);
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

void
sac_tiff_block_unpack_row (const SacTiffLayout *layout,
                           const uint8_t *const *rows,
                           size_t step,
                           uint32_t *to,
                           size_t count)
{
  bool opaque = layout->alpha != EXTRASAMPLE_ASSOCALPHA &&
                layout->alpha != EXTRASAMPLE_UNASSALPHA;

  if (layout->kind == SAC_TIFF_RGB && layout->bits == 8 && opaque) {
    for (size_t x = 0; x < count; x++)
      to[x] =
        sac_pixel (rows[0][x * step], rows[1][x * step], rows[2][x * step]);
    return;
  }
  for (size_t x = 0; x < count; x++) {
    uint32_t color = get_color (layout, rows, x * step);

    if (!opaque)
      color =
        cover_pixel (layout, color,
                     get_sample (rows[layout->colors], x * step, layout->bits));
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
  size_t row_bytes = layout->block_bytes / layout->block_height;
  int has_alpha = layout->alpha != EXTRASAMPLE_UNSPECIFIED;

  for (uint32_t i = 0; i < sac_tiff_block_count_rows (layout, index); i++) {
    const uint8_t *rows[4] = {NULL};

    for (int s = 0; s < layout->colors + has_alpha; s++)
      rows[s] =
        samples + i * row_bytes +
        (size_t)s * (layout->apart ? layout->block_bytes : layout->bits / 8u);
    sac_tiff_block_unpack_row (layout, rows,
                               layout->apart ? 1 : layout->samples,
                               to + i * stride,
                               sac_tiff_block_count_columns (layout, index));
  }
}
