/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "file-dialogs.h"

#include "companion.h"
#include "faithfulness-window.h"
#include "scene-actions.h"

#include <glib/gi18n.h>
#include <string.h>

/* A native dialog that is gone before anybody can have answered it was never
 * there: a session bus without a portal.  Then GTK's own one is shown. */
#define ANSWER_US 300000

typedef void (*TakeFile) (SacWindow *window, GFile *file);

/* One question.  It lives until it is answered: nobody else holds the native
 * dialog, which would vanish. */
typedef struct {
  SacWindow *window; /* goes to NULL with the window */
  GtkNativeDialog *native;
  GtkFileChooserAction action;
  const char *title, *accept;
  char *name;                  /* proposed; NULL: none */
  const char *const *patterns; /* NULL: folders */
  const char *pattern_title;
  TakeFile take;
  gint64 shown_us;
} Question;

static void
question_free (Question *question)
{
  if (question->window != NULL)
    g_object_remove_weak_pointer (G_OBJECT (question->window),
                                  (gpointer *)&question->window);
  g_clear_object (&question->native);
  g_free (question->name);
  g_free (question);
}

static void
prepare (Question *question, GtkFileChooser *chooser)
{
  if (question->name != NULL)
    gtk_file_chooser_set_current_name (chooser, question->name);
  if (question->patterns == NULL)
    return;

  g_autoptr (GtkFileFilter) wanted = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (wanted, question->pattern_title);
  for (gsize i = 0; question->patterns[i] != NULL; i++)
    gtk_file_filter_add_suffix (wanted, question->patterns[i]);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, wanted);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
take_answer (Question *question, GtkFileChooser *chooser)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (file != NULL && question->window != NULL)
    question->take (question->window, file);
}

static void
on_dialog_response (GtkDialog *dialog, int response, Question *question)
{
  if (response == GTK_RESPONSE_ACCEPT)
    take_answer (question, GTK_FILE_CHOOSER (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  question_free (question);
}

static void
show_dialog (Question *question)
{
  GtkWidget *dialog =
    gtk_file_chooser_dialog_new (question->title, GTK_WINDOW (question->window),
                                 question->action, _ ("_Cancel"),
                                 GTK_RESPONSE_CANCEL, question->accept,
                                 GTK_RESPONSE_ACCEPT, NULL);

  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  prepare (question, GTK_FILE_CHOOSER (dialog));
  g_signal_connect (dialog, "response", G_CALLBACK (on_dialog_response),
                    question);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_native_response (GtkNativeDialog *native, int response, Question *question)
{
  bool was_shown = g_get_monotonic_time () - question->shown_us > ANSWER_US;

  if (response != GTK_RESPONSE_ACCEPT && !was_shown &&
      question->window != NULL) {
    show_dialog (question);
    return;
  }
  if (response == GTK_RESPONSE_ACCEPT)
    take_answer (question, GTK_FILE_CHOOSER (native));
  question_free (question);
}

/* question: the constant part, copied. */
static void
ask (SacWindow *window, const Question *constant)
{
  Question *question = g_memdup2 (constant, sizeof *constant);

  question->window = window;
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&question->window);
  question->native = GTK_NATIVE_DIALOG (
    gtk_file_chooser_native_new (question->title, GTK_WINDOW (window),
                                 question->action, question->accept, NULL));
  prepare (question, GTK_FILE_CHOOSER (question->native));
  gtk_native_dialog_set_modal (question->native, TRUE);
  g_signal_connect (question->native, "response",
                    G_CALLBACK (on_native_response), question);
  question->shown_us = g_get_monotonic_time ();
  gtk_native_dialog_show (question->native);
}

static void
ask_image (SacWindow *window,
           const char *title,
           void (*take) (SacWindow *, GFile *))
{
  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_OPEN,
                           .title = title,
                           .accept = _ ("_Open"),
                           .patterns = sac_case_list_get_endings (),
                           .pattern_title = _ ("Images and slides"),
                           .take = take});
}

void
sac_file_dialogs_open_image (SacWindow *window)
{
  ask_image (window, _ ("Open an Image or a Slide"), sac_window_open_file);
}

static void
open_other (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be opened."));
  else
    sac_companion_open (sac_companion_of (sac_window_get_document (window)),
                        path);
}

void
sac_file_dialogs_open_other (SacWindow *window)
{
  ask_image (window, _ ("Open the Other Image of the Pair"), open_other);
}

void
sac_file_dialogs_open_folder (SacWindow *window)
{
  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                           .title = _ ("Open a Folder as a Case List"),
                           .accept = _ ("_Open"),
                           .take = sac_window_open_file});
}

void
sac_file_dialogs_open_model (SacWindow *window)
{
  static const char *const patterns[] = {"onnx", NULL};

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_OPEN,
                           .title = _ ("Open a Model for This Pane"),
                           .accept = _ ("_Open"),
                           .patterns = patterns,
                           .pattern_title = _ ("ONNX models"),
                           .take = sac_window_open_file});
}

static void
save_figure (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else if (!sac_document_save_figure (sac_window_get_document (window), path))
    sac_window_tell (window, _ ("A figure needs two finished maps."));
}

/* What its picture shows of the image, after turning too. */
static void
save_pane (SacWindow *window, GFile *file)
{
  SacPane *pane = sac_window_get_active_pane (window);
  SacDocument *document = sac_window_get_document (window);
  GtkWidget *canvas = sac_pane_get_canvas (pane);
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (document));
  SacRect region = sac_camera_visible (camera, gtk_widget_get_width (canvas),
                                       gtk_widget_get_height (canvas));
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else if (!sac_document_save_pane (document, sac_pane_get_state (pane),
                                    &region, path))
    sac_window_tell (window, _ ("This pane has no finished map."));
}

/* A name without its ending.  name: taken. */
static char *
take_stem (char *name)
{
  char *dot = strrchr (name, '.');

  if (dot != NULL)
    *dot = '\0';
  return name;
}

static void
ask_where_to_save (SacWindow *window, const char *title, TakeFile take)
{
  static const char *const patterns[] = {"png", "pdf", "svg", NULL};
  g_autofree char *name = take_stem (
    sac_document_dup_figure_title (sac_window_get_document (window)));

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_SAVE,
                           .title = title,
                           .accept = _ ("_Save"),
                           .name = g_strconcat (name, ".png", NULL),
                           .patterns = patterns,
                           .pattern_title = _ ("PNG, PDF and SVG"),
                           .take = take});
}

void
sac_file_dialogs_save_figure (SacWindow *window)
{
  ask_where_to_save (window, _ ("Save the Side-by-Side Figure"), save_figure);
}

void
sac_file_dialogs_save_pane (SacWindow *window)
{
  ask_where_to_save (window, _ ("Save What This Pane Shows"), save_pane);
}

static void
save_curves (SacWindow *window, GFile *file)
{
  SacFaithfulnessWindow *curves = sac_faithfulness_window_find (window);
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else if (curves == NULL || !sac_faithfulness_window_save (curves, path))
    sac_window_tell (window, _ ("There are no curves to save."));
}

void
sac_file_dialogs_save_curves (SacWindow *window)
{
  static const char *const patterns[] = {"png", "csv", NULL};

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_SAVE,
                           .title = _ ("Save the Curves"),
                           .accept = _ ("_Save"),
                           .name = g_strdup ("faithfulness.png"),
                           .patterns = patterns,
                           .pattern_title = _ ("PNG, CSV"),
                           .take = save_curves});
}

static void
save_scene (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else
    sac_scene_actions_save (window, path);
}

void
sac_file_dialogs_save_scene (SacWindow *window)
{
  static const char *const patterns[] = {"json", NULL};
  g_autofree char *name =
    take_stem (sac_document_dup_title (sac_window_get_document (window)));

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_SAVE,
                           .title = _ ("Save the View as a Scene"),
                           .accept = _ ("_Save"),
                           .name = g_strconcat (name, ".json", NULL),
                           .patterns = patterns,
                           .pattern_title = _ ("Scenes"),
                           .take = save_scene});
}

static void
open_annotations (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be opened."));
  else
    sac_markup_files_open (sac_document_get_markup_files (
                             sac_window_get_document (window)),
                           path, false, NULL);
}

void
sac_file_dialogs_open_annotations (SacWindow *window)
{
  static const char *const patterns[] = {"geojson", "json", "xml", "png",
                                         "tif",     "tiff", "bmp", NULL};

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_OPEN,
                           .title = _ ("Open Annotations or a Mask"),
                           .accept = _ ("_Open"),
                           .patterns = patterns,
                           .pattern_title = _ ("Annotations and masks"),
                           .take = open_annotations});
}

static void
save_annotations (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else
    sac_markup_files_save (sac_document_get_markup_files (
                             sac_window_get_document (window)),
                           path);
}

void
sac_file_dialogs_save_annotations (SacWindow *window)
{
  static const char *const patterns[] = {"geojson", "xml", "png", NULL};
  g_autofree char *name =
    take_stem (sac_document_dup_title (sac_window_get_document (window)));

  ask (window,
       &(Question){.action = GTK_FILE_CHOOSER_ACTION_SAVE,
                   .title = _ ("Save the Annotations"),
                   .accept = _ ("_Save"),
                   .name = g_strconcat (name, ".geojson", NULL),
                   .patterns = patterns,
                   .pattern_title = _ ("GeoJSON, ASAP's XML, PNG masks"),
                   .take = save_annotations});
}

static void
save_for_qupath (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be written."));
  else
    sac_markup_files_save_for_qupath (sac_document_get_markup_files (
                                        sac_window_get_document (window)),
                                      path);
}

void
sac_file_dialogs_save_for_qupath (SacWindow *window)
{
  static const char *const patterns[] = {"geojson", NULL};
  g_autofree char *name =
    take_stem (sac_document_dup_title (sac_window_get_document (window)));

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_SAVE,
                           .title = _ ("Save the Annotations for QuPath"),
                           .accept = _ ("_Save"),
                           .name = g_strconcat (name, "-qupath.geojson", NULL),
                           .patterns = patterns,
                           .pattern_title = _ ("GeoJSON"),
                           .take = save_for_qupath});
}

static void
open_map (SacWindow *window, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    sac_window_tell (window, _ ("Only files on this computer can be opened."));
  else
    sac_map_files_open (sac_window_get_map_files (window), path,
                        sac_pane_get_state (
                          sac_window_get_active_pane (window)));
}

void
sac_file_dialogs_open_map (SacWindow *window)
{
  static const char *const patterns[] = {"npy",  "csv", "tsv", "tif",
                                         "tiff", "png", NULL};

  ask (window, &(Question){.action = GTK_FILE_CHOOSER_ACTION_OPEN,
                           .title = _ ("Lay a Map over This Pane"),
                           .accept = _ ("_Open"),
                           .patterns = patterns,
                           .pattern_title = _ ("Maps"),
                           .take = open_map});
}
