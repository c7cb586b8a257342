/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What OpenBLAS finds in the environment when it is loaded.
 *
 * Machines that build software often export OPENBLAS_CORETYPE, which forces
 * OpenBLAS to the kernels of an older processor, or OPENBLAS_L2_SIZE, which
 * forces the size of its blocks.  Either can halve the speed of matrix
 * products.  The other way round, an OpenBLAS that does not know a new
 * processor takes kernels without its vectors: it is told those for what the
 * processor can do.  OpenBLAS' own threads are of no use beside the pool's,
 * take 128 MiB of address space each, and never end where that is not to be
 * had: it gets one. */
#ifndef SAC_TENSOR_GEMM_ENVIRONMENT_H
#define SAC_TENSOR_GEMM_ENVIRONMENT_H

/* To be called first in main, before there are threads that may read the
 * environment. */
void sac_gemm_clear_environment (void);

#endif
