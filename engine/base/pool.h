/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One pool of threads for loops over independent chunks.
 *
 * The chunks of a loop are fixed by the caller, never by the number of threads,
 * and each writes its own part of the result: so a result does not depend on
 * how many threads there are.  One loop runs at a time; a loop started inside a
 * chunk, or while another thread's loop runs, runs on the calling thread. */
#ifndef SAC_BASE_POOL_H
#define SAC_BASE_POOL_H

#include <stddef.h>

/* Does chunk `index` of the loop.  Called on any of the pool's threads. */
typedef void (*SacPoolFunc) (size_t index, void *data);

/* Number of threads including the caller, at least 1.  0 restores the default:
 * the processors this process may use.  A loop that runs keeps those it has. */
void sac_pool_set_threads (size_t count);
size_t sac_pool_get_threads (void);

/* Calls func for every index below count and returns when all are done. */
void sac_pool_run (size_t count, SacPoolFunc func, void *data);

/* From now on the calling thread's loops run on that thread alone: for a thread
 * that works beside one whose loops are to have the pool. */
void sac_pool_stay_out (void);

#endif
