/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-list.h"

#include "annotation/annotation-parsers.h"
#include "annotation/measure.h"
#include "markup-rows.h"
#include "scene/paint-annotations.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROWS_SHOWN 5
#define ROW_HEIGHT 38

struct _SacMarkupList {
  GtkWidget parent_instance;
  SacDocument *document;
  SacMarkup *markup;
  GtkSingleSelection *selection;
  bool is_filling; /* entries are written to, not by the reader */

  GtkWidget *content;
  GtkLabel *heading;
  GtkBox *tools;
  GtkWidget *scrolled;
  GtkListView *rows;
  GtkWidget *editor;
  GtkEditable *name, *class_name;
  GtkColorChooser *color;
};

G_DEFINE_FINAL_TYPE (SacMarkupList, sac_markup_list, GTK_TYPE_WIDGET)

static const struct {
  SacTool tool;
  const char *icon, *title;
} tools[] = {
  {SAC_TOOL_LOOK, "saccade-tool-look-symbolic", N_ ("Move the image")},
  {SAC_TOOL_EDIT, "saccade-tool-edit-symbolic",
   N_ ("Select and change annotations")},
  {SAC_TOOL_RECTANGLE, "saccade-tool-rectangle-symbolic",
   N_ ("Draw rectangles")},
  {SAC_TOOL_POLYGON, "saccade-tool-polygon-symbolic", N_ ("Draw polygons")},
  {SAC_TOOL_POINT, "saccade-tool-point-symbolic", N_ ("Set points")},
  {SAC_TOOL_RULER, "saccade-tool-ruler-symbolic", N_ ("Measure lengths")},
};

static const char *
get_kind_name (SacAnnotationKind kind)
{
  static const char *const names[] = {
    [SAC_ANNOTATION_RECTANGLE] = N_ ("Rectangle"),
    [SAC_ANNOTATION_POLYGON] = N_ ("Polygon"),
    [SAC_ANNOTATION_POINT] = N_ ("Point"),
    [SAC_ANNOTATION_RULER] = N_ ("Ruler"),
  };

  return _ (names[kind]);
}

static const SacAnnotationClass *
get_class (const SacAnnotations *set, int index)
{
  return index >= 0 && (guint)index < set->classes->len
           ? set->classes->pdata[index]
           : NULL;
}

/* What it measures, for people. */
static char *
dup_size (const SacAnnotation *item, double mpp)
{
  switch (item->kind) {
  case SAC_ANNOTATION_RULER:
    return sac_annotation_format_length (sac_annotation_get_length (item), mpp);
  case SAC_ANNOTATION_RECTANGLE:
  case SAC_ANNOTATION_POLYGON:
    return sac_annotation_format_area (sac_annotation_get_area (item), mpp);
  case SAC_ANNOTATION_POINT:
  default:
    return g_strdup ("");
  }
}

static const char *
get_name (const SacAnnotation *item)
{
  return *item->name != '\0' ? item->name : get_kind_name (item->kind);
}

/* A coloured dot, the name or else the kind, and the class. */
static char *
dup_markup (const SacAnnotations *set, const SacAnnotation *item)
{
  const SacAnnotationClass *class = get_class (set, item->class_index);
  const char *name = get_name (item);
  g_autofree char *name_markup = g_markup_escape_text (name, -1);
  g_autofree char *class_markup =
    g_markup_escape_text (class != NULL ? class->name : "", -1);

  return g_strdup_printf ("<span foreground=\"#%06x\">●</span> %s"
                          "<span alpha=\"65%%\">%s%s</span>",
                          class != NULL ? class->rgb : SAC_ANNOTATION_RGB,
                          name_markup, class != NULL ? " · " : "",
                          class_markup);
}

/* The row of the list around the box has the focus, and no name of its own. */
static void
name_row (GtkWidget *box,
          const SacAnnotations *set,
          const SacAnnotation *item,
          const char *size)
{
  const SacAnnotationClass *class = get_class (set, item->class_index);
  GtkWidget *row = gtk_widget_get_parent (box);
  g_autoptr (GString) text = g_string_new (get_name (item));

  if (class != NULL)
    g_string_append_printf (text, ", %s", class->name);
  if (*size != '\0')
    g_string_append_printf (text, ", %s", size);
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                    -1);
}

static double
get_mpp (SacMarkupList *list)
{
  SacSource *source = sac_document_get_source (list->document);

  return source != NULL ? sac_source_get_mpp (source) : 0;
}

static void
fill_row (SacMarkupList *list, GtkListItem *list_item)
{
  const SacAnnotations *set = sac_markup_get_set (list->markup);
  SacMarkupItem *row = gtk_list_item_get_item (list_item);
  GtkWidget *box = gtk_list_item_get_child (list_item);
  guint index = row != NULL ? sac_markup_item_get_index (row) : G_MAXUINT;

  if (index >= set->items->len)
    return;

  const SacAnnotation *item = set->items->pdata[index];
  g_autofree char *markup = dup_markup (set, item);
  g_autofree char *size = dup_size (item, get_mpp (list));

  gtk_label_set_markup (GTK_LABEL (gtk_widget_get_first_child (box)), markup);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), size);
  name_row (box, set, item, size);
}

static void
on_setup (SacMarkupList *list, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *title = gtk_label_new (NULL), *size = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (size, "numeric");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), size);
  gtk_list_item_set_child (item, box);
}

/* While it is bound, a row follows its annotation. */
static void
on_row_changed (GtkListItem *item)
{
  fill_row (g_object_get_data (G_OBJECT (item), "sac-list"), item);
}

static void
on_bind (SacMarkupList *list, GtkListItem *item)
{
  g_object_set_data (G_OBJECT (item), "sac-list", list);
  g_signal_connect_object (list->markup, "changed", G_CALLBACK (on_row_changed),
                           item, G_CONNECT_SWAPPED);
  fill_row (list, item);
}

static void
on_unbind (SacMarkupList *list, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_func (list->markup, on_row_changed, item);
}

static void
set_text (GtkEditable *entry, const char *text)
{
  if (strcmp (gtk_editable_get_text (entry), text) != 0)
    gtk_editable_set_text (entry, text);
}

static void
fill_editor (SacMarkupList *list)
{
  const SacAnnotations *set = sac_markup_get_set (list->markup);
  const SacAnnotation *item = sac_markup_get_selection (list->markup);
  const SacAnnotationClass *class =
    get_class (set, item != NULL ? item->class_index
                                 : sac_markup_get_class (list->markup));
  guint32 rgb = class != NULL ? class->rgb : SAC_ANNOTATION_RGB;
  GdkRGBA color = {(float)(rgb >> 16 & 255) / 255,
                   (float)(rgb >> 8 & 255) / 255, (float)(rgb & 255) / 255, 1};

  list->is_filling = true;
  gtk_widget_set_sensitive (GTK_WIDGET (list->name), item != NULL);
  set_text (list->name, item != NULL ? item->name : "");
  set_text (list->class_name, class != NULL ? class->name : "");
  gtk_color_chooser_set_rgba (list->color, &color);
  gtk_widget_set_sensitive (GTK_WIDGET (list->color), class != NULL);
  list->is_filling = false;
}

static void
refresh (SacMarkupList *list)
{
  guint count = sac_markup_get_set (list->markup)->items->len;
  int selected = sac_markup_get_selected (list->markup);
  bool is_drawing = sac_markup_get_tool (list->markup) != SAC_TOOL_LOOK;
  g_autofree char *heading =
    count > 0 ? g_strdup_printf ("%s (%u)", _ ("Annotations"), count)
              : g_strdup (_ ("Annotations"));

  gtk_label_set_label (list->heading, heading);
  gtk_widget_set_visible (list->scrolled, count > 0);
  /* A list view asks for next to nothing. */
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (
                                                list->scrolled),
                                              (int)MIN (count, ROWS_SHOWN) *
                                                ROW_HEIGHT);
  gtk_widget_set_visible (list->editor, selected >= 0 || is_drawing);
  gtk_single_selection_set_selected (list->selection,
                                     selected >= 0 ? (guint)selected
                                                   : GTK_INVALID_LIST_POSITION);
  fill_editor (list);
}

static void
on_state (SacMarkupList *list)
{
  int selected = sac_markup_get_selected (list->markup);
  guint shown = gtk_single_selection_get_selected (list->selection);

  refresh (list);
  if (selected >= 0 && (guint)selected != shown &&
      gtk_widget_get_mapped (GTK_WIDGET (list->rows)))
    gtk_widget_activate_action (GTK_WIDGET (list->rows), "list.scroll-to-item",
                                "u", (guint)selected);
}

/* Shows where it is, too. */
static void
on_row_activated (SacMarkupList *list, guint position)
{
  SacRect rect = sac_markup_get_bounds (list->markup)[position];
  SacViewport *viewport = sac_document_get_viewport (list->document);
  double margin = MAX (rect.width, rect.height) / 2 + 50;

  sac_markup_select (list->markup, (int)position);
  rect = (SacRect){rect.x - margin, rect.y - margin, rect.width + 2 * margin,
                   rect.height + 2 * margin};
  sac_viewport_show_rect (viewport, &rect);
}

static void
on_name_changed (SacMarkupList *list)
{
  if (!list->is_filling)
    sac_markup_set_name (list->markup, gtk_editable_get_text (list->name));
}

static void
on_class_entered (SacMarkupList *list)
{
  if (list->is_filling)
    return;

  g_autofree char *name =
    g_strstrip (g_strdup (gtk_editable_get_text (list->class_name)));

  sac_markup_set_class (list->markup, name);
}

static void
on_color_set (SacMarkupList *list)
{
  const SacAnnotation *item = sac_markup_get_selection (list->markup);
  int index =
    item != NULL ? item->class_index : sac_markup_get_class (list->markup);
  GdkRGBA color;

  if (list->is_filling || index < 0)
    return;
  gtk_color_chooser_get_rgba (list->color, &color);
  sac_markup_set_rgb (list->markup, (guint)index,
                      (guint32)(color.red * 255 + 0.5F) << 16 |
                        (guint32)(color.green * 255 + 0.5F) << 8 |
                        (guint32)(color.blue * 255 + 0.5F));
}

static void
add_tools (SacMarkupList *list)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++) {
    GtkWidget *button = gtk_toggle_button_new ();

    gtk_button_set_icon_name (GTK_BUTTON (button), tools[i].icon);
    sac_tooltip_set (button, _ (tools[i].title));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (tools[i].title), -1);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.tool");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                      sac_tool_get_name (tools[i].tool));
    gtk_box_append (list->tools, button);
  }
}

static void
set_model (SacMarkupList *list)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  static const struct {
    const char *name;
    GCallback handler;
  } steps[] = {
    {"setup", G_CALLBACK (on_setup)},
    {"bind", G_CALLBACK (on_bind)},
    {"unbind", G_CALLBACK (on_unbind)},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    g_signal_connect_object (factory, steps[i].name, steps[i].handler, list,
                             G_CONNECT_SWAPPED);
  list->selection = gtk_single_selection_new (
    G_LIST_MODEL (sac_markup_rows_new (list->markup)));
  gtk_single_selection_set_autoselect (list->selection, FALSE);
  gtk_single_selection_set_can_unselect (list->selection, TRUE);
  gtk_list_view_set_factory (list->rows, factory);
  gtk_list_view_set_model (list->rows, GTK_SELECTION_MODEL (list->selection));
}

void
sac_markup_list_set_document (SacMarkupList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  list->markup = g_object_ref (sac_document_get_markup (document));
  set_model (list);
  g_signal_connect_object (list->markup, "changed", G_CALLBACK (refresh), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list->markup, "state", G_CALLBACK (on_state), list,
                           G_CONNECT_SWAPPED);
  refresh (list);
}

static void
sac_markup_list_dispose (GObject *object)
{
  SacMarkupList *list = SAC_MARKUP_LIST (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_MARKUP_LIST);
  g_clear_object (&list->selection);
  g_clear_object (&list->markup);
  g_clear_object (&list->document);
  G_OBJECT_CLASS (sac_markup_list_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, content);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, heading);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, tools);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, scrolled);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, rows);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, editor);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, name);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList,
                                        class_name);
  gtk_widget_class_bind_template_child (widget_class, SacMarkupList, color);
}

static void
sac_markup_list_class_init (SacMarkupListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_markup_list_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/markup-list.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_class_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_color_set);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_markup_list_init (SacMarkupList *list)
{
  gtk_widget_init_template (GTK_WIDGET (list));
  add_tools (list);
}
