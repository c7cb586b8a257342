/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-panel.h"

#include "accessible.h"
#include "run-results.h"
#include "run-row.h"

#include <glib/gi18n.h>

struct _SacRunPanel {
  GtkWidget parent_instance;
  SacDocument *document;
  SacRuns *runs; /* NULL: nobody has wanted the panel yet */
  SacRunView *view;
  SacRun *wanted; /* to be shown as soon as its slide is open */

  GtkWidget *scrolled;
  GtkWidget *box;
  GtkWidget *fresh; /* the button for a new one */
  GtkWidget *form;
  SacRunSetup *setup;
  GtkWidget *nothing;
  GtkWidget *list;
  SacRunResults *results;
};

G_DEFINE_FINAL_TYPE (SacRunPanel, sac_run_panel, GTK_TYPE_WIDGET)

enum { REMOVED, TOLD, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
tell (SacRunPanel *panel, const char *text)
{
  g_signal_emit (panel, signals[TOLD], 0, text);
}

static void
show_now (SacRunPanel *panel, SacRun *run)
{
  SacRunState state = sac_run_get_state (run);

  /* A done one is opened; one that rests shows what it has as it goes on. */
  if (state == SAC_RUN_DONE && sac_run_get_result (run) == NULL)
    sac_runs_resume (panel->runs, run);
  sac_run_view_show (panel->view, run);
  sac_run_results_set_run (panel->results, run);
}

void
sac_run_panel_show (SacRunPanel *panel, SacRun *run)
{
  SacRunState state = sac_run_get_state (run);

  sac_run_panel_fill (panel);
  if ((state == SAC_RUN_PAUSED || state == SAC_RUN_INTERRUPTED) &&
      sac_run_get_result (run) == NULL)
    tell (panel, _ ("Resume the run to see its maps."));
  g_set_object (&panel->wanted, run);
  if (sac_run_view_has_slide (panel->view, run)) {
    g_clear_object (&panel->wanted);
    show_now (panel, run);
    return;
  }
  sac_document_open (panel->document, sac_run_get_order (run)->slide);
}

static void
on_source (SacRunPanel *panel)
{
  g_autoptr (SacRun) run = NULL;

  if (panel->wanted == NULL || sac_document_is_opening (panel->document))
    return;
  run = g_steal_pointer (&panel->wanted);
  if (sac_run_view_has_slide (panel->view, run))
    show_now (panel, run);
}

static void
on_row_wanted (SacRunPanel *panel, SacRunRow *row)
{
  sac_run_panel_show (panel, sac_run_row_get_run (row));
}

/* Its map is shown where its slide is: nobody resumes it to look elsewhere. */
static void
resume (SacRunPanel *panel, SacRun *run)
{
  sac_runs_resume (panel->runs, run);
  if (!sac_run_view_has_slide (panel->view, run))
    return;
  sac_run_view_show (panel->view, run);
  sac_run_results_set_run (panel->results, run);
}

static void
on_row_resumed (SacRunPanel *panel, SacRunRow *row)
{
  resume (panel, sac_run_row_get_run (row));
}

static void
on_row_unwanted (SacRunPanel *panel, SacRunRow *row)
{
  g_autoptr (SacRun) run = g_object_ref (sac_run_row_get_run (row));

  if (sac_run_results_get_run (panel->results) == run)
    sac_run_results_set_run (panel->results, NULL);
  sac_runs_remove (panel->runs, run);
  g_signal_emit (panel, signals[REMOVED], 0, run);
}

void
sac_run_panel_restore (SacRunPanel *panel, SacRun *run)
{
  sac_run_panel_fill (panel);
  sac_runs_restore (panel->runs, run);
}

static GtkWidget *
new_row (gpointer item, gpointer data)
{
  SacRunPanel *panel = data;
  GtkWidget *row = sac_run_row_new (SAC_RUN (item));

  g_signal_connect_object (row, "wanted", G_CALLBACK (on_row_wanted), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "resumed", G_CALLBACK (on_row_resumed), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "unwanted", G_CALLBACK (on_row_unwanted), panel,
                           G_CONNECT_SWAPPED);
  return row;
}

static void
refresh_nothing (SacRunPanel *panel)
{
  bool any = sac_runs_get (panel->runs, 0) != NULL;

  gtk_widget_set_visible (panel->nothing, !any);
  gtk_widget_set_visible (panel->list, any);
}

/* Signal of the setup: what was asked for is shown as it grows. */
static void
on_ordered (SacRunPanel *panel, SacRun *run)
{
  sac_run_panel_set_setup (panel, false);
  sac_run_panel_show (panel, run);
}

static void
on_ended (SacRunPanel *panel, SacRun *run)
{
  g_autofree char *name =
    sac_run_order_dup_slide_name (sac_run_get_order (run));
  g_autofree char *text =
    sac_run_get_state (run) == SAC_RUN_DONE
      ? g_strdup_printf (_ ("The run over “%s” is done."), name)
      : g_strdup_printf (_ ("The run over “%s” has stopped: the list of runs "
                            "says why."),
                         name);

  tell (panel, text);
}

/* What the form leaves behind has the focus before the form goes: GTK 4.8 keeps
 * a reference for good to a widget that is hidden twice, with the focus inside,
 * before a frame. */
static void
take_focus_from_form (SacRunPanel *panel)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (panel));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, panel->form) &&
      !gtk_widget_grab_focus (panel->fresh))
    gtk_root_set_focus (root, NULL);
}

void
sac_run_panel_set_setup (SacRunPanel *panel, bool shown)
{
  if (!shown && panel->runs == NULL)
    return;
  sac_run_panel_fill (panel);
  gtk_widget_set_visible (panel->fresh, !shown);
  if (!shown)
    take_focus_from_form (panel);
  gtk_widget_set_visible (panel->form, shown);
  if (shown)
    sac_run_setup_open (panel->setup);
  else
    sac_run_setup_close (panel->setup);
}

bool
sac_run_panel_get_setup_shown (SacRunPanel *panel)
{
  return panel->form != NULL && gtk_widget_get_visible (panel->form);
}

void
sac_run_panel_toggle (SacRunPanel *panel)
{
  SacRun *working;

  sac_run_panel_fill (panel);
  working = sac_runs_get_working (panel->runs);
  if (working != NULL) {
    if (sac_run_is_pausing (working))
      resume (panel, working);
    else
      sac_run_pause (working);
    return;
  }
  for (guint i = 0; sac_runs_get (panel->runs, i) != NULL; i++) {
    SacRun *run = sac_runs_get (panel->runs, i);

    if (sac_run_get_state (run) != SAC_RUN_DONE) {
      resume (panel, run);
      return;
    }
  }
  tell (panel, _ ("No run waits to be resumed."));
}

SacRuns *
sac_run_panel_get_runs (SacRunPanel *panel)
{
  sac_run_panel_fill (panel);
  return panel->runs;
}

SacRunSetup *
sac_run_panel_get_setup (SacRunPanel *panel)
{
  sac_run_panel_fill (panel);
  return panel->setup;
}

static void
on_close_setup (SacRunPanel *panel)
{
  sac_run_panel_set_setup (panel, false);
}

static void
add_setup (SacRunPanel *panel)
{
  GtkWidget *cancel = sac_accessible_button_new (_ ("Ca_ncel"));

  panel->form = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  panel->setup =
    SAC_RUN_SETUP (sac_run_setup_new (panel->document, panel->runs));
  gtk_box_append (GTK_BOX (panel->form), GTK_WIDGET (panel->setup));
  gtk_box_append (GTK_BOX (panel->form), cancel);
  gtk_widget_set_visible (panel->form, FALSE);
  g_signal_connect_object (cancel, "clicked", G_CALLBACK (on_close_setup),
                           panel, G_CONNECT_SWAPPED);
  g_signal_connect_object (panel->setup, "ordered", G_CALLBACK (on_ordered),
                           panel, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (panel->box), panel->form);
}

static void
add_list (SacRunPanel *panel)
{
  panel->nothing =
    gtk_label_new (_ ("No runs yet. A run looks at every tile of a slide and "
                      "makes a map of it, which grows while you look around."));
  gtk_label_set_wrap (GTK_LABEL (panel->nothing), TRUE);
  gtk_label_set_xalign (GTK_LABEL (panel->nothing), 0);
  gtk_widget_add_css_class (panel->nothing, "note");
  panel->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (panel->list),
                                   GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (panel->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs"),
                                  -1);
  gtk_list_box_bind_model (GTK_LIST_BOX (panel->list),
                           G_LIST_MODEL (panel->runs), new_row, panel, NULL);
  gtk_widget_add_css_class (panel->list, "boxed-list");
  gtk_box_append (GTK_BOX (panel->box), panel->nothing);
  gtk_box_append (GTK_BOX (panel->box), panel->list);
}

static void
add_header (SacRunPanel *panel)
{
  GtkWidget *heading = gtk_label_new (_ ("Runs over slides"));

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  panel->fresh = sac_accessible_button_new (_ ("_Run over the Slide…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (panel->fresh),
                                  "win.run-slide");
  gtk_box_append (GTK_BOX (panel->box), heading);
  gtk_box_append (GTK_BOX (panel->box), panel->fresh);
}

void
sac_run_panel_fill (SacRunPanel *panel)
{
  SacDocument *document = panel->document;

  if (panel->runs != NULL)
    return;
  panel->runs = sac_runs_dup ();
  panel->view = sac_run_view_new (document, panel->runs);
  add_header (panel);
  add_setup (panel);
  add_list (panel);
  panel->results =
    SAC_RUN_RESULTS (sac_run_results_new (document, panel->view));
  gtk_box_append (GTK_BOX (panel->box), GTK_WIDGET (panel->results));
  g_signal_connect_object (panel->runs, "items-changed",
                           G_CALLBACK (refresh_nothing), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (panel->runs, "ended", G_CALLBACK (on_ended), panel,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "source", G_CALLBACK (on_source), panel,
                           G_CONNECT_SWAPPED);
  refresh_nothing (panel);
}

void
sac_run_panel_set_document (SacRunPanel *panel, SacDocument *document)
{
  g_return_if_fail (panel->document == NULL);
  panel->document = g_object_ref (document);
}

static void
sac_run_panel_dispose (GObject *object)
{
  SacRunPanel *panel = SAC_RUN_PANEL (object);

  /* What it looks for keeps it, and the runs, until it is found. */
  if (panel->setup != NULL)
    sac_run_setup_close (panel->setup);
  panel->setup = NULL;
  g_clear_pointer (&panel->scrolled, gtk_widget_unparent);
  g_clear_object (&panel->wanted);
  g_clear_object (&panel->view);
  g_clear_object (&panel->runs);
  g_clear_object (&panel->document);
  G_OBJECT_CLASS (sac_run_panel_parent_class)->dispose (object);
}

static void
sac_run_panel_class_init (SacRunPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_panel_dispose;
  signals[REMOVED] =
    g_signal_new ("removed", SAC_TYPE_RUN_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, SAC_TYPE_RUN);
  signals[TOLD] =
    g_signal_new ("told", SAC_TYPE_RUN_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "runpanel");
}

static void
sac_run_panel_init (SacRunPanel *panel)
{
  panel->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  panel->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (panel->scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (panel->scrolled),
                                 panel->box);
  gtk_widget_set_parent (panel->scrolled, GTK_WIDGET (panel));
  gtk_widget_set_size_request (GTK_WIDGET (panel), 324, -1);
}
