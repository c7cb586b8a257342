/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a map of any kind, or with FUZZ_SIDECAR as the JSON beside one;
 * what is read is then used as any map is. */

#include "map/agreement.h"
#include "map/map-read.h"
#include "map/scale.h"
#include "support.h"

#ifndef FUZZ_SIDECAR
#define FUZZ_SIDECAR 0
#endif

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
use_maps (GPtrArray *maps)
{
  for (guint i = 0; i < maps->len; i++) {
    const SacMap *map = maps->pdata[i];
    SacScale scale = sac_scale_new (SAC_SCALE_PERCENTILE, &map, 1);
    size_t count = (size_t)map->rows * (size_t)map->columns;
    g_autofree float *positions = g_new (float, count);
    g_autoptr (JsonObject) object = sac_map_to_json (map);
    SacAgreement agreement;

    sac_scale_apply (&scale, map, positions);
    sac_agreement_new (map, maps->pdata[0], NULL, &agreement, NULL, NULL);
  }
}

static void
read_maps (const char *path, const SacMapImage *image)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) maps = sac_map_read (path, image, NULL, &error);

  g_assert_true ((maps == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  if (maps != NULL)
    use_maps (maps);
}

/* Maps that what is searched for is read beside. */
static void
read_beside (const char *folder, const uint8_t *data, size_t size)
{
  static const char table[] = "x,y,score\n0,0,1\n100,0,2\n0,50,3\n";
  g_autofree char *sidecar = g_build_filename (folder, "map.json", NULL);
  g_autofree char *csv = g_build_filename (folder, "map.csv", NULL);
  g_autofree char *npy = g_build_filename (folder, "map.npy", NULL);
  g_autoptr (SacMap) map = sac_map_new_take (2, 3, g_new0 (float, 6));

  g_assert_true (
    g_file_set_contents (sidecar, (const char *)data, (gssize)size, NULL));
  g_assert_true (g_file_set_contents (csv, table, -1, NULL));
  g_assert_true (sac_map_write_npy (npy, map, NULL));
  read_maps (csv, NULL);
  read_maps (npy, &(SacMapImage){600, 400, 0.5});
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "map.tif", NULL);

  if (FUZZ_SIDECAR) {
    read_beside (folder, data, size);
  } else {
    g_assert_true (
      g_file_set_contents (path, (const char *)data, (gssize)size, NULL));
    read_maps (path, NULL);
    read_maps (path, &(SacMapImage){600, 400, 0.5});
  }
  test_folder_remove (folder);
  return 0;
}
