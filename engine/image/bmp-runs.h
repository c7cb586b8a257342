/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The runs of a packed BMP (RLE8, RLE4) as one byte a pixel. */
#ifndef SAC_IMAGE_BMP_RUNS_H
#define SAC_IMAGE_BMP_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows from the bottom up, width x height numbers of a palette into to, which
 * is all zero: what the runs leave out stays so.  halves: two numbers a byte.
 * Returns: false when the runs break off. */
bool sac_bmp_runs_unpack (const uint8_t *data,
                          size_t size,
                          bool halves,
                          int64_t width,
                          int64_t height,
                          uint8_t *to);

#endif
