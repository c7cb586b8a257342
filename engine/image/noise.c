/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/noise.h"

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
  uint32_t column = (uint32_t)whole_x * 0x9e3779b1u + (uint32_t)seed;
  uint32_t row = (uint32_t)whole_y * 0x85ebca77u + (uint32_t)(seed >> 32) +
                 (uint32_t)seed * 0x27d4eb2fu;
  uint32_t next_column = column + 0x9e3779b1u, next_row = row + 0x85ebca77u;
  float u = (float)(x - (double)whole_x), v = (float)(y - (double)whole_y);
  float fade_u = u * u * u * (u * (u * 6 - 15) + 10);
  float fade_v = v * v * v * (v * (v * 6 - 15) + 10);
  float a = get_slope (column, row, u, v);
  float b = get_slope (next_column, row, u - 1, v);
  float c = get_slope (column, next_row, u, v - 1);
  float d = get_slope (next_column, next_row, u - 1, v - 1);
  float top = a + (b - a) * fade_u, bottom = c + (d - c) * fade_u;

  return top + (bottom - top) * fade_v;
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
  SacNoiseCells cells = {64, 64, 0};
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
      cells.second = cells.nearest;
      cells.nearest = distance;
      best = place;
    } else if (distance < cells.second) {
      cells.second = distance;
    }
  }
  cells.nearest = sqrtf (cells.nearest);
  cells.second = sqrtf (cells.second);
  cells.hash = sac_noise_hash (seed, column + best % 3 - 1, row + best / 3 - 1);
  return cells;
}
