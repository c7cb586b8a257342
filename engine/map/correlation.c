/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/correlation.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double
sac_correlate (const double *a, const double *b, size_t count)
{
  double mean_a = 0, mean_b = 0;
  double aa = 0, bb = 0, ab = 0;

  for (size_t i = 0; i < count; i++) {
    mean_a += a[i];
    mean_b += b[i];
  }
  mean_a /= (double)count;
  mean_b /= (double)count;
  for (size_t i = 0; i < count; i++) {
    double x = a[i] - mean_a, y = b[i] - mean_b;

    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (!(aa > 0 && bb > 0))
    return NAN;
  return CLAMP (ab / (sqrt (aa) * sqrt (bb)), -1, 1);
}

/* Rounding makes the variance of equal numbers a little more than zero, so
 * constancy is asked for itself. */
bool
sac_is_constant (const float *values, size_t count)
{
  for (size_t i = 1; i < count; i++) {
    if (values[i] != values[0])
      return false;
  }
  return true;
}

static double *
widen (const float *values, size_t count)
{
  double *wide = g_new (double, count);

  for (size_t i = 0; i < count; i++)
    wide[i] = values[i];
  return wide;
}

double
sac_pearson (const float *a, const float *b, size_t count)
{
  if (sac_is_constant (a, count) || sac_is_constant (b, count))
    return NAN;

  g_autofree double *wide_a = widen (a, count);
  g_autofree double *wide_b = widen (b, count);

  return sac_correlate (wide_a, wide_b, count);
}

double
sac_spearman (const float *a, const float *b, size_t count)
{
  if (sac_is_constant (a, count) || sac_is_constant (b, count))
    return NAN;

  g_autofree double *ranks_a = g_new (double, count);
  g_autofree double *ranks_b = g_new (double, count);

  sac_ranks (a, count, ranks_a);
  sac_ranks (b, count, ranks_b);
  return sac_correlate (ranks_a, ranks_b, count);
}

typedef struct {
  float value;
  uint32_t index;
} Ranked;

/* NaN stands below everything, so that the order is total whatever comes. */
static int
compare_ranked (const void *a, const void *b)
{
  float x = ((const Ranked *)a)->value;
  float y = ((const Ranked *)b)->value;

  if (isnan (x) || isnan (y))
    return isnan (y) - isnan (x);
  return (x > y) - (x < y);
}

static Ranked *
sort (const float *values, size_t count)
{
  Ranked *sorted = g_new (Ranked, count);

  for (size_t i = 0; i < count; i++)
    sorted[i] = (Ranked){values[i], (uint32_t)i};
  qsort (sorted, count, sizeof *sorted, compare_ranked);
  return sorted;
}

/* Behind the last number that equals the one at `start`. */
static size_t
find_end (const Ranked *sorted, size_t start, size_t count)
{
  size_t end = start + 1;

  while (end < count && compare_ranked (&sorted[start], &sorted[end]) == 0)
    end++;
  return end;
}

void
sac_ranks (const float *values, size_t count, double *ret_ranks)
{
  g_autofree Ranked *sorted = sort (values, count);
  size_t end;

  for (size_t start = 0; start < count; start = end) {
    end = find_end (sorted, start, count);
    for (size_t i = start; i < end; i++)
      ret_ranks[sorted[i].index] = (double)(start + 1 + end) / 2.0;
  }
}

static double
count_pairs (size_t count)
{
  return (double)count * (double)(count - 1) / 2;
}

void
sac_order_init (SacOrder *order, const float *values, size_t count)
{
  g_autofree Ranked *sorted = sort (values, count);
  size_t end;

  *order = (SacOrder){.codes = g_new (uint32_t, count),
                      .order = g_new (uint32_t, count)};
  for (size_t start = 0; start < count; start = end) {
    end = find_end (sorted, start, count);
    for (size_t i = start; i < end; i++) {
      order->codes[sorted[i].index] = order->levels;
      order->order[i] = sorted[i].index;
    }
    order->levels++;
    order->tied_pairs += count_pairs (end - start);
  }
}

void
sac_order_clear (SacOrder *order)
{
  g_clear_pointer (&order->codes, g_free);
  g_clear_pointer (&order->order, g_free);
}

/* A tree of partial sums (Fenwick, 1994) over the codes seen so far. */
static uint32_t
count_below (const uint32_t *tree, uint32_t code)
{
  uint32_t sum = 0;

  for (; code > 0; code &= code - 1)
    sum += tree[code];
  return sum;
}

static void
add_code (uint32_t *tree, uint32_t levels, uint32_t code)
{
  for (code++; code <= levels; code += code & -code)
    tree[code]++;
}

/* Going up a, each number meets those below it in a: pairs that b has in the
 * same order less those that it has the other way round. */
double
sac_order_kendall (const SacOrder *a,
                   const SacOrder *b,
                   size_t count,
                   uint32_t *scratch)
{
  double all = count_pairs (count), balance = 0;
  size_t end;

  memset (scratch, 0, (b->levels + 1) * sizeof *scratch);
  for (size_t start = 0; start < count; start = end) {
    uint32_t level = a->codes[a->order[start]];

    for (end = start; end < count; end++) {
      uint32_t place = a->order[end];
      uint32_t code = b->codes[place];

      if (a->codes[place] != level)
        break;
      balance += (double)count_below (scratch, code) -
                 (double)((uint32_t)start - count_below (scratch, code + 1));
    }
    for (size_t i = start; i < end; i++)
      add_code (scratch, b->levels, b->codes[a->order[i]]);
  }
  return CLAMP (balance /
                  (sqrt (all - a->tied_pairs) * sqrt (all - b->tied_pairs)),
                -1, 1);
}

double
sac_kendall (const float *a, const float *b, size_t count)
{
  SacOrder order_a, order_b;

  if (sac_is_constant (a, count) || sac_is_constant (b, count))
    return NAN;
  sac_order_init (&order_a, a, count);
  sac_order_init (&order_b, b, count);

  g_autofree uint32_t *scratch = g_new (uint32_t, order_b.levels + 1);
  double tau = sac_order_kendall (&order_a, &order_b, count, scratch);

  sac_order_clear (&order_a);
  sac_order_clear (&order_b);
  return tau;
}
