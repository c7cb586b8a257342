/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm-environment.h"

#include <stdbool.h>
#include <stdlib.h>

/* Returns: the kernels for what this processor can do; NULL: OpenBLAS knows
 * best.  Those of later processors with the same vectors multiply float32 by
 * the same code. */
static const char *
choose_core (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx512f") &&
      __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512dq") &&
      __builtin_cpu_supports ("avx512vl"))
    return "SkylakeX";
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return "Haswell";
#endif
  return NULL;
}

void
sac_gemm_clear_environment (void)
{
  const char *core = choose_core ();

  unsetenv ("OPENBLAS_L2_SIZE");
  setenv ("OPENBLAS_NUM_THREADS", "1", true);
  if (core != NULL)
    setenv ("OPENBLAS_CORETYPE", core, true);
  else
    unsetenv ("OPENBLAS_CORETYPE");
}
