/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The synthetic slide: a piece of gut wall, or a lymph node, in haematoxylin
 * and eosin.
 *
 * Drawing adds up two stains as optical densities (Beer and Lambert), which is
 * why overlaps look right.  What is finer than a pixel of the level is drawn as
 * its mean, so a coarse level costs no more than a fine one. */
#include "image/phantom-slide.h"

#include "base/pool.h"
#include "image/noise.h"
#include "image/tissue-artefacts.h"
#include "image/tissue-cells.h"
#include "image/tissue-ground.h"
#include "image/tissue-node.h"

#include <string.h>

#define DEFAULT_WIDTH 8192
#define DEFAULT_HEIGHT 6144
#define DEFAULT_STEP 4

#define BAND_ROWS 64

/* Cells reach so far over a block's edge. */
#define REACH 240.0

enum { SEED_GRAIN = 3500, SEED_CYTOPLASM = 3600, SEED_STAIN = 3700 };

typedef struct {
  const SacPhantomSlideParams *params;
  double downsample;
  int64_t x, y;
  SacImage *image;
  uint8_t *bits; /* as the image's pixels; NULL: not wanted */
  const SacJob *job;
  SacTissueArtefacts artefacts;
  SacNoiseFade fade;
  float hematoxylin[3], eosin[3]; /* densities in red, green and blue */
} Drawing;

SacPhantomSlideParams
sac_phantom_slide_complete (const SacPhantomSlideParams *params)
{
  SacPhantomSlideParams all = *params;

  if (all.width <= 0)
    all.width = DEFAULT_WIDTH;
  if (all.height <= 0)
    all.height = DEFAULT_HEIGHT;
  if (all.level_step < 2)
    all.level_step = DEFAULT_STEP;
  return all;
}

bool
sac_phantom_slide_is_lesion (const SacPhantomSlideParams *params,
                             double x,
                             double y)
{
  SacPhantomSlideParams all = sac_phantom_slide_complete (params);
  float fields[TISSUE_FIELD_COUNT];

  sac_tissue_plan_find (&all, x, y, fields);
  return fields[TISSUE_DEPTH] > 0 && fields[TISSUE_TUMOR] > 0;
}

/* Places of one row on the way to their stains. */
typedef struct {
  int count;
  double x[SAC_NOISE_RUN], y;
  double scale;
  float fields[SAC_NOISE_RUN][TISSUE_FIELD_COUNT];
  float nest[SAC_NOISE_RUN]; /* the share of a tumour's nest */
  SacTissueNodeGrain grain, nest_grain;
} Run;

/* The cytoplasm of tumour cells, grained where grains can be seen. */
static SacTissueStain
stain_nest (const SacPhantomSlideParams *params, const Run *run, int i)
{
  SacTissueStain stain = {0.24f, 0.27f};

  if (params->organ == SAC_PHANTOM_NODE)
    return sac_tissue_node_stain_nest (&run->nest_grain, i, run->scale);
  if (run->scale < 4) {
    float grain = sac_noise_fractal (params->seed + SEED_CYTOPLASM,
                                     run->x[i] / 5, run->y / 5, 2);

    stain.hematoxylin *= 1 + 0.45f * grain;
    stain.eosin *= 1 + 0.45f * grain;
  }
  return stain;
}

static SacTissueStain
stain_ground (const SacPhantomSlideParams *params, const Run *run, int i)
{
  bool is_node = params->organ == SAC_PHANTOM_NODE;
  uint64_t seed = params->seed;
  double x = run->x[i], y = run->y, scale = run->scale;
  const float *fields = run->fields[i];
  bool is_covered = run->nest[i] >= 1 || fields[TISSUE_FAT] >= 1;
  SacTissueStain stain = {0, 0};

  /* What something else will cover is not worked out. */
  if (!is_covered && !(is_node && fields[TISSUE_NODE] >= 1))
    stain = sac_tissue_ground_fibers (seed, x, y, scale, fields);
  if (is_node && !is_covered)
    stain =
      sac_tissue_node_stain (seed, x, y, scale, &run->grain, i, stain, fields);
  if (fields[TISSUE_GLANDS] > 0)
    stain = sac_tissue_stain_mix (stain, (SacTissueStain){0.11f, 0.24f},
                                  0.75f * fields[TISSUE_GLANDS]);
  if (run->nest[i] > 0)
    stain =
      sac_tissue_stain_mix (stain, stain_nest (params, run, i), run->nest[i]);
  if (fields[TISSUE_FAT] > 0)
    stain =
      sac_tissue_stain_mix (stain, sac_tissue_ground_fat (seed, x, y, scale),
                            fields[TISSUE_FAT]);
  return stain;
}

/* As SacPhantomTissue; nuclei and artefacts come later. */
static unsigned
find_bits (const float *fields, float cover)
{
  unsigned bits = cover >= 0.5f ? SAC_PHANTOM_TISSUE : 0;

  if (bits == 0)
    return 0;
  if (fields[TISSUE_TUMOR] > 0)
    bits |= fields[TISSUE_NESTS] > 0 ? SAC_PHANTOM_TUMOR | SAC_PHANTOM_NEST
                                     : SAC_PHANTOM_TUMOR;
  if (fields[TISSUE_GLANDS] >= 0.5f)
    bits |= SAC_PHANTOM_MUCOSA;
  if (fields[TISSUE_FOLLICLE] >= 0.5f)
    bits |= SAC_PHANTOM_FOLLICLE;
  if (fields[TISSUE_FAT] >= 0.5f)
    bits |= SAC_PHANTOM_FAT;
  return bits;
}

/* The fields, the outline and the bits; returns: whether there is tissue. */
static bool
place_run (SacTissueBlock *block, Run *run, size_t start)
{
  float soft = (float)MAX (2.5, block->scale); /* the outline's width */
  bool any = false,
       is_empty =
         sac_tissue_plan_is_empty (&block->plan, run->x[0],
                                   run->x[run->count - 1], run->y, soft);

  for (int i = 0; i < run->count; i++) {
    size_t place = start + (size_t)i;
    float *fields = run->fields[i];

    block->hematoxylin[place] = block->eosin[place] = block->cover[place] = 0;
    if (block->bits != NULL)
      block->bits[place] = 0;
    if (is_empty)
      continue;
    sac_tissue_plan_get (&block->plan, run->x[i], run->y, fields);
    run->nest[i] = sac_noise_step (-0.10f, 0.06f, fields[TISSUE_NESTS]) *
                   sac_noise_step (0, 24, fields[TISSUE_TUMOR]);
    block->cover[place] =
      sac_noise_clamp (fields[TISSUE_DEPTH] / soft + 0.5f, 0, 1);
    if (block->bits != NULL)
      block->bits[place] = (uint8_t)find_bits (fields, block->cover[place]);
    any = any || block->cover[place] > 0;
  }
  return any;
}

/* What of the run needs a node's noise at all. */
static void
find_run_grain (uint64_t seed, Run *run, const float *cover)
{
  bool is_nest = false, is_other = false;

  for (int i = 0; i < run->count; i++) {
    if (cover[i] <= 0)
      continue;
    is_nest = is_nest || run->nest[i] > 0;
    is_other = is_other || (run->nest[i] < 1 && run->fields[i][TISSUE_FAT] < 1);
  }
  if (is_other)
    sac_tissue_node_find_grain (seed, run->x, run->y, run->scale, run->count,
                                &run->grain);
  if (is_nest)
    sac_tissue_node_find_nest_grain (seed, run->x, run->y, run->scale,
                                     run->count, &run->nest_grain);
}

/* Nuclei that are too small to be drawn, as their mean. */
static SacTissueStain
add_mean_nuclei (const Drawing *drawing,
                 const SacTissueBlock *block,
                 const Run *run,
                 int i,
                 int column,
                 SacTissueStain stain)
{
  uint64_t hash = sac_noise_hash (block->seed + SEED_GRAIN, drawing->x + column,
                                  (int64_t)floor (run->y / block->scale));
  float grain = 0.6f + 0.8f * sac_noise_unit (hash, 2);
  float cover = sac_tissue_cells_cover (drawing->params, run->fields[i]);

  return sac_tissue_stain_mix (stain, (SacTissueStain){0.85f, 0.16f},
                               cover * grain * 0.8f);
}

static void
stain_run (const Drawing *drawing, SacTissueBlock *block, int row, int first)
{
  const SacPhantomSlideParams *params = drawing->params;
  size_t start = (size_t)row * block->width + first;
  Run run;

  run.count = MIN (SAC_NOISE_RUN, block->width - first);
  run.scale = block->scale;
  run.y = block->y + (row + 0.5) * block->scale;
  for (int i = 0; i < run.count; i++)
    run.x[i] = block->x + (first + i + 0.5) * block->scale;
  if (!place_run (block, &run, start))
    return;
  if (params->organ == SAC_PHANTOM_NODE)
    find_run_grain (params->seed, &run, block->cover + start);
  for (int i = 0; i < run.count; i++) {
    if (block->cover[start + (size_t)i] <= 0)
      continue;

    SacTissueStain stain = stain_ground (params, &run, i);

    if (block->scale >= SAC_TISSUE_MEAN_SCALE)
      stain = add_mean_nuclei (drawing, block, &run, i, first + i, stain);
    block->hematoxylin[start + (size_t)i] = stain.hematoxylin;
    block->eosin[start + (size_t)i] = stain.eosin;
  }
}

/* What is folded lies two or three times; the pen's ink lies on all of it.
 * ret_ink: its densities. */
static float
find_artefacts (const Drawing *drawing,
                const SacTissueBlock *block,
                size_t place,
                const double *at,
                float *ret_ink)
{
  const SacTissueArtefacts *artefacts = &drawing->artefacts;
  float fold =
    sac_tissue_artefacts_fold (artefacts, at[0], at[1], block->scale);
  float pen = sac_tissue_artefacts_pen (artefacts, at[0], at[1], block->scale);

  for (int i = 0; i < 3; i++)
    ret_ink[i] = pen * artefacts->ink[i];
  if (block->bits != NULL && fold > 0 && block->cover[place] > 0)
    block->bits[place] |= SAC_PHANTOM_FOLD;
  if (block->bits != NULL && pen > 0)
    block->bits[place] |= SAC_PHANTOM_INK;
  return 1 + 1.05f * fold;
}

/* Stains to light.  line: the row's place on the level. */
static void
color_row (const Drawing *drawing,
           const SacTissueBlock *block,
           int row,
           int64_t line)
{
  uint32_t *out =
    drawing->image->pixels + (size_t)(line - drawing->y) * (size_t)block->width;
  static const float glass[3] = {246, 245, 247};
  double y = block->y + (row + 0.5) * block->scale;

  for (int column = 0; column < block->width; column++) {
    size_t place = (size_t)row * block->width + column;
    double at[2] = {block->x + (column + 0.5) * block->scale, y};
    float ink[3] = {0, 0, 0}, times = 1;

    if (drawing->params->artefacts != 0)
      times = find_artefacts (drawing, block, place, at, ink);

    float h = block->hematoxylin[place] * block->cover[place] * times;
    float e = block->eosin[place] * block->cover[place] * times;
    int grain = (int)(sac_noise_hash (block->seed + SEED_GRAIN + 1,
                                      drawing->x + column, line) &
                      3) -
                1;
    int levels[3];

    for (int i = 0; i < 3; i++) {
      float density =
        drawing->hematoxylin[i] * h + drawing->eosin[i] * e + ink[i];

      levels[i] =
        CLAMP ((int)(glass[i] * sac_noise_fade_get (&drawing->fade, density)) +
                 grain,
               0, 255);
    }
    out[column] =
      sac_pixel ((unsigned)levels[0], (unsigned)levels[1], (unsigned)levels[2]);
  }
}

static double
choose_step (double downsample)
{
  return downsample < 4 ? 16 : downsample < 16 ? 48 : downsample * 4;
}

static void
draw_band (size_t index, void *data)
{
  const Drawing *drawing = data;
  int first = (int)index * BAND_ROWS;
  double scale = drawing->downsample;
  SacTissueBlock block = {
    .seed = drawing->params->seed,
    .scale = scale,
    .x = (double)drawing->x * scale,
    .y = (double)(drawing->y + first) * scale,
    .width = drawing->image->width,
    .height = MIN (BAND_ROWS, drawing->image->height - first),
  };

  if (!sac_job_check (drawing->job, NULL))
    return;
  if (drawing->bits != NULL)
    block.bits = drawing->bits + (size_t)first * (size_t)block.width;

  SacRect rect = {block.x - REACH - choose_step (scale),
                  block.y - REACH - choose_step (scale),
                  block.width * scale + 2 * REACH + 2 * choose_step (scale),
                  block.height * scale + 2 * REACH + 2 * choose_step (scale)};

  sac_tissue_plan_init (&block.plan, drawing->params, choose_step (scale),
                        &rect);
  block.hematoxylin = g_new (float, (size_t)block.width *block.height);
  block.eosin = g_new (float, (size_t)block.width *block.height);
  block.cover = g_new (float, (size_t)block.width *block.height);
  for (int row = 0; row < block.height; row++)
    for (int column = 0; column < block.width; column += SAC_NOISE_RUN)
      stain_run (drawing, &block, row, column);
  sac_tissue_cells_draw (&block);
  for (int row = 0; row < block.height; row++)
    color_row (drawing, &block, row, drawing->y + first + row);
  g_free (block.hematoxylin);
  g_free (block.eosin);
  g_free (block.cover);
  sac_tissue_plan_finish (&block.plan);
}

/* Fitted by eye to scanned sections; those of nodes to the two hospitals of
 * PatchCamelyon, of which one stains bluer. */
static void
choose_stains (Drawing *drawing)
{
  static const float gut[2][3] = {{1.02f, 1.38f, 0.66f}, {0.15f, 1.22f, 0.70f}};
  static const float nodes[2][2][3] = {
    {{0.93f, 1.42f, 0.70f}, {0.15f, 1.20f, 0.42f}},
    {{0.89f, 1.34f, 0.98f}, {0.15f, 1.12f, 0.70f}},
  };
  const SacPhantomSlideParams *params = drawing->params;
  uint64_t hash = sac_noise_hash (params->seed + SEED_STAIN, 0, 0);
  const float (*chosen)[3] = params->organ == SAC_PHANTOM_NODE
                               ? nodes[sac_noise_unit (hash, 0) < 0.5f]
                               : gut;

  memcpy (drawing->hematoxylin, chosen[0], sizeof drawing->hematoxylin);
  memcpy (drawing->eosin, chosen[1], sizeof drawing->eosin);
}

static bool
draw_all (Drawing *drawing, SacJob *job, GError **error)
{
  sac_noise_fade_init (&drawing->fade);
  choose_stains (drawing);
  sac_tissue_artefacts_plan (&drawing->artefacts, drawing->params);
  sac_pool_run ((size_t)(drawing->image->height + BAND_ROWS - 1) / BAND_ROWS,
                draw_band, drawing);
  return sac_job_check (job, error);
}

bool
sac_phantom_slide_draw (const SacPhantomSlideParams *params,
                        double downsample,
                        int64_t x,
                        int64_t y,
                        SacImage *image,
                        SacJob *job,
                        GError **error)
{
  Drawing drawing = {
    .params = params,
    .downsample = downsample,
    .x = x,
    .y = y,
    .image = image,
    .job = job,
  };

  return draw_all (&drawing, job, error);
}

bool
sac_phantom_slide_draw_truth (const SacPhantomSlideParams *params,
                              int64_t x,
                              int64_t y,
                              SacImage *image,
                              uint8_t *bits,
                              SacJob *job,
                              GError **error)
{
  SacPhantomSlideParams all = sac_phantom_slide_complete (params);
  Drawing drawing = {
    .params = &all,
    .downsample = 1,
    .x = x,
    .y = y,
    .image = image,
    .bits = bits,
    .job = job,
  };

  return draw_all (&drawing, job, error);
}
