/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A piece of slow work: can be cancelled, and says how far it is.
 *
 * Every function that can take longer than a frame takes a SacJob as its last
 * parameter but one; NULL is allowed everywhere and means "not watched".  The
 * worker that does the work and the thread that watches it share the job; all
 * functions here may be called from any thread. */
#ifndef SAC_BASE_JOB_H
#define SAC_BASE_JOB_H

#include <gio/gio.h>
#include <stdbool.h>

typedef struct SacJob SacJob;

/* cancellable: watched as well as sac_job_cancel; NULL for none. */
SacJob *sac_job_new (GCancellable *cancellable);
SacJob *sac_job_ref (SacJob *job);
void sac_job_unref (SacJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacJob, sac_job_unref)

void sac_job_cancel (SacJob *job);
bool sac_job_is_cancelled (const SacJob *job);

/* Returns: true to go on; false with G_IO_ERROR_CANCELLED when cancelled. */
bool sac_job_check (const SacJob *job, GError **error);

/* fraction in [0, 1] of the span in force (see below). */
void sac_job_set_progress (SacJob *job, double fraction);
double sac_job_get_progress (const SacJob *job);

/* Maps later progress into [from, to] of the whole, so that a caller can give
 * each of its steps a share.  Spans do not nest: the caller that owns the job
 * sets them, between steps. */
void sac_job_set_span (SacJob *job, double from, double to);

#endif
