/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-blob.h"

#include "image/noise.h"

#define SEED_CHROMATIN 2500

/* Of haematoxylin, where most of its light is lost. */
#define GREEN_DENSITY 1.38f

SacTissueWindow
sac_tissue_find_window (const SacTissueBlock *block,
                        double x,
                        double y,
                        double reach)
{
  return (SacTissueWindow){
    (int)MAX (0, floor ((x - reach - block->x) / block->scale)),
    (int)MAX (0, floor ((y - reach - block->y) / block->scale)),
    (int)MIN (block->width, ceil ((x + reach - block->x) / block->scale)),
    (int)MIN (block->height, ceil ((y + reach - block->y) / block->scale)),
  };
}

/* A pixel that is covered in part lets more light through than one with as much
 * stain all over: with density d on a share c, as much as density -log (1 - c
 * (1 - exp (-d))) all over, here as a share of d, within 0.04 for d up to 2. */
static float
thin_cover (float cover, float more)
{
  float density = GREEN_DENSITY * MAX (more, 0);

  return cover / (1 + 0.75f * density * (1 - cover));
}

/* Pixels of one blob, kept until there are enough of them for the noise. */
typedef struct {
  const SacTissueBlob *blob;
  float strength;
  int count;
  size_t places[SAC_NOISE_RUN];
  float radius[SAC_NOISE_RUN], cover[SAC_NOISE_RUN];
  double along[SAC_NOISE_RUN], across[SAC_NOISE_RUN]; /* from its middle */
} Batch;

/* A membrane, coarse clumps and fine ones: what multiplies the stain. */
static void
find_chromatin (const Batch *batch, float *ret_share)
{
  static const double widths[2] = {3.1, 1.5};
  uint64_t seed = batch->blob->hash + SEED_CHROMATIN;
  double p[SAC_NOISE_RUN], q[SAC_NOISE_RUN];
  float noise[2][SAC_NOISE_RUN];

  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < batch->count; i++) {
      p[i] = batch->along[i] / widths[k];
      q[i] = batch->across[i] / widths[k];
    }
    sac_noise_fractal_run (seed + (uint64_t)k, p, q, batch->count, 1, noise[k]);
  }
  for (int i = 0; i < batch->count; i++)
    ret_share[i] =
      1 + batch->blob->texture *
            (0.42f * sac_noise_step (0.62f, 0.90f, batch->radius[i]) - 0.20f +
             0.45f * noise[0][i] + 0.32f * noise[1][i]);
}

static void
lay_batch (SacTissueBlock *block, Batch *batch)
{
  const SacTissueBlob *blob = batch->blob;
  bool is_textured = blob->texture > 0 && block->scale < 3;
  float share[SAC_NOISE_RUN];

  if (is_textured)
    find_chromatin (batch, share);
  for (int i = 0; i < batch->count; i++) {
    size_t place = batch->places[i];
    float cover = batch->cover[i], stain = blob->hematoxylin;

    if (block->bits != NULL && cover >= 0.5f)
      block->bits[place] =
        (uint8_t)((block->bits[place] & ~(unsigned)SAC_PHANTOM_LYMPHOCYTE) |
                  blob->bits);
    if (is_textured)
      stain *= share[i];
    cover *= batch->strength;
    if (blob->is_hole || stain > block->hematoxylin[place]) {
      float more = stain - block->hematoxylin[place];

      block->hematoxylin[place] += more * thin_cover (cover, more);
    }
    block->eosin[place] += cover * (blob->eosin - block->eosin[place]);
  }
  batch->count = 0;
}

void
sac_tissue_blob_draw (SacTissueBlock *block, const SacTissueBlob *blob)
{
  float scale = (float)block->scale;
  float least = 0.6f * scale; /* smaller ones are paler instead */
  float along = MAX (blob->along, least), across = MAX (blob->across, least);
  SacTissueWindow window =
    sac_tissue_find_window (block, blob->x, blob->y, along + scale);
  Batch batch;

  batch.blob = blob;
  batch.strength = blob->along * blob->across / (along * across);
  batch.count = 0;
  for (int row = window.top; row < window.bottom; row++)
    for (int column = window.left; column < window.right; column++) {
      float dx = (float)(block->x + (column + 0.5) * block->scale - blob->x);
      float dy = (float)(block->y + (row + 0.5) * block->scale - blob->y);
      float u = (dx * blob->dir_x + dy * blob->dir_y) / along;
      float v = (dy * blob->dir_x - dx * blob->dir_y) / across;
      float radius = sqrtf (u * u + v * v);
      float cover =
        sac_noise_clamp ((1 - radius) * across / scale + 0.5f, 0, 1);
      int i = batch.count;

      if (cover <= 0)
        continue;
      batch.places[i] = (size_t)row * block->width + column;
      batch.radius[i] = radius;
      batch.cover[i] = cover;
      batch.along[i] = (double)(u * along);
      batch.across[i] = (double)(v * across);
      if (++batch.count == SAC_NOISE_RUN)
        lay_batch (block, &batch);
    }
  lay_batch (block, &batch);
}

void
sac_tissue_blob_draw_turned (SacTissueBlock *block, SacTissueBlob *blob)
{
  sac_noise_direction ((unsigned)(blob->hash >> 20) & 255, &blob->dir_x,
                       &blob->dir_y);
  sac_tissue_blob_draw (block, blob);
}

void
sac_tissue_for_each_point (SacTissueBlock *block,
                           const SacTissueLattice *lattice,
                           SacTissuePointFunc draw)
{
  double spacing = lattice->spacing, reach = lattice->reach;
  int64_t left = (int64_t)floor ((block->x - reach) / spacing) - 1;
  int64_t top = (int64_t)floor ((block->y - reach) / spacing) - 2;
  int64_t right =
    (int64_t)floor ((block->x + block->width * block->scale + reach) / spacing);
  int64_t bottom = (int64_t)floor (
    (block->y + block->height * block->scale + reach) / spacing);

  for (int64_t row = top; row <= bottom; row++)
    for (int64_t column = left; column <= right; column++) {
      uint64_t hash = sac_noise_hash (block->seed + lattice->seed, column, row);
      double x =
        ((double)column + lattice->jitter * sac_noise_unit (hash, 0)) * spacing;
      double y = ((double)row + lattice->jitter * sac_noise_unit (hash, 1) +
                  ((column & 1) != 0 ? 0.5 : 0.0)) *
                 spacing;
      float fields[TISSUE_FIELD_COUNT];

      if (sac_tissue_plan_is_empty (&block->plan, x, x, y, 0))
        continue;
      sac_tissue_plan_get (&block->plan, x, y, fields);
      if (fields[TISSUE_DEPTH] > 8)
        draw (block, x, y, sac_noise_hash (hash, 1, 2), fields);
    }
}

void
sac_tissue_find_grain (
  const SacTissueBlock *block, double x, double y, float *ret_x, float *ret_y)
{
  float here[TISSUE_FIELD_COUNT], right[TISSUE_FIELD_COUNT];
  float below[TISSUE_FIELD_COUNT];
  double step = block->plan.step;

  sac_tissue_plan_get (&block->plan, x, y, here);
  sac_tissue_plan_get (&block->plan, x + step, y, right);
  sac_tissue_plan_get (&block->plan, x, y + step, below);

  float gx = right[TISSUE_FLOW] - here[TISSUE_FLOW];
  float gy = below[TISSUE_FLOW] - here[TISSUE_FLOW];
  float length = sqrtf (gx * gx + gy * gy);

  *ret_x = length > 0 ? -gy / length : 1;
  *ret_y = length > 0 ? gx / length : 0;
}
