/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A run from what it was asked for, and from its folder alone. */
#ifndef SAC_SLIDE_SLIDE_TASK_H
#define SAC_SLIDE_SLIDE_TASK_H

#include "slide/slide-request.h"
#include "slide/slide-run.h"

/* Where one of the request's models stands in the run. */
typedef struct {
  bool pools;   /* among the pooling models, else among those of tiles */
  size_t index; /* there */
} SacSlidePlace;

/* A run with all it stands on.  It belongs to one thread as the run does. */
typedef struct {
  SacTissue *tissue;     /* NULL: all tiles */
  SacSlidePlace *places; /* of each of the request's models */
  SacSlideRun *run;
} SacSlideTask;

/* Opens slide and models, finds the tissue, begins the run in the folder or
 * takes in what is there, and notes the request with it.  source: the request's
 * slide where it is open; NULL: it is opened.  shard of shard_count: 1 of 1 is
 * the whole.  Errors: those of opening, of sac_tissue_find and
 * sac_slide_run_new; MISMATCH (no such method, a parameter without "="). */
SacSlideTask *sac_slide_task_new (const SacSlideRequest *request,
                                  SacSource *source,
                                  const char *folder,
                                  size_t shard,
                                  size_t shard_count,
                                  SacJob *job,
                                  GError **error);
void sac_slide_task_free (SacSlideTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSlideTask, sac_slide_task_free)

/* What lies in the folder of a run, told without its slide and models. */
typedef struct {
  SacSlideRequest request;
  char *created; /* ISO 8601, UTC */
  size_t shard, shard_count;
  size_t tile_count, done_count; /* of the shard */
} SacSlideFolder;

/* Quick: no batch is read.  Errors: UNREADABLE (there is no run), MISMATCH (it
 * is no run's, or a process is at work there), DAMAGED. */
bool sac_slide_folder_read (SacSlideFolder *self,
                            const char *folder,
                            GError **error);
void sac_slide_folder_clear (SacSlideFolder *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacSlideFolder, sac_slide_folder_clear)

#endif
