/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene-actions.h"

#include "canvas-layers.h"
#include "companion.h"
#include "file-dialogs.h"
#include "map-stack.h"
#include "messages.h"
#include "scene/scene-file.h"
#include "toasts.h"

#include <glib/gi18n.h>

#define WORKER_KEY "sac-scene-worker"

typedef struct {
  SacSceneView *view;
  char *path;
} Request;

static void
request_free (Request *request)
{
  sac_scene_view_free (request->view);
  g_free (request->path);
  g_free (request);
}

static gpointer
run_write (gpointer data, SacJob *job, GError **error)
{
  const Request *request = data;

  return sac_scene_file_write (request->view, request->path, error)
           ? g_strdup (request->path)
           : NULL;
}

static const SacWork work_write = {
  .run = run_write,
  .free_request = (GDestroyNotify)request_free,
  .free_result = g_free,
};

static void
capture_layers (SacDocument *document, SacPaneState *pane, GArray *layers)
{
  g_autoptr (GArray) shown = sac_document_get_layers (document, pane);
  const SacMap *partial = sac_pane_state_get_partial (pane, NULL);

  for (guint i = 0; i < shown->len; i++) {
    const SacMapLayer *layer = &g_array_index (shown, SacMapLayer, i);
    double level;
    bool has_level = layer->contours != NULL &&
                     sac_document_get_contour (document, pane, &level);

    if (layer->map != partial && layer->map->has_geometry)
      sac_scene_view_add (layers, layer, has_level ? &level : NULL);
  }
}

/* Of a difference and an agreement only the panes' own maps count. */
static void
capture_comparison (SacDocument *document,
                    SacPaneState *pane,
                    SacSceneView *view)
{
  SacCompareView *compare = sac_document_get_compare_view (document);
  SacPaneState *other =
    sac_pane_set_get_compared (sac_document_get_panes (document), 1);
  SacMapLayer difference;
  bool of_both =
    sac_compare_view_get_mode (compare) == SAC_COMPARE_DIFFERENCE ||
    sac_compare_view_get_mode (compare) == SAC_COMPARE_AGREEMENT;

  if (sac_compare_view_get_mode (compare) == SAC_COMPARE_SIDE ||
      other == NULL || sac_pane_state_get_display (pane)->is_hidden)
    return;
  view->compare = *sac_compare_view_get (compare);
  view->share = sac_compare_view_get_share (compare);
  if (sac_document_get_difference (document, &difference))
    view->difference_colors = difference.colors;
  if (!of_both || (sac_pane_state_get_map (pane) != NULL &&
                   sac_pane_state_get_map (other) != NULL))
    capture_layers (document, other, view->others);
}

/* In the panes of A and B alone. */
static void
capture_outlines (SacDocument *document, SacPaneState *pane, SacSceneView *view)
{
  SacComparison *comparison = sac_document_get_comparison (document);
  const SacDisagreement *shown = sac_comparison_get_disagreement (comparison);
  SacPaneSet *panes = sac_document_get_panes (document);

  if (!sac_comparison_is_outlined (comparison) || shown == NULL ||
      !shown->overlap->has_geometry || sac_pane_set_get_role (panes, pane) < 0)
    return;

  SacSceneOutlines outlines = {sac_pane_state_get_map (
                                 sac_pane_set_get_compared (panes, 0)),
                               sac_pane_state_get_map (
                                 sac_pane_set_get_compared (panes, 1)),
                               shown->overlap->share, shown->least};

  if (outlines.a != NULL && outlines.b != NULL)
    sac_scene_view_set_outlines (view, &outlines);
}

/* While two panes are one picture, it is A's. */
static SacPaneState *
get_pane (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);
  SacPaneSet *panes = sac_document_get_panes (document);
  bool is_one =
    sac_compare_view_get_mode (sac_document_get_compare_view (document)) !=
      SAC_COMPARE_SIDE &&
    sac_pane_set_get_compared (panes, 1) != NULL;

  return is_one ? sac_pane_set_get_compared (panes, 0)
                : sac_pane_get_state (sac_window_get_active_pane (window));
}

static void
capture_other (SacDocument *document, SacSceneView *view)
{
  SacCompanion *companion = sac_companion_of (document);
  SacSource *other = sac_companion_get_source (companion);

  if (other == NULL)
    return;
  view->other = g_strdup (sac_source_get_path (other));
  view->is_second = sac_companion_is_second (companion);
}

SacSceneView *
sac_scene_actions_capture (SacWindow *window)
{
  SacDocument *document = sac_window_get_document (window);
  SacPaneState *pane = get_pane (window);
  SacSceneView *view = sac_scene_view_new (sac_document_get_source (document));
  SacMarkup *markup = sac_document_get_markup (document);
  const SacAnnotations *set = sac_markup_get_set (markup);
  const SacMap *seen = sac_pane_state_get_map (pane);

  view->has_camera = true;
  view->scene.camera =
    *sac_viewport_get_camera (sac_document_get_viewport (document));
  view->tone = *sac_image_look_get_tone (sac_document_get_look (document));
  view->scene.show_scale_bar = true;
  view->scene.text_size =
    sac_canvas_get_text_size (GTK_WIDGET (sac_window_get_active_pane (window)));
  capture_layers (document, pane, view->layers);
  capture_comparison (document, pane, view);
  capture_outlines (document, pane, view);
  if (seen != NULL && seen->has_geometry)
    sac_scene_view_set_seen (view, seen);
  if (sac_markup_is_shown (markup) && set->items->len > 0)
    view->annotations = sac_annotations_copy (set);
  capture_other (document, view);
  return view;
}

static void
on_written (gpointer owner, gpointer result, const GError *error)
{
  SacWindow *window = owner;
  g_autofree char *path = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error == NULL) {
    sac_window_add_toast (window, sac_toast_new_saved (path));
    return;
  }

  g_autofree char *text =
    g_strdup_printf (_ ("The scene was not saved. %s %s"),
                     sac_message_for_error (error, SAC_TRIED_SCENE),
                     error->message);

  sac_window_tell (window, text);
}

void
sac_scene_actions_save (SacWindow *window, const char *path)
{
  SacDocument *document = sac_window_get_document (window);
  SacWorker *worker = g_object_get_data (G_OBJECT (window), WORKER_KEY);
  Request *request;

  if (sac_document_get_source (document) == NULL)
    return;
  request = g_new (Request, 1);
  request->view = sac_scene_actions_capture (window);
  request->path = g_strdup (path);
  sac_job_unref (
    sac_worker_push (worker, &work_write, request, window, on_written));
}

static void
on_save_scene (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_save_scene (window);
}

static const GActionEntry entries[] = {
  {"save-scene", on_save_scene},
};

void
sac_scene_actions_add (SacWindow *window, SacWorker *worker)
{
  g_object_set_data (G_OBJECT (window), WORKER_KEY, worker);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}
