/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The tiles that a store has, the most recently asked for first.  For the store
 * alone, which guards it. */
#ifndef SAC_SCENE_TILE_CACHE_H
#define SAC_SCENE_TILE_CACHE_H

#include "scene/tile-store.h"

/* A tile among those of all sources.  Equal names mean the same pixels only
 * while something holds a reference of the source. */
typedef struct {
  SacSource *source;
  SacTileKey tile;
} SacTileName;

guint sac_tile_name_hash (const void *name);
gboolean sac_tile_name_equal (const void *a, const void *b);

typedef struct {
  SacTileName name; /* holds a reference of the source */
  SacImage *image;  /* NULL: bad */
  char *message;
  guint64 serial;
  guint64 view; /* the last that asked for it */
  bool is_pinned;
  bool is_byproduct; /* made on the way to a coarser one */
  GList link;        /* data: itself */
} SacTileEntry;

/* Takes references and copies. */
SacTileEntry *sac_tile_entry_new (const SacTileName *name,
                                  SacImage *image,
                                  const char *message);
void sac_tile_entry_free (SacTileEntry *entry);

typedef struct {
  GHashTable *entries; /* by name */
  GQueue lru;
  size_t bytes; /* the sum over all entries */
  guint64 last_serial;
} SacTileCache;

void sac_tile_cache_init (SacTileCache *cache);
void sac_tile_cache_clear (SacTileCache *cache);

SacTileEntry *sac_tile_cache_find (const SacTileCache *cache,
                                   const SacTileName *name);

/* Takes `entry`; one of the same name stays and the new one goes. */
void sac_tile_cache_take (SacTileCache *cache, SacTileEntry *entry);

/* A view has asked for it. */
void
sac_tile_cache_use (SacTileCache *cache, SacTileEntry *entry, guint64 view);

/* Back to `budget` bytes, the longest unused first.  Spares what is pinned and
 * what `view` or the one before has asked for: otherwise a budget smaller than
 * the view would decode the same tiles for ever. */
void sac_tile_cache_evict (SacTileCache *cache, size_t budget, guint64 view);

void sac_tile_cache_forget (SacTileCache *cache, const SacSource *source);

#endif
