/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-cells.h"

#include "image/noise.h"
#include "image/tissue-blob.h"
#include "image/tissue-ground.h"
#include "image/tissue-node-cells.h"

enum {
  SEED_GLAND = 2100,
  SEED_GOBLET = 2200,
  SEED_VESSEL = 2300,
  SEED_NUCLEUS = 2400
};

/* A crypt cut across: lumen, a wall of mucous cells, a ring of nuclei at its
 * foot.  All in one place so that its parts agree. */
typedef struct {
  double x, y;
  float radius, stretch; /* half width; length over width */
  float dir_x, dir_y;
  float lumen; /* its share of the radius */
  uint64_t hash;
} Gland;

static float
wobble (const Gland *gland, float u, float v, float radius)
{
  return 1 + 0.10f * sac_noise_at (gland->hash, (double)(1.3f * u / radius),
                                   (double)(1.3f * v / radius));
}

/* (u, v): place over the radius; radius: 1 at the foot of the wall. */
static SacTissueStain
stain_wall (const Gland *gland, float u, float v, float radius, double scale)
{
  float middle = (gland->lumen + 0.8f) / 2;
  bool mucous = fabsf (radius - middle) < 0.26f * (1 - gland->lumen);
  SacTissueStain stain = {0.16f + 0.10f * radius * radius, 0.27f};

  if (scale >= SAC_TISSUE_MEAN_SCALE) {
    if (radius > 0.74f && radius < 0.98f)
      stain.hematoxylin += 0.42f;
    else if (mucous)
      stain.eosin = 0.20f;
    return stain;
  }
  if (!mucous)
    return stain;

  SacNoiseCells cells =
    sac_noise_cells (gland->hash + SEED_GOBLET,
                     (double)(u * gland->radius) / 19.0,
                     (double)(v * gland->radius * gland->stretch) / 19.0);
  float vacuole = 1 - sac_noise_step (0.30f, 0.42f, cells.nearest);

  return sac_tissue_stain_mix (stain, (SacTissueStain){0.09f, 0.05f}, vacuole);
}

/* Clear in the middle; soft over a pixel and a half. */
static float
find_lumen (const Gland *gland, float radius, float scale)
{
  float soft = 1.5f * MAX (1, scale) / gland->radius;

  return 1 - sac_noise_step (gland->lumen - soft, gland->lumen + soft, radius);
}

static void
draw_gland_body (SacTissueBlock *block, const Gland *gland)
{
  float scale = (float)block->scale;
  SacTissueWindow window =
    sac_tissue_find_window (block, gland->x, gland->y,
                            (double)(gland->radius * gland->stretch * 1.25f +
                                     2 * scale));

  for (int row = window.top; row < window.bottom; row++)
    for (int column = window.left; column < window.right; column++) {
      float dx = (float)(block->x + (column + 0.5) * block->scale - gland->x);
      float dy = (float)(block->y + (row + 0.5) * block->scale - gland->y);
      float u = (dx * gland->dir_y - dy * gland->dir_x) / gland->radius;
      float v = (dx * gland->dir_x + dy * gland->dir_y) /
                (gland->radius * gland->stretch);
      float radius = sqrtf (u * u + v * v) + 1e-4f;

      if (radius > 1.2f)
        continue;
      radius /= wobble (gland, u, v, radius);

      float cover =
        sac_noise_clamp ((1 - radius) * gland->radius / scale + 0.5f, 0, 1);
      size_t place = (size_t)row * block->width + column;

      if (cover <= 0)
        continue;

      SacTissueStain stain =
        sac_tissue_stain_mix (stain_wall (gland, u, v, radius, block->scale),
                              (SacTissueStain){0.03f, 0.02f},
                              find_lumen (gland, radius, scale));

      block->hematoxylin[place] +=
        cover * (stain.hematoxylin - block->hematoxylin[place]);
      block->eosin[place] += cover * (stain.eosin - block->eosin[place]);
    }
}

static void
draw_gland_nuclei (SacTissueBlock *block, const Gland *gland)
{
  float turn = 6.2831853f * gland->radius * (1 + gland->stretch) / 2 * 0.85f;
  int count = (int)(turn / 7.2f);

  for (int i = 0; i < count; i++) {
    uint64_t hash = sac_noise_hash (gland->hash, i, 77);
    unsigned angle = (unsigned)(i * 256 / count) + (unsigned)(hash & 1);
    float u, v;

    sac_noise_direction (angle, &u, &v);

    float at =
      (0.845f + 0.07f * sac_noise_unit (hash, 1)) * wobble (gland, u, v, 1);
    float px = u * at * gland->radius;
    float py = v * at * gland->radius * gland->stretch;
    float dx = px * gland->dir_y + py * gland->dir_x;
    float dy = -px * gland->dir_x + py * gland->dir_y;
    float length = sqrtf (dx * dx + dy * dy);
    SacTissueBlob blob = {
      .x = gland->x + (double)dx,
      .y = gland->y + (double)dy,
      .along = 6.6f + 2.2f * sac_noise_unit (hash, 2),
      .across = 3.1f + 0.8f * sac_noise_unit (hash, 3),
      .dir_x = dx / length,
      .dir_y = dy / length,
      .hematoxylin = 0.72f + 0.25f * sac_noise_unit (hash, 0),
      .eosin = 0.16f,
      .texture = 0.6f,
      .hash = hash,
    };

    sac_tissue_blob_draw (block, &blob);
  }
}

static void
draw_gland (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (fields[TISSUE_GLANDS] < 0.5f)
    return;

  Gland gland = {
    .x = x,
    .y = y,
    .radius = 52 + 18 * sac_noise_unit (hash, 0),
    .stretch = 1 + 0.5f * sac_noise_unit (hash, 1) * sac_noise_unit (hash, 2),
    .lumen = 0.12f + 0.22f * sac_noise_unit (hash, 3),
    .hash = hash,
  };

  sac_noise_direction ((unsigned)(hash >> 8) & 255, &gland.dir_x, &gland.dir_y);
  draw_gland_body (block, &gland);
  if (block->scale < SAC_TISSUE_MEAN_SCALE)
    draw_gland_nuclei (block, &gland);
}

/* Wall, lumen, and red cells in it. */
static void
draw_vessel (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (fields[TISSUE_GLANDS] > 0.02f || fields[TISSUE_TUMOR] > -40 ||
      fields[TISSUE_FAT] > 0.3f || fields[TISSUE_DEPTH] < 120 ||
      sac_noise_unit (hash, 3) < 0.35f)
    return;

  SacTissueBlob blob = {.x = x, .y = y, .hash = hash};
  float size = 16 + 46 * sac_noise_unit (hash, 0) * sac_noise_unit (hash, 1);
  float stretch = 1.1f + 1.3f * sac_noise_unit (hash, 2);

  sac_tissue_find_grain (block, x, y, &blob.dir_x, &blob.dir_y);
  blob.along = size * stretch;
  blob.across = size;
  blob.hematoxylin = 0.14f;
  blob.eosin = 0.62f;
  sac_tissue_blob_draw (block, &blob);
  blob.along = size * stretch - 0.28f * size;
  blob.across = 0.72f * size;
  blob.hematoxylin = 0.02f;
  blob.eosin = 0.03f;
  blob.is_hole = true;
  sac_tissue_blob_draw (block, &blob);

  for (int i = 0; i < (int)(size * stretch / 2.2f); i++) {
    uint64_t cell = sac_noise_hash (hash, i, 5);
    float u = (2 * sac_noise_unit (cell, 0) - 1) * 0.55f;
    float v = (2 * sac_noise_unit (cell, 1) - 1) * 0.55f;
    SacTissueBlob red = {
      .x = x +
           (double)(u * blob.along * blob.dir_x - v * blob.across * blob.dir_y),
      .y = y +
           (double)(u * blob.along * blob.dir_y + v * blob.across * blob.dir_x),
      .along = 6.2f,
      .across = 5.6f,
      .dir_x = 1,
      .eosin = 0.85f,
    };

    sac_tissue_blob_draw (block, &red);
  }
}

static void
draw_tumor_nucleus (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (fields[TISSUE_TUMOR] < 0 || fields[TISSUE_NESTS] < 0 ||
      sac_noise_unit (hash, 3) < 0.08f)
    return;

  float size = 5.0f +
               4.2f * sac_noise_unit (hash, 0) * sac_noise_unit (hash, 1) +
               1.2f * sac_noise_unit (hash, 2);
  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = size * (1.05f + 0.45f * sac_noise_unit (hash, 1)),
    .across = size * 0.92f,
    .hematoxylin = 0.50f + 0.42f * sac_noise_unit (hash, 2),
    .eosin = 0.17f,
    .texture = 1,
    .hash = hash,
  };

  sac_tissue_blob_draw_turned (block, &blob);
}

/* In the gut; a node's field is the share itself. */
static float
find_immune_share (const float *fields)
{
  float mucosa = fields[TISSUE_GLANDS] * 0.42f;
  float share = 0.62f * fields[TISSUE_IMMUNE] + mucosa;

  if (fields[TISSUE_TUMOR] > 0)
    share *= fields[TISSUE_NESTS] > 0 ? 0.04f : 0.8f;
  return share * sac_noise_step (10, 60, fields[TISSUE_DEPTH]) *
         (1 - fields[TISSUE_FAT]);
}

static void
draw_lymphocyte (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (sac_noise_unit (hash, 3) >= find_immune_share (fields))
    return;

  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = 4.1f + 1.0f * sac_noise_unit (hash, 0),
    .across = 3.9f + 0.5f * sac_noise_unit (hash, 1),
    .dir_x = 1,
    .hematoxylin = 0.95f + 0.25f * sac_noise_unit (hash, 2),
    .eosin = 0.14f,
    .bits = SAC_PHANTOM_LYMPHOCYTE,
    .texture = 0.5f,
    .hash = hash,
  };

  sac_tissue_blob_draw (block, &blob);
}

static void
draw_fibroblast (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  bool nest = fields[TISSUE_TUMOR] > 0 && fields[TISSUE_NESTS] > 0;

  /* Within a node only where its collagen is, and in tumour. */
  if (nest || (fields[TISSUE_NODE] > 0.5f && fields[TISSUE_TUMOR] < 0) ||
      fields[TISSUE_FAT] > 0.4f || sac_noise_unit (hash, 3) < 0.45f)
    return;

  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = 7.0f + 6.0f * sac_noise_unit (hash, 0),
    .across = 1.6f + 1.2f * sac_noise_unit (hash, 1),
    .hematoxylin = 0.75f + 0.45f * sac_noise_unit (hash, 2),
    .eosin = 0.22f,
    .texture = 0.3f,
    .hash = hash,
  };

  sac_tissue_find_grain (block, x, y, &blob.dir_x, &blob.dir_y);
  sac_tissue_blob_draw (block, &blob);
}

/* Of a fat cell: flat against its wall, where a section happens to meet it. */
static void
draw_fat_nucleus (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (fields[TISSUE_FAT] < 0.9f || sac_noise_unit (hash, 3) > 0.35f)
    return;

  float wall = sac_tissue_ground_find_wall (block->seed, x, y);

  if (wall > 4)
    return;

  float right = sac_tissue_ground_find_wall (block->seed, x + 1, y) - wall;
  float below = sac_tissue_ground_find_wall (block->seed, x, y + 1) - wall;
  float slope = sqrtf (right * right + below * below);
  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = 6.0f + 4.0f * sac_noise_unit (hash, 0),
    .across = 1.8f + 0.8f * sac_noise_unit (hash, 1),
    .dir_x = slope > 0 ? -below / slope : 1,
    .dir_y = slope > 0 ? right / slope : 0,
    .hematoxylin = 0.85f + 0.35f * sac_noise_unit (hash, 2),
    .eosin = 0.25f,
    .texture = 0.3f,
    .hash = hash,
  };

  sac_tissue_blob_draw (block, &blob);
}

/* Glands lie so that they seldom touch. */
static const SacTissueLattice vessels = {SEED_VESSEL, 520, 0.9, 160};
static const SacTissueLattice fibroblasts = {SEED_NUCLEUS, 33, 0.95, 16};
static const SacTissueLattice fat_nuclei = {SEED_NUCLEUS + 3, 27, 0.95, 14};
static const SacTissueLattice lymphocytes = {SEED_NUCLEUS + 1, 12.5, 0.8, 10};
static const SacTissueLattice tumor_nuclei = {SEED_NUCLEUS + 2, 14.5, 0.7, 18};
static const SacTissueLattice glands = {SEED_GLAND, 170, 0.42, 150};

void
sac_tissue_cells_draw (SacTissueBlock *block)
{
  if (block->plan.params->organ == SAC_PHANTOM_NODE) {
    if (block->scale < SAC_TISSUE_MEAN_SCALE) {
      sac_tissue_for_each_point (block, &fibroblasts, draw_fibroblast);
      sac_tissue_for_each_point (block, &fat_nuclei, draw_fat_nucleus);
      sac_tissue_node_cells_draw (block);
    }
    sac_tissue_for_each_point (block, &vessels, draw_vessel);
    return;
  }
  if (block->scale < SAC_TISSUE_MEAN_SCALE) {
    sac_tissue_for_each_point (block, &fibroblasts, draw_fibroblast);
    sac_tissue_for_each_point (block, &fat_nuclei, draw_fat_nucleus);
    sac_tissue_for_each_point (block, &lymphocytes, draw_lymphocyte);
    sac_tissue_for_each_point (block, &tumor_nuclei, draw_tumor_nucleus);
  }
  sac_tissue_for_each_point (block, &vessels, draw_vessel);
  sac_tissue_for_each_point (block, &glands, draw_gland);
}

float
sac_tissue_cells_cover (const SacPhantomSlideParams *params,
                        const float *fields)
{
  if (params->organ == SAC_PHANTOM_NODE)
    return sac_tissue_node_cells_cover (fields);

  float cover = 0.55f * 3.1416f * 10 * 2.3f /
                (float)(fibroblasts.spacing * fibroblasts.spacing) *
                (1 - fields[TISSUE_FAT]);

  cover += find_immune_share (fields) * 3.1416f * 4.6f * 4.1f /
           (float)(lymphocytes.spacing * lymphocytes.spacing);
  if (fields[TISSUE_TUMOR] > 0)
    cover += 0.62f * sac_noise_step (-0.1f, 0.1f, fields[TISSUE_NESTS]);
  return MIN (cover, 0.8f);
}
