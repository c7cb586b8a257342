/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window.h"

#include "case-actions.h"
#include "case-caption.h"
#include "commands.h"
#include "compare-actions.h"
#include "compare-bar.h"
#include "display-actions.h"
#include "markup-actions.h"
#include "messages.h"
#include "narrow.h"
#include "opening-view.h"
#include "page-actions.h"
#include "pane-actions.h"
#include "peek.h"
#include "presentation.h"
#include "recent.h"
#include "run-actions.h"
#include "scale-actions.h"
#include "scene-actions.h"
#include "settings.h"
#include "side-panel.h"
#include "slide-images.h"
#include "status-bar.h"
#include "toasts.h"
#include "tone-popover.h"
#include "undo-toasts.h"
#include "view-actions.h"
#include "views.h"
#include "window-actions.h"
#include "window-memory.h"
#include "window-menus.h"
#include "window-page.h"
#include "window-panes.h"

#include <glib/gi18n.h>

struct _SacWindow {
  AdwApplicationWindow parent_instance;
  SacDocument *document;
  SacCases *cases;
  SacMapFiles *map_files;
  SacViews *views;
  GSettings *settings; /* NULL: nothing is remembered */
  SacWindowPanes *window_panes;

  bool had_side_panel; /* before it presented */

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  AdwHeaderBar *header;
  AdwSplitButton *open_button;
  GtkMenuButton *menu_button;
  GtkRevealer *banner;
  GtkLabel *banner_label;
  GtkWidget *case_side;
  SacCasePanel *case_panel;
  GtkStack *stack;
  SacOpeningView *opening;
  AdwStatusPage *empty;
  GtkMenuButton *panes_button;
  GtkMenuButton *tone_button;
  GtkMenuButton *page_button;
  SacPaneGrid *panes;
  SacCompareBar *compare_bar;
  SacCaseCaption *case_caption;
  AdwFlap *flap; /* the side panel beside the panes, or over them */
  GtkStack *side_stack;
  SacSidePanel *side_panel;
  SacRunPanel *run_panel;
  SacStatusBar *status_bar;
};

G_DEFINE_FINAL_TYPE (SacWindow, sac_window, ADW_TYPE_APPLICATION_WINDOW)

static void
refresh_title (SacWindow *window)
{
  g_autofree char *title = sac_document_dup_title (window->document);

  adw_window_title_set_title (window->title, title);
  gtk_window_set_title (GTK_WINDOW (window), title);
}

static void
on_source (SacWindow *window)
{
  SacDocument *document = window->document;
  const GError *error = sac_document_get_error (document);
  SacSource *source = sac_document_get_source (document);

  refresh_title (window);
  sac_window_page_fill_empty (window->empty, document);
  sac_window_page_fill_banner (window->banner, window->banner_label, document);
  sac_window_page_refresh (window->stack, document,
                           sac_window_get_active_pane (window));
  if (source != NULL && !sac_document_is_opening (document) && error == NULL &&
      sac_settings_is_on (window->settings, "remember-files"))
    sac_recent_add (sac_source_get_path (source));
  sac_window_actions_refresh (window);
}

static void
on_maps (SacWindow *window)
{
  sac_window_actions_refresh (window);
}

static void
on_saved (SacWindow *window, const char *path, const GError *error)
{
  if (error == NULL) {
    sac_window_add_toast (window, sac_toast_new_saved (path));
    return;
  }

  g_autofree char *text =
    g_strdup_printf (_ ("The figure was not saved. %s %s"),
                     sac_message_for_error (error, SAC_TRIED_FIGURE),
                     error->message);

  sac_window_tell (window, text);
}

static void
on_banner_dismissed (SacWindow *window)
{
  sac_document_dismiss_error (window->document);
}

static void
on_panes_changed (SacWindow *window)
{
  sac_window_panes_update (window->window_panes);
  sac_window_actions_refresh (window);
}

static gboolean
sac_window_close_request (GtkWindow *gtk_window)
{
  sac_window_memory_keep (SAC_WINDOW (gtk_window));
  return GTK_WINDOW_CLASS (sac_window_parent_class)->close_request (gtk_window);
}

static void
connect_document (SacWindow *window)
{
  SacDocument *document = window->document;

  g_signal_connect_object (document, "source", G_CALLBACK (on_source), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "maps", G_CALLBACK (on_maps), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "saved", G_CALLBACK (on_saved), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (on_panes_changed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_compare_view (document), "mode",
                           G_CALLBACK (on_panes_changed), window,
                           G_CONNECT_SWAPPED);
  sac_compare_bar_set_document (window->compare_bar, document);
  sac_side_panel_set_document (window->side_panel, document);
  sac_run_panel_set_document (window->run_panel, document);
  sac_status_bar_set_document (window->status_bar, document);
  sac_opening_view_set_document (window->opening, document, window->title);
}

static void
follow_animation_setting (SacWindow *window)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (window));
  gboolean enabled;

  g_object_get (settings, "gtk-enable-animations", &enabled, NULL);
  sac_viewport_set_animated (sac_document_get_viewport (window->document),
                             enabled);
  sac_compare_view_set_animated (sac_document_get_compare_view (
                                   window->document),
                                 enabled);
}

SacWindow *
sac_window_new (GtkApplication *application,
                SacWorker *worker,
                GSettings *settings)
{
  SacWindow *window =
    g_object_new (SAC_TYPE_WINDOW, "application", application, NULL);

  window->document = sac_document_new (worker);
  window->cases = sac_cases_new (window->document);
  window->map_files = sac_map_files_new (worker, window->document);
  g_signal_connect_object (window->map_files, "told",
                           G_CALLBACK (sac_window_tell), window,
                           G_CONNECT_SWAPPED);
  sac_case_panel_set_cases (window->case_panel, window->cases);
  sac_case_caption_set_cases (window->case_caption, window->cases);
  window->settings = settings != NULL ? g_object_ref (settings) : NULL;
  sac_window_menus_attach (window->menu_button, window->panes_button,
                           window->open_button, window->settings);
  sac_tone_popover_attach (window->tone_button,
                           sac_document_get_look (window->document));
  window->window_panes = sac_window_panes_new (window->document, window->panes);
  connect_document (window);
  on_panes_changed (window);
  sac_window_memory_recall (window);
  sac_window_memory_follow (window);
  sac_toasts_guard (window->toasts);
  sac_undo_toasts_follow (window);
  window->views = sac_views_new (window->document, window->cases,
                                 window->map_files, window->settings);
  g_signal_connect_object (window->views, "failed",
                           G_CALLBACK (sac_window_tell), window,
                           G_CONNECT_SWAPPED);
  follow_animation_setting (window);
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (window)),
                           "notify::gtk-enable-animations",
                           G_CALLBACK (follow_animation_setting), window,
                           G_CONNECT_SWAPPED);
  sac_window_actions_add (window);
  sac_narrow_follow (window, window->flap);
  sac_presentation_watch (GTK_WINDOW (window));
  sac_pane_actions_add (window);
  sac_display_actions_add (window);
  sac_compare_actions_add (window);
  sac_scale_actions_add (window);
  sac_scene_actions_add (window, worker);
  sac_slide_images_add (window, worker);
  sac_page_actions_add (window, window->page_button);
  sac_peek_attach (window);
  sac_case_actions_add (window);
  sac_markup_actions_add (window);
  sac_view_actions_add (window);
  sac_run_actions_add (window);
  on_source (window);
  return window;
}

SacDocument *
sac_window_get_document (SacWindow *window)
{
  return window->document;
}

SacCases *
sac_window_get_cases (SacWindow *window)
{
  return window->cases;
}

SacMapFiles *
sac_window_get_map_files (SacWindow *window)
{
  return window->map_files;
}

SacCasePanel *
sac_window_get_case_panel (SacWindow *window)
{
  return window->case_panel;
}

GSettings *
sac_window_get_settings (SacWindow *window)
{
  return window->settings;
}

SacPane *
sac_window_get_active_pane (SacWindow *window)
{
  return sac_window_panes_get_active (window->window_panes);
}

SacPaneState *
sac_window_get_active_state (SacWindow *window)
{
  return sac_pane_get_state (sac_window_get_active_pane (window));
}

SacPaneSet *
sac_window_get_panes (SacWindow *window)
{
  return sac_document_get_panes (window->document);
}

void
sac_window_focus_pane (SacWindow *window, int step)
{
  sac_window_panes_focus (window->window_panes, step);
}

void
sac_window_set_presenting (SacWindow *window, bool presenting)
{
  if (presenting == sac_window_get_presenting (window))
    return;
  if (presenting)
    window->had_side_panel = sac_window_get_side_panel (window);
  sac_presentation_set (GTK_WINDOW (window), GTK_WIDGET (window->header),
                        presenting);
  sac_window_set_side_panel (window, !presenting && window->had_side_panel);
  gtk_widget_set_visible (window->case_side, !presenting);
  sac_status_bar_set_terse (window->status_bar, presenting);
  sac_window_memory_apply_names (window);
}

bool
sac_window_get_presenting (SacWindow *window)
{
  return sac_presentation_get (GTK_WINDOW (window));
}

void
sac_window_open_tone (SacWindow *window)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (window->tone_button)))
    gtk_menu_button_popup (window->tone_button);
  else
    sac_window_tell (window, _ ("Presenting hides these sliders."));
}

void
sac_window_set_side_panel (SacWindow *window, bool shown)
{
  adw_flap_set_reveal_flap (window->flap, shown);
}

bool
sac_window_get_side_panel (SacWindow *window)
{
  return adw_flap_get_reveal_flap (window->flap);
}

SacRunPanel *
sac_window_get_run_panel (SacWindow *window)
{
  return window->run_panel;
}

void
sac_window_set_runs (SacWindow *window, bool shown)
{
  if (shown)
    sac_run_panel_fill (window->run_panel);
  gtk_stack_set_visible_child (window->side_stack,
                               shown ? GTK_WIDGET (window->run_panel)
                                     : GTK_WIDGET (window->side_panel));
  if (shown && !sac_window_get_side_panel (window))
    g_action_group_change_action_state (G_ACTION_GROUP (window), "side-panel",
                                        g_variant_new_boolean (TRUE));
}

void
sac_window_tell_with (SacWindow *window,
                      const char *text,
                      const char *button,
                      const char *action)
{
  AdwToast *toast = sac_toast_new (text);

  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  sac_window_add_toast (window, toast);
}

void
sac_window_add_toast (SacWindow *window, AdwToast *toast)
{
  adw_toast_overlay_add_toast (window->toasts, toast);
}

void
sac_window_tell (SacWindow *window, const char *text)
{
  sac_window_tell_with (window, text, NULL, NULL);
}

static void
sac_window_dispose (GObject *object)
{
  SacWindow *window = SAC_WINDOW (object);

  if (window->views != NULL)
    sac_views_shut_down (window->views);
  if (window->cases != NULL)
    sac_cases_shut_down (window->cases);
  if (window->document != NULL)
    sac_document_shut_down (window->document);
  gtk_widget_dispose_template (GTK_WIDGET (window), SAC_TYPE_WINDOW);
  g_clear_object (&window->window_panes);
  g_clear_object (&window->views);
  g_clear_object (&window->map_files);
  g_clear_object (&window->cases);
  g_clear_object (&window->document);
  g_clear_object (&window->settings);
  G_OBJECT_CLASS (sac_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SacWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, header);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, case_caption);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, case_panel);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, case_side);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, opening);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, empty);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, panes);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, compare_bar);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, panes_button);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, tone_button);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, page_button);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, side_panel);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, side_stack);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, run_panel);
  gtk_widget_class_bind_template_child (widget_class, SacWindow, status_bar);
}

static void
sac_window_class_init (SacWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = sac_window_close_request;
  g_type_ensure (SAC_TYPE_CASE_CAPTION);
  g_type_ensure (SAC_TYPE_CASE_PANEL);
  g_type_ensure (SAC_TYPE_COMPARE_BAR);
  g_type_ensure (SAC_TYPE_OPENING_VIEW);
  g_type_ensure (SAC_TYPE_PANE_GRID);
  g_type_ensure (SAC_TYPE_SIDE_PANEL);
  g_type_ensure (SAC_TYPE_RUN_PANEL);
  g_type_ensure (SAC_TYPE_STATUS_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_dismissed);
}

static void
sac_window_init (SacWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  gtk_widget_add_controller (GTK_WIDGET (window),
                             sac_commands_new_key_controller ());
  sac_window_accept_drops (window);
}
