/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which input elements make an output element when one axis is resized, and
 * with what weights.
 *
 * All of Resize's modes go axis by axis, so a table for each axis that changes
 * is all there is to know; forward and gradient only walk the tables. */
#ifndef SAC_NETWORK_OPS_INTERPOLATE_H
#define SAC_NETWORK_OPS_INTERPOLATE_H

#include "network/op.h"

typedef enum {
  SAC_INTERPOLATE_NEAREST,
  SAC_INTERPOLATE_LINEAR,
  SAC_INTERPOLATE_CUBIC,
} SacInterpolateMode;

/* coordinate_transformation_mode, by the words of ONNX. */
typedef enum {
  SAC_COORDINATES_HALF_PIXEL,
  SAC_COORDINATES_HALF_PIXEL_SYMMETRIC,
  SAC_COORDINATES_PYTORCH_HALF_PIXEL,
  SAC_COORDINATES_ALIGN_CORNERS,
  SAC_COORDINATES_ASYMMETRIC,
  SAC_COORDINATES_TF_HALF_PIXEL_FOR_NN,
  SAC_COORDINATES_TF_CROP_AND_RESIZE,
} SacCoordinates;

typedef enum {
  SAC_NEAREST_ROUND_PREFER_FLOOR,
  SAC_NEAREST_ROUND_PREFER_CEIL,
  SAC_NEAREST_FLOOR,
  SAC_NEAREST_CEIL,
  SAC_NEAREST_OPSET_10, /* the ceiling when shrinking, else the floor */
} SacNearest;

typedef struct {
  SacInterpolateMode mode;
  SacCoordinates coordinates;
  SacNearest nearest;
  double cubic_a;
  bool exclude_outside; /* taps outside weigh nothing, not the edge's value */
  bool antialias;       /* wider kernels when shrinking */
} SacInterpolateRule;

typedef struct {
  int64_t in, out;
  double scale;              /* out / in, or what the model states */
  bool exact;                /* scale is out / in */
  double crop_from, crop_to; /* of TF_CROP_AND_RESIZE, in [0, 1] of the input */
} SacInterpolateAxis;

/* Output i is the sum of weights[j] * input[places[j]] for j in
 * [begins[i], begins[i + 1]); without any j it lies outside of what is cropped
 * and takes the extrapolation value. */
typedef struct {
  int64_t in, out;
  const int32_t *begins;
  const int32_t *places;
  const float *weights;
  bool has_outside;
} SacInterpolateTable;

/* Allocated for the infer's step.  axis: neither size is 0.  Fails with
 * TOO_LARGE when the table would be beyond SAC_LIMIT_FOLDED_BYTES. */
bool sac_interpolate_tabulate (SacInfer *infer,
                               const SacInterpolateRule *rule,
                               const SacInterpolateAxis *axis,
                               SacInterpolateTable *ret_table,
                               GError **error);

#endif
