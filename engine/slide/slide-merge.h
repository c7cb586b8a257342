/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The shards of a run as one run. */
#ifndef SAC_SLIDE_SLIDE_MERGE_H
#define SAC_SLIDE_SLIDE_MERGE_H

#include "base/job.h"

#include <glib.h>

/* Brings the batches of all shards into the folder `out`, which then holds what
 * one run over the whole slide would have left.  folders: NULL-terminated.
 * Errors: MISMATCH (shards of different runs; one that is missing, given twice
 * or not complete), those of the stores. */
bool sac_slide_merge (const char *const *folders,
                      const char *out,
                      SacJob *job,
                      GError **error);

#endif
