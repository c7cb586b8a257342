/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run has found, for other programs: tables, outlines, a summary.  The
 * same run gives the same bytes. */
#ifndef SAC_SLIDE_SLIDE_REPORT_H
#define SAC_SLIDE_SLIDE_REPORT_H

#include "slide/slide-run.h"

/* One line a tile: x, y, w, h (level-0 pixels), row, column, tissue (share),
 * status (done, unreadable), and each class's probability under its id. */
bool sac_slide_write_csv (SacSlideRun *run,
                          size_t model,
                          const char *path,
                          SacJob *job,
                          GError **error);

/* Every tile that is done as a polygon with its probabilities as measurements,
 * the way QuPath reads them. */
bool sac_slide_write_tiles (SacSlideRun *run,
                            size_t model,
                            const char *path,
                            SacJob *job,
                            GError **error);

/* Outlines of what is at least `threshold`, cells that share a side together.
 */
bool sac_slide_write_regions (SacSlideRun *run,
                              size_t model,
                              size_t class_index,
                              double threshold,
                              const char *path,
                              SacJob *job,
                              GError **error);

/* Where the maps have gaps that are no choice: the cells of tiles that could
 * not be read, or that are still to be run.  Level 0.  Returns: array of
 * SacRect. */
GArray *sac_slide_find_gaps (SacSlideRun *run);

/* A class's tiles with the highest probabilities, as places in the list, the
 * highest first, equal ones in the list's order.  Returns: array of size_t. */
GArray *sac_slide_find_top (SacSlideRun *run,
                            size_t model,
                            size_t class_index,
                            size_t count);

/* {"slide", "hash", "mpp", "tissue_mm2", "tiles": {...}, "threshold",
 * "models": [{"id", "classes": [{"id", "positive_tiles", "positive_mm2",
 * "mean", "max", "top": [...]}]}]}.  A new object. */
JsonObject *
sac_slide_summarize (SacSlideRun *run, double threshold, size_t top_count);

/* A class's label id, or its number.  A new string. */
char *sac_slide_name_label (const SacManifestOutput *output,
                            size_t class_index);
char *sac_slide_name_class (const SacSlideModel *model, size_t class_index);

#endif
