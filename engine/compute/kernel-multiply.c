/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The matrix product: a tile of some rows and one, two or four vectors of
 * columns stays in registers over the whole depth.  A's elements are spread
 * over a vector one by one, so A needs no packing; B's panel streams by once a
 * tile. */
#include "compute/kernel-finish.h"

#define SUB_PANEL (2 * LANES)

#if LANES == 16
#define TILE_ROWS 14
#define FOR_ROWS(X)                                                            \
  X (1)                                                                        \
  X (2)                                                                        \
  X (3) X (4) X (5) X (6) X (7) X (8) X (9) X (10) X (11) X (12) X (13) X (14)
/* Of two panels side by side: six rows of four vectors read ten times for 24
 * multiplications, fourteen of two 16 times for 28.  Where a core is shared,
 * reading is what a tile waits for. */
#define PAIR_ROWS 6
#define FOR_PAIR_ROWS(X) X (4) X (5) X (6) /* of more than 14, in parts */
#elif LANES == 8
#define TILE_ROWS 6
#define FOR_ROWS(X) X (1) X (2) X (3) X (4) X (5) X (6)
#else
#define TILE_ROWS 4
#define FOR_ROWS(X) X (1) X (2) X (3) X (4)
#endif
#ifndef PAIR_ROWS
#define PAIR_ROWS 0 /* there are not the registers for it */
#define FOR_PAIR_ROWS(X)
#endif

/* Of a tile. */
#define VECTORS_MAX 4

/* Tiles that share the fetching of the next panel. */
#define SHARES 8
/* Rows after which a tail that is not simple follows: in the L1 cache. */
#define FINISH_ROWS 56

typedef struct {
  const float *a;
  ptrdiff_t a_step;
  const SacRun *runs;
  size_t run_count;
  const float *b;
  ptrdiff_t
    panel_step;      /* from a panel to the next, of a tile of four vectors */
  const float *next; /* weights that will be wanted soon */
  size_t fetches;    /* of a panel of them, lines in four steps of depth */
  float *c[VECTORS_MAX]; /* of each vector */
  ptrdiff_t c_step;
  bool accumulate;
  SacLimits limits; /* below here counts only where it is simple */
  const float *bias;
  ptrdiff_t residual; /* floats from c to it; 0: none */
} Tile;

static ALWAYS_INLINE void
store_limited (const Tile *tile,
               const int rows,
               const int vectors,
               Vec sums[TILE_ROWS][VECTORS_MAX])
{
  if (tile->bias != NULL) {
    UNROLL for (int v = 0; v < vectors; v++)
    {
      Vec bias = vec_load (tile->bias + v * LANES);

      UNROLL for (int r = 0; r < rows; r++) sums[r][v] += bias;
    }
  }
  if (tile->residual != 0) {
    UNROLL for (int r = 0; r < rows; r++)
    {
      UNROLL for (int v = 0; v < vectors; v++) sums[r][v] +=
        vec_load (tile->c[v] + r * tile->c_step + tile->residual);
    }
  }
  if (tile->limits.saved != NULL) {
    UNROLL for (int r = 0; r < rows; r++)
    {
      UNROLL for (int v = 0; v < vectors; v++)
        sac_save_bits (&tile->limits, tile->c[v] + r * tile->c_step,
                       sums[r][v]);
    }
  }
  Vec low = vec_splat (tile->limits.low);
  Vec high = vec_splat (tile->limits.high);

  UNROLL for (int r = 0; r < rows; r++)
  {
    UNROLL for (int v = 0; v < vectors; v++) sums[r][v] =
      vec_min (high, vec_max (low, sums[r][v]));
  }
}

/* Rows that one pointer serves: the first, and those one and two steps further,
 * which an address can hold.  Rows at a known step need no more than one. */
#define FAR_ROWS 3
#define POINTERS ((TILE_ROWS + FAR_ROWS - 1) / FAR_ROWS)

/* One step of depth: each row's element times the step's columns. */
static ALWAYS_INLINE void
add_step (const float *const *a,
          const int at,
          const float *b,
          const ptrdiff_t panel_step,
          const int rows,
          const int vectors,
          const ptrdiff_t a_step,
          const int shared,
          Vec sums[TILE_ROWS][VECTORS_MAX])
{
  Vec columns[VECTORS_MAX];

  UNROLL for (int v = 0; v < vectors; v++) columns[v] =
    vec_load (b + v / 2 * panel_step + v % 2 * LANES);
  UNROLL for (int r = 0; r < rows; r++)
  {
    Vec x = vec_splat (a[r / shared][at + r % shared * a_step]);

    UNROLL for (int v = 0; v < vectors; v++) sums[r][v] =
      vec_fma (x, columns[v], sums[r][v]);
  }
}

/* Rows far apart are written at a place each, which takes time to come. */
static ALWAYS_INLINE void
prefetch_result (const Tile *tile, const int rows, const int vectors)
{
  UNROLL for (int r = 0; r < rows; r++)
  {
    UNROLL for (int v = 0; v < vectors; v++)
      __builtin_prefetch (tile->c[v] + r * tile->c_step, 1, 3);
  }
}

/* Near rows go from run to run in leaps that no processor foresees. */
static ALWAYS_INLINE void
prefetch_rows (const float *a, const int rows, const ptrdiff_t a_step)
{
  UNROLL for (int r = 0; r < rows; r++)
    __builtin_prefetch (a + r * a_step, 0, 3);
}

/* Counting takes turns at the same ports as multiplying: four steps a round.
 * Meanwhile the tile's part of the next panel comes from memory. */
static ALWAYS_INLINE void
multiply_tile (const Tile *tile,
               const int rows,
               const int vectors,
               const ptrdiff_t a_step,
               const int shared)
{
  Vec sums[TILE_ROWS][VECTORS_MAX];
  const bool near = shared == TILE_ROWS;
  const int pointers = (rows + shared - 1) / shared;
  const float *b = tile->b, *next = tile->next;
  const size_t fetches = tile->fetches;
  const ptrdiff_t panel_step = tile->panel_step;

  UNROLL for (int r = 0; r < rows; r++)
  {
    UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = vec_zero ();
  }
  if (!near)
    prefetch_result (tile, rows, vectors);
  for (size_t run = 0; run < tile->run_count; run++) {
    const float *a[POINTERS];
    ptrdiff_t left = tile->runs[run].count;

    UNROLL for (int i = 0; i < pointers; i++)
    {
      a[i] = tile->a + tile->runs[run].offset + i * shared * a_step;
      HIDE_ORIGIN (a[i]);
    }
    if (near && run + 1 < tile->run_count)
      prefetch_rows (tile->a + tile->runs[run + 1].offset, rows, a_step);
    for (; left >= 4; left -= 4, b += 4 * SAC_PANEL) {
      for (size_t i = 0; i < fetches; i++, next += SAC_BLOCK) {
        __builtin_prefetch (next, 0, 2);
        if (vectors > 2)
          __builtin_prefetch (next + panel_step, 0, 2);
      }
      UNROLL for (int i = 0; i < 4; i++)
        add_step (a, i, b + i * SAC_PANEL, panel_step, rows, vectors, a_step,
                  shared, sums);
      UNROLL for (int i = 0; i < pointers; i++) a[i] += 4;
    }
    for (; left > 0; left--, b += SAC_PANEL) {
      add_step (a, 0, b, panel_step, rows, vectors, a_step, shared, sums);
      UNROLL for (int i = 0; i < pointers; i++) a[i]++;
    }
  }
  if (tile->accumulate) {
    UNROLL for (int r = 0; r < rows; r++)
    {
      UNROLL for (int v = 0; v < vectors; v++) sums[r][v] +=
        vec_load (tile->c[v] + r * tile->c_step);
    }
  }
  if (tile->limits.simple)
    store_limited (tile, rows, vectors, sums);
  UNROLL for (int r = 0; r < rows; r++)
  {
    UNROLL for (int v = 0; v < vectors; v++)
      vec_store (tile->c[v] + r * tile->c_step, sums[r][v]);
  }
}

#define DEFINE_VECTORS(name, vectors, rows)                                    \
  static void name##_near_##rows (const Tile *tile)                            \
  {                                                                            \
    multiply_tile (tile, rows, vectors, SAC_BLOCK, TILE_ROWS);                 \
  }                                                                            \
  static void name##_far_##rows (const Tile *tile)                             \
  {                                                                            \
    multiply_tile (tile, rows, vectors, tile->a_step, FAR_ROWS);               \
  }
#define DEFINE(rows)                                                           \
  DEFINE_VECTORS (one, 1, rows)                                                \
  DEFINE_VECTORS (two, 2, rows)
#define DEFINE_PAIR(rows) DEFINE_VECTORS (four, 4, rows)
FOR_ROWS (DEFINE)
FOR_PAIR_ROWS (DEFINE_PAIR)

#define ONE_NEAR(rows) one_near_##rows,
#define TWO_NEAR(rows) two_near_##rows,
#define FOUR_NEAR(rows) [rows] = four_near_##rows,
#define ONE_FAR(rows) one_far_##rows,
#define TWO_FAR(rows) two_far_##rows,
#define FOUR_FAR(rows) [rows] = four_far_##rows,

/* [rows are not SAC_BLOCK apart][vectors / 2][rows] */
static void (*const tiles[2][3][TILE_ROWS + 1]) (const Tile *) = {
  {{NULL, FOR_ROWS (ONE_NEAR)},
   {NULL, FOR_ROWS (TWO_NEAR)},
   {NULL, FOR_PAIR_ROWS (FOUR_NEAR)}},
  {{NULL, FOR_ROWS (ONE_FAR)},
   {NULL, FOR_ROWS (TWO_FAR)},
   {NULL, FOR_PAIR_ROWS (FOUR_FAR)}},
};

/* The columns of one panel, or of two side by side. */
typedef struct {
  const SacMultiply *work;
  bool pair;
  const float *b;
  size_t depth;
  SacRows c; /* whole blocks of 16, from the panel's first column */
  size_t columns;
  const float *bias; /* of the panel's first column */
  const float *scale;
  ptrdiff_t residual; /* floats from c to it; 0: none */
  SacLimits limits;
} Panel;

/* Zeros for the columns of the last block that do not exist; what was there may
 * be the function of zero. */
static void
clear_columns (const Panel *panel, size_t row, size_t rows)
{
  static const int32_t bits[2 * SAC_BLOCK] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                              -1, -1, -1, -1, -1, -1, -1, -1};
  size_t block = panel->columns / SAC_BLOCK, used = panel->columns % SAC_BLOCK;
  const int32_t *mask = bits + SAC_BLOCK - used;
  float *c = panel->c.data + (ptrdiff_t)row * panel->c.row_step +
             (ptrdiff_t)block * panel->c.block_step;

  for (; rows > 0; rows--, c += panel->c.row_step) {
    for (int part = 0; part < PARTS; part++) {
      VecInt kept = (VecInt)vec_load ((const float *)(mask + part * LANES));
      float *place = c + part * LANES;

      vec_store (place, (Vec)((VecInt)vec_load (place) & kept));
    }
  }
}

/* What of the tail could not be done in registers. */
static void
finish_rows (const Panel *panel, size_t row, size_t rows)
{
  const SacTail *tail = panel->work->tail;
  bool needed = tail != NULL && !panel->limits.simple;

  for (size_t block = 0; needed && block < sac_blocks (panel->columns);
       block++) {
    float *c = panel->c.data + (ptrdiff_t)row * panel->c.row_step +
               (ptrdiff_t)block * panel->c.block_step;
    size_t column = block * SAC_BLOCK;
    SacFinish finish = {
      c,
      panel->c.row_step,
      rows,
      panel->bias != NULL ? panel->bias + column : NULL,
      panel->scale != NULL ? panel->scale + column : NULL,
      panel->residual != 0 ? c + panel->residual : NULL,
    };

    SAC_KERNEL (finish) (tail, &finish);
  }
  if (panel->columns % SAC_BLOCK != 0)
    clear_columns (panel, row, rows);
}

/* Each tile fetches a part of the next panel, in turn, so that together they
 * bring it all.  One tile alone reads weights faster than they come and only
 * fetches the panel's beginning. */
static void
share_next (const Panel *panel, size_t index, size_t count, Tile *tile)
{
  size_t lines = 4 * SAC_PANEL / SAC_BLOCK; /* that four steps read */
  size_t shares = count < SHARES ? count : SHARES;

  tile->fetches = count == 1 ? 2 : (lines + shares - 1) / shares;
  tile->next = panel->b + (panel->pair ? 2 : 1) * panel->work->panel_floats +
               index % shares * tile->fetches * (panel->depth / 4) * SAC_BLOCK;
}

/* Writes whole blocks of 16 columns. */
static void
multiply_rows (
  const Panel *panel, size_t row, size_t rows, size_t index, size_t count)
{
  const SacMultiply *work = panel->work;
  Tile tile = {
    .a = work->a + (ptrdiff_t)row * work->a_step,
    .a_step = work->a_step,
    .runs = work->runs,
    .run_count = work->run_count,
    .panel_step = (ptrdiff_t)work->panel_floats,
    .c_step = panel->c.row_step,
    .accumulate = work->accumulate,
    .limits = panel->limits,
    .residual = panel->residual,
  };
  float *c = panel->c.data + (ptrdiff_t)row * panel->c.row_step;
  size_t whole = sac_blocks (panel->columns) * SAC_BLOCK;

  share_next (panel, index, count, &tile);
  for (size_t column = 0; column < whole;
       column += panel->pair ? 2 * SAC_PANEL : SUB_PANEL) {
    size_t vectors = panel->pair ? 4 : whole - column > LANES ? 2 : 1;

    for (size_t v = 0; v < vectors; v++) {
      size_t at = column + v * LANES;

      tile.c[v] =
        c + (ptrdiff_t)(at / SAC_BLOCK) * panel->c.block_step + at % SAC_BLOCK;
    }
    tile.b = panel->b + column;
    tile.bias = panel->bias != NULL ? panel->bias + column : NULL;
    tiles[work->a_step != SAC_BLOCK][vectors / 2][rows](&tile);
    tile.fetches = 0; /* the first columns have fetched it */
  }
}

/* Copies `columns` columns of a tile of one panel; zeroes the rest of the last
 * block where the destination has one. */
static void
copy_columns (const SacRows *to,
              const SacRows *from,
              size_t rows,
              size_t columns)
{
  for (size_t column = 0; column < columns; column += SAC_BLOCK) {
    size_t count = columns - column < SAC_BLOCK ? columns - column : SAC_BLOCK;
    ptrdiff_t block = (ptrdiff_t)(column / SAC_BLOCK);

    for (size_t row = 0; row < rows; row++) {
      float *place =
        to->data + (ptrdiff_t)row * to->row_step + block * to->block_step;

      memcpy (place,
              from->data + (ptrdiff_t)row * from->row_step +
                block * from->block_step,
              count * sizeof (float));
      if (to->blocked)
        memset (place + count, 0, (SAC_BLOCK - count) * sizeof (float));
    }
  }
}

/* The last columns of plain rows, which do not fill a block: worked out beside,
 * then copied. */
static void
multiply_rows_beside (const Panel *panel, size_t row, size_t rows)
{
  float sums[SAC_PANEL * TILE_ROWS], added[SAC_PANEL * TILE_ROWS] = {0};
  SacRows place = panel->c;
  Panel beside = *panel;
  SacMultiply work = *panel->work;

  place.data += (ptrdiff_t)row * place.row_step;
  beside.work = &work;
  beside.c = sac_rows_blocked (sums, TILE_ROWS);
  work.a += (ptrdiff_t)row * work.a_step;
  if (work.accumulate)
    copy_columns (&beside.c, &place, rows, panel->columns);
  if (panel->residual != 0) {
    SacRows from = place;
    SacRows to = sac_rows_blocked (added, TILE_ROWS);

    from.data += panel->residual;
    copy_columns (&to, &from, rows, panel->columns);
    beside.residual = added - sums;
  }
  multiply_rows (&beside, 0, rows, 0, 1);
  finish_rows (&beside, 0, rows);
  copy_columns (&place, &beside.c, rows, panel->columns);
}

static void
multiply_panel (const Panel *panel)
{
  size_t rows = panel->work->rows;
  size_t height = panel->pair ? PAIR_ROWS : TILE_ROWS;
  size_t count = (rows + height - 1) / height;
  bool beside = panel->columns % SAC_BLOCK != 0 && !panel->c.blocked;
  size_t finished = 0;

  /* Tiles of nearly equal height: one of a row or two would not fill the
   * arithmetic units. */
  for (size_t tile = 0; tile < count; tile++) {
    size_t first = rows * tile / count, end = rows * (tile + 1) / count;

    if (beside) {
      multiply_rows_beside (panel, first, end - first);
      continue;
    }
    multiply_rows (panel, first, end - first, tile, count);
    if (end - finished >= FINISH_ROWS || end == rows) {
      finish_rows (panel, finished, end - finished);
      finished = end;
    }
  }
}

/* One tile alone of few rows reads weights once, and that is what takes time.
 */
static bool
is_pair (const SacMultiply *work, size_t column)
{
  return PAIR_ROWS > 0 && work->rows > TILE_ROWS &&
         work->columns - column >= 2 * SAC_PANEL;
}

/* Copies to whole blocks what exists of the last panel's columns. */
static const float *
whole_blocks (const float *from, size_t columns, float to[SAC_PANEL])
{
  if (columns % SAC_BLOCK == 0)
    return from;
  memset (to, 0, SAC_PANEL * sizeof *to);
  return memcpy (to, from, columns * sizeof *to);
}

void
SAC_KERNEL (multiply) (const SacMultiply *work)
{
  const SacTail *tail = work->tail;
  Panel panel = {.work = work, .c = work->c, .limits = sac_limits (tail)};

  for (size_t run = 0; run < work->run_count; run++)
    panel.depth += (size_t)work->runs[run].count;

  for (size_t column = 0; column < work->columns; column += panel.columns) {
    size_t left = work->columns - column;
    float bias[SAC_PANEL], scale[SAC_PANEL];

    panel.b = work->b + column / SAC_PANEL * work->panel_floats;
    panel.c.data =
      work->c.data + (ptrdiff_t)(column / SAC_BLOCK) * work->c.block_step;
    panel.pair = is_pair (work, column);
    panel.columns = panel.pair         ? 2 * SAC_PANEL
                    : left < SAC_PANEL ? left
                                       : SAC_PANEL;
    if (tail != NULL) {
      panel.bias = tail->bias != NULL
                     ? whole_blocks (tail->bias + column, panel.columns, bias)
                     : NULL;
      panel.scale = tail->scale != NULL ? whole_blocks (tail->scale + column,
                                                        panel.columns, scale)
                                        : NULL;
      panel.residual =
        tail->residual != NULL ? tail->residual - work->c.data : 0;
    }
    multiply_panel (&panel);
  }
}
