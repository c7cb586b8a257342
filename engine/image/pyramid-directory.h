/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The directory of one level of a BigTIFF pyramid, as bytes. */
#ifndef SAC_IMAGE_PYRAMID_DIRECTORY_H
#define SAC_IMAGE_PYRAMID_DIRECTORY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t width, height;
  int channels;            /* 3: JPEG tiles; 1: packed bytes */
  double mpp;              /* of the level */
  bool is_first, is_last;  /* of the file */
  const char *description; /* the first one's; NULL: none */
  size_t tile_count;
  const uint64_t *offsets, *counts; /* of its tiles in the file */
} SacPyramidDirectory;

/* position: where it will stand, a multiple of eight; the next one follows
 * behind it. */
GByteArray *sac_pyramid_directory_encode (const SacPyramidDirectory *level,
                                          uint64_t position);

#endif
