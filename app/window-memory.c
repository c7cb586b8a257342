/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-memory.h"

#include "narrow.h"
#include "settings.h"

/* The colours of all maps here; each pane's own controls change one. */
static void
apply_colors (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);

  for (guint i = 0; i < SAC_PANES_MOST; i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacDisplay display = *sac_pane_state_get_display (pane);

    display.colors = sac_settings_get_colors (sac_window_get_settings (window));
    sac_pane_state_set_display (pane, &display);
  }
}

/* Whoever shows results shows them again, by other names. */
static void
say_classes_anew (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);

  for (guint i = 0; i < sac_document_get_pane_count (document); i++)
    g_signal_emit_by_name (sac_document_get_pane (document, i), "result");
}

void
sac_window_memory_apply_names (SacWindow *window)
{
  GSettings *settings = sac_window_get_settings (window);

  sac_document_set_named (sac_window_get_document (window),
                          !sac_window_get_presenting (window) ||
                            !sac_settings_is_on (settings,
                                                 "hide-names-presenting"),
                          !sac_settings_is_on (settings, "hide-names-figures"));
}

void
sac_window_memory_follow (SacWindow *window)
{
  static const struct {
    const char *signal;
    void (*apply) (SacWindow *window);
  } followed[] = {
    {"changed::color-map", apply_colors},
    {"changed::translate-labels", say_classes_anew},
    {"changed::hide-names-presenting", sac_window_memory_apply_names},
    {"changed::hide-names-figures", sac_window_memory_apply_names},
  };
  GSettings *settings = sac_window_get_settings (window);

  if (settings == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (followed); i++)
    g_signal_connect_object (settings, followed[i].signal,
                             G_CALLBACK (followed[i].apply), window,
                             G_CONNECT_SWAPPED);
  sac_window_memory_apply_names (window);
}

static void
recall_pane_count (SacDocument *document, GSettings *settings)
{
  guint count = g_settings_get_int (settings, "pane-count");

  if (sac_pane_layout_find (count) != NULL)
    sac_pane_set_set_count (sac_document_get_panes (document), count);
}

void
sac_window_memory_recall (SacWindow *window)
{
  GSettings *settings = sac_window_get_settings (window);
  SacDocument *document = sac_window_get_document (window);
  SacDisplay display = sac_settings_get_display (settings);
  g_auto (GStrv) models = sac_settings_get_models (settings);
  int width = 1400, height = 900;

  for (guint i = 0; i < SAC_PANES_MOST; i++)
    sac_pane_state_set_display (sac_document_get_pane (document, i), &display);
  for (gsize i = 0; models[i] != NULL; i++)
    sac_library_add_file (sac_document_get_library (document), models[i]);
  if (settings != NULL) {
    width = g_settings_get_int (settings, "window-width");
    height = g_settings_get_int (settings, "window-height");
    if (g_settings_get_boolean (settings, "window-maximized"))
      gtk_window_maximize (GTK_WINDOW (window));
    sac_window_set_side_panel (window, g_settings_get_boolean (settings,
                                                               "show-sidebar"));
    recall_pane_count (document, settings);
  }
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
}

void
sac_window_memory_keep (SacWindow *window)
{
  GSettings *settings = sac_window_get_settings (window);
  SacDocument *document = sac_window_get_document (window);
  const SacDisplay *display =
    sac_pane_state_get_display (sac_document_get_pane (document, 0));
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_settings_set_int (settings, "window-width", MAX (width, 480));
  g_settings_set_int (settings, "window-height", MAX (height, 480));
  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (window)));
  /* While presenting it is hidden whatever the reader likes. */
  if (!sac_window_get_presenting (window))
    g_settings_set_boolean (settings, "show-sidebar",
                            sac_narrow_wants_panel (window));
  g_settings_set_int (settings, "pane-count",
                      sac_document_get_pane_count (document));
  sac_settings_set_display (settings, display);
}
