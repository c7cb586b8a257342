/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels for AMX. */
#ifndef SAC_COMPUTE_KERNEL_MULTIPLY_AMX_H
#define SAC_COMPUTE_KERNEL_MULTIPLY_AMX_H

#include "compute/kernels.h"

/* SacKernels.multiply with float32 split into two bfloat16. */
void sac_multiply_amx (const SacMultiply *work);

/* SacKernels.split for it. */
bool sac_split_amx (const SacMultiply *work);

/* All else is that of AVX-512. */
extern const SacKernels sac_kernels_amx;

#endif
