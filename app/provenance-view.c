/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "provenance-view.h"

#include "accessible.h"
#include "base/json.h"
#include "map-stack.h"
#include "map/map-file.h"
#include "pane-run.h"

#include <glib/gi18n.h>

/* A hash is shown by its head; copying gives all of it. */
#define SHOWN_CHARACTERS 44

struct _SacProvenanceView {
  GtkWidget parent_instance;
  SacPaneState *pane;
  SacMap *shown;
  GtkWidget *expander;
  GtkWidget *title;
  GtkGrid *grid;
};

G_DEFINE_FINAL_TYPE (SacProvenanceView, sac_provenance_view, GTK_TYPE_WIDGET)

static char *
print_node (JsonNode *node)
{
  g_autofree char *text = JSON_NODE_HOLDS_VALUE (node) &&
                              json_node_get_value_type (node) == G_TYPE_STRING
                            ? json_node_dup_string (node)
                            : json_to_string (node, FALSE);

  if (g_utf8_strlen (text, -1) <= SHOWN_CHARACTERS)
    return g_steal_pointer (&text);

  g_autofree char *head = g_utf8_substring (text, 0, SHOWN_CHARACTERS - 1);

  return g_strconcat (head, "…", NULL);
}

static void
attach_text (SacProvenanceView *view,
             const char *text,
             int column,
             int line,
             const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (view->grid, label, column, line, 1, 1);
}

static void
refill (SacProvenanceView *view)
{
  JsonObject *provenance = view->shown->provenance;
  g_autoptr (GList) members = json_object_get_members (provenance);
  int line = 0;

  for (GList *link = members; link != NULL; link = link->next) {
    g_autofree char *text =
      print_node (json_object_get_member (provenance, link->data));

    attach_text (view, link->data, 0, line, "note");
    attach_text (view, text, 1, line, "provenance-value");
    line++;
  }
}

static void
on_result (SacProvenanceView *view)
{
  SacMap *map = sac_pane_state_get_map (view->pane);
  g_autofree char *title = sac_pane_state_dup_map_title (view->pane);
  GtkWidget *child;

  gtk_label_set_label (GTK_LABEL (view->title), title);
  gtk_widget_set_sensitive (view->expander, map != NULL);
  sac_accessible_set_name (view->expander,
                           gtk_label_get_text (GTK_LABEL (view->title)));
  if (map == view->shown)
    return;
  g_clear_pointer (&view->shown, sac_map_unref);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (view->grid))) != NULL)
    gtk_grid_remove (view->grid, child);
  if (map == NULL)
    return;
  view->shown = sac_map_ref (map);
  refill (view);
}

/* A child that an expander hides is in no window; GTK 4.8 moves the focus there
 * all the same, with a warning. */
static void
on_expanded (SacProvenanceView *view)
{
  GtkExpander *expander = GTK_EXPANDER (view->expander);

  gtk_expander_set_child (expander, gtk_expander_get_expanded (expander)
                                      ? GTK_WIDGET (view->grid)
                                      : NULL);
}

GtkWidget *
sac_provenance_view_new (SacDocument *document, guint pane)
{
  SacProvenanceView *view = g_object_new (SAC_TYPE_PROVENANCE_VIEW, NULL);

  view->pane = g_object_ref (sac_document_get_pane (document, pane));
  g_signal_connect_object (view->pane, "result", G_CALLBACK (on_result), view,
                           G_CONNECT_SWAPPED);
  on_result (view);
  return GTK_WIDGET (view);
}

/* How the map is seen, which its values know nothing of.  Returns: a new
 * object. */
static JsonObject *
new_display (SacDocument *document, SacPaneState *pane)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);
  JsonObject *object = json_object_new ();
  SacMapLayer layer;
  double level;

  sac_document_get_layer (document, pane, &layer);
  json_object_set_string_member (object, "scale",
                                 sac_scale_mode_get_name (layer.scale.mode));
  sac_json_set_number (object, "low", layer.scale.low);
  sac_json_set_number (object, "high", layer.scale.high);
  json_object_set_boolean_member (object, "clipped", layer.scale.is_clipped);
  json_object_set_boolean_member (object, "kept", layer.scale.is_kept);
  json_object_set_string_member (object, "colors", layer.colors->name);
  sac_json_set_number (object, "opacity", display->opacity);
  json_object_set_boolean_member (object, "smooth", display->smooth);
  if (display->has_contour && sac_document_get_contour (document, pane, &level))
    sac_json_set_number (object, "line", level);
  return object;
}

static JsonObject *
new_entry (SacDocument *document, SacPaneState *pane)
{
  JsonObject *entry = sac_map_to_json (sac_pane_state_get_map (pane));

  json_object_set_object_member (entry, "display",
                                 new_display (document, pane));
  return entry;
}

char *
sac_provenance_dup_text (SacDocument *document)
{
  g_autoptr (JsonArray) maps = json_array_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacMapStack *stack = sac_pane_state_get_stack (pane);

    if (sac_pane_state_get_map (pane) != NULL)
      json_array_add_object_element (maps, new_entry (document, pane));
    for (guint k = 0; k < sac_map_stack_get_count (stack); k++)
      json_array_add_object_element (maps,
                                     sac_map_to_json (
                                       sac_map_stack_get (stack, k)->map));
  }
  if (json_array_get_length (maps) == 0)
    return NULL;
  json_node_set_array (node, maps);
  return json_to_string (node, TRUE);
}

static void
sac_provenance_view_dispose (GObject *object)
{
  SacProvenanceView *view = SAC_PROVENANCE_VIEW (object);

  g_clear_pointer (&view->expander, gtk_widget_unparent);
  g_clear_pointer (&view->shown, sac_map_unref);
  g_clear_object (&view->grid);
  g_clear_object (&view->pane);
  G_OBJECT_CLASS (sac_provenance_view_parent_class)->dispose (object);
}

static void
sac_provenance_view_class_init (SacProvenanceViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_provenance_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_provenance_view_init (SacProvenanceView *view)
{
  view->expander = gtk_expander_new (NULL);
  view->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (view->title), PANGO_ELLIPSIZE_END);
  gtk_expander_set_label_widget (GTK_EXPANDER (view->expander), view->title);
  view->grid = GTK_GRID (g_object_ref_sink (gtk_grid_new ()));
  gtk_grid_set_column_spacing (view->grid, 9);
  gtk_grid_set_row_spacing (view->grid, 3);
  gtk_widget_set_margin_top (GTK_WIDGET (view->grid), 6);
  g_signal_connect_object (view->expander, "notify::expanded",
                           G_CALLBACK (on_expanded), view, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (view->expander, GTK_WIDGET (view));
}
