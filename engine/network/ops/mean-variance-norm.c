/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* MeanVarianceNormalization: (x - mean) / (deviation + 1e-9) over some axes, by
 * default all but the channels'.  Moments are sums in double, the deviation is
 * that from the mean already known. */
#include "network/ops/axes.h"
#include "network/ops/checks.h"
#include "network/ops/reduction.h"

#include <math.h>

#define TINY 1e-9

typedef struct {
  SacReduction reduction;
} Params;

static bool
read_axes (const SacInfer *infer, bool *chosen, GError **error)
{
  static const int64_t usual[] = {0, 2, 3};
  const SacShape *x = &infer->inputs[0]->shape;
  const int64_t *axes;
  size_t count;

  if (!sac_infer_ints (infer, "axes", &axes, &count, error))
    return false;
  if (axes == NULL) {
    axes = usual;
    count = G_N_ELEMENTS (usual);
  }
  for (size_t i = 0; i < count; i++) {
    int axis;

    if (!sac_axes_check (infer, axes[i], x->rank, &axis, error))
      return false;
    chosen[axis] = true;
  }
  return true;
}

static bool
mvn_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  bool chosen[SAC_LIMIT_RANK] = {false};

  if (!sac_checks_float32 (infer, error) || !read_axes (infer, chosen, error))
    return false;
  sac_reduction_init (&params->reduction, &infer->inputs[0]->shape, chosen);
  infer->params = params;
  return sac_infer_output (infer, 0, infer->inputs[0]->type,
                           &infer->inputs[0]->shape, error);
}

/* A block of rows that share no element. */
typedef struct {
  const float *x;
  const float *dy;
  float *to; /* y or dx */
  double mean[SAC_REDUCTION_BLOCK];
  double deviation[SAC_REDUCTION_BLOCK];
  double g[SAC_REDUCTION_BLOCK];   /* mean of dy */
  double g_z[SAC_REDUCTION_BLOCK]; /* mean of dy (x - mean) */
} Block;

static int64_t
row_of (const SacReductionRun *run, int64_t i)
{
  return run->first + (run->spread ? i : 0);
}

static void
add_elements (const SacReductionRun *run, void *data)
{
  Block *block = data;

  for (int64_t i = 0; i < run->count; i++)
    block->mean[row_of (run, i)] += (double)block->x[run->at + i];
}

static void
add_squares (const SacReductionRun *run, void *data)
{
  Block *block = data;

  for (int64_t i = 0; i < run->count; i++) {
    int64_t row = row_of (run, i);
    double difference = (double)block->x[run->at + i] - block->mean[row];

    block->deviation[row] += difference * difference;
  }
}

static void
measure (const SacReduction *r, Block *block, int64_t from, int64_t count)
{
  double size = (double)r->reduced_count;

  for (int64_t i = 0; i < count; i++)
    block->mean[i] = block->deviation[i] = block->g[i] = block->g_z[i] = 0;
  sac_reduction_visit (r, from, count, add_elements, block);
  for (int64_t i = 0; i < count; i++)
    block->mean[i] /= size;
  sac_reduction_visit (r, from, count, add_squares, block);
  for (int64_t i = 0; i < count; i++)
    block->deviation[i] = sqrt (block->deviation[i] / size);
}

static void
place_elements (const SacReductionRun *run, void *data)
{
  const Block *block = data;

  for (int64_t i = 0; i < run->count; i++) {
    int64_t row = row_of (run, i);

    block->to[run->at + i] =
      (float)(((double)block->x[run->at + i] - block->mean[row]) /
              (block->deviation[row] + TINY));
  }
}

static void
forward_block (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  Block block;

  block.x = sac_tensor_f32 (call->inputs[0]);
  block.to = sac_tensor_f32 (call->outputs[0]);
  measure (&params->reduction, &block, from, to - from);
  sac_reduction_visit (&params->reduction, from, to - from, place_elements,
                       &block);
}

static void
mvn_forward (const SacCall *call)
{
  const Params *params = call->params;

  if (params->reduction.reduced_count > 0)
    sac_reduction_run (&params->reduction, forward_block, (void *)call);
}

static void
add_gradients (const SacReductionRun *run, void *data)
{
  Block *block = data;

  for (int64_t i = 0; i < run->count; i++) {
    int64_t row = row_of (run, i);
    double dy = (double)block->dy[run->at + i];

    block->g[row] += dy;
    block->g_z[row] += dy * ((double)block->x[run->at + i] - block->mean[row]);
  }
}

/* With d the deviation and t = d + 1e-9:
 *   dx = (dy - mean dy) / t - (x - mean) mean (dy (x - mean)) / (d t^2) */
static void
send_back (const SacReductionRun *run, void *data)
{
  const Block *block = data;

  for (int64_t i = 0; i < run->count; i++) {
    int64_t row = row_of (run, i);
    double t = block->deviation[row] + TINY;
    double z = (double)block->x[run->at + i] - block->mean[row];
    double dx = ((double)block->dy[run->at + i] - block->g[row]) / t;

    if (block->deviation[row] > 0)
      dx -= z * block->g_z[row] / (block->deviation[row] * t * t);
    block->to[run->at + i] += (float)dx;
  }
}

static void
gradient_block (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  const SacReduction *r = &params->reduction;
  Block block;

  block.x = sac_tensor_f32 (call->inputs[0]);
  block.dy = sac_tensor_f32 (call->output_gradients[0]);
  block.to = sac_tensor_f32 (call->input_gradients[0]);
  measure (r, &block, from, to - from);
  sac_reduction_visit (r, from, to - from, add_gradients, &block);
  for (int64_t i = 0; i < to - from; i++) {
    block.g[i] /= (double)r->reduced_count;
    block.g_z[i] /= (double)r->reduced_count;
  }
  sac_reduction_visit (r, from, to - from, send_back, &block);
}

static void
mvn_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL ||
      params->reduction.reduced_count == 0)
    return;
  sac_reduction_run (&params->reduction, gradient_block, (void *)call);
}

const SacOp sac_op_mean_variance_normalization = {
  .name = "MeanVarianceNormalization",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = mvn_infer,
  .forward = mvn_forward,
  .gradient = mvn_gradient,
  .saves_inputs = SAC_SAVE (0),
};
