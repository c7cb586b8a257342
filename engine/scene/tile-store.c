/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Life of a tile:
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
#include "scene/tile-store.h"

#include "base/thread.h"
#include "scene/tile-cache.h"
#include "scene/tile-decode.h"

#include <math.h>

#define THREAD_COUNT_MAX 64

/* Behind whoever draws, before models. */
#define STEPS_BACK 3

typedef enum { QUEUED, DECODING, ARRIVED } RequestState;

typedef struct {
  SacTileName key;
  RequestState state;
  guint64 view;
  double distance;
  bool is_deep;
  bool is_forgotten;
  SacTileStore *store;
} Request;

struct SacTileStore {
  GMutex mutex;
  GCond changed; /* something to pick, or closing */
  SacTileCache cache;
  GHashTable *requests;
  GQueue arrivals; /* of SacTileEntry, not yet in `cache` */
  size_t budget;
  guint64 view;
  guint64 decoded_count;
  bool is_closing;
  bool has_told; /* ready was called since the last begin */
  bool is_deep_busy;
  SacJob *job; /* cancelled to close */
  void (*ready) (void *data);
  void *ready_data;
  GThread *threads[THREAD_COUNT_MAX];
  int thread_count;
};

static void
free_request (Request *request)
{
  sac_source_unref (request->key.source);
  g_free (request);
}

/* Where workers wait.  All the functions below, up to the public ones, run with
 * the mutex held unless they say otherwise. */
static bool
is_before (const Request *a, const Request *b)
{
  if (a->is_deep != b->is_deep)
    return b->is_deep;
  if (a->key.tile.level != b->key.tile.level)
    return a->key.tile.level > b->key.tile.level;
  return a->distance < b->distance;
}

static Request *
pick_request (SacTileStore *store)
{
  Request *best = NULL;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Request *request = value;

    if (request->state != QUEUED || request->view != store->view ||
        (request->is_deep && store->is_deep_busy))
      continue;
    if (best == NULL || is_before (request, best))
      best = request;
  }
  return best;
}

static void
add_arrival (SacTileStore *store,
             const SacTileName *key,
             SacImage *image,
             const char *message,
             bool is_byproduct)
{
  SacTileEntry *tile = sac_tile_entry_new (key, image, message);

  tile->view = store->view;
  tile->is_byproduct = is_byproduct;
  tile->is_pinned =
    key->tile.level == sac_tile_store_get_level_count (store, key->source) - 1;
  g_queue_push_tail (&store->arrivals, tile);
}

/* Wakes the drawing thread, once a view.  Lets go of the mutex meanwhile. */
static void
tell_ready (SacTileStore *store)
{
  if (store->has_told || store->ready == NULL)
    return;
  store->has_told = true;
  g_mutex_unlock (&store->mutex);
  store->ready (store->ready_data);
  g_mutex_lock (&store->mutex);
}

/* The three calls of a decoder come without the mutex. */
static SacImage *
find_finer (const SacTileKey *tile_key, void *data)
{
  const Request *request = data;
  SacTileStore *store = request->store;
  SacTileName key = {request->key.source, *tile_key};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  const SacTileEntry *tile = sac_tile_cache_find (&store->cache, &key);

  for (GList *l = store->arrivals.head; tile == NULL && l != NULL; l = l->next)
    if (sac_tile_name_equal (&((SacTileEntry *)l->data)->name, &key))
      tile = l->data;
  return tile != NULL && tile->image != NULL ? sac_image_ref (tile->image)
                                             : NULL;
}

static void
keep_finer (const SacTileKey *tile_key,
            SacImage *image,
            const char *message,
            void *data)
{
  const Request *request = data;
  SacTileStore *store = request->store;
  SacTileName key = {request->key.source, *tile_key};

  g_mutex_lock (&store->mutex);
  if (!request->is_forgotten) {
    Request *same = g_hash_table_lookup (store->requests, &key);
    bool is_asked_for = same != NULL && same->view == store->view;

    if (same != NULL && same->state == QUEUED)
      same->state = ARRIVED;
    add_arrival (store, &key, image, message, !is_asked_for);
    tell_ready (store);
  }
  g_mutex_unlock (&store->mutex);
}

/* The view before counts too: the running one may just have begun. */
static bool
is_wanted (void *data)
{
  const Request *request = data;
  SacTileStore *store = request->store;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return !request->is_forgotten && request->view + 1 >= store->view;
}

static SacImage *
decode_request (Request *request, GError **error)
{
  SacTileDecoder decoder = {
    .source = request->key.source,
    .job = request->store->job,
    .data = request,
    .find = find_finer,
    .keep = keep_finer,
    .is_wanted = is_wanted,
  };

  return sac_tile_decode (&decoder, &request->key.tile, error);
}

static void
finish_request (SacTileStore *store,
                Request *request,
                SacImage *image,
                const GError *error)
{
  if (request->is_forgotten) {
    free_request (request);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    /* Asked for again since it was given up, it has another turn. */
    if (request->view == store->view && !store->is_closing) {
      request->state = QUEUED;
      return;
    }
    g_hash_table_remove (store->requests, &request->key);
    free_request (request);
    return;
  }
  request->state = ARRIVED;
  add_arrival (store, &request->key, image, error ? error->message : NULL,
               false);
  tell_ready (store);
}

static void
serve_request (SacTileStore *store, Request *request)
{
  g_autoptr (GError) error = NULL;
  bool is_deep = request->is_deep;

  request->state = DECODING;
  store->decoded_count++;
  store->is_deep_busy |= is_deep;
  g_mutex_unlock (&store->mutex);

  g_autoptr (SacImage) image = decode_request (request, &error);

  g_mutex_lock (&store->mutex);
  if (is_deep)
    store->is_deep_busy = false;
  finish_request (store, request, image, error);
}

static void *
worker_main (void *data)
{
  SacTileStore *store = data;

  sac_thread_step_back (STEPS_BACK);
  g_mutex_lock (&store->mutex);
  while (!store->is_closing) {
    Request *request = pick_request (store);

    if (request != NULL)
      serve_request (store, request);
    else
      g_cond_wait (&store->changed, &store->mutex);
  }
  g_mutex_unlock (&store->mutex);
  return NULL;
}

static void
take_in (SacTileStore *store, SacTileEntry *tile)
{
  Request *request = g_hash_table_lookup (store->requests, &tile->name);

  if (request != NULL && request->state == ARRIVED) {
    g_hash_table_remove (store->requests, &request->key);
    free_request (request);
  }
  sac_tile_cache_take (&store->cache, tile);
}

static void
drop_stale_requests (SacTileStore *store)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Request *request = value;

    if (request->state == QUEUED && request->view + 1 < store->view) {
      g_hash_table_iter_remove (&iter);
      free_request (request);
    }
  }
}

static void
request_tile (SacTileStore *store, const SacTileName *key, double distance)
{
  Request *request = g_hash_table_lookup (store->requests, key);

  if (request == NULL) {
    request = g_new0 (Request, 1);
    request->key = *key;
    sac_source_ref (key->source);
    request->store = store;
    request->is_deep = sac_tile_is_deep (key->source, key->tile.level);
    request->distance = distance;
    g_hash_table_insert (store->requests, &request->key, request);
  } else if (request->view == store->view) {
    distance = fmin (request->distance, distance);
  }
  request->view = store->view;
  request->distance = distance;
  if (request->state == QUEUED)
    g_cond_signal (&store->changed);
}

static SacTile
describe_tile (const SacTileEntry *tile)
{
  if (tile == NULL)
    return (SacTile){.state = SAC_TILE_MISSING};
  return (SacTile){
    .state = tile->image != NULL ? SAC_TILE_READY : SAC_TILE_BAD,
    .image = tile->image,
    .message = tile->message,
    .serial = tile->serial,
  };
}

SacTileStore *
sac_tile_store_new (size_t budget_bytes,
                    int thread_count,
                    void (*ready) (void *data),
                    void *data)
{
  SacTileStore *store = g_new0 (SacTileStore, 1);

  g_mutex_init (&store->mutex);
  g_cond_init (&store->changed);
  g_queue_init (&store->arrivals);
  sac_tile_cache_init (&store->cache);
  store->requests = g_hash_table_new (sac_tile_name_hash, sac_tile_name_equal);
  store->budget = budget_bytes;
  store->job = sac_job_new (NULL);
  store->ready = ready;
  store->ready_data = data;
  store->thread_count = thread_count > 0
                          ? MIN (thread_count, THREAD_COUNT_MAX)
                          : CLAMP ((int)g_get_num_processors (), 2, 6);
  for (int i = 0; i < store->thread_count; i++)
    store->threads[i] = g_thread_new ("tiles", worker_main, store);
  return store;
}

static void
free_requests (SacTileStore *store)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    g_hash_table_iter_remove (&iter);
    free_request (value);
  }
  g_hash_table_unref (store->requests);
}

void
sac_tile_store_free (SacTileStore *store)
{
  if (store == NULL)
    return;
  g_mutex_lock (&store->mutex);
  store->is_closing = true;
  sac_job_cancel (store->job);
  g_cond_broadcast (&store->changed);
  g_mutex_unlock (&store->mutex);
  for (int i = 0; i < store->thread_count; i++)
    g_thread_join (store->threads[i]);
  free_requests (store);
  sac_tile_cache_clear (&store->cache);
  g_queue_clear_full (&store->arrivals, (GDestroyNotify)sac_tile_entry_free);
  sac_job_unref (store->job);
  g_cond_clear (&store->changed);
  g_mutex_clear (&store->mutex);
  g_free (store);
}

void
sac_tile_store_set_budget (SacTileStore *store, size_t bytes)
{
  store->budget = bytes;
}

void
sac_tile_store_begin (SacTileStore *store)
{
  SacTileEntry *tile;

  g_mutex_lock (&store->mutex);
  store->view++;
  store->has_told = false;
  while ((tile = g_queue_pop_head (&store->arrivals)) != NULL)
    take_in (store, tile);
  drop_stale_requests (store);
  sac_tile_cache_evict (&store->cache, store->budget, store->view);
  g_mutex_unlock (&store->mutex);
}

SacTile
sac_tile_store_get (SacTileStore *store,
                    SacSource *source,
                    const SacTileKey *key,
                    double distance)
{
  SacTileName full_key = {source, *key};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  SacTileEntry *tile = sac_tile_cache_find (&store->cache, &full_key);

  if (tile != NULL) {
    sac_tile_cache_use (&store->cache, tile, store->view);
  } else {
    SacRect rect = sac_tile_store_tile_rect (source, key);

    if (!sac_rect_is_empty (&rect))
      request_tile (store, &full_key, distance);
  }
  return describe_tile (tile);
}

SacTile
sac_tile_store_peek (SacTileStore *store,
                     SacSource *source,
                     const SacTileKey *key)
{
  SacTileName full_key = {source, *key};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return describe_tile (sac_tile_cache_find (&store->cache, &full_key));
}

void
sac_tile_store_forget (SacTileStore *store, SacSource *source)
{
  GHashTableIter iter;
  void *value;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  for (GList *l = store->arrivals.head; l != NULL;) {
    GList *next = l->next;
    SacTileEntry *tile = l->data;

    if (tile->name.source == source) {
      g_queue_delete_link (&store->arrivals, l);
      sac_tile_entry_free (tile);
    }
    l = next;
  }
  sac_tile_cache_forget (&store->cache, source);
  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Request *request = value;

    if (request->key.source != source)
      continue;
    g_hash_table_iter_remove (&iter);
    if (request->state == DECODING)
      request->is_forgotten = true;
    else
      free_request (request);
  }
}

/* With the mutex held. */
static size_t
count_pending (SacTileStore *store)
{
  GHashTableIter iter;
  size_t count = 0;
  void *value;

  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Request *request = value;

    if (request->state == DECODING ||
        (request->state == QUEUED && request->view == store->view))
      count++;
  }
  return count;
}

size_t
sac_tile_store_get_pending (SacTileStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return count_pending (store);
}

bool
sac_tile_store_is_settled (SacTileStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return g_queue_is_empty (&store->arrivals) && count_pending (store) == 0;
}

size_t
sac_tile_store_get_bytes (SacTileStore *store)
{
  return store->cache.bytes;
}

guint64
sac_tile_store_get_decoded (SacTileStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return store->decoded_count;
}
