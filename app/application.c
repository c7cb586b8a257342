/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "application.h"

#include "class-names.h"
#include "commands.h"
#include "renderer.h"
#include "settings.h"
#include "window.h"
#include "worker.h"

#include <glib/gi18n.h>

#define APPLICATION_ID "org.saccade.Saccade"

struct _SacApplication {
  AdwApplication parent_instance;
  SacWorker *worker;
  GSettings *settings; /* NULL: nothing is remembered */
};

G_DEFINE_FINAL_TYPE (SacApplication, sac_application, ADW_TYPE_APPLICATION)

static const struct {
  const char *name;
  AdwColorScheme scheme;
} appearances[] = {
  {"system", ADW_COLOR_SCHEME_DEFAULT},
  {"light", ADW_COLOR_SCHEME_FORCE_LIGHT},
  {"dark", ADW_COLOR_SCHEME_FORCE_DARK},
};

SacApplication *
sac_application_new (void)
{
  GApplication *application =
    g_object_new (SAC_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                  "flags", G_APPLICATION_HANDLES_OPEN, NULL);

  g_application_set_option_context_parameter_string (application, "[FILE…]");
  return SAC_APPLICATION (application);
}

static SacWindow *
new_window (SacApplication *application)
{
  SacWindow *window =
    sac_window_new (GTK_APPLICATION (application), application->worker,
                    application->settings);

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
sac_application_activate (GApplication *application)
{
  GtkWindow *active =
    gtk_application_get_active_window (GTK_APPLICATION (application));

  if (active != NULL) {
    gtk_window_present (active);
    return;
  }

  SacWindow *window = new_window (SAC_APPLICATION (application));

  sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
}

/* "demo:slide" on the command line is a URI to GIO, a path to the engine. */
static void
open_in (SacWindow *window, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  if (g_str_has_prefix (uri, "demo:"))
    sac_window_open_demo (window, uri);
  else
    sac_window_open_file (window, file);
}

/* Each file gets a window of its own, but for maps and annotations. */
static void
sac_application_open (GApplication *application,
                      GFile **files,
                      int file_count,
                      const char *hint)
{
  SacWindow *window = NULL;

  for (int i = 0; i < file_count; i++) {
    /* What goes over an image goes over the one named before it. */
    if (window == NULL || !sac_window_is_overlay (files[i]))
      window = new_window (SAC_APPLICATION (application));
    open_in (window, files[i]);
  }
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SacWindow *window = new_window (data);

  sac_document_open (sac_window_get_document (window), SAC_DEMO_DERMOSCOPY);
}

/* Closing lets each window remember itself. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows =
    g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  for (GList *link = windows; link != NULL; link = link->next)
    gtk_window_close (link->data);
}

static void
apply_appearance (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (appearances); i++) {
    if (g_str_equal (appearances[i].name, name))
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          appearances[i].scheme);
  }
}

static void
on_appearance (GSimpleAction *action, GVariant *state, gpointer data)
{
  SacApplication *application = data;
  const char *name = g_variant_get_string (state, NULL);

  g_autoptr (GVariant) old = g_action_get_state (G_ACTION (action));

  apply_appearance (name);
  g_simple_action_set_state (action, state);
  if (application->settings != NULL && !g_variant_equal (old, state))
    g_settings_set_string (application->settings, "appearance", name);
}

/* What holds for all windows. */
static const char *const followed[] = {
  "changed::appearance",
  "changed::threads",
  "changed::tile-memory",
  "changed::translate-labels",
};

static void
apply_settings (SacApplication *application)
{
  GSettings *settings = application->settings;
  g_autofree char *appearance = g_settings_get_string (settings, "appearance");

  g_action_group_change_action_state (G_ACTION_GROUP (application),
                                      "appearance",
                                      g_variant_new_string (appearance));
  sac_class_names_set_translated (
    g_settings_get_boolean (settings, "translate-labels"));
  sac_worker_use_threads ((guint)g_settings_get_int (settings, "threads"));
  sac_tiles_set_budget ((size_t)g_settings_get_int (settings, "tile-memory")
                        << 20);
}

static const GActionEntry entries[] = {
  {"new-window", on_new_window},
  {"quit", on_quit},
  {"appearance", NULL, "s", "'system'", on_appearance},
};

static void
sac_application_startup (GApplication *gapplication)
{
  SacApplication *application = SAC_APPLICATION (gapplication);
  const char *icon_folder = g_getenv ("SACCADE_ICON_DIR");

  G_APPLICATION_CLASS (sac_application_parent_class)->startup (gapplication);
  /* Before the threads that begin here may read the environment. */
  sac_renderer_choose (gdk_display_get_default ());
  application->worker = sac_worker_new ();
  application->settings = sac_settings_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries,
                                   G_N_ELEMENTS (entries), application);
  sac_commands_set_accels (GTK_APPLICATION (application));
  if (icon_folder != NULL)
    gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (
                                      gdk_display_get_default ()),
                                    icon_folder);
  if (application->settings != NULL) {
    apply_settings (application);
    for (gsize i = 0; i < G_N_ELEMENTS (followed); i++)
      g_signal_connect_object (application->settings, followed[i],
                               G_CALLBACK (apply_settings), application,
                               G_CONNECT_SWAPPED);
  }
}

static void
sac_application_shutdown (GApplication *gapplication)
{
  SacApplication *application = SAC_APPLICATION (gapplication);

  G_APPLICATION_CLASS (sac_application_parent_class)->shutdown (gapplication);
  g_clear_pointer (&application->worker, sac_worker_free);
  g_clear_object (&application->settings);
}

static void
sac_application_class_init (SacApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = sac_application_activate;
  application_class->open = sac_application_open;
  application_class->startup = sac_application_startup;
  application_class->shutdown = sac_application_shutdown;
}

static void
sac_application_init (SacApplication *application)
{
}
