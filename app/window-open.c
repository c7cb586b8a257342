/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window does with a file, by what it is. */
#include "settings.h"
#include "window.h"

#include <glib/gi18n.h>
#include <string.h>

#define PENDING "sac-pending"

static bool
is_annotations (const char *path)
{
  static const char *const endings[] = {".geojson", ".xml", ".json"};

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i]))
      return true;
  return false;
}

bool
sac_window_is_overlay (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  return path != NULL && (is_annotations (path) || sac_map_files_is_map (path));
}

static void
lay_over (SacWindow *window, const char *path)
{
  if (is_annotations (path))
    sac_markup_files_open (sac_document_get_markup_files (
                             sac_window_get_document (window)),
                           path, false, NULL);
  else
    sac_map_files_open (sac_window_get_map_files (window), path,
                        sac_pane_get_state (
                          sac_window_get_active_pane (window)));
}

/* The image that they were waiting for has come, or will not. */
static void
on_source (SacWindow *window, SacDocument *document)
{
  GPtrArray *waiting = g_object_get_data (G_OBJECT (window), PENDING);

  if (sac_document_is_opening (document) || waiting == NULL)
    return;
  g_object_steal_data (G_OBJECT (window), PENDING);
  g_signal_handlers_disconnect_by_func (document, on_source, window);
  for (guint i = 0; i < waiting->len; i++)
    lay_over (window, waiting->pdata[i]);
  g_ptr_array_unref (waiting);
}

static void
wait_for_image (SacWindow *window, const char *path)
{
  GPtrArray *waiting = g_object_get_data (G_OBJECT (window), PENDING);

  if (waiting == NULL) {
    waiting = g_ptr_array_new_with_free_func (g_free);
    g_object_set_data_full (G_OBJECT (window), PENDING, waiting,
                            (GDestroyNotify)g_ptr_array_unref);
    g_signal_connect_object (sac_window_get_document (window), "source",
                             G_CALLBACK (on_source), window, G_CONNECT_SWAPPED);
  }
  g_ptr_array_add (waiting, g_strdup (path));
}

static void
open_overlay (SacWindow *window, const char *path)
{
  SacDocument *document = sac_window_get_document (window);

  if (sac_document_is_opening (document))
    wait_for_image (window, path);
  else if (sac_document_get_source (document) != NULL)
    lay_over (window, path);
  else
    sac_window_tell (window, _ ("Annotations and maps need an image to lie "
                                "on: open one first."));
}

static void
open_model (SacWindow *window, const char *path)
{
  SacDocument *document = sac_window_get_document (window);
  SacPane *pane = sac_window_get_active_pane (window);

  sac_library_add_file (sac_document_get_library (document), path);
  sac_settings_add_model (sac_window_get_settings (window), path);
  sac_pane_state_set_model (sac_pane_get_state (pane), path);
  /* A model needs something to look at. */
  if (sac_document_get_source (document) == NULL &&
      !sac_document_is_opening (document))
    sac_document_open (document, SAC_DEMO_DERMOSCOPY);
}

void
sac_window_open_demo (SacWindow *window, const char *uri)
{
  SacDocument *document = sac_window_get_document (window);

  if (!g_str_equal (uri, SAC_DEMO_STORY)) {
    sac_document_open (document, uri);
    return;
  }
  /* Something to look at until the story is there. */
  if (sac_document_get_source (document) == NULL &&
      !sac_document_is_opening (document))
    sac_document_open (document, SAC_DEMO_DERMOSCOPY);
  sac_cases_open (sac_window_get_cases (window), uri);
}

void
sac_window_open_image (SacWindow *window, const char *path)
{
  SacDocument *document = sac_window_get_document (window);

  if (sac_settings_is_on (sac_window_get_settings (window), "remember-views"))
    sac_document_open_again (document, path);
  else
    sac_document_open (document, path);
}

void
sac_window_open_file (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be opened."));
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    sac_cases_open (sac_window_get_cases (window), path);
  else if (sac_window_is_overlay (file))
    open_overlay (window, path);
  else if (g_str_has_suffix (path, ".onnx"))
    open_model (window, path);
  else
    sac_window_open_image (window, path);
}

static gboolean
on_drop (SacWindow *window, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  /* Of several, one image and what goes over it. */
  for (GSList *link = files; link != NULL; link = link->next)
    if (link == files || sac_window_is_overlay (link->data))
      sac_window_open_file (window, link->data);
  return TRUE;
}

void
sac_window_accept_drops (SacWindow *window)
{
  GtkDropTarget *target =
    gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), window,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (window),
                             GTK_EVENT_CONTROLLER (target));
}
