/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "toasts.h"

#include <glib/gi18n.h>

/* Longer than a message: somebody has to understand what happened and reach the
 * button. */
#define UNDO_SECONDS 10

AdwToast *
sac_toast_new (const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  return toast;
}

typedef struct {
  void (*undo) (gpointer data);
  gpointer data;
  GDestroyNotify free_data;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  removal->free_data (removal->data);
  g_free (removal);
}

static void
on_undo (AdwToast *toast, Removal *removal)
{
  removal->undo (removal->data);
}

AdwToast *
sac_toast_new_undo (const char *text,
                    void (*undo) (gpointer data),
                    gpointer data,
                    GDestroyNotify free_data)
{
  AdwToast *toast = sac_toast_new (text);
  Removal *removal = g_new (Removal, 1);

  *removal = (Removal){undo, data, free_data};
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), removal,
                         removal_free, 0);
  return toast;
}

/* Nobody on the bus shows files: the folder alone, by whatever opens folders.
 */
static void
open_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    g_app_info_launch_default_for_uri_async (uri, NULL, NULL, NULL, NULL);
}

static void
on_shown (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree char *path = data;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  if (answer == NULL)
    open_folder (path);
}

static void
on_show (AdwToast *toast, const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GDBusConnection) bus =
    g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  if (uri == NULL || bus == NULL) {
    open_folder (path);
    return;
  }

  const char *const uris[] = {uri, NULL};

  g_dbus_connection_call (bus, "org.freedesktop.FileManager1",
                          "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_shown,
                          g_strdup (path));
}

static void
path_free (gpointer path, GClosure *closure)
{
  g_free (path);
}

AdwToast *
sac_toast_new_saved (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text = g_strdup_printf (_ ("Saved “%s”"), name);
  AdwToast *toast = sac_toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Show in Folder"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_show),
                         g_steal_pointer (&absolute), path_free, 0);
  return toast;
}
