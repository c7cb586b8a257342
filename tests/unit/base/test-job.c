/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/job-rest.h"
#include "support.h"

static void
test_null_is_not_watched (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_job_check (NULL, &error));
  g_assert_no_error (error);
  sac_job_set_progress (NULL, 0.5);
  g_assert_cmpfloat (sac_job_get_progress (NULL), ==, 0.0);
}

static void
test_cancel (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_job_check (job, &error));
  sac_job_cancel (job);
  g_assert_true (sac_job_is_cancelled (job));
  g_assert_false (sac_job_check (job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancellable (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SacJob) job = sac_job_new (cancellable);

  g_assert_false (sac_job_is_cancelled (job));
  g_cancellable_cancel (cancellable);
  g_assert_true (sac_job_is_cancelled (job));
}

static void
test_span (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_set_progress (job, 0.25);
  g_assert_cmpfloat (sac_job_get_progress (job), ==, 0.25);
  sac_job_set_span (job, 0.5, 1.0);
  g_assert_cmpfloat (sac_job_get_progress (job), ==, 0.5);
  sac_job_set_progress (job, 0.5);
  g_assert_cmpfloat (sac_job_get_progress (job), ==, 0.75);
  sac_job_set_progress (job, 7.0);
  g_assert_cmpfloat (sac_job_get_progress (job), ==, 1.0);
}

static gpointer
watch (gpointer data)
{
  while (!sac_job_is_cancelled (data))
    g_thread_yield ();
  return GINT_TO_POINTER (sac_job_get_progress (data) >= 0.0);
}

static void
test_two_threads (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  GThread *thread = g_thread_new ("watch", watch, job);

  for (int i = 0; i < 1000; i++)
    sac_job_set_progress (job, i / 1000.0);
  sac_job_cancel (job);
  g_assert_nonnull (g_thread_join (thread));
}

static gpointer
rest (gpointer data)
{
  sac_job_rest (data);
  return GINT_TO_POINTER (1);
}

/* For 30 ms from `ret_now` on; again where the test itself was held up so long
 * that nothing of it was left. */
static SacJob *
new_held (gint64 *ret_now)
{
  for (;;) {
    g_autoptr (SacJob) job = sac_job_new (NULL);

    *ret_now = g_get_monotonic_time ();
    sac_job_hold (job, *ret_now + 20000);
    sac_job_hold (job, *ret_now + 30000);
    sac_job_hold (job, *ret_now + 10000);
    if (g_get_monotonic_time () < *ret_now + 20000)
      return g_steal_pointer (&job);
  }
}

/* Holding longer counts what it adds; a cancelled job stands no more. */
static void
test_hold (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  gint64 now = g_get_monotonic_time ();

  g_assert_cmpint (sac_job_get_held (NULL), ==, 0);
  sac_job_rest (NULL);
  sac_job_rest (job);
  sac_job_hold (job, now - 1);
  g_assert_cmpint (sac_job_get_held (job), ==, 0);
  sac_job_unref (job);
  job = new_held (&now);
  sac_job_rest (job);
  g_assert_cmpint (g_get_monotonic_time (), >=, now + 30000);
  g_assert_cmpint (sac_job_get_held (job), <=, 30000);
  g_assert_cmpint (sac_job_get_held (job), >, 0);

  sac_job_hold (job, G_MAXINT64 / 2);

  GThread *thread = g_thread_new ("rest", rest, job);

  sac_job_cancel (job);
  g_assert_nonnull (g_thread_join (thread));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/null-is-not-watched", test_null_is_not_watched);
  g_test_add_func ("/job/cancel", test_cancel);
  g_test_add_func ("/job/cancellable", test_cancellable);
  g_test_add_func ("/job/span", test_span);
  g_test_add_func ("/job/two-threads", test_two_threads);
  g_test_add_func ("/job/hold", test_hold);
  return g_test_run ();
}
