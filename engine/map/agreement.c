/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement.h"

#include "base/error.h"
#include "base/json.h"
#include "map/resample.h"

#include <math.h>

static double
correlate (const double *a, const double *b, size_t count)
{
  double mean_a = 0, mean_b = 0;
  double aa = 0, bb = 0, ab = 0;

  for (size_t i = 0; i < count; i++) {
    mean_a += a[i];
    mean_b += b[i];
  }
  mean_a /= count;
  mean_b /= count;
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
static bool
is_constant (const float *values, size_t count)
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
  if (is_constant (a, count) || is_constant (b, count))
    return NAN;

  g_autofree double *wide_a = widen (a, count);
  g_autofree double *wide_b = widen (b, count);

  return correlate (wide_a, wide_b, count);
}

double
sac_spearman (const float *a, const float *b, size_t count)
{
  if (is_constant (a, count) || is_constant (b, count))
    return NAN;

  g_autofree double *ranks_a = g_new (double, count);
  g_autofree double *ranks_b = g_new (double, count);

  sac_ranks (a, count, ranks_a);
  sac_ranks (b, count, ranks_b);
  return correlate (ranks_a, ranks_b, count);
}

typedef struct {
  float value;
  size_t index;
} Ranked;

/* NaN stands below everything, so that the order is total whatever comes. */
static int
compare_ranked (gconstpointer a, gconstpointer b, gpointer data)
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
    sorted[i] = (Ranked){values[i], i};
  g_qsort_with_data (sorted, count, sizeof *sorted, compare_ranked, NULL);
  return sorted;
}

void
sac_ranks (const float *values, size_t count, double *ret_ranks)
{
  g_autofree Ranked *sorted = sort (values, count);
  size_t end;

  for (size_t start = 0; start < count; start = end) {
    for (end = start + 1; end < count; end++) {
      if (compare_ranked (&sorted[start], &sorted[end], NULL) != 0)
        break;
    }
    for (size_t i = start; i < end; i++)
      ret_ranks[sorted[i].index] = (start + 1 + end) / 2.0;
  }
}

/* Which cells belong to the top: wholly those above the border, and those at
 * the border by the share of them that still fits. */
typedef struct {
  float border;
  double border_share;
} Top;

static Top
find_top (const float *values, size_t count, size_t top_count)
{
  g_autofree Ranked *sorted = sort (values, count);
  Top top = {.border = sorted[count - top_count].value};
  size_t above = 0, equal = 0;

  for (size_t i = 0; i < count; i++) {
    above += values[i] > top.border;
    equal += values[i] == top.border;
  }
  top.border_share = (double)(top_count - above) / equal;
  return top;
}

static double
membership (const Top *top, float value)
{
  if (value == top->border)
    return top->border_share;
  return value > top->border ? 1 : 0;
}

double
sac_top_iou (const float *a, const float *b, size_t count, double share)
{
  if (is_constant (a, count) || is_constant (b, count))
    return NAN;

  /* The margin keeps 0.2 * 35 at 7 cells: the product is a hair above. */
  double wanted = ceil (share * count - 1e-9 * count);
  size_t top_count = CLAMP (wanted, 1, (double)count);
  Top top_a = find_top (a, count, top_count);
  Top top_b = find_top (b, count, top_count);
  double both = 0, either = 0;

  for (size_t i = 0; i < count; i++) {
    double in_a = membership (&top_a, a[i]);
    double in_b = membership (&top_b, b[i]);

    both += fmin (in_a, in_b);
    either += fmax (in_a, in_b);
  }
  return both / either;
}

static double
positive_mass (const float *values, size_t count)
{
  double mass = 0;

  for (size_t i = 0; i < count; i++)
    mass += values[i] > 0 ? values[i] : 0;
  return mass;
}

/* One side of the divergence: p log (p / middle). */
static double
relative_entropy (double p, double middle)
{
  return p > 0 ? p * log (p / middle) : 0;
}

double
sac_jensen_shannon (const float *a, const float *b, size_t count)
{
  double mass_a = positive_mass (a, count);
  double mass_b = positive_mass (b, count);
  double sum = 0;

  if (!(mass_a > 0 && mass_b > 0))
    return NAN;
  for (size_t i = 0; i < count; i++) {
    double p = fmax (a[i], 0) / mass_a;
    double q = fmax (b[i], 0) / mass_b;
    double middle = (p + q) / 2;

    sum += relative_entropy (p, middle) + relative_entropy (q, middle);
  }
  return fmax (sum / 2, 0);
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

/* Drops the cells that are gaps: NaN in both maps, where a map has gaps.
 * Returns: how many are left. */
static size_t
drop_gaps (float *a, float *b, size_t count)
{
  size_t left = 0;

  for (size_t i = 0; i < count; i++) {
    if (isnan (a[i]) && isnan (b[i]))
      continue;
    a[left] = a[i];
    b[left] = b[i];
    left++;
  }
  return left;
}

bool
sac_agreement_new (const SacMap *a,
                   const SacMap *b,
                   SacAgreement *ret_agreement,
                   GError **error)
{
  g_autofree float *cells_a = NULL;
  g_autofree float *cells_b = NULL;
  int rows, columns;

  if (!sac_resample_common (a, b, &cells_a, &cells_b, &rows, &columns, error))
    return false;

  size_t all = (size_t)rows * (size_t)columns;
  size_t count =
    a->has_gaps || b->has_gaps ? drop_gaps (cells_a, cells_b, all) : all;
  SacAgreement agreement = {
    .rows = rows,
    .columns = columns,
    .left_out = all - count,
    .pearson = NAN,
    .spearman = NAN,
    .top5_iou = NAN,
    .top10_iou = NAN,
    .top20_iou = NAN,
    .jensen_shannon = NAN,
  };

  if (count == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "no cell is covered by both maps: choose maps that "
                         "overlap");
    return false;
  }
  if (all_finite (cells_a, count) && all_finite (cells_b, count)) {
    agreement.pearson = sac_pearson (cells_a, cells_b, count);
    agreement.spearman = sac_spearman (cells_a, cells_b, count);
    agreement.top5_iou = sac_top_iou (cells_a, cells_b, count, 0.05);
    agreement.top10_iou = sac_top_iou (cells_a, cells_b, count, 0.10);
    agreement.top20_iou = sac_top_iou (cells_a, cells_b, count, 0.20);
    agreement.jensen_shannon = sac_jensen_shannon (cells_a, cells_b, count);
  }
  *ret_agreement = agreement;
  return true;
}

JsonObject *
sac_agreement_to_json (const SacAgreement *agreement)
{
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();

  json_array_add_int_element (grid, agreement->rows);
  json_array_add_int_element (grid, agreement->columns);
  json_object_set_array_member (object, "grid", grid);
  if (agreement->left_out > 0)
    json_object_set_int_member (object, "left_out",
                                (gint64)agreement->left_out);
  sac_json_set_number (object, "pearson", agreement->pearson);
  sac_json_set_number (object, "spearman", agreement->spearman);
  sac_json_set_number (object, "top5_iou", agreement->top5_iou);
  sac_json_set_number (object, "top10_iou", agreement->top10_iou);
  sac_json_set_number (object, "top20_iou", agreement->top20_iou);
  sac_json_set_number (object, "jensen_shannon", agreement->jensen_shannon);
  return object;
}
