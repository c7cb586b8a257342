/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-progress.h"

#include "accessible.h"

#include <glib/gi18n.h>

/* Work that is over sooner shows no progress: flicker tells nobody anything. */
#define PATIENCE_MS 250

struct _SacPaneProgress {
  GtkWidget parent_instance;
  SacPaneState *pane;
  guint patience_timer;
  guint tick;
  GtkRevealer *revealer;
  GtkLabel *label;
  GtkProgressBar *bar;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (SacPaneProgress, sac_pane_progress, GTK_TYPE_WIDGET)

static const char *
describe_stage (SacPaneProgress *progress)
{
  switch (sac_pane_state_get_stage (progress->pane)) {
  case SAC_STAGE_LOADING:
    return _ ("Loading the model…");
  case SAC_STAGE_PREDICTING:
    return _ ("Predicting…");
  case SAC_STAGE_EXPLAINING:
    return _ ("Making the map…");
  case SAC_STAGE_REST:
  default:
    return _ ("Waiting…");
  }
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacPaneProgress *progress = SAC_PANE_PROGRESS (widget);

  gtk_progress_bar_set_fraction (progress->bar,
                                 sac_pane_state_get_progress (progress->pane));
  return G_SOURCE_CONTINUE;
}

static void
show (SacPaneProgress *progress, bool shown)
{
  gtk_revealer_set_reveal_child (progress->revealer, shown);
  gtk_widget_set_can_target (GTK_WIDGET (progress), shown);
  if (shown && progress->tick == 0)
    progress->tick =
      gtk_widget_add_tick_callback (GTK_WIDGET (progress), on_tick, NULL, NULL);
  if (!shown && progress->tick != 0) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (progress), progress->tick);
    progress->tick = 0;
  }
}

static gboolean
on_patience_ended (gpointer data)
{
  SacPaneProgress *progress = data;

  progress->patience_timer = 0;
  show (progress, true);
  return G_SOURCE_REMOVE;
}

static void
refresh (SacPaneProgress *progress)
{
  bool busy = sac_pane_state_is_busy (progress->pane);
  bool shown = gtk_revealer_get_reveal_child (progress->revealer);

  gtk_label_set_label (progress->label, describe_stage (progress));
  if (busy && !shown && progress->patience_timer == 0)
    progress->patience_timer =
      g_timeout_add (PATIENCE_MS, on_patience_ended, progress);
  if (!busy) {
    g_clear_handle_id (&progress->patience_timer, g_source_remove);
    show (progress, false);
  }
}

static void
on_stop_clicked (SacPaneProgress *progress)
{
  sac_pane_state_stop (progress->pane);
}

void
sac_pane_progress_set_pane (SacPaneProgress *progress, SacPaneState *pane)
{
  g_return_if_fail (progress->pane == NULL);
  progress->pane = g_object_ref (pane);
  g_signal_connect_object (pane, "result", G_CALLBACK (refresh), progress,
                           G_CONNECT_SWAPPED);
  refresh (progress);
}

static void
sac_pane_progress_dispose (GObject *object)
{
  SacPaneProgress *progress = SAC_PANE_PROGRESS (object);

  g_clear_handle_id (&progress->patience_timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_PANE_PROGRESS);
  g_clear_object (&progress->pane);
  G_OBJECT_CLASS (sac_pane_progress_parent_class)->dispose (object);
}

static void
sac_pane_progress_class_init (SacPaneProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_progress_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/pane-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, SacPaneProgress,
                                        revealer);
  gtk_widget_class_bind_template_child (widget_class, SacPaneProgress, label);
  gtk_widget_class_bind_template_child (widget_class, SacPaneProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, SacPaneProgress, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_pane_progress_init (SacPaneProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sac_accessible_set_name (self->stop, _ ("Stop"));
}
