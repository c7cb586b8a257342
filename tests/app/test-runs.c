/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Runs over slides from the window, less usual ones: another map while one
 * grows, several models and slides, drawn tissue and areas, what does not fit.
 */
#include "run-support.h"

#include "pane-run.h"
#include "support.h"

#include <glib/gstdio.h>
#include <math.h>

/* The list of maps beside the results. */
static GtkDropDown *
get_maps (SacWindow *window)
{
  GtkWidget *found;

  for (int i = 0; (found = app_find (GTK_WIDGET (run_get_panel (window)),
                                     GTK_TYPE_DROP_DOWN, i)) != NULL;
       i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (found),
                   "Map in the active pane") == 0)
      return GTK_DROP_DOWN (found);
  g_assert_not_reached ();
}

static bool
shows_normal (gpointer window)
{
  const SacRunMap *shown = sac_pane_state_get_run (app_get_pane (window, 0));

  return shown != NULL && g_strcmp0 (shown->class_name, "normal") == 0;
}

/* What the pooling model makes of the tiles so far. */
static bool
shows_part (gpointer window)
{
  const SacRunMap *shown = sac_pane_state_get_run (app_get_pane (window, 0));

  return shown != NULL && g_str_equal (shown->model, POOLING) &&
         shown->share < 1;
}

/* The place in the list of maps of the title with that end. */
static guint
find_title (SacWindow *window, const char *end)
{
  GListModel *list = gtk_drop_down_get_model (get_maps (window));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    if (g_str_has_suffix (gtk_string_list_get_string (GTK_STRING_LIST (list),
                                                      i),
                          end))
      return i;
  g_assert_not_reached ();
}

/* A pooling model and its encoder: both grow; another class while they do,
 * which stays when it is done. */
static void
test_choose (void)
{
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  SacWindow *window = run_open_slide (SLIDE);
  SacRunSetup *setup = run_ask (window, folder);

  sac_run_models_choose (sac_run_setup_get_models (setup), POOLING, true);
  sac_run_setup_set_overlap (setup, 70);

  SacRun *run = sac_run_setup_start (setup);

  app_catch (shows_part, window);
  app_wait_for_label (window, "Results so far");
  /* The mean of the tiles so far is 1. */
  const SacMap *part = sac_pane_state_get_run (app_get_pane (window, 0))->map;

  g_assert_cmpfloat_with_epsilon (run_sum (part),
                                  (double)
                                    json_object_get_int_member (part
                                                                  ->provenance,
                                                                "instances"),
                                  1e-2);
  gtk_drop_down_set_selected (get_maps (window),
                              find_title (window, "probability · normal"));
  app_catch (shows_normal, window);
  g_assert_cmpint (sac_run_get_state (run), ==, SAC_RUN_WORKING);
  g_assert_cmpfloat (sac_pane_state_get_run (app_get_pane (window, 0))->share,
                     <, 1);
  app_wait_until (run_is_done, run);
  g_assert_true (shows_normal (window));
  g_assert_cmpuint (gtk_drop_down_get_selected (get_maps (window)), ==,
                    find_title (window, "probability · normal"));
  /* One of two classes: what is not one is the other. */
  g_autoptr (SacMap) normal = sac_map_ref (run_get_shown (window));

  gtk_drop_down_set_selected (get_maps (window),
                              find_title (window, "probability · tumor"));
  g_assert_false (shows_normal (window));
  for (int i = 0; i < normal->rows * normal->columns; i++)
    g_assert_cmpfloat_with_epsilon (normal->values[i] +
                                      run_get_shown (window)->values[i],
                                    1, 1e-5);
  run_stop (window);
  test_folder_remove (home);
}

/* Two models, one of them explained, in one pass, and another slide behind
 * them; each in a pane, the explanation stitched, its tiles beside their maps.
 */
static void
test_several (void)
{
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  g_autofree char *other = g_build_filename (home, "other", NULL);
  SacWindow *window = run_open_slide ("demo:slide:800x600,pattern=512,step=2");
  SacRunSetup *setup = run_ask (window, folder);
  SacRunModels *models = sac_run_setup_get_models (setup);

  sac_run_models_choose (models, "pcam-resnet18-la", true);
  sac_run_models_choose_method (models, "grad-cam", true);

  SacRun *run = sac_run_setup_start (setup);

  g_assert_nonnull (run);
  sac_document_open (sac_window_get_document (window),
                     "demo:slide:500x400,pattern=512,step=2");
  app_wait_until (run_has_image, window);

  SacRun *next = sac_run_setup_start (run_ask (window, other));

  g_assert_nonnull (next);
  g_assert_true (sac_run_get_state (next) == SAC_RUN_WAITING ||
                 sac_run_get_state (run) == SAC_RUN_DONE);
  app_wait_until (run_is_done, run);
  app_wait_until (run_is_done, next);

  const SacRunResult *result = sac_run_get_result (run);

  g_assert_cmpuint (result->model_count, ==, 2);
  /* Two classes each, then a method each. */
  g_assert_cmpuint (result->items->len, ==, 6);
  for (size_t i = 0; i < 2; i++) {
    const SacTopTiles *top = result->models[i].top;

    g_assert_cmpuint (top->column_count, ==, 2);
    g_assert_nonnull (((SacTopTile *)top->tiles->pdata[0])->images[0]);
    g_assert_nonnull (((SacTopTile *)top->tiles->pdata[0])->images[1]);
  }
  sac_run_panel_show (run_get_panel (window), run);
  app_wait_until (run_has_image, window);
  app_wait_for_label (window, "Beside each: Grad-CAM");
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (sac_pane_state_get_run (app_get_pane (window, i))->model,
                     ==, sac_run_get_order (run)->models[i]);
  gtk_drop_down_set_selected (get_maps (window), 4);
  g_assert_cmpstr (run_get_shown (window)->method, ==, "grad-cam");
  g_assert_cmpint (run_get_shown (window)->columns, >,
                   ((SacRunItem *)result->items->pdata[0])->map->columns);
  run_assert_file (folder, "pcam-resnet18-la/top-tiles.png");
  run_stop (window);
  test_folder_remove (home);
}

static SacAnnotation *
new_polygon (const SacPoint *points, size_t count, int class_index)
{
  SacAnnotation *item =
    sac_annotation_new (SAC_ANNOTATION_POLYGON, NULL, class_index);
  GArray *ring = sac_annotation_add_ring (item);

  g_array_append_vals (ring, points, (guint)count);
  return item;
}

/* Tissue that was found, taken as annotations and changed, is what counts then;
 * and of a polygon the tiles that lie in it, not those of its box. */
static void
test_drawn (void)
{
  static const SacPoint right[] = {{930, 0},
                                   {1600, 0},
                                   {1600, 1200},
                                   {930, 1200}};
  static const SacPoint triangle[] = {{0, 0}, {1488, 0}, {0, 1116}};
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  g_autofree char *other = g_build_filename (home, "other", NULL);
  SacWindow *window = run_open_slide ("demo:slide:1600x1200,step=2");
  SacMarkup *markup =
    sac_document_get_markup (sac_window_get_document (window));
  SacRunSetup *setup = run_ask (window, folder);
  SacRunTissueView *tissue = sac_run_setup_get_tissue (setup);

  sac_run_tissue_set_kind (tissue, SAC_RUN_TISSUE_FOUND);
  app_wait_for_label (window, "of tissue, at a saturation above");
  sac_run_tissue_edit (tissue);
  app_wait_for_label (window, "of tissue.");
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, >, 0);
  sac_markup_delete_all (markup);
  g_assert_null (sac_run_setup_start (setup));
  sac_markup_insert_take (markup, new_polygon (right, 4, 0), "Draw");

  SacRun *run = sac_run_setup_start (setup);

  g_assert_nonnull (run);
  app_wait_until (run_is_done, run);
  /* Columns 5 to 8 of 186 pixels, all seven rows. */
  g_assert_cmpuint (sac_run_get_progress (run).tile_count, ==, 28);
  for (int i = 0; i < 7 * 9; i++)
    g_assert_true (isnan (run_get_shown (window)->values[i]) == (i % 9 < 5));

  sac_markup_delete_all (markup);
  sac_markup_insert_take (markup, new_polygon (triangle, 3, -1), "Draw");
  setup = run_ask (window, other);
  sac_run_setup_set_selected_only (setup, true);
  app_wait_for_label (window, "at least one twentieth lies in it");
  run = sac_run_setup_start (setup);
  g_assert_nonnull (run);
  app_wait_until (run_is_done, run);
  /* Eight tiles by six; each row reaches a tile and a third less far.  Of the
   * last tile of every third row 1 / 24 lies in it, which is too little. */
  g_assert_cmpint (run_get_shown (window)->columns, ==, 8);
  g_assert_cmpint (run_get_shown (window)->rows, ==, 6);
  g_assert_cmpuint (sac_run_get_progress (run).tile_count, ==,
                    8 + 7 + 5 + 4 + 3 + 1);
  run_stop (window);
  test_folder_remove (home);
}

static SacRun *
take_run (SacWindow *window, const char *model, const char *folder, int stride)
{
  SacRunOrder order = {
    .slide = (char *)SLIDE,
    .models = (char *[]){(char *)model, NULL},
    .methods = (char *[]){NULL},
    .tissue = SAC_RUN_TISSUE_ALL,
    .stride = stride,
    .folder = (char *)folder,
  };
  SacRun *run = sac_run_new (&order);

  sac_runs_take (sac_run_panel_get_runs (run_get_panel (window)), run);
  return run;
}

static void
copy_file (const char *from, const char *to, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = g_build_filename (from, name, NULL);
  g_autofree char *new = g_build_filename (to, name, NULL);
  g_autofree char *content = NULL;
  gsize size;

  g_file_get_contents (old, &content, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents (new, content, (gssize)size, &error);
  g_assert_no_error (error);
}

/* A model that is another one when the run goes on; a slide smaller than a
 * tile; a model that sees no tiles. */
static void
test_unfit (void)
{
  char *home = test_folder_new ();
  g_autofree char *folder = g_build_filename (home, "run", NULL);
  g_autofree char *small = g_build_filename (home, "small", NULL);
  g_autofree char *strange = g_build_filename (home, "strange", NULL);
  g_autofree char *model = g_build_filename (home, "model", NULL);
  g_autofree char *from =
    g_build_filename (g_getenv ("SACCADE_MODELS"), MODEL, NULL);
  g_autofree char *to =
    g_build_filename (g_getenv ("SACCADE_MODELS"), "pcam-resnet18-ga", NULL);

  g_assert_cmpint (g_mkdir (model, 0700), ==, 0);
  copy_file (from, model, "model.onnx");
  copy_file (from, model, "model.json");

  SacWindow *window = run_open_slide (SLIDE);
  SacRun *run = take_run (window, model, folder, 24);

  app_catch (run_has_some, run);
  /* As if the program had been killed. */
  run_stop (window);
  copy_file (to, model, "model.onnx");
  copy_file (to, model, "model.json");
  window = run_open_slide ("demo:slide:100x80");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.runs", NULL);
  run = run_get_run (window, 0);
  g_assert_cmpint (sac_run_get_state (run), ==, SAC_RUN_INTERRUPTED);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause-run", NULL);
  app_wait_until (run_has_failed, run);
  app_wait_for_label (window, "nothing was mixed");
  take_run (window, "derm-resnet18", strange, 0);
  app_wait_until (run_has_failed, run_get_run (window, 0));
  app_wait_for_label (window, "states no \"mpp\"");
  /* The folder of another run, which nobody has in the list any more. */
  sac_runs_remove (sac_run_panel_get_runs (run_get_panel (window)), run);
  take_run (window, MODEL, folder, 0);
  app_wait_until (run_has_failed, run_get_run (window, 0));
  app_wait_for_label (window, "another run");
  run = sac_run_setup_start (run_ask (window, small));
  g_assert_nonnull (run);
  app_wait_until (run_has_failed, run);
  app_wait_for_label (window, "are less than one tile");
  run_stop (window);
  test_folder_remove (home);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runs/choose", test_choose);
  g_test_add_func ("/runs/several", test_several);
  g_test_add_func ("/runs/drawn", test_drawn);
  g_test_add_func ("/runs/unfit", test_unfit);
  return app_run_tests ();
}
