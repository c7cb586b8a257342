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

static const char *const variables[] = {
  "OPENBLAS_CORETYPE",
  "OPENBLAS_L2_SIZE",
};

/* Returns: one that was set, or NULL. */
static const char *
unset_variables (void)
{
  const char *found = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (variables); i++) {
    if (getenv (variables[i]) == NULL)
      continue;
    found = variables[i];
    unsetenv (found);
  }
  return found;
}

/* Returns only when it fails. */
static void
start_again (char **argv)
{
  /* No base: the dynamic linker was called with the program as its argument.
   * /proc/self/exe is then the linker. */
  if (getauxval (AT_BASE) == 0)
    return;
  setenv (STARTED_AGAIN, "1", true);
  execv ("/proc/self/exe", argv);
  unsetenv (STARTED_AGAIN);
}

void
sac_gemm_clear_environment (char **argv)
{
  bool again = getenv (STARTED_AGAIN) != NULL;
  const char *found = unset_variables ();

  unsetenv (STARTED_AGAIN);
  if (found == NULL)
    return;
  if (!again)
    start_again (argv);
  fprintf (stderr,
           "saccade: matrix products may be slow because %s is set; unset it\n",
           found);
}
