/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-lesion.h"

enum {
  SEED_NETWORK = 61,
  SEED_PATCH = 71,
  SEED_DOTS = 81,
  SEED_VEIL = 91,
  SEED_BLUSH = 101,
  SEED_VESSEL = 111,
  SEED_SCAR = 151,
  SEED_PEPPER = 156,
  SEED_GRIT = 76
};

/* The share of its pigment that a lesion lacks where softness is 1. */
#define SOFT_MELANIN 0.40f

/* What every structure asks of the place. */
typedef struct {
  float x, y, depth;
  float body;  /* the lesion's share, fading over its border */
  float grit;  /* fine noise */
  float patch; /* coarse noise */
  float blush; /* how much redder it is */
} Place;

/* Dark lines around paler holes.  Where holes are hardly larger than a sample,
 * their mean. */
static float
find_mesh (const SacPhantomLesion *lesion, float x, float y)
{
  uint64_t seed = lesion->frame->seed + SEED_NETWORK;
  float soft = lesion->frame->soft / lesion->mesh;
  float blurred = sac_noise_step (0.25f, 0.6f, 2 * soft);
  float bend_x = 0.28f * sac_phantom_cloud (seed + 1, x / 30, y / 30, 2);
  float bend_y = 0.28f * sac_phantom_cloud (seed + 5, x / 30, y / 30, 2);
  SacNoiseCells cells =
    sac_noise_cells (seed,
                     (double)((0.8f * x - 0.6f * y) / lesion->mesh + bend_x),
                     (double)((0.6f * x + 0.8f * y) / lesion->mesh + bend_y));
  float thick =
    0.34f + 0.20f * sac_phantom_cloud (seed + 9, x / 45, y / 45, 2) + soft;
  float line =
    1 - sac_noise_step (0, MAX (thick, 0.15f), cells.second - cells.nearest);

  return line + (0.30f - line) * blurred;
}

/* Finer and fainter to the edge, and not everywhere alike. */
static float
find_network (const SacPhantomLesion *lesion, const Place *place)
{
  uint64_t seed = lesion->frame->seed + SEED_NETWORK;
  float where = sac_noise_step (-0.5f, 0.5f,
                                sac_phantom_cloud (seed + 12, place->x / 130,
                                                   place->y / 130, 2));
  float rim = sac_noise_step (-0.5f * lesion->fade, 0.10f, place->depth) *
              (1 - 0.6f * sac_noise_step (0.4f, 0.9f, place->depth));

  if (rim < SAC_PHANTOM_LEAST)
    return 0;
  return find_mesh (lesion, place->x, place->y) * (0.2f + 0.8f * where) * rim;
}

/* Round clods of pigment, each in its own cell of a lattice. */
static float
find_clods (const SacPhantomLesion *lesion,
            const Place *place,
            float spacing,
            int which)
{
  uint64_t seed = lesion->frame->seed + SEED_DOTS + (uint64_t)which;
  SacNoiseCells cells =
    sac_noise_cells (seed,
                     (double)((0.8f * place->x + 0.6f * place->y) / spacing),
                     (double)((0.8f * place->y - 0.6f * place->x) / spacing));
  float size = 0.13f + 0.20f * sac_noise_unit (cells.hash, 3);
  float soft = lesion->frame->soft / spacing;
  float ragged = 0.06f * place->grit;

  if (sac_noise_unit (cells.hash, 2) < 0.35f)
    return 0;
  return (1 - sac_noise_step (size * 0.6f - soft, size * 1.2f + soft,
                              cells.nearest + ragged)) *
         (0.55f + 0.45f * sac_noise_unit (cells.hash, 1));
}

static float
find_dots (const SacPhantomLesion *lesion, const Place *place)
{
  float region =
    sac_noise_step (0, 0.3f,
                    sac_phantom_inside (&lesion->dots,
                                        lesion->frame->seed + SEED_DOTS + 9,
                                        place->x, place->y));

  if (region <= 0)
    return 0;
  return MAX (find_clods (lesion, place, 36, 0),
              0.9f * find_clods (lesion, place, 17, 1)) *
         region * sac_noise_step (0, 0.12f, place->depth);
}

static float
find_streaks (const SacPhantomLesion *lesion, const Place *place)
{
  float most = 0;

  for (int i = 0; i < lesion->streak_count; i++) {
    const SacPhantomStroke *streak = &lesion->streaks[i];
    float along;
    float cover = sac_phantom_stroke_cover (streak, place->x, place->y,
                                            4 + lesion->frame->soft, &along);

    most = MAX (most, streak->depth * cover);
  }
  return most;
}

/* Short winding lines of blood. */
static float
find_vessels (const SacPhantomLesion *lesion, const Place *place)
{
  uint64_t seed = lesion->frame->seed + SEED_VESSEL;
  float x = place->x, y = place->y;

  if (place->blush <= 0)
    return 0;

  float ridge = fabsf (sac_phantom_cloud (seed, x / 40, y / 40, 2));
  float broken =
    sac_noise_step (-0.05f, 0.3f,
                    sac_phantom_cloud (seed + 9, x / 34, y / 34, 1));
  float wide = 0.07f + lesion->frame->soft / 40;

  return (1 - sac_noise_step (wide / 3, wide, ridge)) * broken *
         MIN (1, 1.6f * place->blush) * place->body;
}

/* A white, scar-like area with grey grains in it. */
static void
add_scar (const SacPhantomLesion *lesion,
          const Place *place,
          SacPhantomMatter *matter)
{
  uint64_t seed = lesion->frame->seed;
  float share =
    sac_noise_step (0, 0.6f,
                    sac_phantom_inside (&lesion->scar, seed + SEED_SCAR,
                                        place->x, place->y));
  float scar =
    sac_phantom_enter (matter, SAC_PHANTOM_REGRESSION, share * place->body);

  if (scar <= 0)
    return;

  SacNoiseCells cells =
    sac_noise_cells (seed + SEED_PEPPER, (double)(place->x / 13),
                     (double)(place->y / 13));
  float pepper = sac_noise_unit (cells.hash, 2) < 0.4f
                   ? 1 - sac_noise_step (0.10f, 0.32f, cells.nearest)
                   : 0;

  matter->melanin *= 1 - 0.82f * scar;
  matter->scar = scar * (0.42f + 0.10f * place->patch - 0.35f * pepper);
  matter->scar = MAX (matter->scar, 0);
  matter->melanin += 0.35f * scar * pepper;
}

static void
add_veil (const SacPhantomLesion *lesion,
          const Place *place,
          SacPhantomMatter *matter)
{
  float share =
    sac_noise_step (-0.1f, 1.0f,
                    sac_phantom_inside (&lesion->veil,
                                        lesion->frame->seed + SEED_VEIL,
                                        place->x, place->y));
  float veil =
    sac_phantom_enter (matter, SAC_PHANTOM_VEIL, share * place->body);

  matter->melanin += 0.30f * veil;
  matter->veil =
    veil *
    sac_noise_clamp (0.62f + 0.16f * place->grit + 0.26f * place->patch, 0, 1);
}

/* Brown, darker in patches and about one dark place, redder about another. */
static void
add_body (const SacPhantomLesion *lesion,
          const Place *place,
          SacPhantomMatter *matter)
{
  uint64_t seed = lesion->frame->seed;
  float dark =
    sac_noise_step (-0.2f, 0.8f,
                    sac_phantom_inside (&lesion->dark, seed + SEED_PATCH + 20,
                                        place->x, place->y));
  float blush = lesion->blushing * place->blush;
  float pigment = lesion->pigment *
                    (1 + lesion->patches * place->patch + 0.16f * place->grit) +
                  (0.10f + 0.9f * lesion->pigment) * dark;

  pigment *= 1 - 2.5f * blush;
  matter->melanin += place->body * MAX (pigment, 0.02f);
  matter->blood +=
    place->body * (lesion->redness + blush + 0.03f * place->patch);
}

static void
add_all (const SacPhantomLesion *lesion,
         float x,
         float y,
         float depth,
         SacPhantomMatter *matter)
{
  const SacPhantomFrame *frame = lesion->frame;
  Place place = {
    .x = x,
    .y = y,
    .depth = depth,
    .body = sac_noise_step (-0.5f * lesion->fade, 0.5f * lesion->fade, depth),
  };

  matter->blood += 0.05f * sac_noise_step (-0.5f, 0, depth);
  if (depth > 0)
    matter->found |= 1u << SAC_PHANTOM_LESION;
  if (place.body > 0) {
    place.patch =
      sac_phantom_cloud (frame->seed + SEED_PATCH, x / 80, y / 80, 3);
    place.grit = sac_phantom_cloud (frame->seed + SEED_GRIT, x / 10, y / 10, 3);
    place.blush =
      sac_noise_step (0, 0.8f,
                      sac_phantom_inside (&lesion->blush,
                                          frame->seed + SEED_BLUSH, x, y));
    add_body (lesion, &place, matter);
    if (sac_phantom_shows (frame, SAC_PHANTOM_NETWORK))
      matter->melanin +=
        lesion->lines * sac_phantom_enter (matter, SAC_PHANTOM_NETWORK,
                                           find_network (lesion, &place));
    if (sac_phantom_shows (frame, SAC_PHANTOM_REGRESSION))
      add_scar (lesion, &place, matter);
    if (sac_phantom_shows (frame, SAC_PHANTOM_VESSELS))
      matter->blood +=
        0.75f * sac_phantom_enter (matter, SAC_PHANTOM_VESSELS,
                                   find_vessels (lesion, &place));
    if (sac_phantom_shows (frame, SAC_PHANTOM_VEIL))
      add_veil (lesion, &place, matter);
    if (sac_phantom_shows (frame, SAC_PHANTOM_DOTS))
      matter->melanin += 0.95f * sac_phantom_enter (matter, SAC_PHANTOM_DOTS,
                                                    find_dots (lesion, &place));
  }
  if (depth > -0.8f && sac_phantom_shows (frame, SAC_PHANTOM_STREAKS))
    matter->melanin += sac_phantom_enter (matter, SAC_PHANTOM_STREAKS,
                                          find_streaks (lesion, &place));
}

void
sac_phantom_lesion_add (const SacPhantomLesion *lesion,
                        float x,
                        float y,
                        float depth,
                        SacPhantomMatter *matter)
{
  float softness = lesion->frame->softness, skin = matter->melanin;

  add_all (lesion, x, y, depth, matter);

  /* Not a product with 1: what is not soft keeps its bytes. */
  if (softness > 0)
    matter->melanin += SOFT_MELANIN * softness * (skin - matter->melanin);
}
