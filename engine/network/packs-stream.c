/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/packs-stream.h"

#include "base/error.h"
#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/product.h"
#include "tensor/rest.h"

/* A piece: large enough to be read quickly. */
#define PIECE_FLOATS ((size_t)2 << 20)

/* Rows of the weights as they stand that are in memory. */
typedef struct {
  const SacPackSpec *spec;
  float *rows;
  size_t first, count, width;
  float *packed;
} Piece;

bool
sac_pack_can_stream (const SacPackSpec *spec)
{
  return spec->algorithm == SAC_CONV_POINTWISE && spec->join_y == 0 &&
         spec->first_y == 0 && spec->first_x == 0 && spec->step_y == 1 &&
         spec->step_x == 1 &&
         sac_shape_size (&spec->weights->shape) ==
           (int64_t)(spec->shape.channels * spec->shape.filters);
}

/* Rows are parts of the depth: each panel takes its columns. */
static void
pack_depths (size_t panel, void *data)
{
  const Piece *piece = data;
  size_t first = panel * SAC_PANEL, columns = piece->width;

  sac_product_pack (piece->packed +
                      (panel * piece->spec->shape.channels + piece->first) *
                        SAC_PANEL,
                    piece->rows + first, piece->count,
                    MIN (SAC_PANEL, columns - first), (ptrdiff_t)columns, 1);
}

/* Rows are columns of the packed matrix: whole panels. */
static void
pack_columns (size_t index, void *data)
{
  const Piece *piece = data;
  size_t first = index * SAC_PANEL, depth = piece->width;

  sac_product_pack (piece->packed + (piece->first + first) * depth,
                    piece->rows + first * depth, depth,
                    MIN (SAC_PANEL, piece->count - first), 1, (ptrdiff_t)depth);
}

static void
scale_piece (const Piece *piece)
{
  const SacPackSpec *spec = piece->spec;

  for (size_t i = 0; i < piece->count; i++) {
    float *row = piece->rows + i * piece->width;

    for (size_t k = 0; k < piece->width; k++)
      row[k] *= spec->scale[spec->scales_columns ? k : piece->first + i];
  }
}

static void
pack_piece (Piece *piece)
{
  size_t columns = piece->spec->reversed ? piece->width : piece->count;

  sac_pool_run ((columns + SAC_PANEL - 1) / SAC_PANEL,
                piece->spec->reversed ? pack_depths : pack_columns, piece);
}

bool
sac_pack_stream (const SacPackSpec *spec, float *packed, GError **error)
{
  size_t depth = spec->shape.channels, columns = spec->shape.filters;
  size_t height = spec->reversed ? depth : columns;
  size_t width = spec->reversed ? columns : depth;
  size_t step = MAX (SAC_PANEL, PIECE_FLOATS / width / SAC_PANEL * SAC_PANEL);
  g_autofree float *rows = g_try_new (float, MIN (step, height) * width);

  if (rows == NULL) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                         "there is no memory for a part of the weights");
    return false;
  }
  for (size_t first = 0; first < height; first += step) {
    Piece piece = {spec,  rows,  first, MIN (step, height - first),
                   width, packed};

    if (!sac_tensor_read (spec->weights, (int64_t)(first * width),
                          (int64_t)(piece.count * width), rows, error))
      return false;
    if (spec->scale != NULL)
      scale_piece (&piece);
    pack_piece (&piece);
  }
  return true;
}
