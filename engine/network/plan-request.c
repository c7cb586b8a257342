/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* From names to values. */
#include "base/error.h"
#include "network/escape.h"
#include "network/plan-private.h"

#include <string.h>

#define LISTED_NAMES 12

/* "a", "b" and 3 more: names for a message. */
static char *
list_values (const SacGraph *graph, const int *values, size_t count)
{
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < MIN (count, LISTED_NAMES); i++) {
    g_autofree char *name = sac_escape_short (graph->values[values[i]].name);

    g_string_append_printf (text, "%s\"%s\"", i > 0 ? ", " : "", name);
  }
  if (count > LISTED_NAMES)
    g_string_append_printf (text, " and %zu more", count - LISTED_NAMES);
  return g_string_free (text, FALSE);
}

static size_t
count_names (const char *const *names)
{
  size_t count = 0;

  while (names != NULL && names[count] != NULL)
    count++;
  return count;
}

/* Names that are known to be wrong are answered with the outputs and what the
 * nodes make, last first: what people ask for is near the end. */
static bool
fail_unknown (const SacGraph *graph, const char *name, GError **error)
{
  g_autofree char *shown = sac_escape_short (name);
  g_autofree char *outputs =
    list_values (graph, graph->outputs, graph->output_count);
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (int));

  for (size_t i = graph->node_count; i > 0; i--) {
    const SacNode *node = &graph->nodes[i - 1];

    if (node->output_count > 0 && node->outputs[0] >= 0)
      g_array_append_val (made, node->outputs[0]);
  }

  g_autofree char *values =
    list_values (graph, (const int *)(const void *)made->data, made->len);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the network has no value \"%s\"; its outputs are %s, its "
               "values, from the last, %s",
               shown, outputs, values);
  return false;
}

static bool
resolve_name (SacPlan *plan,
              const char *name,
              SacPlanResult *ret_result,
              GError **error)
{
  int value = sac_graph_find_value (plan->graph, name);

  if (value < 0)
    return fail_unknown (plan->graph, name, error);
  *ret_result = (SacPlanResult){
    .name = plan->graph->values[value].name,
    .value = value,
    .slot = -1,
  };
  return true;
}

static bool
resolve_names (SacPlan *plan,
               const char *const *names,
               SacPlanResult *results,
               size_t *count,
               GError **error)
{
  for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
    if (!resolve_name (plan, names[i], &results[*count], error))
      return false;
    (*count)++;
  }
  return true;
}

static bool
resolve_values (SacPlan *plan, const SacPlanRequest *request, GError **error)
{
  const SacGraph *graph = plan->graph;
  size_t output_count = request->outputs != NULL
                          ? count_names (request->outputs)
                          : graph->output_count;

  plan->values =
    sac_store_array (plan->store, SacPlanResult,
                     output_count + count_names (request->captures) +
                       request->reduction_count);
  for (size_t i = 0; request->outputs == NULL && i < output_count; i++)
    plan->values[plan->value_count++] = (SacPlanResult){
      .name = graph->values[graph->outputs[i]].name,
      .value = graph->outputs[i],
      .slot = -1,
    };
  return resolve_names (plan, request->outputs, plan->values,
                        &plan->value_count, error) &&
         resolve_names (plan, request->captures, plan->values,
                        &plan->value_count, error);
}

static bool
resolve_gradients (SacPlan *plan, const SacPlanRequest *request, GError **error)
{
  SacPlanResult target = {.value = -1};

  plan->target = -1;
  if (request->target == NULL)
    return true;
  plan->gradients =
    sac_store_array (plan->store, SacPlanResult,
                     count_names (request->wrt) + request->reduction_count);
  if (!resolve_name (plan, request->target, &target, error) ||
      !resolve_names (plan, request->wrt, plan->gradients,
                      &plan->gradient_count, error))
    return false;
  plan->target = target.value;
  return true;
}

static bool
resolve_reductions (SacPlan *plan,
                    const SacPlanRequest *request,
                    GError **error)
{
  plan->reductions =
    sac_store_array (plan->store, SacPlanReduced, request->reduction_count);
  for (size_t i = 0; i < request->reduction_count; i++) {
    const SacPlanReduction *of = &request->reductions[i];
    SacPlanResult found = {.value = -1};

    if (!resolve_name (plan, of->value, &found, error))
      return false;
    if (sac_reduce_needs_gradient (of->use) && plan->target < 0) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "a reduction of \"%s\" needs gradients, and the plan has "
                   "no target",
                   found.name);
      return false;
    }
    plan->reductions[plan->reduction_count++] =
      (SacPlanReduced){.of = *of, .value = found.value};
    plan->reductions[i].of.value = found.name; /* lives with the network */
  }
  return true;
}

/* Of the nodes that could not be asked, the first one that stands before
 * something that was asked for has the message. */
static bool
check_reached (const SacPlan *plan, GError **error)
{
  const SacGraph *graph = plan->graph;
  g_autofree bool *wanted = g_new0 (bool, graph->value_count);
  const GError *first = NULL;

  for (size_t i = 0; i < plan->value_count; i++)
    wanted[plan->values[i].value] = true;
  for (size_t i = 0; i < plan->gradient_count; i++)
    wanted[plan->gradients[i].value] = true;
  for (size_t i = 0; i < plan->reduction_count; i++)
    wanted[plan->reductions[i].value] = true;
  if (plan->target >= 0)
    wanted[plan->target] = true;
  for (size_t i = graph->node_count; i > 0; i--) {
    const SacNode *node = &graph->nodes[i - 1];
    bool runs = false;

    for (size_t k = 0; k < node->output_count; k++)
      runs = runs || (node->outputs[k] >= 0 && wanted[node->outputs[k]] &&
                      plan->infos[node->outputs[k]].constant == NULL);
    if (runs && plan->nodes[i - 1].error != NULL)
      first = plan->nodes[i - 1].error;
    for (size_t k = 0; runs && k < node->input_count; k++) {
      if (node->inputs[k] >= 0)
        wanted[node->inputs[k]] = true;
    }
  }
  if (first != NULL)
    g_propagate_error (error, g_error_copy (first));
  return first == NULL;
}

bool
sac_plan_resolve (SacPlan *plan, const SacPlanRequest *request, GError **error)
{
  return resolve_values (plan, request, error) &&
         resolve_gradients (plan, request, error) &&
         resolve_reductions (plan, request, error) &&
         check_reached (plan, error);
}
