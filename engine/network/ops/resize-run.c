/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Axes that shrink are resized first, so that the passes after them have less
 * to do.  Weighted sums are in float32, tap after tap. */
#include "base/error.h"
#include "network/ops/elements.h"
#include "network/ops/resize.h"

#include <string.h>

static bool
is_unchanged (const SacInterpolateRule *rule, const SacInterpolateAxis *axis)
{
  return axis->in == axis->out && axis->scale == 1 &&
         rule->coordinates != SAC_COORDINATES_TF_HALF_PIXEL_FOR_NN &&
         (rule->coordinates != SAC_COORDINATES_TF_CROP_AND_RESIZE ||
          (axis->crop_from == 0 && axis->crop_to == 1));
}

/* The axes to be resized, the one that shrinks most first. */
static int
order_axes (const SacInterpolateRule *rule,
            const SacInterpolateAxis *axes,
            int rank,
            int *order)
{
  int count = 0;

  for (int axis = 0; axis < rank; axis++) {
    double ratio = (double)axes[axis].out / (double)axes[axis].in;
    int place = count;

    if (is_unchanged (rule, &axes[axis]))
      continue;
    for (; place > 0; place--) {
      const SacInterpolateAxis *other = &axes[order[place - 1]];

      if ((double)other->out / (double)other->in <= ratio)
        break;
      order[place] = order[place - 1];
    }
    order[place] = axis;
    count++;
  }
  return count;
}

bool
sac_resize_plan (SacInfer *infer,
                 SacResizeParams *params,
                 const SacInterpolateRule *rule,
                 const SacInterpolateAxis *axes,
                 GError **error)
{
  SacShape shape = infer->inputs[0]->shape;
  int order[SAC_LIMIT_RANK];

  if (sac_shape_size (&shape) == 0 && sac_shape_size (&params->y) > 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "an input without elements cannot be resized");
  if (sac_shape_size (&params->y) == 0)
    return true;
  params->pass_count = order_axes (rule, axes, shape.rank, order);
  for (int i = 0; i < params->pass_count; i++) {
    SacResizePass *pass = &params->passes[i];

    pass->axis = order[i];
    pass->outer = sac_shape_product (&shape, 0, pass->axis);
    pass->inner = sac_shape_product (&shape, pass->axis + 1, shape.rank);
    if (!sac_interpolate_tabulate (infer, rule, &axes[pass->axis], &pass->table,
                                   error))
      return false;
    shape.dims[pass->axis] = pass->table.out;
    infer->cost += (double)pass->outer * (double)pass->inner *
                   (double)pass->table.begins[pass->table.out];
    if (i + 1 < params->pass_count)
      params->between = MAX (params->between, sac_shape_size (&shape));
  }
  return true;
}

/* One pass of one run; forward from input to output, backward from the output's
 * gradient to the input's, which is added to. */
typedef struct {
  const SacResizePass *pass;
  const void *from;
  void *to;
  size_t element_size;
} Walk;

/* y: inner elements; x: in x inner. */
static inline void
sum_taps (const SacResizePass *pass, int64_t output, const float *x, float *y)
{
  const SacInterpolateTable *t = &pass->table;
  int32_t first = t->begins[output];
  int32_t end = t->begins[output + 1];

  if (first == end) {
    memset (y, 0, (size_t)pass->inner * sizeof (float));
    return;
  }
  for (int32_t tap = first; tap < end; tap++) {
    const float *part = x + t->places[tap] * pass->inner;
    float weight = t->weights[tap];

    if (tap == first) {
      for (int64_t i = 0; i < pass->inner; i++)
        y[i] = weight * part[i];
    } else {
      for (int64_t i = 0; i < pass->inner; i++)
        y[i] += weight * part[i];
    }
  }
}

static void
resize_rows (int64_t from, int64_t to, void *data)
{
  const Walk *walk = data;
  const SacResizePass *pass = walk->pass;
  int64_t output = from % pass->table.out;
  int64_t outer = from / pass->table.out;

  for (int64_t row = from; row < to; row++) {
    sum_taps (pass, output,
              (const float *)walk->from + outer * pass->table.in * pass->inner,
              (float *)walk->to + row * pass->inner);
    if (++output == pass->table.out) {
      output = 0;
      outer++;
    }
  }
}

/* The nearest element has weight 1 and may be of any type. */
static void
copy_rows (int64_t from, int64_t to, void *data)
{
  const Walk *walk = data;
  const SacResizePass *pass = walk->pass;
  const SacInterpolateTable *t = &pass->table;
  size_t bytes = (size_t)pass->inner * walk->element_size;

  for (int64_t row = from; row < to; row++) {
    int64_t output = row % t->out;
    int64_t tap = t->begins[output];
    char *y = (char *)walk->to + (size_t)row * bytes;

    if (tap == t->begins[output + 1])
      memset (y, 0, bytes);
    else
      memcpy (y,
              (const char *)walk->from +
                (size_t)(row / t->out * t->in + t->places[tap]) * bytes,
              bytes);
  }
}

/* Sets what lies outside of the cropped region along one axis. */
static void
extrapolate (const SacResizeParams *params, int axis, SacTensor *y)
{
  const SacInterpolateTable *t = NULL;
  int64_t outer = sac_shape_product (&params->y, 0, axis);
  int64_t inner = sac_shape_product (&params->y, axis + 1, params->y.rank);

  for (int i = 0; i < params->pass_count; i++) {
    if (params->passes[i].axis == axis)
      t = &params->passes[i].table;
  }
  if (t == NULL || !t->has_outside)
    return;
  for (int64_t row = 0; row < outer * t->out; row++) {
    int64_t output = row % t->out;

    if (t->begins[output] != t->begins[output + 1])
      continue;
    for (int64_t i = row * inner; i < (row + 1) * inner; i++) {
      if (params->kind == SAC_KIND_F32)
        sac_tensor_f32 (y)[i] = params->extrapolation;
      else if (params->kind == SAC_KIND_I64)
        sac_tensor_i64 (y)[i] = (int64_t)params->extrapolation;
      else
        ((uint8_t *)y->data)[i] = params->extrapolation != 0;
    }
  }
}

void
sac_resize_forward (const SacCall *call)
{
  const SacResizeParams *params = call->params;
  SacTensor *y = call->outputs[0];
  size_t element_size = sac_kind_get_size (params->kind);
  const void *from = call->inputs[0]->data;

  if (params->pass_count == 0)
    memcpy (y->data, from, sac_tensor_get_bytes (y));
  for (int i = 0; i < params->pass_count; i++) {
    const SacResizePass *pass = &params->passes[i];
    bool is_last = i + 1 == params->pass_count;
    size_t place = (size_t)(i % 2 * params->between) * element_size;
    Walk walk = {pass, from,
                 is_last ? y->data : (char *)call->workspace + place,
                 element_size};

    sac_elements_run (pass->outer * pass->table.out,
                      SAC_ELEMENTS_CHUNK / 4 / pass->inner,
                      params->kind == SAC_KIND_F32 ? resize_rows : copy_rows,
                      &walk);
    from = walk.to;
  }
  for (int axis = 0; axis < params->y.rank; axis++)
    extrapolate (params, axis, y);
}

/* Columns of `inner` that are sent back together: pieces do not overlap. */
#define COLUMNS 1024

static int64_t
count_pieces (const SacResizePass *pass)
{
  return (pass->inner + COLUMNS - 1) / COLUMNS;
}

static void
send_back (int64_t from, int64_t to, void *data)
{
  const Walk *walk = data;
  const SacResizePass *pass = walk->pass;
  const SacInterpolateTable *t = &pass->table;

  for (int64_t piece = from; piece < to; piece++) {
    int64_t outer = piece / count_pieces (pass);
    int64_t column = piece % count_pieces (pass) * COLUMNS;
    int64_t count = MIN (COLUMNS, pass->inner - column);
    const float *dy =
      (const float *)walk->from + outer * t->out * pass->inner + column;
    float *dx = (float *)walk->to + outer * t->in * pass->inner + column;

    for (int64_t output = 0; output < t->out; output++) {
      const float *g = dy + output * pass->inner;

      for (int32_t tap = t->begins[output]; tap < t->begins[output + 1];
           tap++) {
        float *place = dx + t->places[tap] * pass->inner;
        float weight = t->weights[tap];

        for (int64_t i = 0; i < count; i++)
          place[i] += weight * g[i];
      }
    }
  }
}

void
sac_resize_gradient (const SacGradientCall *call)
{
  const SacResizeParams *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;

  const float *from = sac_tensor_f32 (call->output_gradients[0]);
  float *dx = sac_tensor_f32 (call->input_gradients[0]);

  if (params->pass_count == 0) {
    for (int64_t i = 0; i < sac_shape_size (&params->y); i++)
      dx[i] += from[i];
  }
  for (int i = params->pass_count - 1; i >= 0; i--) {
    const SacResizePass *pass = &params->passes[i];
    Walk walk = {pass, from, dx, sizeof (float)};

    if (i > 0) {
      walk.to = (float *)call->workspace + i % 2 * params->between;
      memset (walk.to, 0,
              (size_t)(pass->outer * pass->table.in * pass->inner) *
                sizeof (float));
    }
    sac_elements_run (pass->outer * count_pieces (pass),
                      SAC_ELEMENTS_CHUNK /
                        (pass->table.out * MIN (COLUMNS, pass->inner)),
                      send_back, &walk);
    from = walk.to;
  }
}
