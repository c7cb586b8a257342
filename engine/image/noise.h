/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Noise for the pictures that the program draws: functions of a seed and a
 * place, so that any part can be drawn by itself.  Only additions, products,
 * quotients and roots are used, which every machine rounds alike. */
#ifndef SAC_IMAGE_NOISE_H
#define SAC_IMAGE_NOISE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* 64 well-mixed bits for a point of a lattice. */
static inline uint64_t
sac_noise_hash (uint64_t seed, int64_t x, int64_t y)
{
  uint64_t bits = seed ^ ((uint64_t)x * 0x9e3779b97f4a7c15u) ^
                  ((uint64_t)y * 0xc2b2ae3d27d4eb4fu);

  bits ^= bits >> 32;
  bits *= 0xd6e8feb86659fd93u;
  bits ^= bits >> 29;
  bits *= 0xa0761d6478bd642fu;
  return bits ^ bits >> 32;
}

/* The index-th of the four numbers in [0, 1) that a hash has to give. */
static inline float
sac_noise_unit (uint64_t hash, int index)
{
  return (float)(hash >> (16 * index) & 0xffff) / 65536.0f;
}

static inline float
sac_noise_clamp (float x, float low, float high)
{
  return x < low ? low : x > high ? high : x;
}

/* 0 below `low`, 1 above `high`, smooth between. */
static inline float
sac_noise_step (float low, float high, float x)
{
  float t = sac_noise_clamp ((x - low) / (high - low), 0, 1);

  return t * t * (3 - 2 * t);
}

/* Gradient noise: smooth, about [-1, 1], zero on the whole lattice, features of
 * about one unit. */
float sac_noise_at (uint64_t seed, double x, double y);

/* Octaves of it, each half as wide and half as strong as the one before. */
float sac_noise_fractal (uint64_t seed, double x, double y, int octaves);

/* The same at up to SAC_NOISE_RUN places at once, to the bit, in a fifth of the
 * time.  |x|, |y| < 2^30 in the finest octave. */
#define SAC_NOISE_RUN 64

void sac_noise_fractal_run (uint64_t seed,
                            const double *x,
                            const double *y,
                            int count,
                            int octaves,
                            float *ret);

/* exp (-x) for x in [0, 4], in steps: what is left of light behind a stain of
 * density x. */
#define SAC_NOISE_FADE_STEPS 8192
#define SAC_NOISE_FADE_MAX 4.0f

typedef struct {
  float left[SAC_NOISE_FADE_STEPS + 1];
} SacNoiseFade;

void sac_noise_fade_init (SacNoiseFade *fade);

static inline float
sac_noise_fade_get (const SacNoiseFade *fade, float x)
{
  return fade->left[(int)(sac_noise_clamp (x, 0, SAC_NOISE_FADE_MAX) *
                            (SAC_NOISE_FADE_STEPS / SAC_NOISE_FADE_MAX) +
                          0.5f)];
}

/* A unit vector; 256 steps make a turn. */
void sac_noise_direction (unsigned angle, float *ret_x, float *ret_y);

/* Distances from a point to the nearest, the second and the third nearest of
 * jittered points, one in each unit square, and the hash of the nearest. */
typedef struct {
  float nearest, second, third;
  uint64_t hash;
} SacNoiseCells;

SacNoiseCells sac_noise_cells (uint64_t seed, double x, double y);

#endif
