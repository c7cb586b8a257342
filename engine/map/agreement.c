/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement.h"

#include "base/error.h"
#include "base/json.h"
#include "base/pool.h"
#include "map/agreement-measures.h"
#include "map/agreement-moves.h"
#include "map/resample.h"

#include <math.h>
#include <stdlib.h>

/* Two maps cell by cell; NaN on both sides where a cell is left out. */
typedef struct {
  AgreementGrid grid;
  float *a, *b;
  bool has_gaps;
} Cells;

/* The cells of two maps that count, and what is measured of them. */
typedef struct {
  AgreementSide a, b;
  uint32_t *place;
} Sides;

/* Both sides' values of the cells that count. */
typedef struct {
  Sides *sides;
  const AgreementGrid *grid;
  const float *values[2];
  size_t count;
} Start;

static void
init_side (size_t index, void *data)
{
  const Start *start = data;

  agreement_side_init (index == 0 ? &start->sides->a : &start->sides->b,
                       start->grid, start->sides->place, start->values[index],
                       start->count);
}

static void
sides_init (Sides *sides, const Cells *cells, const float *of_b)
{
  size_t all = (size_t)cells->grid.rows * (size_t)cells->grid.columns;
  g_autofree float *a = g_new (float, all);
  g_autofree float *b = g_new (float, all);
  size_t count = 0;

  sides->place = g_new (uint32_t, all);
  for (size_t i = 0; i < all; i++) {
    if (cells->has_gaps && (isnan (cells->a[i]) || isnan (of_b[i])))
      continue;
    a[count] = cells->a[i];
    b[count] = of_b[i];
    sides->place[count++] = (uint32_t)i;
  }
  sac_pool_run (2, init_side, &(Start){sides, &cells->grid, {a, b}, count});
}

static void
sides_clear (Sides *sides)
{
  agreement_side_clear (&sides->a);
  agreement_side_clear (&sides->b);
  g_free (sides->place);
}

static void
measure_all (const SacAgreementPair *pair, SacAgreementValue *values)
{
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    values[kind].reason =
      agreement_explain_undefined ((SacAgreementKind)kind, pair);
    values[kind].value = values[kind].reason == NULL
                           ? agreement_measure ((SacAgreementKind)kind, pair)
                           : NAN;
  }
}

/* A loop over moved maps, some in a chunk. */
typedef struct {
  const Cells *cells;
  const Sides *sides;
  const SacAgreement *agreement;
  SacJob *job;
  size_t count;
  double values[SAC_AGREEMENT_KIND_COUNT][SAC_AGREEMENT_MOVED];
} Moves;

/* Where a cell counts depends on both maps once one has gaps: then all is made
 * anew. */
static void
measure_gaps (Moves *moves, size_t index, const uint32_t *from)
{
  const Cells *cells = moves->cells;
  size_t all = (size_t)cells->grid.rows * (size_t)cells->grid.columns;
  g_autofree float *moved = g_new (float, all);
  SacAgreementValue values[SAC_AGREEMENT_KIND_COUNT];
  Sides sides;

  for (size_t i = 0; i < all; i++)
    moved[i] = cells->b[from[i]];
  sides_init (&sides, cells, moved);
  if (sides.a.count > 0)
    measure_all (&(SacAgreementPair){&sides.a, &sides.b}, values);
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
    moves->values[kind][index] = sides.a.count > 0 ? values[kind].value : NAN;
  sides_clear (&sides);
}

/* from: room for a number a cell.  moved: see agreement_side_move. */
static void
measure_moved (Moves *moves, size_t index, uint32_t *from, AgreementSide *moved)
{
  const AgreementGrid *grid = &moves->cells->grid;

  agreement_move_draw (moves->agreement->seed, index, grid->rows, grid->columns,
                       from);
  if (moves->cells->has_gaps) {
    measure_gaps (moves, index, from);
    return;
  }
  agreement_side_move (moved, &moves->sides->b, from);
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
    moves->values[kind][index] =
      moves->agreement->values[kind].reason == NULL
        ? agreement_measure ((SacAgreementKind)kind,
                             &(SacAgreementPair){&moves->sides->a, moved})
        : NAN;
}

/* Moves that share their memory: all of it made anew for each is a good part
 * of what a move takes. */
#define MOVES_TOGETHER 5

static void
measure_some (size_t chunk, void *data)
{
  Moves *moves = data;
  const AgreementGrid *grid = &moves->cells->grid;
  g_autofree uint32_t *from =
    g_new (uint32_t, (size_t)grid->rows * (size_t)grid->columns);
  size_t first = chunk * MOVES_TOGETHER;
  size_t end = MIN (first + MOVES_TOGETHER, moves->count);
  AgreementSide moved = {0};

  for (size_t i = first; i < end && !sac_job_is_cancelled (moves->job); i++)
    measure_moved (moves, i, from, &moved);
  agreement_side_clear (&moved);
}

static int
compare_up (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

/* Between the two numbers next to the place, as numpy's percentile does. */
static double
find_quantile (const double *sorted, int count, double share)
{
  double at = share * (count - 1);
  int below = (int)at;
  int above = MIN (below + 1, count - 1);

  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/* Fewer than this many say nothing about the outer 5 %. */
#define MOVED_LEAST 20
G_STATIC_ASSERT (SAC_AGREEMENT_MOVED_FEW >= MOVED_LEAST);

static void
summarize_moved (SacAgreementValue *value,
                 double *moved,
                 int moved_count,
                 bool is_distance)
{
  int count = 0, no_less = 0;
  double sum = 0;
  double margin = 1e-12 * fmax (fabs (value->value), 1);

  for (int i = 0; i < moved_count; i++) {
    if (!isnan (moved[i]))
      moved[count++] = moved[i];
  }
  if (count < MOVED_LEAST || value->reason != NULL)
    return;
  for (int i = 0; i < count; i++) {
    double ahead =
      is_distance ? value->value - moved[i] : moved[i] - value->value;

    sum += moved[i];
    no_less += ahead >= -margin;
  }
  qsort (moved, (size_t)count, sizeof *moved, compare_up);
  value->moved_count = count;
  value->moved_mean = sum / count;
  value->moved_low = find_quantile (moved, count, 0.025);
  value->moved_high = find_quantile (moved, count, 0.975);
  value->p = (double)(1 + no_less) / (1 + count);
}

static bool
look_at_moved (const Cells *cells,
               const Sides *sides,
               SacAgreement *agreement,
               SacJob *job,
               GError **error)
{
  size_t all = (size_t)agreement->rows * (size_t)agreement->columns;

  if (all < 2 || all > SAC_AGREEMENT_MOVED_CELLS || !sides->a.is_finite ||
      !sides->b.is_finite)
    return true;

  g_autofree Moves *moves = g_new0 (Moves, 1);

  size_t count = all > SAC_AGREEMENT_MOVED_MANY ? SAC_AGREEMENT_MOVED_FEW
                                                : SAC_AGREEMENT_MOVED;

  moves->cells = cells;
  moves->sides = sides;
  moves->agreement = agreement;
  moves->job = job;
  moves->count = count;
  sac_pool_run ((count + MOVES_TOGETHER - 1) / MOVES_TOGETHER, measure_some,
                moves);
  if (!sac_job_check (job, error))
    return false;
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
    summarize_moved (&agreement->values[kind], moves->values[kind], (int)count,
                     sac_agreement_measures_get_all ()[kind].is_distance);
  return true;
}

static bool
agree (const Cells *cells,
       const SacAgreementParams *params,
       SacAgreement *agreement,
       SacJob *job,
       GError **error)
{
  size_t all = (size_t)cells->grid.rows * (size_t)cells->grid.columns;
  Sides sides;
  bool good = true;

  sides_init (&sides, cells, cells->b);
  agreement->left_out = all - sides.a.count;
  if (sides.a.count == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "no cell is covered by both maps: choose maps that "
                         "overlap");
    good = false;
  } else {
    measure_all (&(SacAgreementPair){&sides.a, &sides.b}, agreement->values);
    if (params != NULL && params->moved)
      good = look_at_moved (cells, &sides, agreement, job, error);
  }
  sides_clear (&sides);
  return good;
}

bool
sac_agreement_new (const SacMap *a,
                   const SacMap *b,
                   const SacAgreementParams *params,
                   SacAgreement *ret_agreement,
                   SacJob *job,
                   GError **error)
{
  g_autofree float *cells_a = NULL;
  g_autofree float *cells_b = NULL;
  bool on_image = a->has_geometry && b->has_geometry;
  SacAgreement agreement = {.seed = params != NULL ? params->seed : 0};
  SacRect seen;

  if (!sac_resample_common_rect (a, b, &cells_a, &cells_b, &agreement.rows,
                                 &agreement.columns, &seen, error))
    return false;

  Cells cells = {
    .a = cells_a,
    .b = cells_b,
    .has_gaps = a->has_gaps || b->has_gaps,
  };

  agreement_grid_init (&cells.grid, agreement.rows, agreement.columns,
                       on_image ? seen.height : agreement.rows,
                       on_image ? seen.width : agreement.columns);
  agreement.diagonal = on_image ? hypot (seen.width, seen.height) : 0;

  bool good = agree (&cells, params, &agreement, job, error);

  agreement_grid_clear (&cells.grid);
  if (good)
    *ret_agreement = agreement;
  return good;
}

SacAgreementReading
sac_agreement_read (const SacAgreement *agreement, SacAgreementKind kind)
{
  const SacAgreementValue *value = &agreement->values[kind];
  bool is_distance = sac_agreement_measures_get_all ()[kind].is_distance;

  if (value->moved_count == 0)
    return SAC_AGREEMENT_UNKNOWN;
  if (value->value > value->moved_high)
    return is_distance ? SAC_AGREEMENT_BELOW : SAC_AGREEMENT_ABOVE;
  if (value->value < value->moved_low)
    return is_distance ? SAC_AGREEMENT_ABOVE : SAC_AGREEMENT_BELOW;
  return SAC_AGREEMENT_CHANCE;
}
