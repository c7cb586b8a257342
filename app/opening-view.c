/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "opening-view.h"

#include "accessible.h"

#include <glib/gi18n.h>

/* Most images are there sooner and show none of this. */
#define LOOK_MS 200

#define SPINNER_SIZE 48

struct _SacOpeningView {
  GtkWidget parent_instance;
  SacDocument *document;
  AdwWindowTitle *title;
  GtkWidget *box;
  GtkSpinner *spinner;
  GtkWidget *details;
  GtkProgressBar *bar;
  guint timer;
};

G_DEFINE_FINAL_TYPE (SacOpeningView, sac_opening_view, GTK_TYPE_WIDGET)

static gboolean
on_look (gpointer data)
{
  SacOpeningView *view = data;
  double progress = sac_document_get_opening_progress (view->document);
  g_autofree char *text =
    progress > 0
      /* Translators: how much of an image has been read, in per cent. */
      ? g_strdup_printf (_ ("Opening… %d %%"), (int)(progress * 100))
      : g_strdup (_ ("Opening…"));

  gtk_progress_bar_set_fraction (view->bar, progress);
  gtk_widget_set_visible (GTK_WIDGET (view->bar), progress > 0);
  gtk_widget_set_visible (view->details, TRUE);
  adw_window_title_set_subtitle (view->title, text);
  return G_SOURCE_CONTINUE;
}

static void
refresh (SacOpeningView *view)
{
  bool is_opening = sac_document_is_opening (view->document);

  g_clear_handle_id (&view->timer, g_source_remove);
  gtk_widget_set_visible (view->details, FALSE);
  gtk_spinner_set_spinning (view->spinner,
                            is_opening &&
                              sac_document_get_source (view->document) == NULL);
  adw_window_title_set_subtitle (view->title, is_opening ? _ ("Opening…") : "");
  if (is_opening)
    view->timer = g_timeout_add (LOOK_MS, on_look, view);
}

void
sac_opening_view_set_document (SacOpeningView *view,
                               SacDocument *document,
                               AdwWindowTitle *title)
{
  g_return_if_fail (view->document == NULL);
  view->document = g_object_ref (document);
  view->title = g_object_ref (title);
  g_signal_connect_object (document, "source", G_CALLBACK (refresh), view,
                           G_CONNECT_SWAPPED);
  refresh (view);
}

static void
sac_opening_view_dispose (GObject *object)
{
  SacOpeningView *view = SAC_OPENING_VIEW (object);

  g_clear_handle_id (&view->timer, g_source_remove);
  g_clear_pointer (&view->box, gtk_widget_unparent);
  g_clear_object (&view->document);
  g_clear_object (&view->title);
  G_OBJECT_CLASS (sac_opening_view_parent_class)->dispose (object);
}

static void
sac_opening_view_class_init (SacOpeningViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_opening_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
new_details (SacOpeningView *view)
{
  GtkWidget *details = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *bar = gtk_progress_bar_new ();
  GtkWidget *stop = sac_accessible_button_new (_ ("_Stop"));

  sac_accessible_set_name (bar, _ ("Progress"));
  gtk_widget_set_size_request (bar, 240, -1);
  gtk_widget_set_halign (stop, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (stop), "win.stop");
  gtk_box_append (GTK_BOX (details), bar);
  gtk_box_append (GTK_BOX (details), stop);
  view->bar = GTK_PROGRESS_BAR (bar);
  return details;
}

static void
sac_opening_view_init (SacOpeningView *view)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_widget_set_size_request (spinner, SPINNER_SIZE, SPINNER_SIZE);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  sac_accessible_set_name (spinner, _ ("Opening…"));
  view->spinner = GTK_SPINNER (spinner);
  view->details = new_details (view);
  view->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  gtk_widget_set_halign (view->box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (view->box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (view->box), spinner);
  gtk_box_append (GTK_BOX (view->box), view->details);
  gtk_widget_set_parent (view->box, GTK_WIDGET (view));
}
