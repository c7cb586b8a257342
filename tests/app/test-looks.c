/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader sees for a moment, under the maps, reads at the cursor, and has
 * room for. */
#include "app-support.h"

#include "canvas.h"
#include "color-bar.h"
#include "narrow.h"
#include "reading.h"

#include <string.h>

static void
activate (SacWindow *window, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), name, NULL);
}

static guint32 *
look (SacWindow *window, int index, gsize *ret_size)
{
  int width, height;
  guint32 *pixels =
    app_render (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, index), &width,
                &height);

  *ret_size = (gsize)width * (gsize)height * sizeof *pixels;
  return pixels;
}

/* While peeking all panes show the image alone; then all is as it was. */
static void
test_peek (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  gsize size, other;

  activate (window, "win.contour");
  for (int i = 0; i < 2; i++) {
    g_autofree guint32 *before = look (window, i, &size);

    activate (window, "win.peek");
    g_assert_true (sac_document_is_peeking (document));

    g_autofree guint32 *under = look (window, i, &other);

    g_assert_cmpuint (size, ==, other);
    g_assert_cmpint (memcmp (before, under, size), !=, 0);
    activate (window, "win.peek");
    g_assert_false (sac_document_is_peeking (document));

    g_autofree guint32 *after = look (window, i, &other);

    g_assert_cmpint (memcmp (before, after, size), ==, 0);
  }
  /* Nobody is left peeking who looks elsewhere. */
  activate (window, "win.peek");
  g_object_notify (G_OBJECT (window), "is-active");
  g_assert_true (!sac_document_is_peeking (document) ||
                 gtk_window_is_active (GTK_WINDOW (window)));
  app_stop (application);
}

/* One picture of two maps speaks of both, and of their difference. */
static void
test_reading (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  SacPaneState *a = app_get_pane (window, 0);
  const SacRect *seen = &sac_pane_state_get_map (a)->geometry.seen;

  sac_document_set_cursor (document, seen->x + seen->width / 2,
                           seen->y + seen->height / 2);

  g_autofree char *own = sac_reading_dup (document, a);

  g_assert_nonnull (strstr (own, " · p "));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", "s", "swipe");

  g_autofree char *pair = sac_reading_dup (document, a);

  g_assert_true (g_str_has_prefix (pair, "A "));
  g_assert_nonnull (strstr (pair, " · B "));
  g_assert_null (strstr (pair, "A − B"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", "s",
                              "difference");

  g_autofree char *difference = sac_reading_dup (document, a);

  g_assert_true (g_str_has_prefix (difference, pair));
  g_assert_nonnull (strstr (difference, " · A − B "));

  /* Beyond what a model saw there is nothing to take from anything. */
  sac_document_set_cursor (document, 1, 1);

  g_autofree char *outside = sac_reading_dup (document, a);

  g_assert_nonnull (strstr (outside, "left out"));
  app_stop (application);
}

static GtkEventController *
find_motion (GtkWidget *widget)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (all, i);

    if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
      return controller; /* the canvas's */
  }
  g_assert_not_reached ();
}

/* A pointer that rests on the canvas does not take the cursor back from the
 * keys, however often GTK tells where it is. */
static void
test_resting_pointer (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  GtkEventController *motion = find_motion (canvas);
  double x, y, key_x, key_y;

  g_signal_emit_by_name (motion, "motion", 150.0, 120.0);
  g_assert_true (sac_document_get_cursor (document, &x, &y));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.cursor", "s", "right");
  g_assert_true (sac_document_get_cursor (document, &key_x, &key_y));
  g_assert_cmpfloat (key_x, >, x);
  g_signal_emit_by_name (motion, "motion", 150.0, 120.0);
  g_assert_true (sac_document_get_cursor (document, &x, &y));
  g_assert_cmpfloat (x, ==, key_x);
  g_assert_cmpfloat (y, ==, key_y);
  g_signal_emit_by_name (motion, "motion", 151.0, 120.0);
  g_assert_true (sac_document_get_cursor (document, &x, &y));
  g_assert_cmpfloat (x, !=, key_x);
  app_stop (application);
}

static bool
has_no_side_panel (gpointer window)
{
  return !sac_window_get_side_panel (window);
}

static bool
has_side_panel (gpointer window)
{
  return sac_window_get_side_panel (window);
}

/* The side panel makes room in a narrow window and comes back with it; what the
 * reader is remembered to like does not change. */
static void
test_narrow (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 700);
  app_wait_until (has_side_panel, window);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 700);
  app_wait_until (has_no_side_panel, window);
  g_assert_true (sac_narrow_wants_panel (window));
  /* Over the panes. */
  activate (window, "win.side-panel");
  app_wait_until (has_side_panel, window);
  activate (window, "win.side-panel");
  app_wait_until (has_no_side_panel, window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 700);
  app_wait_until (has_side_panel, window);
  app_stop (application);
}

/* Numbers and unit may take all of the line: nothing is left for the colours,
 * which no renderer complains of. */
static void
test_no_room (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMap *map = sac_pane_state_get_map (pane);
  GtkWidget *around = gtk_window_new ();
  SacColorBar *bar = g_object_new (SAC_TYPE_COLOR_BAR, NULL);

  g_free (map->unit);
  map->unit = g_strdup ("relevance of whatever lies in the cell below");
  sac_color_bar_set_document (bar, sac_window_get_document (window), pane);
  sac_color_bar_set_compact (bar, true);
  gtk_window_set_decorated (GTK_WINDOW (around), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (around), 120, 40);
  gtk_window_set_child (GTK_WINDOW (around), GTK_WIDGET (bar));
  gtk_window_present (GTK_WINDOW (around));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (bar));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (bar)), ==, 120);
  gtk_window_destroy (GTK_WINDOW (around));
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/looks/peek", test_peek);
  g_test_add_func ("/looks/reading", test_reading);
  g_test_add_func ("/looks/resting-pointer", test_resting_pointer);
  g_test_add_func ("/looks/narrow", test_narrow);
  g_test_add_func ("/looks/no-room", test_no_room);
  return app_run_tests ();
}
