/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps as arrays, our own and other programs'. */
#include "map/map-file.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "map/map-json.h"
#include "tensor/npy.h"

#include <string.h>

static float
get_value (const SacTensor *tensor, size_t index)
{
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    return ((const float *)tensor->data)[index];
  case SAC_KIND_F64:
    return (float)((const double *)tensor->data)[index];
  case SAC_KIND_I64:
    return (float)((const int64_t *)tensor->data)[index];
  default:
    return ((const uint8_t *)tensor->data)[index];
  }
}

static SacMap *
make_map (const SacTensor *tensor, const char *path, GError **error)
{
  int64_t rows = tensor->shape.rank == 2 ? tensor->shape.dims[0] : 0;
  int64_t columns = rows > 0 ? tensor->shape.dims[1] : 0;

  if (rows < 1 || columns < 1 || rows > SAC_LIMIT_MAP_CELLS / columns) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: a map is an array of rows and columns, this one has %d "
                 "axes or no cells",
                 path, tensor->shape.rank);
    return NULL;
  }

  size_t count = (size_t)rows * (size_t)columns;
  float *values = g_try_malloc_n (count, sizeof *values);

  if (values == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: does not fit into memory", path);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    values[i] = get_value (tensor, i);
  return sac_map_new_take ((int)rows, (int)columns, values);
}

/* Where the map came from, when nothing else says it. */
static bool
note_origin (SacMap *map, const char *path, GError **error)
{
  g_autofree char *digest = sac_hash_file (path, NULL, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = g_utf8_make_valid (base, -1);

  if (digest == NULL)
    return false;
  json_object_set_string_member (map->provenance, "file", shown);
  json_object_set_string_member (map->provenance, "file_sha256", digest);
  return true;
}

static bool
read_sidecar (SacMap *map, const char *path, GError **error)
{
  g_autofree char *stem = g_str_has_suffix (path, ".npy")
                            ? g_strndup (path, strlen (path) - strlen (".npy"))
                            : g_strdup (path);
  g_autofree char *sidecar = g_strconcat (stem, ".json", NULL);

  if (!g_file_test (sidecar, G_FILE_TEST_EXISTS))
    return note_origin (map, path, error);

  g_autoptr (JsonObject) object = sac_json_read (sidecar, NULL, error);

  if (object == NULL)
    return false;
  if (sac_map_json_is_map (object))
    return sac_map_json_fill (object, sidecar, map, error);
  return sac_map_json_fill_foreign (object, sidecar, map, error) &&
         note_origin (map, path, error);
}

SacMap *
sac_map_read_npy (const char *path, GError **error)
{
  g_autoptr (SacTensor) tensor = sac_npy_read (path, error);
  g_autoptr (SacMap) map =
    tensor != NULL ? make_map (tensor, path, error) : NULL;

  if (map == NULL || !read_sidecar (map, path, error))
    return NULL;
  return g_steal_pointer (&map);
}
