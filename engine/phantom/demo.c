/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The table is written last and every file whole, so that a folder with a table
 * is a whole one, however often and by how many programs it was begun. */
#include "phantom/phantom-files.h"

#include "base/output.h"

/* Another drawing, another folder; the list of cases shows the last name. */
#define FOLDER "demo-" SAC_VERSION "-4" G_DIR_SEPARATOR_S "Demo"

static bool
is_whole (const char *folder)
{
  g_autofree char *table = g_build_filename (folder, "labels.csv", NULL);

  return g_file_test (table, G_FILE_TEST_IS_REGULAR);
}

/* folder: lent to it. */
static SacPhantomFiles
plan_demo (const char *folder)
{
  return (SacPhantomFiles){
    .out = (char *)folder,
    .asymmetry = -1,
    .irregularity = -1,
  };
}

char *
sac_phantom_files_demo_first (const char *parent, SacJob *job, GError **error)
{
  g_autofree char *folder = g_build_filename (parent, FOLDER, NULL);
  SacPhantomFiles files = plan_demo (folder);

  if (is_whole (folder))
    return g_strdup ("");
  return sac_output_make_folder (folder, error)
           ? sac_phantom_files_write_first (&files, job, error)
           : NULL;
}

char *
sac_phantom_files_demo (const char *parent, SacJob *job, GError **error)
{
  g_autofree char *folder = g_build_filename (parent, FOLDER, NULL);
  SacPhantomFiles files = plan_demo (folder);

  if (is_whole (folder))
    return g_steal_pointer (&folder);
  return sac_output_make_folder (folder, error) &&
             sac_phantom_files_write_story (&files, job, error)
           ? g_steal_pointer (&folder)
           : NULL;
}
