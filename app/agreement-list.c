/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "agreement-list.h"

#include "labels.h"
#include "pane-badge.h"
#include "pane-run.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SacAgreementList {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GtkWidget *sides; /* what A and B are */
  GtkWidget *badges[2];
  GtkWidget *side_names[2];
  GtkWidget *grid_label;
  GtkWidget *table;
  GtkWidget *values[SAC_AGREEMENT_KIND_COUNT];
  GtkWidget *notes[SAC_AGREEMENT_KIND_COUNT]; /* how they stand to chance */
  GtkWidget *outline; /* whether regions of disagreement are */
  GtkWidget *regions; /* how many there are */
  GtkWidget *reason;
  GtkWidget *warning;
};

G_DEFINE_FINAL_TYPE (SacAgreementList, sac_agreement_list, GTK_TYPE_WIDGET)

static char *
format_number (double value)
{
  return value <= -0.005 ? g_strdup_printf ("−%.2f", -value)
                         : g_strdup_printf ("%.2f", fabs (value));
}

/* What the number means beside those of maps shifted, turned and mirrored. */
static char *
dup_note (const SacAgreement *agreement, SacAgreementKind kind)
{
  const SacAgreementValue *value = &agreement->values[kind];
  g_autofree char *low = format_number (value->moved_low);
  g_autofree char *high = format_number (value->moved_high);

  if (value->reason != NULL)
    return g_strdup (_ (value->reason));
  switch (sac_agreement_read (agreement, kind)) {
  case SAC_AGREEMENT_ABOVE:
    return g_strdup_printf (_ ("by chance %s to %s: closer"), low, high);
  case SAC_AGREEMENT_BELOW:
    return g_strdup_printf (_ ("by chance %s to %s: farther"), low, high);
  case SAC_AGREEMENT_CHANCE:
    return g_strdup_printf (_ ("by chance %s to %s: no closer"), low, high);
  default:
    return NULL;
  }
}

static char *
dup_tooltip (const SacAgreement *agreement, SacAgreementKind kind)
{
  const SacAgreementValue *value = &agreement->values[kind];
  const SacAgreementMeasure *measure = &sac_agreement_measures_get_all ()[kind];

  if (value->moved_count == 0)
    return g_strdup (_ (measure->meaning));

  g_autofree char *mean = format_number (value->moved_mean);

  return g_strdup_printf (
    _ ("%s\n\nTo compare with: %d copies of one map, shifted around the edges, "
       "turned and mirrored at random, give %s on average.  p = %.3f is the "
       "share of these, with the map itself, that agree no less; it is not "
       "corrected for the number of measures."),
    _ (measure->meaning), value->moved_count, mean, value->p);
}

static void
show_values (SacAgreementList *list, const SacAgreement *agreement)
{
  g_autofree char *grid = g_strdup_printf (_ ("on %d × %d cells"),
                                           agreement->rows, agreement->columns);

  gtk_label_set_label (GTK_LABEL (list->grid_label), grid);
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    const SacAgreementValue *value = &agreement->values[kind];
    g_autofree char *text = value->reason != NULL
                              ? g_strdup (_ ("not defined"))
                              : format_number (value->value);
    g_autofree char *note = dup_note (agreement, (SacAgreementKind)kind);
    g_autofree char *tooltip = dup_tooltip (agreement, (SacAgreementKind)kind);

    gtk_label_set_label (GTK_LABEL (list->values[kind]), text);
    gtk_label_set_label (GTK_LABEL (list->notes[kind]), note);
    gtk_widget_set_visible (list->notes[kind], note != NULL);
    sac_tooltip_set (list->values[kind], tooltip);
    sac_tooltip_set (list->notes[kind], tooltip);
  }
}

/* How many regions, and what their outlines mean.  Returns: a new string. */
static char *
describe_regions (const SacDisagreement *disagreement)
{
  guint counts[2] = {0, 0};

  for (guint i = 0; i < disagreement->regions->len; i++) {
    const SacDisagreementRegion *region = disagreement->regions->pdata[i];

    counts[region->kind == SAC_OVERLAP_ONLY_B]++;
  }
  /* Translators: a share of cells, then two numbers of regions. */
  return g_strdup_printf (_ ("Regions of the top %.0f %% of cells: %u in A "
                             "alone (solid), %u in B alone (dashed)."),
                          100 * disagreement->overlap->share, counts[0],
                          counts[1]);
}

static void
refresh_regions (SacAgreementList *list, SacComparison *comparison)
{
  const SacDisagreement *disagreement =
    sac_comparison_get_disagreement (comparison);

  gtk_widget_set_visible (list->outline, disagreement != NULL);
  gtk_widget_set_visible (list->regions, disagreement != NULL);
  if (disagreement == NULL)
    return;

  g_autofree char *text = describe_regions (disagreement);

  gtk_label_set_label (GTK_LABEL (list->regions), text);
}

static void
refresh_sides (SacAgreementList *list)
{
  SacPaneSet *panes = sac_document_get_panes (list->document);

  gtk_widget_set_visible (list->sides,
                          sac_pane_set_get_compared (panes, 1) != NULL);
  for (guint i = 0; i < 2; i++) {
    SacPaneState *pane = sac_pane_set_get_compared (panes, i);

    if (pane == NULL)
      continue;

    g_autofree char *text = sac_pane_state_dup_map_title (pane);

    sac_pane_badge_show (GTK_LABEL (list->badges[i]), list->document, pane);
    gtk_label_set_label (GTK_LABEL (list->side_names[i]), text);
  }
}

static void
refresh (SacAgreementList *list)
{
  SacComparison *comparison = sac_document_get_comparison (list->document);
  const GError *reason;
  const SacAgreement *agreement = sac_comparison_get (comparison, &reason);

  refresh_sides (list);
  gtk_widget_set_visible (list->table, agreement != NULL);
  gtk_widget_set_visible (list->grid_label, agreement != NULL);
  gtk_widget_set_visible (list->reason, agreement == NULL);
  gtk_widget_set_visible (list->warning,
                          !sac_comparison_classes_match (comparison));
  refresh_regions (list, comparison);
  if (agreement != NULL)
    show_values (list, agreement);
  else
    gtk_label_set_label (GTK_LABEL (list->reason), reason != NULL
                                                     ? reason->message
                                                     : _ ("Needs two maps"));
}

void
sac_agreement_list_set_document (SacAgreementList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (refresh), list, G_CONNECT_SWAPPED);
  refresh (list);
}

static void
add_table (SacAgreementList *list)
{
  const SacAgreementMeasure *measures = sac_agreement_measures_get_all ();

  list->table = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (list->table), 12);
  gtk_grid_set_row_spacing (GTK_GRID (list->table), 3);
  for (int i = 0; i < SAC_AGREEMENT_KIND_COUNT; i++) {
    GtkWidget *name = sac_label_new (_ (measures[i].label), 0, NULL);

    list->values[i] = sac_label_new (NULL, 1, "figure");
    list->notes[i] = sac_label_new (NULL, 0, "note");
    gtk_widget_set_hexpand (name, TRUE);
    sac_tooltip_set (name, _ (measures[i].meaning));
    gtk_grid_attach (GTK_GRID (list->table), name, 0, 2 * i, 1, 1);
    gtk_grid_attach (GTK_GRID (list->table), list->values[i], 1, 2 * i, 1, 1);
    gtk_grid_attach (GTK_GRID (list->table), list->notes[i], 0, 2 * i + 1, 2,
                     1);
    gtk_widget_set_margin_bottom (list->notes[i], 3);
  }
  gtk_box_append (GTK_BOX (list->box), list->table);
}

static void
add_sides (SacAgreementList *list)
{
  list->sides = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (list->sides), 9);
  gtk_grid_set_row_spacing (GTK_GRID (list->sides), 6);
  for (int i = 0; i < 2; i++) {
    list->badges[i] = gtk_label_new (NULL);
    gtk_widget_set_valign (list->badges[i], GTK_ALIGN_CENTER);
    list->side_names[i] = sac_label_new (NULL, 0, "note");
    gtk_grid_attach (GTK_GRID (list->sides), list->badges[i], 0, i, 1, 1);
    gtk_grid_attach (GTK_GRID (list->sides), list->side_names[i], 1, i, 1, 1);
  }
  gtk_box_append (GTK_BOX (list->box), list->sides);
}

static void
add_warning (SacAgreementList *list)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Same Class in All"));

  list->warning = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.match-classes");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (list->warning),
                  sac_label_new (_ ("A and B explain different classes."), 0,
                                 "note-warning"));
  gtk_box_append (GTK_BOX (list->warning), button);
  gtk_box_append (GTK_BOX (list->box), list->warning);
}

static void
sac_agreement_list_dispose (GObject *object)
{
  SacAgreementList *list = SAC_AGREEMENT_LIST (object);

  g_clear_pointer (&list->box, gtk_widget_unparent);
  g_clear_object (&list->document);
  G_OBJECT_CLASS (sac_agreement_list_parent_class)->dispose (object);
}

static void
sac_agreement_list_class_init (SacAgreementListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_agreement_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_agreement_list_init (SacAgreementList *list)
{
  list->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_parent (list->box, GTK_WIDGET (list));
  add_sides (list);
  list->grid_label = sac_label_new (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->grid_label);
  add_table (list);
  list->outline =
    gtk_check_button_new_with_label (_ ("Outline where they disagree"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (list->outline),
                                  "win.outline-disagreement");
  gtk_box_append (GTK_BOX (list->box), list->outline);
  list->regions = sac_label_new (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->regions);
  list->reason = sac_label_new (NULL, 0, "note");
  gtk_box_append (GTK_BOX (list->box), list->reason);
  add_warning (list);
}
