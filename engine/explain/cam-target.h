/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where class activation maps are taken: a value that is a spatial map. */
#ifndef SAC_EXPLAIN_CAM_TARGET_H
#define SAC_EXPLAIN_CAM_TARGET_H

#include "network/model.h"
#include "network/plan.h"

typedef enum {
  SAC_LAYOUT_NCHW,
  SAC_LAYOUT_NHWC,
  SAC_LAYOUT_NLC, /* batch, tokens, channels */
  SAC_LAYOUT_LNC,
} SacLayout;

typedef struct {
  int value;
  SacLayout layout;
  int prefix_tokens;
  int rows, columns;
  int64_t channels;
  bool zero_gradient; /* the score reads no place of it; set in lists only */
} SacCamTarget;

const char *sac_layout_get_name (SacLayout layout);

/* The one that the manifest names, or the one the program chooses:
 * the last spatial map before the first reduction over space,
 * for token models the normalised input of the last attention.
 * Errors: UNDEFINED (there is none), MISMATCH (the manifest's is no map). */
bool sac_cam_target_default (const SacPlan *plan,
                             const SacNetwork *network,
                             const SacManifest *manifest,
                             SacCamTarget *ret_target,
                             GError **error);

/* The value of that name as a target; layout, prefix and grid from the
 * manifest, else inferred.  Errors: MISMATCH (no such value; it is no spatial
 * map: its shape is in the message). */
bool sac_cam_target_named (const SacPlan *plan,
                           const SacNetwork *network,
                           const SacManifest *manifest,
                           const char *name,
                           SacCamTarget *ret_target,
                           GError **error);

/* All values that could serve, from the input to the output, for menus: array
 * of SacCamTarget. */
GArray *sac_cam_target_list (const SacPlan *plan,
                             const SacNetwork *network,
                             const SacManifest *manifest);

#endif
