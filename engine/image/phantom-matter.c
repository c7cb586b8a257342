/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-matter.h"

float
sac_phantom_cloud (uint64_t seed, float x, float y, int octaves)
{
  float sum = 0, weight = 1;

  for (int i = 0; i < octaves; i++) {
    /* A turn by the angle of the triangle 3, 4, 5, and twice as fine. */
    float turned = 1.6f * x - 1.2f * y + 17.3f;

    sum += weight * sac_noise_at (seed + (uint64_t)i, (double)x, (double)y);
    y = 1.2f * x + 1.6f * y - 9.1f;
    x = turned;
    weight /= 2;
  }
  return sum;
}

float
sac_phantom_inside (const SacPhantomDisc *disc, uint64_t seed, float x, float y)
{
  float dx = (x - disc->x) / disc->radius, dy = (y - disc->y) / disc->radius;
  float middle = 1 - sqrtf (dx * dx + dy * dy);

  /* The noise cannot bring it back. */
  if (middle < -0.8f)
    return -1;
  return middle + 0.5f * sac_phantom_cloud (seed, x / 70, y / 70, 3);
}

void
sac_phantom_turn (float angle, float *ret_x, float *ret_y)
{
  int step = (int)floorf (angle);
  float rest = angle - (float)step, ax, ay, bx, by;

  sac_noise_direction ((unsigned)step, &ax, &ay);
  sac_noise_direction ((unsigned)step + 1, &bx, &by);
  *ret_x = ax + (bx - ax) * rest;
  *ret_y = ay + (by - ay) * rest;
}
