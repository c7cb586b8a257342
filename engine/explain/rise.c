/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* RISE: the mean of random masks, each weighted by the score of the image seen
 * through it (Petsiuk, Das and Saenko, 2018, equation 6):
 *
 *   S(p) = 1 / (N p1) sum_i f (x * M_i) M_i (p).
 *
 * A mask is a small grid of zeros and ones, enlarged bilinearly to one cell
 * more than the image each way and cut out at a random place.  What a mask
 * hides is the baseline. */
#include "base/random.h"
#include "explain/image-input.h"
#include "explain/list.h"
#include "explain/provenance.h"
#include "explain/trials.h"
#include "map/resample.h"

#include <math.h>

enum {
  PARAM_MASKS,
  PARAM_CELLS,
  PARAM_KEEP,
  PARAM_CENTRED,
  PARAM_SEED,
  PARAM_BASELINE
};

static const SacMethodParam params[] = {
  [PARAM_MASKS] = {.name = "masks",
                   .label = N_ ("Random masks"),
                   .fallback = "2000",
                   .kind = SAC_PARAM_WHOLE,
                   .min = 1,
                   .max = 1000000},
  [PARAM_CELLS] = {.name = "cells",
                   .label = N_ ("Cells of a mask, each way"),
                   .fallback = "7",
                   .kind = SAC_PARAM_WHOLE,
                   .min = 1,
                   .max = 256},
  [PARAM_KEEP] = {.name = "keep",
                  .label = N_ ("Probability that a cell is seen"),
                  .fallback = "0.5",
                  .kind = SAC_PARAM_NUMBER,
                  .min = 0.01,
                  .max = 0.99},
  [PARAM_CENTRED] = {.name = "centred",
                     .label =
                       N_ ("Less the mean score, so that 0 is no effect; "
                           "the paper does not take it off"),
                     .fallback = "1",
                     .kind = SAC_PARAM_WHOLE,
                     .min = 0,
                     .max = 1},
  [PARAM_SEED] = {.name = "seed",
                  .label = N_ ("Seed of the masks"),
                  .fallback = "0",
                  .kind = SAC_PARAM_WHOLE,
                  .min = 0,
                  .max = G_MAXINT},
  [PARAM_BASELINE] = SAC_PARAM_BASELINE ("mean"),
  {NULL},
};

/* Masks that are kept: all versions on their way at a time have one, of large
 * images fewer. */
#define MASK_ELEMENTS (SAC_TRIALS_MOST * 224 * 224)
#define MASK_SLOTS_LEAST 8

typedef struct {
  const SacExplainRun *run;
  SacImageInput image;
  int cells;
  double keep;
  int64_t seed;
  bool centred;
  int tall, wide; /* of an enlarged mask */
  const float *baseline;
  float *masks; /* of the last `slots` versions, one behind another */
  size_t *made; /* which version's mask a slot holds, plus 1 */
  size_t slots;
  double *weighted, *covered; /* sums over masks, one a pixel */
  double score_sum;
  size_t count;
} Work;

/* Mask `index`, always the same for a seed. */
static void
fill_mask (const Work *work, size_t index, float *mask)
{
  SacRandom random = sac_random_new (work->seed, index);
  int side = work->cells + 1;
  int height = work->image.height, width = work->image.width;
  g_autofree float *grid = g_new (float, side *side);
  g_autofree float *enlarged = g_new (float, (size_t)work->tall * work->wide);

  for (int i = 0; i < side * side; i++)
    grid[i] = sac_random_uniform (&random) < work->keep;
  sac_resample_bilinear (grid, side, side, enlarged, work->tall, work->wide);

  int top = (int)(sac_random_uniform (&random) * (work->tall - height));
  int left = (int)(sac_random_uniform (&random) * (work->wide - width));

  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++)
      mask[y * width + x] = enlarged[(top + y) * work->wide + left + x];
  }
}

/* A version's mask is asked for twice, before and after it has run. */
static const float *
get_mask (Work *work, size_t index)
{
  size_t slot = index % work->slots;
  float *mask =
    work->masks + slot * work->image.height * (size_t)work->image.width;

  if (work->made[slot] != index + 1)
    fill_mask (work, index, mask);
  work->made[slot] = index + 1;
  return mask;
}

static void
hide (size_t index, float *values, void *data)
{
  Work *work = data;
  const SacImageInput *image = &work->image;
  int pixels = image->height * image->width;
  const float *mask = get_mask (work, index);

  for (int64_t c = 0; c < image->channels; c++) {
    for (int i = 0; i < pixels; i++) {
      int64_t at = sac_image_input_at (image, c, i);

      values[at] =
        work->baseline[at] + mask[i] * (values[at] - work->baseline[at]);
    }
  }
}

static void
take (size_t index, double score, void *data)
{
  Work *work = data;
  int pixels = work->image.height * work->image.width;
  const float *mask = get_mask (work, index);

  for (int i = 0; i < pixels; i++) {
    work->weighted[i] += score * mask[i];
    work->covered[i] += mask[i];
  }
  work->score_sum += score;
  work->count++;
}

/* The estimate from the masks so far.  Centred, the mean score is taken from
 * each: sum (f - mean f) M = sum f M - mean f sum M. */
static SacMap *
make_map (const Work *work)
{
  int pixels = work->image.height * work->image.width;
  double mean = work->centred ? work->score_sum / work->count : 0;
  float *cells = g_new (float, pixels);

  for (int i = 0; i < pixels; i++)
    cells[i] = (float)((work->weighted[i] - mean * work->covered[i]) /
                       (work->count * work->keep));

  SacMap *map =
    sac_image_input_map (work->run, &work->image, cells, N_ ("logit"));

  sac_provenance_add_score (map->provenance, work->run);
  json_object_set_int_member (map->provenance, "masks_used", work->count);
  json_object_set_double_member (map->provenance, "mean_score",
                                 work->score_sum / work->count);
  if (!work->centred)
    sac_provenance_add_note (map->provenance,
                             N_ ("RISE as in the paper has no zero: every cell "
                                 "holds the mean score of the masked images "
                                 "and what the cell adds to it."));
  return map;
}

static void
show (size_t done, void *data)
{
  const Work *work = data;
  const SacExplainRequest *request = work->run->request;
  g_autoptr (SacMap) map = make_map (work);

  request->partial (map, request->partial_data);
}

static void
work_start (Work *work, const SacExplainRequest *request)
{
  int64_t pixels = (int64_t)work->image.height * work->image.width;

  work->cells = (int)sac_param_get_whole (request, &params[PARAM_CELLS]);
  work->keep = sac_param_get_number (request, &params[PARAM_KEEP]);
  work->seed = sac_param_get_whole (request, &params[PARAM_SEED]);
  work->centred = sac_param_get_whole (request, &params[PARAM_CENTRED]) != 0;

  /* One cell more than the image each way, cells rounded up to pixels. */
  work->tall =
    (work->cells + 1) * ((work->image.height + work->cells - 1) / work->cells);
  work->wide =
    (work->cells + 1) * ((work->image.width + work->cells - 1) / work->cells);
  work->slots =
    CLAMP (MASK_ELEMENTS / pixels, MASK_SLOTS_LEAST, SAC_TRIALS_MOST);
  work->masks = g_new (float, work->slots *pixels);
  work->made = g_new0 (size_t, work->slots);
  work->weighted = g_new0 (double, pixels);
  work->covered = g_new0 (double, pixels);
}

static void
work_finish (Work *work)
{
  g_free (work->masks);
  g_free (work->made);
  g_free (work->weighted);
  g_free (work->covered);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  SacExplainPass score = {.score = true};
  Work work = {.run = run};
  SacMap *map = NULL;

  if (run == NULL || !sac_image_input_find (run, &work.image, error) ||
      !sac_explain_run_pass (run, &score, job, error))
    return NULL;

  g_autofree float *baseline =
    sac_image_input_baseline (run, &work.image, &params[PARAM_BASELINE]);
  SacTrials trials = {
    .count = sac_param_get_whole (request, &params[PARAM_MASKS]),
    .alter = hide,
    .take = take,
    .show = request->partial != NULL ? show : NULL,
    .data = &work,
  };

  work.baseline = baseline;
  work_start (&work, request);
  if (sac_trials_run (run, &work.image, &trials, job, error))
    map = make_map (&work);
  work_finish (&work);
  return map;
}

const SacMethod sac_method_rise = {
  .name = "rise",
  .label = N_ ("RISE"),
  .summary = N_ ("Which parts of the image, seen through random masks, go with "
                 "a high class score."),
  .source = "Petsiuk, Das and Saenko, BMVC 2018",
  .family = SAC_METHOD_PERTURBATION,
  .class_specific = true,
  .params = params,
  .make = make,
};
