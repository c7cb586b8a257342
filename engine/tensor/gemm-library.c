/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm-library.h"

#include "base/error.h"

#include <dlfcn.h>
#include <stdbool.h>

#define FILE_NAME "libopenblas.so.0"

static SacGemmLibrary library;

static bool
find_names (void *handle)
{
  __typeof__ (openblas_set_num_threads) *set_threads =
    dlsym (handle, "openblas_set_num_threads");

  library.sgemm = dlsym (handle, "cblas_sgemm");
  library.sgemv = dlsym (handle, "cblas_sgemv");
  library.get_core = dlsym (handle, "openblas_get_corename");
  if (set_threads == NULL || library.sgemm == NULL || library.sgemv == NULL ||
      library.get_core == NULL)
    return false;
  /* Its own threads would fight with the pool's: one thread a call. */
  set_threads (1);
  return true;
}

/* Returns: what is wrong, or NULL. */
static void *
load (void *unused)
{
  void *handle = dlopen (FILE_NAME, RTLD_LAZY | RTLD_LOCAL);

  if (handle != NULL && find_names (handle))
    return NULL;

  const char *reason = dlerror ();

  return g_strdup (reason != NULL ? reason : FILE_NAME);
}

const SacGemmLibrary *
sac_gemm_library_load (GError **error)
{
  static GOnce once = G_ONCE_INIT;
  const char *reason = g_once (&once, load, NULL);

  if (reason == NULL)
    return &library;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "OpenBLAS, which multiplies matrices, cannot be loaded (%s); "
               "install it and start again",
               reason);
  return NULL;
}
