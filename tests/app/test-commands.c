/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "canvas.h"
#include "cell-item.h"
#include "command-item.h"
#include "command-search.h"
#include "commands.h"
#include "opening-view.h"

#include "support.h"

#include <math.h>
#include <string.h>

static int
score (const char *text, const char *query)
{
  g_autofree char *folded_text = sac_command_search_fold (text);
  g_autofree char *folded_query = sac_command_search_fold (query);

  return sac_command_search_score (folded_text, folded_query);
}

static void
test_search_order (void)
{
  /* Start, word, within, letters; not at all. */
  g_assert_cmpint (score ("Zoom In", "zoom"), >, score ("The Zoom", "zoom"));
  g_assert_cmpint (score ("The Zoom", "zo"), >, score ("Bezoar", "zo"));
  g_assert_cmpint (score ("Bezoar", "zoa"), >, score ("Zoom Again", "zma"));
  g_assert_cmpint (score ("Zoom Again", "zma"), >, 0);
  g_assert_cmpint (score ("Zoom In", "zoq"), ==, 0);
  /* Letters out of order, and too few of them. */
  g_assert_cmpint (score ("Zoom In", "nz"), ==, 0);
  g_assert_cmpint (score ("Zoom In", "zn"), ==, 0);
  g_assert_cmpint (score ("Zoom In", "noz"), ==, 0);
  /* Every word counts, in any order. */
  g_assert_cmpint (score ("Zoom In", "in zoom"), >, 0);
  g_assert_cmpint (score ("Zoom In", "in fish"), ==, 0);
  g_assert_cmpint (score ("Zoom In", ""), >, 0);
  g_assert_cmpint (score ("", "a"), ==, 0);
}

static void
test_search_letters (void)
{
  g_assert_cmpint (score ("ZOOM", "zoom"), ==, score ("zoom", "ZOOM"));
  g_assert_cmpint (score ("Échelle", "echelle"), >, 0);
  /* Full width for half width, hiragana for katakana, voiced or not. */
  g_assert_cmpint (score ("Zoom", "ｚｏｏｍ"), >, 0);
  g_assert_cmpint (score ("マップを表示", "まっぷ"), >, 0);
  g_assert_cmpint (score ("ズーム", "ｽﾞｰﾑ"), >, 0);
  g_assert_cmpint (score ("ズーム", "むーず"), ==, 0);
  g_assert_cmpint (score ("ズーム", "すーむ"), >, 0);
  /* Not text at all. */
  g_assert_cmpint (score ("\xff\xfe", "a"), ==, 0);
}

static GtkWindow *
find_list (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next) {
    if (gtk_window_get_transient_for (link->data) == GTK_WINDOW (window))
      return link->data;
  }
  return NULL;
}

static bool
has_no_list (gpointer window)
{
  return find_list (window) == NULL;
}

static GtkWindow *
open_list (SacWindow *window)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.commands", NULL);

  GtkWindow *list = find_list (window);

  g_assert_nonnull (list);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (list));
  return list;
}

static SacCommandItem *
get_item (GtkWindow *list, guint position)
{
  GtkWidget *view = app_find (GTK_WIDGET (list), GTK_TYPE_LIST_VIEW, 0);
  GListModel *model =
    G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (view)));
  g_autoptr (SacCommandItem) item = g_list_model_get_item (model, position);

  return item;
}

typedef struct {
  GtkWindow *list;
  const char *action;
} Found;

static bool
is_first (gpointer data)
{
  const Found *found = data;
  SacCommandItem *item = get_item (found->list, 0);

  return item == NULL ? found->action == NULL
                      : g_strcmp0 (sac_command_item_get (item)->action,
                                   found->action) == 0;
}

/* action: of the first that is found; NULL: nothing is. */
static void
type (GtkWindow *list, const char *text, const char *action)
{
  GtkWidget *entry = app_find (GTK_WIDGET (list), GTK_TYPE_SEARCH_ENTRY, 0);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  app_wait_until (is_first, &(Found){list, action});
}

/* Typing finds, Return does it, and the list is gone. */
static void
test_list_runs (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  GtkWindow *list = open_list (window);

  type (list, "smooth", "win.smooth");
  g_assert_false (sac_command_item_is_on (get_item (list, 0)));
  g_signal_emit_by_name (app_find (GTK_WIDGET (list), GTK_TYPE_SEARCH_ENTRY, 0),
                         "activate");
  app_wait_until (has_no_list, window);
  g_assert_true (sac_pane_state_get_display (pane)->smooth);

  list = open_list (window);
  type (list, "smooth", "win.smooth");
  g_assert_true (sac_command_item_is_on (get_item (list, 0)));
  type (list, "no such thing", NULL);
  app_wait_for_label (list, "No such command");
  gtk_window_close (list);
  app_wait_until (has_no_list, window);
  app_stop (application);
}

/* All commands but the list's own are there; one that cannot be done says why,
 * and Return does nothing. */
static void
test_list_tells_why_not (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWindow *list = open_list (window);
  GtkWidget *view = app_find (GTK_WIDGET (list), GTK_TYPE_LIST_VIEW, 0);
  guint count = 0;

  while (sac_commands_get_all ()[count].action != NULL)
    count++;
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (
                      gtk_list_view_get_model (GTK_LIST_VIEW (view)))),
                    ==, count - 1);
  type (list, "stop", "win.stop");
  g_assert_false (sac_command_item_is_enabled (get_item (list, 0)));
  app_wait_for_label (list, "being worked on");
  g_signal_emit_by_name (app_find (GTK_WIDGET (list), GTK_TYPE_SEARCH_ENTRY, 0),
                         "activate");
  g_assert_true (find_list (window) == list);
  gtk_window_close (list);
  app_wait_until (has_no_list, window);
  app_stop (application);
}

/* The menu of the picture is about one place, whatever the pointer does. */
static void
test_context_menu (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  double x, y;

  sac_document_set_cursor (document, 100, 50);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.context-menu", NULL);

  GtkWidget *popover = NULL;

  for (int i = 0; popover == NULL || !gtk_widget_get_visible (popover); i++) {
    popover = app_find (GTK_WIDGET (window), GTK_TYPE_POPOVER_MENU, i);
    g_assert_nonnull (popover);
  }
  sac_document_clear_cursor (document);
  gtk_popover_popdown (GTK_POPOVER (popover));
  g_assert_true (sac_document_get_cursor (document, &x, &y));
  g_assert_cmpfloat_with_epsilon (x, 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (y, 50, 1e-6);
  app_stop (application);
}

/* The table holds every cell of the map once, the highest first, with the other
 * pane's value at the same place; choosing one moves the cursor there. */
static void
test_cell_table (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  const SacMap *maps[] = {sac_pane_state_get_map (app_get_pane (window, 0)),
                          sac_pane_state_get_map (app_get_pane (window, 1))};

  gtk_widget_activate_action (GTK_WIDGET (window), "win.cell-table", NULL);

  GtkWindow *table = find_list (window);
  GtkColumnView *view =
    GTK_COLUMN_VIEW (app_find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW, 0));
  GtkSelectionModel *cells = gtk_column_view_get_model (view);
  guint count = g_list_model_get_n_items (G_LIST_MODEL (cells));
  double before = INFINITY, x, y, percentile;

  g_assert_cmpuint (count, ==, maps[0]->rows * maps[0]->columns);
  g_assert_nonnull (app_find_label (GTK_WIDGET (table), "No cell is selected"));
  for (guint i = 0; i < count; i++) {
    g_autoptr (SacCellItem) cell =
      g_list_model_get_item (G_LIST_MODEL (cells), i);
    int row, column;

    for (int k = 0; k < 2; k++) {
      float value;

      g_assert_true (sac_map_value_at (maps[k], cell->x, cell->y, &value,
                                       &percentile, &row, &column));
      g_assert_cmpfloat (value, ==, cell->values[k]);
    }
    g_assert_cmpfloat (cell->values[0], <=, before);
    before = cell->values[0];
  }

  g_autoptr (SacCellItem) highest =
    g_list_model_get_item (G_LIST_MODEL (cells), 0);

  gtk_selection_model_select_item (cells, 0, TRUE);
  g_assert_true (sac_document_get_cursor (document, &x, &y));
  g_assert_cmpfloat (x, ==, highest->x);
  g_assert_cmpfloat (y, ==, highest->y);
  app_wait_for_label (window, "1: ");
  gtk_window_close (table);
  app_wait_until (has_no_list, window);
  app_stop (application);
}

/* How far a column's title ends from its number, in pixels. */
static double
get_misfit (GtkWidget *view, int column, int column_count)
{
  GtkWidget *title = app_find (view, GTK_TYPE_LABEL, column);
  GtkWidget *number = app_find (view, GTK_TYPE_LABEL, column_count + column);
  graphene_rect_t ends[2];

  if (number == NULL || !gtk_widget_compute_bounds (title, view, &ends[0]) ||
      !gtk_widget_compute_bounds (number, view, &ends[1]) ||
      ends[1].size.width == 0)
    return INFINITY;
  return fabs (ends[0].origin.x + ends[0].size.width - ends[1].origin.x -
               ends[1].size.width);
}

static bool
are_titles_aligned (gpointer view)
{
  for (int column = 0; column < 6; column++)
    if (get_misfit (view, column, 6) > 1)
      return false;
  return true;
}

/* Titles stand over the ends of their numbers. */
static void
test_cell_titles (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.cell-table", NULL);

  GtkWindow *table = find_list (window);

  app_wait_until (are_titles_aligned,
                  app_find (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW, 0));
  gtk_window_close (table);
  app_wait_until (has_no_list, window);
  app_stop (application);
}

static bool
shows_slide (gpointer window)
{
  SacSource *source =
    sac_document_get_source (sac_window_get_document (window));

  return source != NULL && sac_source_is_slide (source) &&
         g_action_group_get_action_enabled (window, "slide-images");
}

static GtkWindow *
open_slide_images (SacWindow *window, const char *path)
{
  GtkWindow *images;

  sac_document_open (sac_window_get_document (window), path);
  app_wait_until (shows_slide, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.slide-images", NULL);
  images = find_list (window);
  g_assert_nonnull (images);
  return images;
}

static bool
has_images (gpointer images)
{
  return app_find (images, GTK_TYPE_SPINNER, 0) == NULL;
}

/* What lies beside a slide is shown on request, and goes with the slide. */
static void
test_slide_images (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  g_autofree char *slide = test_shared ("data/slides/CMU-1-Small-Region.svs");
  GtkWindow *images;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.slide-images", NULL);
  g_assert_null (find_list (window));
  images = open_slide_images (window, "demo:slide:1200x900,pattern=300");
  app_wait_for_label (images, "no label");
  gtk_window_destroy (images);
  if (slide != NULL) {
    sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
    app_wait_until (app_is_at_rest, window);
    images = open_slide_images (window, slide);
    app_wait_until (has_images, images);
    app_wait_for_label (images, "Label");
    g_assert_nonnull (app_find (GTK_WIDGET (images), GTK_TYPE_PICTURE, 2));
    sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
    app_wait_until (has_no_list, window);
  }
  app_stop (application);
}

static bool
get_state (SacWindow *window, const char *name)
{
  g_autoptr (GVariant) state =
    g_action_group_get_action_state (G_ACTION_GROUP (window), name);

  return g_variant_get_boolean (state);
}

/* As it comes when nobody inside has taken it. */
static bool
press_escape (SacWindow *window)
{
  g_autoptr (GListModel) controllers =
    gtk_widget_observe_controllers (GTK_WIDGET (window));
  gboolean is_taken = FALSE;

  for (guint i = 0; !is_taken && i < g_list_model_get_n_items (controllers);
       i++) {
    g_autoptr (GtkEventController) controller =
      g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
      g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Escape, 0, 0,
                             &is_taken);
  }
  return is_taken;
}

/* Nobody is left in a presentation without its title bar. */
static void
test_escape (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  g_assert_false (press_escape (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.presentation", NULL);
  g_assert_true (get_state (window, "presentation"));
  g_assert_true (sac_window_get_presenting (window));
  g_assert_true (press_escape (window));
  g_assert_false (get_state (window, "presentation"));
  g_assert_false (sac_window_get_presenting (window));
  /* When the window manager ends the full screen, so does what needs it. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.presentation", NULL);
  g_object_notify (G_OBJECT (window), "fullscreened");
  g_assert_true (get_state (window, "fullscreen") ==
                 gtk_window_is_fullscreen (GTK_WINDOW (window)));
  g_assert_true (sac_window_get_presenting (window) ==
                 gtk_window_is_fullscreen (GTK_WINDOW (window)));
  app_stop (application);
}

/* What was there stays when the opening of something else is stopped. */
static void
test_stop_opening (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  SacSource *source = sac_document_get_source (document);
  GtkWidget *view = app_find (GTK_WIDGET (window), SAC_TYPE_OPENING_VIEW, 0);

  g_assert_nonnull (view);
  g_assert_nonnull (app_find (view, GTK_TYPE_BUTTON, 0));
  /* Nothing answers before the main loop goes on. */
  sac_document_open (document, "demo:slide:100000x100000");
  g_assert_true (sac_document_is_opening (document));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Opening"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  g_assert_false (sac_document_is_opening (document));
  g_assert_null (app_find_label (GTK_WIDGET (window), "Opening"));
  app_wait_until (app_is_at_rest, window);
  g_assert_true (sac_document_get_source (document) == source);
  app_stop (application);
}

static bool
is_shown (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

/* Keys go nowhere when what has the focus is not shown. */
static void
check_focus (GtkWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  g_assert_true (focus == NULL || gtk_widget_get_mapped (focus));
}

static bool
canvas_has_focus (gpointer window)
{
  return SAC_IS_CANVAS (gtk_window_get_focus (window));
}

/* From the empty window to the image, the keyboard is never lost. */
static void
test_focus (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  g_action_group_activate_action (G_ACTION_GROUP (application), "new-window",
                                  NULL);

  GtkWindow *other =
    gtk_application_get_active_window (GTK_APPLICATION (application));

  g_assert_true (other != GTK_WINDOW (window));
  app_wait_until (is_shown, other);
  g_assert_nonnull (gtk_window_get_focus (other));
  check_focus (other);
  sac_document_open (sac_window_get_document (SAC_WINDOW (other)),
                     "demo:slide:1200x900,pattern=300");
  check_focus (other);
  app_wait_until (app_is_at_rest, other);
  check_focus (other);
  app_wait_until (canvas_has_focus, other);
  gtk_window_destroy (other);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/search-order", test_search_order);
  g_test_add_func ("/commands/search-letters", test_search_letters);
  g_test_add_func ("/commands/list", test_list_runs);
  g_test_add_func ("/commands/why-not", test_list_tells_why_not);
  g_test_add_func ("/commands/context-menu", test_context_menu);
  g_test_add_func ("/commands/cell-table", test_cell_table);
  g_test_add_func ("/commands/cell-titles", test_cell_titles);
  g_test_add_func ("/commands/slide-images", test_slide_images);
  g_test_add_func ("/commands/escape", test_escape);
  g_test_add_func ("/commands/stop-opening", test_stop_opening);
  g_test_add_func ("/commands/focus", test_focus);
  return app_run_tests ();
}
