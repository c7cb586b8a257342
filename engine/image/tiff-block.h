/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One tile or strip of a TIFF: out of the file, and into pixels. */
#ifndef SAC_IMAGE_TIFF_BLOCK_H
#define SAC_IMAGE_TIFF_BLOCK_H

#include "image/tiff-layout.h"

/* Whether the writer left the block out (its size in the file is 0), as masks
 * and slides do where there is nothing.  Its samples count as 0, and those of
 * colour as white. */
bool sac_tiff_block_is_absent (SacTiffHandle *handle,
                               const SacTiffLayout *layout,
                               uint32_t index);

/* Blocks of one plane that are absent. */
uint32_t sac_tiff_block_count_absent (SacTiffHandle *handle,
                                      const SacTiffLayout *layout);

/* Some block is there and may be readable; else the whole level is a claim, and
 * looking for pixels in it would take long.  Errors: DAMAGED. */
bool sac_tiff_block_check_any (SacTiffHandle *handle,
                               const SacTiffLayout *layout,
                               GError **error);

/* Lies inside the file and is long enough for what it claims to unpack to.
 * index: row by row.  Errors: DAMAGED. */
bool sac_tiff_block_check (SacTiffHandle *handle,
                           const SacTiffLayout *layout,
                           uint32_t index,
                           GError **error);

/* Samples of the block, of each plane one after the other: to has
 * count_planes * block_bytes.  The block has been checked.  Errors: DAMAGED. */
bool sac_tiff_block_read (SacTiffHandle *handle,
                          const SacTiffLayout *layout,
                          uint32_t index,
                          uint8_t *to,
                          GError **error);

/* Rows of a block that lie in the image. */
uint32_t sac_tiff_block_count_rows (const SacTiffLayout *layout,
                                    uint32_t index);
uint32_t sac_tiff_block_count_columns (const SacTiffLayout *layout,
                                       uint32_t index);

/* The part of a block that lies in the image, as pixels; `stride` of them from
 * one row to the next. */
void sac_tiff_block_unpack (const SacTiffLayout *layout,
                            const uint8_t *samples,
                            uint32_t index,
                            uint32_t *to,
                            size_t stride);

/* One row of samples as pixels; rows: where it begins for each sample; step:
 * samples from one pixel to the next there. */
void sac_tiff_block_unpack_row (const SacTiffLayout *layout,
                                const uint8_t *const *rows,
                                size_t step,
                                uint32_t *to,
                                size_t count);

#endif
