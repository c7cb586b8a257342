/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "side-panel.h"

#include "agreement-list.h"
#include "layer-list.h"
#include "map-values.h"
#include "markup-list.h"
#include "mask-list.h"
#include "prediction-list.h"
#include "provenance-view.h"
#include "sanity-list.h"
#include "scroll-anchor.h"

struct _SacSidePanel {
  GtkWidget parent_instance;
  GtkWidget *content;
  GtkBox *box;
  SacPredictionList *predictions;
  SacAgreementList *agreement;
  SacMapValues *values;
  SacSanityList *sanity;
  SacMaskList *mask;
  SacLayerList *layers;
  SacMarkupList *annotations;
  GtkBox *provenance;
  SacDocument *document;
  guint pane_count; /* with a view */
};

G_DEFINE_FINAL_TYPE (SacSidePanel, sac_side_panel, GTK_TYPE_WIDGET)

/* A view for each pane. */
static void
on_panes_changed (SacSidePanel *panel)
{
  guint count = sac_document_get_pane_count (panel->document);

  for (; panel->pane_count < count; panel->pane_count++)
    gtk_box_append (panel->provenance,
                    sac_provenance_view_new (panel->document,
                                             panel->pane_count));
  for (; panel->pane_count > count; panel->pane_count--)
    gtk_box_remove (panel->provenance,
                    gtk_widget_get_last_child (GTK_WIDGET (panel->provenance)));
}

void
sac_side_panel_set_document (SacSidePanel *panel, SacDocument *document)
{
  g_return_if_fail (panel->document == NULL);
  panel->document = g_object_ref (document);
  sac_prediction_list_set_document (panel->predictions, document);
  sac_agreement_list_set_document (panel->agreement, document);
  sac_map_values_set_document (panel->values, document);
  sac_sanity_list_set_document (panel->sanity, document);
  sac_mask_list_set_document (panel->mask, document);
  sac_layer_list_set_document (panel->layers, document);
  sac_markup_list_set_document (panel->annotations, document);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (on_panes_changed), panel,
                           G_CONNECT_SWAPPED);
  on_panes_changed (panel);
}

static void
sac_side_panel_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_SIDE_PANEL);
  g_clear_object (&SAC_SIDE_PANEL (object)->document);
  G_OBJECT_CLASS (sac_side_panel_parent_class)->dispose (object);
}

static void
sac_side_panel_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  gtk_widget_measure (SAC_SIDE_PANEL (widget)->content, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
sac_side_panel_size_allocate (GtkWidget *widget,
                              int width,
                              int height,
                              int baseline)
{
  SacSidePanel *panel = SAC_SIDE_PANEL (widget);

  sac_scroll_anchor_prepare (GTK_SCROLLED_WINDOW (panel->content), panel->box);
  gtk_widget_allocate (panel->content, width, height, baseline, NULL);
}

static void
sac_side_panel_class_init (SacSidePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_side_panel_dispose;
  widget_class->measure = sac_side_panel_measure;
  widget_class->size_allocate = sac_side_panel_size_allocate;
  g_type_ensure (SAC_TYPE_PREDICTION_LIST);
  g_type_ensure (SAC_TYPE_AGREEMENT_LIST);
  g_type_ensure (SAC_TYPE_MAP_VALUES);
  g_type_ensure (SAC_TYPE_LAYER_LIST);
  g_type_ensure (SAC_TYPE_SANITY_LIST);
  g_type_ensure (SAC_TYPE_MASK_LIST);
  g_type_ensure (SAC_TYPE_MARKUP_LIST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/side-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, content);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, box);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel,
                                        predictions);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, agreement);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, values);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, sanity);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, mask);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, layers);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel,
                                        annotations);
  gtk_widget_class_bind_template_child (widget_class, SacSidePanel, provenance);
  gtk_widget_class_set_css_name (widget_class, "sidepanel");
}

static void
sac_side_panel_init (SacSidePanel *panel)
{
  gtk_widget_init_template (GTK_WIDGET (panel));
  sac_scroll_anchor_attach (GTK_SCROLLED_WINDOW (panel->content), panel->box);
}
