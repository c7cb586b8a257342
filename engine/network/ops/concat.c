/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Concat and Split: between one tensor and its parts along an axis.
 *
 * The whole is `outer` rows; each part owns the same stretch of every row. */
#include "base/error.h"
#include "network/op.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
  SacType type;
  int64_t outer; /* rows */
  int64_t width; /* elements of a row of the whole */
  size_t part_count;
  int64_t *starts; /* part_count + 1, in elements of a row */
} Params;

typedef struct {
  const Params *params;
  char *whole, *part;
  int64_t start, width; /* of the part */
  size_t element_size;
} Move;

static void
part_to_whole (int64_t from, int64_t to, void *data)
{
  const Move *move = data;
  size_t size = move->element_size;

  for (int64_t row = from; row < to; row++)
    memcpy (move->whole +
              (size_t)(row * move->params->width + move->start) * size,
            move->part + (size_t)(row * move->width) * size,
            (size_t)move->width * size);
}

static void
whole_to_part (int64_t from, int64_t to, void *data)
{
  const Move *move = data;
  size_t size = move->element_size;

  for (int64_t row = from; row < to; row++)
    memcpy (move->part + (size_t)(row * move->width) * size,
            move->whole +
              (size_t)(row * move->params->width + move->start) * size,
            (size_t)move->width * size);
}

/* to[row] += from[row] where the rows have these lengths. */
#define ADD(type)                                                              \
  for (int64_t row = 0; row < params->outer; row++) {                          \
    type *y = (type *)to + row * to_width;                                     \
    const type *x = (const type *)from + row * from_width;                     \
                                                                               \
    for (int64_t i = 0; i < count; i++)                                        \
      y[i] += x[i];                                                            \
  }

static void
add_rows (const Params *params,
          void *to,
          int64_t to_width,
          const void *from,
          int64_t from_width,
          int64_t count)
{
  if (params->type == SAC_TYPE_DOUBLE)
    ADD (double)
  else
    ADD (float)
}

static Move
make_move (const Params *params, size_t part)
{
  return (Move){
    .params = params,
    .start = params->starts[part],
    .width = params->starts[part + 1] - params->starts[part],
    .element_size = sac_kind_get_size (sac_type_get_kind (params->type)),
  };
}

static void
run_move (const Move *move, SacRangeFunc func)
{
  if (move->width > 0)
    sac_elements_run (move->params->outer, SAC_ELEMENTS_CHUNK / move->width,
                      func, (void *)move);
}

static void
forward_concat (const SacCall *call)
{
  const Params *params = call->params;

  for (size_t i = 0; i < params->part_count; i++) {
    Move move = make_move (params, i);

    move.whole = call->outputs[0]->data;
    move.part = call->inputs[i]->data;
    run_move (&move, part_to_whole);
  }
}

static void
forward_split (const SacCall *call)
{
  const Params *params = call->params;

  for (size_t i = 0; i < params->part_count; i++) {
    Move move = make_move (params, i);

    if (call->outputs[i] == NULL)
      continue;
    move.whole = call->inputs[0]->data;
    move.part = call->outputs[i]->data;
    run_move (&move, whole_to_part);
  }
}

static char *
stretch (const SacTensor *whole, const Move *move)
{
  return (char *)whole->data + (size_t)move->start * move->element_size;
}

static void
gradient_concat (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  for (size_t i = 0; i < params->part_count; i++) {
    Move move = make_move (params, i);

    if (call->input_gradients[i] != NULL)
      add_rows (params, call->input_gradients[i]->data, move.width,
                stretch (call->output_gradients[0], &move), params->width,
                move.width);
  }
}

static void
gradient_split (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->input_gradients[0] == NULL)
    return;
  for (size_t i = 0; i < params->part_count; i++) {
    Move move = make_move (params, i);

    if (call->output_gradients[i] != NULL)
      add_rows (params, stretch (call->input_gradients[0], &move),
                params->width, call->output_gradients[i]->data, move.width,
                move.width);
  }
}

/* whole: the shape of the whole, cut along `axis` into parts of these sizes. */
static void
set_params (SacInfer *infer,
            SacType type,
            const SacShape *whole,
            int axis,
            const int64_t *sizes,
            size_t part_count)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t inner = sac_shape_product (whole, axis + 1, whole->rank);

  params->type = type;
  params->outer = sac_shape_product (whole, 0, axis);
  params->width = whole->dims[axis] * inner;
  params->part_count = part_count;
  params->starts =
    sac_infer_alloc (infer, (part_count + 1) * sizeof *params->starts);
  for (size_t i = 0; i < part_count; i++)
    params->starts[i + 1] = params->starts[i] + sizes[i] * inner;
  infer->params = params;
}

/* Adds input i to the whole; all axes but one must agree. */
static bool
join (
  const SacInfer *infer, size_t i, int axis, SacShape *whole, GError **error)
{
  const SacShape *shape = &infer->inputs[i]->shape;
  bool fits = shape->rank == whole->rank;

  for (int other = 0; other < whole->rank && fits; other++)
    fits = other == axis || shape->dims[other] == whole->dims[other];
  if (!fits) {
    g_autofree char *first = sac_shape_to_string (&infer->inputs[0]->shape);
    g_autofree char *text = sac_shape_to_string (shape);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%s and %s cannot be joined along axis %d", first,
                           text, axis);
  }
  if (__builtin_add_overflow (whole->dims[axis], shape->dims[axis],
                              &whole->dims[axis]))
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "the joined axis is too long");
  return true;
}

static bool
infer_concat (SacInfer *infer, GError **error)
{
  SacShape whole = infer->inputs[0]->shape;
  SacType type = infer->inputs[0]->type;
  int axis;

  if (sac_infer_attribute (infer, "axis") == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error, "it has no axis");
  if (!sac_checks_axis (infer, "axis", 0, &whole, &axis, error) ||
      !sac_infer_same_types (infer, error))
    return false;

  int64_t *sizes = sac_infer_alloc (infer, infer->input_count * sizeof *sizes);

  whole.dims[axis] = 0;
  for (size_t i = 0; i < infer->input_count; i++) {
    if (!sac_infer_has (infer, i))
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "input %zu is left out", i);
    if (!join (infer, i, axis, &whole, error))
      return false;
    sizes[i] = infer->inputs[i]->shape.dims[axis];
  }
  if (!sac_infer_output (infer, 0, type, &whole, error))
    return false;
  infer->alias = infer->input_count == 1;
  set_params (infer, type, &whole, axis, sizes, infer->input_count);
  return true;
}

/* Sizes that the node states; *ret_sizes is NULL when it states none. */
static bool
read_sizes (const SacInfer *infer,
            const int64_t **ret_sizes,
            size_t *ret_count,
            GError **error)
{
  *ret_sizes = NULL;
  if (infer->opset < 13)
    return sac_infer_ints (infer, "split", ret_sizes, ret_count, error);
  return !sac_infer_has (infer, 1) ||
         sac_infer_constant_ints (infer, 1, ret_sizes, ret_count, error);
}

static bool
check_sizes (const SacInfer *infer,
             const int64_t *sizes,
             size_t count,
             int64_t length,
             GError **error)
{
  int64_t left = length;

  if (count != infer->output_count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has %zu sizes for %zu outputs", count,
                           infer->output_count);
  for (size_t i = 0; i < count; i++) {
    if (sizes[i] < 0 || sizes[i] > left)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its sizes do not add up to %" PRId64, length);
    left -= sizes[i];
  }
  if (left != 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its sizes do not add up to %" PRId64, length);
  return true;
}

/* Equal parts; since opset 18 the last one may be shorter. */
static bool
make_sizes (const SacInfer *infer,
            int64_t length,
            int64_t *sizes,
            GError **error)
{
  int64_t count = (int64_t)infer->output_count, stated;

  if (!sac_infer_int (infer, "num_outputs", count, &stated, error))
    return false;
  if (stated != count)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "num_outputs is %" PRId64 ", but it has %" PRId64
                           " outputs",
                           stated, count);

  int64_t size = length / count + (length % count != 0);
  int64_t last = length - size * (count - 1);

  if (last < 0 || (last != size && infer->opset < 18))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%" PRId64 " cannot be split into "
                           "%" PRId64 " parts",
                           length, count);
  for (int64_t i = 0; i < count; i++)
    sizes[i] = i < count - 1 ? size : last;
  return true;
}

static bool
infer_split (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  size_t part_count = infer->output_count, count = 0;
  const int64_t *stated;
  int axis;

  if (!sac_checks_axis (infer, "axis", 0, &x->shape, &axis, error) ||
      !read_sizes (infer, &stated, &count, error))
    return false;

  int64_t length = x->shape.dims[axis];
  int64_t *sizes = sac_infer_alloc (infer, part_count * sizeof *sizes);

  if (stated == NULL ? !make_sizes (infer, length, sizes, error)
                     : !check_sizes (infer, stated, count, length, error))
    return false;
  if (stated != NULL)
    memcpy (sizes, stated, count * sizeof *sizes);
  for (size_t i = 0; i < part_count; i++) {
    SacShape part = x->shape;

    part.dims[axis] = sizes[i];
    if (!sac_infer_output (infer, i, x->type, &part, error))
      return false;
  }
  infer->alias = part_count == 1;
  set_params (infer, x->type, &x->shape, axis, sizes, part_count);
  return true;
}

const SacOp sac_op_concat = {
  .name = "Concat",
  .inputs_min = 1,
  .inputs_max = SIZE_MAX,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_concat,
  .forward = forward_concat,
  .gradient = gradient_concat,
};

const SacOp sac_op_split = {
  .name = "Split",
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = SIZE_MAX,
  .infer = infer_split,
  .forward = forward_split,
  .gradient = gradient_split,
  .gradient_inputs = SAC_SAVE (0),
};
