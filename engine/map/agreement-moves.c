/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-moves.h"

#include "base/random.h"

#include <stdbool.h>

typedef struct {
  int down, over;
  bool is_turned; /* rows become columns */
  bool flips_rows, flips_columns;
} Move;

static int
draw_below (SacRandom *random, int count)
{
  return (int)(sac_random_uniform (random) * count);
}

static bool
is_identity (const Move *move)
{
  return move->down == 0 && move->over == 0 && !move->is_turned &&
         !move->flips_rows && !move->flips_columns;
}

static Move
draw (uint64_t seed, uint64_t index, int rows, int columns)
{
  SacRandom random = sac_random_new (seed, index);
  Move move;

  do {
    move = (Move){
      .down = draw_below (&random, rows),
      .over = draw_below (&random, columns),
      .is_turned = draw_below (&random, 2) == 1 && rows == columns,
      .flips_rows = draw_below (&random, 2) == 1,
      .flips_columns = draw_below (&random, 2) == 1,
    };
  } while (is_identity (&move) && rows * columns > 1);
  return move;
}

void
agreement_move_draw (
  uint64_t seed, uint64_t index, int rows, int columns, uint32_t *ret_from)
{
  Move move = draw (seed, index, rows, columns);

  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      int row = (r + move.down) % rows, column = (c + move.over) % columns;

      if (move.flips_rows)
        row = rows - 1 - row;
      if (move.flips_columns)
        column = columns - 1 - column;
      *ret_from++ = move.is_turned
                      ? (uint32_t)column * (uint32_t)columns + (uint32_t)row
                      : (uint32_t)row * (uint32_t)columns + (uint32_t)column;
    }
  }
}
