/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels for AMX: SacKernels.tiles_multiply and tiles_split. */
#ifndef SAC_COMPUTE_KERNEL_TILES_AMX_H
#define SAC_COMPUTE_KERNEL_TILES_AMX_H

#include "compute/kernels.h"

void sac_tiles_multiply_amx (const SacTiles *work);
bool sac_tiles_split_amx (const float *even,
                          const float *odd,
                          ptrdiff_t step,
                          size_t count,
                          char *high,
                          char *low);
#endif
