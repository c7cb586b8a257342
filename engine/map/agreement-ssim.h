/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Structural similarity of two maps (Wang, Bovik, Sheikh and Simoncelli, 2004):
 * windows without weights that lie wholly on cells that count, variances over
 * one less than their cells, each map divided by its largest magnitude, the
 * range of both as the range of values. */
#ifndef SAC_MAP_AGREEMENT_SSIM_H
#define SAC_MAP_AGREEMENT_SSIM_H

#include "map/agreement-side.h"

/* The side of a window on such a grid: the largest odd number up to a third of
 * the shorter side, from 3 to 7. */
int agreement_ssim_window (const AgreementGrid *grid);

/* Mean over all windows; NaN: there is none.  Both have `scaled`. */
double agreement_ssim (const AgreementSide *a, const AgreementSide *b);

#endif
