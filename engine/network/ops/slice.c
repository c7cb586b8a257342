/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "network/op.h"
#include "network/ops/axes.h"
#include "network/ops/strided.h"

/* The four lists: attributes before opset 10, inputs since.  axes and steps may
 * be missing (NULL). */
typedef struct {
  const int64_t *starts, *ends, *axes, *steps;
  size_t count;
} Lists;

static bool
check_length (const SacInfer *infer,
              const char *noun,
              size_t count,
              size_t wanted,
              GError **error)
{
  if (count != wanted)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has %zu starts but %zu %s", wanted, count, noun);
  return true;
}

static bool
read_attributes (const SacInfer *infer, Lists *ret_lists, GError **error)
{
  Lists lists = {0};
  size_t end_count, axis_count;

  if (!sac_infer_ints (infer, "starts", &lists.starts, &lists.count, error) ||
      !sac_infer_ints (infer, "ends", &lists.ends, &end_count, error) ||
      !sac_infer_ints (infer, "axes", &lists.axes, &axis_count, error) ||
      !check_length (infer, "ends", end_count, lists.count, error) ||
      (lists.axes != NULL &&
       !check_length (infer, "axes", axis_count, lists.count, error)))
    return false;
  *ret_lists = lists;
  return true;
}

static bool
read_inputs (const SacInfer *infer, Lists *ret_lists, GError **error)
{
  Lists lists = {0};
  size_t end_count, count;

  if (!sac_infer_constant_ints (infer, 1, &lists.starts, &lists.count, error) ||
      !sac_infer_constant_ints (infer, 2, &lists.ends, &end_count, error) ||
      !check_length (infer, "ends", end_count, lists.count, error))
    return false;
  if (sac_infer_has (infer, 3) &&
      (!sac_infer_constant_ints (infer, 3, &lists.axes, &count, error) ||
       !check_length (infer, "axes", count, lists.count, error)))
    return false;
  if (sac_infer_has (infer, 4) &&
      (!sac_infer_constant_ints (infer, 4, &lists.steps, &count, error) ||
       !check_length (infer, "steps", count, lists.count, error)))
    return false;
  *ret_lists = lists;
  return true;
}

/* What is taken of an axis of `size`: count elements from `start` on. */
typedef struct {
  int64_t start, step, count;
} Range;

/* Python's rule.  No sum here overflows: size is not negative, and is added to
 * negative numbers only. */
static Range
find_range (int64_t size, int64_t start, int64_t end, int64_t step)
{
  int64_t first = step > 0 ? 0 : -1, last = step > 0 ? size : size - 1;
  uint64_t distance;

  start = CLAMP (start < 0 ? start + size : start, first, last);
  end = CLAMP (end < 0 ? end + size : end, first, last);
  if (step > 0 ? start >= end : start <= end)
    return (Range){.step = 1};
  distance = step > 0 ? (uint64_t)(end - start) : (uint64_t)(start - end);

  uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
  int64_t count = (int64_t)((distance - 1) / stride + 1);

  /* A step that is never made may be of any size. */
  return (Range){.start = start, .step = count > 1 ? step : 1, .count = count};
}

static bool
read_ranges (const SacInfer *infer,
             const SacShape *shape,
             Range *ret_ranges,
             GError **error)
{
  Lists lists;
  bool taken[SAC_LIMIT_RANK] = {false};

  if (infer->opset < 10 ? !read_attributes (infer, &lists, error)
                        : !read_inputs (infer, &lists, error))
    return false;
  for (int axis = 0; axis < SAC_LIMIT_RANK; axis++)
    ret_ranges[axis] = (Range){.step = 1, .count = shape->dims[axis]};
  for (size_t i = 0; i < lists.count; i++) {
    int64_t step = lists.steps != NULL ? lists.steps[i] : 1;
    int axis;

    if (!sac_axes_check (infer, lists.axes != NULL ? lists.axes[i] : (int64_t)i,
                         shape->rank, &axis, error))
      return false;
    if (taken[axis])
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "axis %d is named twice", axis);
    if (step == 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "the step along axis %d is 0", axis);
    taken[axis] = true;
    ret_ranges[axis] =
      find_range (shape->dims[axis], lists.starts[i], lists.ends[i], step);
  }
  return true;
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  Range ranges[SAC_LIMIT_RANK];
  SacShape shape = {.rank = x->shape.rank};

  if (!read_ranges (infer, &x->shape, ranges, error))
    return false;
  for (int axis = 0; axis < shape.rank; axis++)
    shape.dims[axis] = ranges[axis].count;

  SacStrided *strided = sac_infer_alloc (infer, sizeof *strided);
  int64_t to[SAC_LIMIT_RANK], from[SAC_LIMIT_RANK];

  sac_shape_strides (&shape, to);
  sac_shape_strides (&x->shape, from);
  for (int axis = 0; axis < shape.rank; axis++) {
    strided->from_start += ranges[axis].start * from[axis];
    sac_strided_append (strided, shape.dims[axis], to[axis],
                        ranges[axis].step * from[axis]);
  }
  infer->params = strided;
  infer->alias = sac_shape_equal (&shape, &x->shape) && strided->rank <= 1 &&
                 strided->from_start == 0;
  return sac_infer_output (infer, 0, x->type, &shape, error);
}

const SacOp sac_op_slice = {
  .name = "Slice",
  .inputs_min = 1,
  .inputs_max = 5,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = sac_strided_forward,
  .gradient = sac_strided_gradient,
  .gradient_inputs = SAC_SAVE (0),
};
