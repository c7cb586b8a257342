/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is kept of the forward pass for the gradients, and what is rather
 * computed again.
 *
 * Where a single value connects all that comes before with all that follows, as
 * the residual stream does between two blocks, the nodes can be cut: with that
 * value kept, everything behind it can be had again.  n segments between such
 * values need the cut values and what one segment keeps, which is least for
 * about sqrt (kept bytes / bytes of a cut value) segments. */
#include "base/limits.h"
#include "network/plan-private.h"

/* More make little difference to memory, and planning goes over them all. */
#define SEGMENTS_MAX 64

typedef struct {
  SacPlan *plan;
  int *roots;   /* per value: the one whose elements it has */
  size_t *kept; /* per node: bytes that gradients need of what it makes */
} Cutter;

/* Before node `at`; `bytes`: of the value that lies there. */
typedef struct {
  size_t at;
  size_t bytes;
} Place;

static size_t
get_bytes (const SacPlan *plan, int value)
{
  const SacValueInfo *info = &plan->infos[value];

  return sac_shape_size (&info->shape) *
         sac_kind_get_size (sac_type_get_kind (info->type));
}

static void
find_roots (Cutter *cutter)
{
  const SacPlan *plan = cutter->plan;

  for (size_t i = 0; i < plan->graph->value_count; i++)
    cutter->roots[i] = i;
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    const SacNode *node = &plan->graph->nodes[i];

    if (sac_plan_runs (plan, i) && sac_plan_is_alias (plan, i))
      cutter->roots[node->outputs[0]] = cutter->roots[node->inputs[0]];
  }
}

/* Per value: whether gradients are computed from its elements.  What the nodes
 * leave besides is added to `kept`. */
static bool *
find_saved (Cutter *cutter)
{
  const SacPlan *plan = cutter->plan;
  bool *saved = g_new0 (bool, plan->graph->value_count);

  for (size_t i = 0; i < plan->graph->node_count; i++) {
    if (plan->nodes[i].alias || !sac_plan_has_gradient (plan, i))
      continue;
    sac_plan_mark_saved (plan, i, saved);
    cutter->kept[i] += plan->nodes[i].saved_bytes;
  }
  return saved;
}

/* Sums up what gradients need, each value at the node that makes it.  Inputs,
 * constants and results are there in any case. */
static void
find_kept (Cutter *cutter)
{
  SacPlan *plan = cutter->plan;
  const SacGraph *graph = plan->graph;
  g_autofree bool *saved = find_saved (cutter);
  g_autofree bool *done = g_new0 (bool, graph->value_count);

  for (size_t i = 0; i < plan->value_count; i++)
    done[cutter->roots[plan->values[i].value]] = true;
  for (size_t i = 0; i < graph->value_count; i++) {
    int root = cutter->roots[i];
    int maker = graph->values[root].producer;

    if (!saved[i] || done[root] || maker < 0 ||
        plan->infos[root].constant != NULL)
      continue;
    done[root] = true;
    cutter->kept[maker] += get_bytes (plan, root);
  }
  for (size_t i = 0; i < graph->node_count; i++)
    plan->kept_bytes += cutter->kept[i];
}

/* Per value: the last node that reads it or what has its elements; where it
 * carries no gradient, or nothing reads it, the node that makes it. */
static int *
find_ends (const Cutter *cutter)
{
  const SacPlan *plan = cutter->plan;
  const SacGraph *graph = plan->graph;
  int *ends = g_new (int, graph->value_count);

  for (size_t i = 0; i < graph->value_count; i++)
    ends[i] = graph->values[i].producer;
  for (size_t i = 0; i < graph->node_count; i++) {
    const SacNode *node = &graph->nodes[i];

    for (size_t k = 0; k < node->input_count && sac_plan_runs (plan, i); k++) {
      if (node->inputs[k] >= 0 && plan->carries[node->inputs[k]])
        ends[cutter->roots[node->inputs[k]]] = i;
    }
  }
  return ends;
}

/* Where exactly one value that carries a gradient is made before and read
 * behind.  Returns: a new array of Place. */
static GArray *
find_places (const Cutter *cutter)
{
  const SacPlan *plan = cutter->plan;
  const SacGraph *graph = plan->graph;
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autofree int *ends = find_ends (cutter);
  /* Before each node: how many more values, and bytes of them, than before the
   * last. */
  g_autofree int *more = g_new0 (int, graph->node_count + 1);
  g_autofree gssize *more_bytes = g_new0 (gssize, graph->node_count + 1);
  Place place = {0, 0};
  int count = 0;

  for (size_t i = 0; i < graph->value_count; i++) {
    int maker = graph->values[i].producer;

    if (maker < 0 || ends[i] <= maker)
      continue;
    more[maker + 1]++;
    more[ends[i] + 1]--;
    more_bytes[maker + 1] += (gssize)get_bytes (plan, i);
    more_bytes[ends[i] + 1] -= (gssize)get_bytes (plan, i);
  }
  for (place.at = 0; place.at < graph->node_count; place.at++) {
    count += more[place.at];
    place.bytes += (size_t)more_bytes[place.at];
    if (count == 1)
      g_array_append_val (places, place);
  }
  return places;
}

static size_t
choose_count (const SacPlan *plan, const GArray *places)
{
  double cut_bytes = 1;
  size_t count = 1;

  for (guint i = 0; i < places->len; i++)
    cut_bytes += (double)g_array_index (places, Place, i).bytes / places->len;
  while (count < SEGMENTS_MAX &&
         (double)(count * count) * cut_bytes < (double)plan->kept_bytes)
    count++;
  return count;
}

static void
add_segment (SacPlan *plan, size_t end)
{
  guint count = plan->segments->len;
  SacPlanSegment segment = {
    .first = count > 0 ? sac_plan_segment (plan, count - 1)->end : 0,
    .end = end,
  };

  g_array_append_val (plan->segments, segment);
}

/* Segments that keep about the same.  Returns: the bytes of the values between
 * them. */
static size_t
add_segments (const Cutter *cutter, const GArray *places)
{
  SacPlan *plan = cutter->plan;
  size_t share = plan->kept_bytes / choose_count (plan, places);
  size_t node = 0, kept = 0, cut_bytes = 0;

  for (guint i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);

    for (; node < place->at; node++)
      kept += cutter->kept[node];
    if (kept < share)
      continue;
    add_segment (plan, place->at);
    cut_bytes += place->bytes;
    kept = 0;
  }
  add_segment (plan, plan->graph->node_count);
  return cut_bytes;
}

static size_t
sum_kept (const Cutter *cutter, const SacPlanSegment *segment)
{
  size_t kept = 0;

  for (size_t i = segment->first; i < segment->end; i++)
    kept += cutter->kept[i];
  return kept;
}

/* The last segment is used at once; of those before it, the later ones are kept
 * as far as the budget goes.  Where gradients need little more than bits, the
 * values at the cuts may be larger than what they save: nothing is repeated
 * then. */
static void
choose_repeated (const Cutter *cutter, size_t cut_bytes, size_t budget)
{
  SacPlan *plan = cutter->plan;
  size_t kept = cut_bytes, largest = 0;

  for (guint i = 0; i < plan->segments->len; i++)
    largest = MAX (largest, sum_kept (cutter, sac_plan_segment (plan, i)));
  if (cut_bytes + largest >= plan->kept_bytes)
    return;
  for (guint i = plan->segments->len; i > 0; i--) {
    SacPlanSegment *segment = sac_plan_segment (plan, i - 1);

    kept += sum_kept (cutter, segment);
    segment->again = kept > budget && i < plan->segments->len;
  }
}

void
sac_plan_cut (SacPlan *plan, size_t budget)
{
  size_t limit = budget > 0 ? budget : SAC_LIMIT_KEPT_BYTES;
  g_autofree int *roots = g_new (int, plan->graph->value_count + 1);
  g_autofree size_t *kept = g_new0 (size_t, plan->graph->node_count + 1);
  Cutter cutter = {plan, roots, kept};

  if (plan->gradient_count > 0) {
    find_roots (&cutter);
    find_kept (&cutter);
  }
  if (plan->kept_bytes <= limit) {
    add_segment (plan, plan->graph->node_count);
    return;
  }

  g_autoptr (GArray) places = find_places (&cutter);

  choose_repeated (&cutter, add_segments (&cutter, places), limit);
}
