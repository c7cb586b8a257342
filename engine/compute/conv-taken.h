/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Weights as packings want them: the filters of a panel side by side. */
#ifndef SAC_COMPUTE_CONV_TAKEN_H
#define SAC_COMPUTE_CONV_TAKEN_H

#include "compute/conv.h"
#include "compute/cut.h"

/* Channels that are taken at once: what is read of a filter fills cache lines.
 */
#define SAC_CONV_TAKEN 16

/* Takes the panel's filters for channels from `channel` on, of a convolution
 * without groups.  taken: [channel][tap][32], as many channels as there are
 * left but at most SAC_CONV_TAKEN; zero where the panel has no filter. */
void sac_conv_take (const SacConvWeights *weights,
                    const SacConvShape *shape,
                    size_t panel,
                    size_t channel,
                    float *taken);

#endif
