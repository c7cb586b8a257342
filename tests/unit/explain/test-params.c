/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The parameters of every method: their defaults, and what they refuse. */
#include "base/error.h"
#include "explain/params.h"
#include "support.h"

#include <math.h>

static void
assert_range (const SacMethod *method,
              const SacMethodParam *param,
              const char *text)
{
  g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *range = sac_param_describe (param);
  g_autofree char *sentence =
    g_strdup_printf ("parameter %s is %s: it must be %s", param->name, text,
                     range);
  SacExplainRequest request = {.params = params};
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (params, (char *)param->name, (char *)text);
  g_assert_false (sac_params_check (method, &request, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, sentence);
}

/* What is beyond either end of a range, no number or no number there is, is
 * refused with what it must be: every parameter of every method. */
static void
test_ranges (void)
{
  const SacMethod *const *all = sac_methods_get_all ();
  int count = 0;

  for (size_t i = 0; all[i] != NULL; i++) {
    for (const SacMethodParam *param = all[i]->params;
         param != NULL && param->name != NULL; param++, count++) {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      assert_range (all[i], param, "zebra");
      assert_range (all[i], param, "");
      if (param->kind == SAC_PARAM_CHOICE)
        continue;
      assert_range (all[i], param, "nan");
      assert_range (all[i], param, "inf");
      if (isfinite (param->min))
        assert_range (all[i], param,
                      g_ascii_formatd (text, sizeof text, "%.12g",
                                       param->min - 1));
      if (isfinite (param->max))
        assert_range (all[i], param,
                      g_ascii_formatd (text, sizeof text, "%.12g",
                                       param->max + 1));
    }
  }
  g_assert_cmpint (count, >, 20);
}

/* Every default is what the parameter takes. */
static void
test_defaults (void)
{
  const SacMethod *const *all = sac_methods_get_all ();

  for (size_t i = 0; all[i] != NULL; i++) {
    g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);
    SacExplainRequest request = {.params = params};
    g_autoptr (GError) error = NULL;

    for (const SacMethodParam *param = all[i]->params;
         param != NULL && param->name != NULL; param++) {
      g_assert_cmpfloat (param->min, <=, param->max);
      g_hash_table_insert (params, (char *)param->name,
                           (char *)param->fallback);
    }
    sac_params_check (all[i], &request, &error);
    g_assert_no_error (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/params/ranges", test_ranges);
  g_test_add_func ("/explain/params/defaults", test_defaults);
  return g_test_run ();
}
