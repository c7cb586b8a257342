/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

/* y = x gate for some pixels of a block of channels; gate may be NULL, and y
 * may be x. */
void
SAC_KERNEL (gate) (const float *x, const float *gate, size_t pixels, float *y)
{
  static const float ones[SAC_BLOCK] = {1, 1, 1, 1, 1, 1, 1, 1,
                                        1, 1, 1, 1, 1, 1, 1, 1};

  if (gate == NULL && x == y)
    return;
  gate = gate != NULL ? gate : ones;
  for (size_t pixel = 0; pixel < pixels; pixel++) {
    for (int part = 0; part < PARTS; part++) {
      size_t at = pixel * SAC_BLOCK + (size_t)part * LANES;

      vec_store (y + at, vec_load (x + at) * vec_load (gate + part * LANES));
    }
  }
}

/* A panel of packed weights whose step of depth d is multiplied by the gate's
 * channel d; gate_step: floats from 16 channels of the gate to the next. */
void
SAC_KERNEL (gate_panel) (const float *panel,
                         const float *gate,
                         size_t gate_step,
                         size_t depth,
                         float *to)
{
  for (size_t d = 0; d < depth; d++, panel += SAC_PANEL, to += SAC_PANEL) {
    Vec factor = vec_splat (gate[d / SAC_BLOCK * gate_step + d % SAC_BLOCK]);

    UNROLL for (int i = 0; i < SAC_PANEL; i += LANES)
      vec_store (to + i, vec_load (panel + i) * factor);
  }
}

/* yes in the lanes whose bit is set, else no. */
static ALWAYS_INLINE Vec
select_bits (unsigned bits, Vec yes, Vec no)
{
#if LANES == 16
  return _mm512_mask_blend_ps ((__mmask16)bits, no, yes);
#else
  static const int32_t lanes[] = {1, 2, 4, 8, 16, 32, 64, 128};
  VecInt own = (VecInt)vec_load ((const float *)lanes);
  VecInt set = (own & (int32_t)bits) != 0;

  return (Vec)((set & (VecInt)yes) | (~set & (VecInt)no));
#endif
}

/* y = x times `set` where an element's bit is set, else times `other`, for some
 * rows of 16 with as many bits each; y may be x. */
void
SAC_KERNEL (choose) (const float *x,
                     float *y,
                     const uint16_t *bits,
                     size_t rows,
                     float set,
                     float other)
{
  Vec yes = vec_splat (set), no = vec_splat (other);

  for (size_t row = 0; row < rows; row++) {
    UNROLL for (int part = 0; part < PARTS; part++)
    {
      size_t at = row * SAC_BLOCK + (size_t)part * LANES;

      vec_store (y + at, vec_load (x + at) *
                           select_bits ((unsigned)bits[row] >> (part * LANES),
                                        yes, no));
    }
  }
}
