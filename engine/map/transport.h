/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The earth mover's distance between two heaps of few places: the least work
 * that makes one of the other (Rubner, Tomasi and Guibas, 2000). */
#ifndef SAC_MAP_TRANSPORT_H
#define SAC_MAP_TRANSPORT_H

#include <stddef.h>

/* No more places than this. */
#define SAC_TRANSPORT_PLACES_MAX 64

/* Exact, by shortest augmenting paths.  `from` and `to`: masses of the same
 * sum at `count` places; distances: count * count, a metric, so that what both
 * have at a place stays there. */
double sac_transport_cost (const double *from,
                           const double *to,
                           const double *distances,
                           size_t count);

#endif
