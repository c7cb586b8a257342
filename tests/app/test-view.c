/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The commands that move the camera, on slides of known places and sizes. */
#include "app-support.h"

#include "commands.h"

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

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view/bounds", test_bounds);
  g_test_add_func ("/view/magnify", test_magnify);
  g_test_add_func ("/view/tissue", test_tissue);
  return app_run_tests ();
}
