/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "recent.h"

#include "image/source.h"
#include "labels.h"
#include "settings.h"
#include "toasts.h"

#include <glib/gi18n.h>

#define ITEM_COUNT 8
#define APPLICATION_NAME "Saccade"
/* What GTK's file dialogs add has our name too, but is not in this group: it
 * need not be an image, and was never asked for. */
#define GROUP_NAME "Saccade images"
#define KEY "sac-settings" /* of a menu's data */

void
sac_recent_add (const char *path)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();

  if (!g_path_is_absolute (path))
    return;

  /* Of a page, the file. */
  g_autofree char *file = sac_source_split_page (path, NULL);
  g_autofree char *uri = g_filename_to_uri (file, NULL, NULL);
  char *groups[] = {(char *)GROUP_NAME, NULL};
  GtkRecentData data = {
    .mime_type = (char *)"application/octet-stream",
    .app_name = (char *)APPLICATION_NAME,
    .app_exec = (char *)"saccade %u",
    .groups = groups,
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
  g_autofree char *label = sac_label_without_key (name);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "win.open-path", "^ay", path);
  g_menu_append_item (menu, item);
}

/* Our own, the latest first.  Returns: array of GtkRecentInfo. */
static GPtrArray *
list_own (void)
{
  GList *infos = g_list_sort (gtk_recent_manager_get_items (
                                gtk_recent_manager_get_default ()),
                              compare_age);
  GPtrArray *own =
    g_ptr_array_new_with_free_func ((GDestroyNotify)gtk_recent_info_unref);

  for (GList *link = infos; link != NULL; link = link->next) {
    if (gtk_recent_info_has_application (link->data, APPLICATION_NAME))
      g_ptr_array_add (own, gtk_recent_info_ref (link->data));
  }
  g_list_free_full (infos, (GDestroyNotify)gtk_recent_info_unref);
  return own;
}

/* Of array of GtkRecentInfo. */
static void
forget_strangers (GPtrArray *own)
{
  for (guint i = 0; i < own->len; i++) {
    if (!gtk_recent_info_has_group (own->pdata[i], GROUP_NAME))
      gtk_recent_manager_remove_item (gtk_recent_manager_get_default (),
                                      gtk_recent_info_get_uri (own->pdata[i]),
                                      NULL);
  }
}

static void
refill (GMenu *menu)
{
  g_autoptr (GPtrArray) own = list_own ();

  if (!sac_settings_is_on (g_object_get_data (G_OBJECT (menu), KEY),
                           "remember-files"))
    forget_strangers (own);
  g_menu_remove_all (menu);
  for (guint i = 0; i < own->len; i++) {
    if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) < ITEM_COUNT &&
        gtk_recent_info_has_group (own->pdata[i], GROUP_NAME) &&
        gtk_recent_info_exists (own->pdata[i]))
      append_item (menu, own->pdata[i]);
  }
  if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) == 0)
    g_menu_append (menu, _ ("No recent files"), "win.none");
}

/* What was forgotten, until the toast goes. */
typedef struct {
  GPtrArray *files; /* of GtkRecentInfo, the latest first */
  GSettings *settings;
  char **models;
} Forgotten;

static void
forgotten_free (gpointer data)
{
  Forgotten *forgotten = data;

  g_ptr_array_unref (forgotten->files);
  g_object_unref (forgotten->settings);
  g_strfreev (forgotten->models);
  g_free (forgotten);
}

/* The oldest first, so that the order is the same again. */
static void
restore (gpointer data)
{
  Forgotten *forgotten = data;

  for (guint i = forgotten->files->len; i > 0; i--) {
    g_autofree char *path =
      g_filename_from_uri (gtk_recent_info_get_uri (
                             forgotten->files->pdata[i - 1]),
                           NULL, NULL);

    if (path != NULL &&
        gtk_recent_info_has_group (forgotten->files->pdata[i - 1], GROUP_NAME))
      sac_recent_add (path);
  }
  g_settings_set_strv (forgotten->settings, "recent-models",
                       (const char *const *)forgotten->models);
}

AdwToast *
sac_recent_clear (GSettings *settings)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();
  Forgotten *forgotten = g_new (Forgotten, 1);

  forgotten->files = list_own ();
  forgotten->settings = g_object_ref (settings);
  forgotten->models = g_settings_get_strv (settings, "recent-models");
  for (guint i = 0; i < forgotten->files->len; i++)
    gtk_recent_manager_remove_item (manager,
                                    gtk_recent_info_get_uri (
                                      forgotten->files->pdata[i]),
                                    NULL);
  g_settings_reset (settings, "recent-models");
  return sac_toast_new_undo (_ ("The list of recent files is empty"), restore,
                             forgotten, forgotten_free);
}

GMenuModel *
sac_recent_new_menu (GSettings *settings)
{
  GMenu *menu = g_menu_new ();

  if (settings != NULL)
    g_object_set_data_full (G_OBJECT (menu), KEY, g_object_ref (settings),
                            g_object_unref);
  refill (menu);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (refill), menu, G_CONNECT_SWAPPED);
  return G_MENU_MODEL (menu);
}
