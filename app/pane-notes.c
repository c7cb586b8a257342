/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-notes.h"

#include "map-notes.h"
#include "pane-run.h"
#include "scene/figure.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

/* Longer notes are cut; their tooltip has all of it. */
#define NOTE_LINES 3

struct _SacPaneNotes {
  GtkWidget parent_instance;
  GString *warnings;
};

G_DEFINE_FINAL_TYPE (SacPaneNotes, sac_pane_notes, GTK_TYPE_WIDGET)

static void
add_note (SacPaneNotes *notes, const char *text, bool is_warning)
{
  GtkWidget *label = gtk_label_new (text);

  if (is_warning && notes->warnings->len > 0)
    g_string_append_c (notes->warnings, '\n');
  if (is_warning)
    g_string_append (notes->warnings, text);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_lines (GTK_LABEL (label), NOTE_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  sac_tooltip_set (label, text);
  gtk_widget_add_css_class (label, is_warning ? "note-warning" : "note");
  gtk_widget_set_parent (label, GTK_WIDGET (notes));
}

static void
append_sentence (GString *text, const char *sentence)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, sentence);
}

/* Warnings first, each by itself; the rest as one paragraph. */
static void
add_map_notes (SacPaneNotes *notes, const SacMap *map, const SacScale *scale)
{
  g_autoptr (GPtrArray) all =
    sac_figure_notes (map, scale, sac_map_note_translate);
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = 0; i < all->len; i++) {
    const SacNote *note = g_ptr_array_index (all, i);

    if (note->warning)
      add_note (notes, note->text, true);
    else
      append_sentence (rest, note->text);
  }
  if (rest->len > 0)
    add_note (notes, rest->str, false);
}

/* Numbers of a model that is fed wrongly look like any others. */
static void
add_model_notes (SacPaneNotes *notes, SacPaneState *pane)
{
  SacFindings *findings = sac_pane_state_get_findings (pane);

  if (findings != NULL &&
      sac_model_get_manifest (findings->loaded->model)->guessed)
    add_note (notes,
              _ ("The model does not say how to prepare its input, or what its "
                 "classes are: Saccade guesses."),
              true);
}

/* Which of two images is what to the model. */
static void
add_pair_note (SacPaneNotes *notes, SacPaneState *pane)
{
  const SacFindings *findings = sac_pane_state_get_findings (pane);

  if (findings == NULL || findings->other == NULL)
    return;

  SacModel *model = findings->loaded->model;
  g_autofree char *other =
    g_filename_display_basename (sac_source_get_path (findings->other));
  g_autofree char *text = g_strdup_printf (
    /* Translators: names of a model's inputs, like "clinical", and a file. */
    _ ("This image is the model's “%s”; %s is its “%s”."),
    sac_pair_get_role (model, findings->input), other,
    sac_pair_get_role (model, !findings->input));

  add_note (notes, text, false);
}

/* The map is not what the method makes by itself. */
static void
add_changes (SacPaneNotes *notes, SacPaneState *pane)
{
  const SacChoice *choice = sac_pane_state_get_map_choice (pane);
  g_autofree char *changes =
    choice != NULL ? sac_choice_dup_changes (choice) : NULL;

  if (changes == NULL)
    return;

  g_autofree char *text = g_strdup_printf (_ ("Settings: %s."), changes);

  add_note (notes, text, false);
}

/* Of a map in the making nothing else is certain. */
static void
add_partial_note (SacPaneNotes *notes, double share, bool is_run)
{
  /* All is said of what is whole only. */
  double percent = MIN (floor (100 * share), 99);
  g_autofree char *text =
    is_run ? g_strdup_printf (_ ("Not finished: %.0f %% of the tiles so far."),
                              percent)
           : g_strdup_printf (_ ("Not finished: made of %.0f %% of the samples "
                                 "so far."),
                              100 * share);

  add_note (notes, text, true);
}

static void
clear (SacPaneNotes *notes)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (notes))) != NULL)
    gtk_widget_unparent (child);
  g_string_truncate (notes->warnings, 0);
}

void
sac_pane_notes_refresh (SacPaneNotes *notes,
                        SacDocument *document,
                        SacPaneState *pane)
{
  SacMap *map = sac_pane_state_get_map (pane);
  SacScale scale;
  bool alone;
  double share;

  clear (notes);
  add_model_notes (notes, pane);
  if (sac_pane_state_get_partial (pane, &share) != NULL) {
    add_partial_note (notes, share, sac_pane_state_get_run (pane) != NULL);
    return;
  }
  add_changes (notes, pane);
  add_pair_note (notes, pane);
  if (sac_document_get_scale (document, pane, &scale, &alone))
    add_map_notes (notes, map, &scale);
}

const char *
sac_pane_notes_get_warnings (SacPaneNotes *notes)
{
  return notes->warnings->len > 0 ? notes->warnings->str : NULL;
}

static void
sac_pane_notes_dispose (GObject *object)
{
  clear (SAC_PANE_NOTES (object));
  G_OBJECT_CLASS (sac_pane_notes_parent_class)->dispose (object);
}

static void
sac_pane_notes_finalize (GObject *object)
{
  g_string_free (SAC_PANE_NOTES (object)->warnings, TRUE);
  G_OBJECT_CLASS (sac_pane_notes_parent_class)->finalize (object);
}

static void
sac_pane_notes_class_init (SacPaneNotesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_notes_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_pane_notes_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
sac_pane_notes_init (SacPaneNotes *notes)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (notes));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 3);
  notes->warnings = g_string_new (NULL);
}
