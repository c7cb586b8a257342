/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/fold.h"

#include "base/error.h"
#include "base/limits.h"
#include "tensor/rest.h"

#include <string.h>

#define WORKSPACE_ALIGNMENT 64

bool
sac_fold_infer (const SacNode *node,
                const SacValueInfo *const *inputs,
                SacValueInfo *outputs,
                SacInfer *ret_infer,
                GError **error)
{
  *ret_infer = (SacInfer){
    .node = node,
    .opset = node->opset,
    .input_count = node->input_count,
    .inputs = inputs,
    .output_count = node->output_count,
    .outputs = outputs,
    .owned = g_ptr_array_new_with_free_func (g_free),
  };
  memset (outputs, 0, sizeof *outputs * node->output_count);
  if (!node->op->infer (ret_infer, error))
    return false;
  if (ret_infer->workspace_bytes > SAC_LIMIT_ARENA_BYTES ||
      ret_infer->gradient_workspace_bytes > SAC_LIMIT_ARENA_BYTES ||
      ret_infer->saved_bytes > SAC_LIMIT_ARENA_BYTES)
    return sac_infer_fail (ret_infer, SAC_ERROR_TOO_LARGE, error,
                           "its scratch memory is beyond the limit of %zu MiB",
                           SAC_LIMIT_ARENA_BYTES >> 20);
  for (size_t i = 0; i < node->output_count; i++)
    g_assert (sac_type_get_kind (outputs[i].type) != SAC_KIND_NONE);
  return true;
}

void
sac_fold_clear (SacInfer *infer)
{
  g_clear_pointer (&infer->owned, g_ptr_array_unref);
}

double
sac_fold_cost (const SacInfer *infer)
{
  double elements = 1;

  if (infer->cost > 0)
    return infer->cost;
  for (size_t i = 0; i < infer->output_count; i++)
    elements += sac_shape_size (&infer->outputs[i].shape);
  for (size_t i = 0; i < infer->input_count && !infer->node->op->shape_only;
       i++) {
    if (infer->inputs[i] != NULL)
      elements += sac_shape_size (&infer->inputs[i]->shape);
  }
  return elements;
}

static size_t
get_bytes (const SacValueInfo *info)
{
  return sac_shape_size (&info->shape) *
         sac_kind_get_size (sac_type_get_kind (info->type));
}

/* What an output is without any work: what infer already knows, or the input
 * under another shape. */
static SacTensor *
get_known (const SacInfer *infer, size_t output)
{
  const SacValueInfo *info = &infer->outputs[output];

  if (info->constant != NULL)
    return sac_tensor_ref ((SacTensor *)info->constant);
  if (output > 0 || !infer->alias)
    return NULL;

  SacTensor *source = (SacTensor *)infer->inputs[0]->constant;

  return sac_tensor_new_alias (source, info->type, &info->shape);
}

static bool
is_affordable (const SacInfer *infer, const SacFoldBudget *budget)
{
  size_t left = MIN (budget->bytes, SAC_LIMIT_FOLDED_BYTES);

  if (infer->workspace_bytes > SAC_LIMIT_FOLDED_BYTES ||
      sac_fold_cost (infer) > budget->cost)
    return false;
  for (size_t i = 0; i < infer->output_count; i++) {
    size_t bytes = get_bytes (&infer->outputs[i]);

    if (bytes > left)
      return false;
    left -= bytes;
  }
  return true;
}

/* Inputs of shape_only ops may have a shape but no elements. */
static void
make_inputs (const SacInfer *infer,
             SacTensor *tensors,
             const SacTensor **pointers)
{
  for (size_t i = 0; i < infer->input_count; i++) {
    const SacValueInfo *info = infer->inputs[i];

    pointers[i] = info != NULL ? &tensors[i] : NULL;
    if (info != NULL)
      tensors[i] = (SacTensor){
        .type = info->type,
        .shape = info->shape,
        .data = info->constant != NULL ? info->constant->data : NULL,
      };
  }
}

/* Ends the use of the first `count` inputs: those that were at rest go back to
 * it, so that a folded weight is not in memory beside what became of it. */
static void
drop_inputs (const SacInfer *infer, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    const SacValueInfo *info = infer->inputs[i];

    if (info != NULL && info->constant != NULL) {
      sac_tensor_drop (info->constant);
      sac_tensor_rest (info->constant);
    }
  }
}

static bool
hold_inputs (const SacInfer *infer)
{
  for (size_t i = 0; i < infer->input_count; i++) {
    const SacValueInfo *info = infer->inputs[i];

    if (info != NULL && info->constant != NULL &&
        !sac_tensor_hold (info->constant, NULL)) {
      drop_inputs (infer, i);
      return false;
    }
  }
  return true;
}

/* Returns: false when memory is short or the elements do not permit it. */
static bool
compute (SacInfer *infer, SacTensor **outputs)
{
  g_autofree SacTensor *tensors = g_new0 (SacTensor, infer->input_count);
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, infer->input_count);
  g_autofree char *block =
    g_try_malloc (infer->workspace_bytes + WORKSPACE_ALIGNMENT);
  const char *fault = NULL;

  for (size_t i = 0; i < infer->output_count; i++) {
    if (infer->node->outputs[i] < 0)
      continue;
    outputs[i] =
      sac_tensor_new (infer->outputs[i].type, &infer->outputs[i].shape, NULL);
    if (outputs[i] == NULL)
      return false;
  }
  if (block == NULL)
    return false;
  make_inputs (infer, tensors, inputs);

  uintptr_t skip = WORKSPACE_ALIGNMENT - (uintptr_t)block % WORKSPACE_ALIGNMENT;
  SacCall call = {
    .params = infer->params,
    .input_count = infer->input_count,
    .inputs = inputs,
    .output_count = infer->output_count,
    .outputs = outputs,
    .workspace = block + skip,
    .fault = &fault,
  };

  infer->node->op->forward (&call);
  return fault == NULL;
}

/* A network cut out of another keeps nodes whose outputs it is given: nobody
 * names these outputs any more. */
static bool
has_outputs (const SacInfer *infer)
{
  for (size_t i = 0; i < infer->output_count; i++) {
    if (infer->node->outputs[i] >= 0)
      return true;
  }
  return false;
}

bool
sac_fold_evaluate (SacInfer *infer,
                   SacFoldBudget *budget,
                   SacTensor **ret_outputs)
{
  memset (ret_outputs, 0, sizeof *ret_outputs * infer->output_count);
  if (infer->output_count == 1 &&
      (ret_outputs[0] = get_known (infer, 0)) != NULL)
    return true;
  if (!has_outputs (infer) || !is_affordable (infer, budget))
    return false;

  bool computed = hold_inputs (infer);

  if (computed) {
    computed = compute (infer, ret_outputs);
    drop_inputs (infer, infer->input_count);
  }
  if (!computed) {
    for (size_t i = 0; i < infer->output_count; i++)
      g_clear_pointer (&ret_outputs[i], sac_tensor_unref);
    return false;
  }
  budget->cost -= sac_fold_cost (infer);
  for (size_t i = 0; i < infer->output_count; i++)
    budget->bytes -= get_bytes (&infer->outputs[i]);
  return true;
}
