/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

const SacKernels SAC_KERNEL (kernels) = {
  .multiply = SAC_KERNEL (multiply),
  .finish = SAC_KERNEL (finish),
};
