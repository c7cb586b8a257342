/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "accessible.h"

#include <string.h>

/* What labels a widget is spoken before its name: "Stop Stop". */
static void
set_only_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

void
sac_accessible_set_name (GtkWidget *widget, const char *name)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  set_only_name (widget, name);
  if (!GTK_IS_BUTTON (widget) && GTK_IS_BUTTON (child))
    set_only_name (child, name);
}

/* Without the sign for the key, or the key in brackets that stands behind a
 * title in other scripts.  Returns: a new string. */
static char *
dup_spoken (const char *title)
{
  const char *sign = strchr (title, '_');
  const char *rest = sign != NULL ? sign + 1 : "";

  if (sign == NULL)
    return g_strdup (title);
  if (sign > title && sign[-1] == '(' && sign[1] != '\0' && sign[2] == ')') {
    sign--;
    rest += 2;
  }
  return g_strdup_printf ("%.*s%s", (int)(sign - title), title, rest);
}

GtkWidget *
sac_accessible_button_new (const char *title)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (title);
  g_autofree char *name = dup_spoken (title);

  sac_accessible_set_name (button, name);
  return button;
}
