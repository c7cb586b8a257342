/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-state-parts.h"

G_DEFINE_FINAL_TYPE (SacPaneState, sac_pane_state, G_TYPE_OBJECT)

static guint signals[SAC_PANE_SIGNAL_COUNT];

void
sac_pane_state_emit (SacPaneState *pane, SacPaneSignal signal)
{
  g_signal_emit (pane, signals[signal], 0);
}

SacPaneState *
sac_pane_state_new (SacWorker *worker, SacLibrary *library)
{
  SacPaneState *pane = g_object_new (SAC_TYPE_PANE_STATE, NULL);

  pane->worker = worker;
  pane->library = g_object_ref (library);
  return pane;
}

void
sac_pane_state_set_peers (SacPaneState *pane,
                          SacPaneState *const *peers,
                          guint count)
{
  pane->peers = peers;
  pane->peer_count = count;
}

void
sac_pane_state_set_source (SacPaneState *pane, SacSource *source)
{
  if (pane->source == source)
    return;
  g_clear_pointer (&pane->source, sac_source_unref);
  pane->source = source != NULL ? sac_source_ref (source) : NULL;
  pane->focus.is_set = false;
  g_clear_pointer (&pane->run, sac_pane_run_free);
  sac_map_stack_clear (pane->stack);
  sac_pane_work_drop_map (pane);
  g_clear_pointer (&pane->findings, sac_findings_unref);
  sac_pane_work_invalidate (pane, SAC_STAGE_PREDICTING);
}

void
sac_pane_state_set_focus (SacPaneState *pane, const SacFocus *focus)
{
  pane->focus = *focus;
  sac_pane_state_leave_run (pane);
  sac_pane_work_invalidate (pane, SAC_STAGE_PREDICTING);
}

/* The model, where it is loaded, takes two images. */
static bool
takes_pair (SacPaneState *pane)
{
  return pane->loaded != NULL && sac_pair_applies (pane->loaded->model);
}

void
sac_pane_state_set_pair (SacPaneState *pane, const SacPair *pair)
{
  SacSource *old = pane->pair.other;

  pane->pair = *pair;
  if (pair->other != NULL)
    sac_source_ref (pair->other);
  if (old != NULL)
    sac_source_unref (old);
  if (takes_pair (pane))
    sac_pane_work_invalidate (pane, SAC_STAGE_PREDICTING);
}

const SacPair *
sac_pane_state_get_pair (SacPaneState *pane)
{
  return &pane->pair;
}

bool
sac_pane_state_lacks_other (SacPaneState *pane)
{
  return takes_pair (pane) && pane->pair.other == NULL;
}

const SacChoice *
sac_pane_state_get_choice (SacPaneState *pane)
{
  return &pane->choice;
}

void
sac_pane_state_asked (SacPaneState *pane, SacStage from)
{
  sac_pane_state_emit (pane, SAC_PANE_ASKED);
  sac_pane_work_invalidate (pane, from);
}

/* Values of another model or method are other values. */
static void
drop_clip (SacPaneState *pane)
{
  pane->display.is_clipped = false;
}

void
sac_pane_state_set_choice (SacPaneState *pane, const SacChoice *choice)
{
  SacChoice copy;

  sac_pane_state_leave_run (pane);
  if (sac_choice_equal (&pane->choice, choice))
    return;
  sac_choice_copy (choice, &copy);
  if (g_strcmp0 (pane->choice.model, choice->model) != 0 ||
      g_strcmp0 (pane->choice.method, choice->method) != 0)
    drop_clip (pane);
  sac_choice_clear (&pane->choice);
  pane->choice = copy;
  sac_pane_state_asked (pane, SAC_STAGE_LOADING);
}

void
sac_pane_state_set_model (SacPaneState *pane, const char *id)
{
  sac_pane_state_leave_run (pane);
  if (g_strcmp0 (pane->choice.model, id) == 0)
    return;
  g_free (pane->choice.model);
  pane->choice.model = g_strdup (id);
  g_clear_pointer (&pane->choice.layer, g_free);
  pane->choice.head_mode = SAC_HEAD_MEAN;
  sac_pane_settings_forget_token (pane);
  drop_clip (pane);
  sac_pane_state_asked (pane, SAC_STAGE_LOADING);
}

void
sac_pane_state_set_method (SacPaneState *pane, const char *name)
{
  sac_pane_state_leave_run (pane);
  if (g_strcmp0 (pane->choice.method, name) == 0)
    return;
  g_free (pane->choice.method);
  pane->choice.method = g_strdup (name);
  g_clear_pointer (&pane->choice.layer, g_free);
  sac_choice_drop_params (&pane->choice);
  pane->is_picking = false;
  drop_clip (pane);
  sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_class (SacPaneState *pane,
                          size_t output,
                          const char *class_id)
{
  sac_pane_state_leave_run (pane);
  if (pane->choice.output == output &&
      g_strcmp0 (pane->choice.class_id, class_id) == 0)
    return;
  g_free (pane->choice.class_id);
  pane->choice.output = output;
  pane->choice.class_id = g_strdup (class_id);
  sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_layer (SacPaneState *pane, const char *value)
{
  sac_pane_state_leave_run (pane);
  if (g_strcmp0 (pane->choice.layer, value) == 0)
    return;
  g_free (pane->choice.layer);
  pane->choice.layer = g_strdup (value);
  sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_head (SacPaneState *pane, SacHeadMode mode, int head)
{
  sac_pane_state_leave_run (pane);
  if (pane->choice.head_mode == mode && pane->choice.head == head)
    return;
  pane->choice.head_mode = mode;
  pane->choice.head = head;
  sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

const SacDisplay *
sac_pane_state_get_display (SacPaneState *pane)
{
  return &pane->display;
}

void
sac_pane_state_set_display (SacPaneState *pane, const SacDisplay *display)
{
  bool was_rank = pane->display.scale_mode == SAC_SCALE_PERCENTILE;
  bool is_rank = display->scale_mode == SAC_SCALE_PERCENTILE;

  pane->display = *display;
  if (was_rank != is_rank)
    pane->display.is_clipped = false;
  sac_pane_state_emit (pane, SAC_PANE_DISPLAY);
}

static void
on_stack_changed (SacPaneState *pane)
{
  sac_pane_state_emit (pane, SAC_PANE_DISPLAY);
}

SacContourCache *
sac_pane_state_get_contours (SacPaneState *pane)
{
  return &pane->contours;
}

SacMapStack *
sac_pane_state_get_stack (SacPaneState *pane)
{
  return pane->stack;
}

bool
sac_pane_state_add_map (SacPaneState *pane, SacMap *map, const char *name)
{
  if (pane->source == NULL || !map->has_geometry ||
      map->geometry.image_width != sac_source_get_width (pane->source) ||
      map->geometry.image_height != sac_source_get_height (pane->source))
    return false;
  return sac_map_stack_add (pane->stack, map, name);
}

SacLoaded *
sac_pane_state_get_loaded (SacPaneState *pane)
{
  return pane->loaded;
}

SacFindings *
sac_pane_state_get_findings (SacPaneState *pane)
{
  return pane->findings;
}

SacMap *
sac_pane_state_get_map (SacPaneState *pane)
{
  if (pane->run != NULL)
    return pane->run->share >= 1 ? pane->run->map : NULL;
  return pane->error == NULL ? pane->map : NULL;
}

SacMap *
sac_pane_state_get_partial (SacPaneState *pane, double *ret_share)
{
  bool grows = pane->run != NULL && pane->run->share < 1;

  if (ret_share != NULL)
    *ret_share = grows ? pane->run->share : pane->partial_share;
  return grows ? pane->run->map : pane->partial;
}

SacMap *
sac_pane_state_get_shown_map (SacPaneState *pane)
{
  SacMap *partial = sac_pane_state_get_partial (pane, NULL);

  return partial != NULL ? partial : sac_pane_state_get_map (pane);
}

const SacChoice *
sac_pane_state_get_map_choice (SacPaneState *pane)
{
  return pane->map != NULL && pane->run == NULL ? &pane->map_choice : NULL;
}

bool
sac_pane_state_is_stale (SacPaneState *pane)
{
  return pane->map != NULL && pane->run == NULL &&
         !sac_pane_work_has_map (pane);
}

const GError *
sac_pane_state_get_error (SacPaneState *pane, SacStage *ret_stage)
{
  if (pane->run != NULL)
    return NULL;
  if (pane->error != NULL && ret_stage != NULL)
    *ret_stage = pane->error_stage;
  return pane->error;
}

void
sac_pane_state_shut_down (SacPaneState *pane)
{
  sac_pane_work_cancel (pane);
  g_clear_handle_id (&pane->settle_timer, g_source_remove);
  g_clear_pointer (&pane->source, sac_source_unref);
  g_clear_pointer (&pane->pair.other, sac_source_unref);
}

static void
sac_pane_state_finalize (GObject *object)
{
  SacPaneState *pane = SAC_PANE_STATE (object);

  sac_pane_state_shut_down (pane);
  sac_pane_work_drop_map (pane);
  sac_pane_run_free (pane->run);
  sac_findings_unref (pane->findings);
  sac_loaded_unref (pane->loaded);
  sac_choice_clear (&pane->choice);
  g_clear_error (&pane->error);
  g_object_unref (pane->library);
  g_object_unref (pane->stack);
  sac_contour_cache_clear (&pane->contours);
  G_OBJECT_CLASS (sac_pane_state_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_PANE_STATE, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_pane_state_class_init (SacPaneStateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_pane_state_finalize;
  signals[SAC_PANE_ASKED] = new_signal ("asked");
  signals[SAC_PANE_DISPLAY] = new_signal ("display");
  signals[SAC_PANE_RESULT] = new_signal ("result");
}

static void
sac_pane_state_init (SacPaneState *pane)
{
  pane->display.opacity = 0.6;
  pane->display.contour = 0.5;
  pane->stack = sac_map_stack_new ();
  g_signal_connect_object (pane->stack, "changed",
                           G_CALLBACK (on_stack_changed), pane,
                           G_CONNECT_SWAPPED);
}
