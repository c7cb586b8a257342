/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Models over a whole slide, tile by tile: maps that grow, that are safe the
 * moment a batch is done, and that do not depend on the order of the batches,
 * on interruptions, or on how many programs shared the work.
 *
 * One thread owns a run; the functions that say so may be called from others.
 */
#ifndef SAC_SLIDE_SLIDE_RUN_H
#define SAC_SLIDE_SLIDE_RUN_H

#include "explain/method.h"
#include "slide/run-store.h"
#include "slide/slide-model.h"
#include "slide/tile-grid.h"

/* A way to make a map of each tile, and what it is to explain. */
typedef struct {
  const SacMethod *method;
  const char *class_text; /* a class's id or number; NULL: none, for methods
                             that are not class-specific */
  const char *layer;      /* NULL: chosen by the program */
  GHashTable *params;     /* as in SacExplainRequest */
} SacSlideMethod;

/* A model that sees all tiles of a slide at once, as the features that an
 * encoder has of them; slide-pool.h has what it finds. */
typedef struct {
  SacModel *model;
  SacModel *encoder; /* may be one of the models of tiles */
  const char *value; /* the features; NULL: the encoder's only output */
} SacSlidePooling;

/* Everything is copied or referenced but the tissue, which must outlive the
 * run. */
typedef struct {
  SacSource *source;
  double mpp;       /* of level 0; 0: what the slide states */
  double model_mpp; /* of the models; 0: what they state */
  SacModel *const *models;
  size_t model_count; /* all must see the same tiles, encoders as well */
  const SacSlidePooling *poolings;
  size_t pooling_count; /* with one of them there need be no models */
  const SacSlideMethod *methods;
  size_t method_count;
  const SacTissue *tissue; /* NULL: all tiles */
  double least_share;      /* of a tile that must be tissue */
  SacRect region;          /* level 0; without width: what was scanned */
  int stride;              /* in the models' pixels; 0: tiles side by side */
  SacTileEdge edge;
  size_t batch_size;         /* at most; 0: SAC_SLIDE_BATCH */
  size_t shard, shard_count; /* 1 of 1 is the whole; 0 of 0 as well */
  const char *folder;
} SacSlideParams;

#define SAC_SLIDE_BATCH 32

typedef enum {
  SAC_TILE_NONE,    /* not to be run: no tissue, or another shard's */
  SAC_TILE_WAITING, /* to be run */
  SAC_TILE_DONE,
  SAC_TILE_UNREADABLE, /* its pixels are damaged: a gap in every map */
} SacTileStatus;

typedef enum {
  SAC_SLIDE_READY, /* not begun; some tiles may be there already */
  SAC_SLIDE_RUNNING,
  SAC_SLIDE_PAUSED,  /* after the batch it was at */
  SAC_SLIDE_STOPPED, /* cancelled; can go on */
  SAC_SLIDE_FAILED,  /* an error; can be tried again */
  SAC_SLIDE_DONE,
} SacSlideState;

typedef struct {
  SacSlideState state;
  size_t tile_count; /* of this run or shard */
  size_t done_count; /* with the unreadable ones */
  size_t unreadable_count;
  size_t resumed_count;  /* that were there when it began */
  size_t repeated_count; /* batches whose checksum did not hold */
  double fraction;       /* done_count of tile_count */
  /* Of this process; seconds, without those in which it was paused or its job
   * was held. */
  size_t run_count;
  double wall, engine; /* engine: of it, in which a network or method ran */
  double first;        /* from the start to the first batch; 0: none yet */
  double speed;        /* tiles a second; 0: none is done yet */
  double left;         /* at that speed; -1: it is not known yet */
} SacSlideProgress;

typedef struct SacSlideRun SacSlideRun;

/* Finds the tiles, plans, and takes in what the folder has already.  Errors:
 * MISMATCH (no micrometres per pixel, not a model of tiles, models that see
 * different tiles, a folder of another run), those of the grid, of planning, of
 * the store; UNDEFINED where there is no tile to run. */
SacSlideRun *
sac_slide_run_new (const SacSlideParams *params, SacJob *job, GError **error);
void sac_slide_run_free (SacSlideRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSlideRun, sac_slide_run_free)

/* Called after each batch, on the thread of sac_slide_run_go. */
typedef void (*SacSlideWatch) (SacSlideRun *run, void *data);

/* Runs what is left.  Everything done so far is safe whatever it returns, and
 * it can be called again.  Errors: cancelled, UNWRITABLE, those of reading and
 * running. */
bool sac_slide_run_go (SacSlideRun *run,
                       SacSlideWatch watch,
                       void *data,
                       SacJob *job,
                       GError **error);

/* From any thread: where to work first, and whether to rest. */
void sac_slide_run_set_view (SacSlideRun *run, const SacRect *view);
void sac_slide_run_set_paused (SacSlideRun *run, bool paused);
void sac_slide_run_get_progress (SacSlideRun *run,
                                 SacSlideProgress *ret_progress);

/* Cells of the map of tiles, which has as many rows and columns as the grid. */
typedef struct {
  int row, column, rows, columns;
} SacCellBox;

/* From any thread, at the cost of what is new alone: puts a class's probability
 * for each tile that is done since the call that returned `known` (0 at first)
 * into values, [rows][columns]; a tile that cannot be read gets NaN.  ret_box:
 * around these tiles; empty when there is none.  Returns: what to give as
 * `known` next time. */
size_t sac_slide_run_update (SacSlideRun *run,
                             size_t model,
                             size_t class_index,
                             size_t known,
                             float *values,
                             SacCellBox *ret_box);

/* From any thread: a class's probability for each tile so far; gaps where there
 * is none.  A new map. */
SacMap *
sac_slide_run_get_map (SacSlideRun *run, size_t model, size_t class_index);

/* What does not change.  Borrowed. */
const SacTileGrid *sac_slide_run_get_grid (const SacSlideRun *run);
const SacTileList *sac_slide_run_get_list (const SacSlideRun *run);
const SacTissue *sac_slide_run_get_tissue (const SacSlideRun *run);
SacSource *sac_slide_run_get_source (const SacSlideRun *run);
double sac_slide_run_get_mpp (const SacSlideRun *run);
size_t sac_slide_run_get_model_count (const SacSlideRun *run);
const SacSlideModel *sac_slide_run_get_model (const SacSlideRun *run,
                                              size_t model);
size_t sac_slide_run_get_pooling_count (const SacSlideRun *run);
/* ret_encoder: its place among the models, which hold all encoders. */
SacModel *sac_slide_run_get_pooling (const SacSlideRun *run,
                                     size_t pooling,
                                     size_t *ret_encoder);
SacRunStore *sac_slide_run_get_store (SacSlideRun *run);

/* Of a tile by its place in the list; the status from any thread.  numbers,
 * after a run: the model's output for it, borrowed; NaN where it is not done.
 */
SacTileStatus sac_slide_run_get_status (SacSlideRun *run, size_t place);
const float *
sac_slide_run_get_numbers (const SacSlideRun *run, size_t model, size_t place);

/* What every map of the run says of how it came to be.  A new object. */
JsonObject *sac_slide_run_get_provenance (const SacSlideRun *run, size_t model);

#endif
