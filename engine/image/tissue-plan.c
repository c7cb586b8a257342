/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-plan.h"

#include "image/noise.h"
#include "image/tissue-node.h"

#include <string.h>

#define TUMOR_COUNT 3

/* Three tenths of a millimetre. */
#define SMALL_RADIUS 600.0f

/* Independent noise for each use. */
enum {
  SEED_OUTLINE = 100,
  SEED_EDGE = 200,
  SEED_TUMOR = 300,
  SEED_BLOBS = 400,
  SEED_GLANDS = 500,
  SEED_FAT = 600,
  SEED_IMMUNE = 700,
  SEED_FLOW = 800,
  SEED_NESTS = 900
};

/* A long piece of tissue with a wavy outline, lying across the slide. */
static float
find_depth (const SacPhantomSlideParams *params, double x, double y)
{
  double width = (double)params->width, height = (double)params->height;
  double side = MIN (width, height);
  double u = (x / width - 0.5) / 0.43, v = (y / height - 0.5) / 0.40;

  /* Nearer to a rectangle than to an ellipse. */
  float reach = sqrtf (sqrtf ((float)(u * u * u * u + v * v * v * v)));
  float wave = sac_noise_fractal (params->seed + SEED_OUTLINE, x / side * 2.6,
                                  y / side * 2.6, 3);
  float edge =
    sac_noise_fractal (params->seed + SEED_EDGE, x / 420, y / 420, 4);

  return (float)side * 0.42f * (0.93f - reach + 0.16f * wave) + 42 * edge;
}

float
sac_tissue_plan_get_blob (const SacPhantomSlideParams *params,
                          int index,
                          float *ret_x,
                          float *ret_y)
{
  double width = (double)params->width, height = (double)params->height;
  float side = (float)MIN (width, height);
  uint64_t hash = sac_noise_hash (params->seed + SEED_BLOBS, index, 0);

  if (params->organ == SAC_PHANTOM_NODE)
    return sac_tissue_node_get_blob (params, index, hash, ret_x, ret_y);

  float u = 0.22f + 0.28f * (float)index + 0.08f * sac_noise_unit (hash, 0);
  float v = 0.36f + 0.30f * sac_noise_unit (hash, 1);

  *ret_x = (float)(u * width);
  *ret_y = (float)(v * height);
  if (params->tumor == SAC_PHANTOM_TUMOR_SMALL)
    return MIN (SMALL_RADIUS, 0.06f * side);
  return side * (0.085f + 0.075f * sac_noise_unit (hash, 2));
}

/* Distance to the nearest of a few blobs, their outlines ragged. */
static float
find_tumor (const SacPhantomSlideParams *params, double x, double y)
{
  double side = (double)MIN (params->width, params->height);
  bool is_small = params->tumor == SAC_PHANTOM_TUMOR_SMALL;
  int count = is_small ? 1 : TUMOR_COUNT;
  float best = -1e9f, ragged = 0.075f * (float)side;

  if (params->tumor == SAC_PHANTOM_TUMOR_NONE)
    return best;
  for (int i = 0; i < count; i++) {
    float middle_x, middle_y;
    float radius = sac_tissue_plan_get_blob (params, i, &middle_x, &middle_y);
    float dx = (float)(x - (double)middle_x) * 0.8f;
    float dy = (float)(y - (double)middle_y);
    float inside = radius - sqrtf (dx * dx + dy * dy);

    best = inside > best ? inside : best;
  }
  if (is_small) {
    side = (double)SMALL_RADIUS / 0.12;
    ragged = 0.6f * MIN (SMALL_RADIUS,
                         0.06f * (float)MIN (params->width, params->height));
  }
  return best + ragged * sac_noise_fractal (params->seed + SEED_TUMOR,
                                            x / side * 9, y / side * 9, 4);
}

/* The smooth quantities from which the fields with edges follow: edges are made
 * after interpolation, so that they stay sharp on a wide grid. */
static void
find_smooth (const SacPhantomSlideParams *params,
             double x,
             double y,
             float *fields)
{
  uint64_t seed = params->seed;
  double height = (double)params->height;

  fields[TISSUE_NESTS] =
    0.22f + sac_noise_fractal (seed + SEED_NESTS, x / 210, y / 210, 2);
  if (params->organ == SAC_PHANTOM_NODE) {
    fields[TISSUE_TUMOR] = find_tumor (params, x, y);
    sac_tissue_node_find_smooth (params, x, y, fields);
    return;
  }
  fields[TISSUE_NODE] = fields[TISSUE_FOLLICLE] = fields[TISSUE_CENTER] =
    fields[TISSUE_SINUS] = fields[TISSUE_TRABECULA] = 0;
  fields[TISSUE_DEPTH] = find_depth (params, x, y);
  fields[TISSUE_TUMOR] = find_tumor (params, x, y);
  fields[TISSUE_FAT] =
    (float)(y / height) +
    0.09f * sac_noise_fractal (seed + SEED_FAT, x / 1300, y / 1300, 3);
  fields[TISSUE_GLANDS] =
    fields[TISSUE_DEPTH] +
    260 * sac_noise_at (seed + SEED_GLANDS, x / 900, y / 900);
  fields[TISSUE_IMMUNE] =
    sac_noise_fractal (seed + SEED_IMMUNE, x / 380, y / 380, 2);

  /* Along the layers of the wall, on the whole. */
  fields[TISSUE_FLOW] =
    (float)(y / 700) +
    0.55f * sac_noise_fractal (seed + SEED_FLOW, x / 950, y / 620, 2);
}

static void
make_edges (const SacPhantomSlideParams *params, float *fields)
{
  if (params->organ == SAC_PHANTOM_NODE) {
    sac_tissue_node_make_edges (fields);
    return;
  }

  float depth = fields[TISSUE_DEPTH], low = fields[TISSUE_FAT];
  float clear = 1 - sac_noise_step (-60, 40, fields[TISSUE_TUMOR]);
  float upper = 1 - sac_noise_step (0.50f, 0.54f, low);
  float shallow = 1 - sac_noise_step (900, 1000, fields[TISSUE_GLANDS]);

  fields[TISSUE_GLANDS] =
    upper * shallow * clear * sac_noise_step (10, 40, depth);
  fields[TISSUE_FAT] = sac_noise_step (0.690f, 0.693f, low) * clear *
                       sac_noise_step (60, 120, depth);
  fields[TISSUE_IMMUNE] = sac_noise_step (0.25f, 0.7f, fields[TISSUE_IMMUNE]) *
                          (1 - 0.8f * fields[TISSUE_FAT]);
}

void
sac_tissue_plan_find (const SacPhantomSlideParams *params,
                      double x,
                      double y,
                      float *ret_fields)
{
  find_smooth (params, x, y, ret_fields);
  make_edges (params, ret_fields);
}

void
sac_tissue_plan_init (SacTissuePlan *plan,
                      const SacPhantomSlideParams *params,
                      double step,
                      const SacRect *rect)
{
  int64_t last_column = (int64_t)floor ((rect->x + rect->width) / step) + 1;
  int64_t last_row = (int64_t)floor ((rect->y + rect->height) / step) + 1;

  plan->params = params;
  plan->step = step;
  plan->column = (int64_t)floor (rect->x / step);
  plan->row = (int64_t)floor (rect->y / step);
  plan->columns = (int)(last_column - plan->column) + 1;
  plan->rows = (int)(last_row - plan->row) + 1;
  plan->values =
    g_new0 (float, (size_t)plan->columns * plan->rows * TISSUE_FIELD_COUNT);
  for (int row = 0; row < plan->rows; row++)
    for (int column = 0; column < plan->columns; column++)
      find_smooth (params, (double)(plan->column + column) * step,
                   (double)(plan->row + row) * step,
                   plan->values + ((size_t)row * plan->columns + column) *
                                    TISSUE_FIELD_COUNT);
}

void
sac_tissue_plan_finish (SacTissuePlan *plan)
{
  g_free (plan->values);
}

static inline int64_t
round_down (double x)
{
  int64_t whole = (int64_t)x;

  return whole - (x < (double)whole);
}

/* The upper left of the four points around a place, and how far from it the
 * place lies: the same parts of a step, to the bit, whatever rectangle is
 * covered. */
static const float *
find_corner (
  const SacTissuePlan *plan, double x, double y, float *ret_u, float *ret_v)
{
  double right = x / plan->step, down = y / plan->step;
  int64_t whole_right = round_down (right), whole_down = round_down (down);
  int column = CLAMP ((int)(whole_right - plan->column), 0, plan->columns - 2);
  int row = CLAMP ((int)(whole_down - plan->row), 0, plan->rows - 2);

  *ret_u = (float)(right - (double)whole_right);
  *ret_v = (float)(down - (double)whole_down);
  return plan->values +
         ((size_t)row * plan->columns + column) * TISSUE_FIELD_COUNT;
}

bool
sac_tissue_plan_is_empty (
  const SacTissuePlan *plan, double left, double right, double y, float margin)
{
  size_t stride = (size_t)plan->columns * TISSUE_FIELD_COUNT;
  float u, v;
  const float *point = find_corner (plan, left, y, &u, &v) + TISSUE_DEPTH;
  const float *last = find_corner (plan, right, y, &u, &v) + TISSUE_DEPTH;

  for (last += TISSUE_FIELD_COUNT; point <= last; point += TISSUE_FIELD_COUNT)
    if (point[0] >= -margin || point[stride] >= -margin)
      return false;
  return true;
}

void
sac_tissue_plan_get (const SacTissuePlan *plan,
                     double x,
                     double y,
                     float *ret_fields)
{
  size_t stride = (size_t)plan->columns * TISSUE_FIELD_COUNT;
  float u, v;
  const float *top = find_corner (plan, x, y, &u, &v);

  for (int i = 0; i < TISSUE_FIELD_COUNT; i++) {
    float above = top[i] + (top[i + TISSUE_FIELD_COUNT] - top[i]) * u;
    float below = top[i + stride] +
                  (top[i + stride + TISSUE_FIELD_COUNT] - top[i + stride]) * u;

    ret_fields[i] = above + (below - above) * v;
  }
  make_edges (plan->params, ret_fields);
}
