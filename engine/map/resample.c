/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/resample.h"

#include "base/error.h"

#include <inttypes.h>
#include <math.h>

/* The two neighbours of a new cell along one axis, and how much the second
 * counts. */
typedef struct {
  int first, second;
  double share;
} Neighbours;

static Neighbours
find_neighbours (int index, int count, int new_count)
{
  double position = (index + 0.5) * count / new_count - 0.5;
  int first;

  position = CLAMP (position, 0, count - 1);
  first = (int)position;
  return (Neighbours){first, MIN (first + 1, count - 1), position - first};
}

static double
mix (double first, double second, double share)
{
  return first + share * (second - first);
}

/* What is no number counts for nothing; where it is nearest, there is none. */
static double
mix_around_gaps (const float corners[4], double over, double down)
{
  const double shares[4] = {(1 - over) * (1 - down), over * (1 - down),
                            (1 - over) * down, over * down};
  int nearest = (over >= 0.5) + 2 * (down >= 0.5);
  double sum = 0, weight = 0;

  if (isnan (corners[nearest]))
    return NAN;
  for (int i = 0; i < 4; i++)
    if (!isnan (corners[i])) {
      sum += shares[i] * corners[i];
      weight += shares[i];
    }
  return sum / weight;
}

void
sac_resample_bilinear (const float *values,
                       int rows,
                       int columns,
                       float *ret_values,
                       int ret_rows,
                       int ret_columns)
{
  g_autofree Neighbours *across = g_new (Neighbours, ret_columns);

  for (int c = 0; c < ret_columns; c++)
    across[c] = find_neighbours (c, columns, ret_columns);
  for (int r = 0; r < ret_rows; r++) {
    Neighbours down = find_neighbours (r, rows, ret_rows);
    const float *above = values + (size_t)down.first * columns;
    const float *below = values + (size_t)down.second * columns;

    for (int c = 0; c < ret_columns; c++) {
      int left = across[c].first, right = across[c].second;
      double over = across[c].share;
      double value = mix (mix (above[left], above[right], over),
                          mix (below[left], below[right], over), down.share);

      if (isnan (value))
        value = mix_around_gaps ((float[]){above[left], above[right],
                                           below[left], below[right]},
                                 over, down.share);
      ret_values[(size_t)r * ret_columns + c] = (float)value;
    }
  }
}

/* Edges of the new cells along one axis, in cells of an old grid: new cell i
 * covers [edges[i], edges[i + 1]). */
typedef struct {
  int count;
  double *edges;
  double start, end; /* of whole cells, where edges may be cut */
} Axis;

static double
overlap (double from, double to, int cell)
{
  return fmin (to, cell + 1) - fmax (from, cell);
}

/* Mean of the old cells in [top, bottom) x [left, right), by covered area.
 * Each side is more than zero and lies on the grid.  gaps: NaN covers nothing;
 * otherwise it spreads. */
static double
area_mean (const float *values,
           int columns,
           bool gaps,
           const double *rows_of,
           const double *columns_of)
{
  double sum = 0, area = 0;

  for (int r = (int)rows_of[0]; r < rows_of[1]; r++) {
    double height = overlap (rows_of[0], rows_of[1], r);

    for (int c = (int)columns_of[0]; c < columns_of[1]; c++) {
      double weight = height * overlap (columns_of[0], columns_of[1], c);
      float value = values[(size_t)r * columns + c];

      if (gaps && isnan (value))
        continue;
      sum += weight * value;
      area += weight;
    }
  }
  return area > 0 ? sum / area : NAN;
}

static void
area_means (const float *values,
            int columns,
            bool gaps,
            const Axis *down,
            const Axis *over,
            float *ret_values)
{
  for (int r = 0; r < down->count; r++) {
    for (int c = 0; c < over->count; c++) {
      ret_values[(size_t)r * over->count + c] =
        area_mean (values, columns, gaps, &down->edges[r], &over->edges[c]);
    }
  }
}

static Axis
divide (int count, int new_count)
{
  Axis axis = {new_count, g_new (double, (size_t)new_count + 1)};

  for (int i = 0; i <= new_count; i++)
    axis.edges[i] = (double)i * count / new_count;
  return axis;
}

void
sac_resample_area (const float *values,
                   int rows,
                   int columns,
                   float *ret_values,
                   int ret_rows,
                   int ret_columns)
{
  Axis down = divide (rows, ret_rows);
  Axis over = divide (columns, ret_columns);

  area_means (values, columns, true, &down, &over, ret_values);
  g_free (down.edges);
  g_free (over.edges);
}

/* One axis of a map on the image: `count` cells from `start`, of which it knows
 * what lies in [from, to]. */
typedef struct {
  double start, length;
  int count;
  double from, to;
} Span;

static double
cell_length (const Span *span)
{
  return span->length / span->count;
}

/* The cells of `grid` whose middle lies in [from, to), cut to that part: edges
 * in image pixels.  Cells of which both maps see less than half would weigh as
 * much as whole ones, so they stay out. */
static Axis
cut (const Span *grid, double from, double to)
{
  double size = cell_length (grid);
  int first =
    CLAMP (ceil ((from - grid->start) / size - 0.5 - 1e-9), 0, grid->count);
  int last =
    CLAMP (ceil ((to - grid->start) / size - 0.5 - 1e-9), first, grid->count);
  Axis axis = {last - first, g_new (double, (size_t)(last - first) + 1)};

  for (int i = 0; i <= axis.count; i++) {
    double edge = grid->start + grid->length * (first + i) / grid->count;

    axis.edges[i] = CLAMP (edge, from, to);
    axis.start = i == 0 ? edge : axis.start;
    axis.end = edge;
  }
  return axis;
}

/* The same edges in cells of a map's own grid.  Rounding in the geometry must
 * not let a cell borrow from its neighbour, so edges that nearly meet do. */
static Axis
to_grid (const Axis *axis, const Span *span)
{
  Axis grid = {axis->count, g_new (double, (size_t)axis->count + 1)};

  for (int i = 0; i <= axis->count; i++) {
    double edge = (axis->edges[i] - span->start) / span->length * span->count;

    if (fabs (edge - round (edge)) < 1e-6)
      edge = round (edge);
    grid.edges[i] = CLAMP (edge, 0, span->count);
  }
  return grid;
}

/* Along one axis: the coarser grid's cells over what both see. */
static Axis
common_axis (const Span *a, const Span *b, double image_length)
{
  double from = fmax (a->from, b->from);
  double to = fmin (a->to, b->to);

  if (image_length > 0) {
    from = fmax (from, 0);
    to = fmin (to, image_length);
  }
  if (!(to > from))
    return (Axis){0};
  return cut (cell_length (b) > cell_length (a) ? b : a, from, to);
}

typedef struct {
  Span down, over;
} Extent;

static Extent
get_extent (const SacMap *map, bool on_image)
{
  SacRect seen = {0, 0, 1, 1}, covered = seen;

  if (on_image) {
    seen = map->geometry.seen;
    covered = sac_geometry_get_covered (&map->geometry);
  }
  return (Extent){
    .down = {seen.y, seen.height, map->rows, covered.y,
             covered.y + covered.height},
    .over = {seen.x, seen.width, map->columns, covered.x,
             covered.x + covered.width},
  };
}

static float *
dup_shown (const SacMap *map)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  float *shown = g_new (float, count);

  for (size_t i = 0; i < count; i++)
    shown[i] = sac_map_shown (map, i);
  return shown;
}

static float *
resample_onto (const SacMap *map,
               const Extent *extent,
               const Axis *down,
               const Axis *over)
{
  Axis own_down = to_grid (down, &extent->down);
  Axis own_over = to_grid (over, &extent->over);
  g_autofree float *shown = dup_shown (map);
  float *values = g_new (float, (size_t)down->count *(size_t)over->count);

  area_means (shown, map->columns, map->has_gaps, &own_down, &own_over, values);
  g_free (own_down.edges);
  g_free (own_over.edges);
  return values;
}

/* A cell that one of the maps does not cover is compared by neither. */
static void
join_gaps (const SacMap *a,
           const SacMap *b,
           float *values_a,
           float *values_b,
           size_t count)
{
  for (size_t i = 0; i < count; i++)
    if ((a->has_gaps && isnan (values_a[i])) ||
        (b->has_gaps && isnan (values_b[i])))
      values_a[i] = values_b[i] = NAN;
}

static bool
check_images (const SacGeometry *a, const SacGeometry *b, GError **error)
{
  if (a->image_width == b->image_width && a->image_height == b->image_height)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the maps lie on images of different sizes, %" PRId64 "x%" PRId64
               " and %" PRId64 "x%" PRId64
               ": only maps of one image can be compared",
               a->image_width, a->image_height, b->image_width,
               b->image_height);
  return false;
}

bool
sac_resample_common_rect (const SacMap *a,
                          const SacMap *b,
                          float **ret_a,
                          float **ret_b,
                          int *ret_rows,
                          int *ret_columns,
                          SacRect *ret_seen,
                          GError **error)
{
  bool on_image = a->has_geometry && b->has_geometry;

  if (on_image && !check_images (&a->geometry, &b->geometry, error))
    return false;

  Extent extent_a = get_extent (a, on_image);
  Extent extent_b = get_extent (b, on_image);
  Axis down = common_axis (&extent_a.down, &extent_b.down,
                           on_image ? a->geometry.image_height : 0);
  Axis over = common_axis (&extent_a.over, &extent_b.over,
                           on_image ? a->geometry.image_width : 0);
  bool meet = down.count > 0 && over.count > 0;

  if (meet) {
    *ret_a = resample_onto (a, &extent_a, &down, &over);
    *ret_b = resample_onto (b, &extent_b, &down, &over);
    *ret_rows = down.count;
    *ret_columns = over.count;
    *ret_seen = (SacRect){over.start, down.start, over.end - over.start,
                          down.end - down.start};
    join_gaps (a, b, *ret_a, *ret_b, (size_t)down.count * (size_t)over.count);
  } else {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "the maps cover no common part of the image, or less "
                         "than a cell of it: choose regions that overlap");
  }
  g_free (down.edges);
  g_free (over.edges);
  return meet;
}

bool
sac_resample_common (const SacMap *a,
                     const SacMap *b,
                     float **ret_a,
                     float **ret_b,
                     int *ret_rows,
                     int *ret_columns,
                     GError **error)
{
  SacRect seen;

  return sac_resample_common_rect (a, b, ret_a, ret_b, ret_rows, ret_columns,
                                   &seen, error);
}
