/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The checks that say what a map is worth, and what can be set of them. */
#include "app-support.h"

#include "check-settings.h"
#include "faithfulness-window.h"
#include "param-row.h"
#include "sanity-list.h"
#include "sanity-run.h"

#include <glib/gstdio.h>
#include <string.h>

/* The row of a setting of the check whose button is below a widget. */
static SacParamRow *
find_setting (GtkWidget *below, const char *name)
{
  GtkWidget *settings = app_find (below, SAC_TYPE_CHECK_SETTINGS, 0);
  GtkWidget *row;

  for (int i = 0; (row = app_find (settings, SAC_TYPE_PARAM_ROW, i)) != NULL;
       i++)
    if (g_str_equal (sac_param_row_get_param (SAC_PARAM_ROW (row))->name, name))
      return SAC_PARAM_ROW (row);
  g_error ("no setting %s", name);
}

static bool
is_measured (gpointer run)
{
  return !sac_faithfulness_run_is_busy (run);
}

static bool
has_curve (gpointer run)
{
  return sac_faithfulness_run_get_count (run) > 0 &&
         sac_faithfulness_run_get (run, 0)->report != NULL;
}

static bool
is_written (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
save_and_check (SacFaithfulnessWindow *curves, const char *name)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (sac_faithfulness_window_save (curves, path));
  app_wait_until (is_written, path);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  if (g_str_has_suffix (name, ".png")) {
    g_assert_cmpmem (text, 4, "\x89PNG", 4);
  } else {
    g_assert_true (g_str_has_prefix (text, "pane,map,score,"));
    g_assert_nonnull (strstr (text, "\"centre\",\"mean\",deletion,0,"));
    g_assert_nonnull (strstr (text, "\"random\",\"black\",aopc,,"));
    g_assert_nonnull (strstr (text, "\"steps=5 samples=20 random-maps=1 "));
  }
  g_unlink (path);
  g_rmdir (folder);
}

/* A value outside its range is refused in words; one within it counts from the
 * next time on. */
static void
set_faithfulness (GtkWidget *curves, SacFaithfulnessRun *run)
{
  sac_param_row_enter (find_setting (curves, "steps"), "201");
  g_assert_nonnull (
    strstr (sac_param_row_get_trouble (find_setting (curves, "steps")),
            "a whole number from 1 to 200"));
  g_assert_true (sac_faithfulness_run_is_busy (run));
  sac_param_row_enter (find_setting (curves, "steps"), "5");
  g_assert_false (sac_faithfulness_run_is_busy (run));
  g_assert_true (sac_faithfulness_run_is_old (run));
  sac_param_row_enter (find_setting (curves, "samples"), "20");
  sac_param_row_enter (find_setting (curves, "random-maps"), "1");
  sac_param_row_enter (find_setting (curves, "baseline"), "black");
  g_assert_nonnull (app_find_label (curves, "measure again"));
  sac_faithfulness_run_start (run);
}

/* A first curve comes before the last; what was measured is what the engine
 * says: each curve goes from the score to the baseline's. */
static void
test_faithfulness (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "1");
  app_wait_until (app_is_at_rest, window);

  SacFaithfulnessWindow *curves =
    SAC_FAITHFULNESS_WINDOW (sac_faithfulness_window_new (window));
  SacFaithfulnessRun *run = sac_faithfulness_window_get_run (curves);
  int least;

  gtk_window_present (GTK_WINDOW (curves));
  g_assert_true (sac_faithfulness_run_is_busy (run));
  app_catch (has_curve, run);
  g_assert_true (sac_faithfulness_run_is_busy (run));
  sac_faithfulness_run_cancel (run);
  g_assert_false (sac_faithfulness_run_is_busy (run));
  sac_faithfulness_run_start (run);
  set_faithfulness (GTK_WIDGET (curves), run);
  app_wait_until (is_measured, run);

  const SacFaithfulnessReport *report =
    sac_faithfulness_run_get (run, 0)->report;

  g_assert_nonnull (report->centre);
  g_assert_cmpuint (report->random_count, ==, 1);
  g_assert_cmpuint (report->point_count, ==, 6);
  g_assert_cmpstr (report->baselines[0], ==, "black");
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++) {
    const double *deletion = report->map->figures[b].deletion;

    g_assert_cmpfloat_with_epsilon (deletion[0], report->score, 1e-4);
    g_assert_cmpfloat_with_epsilon (deletion[report->point_count - 1],
                                    report->baseline_scores[b], 1e-3);
  }
  save_and_check (curves, "curves.png");
  save_and_check (curves, "curves.csv");
  g_assert_false (sac_faithfulness_run_is_old (run));
  /* It fits a small screen, its last line included. */
  gtk_widget_measure (GTK_WIDGET (curves), GTK_ORIENTATION_VERTICAL, 1080,
                      &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <, 720);
  sac_pane_state_set_method (app_get_pane (window, 0), "layercam");
  app_wait_until (app_is_at_rest, window);
  g_assert_true (sac_faithfulness_run_is_old (run));
  sac_faithfulness_run_start (run);
  g_object_ref (run);
  gtk_window_close (GTK_WINDOW (curves));
  g_assert_false (sac_faithfulness_run_is_busy (run));
  g_object_unref (run);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "2");
  app_stop (application);
}

static bool
is_checked (gpointer window)
{
  SacSanityRun *run = sac_sanity_run_of (sac_window_get_document (window));

  return !sac_sanity_run_is_busy (run);
}

typedef struct {
  SacSanityRun *run;
  SacPaneState *pane;
} Checked;

/* Some figures are there before the last one. */
static bool
has_part (gpointer data)
{
  const Checked *checked = data;
  const SacSanityEntry *entry =
    sac_sanity_run_get (checked->run, checked->pane);

  return entry != NULL && entry->report != NULL;
}

/* The list is scrolled to where work goes on. */
static bool
is_in_sight (gpointer list)
{
  GtkWidget *scrolled =
    gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (list, scrolled, &bounds) &&
         bounds.origin.y >= 0 &&
         bounds.origin.y < gtk_widget_get_height (scrolled);
}

/* What was checked is kept for the model, the method and its settings, and for
 * nothing else. */
static void
test_sanity (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacSanityRun *run = sac_sanity_run_of (sac_window_get_document (window));
  GtkWidget *list = app_find (GTK_WIDGET (window), SAC_TYPE_SANITY_LIST, 0);
  double share;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "1");
  app_wait_until (app_is_at_rest, window);
  app_wait_for_label (window, "Not checked yet");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sanity", NULL);
  g_assert_true (sac_sanity_run_is_checking (run, pane, &share));
  app_catch (has_part, &(Checked){run, pane});
  g_assert_true (sac_sanity_run_is_checking (run, pane, &share));
  g_assert_cmpuint (sac_sanity_run_get (run, pane)->report->checks->len, <, 5);
  app_wait_until (is_in_sight, list);
  app_wait_until (is_checked, window);

  const SacSanityEntry *entry = sac_sanity_run_get (run, pane);

  g_assert_nonnull (entry->report);
  g_assert_cmpuint (entry->report->checks->len, >=, 5);
  app_wait_for_label (window, "checks within their rules");
  /* Other settings are another check; the old one's answer comes back. */
  sac_param_row_enter (find_setting (list, "radius"), "2");
  g_assert_nonnull (sac_param_row_get_trouble (find_setting (list, "radius")));
  sac_param_row_enter (find_setting (list, "seeds"), "1");
  app_wait_for_label (window, "Not checked yet");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sanity", NULL);
  sac_param_row_enter (find_setting (list, "seeds"), "3");
  g_assert_false (sac_sanity_run_is_busy (run));
  g_assert_true (sac_sanity_run_get (run, pane) == entry);
  sac_pane_state_set_class (pane, 0, "bcc");
  app_wait_until (app_is_at_rest, window);
  g_assert_true (sac_sanity_run_get (run, pane) == entry);
  sac_pane_state_set_param (pane, "relu", "0");
  app_wait_until (app_is_at_rest, window);
  g_assert_null (sac_sanity_run_get (run, pane));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "2");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sanity", NULL);
  g_assert_true (sac_sanity_run_is_busy (run));
  g_object_ref (run);
  app_stop (application);
  g_assert_false (sac_sanity_run_is_busy (run));
  g_object_unref (run);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checks/faithfulness", test_faithfulness);
  g_test_add_func ("/checks/sanity", test_sanity);
  return app_run_tests ();
}
