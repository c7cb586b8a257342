/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The arithmetic of faithfulness: ranks, curves, and what is read from them.
 * Knows neither maps nor networks. */
#ifndef SAC_EXPLAIN_FAITHFULNESS_MATH_H
#define SAC_EXPLAIN_FAITHFULNESS_MATH_H

#include <stddef.h>
#include <stdint.h>

/* The pixels from the most relevant to the least: by value, equal ones in their
 * own order, NaN behind all.  ret_order: `count` indices. */
void
sac_faithfulness_rank (const float *values, size_t count, uint32_t *ret_order);

/* Share of the values that at least one other is equal to: how much of the rank
 * is mere order of the pixels.  order: of those values. */
double sac_faithfulness_tied_share (const float *values,
                                    const uint32_t *order,
                                    size_t count);

/* A curve of at most `steps` steps takes ceil (count / steps) pixels at a time,
 * the last step what is left. */
size_t sac_faithfulness_point_count (size_t count, size_t steps);
size_t sac_faithfulness_taken (size_t count, size_t steps, size_t point);

/* Trapezoids; x ascends. */
double sac_faithfulness_area (const double *x, const double *y, size_t count);

/* Mean over all points of what the score has lost (Samek et al., 2017,
 * equation 12). */
double sac_faithfulness_aopc (const double *deletion, size_t count);

/* Share of the score that is lost when only what the map shows is seen, at
 * least 0; NaN for a score of 0 or less, of which there are no shares
 * (Chattopadhay et al., 2018, section 4.1). */
double sac_faithfulness_drop (double whole, double seen);

/* How far sums of the map over hidden regions are from what the score loses.
 * NaN: not defined (a map without anything, a score that never moves). */
typedef struct {
  double plain;       /* mean (sum - loss)^2 (Yeh et al., 2019, equation 1) */
  double scaled;      /* the same with the factor that makes it least */
  double factor;      /* that factor */
  double unexplained; /* scaled, as a share of mean loss^2: 0 to 1 */
  double correlation; /* of sums and losses (Bhatt et al., 2020) */
} SacInfidelity;

void sac_faithfulness_infidelity (const double *sums,
                                  const double *losses,
                                  size_t count,
                                  SacInfidelity *ret);

#endif
