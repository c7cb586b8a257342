/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/loop.h"

#include "base/pool.h"

typedef struct {
  SacChunkFunc func;
  const void *work;
  const SacJob *job;
} Loop;

/* Of the loop whose chunk this thread runs; NULL: it is not watched. */
static _Thread_local const SacJob *current;

bool
sac_loop_goes_on (void)
{
  return current == NULL || !sac_job_is_cancelled (current);
}

static void
run_chunk (size_t index, void *data)
{
  const Loop *loop = data;
  const SacJob *outer = current;

  current = loop->job;
  if (sac_loop_goes_on ())
    loop->func (loop->work, index);
  current = outer;
}

bool
sac_loop_run (size_t chunks,
              SacChunkFunc func,
              const void *work,
              const SacJob *job)
{
  Loop loop = {func, work, job};

  sac_pool_run (chunks, run_chunk, &loop);
  return job == NULL || !sac_job_is_cancelled (job);
}
