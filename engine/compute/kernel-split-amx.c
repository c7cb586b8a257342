/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-split-amx.h"

static void
skip_empty (SacCursor *cursor)
{
  while (cursor->run < cursor->work->run_count &&
         cursor->done == cursor->work->runs[cursor->run].count) {
    cursor->run++;
    cursor->done = 0;
  }
}

static void
add_slot (SacPart *part, SacCursor *cursor)
{
  SacSlot *slot = &part->slots[part->slot_count++];

  *slot = (SacSlot){.piece = part->piece_count, .depth = part->count};
  while (cursor->run < cursor->work->run_count) {
    const SacRun *run = &cursor->work->runs[cursor->run];
    size_t left = (size_t)(run->count - cursor->done);
    size_t room = SLOT - slot->count;
    size_t count = left < room ? left : room;

    if (slot->count > 0 && left > room)
      break;
    part->pieces[part->piece_count] =
      (SacRun){run->offset + cursor->done, (ptrdiff_t)count};
    part->lanes[part->piece_count++] =
      (uint16_t)(((1u << count) - 1) << slot->count);
    slot->count += count;
    cursor->done += (ptrdiff_t)count;
    skip_empty (cursor);
  }
  slot->piece_end = part->piece_count;
  part->count += slot->count;
}

void
sac_part_next (SacPart *part, SacCursor *cursor)
{
  part->depth += part->count;
  part->count = part->slot_count = part->piece_count = 0;
  part->first = part->depth == 0;
  skip_empty (cursor);
  while (part->slot_count < SLOTS_MOST && cursor->run < cursor->work->run_count)
    add_slot (part, cursor);
  part->last = cursor->run == cursor->work->run_count;
}

static ALWAYS_INLINE Vec
load_slot (const SacPart *part,
           size_t index,
           const bool whole,
           const float *row)
{
  const SacSlot *slot = &part->slots[index];

  if (whole)
    return vec_load (row + part->pieces[slot->piece].offset);

  Vec value = vec_zero ();

  if (index >= part->slot_count)
    return value;
  for (size_t i = slot->piece; i < slot->piece_end; i++)
    value = _mm512_mask_expandloadu_ps (value, part->lanes[i],
                                        row + part->pieces[i].offset);
  return value;
}

static ALWAYS_INLINE __m512i
split_step (const SacPart *part,
            size_t step,
            const bool whole,
            const float *row,
            ptrdiff_t row_step,
            size_t rows,
            char *to,
            char *to_low)
{
  __m512i most = _mm512_setzero_si512 ();

  for (; rows > 0; rows--, row += row_step, to += 64, to_low += 64)
    most = sac_split_pairs (load_slot (part, 2 * step, whole, row),
                            load_slot (part, 2 * step + 1, whole, row), most,
                            to, to_low);
  return most;
}

static bool
is_whole (const SacPart *part, size_t index)
{
  const SacSlot *slot = &part->slots[index];

  return index < part->slot_count && slot->piece_end == slot->piece + 1 &&
         slot->count == SLOT;
}

bool
sac_split_rows (const SacMultiply *work,
                const SacPart *part,
                const SacSplit *split)
{
  __m512i most = _mm512_setzero_si512 ();
  char *to = split->parts;

  for (size_t step = 0; step < sac_part_steps (part); step++) {
    bool whole = is_whole (part, 2 * step) && is_whole (part, 2 * step + 1);
    char *low = to + split->plane_bytes;

    most =
      _mm512_max_epu32 (most,
                        whole ? split_step (part, step, true, work->a,
                                            work->a_step, work->rows, to, low)
                              : split_step (part, step, false, work->a,
                                            work->a_step, work->rows, to, low));
    to = low + split->plane_bytes;
  }
  return !sac_split_is_huge (most);
}

/* Row `i` of a slot of B. */
static ALWAYS_INLINE Vec
load_depth (const SacPart *part, size_t index, size_t i, const float *b)
{
  const SacSlot *slot = &part->slots[index];
  bool there = index < part->slot_count && i < slot->count;

  return there ? vec_load (b + (slot->depth + i) * SAC_PANEL) : vec_zero ();
}

bool
sac_split_panel (const SacPart *part, const float *b, size_t blocks, char *to)
{
  __m512i most = _mm512_setzero_si512 ();

  for (size_t step = 0; step < sac_part_steps (part);
       step++, to += STEP_BYTES) {
    for (size_t i = 0; i < SLOT; i++) {
      for (size_t block = 0; block < blocks; block++) {
        const float *from = b + block * SAC_BLOCK;
        char *place = to + block * TILE_BYTES + i * 64;

        most = sac_split_pairs (load_depth (part, 2 * step, i, from),
                                load_depth (part, 2 * step + 1, i, from), most,
                                place, place + LOW_BYTES);
      }
    }
  }
  return !sac_split_is_huge (most);
}
