/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* bench-cancel MODEL THREADS COUNT: how long a run of a 224 x 224 image network
 * goes on after it was cancelled, at COUNT moments spread over its length. */
#include "base/pool.h"
#include "network/plan.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
  SacPlan *plan;
  const SacTensor *const *inputs;
  SacJob *job;
  gint64 end; /* microseconds */
} Runner;

static void *
run (void *data)
{
  Runner *runner = data;
  g_autoptr (SacResult) result =
    sac_plan_run (runner->plan, &(SacRunParams){.inputs = runner->inputs},
                  runner->job, NULL);

  runner->end = g_get_monotonic_time ();
  return NULL;
}

/* Cancelled `after` microseconds; negative: not at all.  Returns: how long the
 * run went on, in microseconds. */
static gint64
measure (Runner *runner, gint64 after)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  gint64 from = g_get_monotonic_time ();

  runner->job = job;

  GThread *thread = g_thread_new ("run", run, runner);

  if (after >= 0) {
    g_usleep ((gulong)after);
    from = g_get_monotonic_time ();
    sac_job_cancel (job);
  }
  g_thread_join (thread);
  return runner->end - from;
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

static void
report (Runner *runner, int count, GRand *random)
{
  g_autofree gint64 *late = g_new (gint64, count);

  measure (runner, -1); /* packs the weights */

  gint64 whole = measure (runner, -1);

  for (int i = 0; i < count; i++)
    late[i] =
      MAX (0,
           measure (runner, (gint64)(g_rand_double (random) * (double)whole)));
  qsort (late, (size_t)count, sizeof *late, compare);
  printf ("run %.1f ms; after cancelling: median %.2f, p95 %.2f, longest %.2f "
          "ms\n",
          (double)whole / 1e3, (double)late[count / 2] / 1e3,
          (double)late[count * 95 / 100] / 1e3, (double)late[count - 1] / 1e3);
}

int
main (int argc, char **argv)
{
  if (argc != 4) {
    fprintf (stderr, "usage: bench-cancel MODEL THREADS COUNT\n");
    return 2;
  }

  const SacShape shape = sac_shape_of (1, 3, 224, 224);
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (SacNetwork) network = sac_network_load (argv[1], NULL, &error);
  g_autoptr (SacTensor) image = sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);
  g_autoptr (SacPlan) plan =
    network != NULL
      ? sac_plan_new (network, &(SacPlanRequest){.input_shapes = &shape}, NULL,
                      &error)
      : NULL;

  if (plan == NULL) {
    fprintf (stderr, "bench-cancel: %s\n", error->message);
    return 1;
  }
  for (int64_t i = 0; i < sac_tensor_get_count (image); i++)
    sac_tensor_f32 (image)[i] = (float)(i % 255) / 127.5f - 1.0f;
  sac_pool_set_threads ((size_t)atoi (argv[2]));

  const SacTensor *inputs[] = {image};
  Runner runner = {.plan = plan, .inputs = inputs};

  report (&runner, MAX (1, atoi (argv[3])), random);
  return 0;
}
