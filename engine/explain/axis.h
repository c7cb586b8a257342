/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What an axis of a value means, found by following it backwards through the
 * nodes that move, split and merge axes, up to the convolution or matrix
 * product that made it. */
#ifndef SAC_EXPLAIN_AXIS_H
#define SAC_EXPLAIN_AXIS_H

#include "explain/flow.h"

typedef enum {
  SAC_AXIS_UNKNOWN,
  SAC_AXIS_BATCH,
  SAC_AXIS_CHANNEL, /* features made by a convolution or matrix product */
  SAC_AXIS_SPACE,   /* rows, columns, tokens or instances */
} SacAxisRole;

/* A place on the way: an axis of a value. */
typedef struct {
  int value;
  int axis;
} SacAxis;

SacAxisRole sac_axis_role (const SacFlow *flow, SacAxis axis);

/* The axis of the node's operand `input` that axis `axis` of its output 0 comes
 * from, for nodes that keep elements apart along it; -1 when there is none. */
int sac_axis_of_operand (const SacFlow *flow,
                         const SacNode *node,
                         size_t input,
                         int axis);

/* Follows the axis back until the value that a convolution or a matrix product
 * with constant weights, or a graph input, made.  A matrix product is passed
 * along the axes that it leaves alone only when `through` is true.
 * ret_origin is where it ended.  Returns: the role there. */
SacAxisRole sac_axis_origin (const SacFlow *flow,
                             SacAxis axis,
                             bool through,
                             SacAxis *ret_origin);

/* The rows and columns that were merged into this axis of tokens.
 * Returns: false when no two spatial axes were. */
bool sac_axis_grid (const SacFlow *flow,
                    SacAxis axis,
                    int64_t *ret_rows,
                    int64_t *ret_columns);

/* True when tokens that are no places were put behind the places of this axis
 * of tokens: the last ones are not the grid. */
bool sac_axis_has_suffix (const SacFlow *flow, SacAxis axis);

/* A matrix product or convolution with constant weights: the input operand that
 * depends on the data and the axis of the output that counts features. */
typedef struct {
  int data;
  int feature_axis;
} SacLinear;

bool sac_axis_linear (const SacFlow *flow, const SacNode *node, SacLinear *ret);

/* Nodes that only move elements; Slice, Split, Gather, Pad and Concat
 * included. */
bool sac_node_is_layout (const SacNode *node);

/* Nodes that work on each place by itself: arithmetic on elements, activations,
 * norms (whose statistics may be of more), casts. */
bool sac_node_is_positionwise (const SacNode *node);

#endif
