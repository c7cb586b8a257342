/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "toasts.h"

#include <glib/gi18n.h>
#include <stdbool.h>

/* Longer than a message: somebody has to understand what happened and reach the
 * button. */
#define UNDO_SECONDS 10

/* Twice what libadwaita takes to bring one in. */
#define COMING_US 300000

AdwToast *
sac_toast_new (const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  return toast;
}

/* gint64: when the toast was first drawn. */
static gboolean
on_frame (GtkWidget *toast, GdkFrameClock *clock, gpointer data)
{
  gint64 *start = data, now = gdk_frame_clock_get_frame_time (clock);

  if (!gtk_widget_get_can_target (toast))
    return G_SOURCE_REMOVE;
  if (*start == 0)
    *start = now;
  if (now - *start < COMING_US)
    return G_SOURCE_CONTINUE;
  gtk_widget_set_sensitive (toast, TRUE);
  return G_SOURCE_REMOVE;
}

/* One that goes cannot be pointed at; its keys are left to it. */
static void
on_can_target (GtkWidget *toast)
{
  if (!gtk_widget_get_can_target (toast))
    gtk_widget_set_sensitive (toast, FALSE);
}

static void
on_children (GListModel *children,
             guint position,
             guint removed,
             guint added,
             AdwToastOverlay *overlay)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

    if (child == adw_toast_overlay_get_child (overlay))
      continue;
    gtk_widget_set_sensitive (child, FALSE);
    gtk_widget_add_tick_callback (child, on_frame, g_new0 (gint64, 1), g_free);
    g_signal_connect (child, "notify::can-target", G_CALLBACK (on_can_target),
                      NULL);
  }
}

static bool
is_one_coming (AdwToastOverlay *overlay)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (overlay));

  for (; child != NULL; child = gtk_widget_get_next_sibling (child)) {
    if (child != adw_toast_overlay_get_child (overlay) &&
        gtk_widget_get_can_target (child) && !gtk_widget_get_sensitive (child))
      return true;
  }
  return false;
}

/* The overlay's own Escape drops the latest toast, and comes after this. */
static gboolean
on_key (GtkEventControllerKey *keys,
        guint key,
        guint code,
        GdkModifierType state,
        AdwToastOverlay *overlay)
{
  return key == GDK_KEY_Escape && is_one_coming (overlay);
}

void
sac_toasts_guard (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), overlay);
  gtk_widget_add_controller (GTK_WIDGET (overlay), keys);

  g_signal_connect_object (children, "items-changed", G_CALLBACK (on_children),
                           overlay, 0);
  g_object_set_data_full (G_OBJECT (overlay), "sac-toasts", children,
                          g_object_unref);
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
