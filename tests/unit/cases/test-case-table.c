/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "cases/case-table.h"
#include "support.h"

#include <string.h>

static SacCaseTable *
parse (const char *text, GError **error)
{
  return sac_case_table_parse (text, strlen (text), "table.csv", error);
}

static SacCaseTable *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  SacCaseTable *table = parse (text, &error);

  g_assert_no_error (error);
  return table;
}

static void
test_ham10000 (void)
{
  g_autoptr (SacCaseTable) table = parse_good (
    "lesion_id,image_id,dx,dx_type,age,sex,localization\r\n"
    "HAM_0000118,ISIC_0027419,bkl,histo,80.0,male,scalp\r\n"
    "HAM_0000118,ISIC_0025030,mel,histo,,\"male\",\"a, \"\"b\"\"\nc\"\r\n");
  int row = sac_case_table_find (table, "isic_0025030");

  g_assert_cmpuint (sac_case_table_count_columns (table), ==, 7);
  g_assert_cmpuint (sac_case_table_count_rows (table), ==, 2);
  g_assert_cmpstr (sac_case_table_get_column (table, 6), ==, "localization");
  g_assert_cmpint (row, ==, 1);
  g_assert_cmpstr (sac_case_table_get (table, 1, 4), ==, "");
  g_assert_cmpstr (sac_case_table_get (table, 1, 5), ==, "male");
  g_assert_cmpstr (sac_case_table_get (table, 1, 6), ==, "a, \"b\"\nc");
  g_assert_cmpstr (sac_case_table_get_label (table, 1), ==, "mel");
  g_assert_cmpint (sac_case_table_find (table, "ISIC_9"), ==, -1);
}

static void
test_one_hot (void)
{
  g_autoptr (SacCaseTable) table = parse_good ("\xef\xbb\xbfimage;MEL;NV;BCC\n"
                                               "a.jpg;0.0;1.0;0.0\n"
                                               "\n"
                                               "b;1;1;0\n"
                                               "folder/c.PNG;0;0;0\n");

  g_assert_cmpuint (sac_case_table_count_rows (table), ==, 3);
  g_assert_cmpint (sac_case_table_find (table, "a"), ==, 0);
  g_assert_cmpint (sac_case_table_find (table, "a.jpg"), ==, 0);
  g_assert_cmpint (sac_case_table_find (table, "C"), ==, 2);
  g_assert_cmpstr (sac_case_table_get_label (table, 0), ==, "NV");
  g_assert_null (sac_case_table_get_label (table, 1));
  g_assert_null (sac_case_table_get_label (table, 2));
}

/* The first of rows with one name counts; short rows end in empty cells. */
static void
test_rows (void)
{
  g_autoptr (SacCaseTable) table =
    parse_good ("slide\tlabel\tnote\nx\tfirst\nx\tsecond\tn");

  g_assert_cmpstr (sac_case_table_get_label (table, 0), ==, "first");
  g_assert_cmpint (sac_case_table_find (table, "x"), ==, 0);
  g_assert_cmpstr (sac_case_table_get (table, 0, 2), ==, "");
  g_assert_cmpstr (sac_case_table_get (table, 1, 2), ==, "n");
}

static void
test_bad (void)
{
  g_autoptr (GError) error = NULL;
  static const char zero[] = "image\0,b\n";

  g_assert_null (parse ("x,y\n1,2\n", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "image_id");
  g_assert_null (parse ("", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "table.csv");
  g_assert_null (parse ("image,dx\na,b\nc,d,e\n", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "line 3 has 3");
  g_assert_null (parse ("image,dx\na,\"b\nc,d\n", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "line 2");
  g_assert_null (sac_case_table_parse (zero, sizeof zero, "t", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "no text");
  g_assert_null (sac_case_table_read ("/nowhere/t.csv", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "nowhere");
}

static void
test_latin1 (void)
{
  g_autoptr (SacCaseTable) table = parse_good ("image,dx\na,n\xe6vus\n");

  g_assert_true (g_utf8_validate (sac_case_table_get (table, 0, 1), -1, NULL));
}

/* The real one: 10,015 images. */
static void
test_shared_metadata (void)
{
  g_autofree char *path = test_shared ("data/dermoscopy/HAM10000_metadata.csv");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (SacCaseTable) table = sac_case_table_read (path, &error);
  int melanomas = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (sac_case_table_count_rows (table), ==, 10015);
  for (guint i = 0; i < 10015; i++)
    melanomas += g_strcmp0 (sac_case_table_get_label (table, i), "mel") == 0;
  g_assert_cmpint (melanomas, ==, 1113);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case-table/ham10000", test_ham10000);
  g_test_add_func ("/case-table/one-hot", test_one_hot);
  g_test_add_func ("/case-table/rows", test_rows);
  g_test_add_func ("/case-table/bad", test_bad);
  g_test_add_func ("/case-table/latin1", test_latin1);
  g_test_add_func ("/case-table/shared", test_shared_metadata);
  return g_test_run ();
}
