/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run.h"

#include "base/job-rest.h"
#include "base/json.h"

/* How often a run that works is looked at. */
#define LOOK_MS 100

/* Where processors are few, a run stands still while a reader moves and this
 * long after; one who moves without end has it work for a turn now and then. */
#define PROCESSORS_ENOUGH 4
#define STILL_MICROSECONDS (250 * G_TIME_SPAN_MILLISECOND)
#define STILL_MOST (10 * G_TIME_SPAN_SECOND)
#define TURN_MICROSECONDS (300 * G_TIME_SPAN_MILLISECOND)

struct _SacRun {
  GObject parent_instance;
  SacRunOrder *order;
  SacRunState state;
  SacSlideProgress progress;
  GError *error;
  SacAnnotations *tissue, *area; /* drawn, and not yet written */
  SacSource *source;
  SacRunResult *result;
  GHashTable *wanted; /* char ** of each viewer */

  /* While it works. */
  SacRunLink *link;
  SacJob *job;
  SacRunResult *growing;
  bool is_whole; /* what grows is all there is */
  bool goes_on;  /* resumed before it had stopped */
  gint64 still_begin, still_end, turn_end;
  guint timer;
  void (*done) (gpointer owner, SacRun *run);
  gpointer owner;
};

G_DEFINE_FINAL_TYPE (SacRun, sac_run, G_TYPE_OBJECT)

enum { CHANGED, MAPS, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static const char *const state_names[] = {
  [SAC_RUN_WAITING] = "waiting", [SAC_RUN_WORKING] = "working",
  [SAC_RUN_PAUSED] = "paused",   [SAC_RUN_INTERRUPTED] = "interrupted",
  [SAC_RUN_DONE] = "done",       [SAC_RUN_FAILED] = "failed",
};

SacRun *
sac_run_new (const SacRunOrder *order)
{
  SacRun *run = g_object_new (SAC_TYPE_RUN, NULL);

  run->order = sac_run_order_copy (order);
  return run;
}

static size_t
get_count (JsonObject *object, const char *member)
{
  gint64 count = json_object_get_int_member_with_default (object, member, 0);

  return count > 0 ? (size_t)count : 0;
}

SacRun *
sac_run_new_from_json (JsonObject *object, GError **error)
{
  g_autoptr (SacRunOrder) order = sac_run_order_from_json (object, error);
  const char *state =
    json_object_get_string_member_with_default (object, "state", "");

  if (order == NULL)
    return NULL;

  SacRun *run = sac_run_new (order);

  run->state = SAC_RUN_INTERRUPTED;
  if (g_strcmp0 (state, state_names[SAC_RUN_DONE]) == 0)
    run->state = SAC_RUN_DONE;
  if (g_strcmp0 (state, state_names[SAC_RUN_PAUSED]) == 0)
    run->state = SAC_RUN_PAUSED;
  run->progress.tile_count = get_count (object, "tiles");
  run->progress.done_count =
    MIN (get_count (object, "done"), run->progress.tile_count);
  return run;
}

JsonObject *
sac_run_to_json (SacRun *run)
{
  JsonObject *object = sac_run_order_to_json (run->order);
  SacSlideProgress progress = sac_run_get_progress (run);

  json_object_set_string_member (object, "state", state_names[run->state]);
  json_object_set_int_member (object, "tiles", (gint64)progress.tile_count);
  json_object_set_int_member (object, "done", (gint64)progress.done_count);
  return object;
}

const SacRunOrder *
sac_run_get_order (SacRun *run)
{
  return run->order;
}

SacRunState
sac_run_get_state (SacRun *run)
{
  return run->state;
}

SacRunPhase
sac_run_get_phase (SacRun *run)
{
  return run->link != NULL ? sac_run_link_get_phase (run->link)
                           : SAC_RUN_PHASE_OPENING;
}

/* Until tiles are laid out, what was known before. */
SacSlideProgress
sac_run_get_progress (SacRun *run)
{
  if (run->link != NULL) {
    SacSlideProgress progress = sac_run_link_get_progress (run->link);

    if (progress.tile_count > 0)
      run->progress = progress;
  }
  return run->progress;
}

const GError *
sac_run_get_error (SacRun *run)
{
  return run->error;
}

double
sac_run_get_share (SacRun *run)
{
  SacSlideProgress progress = sac_run_get_progress (run);

  return progress.tile_count > 0
           ? (double)progress.done_count / (double)progress.tile_count
           : 0;
}

void
sac_run_set_parts (SacRun *run,
                   const SacAnnotations *tissue,
                   const SacAnnotations *area,
                   SacSource *source)
{
  g_clear_pointer (&run->tissue, sac_annotations_free);
  g_clear_pointer (&run->area, sac_annotations_free);
  g_clear_pointer (&run->source, sac_source_unref);
  run->tissue = tissue != NULL ? sac_annotations_copy (tissue) : NULL;
  run->area = area != NULL ? sac_annotations_copy (area) : NULL;
  run->source = source != NULL ? sac_source_ref (source) : NULL;
}

SacRunResult *
sac_run_get_result (SacRun *run)
{
  return run->result;
}

SacRunResult *
sac_run_get_growing (SacRun *run)
{
  return run->growing;
}

/* What all viewers show.  NULL: there is none. */
static char **
dup_wanted (SacRun *run)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer keys;

  if (g_hash_table_size (run->wanted) == 0)
    return NULL;
  g_hash_table_iter_init (&iter, run->wanted);
  while (g_hash_table_iter_next (&iter, NULL, &keys))
    g_strv_builder_addv (builder, keys);
  return g_strv_builder_end (builder);
}

static void
tell_wanted (SacRun *run)
{
  g_auto (GStrv) keys = dup_wanted (run);

  if (run->link != NULL)
    sac_run_link_set_wanted (run->link, keys);
}

void
sac_run_set_wanted (SacRun *run, gconstpointer viewer, char *const *keys)
{
  const char *const *before = g_hash_table_lookup (run->wanted, viewer);

  if (keys == NULL
        ? before == NULL
        : before != NULL && g_strv_equal (before, (const char *const *)keys))
    return;
  if (keys == NULL)
    g_hash_table_remove (run->wanted, viewer);
  else
    g_hash_table_insert (run->wanted, (gpointer)viewer,
                         g_strdupv ((char **)keys));
  tell_wanted (run);
}

bool
sac_run_is_whole (SacRun *run)
{
  return run->is_whole;
}

static void
set_state (SacRun *run, SacRunState state)
{
  run->state = state;
  g_signal_emit (run, signals[CHANGED], 0);
}

void
sac_run_set_waiting (SacRun *run)
{
  g_clear_error (&run->error);
  set_state (run, SAC_RUN_WAITING);
}

static void
take_maps (SacRun *run)
{
  /* Asked first: whatever maps there are then are whole. */
  bool is_whole = sac_run_link_get_phase (run->link) == SAC_RUN_PHASE_FILES;
  SacRunResult *growing = sac_run_link_steal_growing (run->link);

  if (growing == NULL && is_whole == run->is_whole)
    return;
  if (growing != NULL) {
    sac_run_result_unref (run->growing);
    run->growing = growing;
  }
  run->is_whole = is_whole;
  g_signal_emit (run, signals[MAPS], 0);
}

static gboolean
on_look (gpointer data)
{
  SacRun *run = data;

  take_maps (run);
  g_signal_emit (run, signals[CHANGED], 0);
  return G_SOURCE_CONTINUE;
}

static void
end_work (SacRun *run)
{
  sac_run_get_progress (run);
  g_clear_handle_id (&run->timer, g_source_remove);
  g_clear_pointer (&run->job, sac_job_unref);
  g_clear_pointer (&run->link, sac_run_link_unref);
  g_clear_pointer (&run->growing, sac_run_result_unref);
  run->is_whole = false;
}

static void
on_done (gpointer owner, gpointer result, const GError *error)
{
  SacRun *run = owner;
  SacRunState state = SAC_RUN_DONE;

  end_work (run);
  /* They are written: the next time they are read. */
  if (error == NULL) {
    g_clear_pointer (&run->tissue, sac_annotations_free);
    g_clear_pointer (&run->area, sac_annotations_free);
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    state = run->goes_on ? SAC_RUN_WAITING : SAC_RUN_PAUSED;
  } else if (error != NULL) {
    state = SAC_RUN_FAILED;
    run->error = g_error_copy (error);
  } else {
    sac_run_result_unref (run->result);
    run->result = result;
    run->progress = run->result->progress;
  }
  run->goes_on = false;
  set_state (run, state);
  g_signal_emit (run, signals[MAPS], 0);
  run->done (run->owner, run);
}

void
sac_run_start (SacRun *run,
               SacWorker *worker,
               void (*done) (gpointer owner, SacRun *run),
               gpointer owner)
{
  g_return_if_fail (run->job == NULL);
  run->done = done;
  run->owner = owner;
  run->link = sac_run_link_new ();
  tell_wanted (run);
  run->job =
    sac_worker_push (worker, &sac_work_slide_run,
                     sac_run_request_new (run->order, run->tissue, run->area,
                                          run->source, run->link),
                     run, on_done);
  run->timer = g_timeout_add (LOOK_MS, on_look, run);
  set_state (run, SAC_RUN_WORKING);
}

void
sac_run_pause (SacRun *run)
{
  if (run->job != NULL) {
    run->goes_on = false;
    sac_job_cancel (run->job);
    g_signal_emit (run, signals[CHANGED], 0);
  } else if (run->state == SAC_RUN_WAITING) {
    set_state (run, SAC_RUN_PAUSED);
  }
}

bool
sac_run_is_pausing (SacRun *run)
{
  return run->job != NULL && !run->goes_on && sac_job_is_cancelled (run->job);
}

void
sac_run_go_on (SacRun *run)
{
  if (!sac_run_is_pausing (run))
    return;
  run->goes_on = true;
  g_signal_emit (run, signals[CHANGED], 0);
}

void
sac_run_set_view (SacRun *run, const SacRect *view)
{
  if (run->link != NULL)
    sac_run_link_set_view (run->link, view);
}

void
sac_run_give_way (SacRun *run)
{
  gint64 now = g_get_monotonic_time ();

  if (run->job == NULL || g_get_num_processors () >= PROCESSORS_ENOUGH ||
      sac_run_get_progress (run).run_count == 0 || now < run->turn_end)
    return;
  if (now > run->still_end)
    run->still_begin = now;
  if (now - run->still_begin >= STILL_MOST) {
    run->turn_end = run->still_end + TURN_MICROSECONDS;
    return;
  }
  run->still_end = now + STILL_MICROSECONDS;
  sac_job_hold (run->job, run->still_end);
}

static void
sac_run_finalize (GObject *object)
{
  SacRun *run = SAC_RUN (object);

  end_work (run);
  sac_run_set_parts (run, NULL, NULL, NULL);
  sac_run_result_unref (run->result);
  sac_run_order_free (run->order);
  g_hash_table_unref (run->wanted);
  g_clear_error (&run->error);
  G_OBJECT_CLASS (sac_run_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                       NULL, G_TYPE_NONE, 0);
}

static void
sac_run_class_init (SacRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_run_finalize;
  signals[CHANGED] = new_signal ("changed");
  signals[MAPS] = new_signal ("maps");
}

static void
sac_run_init (SacRun *run)
{
  run->wanted =
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_strfreev);
}
