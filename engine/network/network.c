/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/network.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "network/content.h"
#include "network/escape.h"
#include "network/graph-build.h"
#include "network/plan-cache.h"
#include "tensor/gemm.h"

#include <string.h>

#define HASH_BLOCK_BYTES ((size_t)256 << 10)

struct SacNetwork {
  gatomicrefcount ref_count;
  char *path;
  GBytes *bytes;       /* what it was read from: these, */
  SacContent *content; /* or an open file */
  SacStore *store;
  SacPacks *packs;
  SacOnnxModel model;
  SacGraph graph;
  char *sha256;
  gsize sha256_once;
  int sha256_begun; /* atomic */
  SacPlanCache *plans;
  SacNetwork *whole; /* of a tail or an altered one: owns weights and file, and
                        packs where they are the same */
};

SacNetwork *
sac_network_ref (SacNetwork *network)
{
  g_atomic_ref_count_inc (&network->ref_count);
  return network;
}

static void
free_tail (SacNetwork *tail)
{
  sac_plan_cache_free (tail->plans);
  g_free ((SacValue *)tail->graph.values);
  g_free ((SacNode *)tail->graph.nodes);
  g_free ((int *)tail->graph.inputs);
  if (tail->packs != tail->whole->packs)
    sac_packs_free (tail->packs);
  sac_store_free (tail->store);
  sac_network_unref (tail->whole);
  g_free (tail);
}

void
sac_network_unref (SacNetwork *network)
{
  if (network == NULL || !g_atomic_ref_count_dec (&network->ref_count))
    return;
  if (network->whole != NULL) {
    free_tail (network);
    return;
  }
  sac_plan_cache_free (network->plans);
  sac_graph_finish (&network->graph);
  g_hash_table_unref (network->model.metadata);
  sac_packs_free (network->packs);
  sac_store_free (network->store);
  sac_content_unref (network->content);
  g_clear_pointer (&network->bytes, g_bytes_unref);
  g_free (network->sha256);
  g_free (network->path);
  g_free (network);
}

/* What is easier said before reading: the commonest wrong files. */
static bool
check_start (const char *data, size_t size, GError **error)
{
  static const char lfs[] = "version ";

  if (size == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                         "the file is empty");
    return false;
  }
  if (size >= sizeof lfs - 1 && memcmp (data, lfs, sizeof lfs - 1) == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                         "it is a pointer of git-lfs, not the network itself; "
                         "fetch that");
    return false;
  }
  return true;
}

/* A file that is damaged as a network may be whole as something else. */
static void
explain_damage (SacContent *content, GError **error)
{
  uint8_t head[SAC_FILE_KIND_BYTES];
  size_t size =
    content != NULL ? MIN (sac_content_get_size (content), sizeof head) : 0;
  const char *kind = size > 0 && sac_content_read (content, 0, size, head, NULL)
                       ? sac_file_kind_find (head, size)
                       : NULL;

  if (kind == NULL) {
    g_prefix_error (error, "it is damaged, or no ONNX network: ");
    return;
  }
  g_clear_error (error);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "it looks like %s, not like an ONNX network; export the network "
               "as ONNX",
               sac_sentence (kind));
}

static bool
read_network (SacNetwork *network,
              SacOnnxReader *reader,
              SacJob *job,
              GError **error)
{
  reader->store = network->store;
  if (!sac_onnx_read_model (reader, &network->model, error)) {
    if (error != NULL && g_error_matches (*error, SAC_ERROR, SAC_ERROR_DAMAGED))
      explain_damage (network->content, error);
    return false;
  }
  return sac_gemm_load (error) &&
         sac_graph_build (reader, &network->model, &network->graph, job, error);
}

static SacNetwork *
new_empty (const char *path)
{
  SacNetwork *network = g_new0 (SacNetwork, 1);

  g_atomic_ref_count_init (&network->ref_count);
  network->path = g_strdup (path);
  network->store = sac_store_new ();
  network->packs = sac_packs_new ();
  network->plans = sac_plan_cache_new ();
  network->model.metadata = g_hash_table_new (g_str_hash, g_str_equal);
  return network;
}

static void
add_path (const char *path, GError **error)
{
  g_autofree char *shown = sac_network_escape (path);

  if (error != NULL &&
      !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (error, "%s: ", shown);
}

static bool
load (SacNetwork *network, SacJob *job, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (network->path);
  g_autoptr (SacExternal) external = sac_external_new (folder);

  network->content =
    sac_content_open (network->path, SAC_LIMIT_NETWORK_BYTES, error);
  if (network->content == NULL)
    return false;

  g_autoptr (SacSkeleton) skeleton = sac_skeleton_new (network->content, error);
  SacOnnxReader reader = {.skeleton = skeleton, .external = external};

  return skeleton != NULL &&
         check_start (sac_skeleton_get_data (skeleton),
                      sac_content_get_size (network->content), error) &&
         read_network (network, &reader, job, error);
}

SacNetwork *
sac_network_load (const char *path, SacJob *job, GError **error)
{
  g_autoptr (SacNetwork) network = new_empty (path);

  if (load (network, job, error))
    return g_steal_pointer (&network);
  add_path (path, error);
  return NULL;
}

SacNetwork *
sac_network_parse (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (SacNetwork) network = new_empty (name);
  SacOnnxReader reader = {.bytes = bytes};
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  network->bytes = g_bytes_ref (bytes);
  if (check_start (data, size, error) &&
      read_network (network, &reader, NULL, error))
    return g_steal_pointer (&network);
  add_path (name, error);
  return NULL;
}

/* The node that made the value makes it no more.  outputs: room for the node's
 * list; shared by values of one node. */
static void
cut_off (SacNetwork *tail, SacValue *values, SacNode *nodes, int value)
{
  int producer = values[value].producer;

  values[value].producer = -1;
  if (producer < 0)
    return;

  SacNode *node = &nodes[producer];
  int *outputs = sac_store_array (tail->store, int, node->output_count);

  memcpy (outputs, node->outputs, node->output_count * sizeof *outputs);
  node->outputs = outputs;
  for (size_t i = 0; i < node->output_count; i++) {
    if (outputs[i] == value)
      outputs[i] = -1;
  }
}

SacNetwork *
sac_network_new_tail (SacNetwork *network, const SacNetworkCut *cut)
{
  SacNetwork *tail = g_new0 (SacNetwork, 1);
  const SacGraph *graph = &network->graph;
  SacValue *values =
    g_memdup2 (graph->values, graph->value_count * sizeof *values);
  SacNode *nodes = g_memdup2 (graph->nodes, graph->node_count * sizeof *nodes);

  g_atomic_ref_count_init (&tail->ref_count);
  tail->store = sac_store_new ();
  for (size_t i = 0; i < graph->input_count; i++)
    values[graph->inputs[i]].is_input = false;
  for (size_t i = 0; i < cut->input_count; i++) {
    SacValue *value = &values[cut->inputs[i]];

    cut_off (tail, values, nodes, cut->inputs[i]);
    value->type = SAC_TYPE_FLOAT;
    value->has_shape = false;
    value->is_input = true;
  }
  for (size_t i = 0; i < cut->known_count; i++) {
    cut_off (tail, values, nodes, cut->known[i]);
    values[cut->known[i]].constant = cut->tensors[i];
  }
  tail->graph = *graph;
  tail->graph.values = values;
  tail->graph.nodes = nodes;
  tail->graph.inputs =
    g_memdup2 (cut->inputs, cut->input_count * sizeof *cut->inputs);
  tail->graph.input_count = cut->input_count;
  tail->packs = network->packs;
  tail->plans = sac_plan_cache_new ();
  tail->whole = sac_network_ref (network);
  return tail;
}

SacNetwork *
sac_network_new_altered (SacNetwork *network,
                         const int *constants,
                         SacTensor *const *tensors,
                         size_t count)
{
  SacNetwork *altered = g_new0 (SacNetwork, 1);
  const SacGraph *graph = &network->graph;
  SacValue *values =
    g_memdup2 (graph->values, graph->value_count * sizeof *values);

  g_atomic_ref_count_init (&altered->ref_count);
  altered->store = sac_store_new ();
  for (size_t i = 0; i < count; i++)
    values[constants[i]].constant =
      sac_store_take_tensor (altered->store, sac_tensor_ref (tensors[i]));
  altered->graph = *graph;
  altered->graph.values = values;
  altered->graph.nodes =
    g_memdup2 (graph->nodes, graph->node_count * sizeof *graph->nodes);
  altered->graph.inputs =
    g_memdup2 (graph->inputs, graph->input_count * sizeof *graph->inputs);
  altered->packs = sac_packs_new ();
  altered->plans = sac_plan_cache_new ();
  altered->whole = sac_network_ref (network);
  return altered;
}

const SacGraph *
sac_network_get_graph (const SacNetwork *network)
{
  return &network->graph;
}

SacPacks *
sac_network_get_packs (SacNetwork *network)
{
  return network->packs;
}

const char *
sac_network_get_path (const SacNetwork *network)
{
  return network->whole != NULL ? network->whole->path : network->path;
}

static char *
hash_bytes (GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return sac_hash_bytes (data, size);
}

/* Returns: NULL when the file has changed since it was opened. */
static char *
hash_content (const SacContent *content)
{
  g_autofree guint8 *block = g_malloc (HASH_BLOCK_BYTES);
  size_t size = sac_content_get_size (content);
  char text[SAC_SHA256_DIGITS + 1];
  SacSha256 sha;

  sac_sha256_init (&sha);
  for (size_t at = 0; at < size; at += HASH_BLOCK_BYTES) {
    size_t now = MIN (HASH_BLOCK_BYTES, size - at);

    if (!sac_content_read (content, at, now, block, NULL))
      return NULL;
    sac_sha256_add (&sha, block, now);
  }
  sac_sha256_end (&sha, text);
  return g_strdup (text);
}

const char *
sac_network_get_sha256 (SacNetwork *network)
{
  if (network->whole != NULL)
    return sac_network_get_sha256 (network->whole);
  if (g_once_init_enter (&network->sha256_once)) {
    network->sha256 = network->content != NULL ? hash_content (network->content)
                                               : hash_bytes (network->bytes);
    g_once_init_leave (&network->sha256_once, 1);
  }
  return network->sha256;
}

static gpointer
compute_sha256 (gpointer data)
{
  SacNetwork *network = data;

  sac_network_get_sha256 (network);
  sac_network_unref (network);
  return NULL;
}

void
sac_network_begin_sha256 (SacNetwork *network)
{
  if (!g_atomic_int_compare_and_exchange (&network->sha256_begun, 0, 1))
    return;

  GThread *thread = g_thread_try_new ("sha256", compute_sha256,
                                      sac_network_ref (network), NULL);

  if (thread != NULL)
    g_thread_unref (thread);
  else
    sac_network_unref (network);
}

const char *
sac_network_get_metadata (const SacNetwork *network, const char *key)
{
  const SacNetwork *owner = network->whole != NULL ? network->whole : network;

  return g_hash_table_lookup (owner->model.metadata, key);
}

SacPlanCache *
sac_network_get_plan_cache (SacNetwork *network)
{
  return network->plans;
}
