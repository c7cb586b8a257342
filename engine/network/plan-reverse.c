/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The reverse sweep.  It goes through the segments from the last to the first;
 * one that is to be run again is, as far as its gradients need it, before its
 * gradients. */
#include "network/plan-maker.h"

/* Gradients are float32 whatever narrower type the value has. */
static int
add_gradient_slot (SacPlan *plan, int value, int buffer)
{
  int slot = buffer < 0 ? sac_plan_add_arena_slot (plan, value)
                        : sac_plan_add_slot (plan, value, buffer);

  sac_plan_slot (plan, slot)->type = SAC_TYPE_FLOAT;
  return slot;
}

/* The slot of a value's gradient, made at the first call. */
static int
get_gradient_slot (SacPlanMaker *maker, int value)
{
  if (maker->gradient_slots[value] < 0)
    maker->gradient_slots[value] = add_gradient_slot (maker->plan, value, -1);
  return maker->gradient_slots[value];
}

static void
add_seed (SacPlanMaker *maker)
{
  SacPlan *plan = maker->plan;
  int *slots = sac_store_array (plan->store, int, 2);

  slots[0] = get_gradient_slot (maker, plan->target);
  slots[1] = maker->value_slots[plan->target];
  maker->written[plan->target] = true;

  SacStep step = {.kind = SAC_STEP_SEED,
                  .node = -1,
                  .inputs = &slots[1],
                  .output_gradients = slots,
                  .workspace = -1,
                  .saved = -1,
                  .cost = 1};

  g_array_append_val (plan->steps, step);
}

static void
add_sum (SacPlanMaker *maker, int value, int from, int to, bool clear)
{
  SacPlan *plan = maker->plan;
  int *slots = sac_store_array (plan->store, int, 2);

  slots[0] = from;
  slots[1] = to;

  SacStep step = {
    .kind = SAC_STEP_ADD,
    .node = -1,
    .output_gradients = &slots[0],
    .input_gradients = &slots[1],
    .clear = &slots[1],
    .clear_count = clear ? 1 : 0,
    .workspace = -1,
    .saved = -1,
    .cost = sac_shape_size (&plan->infos[value].shape),
  };

  g_array_append_val (plan->steps, step);
}

/* A slot that can be added to in place. */
static int
get_own_gradient_slot (SacPlanMaker *maker, int value)
{
  int shared = maker->gradient_slots[value];

  if (!maker->shares[value])
    return get_gradient_slot (maker, value);
  maker->shares[value] = false;
  maker->gradient_slots[value] = -1;
  add_sum (maker, value, shared, get_gradient_slot (maker, value), true);
  return maker->gradient_slots[value];
}

/* The gradient of one value becomes that of another as it is. */
static void
hand_over (SacPlanMaker *maker, int from, int to)
{
  const SacSlot *source =
    sac_plan_slot (maker->plan, maker->gradient_slots[from]);

  maker->gradient_slots[to] =
    add_gradient_slot (maker->plan, to, source->buffer);
  maker->written[to] = true;
  maker->shares[to] = maker->shares[from] || maker->is_wanted[from];
}

/* The input has the elements of the output, so it takes over the output's
 * gradient, unless somebody has added to its own before. */
static void
add_alias_gradient (SacPlanMaker *maker, size_t index)
{
  const SacNode *node = &maker->plan->graph->nodes[index];
  int input = node->inputs[0], output = node->outputs[0];

  if (!maker->written[input])
    hand_over (maker, output, input);
  else
    add_sum (maker, input, get_gradient_slot (maker, output),
             get_own_gradient_slot (maker, input), false);
}

static const SacShape *
list_shapes (const SacPlan *plan, const int *values, size_t count)
{
  SacShape *shapes = sac_store_array (plan->store, SacShape, count);

  for (size_t i = 0; i < count; i++) {
    if (values[i] >= 0)
      shapes[i] = plan->infos[values[i]].shape;
  }
  return shapes;
}

/* The place that an op which sets a gradient fills: a new one for each sum, so
 * that none is read and written at once.  Returns in ret_sum what it has to be
 * added to. */
static int
renew_gradient_slot (SacPlanMaker *maker, int value, int *ret_sum)
{
  *ret_sum = maker->written[value] ? maker->gradient_slots[value] : -1;
  maker->gradient_slots[value] = -1;
  maker->shares[value] = false;
  return get_gradient_slot (maker, value);
}

/* The one output that has a gradient, or -1. */
static int
find_source (const SacPlanMaker *maker, const SacNode *node)
{
  int source = -1;

  for (size_t i = 0; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value < 0 || !maker->written[value])
      continue;
    if (source >= 0)
      return -1;
    source = value;
  }
  return source;
}

/* Inputs whose gradient is that of the output take it over, where nothing has
 * been added to their own before.  Returns in ret_passed which. */
static void
pass_on (SacPlanMaker *maker, size_t index, bool *ret_passed)
{
  const SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  uint32_t passes = plan->nodes[index].passes;
  int source = find_source (maker, node);
  int before = -1;

  for (size_t i = 0; source >= 0 && i < node->input_count; i++) {
    int value = node->inputs[i];

    if (!sac_plan_saves (passes, i) || !sac_plan_flows (plan, index, i) ||
        maker->written[value] ||
        !sac_shape_equal (&plan->infos[value].shape,
                          &plan->infos[source].shape))
      continue;
    hand_over (maker, source, value);
    ret_passed[i] = true;
    if (before >= 0)
      maker->shares[before] = maker->shares[value] = true;
    before = value;
  }
}

/* Fills the step's input gradients, and which of them it is the first to add
 * to.  Returns: false when nothing is left to do. */
static bool
fill_input_gradients (SacPlanMaker *maker, size_t index, SacStep *step)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  int *slots = sac_store_array (plan->store, int, node->input_count);
  int *others = sac_store_array (plan->store, int, node->input_count);
  g_autofree bool *passed = g_new0 (bool, node->input_count + 1);
  bool any = false;

  if (plan->nodes[index].passes != 0)
    pass_on (maker, index, passed);
  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    slots[i] = -1;
    if (node->op->sets)
      others[i] = -1;
    if (passed[i] || !sac_plan_flows (plan, index, i))
      continue;
    if (node->op->sets) {
      slots[i] = renew_gradient_slot (maker, value, &others[i]);
    } else {
      slots[i] = get_own_gradient_slot (maker, value);
      if (!maker->written[value])
        others[step->clear_count++] = slots[i];
    }
    maker->written[value] = true;
    any = true;
  }
  step->input_gradients = slots;
  if (node->op->sets)
    step->sums = others;
  else
    step->clear = others;
  return any;
}

static const int *
list_saved_inputs (const SacPlanMaker *maker, size_t index)
{
  const SacNode *node = &maker->plan->graph->nodes[index];
  int *list = sac_store_array (maker->plan->store, int, node->input_count);
  g_autofree bool *saved = g_new (bool, node->input_count + 1);

  sac_plan_list_saved (maker->plan, index, saved);
  for (size_t i = 0; i < node->input_count; i++)
    list[i] = saved[i] && node->inputs[i] >= 0
                ? maker->value_slots[node->inputs[i]]
                : -1;
  return list;
}

static void
add_gradient (SacPlanMaker *maker, size_t index)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];
  SacStep step = {
    .kind = SAC_STEP_GRADIENT,
    .node = index,
    .inputs = list_saved_inputs (maker, index),
    .outputs =
      sac_plan_list_slots (maker, maker->value_slots, node->outputs,
                           node->output_count, node->op->saves_outputs),
    .output_gradients =
      sac_plan_list_slots (maker, maker->gradient_slots, node->outputs,
                           node->output_count, SAC_SAVE_ALL),
    .workspace = sac_plan_add_scratch (plan, asked->gradient_workspace_bytes),
    .saved = maker->saved[index],
    .input_shapes = list_shapes (plan, node->inputs, node->input_count),
    .output_shapes = list_shapes (plan, node->outputs, node->output_count),
    .cost = asked->cost,
  };

  if (fill_input_gradients (maker, index, &step))
    g_array_append_val (plan->steps, step);
}

/* Whether a value is there already: an input, a constant, a result. */
static bool
is_kept (const SacPlanMaker *maker, int value)
{
  const SacSlot *slot = sac_plan_slot (maker->plan, maker->value_slots[value]);

  return sac_plan_buffer (maker->plan, slot->buffer)->kind != SAC_BUFFER_ARENA;
}

/* Whether the node has to run again, once `wanted` is complete for everything
 * behind it. */
static bool
runs_again (const SacPlanMaker *maker, size_t index, const bool *wanted)
{
  const SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];

  if (!sac_plan_runs (plan, index))
    return false;
  if (plan->nodes[index].saved_bytes > 0 && sac_plan_has_gradient (plan, index))
    return true;
  for (size_t i = 0; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value >= 0 && wanted[value] && !is_kept (maker, value))
      return true;
  }
  return false;
}

static void
repeat (SacPlanMaker *maker, const SacPlanSegment *segment)
{
  SacPlan *plan = maker->plan;
  g_autofree bool *wanted = g_new0 (bool, plan->graph->value_count);
  g_autofree bool *runs = g_new0 (bool, segment->end - segment->first);
  guint before = plan->steps->len;

  for (size_t i = segment->end; i > segment->first; i--) {
    const SacNode *node = &plan->graph->nodes[i - 1];

    if (!plan->nodes[i - 1].alias && sac_plan_has_gradient (plan, i - 1))
      sac_plan_mark_saved (plan, i - 1, wanted);
    if (!runs_again (maker, i - 1, wanted))
      continue;
    runs[i - 1 - segment->first] = true;
    for (size_t k = 0; k < node->input_count; k++) {
      if (node->inputs[k] >= 0 && !sac_plan_only_shape (node, k))
        wanted[node->inputs[k]] = true;
    }
  }
  for (size_t i = segment->first; i < segment->end; i++) {
    if (runs[i - segment->first])
      sac_plan_add_forward (maker, i, true);
  }
  plan->repeated_count += plan->steps->len - before;
}

static void
reverse_segment (SacPlanMaker *maker, const SacPlanSegment *segment)
{
  SacPlan *plan = maker->plan;

  if (segment->again)
    repeat (maker, segment);
  for (size_t i = segment->end; i > segment->first; i--) {
    if (!sac_plan_has_gradient (plan, i - 1))
      continue;
    if (plan->nodes[i - 1].alias)
      add_alias_gradient (maker, i - 1);
    else
      add_gradient (maker, i - 1);
  }
}

void
sac_plan_add_reverse_sweep (SacPlanMaker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->gradient_count; i++)
    maker->is_wanted[plan->gradients[i].value] = true;
  add_seed (maker);
  for (guint i = plan->segments->len; i > 0; i--)
    reverse_segment (maker, sac_plan_segment (plan, i - 1));
}
