/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-side.h"

#include "map/correlation.h"
#include "map/logarithm.h"

#include <glib.h>
#include <math.h>
#include <string.h>

const double agreement_tops[AGREEMENT_TOP_COUNT] = {0.05, 0.10, 0.20};

static AgreementTop
find_top (const SacOrder *order, double share)
{
  double count = (double)order->count;
  /* The margin keeps 0.2 * 35 at 7 cells: the product is a hair above. */
  double wanted = ceil (share * count - 1e-9 * count);
  size_t top = (size_t)CLAMP (wanted, 1, count);
  uint32_t border = order->codes[order->places[order->count - top]];
  double above = count - order->starts[border + 1];
  double equal = order->starts[border + 1] - order->starts[border];

  return (AgreementTop){border, ((double)top - above) / equal, (double)top};
}

double
agreement_grid_measure (const AgreementGrid *grid, double down, double over)
{
  return hypot (down * grid->height, over * grid->width) /
         hypot (grid->height, grid->width);
}

static void
find_parts (int cells, int heaps, AgreementPart *ret_parts)
{
  for (int cell = 0; cell < cells; cell++) {
    int heap = (int)((int64_t)cell * heaps / cells);
    double border = (double)(heap + 1) * cells / heaps;

    ret_parts[cell] = (AgreementPart){heap, fmin (border - cell, 1)};
  }
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
  grid->row_parts = g_new (AgreementPart, rows);
  grid->column_parts = g_new (AgreementPart, columns);
  find_parts (rows, tall, grid->row_parts);
  find_parts (columns, wide, grid->column_parts);
}

void
agreement_grid_clear (AgreementGrid *grid)
{
  g_free (grid->row_parts);
  g_free (grid->column_parts);
}

/* The mass of a cell of one row: to the heaps of that row, and the middle of
 * the columns. */
static void
gather_cell (const AgreementGrid *grid,
             int column,
             double mass,
             double *heaps,
             double *ret_middle)
{
  const AgreementPart *part = &grid->column_parts[column];

  heaps[part->heap] += mass * part->share;
  if (part->share < 1)
    heaps[part->heap + 1] += mass * (1 - part->share);
  *ret_middle += mass * (column + 0.5);
}

/* What lies on the heaps of one row of them goes to its row, or to two. */
static void
gather_row (AgreementSide *side, int row, const double *heaps)
{
  const AgreementGrid *grid = side->grid;
  const AgreementPart *part = &grid->row_parts[row];
  double *to = side->heaps + part->heap * grid->heap_columns;
  double sum = 0;

  for (int k = 0; k < grid->heap_columns; k++) {
    to[k] += heaps[k] * part->share;
    if (part->share < 1)
      to[grid->heap_columns + k] += heaps[k] * (1 - part->share);
    sum += heaps[k];
  }
  side->row += sum * (row + 0.5) / grid->rows;
}

static void
gather (AgreementSide *side)
{
  const AgreementGrid *grid = side->grid;
  double middle = 0;
  size_t i = 0;

  memset (side->heaps, 0, sizeof side->heaps);
  side->row = side->column = 0;
  for (int row = 0; row < grid->rows; row++) {
    double heaps[AGREEMENT_HEAP_SIDE + 1] = {0};
    size_t start = (size_t)row * (size_t)grid->columns;
    size_t end = start + (size_t)grid->columns;

    for (; i < side->count && side->place[i] < end; i++)
      gather_cell (grid, (int)(side->place[i] - start), side->masses[i], heaps,
                   &middle);
    gather_row (side, row, heaps);
  }
  side->column = middle / grid->columns;
}

static void
find_masses (AgreementSide *side, const float *values)
{
  double sum = 0;

  for (size_t i = 0; i < side->count; i++)
    sum += fmax (values[i], 0);
  if (!(sum > 0))
    return;
  side->masses = g_new (double, side->count);
  side->terms = g_new (double, side->count);
  for (size_t i = 0; i < side->count; i++) {
    double mass = fmax (values[i], 0) / sum;

    side->masses[i] = mass;
    side->terms[i] = mass > 0 ? mass * sac_log (mass) : 0;
  }
  gather (side);
}

/* Subtracts the mean.  Returns: the root of the sum of squares of what is
 * left. */
static double
centre (double *values, size_t count, double *ret_mean)
{
  double mean = 0;

  for (size_t i = 0; i < count; i++)
    mean += values[i];
  mean /= (double)count;
  for (size_t i = 0; i < count; i++)
    values[i] -= mean;
  *ret_mean = mean;
  return sqrt (sac_dot (values, values, count));
}

static void
find_sizes (AgreementSide *side, const float *values)
{
  double low = INFINITY, high = -INFINITY;

  side->centred = g_new (double, side->count);
  for (size_t i = 0; i < side->count; i++) {
    side->centred[i] = values[i];
    low = fmin (low, values[i]);
    high = fmax (high, values[i]);
  }
  side->norm = sqrt (sac_dot (side->centred, side->centred, side->count));
  side->deviation = centre (side->centred, side->count, &side->mean);
  side->largest = fmax (-low, high);
  side->low = low / side->largest;
  side->high = high / side->largest;
  side->shares =
    g_new0 (double, (size_t)side->grid->rows *(size_t)side->grid->columns);
  for (size_t i = 0; i < side->count; i++)
    side->shares[side->place[i]] = values[i] / side->largest;
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
  };
  if (!side->is_finite)
    return;
  sac_order_init (&side->order, values, count);
  side->is_constant = side->order.levels == 1;
  side->room = g_new (uint32_t, SAC_ORDER_ROOM * count);
  side->ranks = g_new (double, count);
  sac_order_ranks (&side->order, side->ranks);

  double mean;

  side->rank_deviation = centre (side->ranks, count, &mean);
  for (int k = 0; k < AGREEMENT_TOP_COUNT; k++)
    side->tops[k] = find_top (&side->order, agreement_tops[k]);
  find_masses (side, values);
  find_sizes (side, values);
}

/* Into *moved, which is made where it is NULL. */
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

static uint32_t *
permute_codes (uint32_t *moved,
               const uint32_t *codes,
               const uint32_t *from,
               size_t count)
{
  if (moved == NULL)
    moved = g_new (uint32_t, count);
  for (size_t i = 0; i < count; i++)
    moved[i] = codes[from[i]];
  return moved;
}

void
agreement_side_move (AgreementSide *moved,
                     const AgreementSide *side,
                     const uint32_t *from)
{
  const AgreementSide last = *moved;
  size_t count = side->count;

  *moved = *side;
  moved->centred = last.centred;
  moved->ranks = last.ranks;
  moved->masses = last.masses;
  moved->terms = last.terms;
  moved->shares = last.shares;
  permute (&moved->centred, side->centred, from, count);
  permute (&moved->ranks, side->ranks, from, count);
  permute (&moved->masses, side->masses, from, count);
  permute (&moved->terms, side->terms, from, count);
  permute (&moved->shares, side->shares, from, count);
  moved->order.codes =
    permute_codes (last.order.codes, side->order.codes, from, count);
  moved->order.places = NULL;
  moved->room =
    last.room != NULL ? last.room : g_new (uint32_t, SAC_ORDER_ROOM * count);
  moved->order.starts =
    last.order.starts != NULL
      ? last.order.starts
      : g_memdup2 (side->order.starts,
                   (side->order.levels + 1) * sizeof (uint32_t));
  if (moved->masses != NULL)
    gather (moved);
}

void
agreement_side_clear (AgreementSide *side)
{
  g_free (side->centred);
  g_free (side->ranks);
  sac_order_clear (&side->order);
  g_free (side->room);
  g_free (side->masses);
  g_free (side->terms);
  g_free (side->shares);
  *side = (AgreementSide){0};
}
