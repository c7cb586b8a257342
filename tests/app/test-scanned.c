/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A slide of which a part was scanned, with holes in it, in the window: what is
 * shown, pointed at, laid over it and drawn on it lies at its place on the
 * whole slide. */
#include "app-support.h"

#include "annotation/annotation-file.h"
#include "canvas-overlays.h"
#include "image/mirax-writer.h"
#include "image/phantom-pattern.h"
#include "map/map-file.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

#define PATTERN 300
#define COLUMNS 12
#define ROWS 8

static const char *const there[ROWS] = {
  "............", "............", "....#####...", "...######...",
  "...##..####.", "...##..####.", ".....####...", "............",
};

static const MiraxSpec spec = {COLUMNS, ROWS, there, 3, PATTERN};

typedef struct {
  char *folder;
  SacWindow *window;
  SacDocument *document;
  GtkWidget *canvas;
  SacRect scanned;
} Fixture;

static bool
has_slide (gpointer data)
{
  SacDocument *document = sac_window_get_document (data);
  SacSource *source = sac_document_get_source (document);

  return !sac_document_is_opening (document) && source != NULL &&
         sac_source_is_slide (source) &&
         sac_viewport_get_camera (sac_document_get_viewport (document))->x > 0;
}

static void
activate (Fixture *fixture, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  g_assert_true (g_action_parse_detailed_name (detailed, &name, &target, NULL));
  g_assert_true (
    gtk_widget_activate_action_variant (GTK_WIDGET (fixture->window), name,
                                        target));
}

static char *
name_file (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

/* One pane without maps, whose camera jumps. */
static void
set_up (Fixture *fixture, const void *data)
{
  fixture->folder = test_folder_new ();

  g_autofree char *path = name_file (fixture, "slide.mrxs");
  int step = mirax_step ();

  mirax_write (&spec, path);
  fixture->scanned =
    (SacRect){3 * step, 2 * step, 7 * step + MIRAX_SIDE, 4 * step + MIRAX_SIDE};
  g_application_activate (G_APPLICATION (app_start ()));
  fixture->window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (app_start ())));
  fixture->document = sac_window_get_document (fixture->window);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 700);
  sac_viewport_set_animated (sac_document_get_viewport (fixture->document),
                             false);
  activate (fixture, "win.panes::1");
  sac_document_open (fixture->document, path);
  app_wait_until (has_slide, fixture->window);
  sac_document_stop (fixture->document);
  activate (fixture, "win.show-maps");
  fixture->canvas = app_find (GTK_WIDGET (fixture->window), SAC_TYPE_CANVAS, 0);
  app_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  app_stop (app_start ());
  test_folder_remove (fixture->folder);
}

static const SacCamera *
get_camera (Fixture *fixture)
{
  return sac_viewport_get_camera (
    sac_document_get_viewport (fixture->document));
}

static void
assert_rect (SacRect got, SacRect expected, double within)
{
  g_assert_cmpfloat_with_epsilon (got.x, expected.x, within);
  g_assert_cmpfloat_with_epsilon (got.y, expected.y, within);
  g_assert_cmpfloat_with_epsilon (got.width, expected.width, within);
  g_assert_cmpfloat_with_epsilon (got.height, expected.height, within);
}

/* Of the square of +-reach around a level-0 point: 1: photographs cover it, 0:
 * none touches it, -1: neither. */
static int
is_seen (double x, double y, double reach)
{
  bool whole = false, touched = false;

  for (int row = 0; row < ROWS; row++)
    for (int column = 0; column < COLUMNS; column++) {
      double dx = x - column * mirax_step (), dy = y - row * mirax_step ();

      if (!mirax_is_there (&spec, column, row))
        continue;
      whole |= dx >= reach && dy >= reach && dx <= MIRAX_SIDE - reach &&
               dy <= MIRAX_SIDE - reach;
      touched |= dx >= -reach && dy >= -reach && dx <= MIRAX_SIDE + reach &&
                 dy <= MIRAX_SIDE + reach;
    }
  return whole ? 1 : touched ? -1 : 0;
}

static bool
is_on_slide (double x, double y, double reach)
{
  return x >= reach && y >= reach &&
         x <= COLUMNS * mirax_step () + MIRAX_OVERLAP - reach &&
         y <= ROWS * mirax_step () + MIRAX_OVERLAP - reach;
}

static void
check_pixel (guint32 pixel, double x, double y, double reach)
{
  double color[3], most = 2 + 255 * reach / PATTERN;

  sac_phantom_pattern_at (PATTERN, x, y, color);
  if (fabs ((pixel >> 16 & 255) - color[0]) > most ||
      fabs ((pixel >> 8 & 255) - color[1]) > most || (pixel & 255) != color[2])
    g_error ("%.1f, %.1f: %06x instead of %.0f %.0f %.0f", x, y,
             pixel & 0xffffff, color[0], color[1], color[2]);
}

typedef struct {
  Fixture *fixture;
  int seen, empty;
} Looked;

/* The middle of the canvas, where nothing else is drawn. */
static void
look (Looked *looked)
{
  SacCamera camera = *get_camera (looked->fixture);
  double reach = 2 + 1 / camera.scale;
  int width, height;
  g_autofree guint32 *pixels =
    app_render (looked->fixture->canvas, &width, &height);

  for (int row = height / 4; row < height * 3 / 4; row += 3)
    for (int column = width / 4; column < width * 3 / 4; column += 3) {
      guint32 pixel = pixels[(gsize)row * width + column];
      double x, y;

      sac_camera_to_image (&camera, width, height, column + 0.5, row + 0.5, &x,
                           &y);

      if (!is_on_slide (x, y, reach))
        continue;

      int seen = is_seen (x, y, reach);

      if (seen == 0)
        g_assert_cmphex (pixel & 0xffffff, ==, 0xffffff);
      else if (seen == 1 && fabs (remainder (x, PATTERN)) > reach &&
               fabs (remainder (y, PATTERN)) > reach)
        check_pixel (pixel, x, y, reach);
      looked->empty += seen == 0;
      looked->seen += seen == 1;
    }
}

static void
show_and_look (Fixture *fixture, double x, double y, double scale)
{
  SacViewport *viewport = sac_document_get_viewport (fixture->document);
  Looked looked = {fixture, 0, 0};

  for (int quarter = 0; quarter < 4; quarter++)
    for (int mirror = 0; mirror < 2; mirror++) {
      SacCamera camera = {x, y, scale, quarter * G_PI / 2, mirror == 1};

      sac_viewport_restore (viewport, &camera, false);
      app_settle (fixture->window);
      look (&looked);
    }
  g_assert_cmpint (looked.seen, >, 500);
  g_assert_cmpint (looked.empty, >, 500);
}

/* At three scales, turned and mirrored: the photographs at their places, white
 * around them and in the hole. */
static void
test_shown (Fixture *fixture, const void *data)
{
  SacRect scanned = fixture->scanned;
  double x = scanned.x + scanned.width / 2, y = scanned.y + scanned.height / 2;

  g_assert_cmpfloat (get_camera (fixture)->x, ==, x);
  g_assert_cmpfloat (get_camera (fixture)->y, ==, y);
  show_and_look (fixture, x, y, 2);
  show_and_look (fixture, x, y, 0.8);
  show_and_look (fixture, x - 100, y - 60, 0.3);
}

static SacCanvasPoint
locate (Fixture *fixture, double x, double y)
{
  double screen_x, screen_y;

  sac_camera_to_screen (get_camera (fixture),
                        gtk_widget_get_width (fixture->canvas),
                        gtk_widget_get_height (fixture->canvas), x, y,
                        &screen_x, &screen_y);

  SacCanvasPoint point =
    sac_canvas_locate (SAC_CANVAS (fixture->canvas), screen_x, screen_y);

  point.press_count = 1;
  return point;
}

static SacMarkup *
get_markup (Fixture *fixture)
{
  return sac_document_get_markup (fixture->document);
}

static bool
has_item (gpointer markup)
{
  return sac_markup_get_set (markup)->items->len == 1;
}

static SacRect
get_rect (Fixture *fixture)
{
  app_wait_until (has_item, get_markup (fixture));
  return sac_markup_get_bounds (get_markup (fixture))[0];
}

/* Drawn by pointer: level-0 pixels of the whole slide. */
static void
test_drawn (Fixture *fixture, const void *data)
{
  SacCanvasOverlays *overlays =
    sac_canvas_get_overlays (SAC_CANVAS (fixture->canvas));
  SacCanvasPoint from = locate (fixture, 300, 200);
  SacCanvasPoint to = locate (fixture, 360, 230);

  activate (fixture, "win.tool::rectangle");
  g_assert_true (sac_canvas_overlays_press (overlays, &from));
  sac_canvas_overlays_drag (overlays, &to);
  sac_canvas_overlays_release (overlays, &to);
  assert_rect (get_rect (fixture), (SacRect){300, 200, 60, 30}, 1e-6);
}

/* A map over a part of it colours that part and nothing else. */
static void
test_map (Fixture *fixture, const void *data)
{
  SacSource *source = sac_document_get_source (fixture->document);
  SacRect part = {fixture->scanned.x + 100, fixture->scanned.y + 60, 120, 90};
  g_autofree char *path = name_file (fixture, "map.tif");
  g_autoptr (SacMap) map = sac_map_new_take (1, 1, g_new0 (float, 1));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  const SacMap *maps[] = {map};
  int width, height, inside = 0, outside = 0;

  map->values[0] = 1;
  map->has_geometry = true;
  map->geometry = (SacGeometry){sac_source_get_width (source),
                                sac_source_get_height (source), part, 1, 1};
  g_assert_true (sac_map_write_tiff (path, maps, 1, NULL));
  app_settle (fixture->window);

  g_autofree guint32 *before = app_render (fixture->canvas, &width, &height);

  sac_window_open_file (fixture->window, file);
  app_wait_for_label (fixture->window, "map.tif");
  activate (fixture, "win.show-maps");
  app_settle (fixture->window);

  g_autofree guint32 *after = app_render (fixture->canvas, &width, &height);

  for (int row = height / 4; row < height * 3 / 4; row++)
    for (int column = width / 4; column < width * 3 / 4; column++) {
      gsize at = (gsize)row * width + column;
      double x, y;

      sac_camera_to_image (get_camera (fixture), width, height, column + 0.5,
                           row + 0.5, &x, &y);

      double off_x = fabs (x - part.x - part.width / 2) - part.width / 2;
      double off_y = fabs (y - part.y - part.height / 2) - part.height / 2;

      if (off_x < -2 && off_y < -2) {
        inside++;
        g_assert_cmphex (after[at], !=, before[at]);
      } else if (off_x > 2 || off_y > 2) {
        outside++;
        g_assert_cmphex (after[at], ==, before[at]);
      }
    }
  g_assert_cmpint (inside, >, 1000);
  g_assert_cmpint (outside, >, 1000);
}

static const char feature[] =
  "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", "
  "\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[10, 20], [70, "
  "20], "
  "[70, 50], [10, 50], [10, 20]]]}, \"properties\": {}}]}";

static bool
is_file (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* QuPath counts from the scanned part: it is asked about, moved as one step,
 * and written so. */
static void
test_qupath (Fixture *fixture, const void *data)
{
  SacMarkupFiles *files = sac_document_get_markup_files (fixture->document);
  g_autofree char *path = name_file (fixture, "a.geojson");
  g_autofree char *written = name_file (fixture, "b.geojson");
  SacRect read = {10, 20, 60, 30}, moved = read;
  g_autoptr (GError) error = NULL;

  moved.x += fixture->scanned.x;
  moved.y += fixture->scanned.y;
  g_assert_true (g_file_set_contents (path, feature, -1, NULL));
  sac_markup_files_open (files, path, false, NULL);
  assert_rect (get_rect (fixture), read, 1e-9);
  app_wait_for_label (fixture->window, "counts from the scanned part");
  activate (fixture, "win.move-from-qupath");
  assert_rect (get_rect (fixture), moved, 1e-9);
  activate (fixture, "win.undo");
  assert_rect (get_rect (fixture), read, 1e-9);
  activate (fixture, "win.redo");
  g_assert_true (sac_markup_files_save_for_qupath (files, written));
  app_wait_until (is_file, written);

  g_autoptr (SacAnnotations) set = sac_annotations_read (written, &error);

  g_assert_no_error (error);
  assert_rect (sac_annotation_get_bounds (set->items->pdata[0]), read, 1e-9);
  assert_rect (get_rect (fixture), moved, 1e-9);
}

static void
count_doubts (int *count)
{
  ++*count;
}

/* ASAP counts from the slide's corner, and what would lie outside the scanned
 * part counts from there too: nothing is asked. */
static void
test_asap (Fixture *fixture, const void *data)
{
  SacMarkupFiles *files = sac_document_get_markup_files (fixture->document);
  g_autofree char *xml = name_file (fixture, "a.xml");
  g_autofree char *json = name_file (fixture, "a.geojson");
  g_autoptr (SacAnnotations) set =
    sac_annotations_parse (feature, sizeof feature - 1, "feature", NULL);
  SacRect scanned = fixture->scanned;
  int doubts = 0;

  g_signal_connect_swapped (files, "doubtful", G_CALLBACK (count_doubts),
                            &doubts);
  g_assert_true (sac_annotations_write (xml, set, NULL));
  sac_markup_files_open (files, xml, false, NULL);
  assert_rect (get_rect (fixture), (SacRect){10, 20, 60, 30}, 1e-9);
  sac_markup_delete_all (get_markup (fixture));
  sac_annotation_move (set->items->pdata[0], scanned.width - 40, 0);
  g_assert_true (sac_annotations_write (json, set, NULL));
  sac_markup_files_open (files, json, false, NULL);
  assert_rect (get_rect (fixture), (SacRect){scanned.width - 30, 20, 60, 30},
               1e-9);
  g_assert_cmpint (doubts, ==, 0);
  g_signal_handlers_disconnect_by_data (files, &doubts);
}

#define ADD(name, func)                                                        \
  g_test_add ("/scanned/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("shown", test_shown);
  ADD ("drawn", test_drawn);
  ADD ("map", test_map);
  ADD ("qupath", test_qupath);
  ADD ("asap", test_asap);
  return app_run_tests ();
}
