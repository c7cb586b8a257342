/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "layer-list.h"

#include "layer-row.h"
#include "pane-badge.h"

#include <glib/gi18n.h>

struct _SacLayerList {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GPtrArray *shown; /* of SacMap: those that have a row; only compared */
};

G_DEFINE_FINAL_TYPE (SacLayerList, sac_layer_list, GTK_TYPE_WIDGET)

/* Whether rows and layers are the same, in order. */
static bool
is_up_to_date (SacLayerList *list)
{
  guint at = 0;

  for (guint i = 0; i < sac_document_get_pane_count (list->document); i++) {
    SacMapStack *stack =
      sac_pane_state_get_stack (sac_document_get_pane (list->document, i));

    for (guint k = sac_map_stack_get_count (stack); k > 0; k--, at++)
      if (at >= list->shown->len ||
          list->shown->pdata[at] != sac_map_stack_get (stack, k - 1)->map)
        return false;
  }
  return at == list->shown->len;
}

static void
append_heading (SacLayerList *list)
{
  GtkWidget *heading = gtk_label_new (_ ("Maps from files"));

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (list->box), heading);
}

/* Whose maps come next. */
static void
append_pane (SacLayerList *list, guint index)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *badge = gtk_label_new (NULL);
  g_autofree char *text = g_strdup_printf (_ ("Over pane %u"), index + 1);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  sac_pane_badge_show (GTK_LABEL (badge), list->document,
                       sac_document_get_pane (list->document, index));
  gtk_widget_add_css_class (label, "note");
  gtk_box_append (GTK_BOX (line), badge);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (list->box), line);
}

static void
append_row (SacLayerList *list, SacMapStack *stack, SacMap *map)
{
  gtk_box_append (GTK_BOX (list->box),
                  sac_layer_row_new (list->document, stack, map));
  g_ptr_array_add (list->shown, map);
}

static void
refill (SacLayerList *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (list->box)) != NULL)
    gtk_box_remove (GTK_BOX (list->box), child);
  g_ptr_array_set_size (list->shown, 0);
  append_heading (list);
  for (guint i = 0; i < sac_document_get_pane_count (list->document); i++) {
    SacMapStack *stack =
      sac_pane_state_get_stack (sac_document_get_pane (list->document, i));

    if (sac_map_stack_get_count (stack) > 0)
      append_pane (list, i);
    /* The top one first, as they lie. */
    for (guint k = sac_map_stack_get_count (stack); k > 0; k--)
      append_row (list, stack, sac_map_stack_get (stack, k - 1)->map);
  }
  gtk_widget_set_visible (GTK_WIDGET (list), list->shown->len > 0);
}

/* Sliders in use stay where they are: rows are made anew only for other maps.
 */
static void
refresh (SacLayerList *list)
{
  if (!is_up_to_date (list))
    refill (list);
}

void
sac_layer_list_set_document (SacLayerList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "source", G_CALLBACK (refresh), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refill), list, G_CONNECT_SWAPPED);
}

static void
sac_layer_list_dispose (GObject *object)
{
  SacLayerList *list = SAC_LAYER_LIST (object);

  g_clear_pointer (&list->box, gtk_widget_unparent);
  g_clear_object (&list->document);
  G_OBJECT_CLASS (sac_layer_list_parent_class)->dispose (object);
}

static void
sac_layer_list_finalize (GObject *object)
{
  g_ptr_array_unref (SAC_LAYER_LIST (object)->shown);
  G_OBJECT_CLASS (sac_layer_list_parent_class)->finalize (object);
}

static void
sac_layer_list_class_init (SacLayerListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_layer_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_layer_list_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_layer_list_init (SacLayerList *list)
{
  list->shown = g_ptr_array_new ();
  list->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_parent (list->box, GTK_WIDGET (list));
  gtk_widget_set_visible (GTK_WIDGET (list), FALSE);
}
