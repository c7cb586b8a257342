/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/layout-trace.h"

#include "base/error.h"
#include "explain/axis.h"

#include <stdlib.h>

/* A shifted window partition is a dozen nodes. */
#define STEPS_MAX 64

/* Elements are numbered in float32: whole up to here. */
#define ELEMENTS_MAX (1 << 24)

int
sac_layout_trace_step (const SacFlow *flow, int value)
{
  int up = sac_flow_dominator (flow, value);
  const SacShape *before = sac_flow_shape (flow, up);

  if (before == NULL)
    return -1;
  if (sac_node_is_layout (sac_flow_producer (flow, value)))
    return up;
  return sac_shape_equal (sac_flow_shape (flow, value), before) ? up : -1;
}

typedef struct {
  const SacFlow *flow;
  GHashTable *known; /* value + 1 -> SacTensor */
  int steps;
} Trace;

static SacTensor *trace_value (Trace *trace, int value, GError **error);

static bool
fail (GError **error, const SacNode *node)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "elements cannot be followed through %s",
               node != NULL ? node->op_type : sac_sentence ("a graph input"));
  return false;
}

/* A node made ready as a plan would. */
typedef struct {
  SacInfer infer;
  SacValueInfo *infos, *made;
  const SacValueInfo **pointers;
  GPtrArray *owned;
} Ready;

static void
ready_clear (Ready *ready)
{
  g_free (ready->infos);
  g_free (ready->made);
  g_free (ready->pointers);
  g_clear_pointer (&ready->owned, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ready, ready_clear)

/* inputs: their types and shapes count; NULL where left out. */
static bool
make_ready (const SacFlow *flow,
            const SacNode *node,
            const SacTensor *const *inputs,
            Ready *ret,
            GError **error)
{
  ret->infos = g_new0 (SacValueInfo, node->input_count);
  ret->made = g_new0 (SacValueInfo, node->output_count);
  ret->pointers = g_new0 (const SacValueInfo *, node->input_count);
  ret->owned = g_ptr_array_new_with_free_func (g_free);
  ret->infer = (SacInfer){
    .node = node,
    .opset = node->opset,
    .input_count = node->input_count,
    .inputs = ret->pointers,
    .output_count = node->output_count,
    .outputs = ret->made,
    .owned = ret->owned,
  };
  for (size_t i = 0; i < node->input_count; i++) {
    if (inputs[i] == NULL)
      continue;
    ret->infos[i].type = inputs[i]->type;
    ret->infos[i].shape = inputs[i]->shape;
    ret->infos[i].constant = sac_flow_constant (flow, node->inputs[i]);
    ret->pointers[i] = &ret->infos[i];
  }
  return node->op->infer (&ret->infer, error);
}

static bool
new_workspace (size_t bytes, void **ret_workspace)
{
  *ret_workspace = NULL;
  return bytes == 0 || posix_memalign (ret_workspace, 64, bytes) == 0;
}

bool
sac_layout_trace_node (const SacFlow *flow,
                       const SacNode *node,
                       const SacTensor *const *inputs,
                       SacTensor **outputs,
                       GError **error)
{
  g_auto (Ready) ready = {.owned = NULL};
  void *workspace;
  const char *fault = NULL;

  if (!make_ready (flow, node, inputs, &ready, error))
    return false;
  for (size_t i = 0; i < node->output_count; i++) {
    outputs[i] =
      sac_tensor_new (ready.made[i].type, &ready.made[i].shape, error);
    if (outputs[i] == NULL)
      return false;
  }
  if (!new_workspace (ready.infer.workspace_bytes, &workspace))
    return fail (error, node);

  SacCall call = {
    .params = ready.infer.params,
    .input_count = node->input_count,
    .inputs = inputs,
    .output_count = node->output_count,
    .outputs = outputs,
    .workspace = workspace,
    .fault = &fault,
  };

  node->op->forward (&call);
  free (workspace);
  return fault == NULL || fail (error, node);
}

/* own: those made here. */
static bool
number_operands (const SacFlow *flow,
                 const SacNode *node,
                 SacTensor **own,
                 const SacTensor **inputs,
                 GError **error)
{
  int64_t next = 1;

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];
    bool counts = sac_flow_depends (flow, value);

    if (value < 0)
      continue;
    if (!counts) {
      inputs[i] = sac_flow_constant (flow, value);
      if (inputs[i] == NULL)
        return fail (error, node);
      if (i > 0 && !sac_node_is (node, "Concat"))
        continue;
    }

    const SacShape *shape = sac_flow_shape (flow, value);
    int64_t size = sac_shape_size (shape);

    if (size > ELEMENTS_MAX - next)
      return fail (error, node);
    own[i] = sac_tensor_new (SAC_TYPE_FLOAT, shape, error);
    if (own[i] == NULL)
      return false;
    inputs[i] = own[i];
    for (int64_t k = 0; counts && k < size; k++)
      sac_tensor_f32 (own[i])[k] = (float)next++;
  }
  return true;
}

bool
sac_layout_trace_numbers (const SacFlow *flow,
                          const SacNode *node,
                          SacTensor **ret_numbers,
                          GError **error)
{
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, node->input_count);
  g_autofree SacTensor **own = g_new0 (SacTensor *, node->input_count);
  bool good = number_operands (flow, node, own, inputs, error) &&
              sac_layout_trace_node (flow, node, inputs, ret_numbers, error);

  for (size_t i = 0; i < node->input_count; i++)
    g_clear_pointer (&own[i], sac_tensor_unref);
  return good;
}

int64_t *
sac_layout_trace_starts (const SacFlow *flow, const SacNode *node)
{
  int64_t *starts = g_new0 (int64_t, node->input_count + 1);

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    starts[i + 1] =
      starts[i] + (sac_flow_depends (flow, value)
                     ? sac_shape_size (sac_flow_shape (flow, value))
                     : 0);
  }
  return starts;
}

int64_t
sac_layout_trace_find (const int64_t *starts,
                       const SacNode *node,
                       float number,
                       size_t *ret_operand)
{
  int64_t at = (int64_t)number - 1;

  for (size_t i = 0; at >= 0 && i < node->input_count; i++) {
    if (at >= starts[i + 1])
      continue;
    *ret_operand = i;
    return at - starts[i];
  }
  return -1;
}

bool
sac_layout_trace_adjoint (const SacFlow *flow,
                          const SacNode *node,
                          const SacTensor *const *inputs,
                          const SacTensor *output,
                          SacTensor *input,
                          GError **error)
{
  g_auto (Ready) ready = {.owned = NULL};
  g_autofree SacShape *shapes = g_new0 (SacShape, node->input_count);
  g_autofree SacTensor **slots = g_new0 (SacTensor *, node->input_count);
  void *workspace;

  if (node->op->gradient == NULL || node->op->saves_inputs != SAC_SAVE_NONE ||
      node->op->saves_outputs != SAC_SAVE_NONE || node->output_count != 1)
    return fail (error, node);
  if (!make_ready (flow, node, inputs, &ready, error))
    return false;
  if (!new_workspace (ready.infer.gradient_workspace_bytes, &workspace))
    return fail (error, node);
  for (size_t i = 0; i < node->input_count; i++)
    shapes[i] = ready.infos[i].shape;
  slots[0] = input;
  node->op->gradient (&(SacGradientCall){
    .params = ready.infer.params,
    .input_count = node->input_count,
    .inputs = inputs,
    .input_shapes = shapes,
    .output_count = 1,
    .outputs = &output,
    .output_shapes = &output->shape,
    .output_gradients = &output,
    .input_gradients = slots,
    .workspace = workspace,
  });
  free (workspace);
  return true;
}

static bool
trace_node (Trace *trace, const SacNode *node, GError **error)
{
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, node->input_count);
  g_autofree SacTensor **outputs = g_new0 (SacTensor *, node->output_count);

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    if (value < 0)
      continue;
    inputs[i] = sac_flow_constant (trace->flow, value);
    if (inputs[i] == NULL)
      inputs[i] = trace_value (trace, value, error);
    if (inputs[i] == NULL)
      return false;
  }

  bool good = sac_layout_trace_node (trace->flow, node, inputs, outputs, error);

  for (size_t i = 0; i < node->output_count; i++) {
    if (outputs[i] != NULL)
      g_hash_table_insert (trace->known, GINT_TO_POINTER (node->outputs[i] + 1),
                           outputs[i]);
  }
  return good;
}

static SacTensor *
trace_value (Trace *trace, int value, GError **error)
{
  gpointer key = GINT_TO_POINTER (value + 1);
  const SacNode *node = sac_flow_producer (trace->flow, value);
  SacTensor *found = g_hash_table_lookup (trace->known, key);

  if (found != NULL)
    return found;

  int up = sac_layout_trace_step (trace->flow, value);

  if (up < 0 || ++trace->steps > STEPS_MAX) {
    fail (error, node);
    return NULL;
  }
  if (!sac_node_is_layout (node))
    return trace_value (trace, up, error);
  if (!trace_node (trace, node, error))
    return NULL;
  return g_hash_table_lookup (trace->known, key);
}

SacTensor *
sac_layout_trace (
  const SacFlow *flow, int from, int to, SacTensor *elements, GError **error)
{
  g_autoptr (GHashTable) known =
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)sac_tensor_unref);
  Trace trace = {.flow = flow, .known = known};

  g_hash_table_insert (known, GINT_TO_POINTER (from + 1),
                       sac_tensor_ref (elements));

  SacTensor *made = trace_value (&trace, to, error);

  return made != NULL ? sac_tensor_ref (made) : NULL;
}
