/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run over a slide has found, so far or in the end: its maps, with names
 * for people, and the tiles that its models are surest of.  Immutable once
 * collected; share it between threads. */
#ifndef SAC_APP_RUN_RESULT_H
#define SAC_APP_RUN_RESULT_H

#include "report/top-tiles.h"
#include "slide/slide-pool.h"
#include "slide/slide-task.h"

#include <json-glib/json-glib.h>

/* A map that can be shown. */
typedef struct {
  SacMap *map;       /* NULL: it grows, and nobody has asked for it */
  size_t model;      /* place in the order */
  const char *label; /* of the method, marked for translation */
  char *class_name;  /* NULL: not of a class */
} SacRunItem;

/* Of the pictures of top tiles, in pixels. */
#define SAC_RUN_TILE_SIDE 88
#define SAC_RUN_TILE_COUNT 12
#define SAC_RUN_POSITIVE 0.5

/* Classes of one model whose maps are kept at hand; the files have all. */
#define SAC_RUN_CLASSES_MOST 16

/* Where the order's models stand in what is told of the run. */
typedef struct {
  SacSlidePlace place;
  size_t class_index; /* that it is shown with first */
  guint shown;        /* the item to begin with */
  SacTopTiles *top;   /* NULL while it grows */
} SacRunModel;

typedef struct {
  GPtrArray *items;    /* of SacRunItem: maps of each model, then methods */
  SacRunModel *models; /* in the order's order */
  size_t model_count;
  JsonObject *summary; /* as sac_slide_summarize has it, with "poolings"; NULL
                          while it grows */
  SacSlideProgress progress;
  gatomicrefcount ref_count;
} SacRunResult;

/* The key of whatever each model begins with. */
#define SAC_RUN_FIRST "first"

/* What tells an item from the others, while the run grows and when it is done.
 * A new string. */
char *sac_run_item_dup_key (const SacRunItem *item);
/* Its place; -1: there is none. */
int sac_run_result_find_item (const SacRunResult *result, const char *key);

/* What a run is collected for; borrowed. */
typedef struct {
  const SacSlideTask *task;
  size_t model_count;     /* the order's models */
  const char *class_text; /* that is explained, an id; NULL: none */
} SacRunSubject;

/* Of a run that grows, on its thread: items of models alone, with maps where
 * `wanted` has their keys; NULL: SAC_RUN_FIRST.  bags: what the
 * pooling models make of the tiles so far, [model_count]; without one its model
 * has no items. */
SacRunResult *sac_run_result_collect_growing (const SacRunSubject *subject,
                                              SacSlideBag *const *bags,
                                              char *const *wanted);

/* Of a run that is complete.  bags: what the pooling models make of all tiles,
 * [model_count]; of one without, it is found out here.  Not for the main
 * thread. */
SacRunResult *sac_run_result_collect (const SacRunSubject *subject,
                                      SacSlideBag *const *bags,
                                      SacJob *job,
                                      GError **error);
SacRunResult *sac_run_result_ref (SacRunResult *result);
void sac_run_result_unref (SacRunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunResult, sac_run_result_unref)

#endif
