/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "annotation/annotation-file.h"
#include "annotation/measure.h"
#include "canvas-overlays.h"
#include "image/decode.h"
#include "markup-rows.h"
#include "support.h"

#include <math.h>
#include <string.h>

static void
activate (SacWindow *window, const char *name)
{
  g_autofree char *plain = NULL;
  g_autoptr (GVariant) target = NULL;

  g_assert_true (g_action_parse_detailed_name (name, &plain, &target, NULL));
  gtk_widget_activate_action_variant (GTK_WIDGET (window), plain, target);
}

static bool
has_image (gpointer data)
{
  SacDocument *document = sac_window_get_document (data);

  return sac_document_get_source (document) != NULL &&
         !sac_document_is_opening (document);
}

/* A window over a picture of 400 x 300, named after the test. */
static SacWindow *
open_picture (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (SacImage) image = sac_image_new (400, 300, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  g_application_activate (G_APPLICATION (app_start ()));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (app_start ())));
  SacDocument *document = sac_window_get_document (window);

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  sac_viewport_set_animated (sac_document_get_viewport (document), false);
  sac_document_open (document, path);
  app_wait_until (has_image, window);
  app_settle (window);
  return window;
}

static SacMarkup *
get_markup (SacWindow *window)
{
  return sac_document_get_markup (sac_window_get_document (window));
}

static const SacAnnotation *
get_item (SacWindow *window, guint index)
{
  const SacAnnotations *set = sac_markup_get_set (get_markup (window));

  g_assert_cmpuint (index, <, set->items->len);
  return set->items->pdata[index];
}

static guint
count_items (SacWindow *window)
{
  return sac_markup_get_set (get_markup (window))->items->len;
}

static SacCanvas *
get_canvas (SacWindow *window, int index)
{
  return SAC_CANVAS (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, index));
}

/* A place of the image on a canvas. */
static SacCanvasPoint
locate (SacWindow *window, int index, double x, double y)
{
  SacCanvas *canvas = get_canvas (window, index);
  const SacCamera *camera = sac_viewport_get_camera (
    sac_document_get_viewport (sac_window_get_document (window)));
  double screen_x, screen_y;

  sac_camera_to_screen (camera, gtk_widget_get_width (GTK_WIDGET (canvas)),
                        gtk_widget_get_height (GTK_WIDGET (canvas)), x, y,
                        &screen_x, &screen_y);

  SacCanvasPoint point = sac_canvas_locate (canvas, screen_x, screen_y);

  point.press_count = 1;
  return point;
}

/* The pointer, as the canvas hands it on. */
static void
drag (SacWindow *window, int index, const double *path, int count)
{
  SacCanvasOverlays *overlays =
    sac_canvas_get_overlays (get_canvas (window, index));
  SacCanvasPoint point = locate (window, index, path[0], path[1]);

  g_assert_true (sac_canvas_overlays_press (overlays, &point));
  for (int i = 1; i < count; i++) {
    point = locate (window, index, path[2 * i], path[2 * i + 1]);
    sac_canvas_overlays_drag (overlays, &point);
  }
  sac_canvas_overlays_release (overlays, &point);
}

static void
click (SacWindow *window, int index, double x, double y)
{
  drag (window, index, (double[]){x, y}, 1);
}

static void
press_key (SacWindow *window, guint key, int times)
{
  for (int i = 0; i < times; i++)
    g_assert_true (
      sac_canvas_overlays_key (sac_canvas_get_overlays (get_canvas (window, 0)),
                               key, 0));
}

static void
check_bounds (const SacAnnotation *item, SacRect expected)
{
  SacRect got = sac_annotation_get_bounds (item);

  g_assert_cmpfloat_with_epsilon (got.x, expected.x, 1e-3);
  g_assert_cmpfloat_with_epsilon (got.y, expected.y, 1e-3);
  g_assert_cmpfloat_with_epsilon (got.width, expected.width, 1e-3);
  g_assert_cmpfloat_with_epsilon (got.height, expected.height, 1e-3);
}

/* Each shape once, begun in one pane and ended in the other where it has
 * several presses. */
static void
draw_all (SacWindow *window)
{
  activate (window, "win.tool::rectangle");
  drag (window, 0, (double[]){100, 120, 150, 150, 40, 60}, 3);
  activate (window, "win.tool::polygon");
  click (window, 0, 200, 50);
  click (window, 1, 300, 50);
  click (window, 0, 300, 150);
  click (window, 1, 200, 50);
  activate (window, "win.tool::point");
  click (window, 0, 20, 20);
  activate (window, "win.tool::ruler");
  click (window, 1, 100, 200);
  click (window, 1, 130, 240);
}

static void
test_pointer (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "pointer.png");

  draw_all (window);
  g_assert_cmpuint (count_items (window), ==, 4);
  g_assert_cmpint (get_item (window, 0)->kind, ==, SAC_ANNOTATION_RECTANGLE);
  check_bounds (get_item (window, 0), (SacRect){40, 60, 60, 60});
  g_assert_cmpint (get_item (window, 1)->kind, ==, SAC_ANNOTATION_POLYGON);
  g_assert_cmpfloat_with_epsilon (sac_annotation_get_area (
                                    get_item (window, 1)),
                                  5000, 1);
  g_assert_cmpint (get_item (window, 2)->kind, ==, SAC_ANNOTATION_POINT);
  g_assert_cmpfloat_with_epsilon (sac_annotation_get_length (
                                    get_item (window, 3)),
                                  50, 1e-3);
  app_wait_for_label (window, "50 px");
  app_wait_for_label (window, "Annotations (4)");
  /* A click changes nothing where nothing is. */
  activate (window, "win.tool::edit");
  drag (window, 0, (double[]){70, 60, 80, 65}, 2);
  check_bounds (get_item (window, 0), (SacRect){50, 65, 60, 60});
  /* A corner: the others follow. */
  drag (window, 0, (double[]){110, 125, 120, 135, 130, 145}, 3);
  check_bounds (get_item (window, 0), (SacRect){50, 65, 80, 80});
  g_assert_cmpint (get_item (window, 0)->kind, ==, SAC_ANNOTATION_RECTANGLE);
  activate (window, "win.undo");
  check_bounds (get_item (window, 0), (SacRect){50, 65, 60, 60});
  app_wait_for_label (window, "Undone: Move Vertex");
  activate (window, "win.undo");
  check_bounds (get_item (window, 0), (SacRect){40, 60, 60, 60});
  activate (window, "win.redo");
  check_bounds (get_item (window, 0), (SacRect){50, 65, 60, 60});
  activate (window, "win.delete-all-annotations");
  g_assert_cmpuint (count_items (window), ==, 0);
  activate (window, "win.undo");
  g_assert_cmpuint (count_items (window), ==, 4);
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* Everything by keys alone. */
static void
test_keys (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "keys.png");
  SacDocument *document = sac_window_get_document (window);
  double scale =
    sac_viewport_get_camera (sac_document_get_viewport (document))->scale;

  sac_document_set_cursor (document, 100, 100);
  activate (window, "win.tool::rectangle");
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_Right, 4);
  press_key (window, GDK_KEY_Down, 2);
  g_assert_nonnull (sac_markup_get_draft (get_markup (window)));
  press_key (window, GDK_KEY_Return, 1);
  check_bounds (get_item (window, 0),
                (SacRect){100, 100, 40 / scale, 20 / scale});
  activate (window, "win.tool::polygon");
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_Right, 3);
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_Left, 9);
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_BackSpace, 1);
  press_key (window, GDK_KEY_Right, 9);
  press_key (window, GDK_KEY_Down, 3);
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_Return, 1);
  g_assert_cmpuint (count_items (window), ==, 2);
  g_assert_cmpfloat_with_epsilon (sac_annotation_get_area (
                                    get_item (window, 1)),
                                  30 * 30 / scale / scale / 2, 1e-3);
  /* Half drawn and dropped; then the tool is put down. */
  press_key (window, GDK_KEY_space, 1);
  press_key (window, GDK_KEY_Escape, 1);
  g_assert_null (sac_markup_get_draft (get_markup (window)));
  press_key (window, GDK_KEY_Escape, 1);
  g_assert_cmpint (sac_markup_get_tool (get_markup (window)), ==,
                   SAC_TOOL_LOOK);
  activate (window, "win.tool::edit");
  sac_markup_select (get_markup (window), 1);
  press_key (window, GDK_KEY_n, 1);
  g_assert_cmpint (sac_markup_get_selected (get_markup (window)), ==, 0);
  press_key (window, GDK_KEY_Right, 5);
  check_bounds (get_item (window, 0),
                (SacRect){100 + 50 / scale, 100, 40 / scale, 20 / scale});
  /* Five moves in a row are one step. */
  activate (window, "win.undo");
  check_bounds (get_item (window, 0),
                (SacRect){100, 100, 40 / scale, 20 / scale});
  press_key (window, GDK_KEY_v, 3);
  press_key (window, GDK_KEY_Down, 1);
  check_bounds (get_item (window, 0),
                (SacRect){100, 100, 40 / scale, 30 / scale});
  press_key (window, GDK_KEY_Delete, 1);
  g_assert_cmpuint (count_items (window), ==, 1);
  app_stop (app_start ());
  test_folder_remove (folder);
}

typedef struct {
  SacWindow *window;
  guint count;
} Wanted;

static bool
has_items (gpointer data)
{
  const Wanted *wanted = data;

  return count_items (wanted->window) == wanted->count;
}

static void
wait_for_items (SacWindow *window, guint count)
{
  app_wait_until (has_items, &(Wanted){window, count});
}

static bool
is_there (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Saved in each format and opened again, everything is where it was; and what
 * nobody saved is there when the picture is opened the next time. */
static void
test_files (void)
{
  static const char *const names[] = {"a.geojson", "a.xml"};
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "files.png");
  SacMarkup *markup = get_markup (window);
  SacMarkupFiles *files =
    sac_document_get_markup_files (sac_window_get_document (window));

  draw_all (window);
  sac_markup_select (markup, 1);
  sac_markup_set_name (markup, "edge <1>");
  sac_markup_set_class (markup, "Tumor");
  g_assert_true (
    sac_annotation_history_is_changed (sac_markup_get_history (markup)));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_autofree char *before =
      sac_annotations_to_geojson (sac_markup_get_set (markup));

    g_assert_true (sac_markup_files_save (files, path));
    app_wait_until (is_there, path);
    g_assert_false (
      sac_annotation_history_is_changed (sac_markup_get_history (markup)));
    sac_markup_delete_all (markup);
    sac_markup_files_open (files, path, false, NULL);
    wait_for_items (window, 4);

    g_autofree char *after =
      sac_annotations_to_geojson (sac_markup_get_set (markup));

    /* ASAP's format has no rulers of its own and sorts nothing. */
    if (i == 0)
      g_assert_cmpstr (after, ==, before);
  }
  g_assert_cmpstr (get_item (window, 1)->name, ==, "edge <1>");
  app_stop (app_start ());

  SacWindow *again = open_picture (folder, "files.png");

  wait_for_items (again, 4);
  check_bounds (get_item (again, 0), (SacRect){40, 60, 60, 60});
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* Another picture in between, and no time to write. */
static void
test_kept (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "other.png");
  g_autofree char *path = g_build_filename (folder, "kept.png", NULL);
  g_autofree char *other = g_build_filename (folder, "other.png", NULL);

  app_stop (app_start ());
  window = open_picture (folder, "kept.png");
  activate (window, "win.tool::point");
  click (window, 0, 20, 20);
  sac_document_open (sac_window_get_document (window), other);
  app_wait_until (has_image, window);
  g_assert_cmpuint (count_items (window), ==, 0);
  sac_document_open (sac_window_get_document (window), path);
  app_wait_until (has_image, window);
  wait_for_items (window, 1);
  activate (window, "win.tool::point");
  click (window, 0, 50, 20);
  app_stop (app_start ());
  window = open_picture (folder, "kept.png");
  wait_for_items (window, 2);
  app_stop (app_start ());
  test_folder_remove (folder);
}

static guint32
get_pixel (GtkWidget *widget, double x, double y)
{
  int width, height;
  g_autofree guint32 *pixels = app_render (widget, &width, &height);

  return pixels[(int)y * width + (int)x];
}

/* How much more red than blue the reddest of three pixels above one another is:
 * a line lies on one of them, or half on two with its dark edge beside it. */
static int
get_redness (GtkWidget *widget, double x, double y)
{
  int width, height, most = -255;
  g_autofree guint32 *pixels = app_render (widget, &width, &height);

  for (int row = (int)y - 1; row <= (int)y + 1; row++) {
    guint32 pixel = pixels[row * width + (int)x];

    most = MAX (most, (int)(pixel >> 16 & 255) - (int)(pixel & 255));
  }
  return most;
}

/* Where the edge and the inside of the rectangle lie now: bars that come and go
 * change the height of the canvases. */
typedef struct {
  SacWindow *window;
  int pane;
} Place;

static int
get_edge_redness (const Place *place)
{
  SacCanvasPoint on = locate (place->window, place->pane, 150, 100);

  return get_redness (GTK_WIDGET (get_canvas (place->window, place->pane)),
                      on.x, on.y);
}

static guint
get_blue (const Place *place, double x, double y)
{
  SacCanvasPoint at = locate (place->window, place->pane, x, y);

  return get_pixel (GTK_WIDGET (get_canvas (place->window, place->pane)), at.x,
                    at.y) &
         255;
}

static bool
is_red (gpointer place)
{
  return get_edge_redness (place) > 140;
}

static bool
is_not_red (gpointer place)
{
  return get_edge_redness (place) < 110;
}

/* Lines lie where the image says, in every pane, in the colour of the class;
 * hidden they are gone. */
static void
test_drawn (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "drawn.png");
  SacMarkup *markup = get_markup (window);

  sac_markup_set_class (markup, "Tumor");
  sac_markup_set_rgb (markup, 0, 0xff0000);
  app_wait_until (app_is_at_rest, window);
  activate (window, "win.tool::rectangle");
  drag (window, 0, (double[]){100, 100, 200, 200}, 2);
  sac_markup_select (markup, -1);
  activate (window, "win.tool::look");
  for (int i = 0; i < 2; i++) {
    Place place = {window, i};

    app_wait_until (is_red, &place);
    g_assert_cmpuint (get_blue (&place, 150, 150), >, 80);
    activate (window, "win.show-annotations");
    app_wait_until (is_not_red, &place);
    g_assert_cmpuint (get_blue (&place, 150, 100), >, 80);
    activate (window, "win.show-annotations");
  }
  app_stop (app_start ());
  test_folder_remove (folder);
}

/* A case's own files come when they are asked for, and stay for the next. */
static void
test_beside (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "one.png");
  g_autofree char *mask = g_build_filename (folder, "one_mask.png", NULL);
  g_autofree char *json = g_build_filename (folder, "one.json", NULL);
  g_autoptr (SacImage) image = sac_image_new (40, 30, NULL);
  gsize size;

  for (int i = 0; i < 40 * 30; i++)
    image->pixels[i] = i % 40 < 10 ? 0xffffffff : 0xff000000;

  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (mask, data, (gssize)size, NULL));
  /* Of another kind, as the archive has them: passed over. */
  g_assert_true (g_file_set_contents (json, "{\"name\": \"x\"}", -1, NULL));
  sac_cases_open (sac_window_get_cases (window), folder);
  app_wait_for_label (window, "Annotations lie beside these cases.");
  g_assert_cmpuint (count_items (window), ==, 0);
  activate (window, "win.case-annotations");
  wait_for_items (window, 1);
  check_bounds (get_item (window, 0), (SacRect){0, 0, 100, 300});
  app_stop (app_start ());
  test_folder_remove (folder);
}

static void
test_bad (void)
{
  char *folder = test_folder_new ();
  SacWindow *window = open_picture (folder, "bad.png");
  g_autofree char *path = g_build_filename (folder, "bad.xml", NULL);

  g_assert_true (g_file_set_contents (path, "<ASAP_Annotations>", -1, NULL));
  sac_markup_files_open (sac_document_get_markup_files (
                           sac_window_get_document (window)),
                         path, false, NULL);
  app_wait_for_label (window, "The annotations cannot be opened.");
  g_assert_cmpuint (count_items (window), ==, 0);

  /* Right in itself, but of another image. */
  g_autofree char *other = g_build_filename (folder, "other.json", NULL);

  g_assert_true (
    g_file_set_contents (other,
                         "{\"positive\": [{\"name\": \"_0\", \"vertices\":"
                         " [[90000, 90000], [90010, 90000], [90010, 90010]]}], "
                         "\"negative\": []}",
                         -1, NULL));
  sac_markup_files_open (sac_document_get_markup_files (
                           sac_window_get_document (window)),
                         other, false, NULL);
  app_wait_for_label (window, "1 shape lies outside the image");
  g_assert_cmpuint (count_items (window), ==, 1);
  app_stop (app_start ());
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markup/pointer", test_pointer);
  g_test_add_func ("/markup/keys", test_keys);
  g_test_add_func ("/markup/files", test_files);
  g_test_add_func ("/markup/kept", test_kept);
  g_test_add_func ("/markup/drawn", test_drawn);
  g_test_add_func ("/markup/beside", test_beside);
  g_test_add_func ("/markup/bad", test_bad);
  return app_run_tests ();
}
