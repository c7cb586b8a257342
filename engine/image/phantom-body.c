/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-body.h"

/* A millimetre. */
#define MM (1000 / (float)SAC_PHANTOM_FIELD_MM)

/* The strip, in millimetres. */
#define SCALE_WIDE 9.0f
#define SCALE_LONG 50.0f

enum {
  SEED_TONE = 1,
  SEED_MOTTLE = 6,
  SEED_RELIEF = 11,
  SEED_FRECKLE = 21,
  SEED_PORE = 31,
  SEED_MOLE = 41,
  SEED_CLOTH = 51,
  PICK_BODY = 1,
  PICK_LIGHT = 2,
  PICK_MOLE = 3,
  PICK_HAIR = 4,
  PICK_SCALE = 5
};

/* What cameras make of white under lamps and in the window's light. */
static const float whites[][3] = {
  {1.00f, 1.00f, 1.00f}, {1.04f, 0.97f, 0.86f}, {0.95f, 0.99f, 1.06f},
  {0.98f, 1.02f, 0.95f}, {1.05f, 0.95f, 0.93f}, {1.02f, 0.99f, 0.92f},
};

static const float cloths[][3] = {
  {0.20f, 0.36f, 0.52f}, {0.17f, 0.38f, 0.33f}, {0.62f, 0.64f, 0.66f},
  {0.09f, 0.09f, 0.11f}, {0.80f, 0.79f, 0.76f},
};

static float
pick (const SacPhantomBody *body, int what, int which, float low, float high)
{
  uint64_t hash = sac_noise_hash (body->seed + 161, what, which);

  return low + (high - low) * sac_noise_unit (hash, 0);
}

static float
enter (SacPhantomSight *sight,
       SacPhantomClinicalStructure structure,
       float amount)
{
  if (amount < SAC_PHANTOM_LEAST)
    return 0;
  sight->found |= 1u << structure;
  return amount;
}

static void
plan_light (SacPhantomBody *body)
{
  const float *white =
    whites[(int)pick (body, PICK_LIGHT, 0, 0, G_N_ELEMENTS (whites))];
  const float *cloth =
    cloths[(int)pick (body, PICK_LIGHT, 1, 0, G_N_ELEMENTS (cloths))];
  float exposure = pick (body, PICK_LIGHT, 2, 0.86f, 1.06f);

  for (int i = 0; i < 3; i++) {
    body->white[i] =
      white[i] * exposure * pick (body, PICK_LIGHT, 3 + i, 0.98f, 1.02f);
    body->cloth[i] = cloth[i] * pick (body, PICK_LIGHT, 6, 0.75f, 1.1f);
  }
  sac_phantom_turn (floorf (pick (body, PICK_LIGHT, 7, 0, 256)), &body->lamp_x,
                    &body->lamp_y);
  body->slant = pick (body, PICK_LIGHT, 8, 0.25f, 0.75f);
}

/* On the side of the lesion that lies inward, where the body goes on. */
static void
plan_moles (SacPhantomBody *body)
{
  body->mole_count =
    2 + (int)pick (body, PICK_MOLE, 0, 0, SAC_PHANTOM_BODY_MOLES_MAX - 1);
  for (int i = 0; i < body->mole_count; i++) {
    float across = pick (body, PICK_MOLE, 10 * i + 1, -0.05f, 0.24f);
    float along =
      pick (body, PICK_MOLE, 10 * i + 2, 13 * MM, 0.30f * body->side);

    if (i % 2 == 1)
      along = -along;
    across *= -body->side;
    body->moles[i] = (SacPhantomDisc){
      body->x + across * body->axis_x - along * body->axis_y,
      body->y + across * body->axis_y + along * body->axis_x,
      MM * pick (body, PICK_MOLE, 10 * i + 3, 1.4f, 3.2f),
    };
    body->mole_melanin[i] = pick (body, PICK_MOLE, 10 * i + 4, 0.35f, 0.9f);
  }
}

static void
plan_hairs (SacPhantomBody *body)
{
  float many = pick (body, PICK_HAIR, 0, 0, 1);
  float dark = pick (body, PICK_HAIR, 1, 0.35f, 1.3f);
  float way = pick (body, PICK_HAIR, 2, 0, 256);

  body->hair_count =
    24 + (int)((SAC_PHANTOM_BODY_HAIRS_MAX - 24) * many * many);
  for (int i = 0; i < body->hair_count; i++) {
    SacPhantomStroke *hair = &body->hairs[i];
    int first = 10 * (i + 1);
    SacPhantomPath path = {
      body->width * pick (body, PICK_HAIR, first, -0.1f, 1),
      body->height * pick (body, PICK_HAIR, first + 1, -0.1f, 1),
      way + pick (body, PICK_HAIR, first + 2, -24, 24),
      pick (body, PICK_HAIR, first + 3, -30, 30),
      MM * pick (body, PICK_HAIR, first + 4, 4, 15),
    };

    hair->count = 8;
    hair->width = pick (body, PICK_HAIR, first + 5, 1.4f, 2.8f);
    hair->tip = 0.2f;
    hair->depth = dark * pick (body, PICK_HAIR, first + 6, 0.6f, 1.2f);
    sac_phantom_stroke_lay (hair, &path);
  }
}

void
sac_phantom_body_plan (SacPhantomBody *body, const SacPhantomSkin *skin)
{
  body->melanin = skin->melanin;
  body->blood = 0.75f * skin->blood;
  body->freckles = skin->freckles;
  sac_phantom_turn (floorf (pick (body, PICK_BODY, 0, 0, 256)), &body->axis_x,
                    &body->axis_y);
  body->edge = body->side * pick (body, PICK_BODY, 1, 0.27f, 0.40f);
  body->half = MM * pick (body, PICK_BODY, 2, 40, 150);
  body->scale_gap = MM * pick (body, PICK_SCALE, 0, 12, 15);
  body->scale_from = (int)pick (body, PICK_SCALE, 1, 0, 10);
  plan_light (body);
  plan_moles (body);
  plan_hairs (body);
}

/* How far a place lies from the lesion, across the body part and along it. */
static void
find_place (
  const SacPhantomBody *body, float x, float y, float *across, float *along)
{
  float dx = x - body->x, dy = y - body->y;

  *across = dx * body->axis_x + dy * body->axis_y;
  *along = dy * body->axis_x - dx * body->axis_y;
}

/* Of a cylinder's side that is seen, with light from everywhere as well. */
static float
find_shade (const SacPhantomBody *body, float across)
{
  float bend =
    sac_noise_clamp (1 + (across - body->edge) / body->half, -0.99f, 0.985f);
  float up = sqrtf (1 - bend * bend);
  float lamp = body->lamp_x * body->axis_x + body->lamp_y * body->axis_y;
  float slant = body->slant;
  float fall = bend * slant * lamp + up * sqrtf (1 - slant * slant);

  return 0.52f + 0.56f * MAX (fall, 0);
}

/* Fine lines of the skin, lit from the side; gone where a sample holds many. */
static float
find_relief (const SacPhantomBody *body, float x, float y)
{
  float seen = 1 - sac_noise_step (9, 32, 2 * body->soft);
  float lines =
    sac_phantom_cloud (body->seed + SEED_RELIEF, x / 16, y / 30, 2) +
    0.8f * sac_phantom_cloud (body->seed + SEED_RELIEF + 4, (x + y) / 52,
                              (x - y) / 26, 2);

  return 0.030f * seen * lines;
}

/* Round spots in the cells of a lattice; `share` of the cells have one. */
static float
find_spots (
  uint64_t seed, float x, float y, float share, float least, float most)
{
  SacNoiseCells cells = sac_noise_cells (seed, (double)x, (double)y);
  float size = least + (most - least) * sac_noise_unit (cells.hash, 3);

  if (sac_noise_unit (cells.hash, 2) >= share)
    return 0;
  return 1 - sac_noise_step (size * 0.5f, size, cells.nearest);
}

static void
add_moles (const SacPhantomBody *body, float x, float y, SacPhantomSight *sight)
{
  for (int i = 0; i < body->mole_count; i++) {
    SacPhantomDisc mole = body->moles[i];
    float dx = x - mole.x, dy = y - mole.y;

    if (dx * dx + dy * dy > 4 * mole.radius * mole.radius)
      continue;

    float inside =
      1 - sqrtf (dx * dx + dy * dy) / mole.radius +
      0.3f * sac_phantom_cloud (body->seed + SEED_MOLE, x / 45, y / 45, 2);
    float share = enter (sight, SAC_PHANTOM_CLINICAL_MOLES,
                         sac_noise_step (-0.1f, 0.35f, inside));

    sight->matter.melanin += share * body->mole_melanin[i];
    sight->matter.blood += 0.08f * share;
  }
}

void
sac_phantom_body_add_skin (const SacPhantomBody *body,
                           float x,
                           float y,
                           SacPhantomSight *sight)
{
  uint64_t seed = body->seed;
  float tone = sac_phantom_cloud (seed + SEED_TONE, x / 1400, y / 1400, 2);
  float mottle = sac_phantom_cloud (seed + SEED_MOTTLE, x / 240, y / 240, 3);
  float freckle =
    find_spots (seed + SEED_FRECKLE, x / 150, y / 150,
                sac_noise_clamp (0.12f + 0.30f * body->freckles, 0, 1), 0.10f,
                0.28f);
  float pore =
    find_spots (seed + SEED_PORE, x / 70, y / 70, 0.6f, 0.10f, 0.20f);
  float across, along;

  find_place (body, x, y, &across, &along);
  sight->matter.melanin +=
    1.2f * body->melanin * (1 + 0.20f * tone + 0.10f * mottle) +
    0.10f * freckle + 0.016f * pore;
  sight->matter.blood +=
    body->blood * (1 + 0.30f * tone + 0.24f * mottle) + 0.03f * pore;
  sight->matter.melanin = MAX (sight->matter.melanin, 0.02f);
  sight->matter.blood = MAX (sight->matter.blood, 0.03f);
  sight->light = find_shade (body, across) + find_relief (body, x, y);
  if (sac_phantom_body_shows (body, SAC_PHANTOM_CLINICAL_MOLES))
    add_moles (body, x, y, sight);
}

/* Lays an opaque colour over what is there. */
static void
cover_with (SacPhantomSight *sight, const float *color, float share)
{
  for (int i = 0; i < 3; i++)
    sight->cover[i] += share * (color[i] - sight->cover[i]);
  sight->cover[3] = 1 - (1 - sight->cover[3]) * (1 - share);
}

static void
add_hairs (const SacPhantomBody *body, float x, float y, SacPhantomSight *sight)
{
  for (int i = 0; i < body->hair_count; i++) {
    const SacPhantomStroke *hair = &body->hairs[i];
    float streak,
      cover = sac_phantom_stroke_cover (hair, x, y, 0.5f + body->soft, &streak);

    cover = enter (sight, SAC_PHANTOM_CLINICAL_HAIR, cover);
    sight->matter.melanin += hair->depth * cover * (1 - 0.25f * streak);
  }
}

/* Paper with a tick each millimetre, longer at five and ten. */
static void
add_scale (const SacPhantomBody *body,
           float across,
           float along,
           SacPhantomSight *sight)
{
  float soft = 0.5f + body->soft;
  float deep = -across - body->scale_gap;
  float rim = MIN (MIN (deep, SCALE_WIDE * MM - deep),
                   SCALE_LONG / 2 * MM - fabsf (along));
  float paper = enter (sight, SAC_PHANTOM_CLINICAL_SCALE,
                       sac_noise_step (-soft, soft, rim));

  if (paper <= 0)
    return;

  float place = along / MM + SCALE_LONG / 2 + 0.5f;
  int tick = (int)floorf (place);
  float off = fabsf (place - (float)tick - 0.5f) * MM;
  int number = tick + body->scale_from;
  float length = MM * (number % 10 == 0 ? 5.5f : number % 5 == 0 ? 4.2f : 2.8f);
  float drawn = MAX (4.5f, soft);
  float ink = 4.5f / drawn *
              (1 - sac_noise_step (drawn - soft, drawn + soft, off)) *
              (1 - sac_noise_step (length - soft, length + soft, deep));
  float color[3];

  for (int i = 0; i < 3; i++)
    color[i] = (0.93f - 0.82f * ink) * (0.35f + 0.65f * sight->light);
  cover_with (sight, color, paper);
}

static void
add_cloth (const SacPhantomBody *body,
           float x,
           float y,
           float across,
           SacPhantomSight *sight)
{
  float soft = 8 + body->soft, beyond = across - body->edge;
  float share = enter (sight, SAC_PHANTOM_CLINICAL_BACKGROUND,
                       sac_noise_step (-soft, soft, beyond));

  if (share <= 0)
    return;

  /* Folds, and the shadow of the body on it. */
  float light =
    0.72f + 0.25f * sac_noise_step (0, 14 * MM, beyond) +
    0.10f * sac_phantom_cloud (body->seed + SEED_CLOTH, x / 700, y / 700, 3);
  float color[3];

  for (int i = 0; i < 3; i++)
    color[i] = body->cloth[i] * light;
  cover_with (sight, color, share);
}

void
sac_phantom_body_add_cover (const SacPhantomBody *body,
                            float x,
                            float y,
                            SacPhantomSight *sight)
{
  float across, along;

  find_place (body, x, y, &across, &along);
  if (sac_phantom_body_shows (body, SAC_PHANTOM_CLINICAL_HAIR))
    add_hairs (body, x, y, sight);
  if (sac_phantom_body_shows (body, SAC_PHANTOM_CLINICAL_BACKGROUND))
    add_cloth (body, x, y, across, sight);
  if (sac_phantom_body_shows (body, SAC_PHANTOM_CLINICAL_SCALE))
    add_scale (body, across, along, sight);
}
