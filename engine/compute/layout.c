/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/layout.h"

#include "compute/kernels.h"
#include "compute/loop.h"

#include <glib.h>
#include <string.h>

static size_t
lanes_of (const SacLayout *work, size_t block)
{
  return MIN (SAC_BLOCK, work->channels - block * SAC_BLOCK);
}

static void
plane_to_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  size_t lanes = lanes_of (work, block), floats = work->pixels * SAC_BLOCK;
  const float *from =
    work->from + (image * work->channels + block * SAC_BLOCK) * work->pixels;
  float *to = work->to + plane * floats;

  if (lanes < SAC_BLOCK)
    memset (to, 0, floats * sizeof *to);
  sac_kernels ()->transpose (from, (ptrdiff_t)work->pixels, lanes, work->pixels,
                             to, SAC_BLOCK);
}

static void
plane_from_blocked (const void *data, size_t plane)
{
  const SacLayout *work = data;
  size_t block = plane / work->images, image = plane % work->images;
  const float *from = work->from + plane * work->pixels * SAC_BLOCK;
  float *to =
    work->to + (image * work->channels + block * SAC_BLOCK) * work->pixels;

  sac_kernels ()->transpose (from, SAC_BLOCK, work->pixels,
                             lanes_of (work, block), to,
                             (ptrdiff_t)work->pixels);
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
