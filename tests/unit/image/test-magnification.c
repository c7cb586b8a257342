/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/magnification.h"
#include "image/source-backend.h"

#include <glib.h>

static void
test_rule (void)
{
  static const struct {
    const char *what;
    double objective, mpp, power;
    bool stated;
  } cases[] = {
    {"nothing known", 0, 0, 0, false},
    {"both, in step", 20, 0.499, 20, true},
    {"both, a scanner's own 20x", 20, 0.44, 20, true},
    {"only the objective", 40, 0, 40, true},
    {"only the pixels", 0, 0.25, 40, false},
    {"a doubler behind the objective", 20, 0.25, 40, false},
    {"large pixels of a microscope", 0, 8, 1.25, false},
    {"a photograph of skin", 0, 15, 0, false},
    {"an objective that its pixels deny", 20, 15, 0, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    SacSource source = {.objective = cases[i].objective, .mpp = cases[i].mpp};
    bool stated;
    double power = sac_magnification_get (&source, &stated);

    g_test_message ("%s", cases[i].what);
    g_assert_cmpfloat_with_epsilon (power, cases[i].power, 1e-9);
    g_assert_cmpint (stated, ==, cases[i].stated);
  }
}

static void
test_demo (void)
{
  g_autoptr (SacSource) slide = sac_source_open ("demo:slide", NULL, NULL);
  g_autoptr (SacSource) lesion =
    sac_source_open ("demo:dermoscopy", NULL, NULL);

  g_assert_cmpfloat (sac_magnification_get (slide, NULL), ==, 20);
  g_assert_cmpfloat (sac_magnification_get (lesion, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/magnification/rule", test_rule);
  g_test_add_func ("/magnification/demo", test_demo);
  return g_test_run ();
}
