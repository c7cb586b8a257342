/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What lies between convolutions: functions, sums, products, pools,
 * concatenations, where what they read is blocked already. */
#include "network/rewrite-blocked.h"

#include "network/ops/blocked-concat.h"
#include "network/ops/blocked-map.h"
#include "network/ops/blocked-pool.h"
#include "network/ops/pooling.h"

#include <string.h>

static const SacNode *
node_at (const SacBlocking *blocking, int index)
{
  return &blocking->plan->graph->nodes[index];
}

static SacBlockedSize
size_of (const SacBlocking *blocking, int value)
{
  return sac_blocked_size_of (&blocking->plan->infos[value].shape);
}

/* A unit of one node or a chain of them, which reads the first inputs of
 * `first`. */
static void
add_unit (SacBlocking *blocking,
          const SacOp *op,
          const SacBlockingChain *chain,
          SacBlockedUnit unit)
{
  unit.op = op;
  unit.node = chain->nodes[chain->node_count - 1];
  unit.output = chain->value;
  unit.has_twin = blocking->plan->infos[chain->value].shape.rank == 4;
  sac_blocking_add (blocking, &unit, chain->nodes, chain->node_count);
}

static void
add_map (SacBlocking *blocking,
         const SacOp *op,
         const SacBlockingChain *chain,
         const SacBlockedMap *map,
         const int *inputs)
{
  SacStore *store = blocking->plan->store;
  SacBlockedMap *params = sac_store_alloc (store, sizeof *params);
  int *values = sac_store_array (store, int, 2);
  size_t count = op == &sac_op_blocked_map ? 1 : 2;

  *params = *map;
  memcpy (values, inputs, count * sizeof *values);
  add_unit (blocking, op, chain,
            (SacBlockedUnit){.params = params,
                             .params_size = sizeof *params,
                             .inputs = values,
                             .input_count = count,
                             .size = map->size});
}

static bool
match_map (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  int x = node->input_count > 0 ? node->inputs[0] : -1;
  SacBlockedMap map = {0};
  SacBlockingChain chain = {.value = x};
  SacBlockingNorm norm;

  if (!sac_blocking_is_blocked (blocking, x))
    return false;
  map.size = size_of (blocking, x);
  if (sac_blocking_match_gate (blocking, index, &chain, &map.activation)) {
    add_map (blocking, &sac_op_blocked_map, &chain, &map, &x);
    return true;
  }
  if (sac_blocking_match_norm (blocking, index, &norm)) {
    sac_blocking_go_on (&chain, index, node->outputs[0]);
    map.scale = norm.scale;
    map.shift = norm.shift;
    sac_blocking_end_chain (blocking, &chain, &map.activation);
  } else if (sac_blocking_match_function (blocking, index, &map.activation)) {
    sac_blocking_go_on (&chain, index, node->outputs[0]);
  } else {
    return false;
  }
  add_map (blocking, &sac_op_blocked_map, &chain, &map, &x);
  return true;
}

static bool
match_add (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  SacBlockingChain chain = {0};
  SacBlockedMap map = {0};

  if (!sac_rewrite_is (blocking->rewrite, index, "Add") ||
      (!sac_blocking_is_blocked (blocking, node->inputs[0]) &&
       !sac_blocking_is_blocked (blocking, node->inputs[1])) ||
      !sac_blocking_is_image (blocking, node->inputs[0]) ||
      !sac_blocking_is_image (blocking, node->inputs[1]))
    return false;
  map.size = size_of (blocking, node->inputs[0]);

  SacBlockedSize second = size_of (blocking, node->inputs[1]);

  if (!sac_blocked_same (&map.size, &second))
    return false;
  sac_blocking_go_on (&chain, index, node->outputs[0]);
  sac_blocking_end_chain (blocking, &chain, &map.activation);
  add_map (blocking, &sac_op_blocked_add, &chain, &map, node->inputs);
  return true;
}

/* The factor that may be smaller comes second. */
static bool
match_multiply (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  SacBlockingChain chain = {0};

  if (!sac_rewrite_is (blocking->rewrite, index, "Mul"))
    return false;
  for (int i = 0; i < 2; i++) {
    int inputs[] = {node->inputs[i], node->inputs[1 - i]};

    if (!sac_blocking_is_blocked (blocking, inputs[0]) ||
        !sac_blocking_is_image (blocking, inputs[1]))
      continue;

    SacBlockedMap map = {.size = size_of (blocking, inputs[0])};
    SacBlockedSize second = size_of (blocking, inputs[1]);

    map.gate = !sac_blocked_same (&map.size, &second);
    if (second.images != map.size.images ||
        second.channels != map.size.channels ||
        (map.gate && (second.height != 1 || second.width != 1)))
      continue;
    sac_blocking_go_on (&chain, index, node->outputs[0]);
    add_map (blocking, &sac_op_blocked_multiply, &chain, &map, inputs);
    return true;
  }
  return false;
}

static void
add_pool (SacBlocking *blocking, int index, const SacBlockedPooling *pool)
{
  const SacNode *node = node_at (blocking, index);
  SacStore *store = blocking->plan->store;
  SacBlockedPooling *params = sac_store_alloc (store, sizeof *params);
  SacBlockingChain chain = {0};

  *params = *pool;
  sac_blocking_go_on (&chain, index, node->outputs[0]);
  add_unit (blocking, &sac_op_blocked_pool, &chain,
            (SacBlockedUnit){.params = params,
                             .params_size = sizeof *params,
                             .inputs = node->inputs,
                             .input_count = 1,
                             .size = pool->out});
}

/* Taps along an axis that count for an average. */
static const double *
list_counts (SacBlocking *blocking,
             const SacWindow *window,
             int axis,
             bool include_pads)
{
  SacWindow w = *window;
  double *counts =
    sac_store_array (blocking->plan->store, double, (size_t)w.out[axis]);

  if (include_pads) {
    w.in[axis] += w.pad_begin[axis] + w.pad_end[axis];
    w.pad_begin[axis] = 0;
  }
  for (int64_t i = 0; i < w.out[axis]; i++) {
    int64_t from, to;

    sac_window_taps (&w, axis, i, &from, &to);
    counts[i] = (double)(to - from);
  }
  return counts;
}

/* A pool with a window.  Both ops have it at the beginning of their params. */
static bool
match_window (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  bool average = sac_rewrite_is (blocking->rewrite, index, "AveragePool");
  int indices = node->output_count > 1 ? node->outputs[1] : -1;

  if ((!average && !sac_rewrite_is (blocking->rewrite, index, "MaxPool")) ||
      !sac_blocking_is_blocked (blocking, node->inputs[0]) ||
      !sac_blocking_is_image (blocking, node->outputs[0]) ||
      (indices >= 0 &&
       (blocking->rewrite->pinned[indices] ||
        sac_rewrite_reader_count (blocking->rewrite, indices) > 0)))
    return false;

  const SacPooling *pooling = blocking->plan->nodes[index].params;
  SacBlockedPooling pool = {
    .in = size_of (blocking, node->inputs[0]),
    .out = size_of (blocking, node->outputs[0]),
    .window = pooling->window,
    .average = average,
  };
  const SacWindow *w = &pool.window;

  if (w->rank != 2 || w->kernel[0] > SAC_BLOCKED_TAPS_MAX ||
      w->kernel[1] > SAC_BLOCKED_TAPS_MAX ||
      w->kernel[0] * w->kernel[1] > SAC_BLOCKED_TAPS_MAX)
    return false;
  for (int axis = 0; average && axis < 2; axis++)
    pool.counts[axis] =
      list_counts (blocking, w, axis,
                   sac_rewrite_int (node, "count_include_pad", 0) != 0);
  add_pool (blocking, index, &pool);
  return true;
}

/* ReduceMean over rows and columns. */
static bool
is_mean (const SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  const SacShape *in = &blocking->plan->infos[node->inputs[0]].shape;
  const SacShape *out = &blocking->plan->infos[node->outputs[0]].shape;

  if (sac_rewrite_is (blocking->rewrite, index, "GlobalAveragePool"))
    return out->rank == 4;
  if (!sac_rewrite_is (blocking->rewrite, index, "ReduceMean") ||
      blocking->plan->infos[node->outputs[0]].type != SAC_TYPE_FLOAT)
    return false;
  /* To reduce an axis of 1 changes nothing, so the shape tells. */
  return out->rank == 4 && out->dims[0] == in->dims[0] &&
         out->dims[1] == in->dims[1] && out->dims[2] == 1 && out->dims[3] == 1;
}

static bool
match_mean (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  int x = node->input_count > 0 ? node->inputs[0] : -1;

  if (!sac_blocking_is_blocked (blocking, x) || !is_mean (blocking, index))
    return false;

  SacBlockedSize in = size_of (blocking, x);
  SacBlockedPooling pool = {
    .in = in,
    .out = {in.images, in.channels, 1, 1},
    .average = true,
  };
  int64_t sides[] = {(int64_t)in.height, (int64_t)in.width};

  pool.window = (SacWindow){
    .rank = 2,
    .kernel = {sides[0], sides[1]},
    .stride = {1, 1},
    .dilation = {1, 1},
    .in = {sides[0], sides[1]},
    .out = {1, 1},
  };
  for (int axis = 0; axis < 2; axis++) {
    double *count = sac_store_array (blocking->plan->store, double, 1);

    *count = (double)sides[axis];
    pool.counts[axis] = count;
  }
  add_pool (blocking, index, &pool);
  return true;
}

static bool
is_channel_axis (const SacNode *node)
{
  int64_t axis = sac_rewrite_int (node, "axis", 0);

  return axis == 1 || axis == -3;
}

/* Half of the inputs are blocked already. */
static bool
match_concat (SacBlocking *blocking, int index)
{
  const SacNode *node = node_at (blocking, index);
  SacStore *store = blocking->plan->store;
  size_t blocked = 0;

  if (!sac_rewrite_is (blocking->rewrite, index, "Concat") ||
      !is_channel_axis (node) ||
      !sac_blocking_is_image (blocking, node->outputs[0]))
    return false;
  for (size_t i = 0; i < node->input_count; i++) {
    blocked += sac_blocking_is_blocked (blocking, node->inputs[i]);
    if (!sac_blocking_is_image (blocking, node->inputs[i]))
      return false;
  }
  if (2 * blocked < node->input_count)
    return false;

  SacBlockedConcat *concat = sac_store_alloc (store, sizeof *concat);
  size_t *channels = sac_store_array (store, size_t, node->input_count);
  SacBlockingChain chain = {0};

  concat->size = size_of (blocking, node->outputs[0]);
  concat->channels = channels;
  for (size_t i = 0; i < node->input_count; i++) {
    SacBlockedSize size = size_of (blocking, node->inputs[i]);

    channels[i] = size.channels;
    concat->largest = MAX (concat->largest, sac_blocked_count (&size));
  }
  sac_blocking_go_on (&chain, index, node->outputs[0]);
  add_unit (blocking, &sac_op_blocked_concat, &chain,
            (SacBlockedUnit){.params = concat,
                             .params_size = sizeof *concat,
                             .inputs = node->inputs,
                             .input_count = node->input_count,
                             .size = concat->size});
  return true;
}

void
sac_blocking_match_other (SacBlocking *blocking, int node)
{
  static bool (*const matches[]) (SacBlocking *, int) = {
    match_map,
    match_add,
    match_multiply,
    match_window,
    match_mean,
    match_concat,
    sac_blocking_match_channel_norm,
  };

  for (size_t i = 0; i < G_N_ELEMENTS (matches) && !blocking->taken[node]; i++)
    if (matches[i](blocking, node))
      return;
}
