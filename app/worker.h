/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The engine thread: the only caller of engine functions that can be slow.
 *
 * A request is a snapshot that owns all it needs; the thread sees only it.  Its
 * result comes back on the main thread.  Requests run one after the other, in
 * the order in which they came.  While there is a worker, the engine's loops
 * use all processors but one, which is the window's.  All functions are for the
 * main thread. */
#ifndef SAC_APP_WORKER_H
#define SAC_APP_WORKER_H

#include "base/job.h"

typedef struct SacWorker SacWorker;

/* A kind of work: what runs on the engine thread and who frees what. */
typedef struct {
  gpointer (*run) (gpointer request, SacJob *job, GError **error);
  GDestroyNotify free_request;
  GDestroyNotify free_result;
} SacWork;

/* Called once for every request, on the main thread.  result: the callee's to
 * free; NULL with an error, which is G_IO_ERROR_CANCELLED when the job was
 * cancelled at any time before this call. */
typedef void (*SacWorkDone) (gpointer owner,
                             gpointer result,
                             const GError *error);

SacWorker *sac_worker_new (void);

/* How many threads the engine's loops take from now on, of all workers; 0: all
 * processors but one. */
void sac_worker_use_threads (guint count);

/* Cancels everything, waits for the thread, and answers what is left. */
void sac_worker_free (SacWorker *worker);

/* request: taken over.  owner: a GObject, kept alive until `done` was called.
 * Returns: a new reference to the job, to cancel it and to watch it. */
SacJob *sac_worker_push (SacWorker *worker,
                         const SacWork *work,
                         gpointer request,
                         gpointer owner,
                         SacWorkDone done);

#endif
