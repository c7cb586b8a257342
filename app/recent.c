/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "recent.h"

#include <glib/gi18n.h>

#define ITEM_COUNT 8
#define APPLICATION_NAME "Saccade"

void
sac_recent_add (const char *path)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();

  if (!g_path_is_absolute (path))
    return;

  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  GtkRecentData data = {
    .mime_type = (char *)"application/octet-stream",
    .app_name = (char *)APPLICATION_NAME,
    .app_exec = (char *)"saccade %u",
  };

  if (uri != NULL)
    gtk_recent_manager_add_full (manager, uri, &data);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  GDateTime *left = gtk_recent_info_get_modified ((GtkRecentInfo *)a);
  GDateTime *right = gtk_recent_info_get_modified ((GtkRecentInfo *)b);

  return g_date_time_compare (right, left);
}

static void
append_item (GMenu *menu, GtkRecentInfo *info)
{
  g_autofree char *path =
    g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL);

  if (path == NULL)
    return;

  g_autofree char *name = g_filename_display_basename (path);
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  /* One underscore would mark a letter as the key of the item. */
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "win.open-path", "s", path);
  g_menu_append_item (menu, item);
}

static void
refill (GMenu *menu)
{
  GList *infos =
    gtk_recent_manager_get_items (gtk_recent_manager_get_default ());

  g_menu_remove_all (menu);
  infos = g_list_sort (infos, compare_age);
  for (GList *link = infos; link != NULL; link = link->next) {
    if (gtk_recent_info_has_application (link->data, APPLICATION_NAME) &&
        gtk_recent_info_exists (link->data) &&
        g_menu_model_get_n_items (G_MENU_MODEL (menu)) < ITEM_COUNT)
      append_item (menu, link->data);
  }
  if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) == 0)
    g_menu_append (menu, _ ("No recent files"), "win.none");
  g_list_free_full (infos, (GDestroyNotify)gtk_recent_info_unref);
}

GMenuModel *
sac_recent_new_menu (void)
{
  GMenu *menu = g_menu_new ();

  refill (menu);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (refill), menu, G_CONNECT_SWAPPED);
  return G_MENU_MODEL (menu);
}
