/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scan-window.h"

#include "accessible.h"
#include "labels.h"
#include "pane-options.h"
#include "texture.h"
#include "tooltip.h"
#include "work-scan.h"

#include <glib/gi18n.h>

struct _SacScanWindow {
  AdwWindow parent_instance;
  SacPaneState *pane;
  SacWorker *worker;
  SacJob *job; /* NULL: done, or given up */
  SacPartials *partials;
  GPtrArray *rows; /* of SacScanRow; NULL: none yet */
  GtkListBox *list;
  GtkLabel *status;
};

G_DEFINE_FINAL_TYPE (SacScanWindow, sac_scan_window, ADW_TYPE_WINDOW)

/* What of the map a reader compares from row to row. */
static char *
describe (const SacScanRow *row)
{
  SacMapSummary summary;

  if (row->map == NULL)
    return g_strdup (row->error->message);
  sac_map_summarize (row->map, &summary);

  g_autofree char *high = sac_scene_format_number (summary.max);

  if (summary.evidence == SAC_EVIDENCE_NONE_POSITIVE)
    return g_strdup_printf (_ ("%d × %d cells · no positive evidence"),
                            row->map->rows, row->map->columns);
  /* Translators: rows, columns, the highest value and its unit. */
  return g_strdup_printf (_ ("%d × %d cells · highest %s %s"), row->map->rows,
                          row->map->columns, high, _ (row->map->unit));
}

static GtkWidget *
new_picture (const SacScanRow *row)
{
  g_autoptr (GdkTexture) texture = sac_texture_new_for_surface (row->picture);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  gtk_widget_set_size_request (picture, SAC_SCAN_PICTURE_PX,
                               SAC_SCAN_PICTURE_PX);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), FALSE);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  sac_accessible_set_name (picture, row->layer);
  return picture;
}

static GtkWidget *
new_row (const SacScanRow *row, guint index)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *title = g_strdup_printf (_ ("Stage %u"), index + 1);
  g_autofree char *layer = sac_pane_options_shorten (row->layer);
  g_autofree char *text = describe (row);
  GtkWidget *list_row = gtk_list_box_row_new ();

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  if (row->picture != NULL)
    gtk_box_append (GTK_BOX (box), new_picture (row));
  gtk_box_append (GTK_BOX (texts), sac_label_new (title, 0, "heading"));
  gtk_box_append (GTK_BOX (texts), sac_label_new (layer, 0, NULL));
  gtk_box_append (GTK_BOX (texts), sac_label_new (text, 0, "note"));
  sac_tooltip_set (texts, row->layer);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (list_row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (list_row),
                                    row->map != NULL);
  return list_row;
}

/* Rows come one by one and never change. */
static void
take_rows (SacScanWindow *self, GPtrArray *rows)
{
  for (guint i = self->rows != NULL ? self->rows->len : 0; i < rows->len; i++)
    gtk_list_box_append (self->list, new_row (rows->pdata[i], i));
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = rows;
}

static void
on_partial (gpointer owner, gpointer rows, double share)
{
  SacScanWindow *self = owner;
  g_autofree char *text = g_strdup_printf (_ ("%.0f %% done"), 100 * share);

  take_rows (self, rows);
  gtk_label_set_label (self->status, text);
}

static void
end_job (SacScanWindow *self)
{
  if (self->partials != NULL)
    sac_partials_close (self->partials);
  g_clear_pointer (&self->partials, sac_partials_unref);
  g_clear_pointer (&self->job, sac_job_unref);
}

static void
on_scanned (gpointer owner, gpointer result, const GError *error)
{
  SacScanWindow *self = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end_job (self);
  if (result != NULL)
    take_rows (self, result);
  gtk_label_set_label (self->status,
                       error != NULL
                         ? error->message
                         : _ ("Each row has its own scale: compare places, "
                              "not colours. Choose a row to show it in the "
                              "pane."));
}

void
sac_scan_window_use (SacScanWindow *self, guint row)
{
  const SacScanRow *chosen = g_ptr_array_index (self->rows, row);

  sac_pane_state_set_layer (self->pane, chosen->layer);
}

static void
on_activated (SacScanWindow *self, GtkListBoxRow *row)
{
  sac_scan_window_use (self, (guint)gtk_list_box_row_get_index (row));
}

guint
sac_scan_window_get_count (SacScanWindow *self)
{
  return self->rows != NULL ? self->rows->len : 0;
}

bool
sac_scan_window_is_busy (SacScanWindow *self)
{
  return self->job != NULL;
}

static void
start (SacScanWindow *self)
{
  self->worker = sac_worker_new ();
  self->partials =
    sac_partials_new (self, on_partial, (GDestroyNotify)g_ptr_array_unref);
  self->job =
    sac_worker_push (self->worker, &sac_work_scan,
                     sac_map_request_new (sac_pane_state_get_findings (
                                            self->pane),
                                          sac_pane_state_get_choice (
                                            self->pane),
                                          self->partials),
                     self, on_scanned);
}

GtkWidget *
sac_scan_window_new (SacWindow *window)
{
  SacPaneState *pane = sac_window_get_active_state (window);
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  const SacMethod *method =
    choice->method != NULL ? sac_method_find (choice->method) : NULL;

  if (method == NULL || !method->has_layer || method->needs_attention ||
      sac_pane_state_get_findings (pane) == NULL)
    return NULL;

  SacScanWindow *self =
    g_object_new (SAC_TYPE_SCAN_WINDOW, "transient-for", window,
                  "destroy-with-parent", TRUE, NULL);
  g_autofree char *title = sac_choice_dup_title (choice);
  g_autofree char *full = g_strdup_printf (_ ("Layers of %s"), title);

  gtk_window_set_title (GTK_WINDOW (self), full);
  self->pane = g_object_ref (pane);
  start (self);
  return GTK_WIDGET (self);
}

/* A job that is on its way keeps a destroyed window alive, perhaps beyond the
 * one that it stands over: nothing is left to wait for, and to point at. */
static void
sac_scan_window_unrealize (GtkWidget *widget)
{
  SacScanWindow *self = SAC_SCAN_WINDOW (widget);

  if (self->job != NULL)
    sac_job_cancel (self->job);
  end_job (self);
  gtk_window_set_transient_for (GTK_WINDOW (self), NULL);
  GTK_WIDGET_CLASS (sac_scan_window_parent_class)->unrealize (widget);
}

static void
sac_scan_window_dispose (GObject *object)
{
  SacScanWindow *self = SAC_SCAN_WINDOW (object);

  if (self->job != NULL)
    sac_job_cancel (self->job);
  end_job (self);
  g_clear_pointer (&self->worker, sac_worker_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->pane);
  G_OBJECT_CLASS (sac_scan_window_parent_class)->dispose (object);
}

static void
sac_scan_window_class_init (SacScanWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_scan_window_dispose;
  GTK_WIDGET_CLASS (klass)->unrealize = sac_scan_window_unrealize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape,
                                       0, "window.close", NULL);
}

static void
sac_scan_window_init (SacScanWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (self), 520, 680);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  sac_accessible_set_name (GTK_WIDGET (self->list), _ ("Stages"));
  g_signal_connect_swapped (self->list, "row-activated",
                            G_CALLBACK (on_activated), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled),
                                 GTK_WIDGET (self->list));
  gtk_widget_set_vexpand (scrolled, TRUE);
  sac_accessible_set_name (scrolled, _ ("Stages"));
  self->status =
    GTK_LABEL (sac_label_new (_ ("Making the maps…"), 0, "command-status"));
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status));
  adw_window_set_content (ADW_WINDOW (self), box);
}
