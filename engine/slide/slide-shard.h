/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which batches of a slide a shard has: a stretch of them, of equal length but
 * for one. */
#ifndef SAC_SLIDE_SLIDE_SHARD_H
#define SAC_SLIDE_SLIDE_SHARD_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct {
  size_t number, count;                       /* from 1 on */
  size_t tile_count, batch_size, batch_count; /* of the whole slide */
  size_t first_batch, end_batch;              /* of the shard */
} SacSlideShard;

/* Fills in batch_count, first_batch and end_batch. */
void sac_slide_shard_init (SacSlideShard *shard);

/* Of what a store was begun with.  folder: stands in messages.  Errors:
 * DAMAGED.
 */
bool sac_slide_shard_read (SacSlideShard *shard,
                           JsonObject *identity,
                           const char *folder,
                           GError **error);

/* Tiles in batches [first, end). */
size_t
sac_slide_shard_count (const SacSlideShard *shard, size_t first, size_t end);

#endif
