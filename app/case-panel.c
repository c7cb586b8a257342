/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case-panel.h"

#include "case-row.h"
#include "tooltip.h"

#include <glib/gi18n.h>

struct _SacCasePanel {
  GtkWidget parent_instance;
  SacCases *cases;
  GtkSingleSelection *selection;
  SacCaseList *list; /* the one that is shown; only compared */

  GtkWidget *content;
  GtkLabel *folder, *place;
  GtkSearchEntry *filter;
  GtkStack *stack;
  GtkListView *rows;
  GtkWidget *details;
  GtkLabel *fields;
};

G_DEFINE_FINAL_TYPE (SacCasePanel, sac_case_panel, GTK_TYPE_WIDGET)

static const char *
get_layout_name (SacCaseLayout layout)
{
  static const char *const names[] = {
    [SAC_CASE_LAYOUT_PLAIN] = N_ ("Folder"),
    [SAC_CASE_LAYOUT_ISIC] = N_ ("ISIC layout"),
    [SAC_CASE_LAYOUT_CAMELYON] = N_ ("Camelyon layout"),
  };

  return _ (names[layout]);
}

static void
append_field (GString *text, const char *name, const char *value)
{
  g_autofree char *name_markup = g_markup_escape_text (name, -1);
  g_autofree char *value_markup = g_markup_escape_text (value, -1);

  g_string_append_printf (text, "%s<span alpha=\"65%%\">%s</span>  %s",
                          text->len > 0 ? "\n" : "", name_markup, value_markup);
}

/* What is known of the case, as markup. */
static char *
dup_fields (const SacCaseList *list, const SacCase *one)
{
  GString *text = g_string_new (NULL);

  if (one != NULL && one->row < 0 && one->label != NULL)
    append_field (text, _ ("From its name"), one->label);
  for (guint i = 0; one != NULL && one->row >= 0 &&
                    i < sac_case_table_count_columns (list->table);
       i++) {
    const char *value = sac_case_table_get (list->table, (guint)one->row, i);

    if (*value != '\0')
      append_field (text, sac_case_table_get_column (list->table, i), value);
  }
  if (text->len == 0)
    g_string_append (text, _ ("Nothing is known of this case."));
  return g_string_free (text, FALSE);
}

static void
refresh_selection (SacCasePanel *panel)
{
  int position = sac_cases_get_position (panel->cases);

  gtk_single_selection_set_selected (panel->selection,
                                     position >= 0 ? (guint)position
                                                   : GTK_INVALID_LIST_POSITION);
  if (position >= 0 && gtk_widget_get_mapped (GTK_WIDGET (panel->rows)))
    gtk_widget_activate_action (GTK_WIDGET (panel->rows), "list.scroll-to-item",
                                "u", (guint)position);
}

/* A new list has new words in the header and no filter. */
static void
refresh_list (SacCasePanel *panel)
{
  SacCaseList *list = sac_cases_get_list (panel->cases);

  if (list == panel->list)
    return;
  panel->list = list;
  gtk_widget_set_visible (GTK_WIDGET (panel), list != NULL);
  if (list == NULL)
    return;

  g_autofree char *name = g_filename_display_basename (list->folder);

  gtk_label_set_label (panel->folder, name);
  sac_tooltip_set (GTK_WIDGET (panel->folder), list->folder);
  gtk_editable_set_text (GTK_EDITABLE (panel->filter), "");
}

static void
on_changed (SacCasePanel *panel)
{
  SacCaseList *list = sac_cases_get_list (panel->cases);
  g_autofree char *place = sac_cases_dup_place (panel->cases);

  refresh_list (panel);
  if (list == NULL)
    return;

  g_autofree char *fields =
    dup_fields (list, sac_cases_get_current (panel->cases));
  g_autofree char *line =
    g_strdup_printf ("%s · %s", place, get_layout_name (list->layout));
  bool any = g_list_model_get_n_items (G_LIST_MODEL (panel->cases)) > 0;

  gtk_label_set_label (panel->place, line);
  gtk_label_set_markup (panel->fields, fields);
  gtk_stack_set_visible_child_name (panel->stack, any ? "rows" : "nothing");
  refresh_selection (panel);
}

static void
on_row_activated (SacCasePanel *panel, guint position)
{
  sac_cases_go (panel->cases, position);
}

static void
on_filter_changed (SacCasePanel *panel)
{
  sac_cases_set_filter (panel->cases,
                        gtk_editable_get_text (GTK_EDITABLE (panel->filter)));
}

/* Return shows the first that is left. */
static void
on_filter_activated (SacCasePanel *panel)
{
  on_filter_changed (panel);
  sac_cases_go (panel->cases, 0);
}

static void
on_filter_stopped (SacCasePanel *panel)
{
  gtk_editable_set_text (GTK_EDITABLE (panel->filter), "");
  gtk_widget_grab_focus (GTK_WIDGET (panel->rows));
}

/* Of a list these keys would move a mark by a page, and the next case would
 * not come. */
static void
keep_case_keys (SacCasePanel *panel)
{
  static const struct {
    guint key;
    const char *target;
  } kept[] = {{GDK_KEY_Page_Down, "next"}, {GDK_KEY_Page_Up, "previous"}};
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new_with_arguments (gtk_keyval_trigger_new (kept[i].key, 0),
                                       gtk_named_action_new ("win.case"), "s",
                                       kept[i].target));
  gtk_widget_add_controller (GTK_WIDGET (panel->rows), controller);
}

static void
on_setup (SacCasePanel *panel, GtkListItem *item)
{
  gtk_list_item_set_child (item, sac_case_row_new (
                                   sac_cases_get_thumbnails (panel->cases)));
}

static void
on_bind (SacCasePanel *panel, GtkListItem *item)
{
  sac_case_row_set_case (SAC_CASE_ROW (gtk_list_item_get_child (item)),
                         sac_case_item_get (gtk_list_item_get_item (item)));
}

static void
on_unbind (SacCasePanel *panel, GtkListItem *item)
{
  sac_case_row_set_case (SAC_CASE_ROW (gtk_list_item_get_child (item)), NULL);
}

void
sac_case_panel_set_cases (SacCasePanel *panel, SacCases *cases)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (panel->cases == NULL);
  panel->cases = g_object_ref (cases);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), panel,
                           G_CONNECT_SWAPPED);
  panel->selection =
    gtk_single_selection_new (g_object_ref (G_LIST_MODEL (cases)));
  gtk_single_selection_set_autoselect (panel->selection, FALSE);
  gtk_single_selection_set_can_unselect (panel->selection, TRUE);
  gtk_list_view_set_factory (panel->rows, factory);
  gtk_list_view_set_model (panel->rows, GTK_SELECTION_MODEL (panel->selection));
  g_signal_connect_object (cases, "changed", G_CALLBACK (on_changed), panel,
                           G_CONNECT_SWAPPED);
  on_changed (panel);
}

void
sac_case_panel_focus_filter (SacCasePanel *panel)
{
  gtk_widget_grab_focus (GTK_WIDGET (panel->filter));
}

void
sac_case_panel_set_details (SacCasePanel *panel, bool shown)
{
  gtk_widget_set_visible (panel->details, shown);
}

static void
sac_case_panel_dispose (GObject *object)
{
  SacCasePanel *panel = SAC_CASE_PANEL (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_CASE_PANEL);
  g_clear_object (&panel->selection);
  g_clear_object (&panel->cases);
  G_OBJECT_CLASS (sac_case_panel_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, content);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, folder);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, place);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, filter);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, stack);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, rows);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, details);
  gtk_widget_class_bind_template_child (widget_class, SacCasePanel, fields);
}

static void
sac_case_panel_class_init (SacCasePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_case_panel_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/case-panel.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "casepanel");
}

static void
sac_case_panel_init (SacCasePanel *panel)
{
  gtk_widget_init_template (GTK_WIDGET (panel));
  keep_case_keys (panel);
}
