/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cell-table.h"

#include "cell-item.h"
#include "pane-run.h"

#include <glib/gi18n.h>
#include <math.h>

/* Maps change several times in a row. */
#define REFILL_MS 100

/* What a column shows; behind these come the panes, one a column. */
enum { KIND_ROW, KIND_COLUMN, KIND_X, KIND_Y, KIND_FIRST_PANE };

struct _SacCellTable {
  AdwWindow parent_instance;
  SacWindow *window; /* it goes with this one */
  GtkColumnView *view;
  GListStore *cells;
  GtkSingleSelection *selection;
  GtkLabel *status;
  AdwWindowTitle *title;
  guint refill_timer;
  bool is_filling;
  double um_per_px; /* 0: places are told in pixels */
};

#define SAC_TYPE_CELL_TABLE (sac_cell_table_get_type ())
G_DECLARE_FINAL_TYPE (SacCellTable, sac_cell_table, SAC, CELL_TABLE, AdwWindow)
G_DEFINE_FINAL_TYPE (SacCellTable, sac_cell_table, ADW_TYPE_WINDOW)

static SacDocument *
get_document (SacCellTable *table)
{
  return sac_window_get_document (table->window);
}

static SacPaneState *
get_pane (SacCellTable *table)
{
  return sac_pane_get_state (sac_window_get_active_pane (table->window));
}

static double
get_number (const SacCellItem *item, int kind)
{
  switch (kind) {
  case KIND_ROW:
    return item->row;
  case KIND_COLUMN:
    return item->column;
  case KIND_X:
    return item->x;
  case KIND_Y:
    return item->y;
  default:
    return item->values[kind - KIND_FIRST_PANE];
  }
}

static char *
format_place (const SacCellTable *table, double place)
{
  return table->um_per_px > 0 ? g_strdup_printf ("%.0f px · %.0f µm", place,
                                                 place * table->um_per_px)
                              : g_strdup_printf ("%.0f px", place);
}

static char *
format_number (const SacCellTable *table, const SacCellItem *item, int kind)
{
  double number = get_number (item, kind);

  switch (kind) {
  case KIND_ROW:
  case KIND_COLUMN:
    return g_strdup_printf ("%.0f", number + 1);
  case KIND_X:
  case KIND_Y:
    return format_place (table, number);
  default:
    return isnan (number) ? g_strdup ("–") : sac_scene_format_number (number);
  }
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (list_item, label);
}

/* "B: Attention relevance". */
static char *
name_pane (SacCellTable *table, guint index)
{
  SacPaneState *pane = sac_document_get_pane (get_document (table), index);
  const SacRunMap *run = sac_pane_state_get_run (pane);
  const SacChoice *choice = sac_pane_state_get_map_choice (pane);
  const SacMethod *method =
    choice != NULL ? sac_method_find (choice->method) : NULL;

  /* Translators: the number of a pane and the method of its map. */
  return g_strdup_printf (_ ("Pane %u: %s"), index + 1,
                          run != NULL      ? run->method_label
                          : method != NULL ? _ (method->label)
                                           : "–");
}

/* Returns: a new string. */
static char *
describe_cell (SacCellTable *table, const SacCellItem *cell)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("Row %d, column %d."), cell->row + 1,
                          cell->column + 1);
  for (guint i = 0; i < sac_document_get_pane_count (get_document (table));
       i++) {
    g_autofree char *name = name_pane (table, i);
    g_autofree char *number =
      format_number (table, cell, KIND_FIRST_PANE + (int)i);

    g_string_append_printf (text, " %s %s.", name, number);
  }
  return g_string_free (text, FALSE);
}

/* The row around the cells has the focus, and GTK 4.8 speaks its type. */
static void
name_row (SacCellTable *table, GtkWidget *label, const SacCellItem *cell)
{
  GtkWidget *around = gtk_widget_get_parent (label);
  GtkWidget *row = around != NULL ? gtk_widget_get_parent (around) : NULL;
  g_autofree char *text = describe_cell (table, cell);

  if (row != NULL && gtk_accessible_get_accessible_role (
                       GTK_ACCESSIBLE (row)) == GTK_ACCESSIBLE_ROLE_ROW)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem *list_item,
         SacCellTable *table)
{
  int kind =
    GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "sac-kind"));
  g_autofree char *text =
    format_number (table, gtk_list_item_get_item (list_item), kind);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), text);
  if (kind == KIND_ROW)
    name_row (table, gtk_list_item_get_child (list_item),
              gtk_list_item_get_item (list_item));
}

/* What is not there comes last, whichever way the rest is sorted. */
static int
compare_cells (gconstpointer a, gconstpointer b, gpointer kind)
{
  double left = get_number (a, GPOINTER_TO_INT (kind));
  double right = get_number (b, GPOINTER_TO_INT (kind));

  if (isnan (left) || isnan (right))
    return isnan (left) - isnan (right);
  return (left > right) - (left < right);
}

static void
append_column (SacCellTable *table, const char *title, int kind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter = GTK_SORTER (
    gtk_custom_sorter_new (compare_cells, GINT_TO_POINTER (kind), NULL));

  g_object_set_data (G_OBJECT (factory), "sac-kind", GINT_TO_POINTER (kind));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), table, 0);

  g_autoptr (GtkColumnViewColumn) column =
    gtk_column_view_column_new (title, factory);

  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_expand (column, kind >= KIND_X);
  gtk_column_view_append_column (table->view, column);
}

/* Titles stand over their numbers, at the right, and the arrow of the order
 * before them.  GTK has no property for that. */
static void
align_titles (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget)) {
    gtk_label_set_xalign (GTK_LABEL (widget), 1);
    gtk_widget_set_hexpand (widget, TRUE);
    gtk_widget_insert_before (widget, gtk_widget_get_parent (widget), NULL);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    align_titles (child);
}

static void
refill_columns (SacCellTable *table)
{
  GListModel *columns = gtk_column_view_get_columns (table->view);
  guint count = sac_document_get_pane_count (get_document (table));

  while (g_list_model_get_n_items (columns) > 0) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

    gtk_column_view_remove_column (table->view, column);
  }
  append_column (table, _ ("Row"), KIND_ROW);
  append_column (table, _ ("Column"), KIND_COLUMN);
  append_column (table, _ ("From the left"), KIND_X);
  append_column (table, _ ("From the top"), KIND_Y);
  for (guint i = 0; i < count; i++) {
    g_autofree char *title = name_pane (table, i);

    append_column (table, title, KIND_FIRST_PANE + (int)i);
  }
  /* Above the rows. */
  align_titles (gtk_widget_get_first_child (GTK_WIDGET (table->view)));
}

static void
look_up_values (SacCellTable *table, GPtrArray *cells)
{
  SacDocument *document = get_document (table);
  guint count = sac_document_get_pane_count (document);

  for (guint i = 0; i < count; i++) {
    SacMap *map = sac_pane_state_get_map (sac_document_get_pane (document, i));

    for (guint k = 0; map != NULL && k < cells->len; k++) {
      SacCellItem *cell = cells->pdata[k];
      double row, column;

      if (map->has_geometry &&
          sac_geometry_locate (&map->geometry, map->rows, map->columns, cell->x,
                               cell->y, &row, &column))
        cell->values[i] =
          sac_map_shown (map,
                         (size_t)row * (size_t)map->columns + (size_t)column);
    }
  }
}

static void
say_selected (SacCellTable *table)
{
  const SacCellItem *cell =
    gtk_single_selection_get_selected_item (table->selection);

  if (cell == NULL) {
    bool is_empty = g_list_model_get_n_items (G_LIST_MODEL (table->cells)) == 0;

    gtk_label_set_label (table->status, is_empty ? _ ("There is no map")
                                                 : _ ("No cell is selected"));
    return;
  }

  g_autofree char *text = describe_cell (table, cell);

  gtk_label_set_label (table->status, text);
}

static void
refill_title (SacCellTable *table, const SacMap *map)
{
  g_autofree char *subtitle =
    map != NULL ? g_strdup_printf (_ ("%d × %d cells"), map->rows, map->columns)
                : g_strdup ("");

  adw_window_title_set_subtitle (table->title, subtitle);
}

static void
refill (SacCellTable *table)
{
  SacMap *map = sac_pane_state_get_map (get_pane (table));
  SacSource *source = sac_document_get_source (get_document (table));
  g_autoptr (GPtrArray) cells = map != NULL && map->has_geometry
                                  ? sac_cell_items_new (map)
                                  : g_ptr_array_new ();

  table->um_per_px = source != NULL ? sac_source_get_mpp (source) : 0;
  look_up_values (table, cells);
  table->is_filling = true;
  refill_columns (table);
  refill_title (table, map);
  g_list_store_splice (table->cells, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (table->cells)),
                       cells->pdata, cells->len);
  table->is_filling = false;
  say_selected (table);
}

static gboolean
on_refill (gpointer data)
{
  SacCellTable *table = data;

  table->refill_timer = 0;
  refill (table);
  return G_SOURCE_REMOVE;
}

static void
refill_soon (SacCellTable *table)
{
  if (table->refill_timer == 0)
    table->refill_timer = g_timeout_add (REFILL_MS, on_refill, table);
}

static void
on_selected (SacCellTable *table)
{
  const SacCellItem *cell =
    gtk_single_selection_get_selected_item (table->selection);

  if (table->is_filling || cell == NULL)
    return;
  sac_document_set_cursor (get_document (table), cell->x, cell->y);
  say_selected (table);
}

GtkWidget *
sac_cell_table_new (SacWindow *window)
{
  SacCellTable *table =
    g_object_new (SAC_TYPE_CELL_TABLE, "transient-for", window,
                  "destroy-with-parent", TRUE, NULL);

  table->window = window;
  g_signal_connect_object (get_document (table), "maps",
                           G_CALLBACK (refill_soon), table, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (get_document (table)),
                           "changed", G_CALLBACK (refill_soon), table,
                           G_CONNECT_SWAPPED);
  refill (table);
  return GTK_WIDGET (table);
}

static void
sac_cell_table_dispose (GObject *object)
{
  SacCellTable *table = SAC_CELL_TABLE (object);

  g_clear_handle_id (&table->refill_timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (table), SAC_TYPE_CELL_TABLE);
  g_clear_object (&table->selection);
  g_clear_object (&table->cells);
  G_OBJECT_CLASS (sac_cell_table_parent_class)->dispose (object);
}

static void
sac_cell_table_class_init (SacCellTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_cell_table_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/cell-table.ui");
  gtk_widget_class_bind_template_child (widget_class, SacCellTable, view);
  gtk_widget_class_bind_template_child (widget_class, SacCellTable, status);
  gtk_widget_class_bind_template_child (widget_class, SacCellTable, title);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0,
                                       "window.close", NULL);
}

static void
sac_cell_table_init (SacCellTable *table)
{
  gtk_widget_init_template (GTK_WIDGET (table));
  table->cells = g_list_store_new (SAC_TYPE_CELL_ITEM);

  GtkSorter *sorter = gtk_column_view_get_sorter (table->view);
  GtkSortListModel *sorted =
    gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (table->cells)),
                             g_object_ref (sorter));

  table->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (table->selection, FALSE);
  gtk_single_selection_set_can_unselect (table->selection, TRUE);
  gtk_column_view_set_model (table->view,
                             GTK_SELECTION_MODEL (table->selection));
  g_signal_connect_object (table->selection, "notify::selected-item",
                           G_CALLBACK (on_selected), table, G_CONNECT_SWAPPED);
}
