/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-map.h"

#include "base/pool.h"
#include "compute/elementwise.h"
#include "compute/vector-math.h"

static bool
infer_outputs (SacInfer *infer, size_t extra, GError **error)
{
  const SacBlockedMap *map = sac_blocked_get (infer);
  size_t floats;

  infer->params = (void *)map;
  if (!sac_blocked_infer_outputs (infer, &map->size, &floats, error))
    return false;
  infer->workspace_bytes = (floats + extra) * sizeof (float);
  infer->gradient_workspace_bytes =
    2 * sac_blocked_count (&map->size) * sizeof (float);
  infer->saved_bytes =
    sac_blocked_activation_saved (&map->activation,
                                  sac_blocked_count (&map->size));
  return true;
}

static bool
map_infer (SacInfer *infer, GError **error)
{
  const SacBlockedMap *map = sac_blocked_get (infer);

  return sac_blocked_check_input (infer, 0, &map->size, error) &&
         infer_outputs (infer, sac_blocked_input_floats (infer, 0, &map->size),
                        error);
}

typedef struct {
  const SacBlockedMap *map;
  size_t plane; /* rows that share a block's numbers */
  const float *x, *b;
  float *y;
} Work;

/* Calls func for each run of rows that share their numbers. */
static inline size_t
run_length (const Work *work, size_t row, size_t end)
{
  size_t next = (row / work->plane + 1) * work->plane;

  return MIN (next, end) - row;
}

static SAC_WIDE void
scale_rows (
  float *y, const float *x, const float *scale, const float *shift, size_t rows)
{
  for (size_t row = 0; row < rows; row++) {
    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      y[row * SAC_BLOCK + lane] =
        x[row * SAC_BLOCK + lane] * scale[lane] + shift[lane];
  }
}

static void
scale_part (size_t first, size_t count, void *data)
{
  static const float zeros[SAC_BLOCK];
  const Work *work = data;
  const SacBlockedMap *map = work->map;

  for (size_t row = first, run; row < first + count; row += run) {
    size_t block = row / work->plane * SAC_BLOCK;

    run = run_length (work, row, first + count);
    scale_rows (work->y + row * SAC_BLOCK, work->x + row * SAC_BLOCK,
                map->scale + block, work->b != NULL ? work->b + block : zeros,
                run);
  }
}

static void
map_forward (const SacCall *call)
{
  const SacBlockedMap *map = call->params;
  float *workspace = call->workspace;
  const float *x = sac_blocked_read (call->inputs[0], &map->size, &workspace);
  float *y = sac_blocked_begin (call, &workspace);
  Work work = {map, sac_blocked_pixels (&map->size), x, map->shift, y};

  if (map->scale != NULL) {
    sac_blocked_run (sac_blocked_rows (&map->size), scale_part, &work);
    x = y;
  }
  sac_blocked_activation_apply (&map->activation, x, y,
                                sac_blocked_rows (&map->size), call->saved);
  sac_blocked_clear_tail (y, &map->size);
  sac_blocked_finish (call, &map->size, y);
}

/* Where input 0 has its gradient made: in its place, unless there is something
 * that it has to be added to. */
static float *
get_place (const SacGradientCall *call, float *room)
{
  const float *base = NULL;
  float *place = call->input_gradients[0] != NULL
                   ? sac_blocked_target (call, 0, room, &base)
                   : room;

  return base == NULL ? place : room;
}

static void
map_gradient (const SacGradientCall *call)
{
  const SacBlockedMap *map = call->params;
  float *workspace = (float *)call->workspace;
  float *dx = get_place (call, workspace + sac_blocked_count (&map->size));
  const float *dy = sac_blocked_collect (call, &map->size, &workspace);
  size_t rows = sac_blocked_rows (&map->size);
  Work work = {map, sac_blocked_pixels (&map->size), dx, NULL, dx};

  sac_blocked_activation_reverse (&map->activation, dx, dy, rows, call->saved);
  if (map->scale != NULL)
    sac_blocked_run (rows, scale_part, &work);
  sac_blocked_give (call, 0, &map->size, dx);
}

const SacOp sac_op_blocked_map = {
  .name = "BlockedMap",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = map_infer,
  .forward = map_forward,
  .gradient = map_gradient,
  .sets = true,
};

static SacElementwise
elementwise_of (const SacBlockedMap *map)
{
  return (SacElementwise){
    .images = map->size.images,
    .channels = map->size.channels,
    .pixels = map->size.height * map->size.width,
  };
}

static bool
add_infer (SacInfer *infer, GError **error)
{
  const SacBlockedMap *map = sac_blocked_get (infer);

  if (map->activation.function == SAC_FUNCTION_NONE)
    infer->passes = SAC_SAVE (0) | SAC_SAVE (1);
  return sac_blocked_check_input (infer, 0, &map->size, error) &&
         sac_blocked_check_input (infer, 1, &map->size, error) &&
         infer_outputs (infer,
                        sac_blocked_input_floats (infer, 0, &map->size) +
                          sac_blocked_input_floats (infer, 1, &map->size),
                        error);
}

static void
add_forward (const SacCall *call)
{
  const SacBlockedMap *map = call->params;
  float *workspace = call->workspace;
  SacElementwise work = elementwise_of (map);

  work.x = sac_blocked_read (call->inputs[0], &map->size, &workspace);
  work.tail.residual =
    sac_blocked_read (call->inputs[1], &map->size, &workspace);
  work.y = sac_blocked_begin (call, &workspace);
  sac_blocked_activation_end (&map->activation, work.y, call->saved,
                              &work.tail);
  if (sac_elementwise_run (&work, call->job))
    sac_blocked_finish (call, &map->size, work.y);
}

static void
add_gradient (const SacGradientCall *call)
{
  const SacBlockedMap *map = call->params;
  float *workspace = (float *)call->workspace;
  float *dx = get_place (call, workspace + sac_blocked_count (&map->size));
  const float *dy = sac_blocked_collect (call, &map->size, &workspace);

  if (map->activation.function != SAC_FUNCTION_NONE) {
    sac_blocked_activation_reverse (&map->activation, dx, dy,
                                    sac_blocked_rows (&map->size), call->saved);
    dy = dx;
  }
  sac_blocked_give (call, 0, &map->size, dy);
  sac_blocked_give (call, 1, &map->size, dy);
}

const SacOp sac_op_blocked_add = {
  .name = "BlockedAdd",
  .domain = "saccade",
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = add_infer,
  .forward = add_forward,
  .gradient = add_gradient,
  .sets = true,
};

static SacBlockedSize
second_size (const SacBlockedMap *map)
{
  if (!map->gate)
    return map->size;
  return (SacBlockedSize){map->size.images, map->size.channels, 1, 1};
}

static bool
multiply_infer (SacInfer *infer, GError **error)
{
  const SacBlockedMap *map = sac_blocked_get (infer);
  SacBlockedSize second = second_size (map);

  if (!sac_blocked_check_input (infer, 0, &map->size, error) ||
      !sac_blocked_check_input (infer, 1, &second, error) ||
      !infer_outputs (infer,
                      sac_blocked_input_floats (infer, 0, &map->size) +
                        sac_blocked_input_floats (infer, 1, &second),
                      error))
    return false;
  infer->gradient_workspace_bytes +=
    3 * sac_blocked_count (&map->size) * sizeof (float);
  return true;
}

static void
multiply_part (size_t first, size_t count, void *data)
{
  static const float zeros[SAC_BLOCK];
  const Work *work = data;

  if (!work->map->gate) {
    sac_blocked_multiply_rows (work->y + first * SAC_BLOCK,
                               work->x + first * SAC_BLOCK,
                               work->b + first * SAC_BLOCK, count);
    return;
  }
  for (size_t row = first, run; row < first + count; row += run) {
    run = run_length (work, row, first + count);
    scale_rows (work->y + row * SAC_BLOCK, work->x + row * SAC_BLOCK,
                work->b + row / work->plane * SAC_BLOCK, zeros, run);
  }
}

static void
multiply_forward (const SacCall *call)
{
  const SacBlockedMap *map = call->params;
  SacBlockedSize second = second_size (map);
  float *workspace = call->workspace;
  const float *x = sac_blocked_read (call->inputs[0], &map->size, &workspace);
  const float *b = sac_blocked_read (call->inputs[1], &second, &workspace);
  float *y = sac_blocked_begin (call, &workspace);
  Work work = {.map = map, .x = x, .b = b, .y = y};
  SacElementwise gated = elementwise_of (map);

  gated.x = x;
  gated.gate = b;
  gated.y = y;
  if (map->gate)
    sac_elementwise_run (&gated, call->job);
  else
    sac_blocked_run (sac_blocked_rows (&map->size), multiply_part, &work);
  sac_blocked_finish (call, &map->size, y);
}

/* Pixels that are gone through twice, as they stay in the L1 cache. */
#define GATE_PIXELS 64

static SAC_WIDE void
add_scaled (float *to,
            const float *from,
            const float *scale,
            const float *base,
            size_t pixels)
{
  for (size_t i = 0; i < pixels * SAC_BLOCK; i += SAC_BLOCK) {
    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      to[i + lane] = from[i + lane] * scale[lane] + base[i + lane];
  }
}

/* Two sums at a time, so that one does not wait for the other. */
static SAC_WIDE void
add_products (const float *a, const float *b, size_t pixels, double *sums)
{
  float even[SAC_BLOCK] = {0}, odd[SAC_BLOCK] = {0};
  size_t i = 0, end = pixels * SAC_BLOCK;

  for (; i + 2 * SAC_BLOCK <= end; i += 2 * SAC_BLOCK) {
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      even[lane] += a[i + lane] * b[i + lane];
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      odd[lane] += a[i + SAC_BLOCK + lane] * b[i + SAC_BLOCK + lane];
  }
  for (size_t lane = 0; i < end && lane < SAC_BLOCK; lane++)
    even[lane] += a[i + lane] * b[i + lane];
  for (size_t lane = 0; lane < SAC_BLOCK; lane++)
    sums[lane] += (double)even[lane] + (double)odd[lane];
}

void
sac_blocked_gate_back (const SacBlockedGateBack *back, double *sums)
{
  static const float zeros[SAC_BLOCK];

  for (size_t first = 0; first < back->pixels; first += GATE_PIXELS) {
    size_t count = MIN (GATE_PIXELS, back->pixels - first);
    size_t place = first * SAC_BLOCK;

    if (back->a != NULL)
      add_products (back->dy + place, back->a + place, count, sums);
    if (back->da != NULL && back->base != NULL)
      add_scaled (back->da + place, back->dy + place, back->b,
                  back->base + place, count);
    else if (back->da != NULL)
      scale_rows (back->da + place, back->dy + place, back->b, zeros, count);
  }
}

/* All pixels of one block and image. */
typedef struct {
  size_t pixels;
  const float *dy, *a, *b;
  const float *base; /* of dA, or NULL */
  float *da, *db;    /* or NULL */
} Gate;

static void
reverse_gate (size_t plane, void *data)
{
  const Gate *gate = data;
  size_t place = plane * gate->pixels * SAC_BLOCK;
  double sums[SAC_BLOCK] = {0};

  sac_blocked_gate_back (
    &(SacBlockedGateBack){
      .pixels = gate->pixels,
      .dy = gate->dy + place,
      .a = gate->db != NULL ? gate->a + place : NULL,
      .b = gate->da != NULL ? gate->b + plane * SAC_BLOCK : NULL,
      .base = gate->base != NULL ? gate->base + place : NULL,
      .da = gate->da != NULL ? gate->da + place : NULL,
    },
    sums);
  for (size_t lane = 0; gate->db != NULL && lane < SAC_BLOCK; lane++)
    gate->db[plane * SAC_BLOCK + lane] = (float)sums[lane];
}

static void
gate_gradient (const SacGradientCall *call, const float *dy, float *workspace)
{
  const SacBlockedMap *map = call->params;
  SacBlockedSize second = second_size (map);
  float *product = workspace;
  float *db = product + sac_blocked_count (&map->size);
  Gate gate = {.pixels = map->size.height * map->size.width, .dy = dy};

  workspace = db + sac_blocked_count (&second);
  if (call->input_gradients[0] != NULL) {
    gate.b = sac_blocked_read (call->inputs[1], &second, &workspace);
    gate.da = sac_blocked_target (call, 0, product, &gate.base);
  }
  if (call->input_gradients[1] != NULL) {
    gate.a = sac_blocked_read (call->inputs[0], &map->size, &workspace);
    gate.db = db;
  }
  sac_pool_run (sac_blocks (map->size.channels) * map->size.images,
                reverse_gate, &gate);
  if (gate.da == product)
    sac_blocked_give (call, 0, &map->size, product);
  sac_blocked_give (call, 1, &second, db);
}

static void
multiply_gradient (const SacGradientCall *call)
{
  const SacBlockedMap *map = call->params;
  size_t rows = sac_blocked_rows (&map->size);
  float *workspace = (float *)call->workspace;
  const float *dy = sac_blocked_collect (call, &map->size, &workspace);
  float *product = workspace;

  if (map->gate) {
    gate_gradient (call, dy, workspace);
    return;
  }
  workspace += sac_blocked_count (&map->size);
  for (size_t i = 0; i < 2; i++) {
    float *room = workspace;
    Work work = {.map = map, .x = dy, .y = product};

    if (call->input_gradients[i] == NULL)
      continue;
    work.b = sac_blocked_read (call->inputs[1 - i], &map->size, &room);
    sac_blocked_run (rows, multiply_part, &work);
    sac_blocked_give (call, i, &map->size, product);
  }
}

const SacOp sac_op_blocked_multiply = {
  .name = "BlockedMultiply",
  .domain = "saccade",
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = multiply_infer,
  .forward = multiply_forward,
  .gradient = multiply_gradient,
  .sets = true,
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};
