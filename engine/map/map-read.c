/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-read.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "map/map-place.h"
#include "map/map-values.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

typedef GPtrArray *(*ReadFunc) (const char *path,
                                const SacMapImage *image,
                                SacJob *job,
                                GError **error);

/* Our own say themselves where they lie. */
static GPtrArray *
read_tiff (const char *path,
           const SacMapImage *image,
           SacJob *job,
           GError **error)
{
  g_autoptr (GError) reason = NULL;
  GPtrArray *maps = sac_map_read_tiff (path, &reason);

  if (maps != NULL)
    return maps;
  if (g_error_matches (reason, SAC_ERROR, SAC_ERROR_UNSUPPORTED))
    return sac_map_read_values (path, image, job, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* Takes the map.  Returns: NULL for NULL. */
static GPtrArray *
wrap (SacMap *map)
{
  GPtrArray *maps;

  if (map == NULL)
    return NULL;
  maps = g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);
  g_ptr_array_add (maps, map);
  return maps;
}

static GPtrArray *
read_npy (const char *path,
          const SacMapImage *image,
          SacJob *job,
          GError **error)
{
  return wrap (sac_map_read_npy (path, error));
}

static GPtrArray *
read_png (const char *path,
          const SacMapImage *image,
          SacJob *job,
          GError **error)
{
  return wrap (sac_map_read_png (path, job, error));
}

static GPtrArray *
read_table (const char *path,
            const SacMapImage *image,
            SacJob *job,
            GError **error)
{
  return sac_map_read_csv (path, NULL, image, error);
}

static bool
is_npy (const uint8_t *head, size_t size)
{
  return size >= 6 && memcmp (head, "\x93NUMPY", 6) == 0;
}

static bool
is_png (const uint8_t *head, size_t size)
{
  return size >= 8 && memcmp (head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

/* Names of columns have no zero bytes among them. */
static bool
is_table (const uint8_t *head, size_t size)
{
  const char *kind = sac_file_kind_find (head, size);

  return kind != NULL && g_str_equal (kind, "a text file");
}

static const struct {
  bool (*is_kind) (const uint8_t *head, size_t size);
  ReadFunc read;
} readers[] = {
  {sac_file_kind_is_tiff, read_tiff},
  {is_npy, read_npy},
  {is_png, read_png},
  {is_table, read_table},
};

static bool
read_head (const char *path, uint8_t *head, size_t *size, GError **error)
{
  GStatBuf status;
  FILE *file = NULL;

  if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode))
    file = g_fopen (path, "rbe");
  if (file == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "%s: cannot be read: it is missing, closed to you, or no file",
                 path);
    return false;
  }
  *size = fread (head, 1, SAC_FILE_KIND_BYTES, file);
  fclose (file);
  return true;
}

static GPtrArray *
read_any (const char *path,
          const SacMapImage *image,
          SacJob *job,
          GError **error)
{
  uint8_t head[SAC_FILE_KIND_BYTES];
  size_t size;

  if (!read_head (path, head, &size, error))
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (readers); i++)
    if (readers[i].is_kind (head, size))
      return readers[i].read (path, image, job, error);

  const char *kind = sac_file_kind_find (head, size);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: is no map: it %s%s; maps are TIFF, .npy and grey PNG "
               "files, and tables of scores (CSV)",
               path,
               kind != NULL ? sac_sentence ("looks like ")
                            : sac_sentence ("begins like no known format"),
               kind != NULL ? sac_sentence (kind) : "");
  return NULL;
}

GPtrArray *
sac_map_read (const char *path,
              const SacMapImage *image,
              SacJob *job,
              GError **error)
{
  g_autoptr (GPtrArray) maps = read_any (path, image, job, error);

  for (guint i = 0; maps != NULL && image != NULL && i < maps->len; i++) {
    SacMap *map = maps->pdata[i];
    SacMapExtent extent = {map->columns, map->rows, map->columns, map->rows, 0};

    if (!sac_map_place (map, &extent, image, error)) {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  }
  return g_steal_pointer (&maps);
}
