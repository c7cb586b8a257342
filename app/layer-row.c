/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "layer-row.h"

#include "color-bar.h"
#include "map-notes.h"
#include "pane-options.h"
#include "tooltip.h"
#include "wheel.h"

#include <glib/gi18n.h>

struct _SacLayerRow {
  GtkWidget parent_instance;
  SacMapStack *stack;
  SacMap *map; /* its place in the stack changes, the map does not */
  GtkWidget *box;
  GtkWidget *visible;
  GtkWidget *up;
  GtkWidget *smooth;
  GtkWidget *opacity;
  SacChooser *scale;
  SacChooser *colors;
};

G_DEFINE_FINAL_TYPE (SacLayerRow, sac_layer_row, GTK_TYPE_WIDGET)

/* Returns: false when the map, or the row itself, has gone. */
static bool
find_place (SacLayerRow *row, guint *ret_index)
{
  for (guint i = 0;
       row->stack != NULL && i < sac_map_stack_get_count (row->stack); i++)
    if (sac_map_stack_get (row->stack, i)->map == row->map) {
      *ret_index = i;
      return true;
    }
  return false;
}

/* What the widgets say, onto the map. */
static void
apply (SacLayerRow *row)
{
  const char *scale = sac_chooser_get_selected (row->scale);
  guint index;

  if (!find_place (row, &index))
    return;

  SacStackedMap looks = *sac_map_stack_get (row->stack, index);

  looks.is_visible =
    gtk_check_button_get_active (GTK_CHECK_BUTTON (row->visible));
  looks.smooth = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (row->smooth));
  looks.opacity = gtk_range_get_value (GTK_RANGE (row->opacity));
  if (scale != NULL)
    sac_scale_mode_find (scale, &looks.scale_mode);
  sac_map_stack_set_looks (row->stack, index, &looks);
}

/* Only then is a choice of colours one of the reader's own. */
static void
on_colors (SacLayerRow *row, const char *id)
{
  guint index;

  if (!find_place (row, &index))
    return;

  SacStackedMap looks = *sac_map_stack_get (row->stack, index);

  looks.colors = sac_color_map_find (id);
  sac_map_stack_set_looks (row->stack, index, &looks);
}

static void
on_up (SacLayerRow *row)
{
  guint index;

  if (find_place (row, &index))
    sac_map_stack_move (row->stack, index, index + 1);
}

static void
on_remove (SacLayerRow *row)
{
  guint index;

  if (find_place (row, &index))
    sac_map_stack_remove (row->stack, index);
}

static void
refresh (SacLayerRow *row)
{
  guint index;

  if (!find_place (row, &index))
    return;
  gtk_widget_set_sensitive (row->up,
                            index + 1 < sac_map_stack_get_count (row->stack));
  sac_pane_options_fill_stacked (row->scale, row->colors,
                                 sac_map_stack_get (row->stack, index));
}

static void
set_title (GtkWidget *widget, const char *title)
{
  sac_tooltip_set (widget, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static GtkWidget *
new_button (SacLayerRow *row,
            const char *icon,
            const char *title,
            void (*handler) (SacLayerRow *row))
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  set_title (button, title);
  g_signal_connect_object (button, "clicked", G_CALLBACK (handler), row,
                           G_CONNECT_SWAPPED);
  return button;
}

/* A check button of GTK 4.8 takes no child: the label stands beside it. */
static void
append_head (SacLayerRow *row, const SacStackedMap *item)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (item->name);

  row->visible = gtk_check_button_new ();
  gtk_check_button_set_active (GTK_CHECK_BUTTON (row->visible),
                               item->is_visible);
  set_title (row->visible, item->name);
  sac_tooltip_set (row->visible, _ ("Show this map"));
  g_signal_connect_object (row->visible, "toggled", G_CALLBACK (apply), row,
                           G_CONNECT_SWAPPED);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  sac_tooltip_set (label, item->name);
  row->up =
    new_button (row, "go-up-symbolic", _ ("Put above the next map"), on_up);
  gtk_box_append (GTK_BOX (line), row->visible);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), row->up);
  gtk_box_append (GTK_BOX (line),
                  new_button (row, "user-trash-symbolic", _ ("Remove this map"),
                              on_remove));
  gtk_box_append (GTK_BOX (row->box), line);
}

static SacChooser *
new_chooser (const char *label)
{
  return g_object_new (SAC_TYPE_CHOOSER, "label", label, NULL);
}

/* As below a pane. */
static void
append_looks (SacLayerRow *row, const SacStackedMap *item)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);

  row->scale = new_chooser (_ ("Scale of colours"));
  row->colors = new_chooser (_ ("Colours"));
  row->smooth = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (row->smooth),
                            "saccade-smooth-symbolic");
  gtk_widget_add_css_class (row->smooth, "flat");
  set_title (row->smooth, _ ("Smooth: interpolated between cells"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->smooth), item->smooth);
  row->opacity =
    gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  gtk_range_set_value (GTK_RANGE (row->opacity), item->opacity);
  gtk_widget_set_hexpand (row->opacity, TRUE);
  sac_wheel_pass (row->opacity);
  set_title (row->opacity, _ ("Opacity"));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->scale));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->colors));
  gtk_box_append (GTK_BOX (line), row->smooth);
  gtk_box_append (GTK_BOX (line), row->opacity);
  gtk_box_append (GTK_BOX (row->box), line);
}

static void
append_bar (SacLayerRow *row, SacDocument *document, const SacStackedMap *item)
{
  SacColorBar *bar = g_object_new (SAC_TYPE_COLOR_BAR, NULL);

  sac_color_bar_set_stacked (bar, document, row->stack, row->map);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, item->name,
                                  -1);
  gtk_box_append (GTK_BOX (row->box), GTK_WIDGET (bar));
}

/* All that the reader of the file wants known. */
static void
append_notes (GtkWidget *box, const SacMap *map)
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
    gtk_box_append (GTK_BOX (box), label);
  }
}

GtkWidget *
sac_layer_row_new (SacDocument *document, SacMapStack *stack, SacMap *map)
{
  SacLayerRow *row = g_object_new (SAC_TYPE_LAYER_ROW, NULL);
  guint index;

  row->stack = g_object_ref (stack);
  row->map = sac_map_ref (map);
  if (!find_place (row, &index))
    return GTK_WIDGET (row);

  const SacStackedMap *item = sac_map_stack_get (stack, index);

  append_head (row, item);
  append_looks (row, item);
  append_bar (row, document, item);
  append_notes (row->box, map);
  refresh (row);
  g_signal_connect_object (row->scale, "chosen", G_CALLBACK (apply), row,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row->colors, "chosen", G_CALLBACK (on_colors), row,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row->smooth, "toggled", G_CALLBACK (apply), row,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row->opacity, "value-changed", G_CALLBACK (apply),
                           row, G_CONNECT_SWAPPED);
  g_signal_connect_object (stack, "changed", G_CALLBACK (refresh), row,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (row);
}

static void
sac_layer_row_dispose (GObject *object)
{
  SacLayerRow *row = SAC_LAYER_ROW (object);

  g_clear_pointer (&row->box, gtk_widget_unparent);
  g_clear_object (&row->stack);
  g_clear_pointer (&row->map, sac_map_unref);
  G_OBJECT_CLASS (sac_layer_row_parent_class)->dispose (object);
}

static void
sac_layer_row_class_init (SacLayerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_layer_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_layer_row_init (SacLayerRow *row)
{
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_parent (row->box, GTK_WIDGET (row));
}
