/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A network's stages: one layer of each, for maps of all of them. */
#ifndef SAC_EXPLAIN_CAM_STAGES_H
#define SAC_EXPLAIN_CAM_STAGES_H

#include "explain/cam-target.h"
#include "explain/run.h"

/* A stage ends where the next layer has another grid, or where attention among
 * all places begins.  Of each the last layer that the score
 * reads, from the input to the output; of more than SAC_CAM_STAGES_MAX the last
 * ones.  Errors: UNDEFINED (no layer is a spatial map).
 * Returns: array of SacCamTarget. */
GArray *sac_cam_stages_find (const SacExplainRun *run, GError **error);

#define SAC_CAM_STAGES_MAX 16

/* The names of these layers.  Errors: also those of sac_explain_run_new.
 * Returns: a new array; free with g_strfreev. */
char **sac_cam_stages_names (const SacExplainRequest *request,
                             SacJob *job,
                             GError **error);

#endif
