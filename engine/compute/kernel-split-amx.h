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
#include "compute/vector.h"

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

/* Twice the bits of 2^127. */
#define SAC_HUGE_MAGNITUDE 0xfe000000

/* To the nearest bfloat16, which its upper half is then; ties go away from
 * zero.  Magnitudes from 2^127 on may not survive. */
static ALWAYS_INLINE __m512i
sac_round_up_half (Vec x)
{
  return _mm512_add_epi32 ((__m512i)x, _mm512_set1_epi32 (0x8000));
}

static ALWAYS_INLINE Vec
sac_upper_of (__m512i rounded)
{
  return (Vec)_mm512_and_si512 (rounded, _mm512_set1_epi32 ((int)0xffff0000));
}

/* The upper halves of both. */
static ALWAYS_INLINE __m512i
sac_pair_of (__m512i even, __m512i odd)
{
  return _mm512_mask_blend_epi16 (0xaaaaaaaa, _mm512_srli_epi32 (even, 16),
                                  odd);
}

/* Twice the magnitude's bits. */
static ALWAYS_INLINE __m512i
sac_magnitude_of (Vec x)
{
  return _mm512_add_epi32 ((__m512i)x, (__m512i)x);
}

/* Stores 16 pairs of one number of each, of the hi and of the lo. */
static ALWAYS_INLINE __m512i
sac_split_pairs (Vec even, Vec odd, __m512i most, char *to, char *to_low)
{
  __m512i even_high = sac_round_up_half (even),
          odd_high = sac_round_up_half (odd);

  _mm512_store_si512 (to, sac_pair_of (even_high, odd_high));
  _mm512_store_si512 (to_low, sac_pair_of (sac_round_up_half (
                                             even - sac_upper_of (even_high)),
                                           sac_round_up_half (
                                             odd - sac_upper_of (odd_high))));
  most = _mm512_max_epu32 (most, sac_magnitude_of (even));
  return _mm512_max_epu32 (most, sac_magnitude_of (odd));
}

/* Of the greatest magnitude of what was split: that it cannot be. */
static ALWAYS_INLINE bool
sac_split_is_huge (__m512i most)
{
  return _mm512_cmpge_epu32_mask (most, _mm512_set1_epi32 (
                                          (int)SAC_HUGE_MAGNITUDE)) != 0;
}

/* What the compiler has not written yet, tiles would not read. */
static ALWAYS_INLINE void
sac_settle_memory (void)
{
  __asm__ volatile("" ::: "memory");
}

/* All tiles have 16 rows of 64 bytes, until _tile_release (). */
static inline void
sac_set_tiles (void)
{
  static const struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } config __attribute__ ((aligned (64))) = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
  };

  sac_settle_memory ();
  _tile_loadconfig (&config);
}

#endif
