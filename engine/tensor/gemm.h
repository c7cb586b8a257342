/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* C = alpha op(A) op(B) + beta C, row-major float32, through OpenBLAS.
 *
 * op(A) is M x K, op(B) is K x N, C is M x N; lda, ldb, ldc are the row lengths
 * of the matrices as stored.  OpenBLAS packs its operands at each call: weights
 * that serve many calls go through compute/product.h.  It runs on one thread;
 * the parallel form cuts C into blocks whose edges do not depend on the number
 * of threads. */
#ifndef SAC_TENSOR_GEMM_H
#define SAC_TENSOR_GEMM_H

#include "base/job.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  bool transpose_a; /* A is stored K x M */
  bool transpose_b; /* B is stored N x K */
  int64_t m, n, k;
  float alpha;
  const float *a;
  int64_t lda;
  const float *b;
  int64_t ldb;
  float beta; /* 0: C is not read, so it may hold anything */
  float *c;
  int64_t ldc;
  const SacJob *job; /* looked at between blocks; when it is cancelled the rest
                        of C is left as it is.  NULL: not watched */
} SacGemm;

/* Products need OpenBLAS, which is loaded here, or else by the first of them,
 * for which it has to be there.  Errors: UNSUPPORTED. */
bool sac_gemm_load (GError **error);

/* On the calling thread.  m, n or k may be 0. */
void sac_gemm (const SacGemm *gemm);

/* On the pool. */
void sac_gemm_parallel (const SacGemm *gemm);

/* The processor whose kernels OpenBLAS uses, such as "SkylakeX"; static. */
const char *sac_gemm_get_core (void);

#endif
