/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/decode-tiff.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/limits.h"
#include "image/decoders.h"
#include "image/orient.h"
#include "image/tiff-block.h"

#include <inttypes.h>

static bool
check_size (const SacTiffLayout *layout, GError **error)
{
  if (layout->width <= SAC_LIMIT_IMAGE_SIDE &&
      layout->height <= SAC_LIMIT_IMAGE_SIDE &&
      (int64_t)layout->width * layout->height <= SAC_LIMIT_IMAGE_PIXELS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the TIFF has %u x %u pixels, beyond the limit of "
               "%" PRId64 " and %d a side",
               layout->width, layout->height, SAC_LIMIT_IMAGE_PIXELS,
               SAC_LIMIT_IMAGE_SIDE);
  return false;
}

/* Some writers leave empty tiles out, but a cut table looks the same; a whole
 * picture without a part is none. */
static bool
check_blocks (SacTiffHandle *handle,
              const SacTiffLayout *layout,
              GError **error)
{
  if (sac_tiff_block_count_absent (handle, layout) > 0)
    return sac_tiff_handle_report (handle, "a block is left out", error);
  for (uint32_t i = 0; i < layout->across * layout->down; i++)
    if (!sac_tiff_block_check (handle, layout, i, error))
      return false;
  return true;
}

static bool
read_blocks (SacTiffHandle *handle,
             const SacTiffLayout *layout,
             uint8_t *buffer,
             SacImage *image,
             SacJob *job,
             GError **error)
{
  for (uint32_t i = 0; i < layout->across * layout->down; i++) {
    uint32_t x = i % layout->across * layout->block_width;
    uint32_t y = i / layout->across * layout->block_height;

    if (!sac_job_check (job, error) ||
        !sac_tiff_block_read (handle, layout, i, buffer, error))
      return false;
    sac_tiff_block_unpack (layout, buffer, i,
                           image->pixels + (size_t)y * layout->width + x,
                           layout->width);
  }
  return true;
}

SacImage *
sac_decode_tiff_page (SacTiffHandle *handle, SacJob *job, GError **error)
{
  SacTiffLayout layout;

  if (!sac_tiff_layout_read (handle, SAC_TIFF_PICTURE, &layout, error) ||
      !check_size (&layout, error) || !check_blocks (handle, &layout, error))
    return NULL;
  if (layout.reduced) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "the TIFF holds a reduced copy as its first page, as camera "
                 "raw files do; save the picture as an 8-bit RGB TIFF or PNG");
    return NULL;
  }

  g_autoptr (SacImage) image =
    sac_image_new (layout.width, layout.height, error);
  g_autofree uint8_t *buffer =
    g_try_malloc_n (sac_tiff_layout_count_planes (&layout), layout.block_bytes);

  if (image == NULL)
    return NULL;
  if (buffer == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for a TIFF of %u x %u pixels",
                 layout.width, layout.height);
    return NULL;
  }
  if (!read_blocks (handle, &layout, buffer, image, job, error))
    return NULL;
  image->from_inks = layout.kind == SAC_TIFF_INKS;
  image->is_fine = layout.bits == 16;
  /* Profiles of inks describe them, not what the pixels are now. */
  if (layout.kind != SAC_TIFF_INKS && layout.kind != SAC_TIFF_LAB)
    image->icc = sac_tiff_handle_dup_profile (handle);
  return sac_orient_apply (g_steal_pointer (&image), layout.orientation, error);
}

static SacImage *
decode_tiff (GBytes *file, SacJob *job, GError **error)
{
  g_auto (SacTiffHandle) handle = {0};

  if (!sac_tiff_handle_open (&handle, file, error))
    return NULL;
  return sac_decode_tiff_page (&handle, job, error);
}

const SacDecoder sac_decoder_tiff = {"TIFF", sac_file_kind_is_tiff, decode_tiff,
                                     NULL};
