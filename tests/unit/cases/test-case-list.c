/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "cases/case-list.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static SacCaseList *
read_good (const char *folder)
{
  g_autoptr (GError) error = NULL;
  SacCaseList *list = sac_case_list_read (folder, NULL, &error);

  g_assert_no_error (error);
  return list;
}

static char *
join_names (const SacCaseList *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->cases->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            sac_case_list_get (list, i)->name);
  return g_string_free (text, FALSE);
}

static void
check_ends (const char *path, const char *end)
{
  if (end == NULL)
    g_assert_null (path);
  else if (path == NULL || !g_str_has_suffix (path, end))
    g_error ("%s does not end in %s", path, end);
}

static void
test_order (void)
{
  char *folder = test_folder_new ();
  static const char *const names[] = {
    "b10.jpg",     "b9.PNG",   "B2.tif", "a/x.svs", "a b.jpg",
    ".hidden.jpg", "read.txt", "jpg",    "b09.jpg", "model.onnx",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    put (folder, names[i], "");

  g_autoptr (SacCaseList) list = read_good (folder);
  g_autofree char *order = join_names (list);
  g_autofree char *path = g_build_filename (folder, "b9.PNG", NULL);

  g_assert_cmpstr (order, ==, "a/x.svs a b.jpg B2.tif b09.jpg b9.PNG b10.jpg");
  g_assert_cmpint (sac_case_list_find (list, path), ==, 4);
  g_assert_cmpint (sac_case_list_find (list, "b9.PNG"), ==, -1);
  g_assert_cmpint (list->layout, ==, SAC_CASE_LAYOUT_PLAIN);
  g_assert_cmpint (list->notes->len, ==, 0);
  test_folder_remove (folder);
}

static void
test_ham10000 (void)
{
  char *folder = test_folder_new ();
  const SacCase *one;

  put (folder, "part_1/ISIC_0024306.jpg", "");
  put (folder, "part_2/ISIC_0029307.jpg", "");
  put (folder, "segmentations/ISIC_0029307_segmentation.png", "");
  put (folder, "segmentations/ISIC_0000001_segmentation.png", "");
  put (folder, "other.csv", "x,y\n1,2\n");
  put (folder, "HAM10000_metadata.csv",
       "lesion_id,image_id,dx\nHAM_1,ISIC_0029307,mel\n");

  g_autoptr (SacCaseList) list = read_good (folder);

  g_assert_cmpint (list->layout, ==, SAC_CASE_LAYOUT_ISIC);
  g_assert_cmpuint (list->cases->len, ==, 2);
  one = sac_case_list_get (list, 0);
  g_assert_cmpstr (one->name, ==, "part_1/ISIC_0024306.jpg");
  g_assert_null (one->mask);
  g_assert_null (one->label);
  one = sac_case_list_get (list, 1);
  check_ends (one->mask, "segmentations/ISIC_0029307_segmentation.png");
  g_assert_cmpstr (one->label, ==, "mel");
  g_assert_cmpstr (sac_case_table_get (list->table, (guint)one->row, 0), ==,
                   "HAM_1");
  g_assert_cmpint (list->notes->len, ==, 0);
  test_folder_remove (folder);
}

/* Opened one folder too deep: what lies beside it is found all the same, and
 * images there are not taken in. */
static void
test_beside (void)
{
  char *folder = test_folder_new ();
  g_autofree char *images = g_build_filename (folder, "images", NULL);

  put (folder, "images/tumor_001.tif", "");
  put (folder, "images/normal_002.tif", "");
  put (folder, "images/odd_mask.tif", "");
  put (folder, "lesion_annotations/tumor_001.xml", "");
  put (folder, "evaluation_masks/Tumor_001_Mask.tif", "");
  put (folder, "others/tumor_003.tif", "");
  put (folder, "tumor_004.tif", "");
  put (folder, "slides.TSV", "slide_id\tlabel\nodd_mask\tfibroma\n");

  g_autoptr (SacCaseList) list = read_good (images);
  g_autofree char *order = join_names (list);
  const SacCase *one = sac_case_list_get (list, 2);

  g_assert_cmpstr (order, ==, "normal_002.tif odd_mask.tif tumor_001.tif");
  g_assert_cmpint (list->layout, ==, SAC_CASE_LAYOUT_CAMELYON);
  check_ends (one->annotations, "lesion_annotations/tumor_001.xml");
  check_ends (one->mask, "evaluation_masks/Tumor_001_Mask.tif");
  g_assert_cmpstr (one->label, ==, "tumor");
  g_assert_cmpstr (sac_case_list_get (list, 0)->label, ==, "normal");
  g_assert_cmpstr (sac_case_list_get (list, 1)->label, ==, "fibroma");
  g_assert_null (sac_case_list_get (list, 0)->annotations);
  test_folder_remove (folder);
}

/* A nearer file wins, and masks alone are images. */
static void
test_companions (void)
{
  char *folder = test_folder_new ();
  g_autofree char *masks = g_build_filename (folder, "masks", NULL);

  put (folder, "a.jpg", "");
  put (folder, "a.geojson", "");
  put (folder, "annotations/a.xml", "");
  put (folder, "masks/a.png", "");
  put (folder, "masks/b_mask.png", "");
  put (folder, "slide.mrxs", "");
  put (folder, "slide/Data0001.jpg", "");

  g_autoptr (SacCaseList) list = read_good (folder);
  g_autoptr (SacCaseList) alone = read_good (masks);
  g_autofree char *order = join_names (list);
  g_autofree char *alone_order = join_names (alone);

  g_assert_cmpstr (order, ==, "a.jpg slide.mrxs");
  check_ends (sac_case_list_get (list, 0)->annotations, "/a.geojson");
  check_ends (sac_case_list_get (list, 0)->mask, "masks/a.png");
  g_assert_cmpstr (alone_order, ==, "a.png b_mask.png");
  test_folder_remove (folder);
}

static void
test_links (void)
{
  char *folder = test_folder_new ();
  g_autofree char *loop = g_build_filename (folder, "loop", NULL);
  g_autofree char *link = g_build_filename (folder, "link.jpg", NULL);

  put (folder, "a.jpg", "");
  g_assert_cmpint (symlink (folder, loop), ==, 0);
  g_assert_cmpint (symlink ("a.jpg", link), ==, 0);

  g_autoptr (SacCaseList) list = read_good (folder);
  g_autofree char *order = join_names (list);

  g_assert_cmpstr (order, ==, "a.jpg link.jpg");
  test_folder_remove (folder);
}

static void
test_bad (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);

  g_assert_null (sac_case_list_read ("/nowhere", NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "/nowhere");
  put (folder, "read.txt", "");
  g_assert_null (sac_case_list_read (folder, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "no image");
  put (folder, "a.jpg", "");
  put (folder, "t.csv", "image,dx\na,\"b\n");

  g_autoptr (SacCaseList) list = read_good (folder);

  g_assert_null (list->table);
  g_assert_cmpint (list->notes->len, ==, 1);
  g_assert_nonnull (strstr (list->notes->pdata[0], "quote"));
  sac_job_cancel (job);
  g_assert_null (sac_case_list_read (folder, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_folder_remove (folder);
}

static void
test_many (void)
{
  char *folder = test_folder_new ();

  for (int i = 0; i < 10000; i++) {
    g_autofree char *name = g_strdup_printf ("ISIC_%07d.jpg", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    FILE *file = fopen (path, "w");

    g_assert_nonnull (file);
    fclose (file);
  }

  gint64 start = g_get_monotonic_time ();
  g_autoptr (SacCaseList) list = read_good (folder);

  g_test_message ("%g ms", (double)(g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (list->cases->len, ==, 10000);
  g_assert_cmpstr (sac_case_list_get (list, 9999)->name, ==,
                   "ISIC_0009999.jpg");
  test_folder_remove (folder);
}

/* The table lies above the images. */
static void
test_shared_folder (void)
{
  g_autofree char *folder = test_shared ("data/dermoscopy/full-size");

  if (folder == NULL)
    return;

  g_autoptr (SacCaseList) list = read_good (folder);

  g_assert_cmpuint (list->cases->len, ==, 12);
  g_assert_cmpint (list->layout, ==, SAC_CASE_LAYOUT_ISIC);
  for (guint i = 0; i < 12; i++)
    g_assert_nonnull (sac_case_list_get (list, i)->label);
  /* HAM10000_metadata.csv: HAM_0000550,ISIC_0024306,nv. */
  g_assert_cmpstr (sac_case_list_get (list, 0)->label, ==, "nv");
}

/* Of the case's row; a cell that is empty is none. */
static void
test_caption (void)
{
  char *folder = test_folder_new ();

  put (folder, "a.png", "");
  put (folder, "b.png", "");
  put (folder, "c.png", "");
  put (folder, "labels.csv",
       "image_id,Caption\na,\"Look here, then there\"\nb,\n");

  g_autoptr (SacCaseList) list = read_good (folder);

  g_assert_cmpstr (sac_case_list_get_caption (list,
                                              sac_case_list_get (list, 0)),
                   ==, "Look here, then there");
  g_assert_null (sac_case_list_get_caption (list, sac_case_list_get (list, 1)));
  g_assert_null (sac_case_list_get_caption (list, sac_case_list_get (list, 2)));
  test_folder_remove (folder);
}

/* The clinical image is its lesion's, wherever it lies; what a row names and is
 * not there, is the row's own image, or has one itself, makes no pair. */
static void
test_pairs (void)
{
  char *folder = test_folder_new ();

  put (folder, "a.png", "");
  put (folder, "views/a_clinical.png", "");
  put (folder, "b.png", "");
  put (folder, "c.png", "");
  put (folder, "d.png", "");
  put (folder, "masks/a_mask.png", "");
  put (folder, "masks/a_clinical_mask.png", "");
  put (folder, "labels.csv",
       "image_id,label,clinical\na,x,a_clinical.png\nb,y,gone.png\n"
       "c,z,c.png\nd,z,a.png\n");

  g_autoptr (SacCaseList) list = read_good (folder);
  g_autofree char *names = join_names (list);

  g_assert_cmpstr (names, ==, "a.png b.png c.png d.png");
  check_ends (sac_case_list_get (list, 0)->clinical, "views/a_clinical.png");
  check_ends (sac_case_list_get (list, 0)->mask, "masks/a_mask.png");
  check_ends (sac_case_list_get (list, 0)->clinical_mask,
              "masks/a_clinical_mask.png");
  g_assert_cmpint (sac_case_list_find (list,
                                       sac_case_list_get (list, 0)->clinical),
                   ==, 0);
  check_ends (sac_case_list_get (list, 1)->clinical, NULL);
  check_ends (sac_case_list_get (list, 2)->clinical, NULL);
  check_ends (sac_case_list_get (list, 3)->clinical, NULL);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case-list/order", test_order);
  g_test_add_func ("/case-list/ham10000", test_ham10000);
  g_test_add_func ("/case-list/beside", test_beside);
  g_test_add_func ("/case-list/companions", test_companions);
  g_test_add_func ("/case-list/links", test_links);
  g_test_add_func ("/case-list/bad", test_bad);
  g_test_add_func ("/case-list/many", test_many);
  g_test_add_func ("/case-list/shared", test_shared_folder);
  g_test_add_func ("/case-list/caption", test_caption);
  g_test_add_func ("/case-list/pairs", test_pairs);
  return g_test_run ();
}
