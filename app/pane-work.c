/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a pane comes by its results: load, predict, explain; each step only when
 * its own input changed. */
#include "pane-state-parts.h"

/* A pause in changing, before work starts: long enough to pass over the entries
 * of a menu, short enough not to be felt. */
#define SETTLE_MS 40

static void advance (SacPaneState *pane);

bool
sac_pane_work_has_map (SacPaneState *pane)
{
  return pane->map != NULL && pane->map_findings == pane->findings &&
         sac_choice_equal (&pane->map_choice, &pane->choice);
}

static bool
focus_is (const SacFocus *a, const SacFocus *b)
{
  return a->is_set == b->is_set &&
         (!a->is_set || (a->x == b->x && a->y == b->y));
}

static bool
pair_is (SacPaneState *pane, const SacFindings *findings)
{
  if (pane->pair.other == NULL || !sac_pair_applies (pane->loaded->model))
    return findings->other == NULL;
  return findings->other == pane->pair.other &&
         findings->input == pane->pair.is_second;
}

/* findings answer what the pane would ask. */
static bool
fits (SacPaneState *pane, const SacFindings *findings)
{
  return findings != NULL && findings->loaded == pane->loaded &&
         findings->source == pane->source && pair_is (pane, findings) &&
         focus_is (&findings->focus, &pane->focus);
}

static bool
findings_are_current (SacPaneState *pane)
{
  return fits (pane, pane->findings);
}

/* Takes what a peer has predicted.  Returns: true when a peer is about to, and
 * will tell. */
static bool
ask_peers (SacPaneState *pane)
{
  bool is_coming = false;

  for (guint i = 0; i < pane->peer_count; i++) {
    SacPaneState *peer = pane->peers[i];

    if (peer == pane)
      continue;
    if (fits (pane, peer->findings)) {
      g_clear_pointer (&pane->findings, sac_findings_unref);
      pane->findings = sac_findings_ref (peer->findings);
      return false;
    }
    is_coming |= peer->stage == SAC_STAGE_PREDICTING &&
                 peer->loaded == pane->loaded && peer->source == pane->source &&
                 focus_is (&peer->focus, &pane->focus);
  }
  return is_coming;
}

/* What they wait for has come, or never will. */
static void
tell_peers (SacPaneState *pane)
{
  for (guint i = 0; i < pane->peer_count; i++) {
    if (pane->peers[i] != pane)
      advance (pane->peers[i]);
  }
}

/* What was unfinished is said no longer. */
static void
drop_partial (SacPaneState *pane)
{
  if (pane->partials != NULL)
    sac_partials_close (pane->partials);
  g_clear_pointer (&pane->partials, sac_partials_unref);
  g_clear_pointer (&pane->partial, sac_map_unref);
}

static void
on_partial (gpointer owner, gpointer map, double share)
{
  SacPaneState *pane = owner;

  g_clear_pointer (&pane->partial, sac_map_unref);
  pane->partial = map;
  pane->partial_share = share;
  sac_pane_state_emit (pane, SAC_PANE_DISPLAY);
}

static void
start (SacPaneState *pane,
       SacStage stage,
       const SacWork *work,
       gpointer request,
       SacWorkDone done)
{
  pane->stage = stage;
  pane->job = sac_worker_push (pane->worker, work, request, pane, done);
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

/* Returns: false when the answer is of no use any more. */
static bool
take_answer (SacPaneState *pane, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return false;

  SacStage stage = pane->stage;

  drop_partial (pane);
  g_clear_pointer (&pane->job, sac_job_unref);
  pane->stage = SAC_STAGE_REST;
  if (error == NULL)
    return true;
  /* What an earlier model or place gave is not what was asked for. */
  if (stage != SAC_STAGE_EXPLAINING) {
    g_clear_pointer (&pane->findings, sac_findings_unref);
    sac_pane_work_drop_map (pane);
  }
  pane->error = g_error_copy (error);
  pane->error_stage = stage;
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
  tell_peers (pane);
  return false;
}

static bool
knows_class (SacPaneState *pane, const char *class_id)
{
  const SacManifest *manifest = sac_model_get_manifest (pane->loaded->model);
  const SacManifestOutput *output = pane->choice.output < manifest->output_count
                                      ? &manifest->outputs[pane->choice.output]
                                      : NULL;

  for (size_t i = 0; output != NULL && i < output->label_count; i++)
    if (g_str_equal (output->labels[i].id, class_id))
      return true;
  return false;
}

static void
forget_unknown_class (SacPaneState *pane)
{
  SacChoice *choice = &pane->choice;
  bool forgets_against =
    choice->against != NULL && !knows_class (pane, choice->against);
  bool forgets_class =
    choice->class_id != NULL && !knows_class (pane, choice->class_id);

  if (forgets_against)
    g_clear_pointer (&choice->against, g_free);
  if (forgets_class) {
    choice->output = 0;
    g_clear_pointer (&choice->class_id, g_free);
  }
  if (forgets_against || forgets_class)
    sac_pane_state_emit (pane, SAC_PANE_ASKED);
}

static void
use_loaded (SacPaneState *pane, SacLoaded *loaded)
{
  if (pane->loaded == loaded)
    return;
  g_clear_pointer (&pane->loaded, sac_loaded_unref);
  pane->loaded = sac_loaded_ref (loaded);
  forget_unknown_class (pane);
}

static void
on_loaded (gpointer owner, gpointer result, const GError *error)
{
  SacPaneState *pane = owner;
  g_autoptr (SacLoaded) loaded = result;

  if (!take_answer (pane, error))
    return;
  sac_library_keep (pane->library, pane->choice.model, loaded);
  advance (pane);
}

static void
on_predicted (gpointer owner, gpointer result, const GError *error)
{
  SacPaneState *pane = owner;
  g_autoptr (SacFindings) findings = result;

  if (!take_answer (pane, error))
    return;
  g_clear_pointer (&pane->findings, sac_findings_unref);
  pane->findings = g_steal_pointer (&findings);
  advance (pane);
  tell_peers (pane);
}

void
sac_pane_work_drop_map (SacPaneState *pane)
{
  g_clear_pointer (&pane->map, sac_map_unref);
  g_clear_pointer (&pane->map_findings, sac_findings_unref);
  sac_choice_clear (&pane->map_choice);
}

static void
on_explained (gpointer owner, gpointer result, const GError *error)
{
  SacPaneState *pane = owner;

  if (!take_answer (pane, error))
    return;
  sac_pane_work_drop_map (pane);
  pane->map = result;
  pane->map_findings = sac_findings_ref (pane->findings);
  sac_choice_copy (&pane->choice, &pane->map_choice);
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

static void
explain (SacPaneState *pane)
{
  pane->partials =
    sac_partials_new (pane, on_partial, (GDestroyNotify)sac_map_unref);
  start (pane, SAC_STAGE_EXPLAINING, &sac_work_explain,
         sac_map_request_new (pane->findings, &pane->choice, pane->partials),
         on_explained);
}

/* Starts the first step whose result is missing or no longer fits. */
static void
advance (SacPaneState *pane)
{
  const char *id = pane->choice.model;

  if (pane->source == NULL || id == NULL || pane->job != NULL ||
      pane->run != NULL || pane->error != NULL || pane->paused || pane->stopped)
    return;

  SacLoaded *loaded = sac_library_get_loaded (pane->library, id);

  if (loaded == NULL) {
    start (pane, SAC_STAGE_LOADING, &sac_work_load, g_strdup (id), on_loaded);
    return;
  }
  use_loaded (pane, loaded);

  bool is_coming = !findings_are_current (pane) && ask_peers (pane);

  pane->waiting = is_coming;
  if (is_coming)
    return;
  if (!findings_are_current (pane))
    start (pane, SAC_STAGE_PREDICTING, &sac_work_predict,
           sac_predict_request_new (loaded, pane->source, &pane->focus,
                                    &pane->pair),
           on_predicted);
  else if (!sac_pane_work_has_map (pane))
    explain (pane);
  else
    sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

static gboolean
on_settled (gpointer data)
{
  SacPaneState *pane = data;

  pane->settle_timer = 0;
  advance (pane);
  /* What failed in the meantime said that more was to come. */
  if (pane->error != NULL)
    sac_pane_state_emit (pane, SAC_PANE_RESULT);
  return G_SOURCE_REMOVE;
}

void
sac_pane_work_cancel (SacPaneState *pane)
{
  bool was_predicting = pane->stage == SAC_STAGE_PREDICTING;

  pane->waiting = false;
  if (pane->job == NULL)
    return;
  sac_job_cancel (pane->job);
  drop_partial (pane);
  g_clear_pointer (&pane->job, sac_job_unref);
  pane->stage = SAC_STAGE_REST;
  if (was_predicting)
    tell_peers (pane);
}

void
sac_pane_work_invalidate (SacPaneState *pane, SacStage from)
{
  pane->waiting = false;
  if (pane->job != NULL && pane->stage >= from)
    sac_pane_work_cancel (pane);
  if (pane->error != NULL)
    sac_pane_work_drop_map (pane);
  g_clear_error (&pane->error);
  pane->stopped = false;
  if (pane->settle_timer == 0 && pane->run == NULL)
    pane->settle_timer = g_timeout_add_full (G_PRIORITY_DEFAULT, SETTLE_MS,
                                             on_settled, pane, NULL);
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

SacStage
sac_pane_state_get_stage (SacPaneState *pane)
{
  return pane->stage;
}

bool
sac_pane_state_is_busy (SacPaneState *pane)
{
  return pane->source != NULL &&
         (pane->job != NULL || pane->waiting || pane->settle_timer != 0);
}

double
sac_pane_state_get_progress (SacPaneState *pane)
{
  return pane->job != NULL ? sac_job_get_progress (pane->job) : 0;
}

void
sac_pane_state_set_paused (SacPaneState *pane, bool paused)
{
  if (pane->paused == paused)
    return;
  pane->paused = paused;
  sac_pane_work_cancel (pane);
  advance (pane);
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

void
sac_pane_state_stop (SacPaneState *pane)
{
  if (!sac_pane_state_is_busy (pane))
    return;
  g_clear_handle_id (&pane->settle_timer, g_source_remove);
  sac_pane_work_cancel (pane);
  pane->stopped = true;
  sac_pane_state_emit (pane, SAC_PANE_RESULT);
}

bool
sac_pane_state_is_stopped (SacPaneState *pane)
{
  return pane->stopped;
}

void
sac_pane_state_retry (SacPaneState *pane)
{
  sac_pane_work_invalidate (pane, SAC_STAGE_LOADING);
}
