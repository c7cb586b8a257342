/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the threads of the store do.  All functions run with the mutex held
 * unless they say otherwise. */
#include "scene/tile-store-parts.h"

#include "base/thread.h"
#include "scene/tile-decode.h"

/* Behind whoever draws, before models. */
#define STEPS_BACK 7

static bool
is_before (const SacTileRequest *a, const SacTileRequest *b)
{
  if (a->is_deep != b->is_deep)
    return b->is_deep;
  if (a->key.tile.level != b->key.tile.level)
    return a->key.tile.level > b->key.tile.level;
  return a->distance < b->distance;
}

static SacTileRequest *
pick_request (SacTileStore *store)
{
  SacTileRequest *best = NULL;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, store->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    SacTileRequest *request = value;

    if (request->state != SAC_TILE_QUEUED || request->view != store->view ||
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
find_finer (const SacTileKey *tile_key, char **ret_message, void *data)
{
  const SacTileRequest *request = data;
  SacTileStore *store = request->store;
  SacTileName key = {request->key.source, *tile_key};
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);
  const SacTileEntry *tile = sac_tile_cache_find (&store->cache, &key);

  for (GList *l = store->arrivals.head; tile == NULL && l != NULL; l = l->next)
    if (sac_tile_name_equal (&((SacTileEntry *)l->data)->name, &key))
      tile = l->data;
  if (tile == NULL || tile->image == NULL)
    return NULL;
  *ret_message = g_strdup (tile->message);
  return sac_image_ref (tile->image);
}

static void
keep_finer (const SacTileKey *tile_key,
            SacImage *image,
            const char *message,
            void *data)
{
  const SacTileRequest *request = data;
  SacTileStore *store = request->store;
  SacTileName key = {request->key.source, *tile_key};

  g_mutex_lock (&store->mutex);
  if (!request->is_forgotten) {
    SacTileRequest *same = g_hash_table_lookup (store->requests, &key);
    bool is_asked_for = same != NULL && same->view == store->view;

    if (same != NULL && same->state == SAC_TILE_QUEUED)
      same->state = SAC_TILE_ARRIVED;
    add_arrival (store, &key, image, message, !is_asked_for);
    tell_ready (store);
  }
  g_mutex_unlock (&store->mutex);
}

/* The view before counts too: the running one may just have begun. */
static bool
is_wanted (void *data)
{
  const SacTileRequest *request = data;
  SacTileStore *store = request->store;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->mutex);

  return !request->is_forgotten && request->view + 1 >= store->view;
}

/* ret_blemish: why parts of it are hatched, or NULL; g_free. */
static SacImage *
decode_request (SacTileRequest *request, char **ret_blemish, GError **error)
{
  SacTileDecoder decoder = {
    .source = request->key.source,
    .job = request->store->job,
    .data = request,
    .find = find_finer,
    .keep = keep_finer,
    .is_wanted = is_wanted,
  };

  SacImage *image = sac_tile_decode (&decoder, &request->key.tile, error);

  *ret_blemish = decoder.blemish;
  return image;
}

static void
finish_request (SacTileStore *store,
                SacTileRequest *request,
                SacImage *image,
                const char *blemish,
                const GError *error)
{
  if (request->is_forgotten) {
    sac_tile_request_free (request);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    /* Asked for again since it was given up, it has another turn. */
    if (request->view == store->view && !store->is_closing) {
      request->state = SAC_TILE_QUEUED;
      return;
    }
    g_hash_table_remove (store->requests, &request->key);
    sac_tile_request_free (request);
    return;
  }
  request->state = SAC_TILE_ARRIVED;
  add_arrival (store, &request->key, image,
               error != NULL ? error->message : blemish, false);
  tell_ready (store);
}

static void
serve_request (SacTileStore *store, SacTileRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blemish = NULL;
  bool is_deep = request->is_deep;

  request->state = SAC_TILE_DECODING;
  store->decoded_count++;
  store->is_deep_busy |= is_deep;
  g_mutex_unlock (&store->mutex);

  g_autoptr (SacImage) image = decode_request (request, &blemish, &error);

  g_mutex_lock (&store->mutex);
  if (is_deep)
    store->is_deep_busy = false;
  finish_request (store, request, image, blemish, error);
}

void *
sac_tile_store_work (void *data)
{
  SacTileStore *store = data;

  sac_thread_step_back (STEPS_BACK);
  g_mutex_lock (&store->mutex);
  while (!store->is_closing) {
    SacTileRequest *request = pick_request (store);

    if (request != NULL)
      serve_request (store, request);
    else
      g_cond_wait (&store->changed, &store->mutex);
  }
  g_mutex_unlock (&store->mutex);
  return NULL;
}
