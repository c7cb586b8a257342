/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/noise.h"

#include "base/wide.h"

#include <string.h>

/* A quarter of the circle in steps of 1/256 turn, as multiples of 1/16384. */
static const int16_t quarter_sine[65] = {
  0,     402,   804,   1205,  1606,  2006,  2404,  2801,  3196,  3590,  3981,
  4370,  4756,  5139,  5520,  5897,  6270,  6639,  7005,  7366,  7723,  8076,
  8423,  8765,  9102,  9434,  9760,  10080, 10394, 10702, 11003, 11297, 11585,
  11866, 12140, 12406, 12665, 12916, 13160, 13395, 13623, 13842, 14053, 14256,
  14449, 14635, 14811, 14978, 15137, 15286, 15426, 15557, 15679, 15791, 15893,
  15986, 16069, 16143, 16207, 16261, 16305, 16340, 16364, 16379, 16384,
};

static float
get_sine (unsigned angle)
{
  unsigned step = angle & 63;

  switch (angle >> 6 & 3) {
  case 0:
    return quarter_sine[step] / 16384.0f;
  case 1:
    return quarter_sine[64 - step] / 16384.0f;
  case 2:
    return -quarter_sine[step] / 16384.0f;
  default:
    return -quarter_sine[64 - step] / 16384.0f;
  }
}

void
sac_noise_direction (unsigned angle, float *ret_x, float *ret_y)
{
  *ret_x = get_sine (angle + 64);
  *ret_y = get_sine (angle);
}

/* The slope of the noise at a lattice point is one of eight, so long that the
 * noise about fills [-1, 1]. */
static const float slopes[8][2] = {
  {1.4142135f, 0}, {-1.4142135f, 0}, {0, 1.4142135f}, {0, -1.4142135f},
  {1, 1},          {1, -1},          {-1, 1},         {-1, -1},
};

static inline uint32_t
mix (uint32_t column, uint32_t row)
{
  uint32_t bits = column ^ row;

  bits ^= bits >> 15;
  bits *= 0x2c1b3c6du;
  bits ^= bits >> 13;
  bits *= 0x297a2d39u;
  return bits ^ bits >> 15;
}

static inline float
get_slope (uint32_t column, uint32_t row, float x, float y)
{
  const float *slope = slopes[mix (column, row) >> 29];

  return slope[0] * x + slope[1] * y;
}

static inline float
get_float (uint32_t bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* As get_slope, with the table's numbers made of a number's bits: of many
 * places at once that is faster, of one it is slower. */
static inline float
make_slope (uint32_t column, uint32_t row, float x, float y)
{
  uint32_t bits = mix (column, row);
  uint32_t diagonal = -(bits >> 31), upright = -(bits >> 30 & 1);
  uint32_t one = diagonal & 0x3f800000u, root = ~diagonal & 0x3fb504f3u;
  uint32_t last = (bits & 0x20000000u) << 2;
  uint32_t first = (diagonal & (bits & 0x40000000u) << 1) | (~diagonal & last);

  return get_float ((one | (root & ~upright)) ^ first) * x +
         get_float ((one | (root & upright)) ^ last) * y;
}

/* whole_x, whole_y: of a place rounded down, modulo 2^32; u, v: what is left.
 */
static inline float
get_noise (float (*slope) (uint32_t column, uint32_t row, float x, float y),
           uint64_t seed,
           uint32_t whole_x,
           uint32_t whole_y,
           float u,
           float v)
{
  uint32_t column = whole_x * 0x9e3779b1u + (uint32_t)seed;
  uint32_t row = whole_y * 0x85ebca77u + (uint32_t)(seed >> 32) +
                 (uint32_t)seed * 0x27d4eb2fu;
  uint32_t next_column = column + 0x9e3779b1u, next_row = row + 0x85ebca77u;
  float fade_u = u * u * u * (u * (u * 6 - 15) + 10);
  float fade_v = v * v * v * (v * (v * 6 - 15) + 10);
  float a = slope (column, row, u, v);
  float b = slope (next_column, row, u - 1, v);
  float c = slope (column, next_row, u, v - 1);
  float d = slope (next_column, next_row, u - 1, v - 1);
  float top = a + (b - a) * fade_u, bottom = c + (d - c) * fade_u;

  return top + (bottom - top) * fade_v;
}

static inline int64_t
round_down (double x)
{
  int64_t whole = (int64_t)x;

  return whole - (x < (double)whole);
}

float
sac_noise_at (uint64_t seed, double x, double y)
{
  int64_t whole_x = round_down (x), whole_y = round_down (y);

  return get_noise (get_slope, seed, (uint32_t)whole_x, (uint32_t)whole_y,
                    (float)(x - (double)whole_x), (float)(y - (double)whole_y));
}

float
sac_noise_fractal (uint64_t seed, double x, double y, int octaves)
{
  float sum = 0, weight = 1;

  for (int i = 0; i < octaves; i++) {
    sum += weight * sac_noise_at (seed + (uint64_t)i, x, y);
    x = x * 2 + 17.3;
    y = y * 2 - 9.1;
    weight /= 2;
  }
  return sum;
}

SAC_WIDE static void
add_octave (uint64_t seed,
            const double *restrict x,
            const double *restrict y,
            int count,
            float weight,
            float *restrict sum)
{
  for (int i = 0; i < count; i++) {
    int32_t whole_x = (int32_t)x[i], whole_y = (int32_t)y[i];

    whole_x -= x[i] < (double)whole_x;
    whole_y -= y[i] < (double)whole_y;
    sum[i] +=
      weight * get_noise (make_slope, seed, (uint32_t)whole_x,
                          (uint32_t)whole_y, (float)(x[i] - (double)whole_x),
                          (float)(y[i] - (double)whole_y));
  }
}

void
sac_noise_fractal_run (uint64_t seed,
                       const double *x,
                       const double *y,
                       int count,
                       int octaves,
                       float *ret)
{
  double across[SAC_NOISE_RUN], down[SAC_NOISE_RUN];
  size_t size = (size_t)count * sizeof across[0];
  float weight = 1;

  memcpy (across, x, size);
  memcpy (down, y, size);
  memset (ret, 0, (size_t)count * sizeof ret[0]);
  for (int octave = 0; octave < octaves; octave++) {
    add_octave (seed + (uint64_t)octave, across, down, count, weight, ret);
    for (int i = 0; i < count; i++) {
      across[i] = across[i] * 2 + 17.3;
      down[i] = down[i] * 2 - 9.1;
    }
    weight /= 2;
  }
}

void
sac_noise_fade_init (SacNoiseFade *fade)
{
  for (int i = 0; i <= SAC_NOISE_FADE_STEPS; i++) {
    double density =
      (double)i * (double)SAC_NOISE_FADE_MAX / SAC_NOISE_FADE_STEPS;

    /* (1 + x / 4096) ^ -4096 by twelve squarings. */
    double base = 1 + density / 4096;

    for (int k = 0; k < 12; k++)
      base *= base;
    fade->left[i] = (float)(1 / base);
  }
}

SacNoiseCells
sac_noise_cells (uint64_t seed, double x, double y)
{
  int64_t column = round_down (x), row = round_down (y);
  float u = (float)(x - (double)column), v = (float)(y - (double)row);
  SacNoiseCells cells = {64, 64, 64, 0};
  int best = 0;

  for (int place = 0; place < 9; place++) {
    int i = place % 3 - 1, j = place / 3 - 1;
    uint32_t bits =
      mix ((uint32_t)(column + i) * 0x9e3779b1u + (uint32_t)seed,
           (uint32_t)(row + j) * 0x85ebca77u + (uint32_t)(seed >> 32) +
             (uint32_t)seed * 0x27d4eb2fu);
    float dx = (float)i + 0.1f + 0.8f / 65536 * (float)(bits & 0xffff) - u;
    float dy = (float)j + 0.1f + 0.8f / 65536 * (float)(bits >> 16) - v;
    float distance = dx * dx + dy * dy;

    if (distance < cells.nearest) {
      cells.third = cells.second;
      cells.second = cells.nearest;
      cells.nearest = distance;
      best = place;
    } else if (distance < cells.second) {
      cells.third = cells.second;
      cells.second = distance;
    } else if (distance < cells.third) {
      cells.third = distance;
    }
  }
  cells.nearest = sqrtf (cells.nearest);
  cells.second = sqrtf (cells.second);
  cells.third = sqrtf (cells.third);
  cells.hash = sac_noise_hash (seed, column + best % 3 - 1, row + best / 3 - 1);
  return cells;
}
