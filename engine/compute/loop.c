/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/loop.h"

#include "base/pool.h"

typedef struct {
  SacChunkFunc func;
  const void *work;
  const SacJob *job;
  bool float32;
} Loop;

/* Of the loop whose chunk this thread runs; NULL: it is not watched. */
static _Thread_local const SacJob *current;
static _Thread_local bool is_float32;

bool
sac_loop_set_float32 (bool float32)
{
  bool before = is_float32;

  is_float32 = float32;
  return before;
}

bool
sac_loop_is_float32 (void)
{
  return is_float32;
}

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
  bool before = sac_loop_set_float32 (loop->float32);

  current = loop->job;
  if (sac_loop_goes_on ())
    loop->func (loop->work, index);
  current = outer;
  is_float32 = before;
}

bool
sac_loop_run (size_t chunks,
              SacChunkFunc func,
              const void *work,
              const SacJob *job)
{
  Loop loop = {func, work, job, is_float32};

  sac_pool_run (chunks, run_chunk, &loop);
  return job == NULL || !sac_job_is_cancelled (job);
}
