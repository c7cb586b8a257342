/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What each variant of the kernels offers to the rest of compute/. */
#ifndef SAC_COMPUTE_KERNELS_H
#define SAC_COMPUTE_KERNELS_H

#include "compute/blocked-pool.h"
#include "compute/conv-shape.h"
#include "compute/layer-norm.h"
#include "compute/rows.h"
#include "compute/tail.h"

/* Columns in a panel of packed weights. */
#define SAC_PANEL 32

/* Consecutive depth, `offset` floats after a row's beginning. */
typedef struct {
  ptrdiff_t offset;
  ptrdiff_t count;
} SacRun;

/* C = tail (C + A B).  A's rows are a_step apart; their depth lies in runs, in
 * the order of B's.  Bias and scale of the tail begin with C's first column,
 * its residual with C's first element. */
typedef struct {
  const float *a;
  ptrdiff_t a_step;
  const SacRun *runs;
  size_t run_count;
  const float *b;      /* [panel][depth][32]; whole blocks of 16 are read */
  size_t panel_floats; /* from a panel to the next */
  SacRows c;
  size_t rows;
  size_t columns;
  bool accumulate;     /* else C is not read */
  const SacTail *tail; /* NULL: more sums will follow */
  SacSplit split;      /* the same as `a`, or nothing */
} SacMultiply;

/* The tail on a block of 16 columns, in place. */
typedef struct {
  float *c;
  ptrdiff_t row_step;
  size_t rows;
  const float *bias; /* 16 floats each, or NULL */
  const float *scale;
  const float *residual; /* or NULL; steps as c does */
} SacFinish;

/* Tiles that one SacWinograd has at most: they share a reading of the weights,
 * and with the sums of a panel stay in the L2 cache for most layers. */
#define SAC_WINOGRAD_TILES 56

/* Some tiles of edge x edge output pixels and some whole panels of filters of
 * a 3x3 convolution. */
typedef struct {
  const SacConvShape *shape;
  size_t edge; /* 2, 3 or 4 */
  const float *x;
  const float *packed; /* [all panels][(edge + 2)^2][channels][32] */
  float *y;
  const SacTail *tail;
  size_t tile, tiles; /* counted through all images */
  size_t panel, panels;
  float *inputs; /* [(edge + 2)^2][channel blocks][tiles][16], input_step */
  float *sums;   /* [(edge + 2)^2][2 blocks of filters][tiles][16], sum_step */
  size_t input_step, sum_step; /* floats from a frequency to the next */
  SacRun *runs;                /* room for one a channel block */
  bool (*goes_on) (void);      /* asked before each panel */
} SacWinograd;

#define SAC_WINOGRAD_ROW_FREQUENCIES 6
/* Blocks of channels whose weights are packed together. */
#define SAC_WINOGRAD_ROW_DEPTH 2
/* Rows of 16 that a frequency's inputs have room for at their end. */
#define SAC_WINOGRAD_ROW_SLACK 15

/* Some rows of one output image and some whole panels of filters of a 3x3
 * convolution, in tiles of four pixels of a row. */
typedef struct {
  const SacConvShape *shape;
  const float *x;
  const float *packed; /* [panel][blocks / 2][3 rows][32 channels][3][32] */
  float *y;
  const SacTail *tail;
  size_t image, row, rows;
  size_t across; /* tiles of a row */
  size_t panel, panels;
  float *inputs; /* [6][blocks][rows + 2][across][16], input_step */
  float *sums;   /* [6][2][sum_rows][16] */
  size_t input_step, sum_rows;
} SacWinogradRow;

/* Some rows of the output of one block of channels of one image. */
typedef struct {
  const SacConvShape *shape;
  const float *x;       /* the whole image */
  const float *weights; /* [tap][16] */
  float *y;             /* the first of those rows */
  /* Floats from a pixel of y to the next, and from a row to the next; the
     residual lies likewise. */
  size_t pixel_step, row_step;
  const SacTail *tail;
  const float *residual; /* of that row, or NULL */
  size_t block;
  size_t row, rows;
} SacDepthwise;

/* Of split weights: a panel's at a step of 32 of depth.  [hi, lo][2 blocks]
 * [16][16 columns][2]: two numbers of depth stand side by side. */
#define SAC_TILES_STEP_BYTES 4096
/* Rows that are multiplied at once, so that as many are read. */
#define SAC_TILES_ROWS 32

/* A convolution's products of split rows, which lie so that every row has its
 * depth at the same offsets, with one panel of split weights.  Only some rows
 * are pixels of the result: of each `pitch` rows the first out_width, in the
 * first out_height of each image_rows such lines. */
typedef struct {
  const char *high, *low; /* of the first row */
  ptrdiff_t row_bytes;
  const ptrdiff_t *offsets; /* of the steps' 64 bytes, from a row's begin */
  size_t steps;
  const char *panel; /* [step], see SAC_TILES_STEP_BYTES */
  bool fetches;      /* nobody has fetched the panel */
  const char *next;  /* a panel to fetch, or NULL */
  size_t rows, pitch, image_rows;
  size_t out_width, out_height;
  float *y; /* the first pixel; the others follow */
  ptrdiff_t block_step;
  size_t blocks;       /* of columns, 1 or 2 */
  const SacTail *tail; /* bias, scale and residual begin with y */
} SacTiles;

typedef struct {
  void (*multiply) (const SacMultiply *work);
  /* Splits A's rows to work->split; NULL where multiply does not use it.
     Returns: false when one of A's numbers cannot be split. */
  bool (*split) (const SacMultiply *work);
  /* Convolution on tiles; NULL where there are none. */
  void (*tiles_multiply) (const SacTiles *work);
  /* Splits count pairs of rows of 16, the even ones `step` floats apart and the
     odd ones too, or zeros (NULL): 64 bytes of a number of each in turn, to
     `high` and `low` each, 64-byte aligned.  Returns: false when a number
     cannot be split. */
  bool (*tiles_split) (const float *even,
                       const float *odd,
                       ptrdiff_t step,
                       size_t count,
                       char *high,
                       char *low);
  void (*finish) (const SacTail *tail, const SacFinish *block);
  /* Blocks of 16 channels of some pixels; zeros for a negative number. */
  void (*gather) (float *to,
                  const float *from,
                  const ptrdiff_t *pixels,
                  size_t count);
  void (*winograd) (const SacWinograd *work);
  void (*winograd_pack) (size_t edge,
                         const double *filters,
                         float *packed,
                         size_t step);
  void (*winograd_row) (const SacWinogradRow *work);
  /* sum_rows for so many tiles. */
  size_t (*winograd_row_sums) (size_t tiles);
  void (*depthwise) (const SacDepthwise *work);
  /* to[column * to_step + row] = from[row * from_step + column] */
  void (*transpose) (const float *from,
                     ptrdiff_t from_step,
                     size_t rows,
                     size_t columns,
                     float *to,
                     ptrdiff_t to_step);
  /* Some output rows of one image of one block of channels. */
  void (*pool) (const SacBlockedPool *pooling,
                size_t plane,
                size_t row,
                size_t row_end);
  void (*average_plane) (const float *x, size_t pixels, float *y);
  void (*gate) (const float *x, const float *gate, size_t pixels, float *y);
  void (*gate_panel) (const float *panel,
                      const float *gate,
                      size_t gate_step,
                      size_t depth,
                      float *to);
  /* Of rows of 16: y = x times `set` where an element's bit is set, else times
     `other`; y may be x. */
  void (*choose) (const float *x,
                  float *y,
                  const uint16_t *bits,
                  size_t rows,
                  float set,
                  float other);
  /* Of a row; y may be x. */
  void (*softmax) (const float *x, size_t count, float *y);
  void (*layer_norm) (const SacLayerNorm *norm, size_t row, size_t row_end);
  void (*layer_norm_gradient) (const SacLayerNormGradient *gradient,
                               size_t row,
                               size_t row_end);
} SacKernels;

/* Those of the variant in force. */
const SacKernels *sac_kernels (void);

#endif
