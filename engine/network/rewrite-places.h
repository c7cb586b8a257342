/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to rewrite-places*.c: which values are wanted at some places of an
 * axis alone. */
#ifndef SAC_NETWORK_REWRITE_PLACES_H
#define SAC_NETWORK_REWRITE_PLACES_H

#include "network/ops/attention-fused.h"
#include "network/rewrite.h"

#define SAC_PLACES_NONE (-1)    /* a value is wanted as a whole */
#define SAC_PLACES_REFUSED (-2) /* places cannot be followed through the op */

typedef struct {
  SacPlan *plan;
  SacRewrite *rewrite;
  int last; /* the node that reads places [first, first + count) of `size` */
  int64_t first, count, size;
  int *axes;      /* per value: where only these places are wanted, or NONE */
  size_t *askers; /* per value: nodes that want no more */
  int *earliest;  /* per value: the first of them */
  bool *narrowed; /* per node: it will make no more */
  int *narrow;    /* per value: the one that has these places alone */
  bool *blocked;  /* per node: it cannot be narrowed */
  int *spots;     /* per value: the node that will take them out of it */
  GArray *before; /* what was there, to undo it */
} SacPlaces;

/* Finds out whether `last` takes few of many places of an axis, and follows
 * them back: fills axes, askers, earliest and narrowed.
 * Returns: false when it takes none. */
bool sac_rewrite_places_follow (SacPlaces *places);

/* The axis of an input of which a node needs no more than the places that are
 * wanted of its output along `axis`; NONE: it needs all of it. */
int sac_rewrite_places_input_axis (const SacPlaces *places,
                                   int node,
                                   size_t input,
                                   int axis);

/* Fewer queries, the same keys.  Returns: false when it cannot be. */
bool sac_rewrite_places_narrow_attention (const SacPlaces *places,
                                          SacFusedAttention *of,
                                          int axis);

#endif
