/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Images go from unit to unit in their blocked form.  A value's plain form is
 * made only where somebody asked for it by name, or reads it outside units; one
 * to which a gradient is asked for is read by all in its plain form, so that
 * the whole gradient gathers there. */
#include "network/rewrite-blocked.h"

#include "compute/variant.h"

#include <string.h>

int
sac_blocking_resolve (const SacBlocking *blocking, int value)
{
  const SacPlan *plan = blocking->plan;

  for (;;) {
    int node = sac_rewrite_producer (blocking->rewrite, value);
    int source = node >= 0 && sac_rewrite_is_alias (blocking->rewrite, node)
                   ? plan->graph->nodes[node].inputs[0]
                   : -1;

    if (source < 0 || blocking->keeps[value] ||
        !sac_shape_equal (&plan->infos[source].shape,
                          &plan->infos[value].shape) ||
        plan->infos[source].type != plan->infos[value].type)
      return value;
    value = source;
  }
}

bool
sac_blocking_is_blocked (const SacBlocking *blocking, int value)
{
  int source = value >= 0 ? sac_blocking_resolve (blocking, value) : -1;

  return source >= 0 && blocking->blocked[source] && !blocking->keeps[source];
}

void
sac_blocking_add (SacBlocking *blocking,
                  const SacBlockedUnit *unit,
                  const int *nodes,
                  size_t node_count)
{
  SacBlockedUnit named = *unit;
  int *inputs = sac_store_array (blocking->plan->store, int, unit->input_count);

  for (size_t i = 0; i < unit->input_count; i++)
    inputs[i] = sac_blocking_resolve (blocking, unit->inputs[i]);
  named.inputs = inputs;
  named.first = nodes[0];
  g_array_append_val (blocking->units, named);
  for (size_t i = 0; i < node_count; i++)
    blocking->taken[nodes[i]] = true;
  blocking->blocked[unit->output] = unit->has_twin;
}

/* The later of two products takes their sum, so the last come first.  Then
 * the others in order: they look at what is blocked before them. */
static void
find_units (SacBlocking *blocking)
{
  const SacRewrite *rewrite = blocking->rewrite;
  size_t count = blocking->plan->graph->node_count;

  for (size_t i = count; i > 0; i--) {
    if (!rewrite->live[i - 1])
      continue;
    sac_blocking_match_conv (blocking, (int)i - 1);
    sac_blocking_match_channels_last (blocking, (int)i - 1);
  }
  for (size_t i = 0; i < count; i++) {
    if (rewrite->live[i] && !blocking->taken[i])
      sac_blocking_match_other (blocking, (int)i);
  }
}

static int
compare_units (const void *a, const void *b)
{
  const SacBlockedUnit *x = a, *y = b;

  return x->node < y->node ? -1 : x->node > y->node;
}

static const SacBlockedUnit *
get_unit (const SacBlocking *blocking, guint index)
{
  return &g_array_index (blocking->units, SacBlockedUnit, index);
}

bool
sac_blocking_reads_blocked (const SacBlocking *blocking,
                            const SacBlockedUnit *unit,
                            int value)
{
  return !unit->reads_plain && blocking->blocked[value] &&
         !blocking->keeps[value];
}

/* Which forms are read; per value. */
typedef struct {
  bool *plain, *blocked;
  int *twins; /* value, or -1 */
} Forms;

static void
find_forms (const SacBlocking *blocking, Forms *forms)
{
  const SacGraph *graph = blocking->plan->graph;

  for (size_t i = 0; i < graph->value_count; i++) {
    forms->plain[i] = blocking->rewrite->pinned[i];
    forms->twins[i] = -1;
  }
  for (size_t i = 0; i < graph->node_count; i++) {
    const SacNode *node = &graph->nodes[i];

    if (!blocking->rewrite->live[i] || blocking->taken[i])
      continue;
    for (size_t k = 0; k < node->input_count; k++) {
      if (node->inputs[k] >= 0)
        forms->plain[node->inputs[k]] = true;
    }
  }
  for (guint i = 0; i < blocking->units->len; i++) {
    const SacBlockedUnit *unit = get_unit (blocking, i);

    for (size_t k = 0; k < unit->input_count; k++) {
      int value = unit->inputs[k];

      if (sac_blocking_reads_blocked (blocking, unit, value))
        forms->blocked[value] = true;
      else
        forms->plain[value] = true;
    }
  }
}

/* Returns: the blocked twin of a value that a unit makes. */
static int
add_twin (SacPlan *plan, int value, const SacBlockedSize *size, Forms *forms)
{
  forms->twins[value] =
    sac_rewrite_add_value (plan, plan->graph->values[value].name,
                           sac_blocked_shape (size));
  return forms->twins[value];
}

static bool
replace (SacBlocking *blocking,
         const SacBlockedUnit *unit,
         Forms *forms,
         GError **error)
{
  SacPlan *plan = blocking->plan;
  g_autofree int *inputs = g_new (int, unit->input_count);
  int *outputs = sac_store_array (plan->store, int, 3);

  for (size_t i = 0; i < unit->input_count; i++)
    inputs[i] = sac_blocking_reads_blocked (blocking, unit, unit->inputs[i])
                  ? forms->twins[unit->inputs[i]]
                  : unit->inputs[i];
  outputs[0] = forms->plain[unit->output] ? unit->output : -1;
  outputs[1] = forms->blocked[unit->output]
                 ? add_twin (plan, unit->output, &unit->size, forms)
                 : -1;
  if (unit->has_mean)
    outputs[2] = add_twin (plan, unit->mean, &unit->mean_size, forms);

  SacNode node =
    sac_rewrite_node (plan, (size_t)unit->node,
                      &(SacRewriteOp){
                        .op = unit->op,
                        .attribute = sac_blocked_attribute (unit->params,
                                                            unit->params_size),
                        .inputs = inputs,
                        .input_count = unit->input_count,
                      });

  node.name = plan->graph->nodes[unit->first].name;
  node.label = plan->graph->nodes[unit->first].label;
  node.outputs = outputs;
  node.output_count = unit->has_mean ? 3 : 2;
  return sac_rewrite_replace (plan, (size_t)unit->node, &node, error);
}

static bool
replace_all (SacBlocking *blocking, GError **error)
{
  size_t count = blocking->plan->graph->value_count;
  g_autofree bool *plain = g_new0 (bool, count);
  g_autofree bool *blocked = g_new0 (bool, count);
  g_autofree int *twins = g_new (int, count);
  Forms forms = {plain, blocked, twins};

  find_forms (blocking, &forms);
  g_array_sort (blocking->units, compare_units);
  for (guint i = 0; i < blocking->units->len; i++) {
    if (!replace (blocking, get_unit (blocking, i), &forms, error))
      return false;
  }
  return true;
}

bool
sac_rewrite_blocked (SacPlan *plan, GError **error)
{
  g_autoptr (SacRewrite) rewrite = sac_rewrite_new (plan);
  g_autoptr (GArray) units = g_array_new (FALSE, TRUE, sizeof (SacBlockedUnit));
  g_autofree bool *taken = g_new0 (bool, plan->graph->node_count);
  g_autofree bool *keeps = g_new0 (bool, plan->graph->value_count);
  g_autofree bool *blocked = g_new0 (bool, plan->graph->value_count);
  g_autofree bool *varies = g_new0 (bool, plan->graph->value_count);
  SacBlocking blocking = {
    plan,    rewrite, sac_compute_is_exact (), units, taken, keeps,
    blocked, varies,
  };

  sac_plan_find_varying (plan, varies);
  for (size_t i = 0; i < plan->gradient_count; i++)
    keeps[plan->gradients[i].value] = true;
  find_units (&blocking);
  sac_blocking_join_units (&blocking);
  return replace_all (&blocking, error);
}
