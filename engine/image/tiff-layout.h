/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How the samples of one TIFF directory lie in the file, with every field
 * checked before anything is sized after it.
 *
 * Pictures are grey, palette, RGB, YCbCr, Lab and inks (CMYK) at 1 to 16 bits;
 * what would need a guess (raw data of cameras, other inks) is refused. Values,
 * which maps are made of, are one sample, whole of 8 to 64 bits or floating of
 * 16 to 64. */
#ifndef SAC_IMAGE_TIFF_LAYOUT_H
#define SAC_IMAGE_TIFF_LAYOUT_H

#include "image/tiff-handle.h"

/* A picture with more samples a pixel is refused. */
#define SAC_TIFF_SAMPLES_MAX 8

typedef enum {
  SAC_TIFF_PICTURE,
  SAC_TIFF_VALUES,
} SacTiffUse;

typedef enum {
  SAC_TIFF_GREY,
  SAC_TIFF_PALETTE,
  SAC_TIFF_RGB,
  SAC_TIFF_YCBCR, /* in units of several pixels with one colour */
  SAC_TIFF_LAB,
  SAC_TIFF_INKS, /* cyan, magenta, yellow, black */
} SacTiffKind;

/* How YCbCr codes mean colours. */
typedef struct {
  int unit_width, unit_height; /* pixels that share a colour */
  float luma[3];
  float reference[6]; /* black and white of each */
} SacTiffYcbcr;

typedef struct {
  uint32_t width, height;
  uint16_t bits, samples, format; /* SAMPLEFORMAT_ */
  uint16_t photometric, compression, orientation;
  SacTiffKind kind;
  int colors;           /* samples that are colour: 1, 3 or 4 */
  uint16_t alpha;       /* EXTRASAMPLE_ASSOCALPHA, _UNASSALPHA; 0: none */
  int alpha_sample;     /* behind the colours; 0: none */
  uint32_t most;        /* the largest sample, says the file; 0: says nothing */
  bool apart;           /* samples in planes of their own */
  bool tiled, reduced;  /* reduced: says it is a smaller copy */
  bool is_mask;         /* says it is the transparency of another one */
  uint32_t block_width; /* of a tile, or of a strip */
  uint32_t block_height;
  uint32_t across, down; /* blocks of one plane */
  uint64_t block_bytes;  /* of one plane, or of all together */
  uint64_t ratio_max;    /* bytes out for each byte in, at the very most */
  uint32_t palette[256]; /* pixels */
  SacTiffYcbcr ycbcr;
} SacTiffLayout;

/* The directory in force.  Errors: UNSUPPORTED (says what it holds), DAMAGED,
 * TOO_LARGE (more than 2^31 pixels a side). */
bool sac_tiff_layout_read (SacTiffHandle *handle,
                           SacTiffUse use,
                           SacTiffLayout *ret_layout,
                           GError **error);

/* Only how a tiled directory is cut, whatever its samples are.  Returns: false
 * when it has no tiles that make sense. */
bool sac_tiff_layout_read_tiles (SacTiffHandle *handle,
                                 SacTiffLayout *ret_layout);

/* Bytes of the first `rows` rows of a block, of one plane. */
uint64_t sac_tiff_layout_count_bytes (const SacTiffLayout *layout,
                                      uint32_t rows);

/* Planes that have to be read for a picture: up to the last that counts. */
uint32_t sac_tiff_layout_count_planes (const SacTiffLayout *layout);

/* Whether the pixels of two directories mean the same. */
bool sac_tiff_layout_is_like (const SacTiffLayout *a, const SacTiffLayout *b);

#endif
