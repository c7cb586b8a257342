/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Row by row of places: where an annotation's outline crosses the row, from
 * left to right, it is entered and left by turns. */
#include "annotation/rasterize.h"

#include <math.h>
#include <string.h>

/* Rows of the grid for which crossings are held at once. */
#define BAND_ROWS 32

typedef struct {
  const SacRect *seen;
  double step_x, step_y; /* level-0 pixels from place to place */
  int64_t width;         /* places in a row */
  int64_t first, end;    /* rows of places of the band */
  uint8_t *inside;       /* width * (end - first) */
} Band;

/* The first place at or behind a coordinate, along one axis. */
static int64_t
find_place (double at, double from, double step, int64_t least, int64_t most)
{
  double place = ceil ((at - from) / step - 0.5);

  return place < (double)least  ? least
         : place > (double)most ? most
                                : (int64_t)place;
}

static double
get_row_y (const Band *band, int64_t row)
{
  return band->seen->y + ((double)row + 0.5) * band->step_y;
}

/* An edge has its upper end, not its lower one: so a row through a corner
 * crosses one of the two edges that meet there. */
static void
add_edge (const Band *band, SacPoint a, SacPoint b, GArray **crossings)
{
  if (a.y > b.y) {
    SacPoint upper = b;

    b = a;
    a = upper;
  }

  int64_t first =
    find_place (a.y, band->seen->y, band->step_y, band->first, band->end);
  int64_t end =
    find_place (b.y, band->seen->y, band->step_y, band->first, band->end);

  for (int64_t row = first; row < end; row++) {
    double x = a.x + (get_row_y (band, row) - a.y) / (b.y - a.y) * (b.x - a.x);

    g_array_append_val (crossings[row - band->first], x);
  }
}

static int
compare (const void *a, const void *b)
{
  double one = *(const double *)a, other = *(const double *)b;

  return (one > other) - (one < other);
}

static void
fill_row (const Band *band, GArray *crossings, int64_t row, uint8_t value)
{
  uint8_t *places = band->inside + row * band->width;

  g_array_sort (crossings, compare);
  for (guint i = 0; i + 1 < crossings->len; i += 2) {
    int64_t from = find_place (g_array_index (crossings, double, i),
                               band->seen->x, band->step_x, 0, band->width);
    int64_t to = find_place (g_array_index (crossings, double, i + 1),
                             band->seen->x, band->step_x, 0, band->width);

    if (to > from)
      memset (places + from, value, (size_t)(to - from));
  }
  g_array_set_size (crossings, 0);
}

static bool
has_area (const SacAnnotation *annotation)
{
  return annotation->kind == SAC_ANNOTATION_RECTANGLE ||
         annotation->kind == SAC_ANNOTATION_POLYGON;
}

static void
fill_annotation (const Band *band,
                 const SacAnnotation *annotation,
                 GArray **crossings)
{
  SacRect bounds = sac_annotation_get_bounds (annotation);

  if (bounds.y + bounds.height < get_row_y (band, band->first) ||
      bounds.y > get_row_y (band, band->end - 1))
    return;
  for (guint i = 0; i < annotation->rings->len; i++) {
    const GArray *ring = g_ptr_array_index (annotation->rings, i);

    for (guint k = 0; k < ring->len; k++)
      add_edge (band, g_array_index (ring, SacPoint, k),
                g_array_index (ring, SacPoint, (k + 1) % ring->len), crossings);
  }
  for (int64_t row = 0; row < band->end - band->first; row++)
    fill_row (band, crossings[row], row, !annotation->excludes);
}

/* First what is in, then what is out again. */
static void
fill_band (const Band *band,
           const SacAnnotations *set,
           int class_index,
           GArray **crossings)
{
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < set->items->len; i++) {
      const SacAnnotation *annotation = g_ptr_array_index (set->items, i);

      if (has_area (annotation) && annotation->excludes == (pass == 1) &&
          (pass == 1 || class_index < 0 ||
           annotation->class_index == class_index))
        fill_annotation (band, annotation, crossings);
    }
}

static void
sum_band (const Band *band, int columns, int rows, float *ret_shares)
{
  const int side = SAC_RASTERIZE_PLACES;

  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      int count = 0;

      for (int v = 0; v < side; v++)
        for (int u = 0; u < side; u++)
          count += band->inside[((int64_t)row * side + v) * band->width +
                                (int64_t)column * side + u];
      *ret_shares++ = (float)count / (float)(side * side);
    }
}

bool
sac_annotations_rasterize (const SacAnnotations *set,
                           int class_index,
                           const SacGeometry *geometry,
                           int rows,
                           int columns,
                           float *ret_shares,
                           SacJob *job,
                           GError **error)
{
  const int side = SAC_RASTERIZE_PLACES;
  Band band = {.seen = &geometry->seen,
               .step_x = geometry->seen.width / columns / side,
               .step_y = geometry->seen.height / rows / side,
               .width = (int64_t)columns * side};
  GArray *crossings[BAND_ROWS * SAC_RASTERIZE_PLACES];
  g_autofree uint8_t *inside =
    g_malloc ((size_t)band.width * BAND_ROWS * SAC_RASTERIZE_PLACES);
  bool good = true;

  band.inside = inside;
  for (size_t i = 0; i < G_N_ELEMENTS (crossings); i++)
    crossings[i] = g_array_new (FALSE, FALSE, sizeof (double));
  for (int row = 0; good && row < rows; row += BAND_ROWS) {
    int count = MIN (BAND_ROWS, rows - row);

    good = sac_job_check (job, error);
    band.first = (int64_t)row * side;
    band.end = band.first + (int64_t)count * side;
    memset (inside, 0, (size_t)(band.width * (band.end - band.first)));
    if (good)
      fill_band (&band, set, class_index, crossings);
    sum_band (&band, columns, count, ret_shares + (size_t)row * columns);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (crossings); i++)
    g_array_unref (crossings[i]);
  return good;
}
