/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "layer-list.h"

#include "map-notes.h"
#include "map-stack.h"
#include "pane-badge.h"
#include "wheel.h"

#include <glib/gi18n.h>

struct _SacLayerList {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GPtrArray *shown; /* of SacMap: those that have a row; only compared */
};

G_DEFINE_FINAL_TYPE (SacLayerList, sac_layer_list, GTK_TYPE_WIDGET)

/* One row's map: the place in the stack changes, the map does not. */
typedef struct {
  SacMapStack *stack;
  SacMap *map;
} Layer;

static void
layer_free (gpointer data, GClosure *closure)
{
  Layer *layer = data;

  g_object_unref (layer->stack);
  sac_map_unref (layer->map);
  g_free (layer);
}

static Layer *
layer_new (SacMapStack *stack, SacMap *map)
{
  Layer *layer = g_new (Layer, 1);

  layer->stack = g_object_ref (stack);
  layer->map = sac_map_ref (map);
  return layer;
}

/* Returns: -1 when it has gone. */
static int
find_layer (const Layer *layer)
{
  for (guint i = 0; i < sac_map_stack_get_count (layer->stack); i++)
    if (sac_map_stack_get (layer->stack, i)->map == layer->map)
      return (int)i;
  return -1;
}

static void
on_visible (GtkCheckButton *button, Layer *layer)
{
  int index = find_layer (layer);

  if (index < 0)
    return;

  SacStackedMap looks = *sac_map_stack_get (layer->stack, (guint)index);

  looks.is_visible = gtk_check_button_get_active (button);
  sac_map_stack_set_looks (layer->stack, (guint)index, &looks);
}

static void
on_opacity (GtkRange *range, Layer *layer)
{
  int index = find_layer (layer);

  if (index < 0)
    return;

  SacStackedMap looks = *sac_map_stack_get (layer->stack, (guint)index);

  looks.opacity = gtk_range_get_value (range);
  sac_map_stack_set_looks (layer->stack, (guint)index, &looks);
}

static void
on_up (GtkButton *button, Layer *layer)
{
  int index = find_layer (layer);

  if (index >= 0)
    sac_map_stack_move (layer->stack, (guint)index, (guint)index + 1);
}

static void
on_remove (GtkButton *button, Layer *layer)
{
  int index = find_layer (layer);

  if (index >= 0)
    sac_map_stack_remove (layer->stack, (guint)index);
}

static GtkWidget *
new_button (const char *icon,
            const char *title,
            GCallback handler,
            Layer *layer)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_data (button, "clicked", handler, layer, layer_free, 0);
  return button;
}

static GtkWidget *
new_check (const SacStackedMap *item, Layer *layer)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (item->name);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* A check button of GTK 4.8 takes no child: the label stands beside it. */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), item->is_visible);
  gtk_widget_set_tooltip_text (check, _ ("Show this map"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, item->name,
                                  -1);
  g_signal_connect_data (check, "toggled", G_CALLBACK (on_visible), layer,
                         layer_free, 0);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, item->name);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static GtkWidget *
new_slider (const SacStackedMap *item, Layer *layer)
{
  GtkWidget *scale =
    gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);

  gtk_range_set_value (GTK_RANGE (scale), item->opacity);
  sac_wheel_pass (scale);
  gtk_widget_set_tooltip_text (scale, _ ("Opacity"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Opacity"),
                                  -1);
  g_signal_connect_data (scale, "value-changed", G_CALLBACK (on_opacity), layer,
                         layer_free, 0);
  return scale;
}

/* All that the reader of the file wants known. */
static void
append_notes (GtkWidget *row, const SacMap *map)
{
  JsonNode *node = json_object_get_member (map->provenance, "notes");

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return;

  JsonArray *notes = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (notes); i++) {
    JsonNode *note = json_array_get_element (notes, i);
    const char *text = json_node_get_value_type (note) == G_TYPE_STRING
                         ? json_node_get_string (note)
                         : "";

    if (*text == '\0')
      continue;

    GtkWidget *label = gtk_label_new (sac_map_note_translate (text));

    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_widget_add_css_class (label, "note");
    gtk_box_append (GTK_BOX (row), label);
  }
}

static void
append_row (SacLayerList *list, SacMapStack *stack, const SacStackedMap *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_append (GTK_BOX (line),
                  new_check (item, layer_new (stack, item->map)));
  gtk_box_append (GTK_BOX (line),
                  new_button ("go-up-symbolic", _ ("Put above the next map"),
                              G_CALLBACK (on_up),
                              layer_new (stack, item->map)));
  gtk_box_append (GTK_BOX (line),
                  new_button ("user-trash-symbolic", _ ("Remove this map"),
                              G_CALLBACK (on_remove),
                              layer_new (stack, item->map)));
  gtk_box_append (GTK_BOX (row), line);
  gtk_box_append (GTK_BOX (row),
                  new_slider (item, layer_new (stack, item->map)));
  append_notes (row, item->map);
  gtk_box_append (GTK_BOX (list->box), row);
  g_ptr_array_add (list->shown, item->map);
}

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
      append_row (list, stack, sac_map_stack_get (stack, k - 1));
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
