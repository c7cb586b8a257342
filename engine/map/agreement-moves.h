/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Moves of a map over its own grid: shifts around the edges, half turns,
 * quarter turns where the grid is square, mirrors. */
#ifndef SAC_MAP_AGREEMENT_MOVES_H
#define SAC_MAP_AGREEMENT_MOVES_H

#include <stdint.h>

/* Move `index` of a seed: the cell that comes to place i is ret_from[i].  Never
 * the map as it stands, where the grid has more than one cell. */
void agreement_move_draw (
  uint64_t seed, uint64_t index, int rows, int columns, uint32_t *ret_from);

#endif
