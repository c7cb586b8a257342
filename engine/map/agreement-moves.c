/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-moves.h"

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>

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

/* Of a place at most once beyond the end. */
static int
wrap (int place, int count)
{
  return place < count ? place : place - count;
}

void
agreement_move_draw (
  uint64_t seed, uint64_t index, int rows, int columns, uint32_t *ret_from)
{
  Move move = draw (seed, index, rows, columns);

  size_t row_step = move.is_turned ? 1 : (size_t)columns;
  size_t column_step = move.is_turned ? (size_t)columns : 1;

  for (int r = 0; r < rows; r++) {
    int row = wrap (r + move.down, rows);
    size_t start = (size_t)(move.flips_rows ? rows - 1 - row : row) * row_step;

    for (int c = 0; c < columns; c++) {
      int column = wrap (c + move.over, columns);

      if (move.flips_columns)
        column = columns - 1 - column;
      *ret_from++ = (uint32_t)(start + (size_t)column * column_step);
    }
  }
}
