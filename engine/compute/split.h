/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A matrix's rows, split once (SacSplit) for all chunks of a loop that would
 * each split them anew. */
#ifndef SAC_COMPUTE_SPLIT_H
#define SAC_COMPUTE_SPLIT_H

#include "base/job.h"
#include "compute/kernels.h"

/* Depth in blocks of 16, as `a` has it.  runs: room for one a block. */
void sac_list_runs (const SacRows *a, size_t depth, SacRun *runs);

/* Whether the variant's products split rows of so many numbers. */
bool sac_split_can (size_t rows, size_t depth);

/* On the pool.  Returns: what the calling thread's next call will write over;
 * nothing where the variant does not split, a number cannot be split, or the
 * job was cancelled: products then do without. */
SacSplit
sac_split (const SacRows *a, size_t rows, size_t depth, const SacJob *job);

/* From a row on. */
static inline SacSplit
sac_split_from (const SacSplit *split, size_t row)
{
  return (SacSplit){
    split->parts != NULL ? split->parts + row * SAC_SPLIT_ROW_BYTES : NULL,
    split->plane_bytes,
  };
}

#endif
