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
  int levels;  /* halves of it, marked as reduced, follow */
  bool plain;  /* ... but not marked */
  bool inside; /* ... but in sub-directories */
  int pages;   /* as many pictures more, before the levels of all; their first
                  sample is that of the page before plus one */
  unsigned page;
  int absent;     /* a tile of the first picture left out, from 1 on; 0: none */
  int strip_rows; /* 0: an odd number */
  const char *mode;        /* of TIFFOpen; NULL: "w" */
  const char *description; /* NULL: none */
  double mpp;              /* 0: not stated */
  GBytes *icc;
} TiffSpec;

/* One of each kind of picture that can be read, without a size. */
typedef struct {
  const char *what;
  TiffSpec spec;
} TiffKind;

extern const TiffKind tiff_writer_kinds[];
extern const size_t tiff_writer_kind_count;

/* What the file says a pixel is, worked out by another road: in double. */
uint32_t tiff_writer_pixel (const TiffSpec *spec, unsigned x, unsigned y);

/* What sample `s` of the pixel is, in its own bits. */
unsigned
tiff_writer_sample (const TiffSpec *spec, unsigned x, unsigned y, unsigned s);

/* Returns: the file's bytes.  With `path` they also lie there. */
GBytes *tiff_writer_make (const TiffSpec *spec, const char *path);

#endif
