/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/faithfulness-math.h"

#include <glib.h>
#include <math.h>

static int
compare_pixels (gconstpointer a, gconstpointer b, gpointer data)
{
  uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
  const float *values = data;
  float x = values[i], y = values[k];

  if (isnan (x) || isnan (y)) {
    if (isnan (x) && isnan (y))
      return (i > k) - (i < k);
    return isnan (x) ? 1 : -1;
  }
  if (x != y)
    return x < y ? 1 : -1;
  return (i > k) - (i < k);
}

void
sac_faithfulness_rank (const float *values, size_t count, uint32_t *ret_order)
{
  for (size_t i = 0; i < count; i++)
    ret_order[i] = (uint32_t)i;
  g_qsort_with_data (ret_order, (int)count, sizeof *ret_order, compare_pixels,
                     (void *)values);
}

double
sac_faithfulness_tied_share (const float *values,
                             const uint32_t *order,
                             size_t count)
{
  size_t tied = 0;

  for (size_t i = 0; i < count; i++) {
    float own = values[order[i]];

    tied += (i > 0 && values[order[i - 1]] == own) ||
            (i + 1 < count && values[order[i + 1]] == own);
  }
  return count > 0 ? (double)tied / count : 0;
}

size_t
sac_faithfulness_point_count (size_t count, size_t steps)
{
  size_t step = (count + steps - 1) / steps;

  return step == 0 ? 1 : (count + step - 1) / step + 1;
}

size_t
sac_faithfulness_taken (size_t count, size_t steps, size_t point)
{
  return MIN (count, point * ((count + steps - 1) / steps));
}

double
sac_faithfulness_area (const double *x, const double *y, size_t count)
{
  double area = 0;

  for (size_t i = 1; i < count; i++)
    area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
  return area;
}

double
sac_faithfulness_aopc (const double *deletion, size_t count)
{
  double sum = 0;

  for (size_t i = 0; i < count; i++)
    sum += deletion[0] - deletion[i];
  return sum / count;
}

double
sac_faithfulness_drop (double whole, double seen)
{
  return whole > 0 ? fmax (0, whole - seen) / whole : NAN;
}

static double
mean_of (const double *values, size_t count)
{
  double sum = 0;

  for (size_t i = 0; i < count; i++)
    sum += values[i];
  return sum / count;
}

static double
correlate (const double *a, const double *b, size_t count)
{
  double mean_a = mean_of (a, count), mean_b = mean_of (b, count);
  double aa = 0, bb = 0, ab = 0;

  for (size_t i = 0; i < count; i++) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? CLAMP (ab / sqrt (aa) / sqrt (bb), -1, 1) : NAN;
}

void
sac_faithfulness_infidelity (const double *sums,
                             const double *losses,
                             size_t count,
                             SacInfidelity *ret)
{
  double both = 0, own = 0, lost = 0;

  *ret = (SacInfidelity){.plain = 0, .scaled = 0};
  for (size_t i = 0; i < count; i++) {
    both += sums[i] * losses[i];
    own += sums[i] * sums[i];
    lost += losses[i] * losses[i];
  }
  ret->factor = own > 0 ? both / own : NAN;
  for (size_t i = 0; i < count; i++) {
    double plain = sums[i] - losses[i];
    double scaled = ret->factor * sums[i] - losses[i];

    ret->plain += plain * plain / count;
    ret->scaled += scaled * scaled / count;
  }
  ret->unexplained = lost > 0 ? ret->scaled / (lost / count) : NAN;
  ret->correlation = correlate (sums, losses, count);
}
