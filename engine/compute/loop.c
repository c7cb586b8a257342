/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/loop.h"

#include "base/pool.h"

typedef struct {
  SacChunkFunc func;
  const void *work;
  const SacJob *job;
} Loop;

static void
run_chunk (size_t index, void *data)
{
  const Loop *loop = data;

  if (loop->job == NULL || !sac_job_is_cancelled (loop->job))
    loop->func (loop->work, index);
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
