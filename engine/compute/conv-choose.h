/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which algorithm a convolution should use. */
#ifndef SAC_COMPUTE_CONV_CHOOSE_H
#define SAC_COMPUTE_CONV_CHOOSE_H

#include "compute/conv.h"

typedef struct {
  size_t threads; /* at least 1 */
  /* Leaves out F(3x3) and F(4x4), whose rounding errors are some three and ten
     times larger, and AMX's tiles. */
  bool exact;
  bool float32;       /* leaves out AMX's tiles; see sac_loop_set_float32() */
  bool plain_input;   /* [images][channels][height][width], else blocked */
  size_t packed_most; /* floats that packed weights may take; 0: any */
} SacConvWish;

typedef struct {
  SacConvAlgorithm algorithm;
  bool convert;   /* the input must be made blocked first */
  double seconds; /* a guess, for comparing and for progress */
} SacConvChoice;

/* What one run should take, weights not in any cache, on a processor of some
 * 65 thousand million multiply-adds a second and thread with AVX-512. */
double sac_conv_seconds (SacConvAlgorithm algorithm,
                         const SacConvShape *shape,
                         size_t threads);

/* The fastest by that guess; direct, which can do anything, where packed_most
 * leaves nothing else. */
SacConvChoice sac_conv_choose (const SacConvShape *shape,
                               const SacConvWish *wish);

#endif
