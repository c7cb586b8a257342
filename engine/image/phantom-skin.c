/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-skin.h"

enum {
  SEED_TONE = 51,
  SEED_MOTTLE = 31,
  SEED_FURROW = 41,
  SEED_FRECKLE = 46,
  SEED_VEIN = 48,
  PICK_SKIN = 20
};

/* How cameras and plates tint: seen in public collections, where no two devices
 * agree. */
static const float lights[][3] = {
  {1.00f, 0.96f, 0.94f}, {1.02f, 0.90f, 0.90f}, {0.94f, 0.93f, 1.04f},
  {1.00f, 0.98f, 0.90f}, {0.98f, 0.92f, 1.03f}, {0.90f, 0.92f, 0.98f},
};

void
sac_phantom_skin_plan (SacPhantomSkin *skin, const SacPhantomFrame *frame)
{
  const float *light = lights[(int)sac_phantom_pick (frame, PICK_SKIN, 0, 0,
                                                     G_N_ELEMENTS (lights))];

  skin->frame = frame;
  skin->melanin = sac_phantom_pick (frame, PICK_SKIN, 1, 0.03f, 0.13f);
  skin->blood = sac_phantom_pick (frame, PICK_SKIN, 2, 0.05f, 0.38f);
  skin->furrows = sac_phantom_pick (frame, PICK_SKIN, 3, 0.1f, 0.9f);
  skin->freckles = sac_phantom_pick (frame, PICK_SKIN, 4, -1.2f, 0.8f);
  for (int i = 0; i < 3; i++)
    skin->light[i] =
      light[i] * sac_phantom_pick (frame, PICK_SKIN, 5 + i, 0.97f, 1.02f);
  skin->fall = sac_phantom_pick (frame, PICK_SKIN, 8, 0.15f, 0.9f);
  skin->lamp_x =
    frame->width * sac_phantom_pick (frame, PICK_SKIN, 9, 0.4f, 0.6f);
  skin->lamp_y =
    frame->height * sac_phantom_pick (frame, PICK_SKIN, 10, 0.4f, 0.6f);
}

float
sac_phantom_skin_tone (const SacPhantomSkin *skin, float x, float y)
{
  return sac_phantom_cloud (skin->frame->seed + SEED_TONE, x / 310, y / 310, 4);
}

/* Furrows that cross at an angle: pale lines of a fine, uneven net. */
static float
find_furrow (const SacPhantomSkin *skin, float x, float y)
{
  uint64_t seed = skin->frame->seed + SEED_FURROW;
  float bend = 9 * sac_phantom_cloud (seed + 1, x / 70, y / 70, 2);
  float u = 0.8f * x + 0.6f * y + bend, v = 0.8f * y - 0.6f * x - bend;
  SacNoiseCells cells =
    sac_noise_cells (seed, (double)(u / 34), (double)(v / 21));
  float wide = 0.20f + 0.4f * skin->frame->soft / 10;

  return 1 - sac_noise_step (0, wide, cells.second - cells.nearest);
}

/* Small vessels that shine through. */
static float
find_vein (const SacPhantomSkin *skin, float x, float y)
{
  uint64_t seed = skin->frame->seed + SEED_VEIN;
  float where =
    sac_noise_step (0.05f, 0.6f,
                    sac_phantom_cloud (seed + 9, x / 260, y / 260, 2));

  if (where <= 0)
    return 0;

  float ridge = fabsf (sac_phantom_cloud (seed, x / 90, y / 90, 3));

  return (1 - sac_noise_step (0.01f, 0.11f, ridge)) * where;
}

void
sac_phantom_skin_add (const SacPhantomSkin *skin,
                      float x,
                      float y,
                      float tone,
                      SacPhantomMatter *matter)
{
  uint64_t seed = skin->frame->seed;
  float mottle = sac_phantom_cloud (seed + SEED_MOTTLE, x / 42, y / 42, 3);
  float furrow = skin->furrows * find_furrow (skin, x, y);
  float freckle = sac_noise_step (0.2f, 1.2f,
                                  skin->freckles - 0.25f +
                                    sac_phantom_cloud (seed + SEED_FRECKLE,
                                                       x / 95, y / 95, 3));

  matter->melanin += skin->melanin * (1 + 0.22f * tone + 0.16f * mottle) +
                     0.10f * freckle - 0.010f * furrow;
  matter->blood += skin->blood * (1 + 0.30f * tone + 0.15f * mottle) -
                   0.035f * furrow + 0.10f * find_vein (skin, x, y);
  matter->melanin = MAX (matter->melanin, 0.01f);
  matter->blood = MAX (matter->blood, 0.03f);
}

float
sac_phantom_skin_light (const SacPhantomSkin *skin, float x, float y)
{
  float reach = MAX (skin->frame->width, skin->frame->height);
  float dx = (x - skin->lamp_x) / reach, dy = (y - skin->lamp_y) / reach;
  float far = dx * dx + dy * dy;

  return 1.03f - skin->fall * (0.26f * far + 0.9f * far * far);
}
