/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every preference, changed as a reader does it, acts at once. */
#include "app-support.h"

#include "base/pool.h"
#include "preferences.h"
#include "recent.h"
#include "support.h"

#include <string.h>

static GtkWidget *
find_named (GtkWidget *below, const char *name)
{
  if (g_str_equal (gtk_widget_get_name (below), name))
    return below;
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_named (child, name);

    if (found != NULL)
      return found;
  }
  return NULL;
}

typedef struct {
  SacApplication *application;
  SacWindow *window;
  SacDocument *document;
  GtkWidget *preferences;
} Scene;

static GtkWidget *
find_preferences (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next)
    if (ADW_IS_PREFERENCES_WINDOW (link->data))
      return link->data;
  return NULL;
}

static void
open_scene (Scene *scene)
{
  scene->application = app_start ();
  scene->window = app_open (scene->application, SAC_DEMO_DERMOSCOPY);
  scene->document = sac_window_get_document (scene->window);
  gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.preferences",
                              NULL);
  scene->preferences = find_preferences (scene->window);
  g_assert_nonnull (scene->preferences);
}

/* Settings are the same for all tests of this program. */
static void
close_scene (Scene *scene)
{
  static const char *const changed[] =
    {"appearance",    "color-map",         "threads",
     "tile-memory",   "remember-files",    "hide-names-presenting",
     "recent-models", "hide-names-figures"};

  for (gsize i = 0; i < G_N_ELEMENTS (changed); i++)
    g_settings_reset (sac_window_get_settings (scene->window), changed[i]);
  gtk_window_destroy (GTK_WINDOW (scene->preferences));
  app_stop (scene->application);
}

static void
choose (Scene *scene, const char *key, guint position)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (
                                find_named (scene->preferences, key)),
                              position);
}

static void
flip (Scene *scene, const char *key)
{
  GtkSwitch *widget = GTK_SWITCH (find_named (scene->preferences, key));

  gtk_switch_set_active (widget, !gtk_switch_get_active (widget));
}

static void
set_number (Scene *scene, const char *key, double value)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (
                               find_named (scene->preferences, key)),
                             value);
}

static void
test_look (void)
{
  Scene scene;
  AdwStyleManager *style = adw_style_manager_get_default ();

  open_scene (&scene);
  choose (&scene, "appearance", 2);
  g_assert_true (adw_style_manager_get_dark (style));
  choose (&scene, "appearance", 1);
  g_assert_false (adw_style_manager_get_dark (style));
  /* The other way round, the row follows the command. */
  g_action_group_activate_action (G_ACTION_GROUP (scene.application),
                                  "appearance", g_variant_new_string ("dark"));
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (
                      find_named (scene.preferences, "appearance"))),
                    ==, 2);

  for (guint i = 0; sac_color_maps_get_all ()[i] != NULL; i++) {
    choose (&scene, "color-map", i + 1);
    for (guint pane = 0; pane < SAC_PANES_MOST; pane++)
      g_assert_true (
        sac_pane_state_get_display (app_get_pane (scene.window, pane))
          ->colors == sac_color_maps_get_all ()[i]);
  }
  choose (&scene, "color-map", 0);
  g_assert_null (
    sac_pane_state_get_display (app_get_pane (scene.window, 0))->colors);
  close_scene (&scene);
}

/* A window's own colours are no preference. */
static void
test_colors_stay (void)
{
  Scene scene;

  open_scene (&scene);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.next-colors",
                              NULL);
  g_assert_nonnull (
    sac_pane_state_get_display (app_get_pane (scene.window, 0))->colors);
  gtk_window_destroy (GTK_WINDOW (scene.preferences));
  app_stop (scene.application);
  open_scene (&scene);
  g_assert_null (
    sac_pane_state_get_display (app_get_pane (scene.window, 0))->colors);
  close_scene (&scene);
}

static bool
has_opened (gpointer document)
{
  return !sac_document_is_opening (document);
}

/* What a large view would ask for. */
#define TILES 240

static bool
has_tiles (gpointer data)
{
  Scene *scene = data;
  SacTileStore *store =
    sac_tiles_get_store (sac_document_get_tiles (scene->document));
  bool all = true;

  sac_tile_store_begin (store);
  for (int i = 0; i < TILES; i++) {
    SacTileKey key = {.level = 0, .column = i % 10, .row = i / 10};

    all &= sac_tile_store_get (store, sac_document_get_source (scene->document),
                               &key, i)
             .state == SAC_TILE_READY;
  }
  return all;
}

static void
test_performance (void)
{
  Scene scene;
  guint processors = g_get_num_processors ();

  open_scene (&scene);
  set_number (&scene, "threads", 1);
  g_assert_cmpuint (sac_pool_get_threads (), ==, 1);
  set_number (&scene, "threads", 5);
  g_assert_cmpuint (sac_pool_get_threads (), ==, 5);
  /* Neither is forgotten when another worker comes, as it does for files. */
  sac_worker_free (sac_worker_new ());
  g_assert_cmpuint (sac_pool_get_threads (), ==, 5);
  set_number (&scene, "threads", 0);
  g_assert_cmpuint (sac_pool_get_threads (), ==, MAX (2, processors) - 1);

  sac_document_open (scene.document, SAC_DEMO_SLIDE ":20000x20000,pattern=512");
  app_wait_until (has_opened, scene.document);
  sac_document_stop (scene.document);
  app_wait_until (has_tiles, &scene);

  SacTileStore *store =
    sac_tiles_get_store (sac_document_get_tiles (scene.document));

  g_assert_cmpuint (sac_tile_store_get_bytes (store), >, TILES << 18);
  set_number (&scene, "tile-memory", 32);
  sac_tile_store_begin (store); /* still holds what was asked for last */
  sac_tile_store_begin (store);
  g_assert_cmpuint (sac_tile_store_get_bytes (store), <=, 40 << 20);
  close_scene (&scene);
}

static char *
write_picture (const char *folder, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf =
    gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 300, 200);

  gdk_pixbuf_fill (pixbuf, 0xc08060ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  return path;
}

static int
count_recent (GMenuModel *menu)
{
  int count = 0;

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autofree char *action = NULL;

    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s",
                                     &action);
    count += g_str_equal (action, "win.open-path");
  }
  return count;
}

typedef struct {
  GMenuModel *menu;
  int count;
} Expected;

static bool
has_count (gpointer data)
{
  const Expected *expected = data;

  return count_recent (expected->menu) == expected->count;
}

static void
show (Scene *scene, const char *path)
{
  sac_document_open (scene->document, path);
  app_wait_until (has_opened, scene->document);
}

static bool
has_undo (gpointer data)
{
  GtkWidget *button =
    app_find_button (((const Scene *)data)->preferences, "_Undo");

  return button != NULL && gtk_widget_is_sensitive (button);
}

static bool
has_no_undo (gpointer data)
{
  return app_find_button (((const Scene *)data)->preferences, "_Undo") == NULL;
}

static bool
has_saved (gpointer uri)
{
  return gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri);
}

static bool
has_not_saved (gpointer uri)
{
  return !has_saved (uri);
}

static void
test_recent (void)
{
  Scene scene;
  char *folder = test_folder_new ();
  /* Names of files need not be text. */
  g_autofree char *first = write_picture (folder, "first\xff.png");
  g_autofree char *second = write_picture (folder, "second.png");
  g_autofree char *saved = g_filename_to_uri (second, NULL, NULL);
  GtkRecentManager *recent = gtk_recent_manager_get_default ();
  g_autoptr (GFile) model = g_file_new_for_path ("/nowhere/model.onnx");

  open_scene (&scene);

  g_autoptr (GMenuModel) menu =
    sac_recent_new_menu (sac_window_get_settings (scene.window));

  show (&scene, first);
  app_wait_until (has_count, &(Expected){menu, 1});
  /* As GTK's file dialogs do; no image to open again. */
  GtkRecentData data = {.app_name = (char *)"Saccade",
                        .app_exec = (char *)"saccade %u",
                        .mime_type = (char *)"application/pdf"};

  gtk_recent_manager_add_full (recent, saved, &data);
  app_wait_until (has_saved, saved);
  g_assert_cmpint (count_recent (menu), ==, 1);
  flip (&scene, "remember-files");
  app_wait_until (has_count, &(Expected){menu, 0});
  g_assert_false (has_saved (saved));
  app_wait_for_label (scene.preferences, "is empty");
  app_wait_until (has_undo, &scene);
  g_signal_emit_by_name (app_find_button (scene.preferences, "_Undo"),
                         "clicked");
  app_wait_until (has_count, &(Expected){menu, 1});
  app_wait_until (has_no_undo, &scene);
  gtk_recent_manager_add_full (recent, saved, &data);
  app_wait_until (has_saved, saved);
  app_wait_until (has_not_saved, saved);
  show (&scene, second);
  sac_window_open_file (scene.window, model);
  app_run_for (100);
  g_assert_cmpint (count_recent (menu), ==, 1);

  g_auto (GStrv) models =
    g_settings_get_strv (sac_window_get_settings (scene.window),
                         "recent-models");

  g_assert_null (models[0]);
  flip (&scene, "remember-files");
  sac_window_open_file (scene.window, model);
  show (&scene, second);
  app_wait_until (has_count, &(Expected){menu, 2});

  g_signal_emit_by_name (find_named (scene.preferences, "clear-files"),
                         "clicked");
  app_wait_until (has_count, &(Expected){menu, 0});
  app_wait_for_label (scene.preferences, "is empty");
  app_wait_until (has_undo, &scene);
  g_signal_emit_by_name (app_find_button (scene.preferences, "_Undo"),
                         "clicked");
  app_wait_until (has_count, &(Expected){menu, 2});

  g_auto (GStrv) back =
    g_settings_get_strv (sac_window_get_settings (scene.window),
                         "recent-models");

  g_assert_cmpstr (back[0], ==, "/nowhere/model.onnx");
  test_folder_remove (folder);
  close_scene (&scene);
}

static bool
has_file (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Saves a figure of `path` under a name.  Returns: its path. */
static char *
make_figure (Scene *scene, const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  char *figure = g_build_filename (folder, name, NULL);

  show (scene, path);
  app_wait_until (app_has_maps, scene->window);
  g_assert_true (sac_document_save_figure (scene->document, figure));
  app_wait_until (has_file, figure);
  app_wait_for_label (scene->window, name);
  return figure;
}

/* As text or as part of a provenance, neither of which is compressed. */
static bool
holds_name (const char *path, const char *name)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (gsize i = 0; i + strlen (name) <= size; i++)
    if (memcmp (data + i, name, strlen (name)) == 0)
      return true;
  return false;
}

static GBytes *
get_pixels (const char *path)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, NULL);

  return gdk_pixbuf_read_pixel_bytes (pixbuf);
}

static void
test_names (void)
{
  Scene scene;
  char *folder = test_folder_new ();
  g_autofree char *first = write_picture (folder, "first.png");
  g_autofree char *second = write_picture (folder, "second.png");
  GtkWindow *window;

  open_scene (&scene);
  window = GTK_WINDOW (scene.window);

  g_autofree char *a = make_figure (&scene, first, "a.png");
  g_autofree char *b = make_figure (&scene, second, "b.png");

  flip (&scene, "hide-names-figures");

  g_autofree char *c = make_figure (&scene, first, "c.png");
  g_autofree char *d = make_figure (&scene, second, "d.png");
  g_autoptr (GBytes) a_pixels = get_pixels (a);
  g_autoptr (GBytes) b_pixels = get_pixels (b);
  g_autoptr (GBytes) c_pixels = get_pixels (c);
  g_autoptr (GBytes) d_pixels = get_pixels (d);

  g_assert_true (holds_name (a, "first.png"));
  g_assert_false (holds_name (c, "first.png"));
  g_assert_false (g_bytes_equal (a_pixels, b_pixels));
  g_assert_true (g_bytes_equal (c_pixels, d_pixels));
  g_assert_cmpstr (gtk_window_get_title (window), ==, "second.png");
  sac_window_set_presenting (scene.window, true);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "second.png");
  flip (&scene, "hide-names-presenting");
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Image");
  sac_window_set_presenting (scene.window, false);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "second.png");
  sac_window_set_presenting (scene.window, true);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Image");
  sac_window_set_presenting (scene.window, false);
  test_folder_remove (folder);
  close_scene (&scene);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preferences/look", test_look);
  g_test_add_func ("/preferences/colors-stay", test_colors_stay);
  g_test_add_func ("/preferences/performance", test_performance);
  g_test_add_func ("/preferences/recent", test_recent);
  g_test_add_func ("/preferences/names", test_names);
  return app_run_tests ();
}
