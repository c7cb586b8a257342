/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Row by row of places: where an annotation's outline crosses the row, from
 * left to right, it is entered and left by turns. */
#include "annotation/rasterize.h"

#include <math.h>
#include <string.h>

/* Rows of places for which crossings are held at once. */
#define BAND_PLACES 256

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

/* A grid's cells, each with down x over places. */
typedef struct {
  int rows, columns;
  int down, over;
  uint32_t *counts; /* of a row of cells: places that are inside */
  float *shares;    /* rows * columns */
} Cells;

static void
count_row (const Cells *cells, const uint8_t *inside)
{
  for (int column = 0; column < cells->columns; column++) {
    uint32_t count = 0;

    for (int u = 0; u < cells->over; u++)
      count += *inside++;
    cells->counts[column] += count;
  }
}

static void
end_row (const Cells *cells, int64_t row)
{
  float *shares = cells->shares + row * cells->columns;
  double all = (double)cells->down * cells->over;

  for (int column = 0; column < cells->columns; column++) {
    shares[column] = (float)(cells->counts[column] / all);
    cells->counts[column] = 0;
  }
}

static void
sum_band (const Band *band, const Cells *cells)
{
  for (int64_t row = band->first; row < band->end; row++) {
    count_row (cells, band->inside + (row - band->first) * band->width);
    if ((row + 1) % cells->down == 0)
      end_row (cells, row / cells->down);
  }
}

/* Of cells that the input's edge cuts, the share of what lies within: no mask
 * lies where there is no image. */
static void
raise_cut_cells (const SacGeometry *geometry, const Cells *cells)
{
  const SacRect *seen = &geometry->seen;
  double area = seen->width / cells->columns * (seen->height / cells->rows);

  for (int row = 0; geometry->whole.width > 0 && row < cells->rows; row++)
    for (int column = 0; column < cells->columns; column++) {
      SacRect cell =
        sac_geometry_cell (geometry, cells->rows, cells->columns, row, column);
      float part = (float)(cell.width * cell.height / area);
      float *share = &cells->shares[(size_t)row * cells->columns + column];

      if (part > 0 && part < 1 - 1e-6f)
        *share = fminf (*share / part, 1);
    }
}

static bool
rasterize (const SacAnnotations *set,
           int class_index,
           const SacGeometry *geometry,
           const Cells *cells,
           SacJob *job,
           GError **error)
{
  const SacRect *seen = &geometry->seen;
  int64_t height = (int64_t)cells->rows * cells->down;
  Band band = {.seen = seen,
               .step_x = seen->width / cells->columns / cells->over,
               .step_y = seen->height / cells->rows / cells->down,
               .width = (int64_t)cells->columns * cells->over};
  GArray *crossings[BAND_PLACES];
  g_autofree uint8_t *inside = g_malloc ((size_t)band.width * BAND_PLACES);
  bool good = true;

  band.inside = inside;
  for (size_t i = 0; i < BAND_PLACES; i++)
    crossings[i] = g_array_new (FALSE, FALSE, sizeof (double));
  while (good && band.end < height) {
    band.first = band.end;
    band.end = MIN (band.first + BAND_PLACES, height);
    memset (inside, 0, (size_t)(band.width * (band.end - band.first)));
    good = sac_job_check (job, error);
    if (good)
      fill_band (&band, set, class_index, crossings);
    sum_band (&band, cells);
  }
  for (size_t i = 0; i < BAND_PLACES; i++)
    g_array_unref (crossings[i]);
  raise_cut_cells (geometry, cells);
  return good;
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
  g_autofree uint32_t *counts = g_new0 (uint32_t, columns);
  const Cells cells = {rows,
                       columns,
                       SAC_RASTERIZE_PLACES,
                       SAC_RASTERIZE_PLACES,
                       counts,
                       ret_shares};

  return rasterize (set, class_index, geometry, &cells, job, error);
}

/* A place a pixel; 8 where that is more, as far as 1024 a side go, and never
 * more than 4096 a side. */
static int
choose_places (int cells, double length)
{
  int least = CLAMP (1024 / cells, 1, SAC_RASTERIZE_PLACES);
  int most = MAX (4096 / cells, 1);

  return (int)CLAMP (ceil (length / cells), MIN (least, most), most);
}

bool
sac_annotations_weigh (const SacAnnotations *set,
                       int class_index,
                       const SacGeometry *geometry,
                       int rows,
                       int columns,
                       float *ret_shares,
                       SacJob *job,
                       GError **error)
{
  g_autofree uint32_t *counts = g_new0 (uint32_t, columns);
  const SacRect *seen = &geometry->seen;
  const Cells cells = {rows,
                       columns,
                       choose_places (rows, seen->height),
                       choose_places (columns, seen->width),
                       counts,
                       ret_shares};

  return rasterize (set, class_index, geometry, &cells, job, error);
}
