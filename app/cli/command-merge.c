/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-job.h"

#include "slide/slide-merge.h"
#include "slide/slide-task.h"

static bool
run (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (SacSlideFolder) first = {0};
  g_auto (GStrv) folders = NULL;
  g_autofree char *out = NULL;
  CliEngine engine = {0};
  GOptionEntry entries[] = {
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Folder for the whole run",
     "DIR"},
    CLI_THREADS_ENTRY (&engine),
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_merge, entries, argc, argv, &folders, error))
    return false;
  if (out == NULL || folders[0] == NULL)
    return cli_usage_error (error, "--out and the shards' folders are needed");
  /* What the shards were asked for; the slide and the models are looked for
   * where they were then. */
  if (!sac_slide_folder_read (&first, folders[0], error))
    return false;

  CliSlidePlace place = {out, 1, 1, NULL};

  engine.exact = first.request.exact;
  return cli_set_engine (&engine, error) &&
         sac_slide_merge ((const char *const *)folders, out, job, error) &&
         cli_slide_do (&first.request, &place, job, error);
}

const CliCommand cli_merge = {
  .name = "merge",
  .usage = "SHARD_DIR... --out DIR",
  .summary = "Joins the shards of a slide's run into the whole.",
  .run = run,
};
