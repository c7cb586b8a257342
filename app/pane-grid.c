/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-grid.h"

/* Between panes, where the grid's own colour shows as a line. */
#define GAP 1

/* Children with so little to spare from side to side are narrow. */
#define SPARE 4

struct _SacPaneGrid {
  GtkWidget parent_instance;
  guint rows, columns;
  bool is_narrow;
  int needed; /* a child's width before it was narrow */
  guint idle; /* what follows from it is not for a moment of layout */
};

G_DEFINE_FINAL_TYPE (SacPaneGrid, sac_pane_grid, GTK_TYPE_WIDGET)

enum { NARROWED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

/* What the neediest child needs. */
static void
measure_child (GtkWidget *grid,
               GtkOrientation orientation,
               int *ret_minimum,
               int *ret_natural)
{
  *ret_minimum = *ret_natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (grid); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    int minimum, natural;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, orientation, -1, &minimum, &natural, NULL, NULL);
    *ret_minimum = MAX (*ret_minimum, minimum);
    *ret_natural = MAX (*ret_natural, natural);
  }
}

static gboolean
on_idle (gpointer data)
{
  SacPaneGrid *grid = data;

  grid->idle = 0;
  g_signal_emit (grid, signals[NARROWED], 0);
  return G_SOURCE_REMOVE;
}

/* As if rows and columns were not exchanged, since what fits follows from this.
 */
static void
refresh_narrow (SacPaneGrid *grid, int width)
{
  int natural;

  if (!grid->is_narrow)
    measure_child (GTK_WIDGET (grid), GTK_ORIENTATION_HORIZONTAL, &grid->needed,
                   &natural);

  bool is_narrow = width / (int)grid->columns < grid->needed + SPARE;

  if (grid->is_narrow == is_narrow)
    return;
  grid->is_narrow = is_narrow;
  if (grid->idle == 0)
    grid->idle = g_idle_add (on_idle, grid);
}

bool
sac_pane_grid_is_narrow (SacPaneGrid *grid)
{
  return grid->is_narrow;
}

void
sac_pane_grid_set_shape (SacPaneGrid *grid, guint rows, guint columns)
{
  grid->rows = rows;
  grid->columns = columns;
  gtk_widget_queue_resize (GTK_WIDGET (grid));
}

void
sac_pane_grid_append (SacPaneGrid *grid, GtkWidget *child)
{
  gtk_widget_insert_before (child, GTK_WIDGET (grid), NULL);
}

void
sac_pane_grid_remove (SacPaneGrid *grid, GtkWidget *child)
{
  gtk_widget_unparent (child);
}

static void
sac_pane_grid_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  SacPaneGrid *grid = SAC_PANE_GRID (widget);
  int count =
    orientation == GTK_ORIENTATION_HORIZONTAL ? grid->columns : grid->rows;

  measure_child (widget, orientation, minimum, natural);
  *minimum = *minimum * count + GAP * (count - 1);
  *natural = *natural * count + GAP * (count - 1);
}

/* Rows and columns for a size: upright grids stand on end, where that fits. */
static void
choose_shape (
  SacPaneGrid *grid, int width, int height, int *ret_rows, int *ret_columns)
{
  int minimum_width, minimum_height, natural;

  *ret_rows = grid->rows;
  *ret_columns = grid->columns;
  if (height <= width || grid->rows >= grid->columns)
    return;
  measure_child (GTK_WIDGET (grid), GTK_ORIENTATION_HORIZONTAL, &minimum_width,
                 &natural);
  measure_child (GTK_WIDGET (grid), GTK_ORIENTATION_VERTICAL, &minimum_height,
                 &natural);
  if (minimum_width * (int)grid->rows > width ||
      (minimum_height + GAP) * (int)grid->columns > height)
    return;
  *ret_rows = grid->columns;
  *ret_columns = grid->rows;
}

/* Where cell `index` of `count` begins.  Pixels that are left over widen the
 * gaps. */
static int
find_start (int index, int count, int size, int cell)
{
  return count > 1 ? index * (size - cell) / (count - 1) : 0;
}

static void
sac_pane_grid_size_allocate (GtkWidget *widget,
                             int width,
                             int height,
                             int baseline)
{
  SacPaneGrid *grid = SAC_PANE_GRID (widget);
  int rows, columns, index = 0;

  choose_shape (grid, width, height, &rows, &columns);

  int cell_width = (width - GAP * (columns - 1)) / columns;
  int cell_height = (height - GAP * (rows - 1)) / rows;

  refresh_narrow (grid, width);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (!gtk_widget_should_layout (child))
      continue;

    GtkAllocation place = {find_start (index % columns, columns, width,
                                       cell_width),
                           find_start (index / columns, rows, height,
                                       cell_height),
                           cell_width, cell_height};

    gtk_widget_size_allocate (child, &place, -1);
    index++;
  }
}

static void
sac_pane_grid_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_handle_id (&SAC_PANE_GRID (object)->idle, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sac_pane_grid_parent_class)->dispose (object);
}

static void
sac_pane_grid_class_init (SacPaneGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_grid_dispose;
  widget_class->measure = sac_pane_grid_measure;
  widget_class->size_allocate = sac_pane_grid_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "panegrid");
  signals[NARROWED] =
    g_signal_new ("narrowed", SAC_TYPE_PANE_GRID, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_pane_grid_init (SacPaneGrid *grid)
{
  grid->rows = grid->columns = 1;
}
