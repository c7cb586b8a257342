/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

#ifdef SAC_TABLE_AMX
#include "compute/kernel-multiply-amx.h"
#include "compute/kernel-tiles-amx.h"
#define TABLE sac_kernels_amx
#define MULTIPLY sac_multiply_amx
#define SPLIT sac_split_amx
#define TILES_MULTIPLY sac_tiles_multiply_amx
#define TILES_SPLIT sac_tiles_split_amx
#else
#define TABLE SAC_KERNEL (kernels)
#define MULTIPLY SAC_KERNEL (multiply)
#define SPLIT NULL
#define TILES_MULTIPLY NULL
#define TILES_SPLIT NULL
#endif

const SacKernels TABLE = {
  .multiply = MULTIPLY,
  .split = SPLIT,
  .tiles_multiply = TILES_MULTIPLY,
  .tiles_split = TILES_SPLIT,
  .finish = SAC_KERNEL (finish),
  .gather = SAC_KERNEL (gather),
  .transpose = SAC_KERNEL (transpose),
  .winograd = SAC_KERNEL (winograd),
  .winograd_pack = SAC_KERNEL (winograd_pack),
  .winograd_row = SAC_KERNEL (winograd_row),
  .winograd_row_sums = SAC_KERNEL (winograd_row_sums),
  .depthwise = SAC_KERNEL (depthwise),
  .pool = SAC_KERNEL (pool),
  .average_plane = SAC_KERNEL (average_plane),
  .gate = SAC_KERNEL (gate),
  .gate_panel = SAC_KERNEL (gate_panel),
  .choose = SAC_KERNEL (choose),
  .softmax = SAC_KERNEL (softmax),
  .layer_norm = SAC_KERNEL (layer_norm),
  .layer_norm_gradient = SAC_KERNEL (layer_norm_gradient),
};
