/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/job-rest.h"

#include <stdatomic.h>

/* How long work that stands still may not notice that it need not. */
#define REST_MICROSECONDS (10 * G_TIME_SPAN_MILLISECOND)

struct SacJob {
  gatomicrefcount ref_count;
  GCancellable *cancellable;
  atomic_bool cancelled;
  _Atomic gint64 held, held_until;
  _Atomic double progress;
  _Atomic double span_from;
  _Atomic double span_to;
};

SacJob *
sac_job_new (GCancellable *cancellable)
{
  SacJob *job = g_new0 (SacJob, 1);

  g_atomic_ref_count_init (&job->ref_count);
  if (cancellable != NULL)
    job->cancellable = g_object_ref (cancellable);
  atomic_init (&job->span_to, 1.0);
  return job;
}

SacJob *
sac_job_ref (SacJob *job)
{
  g_atomic_ref_count_inc (&job->ref_count);
  return job;
}

void
sac_job_unref (SacJob *job)
{
  if (job == NULL || !g_atomic_ref_count_dec (&job->ref_count))
    return;
  g_clear_object (&job->cancellable);
  g_free (job);
}

void
sac_job_cancel (SacJob *job)
{
  atomic_store (&job->cancelled, true);
}

bool
sac_job_is_cancelled (const SacJob *job)
{
  if (job == NULL)
    return false;
  if (atomic_load (&job->cancelled))
    return true;
  return job->cancellable != NULL &&
         g_cancellable_is_cancelled (job->cancellable);
}

bool
sac_job_check (const SacJob *job, GError **error)
{
  if (!sac_job_is_cancelled (job))
    return true;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return false;
}

void
sac_job_hold (SacJob *job, gint64 until)
{
  gint64 before = atomic_load (&job->held_until);
  gint64 from = MAX (before, g_get_monotonic_time ());

  if (until <= from)
    return;
  atomic_fetch_add (&job->held, until - from);
  atomic_store (&job->held_until, until);
}

gint64
sac_job_get_held (const SacJob *job)
{
  if (job == NULL)
    return 0;

  gint64 ahead = atomic_load (&job->held_until) - g_get_monotonic_time ();

  return atomic_load (&job->held) - MAX (0, ahead);
}

void
sac_job_rest (const SacJob *job)
{
  gint64 left;

  while (job != NULL && atomic_load (&job->held_until) != 0 &&
         (left = atomic_load (&job->held_until) - g_get_monotonic_time ()) >
           0 &&
         !sac_job_is_cancelled (job))
    g_usleep ((gulong)MIN (left, REST_MICROSECONDS));
}

void
sac_job_set_progress (SacJob *job, double fraction)
{
  if (job == NULL)
    return;

  double from = atomic_load (&job->span_from);
  double to = atomic_load (&job->span_to);

  atomic_store (&job->progress, from + (to - from) * CLAMP (fraction, 0, 1));
}

double
sac_job_get_progress (const SacJob *job)
{
  return job != NULL ? atomic_load (&job->progress) : 0.0;
}

void
sac_job_set_span (SacJob *job, double from, double to)
{
  if (job == NULL)
    return;
  g_assert (0.0 <= from && from <= to && to <= 1.0);
  atomic_store (&job->span_from, from);
  atomic_store (&job->span_to, to);
  atomic_store (&job->progress, from);
}
