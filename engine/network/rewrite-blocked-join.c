/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Units that follow each other become one where nobody else reads what lies
 * between: a 1x1 and a depthwise convolution, a gate and a 1x1 convolution. And
 * such a pair makes the mean of its result, which squeezes an image. */
#include "network/rewrite-blocked.h"

#include "compute/conv-gated.h"
#include "compute/conv-pair.h"
#include "network/ops/blocked-gated.h"
#include "network/ops/blocked-map.h"
#include "network/ops/blocked-pair.h"
#include "network/ops/blocked-pool.h"

typedef struct {
  SacBlocking *blocking;
  int *makers; /* per value: the unit that makes it, or -1 */
} Join;

static SacBlockedUnit *
get_unit (const Join *join, int index)
{
  return &g_array_index (join->blocking->units, SacBlockedUnit, index);
}

static const SacBlockedConv *
get_conv (const SacBlockedUnit *unit, SacConvAlgorithm algorithm)
{
  const SacBlockedConv *conv = unit->params;

  return unit->op == &sac_op_blocked_conv && conv->algorithm == algorithm
           ? conv
           : NULL;
}

/* The unit that makes the input of another, which alone reads it. */
static SacBlockedUnit *
get_private_maker (const Join *join, const SacBlockedUnit *unit, int value)
{
  const SacBlocking *blocking = join->blocking;
  int maker = join->makers[value];

  return maker >= 0 &&
             sac_rewrite_only_reader (blocking->rewrite, value) == unit->first
           ? get_unit (join, maker)
           : NULL;
}

/* By one product. */
static bool
goes_back_at_once (const SacBlockedConv *conv)
{
  return sac_blocked_conv_is_one_part (conv) &&
         conv->phases[0].algorithm == SAC_CONV_POINTWISE;
}

static void
join_pair (const Join *join, SacBlockedUnit *unit)
{
  const SacBlockedConv *second = get_conv (unit, SAC_CONV_DEPTHWISE);
  SacBlockedUnit *before =
    second != NULL ? get_private_maker (join, unit, unit->inputs[0]) : NULL;
  const SacBlockedConv *first =
    before != NULL ? get_conv (before, SAC_CONV_POINTWISE) : NULL;

  if (first == NULL || first->residual || second->residual ||
      (join->blocking->varies[unit->output] &&
       !(goes_back_at_once (first) &&
         sac_blocked_conv_is_depthwise (second))) ||
      !sac_conv_pair_can (&first->shape, &second->shape))
    return;

  SacBlockedPair *pair =
    sac_store_alloc (join->blocking->plan->store, sizeof *pair);

  *pair = (SacBlockedPair){first, second};
  unit->op = &sac_op_blocked_pair;
  unit->params = pair;
  unit->params_size = sizeof *pair;
  unit->inputs = before->inputs;
  unit->first = before->first;
  before->op = NULL;
}

/* By units, and nobody asked for its plain form. */
static bool
is_read_blocked (const Join *join, int value)
{
  const SacBlocking *blocking = join->blocking;
  const SacRewrite *rewrite = blocking->rewrite;

  for (size_t i = rewrite->starts[value]; i < rewrite->starts[value + 1]; i++) {
    if (!blocking->taken[rewrite->readers[i]])
      return false;
  }
  for (guint i = 0; i < blocking->units->len; i++) {
    const SacBlockedUnit *unit = get_unit (join, (int)i);

    for (size_t k = 0; k < unit->input_count; k++) {
      if (unit->inputs[k] == value &&
          !sac_blocking_reads_blocked (blocking, unit, value))
        return false;
    }
  }
  return !rewrite->pinned[value];
}

static void
join_mean (const Join *join, SacBlockedUnit *unit)
{
  const SacBlocking *blocking = join->blocking;
  int maker =
    unit->op == &sac_op_blocked_pool ? join->makers[unit->inputs[0]] : -1;
  SacBlockedUnit *before = maker >= 0 ? get_unit (join, maker) : NULL;

  if (before == NULL || before->op != &sac_op_blocked_pair ||
      before->has_mean || !sac_blocked_pooling_is_mean (unit->params) ||
      !sac_blocking_reads_blocked (blocking, unit, unit->inputs[0]) ||
      !is_read_blocked (join, unit->output))
    return;
  before->has_mean = true;
  before->mean = unit->output;
  before->mean_size = unit->size;
  unit->op = NULL;
}

static void
join_gate (const Join *join, SacBlockedUnit *unit)
{
  const SacBlockedConv *conv = get_conv (unit, SAC_CONV_POINTWISE);
  SacBlockedUnit *before =
    conv != NULL ? get_private_maker (join, unit, unit->inputs[0]) : NULL;
  const SacBlockedMap *map =
    before != NULL && before->op == &sac_op_blocked_multiply ? before->params
                                                             : NULL;

  if (map == NULL || !map->gate || !sac_conv_gated_can (&conv->shape) ||
      (join->blocking->varies[unit->output] && !goes_back_at_once (conv)))
    return;

  int *inputs = sac_store_array (join->blocking->plan->store, int, 3);

  inputs[0] = before->inputs[0];
  inputs[1] = before->inputs[1];
  inputs[2] = conv->residual ? unit->inputs[1] : -1;
  unit->op = &sac_op_blocked_gated;
  unit->inputs = inputs;
  unit->input_count = conv->residual ? 3 : 2;
  unit->first = before->first;
  before->op = NULL;
}

void
sac_blocking_join_units (SacBlocking *blocking)
{
  const SacGraph *graph = blocking->plan->graph;
  g_autofree int *makers = g_new (int, graph->value_count);
  Join join = {blocking, makers};

  for (size_t i = 0; i < graph->value_count; i++)
    makers[i] = -1;
  for (guint i = 0; i < blocking->units->len; i++)
    makers[get_unit (&join, (int)i)->output] = (int)i;
  for (guint i = 0; i < blocking->units->len; i++)
    join_pair (&join, get_unit (&join, (int)i));
  for (guint i = 0; i < blocking->units->len; i++)
    join_mean (&join, get_unit (&join, (int)i));
  for (guint i = 0; i < blocking->units->len; i++)
    join_gate (&join, get_unit (&join, (int)i));
  for (guint i = blocking->units->len; i > 0; i--) {
    if (get_unit (&join, (int)i - 1)->op == NULL)
      g_array_remove_index_fast (blocking->units, i - 1);
  }
}
