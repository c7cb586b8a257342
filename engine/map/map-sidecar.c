/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-sidecar.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"

#include <float.h>
#include <math.h>
#include <string.h>

char *
sac_map_sidecar_find (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  const char *dot = strrchr (base, '.');
  size_t ending = dot != NULL && dot != base ? strlen (dot) : 0;
  g_autofree char *stem = g_strndup (path, strlen (path) - ending);
  g_autofree char *sidecar = g_strconcat (stem, ".json", NULL);

  return g_file_test (sidecar, G_FILE_TEST_EXISTS) ? g_steal_pointer (&sidecar)
                                                   : NULL;
}

bool
sac_map_sidecar_read (const char *path, JsonObject **ret_object, GError **error)
{
  g_autofree char *sidecar = sac_map_sidecar_find (path);

  *ret_object = sidecar != NULL ? sac_json_read (sidecar, NULL, error) : NULL;
  return sidecar == NULL || *ret_object != NULL;
}

bool
sac_map_note_origin (SacMap *map, const char *path, SacJob *job, GError **error)
{
  g_autofree char *digest = sac_hash_file (path, job, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = g_utf8_make_valid (base, -1);

  if (digest == NULL)
    return false;
  json_object_set_string_member (map->provenance, "file", shown);
  json_object_set_string_member (map->provenance, "file_sha256", digest);
  return true;
}

bool
sac_map_check_value (double value, GError **error)
{
  if (!isfinite (value) || fabs (value) <= FLT_MAX)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "holds the number %g, and a map goes up to 3.4e38 (float32); "
               "save what stands for nothing as NaN",
               value);
  return false;
}

void
sac_map_find_gaps (SacMap *map)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;

  for (size_t i = 0; i < count && !map->has_gaps; i++)
    map->has_gaps = isnan (map->values[i]) != 0;
}

void
sac_map_add_note (SacMap *map, const char *note)
{
  JsonArray *notes;

  if (!json_object_has_member (map->provenance, "notes"))
    json_object_set_array_member (map->provenance, "notes", json_array_new ());
  notes = json_object_get_array_member (map->provenance, "notes");
  json_array_add_string_element (notes, note);
}
