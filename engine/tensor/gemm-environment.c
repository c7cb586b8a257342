/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm-environment.h"

#include <cblas.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Set for a second and third start only, so that a variable that comes back
 * (from a preloaded library) does not start the program for ever. */
#define STARTED_AGAIN "SACCADE_STARTED_AGAIN"
/* Its value when OpenBLAS' kernels have been chosen here. */
#define CHOSEN "chosen"

#define CORE "OPENBLAS_CORETYPE"

/* What OpenBLAS is to find; value NULL: nothing. */
static const struct {
  const char *name, *value;
  bool slow; /* anything else is worth telling */
} settings[] = {
  {CORE, NULL, true},
  {"OPENBLAS_L2_SIZE", NULL, true},
  {"OPENBLAS_NUM_THREADS", "1", false},
};

/* An OpenBLAS older than the processor knows neither its name nor what it can
 * do, and takes kernels for one of long ago.  Returns: those for what it can
 * do; NULL: what OpenBLAS took will do. */
static const char *
find_better_core (void)
{
#if defined(__x86_64__)
  static const char *const ancient[] = {"Prescott", "Core2", "Nehalem", NULL};

  if (!g_strv_contains (ancient, openblas_get_corename ()))
    return NULL;
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

/* Returns: whether something was different; ret_slow: its name, if it is worth
 * telling. */
static bool
settle (bool chosen, const char **ret_slow)
{
  bool changed = false;

  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++) {
    const char *name = settings[i].name, *wanted = settings[i].value;

    if (g_strcmp0 (getenv (name), wanted) == 0 ||
        (chosen && strcmp (name, CORE) == 0))
      continue;
    changed = true;
    if (settings[i].slow)
      *ret_slow = name;
    if (wanted != NULL)
      setenv (name, wanted, true);
    else
      unsetenv (name);
  }
  return changed;
}

/* Under its own name, unless the file has been replaced meanwhile.  Returns
 * only when it fails. */
static void
start_again (char **argv, const char *mark)
{
  static const char self[] = "/proc/self/exe";
  g_autofree char *path = NULL;

  /* No base: the dynamic linker was called with the program as its argument.
   * /proc/self/exe is then the linker. */
  if (getauxval (AT_BASE) == 0)
    return;
  path = g_file_read_link (self, NULL);
  setenv (STARTED_AGAIN, mark, true);
  if (path != NULL)
    execv (path, argv);
  execv (self, argv);
  unsetenv (STARTED_AGAIN);
}

void
sac_gemm_clear_environment (char **argv)
{
  const char *slow = NULL, *core = NULL;
  const char *mark = getenv (STARTED_AGAIN);
  bool again = mark != NULL, chosen = g_strcmp0 (mark, CHOSEN) == 0;
  bool forced = getenv (CORE) != NULL;
  bool changed = settle (chosen, &slow);

  unsetenv (STARTED_AGAIN);
  if (!forced)
    core = find_better_core ();
  if (core != NULL && !chosen) {
    setenv (CORE, core, true);
    start_again (argv, CHOSEN);
    unsetenv (CORE);
  }
  if (changed && !again)
    start_again (argv, "1");
  if (slow != NULL)
    fprintf (stderr,
             "saccade: matrix products may be slow because %s is set; unset "
             "it\n",
             slow);
}
