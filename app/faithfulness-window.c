/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "faithfulness-window.h"

#include "accessible.h"
#include "check-settings.h"
#include "faithfulness-plot.h"
#include "faithfulness-table.h"
#include "file-dialogs.h"
#include "labels.h"
#include "messages.h"
#include "toasts.h"
#include "tooltip.h"
#include "work-checks.h"

#include <glib/gi18n.h>
#include <math.h>

#define PLOT_HEIGHT 340
#define POLL_MS 150

struct _SacFaithfulnessWindow {
  AdwWindow parent_instance;
  SacWindow *window; /* it goes with this one */
  SacFaithfulnessRun *run;
  SacWorker *writer; /* NULL: nothing was written yet */
  GtkWidget *plot;
  GtkProgressBar *progress;
  GtkButton *again; /* or stop */
  GtkWidget *save;
  GtkLabel *status;
  GtkGrid *table;
  AdwToastOverlay *toasts;
  guint poll_timer;
};

G_DEFINE_FINAL_TYPE (SacFaithfulnessWindow,
                     sac_faithfulness_window,
                     ADW_TYPE_WINDOW)

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  SacFaithfulnessWindow *self = data;
  bool dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  sac_faithfulness_plot_draw (self->run,
                              dark ? &sac_plot_dark : &sac_plot_light, cr,
                              width, height);
}

static char *
format_number (double number)
{
  return isnan (number) ? g_strdup ("–") : sac_scene_format_number (number);
}

/* Not wrapped: a table asks for the height that it has at its narrowest. */
static GtkWidget *
new_cell (const char *text, double xalign, const char *css_class)
{
  GtkWidget *label = sac_label_new (text, xalign, css_class);

  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  return label;
}

/* The map's number, and those of the controls to compare it with. */
static void
attach_number (SacFaithfulnessWindow *self,
               const SacFaithfulnessNumber *number,
               const SacFaithfulnessReport *report,
               int baseline,
               int column,
               int line)
{
  g_autofree char *own = format_number (number->get (report->map, baseline));
  g_autofree char *centre =
    report->centre != NULL
      ? format_number (number->get (report->centre, baseline))
      : g_strdup ("…");
  double sum = 0;

  for (size_t i = 0; i < report->random_count; i++)
    sum += number->get (&report->random[i], baseline) / report->random_count;

  g_autofree char *random =
    report->random_count > 0 ? format_number (sum) : g_strdup ("…");
  g_autofree char *controls = g_strdup_printf ("%s · %s", centre, random);
  GtkWidget *label = new_cell (own, 1, "figure");
  GtkWidget *note = new_cell (controls, 0, "note");

  sac_tooltip_set (note, _ ("the centre map · the mean of random maps"));
  gtk_grid_attach (self->table, label, column, line, 1, 1);
  gtk_grid_attach (self->table, note, column + 1, line, 1, 1);
}

static void
attach_entry (SacFaithfulnessWindow *self,
              const SacFaithfulnessEntry *entry,
              int baseline,
              int column)
{
  g_autofree char *title =
    g_strdup_printf ("%u · %s", entry->pane + 1,
                     entry->report != NULL
                       ? sac_faithfulness_get_baseline (entry->report, baseline)
                       : "…");
  GtkWidget *label = new_cell (title, 1, "heading");
  int line = 1;

  sac_tooltip_set (label, entry->title);
  gtk_grid_attach (self->table, label, column, 0, 2, 1);
  if (entry->report == NULL)
    return;
  for (const SacFaithfulnessNumber *number =
         sac_faithfulness_numbers_get_all ();
       number->name != NULL; number++, line++)
    if (number->has_baseline || baseline == 0)
      attach_number (self, number, entry->report, baseline, column, line);
}

static void
refill_table (SacFaithfulnessWindow *self)
{
  GtkWidget *child;
  int line = 1, column = 1;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) !=
         NULL)
    gtk_grid_remove (self->table, child);
  for (const SacFaithfulnessNumber *number =
         sac_faithfulness_numbers_get_all ();
       number->name != NULL; number++, line++) {
    GtkWidget *label = new_cell (_ (number->label), 0, NULL);

    sac_tooltip_set (label, _ (number->meaning));
    gtk_grid_attach (self->table, label, 0, line, 1, 1);
  }
  for (guint i = 0; i < sac_faithfulness_run_get_count (self->run); i++)
    for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++, column += 2)
      attach_entry (self, sac_faithfulness_run_get (self->run, i), b, column);
}

/* Why a pane has no curve; else what is going on.  Returns: a new string. */
static char *
describe (SacFaithfulnessWindow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sac_faithfulness_run_get_count (self->run); i++) {
    const SacFaithfulnessEntry *entry = sac_faithfulness_run_get (self->run, i);

    if (entry->error != NULL)
      g_string_append_printf (text, _ ("Pane %u: %s "), entry->pane + 1,
                              entry->error->message);
    else if (entry->report != NULL && entry->report->map->is_flat)
      g_string_append_printf (text,
                              _ (
                                "Pane %u: the map is flat and ranks nothing. "),
                              entry->pane + 1);
  }
  if (sac_faithfulness_run_is_busy (self->run))
    g_string_append (text, _ ("Measuring… the curves come one by one."));
  else if (sac_faithfulness_run_get_count (self->run) == 0)
    g_string_append (text, _ ("No pane has a finished map."));
  else if (sac_faithfulness_run_is_old (self->run))
    g_string_append (text, _ ("The maps or the settings are others by now: "
                              "measure again."));
  else
    g_string_append (
      text, _ ("Beside each number: the centre map and the mean of random "
               "maps. A map that is not better than these names nothing that "
               "the score depends on."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
refresh_state (SacFaithfulnessWindow *self)
{
  bool busy = sac_faithfulness_run_is_busy (self->run);
  g_autofree char *text = describe (self);

  gtk_label_set_label (self->status, text);
  gtk_button_set_label (self->again, busy ? _ ("Stop") : _ ("Measure Again"));
  gtk_progress_bar_set_fraction (self->progress,
                                 sac_faithfulness_run_get_progress (self->run));
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), busy ? 1 : 0);
  gtk_widget_set_sensitive (self->save,
                            !busy &&
                              sac_faithfulness_run_get_count (self->run) > 0);
}

static gboolean
on_poll (gpointer data)
{
  SacFaithfulnessWindow *self = data;

  refresh_state (self);
  if (sac_faithfulness_run_is_busy (self->run))
    return G_SOURCE_CONTINUE;
  self->poll_timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_changed (SacFaithfulnessWindow *self)
{
  refresh_state (self);
  refill_table (self);
  gtk_widget_queue_draw (self->plot);
  if (sac_faithfulness_run_is_busy (self->run) && self->poll_timer == 0)
    self->poll_timer = g_timeout_add (POLL_MS, on_poll, self);
}

static void
on_again (SacFaithfulnessWindow *self)
{
  if (sac_faithfulness_run_is_busy (self->run))
    sac_faithfulness_run_cancel (self->run);
  else
    sac_faithfulness_run_start (self->run);
}

static void
on_settings (SacFaithfulnessWindow *self, SacCheckSettings *settings)
{
  sac_faithfulness_run_set_settings (self->run,
                                     sac_check_settings_get (settings));
}

static void
on_save (SacFaithfulnessWindow *self)
{
  sac_file_dialogs_save_curves (self->window);
}

static void
on_written (gpointer owner, gpointer result, const GError *error)
{
  SacFaithfulnessWindow *self = owner;
  g_autofree char *path = result;

  if (self->toasts == NULL)
    return;
  if (path != NULL)
    adw_toast_overlay_add_toast (self->toasts, sac_toast_new_saved (path));
  else
    adw_toast_overlay_add_toast (self->toasts, sac_toast_new (error->message));
}

bool
sac_faithfulness_window_save (SacFaithfulnessWindow *self, const char *path)
{
  bool is_picture = g_str_has_suffix (path, ".png");
  g_autofree char *csv =
    is_picture ? NULL : sac_faithfulness_run_to_csv (self->run);

  if (sac_faithfulness_run_get_count (self->run) == 0)
    return false;
  if (self->writer == NULL)
    self->writer = sac_worker_new ();
  sac_job_unref (
    sac_worker_push (self->writer, &sac_work_write_result,
                     sac_result_file_new (path,
                                          is_picture
                                            ? sac_faithfulness_plot_new_page (
                                                self->run)
                                            : NULL,
                                          csv),
                     self, on_written));
  return true;
}

SacFaithfulnessRun *
sac_faithfulness_window_get_run (SacFaithfulnessWindow *self)
{
  return self->run;
}

SacFaithfulnessWindow *
sac_faithfulness_window_find (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next)
    if (SAC_IS_FAITHFULNESS_WINDOW (link->data) &&
        SAC_FAITHFULNESS_WINDOW (link->data)->window == window)
      return link->data;
  return NULL;
}

GtkWidget *
sac_faithfulness_window_new (SacWindow *window)
{
  SacFaithfulnessWindow *self = sac_faithfulness_window_find (window);
  SacDocument *document = sac_window_get_document (window);

  if (self != NULL)
    return GTK_WIDGET (self);
  self = g_object_new (SAC_TYPE_FAITHFULNESS_WINDOW, "transient-for", window,
                       "destroy-with-parent", TRUE, NULL);
  self->window = window;
  self->run = sac_faithfulness_run_new (document);
  g_signal_connect_object (self->run, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh_state), self,
                           G_CONNECT_SWAPPED);
  sac_faithfulness_run_start (self->run);
  return GTK_WIDGET (self);
}

/* A file that is being written keeps a destroyed window alive, perhaps beyond
 * the one that it stands over. */
static void
sac_faithfulness_window_unrealize (GtkWidget *widget)
{
  gtk_window_set_transient_for (GTK_WINDOW (widget), NULL);
  GTK_WIDGET_CLASS (sac_faithfulness_window_parent_class)->unrealize (widget);
}

static void
sac_faithfulness_window_dispose (GObject *object)
{
  SacFaithfulnessWindow *self = SAC_FAITHFULNESS_WINDOW (object);

  g_clear_handle_id (&self->poll_timer, g_source_remove);
  self->toasts = NULL;
  if (self->run != NULL)
    sac_faithfulness_run_shut_down (self->run);
  g_clear_object (&self->run);
  g_clear_pointer (&self->writer, sac_worker_free);
  G_OBJECT_CLASS (sac_faithfulness_window_parent_class)->dispose (object);
}

static void
sac_faithfulness_window_class_init (SacFaithfulnessWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_faithfulness_window_dispose;
  GTK_WIDGET_CLASS (klass)->unrealize = sac_faithfulness_window_unrealize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape,
                                       0, "window.close", NULL);
}

static GtkWidget *
new_header (SacFaithfulnessWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *settings = sac_check_settings_new (&sac_faithfulness_settings);

  self->again = GTK_BUTTON (gtk_button_new_with_label (_ ("Stop")));
  self->save = gtk_button_new_with_label (_ ("Save…"));
  g_signal_connect_swapped (self->again, "clicked", G_CALLBACK (on_again),
                            self);
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect_swapped (settings, "changed", G_CALLBACK (on_settings),
                            self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), GTK_WIDGET (self->again));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), settings);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save);
  return header;
}

static GtkWidget *
new_plot (SacFaithfulnessWindow *self)
{
  self->plot = gtk_drawing_area_new ();
  gtk_widget_set_size_request (self->plot, -1, PLOT_HEIGHT);
  gtk_widget_set_vexpand (self->plot, TRUE);
  sac_accessible_set_name (self->plot, _ ("Curves of deletion, insertion and "
                                          "ROAD; the table has the numbers"));
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->plot), draw, self,
                                  NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self->plot,
                           G_CONNECT_SWAPPED);
  return self->plot;
}

static GtkWidget *
new_table (SacFaithfulnessWindow *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->table, 12);
  gtk_grid_set_row_spacing (self->table, 3);
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "check-table");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled),
                                 GTK_WIDGET (self->table));
  gtk_widget_set_vexpand (scrolled, FALSE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (
                                                      scrolled),
                                                    TRUE);
  sac_accessible_set_name (scrolled, _ ("Numbers of faithfulness"));
  return scrolled;
}

static void
sac_faithfulness_window_init (SacFaithfulnessWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *overlay = adw_toast_overlay_new ();

  gtk_window_set_title (GTK_WINDOW (self), _ ("Faithfulness"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1080, 740);
  self->toasts = ADW_TOAST_OVERLAY (overlay);
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->progress), "osd");
  sac_accessible_set_name (GTK_WIDGET (self->progress), _ ("Progress"));
  self->status = GTK_LABEL (sac_label_new (NULL, 0, "command-status"));
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));
  gtk_box_append (GTK_BOX (box), new_plot (self));
  gtk_box_append (GTK_BOX (box), new_table (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status));
  adw_toast_overlay_set_child (self->toasts, box);
  sac_toasts_guard (self->toasts);
  adw_window_set_content (ADW_WINDOW (self), overlay);
}
