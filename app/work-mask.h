/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far maps lie within what has been drawn. */
#ifndef SAC_APP_WORK_MASK_H
#define SAC_APP_WORK_MASK_H

#include "annotation/annotation.h"
#include "map/mask-scores.h"
#include "worker.h"

typedef struct SacMaskRequest SacMaskRequest;

/* Maps made ready to be measured, kept from one request to the next: to sort a
 * map's cells takes longer than to measure a mask.  Only the worker's thread
 * looks into them. */
typedef struct SacMaskMeters SacMaskMeters;

SacMaskMeters *sac_mask_meters_new (void);
void sac_mask_meters_unref (SacMaskMeters *meters);

/* Takes a reference to the meters, which serve one worker's requests, and to
 * each map, which may be NULL; takes `set`.  class_index: what is the mask; -1:
 * all annotations. */
SacMaskRequest *sac_mask_request_new (SacMaskMeters *meters,
                                      SacMap *const maps[2],
                                      SacAnnotations *set,
                                      int class_index);

typedef struct {
  bool has[2]; /* a map that lies on an image */
  SacMaskScores scores[2];
} SacMaskResult;

/* Result: SacMaskResult (g_free). */
extern const SacWork sac_work_mask;

#endif
