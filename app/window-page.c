/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-page.h"

#include "trouble.h"

/* Keys for a page that is not shown are lost, Tab and Escape with them. */
static void
show (GtkStack *stack, const char *name, SacPane *pane)
{
  bool is_new = g_strcmp0 (gtk_stack_get_visible_child_name (stack), name) != 0;

  gtk_stack_set_visible_child_name (stack, name);

  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (stack)));
  GtkWidget *page = gtk_stack_get_visible_child (stack);
  GtkWidget *focus = gtk_window_get_focus (window);
  bool is_image = g_str_equal (name, "panes");
  bool is_elsewhere =
    focus != NULL && !gtk_widget_is_ancestor (focus, GTK_WIDGET (stack));

  if ((focus != NULL && gtk_widget_is_ancestor (focus, page)) ||
      (is_elsewhere && (!is_image || !is_new || GTK_IS_EDITABLE (focus))))
    return;
  if (is_image)
    sac_pane_focus_canvas (pane);
  else if (!gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD))
    gtk_window_set_focus (window, NULL);
}

void
sac_window_page_refresh (GtkStack *stack, SacDocument *document, SacPane *pane)
{
  bool has_source = sac_document_get_source (document) != NULL;
  bool is_opening = sac_document_is_opening (document);

  show (stack, has_source ? "panes" : is_opening ? "opening" : "empty", pane);
}

void
sac_window_page_fill_empty (AdwStatusPage *page, SacDocument *document)
{
  g_autofree char *title = NULL, *text = NULL;

  sac_trouble_describe_empty (document, &title, &text);
  adw_status_page_set_title (page, title);
  adw_status_page_set_description (page, text);
}

void
sac_window_page_fill_banner (GtkRevealer *banner,
                             GtkLabel *label,
                             SacDocument *document)
{
  g_autofree char *text = sac_trouble_describe (document);
  bool shown = text != NULL && sac_document_get_source (document) != NULL;

  if (shown)
    gtk_label_set_label (label, text);
  gtk_revealer_set_reveal_child (banner, shown);
}
