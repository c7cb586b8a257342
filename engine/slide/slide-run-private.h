/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that make up a run, and no others. */
#ifndef SAC_SLIDE_SLIDE_RUN_PRIVATE_H
#define SAC_SLIDE_SLIDE_RUN_PRIVATE_H

#include "slide/slide-run.h"
#include "slide/tile-feed.h"

/* A method on a model's tiles.  What its maps look like is found by a map of
 * noise before anything is run. */
typedef struct {
  const SacMethod *method;
  size_t model;
  char *layer;
  GHashTable *params;  /* may be NULL */
  int64_t class_index; /* -1: none */
  SacMap *sample; /* of the noise; its grid, place and words are those of all */
  SacRect place;  /* of the grid on the tile, as shares of it */
} SacTileMethod;

typedef struct {
  SacModel *model;
  size_t encoder; /* of the run's models */
} SacRunPooling;

struct SacSlideRun {
  SacSource *source;
  double mpp;
  const SacTissue *tissue;
  SacTileGrid grid;
  SacTileList *list;
  SacSlideModel *models;
  size_t model_count;
  SacTileMethod *methods;
  size_t method_count;
  SacRunPooling *poolings;
  size_t pooling_count;
  size_t first_batch, end_batch; /* of the shard */
  JsonObject *identity;
  SacRunStore *store;
  bool *left_out; /* batches that need not be run */
  /* Under the mutex. */
  GMutex mutex;
  GCond resumed;
  SacTileFeed *feed; /* while it goes */
  bool has_view, paused;
  SacRect view;
  uint8_t *status; /* of SacTileStatus; by place in the list */
  uint32_t *known; /* batches in the order in which they became known */
  size_t known_count;
  gint64 rested;   /* microseconds since it began */
  float **numbers; /* [model][place][width] */
  SacSlideProgress progress;
};

/* What a batch of so many tiles takes in the store: the numbers of every model,
 * then the cells of every method, then the features of every encoder, then a
 * SacTileStatus each. */
size_t sac_slide_run_get_record_size (const SacSlideRun *run, size_t count);

/* The cells of a method in the record of a batch of `count` tiles. */
size_t sac_slide_run_get_record_offset (const SacSlideRun *run,
                                        size_t count,
                                        size_t method);

/* The features of a model, which is an encoder or comes before one. */
size_t sac_slide_run_get_features_offset (const SacSlideRun *run,
                                          size_t count,
                                          size_t model);

/* Runs models and methods on a batch.  record: of the record's size; all of it
 * is filled. */
bool sac_slide_run_make_record (SacSlideRun *run,
                                const SacTileBatch *batch,
                                uint8_t *record,
                                SacJob *job,
                                GError **error);

/* A record of the store into what is known of the tiles. */
void sac_slide_run_take_record (SacSlideRun *run,
                                size_t batch,
                                const uint8_t *record);

static inline size_t
sac_tile_method_get_cells (const SacTileMethod *method)
{
  return (size_t)method->sample->rows * (size_t)method->sample->columns;
}

/* Finds class and map of a method.  Errors: MISMATCH (no such class, or one is
 * needed), those of the method. */
bool sac_tile_method_init (SacTileMethod *self,
                           const SacSlideMethod *wanted,
                           const SacSlideModel *model,
                           SacJob *job,
                           GError **error);
void sac_tile_method_clear (SacTileMethod *self);

/* The map of sample `index` of a batch.  ret_cells: its values. */
bool sac_tile_method_run (const SacTileMethod *self,
                          const SacSlideModel *model,
                          const SacTensor *batch,
                          size_t index,
                          float *ret_cells,
                          SacJob *job,
                          GError **error);

/* Both models of a pooling.  A new object. */
JsonObject *sac_slide_run_describe_pooling (const SacSlideRun *run,
                                            size_t index);

/* Everything that decides what the batches hold.  A new object. */
JsonObject *sac_slide_run_make_identity (const SacSlideRun *run,
                                         const SacSlideParams *params);

#endif
