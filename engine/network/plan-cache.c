/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/plan-cache.h"

#include "base/limits.h"
#include "compute/variant.h"
#include "network/plan-private.h"

#include <string.h>

typedef struct {
  GBytes *key;
  SacPlan *plan; /* held without its network */
  size_t bytes;
} Entry;

struct SacPlanCache {
  GMutex mutex;
  GQueue entries; /* Entry; the one used last comes first */
  size_t bytes;
  size_t made_count;
};

SacPlanCache *
sac_plan_cache_new (void)
{
  SacPlanCache *cache = g_new0 (SacPlanCache, 1);

  g_mutex_init (&cache->mutex);
  g_queue_init (&cache->entries);
  return cache;
}

static void
drop_last (SacPlanCache *cache)
{
  Entry *entry = g_queue_pop_tail (&cache->entries);

  cache->bytes -= entry->bytes;
  g_bytes_unref (entry->key);
  sac_plan_let_go (entry->plan);
  g_free (entry);
}

void
sac_plan_cache_free (SacPlanCache *cache)
{
  if (cache == NULL)
    return;
  while (cache->entries.length > 0)
    drop_last (cache);
  g_mutex_clear (&cache->mutex);
  g_free (cache);
}

static void
add_number (GByteArray *key, int64_t number)
{
  g_byte_array_append (key, (const guint8 *)&number, sizeof number);
}

/* NULL differs from every string and from an empty list. */
static void
add_text (GByteArray *key, const char *text)
{
  add_number (key, text != NULL ? (int64_t)strlen (text) : -1);
  if (text != NULL)
    g_byte_array_append (key, (const guint8 *)text, strlen (text));
}

static void
add_names (GByteArray *key, const char *const *names)
{
  add_number (key,
              names != NULL ? (int64_t)g_strv_length ((char **)names) : -1);
  for (size_t i = 0; names != NULL && names[i] != NULL; i++)
    add_text (key, names[i]);
}

static void
add_reduction (GByteArray *key, const SacPlanReduction *reduction)
{
  add_text (key, reduction->value);
  add_number (key, reduction->use);
  add_number (key, reduction->heads);
  add_number (key, reduction->head);
  add_number (key, reduction->head_axis);
  add_number (key, reduction->head_count);
  add_number (key, reduction->query);
}

/* Everything that a request says. */
static GBytes *
make_key (SacNetwork *network, const SacPlanRequest *request)
{
  GByteArray *key = g_byte_array_new ();
  size_t input_count = sac_network_get_graph (network)->input_count;

  for (size_t i = 0; i < input_count; i++) {
    const SacShape *shape = &request->input_shapes[i];

    add_number (key, shape->rank);
    for (int axis = 0; axis < shape->rank; axis++)
      add_number (key, shape->dims[axis]);
  }
  add_names (key, request->outputs);
  add_names (key, request->captures);
  add_text (key, request->target);
  add_names (key, request->wrt);
  add_number (key, (int64_t)request->kept_budget);
  add_number (key, request->gradient_sums);
  add_number (key, request->plain);
  add_number (key, sac_compute_is_exact ());
  for (size_t i = 0; i < request->reduction_count; i++)
    add_reduction (key, &request->reductions[i]);
  return g_byte_array_free_to_bytes (key);
}

/* With the mutex held.  Returns: a new reference, or NULL. */
static SacPlan *
find (SacPlanCache *cache, GBytes *key)
{
  for (GList *link = cache->entries.head; link != NULL; link = link->next) {
    Entry *entry = link->data;

    if (!g_bytes_equal (entry->key, key))
      continue;
    g_queue_unlink (&cache->entries, link);
    g_queue_push_head_link (&cache->entries, link);
    return sac_plan_ref (entry->plan);
  }
  return NULL;
}

/* With the mutex held.  The entry's key is its own: nobody else frees it. */
static void
add (SacPlanCache *cache, GBytes *key, SacPlan *plan)
{
  Entry *entry = g_new (Entry, 1);
  gsize size;
  const void *data = g_bytes_get_data (key, &size);

  *entry = (Entry){
    .key = g_bytes_new (data, size),
    .plan = sac_plan_hold (plan),
    .bytes = sac_plan_count_bytes (plan),
  };
  g_queue_push_head (&cache->entries, entry);
  cache->bytes += entry->bytes;
  cache->made_count++;
  while (cache->entries.length > 1 &&
         (cache->entries.length > SAC_LIMIT_PLAN_COUNT ||
          cache->bytes > SAC_LIMIT_PLAN_BYTES))
    drop_last (cache);
}

/* Two threads that ask for the same at once both plan; the second plan serves
 * its caller only. */
SacPlan *
sac_plan_get (SacNetwork *network,
              const SacPlanRequest *request,
              SacJob *job,
              GError **error)
{
  SacPlanCache *cache = sac_network_get_plan_cache (network);
  g_autoptr (GBytes) key = make_key (network, request);

  g_mutex_lock (&cache->mutex);
  SacPlan *plan = find (cache, key);

  g_mutex_unlock (&cache->mutex);
  if (plan != NULL)
    return plan;
  plan = sac_plan_new (network, request, job, error);
  if (plan == NULL)
    return NULL;
  g_mutex_lock (&cache->mutex);
  SacPlan *other = find (cache, key);

  if (other == NULL)
    add (cache, key, plan);
  g_mutex_unlock (&cache->mutex);
  sac_plan_unref (other);
  return plan;
}

size_t
sac_plan_get_made_count (SacNetwork *network)
{
  SacPlanCache *cache = sac_network_get_plan_cache (network);

  g_mutex_lock (&cache->mutex);
  size_t count = cache->made_count;

  g_mutex_unlock (&cache->mutex);
  return count;
}
