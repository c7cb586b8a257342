/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm-environment.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Set for the second start only, so that a variable that comes back (from a
 * preloaded library) does not start the program for ever. */
#define STARTED_AGAIN "SACCADE_STARTED_AGAIN"

/* What OpenBLAS is to find; value NULL: nothing. */
static const struct {
  const char *name, *value;
  bool slow; /* anything else is worth telling */
} settings[] = {
  {"OPENBLAS_CORETYPE", NULL, true},
  {"OPENBLAS_L2_SIZE", NULL, true},
  {"OPENBLAS_NUM_THREADS", "1", false},
};

/* Returns: whether something was different; ret_slow: its name, if it is worth
 * telling. */
static bool
settle (const char **ret_slow)
{
  bool changed = false;

  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++) {
    const char *name = settings[i].name, *wanted = settings[i].value;

    if (g_strcmp0 (getenv (name), wanted) == 0)
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
start_again (char **argv)
{
  static const char self[] = "/proc/self/exe";
  g_autofree char *path = NULL;

  /* No base: the dynamic linker was called with the program as its argument.
   * /proc/self/exe is then the linker. */
  if (getauxval (AT_BASE) == 0)
    return;
  path = g_file_read_link (self, NULL);
  setenv (STARTED_AGAIN, "1", true);
  if (path != NULL)
    execv (path, argv);
  execv (self, argv);
  unsetenv (STARTED_AGAIN);
}

void
sac_gemm_clear_environment (char **argv)
{
  const char *slow = NULL;
  bool again = getenv (STARTED_AGAIN) != NULL;
  bool changed = settle (&slow);

  unsetenv (STARTED_AGAIN);
  if (changed && !again)
    start_again (argv);
  if (slow != NULL)
    fprintf (stderr,
             "saccade: matrix products may be slow because %s is set; unset "
             "it\n",
             slow);
}
