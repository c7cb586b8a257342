/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Runs over slides from the window: asked for, shown as they grow, stopped,
 * gone on with, found again, and refused with a sentence. */
#include "run-support.h"

#include "image/decode.h"
#include "pane-run.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

/* From the key to the result: its map is the pane's, its files are the command
 * line's, its tiles lead to their places; something else asked of the pane
 * brings the pane's own back. */
static void
test_start (void)
{
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  SacWindow *window = run_open_slide (SLIDE);
  SacRun *run = sac_run_setup_start (run_ask (window, folder));

  g_assert_nonnull (run);
  g_assert_false (sac_run_panel_get_setup_shown (run_get_panel (window)));
  app_wait_until (run_is_done, run);

  const SacRunMap *shown = sac_pane_state_get_run (app_get_pane (window, 0));

  g_assert_nonnull (shown);
  g_assert_cmpstr (shown->model, ==, MODEL);
  g_assert_cmpstr (shown->class_name, ==, "tumor");
  g_assert_true (run_get_shown (window) == shown->map);
  g_assert_cmpstr (run_get_shown (window)->method, ==, "tile-probability");
  run_assert_file (folder, "summary.json");
  run_assert_file (folder, MODEL "/tiles.csv");
  run_assert_file (folder, MODEL "/regions-tumor.geojson");
  run_assert_file (folder, MODEL "/overview-tumor.png");
  app_wait_for_label (window, "Top tiles of " MODEL);
  g_assert_cmpuint (sac_run_get_result (run)->models[0].top->tiles->len, ==,
                    SAC_RUN_TILE_COUNT);
  /* A pane that explains its own again. */
  sac_pane_state_set_method (app_get_pane (window, 0), "grad-cam");
  g_assert_null (sac_pane_state_get_run (app_get_pane (window, 0)));
  /* And the run once more. */
  sac_run_panel_show (run_get_panel (window), run);
  g_assert_true (run_get_shown (window) ==
                 sac_pane_state_get_run (app_get_pane (window, 0))->map);
  run_stop (window);
  test_folder_remove (home);
}

/* A pooling model beside the model of tiles that its features are of: one pass
 * over the pixels, a pane for each. */
static void
test_pooling (void)
{
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  SacWindow *window = run_open_slide (SLIDE);
  SacRunSetup *setup = run_ask (window, folder);

  sac_run_models_choose (sac_run_setup_get_models (setup), POOLING, true);

  SacRun *run = sac_run_setup_start (setup);

  g_assert_nonnull (run);
  app_wait_until (run_is_done, run);

  const SacRunResult *result = sac_run_get_result (run);
  char **models = sac_run_get_order (run)->models;
  guint pooling = strcmp (models[0], POOLING) == 0 ? 0 : 1;
  const SacRunMap *shown =
    sac_pane_state_get_run (app_get_pane (window, pooling));

  g_assert_true (result->models[pooling].place.pools);
  g_assert_false (result->models[1 - pooling].place.pools);
  g_assert_nonnull (shown);
  g_assert_cmpstr (shown->model, ==, POOLING);
  /* Attention times the number of tiles: the mean is 1. */
  g_assert_cmpfloat_with_epsilon (run_sum (shown->map),
                                  (double)result->progress.tile_count, 1e-3);
  shown = sac_pane_state_get_run (app_get_pane (window, 1 - pooling));
  g_assert_cmpstr (shown->model, ==, MODEL);
  g_assert_cmpstr (shown->class_name, ==, "tumor");
  run_assert_file (folder, "summary.json");
  run_assert_file (folder, POOLING "/tiles.csv");
  app_wait_for_label (window, "attention on effectively");
  run_stop (window);
  test_folder_remove (home);
}

/* Stopped and gone on with, it ends as if it had never been stopped; and so
 * does one whose program went away, which the list shows as interrupted. */
static void
test_resume (void)
{
  char *home = test_folder_new ();
  g_autofree char *whole = g_build_filename (home, "whole", NULL);
  g_autofree char *parts = g_build_filename (home, "parts", NULL);
  SacWindow *window = run_open_slide (SLIDE);
  SacRunSetup *setup = run_ask (window, whole);

  sac_run_setup_set_overlap (setup, 70);

  SacRun *first = sac_run_setup_start (setup);

  app_wait_until (run_is_done, first);

  g_autofree float *values = run_copy_values (run_get_shown (window));

  setup = run_ask (window, parts);
  sac_run_setup_set_overlap (setup, 70);

  SacRun *run = sac_run_setup_start (setup);

  app_catch (run_has_some, run);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  app_wait_until (run_is_paused, run);
  g_assert_cmpfloat (sac_run_get_share (run), <, 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  g_assert_cmpint (sac_run_get_state (run), ==, SAC_RUN_WORKING);
  /* The list is what a killed program would have left: it says "working". */
  run_stop (window);
  window = run_open_slide (SLIDE);
  run = run_get_run (window, 0);
  g_assert_cmpint (sac_run_get_state (run), ==, SAC_RUN_INTERRUPTED);
  g_assert_cmpstr (sac_run_get_order (run)->folder, ==, parts);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.runs", NULL);
  app_wait_for_label (window, "Interrupted at about");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  sac_run_panel_show (run_get_panel (window), run);
  /* Paused and resumed before it has stopped: it goes on then. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  g_assert_true (sac_run_is_pausing (run));
  app_wait_for_label (window, "Pauses after the tiles");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  app_wait_until (run_is_done, run);
  g_assert_cmpuint (sac_run_get_progress (run).resumed_count, >, 0);
  run_assert_same (run_get_shown (window), values);
  /* A finished one of an earlier day is opened to be shown. */
  sac_pane_state_set_method (app_get_pane (window, 0), "grad-cam");
  g_assert_null (sac_run_get_result (run_get_run (window, 1)));
  sac_run_panel_show (run_get_panel (window), run_get_run (window, 1));
  app_wait_until (run_is_done, run_get_run (window, 1));
  run_assert_same (run_get_shown (window), values);
  g_assert_cmpuint (sac_run_get_progress (run_get_run (window, 1)).run_count,
                    ==, 0);
  run_stop (window);
  test_folder_remove (home);
}

/* What a run needs is asked for, and what it must not touch is left alone. */
static void
test_refused (void)
{
  char *home = test_folder_new ();
  g_autofree char *picture = g_build_filename (home, "picture.png", NULL);
  g_autofree char *folder = g_build_filename (home, "full", NULL);
  g_autofree char *note = g_build_filename (folder, "note.txt", NULL);
  g_autoptr (SacImage) image = sac_image_new (400, 300, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);

  g_assert_true (g_file_set_contents (picture, g_bytes_get_data (file, NULL),
                                      (gssize)g_bytes_get_size (file), NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (note, "mine", -1, NULL));

  SacWindow *window = run_open_slide (picture);
  SacRunSetup *setup = run_ask (window, folder);

  /* No size of a pixel: asked, never guessed. */
  app_wait_for_label (window, "The file does not say how large its pixels are");
  g_assert_null (sac_run_setup_start (setup));
  sac_run_setup_set_mpp (setup, "none");
  g_assert_null (sac_run_setup_start (setup));
  sac_run_setup_set_mpp (setup, "0,97");
  /* Nothing but glass. */
  sac_run_tissue_set_kind (sac_run_setup_get_tissue (setup),
                           SAC_RUN_TISSUE_FOUND);
  app_wait_for_label (window, "No tissue was found");
  g_assert_null (sac_run_setup_start (setup));
  /* Nobody has drawn any. */
  sac_run_tissue_set_kind (sac_run_setup_get_tissue (setup),
                           SAC_RUN_TISSUE_DRAWN);
  app_wait_for_label (window, "No annotation has the class");
  /* Somebody else's folder. */
  sac_run_tissue_set_kind (sac_run_setup_get_tissue (setup),
                           SAC_RUN_TISSUE_ALL);
  g_assert_nonnull (sac_run_setup_start (setup));
  app_wait_until (run_has_failed, run_get_run (window, 0));
  app_wait_for_label (window, "holds other files (note.txt)");
  /* Off the list, and back again. */
  g_autoptr (SacRun) run = g_object_ref (run_get_run (window, 0));

  sac_runs_remove (sac_run_panel_get_runs (run_get_panel (window)), run);
  g_assert_true (run_get_run (window, 0) != run);
  sac_run_panel_restore (run_get_panel (window), run);
  g_assert_true (run_get_run (window, 0) == run);
  /* A model of lesions is there, and says why it cannot be chosen. */
  run_ask (window, NULL);
  sac_run_models_choose (sac_run_setup_get_models (setup), MODEL, false);
  sac_run_models_choose (sac_run_setup_get_models (setup), "derm-resnet18",
                         true);
  g_assert_null (sac_run_models_get_first (sac_run_setup_get_models (setup)));
  run_stop (window);
  test_folder_remove (home);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/start", test_start);
  g_test_add_func ("/run/pooling", test_pooling);
  g_test_add_func ("/run/resume", test_resume);
  g_test_add_func ("/run/refused", test_refused);
  return app_run_tests ();
}
