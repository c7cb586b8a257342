/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "faithfulness-run.h"

#include "pane-badge.h"
#include "work-checks.h"

struct _SacFaithfulnessRun {
  GObject parent_instance;
  SacDocument *document;
  SacWorker *worker;
  GPtrArray *entries; /* of SacFaithfulnessEntry */
  guint at;           /* the one that is measured */
  SacJob *job;        /* NULL: none is */
  SacPartials *partials;
  GHashTable *settings; /* NULL: the defaults */
  bool has_others;      /* than those that entries were measured with */
};

G_DEFINE_FINAL_TYPE (SacFaithfulnessRun, sac_faithfulness_run, G_TYPE_OBJECT)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
entry_free (gpointer data)
{
  SacFaithfulnessEntry *entry = data;

  g_free (entry->title);
  g_free (entry->score);
  sac_map_unref (entry->map);
  sac_faithfulness_report_free (entry->report);
  g_clear_error (&entry->error);
  g_free (entry);
}

SacFaithfulnessRun *
sac_faithfulness_run_new (SacDocument *document)
{
  SacFaithfulnessRun *run = g_object_new (SAC_TYPE_FAITHFULNESS_RUN, NULL);

  run->document = g_object_ref (document);
  return run;
}

static SacFaithfulnessEntry *
get_entry (SacFaithfulnessRun *run, guint index)
{
  return g_ptr_array_index (run->entries, index);
}

static void
changed (SacFaithfulnessRun *run)
{
  g_signal_emit (run, signals[CHANGED], 0);
}

static void
take_report (SacFaithfulnessRun *run, SacFaithfulnessReport *report)
{
  SacFaithfulnessEntry *entry = get_entry (run, run->at);

  sac_faithfulness_report_free (entry->report);
  entry->report = report;
  changed (run);
}

static void
on_partial (gpointer owner, gpointer result, double share)
{
  take_report (owner, result);
}

static void
end_job (SacFaithfulnessRun *run)
{
  if (run->partials != NULL)
    sac_partials_close (run->partials);
  g_clear_pointer (&run->partials, sac_partials_unref);
  g_clear_pointer (&run->job, sac_job_unref);
}

static void measure_next (SacFaithfulnessRun *run);

static void
on_measured (gpointer owner, gpointer result, const GError *error)
{
  SacFaithfulnessRun *run = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end_job (run);
  if (error != NULL)
    get_entry (run, run->at)->error = g_error_copy (error);
  else
    take_report (run, result);
  run->at++;
  measure_next (run);
}

static void
measure_next (SacFaithfulnessRun *run)
{
  for (; run->at < run->entries->len; run->at++) {
    SacFaithfulnessEntry *entry = get_entry (run, run->at);
    SacPaneState *pane = sac_document_get_pane (run->document, entry->pane);
    SacFindings *findings = sac_pane_state_get_findings (pane);

    /* It asks for another by now. */
    if (sac_pane_state_get_map (pane) != entry->map || findings == NULL)
      continue;
    if (run->worker == NULL)
      run->worker = sac_worker_new ();
    run->partials =
      sac_partials_new (run, on_partial,
                        (GDestroyNotify)sac_faithfulness_report_free);
    run->job =
      sac_worker_push (run->worker, &sac_work_faithfulness,
                       sac_check_request_new (findings,
                                              sac_pane_state_get_map_choice (
                                                pane),
                                              entry->map, run->settings,
                                              run->partials),
                       run, on_measured);
    break;
  }
  changed (run);
}

static void
append_entry (SacFaithfulnessRun *run, guint index)
{
  SacPaneState *pane = sac_document_get_pane (run->document, index);
  SacMap *map = sac_pane_state_get_map (pane);

  /* A run's map is of a whole slide: no one score is behind it. */
  if (map == NULL || sac_pane_state_is_stale (pane) ||
      sac_pane_state_get_map_choice (pane) == NULL)
    return;

  SacFaithfulnessEntry *entry = g_new0 (SacFaithfulnessEntry, 1);

  entry->pane = index;
  entry->letter = sac_pane_badge_get_letter (run->document, pane);
  entry->map = sac_map_ref (map);
  entry->title = sac_choice_dup_title (sac_pane_state_get_map_choice (pane));
  entry->score = g_strdup (
    json_object_get_string_member_with_default (map->provenance, "score", ""));
  g_ptr_array_add (run->entries, entry);
}

void
sac_faithfulness_run_set_settings (SacFaithfulnessRun *run,
                                   GHashTable *settings)
{
  sac_faithfulness_run_cancel (run);
  g_clear_pointer (&run->settings, g_hash_table_unref);
  run->settings = settings != NULL ? g_hash_table_ref (settings) : NULL;
  run->has_others = true;
  changed (run);
}

void
sac_faithfulness_run_start (SacFaithfulnessRun *run)
{
  sac_faithfulness_run_cancel (run);
  run->has_others = false;
  g_ptr_array_set_size (run->entries, 0);
  for (guint i = 0; i < sac_document_get_pane_count (run->document); i++)
    append_entry (run, i);
  run->at = 0;
  measure_next (run);
}

void
sac_faithfulness_run_cancel (SacFaithfulnessRun *run)
{
  if (run->job == NULL)
    return;
  sac_job_cancel (run->job);
  end_job (run);
  changed (run);
}

bool
sac_faithfulness_run_is_busy (SacFaithfulnessRun *run)
{
  return run->job != NULL;
}

double
sac_faithfulness_run_get_progress (SacFaithfulnessRun *run)
{
  return run->job != NULL ? (run->at + sac_job_get_progress (run->job)) /
                              MAX (run->entries->len, 1)
                          : 1;
}

guint
sac_faithfulness_run_get_count (SacFaithfulnessRun *run)
{
  return run->entries->len;
}

const SacFaithfulnessEntry *
sac_faithfulness_run_get (SacFaithfulnessRun *run, guint index)
{
  return get_entry (run, index);
}

bool
sac_faithfulness_run_is_old (SacFaithfulnessRun *run)
{
  if (run->has_others)
    return true;
  for (guint i = 0; i < run->entries->len; i++) {
    SacFaithfulnessEntry *entry = get_entry (run, i);

    if (entry->pane >= sac_document_get_pane_count (run->document) ||
        sac_pane_state_get_map (
          sac_document_get_pane (run->document, entry->pane)) != entry->map)
      return true;
  }
  return false;
}

void
sac_faithfulness_run_shut_down (SacFaithfulnessRun *run)
{
  if (run->job != NULL)
    sac_job_cancel (run->job);
  end_job (run);
  g_clear_pointer (&run->worker, sac_worker_free);
}

static void
sac_faithfulness_run_finalize (GObject *object)
{
  SacFaithfulnessRun *run = SAC_FAITHFULNESS_RUN (object);

  sac_faithfulness_run_shut_down (run);
  g_ptr_array_unref (run->entries);
  g_clear_pointer (&run->settings, g_hash_table_unref);
  g_object_unref (run->document);
  G_OBJECT_CLASS (sac_faithfulness_run_parent_class)->finalize (object);
}

static void
sac_faithfulness_run_class_init (SacFaithfulnessRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_faithfulness_run_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_FAITHFULNESS_RUN, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_faithfulness_run_init (SacFaithfulnessRun *run)
{
  run->entries = g_ptr_array_new_with_free_func (entry_free);
}
