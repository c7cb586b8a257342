/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/random.h"

#include <math.h>

#define GOLDEN_GAMMA UINT64_C (0x9e3779b97f4a7c15)

static uint64_t
mix (uint64_t x)
{
  x = (x ^ (x >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

SacRandom
sac_random_new (uint64_t seed, uint64_t stream)
{
  return (SacRandom){mix (seed) ^ mix (stream * GOLDEN_GAMMA + 1)};
}

uint64_t
sac_random_next (SacRandom *random)
{
  random->state += GOLDEN_GAMMA;
  return mix (random->state);
}

void
sac_random_skip (SacRandom *random, uint64_t count)
{
  random->state += count * GOLDEN_GAMMA;
}

double
sac_random_uniform (SacRandom *random)
{
  return (double)(sac_random_next (random) >> 11) * 0x1p-53;
}

double
sac_random_normal (SacRandom *random)
{
  double radius = sqrt (-2 * log (1 - sac_random_uniform (random)));

  return radius *
         cos (2 * 3.14159265358979323846 * sac_random_uniform (random));
}
