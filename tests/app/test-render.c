/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane shows under the cairo renderer is, pixel for pixel, what
 * `saccade-cli render` draws of the same scene. */
#include "app-support.h"

#include "base/json.h"
#include "base/output.h"
#include "canvas.h"
#include "map/map-file.h"
#include "scene/scene-file.h"

#include "support.h"

#include <string.h>

typedef struct {
  SacWindow *window;
  char *folder;
} Fixture;

/* The scene goes through its file, as the command reads it. */
static SacImage *
render (const Fixture *fixture, int width, int height)
{
  SacDocument *document = sac_window_get_document (fixture->window);
  SacScene scene = {
    .source = sac_document_get_source (document),
    .camera = *sac_viewport_get_camera (sac_document_get_viewport (document)),
    .tone = sac_image_look_get_tone (sac_document_get_look (document)),
    .show_seen = true,
    .show_scale_bar = true,
  };
  g_autofree char *path = g_build_filename (fixture->folder, "s.json", NULL);
  g_autofree char *map = g_build_filename (fixture->folder, "map.tif", NULL);
  g_autoptr (GError) error = NULL;
  char *problem = NULL;

  g_assert_true (sac_document_get_layer (document,
                                         app_get_pane (fixture->window, 0),
                                         &scene.layer));
  sac_map_write_tiff (map, &scene.layer.map, 1, &error);
  g_assert_no_error (error);

  g_autoptr (JsonObject) object = sac_scene_to_json (&scene, "map.tif");
  g_autofree char *text = sac_json_to_text (object, true);

  sac_output_write (path, text, strlen (text), &error);
  g_assert_no_error (error);

  g_autoptr (SacSceneFile) file = sac_scene_file_read (path, NULL, &error);

  g_assert_no_error (error);

  SacImage *image =
    sac_scene_file_draw (file, width, height, NULL, &problem, &error);

  g_assert_no_error (error);
  g_assert_null (problem);
  return image;
}

static bool
has_all_tiles (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  SacTiles *tiles = sac_document_get_tiles (document);

  return !sac_viewport_is_moving (sac_document_get_viewport (document)) &&
         sac_tile_store_get_pending (sac_tiles_get_store (tiles)) == 0;
}

static void
compare (const Fixture *fixture, const char *what)
{
  GtkWidget *canvas =
    app_find (GTK_WIDGET (fixture->window), SAC_TYPE_CANVAS, 0);
  int width, height;
  gsize different = 0, other = 0;

  app_run_for (100);
  app_wait_until (has_all_tiles, fixture->window);
  app_run_for (300);

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
test_equal (void)
{
  SacApplication *application = app_start ();
  Fixture fixture = {
    .window = app_open (application, SAC_DEMO_DERMOSCOPY),
    .folder = test_folder_new (),
  };
  SacDocument *document = sac_window_get_document (fixture.window);
  SacViewport *viewport = sac_document_get_viewport (document);
  SacImageLook *look = sac_document_get_look (document);

  compare (&fixture, "whole image");
  sac_image_look_set_overview (look, false);
  set_display (&fixture, true, SAC_SCALE_PERCENTILE);
  compare (&fixture, "smooth ranks");
  sac_viewport_zoom_at (viewport, 2.37, 31, -17);
  sac_viewport_pan (viewport, 13.3, 7.9);
  compare (&fixture, "zoomed in");
  set_display (&fixture, false, SAC_SCALE_STRETCHED);
  compare (&fixture, "stretched cells");
  sac_viewport_zoom_at (viewport, 9, 10, 10);
  compare (&fixture, "pixels of the image");
  sac_image_look_set_tone (look, &(SacTone){0.1, 1.4, 0.7});
  compare (&fixture, "another tone");
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.zoom-fit",
                              NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.flip", NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.turn", "i", 1);
  compare (&fixture, "a quarter turn, mirrored");
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.turn-slightly",
                              "i", 5);
  compare (&fixture, "turned by five degrees");
  test_folder_remove (fixture.folder);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/equal", test_equal);
  return app_run_tests ();
}
