/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* From wishes to steps: what is computed forward. */
#include "network/plan-maker.h"

static size_t
get_bytes (const SacValueInfo *info)
{
  return sac_shape_size (&info->shape) *
         sac_kind_get_size (sac_type_get_kind (info->type));
}

int
sac_plan_add_buffer (SacPlan *plan, SacBufferKind kind, size_t bytes)
{
  SacBuffer buffer = {.kind = kind, .bytes = bytes, .first = -1, .last = -1};

  g_array_append_val (plan->buffers, buffer);
  return plan->buffers->len - 1;
}

int
sac_plan_add_slot (SacPlan *plan, int value, int buffer)
{
  SacSlot slot = {.type = plan->infos[value].type,
                  .shape = plan->infos[value].shape,
                  .buffer = buffer};

  g_array_append_val (plan->slots, slot);
  return plan->slots->len - 1;
}

int
sac_plan_add_arena_slot (SacPlan *plan, int value)
{
  size_t bytes = get_bytes (&plan->infos[value]);

  return sac_plan_add_slot (plan, value,
                            sac_plan_add_buffer (plan, SAC_BUFFER_ARENA,
                                                 bytes));
}

static void
add_inputs (SacPlanMaker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->graph->input_count; i++) {
    int value = plan->graph->inputs[i];

    if (!plan->needed[value])
      continue;

    int buffer = sac_plan_add_buffer (plan, SAC_BUFFER_INPUT,
                                      get_bytes (&plan->infos[value]));

    sac_plan_buffer (plan, buffer)->index = i;
    maker->value_slots[value] = sac_plan_add_slot (plan, value, buffer);
  }
}

static void
add_constants (SacPlanMaker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->graph->value_count; i++) {
    const SacValueInfo *info = &plan->infos[i];

    if (!plan->needed[i] || info->constant == NULL)
      continue;

    int buffer =
      sac_plan_add_buffer (plan, SAC_BUFFER_CONSTANT, get_bytes (info));

    sac_plan_buffer (plan, buffer)->constant = (SacTensor *)info->constant;
    maker->value_slots[i] = sac_plan_add_slot (plan, i, buffer);
  }
}

const int *
sac_plan_list_slots (const SacPlanMaker *maker,
                     const int *slots,
                     const int *values,
                     size_t count,
                     uint32_t keeps)
{
  int *list = sac_store_array (maker->plan->store, int, count);

  for (size_t i = 0; i < count; i++)
    list[i] =
      values[i] >= 0 && sac_plan_saves (keeps, i) ? slots[values[i]] : -1;
  return list;
}

int
sac_plan_add_scratch (SacPlan *plan, size_t bytes)
{
  return bytes > 0 ? sac_plan_add_buffer (plan, SAC_BUFFER_ARENA, bytes) : -1;
}

void
sac_plan_add_forward (SacPlanMaker *maker, size_t index, bool saves)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];

  if (sac_plan_is_alias (plan, index)) {
    int source = maker->value_slots[node->inputs[0]];

    maker->value_slots[node->outputs[0]] =
      sac_plan_add_slot (plan, node->outputs[0],
                         sac_plan_slot (plan, source)->buffer);
    return;
  }
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && plan->needed[node->outputs[i]])
      maker->value_slots[node->outputs[i]] =
        sac_plan_add_arena_slot (plan, node->outputs[i]);
  }
  if (saves && sac_plan_has_gradient (plan, index))
    maker->saved[index] = sac_plan_add_scratch (plan, asked->saved_bytes);

  SacStep step = {
    .kind = SAC_STEP_FORWARD,
    .node = index,
    .inputs = sac_plan_list_slots (maker, maker->value_slots, node->inputs,
                                   node->input_count, SAC_SAVE_ALL),
    .outputs = sac_plan_list_slots (maker, maker->value_slots, node->outputs,
                                    node->output_count, SAC_SAVE_ALL),
    .workspace = sac_plan_add_scratch (plan, asked->workspace_bytes),
    .saved = maker->saved[index],
    .cost = asked->cost,
    .float32 = plan->has_kinks && sac_plan_has_gradient (plan, index),
  };

  g_array_append_val (plan->steps, step);
}

static void
add_segment (SacPlanMaker *maker, const SacPlanSegment *segment)
{
  for (size_t i = segment->first; i < segment->end; i++) {
    if (sac_plan_runs (maker->plan, i))
      sac_plan_add_forward (maker, i, !segment->again);
  }
}

/* What was asked for gets a tensor of its own to be computed into, one for all
 * that have the same elements. */
static void
keep_results (SacPlan *plan,
              SacPlanResult *results,
              size_t count,
              const int *slots)
{
  for (size_t i = 0; i < count; i++) {
    results[i].slot = slots[results[i].value];

    SacBuffer *buffer =
      sac_plan_buffer (plan, sac_plan_slot (plan, results[i].slot)->buffer);

    if (buffer->kind != SAC_BUFFER_ARENA)
      continue;
    buffer->kind = SAC_BUFFER_RESULT;
    buffer->index = plan->result_count++;
    plan->result_bytes += buffer->bytes;
  }
}

static void
sum_up (SacPlan *plan)
{
  for (size_t i = 0; i < plan->steps->len; i++) {
    const SacStep *step = sac_plan_step (plan, i);

    plan->cost += step->cost;
    if (step->node < 0)
      continue;

    const SacNode *node = &plan->graph->nodes[step->node];

    plan->operand_count =
      MAX (plan->operand_count, MAX (node->input_count, node->output_count));
  }
}

static int *
new_slots (size_t count)
{
  int *slots = g_new (int, count);

  for (size_t i = 0; i < count; i++)
    slots[i] = -1;
  return slots;
}

void
sac_plan_make_steps (SacPlan *plan)
{
  size_t count = plan->graph->value_count;
  g_autofree int *value_slots = new_slots (count);
  g_autofree int *gradient_slots = new_slots (count);
  g_autofree bool *written = g_new0 (bool, count);
  g_autofree bool *is_wanted = g_new0 (bool, count);
  g_autofree bool *shares = g_new0 (bool, count);
  g_autofree int *saved = new_slots (plan->graph->node_count);
  SacPlanMaker maker = {
    .plan = plan,
    .value_slots = value_slots,
    .gradient_slots = gradient_slots,
    .written = written,
    .is_wanted = is_wanted,
    .shares = shares,
    .saved = saved,
  };

  add_inputs (&maker);
  add_constants (&maker);
  for (guint i = 0; i < plan->segments->len; i++)
    add_segment (&maker, sac_plan_segment (plan, i));
  keep_results (plan, plan->values, plan->value_count, value_slots);
  plan->seed = plan->steps->len;
  if (plan->gradient_count > 0)
    sac_plan_add_reverse_sweep (&maker);
  keep_results (plan, plan->gradients, plan->gradient_count, gradient_slots);
  sum_up (plan);
}
