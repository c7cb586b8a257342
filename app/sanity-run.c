/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "sanity-run.h"

#include "class-names.h"
#include "work-checks.h"

#define KEY "sac-sanity-run"

struct _SacSanityRun {
  GObject parent_instance;
  SacDocument *document; /* borrowed: it owns this */
  SacWorker *worker;
  GHashTable *entries; /* char *, see dup_key -> SacSanityEntry */
  char *key;           /* what is checked; NULL: nothing */
  SacSanityEntry *entry;
  SacJob *job;
  SacPartials *partials;
  GHashTable *settings; /* NULL: the defaults */
};

G_DEFINE_FINAL_TYPE (SacSanityRun, sac_sanity_run, G_TYPE_OBJECT)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
entry_free (gpointer data)
{
  SacSanityEntry *entry = data;

  if (entry == NULL)
    return;
  g_free (entry->image);
  g_free (entry->class_name);
  sac_sanity_report_free (entry->report);
  g_clear_error (&entry->error);
  g_free (entry);
}

SacSanityRun *
sac_sanity_run_of (SacDocument *document)
{
  SacSanityRun *run = g_object_get_data (G_OBJECT (document), KEY);

  if (run != NULL)
    return run;
  run = g_object_new (SAC_TYPE_SANITY_RUN, NULL);
  run->document = document;
  g_object_set_data_full (G_OBJECT (document), KEY, run, g_object_unref);
  return run;
}

/* "seeds=5 ", in the order of the table.  Returns: a new string. */
static char *
dup_settings (const SacSanityRun *run)
{
  GString *text = g_string_new (NULL);

  for (const SacMethodParam *param = sac_sanity_settings.params;
       run->settings != NULL && param->name != NULL; param++) {
    const char *value = g_hash_table_lookup (run->settings, param->name);

    if (value != NULL)
      g_string_append_printf (text, "%s=%s ", param->name, value);
  }
  return g_string_free (text, FALSE);
}

/* Model, method and all that is set of it and of the check; not the class, not
 * the image.  Returns: a new string; NULL where there is no map. */
static char *
dup_key (const SacSanityRun *run, SacPaneState *pane)
{
  const SacChoice *choice = sac_pane_state_get_map (pane) != NULL
                              ? sac_pane_state_get_map_choice (pane)
                              : NULL;

  if (choice == NULL || sac_pane_state_is_stale (pane))
    return NULL;

  g_autofree char *changes = sac_choice_dup_changes (choice);
  g_autofree char *settings = dup_settings (run);

  return g_strdup_printf ("%s\n%s\n%s\n%s\n%d %d\n%s", choice->model,
                          choice->method, changes != NULL ? changes : "",
                          choice->layer != NULL ? choice->layer : "",
                          choice->head_mode, choice->head, settings);
}

static void
changed (SacSanityRun *run)
{
  g_signal_emit (run, signals[CHANGED], 0);
}

static void
drop_job (SacSanityRun *run)
{
  if (run->partials != NULL)
    sac_partials_close (run->partials);
  g_clear_pointer (&run->partials, sac_partials_unref);
  g_clear_pointer (&run->job, sac_job_unref);
  g_clear_pointer (&run->entry, entry_free);
  g_clear_pointer (&run->key, g_free);
}

static void
take_report (SacSanityRun *run, SacSanityReport *report)
{
  sac_sanity_report_free (run->entry->report);
  run->entry->report = report;
}

static void
on_partial (gpointer owner, gpointer result, double share)
{
  take_report (owner, result);
  changed (owner);
}

static void
on_checked (gpointer owner, gpointer result, const GError *error)
{
  SacSanityRun *run = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  take_report (run, result);
  run->entry->error = error != NULL ? g_error_copy (error) : NULL;
  g_hash_table_insert (run->entries, g_steal_pointer (&run->key),
                       g_steal_pointer (&run->entry));
  drop_job (run);
  sac_sanity_run_start (run);
  changed (run);
}

static void
begin (SacSanityRun *run, SacPaneState *pane, char *key)
{
  const SacPrediction *head;
  size_t index;

  run->key = key;
  run->entry = g_new0 (SacSanityEntry, 1);
  run->entry->image = sac_document_dup_title (run->document);
  if (sac_pane_state_get_class (pane, &head, &index))
    run->entry->class_name = sac_class_name_dup (head, index);
  if (run->worker == NULL)
    run->worker = sac_worker_new ();
  run->partials =
    sac_partials_new (run, on_partial, (GDestroyNotify)sac_sanity_report_free);
  run->job =
    sac_worker_push (run->worker, &sac_work_sanity,
                     sac_check_request_new (sac_pane_state_get_findings (pane),
                                            sac_pane_state_get_map_choice (
                                              pane),
                                            NULL, run->settings, run->partials),
                     run, on_checked);
  changed (run);
}

void
sac_sanity_run_set_settings (SacSanityRun *run, GHashTable *settings)
{
  sac_sanity_run_cancel (run);
  g_clear_pointer (&run->settings, g_hash_table_unref);
  run->settings = settings != NULL ? g_hash_table_ref (settings) : NULL;
  changed (run);
}

void
sac_sanity_run_start (SacSanityRun *run)
{
  for (guint i = 0;
       run->job == NULL && i < sac_document_get_pane_count (run->document);
       i++) {
    SacPaneState *pane = sac_document_get_pane (run->document, i);
    char *key = dup_key (run, pane);

    if (key != NULL && !g_hash_table_contains (run->entries, key))
      begin (run, pane, key);
    else
      g_free (key);
  }
}

void
sac_sanity_run_cancel (SacSanityRun *run)
{
  if (run->job == NULL)
    return;
  sac_job_cancel (run->job);
  drop_job (run);
  changed (run);
}

bool
sac_sanity_run_is_busy (SacSanityRun *run)
{
  return run->job != NULL;
}

bool
sac_sanity_run_is_checking (SacSanityRun *run,
                            SacPaneState *pane,
                            double *ret_share)
{
  g_autofree char *key = dup_key (run, pane);

  if (run->job == NULL || g_strcmp0 (key, run->key) != 0)
    return false;
  *ret_share = sac_job_get_progress (run->job);
  return true;
}

const SacSanityEntry *
sac_sanity_run_get (SacSanityRun *run, SacPaneState *pane)
{
  g_autofree char *key = dup_key (run, pane);

  if (run->job != NULL && g_strcmp0 (key, run->key) == 0)
    return run->entry;
  return key != NULL ? g_hash_table_lookup (run->entries, key) : NULL;
}

void
sac_sanity_run_shut_down (SacSanityRun *run)
{
  if (run->job != NULL)
    sac_job_cancel (run->job);
  drop_job (run);
  g_clear_pointer (&run->worker, sac_worker_free);
}

static void
sac_sanity_run_finalize (GObject *object)
{
  SacSanityRun *run = SAC_SANITY_RUN (object);

  sac_sanity_run_shut_down (run);
  g_hash_table_unref (run->entries);
  g_clear_pointer (&run->settings, g_hash_table_unref);
  G_OBJECT_CLASS (sac_sanity_run_parent_class)->finalize (object);
}

static void
sac_sanity_run_class_init (SacSanityRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_sanity_run_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_SANITY_RUN, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_sanity_run_init (SacSanityRun *run)
{
  run->entries =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
}
