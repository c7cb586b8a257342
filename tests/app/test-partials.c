/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A map that takes long is shown while it is made, says so, and leaves nothing
 * behind when it is given up. */
#include "app-support.h"

#include "map/map.h"
#include "pane-run.h"
#include "partials.h"

typedef struct {
  int count;
  float last;
  double share;
} Taken;

static void
take (gpointer owner, gpointer result, double share)
{
  Taken *taken = owner;
  g_autoptr (SacMap) map = result;

  taken->count++;
  taken->last = map->values[0];
  taken->share = share;
}

static void
put (SacPartials *partials, float value, double share)
{
  float *values = g_new (float, 1);

  values[0] = value;

  sac_partials_put (partials, sac_map_new_take (1, 1, values), share);
}

static gpointer
put_many (gpointer data)
{
  for (int i = 1; i <= 100; i++)
    put (data, (float)i, i / 100.0);
  return NULL;
}

/* Only the latest is handed over, on this thread; nothing once closed. */
static void
test_latest (void)
{
  Taken taken = {0};
  SacPartials *partials =
    sac_partials_new (&taken, take, (GDestroyNotify)sac_map_unref);

  g_thread_join (g_thread_new ("maker", put_many, partials));
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpint (taken.count, ==, 1);
  g_assert_cmpfloat (taken.last, ==, 100);
  g_assert_cmpfloat (taken.share, ==, 1);
  put (partials, 7, 0.5);
  sac_partials_close (partials);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpint (taken.count, ==, 1);
  sac_partials_unref (partials);
}

static bool
has_partial (gpointer window)
{
  return sac_pane_state_get_partial (app_get_pane (window, 0), NULL) != NULL;
}

static void
test_shown (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMapLayer layer;
  double share;

  /* More than any machine is done with before it is stopped. */
  sac_pane_state_set_method (pane, "rise");
  sac_pane_state_set_param (pane, "masks", "100000");
  app_catch (has_partial, window);
  g_assert_true (
    sac_document_get_layer (sac_window_get_document (window), pane, &layer));
  g_assert_true (layer.map == sac_pane_state_get_partial (pane, &share));
  g_assert_cmpfloat (share, >, 0);
  g_assert_cmpfloat (share, <, 1);
  /* What others ask for is the finished map of before. */
  g_assert_cmpstr (sac_pane_state_get_map (pane)->method, ==, "grad-cam");
  g_assert_true (sac_pane_state_is_stale (pane));

  g_autofree char *before = sac_pane_state_dup_map_title (pane);
  g_autofree char *shown = sac_pane_state_dup_shown_title (pane);

  g_assert_nonnull (strstr (before, "Grad-CAM"));
  g_assert_nonnull (strstr (shown, "RISE"));
  app_wait_for_label (window, "Not finished: made of");
  sac_pane_state_stop (pane);
  g_assert_false (has_partial (window));
  app_wait_for_no_label (window, "Not finished");
  app_run_for (300);
  g_assert_false (has_partial (window));
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partials/latest", test_latest);
  g_test_add_func ("/partials/shown", test_shown);
  return app_run_tests ();
}
