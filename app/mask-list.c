/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "mask-list.h"

#include "work-mask.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SacMaskList {
  GtkWidget parent_instance;
  SacDocument *document;
  SacWorker *worker; /* its own: models keep the other one busy for seconds */
  SacJob *job;       /* NULL: nothing is under way */
  bool is_due;       /* something changed while it was */
  GtkWidget *box;
  GtkWidget *area;
  GtkWidget *values[SAC_MASK_KIND_COUNT][2];
};

G_DEFINE_FINAL_TYPE (SacMaskList, sac_mask_list, GTK_TYPE_WIDGET)

static void
show_value (GtkWidget *label, const SacMaskResult *result, int side, int kind)
{
  const SacMaskValue *value = &result->scores[side].values[kind];
  const char *meaning = _ (sac_mask_measures_get_all ()[kind].meaning);
  bool is_defined = result->has[side] && value->reason == NULL;
  g_autofree char *text =
    !is_defined ? g_strdup ("–")
                : g_strdup_printf ("%s%.2f", value->value <= -0.005 ? "−" : "",
                                   fabs (value->value));
  g_autofree char *tooltip =
    result->has[side] && value->reason != NULL
      ? g_strdup_printf ("%s: %s", _ ("not defined"), _ (value->reason))
      : g_strdup (meaning);

  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, tooltip);
}

static void
show_result (SacMaskList *list, const SacMaskResult *result)
{
  int side = result->has[0] ? 0 : 1;
  g_autofree char *area =
    g_strdup_printf (_ ("The annotations cover %.1f %% of what the model saw."),
                     100 * result->scores[side].area);

  gtk_widget_set_visible (list->area, result->has[side]);
  gtk_label_set_label (GTK_LABEL (list->area), area);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    for (int i = 0; i < 2; i++)
      show_value (list->values[kind][i], result, i, kind);
}

static void refresh (SacMaskList *list);

static void
on_measured (gpointer owner, gpointer data, const GError *error)
{
  SacMaskList *list = owner;
  g_autofree SacMaskResult *result = data;

  g_clear_pointer (&list->job, sac_job_unref);
  if (list->document == NULL)
    return;
  if (result != NULL)
    show_result (list, result);
  if (list->is_due)
    refresh (list);
}

static bool
has_areas (const SacAnnotations *set)
{
  for (guint i = 0; i < set->items->len; i++) {
    const SacAnnotation *item = set->items->pdata[i];

    if (item->kind == SAC_ANNOTATION_RECTANGLE ||
        item->kind == SAC_ANNOTATION_POLYGON)
      return true;
  }
  return false;
}

/* One request at a time, and the last change is never left out. */
static void
refresh (SacMaskList *list)
{
  const SacAnnotations *set =
    sac_markup_get_set (sac_document_get_markup (list->document));
  SacPaneSet *panes = sac_document_get_panes (list->document);
  SacMap *maps[2] = {NULL, NULL};

  list->is_due = list->job != NULL;
  gtk_widget_set_visible (GTK_WIDGET (list), has_areas (set));
  if (list->is_due || !has_areas (set))
    return;
  for (guint i = 0; i < 2; i++) {
    SacPaneState *pane = sac_pane_set_get_compared (panes, i);

    maps[i] = pane != NULL ? sac_pane_state_get_map (pane) : NULL;
  }
  if (list->worker == NULL)
    list->worker = sac_worker_new ();
  list->job =
    sac_worker_push (list->worker, &sac_work_mask,
                     sac_mask_request_new (maps, sac_annotations_copy (set)),
                     list, on_measured);
}

void
sac_mask_list_set_document (SacMaskList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  g_signal_connect_object (sac_document_get_markup (document), "changed",
                           G_CALLBACK (refresh), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (refresh), list, G_CONNECT_SWAPPED);
  refresh (list);
}

static GtkWidget *
new_text (const char *text, double xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_table (SacMaskList *list)
{
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();
  GtkWidget *table = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (table), 12);
  gtk_grid_set_row_spacing (GTK_GRID (table), 6);
  gtk_grid_attach (GTK_GRID (table), new_text ("A", 1, "heading"), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (table), new_text ("B", 1, "heading"), 2, 0, 1, 1);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    GtkWidget *name = new_text (_ (measures[kind].label), 0, NULL);

    gtk_widget_set_hexpand (name, TRUE);
    gtk_widget_set_tooltip_text (name, _ (measures[kind].meaning));
    gtk_grid_attach (GTK_GRID (table), name, 0, kind + 1, 1, 1);
    for (int i = 0; i < 2; i++) {
      list->values[kind][i] = new_text ("–", 1, "figure");
      gtk_grid_attach (GTK_GRID (table), list->values[kind][i], i + 1, kind + 1,
                       1, 1);
    }
  }
  gtk_box_append (GTK_BOX (list->box), table);
}

static void
sac_mask_list_dispose (GObject *object)
{
  SacMaskList *list = SAC_MASK_LIST (object);

  g_clear_object (&list->document);
  g_clear_pointer (&list->worker, sac_worker_free);
  g_clear_pointer (&list->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sac_mask_list_parent_class)->dispose (object);
}

static void
sac_mask_list_class_init (SacMaskListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_mask_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_mask_list_init (SacMaskList *list)
{
  list->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_parent (list->box, GTK_WIDGET (list));
  gtk_box_append (GTK_BOX (list->box),
                  new_text (_ ("Within the annotations"), 0, "heading"));
  list->area = new_text (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->area);
  add_table (list);
}
