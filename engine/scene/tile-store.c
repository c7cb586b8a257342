/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The drawing thread's side of the store. */
#include "scene/tile-store-parts.h"

#include "scene/tile-decode.h"

#include <math.h>

void
sac_tile_request_free (SacTileRequest *request)
{
  sac_source_unref (request->key.source);
  g_free (request);
}

/* With the mutex held, up to the public functions. */
static void
take_in (SacTileStore *store, SacTileEntry *tile)
{
  SacTileRequest *request = g_hash_table_lookup (store->requests, &tile->name);

  if (request != NULL && request->state == SAC_TILE_ARRIVED) {
    g_hash_table_remove (store->requests, &request->key);
    sac_tile_request_free (request);
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
    SacTileRequest *request = value;

    if (request->state == SAC_TILE_QUEUED && request->view + 1 < store->view) {
      g_hash_table_iter_remove (&iter);
      sac_tile_request_free (request);
    }
  }
}

static void
request_tile (SacTileStore *store, const SacTileName *key, double distance)
{
  SacTileRequest *request = g_hash_table_lookup (store->requests, key);

  if (request == NULL) {
    request = g_new0 (SacTileRequest, 1);
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
  if (request->state == SAC_TILE_QUEUED)
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
                          ? MIN (thread_count, SAC_TILE_THREADS_MAX)
                          : CLAMP ((int)g_get_num_processors (), 2, 6);
  for (int i = 0; i < store->thread_count; i++)
    store->threads[i] = g_thread_new ("tiles", sac_tile_store_work, store);
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
    sac_tile_request_free (value);
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
    SacTileRequest *request = value;

    if (request->key.source != source)
      continue;
    g_hash_table_iter_remove (&iter);
    if (request->state == SAC_TILE_DECODING)
      request->is_forgotten = true;
    else
      sac_tile_request_free (request);
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
    const SacTileRequest *request = value;

    if (request->state == SAC_TILE_DECODING ||
        (request->state == SAC_TILE_QUEUED && request->view == store->view))
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
