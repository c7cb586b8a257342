/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Convolution on the tiles of Intel's AMX, numbers split into two bfloat16 as
 * in kernel-multiply-amx.c.  Neither rows nor weights are split here: rows of
 * an image that was split once are read in place, another step of depth at
 * another offset. */
#include "compute/kernel-tiles-amx.h"

#include "compute/kernel-finish.h"
#include "compute/kernel-split-amx.h"

/* Steps that weights are fetched ahead. */
#define STEPS_AHEAD 4
#define STEP_LINES (STEP_BYTES / 64)

/* Lines that will be wanted soon, a quarter of a step's at a time: the tiles'
 * own would wait for more. */
typedef struct {
  const char *next;
  size_t count;
} Fetch;

/* One pair of tiles of rows. */
typedef struct {
  const char *high, *low;
  Fetch ahead;
  const SacTiles *work;
  float *sums; /* [32][2 blocks][16] */
} Pair;

/* Where the next row of the result goes: `place` pixels of it are done. */
typedef struct {
  size_t column, row; /* of the image's rows as they were split */
  size_t place;
} Output;

static ALWAYS_INLINE void
fetch (Fetch *fetch)
{
  for (size_t i = 0; i < fetch->count; i++, fetch->next += 64)
    __builtin_prefetch (fetch->next, 0, 2);
}

/* Of a high and a low part; see below. */
static ALWAYS_INLINE void
add_low_products (const int rows, const int columns)
{
  if (rows > 1 && columns > 1) {
    _tile_dpbf16ps (0, 4, 6);
    _tile_dpbf16ps (1, 4, 7);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
  } else {
    _tile_dpbf16ps (2, 4, 6);
    if (rows > 1)
      _tile_dpbf16ps (3, 5, 6);
    if (columns > 1)
      _tile_dpbf16ps (3, 4, 7);
  }
}

/* Sums of a single tile of rows or of columns would wait for each other, so
 * products with low parts are added up in tiles of their own. */
static ALWAYS_INLINE void
multiply_step (const char *high,
               const char *low,
               long step,
               const char *b,
               const int rows,
               const int columns,
               Fetch *ahead)
{
  fetch (ahead);
  _tile_loadd (4, high, step);
  if (rows > 1)
    _tile_loadd (5, high + TILE_ROWS * step, step);
  _tile_loadd (6, b + LOW_BYTES, 64);
  if (columns > 1)
    _tile_loadd (7, b + LOW_BYTES + TILE_BYTES, 64);
  fetch (ahead);
  add_low_products (rows, columns);
  _tile_loadd (6, b, 64);
  if (columns > 1)
    _tile_loadd (7, b + TILE_BYTES, 64);
  fetch (ahead);
  _tile_dpbf16ps (0, 4, 6);
  if (rows > 1 && columns > 1) {
    _tile_dpbf16ps (1, 4, 7);
    _tile_dpbf16ps (2, 5, 6);
    _tile_dpbf16ps (3, 5, 7);
  } else if (rows > 1)
    _tile_dpbf16ps (1, 5, 6);
  else if (columns > 1)
    _tile_dpbf16ps (1, 4, 7);
  _tile_loadd (4, low, step);
  if (rows > 1)
    _tile_loadd (5, low + TILE_ROWS * step, step);
  fetch (ahead);
  add_low_products (rows, columns);
}

static ALWAYS_INLINE void
add_sums (float *to, const float *from, ptrdiff_t step, int rows)
{
  for (; rows > 0; rows--, to += step, from += step)
    vec_store (to, vec_load (to) + vec_load (from));
}

static ALWAYS_INLINE void
store_sums (float *sums, const int rows, const int columns)
{
  const long step = SAC_PANEL * sizeof (float);
  float *below = sums + TILE_ROWS * SAC_PANEL;

  if (rows > 1 && columns > 1) {
    _tile_stored (0, sums, step);
    _tile_stored (1, sums + SAC_BLOCK, step);
    _tile_stored (2, below, step);
    _tile_stored (3, below + SAC_BLOCK, step);
    return;
  }

  float apart[2 * TILE_ROWS * SAC_BLOCK] __attribute__ ((aligned (64)));
  float *other = rows > 1 ? below : sums + SAC_BLOCK;

  _tile_stored (0, sums, step);
  _tile_stored (2, apart, 64);
  if (rows > 1 || columns > 1) {
    _tile_stored (1, other, step);
    _tile_stored (3, apart + TILE_ROWS * SAC_BLOCK, 64);
  }
  sac_settle_memory ();
  for (int row = 0; row < TILE_ROWS; row++) {
    add_sums (sums + row * SAC_PANEL, apart + row * SAC_BLOCK, 0, 1);
    if (rows > 1 || columns > 1)
      add_sums (other + row * SAC_PANEL, apart + (TILE_ROWS + row) * SAC_BLOCK,
                0, 1);
  }
}

static ALWAYS_INLINE void
multiply_pair (const Pair *pair, const int rows, const int columns)
{
  const SacTiles *work = pair->work;
  const char *b = work->panel;
  Fetch ahead = pair->ahead;
  long step = (long)work->row_bytes;

  sac_settle_memory ();
  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (size_t i = 0; i < work->steps; i++, b += STEP_BYTES) {
    ptrdiff_t offset = work->offsets[i];

    multiply_step (pair->high + offset, pair->low + offset, step, b, rows,
                   columns, &ahead);
  }
  store_sums (pair->sums, rows, columns);
  sac_settle_memory ();
}

static void
multiply_rows (const Pair *pair, size_t rows, size_t blocks)
{
  if (rows > TILE_ROWS && blocks > 1)
    multiply_pair (pair, 2, 2);
  else if (rows > TILE_ROWS)
    multiply_pair (pair, 2, 1);
  else if (blocks > 1)
    multiply_pair (pair, 1, 2);
  else
    multiply_pair (pair, 1, 1);
}

/* Those that are pixels of the result. */
static void
put_rows (const SacTiles *work, const float *sums, size_t rows, Output *output)
{
  for (size_t i = 0; i < rows; i++, sums += SAC_PANEL) {
    if (output->column < work->out_width && output->row < work->out_height) {
      float *place = work->y + output->place++ * SAC_BLOCK;

      vec_store (place, vec_load (sums));
      if (work->blocks > 1)
        vec_store (place + work->block_step, vec_load (sums + SAC_BLOCK));
    }
    if (++output->column == work->pitch) {
      output->column = 0;
      if (++output->row == work->image_rows)
        output->row = 0;
    }
  }
}

static void
finish_rows (const SacTiles *work, size_t place, size_t count)
{
  const SacTail *tail = work->tail;

  for (size_t block = 0; block < work->blocks; block++) {
    ptrdiff_t from =
      (ptrdiff_t)(place * SAC_BLOCK) + (ptrdiff_t)block * work->block_step;
    SacFinish finish = {
      work->y + from,
      SAC_BLOCK,
      count,
      tail->bias != NULL ? tail->bias + block * SAC_BLOCK : NULL,
      tail->scale != NULL ? tail->scale + block * SAC_BLOCK : NULL,
      tail->residual != NULL ? tail->residual + from : NULL,
    };

    SAC_KERNEL (finish) (tail, &finish);
  }
}

/* A panel's first pair fetches what it reads itself where nobody did before,
 * and each other its share of the next panel. */
static Fetch
fetch_for (const SacTiles *work, size_t row)
{
  size_t first = work->fetches ? 1 : 0, pair = row / PAIR_ROWS;
  size_t pairs = (work->rows + PAIR_ROWS - 1) / PAIR_ROWS - first;

  if (pair < first)
    return (Fetch){work->panel + STEPS_AHEAD * STEP_BYTES, STEP_LINES / 4};
  if (work->next == NULL)
    return (Fetch){0};

  size_t count = (STEP_LINES + 4 * pairs - 1) / (4 * pairs);

  return (Fetch){work->next + (pair - first) * count * 4 * 64 * work->steps,
                 count};
}

void
sac_tiles_multiply_amx (const SacTiles *work)
{
  float sums[PAIR_ROWS * SAC_PANEL] __attribute__ ((aligned (64)));
  Output output = {0};

  sac_set_tiles ();
  for (size_t row = 0; row < work->rows; row += PAIR_ROWS) {
    size_t left = work->rows - row, done = output.place;
    size_t rows = left < PAIR_ROWS ? left : PAIR_ROWS;
    ptrdiff_t place = (ptrdiff_t)row * work->row_bytes;
    Pair pair = {work->high + place, work->low + place, fetch_for (work, row),
                 work, sums};

    multiply_rows (&pair, rows, work->blocks);
    put_rows (work, sums, rows, &output);
    finish_rows (work, done, output.place - done);
  }
  _tile_release ();
}

bool
sac_tiles_split_amx (const float *even,
                     const float *odd,
                     ptrdiff_t step,
                     size_t count,
                     char *high,
                     char *low)
{
  __m512i most = _mm512_setzero_si512 ();

  for (; count > 0; count--, even += step, high += 64, low += 64) {
    Vec other = vec_zero ();

    if (odd != NULL) {
      other = vec_load (odd);
      odd += step;
    }
    most = sac_split_pairs (vec_load (even), other, most, high, low);
  }
  return !sac_split_is_huge (most);
}
