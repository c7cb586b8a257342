/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "guess-shapes.h"

typedef struct {
  int64_t batch;
  int64_t side;  /* of an image */
  int64_t count; /* along any other axis: instances of a bag, tokens */
} Sizes;

/* The first are what most networks take.  Two samples are for pairs stacked on
 * the batch axis; counts are more than one, because an axis of one says
 * nothing, and enough for a selection of the best few. */
static const Sizes tries[] = {
  {1, 224, 64}, {2, 224, 64}, {1, 256, 256}, {2, 256, 1}, {1, 384, 196},
  {1, 299, 16}, {1, 128, 8},  {1, 64, 4},    {1, 32, 1},
};

/* Returns: false when an input has no shape.  *ret_assumed: more than a batch
 * of one was filled in. */
static bool
fill_shapes (SacModel *model,
             const Sizes *sizes,
             SacShape *ret_shapes,
             bool *ret_assumed)
{
  const SacGraph *graph = sac_network_get_graph (sac_model_get_network (model));
  const SacManifest *manifest = sac_model_get_manifest (model);

  *ret_assumed = false;
  for (size_t i = 0; i < graph->input_count; i++) {
    const SacValue *value = &graph->values[graph->inputs[i]];
    const SacManifestInput *input = &manifest->inputs[i];
    SacShape shape = value->shape;
    int first_side = input->nhwc ? 1 : 2;

    if (!value->has_shape)
      return false;
    for (int axis = 0; axis < shape.rank; axis++) {
      bool is_batch = axis == 0 && shape.rank > 2;
      int side = shape.rank == 4 ? axis - first_side : -1;
      int stated = side == 0 ? input->height : side == 1 ? input->width : 0;

      if (shape.dims[axis] >= 0)
        continue;
      if (is_batch)
        shape.dims[axis] = sizes->batch;
      else if (side == 0 || side == 1)
        shape.dims[axis] = stated > 0 ? stated : sizes->side;
      else
        shape.dims[axis] = sizes->count;
      *ret_assumed =
        *ret_assumed || (is_batch ? shape.dims[axis] != 1 : stated <= 0);
    }
    ret_shapes[i] = shape;
  }
  return true;
}

static bool
same_shapes (const SacShape *a, const SacShape *b, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (!sac_shape_equal (&a[i], &b[i]))
      return false;
  }
  return true;
}

/* Keeps the first try's shapes and reason until one succeeds. */
static bool
try_sizes (SacModel *model,
           const Sizes *sizes,
           SacJob *job,
           CliGuess *guess,
           GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  size_t count = sac_network_get_graph (network)->input_count;
  g_autofree SacShape *shapes = g_new0 (SacShape, count + 1);
  g_autoptr (GError) reason = NULL;
  bool assumed;

  if (!fill_shapes (model, sizes, shapes, &assumed))
    return false;
  if (guess->shapes != NULL && same_shapes (shapes, guess->shapes, count))
    return true;

  SacPlanRequest request = {.input_shapes = shapes};

  guess->plan = sac_plan_new (network, &request, job, &reason);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (guess->shapes == NULL || guess->plan != NULL) {
    g_free (guess->shapes);
    guess->shapes = g_steal_pointer (&shapes);
    guess->assumed = assumed;
  }
  if (guess->reason == NULL)
    guess->reason = g_steal_pointer (&reason);
  return true;
}

CliGuess *
cli_guess_shapes (SacModel *model, SacJob *job, GError **error)
{
  g_autoptr (CliGuess) guess = g_new0 (CliGuess, 1);

  for (size_t i = 0; i < G_N_ELEMENTS (tries) && guess->plan == NULL; i++) {
    if (!try_sizes (model, &tries[i], job, guess, error))
      return NULL;
  }
  if (guess->plan == NULL && !guess->assumed) {
    g_propagate_error (error, g_steal_pointer (&guess->reason));
    return NULL;
  }
  return g_steal_pointer (&guess);
}

void
cli_guess_free (CliGuess *guess)
{
  if (guess == NULL)
    return;
  sac_plan_unref (guess->plan);
  g_free (guess->shapes);
  g_clear_error (&guess->reason);
  g_free (guess);
}
