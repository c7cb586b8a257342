/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Everything that a complete run leaves for people and other programs, a folder
 * a model: map-CLASS.tif, regions-CLASS.geojson, overview-CLASS.png,
 * METHOD.tif, METHOD.png, tiles.csv, tiles.geojson, top-tiles.png, and of a
 * pooling model its maps over the slide, tiles.csv and top-tiles.png; beside
 * them tissue.png and summary.json. */
#ifndef SAC_REPORT_RUN_FILES_H
#define SAC_REPORT_RUN_FILES_H

#include "slide/slide-run.h"

typedef struct {
  const char *folder;
  const char *class_text; /* that is explained: its id or number; NULL: none */
  double positive;        /* probability from which a tile counts, [0, 1] */
  size_t top_count;       /* tiles in the summary and on the sheet */
} SacRunFiles;

/* Replaces what is there.  Errors: UNWRITABLE, cancelled, MISMATCH (no such
 * class), those of reading the slide. */
bool sac_run_files_write (SacSlideRun *run,
                          const SacRunFiles *wanted,
                          SacJob *job,
                          GError **error);

#endif
