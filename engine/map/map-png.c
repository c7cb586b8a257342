/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps as grey pictures. */
#include "map/map-file.h"

#include "base/error.h"
#include "image/png-values.h"
#include "map/map-json.h"
#include "map/map-sidecar.h"

#include <glib/gstdio.h>
#include <string.h>

/* For the window to translate. */
#define N_(text) text

#define FILE_BYTES_MAX ((gint64)256 << 20)
#define CELLS_MAX ((gint64)1 << 24)

static bool
apply_range (
  SacMap *map, JsonObject *object, int most, const char *name, GError **error)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  double range[2];

  if (object == NULL || !json_object_has_member (object, "range")) {
    sac_map_add_note (map, most == 255
                             ? N_ ("The values are grey levels, 0 to 255.")
                             : N_ ("The values are grey levels, 0 to 65535."));
    return true;
  }
  if (!sac_map_json_get_numbers (object, "range", range, 2)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: range: is not two numbers", name);
    return false;
  }
  for (size_t i = 0; i < count; i++)
    map->values[i] =
      (float)(range[0] + (range[1] - range[0]) * map->values[i] / most);
  return true;
}

static bool
read_sidecar (
  SacMap *map, const char *path, int most, SacJob *job, GError **error)
{
  g_autofree char *name = sac_map_sidecar_find (path);
  g_autoptr (JsonObject) object = NULL;

  sac_map_find_gaps (map);
  return sac_map_sidecar_read (path, &object, error) &&
         (object == NULL ||
          sac_map_json_fill_foreign (object, name, map, error)) &&
         apply_range (map, object, most, name, error) &&
         sac_map_note_origin (map, path, job, error);
}

static GBytes *
read_file (const char *path, GError **error)
{
  GStatBuf status;
  char *data;
  gsize size;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode) ||
      status.st_size > FILE_BYTES_MAX ||
      !g_file_get_contents (path, &data, &size, NULL)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "%s: cannot be read: it is missing, closed to you, no file, "
                 "or larger than 256 MiB",
                 path);
    return NULL;
  }
  return g_bytes_new_take (data, size);
}

SacMap *
sac_map_read_png (const char *path, SacJob *job, GError **error)
{
  g_autoptr (GBytes) file = read_file (path, error);
  SacPngValues values;

  if (file == NULL)
    return NULL;
  if (!sac_png_values_read (file, CELLS_MAX, &values, job, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }

  g_autoptr (SacMap) map =
    sac_map_new_take (values.height, values.width, values.values);

  return read_sidecar (map, path, values.most, job, error)
           ? g_steal_pointer (&map)
           : NULL;
}
