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

/* The input has the elements of the output, so it takes over the output's
 * gradient, unless somebody has added to its own before or the output's is
 * asked for and must stay as it is. */
static void
add_alias_gradient (SacPlanMaker *maker, size_t index)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  int input = node->inputs[0], output = node->outputs[0];
  int source = get_gradient_slot (maker, output);

  if (!maker->written[input] && !maker->is_wanted[output]) {
    maker->gradient_slots[input] =
      add_gradient_slot (plan, input, sac_plan_slot (plan, source)->buffer);
    maker->written[input] = true;
    return;
  }

  int *slots = sac_store_array (plan->store, int, 2);

  slots[0] = source;
  slots[1] = get_gradient_slot (maker, input);

  SacStep step = {
    .kind = SAC_STEP_ADD,
    .node = -1,
    .output_gradients = &slots[0],
    .input_gradients = &slots[1],
    .clear = &slots[1],
    .clear_count = maker->written[input] ? 0 : 1,
    .workspace = -1,
    .saved = -1,
    .cost = sac_shape_size (&plan->infos[input].shape),
  };

  maker->written[input] = true;
  g_array_append_val (plan->steps, step);
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

/* Fills the step's input gradients, and which of them it is the first to add
 * to. */
static void
fill_input_gradients (SacPlanMaker *maker, size_t index, SacStep *step)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  int *slots = sac_store_array (plan->store, int, node->input_count);
  int *clear = sac_store_array (plan->store, int, node->input_count);

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    slots[i] = -1;
    if (!sac_plan_flows (plan, index, i))
      continue;
    slots[i] = get_gradient_slot (maker, value);
    if (!maker->written[value])
      clear[step->clear_count++] = slots[i];
    maker->written[value] = true;
  }
  step->input_gradients = slots;
  step->clear = clear;
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

  fill_input_gradients (maker, index, &step);
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
