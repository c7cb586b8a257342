/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/json.h"

#include "base/error.h"
#include "base/limits.h"
#include "support.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static JsonObject *
parse (const char *text, GError **error)
{
  return sac_json_parse (text, strlen (text), "a.json", error);
}

static void
test_refuses (void)
{
  static const char *const texts[] = {
    "",
    "[1]",
    "5",
    "{",
    "{\"a\": }",
    "{\"a\": NaN}",
    "{\"a\": 1} x",
    "{'a': 1}",
    "{/* \" */ \"a\": 1}",
    "{\"a\": \"\xff\"}",
    "{\"a\": \"open}",
    "{\"a\": 99999999999999999999}",
    "{\"a\": -18446744073709551617}",
    "{\"a\": [9223372036854775808]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (texts[i], &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "a.json");
  }
}

/* As far as doubles and 64 bits go. */
static void
test_wide_numbers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
    parse ("{\"a\": 922337203685477579, \"b\": 99999999999999999999.0,"
           " \"c\": 1e30, \"d\": -0.5, \"99999999999999999999\": 2}",
           &error);

  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (object, "a"), ==,
                   922337203685477579);
  g_assert_cmpfloat (json_object_get_double_member (object, "b"), ==, 1e20);
  g_assert_cmpfloat (json_object_get_double_member (object, "d"), ==, -0.5);
}

/* Brackets inside strings do not count; those after an escaped quote do. */
static void
test_depth (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *in_string = g_strdup_printf ("{\"\\\"%s\": 1}", deep);
  g_autofree char *outside = g_strdup_printf ("{\"\\\"\":%s}", deep);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = parse (in_string, &error);

  g_assert_no_error (error);
  g_assert_nonnull (object);
  g_assert_null (parse (outside, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "too deep");
}

static void
test_read (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.json", NULL);
  g_autofree char *sha256 = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_json_read (path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "a.json");
  g_assert_null (sac_json_read (folder, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "not a file");

  g_assert_true (g_file_set_contents (path, "{\"a\":1}", -1, NULL));
  JsonObject *object = sac_json_read (path, &sha256, &error);

  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (object, "a"), ==, 1);
  /* printf '{"a":1}' | sha256sum */
  g_assert_cmpstr (sha256, ==,
                   "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a9"
                   "7f862");
  json_object_unref (object);

  FILE *large = g_fopen (path, "w");

  g_assert_cmpint (fseek (large, SAC_LIMIT_JSON_BYTES, SEEK_SET), ==, 0);
  g_assert_cmpint (fputc ('x', large), ==, 'x');
  g_assert_cmpint (fclose (large), ==, 0);
  g_assert_null (sac_json_read (path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "16777216");
  test_folder_remove (folder);
}

static void
test_numbers (void)
{
  static const double values[] = {0.1, -0.0, 1.0 / 3, 1e300, 5e-324, 12345};
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autoptr (GError) error = NULL;

  /* A locale with a decimal comma must not show, where the system has one. */
  setlocale (LC_NUMERIC, "de_DE.UTF-8");
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    sac_json_add_number (array, values[i]);
  sac_json_add_number (array, NAN);
  json_object_set_array_member (object, "values", array);
  sac_json_set_number (object, "infinite", INFINITY);
  sac_json_set_number (object, "half", 0.5);

  g_autofree char *text = sac_json_to_text (object, true);
  g_autoptr (JsonObject) back = parse (text, &error);

  setlocale (LC_NUMERIC, "C");
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\"infinite\" : null"));
  g_assert_nonnull (strstr (text, "\"half\" : 0.5"));
  array = json_object_get_array_member (back, "values");
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    double value = json_array_get_double_element (array, i);

    g_assert_cmpmem (&value, sizeof value, &values[i], sizeof value);
  }
  g_assert_true (json_array_get_null_element (array, G_N_ELEMENTS (values)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/refuses", test_refuses);
  g_test_add_func ("/json/wide-numbers", test_wide_numbers);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/read", test_read);
  g_test_add_func ("/json/numbers", test_numbers);
  return g_test_run ();
}
