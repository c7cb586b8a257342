/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Between plain [images][channels][pixels] and the blocked layout of
 * conv-shape.h, and between it and plain rows [images * pixels][channels]. */
#ifndef SAC_COMPUTE_LAYOUT_H
#define SAC_COMPUTE_LAYOUT_H

#include "base/job.h"
#include "compute/rows.h"

typedef struct {
  size_t images, channels, pixels; /* pixels of one image */
  const float *from;
  float *to; /* must not meet from */
} SacLayout;

/* All on the pool.  Return: false when cancelled. */
bool sac_layout_to_blocked (const SacLayout *work, const SacJob *job);
bool sac_layout_from_blocked (const SacLayout *work, const SacJob *job);
bool sac_layout_rows_to_blocked (const SacLayout *work, const SacJob *job);
bool sac_layout_rows_from_blocked (const SacLayout *work, const SacJob *job);

#endif
