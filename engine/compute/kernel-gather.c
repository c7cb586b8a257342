/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

/* Copies blocks of 16 channels of the pixels with these numbers; zeros for a
 * negative number. */
void
SAC_KERNEL (gather) (float *to,
                     const float *from,
                     const ptrdiff_t *pixels,
                     size_t count)
{
  for (size_t i = 0; i < count; i++, to += SAC_BLOCK) {
    const float *pixel = from + pixels[i] * SAC_BLOCK;

    for (int part = 0; part < PARTS; part++)
      vec_store (to + part * LANES,
                 pixels[i] < 0 ? vec_zero () : vec_load (pixel + part * LANES));
  }
}
