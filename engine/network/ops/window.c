/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/window.h"

#include "base/error.h"

#include <inttypes.h>
#include <string.h>

/* Index of spatial axis 0 in the arrays of a window. */
static int
first_axis (const SacWindow *window)
{
  return 2 - window->rank;
}

static bool
read_auto_pad (const SacInfer *infer, SacAutoPad *ret_auto_pad, GError **error)
{
  static const char *const words[] = {
    [SAC_AUTO_PAD_NOTSET] = "NOTSET",
    [SAC_AUTO_PAD_VALID] = "VALID",
    [SAC_AUTO_PAD_SAME_UPPER] = "SAME_UPPER",
    [SAC_AUTO_PAD_SAME_LOWER] = "SAME_LOWER",
  };
  const char *word;

  if (!sac_infer_string (infer, "auto_pad", "NOTSET", &word, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (word, words[i]) == 0) {
      *ret_auto_pad = (SacAutoPad)i;
      return true;
    }
  }
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "auto_pad must be NOTSET, VALID, SAME_UPPER or "
                         "SAME_LOWER");
}

/* Reads `rank` numbers in [smallest, largest] into values; absent: all
 * `fallback`. */
static bool
read_numbers (const SacInfer *infer,
              const char *name,
              int64_t smallest,
              int64_t largest,
              size_t count,
              int64_t *values,
              GError **error)
{
  const int64_t *given;
  size_t given_count;

  if (!sac_infer_ints (infer, name, &given, &given_count, error))
    return false;
  if (given == NULL || given_count == 0)
    return true;
  if (given_count != count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%s has %zu numbers, not %zu", name, given_count,
                           count);
  for (size_t i = 0; i < count; i++) {
    if (given[i] < smallest || given[i] > largest)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "%s holds %" PRId64 ", which is not in [%" PRId64
                             ", %" PRId64 "]",
                             name, given[i], smallest, largest);
    values[i] = given[i];
  }
  return true;
}

static bool
read_kernel (const SacInfer *infer,
             const SacShape *weights,
             SacWindow *window,
             GError **error)
{
  int first = first_axis (window);
  int64_t kernel[2] = {0, 0};

  if (!read_numbers (infer, "kernel_shape", 1, SAC_WINDOW_SIZE_MAX,
                     (size_t)window->rank, kernel, error))
    return false;
  for (int i = 0; i < window->rank; i++) {
    int64_t size = weights != NULL ? weights->dims[2 + i] : kernel[i];

    if (kernel[i] != 0 && kernel[i] != size)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "kernel_shape says %" PRId64
                             " where the weights have %" PRId64,
                             kernel[i], size);
    if (size < 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             weights != NULL ? "the kernel is empty"
                                             : "kernel_shape is missing");
    window->kernel[first + i] = size;
  }
  return true;
}

static bool
check_ranks (const SacInfer *infer,
             const SacShape *input,
             const SacShape *weights,
             GError **error)
{
  if (input->rank == 5)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "three spatial axes (an input of rank 5) are not "
                           "supported, only one or two");
  if (input->rank != 3 && input->rank != 4)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input has rank %d, not 3 or 4", input->rank);
  if (weights != NULL && weights->rank != input->rank)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the weights have rank %d, the input has rank %d",
                           weights->rank, input->rank);
  for (int i = 2; i < input->rank; i++) {
    if (input->dims[i] > SAC_WINDOW_SIZE_MAX ||
        (weights != NULL && weights->dims[i] > SAC_WINDOW_SIZE_MAX))
      return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                             "axis %d is too long", i);
  }
  return true;
}

bool
sac_window_read (const SacInfer *infer,
                 const SacShape *input,
                 const SacShape *weights,
                 SacWindow *ret_window,
                 GError **error)
{
  if (!check_ranks (infer, input, weights, error))
    return false;

  SacWindow window = {
    .rank = input->rank - 2,
    .kernel = {1, 1},
    .stride = {1, 1},
    .dilation = {1, 1},
    .in = {1, 1},
  };
  int first = first_axis (&window);
  size_t rank = (size_t)window.rank;
  int64_t pads[4] = {0};

  if (!read_kernel (infer, weights, &window, error) ||
      !read_numbers (infer, "strides", 1, INT64_MAX, rank,
                     &window.stride[first], error) ||
      !read_numbers (infer, "dilations", 1, INT64_MAX, rank,
                     &window.dilation[first], error) ||
      !read_numbers (infer, "pads", 0, SAC_WINDOW_SIZE_MAX, 2 * rank, pads,
                     error) ||
      !read_auto_pad (infer, &window.auto_pad, error))
    return false;

  for (int i = 0; i < window.rank; i++) {
    int64_t unused;

    window.in[first + i] = input->dims[2 + i];
    if (window.auto_pad == SAC_AUTO_PAD_NOTSET) {
      window.pad_begin[first + i] = pads[i];
      window.pad_end[first + i] = pads[window.rank + i];
    }
    if (__builtin_mul_overflow (window.kernel[first + i] - 1,
                                window.dilation[first + i], &unused) ||
        unused > SAC_WINDOW_SIZE_MAX)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "the dilated kernel is too long");
  }
  *ret_window = window;
  return true;
}

/* As many positions as a full input gives: ceil (in / stride). */
static void
pad_to_same (SacWindow *window, int axis)
{
  int64_t out = 0;

  if (window->in[axis] > 0)
    out = (window->in[axis] - 1) / window->stride[axis] + 1;

  int64_t needed = (out - 1) * window->stride[axis] +
                   sac_window_extent (window, axis) - window->in[axis];
  int64_t total = MAX (0, needed);
  int64_t smaller = total / 2;
  bool upper = window->auto_pad == SAC_AUTO_PAD_SAME_UPPER;

  window->pad_begin[axis] = upper ? smaller : total - smaller;
  window->pad_end[axis] = upper ? total - smaller : smaller;
}

bool
sac_window_slide (const SacInfer *infer,
                  SacWindow *window,
                  bool ceil_mode,
                  GError **error)
{
  for (int axis = 0; axis < 2; axis++) {
    if ((window->auto_pad == SAC_AUTO_PAD_SAME_UPPER ||
         window->auto_pad == SAC_AUTO_PAD_SAME_LOWER) &&
        window->in[axis] > 0)
      pad_to_same (window, axis);

    int64_t begin = window->pad_begin[axis];
    int64_t room = window->in[axis] + begin + window->pad_end[axis] -
                   sac_window_extent (window, axis);
    int64_t stride = window->stride[axis];

    if (room < 0)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "the kernel, %" PRId64
                             " long, does not fit into the padded input, "
                             "%" PRId64 " long",
                             sac_window_extent (window, axis),
                             room + sac_window_extent (window, axis));
    window->out[axis] = room / stride + 1;
    if (ceil_mode && window->auto_pad == SAC_AUTO_PAD_NOTSET &&
        room % stride != 0 &&
        window->out[axis] <= (window->in[axis] + begin - 1) / stride)
      window->out[axis]++;
  }
  sac_window_settle (window);
  return true;
}

void
sac_window_settle (SacWindow *window)
{
  for (int axis = 0; axis < 2; axis++) {
    if (window->out[axis] <= 1)
      window->stride[axis] = 1;
    if (window->kernel[axis] == 1)
      window->dilation[axis] = 1;
  }
}

/* Taps k with begin <= k * dilation < end, cut to the kernel. */
static void
find_taps (const SacWindow *window,
           int axis,
           int64_t begin,
           int64_t end,
           int64_t *ret_from,
           int64_t *ret_to)
{
  int64_t dilation = window->dilation[axis];
  int64_t to = end <= 0 ? 0 : (end - 1) / dilation + 1;

  *ret_from = begin <= 0 ? 0 : (begin - 1) / dilation + 1;
  *ret_to = MIN (to, window->kernel[axis]);
  if (*ret_from > *ret_to)
    *ret_from = *ret_to;
}

void
sac_window_taps (const SacWindow *window,
                 int axis,
                 int64_t position,
                 int64_t *ret_from,
                 int64_t *ret_to)
{
  int64_t begin = window->pad_begin[axis] - position * window->stride[axis];

  find_taps (window, axis, begin, begin + window->in[axis], ret_from, ret_to);
}

void
sac_window_reach (const SacWindow *window,
                  int axis,
                  int64_t *ret_from,
                  int64_t *ret_to)
{
  int64_t pad = window->pad_begin[axis];
  int64_t last = (window->out[axis] - 1) * window->stride[axis];

  find_taps (window, axis, pad - last, pad + window->in[axis], ret_from,
             ret_to);
}
