/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where the lesion lies, its outline, and where its structures are. */
#include "image/phantom-lesion.h"

enum {
  SEED_LOBES = 11,
  SEED_FRAY = 21,
  PICK_SHAPE = 10,
  PICK_BODY = 11,
  PICK_DISC = 12,
  PICK_STREAKS = 13
};

/* How much wider the border's fading is where softness is 1. */
#define SOFT_FADE 0.8f

static void
plan_shape (SacPhantomLesion *lesion)
{
  const SacPhantomFrame *frame = lesion->frame;
  float size = sac_phantom_pick (frame, PICK_SHAPE, 0, 0.72f, 1.30f);
  float stretch = sac_phantom_pick (frame, PICK_SHAPE, 1, 1, 1.5f);

  lesion->x =
    frame->width * sac_phantom_pick (frame, PICK_SHAPE, 2, 0.45f, 0.55f);
  lesion->y =
    frame->height * sac_phantom_pick (frame, PICK_SHAPE, 3, 0.45f, 0.55f);
  sac_phantom_turn (sac_phantom_pick (frame, PICK_SHAPE, 4, 0, 128),
                    &lesion->axis_x, &lesion->axis_y);
  lesion->reach_x = 250 * size * stretch;
  lesion->reach_y = 250 * size / stretch;
  lesion->lobes = 0.10f + 0.55f * frame->irregularity;
  lesion->frayed = 0.03f + 0.16f * frame->irregularity;
  lesion->fade = sac_phantom_pick (frame, PICK_SHAPE, 5, 0.12f, 0.55f) *
                 (1 + SOFT_FADE * frame->softness);
}

static void
plan_body (SacPhantomLesion *lesion)
{
  const SacPhantomFrame *frame = lesion->frame;
  float dark = sac_phantom_pick (frame, PICK_BODY, 0, 0, 1);

  lesion->pigment = 0.18f + 0.75f * dark * dark;
  lesion->patches = sac_phantom_pick (frame, PICK_BODY, 1, 0.2f, 0.6f) *
                    (0.4f + 0.6f * frame->asymmetry);
  lesion->blushing = sac_phantom_pick (frame, PICK_BODY, 5, 0, 0.2f);
  lesion->redness = sac_phantom_pick (frame, PICK_BODY, 2, -0.08f, 0.22f);
  lesion->mesh = sac_phantom_pick (frame, PICK_BODY, 3, 12, 20);
  lesion->lines = sac_phantom_pick (frame, PICK_BODY, 4, 0.30f, 0.85f);
}

/* A disc within the lesion: `out` of its way to the border, the further the
 * more uneven the lesion is. */
static SacPhantomDisc
place_disc (const SacPhantomLesion *lesion, int which, float out, float size)
{
  const SacPhantomFrame *frame = lesion->frame;
  float side = MIN (lesion->reach_x, lesion->reach_y);
  float dx, dy;

  sac_phantom_turn (sac_phantom_pick (frame, PICK_DISC, 10 * which, 0, 256),
                    &dx, &dy);
  out *= (0.3f + 0.7f * frame->asymmetry) *
         sac_phantom_pick (frame, PICK_DISC, 10 * which + 1, 0.4f, 1);
  return (SacPhantomDisc){
    lesion->x + dx * out * side,
    lesion->y + dy * out * side,
    size * side *
      sac_phantom_pick (frame, PICK_DISC, 10 * which + 2, 0.8f, 1.25f),
  };
}

static void
plan_discs (SacPhantomLesion *lesion)
{
  lesion->dark = place_disc (lesion, 0, 0.45f, 0.60f);
  lesion->blush = place_disc (lesion, 1, 0.5f, 0.55f);
  lesion->veil = place_disc (lesion, 2, 0.4f, 0.80f);
  lesion->scar = place_disc (lesion, 3, 0.4f, 0.48f);
  lesion->dots = place_disc (lesion, 4, 0.45f, 0.72f);
}

/* How far the border lies in a direction. */
static float
find_border (const SacPhantomLesion *lesion, float dx, float dy)
{
  float most = 2 * lesion->reach_x;

  for (float far = 20; far < most; far += 4) {
    float x = lesion->x + dx * far, y = lesion->y + dy * far;

    if (sac_phantom_lesion_depth (lesion, x, y,
                                  sac_phantom_lesion_lobes (lesion, x, y)) <= 0)
      return far;
  }
  return most;
}

/* Side by side along a part of the border, outward. */
static void
plan_streaks (SacPhantomLesion *lesion)
{
  const SacPhantomFrame *frame = lesion->frame;
  float from = sac_phantom_pick (frame, PICK_STREAKS, 0, 0, 256);
  float span = sac_phantom_pick (frame, PICK_STREAKS, 1, 50, 230);
  float side = (lesion->reach_x + lesion->reach_y) / 2;
  int count = (int)(span / 256 * 6.28f * side / 12);
  float bulb = sac_phantom_pick (frame, PICK_STREAKS, 2, 0.05f, 0.6f);

  lesion->streak_count = MIN (count, SAC_PHANTOM_STREAKS_MAX);
  for (int i = 0; i < lesion->streak_count; i++) {
    SacPhantomStroke *streak = &lesion->streaks[i];
    float angle = from + span *
                           ((float)i + sac_phantom_pick (frame, PICK_STREAKS,
                                                         10 * i + 3, 0, 0.8f)) /
                           (float)lesion->streak_count;
    float dx, dy;

    sac_phantom_turn (angle, &dx, &dy);

    float border = find_border (lesion, dx, dy);
    float inner = border - side * sac_phantom_pick (frame, PICK_STREAKS,
                                                    10 * i + 4, 0.12f, 0.34f);
    float outer = border + side * sac_phantom_pick (frame, PICK_STREAKS,
                                                    10 * i + 5, 0.00f, 0.22f);
    SacPhantomPath path = {
      lesion->x + dx * inner,
      lesion->y + dy * inner,
      angle + sac_phantom_pick (frame, PICK_STREAKS, 10 * i + 6, -7, 7),
      sac_phantom_pick (frame, PICK_STREAKS, 10 * i + 7, -14, 14),
      outer - inner,
    };

    streak->count = 7;
    streak->width =
      sac_phantom_pick (frame, PICK_STREAKS, 10 * i + 8, 4.5f, 8.5f);
    streak->tip = bulb;
    streak->depth =
      sac_phantom_pick (frame, PICK_STREAKS, 10 * i + 9, 0.25f, 0.75f);
    sac_phantom_stroke_lay (streak, &path);
  }
}

void
sac_phantom_lesion_plan (SacPhantomLesion *lesion, const SacPhantomFrame *frame)
{
  lesion->frame = frame;
  plan_shape (lesion);
  plan_body (lesion);
  plan_discs (lesion);
  plan_streaks (lesion);
}

/* Of the noise, the part that is its own mirror image about both axes stays; of
 * the rest so much as the lesion is asymmetric. */
float
sac_phantom_lesion_lobes (const SacPhantomLesion *lesion, float x, float y)
{
  uint64_t seed = lesion->frame->seed + SEED_LOBES;
  float dx = x - lesion->x, dy = y - lesion->y;
  float side = 0.8f * (lesion->reach_x + lesion->reach_y) / 2;
  float u = (dx * lesion->axis_x + dy * lesion->axis_y) / side;
  float v = (dy * lesion->axis_x - dx * lesion->axis_y) / side;
  float here = sac_phantom_cloud (seed, u + 4, v + 4, 3);
  float even = (here + sac_phantom_cloud (seed, 4 - u, v + 4, 3) +
                sac_phantom_cloud (seed, u + 4, 4 - v, 3) +
                sac_phantom_cloud (seed, 4 - u, 4 - v, 3)) /
               4;

  return lesion->lobes * (even + (here - even) * lesion->frame->asymmetry);
}

float
sac_phantom_lesion_depth (const SacPhantomLesion *lesion,
                          float x,
                          float y,
                          float lobes)
{
  float dx = x - lesion->x, dy = y - lesion->y;
  float u = (dx * lesion->axis_x + dy * lesion->axis_y) / lesion->reach_x;
  float v = (dy * lesion->axis_x - dx * lesion->axis_y) / lesion->reach_y;
  float depth = 1 - sqrtf (u * u + v * v) + lobes;
  float near_border = 1 - sac_noise_step (0.25f, 0.5f, fabsf (depth));

  if (near_border <= 0)
    return depth;
  return depth + near_border * lesion->frayed *
                   sac_phantom_cloud (lesion->frame->seed + SEED_FRAY, x / 50,
                                      y / 50, 3);
}
