/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-setup.h"

#include "accessible.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

#define OVERLAP_MOST 90

/* Pixels of a slide are no larger and no smaller. */
#define MPP_LEAST 0.01
#define MPP_MOST 100.0

struct _SacRunSetup {
  GtkWidget parent_instance;
  SacDocument *document;
  SacRuns *runs;
  SacWorker *worker; /* for looking at models */
  SacJob *job;
  bool is_open;
  bool knows_models; /* those that the library has now */
  char *folder;      /* a reader's; NULL: below the user's data */

  GtkWidget *box;
  SacRunModels *models;
  SacRunTissueView *tissue;
  GtkWidget *place, *place_note;
  GtkWidget *overlap;
  GtkWidget *mpp_box, *mpp;
  GtkWidget *folder_label;
  GtkWidget *trouble;
  GtkWidget *start;
};

G_DEFINE_FINAL_TYPE (SacRunSetup, sac_run_setup, GTK_TYPE_WIDGET)

enum { ORDERED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static double
get_own_mpp (SacRunSetup *setup)
{
  SacSource *source = sac_document_get_source (setup->document);

  return source != NULL ? sac_source_get_mpp (source) : 0;
}

/* 0: nothing that could be one. */
static double
get_typed_mpp (SacRunSetup *setup)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (setup->mpp));
  g_autofree char *plain = g_strdelimit (g_strdup (text), ",", '.');
  char *end;
  double value = g_ascii_strtod (g_strstrip (plain), &end);

  return *end == '\0' && value >= MPP_LEAST && value <= MPP_MOST ? value : 0;
}

static double
get_mpp (SacRunSetup *setup)
{
  double own = get_own_mpp (setup);

  return own > 0 ? own : get_typed_mpp (setup);
}

static bool
wants_selected (SacRunSetup *setup)
{
  return gtk_drop_down_get_selected (GTK_DROP_DOWN (setup->place)) == 1;
}

/* The box around the selected area, within the slide.  Returns: false when none
 * is selected. */
static bool
get_region (SacRunSetup *setup, SacRect *ret_region)
{
  const SacAnnotation *item =
    sac_markup_get_selection (sac_document_get_markup (setup->document));
  SacSource *source = sac_document_get_source (setup->document);

  if (item == NULL || source == NULL ||
      (item->kind != SAC_ANNOTATION_RECTANGLE &&
       item->kind != SAC_ANNOTATION_POLYGON))
    return false;

  SacRect whole = {0, 0, (double)sac_source_get_width (source),
                   (double)sac_source_get_height (source)};
  SacRect bounds = sac_annotation_get_bounds (item);
  SacRect region = sac_rect_intersect (&bounds, &whole);

  if (sac_rect_is_empty (&region))
    return false;
  *ret_region = region;
  return true;
}

/* A polygon, where tiles in it alone are wanted: a new set.  A rectangle is the
 * region itself. */
static SacAnnotations *
dup_area (SacRunSetup *setup)
{
  const SacAnnotation *item =
    sac_markup_get_selection (sac_document_get_markup (setup->document));

  if (!wants_selected (setup) || item == NULL ||
      item->kind != SAC_ANNOTATION_POLYGON)
    return NULL;

  SacAnnotations *set = sac_annotations_new ();
  SacAnnotation *copy = sac_annotation_copy (item);

  copy->class_index = -1;
  copy->excludes = false;
  g_ptr_array_add (set->items, copy);
  set->point_count = sac_annotation_count_points (copy);
  return set;
}

/* NULL: nothing is missing. */
static const char *
get_trouble (SacRunSetup *setup)
{
  SacRect region;

  if (sac_document_get_source (setup->document) == NULL)
    return _ ("Needs an image: open one first.");
  if (setup->job != NULL)
    return _ ("Looking at the models…");
  if (sac_run_models_get_first (setup->models) == NULL)
    return _ ("Choose a model that looks at tiles.");
  if (get_mpp (setup) <= 0)
    return _ ("The file does not say how large its pixels are. Give their size "
              "in micrometres: it is not guessed, and a wrong one gives wrong "
              "results.");
  if (wants_selected (setup) && !get_region (setup, &region))
    return _ ("Select a rectangle or polygon on the slide.");
  return sac_run_tissue_get_trouble (setup->tissue);
}

static void
show_folder (SacRunSetup *setup)
{
  g_autofree char *shown =
    setup->folder != NULL ? g_filename_display_name (setup->folder) : NULL;

  gtk_label_set_label (GTK_LABEL (setup->folder_label),
                       shown != NULL ? shown : _ ("In your data folder"));
  sac_tooltip_set (setup->folder_label, shown);
}

static void
refresh (SacRunSetup *setup)
{
  const char *trouble = get_trouble (setup);

  gtk_widget_set_visible (setup->mpp_box,
                          sac_document_get_source (setup->document) != NULL &&
                            get_own_mpp (setup) <= 0);
  gtk_label_set_label (GTK_LABEL (setup->trouble),
                       trouble != NULL ? trouble : "");
  gtk_widget_set_visible (setup->trouble, trouble != NULL);
  gtk_widget_set_sensitive (setup->start, trouble == NULL);
  gtk_widget_set_visible (setup->place_note, wants_selected (setup));
}

static void
on_mpp (SacRunSetup *setup)
{
  if (setup->is_open)
    sac_run_tissue_open (setup->tissue, get_mpp (setup));
  refresh (setup);
}

/* Unless the reader is at something else of the form already. */
static void
focus_models (SacRunSetup *setup)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (setup));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (setup->is_open && setup->knows_models &&
      (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (setup))))
    gtk_widget_child_focus (GTK_WIDGET (setup->models), GTK_DIR_TAB_FORWARD);
}

static void
on_candidates (gpointer owner, gpointer result, const GError *error)
{
  SacRunSetup *setup = owner;
  g_autoptr (GPtrArray) candidates = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&setup->job, sac_job_unref);
  if (candidates != NULL && setup->document != NULL) {
    setup->knows_models = true;
    const char *shown[] = {sac_pane_state_get_choice (
                             sac_document_get_pane (setup->document, 0))
                             ->model,
                           NULL};

    sac_run_models_fill (setup->models, candidates, shown);
    refresh (setup);
    focus_models (setup);
  }
}

static char **
dup_ids (SacRunSetup *setup)
{
  SacLibrary *library = sac_document_get_library (setup->document);
  GPtrArray *entries = sac_library_get_entries (library);
  GPtrArray *files = sac_library_get_files (library);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < entries->len; i++)
    g_strv_builder_add (builder, ((SacModelEntry *)entries->pdata[i])->id);
  for (guint i = 0; i < files->len; i++)
    g_strv_builder_add (builder, files->pdata[i]);
  return g_strv_builder_end (builder);
}

static void
look_at_models (SacRunSetup *setup)
{
  if (setup->job != NULL)
    sac_job_cancel (setup->job);
  g_clear_pointer (&setup->job, sac_job_unref);
  if (setup->worker == NULL)
    setup->worker = sac_worker_new ();
  setup->job = sac_worker_push (setup->worker, &sac_work_run_candidates,
                                dup_ids (setup), setup, on_candidates);
}

static void
on_listed (SacRunSetup *setup)
{
  setup->knows_models = false;
  if (setup->is_open)
    look_at_models (setup);
}

static void
on_source (SacRunSetup *setup)
{
  if (setup->is_open)
    sac_run_tissue_open (setup->tissue, get_mpp (setup));
  refresh (setup);
}

void
sac_run_setup_open (SacRunSetup *setup)
{
  if (!setup->knows_models)
    look_at_models (setup);
  setup->is_open = true;
  sac_run_tissue_open (setup->tissue, get_mpp (setup));
  refresh (setup);
  focus_models (setup);
}

void
sac_run_setup_close (SacRunSetup *setup)
{
  setup->is_open = false;
  if (setup->job != NULL)
    sac_job_cancel (setup->job);
  g_clear_pointer (&setup->job, sac_job_unref);
  sac_run_tissue_close (setup->tissue);
}

static SacRunOrder *
make_order (SacRunSetup *setup, const SacAnnotations *area)
{
  SacSource *source = sac_document_get_source (setup->document);
  SacRunOrder *order = g_new0 (SacRunOrder, 1);
  const SacRunCandidate *first = sac_run_models_get_first (setup->models);
  double overlap =
    gtk_spin_button_get_value (GTK_SPIN_BUTTON (setup->overlap)) / 100;

  order->slide = g_strdup (sac_source_get_path (source));
  sac_run_models_fill_order (setup->models, order);
  if (get_own_mpp (setup) <= 0)
    order->mpp = get_typed_mpp (setup);
  sac_run_tissue_fill_order (setup->tissue, order);
  if (wants_selected (setup))
    get_region (setup, &order->region);
  if (area != NULL)
    order->area = sac_run_order_dup_drawn_path ("area", area);
  if (overlap > 0)
    order->stride = (int)MAX (1, rint (first->width * (1 - overlap)));
  order->folder =
    setup->folder != NULL
      ? g_strdup (setup->folder)
      : sac_run_order_dup_free_folder (order->slide,
                                       (const char *const *)order->models);
  return order;
}

SacRun *
sac_run_setup_start (SacRunSetup *setup)
{
  refresh (setup);
  if (get_trouble (setup) != NULL)
    return NULL;

  g_autoptr (SacAnnotations) area = dup_area (setup);
  g_autoptr (SacRunOrder) order = make_order (setup, area);

  if (sac_runs_has_folder (setup->runs, order->folder)) {
    gtk_label_set_label (GTK_LABEL (setup->trouble),
                         _ ("A run of the list has that folder. Resume it, or "
                            "choose another folder."));
    gtk_widget_set_visible (setup->trouble, TRUE);
    return NULL;
  }

  g_autoptr (SacAnnotations) drawn = sac_run_tissue_dup_drawn (setup->tissue);
  SacRun *run = sac_run_new (order);

  sac_run_set_parts (run, drawn, area,
                     sac_document_get_source (setup->document));
  sac_run_setup_set_folder (setup, NULL);
  sac_runs_take (setup->runs, run);
  g_signal_emit (setup, signals[ORDERED], 0, run);
  return run;
}

static void
on_start (SacRunSetup *setup)
{
  sac_run_setup_start (setup);
}

static void
on_folder_chosen (SacRunSetup *setup, int response, GtkNativeDialog *dialog)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file =
      gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    sac_run_setup_set_folder (setup, g_file_peek_path (file));
  }
  g_object_unref (dialog);
}

static void
on_choose_folder (SacRunSetup *setup)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (setup));
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_ ("Folder for the Results"),
                                 GTK_WINDOW (root),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL,
                                 NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_folder_chosen),
                           setup, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

SacRunModels *
sac_run_setup_get_models (SacRunSetup *setup)
{
  return setup->models;
}

SacRunTissueView *
sac_run_setup_get_tissue (SacRunSetup *setup)
{
  return setup->tissue;
}

void
sac_run_setup_set_mpp (SacRunSetup *setup, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (setup->mpp), text);
}

void
sac_run_setup_set_folder (SacRunSetup *setup, const char *folder)
{
  char *kept = g_strdup (folder);

  g_free (setup->folder);
  setup->folder = kept;
  show_folder (setup);
}

void
sac_run_setup_set_overlap (SacRunSetup *setup, double percent)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (setup->overlap), percent);
}

void
sac_run_setup_set_selected_only (SacRunSetup *setup, bool selected)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (setup->place), selected);
}

static GtkWidget *
new_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 9);
  return label;
}

static GtkWidget *
new_row (const char *text, GtkWidget *widget)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), widget);
  sac_accessible_set_name (widget, text);
  return row;
}

static void
add_place (SacRunSetup *setup)
{
  const char *const places[] = {_ ("All of the slide"),
                                _ ("The selected annotation"), NULL};

  setup->place = gtk_drop_down_new_from_strings (places);
  sac_accessible_set_name (setup->place, _ ("Where to look"));
  g_signal_connect_object (setup->place, "notify::selected",
                           G_CALLBACK (refresh), setup, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (setup->box), new_heading (_ ("Where to look")));
  setup->place_note = gtk_label_new (
    _ ("Tiles of which at least one twentieth lies in it, by area."));
  gtk_label_set_wrap (GTK_LABEL (setup->place_note), TRUE);
  gtk_label_set_xalign (GTK_LABEL (setup->place_note), 0);
  gtk_widget_add_css_class (setup->place_note, "note");
  gtk_box_append (GTK_BOX (setup->box), setup->place);
  gtk_box_append (GTK_BOX (setup->box), setup->place_note);
  gtk_box_append (GTK_BOX (setup->box), GTK_WIDGET (setup->tissue));
}

static void
add_tiles (SacRunSetup *setup)
{
  setup->overlap = gtk_spin_button_new_with_range (0, OVERLAP_MOST, 5);
  setup->mpp = gtk_entry_new ();
  setup->mpp_box = new_row (_ ("Micrometres per pixel"), setup->mpp);
  gtk_editable_set_width_chars (GTK_EDITABLE (setup->mpp), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (setup->mpp), 7);
  g_signal_connect_object (setup->mpp, "changed", G_CALLBACK (on_mpp), setup,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (setup->box), new_heading (_ ("Tiles")));
  gtk_box_append (GTK_BOX (setup->box), setup->mpp_box);
  gtk_box_append (GTK_BOX (setup->box),
                  new_row (_ ("Overlap, in percent"), setup->overlap));
}

static void
add_folder (SacRunSetup *setup)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *button = sac_accessible_button_new (_ ("Ch_oose…"));

  setup->folder_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (setup->folder_label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (setup->folder_label),
                           PANGO_ELLIPSIZE_START);
  gtk_widget_set_hexpand (setup->folder_label, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose the folder for the results"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose_folder),
                           setup, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (row), setup->folder_label);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (setup->box), new_heading (_ ("Results")));
  gtk_box_append (GTK_BOX (setup->box), row);
}

static void
add_start (SacRunSetup *setup)
{
  setup->trouble = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (setup->trouble), TRUE);
  gtk_label_set_xalign (GTK_LABEL (setup->trouble), 0);
  gtk_widget_add_css_class (setup->trouble, "note-warning");
  setup->start = sac_accessible_button_new (_ ("_Start the Run"));
  gtk_widget_add_css_class (setup->start, "suggested-action");
  gtk_widget_set_margin_top (setup->start, 9);
  g_signal_connect_object (setup->start, "clicked", G_CALLBACK (on_start),
                           setup, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (setup->box), setup->trouble);
  gtk_box_append (GTK_BOX (setup->box), setup->start);
}

GtkWidget *
sac_run_setup_new (SacDocument *document, SacRuns *runs)
{
  SacRunSetup *setup = g_object_new (SAC_TYPE_RUN_SETUP, NULL);

  setup->document = g_object_ref (document);
  setup->runs = g_object_ref (runs);
  setup->models = SAC_RUN_MODELS (sac_run_models_new ());
  setup->tissue = SAC_RUN_TISSUE (sac_run_tissue_new (document));
  gtk_box_append (GTK_BOX (setup->box), new_heading (_ ("Models")));
  gtk_box_append (GTK_BOX (setup->box), GTK_WIDGET (setup->models));
  add_place (setup);
  add_tiles (setup);
  add_folder (setup);
  add_start (setup);
  g_signal_connect_object (setup->models, "changed", G_CALLBACK (refresh),
                           setup, G_CONNECT_SWAPPED);
  g_signal_connect_object (setup->tissue, "changed", G_CALLBACK (refresh),
                           setup, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "source", G_CALLBACK (on_source), setup,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_markup (document), "state",
                           G_CALLBACK (refresh), setup, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_markup (document), "changed",
                           G_CALLBACK (refresh), setup, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_library (document), "listed",
                           G_CALLBACK (on_listed), setup, G_CONNECT_SWAPPED);
  show_folder (setup);
  refresh (setup);
  return GTK_WIDGET (setup);
}

static void
sac_run_setup_dispose (GObject *object)
{
  SacRunSetup *setup = SAC_RUN_SETUP (object);

  if (setup->job != NULL)
    sac_job_cancel (setup->job);
  g_clear_pointer (&setup->job, sac_job_unref);
  g_clear_pointer (&setup->worker, sac_worker_free);
  g_clear_pointer (&setup->box, gtk_widget_unparent);
  g_clear_object (&setup->runs);
  g_clear_object (&setup->document);
  g_clear_pointer (&setup->folder, g_free);
  G_OBJECT_CLASS (sac_run_setup_parent_class)->dispose (object);
}

static void
sac_run_setup_class_init (SacRunSetupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_setup_dispose;
  signals[ORDERED] =
    g_signal_new ("ordered", SAC_TYPE_RUN_SETUP, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, SAC_TYPE_RUN);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_run_setup_init (SacRunSetup *setup)
{
  setup->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (setup->box, GTK_WIDGET (setup));
}
