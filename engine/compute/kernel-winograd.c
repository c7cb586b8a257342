/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* F(2x2, 3x3), F(3x3, 3x3) and F(4x4, 3x3).  A tile of the input is
 * transformed, at each of its 16, 25 or 36 frequencies channels are multiplied
 * as by a 1x1 convolution, and the sums are transformed back.  All of it for
 * some tiles at a time, so that what lies between the steps stays in the L2
 * cache. */
#include "compute/kernel-winograd.h"

/* One vector of channels of one tile. */
static ALWAYS_INLINE void
input_tile (
  const int edge, const float *x, ptrdiff_t row_step, float *to, size_t step)
{
  const int side = edge + 2;
  Vec half[SIDE_MAX][SIDE_MAX]; /* [frequency down][column] */

  UNROLL for (int column = 0; column < side; column++)
  {
    Vec in[SIDE_MAX], out[SIDE_MAX];

    UNROLL for (int row = 0; row < side; row++) in[row] =
      vec_load (x + row * row_step + column * SAC_BLOCK);
    transform_input (edge, out, in);
    UNROLL for (int row = 0; row < side; row++) half[row][column] = out[row];
  }
  UNROLL for (int row = 0; row < side; row++)
  {
    Vec out[SIDE_MAX];

    transform_input (edge, out, half[row]);
    UNROLL for (int column = 0; column < side; column++)
      vec_store (to + (size_t)(row * side + column) * step, out[column]);
  }
}

/* Where a tile lies. */
typedef struct {
  size_t image;
  size_t out_y, out_x;
  ptrdiff_t y, x; /* of the input's first row and column */
  bool inside;    /* all that it needs of the input is there */
} Place;

static Place
place_tile (const SacWinograd *work, size_t tile)
{
  const SacConvShape *s = work->shape;
  size_t across = (s->out_width + work->edge - 1) / work->edge;
  size_t down = (s->out_height + work->edge - 1) / work->edge;
  ptrdiff_t side = (ptrdiff_t)work->edge + 2;
  Place place = {
    .image = tile / across / down,
    .out_y = tile / across % down * work->edge,
    .out_x = tile % across * work->edge,
  };

  place.y = (ptrdiff_t)place.out_y - s->pad_top;
  place.x = (ptrdiff_t)place.out_x - s->pad_left;
  place.inside = place.y >= 0 && place.x >= 0 &&
                 place.y + side <= (ptrdiff_t)s->height &&
                 place.x + side <= (ptrdiff_t)s->width;
  return place;
}

/* Copies a tile's input, with zeros where the image has ended. */
static void
copy_border (const SacConvShape *s,
             const Place *place,
             ptrdiff_t side,
             const float *x,
             float *to)
{
  for (ptrdiff_t row = 0; row < side; row++) {
    for (ptrdiff_t column = 0; column < side; column++, to += SAC_BLOCK) {
      ptrdiff_t y = place->y + row, from = place->x + column;
      bool there = y >= 0 && y < (ptrdiff_t)s->height && from >= 0 &&
                   from < (ptrdiff_t)s->width;

      if (there)
        memcpy (to, x + (y * (ptrdiff_t)s->width + from) * SAC_BLOCK,
                SAC_BLOCK * sizeof (float));
      else
        memset (to, 0, SAC_BLOCK * sizeof (float));
    }
  }
}

static ALWAYS_INLINE void
transform_inputs (const int edge, const SacWinograd *work, const Place *places)
{
  const SacConvShape *s = work->shape;
  const int side = edge + 2;
  size_t blocks = sac_blocks (s->channels);
  size_t image_floats = s->height * s->width * SAC_BLOCK;
  float border[SIDE_MAX * SIDE_MAX * SAC_BLOCK];

  for (size_t block = 0; block < blocks; block++) {
    for (size_t tile = 0; tile < work->tiles; tile++) {
      Place place = places[tile];
      const float *x =
        work->x + (block * s->images + place.image) * image_floats;
      ptrdiff_t row_step = (ptrdiff_t)s->width * SAC_BLOCK;
      float *to = work->inputs + (block * work->tiles + tile) * SAC_BLOCK;

      if (place.inside) {
        x += (place.y * (ptrdiff_t)s->width + place.x) * SAC_BLOCK;
      } else {
        copy_border (s, &place, side, x, border);
        x = border;
        row_step = side * SAC_BLOCK;
      }
      for (int part = 0; part < PARTS; part++)
        input_tile (edge, x + part * LANES, row_step, to + part * LANES,
                    work->input_step);
    }
  }
}

static void
list_runs (const SacWinograd *work)
{
  size_t blocks = sac_blocks (work->shape->channels);

  for (size_t block = 0; block < blocks; block++) {
    size_t left = work->shape->channels - block * SAC_BLOCK;

    work->runs[block] =
      (SacRun){(ptrdiff_t)(block * work->tiles * SAC_BLOCK),
               (ptrdiff_t)(left < SAC_BLOCK ? left : SAC_BLOCK)};
  }
}

static void
multiply_frequencies (const SacWinograd *work, size_t panel)
{
  const SacConvShape *s = work->shape;
  size_t side = work->edge + 2, frequencies = side * side;
  size_t floats = s->channels * SAC_PANEL;
  const float *packed = work->packed + panel * frequencies * floats;
  SacMultiply multiply = {
    .a_step = SAC_BLOCK,
    .runs = work->runs,
    .run_count = sac_blocks (s->channels),
    .panel_floats = floats, /* the next frequency's */
    .rows = work->tiles,
    /* A whole panel: there is room for it, and the weights are zero. */
    .columns = SAC_PANEL,
  };

  for (size_t f = 0; f < frequencies; f++) {
    multiply.a = work->inputs + f * work->input_step;
    multiply.b = packed + f * floats;
    multiply.c =
      sac_rows_blocked (work->sums + f * work->sum_step, work->tiles);
    SAC_KERNEL (multiply) (&multiply);
  }
}

/* One vector of filters of one tile, of which rows x columns are inside. */
static ALWAYS_INLINE void
output_tile (const int edge,
             const float *sums,
             size_t step,
             const Finish *finish,
             int part,
             float *y,
             ptrdiff_t row_step,
             int rows,
             int columns)
{
  const int side = edge + 2;
  Vec half[EDGE_MAX][SIDE_MAX];

  UNROLL for (int column = 0; column < side; column++)
  {
    Vec in[SIDE_MAX], out[EDGE_MAX];

    UNROLL for (int row = 0; row < side; row++) in[row] =
      vec_load (sums + (size_t)(row * side + column) * step);
    transform_sums (edge, out, in);
    UNROLL for (int row = 0; row < edge; row++) half[row][column] = out[row];
  }
  UNROLL for (int row = 0; row < edge; row++)
  {
    Vec out[EDGE_MAX];

    if (row >= rows)
      break;
    transform_sums (edge, out, half[row]);
    if (finish->limits.simple) {
      store_limited (finish, y + row * row_step, part, out, columns);
    } else {
      for (int column = 0; column < columns; column++)
        vec_store (y + row * row_step + column * SAC_BLOCK, out[column]);
    }
  }
}

static ALWAYS_INLINE void
transform_outputs (const int edge,
                   const SacWinograd *work,
                   const Place *places,
                   size_t panel)
{
  const SacConvShape *s = work->shape;
  size_t first = panel * (SAC_PANEL / SAC_BLOCK);
  size_t end = first + SAC_PANEL / SAC_BLOCK;
  size_t blocks = sac_blocks (s->filters);
  size_t image_floats = s->out_height * s->out_width * SAC_BLOCK;
  ptrdiff_t row_step = (ptrdiff_t)s->out_width * SAC_BLOCK;

  for (size_t block = first; block < end && block < blocks; block++) {
    Finish finish = finish_of (work->tail, work->y, s->filters, block);

    for (size_t tile = 0; tile < work->tiles; tile++) {
      Place place = places[tile];
      size_t rows = s->out_height - place.out_y;
      size_t columns = s->out_width - place.out_x;
      float *y = work->y + (block * s->images + place.image) * image_floats +
                 (place.out_y * s->out_width + place.out_x) * SAC_BLOCK;
      const float *sums =
        work->sums + ((block - first) * work->tiles + tile) * SAC_BLOCK;

      rows = rows < (size_t)edge ? rows : (size_t)edge;
      columns = columns < (size_t)edge ? columns : (size_t)edge;
      for (int part = 0; part < PARTS; part++)
        output_tile (edge, sums + part * LANES, work->sum_step, &finish, part,
                     y + part * LANES, row_step, (int)rows, (int)columns);
      if (!finish.limits.simple || finish.lanes < SAC_BLOCK) {
        for (size_t row = 0; row < rows; row++)
          finish_pixels (&finish, y + (ptrdiff_t)row * row_step, columns);
      }
    }
  }
}

void
SAC_KERNEL (winograd) (const SacWinograd *work)
{
  Place places[SAC_WINOGRAD_TILES];
  size_t end = work->panel + work->panels;

  for (size_t tile = 0; tile < work->tiles; tile++)
    places[tile] = place_tile (work, work->tile + tile);
  if (work->edge == 2)
    transform_inputs (2, work, places);
  else if (work->edge == 3)
    transform_inputs (3, work, places);
  else
    transform_inputs (4, work, places);
  list_runs (work);
  for (size_t panel = work->panel; panel < end && work->goes_on (); panel++) {
    multiply_frequencies (work, panel);
    if (work->edge == 2)
      transform_outputs (2, work, places, panel);
    else if (work->edge == 3)
      transform_outputs (3, work, places, panel);
    else
      transform_outputs (4, work, places, panel);
  }
}

/* Rows of G. */
static const double filter_matrix_2[4][3] = {{1, 0, 0},
                                             {0.5, 0.5, 0.5},
                                             {0.5, -0.5, 0.5},
                                             {0, 0, 1}};
static const double filter_matrix_3[5][3] = {
  {1.0 / 2, 0, 0},
  {-1.0 / 2, -1.0 / 2, -1.0 / 2},
  {-1.0 / 6, 1.0 / 6, -1.0 / 6},
  {1.0 / 6, 1.0 / 3, 2.0 / 3},
  {0, 0, 1},
};
static const double filter_matrix_4[6][3] = {
  {1.0 / 4, 0, 0},
  {-1.0 / 6, -1.0 / 6, -1.0 / 6},
  {-1.0 / 6, 1.0 / 6, -1.0 / 6},
  {1.0 / 24, 1.0 / 12, 1.0 / 6},
  {1.0 / 24, -1.0 / 12, 1.0 / 6},
  {0, 0, 1},
};

/* G f G^T for a panel of filters of one channel, filters as [9][32]. */
void
SAC_KERNEL (winograd_pack) (size_t edge,
                            const double *filters,
                            float *packed,
                            size_t step)
{
  size_t side = edge + 2;
  const double (*matrix)[3] = edge == 2   ? filter_matrix_2
                              : edge == 3 ? filter_matrix_3
                                          : filter_matrix_4;
  double half[SIDE_MAX][3][SAC_PANEL];

  for (size_t row = 0; row < side; row++) {
    for (size_t column = 0; column < 3; column++) {
      for (size_t i = 0; i < SAC_PANEL; i++)
        half[row][column][i] =
          matrix[row][0] * filters[column * SAC_PANEL + i] +
          matrix[row][1] * filters[(3 + column) * SAC_PANEL + i] +
          matrix[row][2] * filters[(6 + column) * SAC_PANEL + i];
    }
  }
  for (size_t row = 0; row < side; row++) {
    for (size_t column = 0; column < side; column++, packed += step) {
      for (size_t i = 0; i < SAC_PANEL; i++)
        packed[i] = (float)(matrix[column][0] * half[row][0][i] +
                            matrix[column][1] * half[row][1][i] +
                            matrix[column][2] * half[row][2][i]);
    }
  }
}
