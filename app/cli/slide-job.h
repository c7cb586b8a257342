/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Doing what `slide` is asked for: `merge` does the same once more. */
#ifndef SAC_CLI_SLIDE_JOB_H
#define SAC_CLI_SLIDE_JOB_H

#include "cli.h"

#include "slide/slide-request.h"

typedef struct {
  const char *out;
  size_t shard, shard_count;
  const SacRect *view; /* where to begin; NULL: anywhere */
} CliSlidePlace;

/* Runs what is left, writes everything, prints one line. */
bool cli_slide_do (const SacSlideRequest *request,
                   const CliSlidePlace *place,
                   SacJob *job,
                   GError **error);

#endif
