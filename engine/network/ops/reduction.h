/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which elements of a tensor belong together when some of its axes are reduced,
 * and a walk over them.
 *
 * Neighbouring axes of one kind are merged and axes of size 1 dropped.  The
 * results are numbered in C order of the axes that are kept. */
#ifndef SAC_NETWORK_OPS_REDUCTION_H
#define SAC_NETWORK_OPS_REDUCTION_H

#include "tensor/shape.h"

typedef struct {
  int rank;
  int64_t dims[SAC_LIMIT_RANK];
  int64_t strides[SAC_LIMIT_RANK];
} SacReductionAxes;

typedef struct {
  SacReductionAxes kept;    /* without the last axis of the tensor */
  SacReductionAxes reduced; /* without the last axis of the tensor */
  bool last_is_kept;
  int64_t last;          /* size of the last axis */
  int64_t result_count;  /* all results */
  int64_t reduced_count; /* elements that go into each */
} SacReduction;

/* chosen: one per axis, true where it is reduced. */
void sac_reduction_init (SacReduction *reduction,
                         const SacShape *shape,
                         const bool *chosen);

/* Results that are worked on at once, and the most elements in a run. */
#define SAC_REDUCTION_BLOCK 256

/* A run of elements, `count` contiguous ones from `at` on.  Element i goes to
 * result `first` of the block, or `first` + i when `spread`. */
typedef struct {
  int64_t at;
  int64_t count;
  int64_t first;
  bool spread;
} SacReductionRun;

typedef void (*SacReductionFunc) (const SacReductionRun *run, void *data);

/* Calls func for all elements of the results [from, from + count), which is one
 * block; elements of one result come in C order. */
void sac_reduction_visit (const SacReduction *reduction,
                          int64_t from,
                          int64_t count,
                          SacReductionFunc func,
                          void *data);

/* Calls func (from, to, data) for blocks of results, on the pool. */
void sac_reduction_run (const SacReduction *reduction,
                        void (*func) (int64_t from, int64_t to, void *data),
                        void *data);

#endif
