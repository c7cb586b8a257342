/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-artefacts.h"

#include "image/phantom-matter.h"
#include "image/tissue-plan.h"

#define SEED_PLACE 4100
#define SEED_STREAKS 4200
#define SEED_UNREST 4300

/* Blue, green and black felt pens: the green lets blue through, the blue green.
 */
static const float inks[][3] = {
  {1.70f, 0.75f, 0.12f},
  {1.45f, 0.30f, 0.95f},
  {1.60f, 1.55f, 1.35f},
};

static float
pick (const SacTissueArtefacts *artefacts, int which, float low, float high)
{
  uint64_t hash = sac_noise_hash (artefacts->seed + SEED_PLACE, which, 0);

  return low + (high - low) * sac_noise_unit (hash, 0);
}

static void
plan_fold (SacTissueArtefacts *artefacts,
           const SacPhantomSlideParams *params,
           int index)
{
  SacPhantomStroke *fold = &artefacts->folds[index];
  int first = 10 * index;
  float side = (float)MIN (params->width, params->height);
  float angle = pick (artefacts, first, 0, 256), dx, dy;
  float length = side * pick (artefacts, first + 1, 0.16f, 0.34f);

  sac_phantom_turn (angle, &dx, &dy);
  fold->count = SAC_PHANTOM_STROKE_POINTS;
  fold->width = pick (artefacts, first + 2, 22, 52);
  fold->tip = 0.3f;
  fold->depth = 1;
  sac_phantom_stroke_lay (fold,
                          &(SacPhantomPath){
                            (float)params->width *
                                pick (artefacts, first + 3, 0.35f, 0.65f) -
                              dx * length / 2,
                            (float)params->height *
                                pick (artefacts, first + 4, 0.35f, 0.65f) -
                              dy * length / 2,
                            angle,
                            pick (artefacts, first + 5, -60, 60),
                            length,
                          });
}

/* Most of the way around the first tumour, as a pathologist marks it; with
 * none, around nothing. */
static void
plan_pen (SacTissueArtefacts *artefacts, const SacPhantomSlideParams *params)
{
  float side = artefacts->side, x, y, dx, dy;
  float radius = sac_tissue_plan_get_blob (params, 0, &x, &y) + 0.06f * side;
  float angle = pick (artefacts, 50, 0, 256), bend = 240.0f / SAC_TISSUE_ARCS;
  int colour = (int)pick (artefacts, 51, 0, G_N_ELEMENTS (inks));

  for (int i = 0; i < 3; i++)
    artefacts->ink[i] = inks[colour][i];

  sac_phantom_turn (angle - 64, &dx, &dy);
  x += dx * radius;
  y += dy * radius;
  for (int i = 0; i < SAC_TISSUE_ARCS; i++, angle += bend) {
    SacPhantomStroke *arc = &artefacts->pen[i];

    arc->count = SAC_PHANTOM_STROKE_POINTS;
    arc->width = MAX (side * 0.006f, 12);
    arc->tip = i + 1 < SAC_TISSUE_ARCS ? 1 : 0.8f;
    arc->depth = 1;
    sac_phantom_stroke_lay (arc,
                            &(SacPhantomPath){x, y, angle, bend,
                                              radius * 6 / SAC_TISSUE_ARCS});
    x = arc->x[arc->count - 1];
    y = arc->y[arc->count - 1];
  }
}

void
sac_tissue_artefacts_plan (SacTissueArtefacts *artefacts,
                           const SacPhantomSlideParams *params)
{
  artefacts->seed = params->seed;
  artefacts->side = (float)MIN (params->width, params->height);
  artefacts->fold_count =
    (params->artefacts & SAC_PHANTOM_FOLDS) != 0 ? SAC_TISSUE_FOLDS : 0;
  artefacts->pen_count =
    (params->artefacts & SAC_PHANTOM_PEN) != 0 ? SAC_TISSUE_ARCS : 0;
  for (int i = 0; i < artefacts->fold_count; i++)
    plan_fold (artefacts, params, i);
  if (artefacts->pen_count > 0)
    plan_pen (artefacts, params);
}

/* Hands and tissue do not draw clean curves: places are moved about by so many
 * pixels before they are looked up. */
typedef struct {
  float most, period;
} Unrest;

static const Unrest fold_unrest = {26, 150};

static float
find_cover (const SacTissueArtefacts *artefacts,
            const SacPhantomStroke *stroke,
            const Unrest *unrest,
            const double *at,
            double scale)
{
  float x = (float)at[0], y = (float)at[1], middle;
  float reach = 1.5f * unrest->most;

  if (x < stroke->left - reach || x > stroke->right + reach ||
      y < stroke->top - reach || y > stroke->bottom + reach)
    return 0;

  float u = x / unrest->period, v = y / unrest->period;

  return sac_phantom_stroke_cover (stroke,
                                   x + unrest->most *
                                         sac_phantom_cloud (artefacts->seed +
                                                              SEED_UNREST,
                                                            u, v, 2),
                                   y + unrest->most *
                                         sac_phantom_cloud (artefacts->seed +
                                                              SEED_UNREST + 9,
                                                            u, v, 2),
                                   (float)MIN (24, 1 + scale / 2), &middle);
}

float
sac_tissue_artefacts_fold (const SacTissueArtefacts *artefacts,
                           double x,
                           double y,
                           double scale)
{
  const double at[2] = {x, y};
  float most = 0;

  for (int i = 0; i < artefacts->fold_count; i++)
    most = MAX (most, find_cover (artefacts, &artefacts->folds[i], &fold_unrest,
                                  at, scale));
  return most;
}

/* Felt leaves stripes along its way and dries at the edge. */
float
sac_tissue_artefacts_pen (const SacTissueArtefacts *artefacts,
                          double x,
                          double y,
                          double scale)
{
  if (artefacts->pen_count == 0)
    return 0;

  const double at[2] = {x, y};
  const Unrest unrest = {MAX (70, 0.014f * artefacts->side),
                         MAX (900, 0.2f * artefacts->side)};
  float cover = 0;

  for (int i = 0; i < artefacts->pen_count; i++)
    cover = MAX (cover, find_cover (artefacts, &artefacts->pen[i], &unrest, at,
                                    scale));

  if (cover <= 0)
    return 0;
  return cover *
         (0.70f + 0.22f * sac_phantom_cloud (artefacts->seed + SEED_STREAKS,
                                             (float)(x / 37), (float)(y / 37),
                                             3));
}
