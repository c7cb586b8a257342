/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "comparison.h"

struct _SacComparison {
  GObject parent_instance;
  SacWorker *worker;
  SacPaneState *panes[2];
  SacJob *job;
  SacMap *maps[2]; /* what the answer, given or awaited, is about */
  SacAgreement *agreement;
  GError *reason; /* why there is none */
};

G_DEFINE_FINAL_TYPE (SacComparison, sac_comparison, G_TYPE_OBJECT)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
forget (SacComparison *comparison)
{
  if (comparison->job != NULL)
    sac_job_cancel (comparison->job);
  g_clear_pointer (&comparison->job, sac_job_unref);
  g_clear_pointer (&comparison->maps[0], sac_map_unref);
  g_clear_pointer (&comparison->maps[1], sac_map_unref);
  g_clear_pointer (&comparison->agreement, g_free);
  g_clear_error (&comparison->reason);
}

static void
on_compared (gpointer owner, gpointer result, const GError *error)
{
  SacComparison *comparison = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&comparison->job, sac_job_unref);
  comparison->agreement = result;
  if (error != NULL)
    comparison->reason = g_error_copy (error);
  g_signal_emit (comparison, signals[CHANGED], 0);
}

static void
on_result (SacComparison *comparison)
{
  SacMap *left = sac_pane_state_get_map (comparison->panes[0]);
  SacMap *right = sac_pane_state_get_map (comparison->panes[1]);

  if (left == comparison->maps[0] && right == comparison->maps[1])
    return;
  forget (comparison);
  if (left != NULL)
    comparison->maps[0] = sac_map_ref (left);
  if (right != NULL)
    comparison->maps[1] = sac_map_ref (right);
  if (left != NULL && right != NULL)
    comparison->job = sac_worker_push (comparison->worker, &sac_work_compare,
                                       sac_compare_request_new (left, right),
                                       comparison, on_compared);
  g_signal_emit (comparison, signals[CHANGED], 0);
}

static void
on_asked (SacComparison *comparison)
{
  g_signal_emit (comparison, signals[CHANGED], 0);
}

SacComparison *
sac_comparison_new (SacWorker *worker, SacPaneState *left, SacPaneState *right)
{
  SacComparison *comparison = g_object_new (SAC_TYPE_COMPARISON, NULL);

  comparison->worker = worker;
  comparison->panes[0] = g_object_ref (left);
  comparison->panes[1] = g_object_ref (right);
  for (int i = 0; i < 2; i++) {
    g_signal_connect_object (comparison->panes[i], "result",
                             G_CALLBACK (on_result), comparison,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (comparison->panes[i], "asked",
                             G_CALLBACK (on_asked), comparison,
                             G_CONNECT_SWAPPED);
  }
  return comparison;
}

void
sac_comparison_shut_down (SacComparison *comparison)
{
  forget (comparison);
}

const SacAgreement *
sac_comparison_get (SacComparison *comparison, const GError **ret_reason)
{
  *ret_reason = comparison->reason;
  return comparison->agreement;
}

static char *
dup_class_id (SacPaneState *pane)
{
  const SacPrediction *head;
  size_t index;

  if (!sac_pane_state_get_class (pane, &head, &index))
    return NULL;
  return sac_prediction_class_id (head, index);
}

bool
sac_comparison_classes_match (SacComparison *comparison)
{
  g_autofree char *left = dup_class_id (comparison->panes[0]);
  g_autofree char *right = dup_class_id (comparison->panes[1]);

  return left == NULL || right == NULL || g_str_equal (left, right);
}

bool
sac_comparison_match_classes (SacComparison *comparison)
{
  g_autofree char *id = dup_class_id (comparison->panes[0]);
  SacFindings *findings = sac_pane_state_get_findings (comparison->panes[1]);

  if (id == NULL || findings == NULL)
    return false;
  for (size_t i = 0; i < findings->predictions->head_count; i++) {
    const SacPrediction *head = &findings->predictions->heads[i];

    for (size_t k = 0; k < head->info->label_count; k++) {
      if (g_str_equal (head->info->labels[k].id, id)) {
        sac_pane_state_set_class (comparison->panes[1], i, id);
        return true;
      }
    }
  }
  return false;
}

static void
sac_comparison_finalize (GObject *object)
{
  SacComparison *comparison = SAC_COMPARISON (object);

  forget (comparison);
  g_object_unref (comparison->panes[0]);
  g_object_unref (comparison->panes[1]);
  G_OBJECT_CLASS (sac_comparison_parent_class)->finalize (object);
}

static void
sac_comparison_class_init (SacComparisonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_comparison_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_COMPARISON, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_comparison_init (SacComparison *comparison)
{
}
