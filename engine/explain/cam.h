/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The family of class activation maps: one pass to one spatial value, then a
 * rule that makes its channels one map. */
#ifndef SAC_EXPLAIN_CAM_H
#define SAC_EXPLAIN_CAM_H

#include "explain/cam-layout.h"
#include "explain/cam-math.h"
#include "explain/run.h"

/* A map that was found for a request, for methods that run the network again.
 */
typedef struct {
  SacExplainRun *run; /* has had a pass with the score */
  const SacCamTarget *target;
  const SacTensor *value; /* the whole of it, all samples */
  SacCamStrides strides;  /* of the sample in it */
  const float *planes;    /* channels x cells of the sample */
} SacCamFound;

typedef struct {
  /* Weights of the channels from runs of their own; NULL: from `compute`. */
  bool (*weigh) (const SacCamFound *found,
                 double *ret_weights,
                 SacJob *job,
                 GError **error);
  /* number: of the parameter `number` */
  void (*compute) (const SacCamPlanes *planes, double number, float *ret_map);
  const SacMethodParam *relu;   /* 0 or 1: the map is rectified; NULL: never */
  const SacMethodParam *number; /* NULL: none */
  bool class_free;              /* made from values alone, without a gradient */
  bool sums; /* of the gradient only each channel's sum counts */
  const char *unit;
} SacCamRule;

/* What SacMethod.make gives. */
SacMap *sac_cam_make (const SacCamRule *rule,
                      const SacExplainRequest *request,
                      SacJob *job,
                      GError **error);

#endif
