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
