/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/contour.h"

#include <math.h>

/* Noise crosses every edge: beyond this nobody sees lines, and memory ends. */
#define KNOT_MAX 1000000

/* The corners of squares: the middles of cells, and around them once more the
 * outermost at the map's edges.  Corner (0, 0) is the map's own corner. */
typedef struct {
  const SacMap *map;
  double level;
  int rows, columns; /* corners */
  GHashTable *knots; /* edge -> Knot */
} March;

/* A place where a line crosses an edge, and the edges it goes on to. */
typedef struct {
  SacContourPoint point;
  guint64 next[2];
  int count;
  bool is_used;
} Knot;

static double
get_corner (const March *march, int row, int column)
{
  const SacMap *map = march->map;
  int r = CLAMP (row - 1, 0, map->rows - 1);
  int c = CLAMP (column - 1, 0, map->columns - 1);

  return sac_map_shown (map, (size_t)r * (size_t)map->columns + (size_t)c) -
         march->level;
}

/* Place of corner `index` along an axis of `count` cells, in cells. */
static double
get_place (int index, int count)
{
  return CLAMP (index - 0.5, 0, count);
}

static SacContourPoint
to_image (const March *march, double row, double column)
{
  const SacMap *map = march->map;
  const SacRect *seen = &map->geometry.seen;
  SacRect covered = sac_geometry_get_covered (&map->geometry);

  if (!map->has_geometry)
    return (SacContourPoint){column, row};

  double x = seen->x + seen->width * column / map->columns;
  double y = seen->y + seen->height * row / map->rows;

  return (SacContourPoint){CLAMP (x, covered.x, covered.x + covered.width),
                           CLAMP (y, covered.y, covered.y + covered.height)};
}

/* An edge begins at a corner and goes right (0) or down (1). */
static guint64
name_edge (const March *march, int row, int column, int down)
{
  return ((guint64)row * (guint64)march->columns + (guint64)column) * 2 +
         (guint64)down;
}

static Knot *
get_knot (March *march, int row, int column, int down, guint64 *ret_name)
{
  guint64 name = name_edge (march, row, column, down);
  Knot *knot = g_hash_table_lookup (march->knots, &name);

  *ret_name = name;
  if (knot != NULL)
    return knot;

  double from = get_corner (march, row, column);
  double to = get_corner (march, row + down, column + !down);
  double share = from / (from - to);
  double top = get_place (row, march->map->rows);
  double left = get_place (column, march->map->columns);
  double bottom = get_place (row + down, march->map->rows);
  double right = get_place (column + !down, march->map->columns);

  knot = g_new0 (Knot, 1);
  knot->point = to_image (march, top + share * (bottom - top),
                          left + share * (right - left));
  g_hash_table_insert (march->knots, g_memdup2 (&name, sizeof name), knot);
  return knot;
}

/* The sides of a square: 0 top, 1 right, 2 bottom, 3 left. */
static Knot *
get_side (March *march, int row, int column, int side, guint64 *ret_name)
{
  return get_knot (march, row + (side == 2), column + (side == 1),
                   side == 1 || side == 3, ret_name);
}

static void
join (March *march, int row, int column, int side, int other)
{
  guint64 name, other_name;
  Knot *knot = get_side (march, row, column, side, &name);
  Knot *other_knot = get_side (march, row, column, other, &other_name);

  knot->next[knot->count++] = other_name;
  other_knot->next[other_knot->count++] = name;
}

static void
cross_square (March *march, int row, int column)
{
  double corners[4] = {
    get_corner (march, row, column),
    get_corner (march, row, column + 1),
    get_corner (march, row + 1, column + 1),
    get_corner (march, row + 1, column),
  };
  int sides[4], count = 0;

  for (int i = 0; i < 4; i++) {
    if (!isfinite (corners[i]))
      return;
  }
  /* Corner i lies before side i, going round. */
  for (int i = 0; i < 4; i++) {
    if ((corners[i] >= 0) != (corners[(i + 1) % 4] >= 0))
      sides[count++] = i;
  }
  if (count == 2) {
    join (march, row, column, sides[0], sides[1]);
  } else if (count == 4) {
    double middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
    bool is_ridge = (middle >= 0) == (corners[0] >= 0);

    /* A ridge from corner 0 to corner 2 cuts off the other two corners. */
    join (march, row, column, 0, is_ridge ? 1 : 3);
    join (march, row, column, 2, is_ridge ? 3 : 1);
  }
}

SacContourLine *
sac_contour_line_new (void)
{
  SacContourLine *line = g_new0 (SacContourLine, 1);

  line->points = g_array_new (FALSE, FALSE, sizeof (SacContourPoint));
  return line;
}

void
sac_contour_line_free (void *data)
{
  SacContourLine *line = data;

  g_array_unref (line->points);
  g_free (line);
}

/* From a knot on, until the line ends or comes back. */
static SacContourLine *
follow (March *march, Knot *knot)
{
  SacContourLine *line = sac_contour_line_new ();
  const Knot *first = knot;

  while (knot != NULL) {
    Knot *next = NULL;

    knot->is_used = true;
    g_array_append_val (line->points, knot->point);
    for (int i = 0; i < knot->count; i++) {
      Knot *other = g_hash_table_lookup (march->knots, &knot->next[i]);

      if (!other->is_used)
        next = other;
      else if (other == first && line->points->len > 2)
        line->is_closed = true;
    }
    if (next != NULL)
      line->is_closed = false;
    knot = next;
  }
  return line;
}

/* Open lines are begun at their ends, so that none falls in two. */
static void
collect (March *march, GPtrArray *lines, bool ends)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, march->knots);
  while (g_hash_table_iter_next (&iter, NULL, &value) &&
         lines->len < SAC_CONTOUR_LINE_MAX) {
    Knot *knot = value;

    if (!knot->is_used && (!ends || knot->count == 1))
      g_ptr_array_add (lines, follow (march, knot));
  }
}

GPtrArray *
sac_contour_new (const SacMap *map, double level)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (sac_contour_line_free);
  March march = {
    .map = map,
    .level = level,
    .rows = map->rows + 2,
    .columns = map->columns + 2,
    .knots =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free),
  };

  for (int row = 0; row + 1 < march.rows; row++)
    for (int column = 0; column + 1 < march.columns &&
                         g_hash_table_size (march.knots) < KNOT_MAX;
         column++)
      cross_square (&march, row, column);
  collect (&march, lines, true);
  collect (&march, lines, false);
  g_hash_table_unref (march.knots);
  return lines;
}
