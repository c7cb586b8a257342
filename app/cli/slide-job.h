/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What `slide` is asked for, and doing it: `merge` does the same once more. */
#ifndef SAC_CLI_SLIDE_JOB_H
#define SAC_CLI_SLIDE_JOB_H

#include "cli.h"

#include "slide/slide-run.h"

typedef struct {
  char *out;
  char *models; /* further ones */
  char *methods, *class, *layer;
  char **params;
  double mpp, model_mpp;
  char *region, *edge, *tissue, *view, *shard;
  int stride, batch, top;
  gboolean all;
  int threshold;
  double closing, min_area, share, positive;
  CliEngine engine;
  char *model, *slide; /* what follows the options */
} CliSlideOptions;

/* argv[0] is the command.  Returns: false with a usage error. */
bool cli_slide_parse (CliSlideOptions *options,
                      int argc,
                      char **argv,
                      GError **error);
void cli_slide_clear (CliSlideOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliSlideOptions, cli_slide_clear)

/* The arguments as they can be given in any folder, but for --out and --shard.
 * A new JSON text. */
char *cli_slide_write_arguments (const CliSlideOptions *options);

/* Such arguments with an output folder.  command: whose usage is meant. */
bool cli_slide_read_arguments (CliSlideOptions *options,
                               const char *text,
                               const char *out,
                               GError **error);

/* Runs what is left, writes everything, prints one line. */
bool cli_slide_do (const CliSlideOptions *options, SacJob *job, GError **error);

#endif
