/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader sets of a method, and what is found of its maps. */
#define _GNU_SOURCE /* memmem */
#include "app-support.h"

#include "annotation/annotation.h"
#include "canvas.h"
#include "mask-list.h"
#include "method-form.h"
#include "param-row.h"
#include "scan-window.h"

#include "support.h"

#include <math.h>
#include <string.h>

static SacParamRow *
find_row (SacWindow *window, int skip)
{
  return SAC_PARAM_ROW (
    app_find (app_find (GTK_WIDGET (window), SAC_TYPE_METHOD_FORM, 0),
              SAC_TYPE_PARAM_ROW, skip));
}

static bool
was_made_with (const SacMap *map, const char *name, const char *value)
{
  JsonObject *params =
    json_object_get_object_member (map->provenance, "params");

  return g_str_equal (json_object_get_string_member (params, name), value);
}

/* A value within the range makes another map and is told below it; one outside
 * is refused with the range and changes nothing; the way back leads back. */
static void
test_settings (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);

  sac_pane_state_set_method (pane, "integrated-gradients");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.choose", "s",
                              "settings");
  sac_param_row_enter (find_row (window, 0), "3");
  app_wait_until (app_has_maps, window);
  g_assert_true (was_made_with (sac_pane_state_get_map (pane), "steps", "3"));
  app_wait_for_label (window, "Settings: steps 3.");

  SacMap *before = sac_pane_state_get_map (pane);

  sac_param_row_enter (find_row (window, 0), "5000");
  g_assert_nonnull (strstr (sac_param_row_get_trouble (find_row (window, 0)),
                            "a whole number from 1 to 1000"));
  sac_param_row_enter (find_row (window, 0), "many");
  g_assert_nonnull (sac_param_row_get_trouble (find_row (window, 0)));
  app_run_for (100);
  g_assert_true (sac_pane_state_get_map (pane) == before);
  g_assert_false (sac_pane_state_is_stale (pane));
  sac_param_row_enter (find_row (window, 1), "midpoint");
  sac_param_row_enter (find_row (window, 2), "0.25");
  app_wait_until (app_has_maps, window);
  app_wait_for_label (window, "steps 3, rule midpoint, baseline 0.25");
  sac_pane_state_reset_settings (pane);
  g_assert_null (sac_choice_dup_changes (sac_pane_state_get_choice (pane)));
  sac_pane_state_set_method (pane, "grad-cam");
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

/* Another score is another map; settings of one method are not another's. */
static void
test_score (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  g_autoptr (SacMap) logit = sac_map_ref (sac_pane_state_get_map (pane));

  sac_pane_state_set_score (pane, SAC_SCORE_PROBABILITY, NULL);
  app_wait_until (app_has_maps, window);
  g_assert_cmpfloat (sac_pane_state_get_map (pane)->values[0], !=,
                     logit->values[0]);
  app_wait_for_label (window, "score: the probability");
  sac_pane_state_set_score (pane, SAC_SCORE_LOGIT, "nv");
  sac_pane_state_set_class (pane, 0, "mel");
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (json_object_get_string_member (sac_pane_state_get_map (pane)
                                                    ->provenance,
                                                  "against_id"),
                   ==, "nv");
  sac_pane_state_set_param (pane, "relu", "0");
  sac_pane_state_set_method (pane, "layercam");
  g_assert_null (sac_pane_state_get_choice (pane)->params);
  sac_pane_state_reset_settings (pane);
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

/* The token below a point asks, its cell is known, another model forgets it. */
static void
test_token (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 1);
  int row, column;

  g_assert_false (sac_pane_state_ask_token_at (pane, 10, 10));
  sac_pane_state_set_method (pane, "attention");
  app_wait_until (app_has_maps, window);

  SacMap *map = sac_pane_state_get_map (pane);
  SacRect cell =
    sac_geometry_cell (&map->geometry, map->rows, map->columns, 2, 3);
  float first = map->values[0];

  g_assert_false (sac_pane_state_get_token (pane, &row, &column));
  sac_pane_state_set_picking (pane, true);
  g_assert_true (sac_pane_state_ask_token_at (pane, cell.x + cell.width / 2,
                                              cell.y + cell.height / 2));
  g_assert_false (sac_pane_state_is_picking (pane));
  app_wait_until (app_has_maps, window);
  g_assert_true (sac_pane_state_get_token (pane, &row, &column));
  g_assert_cmpint (row, ==, 2);
  g_assert_cmpint (column, ==, 3);
  g_assert_cmpfloat (sac_pane_state_get_map (pane)->values[0], !=, first);
  sac_pane_state_set_model (pane, "derm-resnet18");
  g_assert_false (sac_pane_state_get_token (pane, &row, &column));
  app_stop (application);
}

static bool
is_scanned (gpointer scan)
{
  return !sac_scan_window_is_busy (scan);
}

/* A row a stage, from coarse grids to fine ones; a row becomes the pane's. */
static void
test_scan (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacScanWindow *scan = SAC_SCAN_WINDOW (sac_scan_window_new (window));

  gtk_window_present (GTK_WINDOW (scan));
  app_wait_until (is_scanned, scan);
  g_assert_cmpuint (sac_scan_window_get_count (scan), >=, 4);
  sac_scan_window_use (scan, 0);
  app_wait_until (app_has_maps, window);
  g_assert_nonnull (sac_pane_state_get_choice (pane)->layer);
  g_assert_cmpint (sac_pane_state_get_map (pane)->rows, >, 8);
  gtk_window_close (GTK_WINDOW (scan));
  sac_pane_state_set_method (pane, "gradient");
  g_assert_null (sac_scan_window_new (window));
  app_stop (application);
}

static void
draw_box (SacMarkup *markup, const char *class_name, const SacRect *box)
{
  SacAnnotations *set = sac_annotations_copy (sac_markup_get_set (markup));
  int index = class_name != NULL
                ? sac_annotations_add_class (set, class_name, 0xff0000)
                : -1;
  SacAnnotation *item =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON, "", index);
  GArray *ring = sac_annotation_add_ring (item);
  const double corners[][2] = {{box->x, box->y},
                               {box->x + box->width, box->y},
                               {box->x + box->width, box->y + box->height},
                               {box->x, box->y + box->height}};

  for (int i = 0; i < 4; i++)
    g_assert_true (sac_annotations_add_point (set, ring, corners[i][0],
                                              corners[i][1], NULL));
  g_assert_true (sac_annotation_finish (item));
  sac_markup_take_set (markup, set);
}

/* Half of what the models saw, as a pointer leaves it that is still down. */
static void
begin_box (SacMarkup *markup, const SacRect *seen)
{
  SacAnnotation *draft = sac_annotation_new (SAC_ANNOTATION_RECTANGLE, "", -1);
  double middle = seen->x + seen->width / 2, bottom = seen->y + seen->height;
  const SacPoint corners[] = {{seen->x, seen->y},
                              {middle, seen->y},
                              {middle, bottom},
                              {seen->x, bottom}};

  g_array_append_vals (sac_annotation_add_ring (draft), corners, 4);
  sac_markup_take_draft (markup, draft);
}

/* A figure has the annotations and the class that is the mask. */
static void
assert_figure (SacWindow *window, const char *class_json)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "masked.png", NULL);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (
    sac_document_save_figure (sac_window_get_document (window), path));
  app_wait_for_label (window, "masked.png");
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_nonnull (memmem (content, size, class_json, strlen (class_json)));
  test_folder_remove (folder);
}

/* What is drawn is measured at once, before it is finished too; of several
 * classes the one that is chosen; what has no number says why. */
static void
test_mask (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacMarkup *markup =
    sac_document_get_markup (sac_window_get_document (window));
  SacMap *map = sac_pane_state_get_map (app_get_pane (window, 0));
  SacRect seen = map->geometry.seen;
  SacMaskList *list =
    SAC_MASK_LIST (app_find (GTK_WIDGET (window), SAC_TYPE_MASK_LIST, 0));

  app_wait_for_no_label (window, "Within the annotations");
  begin_box (markup, &seen);
  app_wait_for_label (window, "The annotations cover 50.0 %");
  sac_markup_take_draft (markup, NULL);
  app_wait_for_no_label (window, "Within the annotations");
  seen.width /= 2;
  draw_box (markup, "lesion", &seen);
  app_wait_for_label (window, "The annotations cover 50.0 %");
  seen.height /= 2;
  draw_box (markup, "ink", &seen);
  sac_mask_list_choose_class (list, "ink");
  app_wait_for_label (window, "The annotations cover 25.0 %");
  app_wait_until (app_has_maps, window);
  assert_figure (window, "\"class\":\"ink\",\"areas\":1,");
  sac_mask_list_choose_class (list, "lesion");
  app_wait_for_label (window, "The annotations cover 50.0 %");
  draw_box (markup, "outside",
            &(SacRect){seen.x - 3000, seen.y - 3000, 10, 10});
  sac_mask_list_choose_class (list, "outside");
  app_wait_for_label (window, "A, B: the mask is empty where the model looked");
  sac_markup_take_set (markup, sac_annotations_new ());
  app_wait_for_no_label (window, "Within the annotations");
  app_stop (application);
}

static int
count_white (GtkWidget *canvas)
{
  int width, height, count = 0;
  g_autofree guint32 *pixels = app_render (canvas, &width, &height);

  for (int i = 0; i < width * height; i++)
    count += (pixels[i] & 0xffffff) == 0xffffff;
  return count;
}

/* The line around what the model saw is that of its input, wherever in it a
 * map's grid lies. */
static void
test_seen (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  SacGeometry *geometry;
  int whole;

  app_wait_until (app_has_maps, window);
  geometry = &sac_pane_state_get_map (app_get_pane (window, 0))->geometry;
  whole = count_white (canvas);
  g_assert_cmpint (whole, >, 400);
  geometry->whole = geometry->seen;
  geometry->seen.width /= 2;
  gtk_widget_queue_draw (canvas);
  g_assert_cmpint (count_white (canvas), >=, whole);
  app_stop (application);
}

/* The regions that the comparison found are drawn in both panes, on request. */
static void
test_disagreement (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacComparison *comparison =
    sac_document_get_comparison (sac_window_get_document (window));
  int width, height;

  app_wait_until (app_has_maps, window);
  g_assert_cmpuint (sac_comparison_get_disagreement (comparison)->regions->len,
                    >, 0);
  for (int i = 0; i < 2; i++) {
    GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, i);
    g_autofree guint32 *without = app_render (canvas, &width, &height);

    gtk_widget_activate_action (GTK_WIDGET (window), "win.outline-disagreement",
                                NULL);
    app_settle (window);

    g_autofree guint32 *with = app_render (canvas, &width, &height);

    g_assert_cmpint (memcmp (with, without, (gsize)width * height * 4), !=, 0);
    gtk_widget_activate_action (GTK_WIDGET (window), "win.outline-disagreement",
                                NULL);
    app_settle (window);
  }
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explanations/settings", test_settings);
  g_test_add_func ("/explanations/score", test_score);
  g_test_add_func ("/explanations/token", test_token);
  g_test_add_func ("/explanations/scan", test_scan);
  g_test_add_func ("/explanations/mask", test_mask);
  g_test_add_func ("/explanations/seen", test_seen);
  g_test_add_func ("/explanations/disagreement", test_disagreement);
  return app_run_tests ();
}
