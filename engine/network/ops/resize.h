/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Params of Resize and Upsample: a table for each axis that changes, in the
 * order in which the axes are resized. */
#ifndef SAC_NETWORK_OPS_RESIZE_H
#define SAC_NETWORK_OPS_RESIZE_H

#include "network/ops/interpolate.h"

/* outer x in x inner becomes outer x out x inner. */
typedef struct {
  int axis;
  int64_t outer, inner;
  SacInterpolateTable table;
} SacResizePass;

typedef struct {
  SacKind kind;
  SacShape y;
  int pass_count; /* 0: Y is X, or has no elements */
  SacResizePass passes[SAC_LIMIT_RANK];
  int64_t between; /* elements of the largest result between two passes */
  float extrapolation;
} SacResizeParams;

/* Fills passes and between from axes, one per axis of x. */
bool sac_resize_plan (SacInfer *infer,
                      SacResizeParams *params,
                      const SacInterpolateRule *rule,
                      const SacInterpolateAxis *axes,
                      GError **error);

void sac_resize_forward (const SacCall *call);
void sac_resize_gradient (const SacGradientCall *call);

#endif
