/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small TIFF files of every kind, made while the tests run. */
#ifndef SAC_TESTS_TIFF_WRITER_H
#define SAC_TESTS_TIFF_WRITER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <tiffio.h>

typedef struct {
  uint32_t width, height;
  uint16_t bits, samples, photometric;
  uint16_t compression; /* 0: none */
  uint16_t orientation; /* 0: not stated */
  uint16_t format;      /* SAMPLEFORMAT_; 0: not stated */
  uint16_t extra;       /* EXTRASAMPLE_ of the last sample */
  bool has_extra;
  bool planes; /* samples apart */
  bool tiled;  /* 32 x 16 tiles; else strips */
  uint32_t subfile;
  int levels; /* halves of it, marked as reduced, follow */
  GBytes *icc;
} TiffSpec;

/* What sample `s` of the pixel is, in its own bits. */
unsigned
tiff_writer_sample (const TiffSpec *spec, unsigned x, unsigned y, unsigned s);

/* Returns: the file's bytes.  With `path` they also lie there. */
GBytes *tiff_writer_make (const TiffSpec *spec, const char *path);

#endif
