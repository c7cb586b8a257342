/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels for AMX: how operands lie for its tiles.
 *
 * Every float32 x is split into hi + lo with hi = bfloat16 (x) and
 * lo = bfloat16 (x - hi), both to the nearest, so that |x - hi - lo| <=
 * 2^-18 |x|.  Numbers below 2^-126 become zero, so parts of numbers below
 * 2^-109 get lost. */
#ifndef SAC_COMPUTE_KERNEL_SPLIT_AMX_H
#define SAC_COMPUTE_KERNEL_SPLIT_AMX_H

#include "compute/kernels.h"

/* Of a tile; two tiles side by side or one below the other are a pair. */
#define TILE_ROWS 16
#define ROW_BYTES 64
#define TILE_BYTES (TILE_ROWS * ROW_BYTES)
#define PAIR_ROWS (2 * TILE_ROWS)
/* Of a panel at one step of 32 of depth: a pair of hi, then one of lo. */
#define STEP_BYTES (4 * TILE_BYTES)
#define LOW_BYTES (2 * TILE_BYTES)

/* Depth is taken a slot at a time, which is half a tile's: a piece of one run,
 * or several short runs. */
#define SLOT 16
/* Of a part of the depth: some 200 rows of it stay in the L2 cache. */
#define SLOTS_MOST 64
#define STEPS_MOST (SLOTS_MOST / 2)

typedef struct {
  size_t piece, piece_end;
  size_t depth, count; /* of B */
} SacSlot;

/* A part of the depth. */
typedef struct {
  size_t depth, count; /* of B */
  SacSlot slots[SLOTS_MOST];
  size_t slot_count;
  SacRun pieces[SLOTS_MOST * SLOT];
  uint16_t lanes[SLOTS_MOST * SLOT]; /* of its slot, that a piece fills */
  size_t piece_count;
  bool first, last;
} SacPart;

static inline size_t
sac_part_steps (const SacPart *part)
{
  return (part->slot_count + 1) / 2;
}

/* How far the runs have been taken; begins as {work}. */
typedef struct {
  const SacMultiply *work;
  size_t run;
  ptrdiff_t done; /* of that run */
} SacCursor;

/* The next part of the depth.  part: the last one, or zeroed counts. */
void sac_part_next (SacPart *part, SacCursor *cursor);

/* A step takes two slots, an element of each in turn.  Rows of A as
 * [step][hi, lo][row][16 of depth][2 slots], the part's steps to `split`.
 * Returns: false where a number is not finite or so large, 2^127, that its
 * bfloat16 might not be. */
bool sac_split_rows (const SacMultiply *work,
                     const SacPart *part,
                     const SacSplit *split);

/* Blocks of 16 columns of a panel, whose part of B begins at `b`, as
 * [step][hi, lo][block][16 of depth][16 columns][2 slots].  Returns: as
 * sac_split_rows. */
bool
sac_split_panel (const SacPart *part, const float *b, size_t blocks, char *to);

#endif
