/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a document is called, and figures of it. */
#include "document-parts.h"
#include "pane-run.h"
#include "scene/annotated.h"

#include <glib/gi18n.h>
#include <math.h>

/* Untranslated; NULL: it has the file's name. */
static const char *
get_title (SacDocument *document, bool hides_name)
{
  if (document->source == NULL)
    return N_ ("Saccade");

  const char *path = sac_source_get_path (document->source);

  if (g_str_equal (path, SAC_DEMO_DERMOSCOPY))
    return N_ ("Demo: drawn skin lesion");
  if (g_str_equal (path, SAC_DEMO_SLIDE))
    return N_ ("Demo: drawn slide");
  return hides_name ? N_ ("Image") : NULL;
}

char *
sac_document_dup_title (SacDocument *document)
{
  const char *title = get_title (document, document->hides_name);

  return title != NULL ? g_strdup (_ (title))
                       : g_filename_display_basename (
                           sac_source_get_path (document->source));
}

char *
sac_document_dup_figure_title (SacDocument *document)
{
  const char *title = get_title (document, document->hides_name_in_figures);

  return title != NULL ? g_strdup (title)
                       : g_filename_display_basename (
                           sac_source_get_path (document->source));
}

static void
on_saved (gpointer owner, gpointer result, const GError *error)
{
  SacDocument *document = owner;
  g_autofree char *path = g_steal_pointer (&document->saving);

  g_free (result);
  g_clear_pointer (&document->save_job, sac_job_unref);
  sac_document_emit_saved (document, path, error);
}

/* Maps and names stay the stack's. */
static void
fill_over (SacDocument *document, SacMapStack *stack, SacFigureSide *side)
{
  guint count = sac_map_stack_get_count (stack);
  SacFigureLayer *over = g_new0 (SacFigureLayer, count);

  side->over = over;
  for (guint i = 0; i < count; i++) {
    const SacStackedMap *item = sac_map_stack_get (stack, i);

    if (item->is_visible)
      over[side->over_count++] = (SacFigureLayer){
        .layer = sac_document_layer_of_stacked (item),
        .name = document->hides_name_in_figures ? NULL : item->name,
      };
  }
}

static void
fill_looks (SacDocument *document, SacPaneState *pane, SacFigureSide *side)
{
  bool alone;

  fill_over (document, sac_pane_state_get_stack (pane), side);

  side->has_contour = sac_pane_state_get_display (pane)->has_contour;
  side->has_scale =
    sac_document_get_scale (document, pane, &side->scale, &alone);
  sac_document_get_contour (document, pane, &side->contour);
}

static SacFigureSide
describe_run (const SacRunMap *run)
{
  return (SacFigureSide){
    .map = run->map,
    .model_name = run->model,
    .method_label = run->method_label,
    .class_name = g_strdup (run->class_name),
    .probability = NAN,
  };
}

/* The texts are new; the map is the pane's. */
static bool
fill_side (SacDocument *document, SacPaneState *pane, SacFigureSide *ret_side)
{
  if (pane == NULL)
    return false;

  const SacChoice *choice = sac_pane_state_get_map_choice (pane);
  SacMap *map = sac_pane_state_get_map (pane);
  const SacPrediction *head;
  size_t index;

  if (map != NULL && sac_pane_state_get_run (pane) != NULL) {
    *ret_side = describe_run (sac_pane_state_get_run (pane));
    fill_looks (document, pane, ret_side);
    return true;
  }
  if (map == NULL || sac_pane_state_is_stale (pane) ||
      !sac_pane_state_get_class (pane, &head, &index))
    return false;

  JsonObject *provenance = map->provenance;

  *ret_side = (SacFigureSide){
    .map = map,
    .model_name = sac_model_get_name (sac_pane_state_get_loaded (pane)->model),
    .method_label = sac_method_find (choice->method)->label,
    .settings = sac_choice_dup_changes_in_english (choice),
    .class_name = sac_prediction_class_name (head, index),
    .probability = head->probabilities[index],
    .layer =
      json_object_get_string_member_with_default (provenance, "layer", NULL),
  };
  fill_looks (document, pane, ret_side);
  return true;
}

static void
clear_side (SacFigureSide *side)
{
  g_free ((char *)side->class_name);
  g_free ((char *)side->settings);
  g_free ((SacFigureLayer *)side->over);
}

void
sac_document_set_mask_class (SacDocument *document, const char *name)
{
  char *copy = g_strdup (name);

  g_free (document->mask_class);
  document->mask_class = copy;
}

const char *
sac_document_get_mask_class (SacDocument *document)
{
  return document->mask_class;
}

/* Borrows from the document. */
static SacFigureMask
describe_mask (SacDocument *document)
{
  const SacAnnotations *set = sac_markup_get_set (document->markup);
  SacFigureMask mask = {
    .set = set,
    .class_index = sac_annotated_find_class (set, document->mask_class),
    .file = !sac_annotation_history_is_changed (
              sac_markup_get_history (document->markup))
              ? sac_markup_files_get_path (document->markup_files)
              : NULL,
  };

  if (set->items->len == 0 || !sac_markup_is_shown (document->markup))
    return (SacFigureMask){0};
  return mask;
}

static void
push_figure (SacDocument *document,
             SacPaneState *pane,
             SacFigure *figure,
             const char *path)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);
  g_autofree char *title = sac_document_dup_figure_title (document);
  SacMapLayer layer;

  sac_document_get_layer (document, pane, &layer);
  figure->title = title;
  figure->is_nameless = document->hides_name_in_figures;
  figure->source = document->source;
  figure->scale_mode = display->scale_mode;
  figure->colors = layer.colors;
  figure->opacity = display->opacity;
  figure->smooth = display->smooth;
  figure->tone = sac_image_look_get_tone (document->look);
  figure->mask = describe_mask (document);
  document->saving = g_strdup (path);
  document->save_job =
    sac_worker_push (document->worker, &sac_work_figure,
                     sac_figure_request_new (path, figure), document, on_saved);
}

bool
sac_document_save_figure (SacDocument *document, const char *path)
{
  SacFigure figure = {0};
  const GError *reason;
  SacPaneState *a = sac_pane_set_get_compared (document->panes, 0);
  SacPaneState *b = sac_pane_set_get_compared (document->panes, 1);
  bool ready = document->save_job == NULL && document->source != NULL &&
               fill_side (document, a, &figure.left) &&
               fill_side (document, b, &figure.right);

  if (ready) {
    figure.agreement = sac_comparison_get (document->comparison, &reason);
    figure.shows_disagreement =
      sac_comparison_is_outlined (document->comparison);
    figure.top_share = sac_compare_view_get_share (document->compare_view);
    push_figure (document, a, &figure, path);
  }
  clear_side (&figure.left);
  clear_side (&figure.right);
  return ready;
}

bool
sac_document_save_pane (SacDocument *document,
                        SacPaneState *pane,
                        const SacRect *region,
                        const char *path)
{
  SacFigure figure = {.region = region};
  bool ready = document->save_job == NULL && document->source != NULL &&
               fill_side (document, pane, &figure.left);

  if (ready)
    push_figure (document, pane, &figure, path);
  clear_side (&figure.left);
  return ready;
}
