/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/sanity.h"
#include "map/correlation.h"

#include <math.h>

#define BINS 100

static size_t
cell_count (const SacMap *map)
{
  return (size_t)map->rows * map->columns;
}

static bool
is_finite (const SacMap *map)
{
  for (size_t i = 0; i < cell_count (map); i++) {
    if (!isfinite (map->values[i]))
      return false;
  }
  return true;
}

double
sac_sanity_entropy (const SacMap *map)
{
  const float *values = map->values;
  size_t bins[BINS] = {0};
  double low = INFINITY, high = -INFINITY, entropy = 0;

  if (!is_finite (map))
    return NAN;
  for (size_t i = 0; i < cell_count (map); i++) {
    low = fmin (low, values[i]);
    high = fmax (high, values[i]);
  }
  if (!(high > low))
    return 0;
  for (size_t i = 0; i < cell_count (map); i++)
    bins[MIN ((int)((values[i] - low) / (high - low) * BINS), BINS - 1)]++;
  for (int k = 0; k < BINS; k++) {
    double share = (double)bins[k] / cell_count (map);

    entropy -= share > 0 ? share * log (share) : 0;
  }
  return entropy;
}

static bool
is_flat (const SacMap *map)
{
  for (size_t i = 1; i < cell_count (map); i++) {
    if (map->values[i] != map->values[0])
      return false;
  }
  return true;
}

double
sac_sanity_similarity (const SacMap *a, const SacMap *b)
{
  if (!is_finite (a) || !is_finite (b) || a->rows != b->rows ||
      a->columns != b->columns || is_flat (a))
    return NAN;
  if (is_flat (b))
    return 0;
  return sac_spearman (a->values, b->values, cell_count (a));
}

double
sac_sanity_change (const SacMap *a, const SacMap *b)
{
  double own = 0, change = 0;

  if (a->rows != b->rows || a->columns != b->columns)
    return NAN;
  for (size_t i = 0; i < cell_count (a); i++) {
    double x = a->values[i], y = b->values[i];

    own += x * x;
    change += (x - y) * (x - y);
  }
  return own > 0 ? sqrt (change / own) : NAN;
}
