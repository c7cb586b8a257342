/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-taken.h"

#include "compute/kernels.h"

#include <glib.h>
#include <string.h>

void
sac_conv_take (const SacConvWeights *weights,
               const SacConvShape *s,
               size_t panel,
               size_t channel,
               float *taken)
{
  size_t first = panel * SAC_PANEL, count = MIN (SAC_PANEL, s->filters - first);
  size_t channels = MIN (SAC_CONV_TAKEN, s->channels - channel);
  size_t taps = s->kernel_height * s->kernel_width;
  ptrdiff_t row = (ptrdiff_t)(s->channels * taps);

  g_assert (s->groups == 1);
  if (count < SAC_PANEL)
    memset (taken, 0, channels * taps * SAC_PANEL * sizeof (float));
  if (!weights->reversed) {
    sac_kernels ()->transpose (weights->values +
                                 (ptrdiff_t)(first - weights->first_filter) *
                                   row +
                                 channel * taps,
                               row, count, channels * taps, taken, SAC_PANEL);
    return;
  }
  /* The forward convolution's filters are channels here, its taps backwards. */
  for (size_t c = 0; c < channels; c++)
    sac_kernels ()->transpose (weights->values +
                                 ((channel + c) * s->filters + first) * taps,
                               (ptrdiff_t)taps, count, taps,
                               taken + ((c + 1) * taps - 1) * SAC_PANEL,
                               -(ptrdiff_t)SAC_PANEL);
}
