/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Work that stands still for a moment, because something else needs the
 * processors more. */
#ifndef SAC_BASE_JOB_REST_H
#define SAC_BASE_JOB_REST_H

#include "base/job.h"

/* Asks the work to stand still until then (g_get_monotonic_time), for something
 * that is more urgent: each of its threads does so at its next sac_job_rest.
 * Always from the same thread. */
void sac_job_hold (SacJob *job, gint64 until);
/* For how many microseconds it was asked to, so far. */
gint64 sac_job_get_held (const SacJob *job);
/* Where a thread holds no lock: stands still while it is asked to, unless the
 * job is cancelled. */
void sac_job_rest (const SacJob *job);

#endif
