/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps as arrays, our own and other programs'. */
#include "map/map-file.h"

#include "base/error.h"
#include "base/limits.h"
#include "map/map-json.h"
#include "map/map-sidecar.h"
#include "tensor/npy.h"

static float
get_value (const SacTensor *tensor, size_t index)
{
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    return ((const float *)tensor->data)[index];
  case SAC_KIND_F64:
    return (float)((const double *)tensor->data)[index];
  case SAC_KIND_I64:
    return tensor->type == SAC_TYPE_UINT64
             ? (float)((const uint64_t *)tensor->data)[index]
             : (float)((const int64_t *)tensor->data)[index];
  default:
    return ((const uint8_t *)tensor->data)[index];
  }
}

static bool
check_values (const SacTensor *tensor, const char *path, GError **error)
{
  const double *values = tensor->data;
  int64_t count = sac_tensor_get_count (tensor);

  if (sac_tensor_get_kind (tensor) != SAC_KIND_F64)
    return true;
  for (int64_t i = 0; i < count; i++)
    if (!sac_map_check_value (values[i], error)) {
      g_prefix_error (error, "%s: ", path);
      return false;
    }
  return true;
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

  if (!check_values (tensor, path, error))
    return NULL;

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

static bool
read_sidecar (SacMap *map, const char *path, GError **error)
{
  g_autofree char *name = sac_map_sidecar_find (path);
  g_autoptr (JsonObject) object = NULL;

  if (!sac_map_sidecar_read (path, &object, error))
    return false;
  if (object != NULL && sac_map_json_is_map (object))
    return sac_map_json_fill (object, name, map, error);
  sac_map_find_gaps (map);
  return (object == NULL ||
          sac_map_json_fill_foreign (object, name, map, error)) &&
         sac_map_note_origin (map, path, NULL, error);
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
