/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/packs-stream.h"

#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/product.h"
#include "compute/scratch.h"
#include "tensor/rest.h"

/* What a chunk reads should stay in the cache until it is packed: of a matrix,
 * in floats; of its row, a part that is still read quickly. */
#define CHUNK_FLOATS ((size_t)256 << 10)
#define PART_FLOATS ((size_t)8 << 10)
/* A panel of filters that is read at once has no more. */
#define FILTERS_FLOATS ((size_t)1 << 20)

#define HUGE_PAGE_FLOATS (((size_t)2 << 20) / sizeof (float))

/* The weights as they stand, height x width, and how they are cut. */
typedef struct {
  const SacPackSpec *spec;
  float *packed;
  size_t packed_count;
  size_t height, width;
  size_t rows, part, parts; /* of a chunk; parts of a row */
  const SacJob *job;
  GMutex mutex;
  GError *error; /* the first one; atomic */
} Stream;

/* Some rows of a part that are in memory. */
typedef struct {
  float *values;
  size_t first, count;
  size_t from, width;
} Chunk;

static bool
is_whole (const SacPackSpec *spec)
{
  const SacConvShape *shape = &spec->shape;

  return spec->join_y == 0 && spec->first_y == 0 && spec->first_x == 0 &&
         spec->step_y == 1 && spec->step_x == 1 && shape->groups == 1 &&
         sac_shape_size (&spec->weights->shape) ==
           (int64_t)(shape->channels * shape->filters * shape->kernel_height *
                     shape->kernel_width);
}

static size_t
filter_floats (const SacConvShape *shape)
{
  return shape->channels * shape->kernel_height * shape->kernel_width;
}

bool
sac_pack_can_stream (const SacPackSpec *spec)
{
  if (!is_whole (spec))
    return false;
  if (spec->algorithm == SAC_CONV_POINTWISE)
    return true;
  return sac_conv_packs_filters (spec->algorithm) && !spec->reversed &&
         filter_floats (&spec->shape) <= FILTERS_FLOATS / SAC_PANEL;
}

static void
scale_chunk (const SacPackSpec *spec, const Chunk *chunk)
{
  for (size_t i = 0; i < chunk->count; i++) {
    float *row = chunk->values + i * chunk->width;

    for (size_t k = 0; k < chunk->width; k++)
      row[k] *=
        spec->scale[spec->scales_columns ? chunk->from + k : chunk->first + i];
  }
}

/* Rows are parts of the depth: each panel takes its columns. */
static void
pack_depths (const Stream *stream, const Chunk *chunk)
{
  for (size_t column = 0; column < chunk->width; column += SAC_PANEL) {
    size_t panel = (chunk->from + column) / SAC_PANEL;

    sac_product_pack (stream->packed +
                        (panel * stream->height + chunk->first) * SAC_PANEL,
                      chunk->values + column, chunk->count,
                      MIN (SAC_PANEL, chunk->width - column),
                      (ptrdiff_t)chunk->width, 1);
  }
}

/* Rows are columns of the packed matrix: a panel. */
static void
pack_columns (const Stream *stream, const Chunk *chunk)
{
  sac_product_pack (stream->packed + chunk->first * stream->width +
                      chunk->from * SAC_PANEL,
                    chunk->values, chunk->width, chunk->count, 1,
                    (ptrdiff_t)chunk->width);
}

static void
pack_filters (const Stream *stream, const Chunk *chunk)
{
  SacConvWeights weights = {
    .values = chunk->values,
    .first_filter = chunk->first,
  };

  sac_conv_pack_panel (stream->spec->algorithm, &stream->spec->shape, &weights,
                       stream->packed, chunk->first / SAC_PANEL);
}

static bool
read_chunk (const Stream *stream, const Chunk *chunk, GError **error)
{
  bool whole = chunk->width == stream->width;
  size_t reads = whole ? 1 : chunk->count;
  size_t count = whole ? chunk->count * chunk->width : chunk->width;

  for (size_t i = 0; i < reads; i++) {
    size_t first = (chunk->first + i) * stream->width + chunk->from;

    if (!sac_tensor_read (stream->spec->weights, (int64_t)first, (int64_t)count,
                          chunk->values + i * chunk->width, error))
      return false;
  }
  return true;
}

static void
fail (Stream *stream, GError *error)
{
  g_mutex_lock (&stream->mutex);
  if (stream->error == NULL)
    g_atomic_pointer_set (&stream->error, error);
  else
    g_error_free (error);
  g_mutex_unlock (&stream->mutex);
}

/* Returns: false when there is nothing left to do for this stream. */
static bool
goes_on (Stream *stream)
{
  GError *error = NULL;

  if (g_atomic_pointer_get (&stream->error) != NULL)
    return false;
  if (stream->job == NULL || sac_job_check (stream->job, &error))
    return true;
  fail (stream, error);
  return false;
}

static void
stream_chunk (size_t index, void *data)
{
  Stream *stream = data;
  const SacPackSpec *spec = stream->spec;
  Chunk chunk = {
    .first = index / stream->parts * stream->rows,
    .from = index % stream->parts * stream->part,
  };
  GError *error = NULL;

  if (!goes_on (stream))
    return;
  chunk.count = MIN (stream->rows, stream->height - chunk.first);
  chunk.width = MIN (stream->part, stream->width - chunk.from);
  chunk.values = sac_scratch (chunk.count * chunk.width);
  if (!read_chunk (stream, &chunk, &error)) {
    fail (stream, error);
    return;
  }
  if (spec->scale != NULL)
    scale_chunk (spec, &chunk);
  if (spec->algorithm != SAC_CONV_POINTWISE)
    pack_filters (stream, &chunk);
  else if (spec->reversed)
    pack_depths (stream, &chunk);
  else
    pack_columns (stream, &chunk);
}

/* Threads that write to one new page at the same moment would both clear one,
 * so each is touched first by one of them. */
static void
touch_page (size_t index, void *data)
{
  Stream *stream = data;

  if (goes_on (stream))
    *(volatile float *)(stream->packed + index * HUGE_PAGE_FLOATS) = 0;
}

static void
cut (Stream *stream)
{
  const SacPackSpec *spec = stream->spec;

  stream->part = stream->width;
  stream->rows = SAC_PANEL;
  if (spec->algorithm == SAC_CONV_POINTWISE)
    stream->part = MIN (stream->width, PART_FLOATS);
  if (spec->algorithm == SAC_CONV_POINTWISE && spec->reversed)
    stream->rows = MAX (1, CHUNK_FLOATS / stream->part);
  stream->parts = (stream->width + stream->part - 1) / stream->part;
}

bool
sac_pack_stream (const SacPackSpec *spec,
                 float *packed,
                 const SacJob *job,
                 GError **error)
{
  size_t depth = filter_floats (&spec->shape), columns = spec->shape.filters;
  Stream stream = {
    .spec = spec,
    .packed = packed,
    .packed_count = sac_conv_packed_count (spec->algorithm, &spec->shape),
    .height = spec->reversed ? depth : columns,
    .width = spec->reversed ? columns : depth,
    .job = job,
  };

  cut (&stream);
  g_mutex_init (&stream.mutex);
  if (stream.packed_count > HUGE_PAGE_FLOATS)
    sac_pool_run ((stream.packed_count + HUGE_PAGE_FLOATS - 1) /
                    HUGE_PAGE_FLOATS,
                  touch_page, &stream);
  sac_pool_run ((stream.height + stream.rows - 1) / stream.rows * stream.parts,
                stream_chunk, &stream);
  g_mutex_clear (&stream.mutex);
  if (stream.error != NULL)
    g_propagate_error (error, stream.error);
  return stream.error == NULL;
}
