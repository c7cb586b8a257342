/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-node-cells.h"

#include "image/noise.h"
#include "image/tissue-blob.h"

#define SEED_CELL 6200

/* Chromatin is not drawn where a pixel holds clumps of it; uneven as it is, it
 * lets more light through than as much of it laid evenly. */
static void
draw_nucleus (SacTissueBlock *block, SacTissueBlob *blob)
{
  if (block->scale >= 3)
    blob->hematoxylin *= 1 - 0.10f * blob->texture;
  sac_tissue_blob_draw_turned (block, blob);
}

/* Some six micrometres wide, round, dark, and close to each other. */
static void
draw_lymphocyte (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (sac_noise_unit (hash, 3) >= fields[TISSUE_IMMUNE])
    return;

  float pale = sac_noise_unit (hash, 2);
  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = 4.9f + 1.4f * sac_noise_unit (hash, 0),
    .across = 4.6f + 0.5f * sac_noise_unit (hash, 1),
    .hematoxylin = 1.72f - 0.80f * pale * pale,
    .eosin = 0.20f,
    .bits = SAC_PHANTOM_LYMPHOCYTE,
    .texture = 1.2f,
    .hash = hash,
  };

  draw_nucleus (block, &blob);
}

/* Centroblasts and centrocytes: larger, paler, with a clear membrane. */
static void
draw_center_cell (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (sac_noise_unit (hash, 3) >= 0.85f * fields[TISSUE_CENTER])
    return;

  float size = 5.6f + 3.0f * sac_noise_unit (hash, 0);
  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = size * (1 + 0.35f * sac_noise_unit (hash, 1)),
    .across = size * 0.9f,
    .hematoxylin = 0.55f + 0.40f * sac_noise_unit (hash, 2),
    .eosin = 0.22f,
    .texture = 1.8f,
    .hash = hash,
  };

  draw_nucleus (block, &blob);
}

/* Pale, with crumbs of what they have eaten: the stars in a starry sky. */
static void
draw_macrophage (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  if (sac_noise_unit (hash, 3) >= 0.7f * fields[TISSUE_CENTER])
    return;

  SacTissueBlob body = {
    .x = x,
    .y = y,
    .along = 15 + 6 * sac_noise_unit (hash, 0),
    .across = 13 + 4 * sac_noise_unit (hash, 1),
    .hematoxylin = 0.05f,
    .eosin = 0.13f,
    .is_hole = true,
    .hash = hash,
  };

  sac_tissue_blob_draw_turned (block, &body);
  for (int i = 0; i < 4; i++) {
    uint64_t crumb = sac_noise_hash (hash, i, 9);
    SacTissueBlob blob = {
      .x = x + 16 * (double)(sac_noise_unit (crumb, 0) - 0.5f),
      .y = y + 16 * (double)(sac_noise_unit (crumb, 1) - 0.5f),
      .along = i == 0 ? 6.2f : 1.3f + 1.4f * sac_noise_unit (crumb, 2),
      .across = i == 0 ? 4.6f : 1.3f + 1.2f * sac_noise_unit (crumb, 3),
      .dir_x = 1,
      .hematoxylin = i == 0 ? 0.42f : 1.0f,
      .eosin = 0.20f,
      .texture = i == 0 ? 0.8f : 0,
      .hash = crumb,
    };

    sac_tissue_blob_draw (block, &blob);
  }
}

/* Histiocytes in the lymph, and red cells. */
static void
draw_floating (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  bool is_red = sac_noise_unit (hash, 2) < 0.25f;

  if (fields[TISSUE_TUMOR] > -30 ||
      sac_noise_unit (hash, 3) >= 0.55f * fields[TISSUE_SINUS])
    return;

  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = is_red ? 6.4f : 11 + 3 * sac_noise_unit (hash, 0),
    .across = is_red ? 5.8f : 9 + 2 * sac_noise_unit (hash, 1),
    .hematoxylin = is_red ? 0.02f : 0.06f,
    .eosin = is_red ? 0.80f : 0.27f,
    .hash = hash,
  };

  draw_nucleus (block, &blob);
  if (is_red)
    return;
  blob.along = 6.6f;
  blob.across = 5.0f;
  blob.hematoxylin = 0.52f + 0.20f * sac_noise_unit (hash, 1);
  blob.eosin = 0.2f;
  blob.texture = 0.9f;
  sac_tissue_blob_draw (block, &blob);
}

/* Metastatic cells: large, vesicular, most with a nucleolus. */
static void
draw_tumor_cell (
  SacTissueBlock *block, double x, double y, uint64_t hash, const float *fields)
{
  float odd = sac_noise_unit (hash, 0) * sac_noise_unit (hash, 1);
  float size = 7.2f + 5.5f * odd + 1.4f * sac_noise_unit (hash, 2);

  if (fields[TISSUE_TUMOR] < 0 || fields[TISSUE_NESTS] < 0 ||
      sac_noise_unit (hash, 3) < 0.10f)
    return;

  SacTissueBlob blob = {
    .x = x,
    .y = y,
    .along = size * (1.02f + 0.40f * sac_noise_unit (hash, 1)),
    .across = size * 0.9f,
    .hematoxylin = 0.46f + 0.42f * sac_noise_unit (hash, 2) + 0.3f * odd,
    .eosin = 0.19f,
    .texture = 1.9f,
    .hash = hash,
  };

  draw_nucleus (block, &blob);
  if (sac_noise_unit (hash, 0) < 0.35f)
    return;
  blob.x += (double)(2.4f * (sac_noise_unit (hash, 1) - 0.5f));
  blob.y += (double)(2.4f * (sac_noise_unit (hash, 2) - 0.5f));
  blob.along = blob.across = 1.6f + 0.8f * sac_noise_unit (hash, 2);
  blob.hematoxylin = 1.05f;
  blob.eosin = 0.30f;
  blob.texture = 0;
  sac_tissue_blob_draw (block, &blob);
}

static const SacTissueLattice tumor_cells = {SEED_CELL + 4, 19.5, 0.6, 24};
static const SacTissueLattice lymphocytes = {SEED_CELL, 12.2, 0.62, 12};
static const SacTissueLattice center_cells = {SEED_CELL + 1, 17.5, 0.7, 16};
static const SacTissueLattice macrophages = {SEED_CELL + 2, 120, 0.8, 40};
static const SacTissueLattice floating = {SEED_CELL + 3, 32, 0.9, 20};

void
sac_tissue_node_cells_draw (SacTissueBlock *block)
{
  sac_tissue_for_each_point (block, &floating, draw_floating);
  sac_tissue_for_each_point (block, &center_cells, draw_center_cell);
  sac_tissue_for_each_point (block, &lymphocytes, draw_lymphocyte);
  sac_tissue_for_each_point (block, &macrophages, draw_macrophage);
  sac_tissue_for_each_point (block, &tumor_cells, draw_tumor_cell);
}

float
sac_tissue_node_cells_cover (const float *fields)
{
  /* Darker than the gut's. */
  float cover = 1.38f * fields[TISSUE_IMMUNE] * 3.1416f * 5.6f * 4.85f /
                (float)(lymphocytes.spacing * lymphocytes.spacing);

  cover += 0.26f * fields[TISSUE_CENTER] + 0.14f * fields[TISSUE_SINUS];
  if (fields[TISSUE_TUMOR] > 0)
    cover += 0.60f * sac_noise_step (-0.1f, 0.1f, fields[TISSUE_NESTS]);
  return MIN (cover, 0.8f);
}
