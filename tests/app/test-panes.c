/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One to nine panes: how many there are, what they ask, which two are
 * compared. */
#include "app-support.h"

#include "agreement-list.h"
#include "canvas.h"
#include "pane-controls.h"
#include "support.h"

#define DEMO SAC_DEMO_DERMOSCOPY

static void
activate (SacWindow *window, const char *detailed_name)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  g_assert_true (
    g_action_parse_detailed_name (detailed_name, &name, &target, NULL));
  gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
}

static SacPaneSet *
get_panes (SacWindow *window)
{
  return sac_document_get_panes (sac_window_get_document (window));
}

static char *
get_count (SacWindow *window)
{
  g_autoptr (GVariant) state =
    g_action_group_get_action_state (G_ACTION_GROUP (window), "panes");

  return g_variant_dup_string (state, NULL);
}

static bool
all_have_maps (gpointer window)
{
  for (guint i = 0; i < sac_pane_set_get_count (get_panes (window)); i++) {
    SacPaneState *pane = app_get_pane (window, i);

    if (sac_pane_state_get_map (pane) == NULL || sac_pane_state_is_stale (pane))
      return false;
  }
  return app_is_at_rest (window);
}

/* Every layout shows as many canvases of one and the same size, each with a map
 * of its own; what is left again remembers what was asked of it. */
static void
test_counts (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);

  for (const SacPaneLayout *layout = sac_pane_layouts_get_all ();
       layout->count > 0; layout++) {
    g_autofree char *name = g_strdup_printf ("win.panes::%u", layout->count);
    g_autofree char *wanted = g_strdup_printf ("%u", layout->count);

    activate (window, name);
    g_autofree char *shown = get_count (window);

    g_assert_cmpstr (shown, ==, wanted);
    app_wait_until (all_have_maps, window);
    app_settle (window);

    GtkWidget *first = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);

    for (guint i = 0; i < layout->count; i++) {
      GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, i);

      g_assert_cmpint (gtk_widget_get_width (canvas), ==,
                       gtk_widget_get_width (first));
      g_assert_cmpint (gtk_widget_get_height (canvas), ==,
                       gtk_widget_get_height (first));
    }
    g_assert_null (
      app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, layout->count));
  }

  SacPaneState *last = app_get_pane (window, 8);

  sac_pane_state_set_method (last, "xgrad-cam");
  activate (window, "win.panes::2");
  g_assert_null (sac_pane_state_get_map (last));
  activate (window, "win.panes::9");
  app_wait_until (all_have_maps, window);
  g_assert_cmpstr (sac_pane_state_get_map (last)->method, ==, "xgrad-cam");
  app_stop (application);
}

/* B follows the active pane, A only the reader's word. */
static void
test_compared (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneSet *panes = get_panes (window);

  activate (window, "win.panes::4");
  app_wait_until (all_have_maps, window);
  g_assert_cmpint (sac_pane_set_get_role (panes, app_get_pane (window, 0)), ==,
                   0);
  g_assert_cmpint (sac_pane_set_get_role (panes, app_get_pane (window, 1)), ==,
                   1);
  activate (window, "win.next-pane");
  activate (window, "win.next-pane");
  g_assert_cmpuint (sac_pane_set_get_active (panes), ==, 2);
  g_assert_cmpint (sac_pane_set_get_role (panes, app_get_pane (window, 0)), ==,
                   0);
  g_assert_cmpint (sac_pane_set_get_role (panes, app_get_pane (window, 1)), ==,
                   -1);
  g_assert_cmpint (sac_pane_set_get_role (panes, app_get_pane (window, 2)), ==,
                   1);
  app_wait_for_label (window, "LayerCAM · derm-resnet18");
  activate (window, "win.make-reference");
  g_assert_true (sac_pane_set_get_compared (panes, 0) ==
                 app_get_pane (window, 2));
  g_assert_true (sac_pane_set_get_compared (panes, 1) ==
                 app_get_pane (window, 0));
  app_wait_until (app_has_maps, window);

  /* The list calls them as the panes do. */
  GtkWidget *name =
    app_find_label (app_find (GTK_WIDGET (window), SAC_TYPE_AGREEMENT_LIST, 0),
                    "LayerCAM");
  GtkWidget *badge = gtk_widget_get_prev_sibling (name);

  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (badge)), ==, "A");
  g_assert_true (gtk_widget_has_css_class (badge, "side-a"));

  /* Roles of panes that go are given to those that stay. */
  activate (window, "win.panes::2");
  g_assert_true (sac_pane_set_get_compared (panes, 0) ==
                 app_get_pane (window, 0));
  g_assert_true (sac_pane_set_get_compared (panes, 1) ==
                 app_get_pane (window, 1));
  activate (window, "win.panes::1");
  g_assert_null (sac_pane_set_get_compared (panes, 1));
  app_wait_for_label (window, "Needs two maps");
  activate (window, "win.swap-panes");
  activate (window, "win.panes::2");
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

/* A shared scale is shared by the maps of one unit, whatever the others. */
static void
test_shared_scale (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacScale scales[4];
  bool alone;

  activate (window, "win.panes::4");
  app_wait_until (all_have_maps, window);
  activate (window, "win.scale::shared");
  for (guint i = 0; i < 4; i++) {
    g_assert_true (sac_document_get_scale (document, app_get_pane (window, i),
                                           &scales[i], &alone));
    /* Logits in 0 and 2, a share and a relevance alone. */
    g_assert_cmpint (alone, ==, i % 2);
  }
  g_assert_cmpfloat (scales[0].high, ==, scales[2].high);
  g_assert_cmpint (scales[0].mode, ==, SAC_SCALE_SHARED);
  g_assert_cmpint (scales[1].mode, ==, SAC_SCALE_OWN);
  app_stop (application);
}

/* Every pane takes A's class, models that know it or not. */
static void
test_classes (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);

  activate (window, "win.panes::3");
  app_wait_until (all_have_maps, window);
  sac_pane_state_set_class (app_get_pane (window, 0), 0, "bcc");
  activate (window, "win.match-classes");
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (sac_pane_state_get_choice (app_get_pane (window, i))
                       ->class_id,
                     ==, "bcc");
  app_wait_until (all_have_maps, window);
  app_stop (application);
}

/* What small panes have no room for opens from their menu. */
static void
test_compact (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPane *pane = sac_window_get_active_pane (window);

  activate (window, "win.panes::9");
  app_wait_until (all_have_maps, window);
  g_assert_true (sac_pane_open_chooser (pane, "method"));
  g_assert_true (sac_pane_open_chooser (pane, "layer"));
  app_settle (window);
  activate (window, "win.panes::2");
  app_settle (window);
  g_assert_true (sac_pane_open_chooser (pane, "layer"));
  app_stop (application);
}

/* A map over the pane's own: drawn, moved, hidden, and gone with the image. */
static void
test_stack (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMapStack *stack = sac_pane_state_get_stack (pane);
  g_autoptr (SacMap) other =
    sac_map_ref (sac_pane_state_get_map (app_get_pane (window, 1)));
  float *values = g_new0 (float, 4);
  g_autoptr (SacMap) nowhere = sac_map_new_take (2, 2, values);

  g_assert_false (sac_pane_state_add_map (pane, nowhere, "nowhere"));
  g_assert_true (sac_pane_state_add_map (pane, other, "other"));
  g_assert_true (
    sac_pane_state_add_map (pane, sac_pane_state_get_map (pane), "own"));
  sac_map_stack_move (stack, 1, 0);
  g_assert_cmpstr (sac_map_stack_get (stack, 0)->name, ==, "own");

  g_autoptr (GArray) layers = sac_document_get_layers (document, pane);

  g_assert_cmpuint (layers->len, ==, 3);
  g_assert_true (g_array_index (layers, SacMapLayer, 0).map ==
                 sac_pane_state_get_map (pane));
  g_assert_true (g_array_index (layers, SacMapLayer, 2).map == other);

  SacStackedMap looks = *sac_map_stack_get (stack, 1);
  GtkWidget *canvas = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  int width, height;
  g_autofree guint32 *with = app_render (canvas, &width, &height);

  looks.is_visible = false;
  sac_map_stack_set_looks (stack, 1, &looks);

  g_autofree guint32 *without = app_render (canvas, &width, &height);

  g_assert_cmpint (memcmp (with, without, (gsize)width * height * sizeof *with),
                   !=, 0);
  sac_document_open (document, SAC_DEMO_SLIDE);
  app_wait_until (app_has_maps, window);
  g_assert_cmpuint (sac_map_stack_get_count (stack), ==, 0);
  app_stop (application);
}

static guint32 *
render_first (SacWindow *window, int *ret_width, int *ret_height)
{
  app_settle (window);
  return app_render (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0),
                     ret_width, ret_height);
}

static gsize
count_changes (
  const guint32 *a, const guint32 *b, int width, int from, int to, int height)
{
  gsize count = 0;

  for (int y = 0; y < height; y++)
    for (int x = from; x < to; x++)
      count += a[(gsize)y * width + x] != b[(gsize)y * width + x];
  return count;
}

static bool
is_shown (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

/* One picture for both maps: the divider parts it, every mode shows something
 * of its own, and the panes come back. */
static void
test_modes (void)
{
  static const char *const modes[] = {"lens", "flicker", "difference",
                                      "agreement"};
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacCompareView *view = sac_document_get_compare_view (document);
  GtkWidget *second = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 1);
  int width, height;

  sac_compare_view_set_animated (view, false);
  activate (window, "win.compare::swipe");
  app_wait_for_label (window, "A left of the line");
  g_assert_false (gtk_widget_get_mapped (second));
  sac_compare_view_set_divider (view, 1);

  g_autofree guint32 *of_a = render_first (window, &width, &height);

  sac_compare_view_set_divider (view, 0.5);

  g_autofree guint32 *halves = render_first (window, &width, &height);

  /* Left of the divider it is A's picture, but for the letter. */
  g_assert_cmpuint (count_changes (of_a, halves, width, 0, width / 2 - 40,
                                   height),
                    ==, 0);
  g_assert_cmpuint (count_changes (of_a, halves, width, width / 2, width - 40,
                                   height),
                    >, 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree char *name = g_strdup_printf ("win.compare::%s", modes[i]);

    activate (window, name);
    activate (window, "win.compare-step::more");

    g_autofree guint32 *picture = render_first (window, &width, &height);

    g_assert_cmpuint (count_changes (of_a, picture, width, 0, width, height), >,
                      300);
  }
  app_wait_for_label (window, "only A");
  activate (window, "win.compare::side");
  app_wait_until (is_shown, second);
  app_stop (application);
}

static bool
canvas_has_focus (gpointer window)
{
  GtkWidget *canvas = app_find (window, SAC_TYPE_CANVAS, 0);

  return canvas != NULL && gtk_window_get_focus (window) == canvas;
}

/* Keys of a pane that a comparison hides are the other one's. */
static void
test_focus (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  GtkWidget *second = app_find (GTK_WIDGET (window), SAC_TYPE_PANE, 1);

  g_assert_true (gtk_widget_child_focus (second, GTK_DIR_TAB_FORWARD));
  activate (window, "win.compare::swipe");
  app_wait_until (canvas_has_focus, window);
  g_assert_false (gtk_widget_get_visible (second));
  app_run_for (100);
  g_assert_true (canvas_has_focus (window));
  app_stop (application);
}

static bool
controls_are_below (gpointer window)
{
  SacPane *pane = SAC_PANE (app_find (GTK_WIDGET (window), SAC_TYPE_PANE, 0));

  return app_find (sac_pane_get_footer (pane), SAC_TYPE_PANE_CONTROLS, 0) !=
         NULL;
}

static bool
controls_are_away (gpointer window)
{
  return !controls_are_below (window);
}

/* Controls that would not be readable are in the pane's menu. */
static void
test_narrow (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);

  activate (window, "win.side-panel");
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 700);
  app_wait_until (controls_are_away, window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  app_wait_until (controls_are_below, window);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/panes/counts", test_counts);
  g_test_add_func ("/panes/compared", test_compared);
  g_test_add_func ("/panes/shared-scale", test_shared_scale);
  g_test_add_func ("/panes/classes", test_classes);
  g_test_add_func ("/panes/compact", test_compact);
  g_test_add_func ("/panes/focus", test_focus);
  g_test_add_func ("/panes/narrow", test_narrow);
  g_test_add_func ("/panes/stack", test_stack);
  g_test_add_func ("/panes/modes", test_modes);
  return app_run_tests ();
}
