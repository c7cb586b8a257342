/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The axes that a node names in a list, which is an attribute in older opsets
 * and an input in newer ones. */
#ifndef SAC_NETWORK_OPS_AXES_H
#define SAC_NETWORK_OPS_AXES_H

#include "network/op.h"

typedef struct {
  bool given; /* false: the node does not name any */
  bool chosen[SAC_LIMIT_RANK];
  int list[SAC_LIMIT_RANK]; /* in the node's order, non-negative */
  int count;
} SacAxes;

/* The attribute "axes" before opset `input_since`, from then on input `input`.
 * Each axis must be in [-rank, rank), none named twice. */
bool sac_axes_read (const SacInfer *infer,
                    int input_since,
                    size_t input,
                    int rank,
                    SacAxes *ret_axes,
                    GError **error);

/* How many the node names, before the rank is known. */
bool sac_axes_count (const SacInfer *infer,
                     int input_since,
                     size_t input,
                     size_t *ret_count,
                     GError **error);

/* An axis that was read elsewhere, made non-negative. */
bool sac_axes_check (
  const SacInfer *infer, int64_t axis, int rank, int *ret_axis, GError **error);

#endif
