/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-menus.h"

#include "accessible.h"
#include "commands.h"
#include "recent.h"

#include <glib/gi18n.h>

/* Menus are made when they are first opened, not before the first frame. */
static void
fill_menu (GtkMenuButton *button, gpointer data)
{
  if (gtk_menu_button_get_menu_model (button) != NULL)
    return;

  g_autoptr (GMenuModel) menu = sac_commands_new_menu ();

  gtk_menu_button_set_menu_model (button, menu);
}

static void
fill_panes_menu (GtkMenuButton *button, gpointer data)
{
  if (gtk_menu_button_get_menu_model (button) != NULL)
    return;

  g_autoptr (GMenuModel) menu = sac_commands_new_group_menu (SAC_COMMAND_PANES);

  gtk_menu_button_set_menu_model (button, menu);
}

/* The two buttons within have no names of their own. */
static void
name_open_button (AdwSplitButton *open)
{
  GtkWidget *split = GTK_WIDGET (open);
  GtkWidget *first = gtk_widget_get_first_child (split);
  GtkWidget *last = gtk_widget_get_last_child (split);

  sac_accessible_set_name (first, _ ("Open…"));
  sac_accessible_set_name (last, _ ("Recent files"));
}

void
sac_window_menus_attach (GtkMenuButton *main,
                         GtkMenuButton *panes,
                         AdwSplitButton *open,
                         GSettings *settings)
{
  g_autoptr (GMenuModel) recent = sac_recent_new_menu (settings);

  gtk_menu_button_set_create_popup_func (main, fill_menu, NULL, NULL);
  gtk_menu_button_set_create_popup_func (panes, fill_panes_menu, NULL, NULL);
  adw_split_button_set_menu_model (open, recent);
  name_open_button (open);
}
