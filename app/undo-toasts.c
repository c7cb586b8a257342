/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "undo-toasts.h"

#include "toasts.h"

#include <glib/gi18n.h>

static void
restore_layer (gpointer stack)
{
  sac_map_stack_restore (stack);
}

static void
on_layer_removed (SacWindow *window, const char *name, SacMapStack *stack)
{
  g_autofree char *text = g_strdup_printf (_ ("Removed “%s”"), name);

  sac_window_add_toast (window, sac_toast_new_undo (text, restore_layer,
                                                    g_object_ref (stack),
                                                    g_object_unref));
}

void
sac_undo_toasts_follow (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);

  for (guint i = 0; i < SAC_PANES_MOST; i++)
    g_signal_connect_object (sac_pane_state_get_stack (
                               sac_document_get_pane (document, i)),
                             "removed", G_CALLBACK (on_layer_removed), window,
                             G_CONNECT_SWAPPED);
}

typedef struct {
  SacCases *cases;
  SacCaseList *list;
} ClosedFolder;

static void
closed_folder_free (gpointer data)
{
  ClosedFolder *closed = data;

  g_object_unref (closed->cases);
  sac_case_list_unref (closed->list);
  g_free (closed);
}

static void
reopen_folder (gpointer data)
{
  ClosedFolder *closed = data;

  sac_cases_take_list (closed->cases, sac_case_list_ref (closed->list));
}

void
sac_undo_toasts_close_folder (SacWindow *window)
{
  SacCases *cases = sac_window_get_cases (window);
  SacCaseList *list = sac_cases_get_list (cases);

  if (list == NULL)
    return;

  ClosedFolder *closed = g_new (ClosedFolder, 1);
  g_autofree char *name = g_filename_display_basename (list->folder);
  g_autofree char *text = g_strdup_printf (_ ("Closed “%s”"), name);

  closed->cases = g_object_ref (cases);
  closed->list = sac_case_list_ref (list);
  sac_cases_close (cases);
  sac_window_add_toast (window, sac_toast_new_undo (text, reopen_folder, closed,
                                                    closed_folder_free));
}

void
sac_undo_toasts_delete (SacWindow *window)
{
  SacMarkup *markup =
    sac_document_get_markup (sac_window_get_document (window));
  const SacAnnotationHistory *history = sac_markup_get_history (markup);
  guint64 serial = sac_annotation_history_get_serial (history);
  guint count = sac_markup_get_set (markup)->items->len;

  sac_markup_delete (markup);
  if (sac_annotation_history_get_serial (history) == serial)
    return;
  sac_window_tell_with (window,
                        sac_markup_get_set (markup)->items->len < count
                          ? _ ("Annotation deleted")
                          : _ ("Vertex deleted"),
                        _ ("_Undo"), "win.undo");
}

void
sac_undo_toasts_delete_all (SacWindow *window)
{
  SacMarkup *markup =
    sac_document_get_markup (sac_window_get_document (window));
  guint count = sac_markup_get_set (markup)->items->len;
  g_autofree char *text =
    g_strdup_printf (ngettext ("Deleted %u annotation",
                               "Deleted %u annotations", count),
                     count);

  if (count == 0)
    return;
  sac_markup_delete_all (markup);
  sac_window_tell_with (window, text, _ ("_Undo"), "win.undo");
}

typedef struct {
  SacImageLook *look;
  SacTone tone;
} AlteredTone;

static void
altered_tone_free (gpointer data)
{
  AlteredTone *altered = data;

  g_object_unref (altered->look);
  g_free (altered);
}

static void
restore_tone (gpointer data)
{
  AlteredTone *altered = data;

  sac_image_look_set_tone (altered->look, &altered->tone);
}

void
sac_undo_toasts_plain_tone (SacWindow *window)
{
  SacImageLook *look = sac_document_get_look (sac_window_get_document (window));
  AlteredTone *altered;

  if (sac_tone_is_plain (sac_image_look_get_tone (look)))
    return;
  altered = g_new (AlteredTone, 1);
  altered->look = g_object_ref (look);
  altered->tone = *sac_image_look_get_tone (look);
  sac_image_look_set_tone (look, &sac_tone_plain);
  sac_window_add_toast (
    window,
    sac_toast_new_undo (_ ("Brightness and contrast are as in the file"),
                        restore_tone, altered, altered_tone_free));
}

/* The ends that a reader had chosen for a pane's scale. */
typedef struct {
  SacDocument *document;
  SacPaneState *pane;
  double low, high;
} ClippedScale;

static void
clipped_scale_free (gpointer data)
{
  ClippedScale *clipped = data;

  g_object_unref (clipped->document);
  g_object_unref (clipped->pane);
  g_free (clipped);
}

static void
restore_ends (gpointer data)
{
  ClippedScale *clipped = data;

  sac_document_clip (clipped->document, clipped->pane, clipped->low,
                     clipped->high);
}

void
sac_undo_toasts_whole_scale (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);
  SacPaneState *pane = sac_pane_get_state (sac_window_get_active_pane (window));
  const SacDisplay *display = sac_pane_state_get_display (pane);
  ClippedScale *clipped;

  if (!display->is_clipped)
    return;
  clipped = g_new (ClippedScale, 1);
  *clipped = (ClippedScale){g_object_ref (document), g_object_ref (pane),
                            display->clip_low, display->clip_high};
  sac_document_clip (document, pane, 0, 0);
  sac_window_add_toast (
    window, sac_toast_new_undo (_ ("Colours reach to the ends of the scale"),
                                restore_ends, clipped, clipped_scale_free));
}
