/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention.h"

#include "base/error.h"
#include "explain/attention-find.h"
#include "network/escape.h"

#include <string.h>

/* As model.json spells them. */
static const char *const kind_names[] = {
  [SAC_ATTENTION_GLOBAL] = "global", [SAC_ATTENTION_WINDOW] = "window",
  [SAC_ATTENTION_LOCAL] = "local",   [SAC_ATTENTION_CROSS] = "cross",
  [SAC_ATTENTION_POOLING] = "mil",   [SAC_ATTENTION_CHANNEL] = "channel",
};

const char *
sac_attention_kind_get_name (SacAttentionKind kind)
{
  return kind_names[kind];
}

static bool
mismatch (GError **error, const SacManifestAttention *stated, const char *why)
{
  g_autofree char *name = sac_escape_short (stated->tensor);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "model.json: explain.attention: %s: %s", name,
               sac_sentence (why));
  return false;
}

static bool
read_kind (const char *name, SacAttentionKind *ret_kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kind_names); i++) {
    if (strcmp (name, kind_names[i]) == 0) {
      *ret_kind = i;
      return true;
    }
  }
  return false;
}

/* A tensor that the program would not have taken for attention: the usual
 * order of axes, ... heads, queries, keys. */
static void
guess_from_shape (const SacShape *shape,
                  int64_t batch,
                  SacFoundAttention *found)
{
  SacAttention *attention = &found->attention;
  int last = shape->rank - 1;

  attention->key_axis = last;
  attention->keys = shape->dims[last];
  attention->query_axis = last - 1;
  attention->queries = shape->dims[last - 1];
  attention->head_axis = last > 1 ? last - 2 : -1;
  attention->heads = last > 1 ? shape->dims[last - 2] : 1;
  if (last == 2 && batch > 0 && attention->heads % batch == 0)
    attention->heads /= batch;
  found->query_tokens = found->key_tokens = -1;
  found->query_source = found->key_source = -1;
}

static void
set_stated_heads (SacFoundAttention *found, int heads, const SacShape *shape)
{
  SacAttention *attention = &found->attention;
  int64_t outer = attention->heads * found->groups;

  if (heads <= 0 || attention->heads == heads || outer % heads != 0)
    return;
  attention->heads = heads;
  found->groups = outer / heads;
  attention->head_axis = heads > 1 ? 0 : -1;
  for (int i = 0; i < shape->rank; i++) {
    if (i != attention->query_axis && i != attention->key_axis &&
        shape->dims[i] == heads)
      attention->head_axis = i;
  }
}

static bool
apply (const SacManifestAttention *stated,
       const SacShape *shape,
       SacFoundAttention *found,
       GError **error)
{
  SacAttention *attention = &found->attention;
  int64_t tokens = attention->keys;
  int64_t cells = (int64_t)stated->grid_rows * stated->grid_columns;

  if (stated->kind != NULL && !read_kind (stated->kind, &attention->kind))
    return mismatch (error, stated,
                     "kind must be global, window, local, cross or mil");
  set_stated_heads (found, stated->heads, shape);
  if ((stated->heads > 0 && attention->heads != stated->heads) ||
      (attention->head_axis >= 0 &&
       shape->dims[attention->head_axis] % attention->heads != 0))
    return mismatch (error, stated, "the tensor does not have that many heads");
  if (attention->kind == SAC_ATTENTION_LOCAL) {
    if (stated->kernel > 0)
      attention->kernel = stated->kernel;
    if ((int64_t)attention->kernel * attention->kernel != attention->keys)
      return mismatch (error, stated,
                       "the tensor has not kernel x kernel keys");
    tokens = attention->queries;
  }
  if (stated->prefix_tokens > 0 || cells > 0)
    attention->prefix_tokens = stated->prefix_tokens;
  if (cells > 0) {
    attention->rows = stated->grid_rows;
    attention->columns = stated->grid_columns;
  }
  if (attention->kind == SAC_ATTENTION_LOCAL && attention->prefix_tokens > 0)
    return mismatch (error, stated, "local attention has no prefix tokens");
  if (attention->kind != SAC_ATTENTION_WINDOW && attention->rows > 0 &&
      (int64_t)attention->rows * attention->columns +
          attention->prefix_tokens !=
        tokens)
    return mismatch (error, stated,
                     "grid and prefix_tokens do not give its number of tokens");
  return true;
}

static bool
take_stated (const SacFlow *flow,
             const GArray *known,
             const SacManifestAttention *stated,
             SacFoundAttention *ret_found,
             GError **error)
{
  int value = sac_graph_find_value (sac_flow_get_graph (flow), stated->tensor);
  const SacShape *shape = sac_flow_shape (flow, value);

  if (shape == NULL)
    return mismatch (error, stated, "the network has no such value");
  if (shape->rank < 2 || sac_shape_size (shape) == 0)
    return mismatch (error, stated, "the value is no matrix of weights");
  *ret_found = (SacFoundAttention){.groups = 1};
  guess_from_shape (shape, sac_flow_batch (flow), ret_found);
  ret_found->attention.value = value;
  ret_found->groups =
    sac_shape_size (shape) /
    (ret_found->attention.queries * ret_found->attention.keys *
     MAX (ret_found->attention.heads, 1));
  for (guint i = 0; i < known->len; i++) {
    const SacFoundAttention *found =
      &g_array_index (known, SacFoundAttention, i);

    if (found->attention.value == value)
      *ret_found = *found;
  }
  return apply (stated, shape, ret_found, error);
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacGraph *graph = data;
  const SacFoundAttention *first = a, *second = b;

  return graph->values[first->attention.value].producer -
         graph->values[second->attention.value].producer;
}

GArray *
sac_attention_list (const SacFlow *flow,
                    const SacManifest *manifest,
                    GError **error)
{
  g_autoptr (GArray) known = sac_attention_find_all (flow);
  GArray *all;

  if (manifest == NULL || manifest->attention_count == 0)
    return g_steal_pointer (&known);
  all = g_array_new (false, true, sizeof (SacFoundAttention));
  for (size_t i = 0; i < manifest->attention_count; i++) {
    SacFoundAttention found;

    if (!take_stated (flow, known, &manifest->attention[i], &found, error)) {
      g_array_unref (all);
      return NULL;
    }
    g_array_append_val (all, found);
  }
  g_array_sort_with_data (all, compare_places,
                          (gpointer)sac_flow_get_graph (flow));
  for (guint i = 0; i < all->len; i++)
    g_array_index (all, SacFoundAttention, i).attention.block = i;
  return all;
}

GArray *
sac_attention_find (const SacPlan *plan,
                    const SacNetwork *network,
                    const SacManifest *manifest,
                    GError **error)
{
  g_autoptr (SacFlow) flow = sac_flow_new (plan, network, -1);
  g_autoptr (GArray) all = sac_attention_list (flow, manifest, error);
  GArray *public;

  if (all == NULL)
    return NULL;
  public = g_array_new (false, true, sizeof (SacAttention));
  for (guint i = 0; i < all->len; i++)
    g_array_append_val (public,
                        g_array_index (all, SacFoundAttention, i).attention);
  return public;
}
