/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tooltip.h"

#include <stdbool.h>

/* GTK does not ask for hidden widgets. */
void
sac_tooltip_set (GtkWidget *widget, const char *text)
{
  bool is_shown = gtk_widget_get_visible (widget);
  bool is_new = gtk_widget_get_root (widget) == NULL;

  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return;
  if (is_new && is_shown)
    gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_tooltip_text (widget, text);
  if (is_new && is_shown)
    gtk_widget_set_visible (widget, TRUE);
}
