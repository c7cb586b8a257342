/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-matter.h"

#include <string.h>

#define PICK_STRUCTURES 1
#define PICK_FORM 2

const SacPhantomStructureInfo
  sac_phantom_structures[SAC_PHANTOM_STRUCTURE_COUNT] = {
    {"lesion", false, 1},      {"network", false, 0.55f},
    {"dots", false, 0.4f},     {"streaks", false, 0.2f},
    {"veil", false, 0.2f},     {"regression", false, 0.15f},
    {"vessels", false, 0.25f}, {"hair", true, 0.5f},
    {"ruler", true, 0.2f},     {"bubbles", true, 0.25f},
    {"corners", true, 0.25f},
};

int
sac_phantom_structure_find (const char *name)
{
  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    if (strcmp (sac_phantom_structures[i].name, name) == 0)
      return i;
  return -1;
}

SacImage *
sac_phantom_mask_new (const SacImage *image,
                      const uint16_t *structures,
                      int which,
                      GError **error)
{
  SacImage *mask = sac_image_new (image->width, image->height, error);
  size_t pixels = (size_t)image->width * (size_t)image->height;

  for (size_t i = 0; mask != NULL && i < pixels; i++)
    if ((structures[i] >> which & 1) == 0)
      mask->pixels[i] = 0xff000000u;
  return mask;
}

static unsigned
choose_structures (const SacPhantomFrame *frame,
                   const SacPhantomDermoscopyParams *params)
{
  unsigned shown = 0;

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    if (sac_phantom_pick (frame, PICK_STRUCTURES, i, 0, 1) <
        sac_phantom_structures[i].chance)
      shown |= 1u << i;
  return (shown | params->with) & ~params->without;
}

void
sac_phantom_frame_plan (SacPhantomFrame *frame,
                        const SacPhantomDermoscopyParams *params,
                        int samples)
{
  float unit = (float)MIN (params->width, params->height) / 1000;

  *frame = (SacPhantomFrame){
    /* Parts of the picture take seeds near to it, so those of neighbours must
     * be far from it. */
    .seed = sac_noise_hash (params->seed, 1, 1),
    .width = (float)params->width / unit,
    .height = (float)params->height / unit,
    .soft = 0.5f / (unit * (float)samples),
    .softness = sac_noise_clamp (params->softness, 0, 1),
  };
  frame->shown = choose_structures (frame, params);
  frame->asymmetry = params->asymmetry >= 0
                       ? MIN (params->asymmetry, 1)
                       : sac_phantom_pick (frame, PICK_FORM, 0, 0.1f, 1);
  frame->irregularity = params->irregularity >= 0
                          ? MIN (params->irregularity, 1)
                          : sac_phantom_pick (frame, PICK_FORM, 1, 0.05f, 0.9f);
}

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
