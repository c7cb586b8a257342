/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How one tile of a virtual level is made from what the file has.  For
 * this folder alone; decoding happens on the store's threads. */
#ifndef SAC_SCENE_TILE_DECODE_H
#define SAC_SCENE_TILE_DECODE_H

#include "scene/tile-store.h"

/* What a decode asks of whoever keeps the tiles.  One per request. */
typedef struct {
  SacSource *source;
  SacJob *job;
  int fault_count; /* reads that failed so far; starts at 0 */
  bool has_read;   /* one has not failed; starts false */
  char *blemish;   /* why parts of the last image are hatched; g_free; starts
                      NULL */
  void *data;
  /* A finer tile that is there already: a new reference, or NULL.
   * ret_message: NULL or why parts of it are hatched; g_free. */
  SacImage *(*find) (const SacTileKey *key, char **ret_message, void *data);
  /* A finer tile was made on the way; image NULL: it is bad, and why; else the
   * message is NULL or says why parts of it are hatched. */
  void (*keep) (const SacTileKey *key,
                SacImage *image,
                const char *message,
                void *data);
  /* False when nobody waits for the tile any more. */
  bool (*is_wanted) (void *data);
} SacTileDecoder;

/* True when the level is so much coarser than any of the file that its tiles
 * are put together from finer tiles, which can take long. */
bool sac_tile_is_deep (SacSource *source, int level);

/* Errors: those of reading; cancelled also when no longer wanted. */
SacImage *sac_tile_decode (SacTileDecoder *decoder,
                           const SacTileKey *key,
                           GError **error);

/* Grey diagonals: the look of what cannot be read. */
SacImage *sac_tile_hatched (int width, int height, GError **error);

#endif
