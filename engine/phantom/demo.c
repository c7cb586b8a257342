/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The table is written last and every file whole, so that a folder with a table
 * is a whole one, however often and by how many programs it was begun. */
#include "phantom/phantom-files.h"

#include "base/output.h"

/* Another drawing, another folder; the list of cases shows the last name. */
#define FOLDER "demo-" SAC_VERSION "-3" G_DIR_SEPARATOR_S "Demo"

static bool
is_whole (const char *folder)
{
  g_autofree char *table = g_build_filename (folder, "labels.csv", NULL);

  return g_file_test (table, G_FILE_TEST_IS_REGULAR);
}

char *
sac_phantom_files_demo (const char *parent, SacJob *job, GError **error)
{
  g_autofree char *folder = g_build_filename (parent, FOLDER, NULL);
  SacPhantomFiles files = {
    .out = folder,
    .asymmetry = -1,
    .irregularity = -1,
  };

  if (is_whole (folder))
    return g_steal_pointer (&folder);
  return sac_output_make_folder (folder, error) &&
             sac_phantom_files_write_story (&files, job, error)
           ? g_steal_pointer (&folder)
           : NULL;
}
