/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The search behind cam-target.h, for any input and any score. */
#ifndef SAC_EXPLAIN_CAM_TARGET_FIND_H
#define SAC_EXPLAIN_CAM_TARGET_FIND_H

#include "explain/attention-find.h"
#include "explain/cam-target.h"

typedef struct {
  const SacFlow *flow;         /* of the input that is explained */
  const SacFlow *others;       /* of all other inputs */
  const GArray *attention;     /* of SacFoundAttention */
  int score;                   /* the value that is differentiated */
  const SacManifest *manifest; /* NULL: none */
} SacCamSearch;

/* Errors: UNDEFINED, MISMATCH. */
bool sac_cam_target_search (const SacCamSearch *search,
                            SacCamTarget *ret_target,
                            GError **error);
bool sac_cam_target_search_named (const SacCamSearch *search,
                                  const char *name,
                                  SacCamTarget *ret_target,
                                  GError **error);
GArray *sac_cam_target_search_all (const SacCamSearch *search);

#endif
