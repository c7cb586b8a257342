/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "document-parts.h"

G_DEFINE_FINAL_TYPE (SacDocument, sac_document, G_TYPE_OBJECT)

enum { PEEK, SOURCE, CURSOR, MAPS, SAVED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

void
sac_document_emit_saved (SacDocument *document,
                         const char *path,
                         const GError *error)
{
  g_signal_emit (document, signals[SAVED], 0, path, error);
}

static bool
looks_like_slide (const SacSource *source)
{
  return sac_source_is_slide (source) || sac_source_get_objective (source) > 0;
}

static void
show_source (SacDocument *document, SacSource *source)
{
  SacSource *old = document->source;
  SacRect bounds = sac_source_get_bounds (source);

  sac_document_remember_scales (document);
  document->source = source;
  document->has_cursor = false;
  document->has_seen_problem = false;
  g_clear_pointer (&document->problem, g_free);
  g_clear_pointer (&document->sketch, sac_map_unref);
  sac_pane_set_use_defaults (document->panes, looks_like_slide (source));
  sac_pane_set_set_source (document->panes, source);
  if (old != NULL) {
    sac_tiles_forget (document->tiles, old);
    sac_source_unref (old);
  }
  sac_viewport_set_image (document->viewport, sac_source_get_width (source),
                          sac_source_get_height (source));
  sac_viewport_set_home (document->viewport, &bounds);
  sac_markup_files_set_source (document->markup_files, source);
}

static void
on_opened (gpointer owner, gpointer result, const GError *error)
{
  SacDocument *document = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&document->open_job, sac_job_unref);

  g_autofree char *path = g_steal_pointer (&document->opening);

  if (result != NULL) {
    show_source (document, result);
  } else {
    document->error = g_error_copy (error);
    document->error_path = g_steal_pointer (&path);
  }
  sac_pane_set_set_paused (document->panes, false);
  g_signal_emit (document, signals[SOURCE], 0);
}

void
sac_document_set_sketch (SacDocument *document, SacMap *map)
{
  if (document->sketch == map)
    return;
  g_clear_pointer (&document->sketch, sac_map_unref);
  document->sketch = map != NULL ? sac_map_ref (map) : NULL;
  sac_contour_cache_clear (&document->sketch_lines);
  g_signal_emit (document, signals[MAPS], 0);
}

static void
cancel_opening (SacDocument *document)
{
  if (document->open_job != NULL)
    sac_job_cancel (document->open_job);
  g_clear_pointer (&document->open_job, sac_job_unref);
  g_clear_pointer (&document->opening, g_free);
}

static void
drop_error (SacDocument *document)
{
  g_clear_error (&document->error);
  g_clear_pointer (&document->error_path, g_free);
}

static void
open_by (SacDocument *document, const SacWork *work, const char *path)
{
  g_autofree char *kept = g_strdup (path);

  cancel_opening (document);
  drop_error (document);
  document->opening = g_steal_pointer (&kept);
  /* Maps of the old image must not keep the new one waiting. */
  sac_pane_set_set_paused (document->panes, true);
  document->open_job =
    sac_worker_push (document->worker, work, g_strdup (document->opening),
                     document, on_opened);
  g_signal_emit (document, signals[SOURCE], 0);
}

void
sac_document_open (SacDocument *document, const char *path)
{
  open_by (document, &sac_work_open, path);
}

void
sac_document_open_again (SacDocument *document, const char *path)
{
  open_by (document, &sac_work_open_again, path);
}

void
sac_document_reload (SacDocument *document)
{
  if (document->source != NULL)
    sac_document_open (document, sac_source_get_path (document->source));
  else if (document->error_path != NULL)
    sac_document_open (document, document->error_path);
}

bool
sac_document_is_opening (SacDocument *document)
{
  return document->opening != NULL;
}

double
sac_document_get_opening_progress (SacDocument *document)
{
  return document->open_job != NULL ? sac_job_get_progress (document->open_job)
                                    : 0;
}

const GError *
sac_document_get_error (SacDocument *document)
{
  return document->error;
}

const char *
sac_document_get_error_path (SacDocument *document)
{
  return document->error_path;
}

const char *
sac_document_get_problem (SacDocument *document)
{
  return document->problem;
}

void
sac_document_dismiss_error (SacDocument *document)
{
  drop_error (document);
  g_clear_pointer (&document->problem, g_free);
  g_signal_emit (document, signals[SOURCE], 0);
}

SacSource *
sac_document_get_source (SacDocument *document)
{
  return document->source;
}

void
sac_document_set_named (SacDocument *document, bool window, bool figures)
{
  document->hides_name_in_figures = !figures;
  if (document->hides_name == !window)
    return;
  document->hides_name = !window;
  g_signal_emit (document, signals[SOURCE], 0);
}

SacLibrary *
sac_document_get_library (SacDocument *document)
{
  return document->library;
}

SacViewport *
sac_document_get_viewport (SacDocument *document)
{
  return document->viewport;
}

SacImageLook *
sac_document_get_look (SacDocument *document)
{
  return document->look;
}

SacTiles *
sac_document_get_tiles (SacDocument *document)
{
  return document->tiles;
}

SacMarkup *
sac_document_get_markup (SacDocument *document)
{
  return document->markup;
}

SacMarkupFiles *
sac_document_get_markup_files (SacDocument *document)
{
  return document->markup_files;
}

SacComparison *
sac_document_get_comparison (SacDocument *document)
{
  return document->comparison;
}

SacScaleKeeper *
sac_document_get_scale_keeper (SacDocument *document)
{
  return document->keeper;
}

SacPaneSet *
sac_document_get_panes (SacDocument *document)
{
  return document->panes;
}

SacCompareView *
sac_document_get_compare_view (SacDocument *document)
{
  return document->compare_view;
}

guint
sac_document_get_pane_count (SacDocument *document)
{
  return sac_pane_set_get_count (document->panes);
}

SacPaneState *
sac_document_get_pane (SacDocument *document, guint index)
{
  return sac_pane_set_get (document->panes, index);
}

void
sac_document_set_peeking (SacDocument *document, bool is_peeking)
{
  if (document->is_peeking == is_peeking)
    return;
  document->is_peeking = is_peeking;
  g_signal_emit (document, signals[PEEK], 0);
}

bool
sac_document_is_peeking (SacDocument *document)
{
  return document->is_peeking;
}

void
sac_document_set_cursor (SacDocument *document, double x, double y)
{
  if (document->source == NULL)
    return;
  document->has_cursor = true;
  document->cursor_x = x;
  document->cursor_y = y;
  g_signal_emit (document, signals[CURSOR], 0);
}

void
sac_document_clear_cursor (SacDocument *document)
{
  if (!document->has_cursor)
    return;
  document->has_cursor = false;
  g_signal_emit (document, signals[CURSOR], 0);
}

bool
sac_document_get_cursor (SacDocument *document, double *ret_x, double *ret_y)
{
  if (!document->has_cursor)
    return false;
  *ret_x = document->cursor_x;
  *ret_y = document->cursor_y;
  return true;
}

bool
sac_document_explain_at (SacDocument *document, const SacFocus *focus)
{
  SacFocus nowhere = {false};
  bool any = false;

  for (guint i = 0;
       i < sac_document_get_pane_count (document) && document->source != NULL;
       i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacLoaded *loaded = sac_pane_state_get_loaded (pane);

    if (loaded == NULL || !sac_focus_applies (loaded->model, document->source))
      continue;
    any = true;
    sac_pane_state_set_focus (pane, focus != NULL ? focus : &nowhere);
  }
  return any;
}

void
sac_document_stop (SacDocument *document)
{
  if (document->opening != NULL) {
    cancel_opening (document);
    sac_pane_set_set_paused (document->panes, false);
    g_signal_emit (document, signals[SOURCE], 0);
  }
  sac_pane_set_stop (document->panes);
}

bool
sac_document_is_busy (SacDocument *document)
{
  return document->opening != NULL || sac_pane_set_is_busy (document->panes);
}

static void
on_maps (SacDocument *document)
{
  g_signal_emit (document, signals[MAPS], 0);
}

static void
on_compare_changed (SacDocument *document)
{
  sac_comparison_set_share (document->comparison, sac_compare_view_get_share (
                                                    document->compare_view));
}

static void
on_panes_changed (SacDocument *document)
{
  sac_comparison_set_panes (document->comparison,
                            sac_pane_set_get_compared (document->panes, 0),
                            sac_pane_set_get_compared (document->panes, 1));
}

static void
on_viewport_changed (SacDocument *document)
{
  sac_tiles_look_elsewhere (document->tiles);
}

static void
on_tiles_arrived (SacDocument *document)
{
  const char *problem = sac_tiles_get_problem (document->tiles);

  if (problem == NULL || document->has_seen_problem)
    return;
  document->has_seen_problem = true;
  document->problem = g_strdup (problem);
  g_signal_emit (document, signals[SOURCE], 0);
}

SacDocument *
sac_document_new (SacWorker *worker)
{
  SacDocument *document = g_object_new (SAC_TYPE_DOCUMENT, NULL);

  document->worker = worker;
  document->library = sac_library_new (worker);
  document->panes = sac_pane_set_new (worker, document->library);
  document->comparison = sac_comparison_new (worker);
  g_signal_connect_object (document->compare_view, "changed",
                           G_CALLBACK (on_compare_changed), document,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document->panes, "maps", G_CALLBACK (on_maps),
                           document, G_CONNECT_SWAPPED);
  g_signal_connect_object (document->panes, "changed",
                           G_CALLBACK (on_panes_changed), document,
                           G_CONNECT_SWAPPED);
  on_panes_changed (document);
  return document;
}

void
sac_document_shut_down (SacDocument *document)
{
  cancel_opening (document);
  if (document->save_job != NULL)
    sac_job_cancel (document->save_job);
  sac_comparison_shut_down (document->comparison);
  sac_compare_view_shut_down (document->compare_view);
  sac_pane_set_shut_down (document->panes);
  sac_markup_files_shut_down (document->markup_files);
  sac_tiles_shut_down (document->tiles);
}

static void
sac_document_finalize (GObject *object)
{
  SacDocument *document = SAC_DOCUMENT (object);

  sac_document_shut_down (document);
  g_clear_pointer (&document->sketch, sac_map_unref);
  sac_contour_cache_clear (&document->sketch_lines);
  g_object_unref (document->panes);
  g_object_unref (document->comparison);
  g_object_unref (document->compare_view);
  g_object_unref (document->library);
  sac_scale_keeper_free (document->keeper);
  g_object_unref (document->markup_files);
  g_object_unref (document->markup);
  g_object_unref (document->viewport);
  g_object_unref (document->look);
  g_object_unref (document->tiles);
  g_clear_pointer (&document->source, sac_source_unref);
  g_clear_pointer (&document->save_job, sac_job_unref);
  g_free (document->saving);
  g_free (document->mask_class);
  g_free (document->problem);
  drop_error (document);
  G_OBJECT_CLASS (sac_document_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_document_class_init (SacDocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_document_finalize;
  signals[PEEK] = new_signal ("peek");
  signals[SOURCE] = new_signal ("source");
  signals[CURSOR] = new_signal ("cursor");
  signals[MAPS] = new_signal ("maps");
  signals[SAVED] =
    g_signal_new ("saved", SAC_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
sac_document_init (SacDocument *document)
{
  document->viewport = sac_viewport_new ();
  document->look = sac_image_look_new ();
  document->compare_view = sac_compare_view_new ();
  document->markup = sac_markup_new ();
  document->markup_files = sac_markup_files_new (document->markup);
  document->tiles = sac_tiles_new ();
  document->keeper = sac_scale_keeper_new ();
  g_signal_connect_object (document->viewport, "changed",
                           G_CALLBACK (on_viewport_changed), document,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document->tiles, "arrived",
                           G_CALLBACK (on_tiles_arrived), document,
                           G_CONNECT_SWAPPED);
}
