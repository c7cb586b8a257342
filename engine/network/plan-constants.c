/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The weights that a plan's steps read: brought for its first run, and kept
 * until the plan is freed. */
#include "network/plan-private.h"
#include "tensor/rest.h"

static void
drop (SacPlan *plan, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    const SacBuffer *buffer = sac_plan_buffer (plan, i);

    if (buffer->kind == SAC_BUFFER_CONSTANT)
      sac_tensor_drop (buffer->constant);
  }
}

static bool
hold (SacPlan *plan, SacJob *job, GError **error)
{
  for (size_t i = 0; i < plan->buffers->len; i++) {
    const SacBuffer *buffer = sac_plan_buffer (plan, i);

    if (buffer->kind != SAC_BUFFER_CONSTANT)
      continue;
    if (sac_job_check (job, error) && sac_tensor_hold (buffer->constant, error))
      continue;
    drop (plan, i);
    return false;
  }
  return true;
}

bool
sac_plan_hold_constants (SacPlan *plan, SacJob *job, GError **error)
{
  g_mutex_lock (&plan->constants_mutex);
  if (!plan->holds_constants)
    plan->holds_constants = hold (plan, job, error);

  bool held = plan->holds_constants;

  g_mutex_unlock (&plan->constants_mutex);
  return held;
}

void
sac_plan_drop_constants (SacPlan *plan)
{
  if (plan->holds_constants)
    drop (plan, plan->buffers->len);
}
