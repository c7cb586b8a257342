/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Machines that build software often export OPENBLAS_CORETYPE, which forces
 * OpenBLAS to the kernels of an older processor, or OPENBLAS_L2_SIZE, which
 * forces the size of its blocks.  Either can halve the speed of matrix
 * products, and is read before main: only a new start undoes it. */
#ifndef SAC_TENSOR_GEMM_ENVIRONMENT_H
#define SAC_TENSOR_GEMM_ENVIRONMENT_H

/* To be called first in main, before there are threads or open files.  When one
 * of the variables is set, the program starts again without them and with the
 * same arguments, at most once.  Returns when there is nothing to undo, or when
 * that cannot be done, which it says on standard error. */
void sac_gemm_clear_environment (char **argv);

#endif
