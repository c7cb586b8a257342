/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-artefact.h"

/* One millimetre of the ruler, as on a field of view some 18 mm high. */
#define TICK_STEP 55.0f
#define TICK_WIDTH 3.2f
#define GLINT_SPACING 62

enum {
  SEED_GLINT = 141,
  PICK_HAIR = 30,
  PICK_RULER = 31,
  PICK_BUBBLE = 32,
  PICK_CORNER = 33
};

static void
plan_hairs (SacPhantomArtefacts *artefacts)
{
  const SacPhantomFrame *frame = artefacts->frame;
  float many = sac_phantom_pick (frame, PICK_HAIR, 0, 0, 1);
  float thick = sac_phantom_pick (frame, PICK_HAIR, 1, 1.1f, 2.4f);
  float dark = sac_phantom_pick (frame, PICK_HAIR, 2, 0.45f, 1.5f);
  float way = sac_phantom_pick (frame, PICK_HAIR, 3, 0, 256);

  artefacts->hair_count = 2 + (int)((SAC_PHANTOM_HAIRS_MAX - 2) * many * many);
  for (int i = 0; i < artefacts->hair_count; i++) {
    SacPhantomStroke *hair = &artefacts->hairs[i];
    int first = 10 * (i + 1);
    bool stray = i % 4 == 3;

    /* Most lie the same way; the angle drifts along a hair. */
    SacPhantomPath path = {
      frame->width * sac_phantom_pick (frame, PICK_HAIR, first, -0.15f, 0.95f),
      frame->height * sac_phantom_pick (frame, PICK_HAIR, first + 1, -0.1f, 1),
      way + sac_phantom_pick (frame, PICK_HAIR, first + 2, -18, 18) *
              (stray ? 4 : 1),
      sac_phantom_pick (frame, PICK_HAIR, first + 3, -40, 40) * (stray ? 2 : 1),
      sac_phantom_pick (frame, PICK_HAIR, first + 4, 180, 780),
    };

    hair->count = SAC_PHANTOM_STROKE_POINTS;
    hair->width =
      thick * sac_phantom_pick (frame, PICK_HAIR, first + 5, 0.7f, 1.3f);
    hair->tip = 0.25f;
    hair->depth =
      dark * sac_phantom_pick (frame, PICK_HAIR, first + 6, 0.7f, 1.2f);
    sac_phantom_stroke_lay (hair, &path);
  }
}

/* Ticks along a line that comes near one side of the picture, every fifth twice
 * as long. */
static void
plan_ruler (SacPhantomArtefacts *artefacts)
{
  const SacPhantomFrame *frame = artefacts->frame;
  int side = (int)sac_phantom_pick (frame, PICK_RULER, 0, 0, 4);
  float tilt = sac_phantom_pick (frame, PICK_RULER, 1, -9, 9);
  float angle = 64.0f * (float)side + tilt, inset, dx, dy, in_x, in_y;
  float width = frame->width, height = frame->height;
  float across = side % 2 == 0 ? height : width;
  float half = (side % 2 == 0 ? width : height) / 2;

  inset = sac_phantom_pick (frame, PICK_RULER, 2, 0.02f, 0.07f) * across;
  sac_phantom_turn (angle, &dx, &dy);
  sac_phantom_turn (angle + 64, &in_x, &in_y);

  float x = width / 2 - in_x * (across / 2 - inset) - dx * half;
  float y = height / 2 - in_y * (across / 2 - inset) - dy * half;
  int first = (int)sac_phantom_pick (frame, PICK_RULER, 3, 0, 5);

  artefacts->tick_count =
    MIN ((int)(2 * half / TICK_STEP) + 1, SAC_PHANTOM_TICKS_MAX);
  for (int i = 0; i < artefacts->tick_count; i++) {
    SacPhantomStroke *tick = &artefacts->ticks[i];
    float far = ((float)i + 0.4f) * TICK_STEP;

    tick->count = 2;
    tick->width = TICK_WIDTH;
    tick->tip = 1;
    tick->depth = 0.93f;
    sac_phantom_stroke_lay (tick,
                            &(SacPhantomPath){x + dx * far, y + dy * far,
                                              angle + 64, 0,
                                              (i + first) % 5 == 0 ? 64.0f
                                                                   : 32.0f});
  }
}

/* In a few clusters, near the sides rather than in the middle. */
static void
plan_bubbles (SacPhantomArtefacts *artefacts)
{
  const SacPhantomFrame *frame = artefacts->frame;

  artefacts->bubble_count =
    (int)sac_phantom_pick (frame, PICK_BUBBLE, 0, 6, SAC_PHANTOM_BUBBLES_MAX);
  for (int i = 0; i < artefacts->bubble_count; i++) {
    int cluster = 1 + i % 4, first = 100 + 10 * i;
    float small = sac_phantom_pick (frame, PICK_BUBBLE, first, 0, 1);

    artefacts->bubbles[i] = (SacPhantomDisc){
      frame->width *
          sac_phantom_pick (frame, PICK_BUBBLE, cluster, 0.05f, 0.95f) +
        sac_phantom_pick (frame, PICK_BUBBLE, first + 1, -130, 130),
      frame->height *
          (sac_phantom_pick (frame, PICK_BUBBLE, cluster + 10, 0, 1) < 0.5f
             ? 0.1f
             : 0.9f) +
        sac_phantom_pick (frame, PICK_BUBBLE, first + 2, -110, 110),
      4 + 20 * small * small * small,
    };
  }
}

void
sac_phantom_artefacts_plan (SacPhantomArtefacts *artefacts,
                            const SacPhantomFrame *frame)
{
  artefacts->frame = frame;
  plan_hairs (artefacts);
  plan_ruler (artefacts);
  plan_bubbles (artefacts);
  artefacts->view = (SacPhantomDisc){
    frame->width * sac_phantom_pick (frame, PICK_CORNER, 0, 0.48f, 0.52f),
    frame->height * sac_phantom_pick (frame, PICK_CORNER, 1, 0.47f, 0.53f),
    MAX (frame->width, frame->height) *
      sac_phantom_pick (frame, PICK_CORNER, 2, 0.49f, 0.56f),
  };
}

/* Tapered, with a streak of light along it. */
static void
add_hairs (const SacPhantomArtefacts *artefacts,
           float x,
           float y,
           SacPhantomMatter *matter)
{
  for (int i = 0; i < artefacts->hair_count; i++) {
    const SacPhantomStroke *hair = &artefacts->hairs[i];
    float streak;
    float cover =
      sac_phantom_stroke_cover (hair, x, y, 0.5f + artefacts->frame->soft,
                                &streak);

    cover = sac_phantom_enter (matter, SAC_PHANTOM_HAIR, cover);
    matter->melanin += hair->depth * cover * (1 - 0.30f * streak);
    matter->veil *= 1 - 0.9f * cover;
    matter->scar *= 1 - 0.9f * cover;
  }
}

static void
add_ruler (const SacPhantomArtefacts *artefacts,
           float x,
           float y,
           SacPhantomMatter *matter)
{
  for (int i = 0; i < artefacts->tick_count; i++) {
    const SacPhantomStroke *tick = &artefacts->ticks[i];
    float middle;
    float cover =
      sac_phantom_stroke_cover (tick, x, y, 0.7f + artefacts->frame->soft,
                                &middle);

    cover = sac_phantom_enter (matter, SAC_PHANTOM_RULER, tick->depth * cover);
    matter->ink = MAX (matter->ink, cover);
  }
}

/* Tiny reflections of the lamp on the gel, each inside its own square. */
static float
find_glint (const SacPhantomFrame *frame, float x, float y)
{
  float u = x / GLINT_SPACING, v = y / GLINT_SPACING;
  int64_t column = (int64_t)u, row = (int64_t)v;
  uint64_t hash = sac_noise_hash (frame->seed + SEED_GLINT, column, row);

  if (sac_noise_unit (hash, 2) < 0.94f)
    return 0;

  float dx = u - (float)column - 0.2f - 0.6f * sac_noise_unit (hash, 0);
  float dy = v - (float)row - 0.2f - 0.6f * sac_noise_unit (hash, 1);
  float size = 0.05f + 0.03f * sac_noise_unit (hash, 3);

  return 0.35f * (1 - sac_noise_step (0.012f, size, sqrtf (dx * dx + dy * dy)));
}

/* A dark rim, a bright crescent within it on the lamp's side, and the lamp's
 * own picture. */
static void
add_bubble (const SacPhantomDisc *bubble,
            float x,
            float y,
            float soft,
            SacPhantomMatter *matter)
{
  float dx = (x - bubble->x) / bubble->radius,
        dy = (y - bubble->y) / bubble->radius;
  float far = dx * dx + dy * dy;

  if (far >= 1)
    return;
  far = sqrtf (far);

  float blur = 0.06f + soft / bubble->radius;
  float rim = sac_noise_step (0.80f - blur, 0.92f, far) *
              (1 - sac_noise_step (1 - blur, 1, far));
  float side = sac_noise_clamp (-0.7f * dx - 0.7f * dy, 0, 1);
  float crescent = sac_noise_step (0.45f, 0.75f, far) *
                   (1 - sac_noise_step (0.78f, 0.9f, far)) * side;
  float spot_x = dx + 0.38f, spot_y = dy + 0.38f;
  float spot = 1 - sac_noise_step (0.08f, 0.22f + blur,
                                   sqrtf (spot_x * spot_x + spot_y * spot_y));

  matter->found |= 1u << SAC_PHANTOM_BUBBLES;
  matter->dimming = 1 - (1 - matter->dimming) * (1 - 0.30f * rim);
  matter->shine += 0.05f + 0.22f * crescent + 0.45f * spot;
}

static void
add_gel (const SacPhantomArtefacts *artefacts,
         float x,
         float y,
         SacPhantomMatter *matter)
{
  const SacPhantomFrame *frame = artefacts->frame;

  matter->shine +=
    sac_phantom_enter (matter, SAC_PHANTOM_BUBBLES, find_glint (frame, x, y));
  for (int i = 0; i < artefacts->bubble_count; i++)
    add_bubble (&artefacts->bubbles[i], x, y, frame->soft, matter);
}

static void
add_corners (const SacPhantomArtefacts *artefacts,
             float x,
             float y,
             SacPhantomMatter *matter)
{
  const SacPhantomDisc *view = &artefacts->view;
  float dx = x - view->x, dy = y - view->y;
  float far = sqrtf (dx * dx + dy * dy);
  float dark = sac_noise_step (view->radius - 16, view->radius + 22, far);

  dark = sac_phantom_enter (matter, SAC_PHANTOM_CORNERS, 0.97f * dark);
  matter->dimming = 1 - (1 - matter->dimming) * (1 - dark);
  matter->shine *= 1 - dark;
}

void
sac_phantom_artefacts_add (const SacPhantomArtefacts *artefacts,
                           float x,
                           float y,
                           SacPhantomMatter *matter)
{
  const SacPhantomFrame *frame = artefacts->frame;

  if (sac_phantom_shows (frame, SAC_PHANTOM_HAIR))
    add_hairs (artefacts, x, y, matter);
  if (sac_phantom_shows (frame, SAC_PHANTOM_RULER))
    add_ruler (artefacts, x, y, matter);
  if (sac_phantom_shows (frame, SAC_PHANTOM_BUBBLES))
    add_gel (artefacts, x, y, matter);
  if (sac_phantom_shows (frame, SAC_PHANTOM_CORNERS))
    add_corners (artefacts, x, y, matter);
}
