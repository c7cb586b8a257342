/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/variant.h"

#include <glib.h>
#include <string.h>

static void
test_choice (void)
{
  SacVariant first = sac_compute_get_variant ();

  g_assert_true (sac_compute_has_variant (first));
  g_assert_true (sac_compute_has_variant (SAC_VARIANT_PLAIN));
  for (SacVariant v = first + 1; v < SAC_VARIANT_COUNT; v++)
    g_assert_false (sac_compute_has_variant (v));
  for (SacVariant v = 0; v < SAC_VARIANT_COUNT; v++) {
    bool there = sac_compute_has_variant (v);

    g_assert_true (sac_compute_set_variant (v) == there);
    g_assert_true ((sac_compute_get_variant () == v) == there);
  }
}

static void
test_names (void)
{
  g_assert_cmpstr (sac_compute_variant_name (SAC_VARIANT_PLAIN), ==, "plain");
  g_assert_cmpstr (sac_compute_variant_name (SAC_VARIANT_AVX2), ==, "avx2");
  g_assert_cmpstr (sac_compute_variant_name (SAC_VARIANT_AVX512), ==, "avx512");
  g_assert_cmpstr (sac_compute_variant_name (SAC_VARIANT_AMX), ==, "amx");
}

/* The variable decides at first use, which is over in this process. */
static void
test_environment (void)
{
  if (g_test_subprocess ()) {
    g_setenv ("SACCADE_KERNELS", "plain", TRUE);
    g_assert_cmpint (sac_compute_get_variant (), ==, SAC_VARIANT_PLAIN);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_environment_wrong (void)
{
  if (g_test_subprocess ()) {
    g_setenv ("SACCADE_KERNELS", "fastest", TRUE);
    sac_compute_get_variant ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*SACCADE_KERNELS=fastest*not known*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SACCADE_KERNELS");
  g_test_add_func ("/variant/choice", test_choice);
  g_test_add_func ("/variant/names", test_names);
  g_test_add_func ("/variant/environment", test_environment);
  g_test_add_func ("/variant/environment-wrong", test_environment_wrong);
  return g_test_run ();
}
