/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A kernel's work is cut into chunks that depend on its shape alone, so that
 * results do not depend on the number of threads.  A chunk is some
 * milliseconds at most; between chunks the job is looked at. */
#ifndef SAC_COMPUTE_LOOP_H
#define SAC_COMPUTE_LOOP_H

#include "base/job.h"

#include <stdbool.h>
#include <stddef.h>

typedef void (*SacChunkFunc) (const void *work, size_t index);

/* From now on products of the calling thread, and of the loops that it starts,
 * are float32's alone; see sac_plan_find_kinks().  Returns: what held before.
 */
bool sac_loop_set_float32 (bool float32);

/* Whether they are. */
bool sac_loop_is_float32 (void);

/* Runs all chunks on the pool.  Returns: false when the job, which may be NULL,
 * was cancelled; the rest of the result is left as it was then. */
bool sac_loop_run (size_t chunks,
                   SacChunkFunc func,
                   const void *work,
                   const SacJob *job);

/* For long chunks, between their parts: whether the loop that the calling
 * thread works for goes on.  A chunk that is told no returns at once. */
bool sac_loop_goes_on (void);

#endif
