/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far maps lie within what has been drawn. */
#ifndef SAC_APP_WORK_MASK_H
#define SAC_APP_WORK_MASK_H

#include "annotation/annotation.h"
#include "map/mask-scores.h"
#include "worker.h"

typedef struct SacMaskRequest SacMaskRequest;

/* Takes a reference to each map, which may be NULL, and `set`.  class_index:
 * what is the mask; -1: all annotations. */
SacMaskRequest *sac_mask_request_new (SacMap *const maps[2],
                                      SacAnnotations *set,
                                      int class_index);

typedef struct {
  bool has[2]; /* a map that lies on an image */
  SacMaskScores scores[2];
} SacMaskResult;

/* Result: SacMaskResult (g_free). */
extern const SacWork sac_work_mask;

#endif
