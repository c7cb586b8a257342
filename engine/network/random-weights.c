/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/random-weights.h"

#include "base/random.h"
#include "network/weight.h"

#include <math.h>

/* Elements that are looked at together. */
#define BLOCK (1 << 18)

/* Takes a constant, or those that a value is made of while planning. */
static void
collect (const SacGraph *graph, int value, GArray *weights, bool *seen)
{
  const SacValue *own = value >= 0 ? &graph->values[value] : NULL;

  if (own == NULL || own->is_data || seen[value])
    return;
  seen[value] = true;
  if (own->constant != NULL) {
    if (sac_tensor_get_kind (own->constant) == SAC_KIND_F32 &&
        own->constant->shape.rank >= 2)
      g_array_append_val (weights, value);
    return;
  }
  if (own->producer < 0)
    return;

  const SacNode *node = &graph->nodes[own->producer];

  for (size_t i = 0; i < node->input_count; i++)
    collect (graph, node->inputs[i], weights, seen);
}

GArray *
sac_random_weights_list (const SacGraph *graph)
{
  static const char *const ops[] = {"Conv", "ConvTranspose", "Gemm", "MatMul",
                                    NULL};
  GArray *weights = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree bool *seen = g_new0 (bool, graph->value_count);

  for (size_t n = graph->node_count; n-- > 0;) {
    const SacNode *node = &graph->nodes[n];

    if (!g_strv_contains (ops, node->op_type))
      continue;
    for (size_t i = 0; i < MIN (node->input_count, 2); i++)
      collect (graph, node->inputs[i], weights, seen);
  }
  return weights;
}

/* What stands for one weight. */
typedef struct {
  uint64_t seed, stream;
  double mean, deviation;
} Noise;

static bool
bring (
  void *owner, int64_t first, int64_t count, void *elements, GError **error)
{
  const Noise *noise = owner;
  SacRandom random = sac_random_new (noise->seed, noise->stream);
  float *values = elements;

  sac_random_skip (&random, 2 * (uint64_t)first);
  for (int64_t i = 0; i < count; i++)
    values[i] =
      (float)(noise->mean + noise->deviation * sac_random_normal (&random));
  return true;
}

static bool
measure (const SacTensor *weights, Noise *noise, SacJob *job, GError **error)
{
  g_autofree float *block = g_new (float, BLOCK);
  int64_t count = sac_tensor_get_count (weights);
  double sum = 0, squares = 0;

  for (int64_t first = 0; first < count; first += BLOCK) {
    int64_t now = MIN (BLOCK, count - first);

    if (!sac_job_check (job, error) ||
        !sac_tensor_read (weights, first, now, block, error))
      return false;
    for (int64_t i = 0; i < now; i++) {
      sum += block[i];
      squares += (double)block[i] * block[i];
    }
  }
  if (count == 0)
    return true;
  noise->mean = sum / count;
  noise->deviation =
    sqrt (fmax (0, squares / count - noise->mean * noise->mean));
  return true;
}

/* Small ones are there at once, as those of a file are. */
static SacTensor *
fill (const SacTensor *weights, const Noise *noise, GError **error)
{
  SacTensor *tensor = sac_tensor_new (weights->type, &weights->shape, error);

  if (tensor != NULL)
    bring ((void *)noise, 0, sac_tensor_get_count (tensor), tensor->data, NULL);
  return tensor;
}

/* Returns: a new tensor, at rest where it is large. */
static SacTensor *
replace (const SacTensor *weights,
         uint64_t seed,
         int value,
         SacJob *job,
         GError **error)
{
  static const SacTensorSource source = {.bring = bring, .free_owner = g_free};
  g_autofree Noise *noise = g_new0 (Noise, 1);

  noise->seed = seed;
  noise->stream = (uint64_t)value;
  if (!measure (weights, noise, job, error))
    return NULL;
  if (sac_tensor_get_bytes (weights) < SAC_WEIGHT_REST_BYTES)
    return fill (weights, noise, error);
  return sac_tensor_new_resting (weights->type, &weights->shape, &source,
                                 g_steal_pointer (&noise));
}

SacNetwork *
sac_random_weights_new (SacNetwork *network,
                        const int *weights,
                        size_t count,
                        uint64_t seed,
                        SacJob *job,
                        GError **error)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GPtrArray) tensors =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);

  for (size_t i = 0; i < count; i++) {
    SacTensor *tensor = replace (graph->values[weights[i]].constant, seed,
                                 weights[i], job, error);

    if (tensor == NULL)
      return NULL;
    g_ptr_array_add (tensors, tensor);
  }
  return sac_network_new_altered (network, weights,
                                  (SacTensor *const *)tensors->pdata, count);
}
