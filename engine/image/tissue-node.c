/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-node.h"

#include <string.h>

/* Lengths in level-0 pixels of 0.5 um. */
#define CAPSULE 46.0f
#define SUBCAPSULAR 105.0f
#define CORTEX 1500.0f
#define FOLLICLE_SPACING 920.0

/* A micrometastasis is at most two millimetres wide, a macrometastasis more. */
#define MICRO_RADIUS 620.0f

enum {
  SEED_OUTLINE = 5100,
  SEED_EDGE = 5200,
  SEED_RIM = 5300,
  SEED_FOLLICLE = 5400,
  SEED_RAGGED = 5500,
  SEED_SINUS = 5600,
  SEED_TRABECULA = 5700,
  SEED_MEDULLA = 5800,
  SEED_DENSITY = 5900,
  SEED_MATRIX = 6000,
  SEED_PINK = 6010,
  SEED_STRANDS = 6150,
  SEED_CRACKS = 6180
};

/* White between cells: above `low` of the noise, which is `share` of all
 * places. */
typedef struct {
  float low, share;
} Gaps;

/* Where the hilum dents the bean, in half widths from its middle. */
static void
find_hilum (const SacPhantomSlideParams *params, float *ret_u, float *ret_v)
{
  uint64_t hash = sac_noise_hash (params->seed + SEED_OUTLINE, 3, 1);

  *ret_u = 0.5f * (sac_noise_unit (hash, 0) - 0.5f);
  *ret_v = sac_noise_unit (hash, 1) < 0.5f ? -0.92f : 0.92f;
}

/* Inward from the capsule; *ret_hilum: how near the hilum is, 1 at it. */
static float
find_node (const SacPhantomSlideParams *params,
           double x,
           double y,
           float *ret_hilum)
{
  double width = (double)params->width, height = (double)params->height;
  double side = MIN (width, height);
  float u = (float)((x / width - 0.5) / 0.40);
  float v = (float)((y / height - 0.5) / 0.38), hilum_u, hilum_v;
  float wave = sac_noise_fractal (params->seed + SEED_OUTLINE, x / side * 2.1,
                                  y / side * 2.1, 2);
  float edge =
    sac_noise_fractal (params->seed + SEED_EDGE, x / 700, y / 700, 3);

  find_hilum (params, &hilum_u, &hilum_v);

  float du = u - hilum_u, dv = v - hilum_v;
  float near = 1 - sac_noise_step (0, 0.75f, sqrtf (du * du + dv * dv));

  *ret_hilum = near;
  return (float)side * 0.40f *
           (0.96f - sqrtf (u * u + v * v) + 0.13f * wave - 0.42f * near) +
         24 * edge;
}

/* The nearest follicle: each has its cell of a lattice, and lies under the
 * capsule.  *ret_center: the same of its germinal centre. */
static float
find_follicle (const SacPhantomSlideParams *params,
               double x,
               double y,
               float *ret_center)
{
  int64_t column = (int64_t)floor (x / FOLLICLE_SPACING);
  int64_t row = (int64_t)floor (y / FOLLICLE_SPACING);
  float ragged =
    0.16f * sac_noise_fractal (params->seed + SEED_RAGGED, x / 230, y / 230, 2);
  float best = -1;

  *ret_center = -1;
  for (int i = 0; i < 9; i++) {
    int64_t at_column = column + i % 3 - 1, at_row = row + i / 3 - 1;
    uint64_t hash =
      sac_noise_hash (params->seed + SEED_FOLLICLE, at_column, at_row);
    double middle_x =
      ((double)at_column + 0.22 + 0.56 * (double)sac_noise_unit (hash, 0)) *
      FOLLICLE_SPACING;
    double middle_y =
      ((double)at_row + 0.22 + 0.56 * (double)sac_noise_unit (hash, 1)) *
      FOLLICLE_SPACING;
    float dx = (float)(x - middle_x), dy = (float)(y - middle_y);
    float radius = 250 + 210 * sac_noise_unit (hash, 2);
    float inside = 1 - sqrtf (dx * dx + dy * dy) / radius + ragged, hilum;

    if (inside <= best || inside < -0.3f)
      continue;

    float depth = find_node (params, middle_x, middle_y, &hilum);

    if (depth < 0.75f * radius + SUBCAPSULAR || depth > CORTEX || hilum > 0.2f)
      continue;
    best = inside;

    /* Three of four have been stirred up. */
    *ret_center =
      sac_noise_unit (hash, 3) < 0.75f ? inside - 0.34f - ragged / 2 : -1;
  }
  return best;
}

/* Open spaces of the medulla. */
static float
find_sinus (const SacPhantomSlideParams *params,
            double x,
            double y,
            float depth,
            float hilum)
{
  uint64_t seed = params->seed;
  float side = (float)MIN (params->width, params->height);
  float medulla = sac_noise_step (0.10f, 0.30f,
                                  depth / side - 0.06f + 0.35f * hilum +
                                    0.07f * sac_noise_at (seed + SEED_MEDULLA,
                                                          x / 1500, y / 1500));
  float ridge =
    fabsf (sac_noise_fractal (seed + SEED_SINUS, x / 210, y / 210, 3));

  return (1 - sac_noise_step (0.03f, 0.24f, ridge)) * medulla;
}

void
sac_tissue_node_find_smooth (const SacPhantomSlideParams *params,
                             double x,
                             double y,
                             float *fields)
{
  uint64_t seed = params->seed;
  float hilum, depth = find_node (params, x, y, &hilum);
  float side = (float)MIN (params->width, params->height);
  float rim =
    0.075f * side *
    (1.1f + sac_noise_fractal (seed + SEED_RIM, x / side * 5, y / side * 5, 3));

  fields[TISSUE_NODE] = depth;
  fields[TISSUE_DEPTH] = depth + MAX (rim, 30);
  fields[TISSUE_TUMOR] = MIN (fields[TISSUE_TUMOR], depth - CAPSULE);
  fields[TISSUE_GLANDS] = 0;
  fields[TISSUE_FAT] = -depth;
  fields[TISSUE_FOLLICLE] =
    find_follicle (params, x, y, &fields[TISSUE_CENTER]);
  fields[TISSUE_SINUS] = find_sinus (params, x, y, depth, hilum);

  /* Fibres run along the capsule, and wherever they like outside. */
  fields[TISSUE_FLOW] =
    depth / 260 + 0.3f * sac_noise_at (seed + SEED_EDGE + 8, x / 500, y / 500);
  fields[TISSUE_TRABECULA] =
    sac_noise_at (seed + SEED_TRABECULA, x / 1300, y / 1300);
  fields[TISSUE_IMMUNE] =
    0.86f +
    0.10f * sac_noise_fractal (seed + SEED_DENSITY, x / 300, y / 300, 2);
}

void
sac_tissue_node_make_edges (float *fields)
{
  float depth = fields[TISSUE_NODE];
  float inside = sac_noise_step (CAPSULE - 6, CAPSULE + 8, depth);
  float clear = 1 - sac_noise_step (-60, 40, fields[TISSUE_TUMOR]);
  float ridge = fabsf (fields[TISSUE_TRABECULA]) +
                0.12f * sac_noise_step (300, 1500, depth);
  float follicle = sac_noise_step (-0.06f, 0.08f, fields[TISSUE_FOLLICLE]);
  float trabecula =
    (1 - sac_noise_step (0.016f, 0.032f, ridge)) * (1 - follicle);
  float beside = sac_noise_step (0.085f, 0.03f, ridge);
  float under =
    1 - sac_noise_step (14, 34, fabsf (depth - (CAPSULE + SUBCAPSULAR) / 2));
  float sinus =
    MAX (MAX (fields[TISSUE_SINUS], beside), under) * inside * clear;
  float center = sac_noise_step (-0.05f, 0.06f, fields[TISSUE_CENTER]);

  sinus = sinus * (1 - follicle) * (1 - trabecula);
  fields[TISSUE_SINUS] = sinus;
  fields[TISSUE_FAT] = sac_noise_step (10, 26, fields[TISSUE_FAT]);

  /* As the share of the lattice's places that hold a lymphocyte. */
  float share = fields[TISSUE_IMMUNE] + 0.24f * follicle * (1 - center);

  share *= 1 - 0.80f * center;
  share *= 1 - 0.86f * sac_noise_step (0.25f, 0.7f, sinus);
  share *= inside * (1 - trabecula);
  if (fields[TISSUE_TUMOR] > 0)
    share *= fields[TISSUE_NESTS] > 0 ? 0.03f : 0.55f;
  fields[TISSUE_IMMUNE] =
    share + 0.03f * (1 - inside) * (1 - fields[TISSUE_FAT]);
  fields[TISSUE_NODE] = inside * (1 - trabecula);
  fields[TISSUE_FOLLICLE] = follicle * clear;
  fields[TISSUE_CENTER] = center * clear;
}

float
sac_tissue_node_get_blob (const SacPhantomSlideParams *params,
                          int index,
                          uint64_t hash,
                          float *ret_x,
                          float *ret_y)
{
  float width = (float)params->width, height = (float)params->height;
  float side = MIN (width, height), dx, dy, hilum_u, hilum_v;
  bool is_small = params->tumor == SAC_PHANTOM_TUMOR_SMALL;

  /* Metastases begin under the capsule, away from the hilum, where lymph comes
   * in. */
  find_hilum (params, &hilum_u, &hilum_v);

  int turn =
    (int)(100 * (sac_noise_unit (hash, 0) - 0.5f)) + 50 * (index % 3 - 1);
  float far = is_small ? 0.74f : 0.52f + 0.16f * sac_noise_unit (hash, 1);

  sac_noise_direction ((unsigned)((hilum_v > 0 ? 192 : 64) + turn), &dx, &dy);
  *ret_x = width * (0.5f + 0.40f * far * dx);
  *ret_y = height * (0.5f + 0.38f * far * dy);
  if (is_small)
    return MIN (MICRO_RADIUS, 0.07f * side);
  return side * (0.10f + 0.06f * sac_noise_unit (hash, 2));
}

/* How much is seen of what is a few pixels wide: in part where a pixel is as
 * wide, its mean where pixels are wider. */
static float
find_detail (double scale)
{
  if (scale >= SAC_TISSUE_MEAN_SCALE)
    return 0;
  return (float)(1 / (1 + (scale - 1) * (scale - 1) / 9));
}

/* An uneven stain lets more light through than as much of it laid evenly. */
static float
find_even (double scale)
{
  return 0.82f + 0.18f * find_detail (scale);
}

/* widths: of the features of grit, pink and gaps, in level-0 pixels. */
static void
find_run (uint64_t seed,
          const double *widths,
          const double *x,
          double y,
          double scale,
          int count,
          SacTissueNodeGrain *grain)
{
  static const uint64_t seeds[3] = {SEED_MATRIX, SEED_PINK, SEED_CRACKS};
  float *noise[3] = {grain->grit, grain->pink, grain->gap};
  double across[SAC_NOISE_RUN], down[SAC_NOISE_RUN];

  if (find_detail (scale) <= 0) {
    memset (grain, 0, sizeof *grain);
    return;
  }
  for (int k = 0; k < 3; k++) {
    for (int i = 0; i < count; i++) {
      across[i] = x[i] / widths[k];
      down[i] = y / widths[k];
    }
    sac_noise_fractal_run (seed + seeds[k], across, down, count, k < 2 ? 2 : 3,
                           noise[k]);
  }
}

void
sac_tissue_node_find_grain (uint64_t seed,
                            const double *x,
                            double y,
                            double scale,
                            int count,
                            SacTissueNodeGrain *ret_grain)
{
  static const double widths[3] = {3.5, 3.4, 7};

  find_run (seed, widths, x, y, scale, count, ret_grain);
}

void
sac_tissue_node_find_nest_grain (uint64_t seed,
                                 const double *x,
                                 double y,
                                 double scale,
                                 int count,
                                 SacTissueNodeGrain *ret_grain)
{
  static const double widths[3] = {5, 5, 10};

  find_run (seed, widths, x, y, scale, count, ret_grain);
}

/* Where cells have shrunk from each other. */
static float
find_gap (const Gaps *gaps, float noise, float detail)
{
  return gaps->share +
         detail *
           (sac_noise_step (gaps->low, gaps->low + 0.14f, noise) - gaps->share);
}

SacTissueStain
sac_tissue_node_stain (uint64_t seed,
                       double x,
                       double y,
                       double scale,
                       const SacTissueNodeGrain *grain,
                       int index,
                       SacTissueStain fibers,
                       const float *fields)
{
  static const Gaps gaps = {0.06f, 0.36f};
  float detail = find_detail (scale), even = find_even (scale);
  float grit = detail * grain->grit[index], pink = detail * grain->pink[index];
  SacTissueStain stain = {even * 0.16f + 0.20f * grit,
                          even * 0.33f + 0.36f * pink};
  SacTissueStain center = {even * 0.11f + 0.12f * grit,
                           even * 0.29f + 0.26f * pink};
  float sinus = sac_noise_step (0.25f, 0.7f, fields[TISSUE_SINUS]);

  stain = sac_tissue_stain_mix (stain, center, fields[TISSUE_CENTER]);
  stain =
    sac_tissue_stain_mix (stain, (SacTissueStain){0.01f, 0.03f},
                          0.9f * find_gap (&gaps, grain->gap[index], detail));
  if (sinus > 0) {
    /* A net of fine strands in lymph. */
    float net = fabsf (sac_noise_at (seed + SEED_STRANDS, x / 26, y / 26));
    float strand = 1 - sac_noise_step (0.03f, 0.12f, net);
    SacTissueStain lymph = {0.012f + 0.06f * strand, 0.035f + 0.17f * strand};

    stain = sac_tissue_stain_mix (stain, lymph, 0.92f * sinus);
  }
  return sac_tissue_stain_mix (stain, fibers, 1 - fields[TISSUE_NODE]);
}

SacTissueStain
sac_tissue_node_stain_nest (const SacTissueNodeGrain *grain,
                            int index,
                            double scale)
{
  static const Gaps clefts = {0.34f, 0.12f};
  float detail = find_detail (scale), even = find_even (scale);
  float grit = detail * grain->grit[index], pink = detail * grain->pink[index];
  SacTissueStain stain = {even * 0.13f + 0.09f * grit,
                          even * 0.31f + 0.20f * pink};

  return sac_tissue_stain_mix (stain, (SacTissueStain){0.02f, 0.05f},
                               find_gap (&clefts, grain->gap[index], detail));
}
