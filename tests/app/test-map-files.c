/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "map-notes.h"

#include "canvas.h"
#include "chooser.h"
#include "color-bar.h"
#include "image/decode.h"
#include "layer-row.h"
#include "map-stack.h"
#include "map/map-file.h"
#include "provenance-view.h"
#include "support.h"

#include <string.h>

static bool
has_image (gpointer data)
{
  SacDocument *document = sac_window_get_document (data);

  return sac_document_get_source (document) != NULL &&
         !sac_document_is_opening (document);
}

/* White, 400 x 300. */
static char *
put_picture (const char *folder)
{
  char *path = g_build_filename (folder, "picture.png", NULL);
  g_autoptr (SacImage) image = sac_image_new (400, 300, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

static char *
put_text (const char *folder, const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* 3 x 4 numbers from 0 to 1, over a picture of that size; as TIFF it says so
 * itself, as .npy the JSON beside it does. */
static char *
put_map (const char *folder, const char *name, int width, int height)
{
  float *values = g_new (float, 12);
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *stem = g_strndup (path, strlen (path) - 4);
  g_autofree char *json = g_strconcat (stem, ".json", NULL);

  for (int i = 0; i < 12; i++)
    values[i] = (float)i / 11;

  g_autoptr (SacMap) map = sac_map_new_take (3, 4, values);
  const SacMap *maps[] = {map};

  map->has_geometry = true;
  map->geometry = (SacGeometry){width, height, {0, 0, width, height}, 4, 3};
  map->unit = g_strdup ("score");
  map->method = g_strdup ("mine");
  if (g_str_has_suffix (name, ".npy")) {
    g_assert_true (sac_map_write_npy (path, map, NULL));
    g_assert_true (sac_map_write_json (json, map, NULL));
  } else {
    g_assert_true (sac_map_write_tiff (path, maps, 1, NULL));
  }
  return path;
}

static SacWindow *
open_picture (const char *path)
{
  g_application_activate (G_APPLICATION (app_start ()));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (app_start ())));

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 800);
  sac_document_open (sac_window_get_document (window), path);
  app_wait_until (has_image, window);
  return window;
}

static void
open_file (SacWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sac_window_open_file (window, file);
}

static SacMapStack *
get_stack (SacWindow *window)
{
  return sac_pane_state_get_stack (app_get_pane (window, 0));
}

typedef struct {
  SacWindow *window;
  guint count;
} Wanted;

static bool
has_layers (gpointer data)
{
  const Wanted *wanted = data;

  return sac_map_stack_get_count (get_stack (wanted->window)) == wanted->count;
}

static void
wait_for_layers (SacWindow *window, guint count)
{
  app_wait_until (has_layers, &(Wanted){window, count});
}

/* Of every format one, each with its place, its notes and its provenance. */
static void
test_formats (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *npy = put_map (folder, "array.npy", 400, 300);
  g_autofree char *tiff = put_map (folder, "ours.tif", 400, 300);
  g_autofree char *table =
    put_text (folder, "scores.csv",
              "x,y,w,h,tumor,stroma\n0,0,100,100,0.1,0.9\n"
              "100,0,100,100,0.8,0.2\n");
  SacWindow *window = open_picture (picture);

  open_file (window, npy);
  wait_for_layers (window, 1);
  app_wait_for_label (window, "Laid “array.npy” over the image");
  app_wait_for_label (window, "Maps from files");
  open_file (window, table);
  wait_for_layers (window, 3);
  g_assert_cmpstr (sac_map_stack_get (get_stack (window), 1)->name, ==,
                   "scores.csv · tumor");
  /* Opened as an image, which it is not. */
  open_file (window, tiff);
  wait_for_layers (window, 4);
  g_assert_null (sac_document_get_error (sac_window_get_document (window)));

  g_autofree char *text =
    sac_provenance_dup_text (sac_window_get_document (window));

  g_assert_nonnull (strstr (text, "scores.csv"));
  /* Another image has other maps. */
  sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
  wait_for_layers (window, 0);
  app_wait_for_no_label (window, "Maps from files");
  app_stop (app_start ());
  test_folder_remove (folder);
}

static void
test_misfit (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *tall = put_map (folder, "tall.npy", 300, 400);
  g_autofree char *table = put_text (folder, "bad.csv", "x,y\n1\n");
  SacWindow *window = open_picture (picture);

  open_file (window, tall);
  app_wait_for_label (window, "“tall.npy” is no map for this image.");
  open_file (window, table);
  app_wait_for_label (window, "“bad.csv” is no map for this image.");
  g_assert_cmpuint (sac_map_stack_get_count (get_stack (window)), ==, 0);
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* Named behind an image, a map lies on that image. */
static void
test_command_line (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *npy = put_map (folder, "array.npy", 400, 300);
  g_autofree char *json =
    put_text (folder, "drawn.geojson",
              "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": "
              "\"Feature\", "
              "\"geometry\": {\"type\": \"Point\", \"coordinates\": [3, 4]}, "
              "\"properties\": {}}]}");
  GFile *files[] = {g_file_new_for_path (picture), g_file_new_for_path (npy),
                    g_file_new_for_path (json)};

  g_application_open (G_APPLICATION (app_start ()), files, 3, "");

  GList *windows = gtk_application_get_windows (GTK_APPLICATION (app_start ()));

  g_assert_cmpuint (g_list_length (windows), ==, 1);
  wait_for_layers (windows->data, 1);
  app_wait_for_label (windows->data, "Annotations (1)");
  app_stop (app_start ());
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_clear_object (&files[i]);
  test_folder_remove (folder);
}

static guint32
get_middle (GtkWidget *widget)
{
  int width, height;
  g_autofree guint32 *pixels = app_render (widget, &width, &height);

  return pixels[(gsize)(height / 2 + 20) * width + width / 2 + 20];
}

/* What the list says is what is drawn. */
static void
test_drawn (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *npy = put_map (folder, "array.npy", 400, 300);
  SacWindow *window = open_picture (picture);
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);

  app_wait_until (app_has_maps, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-maps", NULL);
  app_settle (window);

  guint32 before = get_middle (canvas);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-maps", NULL);
  open_file (window, npy);
  wait_for_layers (window, 1);
  app_settle (window);

  SacStackedMap looks = *sac_map_stack_get (get_stack (window), 0);

  g_assert_cmphex (get_middle (canvas), !=, before);

  guint32 shown = get_middle (canvas);

  looks.is_visible = false;
  sac_map_stack_set_looks (get_stack (window), 0, &looks);
  app_settle (window);
  g_assert_cmphex (get_middle (canvas), !=, shown);
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* Choosers have toggles too. */
static GtkToggleButton *
find_smooth (GtkWidget *row)
{
  for (int i = 0;; i++) {
    GtkWidget *button = app_find (row, GTK_TYPE_TOGGLE_BUTTON, i);

    g_assert_nonnull (button);
    if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)),
                   "saccade-smooth-symbolic") == 0)
      return GTK_TOGGLE_BUTTON (button);
  }
}

/* A map looks as its row says, and the top one has nothing to go above. */
static void
test_row (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *npy = put_map (folder, "array.npy", 400, 300);
  g_autofree char *other = put_map (folder, "other.npy", 400, 300);
  SacWindow *window = open_picture (picture);

  open_file (window, npy);
  wait_for_layers (window, 1);
  open_file (window, other);
  wait_for_layers (window, 2);

  GtkWidget *top = app_find (GTK_WIDGET (window), SAC_TYPE_LAYER_ROW, 0);
  GtkWidget *below = app_find (GTK_WIDGET (window), SAC_TYPE_LAYER_ROW, 1);
  GtkWidget *up = app_find (below, GTK_TYPE_BUTTON, 0);

  g_assert_nonnull (app_find_label (top, "other.npy"));
  g_assert_nonnull (app_find (top, SAC_TYPE_COLOR_BAR, 0));
  g_assert_false (
    gtk_widget_get_sensitive (app_find (top, GTK_TYPE_BUTTON, 0)));
  g_assert_true (gtk_widget_get_sensitive (up));
  g_signal_emit_by_name (app_find (top, SAC_TYPE_CHOOSER, 1), "chosen",
                         "magma");
  gtk_toggle_button_set_active (find_smooth (top), TRUE);

  const SacStackedMap *item = sac_map_stack_get (get_stack (window), 1);

  g_assert_cmpstr (item->colors->name, ==, "magma");
  g_assert_true (item->smooth);
  g_signal_emit_by_name (up, "clicked");
  g_assert_cmpstr (sac_map_stack_get (get_stack (window), 1)->name, ==,
                   "array.npy");
  app_stop (app_start ());
  test_folder_remove (folder);
}

typedef struct {
  SacWindow *window;
  const char *path;
} Saving;

/* Not while another one is being saved. */
static bool
is_saving (gpointer data)
{
  const Saving *saving = data;

  return sac_document_save_pane (sac_window_get_document (saving->window),
                                 app_get_pane (saving->window, 0), NULL,
                                 saving->path);
}

/* Files come whole or not at all. */
static bool
is_saved (gpointer data)
{
  return g_file_test (((const Saving *)data)->path, G_FILE_TEST_EXISTS);
}

/* Of the pane's figure, once it is written. */
static int
save_pane (SacWindow *window, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  Saving saving = {window, path};

  app_wait_until (is_saving, &saving);
  app_wait_until (is_saved, &saving);

  g_autoptr (SacImage) image = sac_decode_file (path, NULL, NULL);

  g_assert_nonnull (image);
  return image->height;
}

/* Each map that is shown over the pane's own has its bar in the figure. */
static void
test_figure (void)
{
  char *folder = test_folder_new ();
  g_autofree char *picture = put_picture (folder);
  g_autofree char *npy = put_map (folder, "array.npy", 400, 300);
  SacWindow *window = open_picture (picture);
  int with, without;

  app_wait_until (app_has_maps, window);
  open_file (window, npy);
  wait_for_layers (window, 1);
  with = save_pane (window, folder, "with.png");

  SacStackedMap looks = *sac_map_stack_get (get_stack (window), 0);

  looks.is_visible = false;
  sac_map_stack_set_looks (get_stack (window), 0, &looks);
  without = save_pane (window, folder, "alone.png");
  g_assert_cmpint (with, >, without + 100);
  app_stop (app_start ());
  test_folder_remove (folder);
}

static const char *
mark (const char *text)
{
  static const struct {
    const char *english, *other;
  } known[] = {
    {"Tiles that overlap are averaged by area.", "T"},
    {"The map was made on an image of %s x %s pixels; it is scaled to this "
     "one.",
     "M %s N %s O"},
    {"The file has %s x %s cells; shown are their means on a grid of %s x %s.",
     "%s, %s, %s, %s"},
    {"Earlier blocks are left out: %s.", "E %s."},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].english, text))
      return known[i].other;
  return text;
}

/* Numbers and names go where the other language wants them. */
static void
test_notes (void)
{
  static const char *const pairs[][2] = {
    {"Tiles that overlap are averaged by area.", "T"},
    {"The map was made on an image of 40 x 30 pixels; it is scaled to this "
     "one.",
     "M 40 N 30 O"},
    {"The file has 9000 x 8000 cells; shown are their means on a grid of 90 x "
     "80.",
     "9000, 8000, 90, 80"},
    {"Earlier blocks are left out: node “a.b”. is odd.",
     "E node “a.b”. is odd."},
    {"Earlier blocks are left out: .", "Earlier blocks are left out: ."},
    {"The map was made on an image of 40 x 30 pixels", NULL},
    {"Something of another program. 3 x 4", NULL},
    {"", NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpstr (sac_map_note_translate_with (pairs[i][0], mark), ==,
                     pairs[i][1] != NULL ? pairs[i][1] : pairs[i][0]);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map-files/notes", test_notes);
  g_test_add_func ("/map-files/formats", test_formats);
  g_test_add_func ("/map-files/misfit", test_misfit);
  g_test_add_func ("/map-files/command-line", test_command_line);
  g_test_add_func ("/map-files/drawn", test_drawn);
  g_test_add_func ("/map-files/row", test_row);
  g_test_add_func ("/map-files/figure", test_figure);
  return app_run_tests ();
}
