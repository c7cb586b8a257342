/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "command-list.h"

#include "command-item.h"
#include "command-search.h"

#include <glib/gi18n.h>

#define PAGE_ROWS 8

struct _SacCommandList {
  AdwWindow parent_instance;
  GPtrArray *all;    /* of SacCommandItem, in the order of the table */
  GListStore *found; /* the best first */
  GtkSingleSelection *selection;
  GtkSearchEntry *entry;
  GtkScrolledWindow *scrolled;
  GtkListView *view;
  GtkLabel *status;
};

#define SAC_TYPE_COMMAND_LIST (sac_command_list_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCommandList, sac_command_list, SAC, COMMAND_LIST, AdwWindow)
G_DEFINE_FINAL_TYPE (SacCommandList, sac_command_list, ADW_TYPE_WINDOW)

/* A row: check mark, title over reason, group, key. */
static void
on_setup (SacCommandList *list, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *reason = gtk_label_new (NULL);
  GtkWidget *group = gtk_label_new (NULL);
  GtkWidget *key = gtk_shortcut_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_widget_add_css_class (reason, "option-detail");
  gtk_widget_add_css_class (group, "option-detail");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (key, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), title);
  gtk_box_append (GTK_BOX (texts), reason);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), group);
  gtk_box_append (GTK_BOX (box), key);
  gtk_list_item_set_child (list_item, box);
}

static void
on_bind (SacCommandList *list, GtkListItem *list_item)
{
  SacCommandItem *item = gtk_list_item_get_item (list_item);
  const SacCommand *command = sac_command_item_get (item);
  GtkWidget *box = gtk_list_item_get_child (list_item);
  GtkWidget *check = gtk_widget_get_first_child (box);
  GtkWidget *texts = gtk_widget_get_next_sibling (check);
  GtkWidget *title = gtk_widget_get_first_child (texts);
  GtkWidget *reason = gtk_widget_get_next_sibling (title);
  GtkWidget *group = gtk_widget_get_next_sibling (texts);
  g_auto (GStrv) keys = g_strsplit (command->keys, " ", 2);
  g_autofree char *spoken = sac_command_item_dup_spoken (item);
  const char *need = sac_command_get_need (command);
  bool is_enabled = sac_command_item_is_enabled (item);

  gtk_widget_set_opacity (check, sac_command_item_is_on (item));
  gtk_label_set_label (GTK_LABEL (title), _ (command->title));
  gtk_label_set_label (GTK_LABEL (reason), need != NULL ? need : "");
  gtk_widget_set_visible (reason, !is_enabled && need != NULL);
  gtk_label_set_label (GTK_LABEL (group),
                       sac_command_get_group_title (command));
  gtk_shortcut_label_set_accelerator (GTK_SHORTCUT_LABEL (
                                        gtk_widget_get_next_sibling (group)),
                                      keys[0] != NULL ? keys[0] : "");
  gtk_widget_set_sensitive (box, is_enabled);
  gtk_list_item_set_activatable (list_item, is_enabled);
  /* The row, not its box, is what a screen reader stands on. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static SacCommandItem *
get_selected (SacCommandList *list)
{
  return gtk_single_selection_get_selected_item (list->selection);
}

static void
say_selected (SacCommandList *list)
{
  SacCommandItem *item = get_selected (list);
  g_autofree char *text = item != NULL ? sac_command_item_dup_spoken (item)
                                       : g_strdup (_ ("No such command"));

  gtk_label_set_label (list->status, text);
}

static int
compare_scores (gconstpointer a, gconstpointer b, gpointer query)
{
  int left = sac_command_item_score (*(SacCommandItem *const *)a, query);
  int right = sac_command_item_score (*(SacCommandItem *const *)b, query);

  return right - left;
}

/* g_ptr_array_sort keeps the table's order among equals. */
static void
search (SacCommandList *list)
{
  g_autofree char *query = sac_command_search_fold (
    gtk_editable_get_text (GTK_EDITABLE (list->entry)));
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; i < list->all->len; i++) {
    if (sac_command_item_score (list->all->pdata[i], query) > 0)
      g_ptr_array_add (found, list->all->pdata[i]);
  }
  g_ptr_array_sort_with_data (found, compare_scores, query);
  g_list_store_splice (list->found, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (list->found)),
                       found->pdata, found->len);
  gtk_single_selection_set_selected (list->selection, 0);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (
                              list->scrolled),
                            0);
  say_selected (list);
}

/* The window goes first, so that what the command shows stands over its own. */
static void
run_selected (SacCommandList *list)
{
  SacCommandItem *item = get_selected (list);
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GtkWindow) parent = NULL;

  if (item == NULL || !sac_command_item_is_enabled (item))
    return;
  parent = g_object_ref (gtk_window_get_transient_for (GTK_WINDOW (list)));
  if (!g_action_parse_detailed_name (sac_command_item_get (item)->action, &name,
                                     &target, NULL))
    g_assert_not_reached ();
  gtk_window_destroy (GTK_WINDOW (list));
  gtk_widget_activate_action_variant (GTK_WIDGET (parent), name, target);
}

/* Into view: GTK 4.8 scrolls a list only for its own keys. */
static void
move_selection (SacCommandList *list, int step)
{
  int count = (int)g_list_model_get_n_items (G_LIST_MODEL (list->found));
  int position = (int)gtk_single_selection_get_selected (list->selection);

  if (count == 0)
    return;
  position = CLAMP (position + step, 0, count - 1);
  gtk_single_selection_set_selected (list->selection, (guint)position);
  gtk_widget_activate_action (GTK_WIDGET (list->view), "list.scroll-to-item",
                              "u", (guint)position);
}

static gboolean
on_key (SacCommandList *list, guint key, guint code, GdkModifierType modifiers)
{
  switch (key) {
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    move_selection (list, 1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    move_selection (list, -1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Down:
    move_selection (list, PAGE_ROWS);
    return GDK_EVENT_STOP;
  case GDK_KEY_Page_Up:
    move_selection (list, -PAGE_ROWS);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
on_search_changed (SacCommandList *list)
{
  search (list);
}

static void
on_entry_activate (SacCommandList *list)
{
  run_selected (list);
}

static void
on_stop_search (SacCommandList *list)
{
  gtk_window_close (GTK_WINDOW (list));
}

static void
on_activate (SacCommandList *list, guint position)
{
  gtk_single_selection_set_selected (list->selection, position);
  run_selected (list);
}

static void
fill (SacCommandList *list, GtkWindow *parent)
{
  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    if (!g_str_equal (command->action, "win.commands"))
      g_ptr_array_add (list->all, sac_command_item_new (command, parent));
  }
}

GtkWidget *
sac_command_list_new (GtkWindow *parent)
{
  SacCommandList *list =
    g_object_new (SAC_TYPE_COMMAND_LIST, "transient-for", parent,
                  "destroy-with-parent", TRUE, NULL);

  fill (list, parent);
  search (list);
  gtk_widget_grab_focus (GTK_WIDGET (list->entry));
  return GTK_WIDGET (list);
}

static void
sac_command_list_dispose (GObject *object)
{
  SacCommandList *list = SAC_COMMAND_LIST (object);

  gtk_widget_dispose_template (GTK_WIDGET (list), SAC_TYPE_COMMAND_LIST);
  g_clear_object (&list->selection);
  g_clear_object (&list->found);
  g_clear_pointer (&list->all, g_ptr_array_unref);
  G_OBJECT_CLASS (sac_command_list_parent_class)->dispose (object);
}

static void
sac_command_list_class_init (SacCommandListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_command_list_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/command-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SacCommandList, entry);
  gtk_widget_class_bind_template_child (widget_class, SacCommandList, scrolled);
  gtk_widget_class_bind_template_child (widget_class, SacCommandList, view);
  gtk_widget_class_bind_template_child (widget_class, SacCommandList, status);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
sac_command_list_init (SacCommandList *list)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (list));
  list->all = g_ptr_array_new_with_free_func (g_object_unref);
  list->found = g_list_store_new (SAC_TYPE_COMMAND_ITEM);
  list->selection =
    gtk_single_selection_new (g_object_ref (G_LIST_MODEL (list->found)));
  gtk_list_view_set_model (list->view, GTK_SELECTION_MODEL (list->selection));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), list,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (list->view, factory);
  g_signal_connect_object (list->selection, "notify::selected",
                           G_CALLBACK (say_selected), list, G_CONNECT_SWAPPED);
  /* Before the entry, which would move its own cursor. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), list,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (list), keys);
}
