/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scroll-anchor.h"

#include <stdbool.h>

/* Points at the focus that was in sight last; it is compared, never read. */
#define SEEN "sac-scroll-anchor-seen"

/* A popover belongs to its button. */
static GtkWidget *
find_focus (GtkWidget *column)
{
  GtkRoot *root = gtk_widget_get_root (column);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *popover;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, column))
    return NULL;
  while ((popover = gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER)) !=
           NULL &&
         gtk_widget_is_ancestor (popover, column))
    focus = gtk_widget_get_parent (popover);
  return focus;
}

/* Where it was placed last. */
static bool
is_in_sight (GtkWidget *widget, GtkWidget *column, GtkAdjustment *adjustment)
{
  double start = gtk_adjustment_get_value (adjustment);
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (widget, column, &bounds) &&
         bounds.origin.y + bounds.size.height > start &&
         bounds.origin.y < start + gtk_adjustment_get_page_size (adjustment);
}

static GtkWidget *
find_section (GtkWidget *column, GtkWidget *below)
{
  while (below != NULL && gtk_widget_get_parent (below) != column)
    below = gtk_widget_get_parent (below);
  return below;
}

static GtkWidget *
find_first_section (GtkWidget *column, GtkAdjustment *adjustment)
{
  GtkWidget *section = gtk_widget_get_first_child (column);

  if (gtk_adjustment_get_value (adjustment) <= 0)
    return NULL;
  while (section != NULL && (!gtk_widget_should_layout (section) ||
                             !is_in_sight (section, column, adjustment)))
    section = gtk_widget_get_next_sibling (section);
  return section;
}

/* Returns: by how much the section will be lower than it is.  A viewport gives
 * its child the least height. */
static double
get_move (GtkWidget *column, GtkWidget *section)
{
  GtkWidget *child = gtk_widget_get_first_child (column);
  int width = gtk_widget_get_width (gtk_widget_get_parent (column));
  double top = gtk_widget_get_margin_top (section);
  GtkAllocation place;

  for (; child != section; child = gtk_widget_get_next_sibling (child)) {
    int least = 0;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &least, NULL,
                        NULL, NULL);
    top += least + gtk_box_get_spacing (GTK_BOX (column));
  }
  gtk_widget_get_allocation (section, &place);
  return top - place.y;
}

/* Scrolling to a new focus takes its time, and may be overtaken. */
static void
bring_to_sight (GtkWidget *focus,
                GtkWidget *column,
                double move,
                GtkAdjustment *adjustment)
{
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (focus, column, &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y + move,
                               bounds.origin.y + move + bounds.size.height);
}

void
sac_scroll_anchor_prepare (GtkScrolledWindow *scrolled, GtkBox *box)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  GtkWidget *column = GTK_WIDGET (box), *focus = find_focus (column);
  GtkWidget *section = NULL;
  bool is_new =
    focus != NULL && g_object_get_data (G_OBJECT (column), SEEN) != focus;
  double move;

  if (focus != NULL && (is_new || is_in_sight (focus, column, adjustment)))
    section = find_section (column, focus);
  if (section == NULL)
    section = find_first_section (column, adjustment);
  if (section == NULL)
    return;
  move = get_move (column, section);
  if (move == 0)
    return;
  if (move > 0)
    gtk_adjustment_set_upper (adjustment,
                              gtk_adjustment_get_upper (adjustment) + move);
  gtk_adjustment_set_value (adjustment,
                            gtk_adjustment_get_value (adjustment) + move);
  if (is_new)
    bring_to_sight (focus, column, move, adjustment);
}

static void
on_scrolled (GtkAdjustment *adjustment, GtkWidget *column)
{
  GtkWidget *focus = find_focus (column);

  if (focus != NULL && is_in_sight (focus, column, adjustment))
    g_object_set_data (G_OBJECT (column), SEEN, focus);
}

void
sac_scroll_anchor_attach (GtkScrolledWindow *scrolled, GtkBox *column)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);

  g_signal_connect_object (adjustment, "value-changed",
                           G_CALLBACK (on_scrolled), column, 0);
}
