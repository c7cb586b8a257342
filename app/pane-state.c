/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-state.h"

/* A pause in changing, before work starts: long enough to pass over the entries
 * of a menu, short enough not to be felt. */
#define SETTLE_MS 40

/* Results form a chain, each made from the one before:
 *   choice.model -> loaded -> findings -> map
 * `from` of invalidate names the first stage whose input changed: work on it or
 * on a later one is cancelled.  A result is used while it matches its input,
 * compared by identity (see advance). */
struct _SacPaneState {
  GObject parent_instance;
  SacWorker *worker;
  SacLibrary *library;
  SacSource *source;
  SacFocus focus;
  SacChoice choice;
  SacDisplay display;
  SacMapStack *stack;
  SacPaneState *const *peers; /* borrowed */
  guint peer_count;

  SacStage stage;
  SacJob *job; /* non-NULL exactly when stage is not REST */
  guint settle_timer;
  bool waiting; /* for a peer to predict */
  bool paused;
  bool stopped;
  GError *error;
  SacStage error_stage;

  SacLoaded *loaded;
  SacFindings *findings;
  SacMap *map;
  SacChoice map_choice;
  SacFindings *map_findings;
};

G_DEFINE_FINAL_TYPE (SacPaneState, sac_pane_state, G_TYPE_OBJECT)

enum { ASKED, DISPLAY, RESULT, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void advance (SacPaneState *pane);

static bool
map_is_current (SacPaneState *pane)
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

/* findings answer what the pane would ask. */
static bool
fits (SacPaneState *pane, const SacFindings *findings)
{
  return findings != NULL && findings->loaded == pane->loaded &&
         findings->source == pane->source &&
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

static void
start (SacPaneState *pane,
       SacStage stage,
       const SacWork *work,
       gpointer request,
       SacWorkDone done)
{
  pane->stage = stage;
  pane->job = sac_worker_push (pane->worker, work, request, pane, done);
  g_signal_emit (pane, signals[RESULT], 0);
}

/* Returns: false when the answer is of no use any more. */
static bool
take_answer (SacPaneState *pane, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return false;

  SacStage stage = pane->stage;

  g_clear_pointer (&pane->job, sac_job_unref);
  pane->stage = SAC_STAGE_REST;
  if (error == NULL)
    return true;
  pane->error = g_error_copy (error);
  pane->error_stage = stage;
  g_signal_emit (pane, signals[RESULT], 0);
  tell_peers (pane);
  return false;
}

static void
forget_unknown_class (SacPaneState *pane)
{
  const SacManifest *manifest = sac_model_get_manifest (pane->loaded->model);
  SacChoice *choice = &pane->choice;

  if (choice->class_id == NULL)
    return;
  if (choice->output < manifest->output_count) {
    const SacManifestOutput *output = &manifest->outputs[choice->output];

    for (size_t i = 0; i < output->label_count; i++) {
      if (g_str_equal (output->labels[i].id, choice->class_id))
        return;
    }
  }
  choice->output = 0;
  g_clear_pointer (&choice->class_id, g_free);
  g_signal_emit (pane, signals[ASKED], 0);
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

static void
drop_map (SacPaneState *pane)
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
  drop_map (pane);
  pane->map = result;
  pane->map_findings = sac_findings_ref (pane->findings);
  sac_choice_copy (&pane->choice, &pane->map_choice);
  g_signal_emit (pane, signals[RESULT], 0);
}

/* Starts the first step whose result is missing or no longer fits. */
static void
advance (SacPaneState *pane)
{
  const char *id = pane->choice.model;

  if (pane->source == NULL || id == NULL || pane->job != NULL ||
      pane->error != NULL || pane->paused || pane->stopped)
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
           sac_predict_request_new (loaded, pane->source, &pane->focus),
           on_predicted);
  else if (!map_is_current (pane))
    start (pane, SAC_STAGE_EXPLAINING, &sac_work_explain,
           sac_map_request_new (pane->findings, &pane->choice), on_explained);
  else
    g_signal_emit (pane, signals[RESULT], 0);
}

static gboolean
on_settled (gpointer data)
{
  SacPaneState *pane = data;

  pane->settle_timer = 0;
  advance (pane);
  return G_SOURCE_REMOVE;
}

static void
cancel_job (SacPaneState *pane)
{
  bool was_predicting = pane->stage == SAC_STAGE_PREDICTING;

  pane->waiting = false;
  if (pane->job == NULL)
    return;
  sac_job_cancel (pane->job);
  g_clear_pointer (&pane->job, sac_job_unref);
  pane->stage = SAC_STAGE_REST;
  if (was_predicting)
    tell_peers (pane);
}

static void
invalidate (SacPaneState *pane, SacStage from)
{
  pane->waiting = false;
  if (pane->job != NULL && pane->stage >= from)
    cancel_job (pane);
  if (pane->error != NULL)
    drop_map (pane);
  g_clear_error (&pane->error);
  pane->stopped = false;
  if (pane->settle_timer == 0)
    pane->settle_timer = g_timeout_add_full (G_PRIORITY_DEFAULT, SETTLE_MS,
                                             on_settled, pane, NULL);
  g_signal_emit (pane, signals[RESULT], 0);
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
  sac_map_stack_clear (pane->stack);
  drop_map (pane);
  g_clear_pointer (&pane->findings, sac_findings_unref);
  invalidate (pane, SAC_STAGE_PREDICTING);
}

void
sac_pane_state_set_focus (SacPaneState *pane, const SacFocus *focus)
{
  pane->focus = *focus;
  invalidate (pane, SAC_STAGE_PREDICTING);
}

const SacChoice *
sac_pane_state_get_choice (SacPaneState *pane)
{
  return &pane->choice;
}

static void
asked (SacPaneState *pane, SacStage from)
{
  g_signal_emit (pane, signals[ASKED], 0);
  invalidate (pane, from);
}

void
sac_pane_state_set_choice (SacPaneState *pane, const SacChoice *choice)
{
  SacChoice copy;

  if (sac_choice_equal (&pane->choice, choice))
    return;
  sac_choice_copy (choice, &copy);
  sac_choice_clear (&pane->choice);
  pane->choice = copy;
  asked (pane, SAC_STAGE_LOADING);
}

void
sac_pane_state_set_model (SacPaneState *pane, const char *id)
{
  if (g_strcmp0 (pane->choice.model, id) == 0)
    return;
  g_free (pane->choice.model);
  pane->choice.model = g_strdup (id);
  g_clear_pointer (&pane->choice.layer, g_free);
  pane->choice.head_mode = SAC_HEAD_MEAN;
  asked (pane, SAC_STAGE_LOADING);
}

void
sac_pane_state_set_method (SacPaneState *pane, const char *name)
{
  if (g_strcmp0 (pane->choice.method, name) == 0)
    return;
  g_free (pane->choice.method);
  pane->choice.method = g_strdup (name);
  g_clear_pointer (&pane->choice.layer, g_free);
  asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_class (SacPaneState *pane,
                          size_t output,
                          const char *class_id)
{
  if (pane->choice.output == output &&
      g_strcmp0 (pane->choice.class_id, class_id) == 0)
    return;
  g_free (pane->choice.class_id);
  pane->choice.output = output;
  pane->choice.class_id = g_strdup (class_id);
  asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_layer (SacPaneState *pane, const char *value)
{
  if (g_strcmp0 (pane->choice.layer, value) == 0)
    return;
  g_free (pane->choice.layer);
  pane->choice.layer = g_strdup (value);
  asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_head (SacPaneState *pane, SacHeadMode mode, int head)
{
  if (pane->choice.head_mode == mode && pane->choice.head == head)
    return;
  pane->choice.head_mode = mode;
  pane->choice.head = head;
  asked (pane, SAC_STAGE_EXPLAINING);
}

const SacDisplay *
sac_pane_state_get_display (SacPaneState *pane)
{
  return &pane->display;
}

void
sac_pane_state_set_display (SacPaneState *pane, const SacDisplay *display)
{
  pane->display = *display;
  g_signal_emit (pane, signals[DISPLAY], 0);
}

static void
on_stack_changed (SacPaneState *pane)
{
  g_signal_emit (pane, signals[DISPLAY], 0);
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
  cancel_job (pane);
  advance (pane);
  g_signal_emit (pane, signals[RESULT], 0);
}

void
sac_pane_state_stop (SacPaneState *pane)
{
  if (!sac_pane_state_is_busy (pane))
    return;
  g_clear_handle_id (&pane->settle_timer, g_source_remove);
  cancel_job (pane);
  pane->stopped = true;
  g_signal_emit (pane, signals[RESULT], 0);
}

bool
sac_pane_state_is_stopped (SacPaneState *pane)
{
  return pane->stopped;
}

void
sac_pane_state_retry (SacPaneState *pane)
{
  invalidate (pane, SAC_STAGE_LOADING);
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
  return pane->error == NULL ? pane->map : NULL;
}

const SacChoice *
sac_pane_state_get_map_choice (SacPaneState *pane)
{
  return pane->map != NULL ? &pane->map_choice : NULL;
}

bool
sac_pane_state_is_stale (SacPaneState *pane)
{
  return pane->map != NULL && !map_is_current (pane);
}

const GError *
sac_pane_state_get_error (SacPaneState *pane, SacStage *ret_stage)
{
  if (pane->error != NULL && ret_stage != NULL)
    *ret_stage = pane->error_stage;
  return pane->error;
}

void
sac_pane_state_shut_down (SacPaneState *pane)
{
  cancel_job (pane);
  g_clear_handle_id (&pane->settle_timer, g_source_remove);
  g_clear_pointer (&pane->source, sac_source_unref);
}

static void
sac_pane_state_finalize (GObject *object)
{
  SacPaneState *pane = SAC_PANE_STATE (object);

  sac_pane_state_shut_down (pane);
  drop_map (pane);
  sac_findings_unref (pane->findings);
  sac_loaded_unref (pane->loaded);
  sac_choice_clear (&pane->choice);
  g_clear_error (&pane->error);
  g_object_unref (pane->library);
  g_object_unref (pane->stack);
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
  signals[ASKED] = new_signal ("asked");
  signals[DISPLAY] = new_signal ("display");
  signals[RESULT] = new_signal ("result");
}

static void
sac_pane_state_init (SacPaneState *pane)
{
  pane->display.opacity = 0.6;
  pane->stack = sac_map_stack_new ();
  g_signal_connect_object (pane->stack, "changed",
                           G_CALLBACK (on_stack_changed), pane,
                           G_CONNECT_SWAPPED);
}
