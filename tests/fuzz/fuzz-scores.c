/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a table of scores; what is read is then used as any map is. */

#include "map/agreement.h"
#include "map/map-file.h"
#include "map/scale.h"
#include "support.h"

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
    sac_agreement_new (map, maps->pdata[0], &agreement, NULL);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "map.csv", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, (const char *)data, size, NULL));

  g_autoptr (GPtrArray) maps = sac_map_read_csv (path, NULL, &error);

  g_assert_true ((maps == NULL) == (error != NULL));
  if (maps != NULL)
    use_maps (maps);
  test_folder_remove (folder);
  return 0;
}
