/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/plan.h"

#include "base/error.h"
#include "base/pages.h"
#include "network/plan-private.h"
#include "network/rewrite.h"

#include <inttypes.h>

static void
clear_nodes (SacPlan *plan)
{
  for (size_t i = 0; plan->nodes != NULL && i < plan->graph->node_count; i++) {
    g_clear_pointer (&plan->nodes[i].owned, g_ptr_array_unref);
    g_clear_error (&plan->nodes[i].error);
  }
  g_clear_pointer (&plan->nodes, g_free);
}

/* What only planning needed, and what nodes left that no step stands for. */
static void
clear_working_state (SacPlan *plan)
{
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    g_clear_error (&plan->nodes[i].error);
    if (!sac_plan_runs (plan, i) && !sac_plan_has_gradient (plan, i))
      g_clear_pointer (&plan->nodes[i].owned, g_ptr_array_unref);
  }
  g_clear_pointer (&plan->carries, g_free);
  g_clear_pointer (&plan->needed, g_free);
}

static void
free_own_graph (SacGraph *graph)
{
  if (graph == NULL)
    return;
  g_free ((SacValue *)graph->values);
  g_free ((SacNode *)graph->nodes);
  g_free (graph);
}

SacPlan *
sac_plan_ref (SacPlan *plan)
{
  sac_network_ref (plan->network);
  return sac_plan_hold (plan);
}

void
sac_plan_unref (SacPlan *plan)
{
  if (plan == NULL)
    return;

  SacNetwork *network = plan->network;

  sac_plan_let_go (plan);
  sac_network_unref (network);
}

SacPlan *
sac_plan_hold (SacPlan *plan)
{
  g_atomic_ref_count_inc (&plan->ref_count);
  return plan;
}

void
sac_plan_let_go (SacPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->ref_count))
    return;
  sac_pages_free (plan->idle_arena, plan->arena_bytes);
  sac_plan_drop_constants (plan);
  g_hash_table_unref (plan->findings);
  g_mutex_clear (&plan->findings_mutex);
  g_mutex_clear (&plan->constants_mutex);
  g_mutex_clear (&plan->arena_mutex);
  clear_nodes (plan);
  g_free (plan->infos);
  g_free (plan->carries);
  g_free (plan->needed);
  g_array_unref (plan->reducible);
  g_array_unref (plan->segments);
  g_array_unref (plan->buffers);
  g_array_unref (plan->slots);
  g_array_unref (plan->steps);
  free_own_graph (plan->own_graph);
  sac_store_free (plan->store);
  g_free (plan);
}

typedef struct {
  void *data;
  GDestroyNotify free;
} Finding;

static void
free_finding (void *data)
{
  Finding *finding = data;

  finding->free (finding->data);
  g_free (finding);
}

static SacPlan *
new_empty (SacNetwork *network)
{
  SacPlan *plan = g_new0 (SacPlan, 1);

  g_atomic_ref_count_init (&plan->ref_count);
  g_mutex_init (&plan->arena_mutex);
  g_mutex_init (&plan->constants_mutex);
  g_mutex_init (&plan->findings_mutex);
  plan->findings =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_finding);
  plan->network = sac_network_ref (network);
  plan->graph = sac_network_get_graph (network);
  plan->store = sac_store_new ();
  plan->infos = g_new0 (SacValueInfo, plan->graph->value_count);
  plan->nodes = g_new0 (SacPlanNode, plan->graph->node_count);
  plan->carries = g_new0 (bool, plan->graph->value_count);
  plan->needed = g_new0 (bool, plan->graph->value_count);
  plan->reducible = g_array_new (FALSE, FALSE, sizeof (int));
  plan->segments = g_array_new (FALSE, TRUE, sizeof (SacPlanSegment));
  plan->buffers = g_array_new (FALSE, TRUE, sizeof (SacBuffer));
  plan->slots = g_array_new (FALSE, TRUE, sizeof (SacSlot));
  plan->steps = g_array_new (FALSE, TRUE, sizeof (SacStep));
  plan->target = -1;
  return plan;
}

/* Convolutions before products: what lies between them is blocked. */
static bool
rewrite (SacPlan *plan, GError **error)
{
  if (!sac_rewrite_attention (plan, error) ||
      !sac_rewrite_blocked (plan, error))
    return false;
  sac_rewrite_norm (plan);
  sac_rewrite_linear (plan);
  sac_rewrite_places (plan);
  sac_rewrite_movement (plan);
  return true;
}

SacPlan *
sac_plan_new (SacNetwork *network,
              const SacPlanRequest *request,
              SacJob *job,
              GError **error)
{
  g_autoptr (SacPlan) plan = new_empty (network);

  plan->gradient_sums = request->gradient_sums;
  if (!sac_plan_infer (plan, request->input_shapes, job, error) ||
      !sac_plan_resolve (plan, request, error))
    return NULL;
  plan->has_kinks = sac_plan_find_kinks (plan);
  if ((!request->plain && !rewrite (plan, error)) ||
      !sac_plan_find_paths (plan, error))
    return NULL;
  sac_plan_want (plan);
  sac_plan_cut (plan, request->kept_budget);
  sac_plan_make_steps (plan);
  if (!sac_plan_place (plan, error))
    return NULL;
  clear_working_state (plan);
  return g_steal_pointer (&plan);
}

const SacValueInfo *
sac_plan_get_info (const SacPlan *plan, int value)
{
  g_assert (value >= 0 && (size_t)value < plan->graph->value_count);
  return plan->infos[value].type != SAC_TYPE_UNKNOWN ? &plan->infos[value]
                                                     : NULL;
}

bool
sac_plan_can_reduce (const SacPlan *plan, int value)
{
  for (guint i = 0; i < plan->reducible->len; i++) {
    if (g_array_index (plan->reducible, int, i) == value)
      return true;
  }
  return false;
}

const void *
sac_plan_get_finding (SacPlan *plan, const char *name)
{
  g_mutex_lock (&plan->findings_mutex);

  const Finding *finding = g_hash_table_lookup (plan->findings, name);

  g_mutex_unlock (&plan->findings_mutex);
  return finding != NULL ? finding->data : NULL;
}

const void *
sac_plan_add_finding (SacPlan *plan,
                      const char *name,
                      void *finding,
                      GDestroyNotify free_func)
{
  Finding *added = g_new (Finding, 1);

  *added = (Finding){finding, free_func};
  g_mutex_lock (&plan->findings_mutex);

  const Finding *kept = g_hash_table_lookup (plan->findings, name);

  if (kept == NULL) {
    g_hash_table_insert (plan->findings, g_strdup (name), added);
    kept = g_steal_pointer (&added);
  }
  g_mutex_unlock (&plan->findings_mutex);
  if (added != NULL)
    free_finding (added);
  return kept->data;
}

size_t
sac_plan_get_arena_bytes (const SacPlan *plan)
{
  return plan->arena_bytes;
}

size_t
sac_plan_count_bytes (const SacPlan *plan)
{
  size_t bytes =
    plan->arena_bytes <= SAC_PLAN_IDLE_BYTES ? plan->arena_bytes : 0;

  for (size_t i = 0; i < plan->graph->value_count; i++) {
    const SacTensor *constant = plan->infos[i].constant;

    if (constant != NULL && constant != plan->graph->values[i].constant)
      bytes += sac_tensor_get_bytes (constant);
  }
  return bytes;
}

size_t
sac_plan_get_kept_bytes (const SacPlan *plan)
{
  return plan->kept_bytes;
}

size_t
sac_plan_get_repeated_count (const SacPlan *plan)
{
  return plan->repeated_count;
}

size_t
sac_plan_get_step_count (const SacPlan *plan)
{
  return plan->steps->len;
}

SacTensor *
sac_plan_cotangent (const SacPlan *plan, int64_t element, GError **error)
{
  if (plan->target < 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "the plan has no target for a gradient");
    return NULL;
  }

  const SacValueInfo *info = &plan->infos[plan->target];
  int64_t count = sac_shape_size (&info->shape);

  if (element < 0 || element >= count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no element %" PRId64
                 " in the target; it has %" PRId64,
                 element, count);
    return NULL;
  }

  SacTensor *cotangent = sac_tensor_new (SAC_TYPE_FLOAT, &info->shape, error);

  if (cotangent != NULL)
    sac_tensor_f32 (cotangent)[element] = 1;
  return cotangent;
}
