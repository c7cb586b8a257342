/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-side.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const double agreement_tops[AGREEMENT_TOP_COUNT] = {0.05, 0.10, 0.20};

static int
compare_down (const void *a, const void *b)
{
  float left = *(const float *)a, right = *(const float *)b;

  return (left < right) - (left > right);
}

void
agreement_find_top (const float *values,
                    size_t count,
                    double share,
                    double *ret_members)
{
  g_autofree float *sorted = g_memdup2 (values, count * sizeof *values);
  /* The margin keeps 0.2 * 35 at 7 cells: the product is a hair above. */
  double wanted = ceil (share * (double)count - 1e-9 * (double)count);
  size_t top = (size_t)CLAMP (wanted, 1, (double)count);
  size_t above = 0, equal = 0;

  qsort (sorted, count, sizeof *sorted, compare_down);

  float border = sorted[top - 1];

  for (size_t i = 0; i < count; i++) {
    above += values[i] > border;
    equal += values[i] == border;
  }
  for (size_t i = 0; i < count; i++)
    ret_members[i] = values[i] > border ? 1
                     : values[i] == border
                       ? (double)(top - above) / (double)equal
                       : 0;
}

double
agreement_grid_measure (const AgreementGrid *grid, double down, double over)
{
  return hypot (down * grid->height, over * grid->width) /
         hypot (grid->height, grid->width);
}

void
agreement_grid_init (
  AgreementGrid *grid, int rows, int columns, double height, double width)
{
  bool is_small = MAX (rows, columns) <= AGREEMENT_HEAP_SIDE;
  int tall = is_small ? rows : MIN (rows, AGREEMENT_HEAP_FEW);
  int wide = is_small ? columns : MIN (columns, AGREEMENT_HEAP_FEW);
  int count = tall * wide;

  grid->rows = rows;
  grid->columns = columns;
  grid->heap_rows = tall;
  grid->heap_columns = wide;
  grid->height = height;
  grid->width = width;
  for (int i = 0; i < count; i++)
    for (int k = 0; k < count; k++)
      grid->distances[i * count + k] =
        agreement_grid_measure (grid, (double)(i / wide - k / wide) / tall,
                                (double)(i % wide - k % wide) / wide);
}

/* Where a cell's mass goes along one axis: to one heap, or, when a border
 * between heaps cuts it, to two. */
static void
split (int cell, int cells, int heaps, int *ret_heap, double *ret_share)
{
  int heap = (int)((int64_t)cell * heaps / cells);
  double border = (double)(heap + 1) * cells / heaps;

  *ret_heap = heap;
  *ret_share = fmin (border - cell, 1);
}

static void
gather (AgreementSide *side)
{
  int rows = side->grid->rows, columns = side->grid->columns;
  int wide = side->grid->heap_columns;

  memset (side->heaps, 0, sizeof side->heaps);
  side->row = side->column = 0;
  for (size_t i = 0; i < side->count; i++) {
    int row = (int)(side->place[i] / (uint32_t)columns);
    int column = (int)(side->place[i] % (uint32_t)columns);
    double mass = side->masses[i];
    int down, over;
    double above, before;

    if (mass == 0)
      continue;
    side->row += mass * (row + 0.5) / rows;
    side->column += mass * (column + 0.5) / columns;
    split (row, rows, side->grid->heap_rows, &down, &above);
    split (column, columns, wide, &over, &before);

    double *heap = side->heaps + down * wide + over;

    heap[0] += mass * above * before;
    if (before < 1)
      heap[1] += mass * above * (1 - before);
    if (above < 1)
      heap[wide] += mass * (1 - above) * before;
    if (above < 1 && before < 1)
      heap[wide + 1] += mass * (1 - above) * (1 - before);
  }
}

static void
find_masses (AgreementSide *side)
{
  double sum = 0;

  for (size_t i = 0; i < side->count; i++)
    sum += fmax (side->values[i], 0);
  if (!(sum > 0))
    return;
  side->masses = g_new (double, side->count);
  for (size_t i = 0; i < side->count; i++) {
    double mass = fmax (side->values[i], 0) / sum;

    side->masses[i] = mass;
    side->entropy -= mass > 0 ? mass * log (mass) : 0;
  }
  gather (side);
}

static void
find_scaled (AgreementSide *side)
{
  double largest = 0;

  for (size_t i = 0; i < side->count; i++) {
    largest = fmax (largest, fabs (side->values[i]));
    side->norm += side->values[i] * side->values[i];
  }
  side->norm = sqrt (side->norm);
  if (!(largest > 0))
    return;
  side->scaled = g_new (double, side->count);
  side->low = INFINITY;
  side->high = -INFINITY;
  for (size_t i = 0; i < side->count; i++) {
    side->scaled[i] = side->values[i] / largest;
    side->low = fmin (side->low, side->scaled[i]);
    side->high = fmax (side->high, side->scaled[i]);
  }
}

static bool
all_finite (const float *values, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (!isfinite (values[i]))
      return false;
  }
  return true;
}

void
agreement_side_init (AgreementSide *side,
                     const AgreementGrid *grid,
                     const uint32_t *place,
                     const float *values,
                     size_t count)
{
  *side = (AgreementSide){
    .grid = grid,
    .count = count,
    .place = place,
    .is_finite = count > 0 && all_finite (values, count),
    .is_constant = sac_is_constant (values, count),
  };
  if (!side->is_finite)
    return;
  side->values = g_new (double, count);
  side->ranks = g_new (double, count);
  for (size_t i = 0; i < count; i++)
    side->values[i] = values[i];
  sac_ranks (values, count, side->ranks);
  sac_order_init (&side->order, values, count);
  for (int k = 0; k < AGREEMENT_TOP_COUNT; k++) {
    side->tops[k] = g_new (double, count);
    agreement_find_top (values, count, agreement_tops[k], side->tops[k]);
  }
  find_masses (side);
  find_scaled (side);
}

static void
permute (double **moved,
         const double *values,
         const uint32_t *from,
         size_t count)
{
  if (values == NULL)
    return;
  if (*moved == NULL)
    *moved = g_new (double, count);
  for (size_t i = 0; i < count; i++)
    (*moved)[i] = values[from[i]];
}

void
agreement_side_move (AgreementSide *moved,
                     const AgreementSide *side,
                     const uint32_t *from)
{
  size_t count = side->count;
  AgreementSide old = *moved;

  *moved = *side;
  moved->values = old.values;
  moved->ranks = old.ranks;
  moved->masses = old.masses;
  moved->scaled = old.scaled;
  memcpy (moved->tops, old.tops, sizeof old.tops);
  moved->order.codes =
    old.order.codes != NULL ? old.order.codes : g_new (uint32_t, count);
  moved->order.order = NULL;
  permute (&moved->values, side->values, from, count);
  permute (&moved->ranks, side->ranks, from, count);
  permute (&moved->masses, side->masses, from, count);
  permute (&moved->scaled, side->scaled, from, count);
  for (int k = 0; k < AGREEMENT_TOP_COUNT; k++)
    permute (&moved->tops[k], side->tops[k], from, count);
  for (size_t i = 0; i < count; i++)
    moved->order.codes[i] = side->order.codes[from[i]];
  if (moved->masses != NULL)
    gather (moved);
}

void
agreement_side_clear (AgreementSide *side)
{
  g_free (side->values);
  g_free (side->ranks);
  sac_order_clear (&side->order);
  for (int k = 0; k < AGREEMENT_TOP_COUNT; k++)
    g_free (side->tops[k]);
  g_free (side->masses);
  g_free (side->scaled);
  *side = (AgreementSide){0};
}
