/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Loops that are cancelled: the chunks that are left are not begun, and one
 * that is running is told. */
#include "base/pool.h"
#include "compute/loop.h"

#include <glib.h>

#define CHUNKS 100

typedef struct {
  SacJob *job;
  int begun;  /* atomic */
  bool inner; /* what a loop inside is told that nobody watches */
} Work;

static void
tell (const void *work, size_t index)
{
  ((Work *)work)->inner = sac_loop_goes_on ();
}

static void
cancel_third (const void *data, size_t index)
{
  Work *work = (Work *)data;

  g_atomic_int_inc (&work->begun);
  if (index != 2)
    return;
  g_assert_true (sac_loop_goes_on ());
  sac_job_cancel (work->job);
  g_assert_false (sac_loop_goes_on ());
  g_assert_true (sac_loop_run (1, tell, work, NULL));
  g_assert_false (sac_loop_goes_on ());
}

static void
test_cancelled (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  Work work = {.job = job};

  sac_pool_set_threads (1);
  g_assert_false (sac_loop_run (CHUNKS, cancel_third, &work, job));
  g_assert_cmpint (work.begun, ==, 3);
  g_assert_true (work.inner);
  g_assert_true (sac_loop_goes_on ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/cancelled", test_cancelled);
  return g_test_run ();
}
