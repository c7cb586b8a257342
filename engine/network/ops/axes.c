/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/axes.h"

#include "base/error.h"

#include <inttypes.h>

static bool
find_list (const SacInfer *infer,
           int input_since,
           size_t input,
           bool *ret_given,
           const int64_t **ret_values,
           size_t *ret_count,
           GError **error)
{
  if (infer->opset >= input_since) {
    *ret_given = sac_infer_has (infer, input);
    *ret_count = 0;
    return !*ret_given ||
           sac_infer_constant_ints (infer, input, ret_values, ret_count, error);
  }
  *ret_given = sac_infer_attribute (infer, "axes") != NULL;
  return sac_infer_ints (infer, "axes", ret_values, ret_count, error);
}

bool
sac_axes_check (
  const SacInfer *infer, int64_t axis, int rank, int *ret_axis, GError **error)
{
  const SacShape shape = {.rank = rank};

  if (!sac_shape_axis (&shape, axis, ret_axis))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "axis %" PRId64 " is not one of %d axes", axis,
                           rank);
  return true;
}

bool
sac_axes_read (const SacInfer *infer,
               int input_since,
               size_t input,
               int rank,
               SacAxes *ret_axes,
               GError **error)
{
  SacAxes axes = {0};
  const int64_t *values;
  size_t count;

  if (!find_list (infer, input_since, input, &axes.given, &values, &count,
                  error))
    return false;
  for (size_t i = 0; i < count; i++) {
    int axis;

    if (!sac_axes_check (infer, values[i], rank, &axis, error))
      return false;
    if (axes.chosen[axis])
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "axis %d is named twice", axis);
    axes.chosen[axis] = true;
    axes.list[axes.count++] = axis;
  }
  *ret_axes = axes;
  return true;
}

bool
sac_axes_count (const SacInfer *infer,
                int input_since,
                size_t input,
                size_t *ret_count,
                GError **error)
{
  const int64_t *values;
  bool given;

  return find_list (infer, input_since, input, &given, &values, ret_count,
                    error);
}
