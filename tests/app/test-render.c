/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane shows under the cairo renderer is, pixel for pixel, what
 * `saccade-cli render` draws of the same scene. */
#include "app-support.h"

#include "canvas.h"
#include "companion.h"
#include "image/decode.h"
#include "image/phantom.h"
#include "map-stack.h"
#include "scene-actions.h"
#include "scene/scene-file.h"

#include "support.h"

typedef struct {
  SacApplication *application;
  SacWindow *window;
  SacDocument *document;
  SacViewport *viewport;
  char *folder;
} Fixture;

/* The scene goes through its file, as the window saves it and the command reads
 * it. */
static SacImage *
render (const Fixture *fixture, int width, int height)
{
  g_autofree char *path = g_build_filename (fixture->folder, "s.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (SacSceneView) shown = sac_scene_actions_capture (fixture->window);

  sac_scene_file_write (shown, path, &error);
  g_assert_no_error (error);

  g_autoptr (SacSceneView) view = sac_scene_file_read (path, NULL, &error);

  g_assert_no_error (error);

  SacImage *image =
    sac_scene_view_draw (view, width, height, NULL, &problem, &error);

  g_assert_no_error (error);
  g_assert_null (problem);
  return image;
}

static void
compare (const Fixture *fixture, const char *what)
{
  GtkWidget *canvas =
    app_find (GTK_WIDGET (fixture->window), SAC_TYPE_CANVAS, 0);
  int width, height;
  gsize different = 0, other = 0;

  app_settle (fixture->window);

  g_autofree guint32 *shown = app_render (canvas, &width, &height);
  g_autoptr (SacImage) drawn = render (fixture, width, height);

  for (gsize i = 0; i < (gsize)width * (gsize)height; i++) {
    if (different == 0 && shown[i] != drawn->pixels[i])
      g_test_message ("%s: (%d, %d) is %08x, render draws %08x", what,
                      (int)(i % (gsize)width), (int)(i / (gsize)width),
                      shown[i], drawn->pixels[i]);
    different += shown[i] != drawn->pixels[i];
    other += shown[i] != shown[0];
  }
  g_test_message ("%s: %d x %d", what, width, height);
  g_assert_cmpuint (other, >, (gsize)width * (gsize)height / 4);
  g_assert_cmpuint (different, ==, 0);
}

static void
set_display (const Fixture *fixture, bool smooth, SacScaleMode mode)
{
  SacPaneState *pane = app_get_pane (fixture->window, 0);
  SacDisplay display = *sac_pane_state_get_display (pane);

  display.smooth = smooth;
  display.scale_mode = mode;
  sac_pane_state_set_display (pane, &display);
}

static void
activate (const Fixture *fixture, const char *action, const char *format, ...)
{
  va_list arguments;
  GVariant *parameter = NULL;

  va_start (arguments, format);
  if (format != NULL)
    parameter = g_variant_new_va (format, NULL, &arguments);
  va_end (arguments);
  gtk_widget_activate_action_variant (GTK_WIDGET (fixture->window), action,
                                      parameter);
}

/* Opened again for every state: a file is there sooner than the demo. */
static char *
put_image (const char *folder)
{
  char *path = g_build_filename (folder, "lesion.png", NULL);
  g_autoptr (SacImage) image = sac_phantom_dermoscopy (600, 450, 1, NULL, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *bytes = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, bytes, (gssize)size, NULL));
  return path;
}

/* data: whether the image is a file. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture->application = app_start ();
  fixture->folder = test_folder_new ();
  path = data != NULL ? put_image (fixture->folder) : NULL;
  fixture->window =
    app_open (fixture->application, path != NULL ? path : SAC_DEMO_DERMOSCOPY);
  fixture->document = sac_window_get_document (fixture->window);
  fixture->viewport = sac_document_get_viewport (fixture->document);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  app_stop (fixture->application);
}

static void
test_cameras (Fixture *fixture, gconstpointer data)
{
  SacImageLook *look = sac_document_get_look (fixture->document);

  compare (fixture, "whole image");
  sac_image_look_set_overview (look, false);
  set_display (fixture, true, SAC_SCALE_PERCENTILE);
  compare (fixture, "smooth ranks");
  sac_viewport_zoom_at (fixture->viewport, 2.37, 31, -17);
  sac_viewport_pan (fixture->viewport, 13.3, 7.9);
  compare (fixture, "zoomed in");
  set_display (fixture, false, SAC_SCALE_STRETCHED);
  compare (fixture, "stretched cells");
  sac_viewport_zoom_at (fixture->viewport, 9, 10, 10);
  compare (fixture, "pixels of the image");
  sac_image_look_set_tone (look, &(SacTone){0.1, 1.4, 0.7});
  compare (fixture, "another tone");
  activate (fixture, "win.zoom-fit", NULL);
  activate (fixture, "win.flip", NULL);
  activate (fixture, "win.turn", "i", 1);
  compare (fixture, "a quarter turn, mirrored");
  activate (fixture, "win.turn-slightly", "i", 5);
  compare (fixture, "turned by five degrees");
}

static void
add_rectangle (SacAnnotations *set, double x, double y)
{
  SacAnnotation *item =
    sac_annotations_add (set, SAC_ANNOTATION_RECTANGLE, "lesion",
                         sac_annotations_add_class (set, "tumour", 0xcc3311));
  GArray *ring = sac_annotation_add_ring (item);
  const double corners[][2] = {{x, y},
                               {x + 150.3, y},
                               {x + 150.3, y + 90.7},
                               {x, y + 90.7}};

  for (gsize i = 0; i < G_N_ELEMENTS (corners); i++)
    sac_annotations_add_point (set, ring, corners[i][0], corners[i][1], NULL);
  sac_annotation_finish (item);
}

/* Ends, lines, layers on top, annotations; with another tone, turned. */
static void
test_layers (Fixture *fixture, gconstpointer data)
{
  SacPaneState *pane = app_get_pane (fixture->window, 0);
  SacMap *own = sac_pane_state_get_map (pane);
  SacMap *other = sac_pane_state_get_map (app_get_pane (fixture->window, 1));
  SacDisplay display = *sac_pane_state_get_display (pane);
  SacAnnotations *set = sac_annotations_new ();
  SacStackedMap looks;
  SacScale scale;
  bool alone;

  sac_image_look_set_overview (sac_document_get_look (fixture->document),
                               false);
  sac_document_get_scale (fixture->document, pane, &scale, &alone);
  sac_document_clip (fixture->document, pane, scale.high * 0.2,
                     scale.high * 0.6);
  compare (fixture, "clipped");
  display = *sac_pane_state_get_display (pane);
  display.has_contour = true;
  display.contour = 0.37;
  sac_pane_state_set_display (pane, &display);
  compare (fixture, "with lines");
  g_assert_true (sac_pane_state_add_map (pane, other, "other"));
  g_assert_true (sac_pane_state_add_map (pane, own, "once more"));
  looks = *sac_map_stack_get (sac_pane_state_get_stack (pane), 0);
  looks.opacity = 0.35;
  looks.smooth = true;
  looks.scale_mode = SAC_SCALE_PERCENTILE;
  looks.colors = sac_color_map_find ("cividis");
  sac_map_stack_set_looks (sac_pane_state_get_stack (pane), 0, &looks);
  sac_map_stack_move (sac_pane_state_get_stack (pane), 1, 0);
  compare (fixture, "three layers");
  add_rectangle (set, 120.2, 80.6);
  add_rectangle (set, 300, 210);
  sac_markup_take_set (sac_document_get_markup (fixture->document), set);
  compare (fixture, "annotated");
  sac_image_look_set_tone (sac_document_get_look (fixture->document),
                           &(SacTone){-0.1, 0.8, 1.6});
  activate (fixture, "win.turn-slightly", "i", 5);
  activate (fixture, "win.flip", NULL);
  compare (fixture, "all of it, turned and mirrored");
}

static bool
has_comparison (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  SacComparison *comparison = sac_document_get_comparison (document);

  return sac_comparison_get_difference (comparison) != NULL &&
         sac_comparison_get_overlap (comparison) != NULL;
}

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  SacCompareView *view = sac_document_get_compare_view (fixture->document);
  static const char *const modes[] = {"swipe", "lens", "flicker", "difference",
                                      "agreement"};

  sac_image_look_set_overview (sac_document_get_look (fixture->document),
                               false);
  app_wait_until (has_comparison, fixture->window);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    activate (fixture, "win.compare", "s", modes[i]);
    compare (fixture, modes[i]);
  }
  activate (fixture, "win.compare", "s", "lens");
  sac_compare_view_set_square (view, true);
  sac_compare_view_set_lens (view, 123.4, 201.7);
  compare (fixture, "square lens");
  sac_image_look_set_tone (sac_document_get_look (fixture->document),
                           &(SacTone){0.1, 1.2, 1.3});
  sac_compare_view_set_square (view, false);
  activate (fixture, "win.turn-slightly", "i", 5);
  compare (fixture, "round lens, turned, another tone");
  activate (fixture, "win.compare", "s", "flicker");
  sac_compare_view_set_animated (view, false);
  sac_compare_view_adjust (view, 1);
  compare (fixture, "the other's turn");
}

static void
set_looks (SacPaneState *pane, double contour, SacScaleMode mode)
{
  SacDisplay display = *sac_pane_state_get_display (pane);

  display.has_contour = true;
  display.contour = contour;
  display.smooth = !display.smooth;
  display.opacity = 0.7;
  display.scale_mode = mode;
  sac_pane_state_set_display (pane, &display);
}

/* Both flicker states and every other mode while all else is unusual too:
 * turned askew, mirrored, zoomed, smoothed, with lines, a map on top and the
 * regions where A and B disagree. */
static void
test_turned_modes (Fixture *fixture, gconstpointer data)
{
  static const char *const modes[] = {
    "side", "swipe", "lens", "flicker", "difference", "agreement",
  };
  SacCompareView *view = sac_document_get_compare_view (fixture->document);
  SacPaneState *panes[] = {app_get_pane (fixture->window, 0),
                           app_get_pane (fixture->window, 1)};

  sac_image_look_set_overview (sac_document_get_look (fixture->document),
                               false);
  app_wait_until (has_comparison, fixture->window);
  sac_compare_view_set_animated (view, false);
  set_looks (panes[0], 0.4, SAC_SCALE_PERCENTILE);
  set_looks (panes[1], 0.2, SAC_SCALE_STRETCHED);
  g_assert_true (sac_pane_state_add_map (panes[0],
                                         sac_pane_state_get_map (panes[1]),
                                         "other"));
  activate (fixture, "win.outline-disagreement", NULL);
  activate (fixture, "win.flip", NULL);
  activate (fixture, "win.turn", "i", 1);
  activate (fixture, "win.turn-slightly", "i", -5);
  sac_viewport_zoom_at (fixture->viewport, 1.31, 40, 25);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    activate (fixture, "win.compare", "s", modes[i]);
    compare (fixture, modes[i]);
    activate (fixture, "win.compare-step", "s", "more");
    compare (fixture, "one step more");
  }
}

typedef struct {
  GtkWidget *canvas;
  int width;
} Before;

static bool
is_wider (gpointer data)
{
  const Before *before = data;

  return gtk_widget_get_width (before->canvas) > before->width;
}

/* The rim of a lens is blended once, wherever it lies and whatever is below. */
static void
test_lenses (Fixture *fixture, gconstpointer data)
{
  GtkWidget *canvas =
    app_find (GTK_WIDGET (fixture->window), SAC_TYPE_CANVAS, 0);
  SacCompareView *view = sac_document_get_compare_view (fixture->document);

  sac_image_look_set_overview (sac_document_get_look (fixture->document),
                               false);
  app_wait_until (has_comparison, fixture->window);
  activate (fixture, "win.compare", "s", "lens");
  activate (fixture, "win.turn-slightly", "i", 5);
  for (int i = 0; i < 4; i++) {
    Before before = {canvas, gtk_widget_get_width (canvas)};
    g_autofree char *what = g_strdup_printf ("turned lens %d", i);

    gtk_widget_set_size_request (GTK_WIDGET (fixture->window), 1017 + 17 * i,
                                 640);
    app_wait_until (is_wider, &before);
    sac_compare_view_set_square (view, i == 3);
    sac_compare_view_set_lens (view, 23.4 + 77.3 * i, 201.7 - 50.9 * i);
    compare (fixture, what);
  }
}

/* B's part as well has what comes after the view was first drawn. */
static void
test_late_tiles (Fixture *fixture, gconstpointer data)
{
  sac_image_look_set_overview (sac_document_get_look (fixture->document),
                               false);
  app_wait_until (has_comparison, fixture->window);
  activate (fixture, "win.compare", "s", "swipe");
  sac_viewport_zoom_at (fixture->viewport, 0.25, 0, 0);
  app_settle (fixture->window);
  sac_tiles_forget (sac_document_get_tiles (fixture->document),
                    sac_document_get_source (fixture->document));
  app_settle (fixture->window);
  sac_viewport_zoom_at (fixture->viewport, 4, 0, 0);
  compare (fixture, "swipe");
}

static bool
has_pair (gpointer document)
{
  return sac_companion_get_source (sac_companion_of (document)) != NULL;
}

/* A model of two images: on either of them. */
static void
test_pair (Fixture *fixture, gconstpointer data)
{
  SacPaneState *pane = app_get_pane (fixture->window, 0);
  SacChoice choice = *sac_pane_state_get_choice (pane);

  choice.model = "phantom-pair";
  choice.method = "attention";
  choice.class_id = choice.layer = NULL;
  sac_companion_open (sac_companion_of (fixture->document),
                      SAC_DEMO_DERMOSCOPY);
  app_wait_until (has_pair, fixture->document);
  sac_pane_state_set_choice (pane, &choice);
  app_wait_until (app_has_maps, fixture->window);
  g_assert_nonnull (sac_pane_state_get_map (pane));
  compare (fixture, "first of a pair");
  g_assert_true (sac_companion_show (sac_companion_of (fixture->document)));
  app_wait_until (app_has_maps, fixture->window);
  compare (fixture, "other of a pair");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
    bool is_file;
  } tests[] = {
    {"/render/cameras", test_cameras, false},
    {"/render/layers", test_layers, true},
    {"/render/modes", test_modes, true},
    {"/render/turned-modes", test_turned_modes, true},
    {"/render/lenses", test_lenses, true},
    {"/render/late-tiles", test_late_tiles, true},
    {"/render/pair", test_pair, true},
  };

  gtk_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GINT_TO_POINTER (tests[i].is_file),
                set_up, tests[i].test, tear_down);
  return app_run_tests ();
}
