/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "document.h"

#include <glib/gi18n.h>

#define PANE_COUNT 2

/* What a new document asks, by what it shows. */
static const struct {
  const char *model;
  const char *method;
} flat_defaults[PANE_COUNT] =
  {
    {"derm-resnet18", "grad-cam"},
    {"derm-vit", "relevance"},
},
  slide_defaults[PANE_COUNT] = {
    {"pcam-resnet18", "grad-cam"},
    {"pcam-vit", "relevance"},
};

struct _SacDocument {
  GObject parent_instance;
  SacWorker *worker;
  SacLibrary *library;
  SacViewport *viewport;
  SacTiles *tiles;
  SacPaneState *panes[PANE_COUNT];

  SacSource *source;
  char *opening; /* path; NULL: not opening */
  SacJob *open_job;
  GError *error;
  char *error_path;
  char *problem; /* of parts of the image; NULL: none, or dismissed */
  bool has_seen_problem;

  bool has_cursor;
  double cursor_x, cursor_y;

  SacComparison *comparison;
  SacJob *save_job;
  char *saving;
};

G_DEFINE_FINAL_TYPE (SacDocument, sac_document, G_TYPE_OBJECT)

enum { SOURCE, CURSOR, MAPS, SAVED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static bool
looks_like_slide (const SacSource *source)
{
  return sac_source_is_slide (source) || sac_source_get_objective (source) > 0;
}

/* Models suit what they were trained on: a change between photograph and slide
 * changes those that the reader has left at their default. */
static void
choose_models (SacDocument *document)
{
  bool is_slide = looks_like_slide (document->source);

  for (guint i = 0; i < PANE_COUNT; i++) {
    SacPaneState *pane = document->panes[i];
    const SacChoice *choice = sac_pane_state_get_choice (pane);
    bool is_default = choice->model == NULL ||
                      g_str_equal (choice->model, flat_defaults[i].model) ||
                      g_str_equal (choice->model, slide_defaults[i].model);

    if (choice->method == NULL)
      sac_pane_state_set_method (pane, is_slide ? slide_defaults[i].method
                                                : flat_defaults[i].method);
    if (is_default)
      sac_pane_state_set_model (pane, is_slide ? slide_defaults[i].model
                                               : flat_defaults[i].model);
  }
}

static void
show_source (SacDocument *document, SacSource *source)
{
  SacSource *old = document->source;

  document->source = source;
  document->has_cursor = false;
  document->has_seen_problem = false;
  g_clear_pointer (&document->problem, g_free);
  choose_models (document);
  for (guint i = 0; i < PANE_COUNT; i++)
    sac_pane_state_set_source (document->panes[i], source);
  if (old != NULL) {
    sac_tiles_forget (document->tiles, old);
    sac_source_unref (old);
  }
  sac_viewport_set_image (document->viewport, sac_source_get_width (source),
                          sac_source_get_height (source));
}

static void
pause_panes (SacDocument *document, bool paused)
{
  for (guint i = 0; i < PANE_COUNT; i++)
    sac_pane_state_set_paused (document->panes[i], paused);
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
  pause_panes (document, false);
  g_signal_emit (document, signals[SOURCE], 0);
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

void
sac_document_open (SacDocument *document, const char *path)
{
  g_autofree char *kept = g_strdup (path);

  cancel_opening (document);
  drop_error (document);
  document->opening = g_steal_pointer (&kept);
  /* Maps of the old image must not keep the new one waiting. */
  pause_panes (document, true);
  document->open_job =
    sac_worker_push (document->worker, &sac_work_open,
                     g_strdup (document->opening), document, on_opened);
  g_signal_emit (document, signals[SOURCE], 0);
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

char *
sac_document_dup_title (SacDocument *document)
{
  if (document->source == NULL)
    return g_strdup (_ ("Saccade"));

  const char *path = sac_source_get_path (document->source);

  if (g_str_equal (path, SAC_DEMO_DERMOSCOPY))
    return g_strdup (_ ("Demo: drawn skin lesion"));
  if (g_str_equal (path, SAC_DEMO_SLIDE))
    return g_strdup (_ ("Demo: drawn slide"));
  return g_filename_display_basename (path);
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

SacTiles *
sac_document_get_tiles (SacDocument *document)
{
  return document->tiles;
}

SacComparison *
sac_document_get_comparison (SacDocument *document)
{
  return document->comparison;
}

guint
sac_document_get_pane_count (SacDocument *document)
{
  return PANE_COUNT;
}

SacPaneState *
sac_document_get_pane (SacDocument *document, guint index)
{
  return document->panes[index];
}

void
sac_document_swap_panes (SacDocument *document)
{
  SacChoice left, right;

  sac_choice_copy (sac_pane_state_get_choice (document->panes[0]), &left);
  sac_choice_copy (sac_pane_state_get_choice (document->panes[1]), &right);
  sac_pane_state_set_choice (document->panes[0], &right);
  sac_pane_state_set_choice (document->panes[1], &left);
  sac_choice_clear (&left);
  sac_choice_clear (&right);
}

bool
sac_document_get_scale (SacDocument *document,
                        SacPaneState *pane,
                        SacScale *ret_scale,
                        bool *ret_alone)
{
  SacScaleMode mode = sac_pane_state_get_display (pane)->scale_mode;
  const SacMap *maps[PANE_COUNT];
  size_t count = 0;

  maps[count++] = sac_pane_state_get_map (pane);
  *ret_alone = false;
  if (maps[0] == NULL)
    return false;
  for (guint i = 0; mode == SAC_SCALE_SHARED && i < PANE_COUNT; i++) {
    const SacMap *map = sac_pane_state_get_map (document->panes[i]);

    if (document->panes[i] != pane && map != NULL)
      maps[count++] = map;
  }
  if (count > 1 && !sac_scale_can_share (maps, count)) {
    *ret_alone = true;
    count = 1;
  }
  *ret_scale = sac_scale_new (mode, maps, count);
  return true;
}

/* A signed scale needs colours whose middle is zero, any other must not have
 * them; within that the reader's choice counts. */
static const SacColorMap *
choose_colors (bool is_signed, const SacColorMap *wanted)
{
  const SacColorMap *const *all = sac_color_maps_get_all ();

  if (wanted != NULL && wanted->diverging == is_signed)
    return wanted;
  while ((*all)->diverging != is_signed)
    all++;
  return *all;
}

bool
sac_document_get_layer (SacDocument *document,
                        SacPaneState *pane,
                        SacMapLayer *ret_layer)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);
  bool alone;

  *ret_layer = (SacMapLayer){
    .map = sac_pane_state_get_map (pane),
    .opacity = display->is_hidden ? 0 : display->opacity,
    .smooth = display->smooth,
    .fade = true,
  };
  if (!sac_document_get_scale (document, pane, &ret_layer->scale, &alone))
    return false;
  ret_layer->colors =
    choose_colors (ret_layer->scale.is_signed, display->colors);
  return true;
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

  for (guint i = 0; i < PANE_COUNT && document->source != NULL; i++) {
    SacLoaded *loaded = sac_pane_state_get_loaded (document->panes[i]);

    if (loaded == NULL || !sac_focus_applies (loaded->model, document->source))
      continue;
    any = true;
    sac_pane_state_set_focus (document->panes[i],
                              focus != NULL ? focus : &nowhere);
  }
  return any;
}

void
sac_document_stop (SacDocument *document)
{
  if (document->opening != NULL) {
    cancel_opening (document);
    pause_panes (document, false);
    g_signal_emit (document, signals[SOURCE], 0);
  }
  for (guint i = 0; i < PANE_COUNT; i++)
    sac_pane_state_stop (document->panes[i]);
}

bool
sac_document_is_busy (SacDocument *document)
{
  bool busy = document->opening != NULL;

  for (guint i = 0; i < PANE_COUNT; i++)
    busy |= sac_pane_state_is_busy (document->panes[i]);
  return busy;
}

static void
on_saved (gpointer owner, gpointer result, const GError *error)
{
  SacDocument *document = owner;
  g_autofree char *path = g_steal_pointer (&document->saving);

  g_free (result);
  g_clear_pointer (&document->save_job, sac_job_unref);
  g_signal_emit (document, signals[SAVED], 0, path, error);
}

/* The texts are new; the map is the pane's. */
static bool
fill_side (SacDocument *document, SacPaneState *pane, SacFigureSide *ret_side)
{
  const SacChoice *choice = sac_pane_state_get_map_choice (pane);
  SacMap *map = sac_pane_state_get_map (pane);
  const SacPrediction *head;
  size_t index;

  if (map == NULL || sac_pane_state_is_stale (pane) ||
      !sac_pane_state_get_class (pane, &head, &index))
    return false;

  JsonObject *provenance = map->provenance;

  *ret_side = (SacFigureSide){
    .map = map,
    .model_name = sac_model_get_name (sac_pane_state_get_loaded (pane)->model),
    .method_label = sac_method_find (choice->method)->label,
    .class_name = sac_prediction_class_name (head, index),
    .probability = head->probabilities[index],
    .layer =
      json_object_get_string_member_with_default (provenance, "layer", NULL),
  };
  return true;
}

bool
sac_document_save_figure (SacDocument *document, const char *path)
{
  SacFigure figure = {.source = document->source};
  SacMapLayer layer;
  const GError *reason;
  bool ready = document->save_job == NULL && document->source != NULL &&
               fill_side (document, document->panes[0], &figure.left) &&
               fill_side (document, document->panes[1], &figure.right);

  if (ready) {
    const SacDisplay *display = sac_pane_state_get_display (document->panes[0]);
    g_autofree char *title = sac_document_dup_title (document);

    sac_document_get_layer (document, document->panes[0], &layer);
    figure.title = title;
    figure.agreement = sac_comparison_get (document->comparison, &reason);
    figure.scale_mode = display->scale_mode;
    figure.colors = layer.colors;
    figure.opacity = display->opacity;
    figure.smooth = display->smooth;
    document->saving = g_strdup (path);
    document->save_job =
      sac_worker_push (document->worker, &sac_work_figure,
                       sac_figure_request_new (path, &figure), document,
                       on_saved);
  }
  g_free ((char *)figure.left.class_name);
  g_free ((char *)figure.right.class_name);
  return ready;
}

static void
on_pane_changed (SacDocument *document)
{
  g_signal_emit (document, signals[MAPS], 0);
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
  for (guint i = 0; i < PANE_COUNT; i++) {
    document->panes[i] = sac_pane_state_new (worker, document->library);
    g_signal_connect_object (document->panes[i], "result",
                             G_CALLBACK (on_pane_changed), document,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document->panes[i], "display",
                             G_CALLBACK (on_pane_changed), document,
                             G_CONNECT_SWAPPED);
  }
  document->comparison =
    sac_comparison_new (worker, document->panes[0], document->panes[1]);
  return document;
}

void
sac_document_shut_down (SacDocument *document)
{
  cancel_opening (document);
  if (document->save_job != NULL)
    sac_job_cancel (document->save_job);
  sac_comparison_shut_down (document->comparison);
  for (guint i = 0; i < PANE_COUNT; i++)
    sac_pane_state_shut_down (document->panes[i]);
  sac_tiles_shut_down (document->tiles);
}

static void
sac_document_finalize (GObject *object)
{
  SacDocument *document = SAC_DOCUMENT (object);

  sac_document_shut_down (document);
  for (guint i = 0; i < PANE_COUNT; i++)
    g_object_unref (document->panes[i]);
  g_object_unref (document->comparison);
  g_object_unref (document->library);
  g_object_unref (document->viewport);
  g_object_unref (document->tiles);
  g_clear_pointer (&document->source, sac_source_unref);
  g_clear_pointer (&document->save_job, sac_job_unref);
  g_free (document->saving);
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
  document->tiles = sac_tiles_new ();
  g_signal_connect_object (document->viewport, "changed",
                           G_CALLBACK (on_viewport_changed), document,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document->tiles, "arrived",
                           G_CALLBACK (on_tiles_arrived), document,
                           G_CONNECT_SWAPPED);
}
