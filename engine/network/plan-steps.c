/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* From wishes to steps: first what is computed forward, then the reverse sweep
 * from the target. */
#include "network/plan-private.h"

typedef struct {
  SacPlan *plan;
  int *value_slots;    /* per value: its elements, or -1 */
  int *gradient_slots; /* per value: its gradient, or -1 */
  bool *written;       /* per value: its gradient has been added to */
  bool *is_wanted;     /* per value: its gradient is asked for */
  int *saved;          /* per node: buffer of what forward leaves, or -1 */
} Maker;

static size_t
get_bytes (const SacValueInfo *info)
{
  return sac_shape_size (&info->shape) *
         sac_kind_get_size (sac_type_get_kind (info->type));
}

static int
add_buffer (SacPlan *plan, SacBufferKind kind, size_t bytes)
{
  SacBuffer buffer = {.kind = kind, .bytes = bytes, .first = -1, .last = -1};

  g_array_append_val (plan->buffers, buffer);
  return plan->buffers->len - 1;
}

static int
add_slot (SacPlan *plan, int value, int buffer)
{
  SacSlot slot = {.type = plan->infos[value].type,
                  .shape = plan->infos[value].shape,
                  .buffer = buffer};

  g_array_append_val (plan->slots, slot);
  return plan->slots->len - 1;
}

static int
add_arena_slot (SacPlan *plan, int value)
{
  size_t bytes = get_bytes (&plan->infos[value]);

  return add_slot (plan, value, add_buffer (plan, SAC_BUFFER_ARENA, bytes));
}

/* Gradients are float32 whatever narrower type the value has. */
static int
add_gradient_slot (SacPlan *plan, int value, int buffer)
{
  int slot =
    buffer < 0 ? add_arena_slot (plan, value) : add_slot (plan, value, buffer);

  sac_plan_slot (plan, slot)->type = SAC_TYPE_FLOAT;
  return slot;
}

static void
add_inputs (Maker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->graph->input_count; i++) {
    int value = plan->graph->inputs[i];

    if (!plan->needed[value])
      continue;

    int buffer =
      add_buffer (plan, SAC_BUFFER_INPUT, get_bytes (&plan->infos[value]));

    sac_plan_buffer (plan, buffer)->index = i;
    maker->value_slots[value] = add_slot (plan, value, buffer);
  }
}

static void
add_constants (Maker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->graph->value_count; i++) {
    const SacValueInfo *info = &plan->infos[i];

    if (!plan->needed[i] || info->constant == NULL)
      continue;

    int buffer = add_buffer (plan, SAC_BUFFER_CONSTANT, get_bytes (info));

    sac_plan_buffer (plan, buffer)->constant = (SacTensor *)info->constant;
    maker->value_slots[i] = add_slot (plan, i, buffer);
  }
}

/* Slots of the values; -1 where `keeps` says that the op does not want them. */
static const int *
list_slots (const Maker *maker,
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

/* Only when nothing but the elements of the input is wanted. */
static bool
can_alias (const SacPlan *plan, size_t index)
{
  const SacNode *node = &plan->graph->nodes[index];

  for (size_t i = 1; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && plan->needed[node->outputs[i]])
      return false;
  }
  return plan->nodes[index].alias;
}

static int
add_scratch (SacPlan *plan, size_t bytes)
{
  return bytes > 0 ? add_buffer (plan, SAC_BUFFER_ARENA, bytes) : -1;
}

static void
add_forward (Maker *maker, size_t index)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];

  if (can_alias (plan, index)) {
    int source = maker->value_slots[node->inputs[0]];

    maker->value_slots[node->outputs[0]] =
      add_slot (plan, node->outputs[0], sac_plan_slot (plan, source)->buffer);
    return;
  }
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && plan->needed[node->outputs[i]])
      maker->value_slots[node->outputs[i]] =
        add_arena_slot (plan, node->outputs[i]);
  }
  if (sac_plan_has_gradient (plan, index))
    maker->saved[index] = add_scratch (plan, asked->saved_bytes);

  SacStep step = {
    .kind = SAC_STEP_FORWARD,
    .node = index,
    .inputs = list_slots (maker, maker->value_slots, node->inputs,
                          node->input_count, SAC_SAVE_ALL),
    .outputs = list_slots (maker, maker->value_slots, node->outputs,
                           node->output_count, SAC_SAVE_ALL),
    .workspace = add_scratch (plan, asked->workspace_bytes),
    .saved = maker->saved[index],
    .cost = asked->cost,
  };

  g_array_append_val (plan->steps, step);
}

/* The slot of a value's gradient, made at the first call. */
static int
get_gradient_slot (Maker *maker, int value)
{
  if (maker->gradient_slots[value] < 0)
    maker->gradient_slots[value] = add_gradient_slot (maker->plan, value, -1);
  return maker->gradient_slots[value];
}

static void
add_seed (Maker *maker)
{
  SacPlan *plan = maker->plan;
  int *slots = sac_store_array (plan->store, int, 1);

  slots[0] = get_gradient_slot (maker, plan->target);
  maker->written[plan->target] = true;

  SacStep step = {.kind = SAC_STEP_SEED,
                  .node = -1,
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
add_alias_gradient (Maker *maker, size_t index)
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
fill_input_gradients (Maker *maker, size_t index, SacStep *step)
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
list_saved_inputs (const Maker *maker, size_t index)
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
add_gradient (Maker *maker, size_t index)
{
  SacPlan *plan = maker->plan;
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];
  SacStep step = {
    .kind = SAC_STEP_GRADIENT,
    .node = index,
    .inputs = list_saved_inputs (maker, index),
    .outputs = list_slots (maker, maker->value_slots, node->outputs,
                           node->output_count, node->op->saves_outputs),
    .output_gradients = list_slots (maker, maker->gradient_slots, node->outputs,
                                    node->output_count, SAC_SAVE_ALL),
    .workspace = add_scratch (plan, asked->gradient_workspace_bytes),
    .saved = maker->saved[index],
    .input_shapes = list_shapes (plan, node->inputs, node->input_count),
    .output_shapes = list_shapes (plan, node->outputs, node->output_count),
    .cost = asked->cost,
  };

  fill_input_gradients (maker, index, &step);
  g_array_append_val (plan->steps, step);
}

static void
add_reverse_sweep (Maker *maker)
{
  SacPlan *plan = maker->plan;

  for (size_t i = 0; i < plan->gradient_count; i++)
    maker->is_wanted[plan->gradients[i].value] = true;
  add_seed (maker);
  for (size_t i = plan->graph->node_count; i > 0; i--) {
    if (!sac_plan_has_gradient (plan, i - 1))
      continue;
    if (plan->nodes[i - 1].alias)
      add_alias_gradient (maker, i - 1);
    else
      add_gradient (maker, i - 1);
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
  g_autofree int *saved = new_slots (plan->graph->node_count);
  Maker maker = {plan, value_slots, gradient_slots, written, is_wanted, saved};

  add_inputs (&maker);
  add_constants (&maker);
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    if (sac_plan_runs (plan, i))
      add_forward (&maker, i);
  }
  plan->seed = plan->steps->len;
  if (plan->gradient_count > 0)
    add_reverse_sweep (&maker);
  keep_results (plan, plan->values, plan->value_count, value_slots);
  keep_results (plan, plan->gradients, plan->gradient_count, gradient_slots);
  sum_up (plan);
}
