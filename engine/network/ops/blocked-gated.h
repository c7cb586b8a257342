/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A 1x1 convolution of blocked-conv.h whose input is multiplied by a gate of
 * one pixel an image (compute/conv-gated.h).  Input 0 is x, 1 the gate, 2 the
 * residual, if there is one. */
#ifndef SAC_NETWORK_OPS_BLOCKED_GATED_H
#define SAC_NETWORK_OPS_BLOCKED_GATED_H

#include "network/ops/blocked-conv.h"

SacBlockedSize sac_blocked_gate_size (const SacConvShape *shape);

/* Back; the convolution's dX is one of dY.  floats: of workspace, but for
 * inputs that have to be converted. */
size_t sac_blocked_gated_gradient_floats (const SacBlockedConv *of);
void sac_blocked_gated_gradient (const SacGradientCall *call);

/* Its params are those of the convolution, a SacBlockedConv. */
extern const SacOp sac_op_blocked_gated;

#endif
