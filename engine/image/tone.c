/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tone.h"

#include <math.h>

const SacTone sac_tone_plain = {0, 1, 1};

bool
sac_tone_equal (const SacTone *a, const SacTone *b)
{
  return a->brightness == b->brightness && a->contrast == b->contrast &&
         a->gamma == b->gamma;
}

bool
sac_tone_is_plain (const SacTone *tone)
{
  return sac_tone_equal (tone, &sac_tone_plain);
}

void
sac_tone_fill_table (const SacTone *tone, uint8_t ret_table[256])
{
  for (int i = 0; i < 256; i++) {
    double level = (i / 255.0 - 0.5) * tone->contrast + 0.5 + tone->brightness;

    level = pow (fmin (fmax (level, 0), 1), 1 / tone->gamma);
    ret_table[i] = (uint8_t)lround (level * 255);
  }
}

void
sac_tone_apply (const uint8_t table[256], uint32_t *pixels, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = pixels[i];

    pixels[i] = (pixel & 0xff000000u) |
                (uint32_t)table[pixel >> 16 & 255] << 16 |
                (uint32_t)table[pixel >> 8 & 255] << 8 | table[pixel & 255];
  }
}
