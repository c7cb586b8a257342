/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "views.h"

#include "companion.h"
#include "map-stack.h"
#include "settings.h"
#include "toasts.h"
#include "work-views.h"

#include <glib/gi18n.h>

#define KEEP_AFTER_MS 1000
#define KEY "sac-views" /* of the document's data */

struct _SacViews {
  GObject parent_instance;
  SacDocument *document;
  SacCases *cases;
  SacMapFiles *map_files;
  GSettings *settings;
  SacWorker *worker; /* its own: models keep the other one busy */
  SacSource *source; /* whose view it is; only compared */
  char *path;
  SacViewFile file;
  char *kept; /* text on the disk, or as it was opened; NULL: not known yet */
  guint timer;
};

G_DEFINE_FINAL_TYPE (SacViews, sac_views, G_TYPE_OBJECT)

enum { FAILED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static bool
is_wanted (SacViews *views)
{
  return sac_settings_is_on (views->settings, "remember-views");
}

/* Maps that came from no file cannot come back. */
static void
capture_layers (SacMapStack *stack, SacViewPane *view)
{
  for (guint i = 0; i < sac_map_stack_get_count (stack) &&
                    view->layer_count < SAC_VIEW_LAYERS_MOST;
       i++) {
    const SacStackedMap *item = sac_map_stack_get (stack, i);

    if (item->path == NULL)
      continue;
    view->layers[view->layer_count++] = (SacViewLayer){
      .path = g_strdup (item->path),
      .index = (int)item->index,
      .colors = g_strdup (item->colors != NULL ? item->colors->name : NULL),
      .scale = g_strdup (sac_scale_mode_get_name (item->scale_mode)),
      .opacity = item->opacity,
      .smooth = item->smooth,
      .is_hidden = !item->is_visible,
    };
  }
}

static void
capture_pane (SacPaneState *pane, SacViewPane *ret_pane)
{
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  const SacDisplay *display = sac_pane_state_get_display (pane);

  *ret_pane = (SacViewPane){
    .model = g_strdup (choice->model),
    .method = g_strdup (choice->method),
    .class_id = g_strdup (choice->class_id),
    .layer = g_strdup (choice->layer),
    .output = (int)choice->output,
    .head = choice->head,
    .head_mode = g_strdup (sac_head_mode_get_name (choice->head_mode)),
    .score = g_strdup (choice->score != SAC_SCORE_LOGIT
                         ? sac_score_kind_get_name (choice->score)
                         : NULL),
    .against = g_strdup (choice->against),
    .params = choice->params != NULL && g_hash_table_size (choice->params) > 0
                ? g_hash_table_ref (choice->params)
                : NULL,
    .colors = g_strdup (display->colors != NULL ? display->colors->name : NULL),
    .scale = g_strdup (sac_scale_mode_get_name (display->scale_mode)),
    .opacity = display->opacity,
    .smooth = display->smooth,
    .is_hidden = display->is_hidden,
    .is_clipped = display->is_clipped,
    .clip_low = display->clip_low,
    .clip_high = display->clip_high,
    .has_contour = display->has_contour,
    .contour = display->contour,
  };
  capture_layers (sac_pane_state_get_stack (pane), ret_pane);
}

/* The demo's pictures and files both come back by their paths. */
static void
capture_other (SacDocument *document, SacViewState *state)
{
  SacCompanion *companion = sac_companion_of (document);
  SacSource *other = sac_companion_get_source (companion);

  if (other == NULL)
    return;
  state->other = g_strdup (sac_source_get_path (other));
  state->is_second = sac_companion_is_second (companion);
}

static char *
capture (SacViews *views)
{
  SacDocument *document = views->document;
  SacViewport *viewport = sac_document_get_viewport (document);
  g_auto (SacViewState) state = {
    .file = views->file,
    .is_fitted = sac_viewport_is_fitted (viewport),
    .camera = *sac_viewport_get_camera (viewport),
    .pane_count = sac_document_get_pane_count (document),
    .active = sac_pane_set_get_active (sac_document_get_panes (document)),
    .mode = g_strdup (sac_compare_mode_get_name (
      sac_compare_view_get_mode (sac_document_get_compare_view (document)))),
  };

  /* What is fitted depends on the window. */
  if (state.is_fitted) {
    state.camera.x = state.camera.y = 0;
    state.camera.scale = 1;
  }
  capture_other (document, &state);
  for (guint i = 0; i < state.pane_count; i++)
    capture_pane (sac_document_get_pane (document, i), &state.panes[i]);
  return sac_view_state_to_text (&state);
}

static SacWorker *
get_worker (SacViews *views)
{
  if (views->worker == NULL)
    views->worker = sac_worker_new ();
  return views->worker;
}

static void
on_written (gpointer owner, gpointer result, const GError *error)
{
  g_free (result);
}

/* What is there, if it is another view than the one that is kept.  Returns: a
 * new string, NULL: nothing to write. */
static char *
take_change (SacViews *views)
{
  g_clear_handle_id (&views->timer, g_source_remove);
  if (views->kept == NULL || !is_wanted (views) ||
      sac_map_files_is_restoring (views->map_files))
    return NULL;

  g_autofree char *text = capture (views);

  if (g_str_equal (text, views->kept))
    return NULL;
  g_free (views->kept);
  views->kept = g_strdup (text);
  return g_steal_pointer (&text);
}

static void
keep (SacViews *views)
{
  g_autofree char *text = take_change (views);

  if (text != NULL)
    sac_job_unref (sac_worker_push (get_worker (views), &sac_work_write_view,
                                    sac_view_writing_new (views->path, text),
                                    views, on_written));
}

static gboolean
on_timer (gpointer data)
{
  SacViews *views = data;

  views->timer = 0;
  keep (views);
  return G_SOURCE_REMOVE;
}

static void
on_changed (SacViews *views)
{
  if (views->timer == 0 && views->kept != NULL && is_wanted (views))
    views->timer = g_timeout_add (KEEP_AFTER_MS, on_timer, views);
}

/* Models that went and methods that this version does not have leave the pane
 * as it is. */
static void
apply_pane (const SacViewPane *view, SacPaneState *pane)
{
  SacDisplay display = *sac_pane_state_get_display (pane);
  SacChoice choice = {
    .model = view->model,
    .method = view->method,
    .output = (size_t)view->output,
    .class_id = view->class_id,
    .layer = view->layer,
    .head = view->head,
    .against = view->against,
    .params = view->params,
  };

  if (view->score != NULL)
    sac_score_kind_find (view->score, &choice.score);

  for (SacHeadMode mode = SAC_HEAD_MEAN; mode <= SAC_HEAD_ONE; mode++)
    if (g_strcmp0 (sac_head_mode_get_name (mode), view->head_mode) == 0)
      choice.head_mode = mode;

  bool is_there = view->model != NULL && view->method != NULL &&
                  sac_method_find (view->method) != NULL &&
                  (!g_path_is_absolute (view->model) ||
                   g_file_test (view->model, G_FILE_TEST_EXISTS));

  if (is_there)
    sac_pane_state_set_choice (pane, &choice);
  display.colors =
    view->colors != NULL ? sac_color_map_find (view->colors) : NULL;
  if (view->scale != NULL)
    sac_scale_mode_find (view->scale, &display.scale_mode);
  display.opacity = view->opacity;
  display.smooth = view->smooth;
  display.is_hidden = view->is_hidden;
  display.has_contour = view->has_contour;
  if (view->contour > 0)
    display.contour = view->contour;
  sac_pane_state_set_display (pane, &display);
  /* Once the scale is the one that the ends are of. */
  if (view->is_clipped && is_there) {
    display.is_clipped = true;
    display.clip_low = view->clip_low;
    display.clip_high = view->clip_high;
    sac_pane_state_set_display (pane, &display);
  }
}

static void
apply_layers (SacViews *views, const SacViewPane *view, SacPaneState *pane)
{
  for (guint i = 0; i < view->layer_count; i++) {
    const SacViewLayer *layer = &view->layers[i];
    SacStackedMap looks = {
      .colors =
        layer->colors != NULL ? sac_color_map_find (layer->colors) : NULL,
      .opacity = layer->opacity,
      .smooth = layer->smooth,
      .is_visible = !layer->is_hidden,
    };

    if (layer->scale != NULL)
      sac_scale_mode_find (layer->scale, &looks.scale_mode);
    sac_map_files_restore (views->map_files, pane, layer->path,
                           (guint)layer->index, &looks);
  }
}

static void
apply_panes (SacViews *views, const SacViewState *state)
{
  SacDocument *document = views->document;
  SacPaneSet *panes = sac_document_get_panes (document);
  SacCompareMode mode;

  if (sac_pane_layout_find (state->pane_count) == NULL)
    return;
  for (guint i = 0; i < state->pane_count; i++)
    apply_pane (&state->panes[i], sac_document_get_pane (document, i));
  for (guint i = 0; i < state->pane_count; i++)
    apply_layers (views, &state->panes[i], sac_document_get_pane (document, i));
  sac_pane_set_set_count (panes, state->pane_count);
  sac_pane_set_set_active (panes, MIN (state->active, state->pane_count - 1));
  if (state->mode != NULL && sac_compare_mode_find (state->mode, &mode) &&
      (state->pane_count > 1 || mode == SAC_COMPARE_SIDE))
    sac_compare_view_set_mode (sac_document_get_compare_view (document), mode);
}

/* One that has been chosen since stays; one that has gone is told. */
static void
apply_other (SacViews *views, const SacViewState *state)
{
  SacCompanion *companion = sac_companion_of (views->document);

  if (state->other != NULL && sac_companion_get_source (companion) == NULL)
    sac_companion_restore (companion, state->other, state->is_second);
}

static void
on_read (gpointer owner, gpointer result, const GError *error)
{
  SacViews *views = owner;
  g_autoptr (SacKeptView) view = result;

  if (view == NULL || sac_document_get_source (views->document) == NULL ||
      sac_document_get_source (views->document) != views->source)
    return;
  views->file = view->file;
  if (view->has_state) {
    if (sac_cases_get_list (views->cases) == NULL) {
      apply_panes (views, &view->state);
      apply_other (views, &view->state);
    }
    sac_viewport_restore (sac_document_get_viewport (views->document),
                          &view->state.camera, view->state.is_fitted);
  }
  if (view->error != NULL)
    g_signal_emit (views, signals[FAILED], 0,
                   _ ("How this image was last shown cannot be read: it is "
                      "shown as if it were new."));
  g_free (views->kept);
  views->kept = capture (views);
}

static void
forget (SacViews *views)
{
  g_clear_handle_id (&views->timer, g_source_remove);
  g_clear_pointer (&views->kept, g_free);
  g_clear_pointer (&views->path, g_free);
  views->source = NULL;
}

static void
on_source (SacViews *views)
{
  SacSource *source = sac_document_get_source (views->document);

  if (sac_document_is_opening (views->document)) {
    keep (views);
    return;
  }
  if (source == views->source)
    return;
  forget (views);
  views->source = source;
  if (source == NULL || !is_wanted (views) ||
      !g_path_is_absolute (sac_source_get_path (source)))
    return;
  if (sac_source_get_page_number (source) > 0)
    sac_job_unref (sac_worker_push (get_worker (views), &sac_work_keep_page,
                                    g_strdup (sac_source_get_path (source)),
                                    views, on_written));
  views->path = sac_view_file_dup_path (sac_source_get_path (source));
  sac_job_unref (sac_worker_push (get_worker (views), &sac_work_read_view,
                                  g_strdup (sac_source_get_path (source)),
                                  views, on_read));
}

SacViews *
sac_views_find (SacDocument *document)
{
  return g_object_get_data (G_OBJECT (document), KEY);
}

static void
restore_files (gpointer data)
{
  sac_view_files_show ();
}

static void
drop_files (gpointer data)
{
  sac_view_files_drop ();
}

bool
sac_views_is_ready (SacViews *views)
{
  return views->kept != NULL;
}

/* What is shown now is kept again once it changes. */
AdwToast *
sac_views_clear (SacViews *views)
{
  g_clear_handle_id (&views->timer, g_source_remove);
  g_clear_pointer (&views->worker, sac_worker_free);
  sac_view_files_hide ();
  if (views->kept != NULL) {
    g_free (views->kept);
    views->kept = capture (views);
  }
  return sac_toast_new_undo (_ ("Views of images forgotten"), restore_files,
                             NULL, drop_files);
}

SacViews *
sac_views_new (SacDocument *document,
               SacCases *cases,
               SacMapFiles *map_files,
               GSettings *settings)
{
  SacViews *views = g_object_new (SAC_TYPE_VIEWS, NULL);
  const struct {
    gpointer object;
    const char *signal;
  } watched[] = {
    {sac_document_get_viewport (document), "changed"},
    {sac_document_get_panes (document), "changed"},
    {sac_document_get_panes (document), "maps"},
    {sac_document_get_compare_view (document), "mode"},
    {sac_companion_of (document), "changed"},
  };

  views->document = g_object_ref (document);
  g_object_set_data (G_OBJECT (document), KEY, views);
  views->cases = g_object_ref (cases);
  views->map_files = g_object_ref (map_files);
  views->settings = settings != NULL ? g_object_ref (settings) : NULL;
  g_signal_connect_object (document, "source", G_CALLBACK (on_source), views,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (watched[i].object, watched[i].signal,
                             G_CALLBACK (on_changed), views, G_CONNECT_SWAPPED);
  return views;
}

/* The last change is written here: the window waits for a small file. */
void
sac_views_shut_down (SacViews *views)
{
  g_autofree char *text = take_change (views);

  g_clear_pointer (&views->worker, sac_worker_free);
  if (text != NULL) {
    SacViewWriting *writing = sac_view_writing_new (views->path, text);

    g_free (sac_work_write_view.run (writing, NULL, NULL));
    sac_work_write_view.free_request (writing);
  }
  forget (views);
}

static void
sac_views_finalize (GObject *object)
{
  SacViews *views = SAC_VIEWS (object);

  sac_views_shut_down (views);
  g_object_set_data (G_OBJECT (views->document), KEY, NULL);
  g_object_unref (views->document);
  g_object_unref (views->cases);
  g_object_unref (views->map_files);
  g_clear_object (&views->settings);
  G_OBJECT_CLASS (sac_views_parent_class)->finalize (object);
}

static void
sac_views_class_init (SacViewsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_views_finalize;
  signals[FAILED] =
    g_signal_new ("failed", SAC_TYPE_VIEWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_views_init (SacViews *views)
{
}
