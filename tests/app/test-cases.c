/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "case-panel.h"
#include "case-row.h"
#include "companion.h"
#include "image/decode.h"
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>

/* A picture of one colour. */
static void
put_image (const char *folder, const char *name, uint32_t pixel)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (SacImage) image = sac_image_new (40, 30, NULL);

  for (int i = 0; i < 40 * 30; i++)
    image->pixels[i] = pixel;

  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

static void
put_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
open_folder (SacWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sac_window_open_file (window, file);
}

static SacWindow *
open_window (void)
{
  g_application_activate (G_APPLICATION (app_start ()));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (app_start ())));

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  return window;
}

static const char *
get_name (SacWindow *window)
{
  const SacCase *one = sac_cases_get_current (sac_window_get_cases (window));

  return one != NULL ? one->name : NULL;
}

typedef struct {
  SacWindow *window;
  const char *name;
} Wanted;

/* The document shows it. */
static bool
shows (gpointer data)
{
  const Wanted *wanted = data;
  SacDocument *document = sac_window_get_document (wanted->window);
  g_autofree char *title = sac_document_dup_title (document);

  return g_str_equal (title, wanted->name) &&
         !sac_document_is_opening (document) &&
         g_strcmp0 (get_name (wanted->window), wanted->name) == 0;
}

static void
wait_for (SacWindow *window, const char *name)
{
  app_wait_until (shows, &(Wanted){window, name});
}

static void
step (SacWindow *window, const char *target)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.case", "s", target);
}

static void
test_walk (void)
{
  SacWindow *window = open_window ();
  SacCases *cases = sac_window_get_cases (window);
  char *folder = test_folder_new ();

  put_image (folder, "b10.png", 0xff804020);
  put_image (folder, "b2.png", 0xff208040);
  put_image (folder, "c.png", 0xff402080);
  g_assert_false (
    gtk_widget_get_visible (GTK_WIDGET (sac_window_get_case_panel (window))));
  open_folder (window, folder);
  wait_for (window, "b2.png");
  app_wait_for_label (window, "1 of 3");
  step (window, "next");
  wait_for (window, "b10.png");
  app_wait_for_label (window, "2 of 3");
  step (window, "last");
  wait_for (window, "c.png");
  step (window, "next");
  app_wait_for_label (window, "This is the last case.");
  wait_for (window, "c.png");
  /* What is filtered out is stepped over. */
  sac_cases_set_filter (cases, "B");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (cases)), ==, 2);
  g_assert_cmpint (sac_cases_get_position (cases), ==, -1);
  step (window, "previous");
  wait_for (window, "b10.png");
  step (window, "first");
  wait_for (window, "b2.png");
  sac_cases_set_filter (cases, "nobody");
  app_wait_for_label (window, "No case is called like that.");
  g_assert_false (sac_cases_step (cases, 1));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-folder", NULL);
  g_assert_null (sac_cases_get_list (cases));
  app_wait_for_no_label (window, "of 3");
  app_stop (app_start ());
  test_folder_remove (folder);
}

static bool
shows_title (gpointer data)
{
  const Wanted *wanted = data;
  SacDocument *document = sac_window_get_document (wanted->window);
  g_autofree char *title = sac_document_dup_title (document);

  return g_str_equal (title, wanted->name) &&
         !sac_document_is_opening (document);
}

static bool
has_other (gpointer data)
{
  const Wanted *wanted = data;
  SacSource *other = sac_companion_get_source (
    sac_companion_of (sac_window_get_document (wanted->window)));

  return wanted->name == NULL
           ? other == NULL
           : other != NULL &&
               g_str_has_suffix (sac_source_get_path (other), wanted->name);
}

/* One case of two images, each with its own mask: the other one goes along, is
 * shown when asked for, and the case stays. */
static void
test_pair (void)
{
  SacWindow *window = open_window ();
  SacCases *cases = sac_window_get_cases (window);
  char *folder = test_folder_new ();

  put_image (folder, "a.png", 0xff804020);
  put_image (folder, "a_clinical.png", 0xff208040);
  put_image (folder, "a_clinical_mask.png", 0xffffffff);
  put_image (folder, "b.png", 0xff402080);
  put_text (folder, "labels.csv",
            "image_id,label,dermoscopy,clinical\n"
            "a,x,a.png,a_clinical.png\nb,y,b.png,\n");
  open_folder (window, folder);
  wait_for (window, "a.png");
  app_wait_for_label (window, "1 of 2");
  app_wait_for_label (window, "Two images");
  g_assert_null (sac_cases_get_mask (cases));
  app_wait_until (has_other, &(Wanted){window, "/a_clinical.png"});
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-other", NULL);
  app_wait_until (shows_title, &(Wanted){window, "a_clinical.png"});
  app_wait_until (has_other, &(Wanted){window, "/a.png"});
  g_assert_cmpstr (get_name (window), ==, "a.png");
  g_assert_true (
    g_str_has_suffix (sac_cases_get_mask (cases), "a_clinical_mask.png"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-other", NULL);
  wait_for (window, "a.png");
  app_wait_until (has_other, &(Wanted){window, "/a_clinical.png"});
  step (window, "next");
  wait_for (window, "b.png");
  app_wait_until (has_other, &(Wanted){window, NULL});
  app_stop (app_start ());
  test_folder_remove (folder);
}

static bool
has_all_thumbnails (gpointer data)
{
  SacCases *cases = data;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (cases)); i++) {
    g_autoptr (SacCaseItem) item =
      g_list_model_get_item (G_LIST_MODEL (cases), i);

    if (sac_thumbnails_get (sac_cases_get_thumbnails (cases),
                            sac_case_item_get (item)->path) == NULL)
      return false;
  }
  return true;
}

/* What the table says is there for those who ask. */
static void
test_details (void)
{
  SacWindow *window = open_window ();
  char *folder = test_folder_new ();

  put_image (folder, "ISIC_0000001.png", 0xff804020);
  put_image (folder, "ISIC_0000001_segmentation.png", 0xffffffff);
  put_image (folder, "ISIC_0000002.png", 0xff208040);
  put_text (folder, "metadata.csv",
            "image_id,dx,age\nISIC_0000001,mel <&>,77\n");
  open_folder (window, folder);
  wait_for (window, "ISIC_0000001.png");
  app_wait_until (has_all_thumbnails, sac_window_get_cases (window));
  app_wait_for_label (window, "ISIC layout");
  app_wait_for_label (window, "Mask");
  g_assert_null (app_find_label (GTK_WIDGET (window), "mel"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.case-details", NULL);
  app_wait_for_label (window, "mel <&>");
  step (window, "next");
  app_wait_for_label (window, "Nothing is known");
  app_stop (app_start ());
  test_folder_remove (folder);
}

static int
count_rows (gpointer window)
{
  int rows = 0;

  while (app_find (window, SAC_TYPE_CASE_ROW, rows) != NULL)
    rows++;
  return rows;
}

static bool
has_rows (gpointer window)
{
  return count_rows (window) > 5;
}

/* Ten thousand cases are rows only where they are seen, and files that are no
 * images stop nobody. */
static void
test_many (void)
{
  SacWindow *window = open_window ();
  char *folder = test_folder_new ();

  put_image (folder, "case 00000.png", 0xff804020);
  for (int i = 1; i < 10000; i++) {
    g_autofree char *name = g_strdup_printf ("case %05d.png", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    int file = g_open (path, O_CREAT | O_WRONLY, 0600);

    g_assert_cmpint (file, >=, 0);
    g_close (file, NULL);
  }
  open_folder (window, folder);
  wait_for (window, "case 00000.png");
  app_wait_for_label (window, "1 of 10000");
  app_wait_until (has_rows, window);
  g_assert_cmpint (count_rows (window), <, 400);
  step (window, "next");
  app_wait_for_label (window, "cannot be opened");
  app_wait_for_label (window, "2 of 10000");
  step (window, "previous");
  wait_for (window, "case 00000.png");
  app_stop (app_start ());
  test_folder_remove (folder);
}

static void
test_bad_folder (void)
{
  SacWindow *window = open_window ();
  char *folder = test_folder_new ();

  put_text (folder, "read.txt", "");
  open_folder (window, folder);
  app_wait_for_label (window, "there is no image or slide in this folder");
  g_assert_null (sac_cases_get_list (sac_window_get_cases (window)));
  app_stop (app_start ());
  test_folder_remove (folder);
}

static bool
shows_first (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  g_autofree char *title = sac_document_dup_title (document);

  return g_str_equal (title, "1-agreement.png") &&
         !sac_document_is_opening (document);
}

/* The demo's first case is looked at while the others are drawn, which ends
 * with the window. */
static void
test_story (void)
{
  SacWindow *window = open_window ();

  sac_window_open_demo (window, SAC_DEMO_STORY);
  app_wait_until (shows_first, window);
  app_stop (app_start ());
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cases/walk", test_walk);
  g_test_add_func ("/cases/pair", test_pair);
  g_test_add_func ("/cases/details", test_details);
  g_test_add_func ("/cases/many", test_many);
  g_test_add_func ("/cases/bad", test_bad_folder);
  g_test_add_func ("/cases/story", test_story);
  return app_run_tests ();
}
