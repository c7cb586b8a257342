/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/result.h"

#include "network/plan-private.h"
#include "tensor/rest.h"

#include <string.h>

struct SacResult {
  SacPlan *plan;
  SacTensor **owners;    /* behind the plan's RESULT buffers */
  SacTensor **values;    /* one per plan->values */
  SacTensor **gradients; /* one per plan->gradients; NULL: forward only */
};

SacResult *
sac_result_new (SacPlan *plan)
{
  SacResult *result = g_new0 (SacResult, 1);

  result->plan = sac_plan_ref (plan);
  result->owners = g_new0 (SacTensor *, plan->result_count);
  result->values = g_new0 (SacTensor *, plan->value_count);
  result->gradients = g_new0 (SacTensor *, plan->gradient_count);
  return result;
}

static void
free_tensors (SacTensor **tensors, size_t count)
{
  for (size_t i = 0; i < count; i++)
    g_clear_pointer (&tensors[i], sac_tensor_unref);
  g_free (tensors);
}

void
sac_result_free (SacResult *result)
{
  if (result == NULL)
    return;
  free_tensors (result->values, result->plan->value_count);
  free_tensors (result->gradients, result->plan->gradient_count);
  free_tensors (result->owners, result->plan->result_count);
  sac_plan_unref (result->plan);
  g_free (result);
}

static bool
reserve (SacResult *result,
         const SacPlanResult *wanted,
         size_t count,
         GError **error)
{
  const SacPlan *plan = result->plan;

  for (size_t i = 0; i < count; i++) {
    const SacSlot *slot = sac_plan_slot (plan, wanted[i].slot);
    const SacBuffer *buffer = sac_plan_buffer (plan, slot->buffer);

    if (buffer->kind != SAC_BUFFER_RESULT ||
        result->owners[buffer->index] != NULL)
      continue;
    result->owners[buffer->index] =
      sac_tensor_new (slot->type, &slot->shape, error);
    if (result->owners[buffer->index] == NULL)
      return false;
  }
  return true;
}

bool
sac_result_reserve (SacResult *result, bool with_gradients, GError **error)
{
  const SacPlan *plan = result->plan;

  return reserve (result, plan->values, plan->value_count, error) &&
         (!with_gradients ||
          reserve (result, plan->gradients, plan->gradient_count, error));
}

const SacTensor *
sac_result_get_owner (const SacResult *result, int index)
{
  return result->owners[index];
}

static void
let_go (void *data)
{
  sac_tensor_drop (data);
  sac_tensor_unref (data);
}

/* A constant that the plan holds, for longer than the plan may live. */
static SacTensor *
share_constant (SacTensor *constant, const SacSlot *slot, GError **error)
{
  if (!sac_tensor_hold (constant, error))
    return NULL;
  return sac_tensor_new_view (slot->type, &slot->shape, constant->data, let_go,
                              sac_tensor_ref (constant));
}

/* The owner itself, or the same elements under another shape. */
static SacTensor *
share (SacTensor *owner, const SacSlot *slot)
{
  if (owner->type == slot->type &&
      sac_shape_equal (&owner->shape, &slot->shape))
    return sac_tensor_ref (owner);
  return sac_tensor_new_view (slot->type, &slot->shape, owner->data,
                              (GDestroyNotify)sac_tensor_unref,
                              sac_tensor_ref (owner));
}

static SacTensor *
copy (const SacTensor *tensor, GError **error)
{
  SacTensor *copied = sac_tensor_new (tensor->type, &tensor->shape, error);
  size_t bytes = sac_tensor_get_bytes (tensor);

  if (copied != NULL && bytes > 0)
    memcpy (copied->data, tensor->data, bytes);
  return copied;
}

static bool
fill (SacResult *result,
      const SacPlanResult *wanted,
      size_t count,
      const SacTensor *tensors,
      SacTensor **ret_tensors,
      GError **error)
{
  const SacPlan *plan = result->plan;

  for (size_t i = 0; i < count; i++) {
    const SacSlot *slot = sac_plan_slot (plan, wanted[i].slot);
    const SacBuffer *buffer = sac_plan_buffer (plan, slot->buffer);

    if (buffer->kind == SAC_BUFFER_RESULT)
      ret_tensors[i] = share (result->owners[buffer->index], slot);
    else if (buffer->kind == SAC_BUFFER_CONSTANT)
      ret_tensors[i] = share_constant (buffer->constant, slot, error);
    else
      ret_tensors[i] = copy (&tensors[wanted[i].slot], error);
    if (ret_tensors[i] == NULL)
      return false;
  }
  return true;
}

bool
sac_result_fill (SacResult *result,
                 const SacTensor *tensors,
                 bool with_gradients,
                 GError **error)
{
  const SacPlan *plan = result->plan;

  return fill (result, plan->values, plan->value_count, tensors, result->values,
               error) &&
         (!with_gradients ||
          fill (result, plan->gradients, plan->gradient_count, tensors,
                result->gradients, error));
}

static const SacTensor *
find (const SacPlanResult *wanted,
      SacTensor *const *tensors,
      size_t count,
      const char *name)
{
  for (size_t i = 0; i < count; i++) {
    if (wanted[i].name != NULL && strcmp (wanted[i].name, name) == 0)
      return tensors[i];
  }
  return NULL;
}

const SacTensor *
sac_result_get_value (const SacResult *result, const char *name)
{
  return find (result->plan->values, result->values, result->plan->value_count,
               name);
}

const SacTensor *
sac_result_get_gradient (const SacResult *result, const char *name)
{
  return find (result->plan->gradients, result->gradients,
               result->plan->gradient_count, name);
}

const SacTensor *
sac_result_get_reduction (const SacResult *result, size_t index)
{
  const SacPlanReduced *reduced = &result->plan->reductions[index];

  return sac_reduce_needs_gradient (reduced->of.use)
           ? result->gradients[reduced->index]
           : result->values[reduced->index];
}
