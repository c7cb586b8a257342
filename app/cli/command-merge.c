/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-job.h"

#include "base/error.h"
#include "slide/slide-merge.h"

/* What the shards were asked for; the slide and the models are looked for where
 * they were then. */
static char *
read_arguments (const char *folder, GError **error)
{
  g_autoptr (SacRunStore) store = sac_run_store_open_existing (folder, error);
  char *text;

  if (store == NULL)
    return NULL;
  text = sac_run_store_get_note (store, "arguments");
  if (text == NULL)
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: does not say what was run", folder);
  return text;
}

static bool
run (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (CliSlideOptions) options = {0};
  g_auto (GStrv) folders = NULL;
  g_autofree char *out = NULL;
  g_autofree char *arguments = NULL;
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
  arguments = read_arguments (folders[0], error);
  if (arguments == NULL ||
      !cli_slide_read_arguments (&options, arguments, out, error))
    return false;
  engine.exact = options.engine.exact;
  return cli_set_engine (&engine, error) &&
         sac_slide_merge ((const char *const *)folders, out, job, error) &&
         cli_slide_do (&options, job, error);
}

const CliCommand cli_merge = {
  .name = "merge",
  .usage = "SHARD_DIR... --out DIR",
  .summary = "Joins the shards of a slide's run into the whole.",
  .run = run,
};
