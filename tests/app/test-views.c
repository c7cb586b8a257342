/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An image is shown again as it was left. */
#include "app-support.h"

#include "companion.h"
#include "image/decode.h"
#include "map-stack.h"
#include "map/map-file.h"
#include "settings.h"
#include "support.h"
#include "viewport-parts.h"
#include "views.h"
#include "work-views.h"

#include <math.h>
#include <string.h>

static char *
put_image (const char *folder, int width)
{
  char *path = g_build_filename (folder, "lesion.png", NULL);
  g_autoptr (SacImage) image = sac_image_new (width, 300, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

typedef struct {
  SacDocument *document;
  const char *path;
} Opened;

static bool
has_opened (gpointer data)
{
  const Opened *opened = data;
  SacSource *source = sac_document_get_source (opened->document);

  return !sac_document_is_opening (opened->document) && source != NULL &&
         g_str_equal (sac_source_get_path (source), opened->path);
}

/* Laid out, and what was kept has been read where it is wanted. */
static bool
is_ready (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  bool is_wanted =
    g_settings_get_boolean (sac_window_get_settings (window), "remember-views");

  return sac_viewport_has_view (sac_document_get_viewport (document)) &&
         (!is_wanted || sac_views_is_ready (sac_views_find (document)));
}

/* Views need no maps: nothing waits for the models. */
static SacWindow *
open_window (const char *path)
{
  SacApplication *application = app_start ();

  g_application_activate (G_APPLICATION (application));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (application)));
  SacDocument *document = sac_window_get_document (window);

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  sac_document_open (document, path);
  app_wait_until (has_opened, &(Opened){document, path});
  app_wait_until (is_ready, window);
  return window;
}

static const SacCamera *
get_camera (SacWindow *window)
{
  return sac_viewport_get_camera (
    sac_document_get_viewport (sac_window_get_document (window)));
}

static bool
is_mirrored (gpointer window)
{
  return get_camera (window)->mirror;
}

static void
change (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);
  SacViewport *viewport = sac_document_get_viewport (document);
  SacDisplay display = *sac_pane_state_get_display (app_get_pane (window, 1));
  SacChoice choice;

  sac_viewport_zoom_at (viewport, 3, 10, -20);
  sac_viewport_turn_at (viewport, 0.5, 0, 0);
  sac_viewport_flip (viewport);
  sac_pane_set_set_count (sac_document_get_panes (document), 4);
  choice = *sac_pane_state_get_choice (app_get_pane (window, 1));
  choice.method = "rollout";
  choice.head_mode = SAC_HEAD_MAX;
  choice.params = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (choice.params, "start_layer", "2");
  sac_pane_state_set_choice (app_get_pane (window, 1), &choice);
  g_hash_table_unref (choice.params);
  display.opacity = 0.25;
  display.smooth = true;
  display.scale_mode = SAC_SCALE_PERCENTILE;
  sac_pane_state_set_display (app_get_pane (window, 1), &display);
  display.is_clipped = true;
  display.clip_low = 0.25;
  display.clip_high = 0.75;
  sac_pane_state_set_display (app_get_pane (window, 1), &display);
  sac_compare_view_set_mode (sac_document_get_compare_view (document),
                             SAC_COMPARE_SWIPE);
}

static bool
has_file (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static bool
has_other (gpointer window)
{
  return sac_companion_get_source (
           sac_companion_of (sac_window_get_document (window))) != NULL;
}

/* The other image of a pair comes back with the first, in its role. */
static void
add_other (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);

  sac_companion_open (sac_companion_of (document), SAC_DEMO_DERMOSCOPY);
  app_wait_until (has_other, window);
  sac_companion_exchange_roles (sac_companion_of (document));
}

static void
check_other (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);
  SacCompanion *companion = sac_companion_of (document);

  app_wait_until (has_other, window);
  g_assert_cmpstr (sac_source_get_path (sac_companion_get_source (companion)),
                   ==, SAC_DEMO_DERMOSCOPY);
  g_assert_true (sac_companion_is_second (companion));
}

static void
test_restored (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_image (folder, 400);
  SacWindow *window = open_window (path);

  change (window);
  add_other (window);

  SacCamera camera = *get_camera (window);

  app_stop (app_start ());
  window = open_window (path);
  app_wait_until (is_mirrored, window);
  check_other (window);

  SacDocument *document = sac_window_get_document (window);
  const SacDisplay *display =
    sac_pane_state_get_display (app_get_pane (window, 1));
  const SacChoice *choice;

  g_assert_cmpfloat_with_epsilon (get_camera (window)->x, camera.x, 1e-6);
  g_assert_cmpfloat_with_epsilon (get_camera (window)->scale, camera.scale,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (get_camera (window)->rotation,
                                  camera.rotation, 1e-9);
  g_assert_cmpuint (sac_document_get_pane_count (document), ==, 4);
  g_assert_cmpstr (sac_pane_state_get_choice (app_get_pane (window, 1))->method,
                   ==, "rollout");
  choice = sac_pane_state_get_choice (app_get_pane (window, 1));
  g_assert_cmpstr (choice->model, ==, "derm-vit");
  g_assert_cmpint (choice->head_mode, ==, SAC_HEAD_MAX);
  g_assert_cmpstr (g_hash_table_lookup (choice->params, "start_layer"), ==,
                   "2");
  g_assert_cmpfloat (display->opacity, ==, 0.25);
  g_assert_cmpint (display->scale_mode, ==, SAC_SCALE_PERCENTILE);
  g_assert_true (display->smooth);
  g_assert_true (display->is_clipped);
  g_assert_cmpfloat (display->clip_low, ==, 0.25);
  g_assert_cmpfloat (display->clip_high, ==, 0.75);
  g_assert_cmpint (sac_compare_view_get_mode (
                     sac_document_get_compare_view (document)),
                   ==, SAC_COMPARE_SWIPE);
  sac_pane_set_set_count (sac_document_get_panes (document), 2);
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* Another file of that name, and one whose view is not wanted. */
static void
test_not_restored (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_image (folder, 400);
  g_autofree char *kept = sac_view_file_dup_path (path);
  SacWindow *window = open_window (path);
  GSettings *settings = sac_window_get_settings (window);

  sac_viewport_flip (
    sac_document_get_viewport (sac_window_get_document (window)));
  app_wait_until (has_file, kept);
  app_stop (app_start ());
  g_free (put_image (folder, 500));
  window = open_window (path);
  g_assert_false (get_camera (window)->mirror);
  app_stop (app_start ());

  g_free (put_image (folder, 600));
  window = open_window (path);
  settings = sac_window_get_settings (window);
  g_settings_set_boolean (settings, "remember-views", FALSE);
  sac_viewport_flip (
    sac_document_get_viewport (sac_window_get_document (window)));
  app_stop (app_start ());
  window = open_window (path);
  g_assert_false (get_camera (window)->mirror);
  g_settings_reset (sac_window_get_settings (window), "remember-views");
  app_stop (app_start ());
  test_folder_remove (folder);
}

static bool
has_two_layers (gpointer window)
{
  return sac_map_stack_get_count (
           sac_pane_state_get_stack (app_get_pane (window, 0))) == 2;
}

static void
put_map (const char *path)
{
  g_autoptr (SacMap) map = sac_map_new_take (3, 4, g_new0 (float, 12));

  map->values[5] = 1;
  map->has_geometry = true;
  map->geometry = (SacGeometry){440, 300, {0, 0, 440, 300}, 4, 3};
  g_assert_true (
    sac_map_write_tiff (path, (const SacMap *[]){map, map}, 2, NULL));
}

/* Maps from files lie over the image again, in their order and with their
 * looks; what is kept can be forgotten, and that can be undone. */
static void
test_layers (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_image (folder, 440);
  g_autofree char *map = g_build_filename (folder, "map.tif", NULL);
  SacWindow *window = open_window (path);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMapStack *stack = sac_pane_state_get_stack (pane);
  SacStackedMap looks;

  put_map (map);
  sac_map_files_open (sac_window_get_map_files (window), map, pane);
  app_wait_until (has_two_layers, window);
  sac_map_stack_move (stack, 1, 0);
  looks = *sac_map_stack_get (stack, 0);
  looks.opacity = 0.125;
  looks.is_visible = false;
  sac_map_stack_set_looks (stack, 0, &looks);
  app_stop (app_start ());

  window = open_window (path);
  app_wait_until (has_two_layers, window);
  stack = sac_pane_state_get_stack (app_get_pane (window, 0));
  g_assert_cmpuint (sac_map_stack_get (stack, 0)->index, ==, 1);
  g_assert_cmpfloat (sac_map_stack_get (stack, 0)->opacity, ==, 0.125);
  g_assert_false (sac_map_stack_get (stack, 0)->is_visible);
  g_assert_true (sac_map_stack_get (stack, 1)->is_visible);
  g_assert_cmpstr (sac_map_stack_get (stack, 1)->path, ==, map);

  g_autofree char *kept = sac_view_file_dup_path (path);
  AdwToast *toast = g_object_ref_sink (
    sac_views_clear (sac_views_find (sac_window_get_document (window))));

  g_assert_false (has_file (kept));
  g_signal_emit_by_name (toast, "button-clicked");
  g_assert_true (has_file (kept));
  g_object_unref (toast);
  toast = g_object_ref_sink (
    sac_views_clear (sac_views_find (sac_window_get_document (window))));
  g_object_unref (toast);
  g_assert_false (has_file (kept));
  app_stop (app_start ());
  /* Nothing has changed since: nothing is kept again. */
  g_assert_false (has_file (kept));
  test_folder_remove (folder);
}

static void
test_hostile (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_image (folder, 450);
  g_autofree char *kept = sac_view_file_dup_path (path);
  g_autofree char *where = g_path_get_dirname (kept);

  g_assert_cmpint (g_mkdir_with_parents (where, 0700), ==, 0);
  g_assert_true (g_file_set_contents (kept, "{\"schema\": [1]}", -1, NULL));

  SacWindow *window = open_window (path);

  app_wait_for_label (window, "as if it were new");
  g_assert_false (get_camera (window)->mirror);
  app_stop (app_start ());
  test_folder_remove (folder);
}

static void
put_numbers (GByteArray *file, const guint16 *numbers, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    guint16 number = GUINT16_TO_LE (numbers[i]);

    g_byte_array_append (file, (const guint8 *)&number, sizeof number);
  }
}

/* A directory of eight tags, then its grey pixels.  name: of four bytes with
 * the zero, as it stands in the tag itself. */
static void
put_page (GByteArray *file, int width, int height, const char *name, bool last)
{
  guint16 at = (guint16)file->len, size = (guint16)(width * height);
  guint16 pixels = at + 2 + 8 * 12 + 4, next = pixels + size + size % 2;
  const guint16 tags[] = {
    8,
    256,
    3,
    1,
    0,
    (guint16)width,
    0, /* width */
    257,
    3,
    1,
    0,
    (guint16)height,
    0, /* height */
    258,
    3,
    1,
    0,
    8,
    0, /* bits */
    262,
    3,
    1,
    0,
    1,
    0, /* black is zero */
    273,
    3,
    1,
    0,
    pixels,
    0, /* where they lie */
    278,
    3,
    1,
    0,
    (guint16)height,
    0, /* rows */
    279,
    3,
    1,
    0,
    size,
    0, /* bytes */
    285,
    2,
    4,
    0,
    (guint16)(name[0] | name[1] << 8),
    (guint16)name[2],
    last ? 0 : next,
    0,
  };

  put_numbers (file, tags, G_N_ELEMENTS (tags));
  g_byte_array_set_size (file, next);
  memset (file->data + pixels, 128, next - pixels);
}

static char *
put_pages (const char *folder)
{
  char *path = g_build_filename (folder, "planes.tif", NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *)"II*\0\10\0\0\0", 8);
  put_page (file, 40, 30, "A_1", false);
  put_page (file, 40, 30, "B_2", false);
  put_page (file, 10, 70, "C_3", true);
  g_assert_true (
    g_file_set_contents (path, (const char *)file->data, file->len, NULL));
  return path;
}

static int
get_page (SacWindow *window)
{
  return sac_source_get_page_number (
    sac_document_get_source (sac_window_get_document (window)));
}

static bool
shows_page (SacWindow *window, int page)
{
  SacDocument *document = sac_window_get_document (window);

  return !sac_document_is_opening (document) &&
         sac_document_get_source (document) != NULL &&
         get_page (window) == page;
}

static bool
is_second (gpointer window)
{
  return shows_page (window, 2);
}

static bool
is_third (gpointer window)
{
  return shows_page (window, 3);
}

/* All pictures of a file are in one menu, what may be a label apart; the page
 * that was shown last comes back with its file. */
static void
test_pages (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_pages (folder);
  g_autofree char *whole = g_strconcat (path, "#page=0", NULL);
  g_autofree char *kept = sac_view_file_dup_path (whole);
  SacWindow *window = open_window (path);
  GtkWidget *top = GTK_WIDGET (window);

  g_assert_cmpint (get_page (window), ==, 1);
  app_wait_for_label (window, "1/3");
  gtk_widget_activate_action (top, "win.step-page", "i", 1);
  app_wait_until (is_second, window);
  app_wait_until (has_file, kept);
  gtk_widget_activate_action (top, "win.step-page", "i", 1);
  app_wait_for_label (window, "There is no further page.");
  gtk_widget_activate_action (top, "win.choose-page", NULL);
  app_wait_for_label (window, "2   B_2   40 × 30");
  app_wait_for_label (window, "Other pictures, perhaps labels");
  app_wait_for_label (window, "3   C_3   10 × 70");
  app_stop (app_start ());

  window = app_open (app_start (), SAC_DEMO_DERMOSCOPY);
  top = GTK_WIDGET (window);
  app_wait_for_no_label (window, "1/3");
  sac_window_open_image (window, path);
  app_wait_until (is_second, window);
  gtk_widget_activate_action (top, "win.page", "i", 3);
  app_wait_until (is_third, window);
  g_assert_cmpint (sac_source_get_height (sac_document_get_source (
                     sac_window_get_document (window))),
                   ==, 70);
  app_stop (app_start ());
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/views/restored", test_restored);
  g_test_add_func ("/views/not-restored", test_not_restored);
  g_test_add_func ("/views/layers", test_layers);
  g_test_add_func ("/views/hostile", test_hostile);
  g_test_add_func ("/views/pages", test_pages);
  return app_run_tests ();
}
