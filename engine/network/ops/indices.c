/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/indices.h"

#include "base/error.h"

#include <inttypes.h>

bool
sac_indices_type (const SacInfer *infer, size_t input, GError **error)
{
  SacType type = infer->inputs[input]->type;

  if (type != SAC_TYPE_INT64 && type != SAC_TYPE_INT32)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its indices, input %zu, are %s, not int64 or int32",
                           input, sac_type_get_name (type));
  return true;
}

/* Returns: the first bad one, or -1. */
static int64_t
find_bad (const SacTensor *indices, const int64_t *sizes, int64_t width)
{
  const int64_t *values = sac_tensor_i64 (indices);
  int64_t count = sac_tensor_get_count (indices);

  for (int64_t i = 0; i < count; i++) {
    int64_t size = sizes[i % width];

    if (values[i] < -size || values[i] >= size)
      return i;
  }
  return -1;
}

bool
sac_indices_check (const SacInfer *infer,
                   size_t input,
                   const int64_t *sizes,
                   int64_t width,
                   GError **error)
{
  const SacTensor *indices = infer->inputs[input]->constant;
  int64_t bad = indices != NULL ? find_bad (indices, sizes, width) : -1;

  if (bad >= 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "index %" PRId64 " is beyond an axis of "
                           "size %" PRId64,
                           sac_tensor_i64 (indices)[bad], sizes[bad % width]);
  return true;
}

bool
sac_indices_good (const SacCall *call,
                  size_t input,
                  const int64_t *sizes,
                  int64_t width)
{
  if (find_bad (call->inputs[input], sizes, width) < 0)
    return true;
  sac_call_fault (call, "an index computed from the data is beyond its axis");
  return false;
}
