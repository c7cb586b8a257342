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
