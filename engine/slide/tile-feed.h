/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Batches of tiles, read and preprocessed by threads of its own while others
 * are run.  A few batches are ready or on their way at any time and no more, so
 * memory does not depend on the slide.
 *
 * Pixels are resampled from the level just finer than needed to exactly the
 * model's micrometres per pixel, with the filter that the model's manifest
 * names; where the two agree, they are the slide's own.  What lies outside the
 * slide is white. */
#ifndef SAC_SLIDE_TILE_FEED_H
#define SAC_SLIDE_TILE_FEED_H

#include "slide/slide-model.h"
#include "slide/tile-grid.h"

typedef struct {
  size_t number;
  size_t count;
  const uint32_t *tiles;
  SacTensor **tensors; /* one a model; places beyond `count` are zero */
  bool *unreadable;    /* tiles whose pixels are damaged: zero in the tensors */
  /* private */
  size_t next, finished;
  guint64 turn; /* 0: free */
} SacTileBatch;

typedef struct SacTileFeed SacTileFeed;

/* All borrowed, and to outlive the feed. */
typedef struct {
  SacSource *source;
  const SacTileGrid *grid;
  const SacTileList *list;
  const SacSlideModel *models; /* planned; all see the same tiles */
  size_t model_count;
  const bool *left_out; /* a batch that is not wanted; batch_count of them */
  const SacRect *view;  /* where to begin; NULL: at the first batch */
} SacTileFeedParams;

/* job: a cancelled one stops the reading. */
SacTileFeed *sac_tile_feed_new (const SacTileFeedParams *params,
                                SacJob *job,
                                GError **error);
void sac_tile_feed_free (SacTileFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTileFeed, sac_tile_feed_free)

/* Waits for the next batch.  Returns: NULL without an error when all are done;
 * else it is lent until sac_tile_feed_give_back.  Errors: cancelled, memory,
 * and of reading all but damage. */
SacTileBatch *
sac_tile_feed_take (SacTileFeed *feed, SacJob *job, GError **error);
void sac_tile_feed_give_back (SacTileFeed *feed, SacTileBatch *batch);

/* Batches nearest to the middle of a level-0 rectangle come first from now on,
 * after those already on their way.  From any thread. */
void sac_tile_feed_set_view (SacTileFeed *feed, const SacRect *view);

#endif
