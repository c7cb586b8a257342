/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which of the builds of the kernels runs: plain C, AVX2 with FMA, AVX-512, or
 * AVX-512 with products on the tiles of AMX.
 *
 * The last that the processor has is taken at first use; for an audit the
 * environment variable SACCADE_KERNELS=plain|avx2|avx512|amx takes another one.
 * Results of the first three differ by the rounding of float32 only.  AMX
 * multiplies float32 numbers as two bfloat16 parts each: a product's error is
 * up to 2^-16 of it, of either sign (see kernel-multiply-amx.c).
 *
 * Exact: only algorithms whose rounding errors are those of plain sums in
 * float32, which leaves out Winograd F(3x3, 3x3) and F(4x4, 3x3), and AMX for
 * AVX-512.  Off, unless SACCADE_EXACT=1 is set. */
#ifndef SAC_COMPUTE_VARIANT_H
#define SAC_COMPUTE_VARIANT_H

#include <stdbool.h>

typedef enum {
  SAC_VARIANT_PLAIN,
  SAC_VARIANT_AVX2,
  SAC_VARIANT_AVX512,
  SAC_VARIANT_AMX,
} SacVariant;

#define SAC_VARIANT_COUNT 4

/* What runs now: never AMX while exact. */
SacVariant sac_compute_get_variant (void);

/* "plain", "avx2", "avx512", "amx". */
const char *sac_compute_variant_name (SacVariant variant);

/* Whether the variant was built and this processor can run it. */
bool sac_compute_has_variant (SacVariant variant);

/* For tests, between runs.  Returns: false when there is no such variant
 * here; nothing is changed then. */
bool sac_compute_set_variant (SacVariant variant);

bool sac_compute_is_exact (void);
/* Between runs; for what is planned and run from now on. */
void sac_compute_set_exact (bool exact);

#endif
