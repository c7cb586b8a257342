/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Other programs' TIFFs of numbers as maps. */
#ifndef SAC_MAP_MAP_VALUES_H
#define SAC_MAP_MAP_VALUES_H

#include "base/job.h"
#include "map/map-file.h"

/* One map for each page, no larger than 2^24 cells.  NaN and what the file
 * calls nothing are gaps.  See map/map-read.h. */
GPtrArray *sac_map_read_values (const char *path,
                                const SacMapImage *image,
                                SacJob *job,
                                GError **error);

#endif
