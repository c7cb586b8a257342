/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/bmp-runs.h"

/* What follows a zero instead of a run; from here on, so many single pixels. */
enum { END_OF_ROW, END_OF_IMAGE, MOVE, SINGLES };

typedef struct {
  const uint8_t *at, *end;
  bool halves;
  int64_t width, height;
  int64_t x, y; /* of the next pixel */
  uint8_t *to;
} Runs;

/* Pixels beyond the edge are left out, as others do. */
static void
put (Runs *runs, uint8_t number)
{
  if (runs->x < runs->width && runs->y < runs->height)
    runs->to[runs->y * runs->width + runs->x] = number;
  runs->x++;
}

static uint8_t
get_number (const Runs *runs, const uint8_t *bytes, unsigned index)
{
  if (!runs->halves)
    return bytes[index];
  return index % 2 == 0 ? bytes[index / 2] >> 4 : bytes[index / 2] & 15;
}

static void
put_run (Runs *runs, unsigned count, uint8_t value)
{
  uint8_t both[2] = {value, value};

  for (unsigned i = 0; i < count; i++)
    put (runs, get_number (runs, both, i % 2));
}

/* They fill whole words of 16 bits. */
static bool
put_singles (Runs *runs, unsigned count)
{
  size_t bytes = runs->halves ? (count + 1) / 2 : count;

  bytes += bytes % 2;
  if ((size_t)(runs->end - runs->at) < bytes)
    return false;
  for (unsigned i = 0; i < count; i++)
    put (runs, get_number (runs, runs->at, i));
  runs->at += bytes;
  return true;
}

static bool
move (Runs *runs)
{
  if (runs->end - runs->at < 2)
    return false;
  runs->x += runs->at[0];
  runs->y += runs->at[1];
  runs->at += 2;
  return true;
}

bool
sac_bmp_runs_unpack (const uint8_t *data,
                     size_t size,
                     bool halves,
                     int64_t width,
                     int64_t height,
                     uint8_t *to)
{
  Runs runs = {data, data + size, halves, width, height, 0, 0, to};

  while (runs.end - runs.at >= 2) {
    unsigned count = runs.at[0], value = runs.at[1];
    bool good = true;

    runs.at += 2;
    if (count > 0) {
      put_run (&runs, count, (uint8_t)value);
    } else if (value == END_OF_IMAGE) {
      return true;
    } else if (value == END_OF_ROW) {
      runs.x = 0;
      runs.y++;
    } else {
      good = value == MOVE ? move (&runs) : put_singles (&runs, value);
    }
    if (!good)
      return false;
  }
  /* Some writers leave the last sign out. */
  return runs.y >= height || (runs.y == height - 1 && runs.x >= width);
}
