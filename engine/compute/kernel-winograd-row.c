/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* F(4, 3) along rows: six frequencies across, the three rows of the filter as
 * they are.  A step of depth multiplies a tile's rows by one frequency of three
 * weights, made of them in registers, so that weights come from memory once
 * and untransformed: for few pixels of many channels, where reading weights is
 * what takes time. */
#include "compute/kernel-winograd.h"

#define FREQUENCIES SAC_WINOGRAD_ROW_FREQUENCIES
#define SUB_PANEL (2 * LANES)
/* Blocks of channels whose weights stay in the L1 cache. */
#define DEPTH SAC_WINOGRAD_ROW_DEPTH
#define CHANNEL_FLOATS (3 * SAC_PANEL)
/* Pieces of weights from what is read to what is fetched. */
#define PIECES_AHEAD 4

/* Heights of tiles that are worth a function each. */
#if LANES == 16
#define TILE_ROWS 14
#define FOR_HEIGHTS(X, mode) X (mode, 8) X (mode, 10) X (mode, 12) X (mode, 14)
#elif LANES == 8
#define TILE_ROWS 6
#define FOR_HEIGHTS(X, mode) X (mode, 4) X (mode, 6)
#else
#define TILE_ROWS 4
#define FOR_HEIGHTS(X, mode) X (mode, 2) X (mode, 4)
#endif
#define FOR_MODES(X) X (0) X (1) X (2) X (3) X (4) X (5)

typedef struct {
  const float *a;
  ptrdiff_t a_step; /* from a block of channels to the next */
  size_t blocks;
  const float *b;
  const float *next; /* what will be wanted soon */
  ptrdiff_t next_step;
  float *sums[2]; /* of each vector */
  bool accumulate;
} Tile;

/* A row of G, but for its factor, times three weights. */
static ALWAYS_INLINE Vec
combine (const int mode, const float *b)
{
  if (mode == 0)
    return vec_load (b);
  if (mode == 5)
    return vec_load (b + 2 * SAC_PANEL);

  Vec middle = vec_load (b + SAC_PANEL), last = vec_load (b + 2 * SAC_PANEL);
  Vec outer = vec_load (b);

  if (mode < 3)
    outer += last;
  else
    outer = vec_fma (vec_splat (4), last, outer);
  if (mode == 1)
    return outer + middle;
  if (mode == 2)
    return outer - middle;
  return vec_fma (vec_splat (mode == 3 ? 2 : -2), middle, outer);
}

static ALWAYS_INLINE void
multiply_tile (const Tile *tile, const int mode, const int rows)
{
  Vec sums[TILE_ROWS][2];
  const float *b = tile->b, *next = tile->next;

  UNROLL for (int r = 0; r < rows; r++) sums[r][0] = sums[r][1] = vec_zero ();
  for (size_t block = 0; block < tile->blocks; block++) {
    const float *a = tile->a + (ptrdiff_t)block * tile->a_step;

    for (int left = SAC_BLOCK; left > 0; left -= 2, a += 2) {
      UNROLL for (int i = 0; i < 2; i++, b += CHANNEL_FLOATS)
      {
        Vec b0 = combine (mode, b), b1 = combine (mode, b + LANES);

        __builtin_prefetch (next, 0, 2);
        next += tile->next_step;
        UNROLL for (int r = 0; r < rows; r++)
        {
          Vec x = vec_splat (a[r * SAC_BLOCK + i]);

          sums[r][0] = vec_fma (x, b0, sums[r][0]);
          sums[r][1] = vec_fma (x, b1, sums[r][1]);
        }
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
  {
    UNROLL for (int v = 0; v < 2; v++)
    {
      float *place = tile->sums[v] + r * SAC_BLOCK;

      if (tile->accumulate)
        sums[r][v] += vec_load (place);
      vec_store (place, sums[r][v]);
    }
  }
}

#define DEFINE(mode, rows)                                                     \
  static void tile_##mode##_##rows (const Tile *tile)                          \
  {                                                                            \
    multiply_tile (tile, mode, rows);                                          \
  }
#define DEFINE_MODE(mode) FOR_HEIGHTS (DEFINE, mode)
FOR_MODES (DEFINE_MODE)

#define ENTRY(mode, rows) [rows / 2] = tile_##mode##_##rows,
#define ENTRIES(mode) {FOR_HEIGHTS (ENTRY, mode)},

/* [frequency][rows / 2], NULL for other heights */
static void (*const tiles[FREQUENCIES][TILE_ROWS / 2 + 1]) (const Tile *) = {
  FOR_MODES (ENTRIES)};

/* How rows are covered by tiles of one height; the last may see past them. */
typedef struct {
  size_t count, height;
} Cover;

static Cover
cover (size_t rows)
{
  size_t count = (rows + TILE_ROWS - 1) / TILE_ROWS;
  size_t half = ((rows + count - 1) / count + 1) / 2;

  while (tiles[0][half] == NULL)
    half++;
  return (Cover){count, half * 2};
}

size_t
SAC_KERNEL (winograd_row_sums) (size_t rows)
{
  Cover all = cover (rows);

  return all.count * all.height;
}

/* Factors of the rows of G. */
static const float scales[FREQUENCIES] = {1.0f / 4,  -1.0f / 6, -1.0f / 6,
                                          1.0f / 24, 1.0f / 24, 1};

/* One vector of channels. */
static ALWAYS_INLINE void
transform_six (const float *x, float *to, size_t step)
{
  Vec in[SIDE_MAX], out[SIDE_MAX];

  UNROLL for (int i = 0; i < FREQUENCIES; i++) in[i] =
    vec_load (x + i * SAC_BLOCK);
  transform_input (4, out, in);
  UNROLL for (int i = 0; i < FREQUENCIES; i++)
    vec_store (to + (size_t)i * step, out[i] * scales[i]);
}

/* One row of the input of a block of channels, or zeros. */
static void
transform_row (const SacWinogradRow *work, const float *x, float *to)
{
  const SacConvShape *s = work->shape;
  ptrdiff_t width = (ptrdiff_t)s->width;
  float border[FREQUENCIES * SAC_BLOCK];

  for (size_t tile = 0; tile < work->across; tile++, to += SAC_BLOCK) {
    ptrdiff_t first = (ptrdiff_t)tile * 4 - s->pad_left;
    const float *from = x + first * SAC_BLOCK;

    if (x == NULL || first < 0 || first + FREQUENCIES > width) {
      memset (border, 0, sizeof border);
      for (ptrdiff_t i = 0; x != NULL && i < FREQUENCIES; i++) {
        if (first + i >= 0 && first + i < width)
          memcpy (border + i * SAC_BLOCK, from + i * SAC_BLOCK,
                  SAC_BLOCK * sizeof (float));
      }
      from = border;
    }
    for (int part = 0; part < PARTS; part++)
      transform_six (from + part * LANES, to + part * LANES, work->input_step);
  }
}

static void
transform_inputs (const SacWinogradRow *work)
{
  const SacConvShape *s = work->shape;
  size_t blocks = sac_blocks (s->channels), height = work->rows + 2;
  ptrdiff_t row_floats = (ptrdiff_t)s->width * SAC_BLOCK;
  float *to = work->inputs;

  for (size_t block = 0; block < blocks; block++) {
    const float *x =
      work->x +
      (ptrdiff_t)((block * s->images + work->image) * s->height) * row_floats;

    for (size_t row = 0; row < height; row++) {
      ptrdiff_t y = (ptrdiff_t)(work->row + row) - s->pad_top;
      bool there = y >= 0 && y < (ptrdiff_t)s->height;

      transform_row (work, there ? x + y * row_floats : NULL, to);
      to += work->across * SAC_BLOCK;
    }
  }
  /* What the last tile sees past the last block. */
  for (size_t f = 0; f < FREQUENCIES; f++)
    memset (to + f * work->input_step, 0,
            TILE_ROWS * SAC_BLOCK * sizeof (float));
}

/* Weights of one row of the filter and some blocks of channels, times what
 * that row sees. */
static void
multiply_piece (const SacWinogradRow *work,
                const float *b,
                size_t block,
                size_t blocks,
                size_t down)
{
  Cover all = cover (work->rows * work->across);
  size_t block_rows = (work->rows + 2) * work->across;
  size_t lines = blocks * SAC_BLOCK;
  size_t ahead = PIECES_AHEAD * lines * CHANNEL_FLOATS;
  Tile tile = {
    .a_step = (ptrdiff_t)(block_rows * SAC_BLOCK),
    .blocks = blocks,
    .accumulate = block > 0 || down > 0,
  };

  for (size_t f = 0; f < FREQUENCIES; f++) {
    const float *a = work->inputs + f * work->input_step +
                     (block * block_rows + down * work->across) * SAC_BLOCK;
    float *sums = work->sums + f * work->sum_rows * SAC_PANEL;

    tile.next = b + ahead + f * lines * SAC_BLOCK;
    tile.next_step = SAC_BLOCK;
    for (size_t i = 0; i < all.count; i++) {
      size_t row = i * all.height * SAC_BLOCK;

      tile.a = a + row;
      for (size_t column = 0; column < SAC_PANEL; column += SUB_PANEL) {
        for (size_t v = 0; v < 2; v++) {
          size_t at = column + v * LANES;

          tile.sums[v] = sums + at / SAC_BLOCK * work->sum_rows * SAC_BLOCK +
                         row + at % SAC_BLOCK;
        }
        tile.b = b + column;
        tiles[f][all.height / 2](&tile);
        tile.next_step = 0; /* the first has fetched it */
      }
    }
  }
}

static void
store_block (const SacWinogradRow *work, const float *sums, size_t block)
{
  const SacConvShape *s = work->shape;
  Finish finish = finish_of (work->tail, work->y, s->filters, block);
  float *y =
    work->y + ((block * s->images + work->image) * s->out_height + work->row) *
                s->out_width * SAC_BLOCK;

  for (size_t row = 0; row < work->rows; row++, y += s->out_width * SAC_BLOCK) {
    for (size_t tile = 0; tile < work->across; tile++, sums += SAC_BLOCK) {
      size_t left = s->out_width - tile * 4, columns = left < 4 ? left : 4;
      float *place = y + tile * 4 * SAC_BLOCK;

      for (int part = 0; part < PARTS; part++) {
        Vec in[SIDE_MAX], out[EDGE_MAX];

        UNROLL for (int f = 0; f < FREQUENCIES; f++) in[f] = vec_load (
          sums + (size_t)f * work->sum_rows * SAC_PANEL + part * LANES);
        transform_sums (4, out, in);
        if (finish.limits.simple) {
          store_limited (&finish, place + part * LANES, part, out,
                         (int)columns);
        } else {
          for (size_t i = 0; i < columns; i++)
            vec_store (place + i * SAC_BLOCK + part * LANES, out[i]);
        }
      }
      if (!finish.limits.simple || finish.lanes < SAC_BLOCK)
        finish_pixels (&finish, place, columns);
    }
  }
}

void
SAC_KERNEL (winograd_row) (const SacWinogradRow *work)
{
  size_t blocks = sac_blocks (work->shape->channels);
  size_t block_floats = 3 * SAC_BLOCK * CHANNEL_FLOATS;
  size_t all_filters = sac_blocks (work->shape->filters);

  transform_inputs (work);
  for (size_t panel = work->panel; panel < work->panel + work->panels;
       panel++) {
    for (size_t block = 0; block < blocks; block += DEPTH) {
      size_t some = blocks - block < DEPTH ? blocks - block : DEPTH;
      const float *b = work->packed + (panel * blocks + block) * block_floats;

      for (size_t down = 0; down < 3; down++)
        multiply_piece (work, b + down * some * SAC_BLOCK * CHANNEL_FLOATS,
                        block, some, down);
    }
    for (size_t half = 0; half < 2 && panel * 2 + half < all_filters; half++)
      store_block (work, work->sums + half * work->sum_rows * SAC_BLOCK,
                   panel * 2 + half);
  }
}
