/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-file.h"

#include "base/json.h"
#include "base/output.h"
#include "tensor/npy.h"

#include <string.h>

bool
sac_map_write_npy (const char *path, const SacMap *map, GError **error)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  SacShape shape = sac_shape_of (map->rows, map->columns);
  g_autoptr (SacTensor) tensor = sac_tensor_new (SAC_TYPE_FLOAT, &shape, error);

  if (tensor == NULL)
    return false;
  for (size_t i = 0; i < count; i++)
    sac_tensor_f32 (tensor)[i] = sac_map_shown (map, i);
  return sac_npy_write (path, tensor, error);
}

bool
sac_map_write_json (const char *path, const SacMap *map, GError **error)
{
  g_autoptr (JsonObject) object = sac_map_to_json (map);
  g_autofree char *text = sac_json_to_text (object, true);

  return sac_output_write (path, text, strlen (text), error);
}
