/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader does to scales: colours end earlier, lines are drawn, one scale
 * is kept for the images to come.  The maps stay what they are. */
#include "app-support.h"

#include "canvas.h"
#include "clip-handle.h"
#include "map-stack.h"
#include "provenance-view.h"
#include "side-panel.h"

#include <math.h>
#include <string.h>

static SacScale
get_scale (SacWindow *window, guint index)
{
  SacScale scale = {0};
  bool alone;

  g_assert_true (sac_document_get_scale (sac_window_get_document (window),
                                         app_get_pane (window, index), &scale,
                                         &alone));
  return scale;
}

static void
activate (SacWindow *window, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), name, NULL);
}

static void
step (SacWindow *window, int handle, double by)
{
  GtkWidget *widget =
    app_find (GTK_WIDGET (window), SAC_TYPE_CLIP_HANDLE, handle);

  g_signal_emit_by_name (widget, "step", by);
}

static void
test_clip (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMap *map = sac_pane_state_get_map (pane);
  SacScale whole = get_scale (window, 0);
  SacDisplay display;

  g_assert_false (whole.is_clipped);
  step (window, 1, -0.25);
  step (window, 0, 0.1);

  SacScale scale = get_scale (window, 0);

  g_assert_true (scale.is_clipped);
  g_assert_cmpfloat_with_epsilon (scale.high, 0.75 * whole.high, 1e-6);
  g_assert_cmpfloat_with_epsilon (scale.low, 0.1 * whole.high, 1e-6);
  g_assert_true (sac_pane_state_get_map (pane) == map);
  g_assert_false (get_scale (window, 1).is_clipped);
  app_wait_for_label (window, "Clipped by the reader");
  app_wait_for_label (window, "of the cells lie beyond.");

  /* Said with the map's provenance. */
  g_autofree char *text =
    sac_provenance_dup_text (sac_window_get_document (window));

  g_assert_nonnull (strstr (text, "\"clipped\" : true"));

  /* The ends never meet, and go back where the map says. */
  step (window, 0, INFINITY);
  scale = get_scale (window, 0);
  g_assert_cmpfloat (scale.low, <, scale.high);
  activate (window, "win.whole-scale");
  g_assert_false (get_scale (window, 0).is_clipped);
  step (window, 1, -0.25);
  step (window, 1, INFINITY);
  g_assert_false (get_scale (window, 0).is_clipped);

  /* Of ranks they are other numbers. */
  step (window, 1, -0.25);
  display = *sac_pane_state_get_display (pane);
  display.scale_mode = SAC_SCALE_PERCENTILE;
  sac_pane_state_set_display (pane, &display);
  g_assert_false (get_scale (window, 0).is_clipped);
  step (window, 1, -0.25);
  g_assert_cmpfloat_with_epsilon (get_scale (window, 0).high, 75, 1e-6);
  sac_pane_state_set_method (pane, "layercam");
  g_assert_false (sac_pane_state_get_display (pane)->is_clipped);
  app_wait_until (app_is_at_rest, window);
  app_stop (application);
}

/* Of a shared scale the ends are shared too. */
static void
test_clip_shared (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  sac_pane_state_set_model (app_get_pane (window, 1), "derm-resnet18");
  sac_pane_state_set_method (app_get_pane (window, 1), "layercam");
  app_wait_until (app_has_maps, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.scale", "s", "shared");
  step (window, 1, -0.5);
  g_assert_true (get_scale (window, 1).is_clipped);
  g_assert_cmpfloat (get_scale (window, 0).high, ==,
                     get_scale (window, 1).high);
  app_stop (application);
}

static int
count_white (SacWindow *window, guint index)
{
  int width, height, white = 0;
  g_autofree guint32 *pixels =
    app_render (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, (int)index),
                &width, &height);

  for (int i = 0; i < width * height; i++)
    white += (pixels[i] & 0xffffff) == 0xffffff;
  return white;
}

/* Lines are drawn at any opacity, by both back-ends, and only where asked. */
/* Whoever scrolls the side panel changes nothing in it. */
static void
test_wheel (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  GtkWidget *panel = app_find (GTK_WIDGET (window), SAC_TYPE_SIDE_PANEL, 0);
  int sliders = 0, wheels = 0;

  g_assert_true (sac_map_stack_add (sac_pane_state_get_stack (pane),
                                    sac_pane_state_get_map (pane), "a layer"));
  app_wait_for_label (window, "a layer");
  for (GtkWidget *scale; (scale = app_find (panel, GTK_TYPE_SCALE, sliders));
       sliders++) {
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scale);

    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
      g_autoptr (GtkEventController) controller =
        g_list_model_get_item (controllers, i);

      if (!GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        continue;
      wheels++;
      g_assert_cmpint (gtk_event_controller_get_propagation_phase (controller),
                       ==, GTK_PHASE_NONE);
    }
  }
  g_assert_cmpint (sliders, >=, 2);
  g_assert_cmpint (wheels, ==, sliders);
  app_stop (application);
}

static void
test_contour (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacDisplay display = *sac_pane_state_get_display (pane);
  double level;

  display.opacity = 0;
  sac_pane_state_set_display (pane, &display);

  int without = count_white (window, 0), beside = count_white (window, 1);

  activate (window, "win.contour");
  g_assert_cmpint (count_white (window, 0), >, without + 100);
  g_assert_cmpint (count_white (window, 1), ==, beside);
  g_assert_true (
    sac_document_get_contour (sac_window_get_document (window), pane, &level));
  g_assert_cmpfloat_with_epsilon (level, get_scale (window, 0).high / 2, 1e-6);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.contour-level", "s",
                              "up");
  g_assert_cmpfloat (sac_pane_state_get_display (pane)->contour, ==, 0.55);
  activate (window, "win.show-maps");
  g_assert_cmpint (count_white (window, 0), ==, without);
  app_stop (application);
}

static bool
shows_slide (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  SacSource *source = sac_document_get_source (document);

  return source != NULL && !sac_document_is_opening (document) &&
         g_str_equal (sac_source_get_path (source), SAC_DEMO_SLIDE) &&
         app_has_maps (window);
}

/* The next image is seen on the scale of this one, and it says so. */
static void
test_keep (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  double high = get_scale (window, 0).high;

  activate (window, "win.keep-scale");
  g_assert_cmpfloat (get_scale (window, 0).high, ==, high);
  g_assert_cmpstr (sac_pane_state_get_map (app_get_pane (window, 0))->unit, ==,
                   "logit");
  sac_document_open (sac_window_get_document (window), SAC_DEMO_SLIDE);
  app_wait_until (shows_slide, window);
  g_assert_cmpstr (sac_pane_state_get_map (app_get_pane (window, 0))->unit, ==,
                   "logit");
  g_assert_true (get_scale (window, 0).is_kept);
  g_assert_cmpfloat (get_scale (window, 0).high, ==, high);
  app_wait_for_label (window, "Scale of an earlier image");
  activate (window, "win.keep-scale");
  g_assert_false (get_scale (window, 0).is_kept);
  g_assert_cmpfloat (get_scale (window, 0).high, !=, high);
  app_wait_for_no_label (window, "Scale of an earlier image");
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scales/clip", test_clip);
  g_test_add_func ("/scales/clip-shared", test_clip_shared);
  g_test_add_func ("/scales/contour", test_contour);
  g_test_add_func ("/scales/wheel", test_wheel);
  g_test_add_func ("/scales/keep", test_keep);
  return app_run_tests ();
}
