/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How work is cut into chunks. */
#ifndef SAC_COMPUTE_CUT_H
#define SAC_COMPUTE_CUT_H

#include <stddef.h>

/* How a matrix product's result is cut into chunks: into stripes of rows, each
 * into groups of panels of 32 columns. */
typedef struct {
  size_t stripes, groups, panels;
} SacCut;

typedef struct {
  size_t row, row_end;
  size_t panel, panel_end;
} SacCutPart;

/* Chunks that are wanted, if there is work for them: enough that threads end at
 * nearly the same time. */
#define SAC_CUT_CHUNKS 8

SacCut sac_cut (
  size_t rows, size_t depth, size_t columns, size_t stripe_rows, size_t chunks);
SacCutPart sac_cut_part (const SacCut *cut, size_t rows, size_t index);

/* Multiplications that a chunk may have: some 2 ms. */
size_t sac_chunk_multiplications (void);

#endif
