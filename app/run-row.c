/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-row.h"

#include "base/error.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SacRunRow {
  GtkWidget parent_instance;
  SacRun *run;
  GtkWidget *box;
  GtkWidget *title, *words;
  GtkWidget *bar;
  GtkWidget *pause, *resume, *show;
};

G_DEFINE_FINAL_TYPE (SacRunRow, sac_run_row, GTK_TYPE_WIDGET)

enum { SHOW, RESUME, REMOVE, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

/* Rounded up, in a unit that fits. */
static char *
dup_time_left (double seconds)
{
  if (seconds < 90)
    return g_strdup_printf (_ ("%.0f s left"), ceil (seconds));
  if (seconds < 90 * 60)
    return g_strdup_printf (_ ("%.0f min left"), ceil (seconds / 60));
  return g_strdup_printf (_ ("%.1f h left"), seconds / 3600);
}

static char *
describe_work (SacRun *run)
{
  SacSlideProgress progress = sac_run_get_progress (run);
  double percent = floor (100 * sac_run_get_share (run));

  if (sac_run_get_phase (run) == SAC_RUN_PHASE_OPENING)
    return g_strdup (_ ("Opening slide and models…"));
  if (sac_run_get_phase (run) == SAC_RUN_PHASE_FILES)
    return g_strdup (_ ("Writing the results…"));
  if (progress.speed <= 0)
    return g_strdup_printf (_ ("%.0f %% of %zu tiles"), percent,
                            progress.tile_count);

  g_autofree char *left = dup_time_left (progress.left);

  /* Translators: share, speed and time left of a run. */
  return g_strdup_printf (_ ("%.0f %% of %zu tiles · %.1f tiles/s · %s"),
                          percent, progress.tile_count, progress.speed, left);
}

/* Our sentence, and the engine's with the details. */
static char *
describe_failure (const GError *error)
{
  const char *sentence = _ ("It cannot go on.");

  if (g_error_matches (error, SAC_ERROR, SAC_ERROR_UNWRITABLE))
    sentence = _ ("The results cannot be written. What is done is safe: make "
                  "room and resume.");
  else if (g_error_matches (error, SAC_ERROR, SAC_ERROR_MISMATCH))
    sentence = _ ("Slide, models, settings and folder do not fit each other; "
                  "nothing was mixed.");
  else if (g_error_matches (error, SAC_ERROR, SAC_ERROR_UNDEFINED))
    sentence = _ ("There is nothing to run on.");
  else if (g_error_matches (error, SAC_ERROR, SAC_ERROR_UNREADABLE))
    sentence = _ ("A file is missing or may not be read.");
  return g_strdup_printf ("%s %s", sentence, error->message);
}

char *
sac_run_row_describe (SacRun *run)
{
  SacSlideProgress progress = sac_run_get_progress (run);
  double percent = floor (100 * sac_run_get_share (run));

  switch (sac_run_get_state (run)) {
  case SAC_RUN_WAITING:
    return g_strdup (_ ("Waits for its turn"));
  case SAC_RUN_WORKING:
    return sac_run_is_pausing (run)
             ? g_strdup (_ ("Pauses after the tiles it is at"))
             : describe_work (run);
  case SAC_RUN_PAUSED:
    return g_strdup_printf (_ ("Paused at %.0f %%"), percent);
  case SAC_RUN_INTERRUPTED:
    return g_strdup_printf (_ ("Interrupted at about %.0f %%: nothing is lost"),
                            percent);
  case SAC_RUN_FAILED:
    return describe_failure (sac_run_get_error (run));
  case SAC_RUN_DONE:
  default:
    return progress.unreadable_count > 0
             ? g_strdup_printf (_ ("Done: %zu tiles, %zu of them unreadable"),
                                progress.tile_count, progress.unreadable_count)
             : g_strdup_printf (_ ("Done: %zu tiles"), progress.tile_count);
  }
}

static void
refresh (SacRunRow *row)
{
  SacRunState state = sac_run_get_state (row->run);
  bool goes = (state == SAC_RUN_WAITING || state == SAC_RUN_WORKING) &&
              !sac_run_is_pausing (row->run);
  g_autofree char *words = sac_run_row_describe (row->run);

  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (row->words)), words) != 0) {
    gtk_label_set_label (GTK_LABEL (row->words), words);
    sac_tooltip_set (row->words, words);
  }
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (row->bar),
                                 sac_run_get_share (row->run));
  gtk_widget_set_visible (row->bar, state != SAC_RUN_DONE);
  gtk_widget_set_visible (row->pause, goes);
  gtk_widget_set_visible (row->resume, !goes && state != SAC_RUN_DONE);
  gtk_widget_set_visible (row->show, state != SAC_RUN_FAILED);
}

static void
on_pause (SacRunRow *row)
{
  sac_run_pause (row->run);
}

static void
on_resume (SacRunRow *row)
{
  g_signal_emit (row, signals[RESUME], 0);
}

static void
on_show (SacRunRow *row)
{
  g_signal_emit (row, signals[SHOW], 0);
}

static void
on_remove (SacRunRow *row)
{
  g_signal_emit (row, signals[REMOVE], 0);
}

static void
on_folder (SacRunRow *row)
{
  const char *folder = sac_run_get_order (row->run)->folder;
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (row));

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (root), uri, GDK_CURRENT_TIME);
}

SacRun *
sac_run_row_get_run (SacRunRow *row)
{
  return row->run;
}

static GtkWidget *
add_button (SacRunRow *row,
            GtkWidget *box,
            const char *icon,
            const char *title,
            GCallback handler)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  sac_tooltip_set (button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (button, "clicked", handler, row, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
new_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_buttons (SacRunRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  row->pause = add_button (row, box, "media-playback-pause-symbolic",
                           _ ("Pause this run"), G_CALLBACK (on_pause));
  row->resume = add_button (row, box, "media-playback-start-symbolic",
                            _ ("Resume this run"), G_CALLBACK (on_resume));
  row->show =
    add_button (row, box, "view-reveal-symbolic",
                _ ("Show this run on the slide"), G_CALLBACK (on_show));
  add_button (row, box, "folder-open-symbolic", _ ("Open the folder"),
              G_CALLBACK (on_folder));
  add_button (row, box, "user-trash-symbolic",
              _ ("Cancel and take off the list"), G_CALLBACK (on_remove));
  gtk_box_append (GTK_BOX (row->box), box);
}

GtkWidget *
sac_run_row_new (SacRun *run)
{
  SacRunRow *row = g_object_new (SAC_TYPE_RUN_ROW, NULL);
  g_autofree char *slide =
    sac_run_order_dup_slide_name (sac_run_get_order (run));
  g_autofree char *models =
    sac_run_order_dup_model_names (sac_run_get_order (run));
  g_autofree char *title = g_strdup_printf ("%s · %s", slide, models);

  row->run = g_object_ref (run);
  gtk_label_set_label (GTK_LABEL (row->title), title);
  sac_tooltip_set (row->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (run, "changed", G_CALLBACK (refresh), row,
                           G_CONNECT_SWAPPED);
  refresh (row);
  return GTK_WIDGET (row);
}

static void
sac_run_row_dispose (GObject *object)
{
  SacRunRow *row = SAC_RUN_ROW (object);

  g_clear_pointer (&row->box, gtk_widget_unparent);
  g_clear_object (&row->run);
  G_OBJECT_CLASS (sac_run_row_parent_class)->dispose (object);
}

static void
sac_run_row_class_init (SacRunRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_row_dispose;
  signals[SHOW] = g_signal_new ("wanted", SAC_TYPE_RUN_ROW, G_SIGNAL_RUN_LAST,
                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESUME] =
    g_signal_new ("resumed", SAC_TYPE_RUN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
  signals[REMOVE] =
    g_signal_new ("unwanted", SAC_TYPE_RUN_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_run_row_init (SacRunRow *row)
{
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_add_css_class (row->box, "run-row");
  row->title = new_label (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (row->title), PANGO_ELLIPSIZE_MIDDLE);
  row->words = new_label ("note");
  gtk_label_set_wrap (GTK_LABEL (row->words), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (row->words), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (row->words), 8);
  gtk_label_set_ellipsize (GTK_LABEL (row->words), PANGO_ELLIPSIZE_END);
  row->bar = gtk_progress_bar_new ();
  gtk_box_append (GTK_BOX (row->box), row->title);
  gtk_box_append (GTK_BOX (row->box), row->bar);
  gtk_box_append (GTK_BOX (row->box), row->words);
  add_buttons (row);
  gtk_widget_set_parent (row->box, GTK_WIDGET (row));
}
