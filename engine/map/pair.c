/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/pair.h"

#include "map/resample.h"

#include <math.h>
#include <stdlib.h>

#define N_(text) text

/* Two maps without an image lie nowhere, but their cells can be compared. */
static bool
make_geometry (const SacMap *a,
               const SacMap *b,
               const SacRect *seen,
               SacGeometry *ret_geometry)
{
  if (!a->has_geometry || !b->has_geometry)
    return false;
  *ret_geometry = a->geometry;
  ret_geometry->seen = *seen;
  return true;
}

static double
find_largest (const float *values, size_t count)
{
  double largest = 0;

  for (size_t i = 0; i < count; i++) {
    if (isfinite (values[i]))
      largest = fmax (largest, fabs (values[i]));
  }
  return largest;
}

static void
divide (float *values, size_t count)
{
  double largest = find_largest (values, count);

  for (size_t i = 0; i < count && largest > 0; i++)
    values[i] /= largest;
}

static bool
has_nan (const float *values, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (isnan (values[i]))
      return true;
  }
  return false;
}

SacMap *
sac_map_difference (const SacMap *a, const SacMap *b, GError **error)
{
  g_autofree float *of_b = NULL;
  float *values;
  SacRect seen;
  int rows, columns;
  bool same_unit = g_strcmp0 (a->unit, b->unit) == 0;

  if (!sac_resample_common_rect (a, b, &values, &of_b, &rows, &columns, &seen,
                                 error))
    return NULL;

  size_t count = (size_t)rows * (size_t)columns;

  if (!same_unit) {
    divide (values, count);
    divide (of_b, count);
  }
  for (size_t i = 0; i < count; i++)
    values[i] -= of_b[i];

  SacMap *map = sac_map_new_take (rows, columns, values);

  map->has_gaps = (a->has_gaps || b->has_gaps) && has_nan (values, count);
  map->has_geometry = make_geometry (a, b, &seen, &map->geometry);
  map->unit = g_strdup (same_unit ? a->unit : N_ ("share of the largest"));
  map->method = g_strdup ("difference");
  map->class_specific = a->class_specific || b->class_specific;
  json_object_set_string_member (map->provenance, "method", "difference");
  json_object_set_object_member (map->provenance, "minuend",
                                 json_object_ref (a->provenance));
  json_object_set_object_member (map->provenance, "subtrahend",
                                 json_object_ref (b->provenance));
  return map;
}

static int
compare_down (const void *a, const void *b)
{
  float left = *(const float *)a, right = *(const float *)b;

  return (left < right) - (left > right);
}

/* The lowest value that is among the top, of `count` numbers; INFINITY when
 * none is. */
static float
find_border (const float *values, size_t count, size_t top_count)
{
  g_autofree float *sorted = g_memdup2 (values, count * sizeof *values);

  qsort (sorted, count, sizeof *sorted, compare_down);

  size_t end = top_count;

  /* Equal cells that do not all fit stay out. */
  if (end < count && sorted[end] == sorted[end - 1]) {
    while (end > 0 && sorted[end - 1] == sorted[top_count])
      end--;
  }
  return end > 0 ? sorted[end - 1] : INFINITY;
}

static size_t
count_top (double share, size_t count)
{
  /* The margin keeps 0.2 * 35 at 7 cells: the product is a hair above. */
  double wanted = ceil (share * count - 1e-9 * count);

  return (size_t)CLAMP (wanted, 1, (double)count);
}

/* The values of cells that count.  Returns: how many. */
static size_t
pack (const float *values, const float *others, size_t count, float *ret_packed)
{
  size_t packed = 0;

  for (size_t i = 0; i < count; i++) {
    if (isfinite (values[i]) && isfinite (others[i]))
      ret_packed[packed++] = values[i];
  }
  return packed;
}

static void
sort_cells (SacOverlap *overlap, const float *a, const float *b)
{
  size_t count = (size_t)overlap->rows * (size_t)overlap->columns;
  g_autofree float *packed = g_new (float, count);
  size_t valid = pack (a, b, count, packed);
  size_t top = count_top (overlap->share, MAX (valid, 1));
  float border_a = valid > 0 ? find_border (packed, valid, top) : INFINITY;

  pack (b, a, count, packed);

  float border_b = valid > 0 ? find_border (packed, valid, top) : INFINITY;

  for (size_t i = 0; i < count; i++) {
    bool in_a = a[i] >= border_a, in_b = b[i] >= border_b;
    SacOverlapKind kind = in_a && in_b ? SAC_OVERLAP_BOTH
                          : in_a       ? SAC_OVERLAP_ONLY_A
                          : in_b       ? SAC_OVERLAP_ONLY_B
                                       : SAC_OVERLAP_NEITHER;

    if (!isfinite (a[i]) || !isfinite (b[i]))
      kind = SAC_OVERLAP_LEFT_OUT;
    overlap->cells[i] = (uint8_t)kind;
    overlap->counts[kind]++;
  }
}

SacOverlap *
sac_overlap_new (const SacMap *a, const SacMap *b, double share, GError **error)
{
  g_autofree float *of_a = NULL;
  g_autofree float *of_b = NULL;
  SacRect seen;
  int rows, columns;

  g_assert (share > 0 && share <= 1);
  if (!sac_resample_common_rect (a, b, &of_a, &of_b, &rows, &columns, &seen,
                                 error))
    return NULL;

  SacOverlap *overlap = g_new0 (SacOverlap, 1);

  overlap->rows = rows;
  overlap->columns = columns;
  overlap->share = share;
  overlap->cells = g_new (uint8_t, (size_t)rows * (size_t)columns);
  overlap->has_geometry = make_geometry (a, b, &seen, &overlap->geometry);
  sort_cells (overlap, of_a, of_b);
  return overlap;
}

void
sac_overlap_free (SacOverlap *overlap)
{
  if (overlap == NULL)
    return;
  g_free (overlap->cells);
  g_free (overlap);
}
