/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/network.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"
#include "network/content.h"
#include "network/escape.h"
#include "network/graph-build.h"
#include "network/plan-cache.h"

#include <string.h>
#include <unistd.h>

struct SacNetwork {
  gatomicrefcount ref_count;
  char *path;
  GBytes *bytes;
  SacStore *store;
  SacPacks *packs;
  SacOnnxModel model;
  SacGraph graph;
  char *sha256;
  gsize sha256_once;
  SacPlanCache *plans;
  gsize plans_once;
};

SacNetwork *
sac_network_ref (SacNetwork *network)
{
  g_atomic_ref_count_inc (&network->ref_count);
  return network;
}

void
sac_network_unref (SacNetwork *network)
{
  if (network == NULL || !g_atomic_ref_count_dec (&network->ref_count))
    return;
  sac_plan_cache_free (network->plans);
  sac_graph_finish (&network->graph);
  g_hash_table_unref (network->model.metadata);
  sac_packs_free (network->packs);
  sac_store_free (network->store);
  g_bytes_unref (network->bytes);
  g_free (network->sha256);
  g_free (network->path);
  g_free (network);
}

/* What is easier said before reading: the commonest wrong files. */
static bool
check_content (GBytes *bytes, GError **error)
{
  static const char lfs[] = "version ";
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

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

static bool
read_network (SacNetwork *network,
              SacExternal *external,
              SacJob *job,
              GError **error)
{
  SacOnnxReader reader = {
    .store = network->store,
    .bytes = network->bytes,
    .external = external,
  };

  if (!check_content (network->bytes, error))
    return false;
  if (!sac_onnx_read_model (&reader, &network->model, error)) {
    if (error != NULL && g_error_matches (*error, SAC_ERROR, SAC_ERROR_DAMAGED))
      g_prefix_error (error, "it is damaged, or no ONNX network: ");
    return false;
  }
  return sac_graph_build (&reader, &network->model, &network->graph, job,
                          error);
}

/* Takes bytes. */
static SacNetwork *
new_network (GBytes *bytes,
             const char *path,
             SacExternal *external,
             SacJob *job,
             GError **error)
{
  g_autoptr (SacNetwork) network = g_new0 (SacNetwork, 1);

  g_atomic_ref_count_init (&network->ref_count);
  network->path = g_strdup (path);
  network->bytes = bytes;
  network->store = sac_store_new ();
  network->packs = sac_packs_new ();
  network->model.metadata = g_hash_table_new (g_str_hash, g_str_equal);
  if (!read_network (network, external, job, error)) {
    g_autofree char *shown = sac_network_escape (path);

    if (error != NULL &&
        !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_prefix_error (error, "%s: ", shown);
    return NULL;
  }
  return g_steal_pointer (&network);
}

static GBytes *
read_file (const char *path, GError **error)
{
  int fd = sac_content_open (path, error);
  GBytes *bytes =
    fd >= 0 ? sac_content_read (fd, SAC_LIMIT_NETWORK_BYTES, error) : NULL;

  if (fd >= 0)
    close (fd);
  if (bytes == NULL) {
    g_autofree char *shown = sac_network_escape (path);

    g_prefix_error (error, "%s: ", shown);
  }
  return bytes;
}

SacNetwork *
sac_network_load (const char *path, SacJob *job, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (SacExternal) external = sac_external_new (folder);
  GBytes *bytes = read_file (path, error);

  if (bytes == NULL)
    return NULL;
  return new_network (bytes, path, external, job, error);
}

SacNetwork *
sac_network_parse (GBytes *bytes, const char *name, GError **error)
{
  return new_network (g_bytes_ref (bytes), name, NULL, NULL, error);
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
  return network->path;
}

const char *
sac_network_get_sha256 (SacNetwork *network)
{
  if (g_once_init_enter (&network->sha256_once)) {
    gsize size;
    const void *data = g_bytes_get_data (network->bytes, &size);

    network->sha256 = sac_hash_bytes (data, size);
    g_once_init_leave (&network->sha256_once, 1);
  }
  return network->sha256;
}

const char *
sac_network_get_metadata (const SacNetwork *network, const char *key)
{
  return g_hash_table_lookup (network->model.metadata, key);
}

SacPlanCache *
sac_network_get_plan_cache (SacNetwork *network)
{
  if (g_once_init_enter (&network->plans_once)) {
    network->plans = sac_plan_cache_new ();
    g_once_init_leave (&network->plans_once, 1);
  }
  return network->plans;
}
