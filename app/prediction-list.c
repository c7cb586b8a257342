/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "prediction-list.h"

#include "class-names.h"
#include "tooltip.h"
#include <glib/gi18n.h>
#include <math.h>

/* Panes of one model share a column; models beyond these are found in the
 * panes. */
#define COLUMN_COUNT 4

/* Rarer classes are counted, not shown: a panel is not a table of thousands. */
#define ROW_COUNT 10
#define CLASS_COUNT 4096

typedef struct {
  guint pane; /* the first that shows these */
  SacFindings *findings;
  gsize output; /* which head is shown */
} Column;

struct _SacPredictionList {
  GtkWidget parent_instance;
  SacDocument *document;
  Column columns[COLUMN_COUNT];
  guint column_count;
  GtkGrid *grid;
};

G_DEFINE_FINAL_TYPE (SacPredictionList, sac_prediction_list, GTK_TYPE_WIDGET)

/* One class as several models see it. */
typedef struct {
  char *id, *name;
  double probabilities[COLUMN_COUNT]; /* NaN: the model does not know it */
  double largest;
} Row;

static void
row_free (Row *row)
{
  g_free (row->id);
  g_free (row->name);
  g_free (row);
}

static Row *
find_row (GHashTable *by_id,
          GPtrArray *rows,
          const SacPrediction *head,
          gsize i)
{
  g_autofree char *id = sac_prediction_class_id (head, i);
  Row *row = g_hash_table_lookup (by_id, id);

  if (row != NULL)
    return row;
  row = g_new0 (Row, 1);
  row->id = g_steal_pointer (&id);
  row->name = sac_class_name_dup (head, i);
  for (guint column = 0; column < COLUMN_COUNT; column++)
    row->probabilities[column] = NAN;
  g_hash_table_insert (by_id, row->id, row);
  g_ptr_array_add (rows, row);
  return row;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const Row *left = *(Row *const *)a, *right = *(Row *const *)b;

  return (left->largest < right->largest) - (left->largest > right->largest);
}

static GPtrArray *
collect_rows (SacPredictionList *list)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint column = 0; column < list->column_count; column++) {
    const SacPredictions *predictions =
      list->columns[column].findings->predictions;
    gsize output = list->columns[column].output;

    if (output >= predictions->head_count)
      continue;

    const SacPrediction *head = &predictions->heads[output];

    for (gsize i = 0; i < MIN (head->class_count, CLASS_COUNT); i++) {
      Row *row = find_row (by_id, rows, head, i);

      row->probabilities[column] = head->probabilities[i];
      row->largest = fmax (row->largest, head->probabilities[i]);
    }
  }
  g_ptr_array_sort (rows, compare_rows);
  return rows;
}

static GtkWidget *
new_text (const char *text, double xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
new_bar (const Row *row, guint pane, double probability)
{
  GtkWidget *bar = gtk_progress_bar_new ();
  g_autofree char *series = g_strdup_printf ("series-%u", pane + 1);

  gtk_widget_add_css_class (bar, "prediction");
  gtk_widget_add_css_class (bar, series);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_opacity (bar, isnan (probability) ? 0 : 1);
  if (!isnan (probability))
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar),
                                   CLAMP (probability, 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, row->name, -1);
  return bar;
}

static void
attach_row (SacPredictionList *list, const Row *row, int line)
{
  GtkWidget *name = new_text (row->name, 0, NULL);
  GtkWidget *bars = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  sac_tooltip_set (name, row->name);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 14);
  gtk_label_set_width_chars (GTK_LABEL (name), 12);
  gtk_widget_set_valign (bars, GTK_ALIGN_CENTER);
  gtk_grid_attach (list->grid, name, 0, line, 1, 1);
  gtk_grid_attach (list->grid, bars, 1, line, 1, 1);
  for (guint i = 0; i < list->column_count; i++) {
    double probability = row->probabilities[i];
    g_autofree char *text = isnan (probability)
                              ? g_strdup ("–")
                              : g_strdup_printf ("%.2f", probability);

    gtk_box_append (GTK_BOX (bars),
                    new_bar (row, list->columns[i].pane, probability));
    gtk_grid_attach (list->grid, new_text (text, 1, "numeric"), 2 + i, line, 1,
                     1);
  }
}

static void
attach_header (SacPredictionList *list)
{
  for (guint i = 0; i < list->column_count; i++) {
    guint pane = list->columns[i].pane;
    SacPaneState *state = sac_document_get_pane (list->document, pane);
    const char *model = sac_pane_state_get_choice (state)->model;
    g_autofree char *name =
      model != NULL ? sac_choice_dup_model_name (model) : NULL;
    g_autofree char *series = g_strdup_printf ("series-%u", pane + 1);
    GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

    gtk_widget_add_css_class (dot, "dot");
    gtk_widget_add_css_class (dot, series);
    gtk_widget_set_halign (dot, GTK_ALIGN_END);
    gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
    sac_tooltip_set (dot, name);
    gtk_grid_attach (list->grid, dot, 2 + i, 0, 1, 1);
  }
}

static void
rebuild (SacPredictionList *list)
{
  g_autoptr (GPtrArray) rows = collect_rows (list);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list->grid))) != NULL)
    gtk_grid_remove (list->grid, child);
  if (rows->len == 0) {
    gtk_grid_attach (list->grid, new_text (_ ("Not known yet"), 0, "note"), 0,
                     0, 1, 1);
    return;
  }
  attach_header (list);
  for (guint i = 0; i < MIN (rows->len, ROW_COUNT); i++)
    attach_row (list, g_ptr_array_index (rows, i), i + 1);
  if (rows->len > ROW_COUNT) {
    g_autofree char *rest =
      g_strdup_printf (ngettext ("and %u more class", "and %u more classes",
                                 rows->len - ROW_COUNT),
                       rows->len - ROW_COUNT);

    gtk_grid_attach (list->grid, new_text (rest, 0, "note"), 0, ROW_COUNT + 1,
                     4, 1);
  }
}

static bool
has_column (const Column *columns,
            guint count,
            const SacFindings *findings,
            gsize output)
{
  for (guint i = 0; i < count; i++) {
    const SacFindings *other = columns[i].findings;

    /* One model predicts the same from the same place. */
    if (columns[i].output == output && other->loaded == findings->loaded &&
        other->focus.is_set == findings->focus.is_set &&
        other->focus.x == findings->focus.x &&
        other->focus.y == findings->focus.y)
      return true;
  }
  return false;
}

static guint
collect_columns (SacPredictionList *list, Column *columns)
{
  guint count = 0;

  for (guint i = 0;
       i < sac_document_get_pane_count (list->document) && count < COLUMN_COUNT;
       i++) {
    SacPaneState *pane = sac_document_get_pane (list->document, i);
    SacFindings *findings = sac_pane_state_get_findings (pane);
    gsize output = sac_pane_state_get_choice (pane)->output;

    if (findings != NULL && !has_column (columns, count, findings, output))
      columns[count++] = (Column){i, findings, output};
  }
  return count;
}

static void
clear_columns (SacPredictionList *list)
{
  for (guint i = 0; i < list->column_count; i++)
    sac_findings_unref (list->columns[i].findings);
  list->column_count = 0;
}

static void
on_maps (SacPredictionList *list)
{
  Column columns[COLUMN_COUNT];
  guint count = collect_columns (list, columns);
  bool changed = count != list->column_count;

  for (guint i = 0; i < count && !changed; i++)
    changed = columns[i].pane != list->columns[i].pane ||
              columns[i].findings != list->columns[i].findings ||
              columns[i].output != list->columns[i].output;
  if (!changed)
    return;
  for (guint i = 0; i < count; i++)
    sac_findings_ref (columns[i].findings);
  clear_columns (list);
  for (guint i = 0; i < count; i++)
    list->columns[i] = columns[i];
  list->column_count = count;
  rebuild (list);
}

void
sac_prediction_list_set_document (SacPredictionList *list,
                                  SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  g_signal_connect_object (document, "maps", G_CALLBACK (on_maps), list,
                           G_CONNECT_SWAPPED);
  rebuild (list);
}

static void
sac_prediction_list_dispose (GObject *object)
{
  SacPredictionList *list = SAC_PREDICTION_LIST (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (list));

  if (child != NULL)
    gtk_widget_unparent (child);
  clear_columns (list);
  g_clear_object (&list->document);
  G_OBJECT_CLASS (sac_prediction_list_parent_class)->dispose (object);
}

static void
sac_prediction_list_class_init (SacPredictionListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_prediction_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_prediction_list_init (SacPredictionList *list)
{
  list->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (list->grid, 9);
  gtk_grid_set_row_spacing (list->grid, 9);
  gtk_widget_set_parent (GTK_WIDGET (list->grid), GTK_WIDGET (list));
}
