/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One map of two that are compared, with everything that measures take from it
 * more than once: most of it only changes places when the map is moved. */
#ifndef SAC_MAP_AGREEMENT_SIDE_H
#define SAC_MAP_AGREEMENT_SIDE_H

#include "map/order.h"

#include <stdbool.h>

#define AGREEMENT_TOP_COUNT 3

/* Mass is carried about between cells, or, where the grid has more than this
 * along a side, between heaps, a few along each side. */
#define AGREEMENT_HEAP_SIDE 8
#define AGREEMENT_HEAP_FEW 6
#define AGREEMENT_HEAPS (AGREEMENT_HEAP_SIDE * AGREEMENT_HEAP_SIDE)

/* Where the mass of a cell goes along one axis: to one heap, or, where a border
 * between heaps cuts it, the rest to the next. */
typedef struct {
  int heap;
  double share;
} AgreementPart;

/* A grid of cells and how large it is, in any unit of length. */
typedef struct {
  int rows, columns;
  int heap_rows, heap_columns;
  double height, width;
  double distances[AGREEMENT_HEAPS * AGREEMENT_HEAPS]; /* between heaps, shares
                                                          of the diagonal */
  AgreementPart *row_parts, *column_parts;
} AgreementGrid;

void agreement_grid_init (
  AgreementGrid *grid, int rows, int columns, double height, double width);
void agreement_grid_clear (AgreementGrid *grid);
/* Shares of the grid down and over as a share of its diagonal. */
double
agreement_grid_measure (const AgreementGrid *grid, double down, double over);

/* The highest cells: wholly those of a level above the border, those at it by
 * the share that still fits. */
typedef struct {
  uint32_t border;
  double share;
  double cells; /* of all together */
} AgreementTop;

/* Cells that count are dense: `place` says where each lies on the grid. */
typedef struct {
  const AgreementGrid *grid;
  size_t count;
  const uint32_t *place;
  bool is_finite, is_constant;
  double *centred;        /* the values less their mean */
  double mean, deviation; /* root of the sum of squares of those */
  double *ranks;          /* less their mean */
  double rank_deviation;
  SacOrder order;
  uint32_t *room; /* for sac_order_kendall */
  AgreementTop tops[AGREEMENT_TOP_COUNT];
  double *masses;     /* positive parts, of sum 1; NULL: nothing is positive */
  double norm;        /* of the values as one vector */
  double *terms;      /* each mass times its logarithm */
  double largest;     /* magnitude of the values */
  double low, high;   /* of the values over that */
  double *shares;     /* those, on all of the grid; 0 where none counts */
  double row, column; /* centre of the masses, shares of the grid */
  double heaps[AGREEMENT_HEAPS]; /* the masses, gathered */
} AgreementSide;

extern const double agreement_tops[AGREEMENT_TOP_COUNT]; /* shares of cells */

/* values: `count` of them, row by row where they count; grid and place are
 * borrowed.  What is not finite has nothing but that said. */
void agreement_side_init (AgreementSide *side,
                          const AgreementGrid *grid,
                          const uint32_t *place,
                          const float *values,
                          size_t count);
/* As another one whose cells all count, after a move: its cell `from[i]` lies
 * at place i.  moved: zero, or an earlier move of the same, whose memory serves
 * again. */
void agreement_side_move (AgreementSide *moved,
                          const AgreementSide *side,
                          const uint32_t *from);
void agreement_side_clear (AgreementSide *side);

#endif
