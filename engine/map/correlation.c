/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/correlation.h"

#include "base/wide.h"
#include "map/order.h"

#include <glib.h>
#include <math.h>

/* So many sums side by side: neighbours do not wait for each other. */
#define SUMS 16

SAC_WIDE double
sac_dot (const double *a, const double *b, size_t count)
{
  double sums[SUMS] = {0}, all = 0;
  size_t whole = count - count % SUMS;

  for (size_t i = 0; i < whole; i += SUMS) {
    for (size_t k = 0; k < SUMS; k++)
      sums[k] += a[i + k] * b[i + k];
  }
  for (size_t i = whole; i < count; i++)
    all += a[i] * b[i];
  for (size_t k = 0; k < SUMS; k++)
    all += sums[k];
  return all;
}

static double
correlate (const double *a, const double *b, size_t count)
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

  return correlate (wide_a, wide_b, count);
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
  return correlate (ranks_a, ranks_b, count);
}

void
sac_ranks (const float *values, size_t count, double *ret_ranks)
{
  SacOrder order;

  sac_order_init (&order, values, count);
  sac_order_ranks (&order, ret_ranks);
  sac_order_clear (&order);
}

double
sac_kendall (const float *a, const float *b, size_t count)
{
  SacOrder order_a, order_b;
  double tau;

  if (sac_is_constant (a, count) || sac_is_constant (b, count))
    return NAN;

  g_autofree uint32_t *room = g_new (uint32_t, SAC_ORDER_ROOM * count);

  sac_order_init (&order_a, a, count);
  sac_order_init (&order_b, b, count);
  tau = sac_order_kendall (&order_a, &order_b, room);
  sac_order_clear (&order_a);
  sac_order_clear (&order_b);
  return tau;
}
