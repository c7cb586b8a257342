/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-support.h"

#include "pane-run.h"

#include <math.h>
#include <string.h>

SacRunPanel *
run_get_panel (SacWindow *window)
{
  return sac_window_get_run_panel (window);
}

SacRunSetup *
run_get_setup (SacWindow *window)
{
  return sac_run_panel_get_setup (run_get_panel (window));
}

SacRun *
run_get_run (SacWindow *window, guint index)
{
  return sac_runs_get (sac_run_panel_get_runs (run_get_panel (window)), index);
}

bool
run_has_image (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);

  return sac_document_get_source (document) != NULL &&
         !sac_document_is_opening (document);
}

bool
run_has_models (gpointer window)
{
  return sac_run_models_get_first (
           sac_run_setup_get_models (run_get_setup (window))) != NULL;
}

SacWindow *
run_open_slide (const char *path)
{
  g_application_activate (G_APPLICATION (app_start ()));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (app_start ())));

  sac_document_open (sac_window_get_document (window), path);
  app_wait_until (run_has_image, window);
  return window;
}

static bool
is_gone (gpointer place)
{
  return *(gpointer *)place == NULL;
}

void
run_stop (SacWindow *window)
{
  gpointer runs = sac_run_panel_get_runs (run_get_panel (window));

  g_object_add_weak_pointer (runs, &runs);
  app_stop (app_start ());
  app_wait_until (is_gone, &runs);
}

/* The form, with the model and all tiles chosen. */
SacRunSetup *
run_ask (SacWindow *window, const char *folder)
{
  SacRunSetup *setup = run_get_setup (window);
  SacRunModels *models = sac_run_setup_get_models (setup);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.run-slide", NULL);
  g_assert_true (sac_run_panel_get_setup_shown (run_get_panel (window)));
  app_wait_until (run_has_models, window);
  for (const char *const *other =
         (const char *const[]){"pcam-vit", "pcam-efficientnet",
                               "pcam-resnet18-ga", "pcam-resnet18-la", POOLING,
                               NULL};
       *other != NULL; other++)
    sac_run_models_choose (models, *other, false);
  sac_run_models_choose (models, MODEL, true);
  sac_run_tissue_set_kind (sac_run_setup_get_tissue (setup),
                           SAC_RUN_TISSUE_ALL);
  sac_run_setup_set_folder (setup, folder);
  return setup;
}

bool
run_is_done (gpointer run)
{
  SacRunState state = sac_run_get_state (run);

  g_assert_cmpint (state, !=, SAC_RUN_FAILED);
  return state == SAC_RUN_DONE && sac_run_get_result (run) != NULL;
}

bool
run_has_failed (gpointer run)
{
  return sac_run_get_state (run) == SAC_RUN_FAILED;
}

bool
run_is_paused (gpointer run)
{
  return sac_run_get_state (run) == SAC_RUN_PAUSED;
}

bool
run_has_some (gpointer run)
{
  return sac_run_get_progress (run).done_count > 0;
}

SacMap *
run_get_shown (SacWindow *window)
{
  return sac_pane_state_get_map (app_get_pane (window, 0));
}

double
run_sum (const SacMap *map)
{
  double total = 0;

  for (size_t i = 0; i < (size_t)map->rows * (size_t)map->columns; i++)
    total += isnan (map->values[i]) ? 0 : map->values[i];
  return total;
}

float *
run_copy_values (const SacMap *map)
{
  return g_memdup2 (map->values,
                    sizeof (float) * (gsize)map->rows * (gsize)map->columns);
}

void
run_assert_same (const SacMap *map, const float *values)
{
  g_assert_cmpmem (map->values,
                   sizeof (float) * (gsize)map->rows * (gsize)map->columns,
                   values,
                   sizeof (float) * (gsize)map->rows * (gsize)map->columns);
}

void
run_assert_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}
