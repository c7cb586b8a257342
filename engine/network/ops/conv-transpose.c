/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ConvTranspose is the adjoint of a convolution from its output to its input:
 * the window's `in` is our output and its `out` our input. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/convolve.h"

#include <inttypes.h>

/* X: batch x channels x spatial; W: channels x features of a group x kernel. */
static bool
check_channels (const SacInfer *infer, int64_t groups, GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *w = &infer->inputs[1]->shape;
  int64_t features;

  if (groups < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "group is %" PRId64 ", not positive", groups);
  if (w->dims[0] != x->dims[1] || x->dims[1] % groups != 0 ||
      __builtin_mul_overflow (w->dims[1], groups, &features))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "weights for %" PRId64
                           " channels do not fit %" PRId64
                           " input channels in %" PRId64 " groups",
                           w->dims[0], x->dims[1], groups);
  return sac_checks_shape (infer, 2, &(SacShape){1, {features}}, "bias", error);
}

/* Sizes that the attributes ask for; zeros where they are absent. */
typedef struct {
  int64_t output[2];
  int64_t extra[2]; /* output_padding: added at the end of the output */
} Wanted;

static bool
read_sizes (const SacInfer *infer,
            const char *name,
            const SacWindow *window,
            int64_t *ret_sizes,
            GError **error)
{
  const int64_t *given;
  size_t count;

  if (!sac_infer_ints (infer, name, &given, &count, error))
    return false;
  if (count == 0)
    return true;

  /* output_shape may be given with batch and channels before it. */
  size_t rank = (size_t)window->rank;
  const int64_t *last = given + (count - MIN (count, rank));

  if (count != rank && count != rank + 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%s has %zu numbers, not %zu", name, count, rank);
  for (size_t i = 0; i < rank; i++) {
    if (last[i] < 0 || last[i] > SAC_WINDOW_SIZE_MAX)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "%s holds %" PRId64 ", which is out of range",
                             name, last[i]);
    ret_sizes[2 - rank + i] = last[i];
  }
  return true;
}

/* Splits what the full result has too much between both ends. */
static void
crop (SacWindow *window, int axis, int64_t excess)
{
  int64_t total = MAX (0, excess);
  int64_t smaller = total / 2;
  bool upper = window->auto_pad == SAC_AUTO_PAD_SAME_UPPER;

  window->pad_begin[axis] = upper ? smaller : total - smaller;
  window->pad_end[axis] = upper ? total - smaller : smaller;
}

/* window->in becomes the output's size. */
static bool
size_axis (const SacInfer *infer,
           SacWindow *window,
           const Wanted *wanted,
           int axis,
           GError **error)
{
  int64_t small = window->in[axis];
  int64_t stride = window->stride[axis];
  int64_t full;

  if (small < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input has no elements along a spatial axis");
  if (__builtin_mul_overflow (small - 1, stride, &full) ||
      full > SAC_WINDOW_SIZE_MAX)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "the output would be too large");
  full += sac_window_extent (window, axis) + wanted->extra[axis];

  int64_t size = full - window->pad_begin[axis] - window->pad_end[axis];

  if (wanted->output[axis] > 0)
    size = wanted->output[axis];
  else if (window->auto_pad == SAC_AUTO_PAD_SAME_UPPER ||
           window->auto_pad == SAC_AUTO_PAD_SAME_LOWER)
    size = small == 1 ? MIN (stride, SAC_WINDOW_SIZE_MAX) : small * stride;
  else if (size < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "pads take away more than there is");
  if (wanted->output[axis] > 0 || window->auto_pad >= SAC_AUTO_PAD_SAME_UPPER)
    crop (window, axis, full - size);
  window->in[axis] = size;
  window->out[axis] = small;
  return true;
}

static bool
read_window (const SacInfer *infer, SacWindow *window, GError **error)
{
  Wanted wanted = {{0, 0}, {0, 0}};

  if (!sac_window_read (infer, &infer->inputs[0]->shape,
                        &infer->inputs[1]->shape, window, error) ||
      !read_sizes (infer, "output_shape", window, wanted.output, error) ||
      !read_sizes (infer, "output_padding", window, wanted.extra, error))
    return false;
  for (int axis = 0; axis < 2; axis++) {
    if (!size_axis (infer, window, &wanted, axis, error))
      return false;
  }
  sac_window_settle (window);
  return true;
}

static bool
conv_transpose_infer (SacInfer *infer, GError **error)
{
  SacConvolve c = {0};

  if (!sac_checks_float32 (infer, error))
    return false;
  if (!sac_infer_has (infer, 1))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the weights are missing");
  if (!read_window (infer, &c.window, error) ||
      !sac_infer_int (infer, "group", 1, &c.groups, error) ||
      !check_channels (infer, c.groups, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *w = &infer->inputs[1]->shape;
  SacShape y = {x->rank, {x->dims[0], w->dims[1] * c.groups}};

  for (int i = 0; i < c.window.rank; i++)
    y.dims[2 + i] = c.window.in[2 - c.window.rank + i];
  if (!sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error))
    return false;

  c.batch = x->dims[0];
  c.large_channels = w->dims[1];
  c.small_channels = w->dims[0] / c.groups;
  sac_convolve_prepare (&c);
  *(SacConvolve *)(infer->params = sac_infer_alloc (infer, sizeof c)) = c;
  infer->cost = (double)sac_shape_size (x) * sac_shape_product (w, 1, w->rank);
  infer->workspace_bytes = sac_convolve_get_scatter_bytes (&c);
  infer->gradient_workspace_bytes = sac_convolve_get_gather_bytes (&c);
  return true;
}

static void
conv_transpose_forward (const SacCall *call)
{
  const SacConvolve *c = call->params;
  bool biased = call->input_count > 2 && call->inputs[2] != NULL;

  sac_convolve_fill (sac_tensor_f32 (call->outputs[0]), c->batch,
                     c->groups * c->large_channels,
                     c->window.in[0] * c->window.in[1],
                     biased ? sac_tensor_f32 (call->inputs[2]) : NULL);
  sac_convolve_scatter (c, &(SacConvolveCall){
                             .weights = sac_tensor_f32 (call->inputs[1]),
                             .from = sac_tensor_f32 (call->inputs[0]),
                             .to = sac_tensor_f32 (call->outputs[0]),
                             .workspace = call->workspace,
                             .job = call->job,
                           });
}

static void
conv_transpose_gradient (const SacGradientCall *call)
{
  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_convolve_gather (call->params,
                       &(SacConvolveCall){
                         .weights = sac_tensor_f32 (call->inputs[1]),
                         .from = sac_tensor_f32 (call->output_gradients[0]),
                         .to = sac_tensor_f32 (call->input_gradients[0]),
                         .workspace = call->workspace,
                         .job = call->job,
                       });
}

const SacOp sac_op_conv_transpose = {
  .name = "ConvTranspose",
  .inputs_min = 2,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = conv_transpose_infer,
  .forward = conv_transpose_forward,
  .gradient = conv_transpose_gradient,
  .saves_inputs = SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};
