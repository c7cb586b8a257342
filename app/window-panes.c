/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-panes.h"

#include "compare-actions.h"

/* More panes than this are small: they show less around the picture. */
#define LARGE_PANES 2

struct _SacWindowPanes {
  GObject parent_instance;
  SacDocument *document;
  SacPaneGrid *grid;
  GPtrArray *panes; /* of SacPane, in the grid */
  GtkSizeGroup *headers, *footers;
};

G_DEFINE_FINAL_TYPE (SacWindowPanes, sac_window_panes, G_TYPE_OBJECT)

static SacPaneSet *
get_set (SacWindowPanes *panes)
{
  return sac_document_get_panes (panes->document);
}

static void
on_contains_focus (GtkEventController *controller,
                   GParamSpec *spec,
                   SacWindowPanes *panes)
{
  GtkWidget *pane = gtk_event_controller_get_widget (controller);

  if (!gtk_event_controller_focus_contains_focus (
        GTK_EVENT_CONTROLLER_FOCUS (controller)))
    return;
  for (guint i = 0; i < panes->panes->len; i++) {
    if (g_ptr_array_index (panes->panes, i) == pane)
      sac_pane_set_set_active (get_set (panes), i);
  }
}

static void
add_pane (SacWindowPanes *panes)
{
  SacPane *pane = sac_pane_new (panes->document, panes->panes->len);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_ptr_array_add (panes->panes, pane);
  g_signal_connect_object (focus, "notify::contains-focus",
                           G_CALLBACK (on_contains_focus), panes, 0);
  gtk_widget_add_controller (GTK_WIDGET (pane), focus);
  /* Pictures of one size show one place at one height. */
  gtk_size_group_add_widget (panes->headers, sac_pane_get_header (pane));
  gtk_size_group_add_widget (panes->footers, sac_pane_get_footer (pane));
  sac_pane_grid_append (panes->grid, GTK_WIDGET (pane));
}

static void
remove_last_pane (SacWindowPanes *panes)
{
  GtkWidget *pane =
    g_ptr_array_steal_index (panes->panes, panes->panes->len - 1);

  sac_pane_grid_remove (panes->grid, pane);
}

static void
refresh_compact (SacWindowPanes *panes)
{
  bool compact =
    panes->panes->len > LARGE_PANES || sac_pane_grid_is_narrow (panes->grid);

  for (guint i = 0; i < panes->panes->len; i++)
    sac_pane_set_compact (g_ptr_array_index (panes->panes, i), compact);
}

/* The keys of a pane that is hidden go to the one that stays, not to whatever
 * comes next in the window. */
static void
keep_focus (SacWindowPanes *panes)
{
  GtkWidget *grid = GTK_WIDGET (panes->grid);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (grid));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, grid) ||
      gtk_widget_is_visible (focus))
    return;
  for (guint i = 0; i < panes->panes->len; i++) {
    SacPane *pane = g_ptr_array_index (panes->panes, i);

    if (gtk_widget_get_visible (GTK_WIDGET (pane))) {
      sac_pane_focus_canvas (pane);
      return;
    }
  }
}

void
sac_window_panes_update (SacWindowPanes *panes)
{
  guint count = sac_pane_set_get_count (get_set (panes));
  const SacPaneLayout *layout = sac_pane_layout_find (count);

  if (panes->panes->len > count)
    sac_pane_focus_canvas (sac_window_panes_get_active (panes));
  while (panes->panes->len > count)
    remove_last_pane (panes);
  while (panes->panes->len < count)
    add_pane (panes);
  refresh_compact (panes);
  if (sac_compare_actions_show_panes (panes->document, panes->panes))
    layout = sac_pane_layout_find (1);
  keep_focus (panes);
  sac_pane_grid_set_shape (panes->grid, layout->rows, layout->columns);
}

SacPane *
sac_window_panes_get_active (SacWindowPanes *panes)
{
  return g_ptr_array_index (panes->panes,
                            sac_pane_set_get_active (get_set (panes)));
}

void
sac_window_panes_focus (SacWindowPanes *panes, int step)
{
  SacPaneSet *set = get_set (panes);
  guint count = sac_pane_set_get_count (set);

  sac_pane_set_set_active (set, (sac_pane_set_get_active (set) + count +
                                 (guint)step) %
                                  count);
  sac_pane_focus_canvas (sac_window_panes_get_active (panes));
}

SacWindowPanes *
sac_window_panes_new (SacDocument *document, SacPaneGrid *grid)
{
  SacWindowPanes *panes = g_object_new (SAC_TYPE_WINDOW_PANES, NULL);

  panes->document = document;
  panes->grid = grid;
  g_signal_connect_object (grid, "narrowed", G_CALLBACK (refresh_compact),
                           panes, G_CONNECT_SWAPPED);
  return panes;
}

static void
sac_window_panes_finalize (GObject *object)
{
  SacWindowPanes *panes = SAC_WINDOW_PANES (object);

  g_ptr_array_unref (panes->panes);
  g_object_unref (panes->headers);
  g_object_unref (panes->footers);
  G_OBJECT_CLASS (sac_window_panes_parent_class)->finalize (object);
}

static void
sac_window_panes_class_init (SacWindowPanesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_window_panes_finalize;
}

static void
sac_window_panes_init (SacWindowPanes *panes)
{
  panes->panes = g_ptr_array_new ();
  panes->headers = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
  panes->footers = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);
}
