/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether a value is a spatial map, and how it is laid out. */
#ifndef SAC_EXPLAIN_CAM_LAYOUT_H
#define SAC_EXPLAIN_CAM_LAYOUT_H

#include "explain/axis.h"
#include "explain/cam-target.h"

/* Layout, prefix and grid from what made the value.  Returns: false when it is
 * no map of more than one cell. */
bool sac_cam_layout_infer (const SacFlow *flow, int value, SacCamTarget *ret);

/* As the manifest states them, for the value that it names.
 * Errors: MISMATCH. */
bool sac_cam_layout_stated (const SacFlow *flow,
                            int value,
                            const SacManifestCam *stated,
                            SacCamTarget *ret,
                            GError **error);

/* Samples in a value of that layout, and the place of the first element of one
 * of them with the steps from channel to channel and from cell to cell. */
typedef struct {
  int64_t samples;
  int64_t start, channel, cell;
  int64_t token; /* from token to token; prefix tokens are before `start` */
} SacCamStrides;

void sac_cam_layout_strides (const SacCamTarget *target,
                             const SacShape *shape,
                             int64_t batch,
                             SacCamStrides *ret);

/* Channel by channel, cell by cell.  Returns: a new array. */
float *sac_cam_layout_gather (const SacCamTarget *target,
                              const SacCamStrides *strides,
                              const SacTensor *tensor);

#endif
