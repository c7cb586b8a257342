/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A convolution with all that follows it, on blocked images:
 *   y = activation (conv (x) + bias + residual)
 * Input 0 is x, input 1 the residual, if there is one. */
#ifndef SAC_NETWORK_OPS_BLOCKED_CONV_H
#define SAC_NETWORK_OPS_BLOCKED_CONV_H

#include "compute/conv.h"
#include "network/ops/blocked-activation.h"
#include "network/packs.h"

/* The part of dX at rows y, y + step_y, ... and columns x, x + step_x, ...: a
 * convolution of dY of stride 1 with some of the taps, reversed. */
typedef struct {
  SacConvShape shape;
  SacConvAlgorithm algorithm;
  SacPack *pack;
  size_t y, x;
} SacBlockedPhase;

typedef struct {
  SacConvShape shape;
  SacConvAlgorithm algorithm;
  SacPack *pack;
  const float *bias; /* whole blocks, or NULL */
  bool residual;
  SacBlockedActivation activation;
  /* Few channels: one convolution whose filters are the channels of all parts,
     part after part. */
  bool joined;
  bool spreads; /* dX comes from the forward packing, without phases */
  size_t phase_count;
  const SacBlockedPhase *phases;
} SacBlockedConv;

extern const SacOp sac_op_blocked_conv;

SacBlockedSize sac_blocked_conv_in (const SacConvShape *shape);
SacBlockedSize sac_blocked_conv_out (const SacConvShape *shape);

/* Multiply-adds. */
double sac_blocked_conv_cost (const SacConvShape *shape);

/* What is to be done when no gradient follows, but for the images; the weights
 * have been packed. */
SacConv sac_blocked_conv_work (const SacBlockedConv *conv);

/* Whether dX is one convolution of dY; whether it is made by depthwise ones
 * alone. */
bool sac_blocked_conv_is_one_part (const SacBlockedConv *conv);
bool sac_blocked_conv_is_depthwise (const SacBlockedConv *conv);

/* Into how many pieces pixels of so many channels are cut, a piece of which
 * stays in the cache. */
size_t sac_blocked_conv_pieces (size_t pixels, size_t channels);

/* Floats of workspace.  blocked: the input is. */
size_t sac_blocked_conv_gradient_floats (const SacBlockedConv *conv,
                                         bool blocked);
void sac_blocked_conv_gradient (const SacGradientCall *call);

/* dX, or what is added to it, of a joined convolution.  before: dy has yet to
 * go back through the function, which only one that copies does.  room: for the
 * parts (conv.h), where it does not copy. */
bool sac_blocked_conv_joined_copies (const SacBlockedConv *conv);
void sac_blocked_conv_give_joined (const SacGradientCall *call,
                                   const float *dy,
                                   bool before,
                                   float *room);

/* Of a planar convolution: whether its windows overlap and are small enough;
 * then dX, or what is added to it, of one that spreads. */
bool sac_blocked_conv_can_spread (const SacConvShape *shape);
void sac_blocked_conv_spread (const SacGradientCall *call,
                              const float *dy,
                              bool before);

#endif
