/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A folder of its own for a map file with a sidecar beside it. */
#ifndef SAC_TESTS_MAP_FOLDER_H
#define SAC_TESTS_MAP_FOLDER_H

#include "support.h"

#include <string.h>

typedef struct {
  char *folder, *path, *sidecar;
} Fixture;

/* name: the map file's, with an ending. */
static inline void
map_folder_set_up (Fixture *fixture, const char *name)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, name, NULL);

  g_autofree char *stem =
    g_strndup (fixture->path, strrchr (fixture->path, '.') - fixture->path);

  fixture->sidecar = g_strconcat (stem, ".json", NULL);
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->sidecar);
}

#endif
