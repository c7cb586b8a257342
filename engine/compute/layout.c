/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/layout.h"

#include "compute/loop.h"

#include <glib.h>
#include <string.h>

/* Pixels whose 16 channels are turned together. */
#define TURN 16

static size_t
lanes_of (const SacLayout *work, size_t block)
{
  return MIN (SAC_BLOCK, work->channels - block * SAC_BLOCK);
}

/* to[pixel][channel] = from[channel][pixel] for up to 16 of each, whose rows
 * are that many floats apart; lanes past the channels are zero. */
static void
turn (float *to,
      size_t to_step,
      const float *from,
      size_t from_step,
      size_t pixels,
      size_t channels)
{
  float square[TURN][SAC_BLOCK] = {{0}};

  for (size_t c = 0; c < channels; c++) {
    for (size_t p = 0; p < pixels; p++)
      square[p][c] = from[c * from_step + p];
  }
  for (size_t p = 0; p < pixels; p++)
    memcpy (to + p * to_step, square[p], sizeof square[p]);
}

/* The same back: to[channel][pixel] = from[pixel][channel]. */
static void
turn_back (float *to,
           size_t to_step,
           const float *from,
           size_t from_step,
           size_t pixels,
           size_t channels)
{
  for (size_t c = 0; c < channels; c++) {
    for (size_t p = 0; p < pixels; p++)
      to[c * to_step + p] = from[p * from_step + c];
  }
}

static void
plane_to_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  const float *from =
    work->from + (image * work->channels + block * SAC_BLOCK) * work->pixels;
  float *to = work->to + plane * work->pixels * SAC_BLOCK;

  for (size_t p = 0; p < work->pixels; p += TURN)
    turn (to + p * SAC_BLOCK, SAC_BLOCK, from + p, work->pixels,
          MIN (TURN, work->pixels - p), lanes_of (work, block));
}

static void
plane_from_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  const float *from = work->from + plane * work->pixels * SAC_BLOCK;
  float *to =
    work->to + (image * work->channels + block * SAC_BLOCK) * work->pixels;

  for (size_t p = 0; p < work->pixels; p += TURN)
    turn_back (to + p, work->pixels, from + p * SAC_BLOCK, SAC_BLOCK,
               MIN (TURN, work->pixels - p), lanes_of (work, block));
}

static void
plane_of_rows_to_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  size_t lanes = lanes_of (work, block);
  const float *from =
    work->from + image * work->pixels * work->channels + block * SAC_BLOCK;
  float *to = work->to + plane * work->pixels * SAC_BLOCK;

  for (size_t p = 0; p < work->pixels; p++, to += SAC_BLOCK) {
    memcpy (to, from + p * work->channels, lanes * sizeof (float));
    memset (to + lanes, 0, (SAC_BLOCK - lanes) * sizeof (float));
  }
}

static void
plane_of_rows_from_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  const float *from = work->from + plane * work->pixels * SAC_BLOCK;
  float *to =
    work->to + image * work->pixels * work->channels + block * SAC_BLOCK;

  for (size_t p = 0; p < work->pixels; p++)
    memcpy (to + p * work->channels, from + p * SAC_BLOCK,
            lanes_of (work, block) * sizeof (float));
}

static bool
run (const SacLayout *work, SacChunkFunc func, const SacJob *job)
{
  return sac_loop_run (sac_blocks (work->channels) * work->images, func, work,
                       job);
}

bool
sac_layout_to_blocked (const SacLayout *work, const SacJob *job)
{
  return run (work, plane_to_blocked, job);
}

bool
sac_layout_from_blocked (const SacLayout *work, const SacJob *job)
{
  return run (work, plane_from_blocked, job);
}

bool
sac_layout_rows_to_blocked (const SacLayout *work, const SacJob *job)
{
  return run (work, plane_of_rows_to_blocked, job);
}

bool
sac_layout_rows_from_blocked (const SacLayout *work, const SacJob *job)
{
  return run (work, plane_of_rows_from_blocked, job);
}
