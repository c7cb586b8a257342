/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The matrix product on the tiles of Intel's AMX, which multiply bfloat16
 * numbers and add in float32.
 *
 * Of two numbers split into hi + lo and hi' + lo' (see kernel-split-amx.h),
 * hi hi', hi lo' and lo hi' are added up.  What is left out is at most
 * 3 * 2^-18 of the product of their magnitudes, of either sign.
 *
 * Where a number is not finite or very large the float32 kernel does that part
 * of the work, as it does what asks for it (sac_loop_set_float32) and what no
 * tile is worth its preparation for: few rows or columns (rows may be split
 * beforehand, SacMultiply.split), little depth, columns that do not fill a
 * block of 16, and others where those are a third of them.
 */
#include "compute/kernel-multiply-amx.h"

#include "compute/kernel-finish.h"
#include "compute/kernel-split-amx.h"
#include "compute/loop.h"
#include "compute/scratch.h"

/* Below, the float32 kernel is as fast or faster. */
#define ROWS_MIN 16
#define DEPTH_MIN 32
/* Splitting the rows for no more than a panel takes longer than it saves. */
#define COLUMNS_FEW SAC_PANEL
/* The same of rows in pieces shorter than a slot, which are put together. */
#define COLUMNS_FEW_PIECES (2 * SAC_PANEL)

/* Of a panel of floats, that a step of 32 of depth reads. */
#define STEP_LINES 64

/* A part of the depth: what its rows have become, and room for a panel of B. */
typedef struct {
  const SacMultiply *work;
  const SacPart *part;
  SacSplit a;
  char *b;
} Split;

/* What is under way, of one pair of tiles of rows and one panel. */
typedef struct {
  const char *a, *b;
  size_t plane_bytes; /* of A, see SacSplit */
  size_t steps;
  float *c;
  ptrdiff_t row_step, block_step;
  const float *bias;  /* where C is not read: what sums begin with, or NULL */
  const float *saved; /* where arguments of C's rows go, or NULL */
  bool accumulate;
  const float *next; /* of the next panel, what will be wanted soon */
  size_t fetches;    /* of it, lines a third of a step */
} Tile;

/* Tiles 0 to 3 are sums, [row][column]; 4 and 5 rows, 6 and 7 columns. */
static ALWAYS_INLINE void
begin_sums (const Tile *tile, const int rows, const int columns)
{
  long step = (long)(tile->row_step * (ptrdiff_t)sizeof (float));
  const float *place = tile->accumulate ? tile->c : tile->bias;
  ptrdiff_t below = TILE_ROWS * tile->row_step, beside = tile->block_step;

  if (place == NULL) {
    _tile_zero (0);
    _tile_zero (1);
    _tile_zero (2);
    _tile_zero (3);
    return;
  }
  if (!tile->accumulate) {
    step = 0;
    below = 0;
    beside = SAC_BLOCK;
  }
  _tile_loadd (0, place, step);
  if (columns > 1)
    _tile_loadd (1, place + beside, step);
  if (rows > 1)
    _tile_loadd (2, place + below, step);
  if (rows > 1 && columns > 1)
    _tile_loadd (3, place + below + beside, step);
}

static ALWAYS_INLINE void
load_rows (const char *a, const int rows)
{
  _tile_loadd (4, a, 64);
  if (rows > 1)
    _tile_loadd (5, a + TILE_BYTES, 64);
}

static ALWAYS_INLINE void
load_columns (const char *b, const int columns)
{
  _tile_loadd (6, b, 64);
  if (columns > 1)
    _tile_loadd (7, b + TILE_BYTES, 64);
}

static ALWAYS_INLINE void
add_products (const int rows, const int columns)
{
  _tile_dpbf16ps (0, 4, 6);
  if (columns > 1)
    _tile_dpbf16ps (1, 4, 7);
  if (rows > 1)
    _tile_dpbf16ps (2, 5, 6);
  if (rows > 1 && columns > 1)
    _tile_dpbf16ps (3, 5, 7);
}

static ALWAYS_INLINE void
store_sums (const Tile *tile, const int rows, const int columns)
{
  long step = (long)(tile->row_step * (ptrdiff_t)sizeof (float));
  float *below = tile->c + TILE_ROWS * tile->row_step;

  _tile_stored (0, tile->c, step);
  if (columns > 1)
    _tile_stored (1, tile->c + tile->block_step, step);
  if (rows > 1)
    _tile_stored (2, below, step);
  if (rows > 1 && columns > 1)
    _tile_stored (3, below + tile->block_step, step);
}

/* Some at a time: tiles' own lines would else wait for them. */
static ALWAYS_INLINE const float *
fetch (const Tile *tile, const float *next)
{
  for (size_t i = 0; i < tile->fetches; i++, next += SAC_BLOCK)
    __builtin_prefetch (next, 0, 2);
  return next;
}

static ALWAYS_INLINE void
multiply_tile (const Tile *tile, const int rows, const int columns)
{
  const char *a = tile->a, *b = tile->b;
  size_t plane = tile->plane_bytes;
  const float *next = tile->next;

  sac_settle_memory ();
  begin_sums (tile, rows, columns);
  for (size_t left = tile->steps; left > 0;
       left--, a += 2 * plane, b += STEP_BYTES) {
    next = fetch (tile, next);
    load_rows (a, rows);
    load_columns (b + LOW_BYTES, columns);
    add_products (rows, columns);
    next = fetch (tile, next);
    load_columns (b, columns);
    add_products (rows, columns);
    next = fetch (tile, next);
    load_rows (a + plane, rows);
    add_products (rows, columns);
  }
  store_sums (tile, rows, columns);
  sac_settle_memory ();
}

static void
multiply_tiles (const Tile *tile, size_t rows, size_t blocks)
{
  if (rows > TILE_ROWS && blocks > 1)
    multiply_tile (tile, 2, 2);
  else if (rows > TILE_ROWS)
    multiply_tile (tile, 2, 1);
  else if (blocks > 1)
    multiply_tile (tile, 1, 2);
  else
    multiply_tile (tile, 1, 1);
}

static void
copy_blocks (const float *from,
             ptrdiff_t from_row,
             ptrdiff_t from_block,
             float *to,
             ptrdiff_t to_row,
             ptrdiff_t to_block,
             size_t rows,
             size_t blocks)
{
  for (size_t row = 0; row < rows; row++, from += from_row, to += to_row) {
    for (ptrdiff_t block = 0; block < (ptrdiff_t)blocks; block++)
      vec_store (to + block * to_block, vec_load (from + block * from_block));
  }
}

/* Rows far apart are written at a place each, which takes time to come. */
static void
prefetch_sums (const Tile *tile, size_t rows, size_t blocks)
{
  const float *place = tile->c, *saved = tile->saved;

  for (size_t left = rows; left > 0; left--, place += tile->row_step) {
    __builtin_prefetch (place, 1, 3);
    if (blocks > 1)
      __builtin_prefetch (place + tile->block_step, 1, 3);
  }
  for (; saved != NULL && rows > 0; rows--, saved += tile->row_step) {
    __builtin_prefetch (saved, 1, 3);
    if (blocks > 1)
      __builtin_prefetch (saved + tile->block_step, 1, 3);
  }
}

/* The last rows, which do not fill their tile, are worked out beside. */
static void
multiply_some (const Tile *tile, size_t rows, size_t blocks)
{
  float sums[PAIR_ROWS * SAC_PANEL] __attribute__ ((aligned (64)));
  Tile beside = *tile;

  prefetch_sums (tile, rows, blocks);
  if (rows % TILE_ROWS == 0) {
    multiply_tiles (tile, rows, blocks);
    return;
  }
  beside.c = sums;
  beside.row_step = SAC_PANEL;
  beside.block_step = SAC_BLOCK;
  if (tile->accumulate)
    copy_blocks (tile->c, tile->row_step, tile->block_step, sums, SAC_PANEL,
                 SAC_BLOCK, rows, blocks);
  multiply_tiles (&beside, rows, blocks);
  copy_blocks (sums, SAC_PANEL, SAC_BLOCK, tile->c, tile->row_step,
               tile->block_step, rows, blocks);
}

/* The same of `columns` columns from `first` on, of a part of the depth or of
 * all of it.  The tail is written to `tail`. */
static SacMultiply
narrow (const SacMultiply *work,
        const SacPart *part,
        size_t first,
        size_t columns,
        SacTail *tail)
{
  SacMultiply some = *work;

  some.b += first / SAC_PANEL * work->panel_floats + first % SAC_PANEL;
  some.c.data += (ptrdiff_t)(first / SAC_BLOCK) * work->c.block_step;
  some.columns = columns;
  if (work->tail != NULL) {
    *tail = sac_tail_from (work->tail, first, some.c.data - work->c.data);
    some.tail = tail;
  }
  if (part != NULL) {
    some.runs = part->pieces;
    some.run_count = part->piece_count;
    some.b += part->depth * SAC_PANEL;
    some.accumulate = work->accumulate || !part->first;
    some.tail = part->last ? some.tail : NULL;
  }
  return some;
}

/* What is left of the tail when sums began with the bias. */
static void
finish_rows (const SacMultiply *some, size_t row, size_t rows)
{
  const SacTail *tail = some->tail;

  for (size_t block = 0; block < some->columns / SAC_BLOCK; block++) {
    ptrdiff_t place =
      (ptrdiff_t)row * some->c.row_step + (ptrdiff_t)block * some->c.block_step;
    size_t column = block * SAC_BLOCK;
    SacFinish finish = {
      some->c.data + place,
      some->c.row_step,
      rows,
      some->accumulate && tail->bias != NULL ? tail->bias + column : NULL,
      tail->scale != NULL ? tail->scale + column : NULL,
      tail->residual != NULL ? tail->residual + place : NULL,
    };

    SAC_KERNEL (finish) (tail, &finish);
  }
}

/* Where the tail puts the arguments of its function, if it does. */
static const float *
saved_place (const SacTail *tail, const float *c)
{
  if (tail == NULL || tail->saved == NULL ||
      sac_tail_saves_bits (tail->first != SAC_FUNCTION_NONE ? tail->first
                                                            : tail->last))
    return NULL;
  return (const float *)tail->saved + (c - tail->origin);
}

/* Each pair of tiles fetches its share of the next panel. */
static void
share_next (Tile *tile, const SacMultiply *some, const float *next, size_t pair)
{
  size_t pairs = (some->rows + PAIR_ROWS - 1) / PAIR_ROWS;

  if (next == NULL)
    return;
  tile->fetches = (STEP_LINES + 3 * pairs - 1) / (3 * pairs);
  tile->next = next + pair * 3 * tile->fetches * tile->steps * SAC_BLOCK;
}

/* A panel of 32 columns, or its first 16. */
static void
multiply_panel (const Split *split, size_t column, size_t columns, bool is_last)
{
  SacTail tail;
  SacMultiply some = narrow (split->work, split->part, column, columns, &tail);
  size_t steps = sac_part_steps (split->part);
  size_t blocks = columns / SAC_BLOCK;

  if (!sac_split_panel (split->part, some.b, blocks, split->b)) {
    SAC_KERNEL (multiply) (&some);
    return;
  }
  for (size_t row = 0; row < some.rows; row += PAIR_ROWS) {
    size_t left = some.rows - row;
    size_t rows = left < PAIR_ROWS ? left : PAIR_ROWS;
    Tile tile = {
      .a = split->a.parts + row * ROW_BYTES,
      .b = split->b,
      .plane_bytes = split->a.plane_bytes,
      .steps = steps,
      .c = some.c.data + (ptrdiff_t)row * some.c.row_step,
      .row_step = some.c.row_step,
      .block_step = some.c.block_step,
      .bias = some.tail != NULL ? some.tail->bias : NULL,
      .accumulate = some.accumulate,
    };

    tile.saved = saved_place (some.tail, tile.c);
    share_next (&tile, &some, is_last ? NULL : some.b + some.panel_floats,
                row / PAIR_ROWS);
    multiply_some (&tile, rows, blocks);
    if (some.tail != NULL)
      finish_rows (&some, row, rows);
  }
}

/* The first panel comes while rows are split. */
static void
fetch_first (const Split *split)
{
  const SacPart *part = split->part;
  const float *b = split->work->b + part->depth * SAC_PANEL;

  for (size_t i = 0; i < part->count * SAC_PANEL; i += SAC_BLOCK)
    __builtin_prefetch (b + i, 0, 2);
}

static void
multiply_part (const Split *split, size_t columns)
{
  SacTail tail;

  fetch_first (split);
  if (split->work->split.parts == NULL &&
      !sac_split_rows (split->work, split->part, &split->a)) {
    SacMultiply some = narrow (split->work, split->part, 0, columns, &tail);

    SAC_KERNEL (multiply) (&some);
    return;
  }
  for (size_t column = 0; column < columns; column += SAC_PANEL) {
    size_t left = columns - column;

    multiply_panel (split, column, left < SAC_PANEL ? left : SAC_PANEL,
                    left <= SAC_PANEL);
  }
}

static size_t
depth_of (const SacMultiply *work)
{
  size_t depth = 0;

  for (size_t run = 0; run < work->run_count; run++)
    depth += (size_t)work->runs[run].count;
  return depth;
}

/* The rows of a part that has so many: of whole tiles. */
static size_t
plane_bytes_of (size_t rows)
{
  return (rows + PAIR_ROWS - 1) / PAIR_ROWS * PAIR_ROWS * ROW_BYTES;
}

/* Whole blocks of 16 columns. */
static void
multiply_blocks (const SacMultiply *work, size_t columns)
{
  bool given = work->split.parts != NULL;
  size_t plane = given ? work->split.plane_bytes : plane_bytes_of (work->rows);
  size_t own = given ? 0 : 2 * plane;
  char *room = (char *)sac_scratch_inner (STEPS_MOST * (STEP_BYTES + own) /
                                          sizeof (float));
  SacCursor cursor = {.work = work};
  SacPart part;
  Split split = {
    .work = work,
    .part = &part,
    .a = {given ? work->split.parts : room + STEPS_MOST * STEP_BYTES, plane},
    .b = room,
  };

  part.depth = part.count = 0;
  sac_set_tiles ();
  do {
    sac_part_next (&part, &cursor);
    multiply_part (&split, columns);
    if (given)
      split.a.parts += sac_part_steps (&part) * 2 * plane;
  } while (!part.last);
  _tile_release ();
}

bool
sac_split_amx (const SacMultiply *work)
{
  SacCursor cursor = {.work = work};
  SacSplit split = work->split;
  SacPart part;

  part.depth = part.count = 0;
  do {
    sac_part_next (&part, &cursor);
    if (!sac_split_rows (work, &part, &split))
      return false;
    split.parts += sac_part_steps (&part) * 2 * split.plane_bytes;
  } while (!part.last);
  return true;
}

/* Whether tiles are worth their preparation. */
static bool
is_worth (const SacMultiply *work, size_t columns)
{
  if (sac_loop_is_float32 () || work->rows < ROWS_MIN || columns == 0 ||
      2 * (work->columns - columns) >= columns)
    return false;
  if (work->split.parts != NULL)
    return true;

  size_t few = work->runs->count < SLOT ? COLUMNS_FEW_PIECES : COLUMNS_FEW;

  return work->columns > few && depth_of (work) >= DEPTH_MIN;
}

void
sac_multiply_amx (const SacMultiply *work)
{
  size_t columns = work->columns / SAC_BLOCK * SAC_BLOCK;
  SacTail tail;

  if (!is_worth (work, columns)) {
    SAC_KERNEL (multiply) (work);
    return;
  }
  multiply_blocks (work, columns);
  if (columns < work->columns) {
    SacMultiply rest =
      narrow (work, NULL, columns, work->columns - columns, &tail);

    SAC_KERNEL (multiply) (&rest);
  }
}
