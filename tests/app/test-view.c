/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What moves the camera and changes how an image is shown, on slides of known
 * places and sizes. */
#include "app-support.h"

#include "canvas-overlays.h"
#include "commands.h"
#include "image/phantom-pattern.h"
#include "overview.h"

#include <math.h>

static void
activate (SacWindow *window, const char *detailed_name)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  g_assert_true (
    g_action_parse_detailed_name (detailed_name, &name, &target, NULL));
  g_assert_true (
    gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target));
}

static bool
is_enabled (SacWindow *window, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

static const SacCamera *
get_camera (SacWindow *window)
{
  return sac_viewport_get_camera (
    sac_document_get_viewport (sac_window_get_document (window)));
}

static bool
is_opened (gpointer window)
{
  return !sac_document_is_opening (sac_window_get_document (window));
}

static bool
is_shown (gpointer window)
{
  return is_opened (window) && get_camera (window)->x > 0;
}

/* All of the view is there and drawn. */
static bool
is_settled (gpointer window)
{
  return sac_tiles_is_settled (
    sac_document_get_tiles (sac_window_get_document (window)));
}

/* A window with `path`, whose camera jumps and whose models rest. */
static SacWindow *
open_still (SacApplication *application, const char *path)
{
  g_application_activate (G_APPLICATION (application));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (application)));
  SacDocument *document = sac_window_get_document (window);

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  sac_document_stop (document);
  app_wait_until (is_opened, window);
  sac_viewport_set_animated (sac_document_get_viewport (document), false);
  sac_document_open (document, path);
  app_wait_until (is_shown, window);
  g_assert_nonnull (sac_document_get_source (document));
  sac_document_stop (document);
  app_settle (window);
  return window;
}

/* What was scanned is what is fitted; the rest comes on request. */
static void
test_bounds (void)
{
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:9000x6000,pattern=500,border=1500");
  const SacCamera *camera = get_camera (window);
  double fitted = camera->scale;

  g_assert_true (is_enabled (window, "zoom-all"));
  g_assert_cmpfloat (camera->x, ==, 4500);
  activate (window, "win.zoom-all");
  g_assert_cmpfloat (camera->scale, <, fitted * 0.8);
  activate (window, "win.pan::left");
  activate (window, "win.zoom-fit");
  g_assert_cmpfloat_with_epsilon (camera->scale, fitted, 1e-12);
  g_assert_cmpfloat (camera->x, ==, 4500);
  sac_document_open (sac_window_get_document (window),
                     "demo:slide:9000x6000,pattern=500");
  app_wait_until (is_opened, window);
  g_assert_false (is_enabled (window, "zoom-all"));
  app_stop (application);
}

/* 10x is a micrometre a pixel of the screen, whatever the file's own. */
static void
test_magnify (void)
{
  static const struct {
    const char *action;
    double power;
  } jumps[] = {
    {"win.magnify(1.25)", 1.25}, {"win.magnify(2.5)", 2.5},
    {"win.magnify(5.0)", 5},     {"win.magnify(10.0)", 10},
    {"win.magnify(20.0)", 20},   {"win.magnify(40.0)", 40},
  };
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:90000x60000,pattern=5000");
  double mpp = sac_source_get_mpp (
    sac_document_get_source (sac_window_get_document (window)));

  g_assert_cmpfloat (mpp, ==, 0.5);
  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++) {
    g_assert_nonnull (sac_commands_find (jumps[i].action));
    activate (window, jumps[i].action);
    g_assert_cmpfloat_with_epsilon (get_camera (window)->scale,
                                    jumps[i].power * mpp / 10, 1e-12);
  }
  app_wait_for_label (window, "40× of 20×");
  /* Nothing is made up for a photograph. */
  sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
  app_wait_until (is_opened, window);
  g_assert_false (is_enabled (window, "magnify"));
  activate (window, "win.zoom-actual");
  app_wait_for_label (window, "100 %");
  app_stop (application);
}

static bool
has_tissue_in_view (gpointer window)
{
  activate (window, "win.zoom-tissue");
  return !sac_viewport_is_fitted (
    sac_document_get_viewport (sac_window_get_document (window)));
}

static void
test_tissue (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = open_still (application, SAC_DEMO_SLIDE);
  double fitted = get_camera (window)->scale;

  app_wait_until (has_tissue_in_view, window);
  g_assert_cmpfloat (get_camera (window)->scale, >, fitted);
  app_stop (application);
}

static SacCanvasView
get_view (SacWindow *window, guint index)
{
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, index);

  return (SacCanvasView){
    .document = sac_window_get_document (window),
    .pane = app_get_pane (window, index),
    .widget = canvas,
    .camera = *get_camera (window),
    .width = gtk_widget_get_width (canvas),
    .height = gtk_widget_get_height (canvas),
  };
}

static SacCanvasPoint
get_point (const graphene_rect_t *place, double x, double y)
{
  return (SacCanvasPoint){.x = place->origin.x + x, .y = place->origin.y + y};
}

static SacCanvasOverlays *
get_overlays (SacWindow *window)
{
  return sac_canvas_get_overlays (
    SAC_CANVAS (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0)));
}

/* A press anywhere in the overview brings that place to the middle; the box is
 * carried along from where it is taken. */
static void
check_overview (SacWindow *window)
{
  SacCanvasView view = get_view (window, 0);
  SacCanvasOverlays *overlays = get_overlays (window);
  graphene_rect_t place;
  SacCamera camera;
  double x, y;

  g_assert_true (sac_overview_find_place (&view, &place, &camera));
  /* Beside the scale bar, and in the pane. */
  g_assert_cmpfloat (place.origin.x, >, view.width / 4 + 60);
  g_assert_cmpfloat (place.origin.x + place.size.width, <=, view.width);
  g_assert_cmpfloat (place.origin.y + place.size.height, <=, view.height);

  SacCanvasPoint point =
    get_point (&place, place.size.width * 0.4, place.size.height * 0.55);

  sac_camera_to_image (&camera, place.size.width, place.size.height,
                       place.size.width * 0.4, place.size.height * 0.55, &x,
                       &y);
  /* From elsewhere. */
  sac_viewport_move_to (sac_document_get_viewport (view.document), 100, 100);
  g_assert_true (sac_canvas_overlays_press (overlays, &point));
  g_assert_cmpfloat_with_epsilon (get_camera (window)->x, x, 1e-6);
  g_assert_cmpfloat_with_epsilon (get_camera (window)->y, y, 1e-6);
  sac_canvas_overlays_release (overlays, &point);
  /* A pixel beside the middle takes the box and moves nothing; then it goes by
   * what the pointer goes. */
  point.x += 1;
  g_assert_true (sac_canvas_overlays_press (overlays, &point));
  g_assert_cmpfloat_with_epsilon (get_camera (window)->x, x, 1e-6);
  point.y += 10;
  sac_canvas_overlays_drag (overlays, &point);
  sac_canvas_overlays_release (overlays, &point);
  g_assert_cmpfloat_with_epsilon (hypot (get_camera (window)->x - x,
                                         get_camera (window)->y - y),
                                  10 / camera.scale, 1e-6);
  /* Outside, nobody takes it. */
  point = get_point (&place, -5, -5);
  g_assert_false (sac_canvas_overlays_press (overlays, &point));
}

static bool
has_overview (SacWindow *window, guint index)
{
  SacCanvasView view = get_view (window, index);
  graphene_rect_t place;
  SacCamera camera;

  return sac_overview_find_place (&view, &place, &camera);
}

static bool
has_high_canvas (gpointer window)
{
  return get_view (window, 0).height > 220;
}

static void
test_overview (void)
{
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:9000x6000,pattern=500,border=500");

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 900);
  app_wait_until (has_high_canvas, window);
  activate (window, "win.zoom-fit");
  g_assert_false (has_overview (window, 0));
  activate (window, "win.zoom-actual");
  /* In pane A alone. */
  g_assert_true (has_overview (window, 0));
  g_assert_false (has_overview (window, 1));
  check_overview (window);
  activate (window, "win.flip");
  check_overview (window);
  for (int i = 0; i < 3; i++) {
    activate (window, "win.turn(1)");
    check_overview (window);
    activate (window, "win.turn-slightly(5)");
    check_overview (window);
  }
  activate (window, "win.overview");
  g_assert_false (has_overview (window, 0));
  activate (window, "win.overview");
  g_assert_true (has_overview (window, 0));
  app_stop (application);
}

/* Whether the overview shows the pattern, pixel by pixel, all but the box.  Its
 * tile may come after those of the canvas. */
static bool
shows_pattern (gpointer window)
{
  graphene_rect_t place;
  SacCamera camera;
  int width, height, count = 0;
  SacCanvasView view = get_view (window, 0);

  if (!is_settled (window) || !sac_overview_find_place (&view, &place, &camera))
    return false;

  g_autofree guint32 *pixels = app_render (view.widget, &width, &height);

  for (int y = 4; y < place.size.height - 4; y += 5)
    for (int x = 4; x < place.size.width - 4; x += 5) {
      guint32 pixel =
        pixels[((int)place.origin.y + y) * width + (int)place.origin.x + x];
      double color[3], image_x, image_y;

      sac_camera_to_image (&camera, place.size.width, place.size.height,
                           x + 0.5, y + 0.5, &image_x, &image_y);
      sac_phantom_pattern_at (9001, image_x, image_y, color);
      count += fabs ((pixel >> 16 & 255) - color[0]) < 3 &&
               fabs ((pixel >> 8 & 255) - color[1]) < 3;
    }
  return count > place.size.width * place.size.height / 25 * 0.75;
}

static void
test_overview_picture (void)
{
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:9000x6000,pattern=9001,border=500");
  SacDocument *document = sac_window_get_document (window);

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 900);
  app_wait_until (has_high_canvas, window);
  for (int turn = 0; turn < 3; turn++) {
    activate (window, "win.turn(1)");
    if (turn == 1)
      activate (window, "win.flip");
    activate (window, "win.zoom-actual");
    sac_viewport_move_to (sac_document_get_viewport (document), 4500, 3000);
    app_wait_until (shows_pattern, window);
  }
  /* Also where its tile comes together with all the others. */
  sac_tiles_forget (sac_document_get_tiles (document),
                    sac_document_get_source (document));
  sac_viewport_move_to (sac_document_get_viewport (document), 4600, 3000);
  app_wait_until (shows_pattern, window);
  app_stop (application);
}

static GtkRange *
find_slider (SacWindow *window, int index)
{
  GtkWidget *popover = app_find (GTK_WIDGET (window), GTK_TYPE_POPOVER, 0);

  for (int i = 0; popover != NULL; i++) {
    GtkWidget *slider = app_find (popover, GTK_TYPE_SCALE, index);

    if (slider != NULL && gtk_widget_get_mapped (slider))
      return GTK_RANGE (slider);
    popover = app_find (GTK_WIDGET (window), GTK_TYPE_POPOVER, i + 1);
  }
  return NULL;
}

static bool
has_sliders (gpointer window)
{
  return find_slider (window, 2) != NULL;
}

static void
test_tone (void)
{
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:3000x2000,pattern=500");
  SacImageLook *look = sac_document_get_look (sac_window_get_document (window));

  activate (window, "win.tone");
  app_wait_until (has_sliders, window);
  gtk_range_set_value (find_slider (window, 0), 0.25);
  gtk_range_set_value (find_slider (window, 1), -1);
  gtk_range_set_value (find_slider (window, 2), 0.5);
  g_assert_cmpfloat (sac_image_look_get_tone (look)->brightness, ==, 0.25);
  g_assert_cmpfloat_with_epsilon (sac_image_look_get_tone (look)->contrast, 0.2,
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (sac_image_look_get_tone (look)->gamma,
                                  sqrt (5), 1e-12);
  /* It is the window's: another image has it too. */
  sac_document_open (sac_window_get_document (window), SAC_DEMO_SLIDE);
  app_wait_until (is_opened, window);
  sac_document_stop (sac_window_get_document (window));
  g_assert_false (sac_tone_is_plain (sac_image_look_get_tone (look)));
  activate (window, "win.plain-tone");
  g_assert_true (sac_tone_is_plain (sac_image_look_get_tone (look)));
  g_assert_cmpfloat (gtk_range_get_value (find_slider (window, 1)), ==, 0);
  app_stop (application);
}

static void
change_display (SacWindow *window, int step)
{
  for (guint i = 0; i < 2; i++) {
    SacPaneState *pane = app_get_pane (window, i);
    SacDisplay display = *sac_pane_state_get_display (pane);

    display.opacity = step / 10.0;
    display.smooth = step % 2 == 0;
    display.scale_mode = step % 3 == 0 ? SAC_SCALE_PERCENTILE : SAC_SCALE_OWN;
    display.colors = sac_color_maps_get_all ()[step % 3];
    sac_pane_state_set_display (pane, &display);
  }
}

/* Opacity, colours, scale and cells are the map's: nothing of the image is read
 * again, decoded again, painted again or uploaded again. */
static void
test_map_alone (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacTiles *tiles = sac_document_get_tiles (sac_window_get_document (window));
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  guint64 decoded, uploads;

  app_settle (window);
  decoded = sac_tile_store_get_decoded (sac_tiles_get_store (tiles));
  uploads = sac_tiles_get_upload_count (tiles);
  g_assert_cmpuint (decoded, >, 0);
  g_assert_cmpuint (uploads, >, 0);
  for (int step = 0; step < 10; step++) {
    change_display (window, step);
    gtk_test_widget_wait_for_draw (canvas);
  }
  g_assert_cmpuint (sac_tile_store_get_decoded (sac_tiles_get_store (tiles)),
                    ==, decoded);
  g_assert_cmpuint (sac_tiles_get_upload_count (tiles), ==, uploads);
  app_stop (application);
}

/* Rows of white of the scale bar, near its left end. */
static int
measure_bar (SacWindow *window)
{
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  int width, height, rows = 0;
  g_autofree guint32 *pixels = app_render (canvas, &width, &height);

  for (int y = MAX (height - 21, 0); y < height && width > 20; y++)
    rows += pixels[y * width + 20] == 0xffffffff;
  return rows;
}

static bool
has_thick_bar (gpointer window)
{
  return measure_bar (window) == 6;
}

static bool
has_usual_bar (gpointer window)
{
  return measure_bar (window) == 4;
}

/* Before an audience the scale bar is larger with everything else. */
static void
test_scale_bar (void)
{
  SacApplication *application = app_start ();
  SacWindow *window =
    open_still (application, "demo:slide:9000x6000,pattern=500");

  app_wait_until (has_usual_bar, window);
  activate (window, "win.presentation");
  app_wait_until (has_thick_bar, window);
  /* Its button is hidden: there is nothing for the sliders to hang from. */
  activate (window, "win.tone");
  app_wait_for_label (window, "Presenting hides");
  activate (window, "win.presentation");
  app_wait_until (has_usual_bar, window);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view/bounds", test_bounds);
  g_test_add_func ("/view/magnify", test_magnify);
  g_test_add_func ("/view/tissue", test_tissue);
  g_test_add_func ("/view/overview", test_overview);
  g_test_add_func ("/view/overview-picture", test_overview_picture);
  g_test_add_func ("/view/scale-bar", test_scale_bar);
  g_test_add_func ("/view/tone", test_tone);
  g_test_add_func ("/view/map-alone", test_map_alone);
  return app_run_tests ();
}
