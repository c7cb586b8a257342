/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Random numbers that are the same on every machine for the same seed:
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
#ifndef SAC_BASE_RANDOM_H
#define SAC_BASE_RANDOM_H

#include <stdint.h>

typedef struct {
  uint64_t state;
} SacRandom;

/* stream: independent sequences of one seed. */
SacRandom sac_random_new (uint64_t seed, uint64_t stream);

uint64_t sac_random_next (SacRandom *random);

/* As if `count` numbers had been taken. */
void sac_random_skip (SacRandom *random, uint64_t count);

/* Even over [0, 1). */
double sac_random_uniform (SacRandom *random);

/* Normal with mean 0 and variance 1, of two numbers (Box and Muller, 1958). */
double sac_random_normal (SacRandom *random);

#endif
