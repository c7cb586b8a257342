/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-shard.h"

#include "base/error.h"
#include "base/limits.h"

#define SHARDS_MAX (1 << 20)

void
sac_slide_shard_init (SacSlideShard *shard)
{
  size_t batches =
    (shard->tile_count + shard->batch_size - 1) / shard->batch_size;

  shard->batch_count = batches;
  shard->first_batch = batches * (shard->number - 1) / shard->count;
  shard->end_batch = batches * shard->number / shard->count;
}

/* -1: it is not there, or no number. */
static gint64
get_number (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64
           ? json_node_get_int (node)
           : -1;
}

bool
sac_slide_shard_read (SacSlideShard *shard,
                      JsonObject *identity,
                      const char *folder,
                      GError **error)
{
  JsonNode *node = json_object_get_member (identity, "shard");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;
  gint64 tiles = get_number (identity, "tiles");
  gint64 batch = get_number (identity, "batch");
  gint64 number = 0, count = 0;

  if (array != NULL && json_array_get_length (array) == 2) {
    number = json_array_get_int_element (array, 0);
    count = json_array_get_int_element (array, 1);
  }
  if (number < 1 || number > count || count > SHARDS_MAX || tiles < 1 ||
      tiles > SAC_LIMIT_SLIDE_TILES || batch < 1 ||
      batch > SAC_LIMIT_SLIDE_TILES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: does not say which shard it is", folder);
    return false;
  }
  *shard = (SacSlideShard){
    .number = (size_t)number,
    .count = (size_t)count,
    .tile_count = (size_t)tiles,
    .batch_size = (size_t)batch,
  };
  sac_slide_shard_init (shard);
  return true;
}

size_t
sac_slide_shard_count (const SacSlideShard *shard, size_t first, size_t end)
{
  size_t from = first * shard->batch_size;
  size_t to = end * shard->batch_size;

  return first < end ? MIN (to, shard->tile_count) - from : 0;
}
