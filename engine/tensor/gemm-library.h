/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* OpenBLAS, loaded when it is first wanted and kept.
 *
 * Two thirds of what the dynamic linker looked up before main were OpenBLAS'
 * own names, at each start of the window and of every command, whether there
 * was anything to multiply or not.  Threads: any. */
#ifndef SAC_TENSOR_GEMM_LIBRARY_H
#define SAC_TENSOR_GEMM_LIBRARY_H

#include <cblas.h>
#include <glib.h>

typedef struct {
  __typeof__ (cblas_sgemm) *sgemm;
  __typeof__ (cblas_sgemv) *sgemv;
  __typeof__ (openblas_get_corename) *get_core;
} SacGemmLibrary;

/* Returns: static; NULL with UNSUPPORTED when it is not to be had, now and for
 * good. */
const SacGemmLibrary *sac_gemm_library_load (GError **error);

#endif
