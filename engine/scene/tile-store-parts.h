/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that implement the store of tiles, and no others.
 *
 * Life of a tile:
 *
 *     get            worker picks     worker done          begin
 *   ------> QUEUED -------------> DECODING ------> ARRIVED ------> in `cache`
 *              |                      |
 *              | begin, not repeated  | no longer wanted, or cancelled
 *              v                      v
 *           (gone)                 (gone)
 *
 * Invariants, all under `mutex`:
 *  1. A key is in `requests` from QUEUED to ARRIVED, so it is never asked for
 *     twice; a forgotten request is out of the table and its worker frees it.
 *  2. Only the drawing thread changes what is in `cache`, and only in begin and
 *     forget: what it has borrowed stays.  Workers look up finer tiles there
 *     and hand over new ones in `arrivals`.
 *  3. A worker picks only requests of the running view.  A request of the view
 *     before is left for get to renew and dropped by the next begin.
 *  4. At most one worker makes a deep tile (see tile-decode.h), and only when
 *     no other is waiting, so that a slow overview never holds up the rest.
 *  5. The coarsest level of a source is pinned: it is there while it is.
 *  6. Tiles and requests hold a reference of their source, so a key cannot come
 *     to mean another source. */
#ifndef SAC_SCENE_TILE_STORE_PARTS_H
#define SAC_SCENE_TILE_STORE_PARTS_H

#include "scene/tile-cache.h"
#include "scene/tile-store.h"

#define SAC_TILE_THREADS_MAX 64

typedef enum {
  SAC_TILE_QUEUED,
  SAC_TILE_DECODING,
  SAC_TILE_ARRIVED,
} SacTileRequestState;

typedef struct {
  SacTileName key;
  SacTileRequestState state;
  guint64 view;
  double distance;
  bool is_deep;
  bool is_forgotten;
  SacTileStore *store;
} SacTileRequest;

struct SacTileStore {
  GMutex mutex;
  GCond changed; /* something to pick, or closing */
  SacTileCache cache;
  GHashTable *requests; /* SacTileRequest by its own key */
  GQueue arrivals;      /* of SacTileEntry, not yet in `cache` */
  size_t budget;
  guint64 view;
  guint64 decoded_count;
  bool is_closing;
  bool has_told; /* ready was called since the last begin */
  bool is_deep_busy;
  SacJob *job; /* cancelled to close */
  void (*ready) (void *data);
  void *ready_data;
  GThread *threads[SAC_TILE_THREADS_MAX];
  int thread_count;
};

void sac_tile_request_free (SacTileRequest *request);

/* A thread of the store: serves requests until it closes.  data: the store. */
void *sac_tile_store_work (void *data);

#endif
