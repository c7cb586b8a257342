/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Numbers by their order alone. */
#ifndef SAC_MAP_ORDER_H
#define SAC_MAP_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* Places of `count` numbers from the lowest to the highest, equal ones by their
 * place; NaN stands below everything, 0 is 0 whatever its sign.  In time
 * proportional to the count. */
void sac_order_places (const float *values, size_t count, uint32_t *ret_places);

/* Levels: equal where the values are, all NaN being one. */
typedef struct {
  size_t count;
  uint32_t *places; /* from the lowest to the highest */
  uint32_t *codes;  /* of each number: its level, 0 to `levels` - 1 */
  uint32_t *starts; /* of each level: how many numbers are below it; and the
                       count */
  uint32_t levels;
  double tied_pairs; /* of equal values */
} SacOrder;

void sac_order_init (SacOrder *order, const float *values, size_t count);
void sac_order_clear (SacOrder *order);

/* Average ranks, 1 to count. */
void sac_order_ranks (const SacOrder *order, double *ret_ranks);

/* Kendall's tau-b of two orders with more than one level each; n log n at the
 * most.  Of b the places are not looked at.  room: for SAC_ORDER_ROOM times the
 * count. */
#define SAC_ORDER_ROOM 3
double sac_order_kendall (const SacOrder *a, const SacOrder *b, uint32_t *room);

#endif
