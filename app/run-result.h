/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run over a slide has found: its maps, with names for people, and the
 * tiles that its models are surest of.  Immutable once collected; share it
 * between threads. */
#ifndef SAC_APP_RUN_RESULT_H
#define SAC_APP_RUN_RESULT_H

#include "image/image.h"
#include "slide/slide-task.h"

#include <json-glib/json-glib.h>

/* A map that can be shown. */
typedef struct {
  SacMap *map;
  size_t model;      /* place in the order */
  const char *label; /* of the method, marked for translation */
  char *class_name;  /* NULL: not of a class */
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
#define SAC_RUN_POSITIVE 0.5

/* Classes of one model whose maps are kept at hand; the files have all. */
#define SAC_RUN_CLASSES_MOST 16

/* Where the order's models stand in what is told of the run. */
typedef struct {
  SacSlidePlace place;
  size_t class_index; /* that it is shown with first */
  guint shown;        /* the item to begin with */
} SacRunModel;

typedef struct {
  GPtrArray *items;    /* of SacRunItem: maps of each model, then methods */
  SacRunModel *models; /* in the order's order */
  GPtrArray *tiles;    /* of SacRunTile, model by model, the surest first */
  JsonObject *summary; /* as sac_slide_summarize has it, with "poolings" */
  SacSlideProgress progress;
  gatomicrefcount ref_count;
} SacRunResult;

/* Of a run that is complete.  model_count: the order's models.  class_text:
 * that is explained, an id; NULL: none.  Not for the main thread. */
SacRunResult *sac_run_result_collect (const SacSlideTask *task,
                                      size_t model_count,
                                      const char *class_text,
                                      SacJob *job,
                                      GError **error);
SacRunResult *sac_run_result_ref (SacRunResult *result);
void sac_run_result_unref (SacRunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunResult, sac_run_result_unref)

/* The class that a model of tiles is shown with first: the one that is
 * explained, else the last, which is the positive one of two. */
size_t sac_run_result_choose_class (const SacSlideRun *run,
                                    size_t model,
                                    const char *class_text);

#endif
