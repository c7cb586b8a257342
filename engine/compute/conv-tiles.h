/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the convolutions on AMX's tiles share: weights that are split when they
 * are packed.
 *
 * A packing is a panel of 32 filters after another, of so many steps of 32 of
 * depth each (SAC_TILES_STEP_BYTES) after 64 bytes that say whether they could
 * be split; else the panel holds them as they are, [filter][channel][y][x].
 * Where a weight or a number of the image cannot be split, all of the
 * convolution is done again in float32. */
#ifndef SAC_COMPUTE_CONV_TILES_H
#define SAC_COMPUTE_CONV_TILES_H

#include "compute/conv-private.h"
#include "compute/kernels.h"

#define SAC_TILES_HEAD_FLOATS 16
#define SAC_TILES_STEP_FLOATS (SAC_TILES_STEP_BYTES / sizeof (float))

/* Where a weight of a filter lies: its step, row of a tile, and place in it. */
typedef struct {
  size_t step, row, half;
} SacTilesPlace;

typedef struct {
  size_t (*count_steps) (const SacConvShape *shape);
  SacTilesPlace (*find) (const SacConvShape *shape,
                         size_t channel,
                         size_t y,
                         size_t x);
  SacConvAlgorithm fallback; /* for what cannot be split */
} SacTilesPacking;

size_t sac_tiles_panel_floats (const SacTilesPacking *packing,
                               const SacConvShape *s);

/* Of all panels. */
size_t sac_tiles_packed_count (const SacTilesPacking *packing,
                               const SacConvShape *s);

/* Whether kernels in force have tiles, and the result fills blocks of 16. */
bool sac_tiles_can (const SacConvShape *s);

/* Marks a panel as split. */
void sac_tiles_mark (float *panel);

/* Or keeps its weights as they are. */
void sac_tiles_keep (const SacTilesPacking *packing,
                     const SacConvShape *s,
                     const SacConvWeights *weights,
                     float *packed,
                     size_t panel);

/* Whether the panel was split, and its first step. */
bool sac_tiles_is_split (const float *panel);

static inline const char *
sac_tiles_steps (const float *panel)
{
  return (const char *)(panel + SAC_TILES_HEAD_FLOATS);
}

/* Runs the chunks, each of which says whether all could be split; if not,
 * everything is done by the other algorithm.  Returns: false when cancelled. */
bool sac_tiles_run (const SacTilesPacking *packing,
                    const SacConv *conv,
                    size_t chunks,
                    bool (*chunk) (const SacConv *conv, size_t index),
                    const SacJob *job);

#endif
