/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/not-finite.h"

#include "network/escape.h"

#include <math.h>

/* Of values that are kept in one run. */
#define KEPT_BYTES ((size_t)64 << 20)
#define KEPT_MAX 64

typedef struct {
  SacNetwork *network;
  const SacGraph *graph;
  const SacTensor *const *inputs;
  SacShape *shapes;
  SacPlan *plan; /* knows all shapes */
  SacJob *job;
} Search;

static void
search_clear (Search *search)
{
  g_free (search->shapes);
  sac_plan_unref (search->plan);
}

/* masked: minus infinity counts as well. */
static bool
is_bad (const SacTensor *tensor, bool masked)
{
  const float *values = sac_tensor_f32 (tensor);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++) {
    if (isnan (values[i]) || (isinf (values[i]) && (masked || values[i] > 0)))
      return true;
  }
  return false;
}

/* Nodes from `first` on whose first outputs are kept together; ret_next: the
 * one after them.  Returns: array of their names, with NULL behind. */
static GPtrArray *
choose (const Search *search, size_t first, size_t *ret_next)
{
  GPtrArray *names = g_ptr_array_new ();
  size_t bytes = 0, n;

  for (n = first; n < search->graph->node_count; n++) {
    const SacNode *node = &search->graph->nodes[n];
    int value = node->output_count > 0 ? node->outputs[0] : -1;
    const SacValueInfo *info =
      value >= 0 ? sac_plan_get_info (search->plan, value) : NULL;

    if (info == NULL || info->constant != NULL ||
        sac_type_get_kind (info->type) != SAC_KIND_F32)
      continue;
    bytes += sac_shape_size (&info->shape) * sizeof (float);
    if (names->len == KEPT_MAX || (names->len > 0 && bytes > KEPT_BYTES))
      break;
    g_ptr_array_add (names, (char *)search->graph->values[value].name);
  }
  *ret_next = n;
  g_ptr_array_add (names, NULL);
  return names;
}

static SacResult *
run (const Search *search, const GPtrArray *names)
{
  const char *outputs[] = {NULL};
  g_autoptr (SacPlan) plan =
    sac_plan_new (search->network,
                  &(SacPlanRequest){
                    .input_shapes = search->shapes,
                    .outputs = outputs,
                    .captures = (const char *const *)names->pdata,
                    .plain = true,
                  },
                  search->job, NULL);

  return plan != NULL
           ? sac_plan_run (plan, &(SacRunParams){.inputs = search->inputs},
                           search->job, NULL)
           : NULL;
}

static char *
describe (const Search *search, const char *name)
{
  const SacValue *value =
    &search->graph->values[sac_graph_find_value (search->graph, name)];
  const SacNode *node = &search->graph->nodes[value->producer];
  g_autofree char *label = sac_escape_short (node->label);
  g_autofree char *op = sac_escape_short (node->op_type);

  return g_strdup_printf ("node %s (%s) is the first that gives NaN or "
                          "infinity",
                          label, op);
}

static char *
search_nodes (const Search *search, bool masked)
{
  size_t next = 0;

  while (next < search->graph->node_count) {
    g_autoptr (GPtrArray) names = choose (search, next, &next);
    g_autoptr (SacResult) result = names->len > 1 ? run (search, names) : NULL;

    if (names->len > 1 && result == NULL)
      return NULL;
    for (guint i = 0; i + 1 < names->len; i++) {
      if (is_bad (sac_result_get_value (result, names->pdata[i]), masked))
        return describe (search, names->pdata[i]);
    }
  }
  return NULL;
}

static char *
search_inputs (const Search *search)
{
  for (size_t i = 0; i < search->graph->input_count; i++) {
    const SacTensor *input = search->inputs[i];

    if (sac_tensor_get_kind (input) != SAC_KIND_F32 || !is_bad (input, true))
      continue;

    g_autofree char *name =
      sac_escape_short (search->graph->values[search->graph->inputs[i]].name);

    return g_strdup_printf ("input %s holds NaN or infinity", name);
  }
  return NULL;
}

char *
sac_not_finite_describe (SacNetwork *network,
                         const SacTensor *const *inputs,
                         SacJob *job)
{
  Search search = {
    .network = network,
    .graph = sac_network_get_graph (network),
    .inputs = inputs,
    .job = job,
  };
  char *found = search_inputs (&search);

  search.shapes = g_new0 (SacShape, search.graph->input_count);
  if (found == NULL && sac_plan_bind (network, inputs, search.shapes, NULL))
    search.plan =
      sac_plan_new (network, &(SacPlanRequest){.input_shapes = search.shapes},
                    job, NULL);
  if (search.plan != NULL)
    found = search_nodes (&search, false);
  if (search.plan != NULL && found == NULL)
    found = search_nodes (&search, true);
  search_clear (&search);
  return found;
}
