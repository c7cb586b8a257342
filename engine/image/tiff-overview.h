/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A smaller copy of a TIFF level, made in memory where the file has none.
 *
 * It is made patch by patch, when a patch is first asked for, and never has
 * more than SAC_LIMIT_OVERVIEW_PIXELS.  Safe from several threads. */
#ifndef SAC_IMAGE_TIFF_OVERVIEW_H
#define SAC_IMAGE_TIFF_OVERVIEW_H

#include "image/tiff-file.h"

typedef struct SacTiffOverview SacTiffOverview;

/* How many times smaller the overview of such a level is. */
uint32_t sac_tiff_overview_get_factor (const SacTiffLayout *layout);

/* Both outlive the overview. */
SacTiffOverview *sac_tiff_overview_new (SacTiffFile *file,
                                        const SacTiffGrid *grid);
void sac_tiff_overview_free (SacTiffOverview *overview);

/* Part of the level that is `factor` times smaller than the grid's, a multiple
 * of the overview's.  Errors: those of reading, for parts where a piece of the
 * file is damaged; others can still be read. */
SacImage *sac_tiff_overview_read (SacTiffOverview *overview,
                                  uint32_t factor,
                                  const SacTiffPart *part,
                                  SacJob *job,
                                  GError **error);

#endif
