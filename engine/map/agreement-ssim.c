/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-ssim.h"

#include "base/wide.h"

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
enum { SUM_A, SUM_B, SUM_AA, SUM_BB, SUM_AB, SUM_COUNT };

/* Both maps over their largest magnitudes, 0 where nothing counts; and the sums
 * of each column over the rows of a window. */
typedef struct {
  int columns;
  const double *a, *b;
  double *nothing; /* a row of zeros */
  double *counts;  /* 1 where a cell counts; NULL: all do */
  double *down[SUM_COUNT];
  double *down_counts;
  /* Of a row of windows, by their last column. */
  double *sums[SUM_COUNT];
  double *indices;
} Planes;

static void
planes_init (Planes *planes, const AgreementSide *a, const AgreementSide *b)
{
  size_t all = (size_t)a->grid->rows * (size_t)a->grid->columns;

  *planes =
    (Planes){.columns = a->grid->columns, .a = a->shares, .b = b->shares};
  for (int k = 0; k < SUM_COUNT; k++) {
    planes->down[k] = g_new0 (double, planes->columns);
    planes->sums[k] = g_new (double, planes->columns);
  }
  planes->indices = g_new (double, planes->columns);
  planes->nothing = g_new0 (double, planes->columns);
  if (a->count == all)
    return;
  planes->counts = g_new0 (double, all);
  planes->down_counts = g_new0 (double, planes->columns);
  for (size_t i = 0; i < a->count; i++)
    planes->counts[a->place[i]] = 1;
}

static void
planes_clear (Planes *planes)
{
  g_free (planes->nothing);
  g_free (planes->counts);
  g_free (planes->down_counts);
  g_free (planes->indices);
  for (int k = 0; k < SUM_COUNT; k++) {
    g_free (planes->down[k]);
    g_free (planes->sums[k]);
  }
}

/* The columns' sums with one row more, and without the one that a window of
 * rows has left behind. */
static SAC_WIDE void
move_on (Planes *planes, int row, int window)
{
  size_t start = (size_t)row * (size_t)planes->columns;
  size_t behind = (size_t)window * (size_t)planes->columns;
  const double *restrict a = planes->a + start;
  const double *restrict b = planes->b + start;
  const double *restrict old_a = row >= window ? a - behind : planes->nothing;
  const double *restrict old_b = row >= window ? b - behind : planes->nothing;
  double *restrict sum_a = planes->down[SUM_A];
  double *restrict sum_b = planes->down[SUM_B];
  double *restrict sum_aa = planes->down[SUM_AA];
  double *restrict sum_bb = planes->down[SUM_BB];
  double *restrict sum_ab = planes->down[SUM_AB];

  for (int i = 0; i < planes->columns; i++) {
    sum_a[i] += a[i] - old_a[i];
    sum_b[i] += b[i] - old_b[i];
    sum_aa[i] += a[i] * a[i] - old_a[i] * old_a[i];
    sum_bb[i] += b[i] * b[i] - old_b[i] * old_b[i];
    sum_ab[i] += a[i] * b[i] - old_a[i] * old_b[i];
  }
  for (int i = 0; planes->counts != NULL && i < planes->columns; i++) {
    size_t cell = start + (size_t)i;

    planes->down_counts[i] +=
      planes->counts[cell] -
      (row >= window ? planes->counts[cell - behind] : 0);
  }
}

/* A window moved on by a column at a time. */
static void
add_columns (Planes *planes, int window)
{
  double sums[SUM_COUNT] = {0};

  for (int column = 0; column < planes->columns; column++) {
    for (int k = 0; k < SUM_COUNT; k++) {
      sums[k] += planes->down[k][column];
      if (column >= window)
        sums[k] -= planes->down[k][column - window];
      planes->sums[k][column] = sums[k];
    }
  }
}

/* What the indices of a row become, by the last column of the window. */
static SAC_WIDE void
compare_windows (const Planes *planes,
                 int window,
                 double range,
                 double *ret_indices)
{
  const double *restrict sum_a = planes->sums[SUM_A];
  const double *restrict sum_b = planes->sums[SUM_B];
  const double *restrict sum_aa = planes->sums[SUM_AA];
  const double *restrict sum_bb = planes->sums[SUM_BB];
  const double *restrict sum_ab = planes->sums[SUM_AB];
  double n = (double)window * window, part = 1 / n, degree = 1 / (n - 1);
  double c1 = K1 * range * (K1 * range), c2 = K2 * range * (K2 * range);

  for (int i = window - 1; i < planes->columns; i++) {
    double mean_a = sum_a[i] * part, mean_b = sum_b[i] * part;
    double var_a = (sum_aa[i] - sum_a[i] * mean_a) * degree;
    double var_b = (sum_bb[i] - sum_b[i] * mean_b) * degree;
    double covariance = (sum_ab[i] - sum_a[i] * mean_b) * degree;

    var_a = var_a > 0 ? var_a : 0;
    var_b = var_b > 0 ? var_b : 0;
    ret_indices[i] =
      (2 * mean_a * mean_b + c1) * (2 * covariance + c2) /
      ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
  }
}

/* Along one row of windows.  ret_count: is added to, windows of which every
 * cell counts.  Returns: their sum. */
static double
compare_row (Planes *planes, int window, double range, size_t *ret_count)
{
  double *indices = planes->indices;
  double cells = 0, all = 0;

  add_columns (planes, window);
  compare_windows (planes, window, range, indices);
  for (int column = 0; column < planes->columns; column++) {
    int behind = column - window;

    if (planes->counts != NULL)
      cells += planes->down_counts[column] -
               (behind >= 0 ? planes->down_counts[behind] : 0);
    if (behind < -1 || (planes->counts != NULL && cells < window * window))
      continue;
    all += indices[column];
    ++*ret_count;
  }
  return all;
}

double
agreement_ssim (const AgreementSide *a, const AgreementSide *b)
{
  int rows = a->grid->rows, window = agreement_ssim_window (a->grid);
  double range = fmax (a->high, b->high) - fmin (a->low, b->low);
  double sum = 0;
  size_t count = 0;
  Planes planes;

  planes_init (&planes, a, b);
  for (int row = 0; row < rows; row++) {
    move_on (&planes, row, window);
    if (row >= window - 1)
      sum += compare_row (&planes, window, range, &count);
  }
  planes_clear (&planes);
  return count > 0 ? sum / (double)count : NAN;
}
