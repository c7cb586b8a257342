/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Places that are named by numbers in a tensor.
 *
 * Indices that are known while planning are checked then.  Others are checked
 * before each run of the kernel; one beyond its axis is a fault of the run, and
 * never moved to a place that exists. */
#ifndef SAC_NETWORK_OPS_INDICES_H
#define SAC_NETWORK_OPS_INDICES_H

#include "network/op.h"

/* Fails unless input i is int32 or int64. */
bool sac_indices_type (const SacInfer *infer, size_t input, GError **error);

/* Fails when input i is known already and has an index outside [-size, size).
 * Indices repeat in tuples of `width`; sizes has one size for each. */
bool sac_indices_check (const SacInfer *infer,
                        size_t input,
                        const int64_t *sizes,
                        int64_t width,
                        GError **error);

/* The same during the run: false after sac_call_fault. */
bool sac_indices_good (const SacCall *call,
                       size_t input,
                       const int64_t *sizes,
                       int64_t width);

/* An index that was found good, made non-negative. */
static inline int64_t
sac_indices_place (int64_t index, int64_t size)
{
  return index < 0 ? index + size : index;
}

#endif
