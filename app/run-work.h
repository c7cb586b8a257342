/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The work behind runs over slides, and behind setting one up. */
#ifndef SAC_APP_RUN_WORK_H
#define SAC_APP_RUN_WORK_H

#include "annotation/annotation.h"
#include "image/source.h"
#include "run-link.h"
#include "run-order.h"
#include "worker.h"

/* A map that can be shown. */
typedef struct {
  SacMap *map;
  size_t model;            /* place in the order */
  const SacMethod *method; /* NULL: the tile's probability */
  char *class_name;        /* NULL: not of a class */
} SacRunItem;

/* One of the tiles that a model is surest of. */
typedef struct {
  size_t model;
  SacRect rect; /* level 0 */
  double score;
  SacImage *pixels; /* SAC_RUN_TILE_SIDE a side; NULL: cannot be read again */
} SacRunTile;

#define SAC_RUN_TILE_SIDE 96
#define SAC_RUN_TILE_COUNT 12

/* Classes of one model whose maps are kept at hand; the files have all. */
#define SAC_RUN_CLASSES_MOST 16

typedef struct {
  GPtrArray *items;    /* of SacRunItem: classes of each model, then methods */
  guint *shown;        /* of each model: the item to begin with */
  GPtrArray *tiles;    /* of SacRunTile, model by model, the surest first */
  JsonObject *summary; /* as sac_slide_summarize has it */
  SacSlideProgress progress;
  gatomicrefcount ref_count;
} SacRunResult;

SacRunResult *sac_run_result_ref (SacRunResult *result);
void sac_run_result_unref (SacRunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunResult, sac_run_result_unref)

/* order: copied.  drawn: the tissue where a reader has drawn it, copied, to be
 * written to the order's mask; NULL: it is there, or not wanted.  source: the
 * order's slide where it is open; NULL: it is opened. */
typedef struct SacRunRequest SacRunRequest;
SacRunRequest *sac_run_request_new (const SacRunOrder *order,
                                    const SacAnnotations *drawn,
                                    SacSource *source,
                                    SacRunLink *link);

/* Runs what is left, writes what is not written yet.  Result: SacRunResult. */
extern const SacWork sac_work_slide_run;

#endif
