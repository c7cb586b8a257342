/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "chooser-search.h"

#include "chooser-item.h"

#include <glib/gi18n.h>
#include <stdbool.h>
#include <string.h>

GtkWidget *
sac_chooser_find_part (GtkWidget *below, GType type)
{
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (child, type)
                         ? child
                         : sac_chooser_find_part (child, type);

    if (found != NULL)
      return found;
  }
  return NULL;
}

/* What is left of the list while it is searched. */
static GListModel *
get_found (GtkDropDown *drop_down)
{
  GtkWidget *view =
    sac_chooser_find_part (GTK_WIDGET (drop_down), GTK_TYPE_LIST_VIEW);
  GtkSelectionModel *model =
    view != NULL ? gtk_list_view_get_model (GTK_LIST_VIEW (view)) : NULL;

  return GTK_IS_SINGLE_SELECTION (model)
           ? gtk_single_selection_get_model (GTK_SINGLE_SELECTION (model))
           : NULL;
}

/* What is typed is a part of a title or an id, as the list is filtered; that
 * waits a moment, Enter does not. */
static bool
is_meant (SacChooserItem *item, const char *typed)
{
  g_autofree char *words = NULL;
  g_autofree char *folded = g_utf8_casefold (typed, -1);

  g_object_get (item, "words", &words, NULL);

  g_autofree char *own = g_utf8_casefold (words, -1);

  return sac_chooser_item_get (item)->reason == NULL &&
         strstr (own, folded) != NULL;
}

/* Enter takes the first that is left of the list. */
static void
on_search_done (GtkDropDown *drop_down, GtkEditable *entry)
{
  const char *typed = gtk_editable_get_text (entry);
  GListModel *items = gtk_drop_down_get_model (drop_down);
  guint count = g_list_model_get_n_items (items);

  for (guint i = 0; i < count && *typed != '\0'; i++) {
    g_autoptr (SacChooserItem) item = g_list_model_get_item (items, i);

    if (!is_meant (item, typed))
      continue;
    gtk_popover_popdown (GTK_POPOVER (
      gtk_widget_get_ancestor (GTK_WIDGET (entry), GTK_TYPE_POPOVER)));
    gtk_drop_down_set_selected (drop_down, i);
    return;
  }
}

/* An empty list says that it is. */
static void
on_found (GListModel *found,
          guint position,
          guint removed,
          guint added,
          GtkWidget *nothing)
{
  bool is_empty = g_list_model_get_n_items (found) == 0;

  gtk_widget_set_visible (nothing, is_empty);
  gtk_widget_set_visible (gtk_widget_get_prev_sibling (nothing), !is_empty);
}

/* GTK 4.8 looks at the beginnings of names only, and shows an empty box where
 * it finds none. */
static void
widen_search (GtkDropDown *drop_down)
{
  GListModel *found = get_found (drop_down);
  GtkFilter *filter =
    GTK_IS_FILTER_LIST_MODEL (found)
      ? gtk_filter_list_model_get_filter (GTK_FILTER_LIST_MODEL (found))
      : NULL;
  GtkWidget *list =
    sac_chooser_find_part (GTK_WIDGET (drop_down), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *box = list != NULL ? gtk_widget_get_parent (list) : NULL;
  GtkWidget *nothing = gtk_label_new (_ ("Nothing found"));

  if (GTK_IS_STRING_FILTER (filter))
    gtk_string_filter_set_match_mode (GTK_STRING_FILTER (filter),
                                      GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  g_object_ref_sink (nothing);
  if (GTK_IS_BOX (box) && found != NULL) {
    gtk_widget_set_visible (nothing, FALSE);
    gtk_widget_add_css_class (nothing, "nothing-found");
    gtk_box_append (GTK_BOX (box), nothing);
    g_signal_connect_object (found, "items-changed", G_CALLBACK (on_found),
                             nothing, 0);
  }
  g_object_unref (nothing);
}

/* Searching hides rows, the one with the focus among them: keys would go
 * nowhere, and Enter to another row. */
static void
on_search_started (GtkEditable *entry)
{
  GtkEditable *text = gtk_editable_get_delegate (entry);

  gtk_text_grab_focus_without_selecting (GTK_TEXT (text));
  gtk_editable_set_position (entry, -1);
}

void
sac_chooser_search_attach (GtkDropDown *drop_down)
{
  GtkWidget *search =
    sac_chooser_find_part (GTK_WIDGET (drop_down), GTK_TYPE_SEARCH_ENTRY);

  widen_search (drop_down);
  if (search == NULL)
    return;
  /* Letters typed while a row has the focus are looked for as well. */
  gtk_search_entry_set_key_capture_widget (
    GTK_SEARCH_ENTRY (search),
    gtk_widget_get_ancestor (search, GTK_TYPE_POPOVER));
  g_signal_connect (search, "search-started", G_CALLBACK (on_search_started),
                    NULL);
  g_signal_connect_object (search, "activate", G_CALLBACK (on_search_done),
                           drop_down, G_CONNECT_SWAPPED);
}
