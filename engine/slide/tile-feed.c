/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Slots hold a batch each.  A thread takes the next tile of the slot that was
 * begun first; with none left it begins a free slot with the wanted batch that
 * is nearest to the view.  Batches are handed out in the order they were begun.
 */
#include "slide/tile-feed.h"

#include "base/error.h"
#include "base/job-rest.h"
#include "base/pool.h"
#include "network/preprocess.h"

#include <math.h>
#include <string.h>

/* One that is run, one that is ready, one that is being read. */
#define SLOT_COUNT 3
#define THREADS_MAX 4

/* How long a thread that waits may not notice that its job is cancelled. */
#define LOOK_MICROSECONDS (50 * G_TIME_SPAN_MILLISECOND)

struct SacTileFeed {
  SacTileFeedParams params;
  SacJob *job;
  GMutex mutex;
  GCond work;  /* a slot is free, or the feed ends */
  GCond ready; /* a batch is whole, or something failed */
  /* Under the mutex. */
  SacTileBatch slots[SLOT_COUNT];
  bool *begun;
  size_t left; /* batches to begin */
  guint64 turn;
  bool has_view, ends;
  double view_x, view_y;
  GError *failure;
  /* */
  float *places; /* [batch][2]: the middle of its tiles */
  GThread *threads[THREADS_MAX];
  int thread_count;
};

static void
find_places (SacTileFeed *feed)
{
  const SacTileGrid *grid = feed->params.grid;

  for (size_t i = 0; i < feed->params.list->batch_count; i++) {
    const uint32_t *tiles;
    size_t count = sac_tile_list_get_batch (feed->params.list, i, &tiles);
    double x = 0, y = 0;

    for (size_t t = 0; t < count; t++) {
      SacRect tile =
        sac_tile_grid_get_tile (grid, (int)(tiles[t] / (uint32_t)grid->columns),
                                (int)(tiles[t] % (uint32_t)grid->columns));

      x += tile.x + tile.width / 2;
      y += tile.y + tile.height / 2;
    }
    feed->places[2 * i] = (float)(x / (double)count);
    feed->places[2 * i + 1] = (float)(y / (double)count);
  }
}

/* The wanted batch nearest to the view; there is one. */
static size_t
choose_batch (const SacTileFeed *feed)
{
  size_t chosen = 0;
  double least = INFINITY;

  for (size_t i = 0; i < feed->params.list->batch_count; i++) {
    double x = feed->places[2 * i] - feed->view_x;
    double y = feed->places[2 * i + 1] - feed->view_y;
    double distance = feed->has_view ? x * x + y * y : 0;

    if (feed->begun[i] || !(distance < least))
      continue;
    least = distance;
    chosen = i;
  }
  return chosen;
}

static void
begin_batch (SacTileFeed *feed, SacTileBatch *slot)
{
  slot->number = choose_batch (feed);
  slot->count =
    sac_tile_list_get_batch (feed->params.list, slot->number, &slot->tiles);
  slot->next = slot->finished = 0;
  slot->turn = ++feed->turn;
  feed->begun[slot->number] = true;
  feed->left--;
}

/* The slot whose next tile is to be read.  NULL: nothing to do for now. */
static SacTileBatch *
find_work (SacTileFeed *feed)
{
  SacTileBatch *first = NULL, *free_slot = NULL;

  for (int i = 0; i < SLOT_COUNT; i++) {
    SacTileBatch *slot = &feed->slots[i];

    if (slot->turn == 0)
      free_slot = slot;
    else if (slot->next < slot->count &&
             (first == NULL || slot->turn < first->turn))
      first = slot;
  }
  if (first != NULL || free_slot == NULL || feed->left == 0)
    return first;
  begin_batch (feed, free_slot);
  return free_slot;
}

static void
clear_sample (SacTensor *batch, size_t batch_size, size_t index)
{
  size_t size = sac_tensor_get_bytes (batch) / batch_size;

  memset ((char *)batch->data + index * size, 0, size);
}

static bool
read_tile (SacTileFeed *feed, SacTileBatch *slot, size_t index, GError **error)
{
  const SacTileFeedParams *params = &feed->params;
  const SacTileGrid *grid = params->grid;
  uint32_t tile = slot->tiles[index];
  SacRect region =
    sac_tile_grid_get_tile (grid, (int)(tile / (uint32_t)grid->columns),
                            (int)(tile % (uint32_t)grid->columns));
  g_autoptr (GError) reason = NULL;
  g_autoptr (SacImage) image =
    sac_source_read_region (params->source, &region, grid->input_width,
                            grid->input_height, params->models[0].input->filter,
                            SAC_COLORS_FILE, feed->job, &reason);

  slot->unreadable[index] = image == NULL;
  if (image == NULL &&
      !g_error_matches (reason, SAC_ERROR, SAC_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  for (size_t i = 0; i < params->model_count; i++) {
    if (image == NULL)
      clear_sample (slot->tensors[i], params->list->batch_size, index);
    else if (!sac_preprocess_fill (params->models[i].input, image,
                                   slot->tensors[i], index, error))
      return false;
  }
  return true;
}

/* A slot was used before; what its last batch has not got must be gone. */
static void
clear_rest (SacTileFeed *feed, SacTileBatch *slot)
{
  size_t size = feed->params.list->batch_size;

  for (size_t i = slot->count; i < size; i++)
    for (size_t m = 0; m < feed->params.model_count; m++)
      clear_sample (slot->tensors[m], size, i);
}

static void *
read_tiles (void *data)
{
  SacTileFeed *feed = data;

  sac_pool_stay_out ();
  g_mutex_lock (&feed->mutex);
  while (!feed->ends && feed->failure == NULL) {
    SacTileBatch *slot = find_work (feed);
    GError *error = NULL;

    if (slot == NULL) {
      g_cond_wait (&feed->work, &feed->mutex);
      continue;
    }

    size_t index = slot->next++;

    if (index == 0)
      clear_rest (feed, slot);
    g_mutex_unlock (&feed->mutex);
    sac_job_rest (feed->job);
    read_tile (feed, slot, index, &error);
    g_mutex_lock (&feed->mutex);
    slot->finished++;
    if (error != NULL && feed->failure == NULL)
      feed->failure = g_steal_pointer (&error);
    g_clear_error (&error);
    if (slot->finished == slot->count || feed->failure != NULL)
      g_cond_broadcast (&feed->ready);
  }
  g_mutex_unlock (&feed->mutex);
  return NULL;
}

static bool
reserve (SacTileFeed *feed, GError **error)
{
  size_t size = feed->params.list->batch_size;

  for (int i = 0; i < SLOT_COUNT; i++) {
    SacTileBatch *slot = &feed->slots[i];

    slot->tensors = g_new0 (SacTensor *, feed->params.model_count);
    slot->unreadable = g_new0 (bool, size);
    for (size_t m = 0; m < feed->params.model_count; m++) {
      slot->tensors[m] =
        sac_slide_model_new_batch (&feed->params.models[m], size, error);
      if (slot->tensors[m] == NULL)
        return false;
    }
  }
  return true;
}

static void
start (SacTileFeed *feed)
{
  int count = (int)CLAMP (g_get_num_processors (), 1, THREADS_MAX);

  for (int i = 0; i < count; i++)
    feed->threads[feed->thread_count++] =
      g_thread_new ("sac-tiles", read_tiles, feed);
}

SacTileFeed *
sac_tile_feed_new (const SacTileFeedParams *params, SacJob *job, GError **error)
{
  g_autoptr (SacTileFeed) feed = g_new0 (SacTileFeed, 1);
  size_t count = params->list->batch_count;

  feed->params = *params;
  feed->job = job;
  g_mutex_init (&feed->mutex);
  g_cond_init (&feed->work);
  g_cond_init (&feed->ready);
  feed->begun = g_new (bool, count + 1);
  feed->places = g_new (float, 2 * count + 1);
  for (size_t i = 0; i < count; i++) {
    feed->begun[i] = params->left_out[i];
    feed->left += !params->left_out[i];
  }
  find_places (feed);
  if (params->view != NULL)
    sac_tile_feed_set_view (feed, params->view);
  if (!reserve (feed, error))
    return NULL;
  start (feed);
  return g_steal_pointer (&feed);
}

void
sac_tile_feed_free (SacTileFeed *feed)
{
  if (feed == NULL)
    return;
  g_mutex_lock (&feed->mutex);
  feed->ends = true;
  g_cond_broadcast (&feed->work);
  g_mutex_unlock (&feed->mutex);
  for (int i = 0; i < feed->thread_count; i++)
    g_thread_join (feed->threads[i]);
  for (int i = 0; i < SLOT_COUNT; i++) {
    for (size_t m = 0;
         feed->slots[i].tensors != NULL && m < feed->params.model_count; m++)
      sac_tensor_unref (feed->slots[i].tensors[m]);
    g_free (feed->slots[i].tensors);
    g_free (feed->slots[i].unreadable);
  }
  g_clear_error (&feed->failure);
  g_mutex_clear (&feed->mutex);
  g_cond_clear (&feed->work);
  g_cond_clear (&feed->ready);
  g_free (feed->begun);
  g_free (feed->places);
  g_free (feed);
}

/* The batch that was begun first; those being run are whole as well, and are
 * marked by a `next` beyond their count. */
static SacTileBatch *
find_first (SacTileFeed *feed)
{
  SacTileBatch *first = NULL;

  for (int i = 0; i < SLOT_COUNT; i++) {
    SacTileBatch *slot = &feed->slots[i];

    if (slot->turn > 0 && slot->next <= slot->count &&
        (first == NULL || slot->turn < first->turn))
      first = slot;
  }
  return first;
}

SacTileBatch *
sac_tile_feed_take (SacTileFeed *feed, SacJob *job, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&feed->mutex);

  for (;;) {
    SacTileBatch *first = find_first (feed);

    if (!sac_job_check (job, error))
      return NULL;
    if (feed->failure != NULL) {
      g_propagate_error (error, g_error_copy (feed->failure));
      return NULL;
    }
    if (first == NULL && feed->left == 0)
      return NULL;
    if (first != NULL && first->finished == first->count) {
      first->next = first->count + 1;
      return first;
    }
    g_cond_wait_until (&feed->ready, &feed->mutex,
                       g_get_monotonic_time () + LOOK_MICROSECONDS);
  }
}

void
sac_tile_feed_give_back (SacTileFeed *feed, SacTileBatch *batch)
{
  g_mutex_lock (&feed->mutex);
  batch->turn = 0;
  g_cond_broadcast (&feed->work);
  g_mutex_unlock (&feed->mutex);
}

void
sac_tile_feed_set_view (SacTileFeed *feed, const SacRect *view)
{
  g_mutex_lock (&feed->mutex);
  feed->has_view = true;
  feed->view_x = view->x + view->width / 2;
  feed->view_y = view->y + view->height / 2;
  g_mutex_unlock (&feed->mutex);
}
