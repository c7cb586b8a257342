/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A dermoscopy picture: skin with one pigmented lesion under a contact plate.
 *
 * Light comes back from the skin weakened by what lies in it (Beer and
 * Lambert): melanin, which swallows blue most, and blood, which swallows green.
 * Every structure only adds to one of the two, or scatters.  Lengths are in
 * thousandths of the picture's shorter side, so that the size does not change
 * the picture. */
#include "image/phantom.h"

#include "base/pool.h"
#include "image/noise.h"

#define BAND_ROWS 16
#define SLOW_STEP 8.0f
#define GLINT_SPACING 62
#define HAIR_COUNT 13
#define HAIR_POINTS 24
#define HAIR_SHADOW 4.5f /* half widths */

enum {
  SEED_BORDER = 11,
  SEED_WARP = 21,
  SEED_SKIN = 31,
  SEED_LINES = 41,
  SEED_TONE = 51,
  SEED_NETWORK = 61,
  SEED_PATCH = 71,
  SEED_GLOBULE = 81,
  SEED_VEIL = 91,
  SEED_BLUSH = 101,
  SEED_VESSEL = 111,
  SEED_HAIR = 121,
  SEED_GRAIN = 131,
  SEED_GLINT = 141,
  SEED_REGRESSION = 151,
  SEED_SHAPE = 161
};

typedef struct {
  float x, y, radius;
} Disc;

typedef struct {
  float x[HAIR_POINTS], y[HAIR_POINTS];
  float width, darkness;
  float left, top, right, bottom; /* nothing of it lies outside */
} Hair;

typedef struct {
  uint64_t seed;
  SacImage *image, *mask; /* mask may be NULL */
  float unit;             /* pixels in one length unit */
  float middle_x, middle_y, reach_x, reach_y;
  Disc dark, veil, blush;
  Hair hairs[HAIR_COUNT];
  SacNoiseFade fade;
} Scene;

/* What the light meets at one place. */
typedef struct {
  float melanin, blood;
  float veil;  /* share of blue-grey haze from pigment lying deep */
  float shine; /* added light */
} Matter;

static float
pick (const Scene *scene, int what, int which, float low, float high)
{
  uint64_t hash = sac_noise_hash (scene->seed + SEED_SHAPE, what, which);

  return low + (high - low) * sac_noise_unit (hash, 0);
}

/* Between the 256 steps of sac_noise_direction. */
static void
turn (float angle, float *ret_x, float *ret_y)
{
  int step = (int)floorf (angle);
  float rest = angle - (float)step, ax, ay, bx, by;

  sac_noise_direction ((unsigned)step, &ax, &ay);
  sac_noise_direction ((unsigned)step + 1, &bx, &by);
  *ret_x = ax + (bx - ax) * rest;
  *ret_y = ay + (by - ay) * rest;
}

static void
bound_hair (Hair *hair)
{
  float reach = hair->width * HAIR_SHADOW;

  hair->left = hair->top = INFINITY;
  hair->right = hair->bottom = -INFINITY;
  for (int i = 0; i < HAIR_POINTS; i++) {
    hair->left = MIN (hair->left, hair->x[i] - reach);
    hair->right = MAX (hair->right, hair->x[i] + reach);
    hair->top = MIN (hair->top, hair->y[i] - reach);
    hair->bottom = MAX (hair->bottom, hair->y[i] + reach);
  }
}

static void
plan_hair (Scene *scene, int index)
{
  Hair *hair = &scene->hairs[index];
  uint64_t hash = sac_noise_hash (scene->seed + SEED_HAIR, index, 0);
  float width = (float)scene->image->width / scene->unit;
  float height = (float)scene->image->height / scene->unit;
  float x = width * (sac_noise_unit (hash, 0) * 1.2f - 0.1f);
  float y = height * (sac_noise_unit (hash, 1) * 1.2f - 0.1f);
  float length = 300 + 460 * sac_noise_unit (hash, 2);

  /* Most lie the same way; the angle drifts along a hair. */
  float angle = 150 + 44 * (sac_noise_unit (hash, 3) - 0.5f) +
                (index % 5 == 0 ? 50.0f : 0.0f);
  float bend = 74 * (pick (scene, 1, index, 0, 1) - 0.5f);

  hair->width = pick (scene, 2, index, 1.5f, 3.3f);
  hair->darkness = pick (scene, 3, index, 0.7f, 1.25f);
  for (int i = 0; i < HAIR_POINTS; i++) {
    float part = (float)i / (HAIR_POINTS - 1), dx, dy;

    hair->x[i] = x;
    hair->y[i] = y;
    turn (angle + bend * part, &dx, &dy);
    x += dx * length / (HAIR_POINTS - 1);
    y += dy * length / (HAIR_POINTS - 1);
  }
  bound_hair (hair);
}

static void
plan_scene (Scene *scene)
{
  float width = (float)scene->image->width / scene->unit;
  float height = (float)scene->image->height / scene->unit;

  scene->middle_x = width * pick (scene, 10, 0, 0.46f, 0.54f);
  scene->middle_y = height * pick (scene, 10, 1, 0.46f, 0.54f);
  scene->reach_x = pick (scene, 10, 2, 270, 330);
  scene->reach_y = pick (scene, 10, 3, 215, 265);
  scene->dark = (Disc){scene->middle_x + pick (scene, 11, 0, -120, -40),
                       scene->middle_y + pick (scene, 11, 1, -70, 70), 150};
  scene->veil = (Disc){scene->middle_x + pick (scene, 12, 0, 50, 110),
                       scene->middle_y + pick (scene, 12, 1, -70, 10), 105};
  scene->blush = (Disc){scene->middle_x + pick (scene, 13, 0, 60, 150),
                        scene->middle_y + pick (scene, 13, 1, 60, 120), 110};
  for (int i = 0; i < HAIR_COUNT; i++)
    plan_hair (scene, i);
}

/* How far inside the disc, 1 at its middle, with a ragged edge. */
static float
inside (const Scene *scene, const Disc *disc, uint64_t seed, float x, float y)
{
  float dx = (x - disc->x) / disc->radius, dy = (y - disc->y) / disc->radius;
  float middle = 1 - sqrtf (dx * dx + dy * dy);

  /* The noise cannot bring it back. */
  if (middle < -1)
    return -1;
  return middle + 0.5f * sac_noise_fractal (scene->seed + seed, (double)x / 70,
                                            (double)y / 70, 4);
}

/* What changes so slowly that it is worked out at some columns of a row and
 * taken from between them. */
typedef struct {
  float tone, lobes;
} Slow;

static Slow
find_slow (const Scene *scene, float x, float y)
{
  double u = (double)x, v = (double)y;

  return (Slow){
    sac_noise_fractal (scene->seed + SEED_TONE, u / 330, v / 330, 3),
    0.34f * sac_noise_fractal (scene->seed + SEED_BORDER, u / 230, v / 230, 2),
  };
}

/* > 0 inside the lesion, about 1 at its middle. */
static float
find_lesion (const Scene *scene, float x, float y, float lobes)
{
  float dx = (x - scene->middle_x) / scene->reach_x;
  float dy = (y - scene->middle_y) / scene->reach_y;
  float depth = 1 - sqrtf (dx * dx + dy * dy) + lobes;
  float near_border = 1 - sac_noise_step (0.25f, 0.45f, fabsf (depth));

  if (near_border <= 0)
    return depth;
  return depth + near_border * 0.085f *
                   sac_noise_fractal (scene->seed + SEED_WARP, (double)x / 48,
                                      (double)y / 48, 3);
}

/* Fine furrows that cross, pores, and slow changes of tone. */
static void
add_skin (const Scene *scene, float x, float y, float tone, Matter *matter)
{
  double u = (double)x, v = (double)y;
  float mottle = sac_noise_fractal (scene->seed + SEED_SKIN, u / 26, v / 26, 3);
  double bend =
    7 * (double)sac_noise_at (scene->seed + SEED_LINES + 1, u / 60, v / 60);
  SacNoiseCells cells = sac_noise_cells (scene->seed + SEED_LINES,
                                         (u + bend) / 24, (v - bend) / 19);
  float furrow = 1 - sac_noise_step (0, 0.16f, cells.second - cells.nearest);

  matter->melanin = 0.062f + 0.020f * tone + 0.012f * mottle + 0.020f * furrow;
  matter->blood = 0.165f + 0.050f * tone + 0.030f * mottle - 0.028f * furrow;
}

/* A honeycomb of dark lines around paler holes, finer and fainter to the edge.
 */
static float
find_network (const Scene *scene, float x, float y, float depth)
{
  double bend = 5 * (double)sac_noise_at (scene->seed + SEED_NETWORK + 1,
                                          (double)x / 30, (double)y / 30);
  SacNoiseCells cells =
    sac_noise_cells (scene->seed + SEED_NETWORK, ((double)x + bend) / 17,
                     ((double)y - bend) / 17);
  float hole = 1 - sac_noise_step (0.16f, 0.50f, cells.nearest);
  float line =
    (1 - hole) *
    (1 - 0.6f * sac_noise_step (0, 0.5f, cells.second - cells.nearest));
  float where =
    sac_noise_step (-0.25f, 0.35f,
                    sac_noise_fractal (scene->seed + SEED_NETWORK + 2,
                                       (double)x / 120, (double)y / 120, 2));
  float rim = sac_noise_step (-0.06f, 0.10f, depth) *
              (1 - 0.65f * sac_noise_step (0.35f, 0.75f, depth));

  return line * (0.30f + 0.70f * where) * rim;
}

/* Round clods of pigment, each in its own cell. */
static float
find_globules (const Scene *scene, float x, float y, float depth)
{
  SacNoiseCells cells = sac_noise_cells (scene->seed + SEED_GLOBULE,
                                         (double)x / 27, (double)y / 27);
  float size = 0.10f + 0.17f * sac_noise_unit (cells.hash, 3);
  float region =
    sac_noise_step (0.05f, 0.35f,
                    sac_noise_fractal (scene->seed + SEED_GLOBULE + 1,
                                       (double)x / 150, (double)y / 150, 2));

  if (sac_noise_unit (cells.hash, 2) < 0.45f)
    return 0;
  return (1 - sac_noise_step (size * 0.75f, size * 1.15f, cells.nearest)) *
         region * sac_noise_step (0, 0.12f, depth);
}

/* Short winding lines of blood where the blush is. */
static float
find_vessels (const Scene *scene, float x, float y)
{
  double u = (double)x, v = (double)y;
  float ridge =
    fabsf (sac_noise_fractal (scene->seed + SEED_VESSEL, u / 36, v / 36, 2));
  float broken = sac_noise_step (0, 0.3f,
                                 sac_noise_at (scene->seed + SEED_VESSEL + 9,
                                               u / 30, v / 30));

  return (1 - sac_noise_step (0.018f, 0.075f, ridge)) * broken;
}

static void
add_lesion (const Scene *scene, float x, float y, float depth, Matter *matter)
{
  double u = (double)x, v = (double)y;
  float body = sac_noise_step (-0.055f, 0.16f, depth);
  float patch = sac_noise_fractal (scene->seed + SEED_PATCH, u / 95, v / 95, 4);
  float grit =
    sac_noise_fractal (scene->seed + SEED_PATCH + 9, u / 9, v / 9, 3);
  float dark =
    sac_noise_step (0, 0.6f,
                    inside (scene, &scene->dark, SEED_PATCH + 20, x, y));
  float veil = sac_noise_step (-0.15f, 0.85f,
                               inside (scene, &scene->veil, SEED_VEIL, x, y));
  float blush =
    sac_noise_step (0, 0.6f, inside (scene, &scene->blush, SEED_BLUSH, x, y));
  float pale = sac_noise_step (0.30f, 0.62f,
                               sac_noise_fractal (scene->seed + SEED_REGRESSION,
                                                  u / 130, v / 130, 3)) *
               (1 - dark);
  float pigment = 0.34f + 0.15f * patch + 0.055f * grit + 0.62f * dark;

  pigment *= (1 - 0.55f * blush) * (1 - 0.65f * pale);
  pigment += 0.50f * find_network (scene, x, y, depth) * (1 - 0.6f * blush) *
             (1 - 0.7f * veil);
  pigment += 0.55f * find_globules (scene, x, y, depth) * (1 - 0.5f * pale);
  pigment += 0.25f * veil;
  matter->melanin += body * MAX (pigment, 0.02f);
  matter->blood += body * (0.05f + 0.20f * blush) +
                   0.42f * find_vessels (scene, x, y) * MAX (blush * body, 0);
  matter->veil = 0.66f * veil * body * (1 + 0.25f * grit);
}

/* A ring of redness around the lesion. */
static void
add_halo (float depth, Matter *matter)
{
  matter->blood += 0.05f * sac_noise_step (-0.45f, 0, depth);
}

static float
find_distance (const Hair *hair, int i, float x, float y, float *ret_part)
{
  float ax = hair->x[i], ay = hair->y[i];
  float bx = hair->x[i + 1] - ax, by = hair->y[i + 1] - ay;
  float part =
    sac_noise_clamp (((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by), 0,
                     1);
  float dx = x - ax - part * bx, dy = y - ay - part * by;

  *ret_part = ((float)i + part) / (HAIR_POINTS - 1);
  return sqrtf (dx * dx + dy * dy);
}

/* Tapered, with a soft shadow below and a streak of light along. */
static void
add_hair (
  const Scene *scene, const Hair *hair, float x, float y, Matter *matter)
{
  float best = INFINITY, at = 0;

  if (x < hair->left || x > hair->right || y < hair->top || y > hair->bottom)
    return;
  for (int i = 0; i < HAIR_POINTS - 1; i++) {
    float part, distance = find_distance (hair, i, x, y, &part);

    if (distance < best) {
      best = distance;
      at = part;
    }
  }

  float width = hair->width * (1 - 0.8f * at * at) *
                (0.35f + 0.65f * sac_noise_step (0, 0.05f, at));
  float soft = 0.6f + 0.5f / scene->unit;
  float cover = 1 - sac_noise_step (width - soft, width + soft, best);
  float shadow = 1 - sac_noise_step (width, width * HAIR_SHADOW, best);
  float streak = 1 - sac_noise_step (0, width * 0.45f, best);

  matter->melanin +=
    hair->darkness * (cover * (1 - 0.30f * streak) + 0.05f * shadow);
  matter->veil *= 1 - cover;
}

/* Tiny reflections of the lamp on the gel, each inside its own square. */
static void
add_glints (const Scene *scene, float x, float y, Matter *matter)
{
  float u = x / GLINT_SPACING, v = y / GLINT_SPACING;
  int64_t column = (int64_t)u, row = (int64_t)v;
  uint64_t hash = sac_noise_hash (scene->seed + SEED_GLINT, column, row);

  if (sac_noise_unit (hash, 2) < 0.95f)
    return;

  float dx = u - (float)column - 0.2f - 0.6f * sac_noise_unit (hash, 0);
  float dy = v - (float)row - 0.2f - 0.6f * sac_noise_unit (hash, 1);
  float size = 0.05f + 0.03f * sac_noise_unit (hash, 3);

  matter->shine +=
    0.30f * (1 - sac_noise_step (0.012f, size, sqrtf (dx * dx + dy * dy)));
}

/* The lamp is a ring: light falls off towards the corners. */
static float
find_light (const Scene *scene, float x, float y)
{
  float dx = x * scene->unit / (float)scene->image->width - 0.5f;
  float dy = y * scene->unit / (float)scene->image->height - 0.5f;
  float far = dx * dx + dy * dy;

  return 1.02f - 0.26f * far - 0.95f * far * far;
}

static unsigned
to_level (float light)
{
  return (unsigned)(sac_noise_clamp (light, 0, 1) * 255 + 0.5f);
}

static uint32_t
color_matter (const Scene *scene,
              const Matter *matter,
              float light,
              float grain)
{
  const SacNoiseFade *fade = &scene->fade;
  float red = 0.965f * sac_noise_fade_get (fade, 0.88f * matter->melanin +
                                                   0.10f * matter->blood);
  float green = 0.905f * sac_noise_fade_get (fade, 1.46f * matter->melanin +
                                                     1.02f * matter->blood);
  float blue = 0.875f * sac_noise_fade_get (fade, 1.95f * matter->melanin +
                                                    0.88f * matter->blood);

  red += matter->veil * (0.435f - red);
  green += matter->veil * (0.435f - green);
  blue += matter->veil * (0.475f - blue);
  return sac_pixel (to_level (red * light + matter->shine + grain),
                    to_level (green * light + matter->shine + grain),
                    to_level (blue * light + matter->shine + grain));
}

static void
draw_pixel (const Scene *scene, int column, int row, const Slow *slow)
{
  float x = ((float)column + 0.5f) / scene->unit;
  float y = ((float)row + 0.5f) / scene->unit;
  float depth = find_lesion (scene, x, y, slow->lobes);
  size_t place = (size_t)row * (size_t)scene->image->width + (size_t)column;
  uint64_t noise = sac_noise_hash (scene->seed + SEED_GRAIN, column, row);
  float grain =
    (sac_noise_unit (noise, 0) + sac_noise_unit (noise, 1) - 1) * 0.014f;
  Matter matter = {0};

  add_skin (scene, x, y, slow->tone, &matter);
  add_halo (depth, &matter);
  if (depth > -0.06f)
    add_lesion (scene, x, y, depth, &matter);
  for (int i = 0; i < HAIR_COUNT; i++)
    add_hair (scene, &scene->hairs[i], x, y, &matter);
  add_glints (scene, x, y, &matter);
  scene->image->pixels[place] =
    color_matter (scene, &matter, find_light (scene, x, y), grain);
  if (scene->mask != NULL)
    scene->mask->pixels[place] = depth > 0 ? 0xffffffffu : 0xff000000u;
}

static void
draw_row (const Scene *scene, int row)
{
  int step = MAX (1, (int)(SLOW_STEP * scene->unit));
  float y = ((float)row + 0.5f) / scene->unit;
  Slow from = {0}, to = find_slow (scene, 0.5f / scene->unit, y);

  for (int column = 0; column < scene->image->width; column++) {
    int into = column % step;

    if (into == 0) {
      from = to;
      to = find_slow (scene, ((float)(column + step) + 0.5f) / scene->unit, y);
    }

    float part = (float)into / (float)step;
    Slow slow = {from.tone + (to.tone - from.tone) * part,
                 from.lobes + (to.lobes - from.lobes) * part};

    draw_pixel (scene, column, row, &slow);
  }
}

static void
draw_band (size_t index, void *data)
{
  const Scene *scene = data;
  int first = (int)index * BAND_ROWS;

  for (int row = first; row < MIN (first + BAND_ROWS, scene->image->height);
       row++)
    draw_row (scene, row);
}

SacImage *
sac_phantom_dermoscopy (
  int width, int height, uint64_t seed, SacImage **ret_mask, GError **error)
{
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  g_autoptr (SacImage) mask = NULL;

  if (image == NULL)
    return NULL;
  if (ret_mask != NULL) {
    mask = sac_image_new (width, height, error);
    if (mask == NULL)
      return NULL;
  }

  Scene scene = {
    .seed = seed,
    .image = image,
    .mask = mask,
    .unit = (float)MIN (width, height) / 1000,
  };

  sac_noise_fade_init (&scene.fade);
  plan_scene (&scene);
  sac_pool_run ((size_t)(height + BAND_ROWS - 1) / BAND_ROWS, draw_band,
                &scene);
  if (ret_mask != NULL)
    *ret_mask = g_steal_pointer (&mask);
  return g_steal_pointer (&image);
}
