/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One run of a plan: an arena, a tensor for each slot, and the steps. */
#include "base/error.h"
#include "base/job-rest.h"
#include "base/pages.h"
#include "compute/loop.h"
#include "compute/vector-math.h"
#include "network/escape.h"
#include "network/ops/elements.h"
#include "network/plan-private.h"
#include "network/result.h"

#include <string.h>
#include <time.h>

typedef struct {
  SacPlan *plan;
  SacTensor **inputs; /* one per graph input, as the plan wants them */
  const SacRunParams *params;
  bool sweeps; /* back, after the forward steps */
  SacResult *result;
  SacStepTime *times; /* or NULL */
  SacJob *job;
  char *arena;
  SacTensor *tensors; /* one per slot */
  /* Arguments of the step at hand. */
  const SacTensor **step_inputs;
  const SacTensor **step_outputs;
  const SacTensor **output_gradients;
  SacTensor **input_gradients;
  const SacTensor **sums;
} Run;

/* What a tensor without elements points to. */
static _Alignas(64) char nowhere[64];

static char *
take_arena (SacPlan *plan)
{
  g_mutex_lock (&plan->arena_mutex);
  char *arena = g_steal_pointer (&plan->idle_arena);

  g_mutex_unlock (&plan->arena_mutex);
  if (plan->arena_bytes == 0)
    return nowhere;
  return arena != NULL ? arena : sac_pages_new (plan->arena_bytes);
}

static void
give_arena_back (SacPlan *plan, char *arena)
{
  if (arena == NULL || arena == nowhere)
    return;
  g_mutex_lock (&plan->arena_mutex);
  bool keep =
    plan->idle_arena == NULL && plan->arena_bytes <= SAC_PLAN_IDLE_BYTES;

  if (keep)
    plan->idle_arena = arena;
  g_mutex_unlock (&plan->arena_mutex);
  if (!keep)
    sac_pages_free (arena, plan->arena_bytes);
}

static float
round_to (SacType type, float value)
{
  if (type == SAC_TYPE_FLOAT16)
    return sac_half_to_float (sac_float_to_half (value));
  if (type == SAC_TYPE_BFLOAT16)
    return sac_bfloat_to_float (sac_float_to_bfloat (value));
  return value;
}

/* The caller's tensor, or a copy rounded to the narrower type of the value. */
static SacTensor *
accept_input (const SacTensor *given, SacType declared, GError **error)
{
  if (given->type == declared)
    return sac_tensor_ref ((SacTensor *)given);

  SacTensor *rounded = sac_tensor_new (declared, &given->shape, error);

  if (rounded == NULL)
    return NULL;

  bool is_double = given->type == SAC_TYPE_DOUBLE;
  const double *doubles = given->data;
  const float *floats = given->data;
  int64_t count = sac_tensor_get_count (given);

  for (int64_t i = 0; i < count; i++)
    sac_tensor_f32 (rounded)[i] =
      is_double ? (float)doubles[i] : round_to (declared, floats[i]);
  return rounded;
}

static bool
check_input_shape (const SacPlan *plan,
                   size_t input,
                   const SacTensor *given,
                   GError **error)
{
  int value = plan->graph->inputs[input];

  if (sac_shape_equal (&given->shape, &plan->infos[value].shape))
    return true;

  g_autofree char *name = sac_escape_short (plan->graph->values[value].name);
  g_autofree char *got = sac_shape_to_string (&given->shape);
  g_autofree char *planned = sac_shape_to_string (&plan->infos[value].shape);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "input \"%s\" has shape %s, the plan was made for %s", name, got,
               planned);
  return false;
}

static bool
accept_inputs (Run *run, const SacTensor *const *inputs, GError **error)
{
  const SacGraph *graph = run->plan->graph;
  g_autofree SacShape *shapes = g_new (SacShape, graph->input_count + 1);

  if (!sac_plan_bind (run->plan->network, inputs, shapes, error))
    return false;
  for (size_t i = 0; i < graph->input_count; i++) {
    if (!check_input_shape (run->plan, i, inputs[i], error))
      return false;
    run->inputs[i] =
      accept_input (inputs[i], graph->values[graph->inputs[i]].type, error);
    if (run->inputs[i] == NULL)
      return false;
  }
  return true;
}

static bool
check_cotangent (const Run *run, GError **error)
{
  const SacPlan *plan = run->plan;
  const SacTensor *cotangent = run->params->cotangent;

  if (!run->sweeps)
    return true;
  if (plan->target < 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "a cotangent is given, and the plan has no target");
    return false;
  }
  if (cotangent == NULL)
    return true;

  const SacShape *wanted = &plan->infos[plan->target].shape;

  if (cotangent->type == SAC_TYPE_FLOAT &&
      sac_shape_equal (&cotangent->shape, wanted))
    return true;

  g_autofree char *got = sac_shape_to_string (&cotangent->shape);
  g_autofree char *text = sac_shape_to_string (wanted);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the cotangent is %s of shape %s, the target float32 of %s",
               sac_type_get_name (cotangent->type), got, text);
  return false;
}

static void *
find_data (const Run *run, const SacBuffer *buffer)
{
  const SacTensor *owner;

  switch (buffer->kind) {
  case SAC_BUFFER_INPUT:
    return run->inputs[buffer->index]->data;
  case SAC_BUFFER_CONSTANT:
    return buffer->constant->data;
  case SAC_BUFFER_RESULT:
    owner = sac_result_get_owner (run->result, buffer->index);
    return owner != NULL ? owner->data : NULL;
  case SAC_BUFFER_ARENA:
  default:
    return buffer->bytes > 0 ? run->arena + buffer->offset : nowhere;
  }
}

static void
make_tensors (Run *run)
{
  const SacPlan *plan = run->plan;

  for (size_t i = 0; i < plan->slots->len; i++) {
    const SacSlot *slot = sac_plan_slot (plan, i);

    run->tensors[i] = (SacTensor){
      .type = slot->type,
      .shape = slot->shape,
      .data = find_data (run, sac_plan_buffer (plan, slot->buffer)),
    };
  }
}

static SacTensor *
get_tensor (Run *run, int slot)
{
  return slot >= 0 ? &run->tensors[slot] : NULL;
}

static void
gather (Run *run, const int *slots, size_t count, const SacTensor **tensors)
{
  for (size_t i = 0; i < count; i++)
    tensors[i] = get_tensor (run, slots[i]);
}

static void *
get_workspace (const Run *run, const SacStep *step)
{
  return step->workspace >= 0
           ? find_data (run, sac_plan_buffer (run->plan, step->workspace))
           : nowhere;
}

static void *
get_saved (const Run *run, const SacStep *step)
{
  return step->saved >= 0
           ? find_data (run, sac_plan_buffer (run->plan, step->saved))
           : NULL;
}

static bool
run_forward (Run *run, const SacStep *step, GError **error)
{
  const SacNode *node = &run->plan->graph->nodes[step->node];
  const char *fault = NULL;

  gather (run, step->inputs, node->input_count, run->step_inputs);
  gather (run, step->outputs, node->output_count, run->step_outputs);

  SacCall call = {
    .params = run->plan->nodes[step->node].params,
    .input_count = node->input_count,
    .inputs = run->step_inputs,
    .output_count = node->output_count,
    .outputs = (SacTensor *const *)run->step_outputs,
    .workspace = get_workspace (run, step),
    .saved = get_saved (run, step),
    .job = run->job,
    .fault = &fault,
  };

  bool before = sac_loop_set_float32 (step->float32);

  node->op->forward (&call);
  sac_loop_set_float32 (before);
  if (fault == NULL)
    return true;

  g_autofree char *label = sac_escape_node (node, node->opset);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH, "%s: %s", label,
               sac_sentence (fault));
  return false;
}

static void
run_gradient (Run *run, const SacStep *step)
{
  const SacNode *node = &run->plan->graph->nodes[step->node];

  gather (run, step->inputs, node->input_count, run->step_inputs);
  gather (run, step->outputs, node->output_count, run->step_outputs);
  gather (run, step->output_gradients, node->output_count,
          run->output_gradients);
  for (size_t i = 0; i < node->input_count; i++)
    run->input_gradients[i] = get_tensor (run, step->input_gradients[i]);
  if (step->sums != NULL)
    gather (run, step->sums, node->input_count, run->sums);

  SacGradientCall call = {
    .params = run->plan->nodes[step->node].params,
    .input_count = node->input_count,
    .inputs = run->step_inputs,
    .input_shapes = step->input_shapes,
    .output_count = node->output_count,
    .outputs = run->step_outputs,
    .output_shapes = step->output_shapes,
    .output_gradients = run->output_gradients,
    .input_gradients = run->input_gradients,
    .sums = step->sums != NULL ? run->sums : NULL,
    .workspace = get_workspace (run, step),
    .saved = get_saved (run, step),
    .job = run->job,
  };

  node->op->gradient (&call);
}

typedef struct {
  const float *from;
  float *to;
} Sum;

static SAC_WIDE void
add_elements (int64_t first, int64_t end, void *data)
{
  const Sum *sum = data;

  SAC_INDEPENDENT
  for (int64_t i = first; i < end; i++)
    sum->to[i] += sum->from[i];
}

static void
add (const SacTensor *from, SacTensor *to)
{
  Sum sum = {sac_tensor_f32 (from), sac_tensor_f32 (to)};

  sac_elements_run (sac_tensor_get_count (to), SAC_ELEMENTS_CHUNK, add_elements,
                    &sum);
}

static bool
run_seed (Run *run, const SacStep *step, GError **error)
{
  const SacRunParams *params = run->params;
  SacTensor *seed = get_tensor (run, step->output_gradients[0]);

  if (params->cotangent != NULL) {
    memcpy (seed->data, params->cotangent->data, sac_tensor_get_bytes (seed));
    return true;
  }
  memset (seed->data, 0, sac_tensor_get_bytes (seed));
  return params->seed (get_tensor (run, step->inputs[0]), seed,
                       params->seed_data, error);
}

static bool
run_step (Run *run, const SacStep *step, GError **error)
{
  for (size_t i = 0; i < step->clear_count; i++) {
    SacTensor *tensor = get_tensor (run, step->clear[i]);

    memset (tensor->data, 0, sac_tensor_get_bytes (tensor));
  }
  switch (step->kind) {
  case SAC_STEP_FORWARD:
    return run_forward (run, step, error);
  case SAC_STEP_GRADIENT:
    run_gradient (run, step);
    return true;
  case SAC_STEP_ADD:
    add (get_tensor (run, step->output_gradients[0]),
         get_tensor (run, step->input_gradients[0]));
    return true;
  case SAC_STEP_SEED:
  default:
    return run_seed (run, step, error);
  }
}

/* Without a cotangent there is no reverse sweep. */
static size_t
count_steps (const Run *run)
{
  return run->sweeps ? run->plan->steps->len : run->plan->seed;
}

/* A kernel that saw the cancellation returns early, so the job is asked after
 * each step as well. */
static SacStepTime
get_time (void)
{
  struct timespec cpu;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return (SacStepTime){
    .wall = (double)g_get_monotonic_time () / 1e3,
    .cpu = (double)cpu.tv_sec * 1e3 + (double)cpu.tv_nsec / 1e6,
  };
}

static bool
run_timed (Run *run, size_t index, GError **error)
{
  const SacStep *step = sac_plan_step (run->plan, index);

  if (run->times == NULL)
    return run_step (run, step, error);

  SacStepTime start = get_time ();
  bool good = run_step (run, step, error);
  SacStepTime end = get_time ();

  run->times[index] = (SacStepTime){end.wall - start.wall, end.cpu - start.cpu};
  return good;
}

static bool
run_steps (Run *run, GError **error)
{
  const SacPlan *plan = run->plan;
  size_t count = count_steps (run);
  double total = 0, done = 0;

  for (size_t i = 0; i < count; i++)
    total += sac_plan_step (plan, i)->cost;
  if (!sac_job_check (run->job, error))
    return false;
  for (size_t i = 0; i < count; i++) {
    const SacStep *step = sac_plan_step (plan, i);

    sac_job_rest (run->job);
    if (!run_timed (run, i, error) || !sac_job_check (run->job, error))
      return false;
    done += step->cost;
    sac_job_set_progress (run->job, done / total);
  }
  return true;
}

/* Of the steps that will run. */
static bool
prepare_steps (const Run *run, GError **error)
{
  const SacPlan *plan = run->plan;

  for (size_t i = 0; i < count_steps (run); i++) {
    const SacStep *step = sac_plan_step (plan, i);
    bool gradient = step->kind == SAC_STEP_GRADIENT;

    if (step->kind != SAC_STEP_FORWARD && !gradient)
      continue;

    const SacOp *op = plan->graph->nodes[step->node].op;

    if (op->prepare == NULL)
      continue;
    if (!op->prepare (plan->nodes[step->node].params, gradient, run->job,
                      error) ||
        !sac_job_check (run->job, error))
      return false;
  }
  return true;
}

static bool
run_plan (Run *run, const SacTensor *const *inputs, GError **error)
{
  if (!accept_inputs (run, inputs, error) || !check_cotangent (run, error) ||
      !sac_plan_hold_constants (run->plan, run->job, error) ||
      !sac_result_reserve (run->result, run->sweeps, error))
    return false;
  run->arena = take_arena (run->plan);
  if (run->arena == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory for a run that needs %zu MiB",
                 run->plan->arena_bytes >> 20);
    return false;
  }
  make_tensors (run);
  return prepare_steps (run, error) && run_steps (run, error) &&
         sac_result_fill (run->result, run->tensors, run->sweeps, error);
}

SacResult *
sac_plan_run (SacPlan *plan,
              const SacRunParams *params,
              SacJob *job,
              GError **error)
{
  size_t input_count = plan->graph->input_count;
  size_t room = plan->operand_count + 1;
  g_autofree SacTensor *tensors = g_new (SacTensor, plan->slots->len + 1);
  g_autofree SacTensor **pointers = g_new0 (SacTensor *, 5 * room);
  g_autoptr (GPtrArray) inputs =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  g_autoptr (SacResult) result = sac_result_new (plan);

  g_ptr_array_set_size (inputs, input_count);

  Run run = {
    .plan = plan,
    .inputs = (SacTensor **)inputs->pdata,
    .params = params,
    .sweeps = params->cotangent != NULL || params->seed != NULL,
    .result = result,
    .times = params->step_times,
    .job = job,
    .tensors = tensors,
    .step_inputs = (const SacTensor **)pointers,
    .step_outputs = (const SacTensor **)pointers + room,
    .output_gradients = (const SacTensor **)pointers + 2 * room,
    .input_gradients = pointers + 3 * room,
    .sums = (const SacTensor **)pointers + 4 * room,
  };
  bool good = run_plan (&run, params->inputs, error);

  give_arena_back (plan, run.arena);
  return good ? g_steal_pointer (&result) : NULL;
}
