/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "comparison.h"

struct _SacComparison {
  GObject parent_instance;
  SacWorker *worker;
  SacPaneState *panes[2]; /* NULL: none */
  SacJob *job;
  SacMap *maps[2]; /* what the answer, given or awaited, is about */
  SacCompared *compared;
  double share;
  bool is_outlined;
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
  g_clear_pointer (&comparison->compared, sac_compared_free);
  g_clear_error (&comparison->reason);
}

static void
on_compared (gpointer owner, gpointer result, const GError *error)
{
  SacComparison *comparison = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&comparison->job, sac_job_unref);
  g_clear_pointer (&comparison->compared, sac_compared_free);
  comparison->compared = result;
  if (error != NULL)
    comparison->reason = g_error_copy (error);
  g_signal_emit (comparison, signals[CHANGED], 0);
}

static SacMap *
get_map (SacComparison *comparison, int which)
{
  SacPaneState *pane = comparison->panes[which];

  return pane != NULL ? sac_pane_state_get_map (pane) : NULL;
}

static void
on_result (SacComparison *comparison)
{
  SacMap *left = get_map (comparison, 0);
  SacMap *right = get_map (comparison, 1);

  if (left == comparison->maps[0] && right == comparison->maps[1])
    return;
  forget (comparison);
  if (left != NULL)
    comparison->maps[0] = sac_map_ref (left);
  if (right != NULL)
    comparison->maps[1] = sac_map_ref (right);
  if (left != NULL && right != NULL)
    comparison->job =
      sac_worker_push (comparison->worker, &sac_work_compare,
                       sac_compare_request_new (left, right, comparison->share),
                       comparison, on_compared);
  g_signal_emit (comparison, signals[CHANGED], 0);
}

static void
on_asked (SacComparison *comparison)
{
  g_signal_emit (comparison, signals[CHANGED], 0);
}

SacComparison *
sac_comparison_new (SacWorker *worker)
{
  SacComparison *comparison = g_object_new (SAC_TYPE_COMPARISON, NULL);

  comparison->worker = worker;
  return comparison;
}

static void
drop_pane (SacComparison *comparison, int which)
{
  if (comparison->panes[which] != NULL)
    g_signal_handlers_disconnect_by_data (comparison->panes[which], comparison);
  g_clear_object (&comparison->panes[which]);
}

void
sac_comparison_set_panes (SacComparison *comparison,
                          SacPaneState *a,
                          SacPaneState *b)
{
  SacPaneState *panes[] = {a, b};

  for (int i = 0; i < 2; i++) {
    drop_pane (comparison, i);
    if (panes[i] == NULL)
      continue;
    comparison->panes[i] = g_object_ref (panes[i]);
    g_signal_connect_swapped (panes[i], "result", G_CALLBACK (on_result),
                              comparison);
    g_signal_connect_swapped (panes[i], "asked", G_CALLBACK (on_asked),
                              comparison);
  }
  on_result (comparison);
  on_asked (comparison);
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
  return comparison->compared != NULL ? &comparison->compared->agreement : NULL;
}

SacMap *
sac_comparison_get_difference (SacComparison *comparison)
{
  return comparison->compared != NULL ? comparison->compared->difference : NULL;
}

const SacOverlap *
sac_comparison_get_overlap (SacComparison *comparison)
{
  const SacDisagreement *disagreement =
    sac_comparison_get_disagreement (comparison);

  return disagreement != NULL ? disagreement->overlap : NULL;
}

const SacDisagreement *
sac_comparison_get_disagreement (SacComparison *comparison)
{
  return comparison->compared != NULL ? comparison->compared->disagreement
                                      : NULL;
}

void
sac_comparison_set_outlined (SacComparison *comparison, bool is_outlined)
{
  if (comparison->is_outlined == is_outlined)
    return;
  comparison->is_outlined = is_outlined;
  g_signal_emit (comparison, signals[CHANGED], 0);
}

bool
sac_comparison_is_outlined (SacComparison *comparison)
{
  return comparison->is_outlined;
}

/* What is known stays until the new answer comes. */
void
sac_comparison_set_share (SacComparison *comparison, double share)
{
  if (comparison->share == share)
    return;
  comparison->share = share;
  if (comparison->maps[0] == NULL || comparison->maps[1] == NULL)
    return;
  if (comparison->job != NULL)
    sac_job_cancel (comparison->job);
  g_clear_pointer (&comparison->job, sac_job_unref);
  comparison->job =
    sac_worker_push (comparison->worker, &sac_work_compare,
                     sac_compare_request_new (comparison->maps[0],
                                              comparison->maps[1], share),
                     comparison, on_compared);
}

static char *
dup_class_id (SacPaneState *pane)
{
  const SacPrediction *head;
  size_t index;

  if (pane == NULL || !sac_pane_state_get_class (pane, &head, &index))
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

static void
sac_comparison_finalize (GObject *object)
{
  SacComparison *comparison = SAC_COMPARISON (object);

  forget (comparison);
  drop_pane (comparison, 0);
  drop_pane (comparison, 1);
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
  comparison->share = 0.1;
}
