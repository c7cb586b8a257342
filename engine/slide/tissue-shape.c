/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/tissue-shape.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define FAR INT32_C (30000)

/* Cells to the nearest one of `value` in the same row. */
static void
measure_row (const uint8_t *cells, int columns, uint8_t value, int32_t *to)
{
  int32_t distance = FAR;

  for (int x = 0; x < columns; x++) {
    distance = cells[x] == value ? 0 : MIN (distance + 1, FAR);
    to[x] = distance;
  }
  distance = FAR;
  for (int x = columns - 1; x >= 0; x--) {
    distance = cells[x] == value ? 0 : MIN (distance + 1, FAR);
    to[x] = MIN (to[x], distance);
  }
}

/* Gives `value` to every cell within the radius of one that has it. */
static void
grow (uint8_t *cells, int rows, int columns, double radius, uint8_t value)
{
  g_autofree int32_t *across = g_new (int32_t, (size_t)rows * (size_t)columns);
  int reach = (int)floor (radius);

  for (int y = 0; y < rows; y++)
    measure_row (cells + (size_t)y * columns, columns, value,
                 across + (size_t)y * columns);
  for (int y = 0; y < rows; y++)
    for (int dy = MAX (-reach, -y); dy <= MIN (reach, rows - 1 - y); dy++) {
      const int32_t *from = across + (size_t)(y + dy) * columns;
      int32_t most = (int32_t)floor (sqrt (radius * radius - dy * dy));
      uint8_t *to = cells + (size_t)y * columns;

      for (int x = 0; x < columns; x++)
        if (from[x] <= most)
          to[x] = value;
    }
}

void
sac_tissue_close (uint8_t *cells, int rows, int columns, double radius)
{
  if (radius < 1)
    return;

  /* On a larger grid, so that what grows over the edge shrinks back from it. */
  int margin = (int)ceil (radius) + 1;
  int wide = columns + 2 * margin, high = rows + 2 * margin;
  g_autofree uint8_t *larger = g_new0 (uint8_t, (size_t)wide * (size_t)high);

  for (int y = 0; y < rows; y++)
    memcpy (larger + (size_t)(y + margin) * wide + margin,
            cells + (size_t)y * columns, (size_t)columns);
  grow (larger, high, wide, radius, 1);
  grow (larger, high, wide, radius, 0);
  for (int y = 0; y < rows; y++)
    memcpy (cells + (size_t)y * columns,
            larger + (size_t)(y + margin) * wide + margin, (size_t)columns);
}

typedef struct {
  uint8_t *cells;
  uint8_t *seen;
  int rows, columns;
  uint8_t value;
  GArray *piece; /* of uint32_t: its cells, each once */
} Pieces;

static void
visit (Pieces *pieces, int x, int y)
{
  if (x < 0 || y < 0 || x >= pieces->columns || y >= pieces->rows)
    return;

  uint32_t index = (uint32_t)y * (uint32_t)pieces->columns + (uint32_t)x;

  if (pieces->seen[index] || pieces->cells[index] != pieces->value)
    return;
  pieces->seen[index] = 1;
  g_array_append_val (pieces->piece, index);
}

static void
collect (Pieces *pieces, int x, int y)
{
  g_array_set_size (pieces->piece, 0);
  visit (pieces, x, y);
  for (guint i = 0; i < pieces->piece->len; i++) {
    uint32_t index = g_array_index (pieces->piece, uint32_t, i);
    int at_x = (int)(index % (uint32_t)pieces->columns);
    int at_y = (int)(index / (uint32_t)pieces->columns);

    for (int dy = -1; dy <= 1; dy++)
      for (int dx = -1; dx <= 1; dx++)
        if (pieces->value == 1 || dx == 0 || dy == 0)
          visit (pieces, at_x + dx, at_y + dy);
  }
}

void
sac_tissue_drop_pieces (
  uint8_t *cells, int rows, int columns, uint8_t value, double least)
{
  size_t count = (size_t)rows * (size_t)columns;
  g_autofree uint8_t *seen = g_new0 (uint8_t, count);
  g_autoptr (GArray) piece = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  Pieces pieces = {cells, seen, rows, columns, value, piece};

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      collect (&pieces, x, y);
      if (piece->len == 0 || piece->len >= least)
        continue;
      for (guint i = 0; i < piece->len; i++)
        cells[g_array_index (piece, uint32_t, i)] = !value;
    }
}
