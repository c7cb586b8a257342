/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A grey PNG as numbers, of which a picture would lose some. */
#ifndef SAC_IMAGE_PNG_VALUES_H
#define SAC_IMAGE_PNG_VALUES_H

#include "base/job.h"

#include <stdbool.h>

typedef struct {
  int width, height;
  int most;      /* 255 or 65535; fewer bits are spread to 8 */
  float *values; /* 0 to most; NaN where the picture is transparent */
} SacPngValues;

/* Of a file of the same red, green and blue, and of at most `count_max` pixels.
 * Returns: false with UNSUPPORTED (coloured), DAMAGED, TOO_LARGE; else values
 * are the caller's (g_free). */
bool sac_png_values_read (GBytes *file,
                          gint64 count_max,
                          SacPngValues *ret_values,
                          SacJob *job,
                          GError **error);

#endif
