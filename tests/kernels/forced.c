/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* forced WAY PROGRAM [ARGUMENT...]: runs a test program with kernels that this
 * processor would not choose ("plain", "avx2", "avx512"), or with "exact";
 * skips it where that is no other than what all tests run with, or is not to be
 * had.
 */
#include "compute/variant.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
skip (const char *way, const char *why)
{
  printf ("1..0 # SKIP %s %s\n", way, why);
  return 0;
}

static int
run (const char *name, const char *value, char **words)
{
  g_setenv (name, value, TRUE);
  execv (words[0], words);
  fprintf (stderr, "forced: %s cannot be run\n", words[0]);
  return 1;
}

int
main (int argc, char **argv)
{
  const char *way = argc > 2 ? argv[1] : "";

  g_unsetenv ("SACCADE_KERNELS");
  g_unsetenv ("SACCADE_EXACT");
  if (strcmp (way, "exact") == 0)
    return run ("SACCADE_EXACT", "1", argv + 2);
  for (SacVariant v = 0; v < SAC_VARIANT_COUNT; v++) {
    if (strcmp (way, sac_compute_variant_name (v)) != 0)
      continue;
    if (!sac_compute_has_variant (v))
      return skip (way, "is not for this processor");
    if (v == sac_compute_get_variant ())
      return skip (way, "is what the other tests run with");
    return run ("SACCADE_KERNELS", way, argv + 2);
  }
  fprintf (stderr, "usage: forced plain|avx2|avx512|amx|exact PROGRAM\n");
  return 2;
}
