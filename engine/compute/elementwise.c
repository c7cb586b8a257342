/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/elementwise.h"

#include "compute/kernels.h"
#include "compute/loop.h"

#include <glib.h>
#include <string.h>

/* Pixels of a block of channels: half of the L1 cache. */
#define PIECE_PIXELS 256
/* Pieces of a chunk. */
#define CHUNK_PIECES 64

static size_t
pieces_of (const SacElementwise *work)
{
  return (work->pixels + PIECE_PIXELS - 1) / PIECE_PIXELS;
}

static void
run_piece (const SacElementwise *work, size_t plane, size_t piece)
{
  size_t first = piece * PIECE_PIXELS;
  size_t count = MIN (PIECE_PIXELS, work->pixels - first);
  size_t at = (plane * work->pixels + first) * SAC_BLOCK;
  size_t channel = plane / work->images * SAC_BLOCK;
  size_t lanes = MIN (SAC_BLOCK, work->channels - channel);
  float bias[SAC_BLOCK] = {0}, scale[SAC_BLOCK] = {0};
  const SacTail *tail = &work->tail;
  SacFinish finish = {
    .c = work->y + at,
    .row_step = SAC_BLOCK,
    .rows = count,
    .bias = tail->bias != NULL ? bias : NULL,
    .scale = tail->scale != NULL ? scale : NULL,
    .residual = tail->residual != NULL ? tail->residual + at : NULL,
  };

  if (tail->bias != NULL)
    memcpy (bias, tail->bias + channel, lanes * sizeof (float));
  if (tail->scale != NULL)
    memcpy (scale, tail->scale + channel, lanes * sizeof (float));
  sac_kernels ()->gate (work->x + at,
                        work->gate != NULL ? work->gate + plane * SAC_BLOCK
                                           : NULL,
                        count, work->y + at);
  sac_kernels ()->finish (tail, &finish);
  for (size_t i = 0; lanes < SAC_BLOCK && i < count; i++)
    memset (finish.c + i * SAC_BLOCK + lanes, 0,
            (SAC_BLOCK - lanes) * sizeof (float));
}

static void
run_chunk (const void *data, size_t index)
{
  const SacElementwise *work = data;
  size_t pieces = pieces_of (work);
  size_t all = sac_blocks (work->channels) * work->images * pieces;
  size_t end = MIN (all, (index + 1) * CHUNK_PIECES);

  for (size_t i = index * CHUNK_PIECES; i < end; i++)
    run_piece (work, i / pieces, i % pieces);
}

bool
sac_elementwise_run (const SacElementwise *work, const SacJob *job)
{
  size_t all = sac_blocks (work->channels) * work->images * pieces_of (work);

  return sac_loop_run ((all + CHUNK_PIECES - 1) / CHUNK_PIECES, run_chunk, work,
                       job);
}

static void
average_plane (const void *data, size_t plane)
{
  const SacGlobalAverage *work = data;

  sac_kernels ()->average_plane (work->x + plane * work->pixels * SAC_BLOCK,
                                 work->pixels, work->y + plane * SAC_BLOCK);
}

bool
sac_global_average_run (const SacGlobalAverage *work, const SacJob *job)
{
  return sac_loop_run (sac_blocks (work->channels) * work->images,
                       average_plane, work, job);
}
