/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a matrix of activations lies in memory: rows are pixels or tokens,
 * columns are channels.
 *
 * Element (row, column) stands at
 *   data[row * row_step + column / 16 * block_step + column % 16].
 * Two layouts are of this form.  Plain: a row's columns in line, the rows
 * row_step apart.  Blocked: [columns / 16][rows][16], the tail of the last
 * block zero; what writes a blocked matrix keeps that tail zero, and data
 * must be 64-byte aligned to be fast (it need not be to be right). */
#ifndef SAC_COMPUTE_ROWS_H
#define SAC_COMPUTE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* Channels in a block. */
#define SAC_BLOCK 16

typedef struct {
  float *data;
  ptrdiff_t row_step;   /* floats from a row to the next */
  ptrdiff_t block_step; /* floats from a block of 16 columns to the next */
  bool blocked;         /* the tail of the last block exists and is zero */
} SacRows;

/* Of a row of SacSplit at one step of 32 of depth, and rows that are read after
 * the last one. */
#define SAC_SPLIT_ROW_BYTES 64
#define SAC_SPLIT_ROWS_AFTER 31

/* A's rows as a kernel for narrower numbers takes them, made once for several
 * products (split.h). */
typedef struct {
  char *parts;        /* of the first row; NULL: there are none */
  size_t plane_bytes; /* from the high parts of some depth to the low ones, and
                         from those to the next depth */
} SacSplit;

static inline size_t
sac_blocks (size_t channels)
{
  return (channels + SAC_BLOCK - 1) / SAC_BLOCK;
}

static inline SacRows
sac_rows_plain (const float *data, size_t row_step)
{
  return (SacRows){(float *)data, (ptrdiff_t)row_step, SAC_BLOCK, false};
}

static inline SacRows
sac_rows_blocked (const float *data, size_t rows)
{
  return (SacRows){(float *)data, SAC_BLOCK, (ptrdiff_t)rows * SAC_BLOCK, true};
}

#endif
