/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Imputation of ROAD (Rong et al., ICML 2022): every missing pixel is the
 * weighted mean of its eight neighbours, 1/6 for those beside it and 1/12 for
 * those at its corners, known or missing themselves; at the edge, of those that
 * there are.  What is imputed so tells little of which pixels were missing. */
#ifndef SAC_EXPLAIN_ROAD_H
#define SAC_EXPLAIN_ROAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* values: a plane, row by row, whose missing pixels are filled; what they hold
 * before does not matter.  With nothing known they become 0.  Solved by
 * conjugate gradients from a guess by scales, to a millionth of the known
 * values' part. */
void
sac_road_impute (float *values, const bool *missing, int rows, int columns);

#endif
