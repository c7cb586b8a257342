/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/road.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define BESIDE (1.0 / 6)
#define CORNER (1.0 / 12)
#define TOLERANCE 1e-6
#define ROUNDS_MAX 2000

typedef struct {
  int rows, columns;
  int *pixels; /* that are missing */
  int count;
} Hole;

/* The neighbours of a pixel that has all eight. */
static double
inside (const double *at, int columns)
{
  return BESIDE * (at[-1] + at[1] + at[-columns] + at[columns]) +
         CORNER * (at[-columns - 1] + at[-columns + 1] + at[columns - 1] +
                   at[columns + 1]);
}

/* Returns: the weighted sum of a pixel's neighbours; ret_all: of the weights.
 */
static double
neighbours (const Hole *hole, int pixel, const double *values, double *ret_all)
{
  int row = pixel / hole->columns, column = pixel % hole->columns;
  double sum = 0, all = 0;

  if (row > 0 && column > 0 && row < hole->rows - 1 &&
      column < hole->columns - 1) {
    *ret_all = 1;
    return inside (values + pixel, hole->columns);
  }

  for (int y = MAX (row - 1, 0); y <= MIN (row + 1, hole->rows - 1); y++) {
    for (int x = MAX (column - 1, 0); x <= MIN (column + 1, hole->columns - 1);
         x++) {
      double weight = y == row || x == column ? BESIDE : CORNER;

      if (y == row && x == column)
        continue;
      sum += weight * values[y * hole->columns + x];
      all += weight;
    }
  }
  *ret_all = all;
  return sum;
}

/* ret: what each missing pixel is more than its neighbours together; `values`
 * are 0 at known pixels. */
static void
apply (const Hole *hole, const double *values, double *ret)
{
  for (int i = 0; i < hole->count; i++) {
    int pixel = hole->pixels[i];
    double all;
    double sum = neighbours (hole, pixel, values, &all);

    ret[pixel] = all * values[pixel] - sum;
  }
}

static double
dot (const Hole *hole, const double *a, const double *b)
{
  double sum = 0;

  for (int i = 0; i < hole->count; i++)
    sum += a[hole->pixels[i]] * b[hole->pixels[i]];
  return sum;
}

static void
add (const Hole *hole, double *to, double factor, const double *what)
{
  for (int i = 0; i < hole->count; i++)
    to[hole->pixels[i]] += factor * what[hole->pixels[i]];
}

/* One half of the size: means of the pixels that are known.  Returns: whether
 * any is unknown still. */
static bool
shrink (const double *values,
        const bool *missing,
        int rows,
        int columns,
        double *ret_values,
        bool *ret_missing)
{
  int wide = (columns + 1) / 2;
  bool any = false;

  for (int y = 0; y < (rows + 1) / 2; y++) {
    for (int x = 0; x < wide; x++) {
      double sum = 0;
      int count = 0;

      for (int v = 2 * y; v < MIN (2 * y + 2, rows); v++) {
        for (int u = 2 * x; u < MIN (2 * x + 2, columns); u++) {
          if (missing[v * columns + u])
            continue;
          sum += values[v * columns + u];
          count++;
        }
      }
      ret_values[y * wide + x] = count > 0 ? sum / count : 0;
      ret_missing[y * wide + x] = count == 0;
      any |= count == 0;
    }
  }
  return any;
}

/* A first guess: what is missing comes from half the size, where less is. */
static void
guess (double *values, const bool *missing, int rows, int columns)
{
  int tall = (rows + 1) / 2, wide = (columns + 1) / 2;
  g_autofree double *half = g_new (double, (size_t)tall *wide);
  g_autofree bool *holes = g_new (bool, (size_t)tall *wide);
  bool any = shrink (values, missing, rows, columns, half, holes);

  if (any && rows * columns > 1)
    guess (half, holes, tall, wide);
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      if (missing[y * columns + x])
        values[y * columns + x] = half[y / 2 * wide + x / 2];
    }
  }
}

/* The system is symmetric and, with anything known, positive definite.
 * values: of all pixels, the guess at missing ones. */
static void
solve (const Hole *hole, double *values)
{
  size_t size = (size_t)hole->rows * hole->columns;
  g_autofree double *rest = g_new0 (double, size);
  g_autofree double *way = g_new0 (double, size);
  g_autofree double *image = g_new0 (double, size);
  double known = 0, left, all;

  for (int i = 0; i < hole->count; i++) {
    int pixel = hole->pixels[i];
    double sum = neighbours (hole, pixel, values, &all);

    known += sum * sum;
    rest[pixel] = way[pixel] = sum - all * values[pixel];
  }
  left = dot (hole, rest, rest);
  for (int k = 0; k < ROUNDS_MAX && left > TOLERANCE * TOLERANCE * known; k++) {
    double before = left;

    apply (hole, way, image);

    double step = left / dot (hole, way, image);

    add (hole, values, step, way);
    add (hole, rest, -step, image);
    left = dot (hole, rest, rest);
    for (int i = 0; i < hole->count; i++) {
      int pixel = hole->pixels[i];

      way[pixel] = rest[pixel] + left / before * way[pixel];
    }
  }
}

void
sac_road_impute (float *values, const bool *missing, int rows, int columns)
{
  size_t size = (size_t)rows * columns;
  g_autofree double *wide = g_new (double, size);
  g_autofree int *pixels = g_new (int, size);
  Hole hole = {.rows = rows, .columns = columns, .pixels = pixels};

  for (size_t i = 0; i < size; i++) {
    wide[i] = missing[i] ? 0 : values[i];
    if (missing[i])
      pixels[hole.count++] = (int)i;
  }
  if (hole.count == 0)
    return;
  guess (wide, missing, rows, columns);
  if ((size_t)hole.count < size)
    solve (&hole, wide);
  for (int i = 0; i < hole.count; i++)
    values[pixels[i]] = (float)wide[pixels[i]];
}
