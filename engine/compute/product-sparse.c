/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/product-sparse.h"

#include "compute/product.h"

#include <glib.h>
#include <string.h>

/* Rows are put together where no more than this part of them counts. */
#define PART 2

static bool
is_zero (const float *values, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (!(values[i] == 0))
      return false;
  }
  return true;
}

/* Returns: how many rows there are to do, with their numbers. */
static size_t
find_rows (const SacProductSparse *work, size_t *ret_rows)
{
  size_t count = 0;

  for (size_t row = 0; row < work->rows; row++) {
    if (!is_zero (work->a + row * work->depth, work->depth))
      ret_rows[count++] = row;
  }
  return count;
}

static bool
multiply (const SacProductSparse *work,
          const float *a,
          size_t rows,
          const float *sum,
          const SacJob *job)
{
  return sac_product_run (
    &(SacProduct){
      .rows = rows,
      .depth = work->depth,
      .columns = work->columns,
      .a = sac_rows_plain (a, work->depth),
      .packed = work->packed,
      .c = sac_rows_plain (work->c, work->columns),
      .tail = {.residual = sum},
    },
    job);
}

/* The first `count` rows of C go where they belong, from the last on, as none
 * lies behind its place. */
static void
spread (const SacProductSparse *work, const size_t *rows, size_t count)
{
  for (size_t row = work->rows; row > 0; row--) {
    float *to = work->c + (row - 1) * work->columns;
    bool is_done = count > 0 && rows[count - 1] == row - 1;

    if (is_done)
      memmove (to, work->c + --count * work->columns,
               work->columns * sizeof *to);
    else
      memset (to, 0, work->columns * sizeof *to);
    for (size_t i = 0; work->sum != NULL && i < work->columns; i++)
      to[i] += work->sum[(row - 1) * work->columns + i];
  }
}

bool
sac_product_sparse_run (const SacProductSparse *work, const SacJob *job)
{
  g_autofree size_t *rows = g_new (size_t, work->rows);
  size_t count = find_rows (work, rows), bytes = work->depth * sizeof (float);

  if (count > work->rows / PART)
    return multiply (work, work->a, work->rows, work->sum, job);
  for (size_t i = 0; i < count; i++)
    memmove (work->room + i * work->depth, work->a + rows[i] * work->depth,
             bytes);
  if (count > 0 && !multiply (work, work->room, count, NULL, job))
    return false;
  spread (work, rows, count);
  return true;
}
