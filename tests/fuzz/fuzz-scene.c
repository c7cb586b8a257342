/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a scene; one that is read can be written and read again.  Beside
 * it lies map.tif, for an image of 64 x 48 pixels. */
#include "map/map-file.h"
#include "scene/scene-file.h"

#include "support.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *folder;

static void
remove_folder (void)
{
  test_folder_remove (folder);
}

static const char *
get_folder (void)
{
  if (folder == NULL) {
    g_autoptr (SacMap) map = sac_map_new_take (3, 4, g_new0 (float, 12));
    g_autofree char *path = NULL;

    folder = test_folder_new ();
    atexit (remove_folder);
    path = g_build_filename (folder, "map.tif", NULL);
    map->values[7] = 2;
    map->has_geometry = true;
    map->geometry = (SacGeometry){64, 48, {0, 0, 64, 48}, 4, 3};
    g_assert_true (
      sac_map_write_tiff (path, (const SacMap *[]){map, map}, 2, NULL));
  }
  return folder;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *path = g_build_filename (get_folder (), "in.json", NULL);
  g_autofree char *out = g_build_filename (get_folder (), "out.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
    g_file_set_contents (path, (const char *)data, (gssize)size, NULL));

  g_autoptr (SacSceneView) view = sac_scene_file_read (path, NULL, &error);

  g_assert_true ((view != NULL) == (error == NULL));
  if (view == NULL)
    return 0;
  g_remove (out);
  if (!sac_scene_file_write (view, out, NULL))
    return 0;

  g_autoptr (SacSceneView) again = sac_scene_file_read (out, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (view->layers->len, ==, again->layers->len);
  g_assert_cmpuint (view->others->len, ==, again->others->len);
  g_assert_cmpint (view->compare.mode, ==, again->compare.mode);
  return 0;
}
