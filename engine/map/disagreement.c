/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/disagreement.h"

#include "map/correlation.h"
#include "map/resample.h"

#include <math.h>

#define NO_REGION UINT32_MAX

/* Ways along the sides of cells, clockwise. */
enum { RIGHT, DOWN, LEFT, UP, WAY_COUNT };

static const int way_row[WAY_COUNT] = {0, 1, 0, -1};
static const int way_column[WAY_COUNT] = {1, 0, -1, 0};

typedef struct {
  SacDisagreement *result;
  int rows, columns;
  double counted;          /* cells that count */
  double *rank_a, *rank_b; /* percentiles; of cells that count */
  uint32_t *region;        /* of each cell, or NO_REGION */
  uint32_t *members;       /* cells of the region at hand */
  uint8_t *sides;          /* of each corner: sides not yet followed from it, a
                              bit for each way */
} Work;

static size_t
cell_at (const Work *work, int row, int column)
{
  return (size_t)row * (size_t)work->columns + (size_t)column;
}

static SacOverlapKind
kind_of (const Work *work, size_t cell)
{
  return (SacOverlapKind)work->result->overlap->cells[cell];
}

/* The cell on the other side of a side; NO_REGION beyond the grid. */
static uint32_t
region_beside (const Work *work, size_t cell, int way)
{
  int row = (int)(cell / (size_t)work->columns) + way_row[way];
  int column = (int)(cell % (size_t)work->columns) + way_column[way];

  return row < 0 || row >= work->rows || column < 0 || column >= work->columns
           ? NO_REGION
           : work->region[cell_at (work, row, column)];
}

/* All cells that are joined with `first`, in the order of being found.
 * Returns: how many. */
static size_t
gather (Work *work, size_t first, uint32_t name)
{
  SacOverlapKind kind = kind_of (work, first);
  size_t count = 1;

  work->members[0] = (uint32_t)first;
  work->region[first] = name;
  for (size_t i = 0; i < count; i++) {
    size_t cell = work->members[i];
    int row = (int)(cell / (size_t)work->columns);
    int column = (int)(cell % (size_t)work->columns);

    for (int way = 0; way < WAY_COUNT; way++) {
      int y = row + way_row[way], x = column + way_column[way];
      size_t other;

      if (y < 0 || y >= work->rows || x < 0 || x >= work->columns)
        continue;
      other = cell_at (work, y, x);
      if (work->region[other] != NO_REGION || kind_of (work, other) != kind)
        continue;
      work->region[other] = name;
      work->members[count++] = (uint32_t)other;
    }
  }
  return count;
}

static SacContourPoint
to_image (const SacOverlap *overlap, double row, double column)
{
  const SacRect *seen = &overlap->geometry.seen;

  if (!overlap->has_geometry)
    return (SacContourPoint){column, row};
  return (SacContourPoint){seen->x + seen->width * column / overlap->columns,
                           seen->y + seen->height * row / overlap->rows};
}

static uint8_t *
sides_at (Work *work, int row, int column)
{
  return &work
            ->sides[(size_t)row * (size_t)(work->columns + 1) + (size_t)column];
}

/* The sides of a cell that are the region's border, clockwise around it: the
 * upper one goes right from the upper left corner, and so on. */
static void
mark_sides (Work *work, size_t cell)
{
  int row = (int)(cell / (size_t)work->columns);
  int column = (int)(cell % (size_t)work->columns);
  uint32_t own = work->region[cell];

  for (int way = 0; way < WAY_COUNT; way++) {
    int outside = (way + WAY_COUNT - 1) % WAY_COUNT;
    bool lower = way == LEFT || way == UP;
    bool right = way == DOWN || way == LEFT;

    if (region_beside (work, cell, outside) != own)
      *sides_at (work, row + lower, column + right) |= (uint8_t)(1 << way);
  }
}

/* From the upper side of a cell around and back to its corner.  Where two cells
 * touch at a corner only, the way bends around the one it comes from. */
static SacContourLine *
follow (Work *work, int first_row, int first_column)
{
  SacContourLine *line = sac_contour_line_new ();
  int row = first_row, column = first_column, way = RIGHT, last = WAY_COUNT;

  line->is_closed = true;
  for (;;) {
    uint8_t *sides = sides_at (work, row, column);

    for (int turn = 1; turn >= -1 && last < WAY_COUNT; turn--) {
      way = (last + turn + WAY_COUNT) % WAY_COUNT;
      if (*sides & 1 << way)
        break;
    }
    *sides &= (uint8_t) ~(1 << way);
    if (way != last) {
      SacContourPoint point = to_image (work->result->overlap, row, column);

      g_array_append_val (line->points, point);
    }
    row += way_row[way];
    column += way_column[way];
    last = way;
    if (row == first_row && column == first_column &&
        (last == UP || *sides_at (work, row, column) == 0))
      return line;
  }
}

static void
region_free (void *data)
{
  SacDisagreementRegion *region = data;

  g_ptr_array_unref (region->outlines);
  g_free (region);
}

static int
compare_cells (const void *a, const void *b)
{
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

  return (left > right) - (left < right);
}

static void
outline (Work *work, size_t count, GPtrArray *outlines)
{
  for (size_t i = 0; i < count; i++)
    mark_sides (work, work->members[i]);
  for (size_t i = 0; i < count; i++) {
    int row = (int)(work->members[i] / (size_t)work->columns);
    int column = (int)(work->members[i] % (size_t)work->columns);

    if (*sides_at (work, row, column) & 1 << RIGHT)
      g_ptr_array_add (outlines, follow (work, row, column));
  }
}

static void
describe (Work *work, size_t count, SacDisagreementRegion *region)
{
  const SacOverlap *overlap = work->result->overlap;
  int top = work->rows, left = work->columns, bottom = 0, right = 0;
  double rows = 0, columns = 0;
  SacContourPoint middle, first, last;

  for (size_t i = 0; i < count; i++) {
    size_t cell = work->members[i];
    int row = (int)(cell / (size_t)work->columns);
    int column = (int)(cell % (size_t)work->columns);

    top = MIN (top, row);
    left = MIN (left, column);
    bottom = MAX (bottom, row + 1);
    right = MAX (right, column + 1);
    rows += row + 0.5;
    columns += column + 0.5;
    region->rank_a += work->rank_a[cell] / (double)count;
    region->rank_b += work->rank_b[cell] / (double)count;
  }
  middle = to_image (overlap, rows / (double)count, columns / (double)count);
  first = to_image (overlap, top, left);
  last = to_image (overlap, bottom, right);
  region->x = middle.x;
  region->y = middle.y;
  region->box = (SacRect){first.x, first.y, last.x - first.x, last.y - first.y};
}

static void
add_region (Work *work, size_t count)
{
  SacDisagreementRegion *region = g_new0 (SacDisagreementRegion, 1);

  qsort (work->members, count, sizeof *work->members, compare_cells);
  region->kind = kind_of (work, work->members[0]);
  region->cells = count;
  region->share = (double)count / work->counted;
  region->outlines = g_ptr_array_new_with_free_func (sac_contour_line_free);
  describe (work, count, region);
  outline (work, count, region->outlines);
  g_ptr_array_add (work->result->regions, region);
}

/* The margin keeps 0.01 * 300 at 3 cells: the product is a hair above. */
static bool
is_small (const Work *work, size_t count)
{
  return (double)count < (work->result->least - 1e-9) * work->counted;
}

static void
find_regions (Work *work)
{
  size_t all = (size_t)work->rows * (size_t)work->columns;
  uint32_t name = 0;

  for (size_t i = 0; i < all; i++) {
    SacOverlapKind kind = kind_of (work, i);
    size_t count;

    if (work->region[i] != NO_REGION ||
        (kind != SAC_OVERLAP_ONLY_A && kind != SAC_OVERLAP_ONLY_B))
      continue;
    count = gather (work, i, name++);
    if (is_small (work, count))
      work->result->small_count++;
    else
      add_region (work, count);
  }
}

static int
compare_regions (const void *a, const void *b)
{
  const SacDisagreementRegion *left = *(void *const *)a;
  const SacDisagreementRegion *right = *(void *const *)b;

  if (left->cells != right->cells)
    return left->cells < right->cells ? 1 : -1;
  if (left->y != right->y)
    return left->y > right->y ? 1 : -1;
  return (left->x > right->x) - (left->x < right->x);
}

/* Percentiles of the cells that count among themselves. */
static double *
rank (const SacOverlap *overlap, const float *values)
{
  size_t all = (size_t)overlap->rows * (size_t)overlap->columns;
  size_t count = all - overlap->counts[SAC_OVERLAP_LEFT_OUT], packed = 0;
  g_autofree float *counted = g_new (float, all);
  g_autofree double *ranks = g_new (double, all);
  double *percentiles = g_new0 (double, all);

  for (size_t i = 0; i < all; i++) {
    if (overlap->cells[i] != SAC_OVERLAP_LEFT_OUT)
      counted[packed++] = values[i];
  }
  sac_ranks (counted, count, ranks);
  packed = 0;
  for (size_t i = 0; i < all; i++) {
    if (overlap->cells[i] != SAC_OVERLAP_LEFT_OUT)
      percentiles[i] = (ranks[packed++] - 0.5) / (double)count * 100;
  }
  return percentiles;
}

SacDisagreement *
sac_disagreement_new (
  const SacMap *a, const SacMap *b, double share, double least, GError **error)
{
  g_autofree float *of_a = NULL;
  g_autofree float *of_b = NULL;
  int rows, columns;

  if (!sac_resample_common (a, b, &of_a, &of_b, &rows, &columns, error))
    return NULL;

  SacDisagreement *result = g_new0 (SacDisagreement, 1);
  size_t all = (size_t)rows * (size_t)columns;

  result->overlap = sac_overlap_new (a, b, share, error);
  result->least = least;
  result->regions = g_ptr_array_new_with_free_func (region_free);
  if (result->overlap == NULL) {
    sac_disagreement_free (result);
    return NULL;
  }

  g_autofree double *rank_a = rank (result->overlap, of_a);
  g_autofree double *rank_b = rank (result->overlap, of_b);
  g_autofree uint32_t *region = g_new (uint32_t, all);
  g_autofree uint32_t *members = g_new (uint32_t, all);
  g_autofree uint8_t *sides =
    g_new0 (uint8_t, (size_t)(rows + 1) * (size_t)(columns + 1));
  Work work = {
    .result = result,
    .rows = rows,
    .columns = columns,
    .counted = (double)(all - result->overlap->counts[SAC_OVERLAP_LEFT_OUT]),
    .rank_a = rank_a,
    .rank_b = rank_b,
    .region = region,
    .members = members,
    .sides = sides,
  };

  for (size_t i = 0; i < all; i++)
    region[i] = NO_REGION;
  find_regions (&work);
  g_ptr_array_sort (result->regions, compare_regions);
  return result;
}

void
sac_disagreement_free (SacDisagreement *disagreement)
{
  if (disagreement == NULL)
    return;
  g_clear_pointer (&disagreement->overlap, sac_overlap_free);
  g_ptr_array_unref (disagreement->regions);
  g_free (disagreement);
}
