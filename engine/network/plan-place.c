/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Lifetimes, and a place in the arena for each: the steps are walked in time,
 * and every buffer that begins takes the smallest gap it fits into.  Gaps are
 * kept by place and by size, so that a plan of a million buffers stays quick.
 */
#include "base/error.h"
#include "base/limits.h"
#include "network/plan-private.h"

#define ALIGNMENT ((size_t)64)

typedef struct {
  size_t offset;
  size_t size;
} Gap;

typedef struct {
  SacPlan *plan;
  GTree *by_place; /* Gap, by offset; owns them */
  GTree *by_size;  /* the same, by size, then offset */
  size_t end;      /* of the arena so far */
} Placer;

static int
compare_places (const void *a, const void *b, void *data)
{
  const Gap *x = a, *y = b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int
compare_sizes (const void *a, const void *b, void *data)
{
  const Gap *x = a, *y = b;

  if (x->size != y->size)
    return x->size < y->size ? -1 : 1;
  return compare_places (a, b, data);
}

static void
add_gap (Placer *placer, size_t offset, size_t size)
{
  Gap *gap = g_new (Gap, 1);

  *gap = (Gap){offset, size};
  g_tree_insert (placer->by_size, gap, gap);
  g_tree_insert (placer->by_place, gap, gap);
}

/* Returns: what it was. */
static Gap
remove_gap (Placer *placer, Gap *gap)
{
  Gap copy = *gap;

  g_tree_remove (placer->by_size, gap);
  g_tree_remove (placer->by_place, gap);
  return copy;
}

static Gap *
get_gap (GTreeNode *node)
{
  return node != NULL ? g_tree_node_value (node) : NULL;
}

/* The gap that ends at the end of the arena, or NULL. */
static Gap *
get_last_gap (Placer *placer)
{
  Gap *gap = get_gap (g_tree_node_last (placer->by_place));

  return gap != NULL && gap->offset + gap->size == placer->end ? gap : NULL;
}

static size_t
take_place (Placer *placer, size_t size)
{
  Gap wanted = {.size = size};
  Gap *fit = get_gap (g_tree_lower_bound (placer->by_size, &wanted));

  if (fit == NULL) {
    Gap *last = get_last_gap (placer);
    size_t offset =
      last != NULL ? remove_gap (placer, last).offset : placer->end;

    placer->end = offset + size;
    return offset;
  }

  Gap gap = remove_gap (placer, fit);

  if (gap.size > size)
    add_gap (placer, gap.offset + size, gap.size - size);
  return gap.offset;
}

/* Joins what is given back with the gaps on both sides. */
static void
give_back (Placer *placer, size_t offset, size_t size)
{
  Gap wanted = {.offset = offset};
  GTreeNode *above = g_tree_lower_bound (placer->by_place, &wanted);
  Gap *next = get_gap (above);
  Gap *previous = get_gap (above != NULL ? g_tree_node_previous (above)
                                         : g_tree_node_last (placer->by_place));

  if (previous != NULL && previous->offset + previous->size == offset) {
    Gap joined = remove_gap (placer, previous);

    offset = joined.offset;
    size += joined.size;
  }
  if (next != NULL && next->offset == offset + size)
    size += remove_gap (placer, next).size;
  add_gap (placer, offset, size);
}

static void
use_buffer (SacPlan *plan, int index, int step)
{
  SacBuffer *buffer = index >= 0 ? sac_plan_buffer (plan, index) : NULL;

  if (buffer == NULL)
    return;
  if (buffer->first < 0)
    buffer->first = step;
  buffer->last = step;
}

static void
use_slots (SacPlan *plan, const int *slots, size_t count, int step)
{
  for (size_t i = 0; slots != NULL && i < count; i++) {
    if (slots[i] >= 0)
      use_buffer (plan, sac_plan_slot (plan, slots[i])->buffer, step);
  }
}

static void
find_lifetimes (SacPlan *plan)
{
  for (size_t i = 0; i < plan->steps->len; i++) {
    const SacStep *step = sac_plan_step (plan, i);
    const SacNode *node =
      step->node >= 0 ? &plan->graph->nodes[step->node] : NULL;
    size_t input_count = node != NULL ? node->input_count : 1;
    size_t output_count = node != NULL ? node->output_count : 1;

    use_slots (plan, step->inputs, input_count, i);
    use_slots (plan, step->outputs, output_count, i);
    use_slots (plan, step->output_gradients, output_count, i);
    use_slots (plan, step->input_gradients, input_count, i);
    use_slots (plan, step->sums, input_count, i);
    use_buffer (plan, step->workspace, i);
    use_buffer (plan, step->saved, i);
  }
}

static size_t
get_size (const SacBuffer *buffer)
{
  return (buffer->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

typedef struct {
  int step;
  bool begins; /* else it ends */
  size_t size;
  int buffer;
} Event;

/* In time; within a step all that begins comes first, the largest before the
 * others, then all that ends. */
static int
compare_events (const void *a, const void *b)
{
  const Event *x = a, *y = b;

  if (x->step != y->step)
    return x->step < y->step ? -1 : 1;
  if (x->begins != y->begins)
    return x->begins ? -1 : 1;
  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  return x->buffer < y->buffer ? -1 : x->buffer > y->buffer;
}

static GArray *
list_events (const SacPlan *plan)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (Event));

  for (size_t i = 0; i < plan->buffers->len; i++) {
    const SacBuffer *buffer = sac_plan_buffer (plan, i);

    if (buffer->kind != SAC_BUFFER_ARENA || buffer->first < 0 ||
        buffer->bytes == 0)
      continue;

    Event event = {buffer->first, true, get_size (buffer), i};

    g_array_append_val (events, event);
    event.step = buffer->last;
    event.begins = false;
    g_array_append_val (events, event);
  }
  g_array_sort (events, compare_events);
  return events;
}

/* What is in use at once never gets beyond the limit, so sums cannot wrap. */
static bool
place (Placer *placer, const GArray *events)
{
  for (size_t i = 0; i < events->len; i++) {
    const Event *event = &g_array_index (events, Event, i);
    SacBuffer *buffer = sac_plan_buffer (placer->plan, event->buffer);

    if (event->size > SAC_LIMIT_ARENA_BYTES)
      return false;
    if (!event->begins)
      give_back (placer, buffer->offset, event->size);
    else
      buffer->offset = take_place (placer, event->size);
    if (placer->end > SAC_LIMIT_ARENA_BYTES)
      return false;
  }
  return true;
}

bool
sac_plan_place (SacPlan *plan, GError **error)
{
  find_lifetimes (plan);

  g_autoptr (GArray) events = list_events (plan);
  Placer placer = {
    .plan = plan,
    .by_place = g_tree_new_full (compare_places, NULL, g_free, NULL),
    .by_size = g_tree_new_full (compare_sizes, NULL, NULL, NULL),
  };
  bool placed = place (&placer, events) &&
                plan->result_bytes <= SAC_LIMIT_ARENA_BYTES - placer.end;

  g_tree_unref (placer.by_size);
  g_tree_unref (placer.by_place);
  plan->arena_bytes = placer.end;
  if (!placed)
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the run would need more than %zu MiB of memory at once",
                 SAC_LIMIT_ARENA_BYTES >> 20);
  return placed;
}
