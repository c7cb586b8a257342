/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "mask-list.h"

#include "annotation/measure.h"
#include "chooser.h"
#include "labels.h"
#include "scene/annotated.h"
#include "tooltip.h"
#include "work-mask.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SacMaskList {
  GtkWidget parent_instance;
  SacDocument *document;
  SacMaskMeters *meters; /* the worker's */
  SacWorker *worker; /* its own: models keep the other one busy for seconds */
  SacJob *job;       /* NULL: nothing is under way */
  bool is_due;       /* something changed while it was */
  bool has_draft;    /* something half drawn was counted */
  GtkWidget *box;
  SacChooser *class_chooser; /* what of the annotations is the mask */
  GtkWidget *area;
  GtkWidget *undefined; /* what has no number, and why */
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
  sac_tooltip_set (label, tooltip);
}

/* The reason why a side has not one measure.  NULL: it has some, or there are
 * several reasons. */
static const char *
find_common_reason (const SacMaskScores *scores)
{
  const char *common = scores->values[0].reason;

  for (int kind = 1; common != NULL && kind < SAC_MASK_KIND_COUNT; kind++)
    if (g_strcmp0 (scores->values[kind].reason, common) != 0)
      return NULL;
  return common;
}

static void
append_line (GString *text, const char *what, const char *reason)
{
  g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", what,
                          _ (reason));
}

/* "Pointing game, A: nothing positive"; once for a side that has not one
 * measure, and once for both where they agree in that.  Returns: a new string,
 * empty where all is defined. */
static char *
describe_undefined (const SacMaskResult *result)
{
  static const char *const letters[] = {"A", "B"};
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();
  GString *text = g_string_new (NULL);
  const char *common[2];

  for (int i = 0; i < 2; i++)
    common[i] = result->has[i] ? find_common_reason (&result->scores[i]) : NULL;
  if (common[0] != NULL && g_strcmp0 (common[0], common[1]) == 0) {
    append_line (text, "A, B", common[0]);
    return g_string_free (text, FALSE);
  }
  for (int i = 0; i < 2; i++)
    if (common[i] != NULL)
      append_line (text, letters[i], common[i]);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    for (int i = 0; i < 2; i++) {
      const char *reason = result->scores[i].values[kind].reason;
      g_autofree char *what =
        g_strdup_printf ("%s, %s", _ (measures[kind].label), letters[i]);

      if (result->has[i] && reason != NULL && common[i] == NULL)
        append_line (text, what, reason);
    }
  return g_string_free (text, FALSE);
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

  g_autofree char *undefined = describe_undefined (result);

  gtk_label_set_label (GTK_LABEL (list->undefined), undefined);
  gtk_widget_set_visible (list->undefined, *undefined != '\0');
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

/* Fills the chooser with the classes that have areas.  Returns: the index of
 * the one that is chosen; -1: all, also where the chosen one has gone. */
static int
refresh_class (SacMaskList *list, const SacAnnotations *set)
{
  g_autoptr (GArray) options = g_array_new (FALSE, TRUE, sizeof (SacOption));
  SacOption all = {.id = "", .title = _ ("All annotations")};
  const char *name = sac_document_get_mask_class (list->document);
  int chosen = sac_annotated_find_class (set, name);

  g_array_append_val (options, all);
  for (guint i = 0; i < set->classes->len; i++) {
    const SacAnnotationClass *class = set->classes->pdata[i];
    SacOption option = {.id = class->name, .title = class->name};

    if (sac_annotated_count_areas (set, (int)i) == 0)
      continue;
    g_array_append_val (options, option);
  }
  sac_chooser_set_options (list->class_chooser, (SacOption *)options->data,
                           options->len);
  sac_chooser_select (list->class_chooser, chosen >= 0 ? name : "");
  gtk_widget_set_visible (GTK_WIDGET (list->class_chooser), options->len > 1);
  return chosen;
}

/* What is drawn, and what is half drawn. */
static SacAnnotations *
dup_set (SacMaskList *list)
{
  SacMarkup *markup = sac_document_get_markup (list->document);
  SacAnnotations *set = sac_annotations_copy (sac_markup_get_set (markup));
  const SacAnnotation *draft = sac_markup_get_draft (markup);

  list->has_draft = draft != NULL && sac_annotation_get_area (draft) > 0;
  if (list->has_draft)
    g_ptr_array_add (set->items, sac_annotation_copy (draft));
  return set;
}

/* One request at a time, and the last change is never left out. */
static void
refresh (SacMaskList *list)
{
  list->is_due = list->job != NULL;
  if (list->is_due)
    return;

  g_autoptr (SacAnnotations) set = dup_set (list);
  SacPaneSet *panes = sac_document_get_panes (list->document);
  SacMap *maps[2] = {NULL, NULL};

  bool has_areas = sac_annotated_count_areas (set, -1) > 0;

  gtk_widget_set_visible (GTK_WIDGET (list), has_areas);
  if (!has_areas)
    return;

  int class_index = refresh_class (list, set);

  for (guint i = 0; i < 2; i++) {
    SacPaneState *pane = sac_pane_set_get_compared (panes, i);

    maps[i] = pane != NULL ? sac_pane_state_get_map (pane) : NULL;
  }
  if (list->worker == NULL) {
    list->worker = sac_worker_new ();
    list->meters = sac_mask_meters_new ();
  }
  list->job =
    sac_worker_push (list->worker, &sac_work_mask,
                     sac_mask_request_new (list->meters, maps,
                                           g_steal_pointer (&set), class_index),
                     list, on_measured);
}

/* While something is drawn, and when it is dropped. */
static void
on_state (SacMaskList *list)
{
  SacMarkup *markup = sac_document_get_markup (list->document);

  if (list->has_draft || sac_markup_get_draft (markup) != NULL)
    refresh (list);
}

void
sac_mask_list_set_document (SacMaskList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  g_signal_connect_object (sac_document_get_markup (document), "changed",
                           G_CALLBACK (refresh), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_markup (document), "state",
                           G_CALLBACK (on_state), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (refresh), list, G_CONNECT_SWAPPED);
  refresh (list);
}

static void
on_class_chosen (SacMaskList *list, const char *id)
{
  sac_document_set_mask_class (list->document, *id != '\0' ? id : NULL);
  refresh (list);
}

void
sac_mask_list_choose_class (SacMaskList *list, const char *name)
{
  on_class_chosen (list, name != NULL ? name : "");
}

static void
add_class (SacMaskList *list)
{
  list->class_chooser = g_object_new (SAC_TYPE_CHOOSER, "label",
                                      _ ("Annotations that count"), NULL);
  gtk_widget_set_halign (GTK_WIDGET (list->class_chooser), GTK_ALIGN_START);
  g_signal_connect_object (list->class_chooser, "chosen",
                           G_CALLBACK (on_class_chosen), list,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (list->box), GTK_WIDGET (list->class_chooser));
}

static void
add_table (SacMaskList *list)
{
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();
  GtkWidget *table = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (table), 12);
  gtk_grid_set_row_spacing (GTK_GRID (table), 6);
  gtk_grid_attach (GTK_GRID (table), sac_label_new ("A", 1, "heading"), 1, 0, 1,
                   1);
  gtk_grid_attach (GTK_GRID (table), sac_label_new ("B", 1, "heading"), 2, 0, 1,
                   1);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    GtkWidget *name = sac_label_new (_ (measures[kind].label), 0, NULL);

    gtk_widget_set_hexpand (name, TRUE);
    sac_tooltip_set (name, _ (measures[kind].meaning));
    gtk_grid_attach (GTK_GRID (table), name, 0, kind + 1, 1, 1);
    for (int i = 0; i < 2; i++) {
      list->values[kind][i] = sac_label_new ("–", 1, "figure");
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
  g_clear_pointer (&list->meters, sac_mask_meters_unref);
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
                  sac_label_new (_ ("Within the annotations"), 0, "heading"));
  add_class (list);
  list->area = sac_label_new (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->area);
  add_table (list);
  list->undefined = sac_label_new (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->undefined);
}
