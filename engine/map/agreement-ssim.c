/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-ssim.h"

#include <glib.h>
#include <math.h>

#define K1 0.01
#define K2 0.03

int
agreement_ssim_window (const AgreementGrid *grid)
{
  int third = MIN (grid->rows, grid->columns) / 3;

  return CLAMP (third % 2 == 0 ? third - 1 : third, 3, 7);
}

/* What is added up in each window. */
typedef struct {
  double count, a, b, aa, bb, ab;
} Sums;

static void
add (Sums *sums, const Sums *other, double sign)
{
  sums->count += sign * other->count;
  sums->a += sign * other->a;
  sums->b += sign * other->b;
  sums->aa += sign * other->aa;
  sums->bb += sign * other->bb;
  sums->ab += sign * other->ab;
}

static Sums *
spread (const AgreementSide *a, const AgreementSide *b)
{
  size_t all = (size_t)a->grid->rows * (size_t)a->grid->columns;
  Sums *cells = g_new0 (Sums, all);

  for (size_t i = 0; i < a->count; i++) {
    double x = a->scaled[i], y = b->scaled[i];

    cells[a->place[i]] = (Sums){1, x, y, x * x, y * y, x * y};
  }
  return cells;
}

static double
compare_window (const Sums *sums, double range)
{
  double n = sums->count, c1 = K1 * range, c2 = K2 * range;
  double mean_a = sums->a / n, mean_b = sums->b / n;
  double var_a = (sums->aa - n * mean_a * mean_a) / (n - 1);
  double var_b = (sums->bb - n * mean_b * mean_b) / (n - 1);
  double covariance = (sums->ab - n * mean_a * mean_b) / (n - 1);

  c1 *= c1;
  c2 *= c2;
  return (2 * mean_a * mean_b + c1) * (2 * covariance + c2) /
         ((mean_a * mean_a + mean_b * mean_b + c1) *
          (fmax (var_a, 0) + fmax (var_b, 0) + c2));
}

/* Columns of windows are summed downwards once for each row of windows, and
 * added up along it. */
double
agreement_ssim (const AgreementSide *a, const AgreementSide *b)
{
  int rows = a->grid->rows, columns = a->grid->columns;
  int window = agreement_ssim_window (a->grid);
  g_autofree Sums *cells = spread (a, b);
  g_autofree Sums *down = g_new0 (Sums, columns);
  double range = fmax (a->high, b->high) - fmin (a->low, b->low);
  double sum = 0;
  size_t count = 0;

  for (int row = 0; row < rows; row++) {
    Sums sums = {0};

    for (int column = 0; column < columns; column++) {
      add (&down[column], &cells[(size_t)row * columns + column], 1);
      if (row >= window)
        add (&down[column], &cells[(size_t)(row - window) * columns + column],
             -1);
      add (&sums, &down[column], 1);
      if (column >= window)
        add (&sums, &down[column - window], -1);
      if (row < window - 1 || column < window - 1 ||
          sums.count < window * window)
        continue;
      sum += compare_window (&sums, range);
      count++;
    }
  }
  return count > 0 ? sum / (double)count : NAN;
}
