/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/variant.h"

#include "compute/amx.h"
#include "compute/kernels.h"

#include <glib.h>

extern const SacKernels sac_kernels_plain, sac_kernels_avx2, sac_kernels_avx512,
  sac_kernels_amx;

static const struct {
  const char *name;
  const SacKernels *kernels; /* NULL: not built */
} variants[SAC_VARIANT_COUNT] = {
  [SAC_VARIANT_PLAIN] = {"plain", &sac_kernels_plain},
#ifdef SAC_BUILT_WIDE
  [SAC_VARIANT_AVX2] = {"avx2", &sac_kernels_avx2},
  [SAC_VARIANT_AVX512] = {"avx512", &sac_kernels_avx512},
  [SAC_VARIANT_AMX] = {"amx", &sac_kernels_amx},
#else
  [SAC_VARIANT_AVX2] = {"avx2", NULL},
  [SAC_VARIANT_AVX512] = {"avx512", NULL},
  [SAC_VARIANT_AMX] = {"amx", NULL},
#endif
};

static int current = -1; /* atomic; -1: not chosen yet */
static int exact = -1;   /* the same */

const char *
sac_compute_variant_name (SacVariant variant)
{
  return variants[variant].name;
}

bool
sac_compute_has_variant (SacVariant variant)
{
  if (variants[variant].kernels == NULL)
    return false;
#ifdef SAC_BUILT_WIDE
  bool narrow =
    __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");

  if (variant == SAC_VARIANT_AVX2)
    return narrow;
  if (variant == SAC_VARIANT_AMX && !sac_amx_can ())
    return false;
  if (variant >= SAC_VARIANT_AVX512)
    return narrow && __builtin_cpu_supports ("avx512f") &&
           __builtin_cpu_supports ("avx512bw") &&
           __builtin_cpu_supports ("avx512dq") &&
           __builtin_cpu_supports ("avx512vl");
#endif
  return true;
}

/* A name that is not one of ours, or not for this processor, is passed over
 * with a word on the standard error. */
static SacVariant
choose (void)
{
  const char *wanted = g_getenv ("SACCADE_KERNELS");
  SacVariant widest = SAC_VARIANT_PLAIN;

  for (SacVariant v = 0; v < SAC_VARIANT_COUNT; v++) {
    if (!sac_compute_has_variant (v))
      continue;
    if (g_strcmp0 (wanted, variants[v].name) == 0)
      return v;
    widest = v;
  }
  if (wanted != NULL && *wanted != '\0')
    g_printerr ("SACCADE_KERNELS=%s is not for this processor or not known; "
                "using %s\n",
                wanted, variants[widest].name);
  return widest;
}

SacVariant
sac_compute_get_variant (void)
{
  static gsize done;

  if (g_once_init_enter (&done)) {
    if (g_atomic_int_get (&current) < 0)
      g_atomic_int_set (&current, (int)choose ());
    g_once_init_leave (&done, 1);
  }

  SacVariant variant = (SacVariant)g_atomic_int_get (&current);

  return variant == SAC_VARIANT_AMX && sac_compute_is_exact ()
           ? SAC_VARIANT_AVX512
           : variant;
}

bool
sac_compute_set_variant (SacVariant variant)
{
  if (!sac_compute_has_variant (variant))
    return false;
  g_atomic_int_set (&current, (int)variant);
  return true;
}

bool
sac_compute_is_exact (void)
{
  if (g_atomic_int_get (&exact) < 0)
    g_atomic_int_compare_and_exchange (&exact, -1,
                                       g_strcmp0 (g_getenv ("SACCADE_EXACT"),
                                                  "1") == 0);
  return g_atomic_int_get (&exact) == 1;
}

void
sac_compute_set_exact (bool wanted)
{
  g_atomic_int_set (&exact, wanted);
}

const SacKernels *
sac_kernels (void)
{
  return variants[sac_compute_get_variant ()].kernels;
}
