/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/faithfulness-probe.h"

#include "base/pool.h"
#include "base/random.h"
#include "explain/road.h"
#include "explain/trials.h"

#include <math.h>
#include <string.h>

/* Regions are made of cells of a grid over the image, this many each way, a
 * share of which is hidden at a time. */
#define REGION_CELLS 8
#define REGION_SHARE 0.2

/* Streams of the seed. */
enum { STREAM_REGIONS, STREAM_NOISE, STREAM_COUNT };

static SacRandom
random_of (const SacFaithfulnessProbe *probe, int stream, size_t index)
{
  return sac_random_new (probe->seed, index * STREAM_COUNT + stream);
}

static int
pixel_count (const SacFaithfulnessProbe *probe)
{
  return probe->image.height * probe->image.width;
}

static int
region_of (const SacFaithfulnessProbe *probe, int pixel)
{
  const SacImageInput *image = &probe->image;
  int64_t row = pixel / image->width, column = pixel % image->width;

  return (int)(row * REGION_CELLS / image->height * REGION_CELLS +
               column * REGION_CELLS / image->width);
}

/* Which cells sample `index` hides: always as many, in an order drawn from the
 * seed (Fisher and Yates). */
static void
draw_regions (const SacFaithfulnessProbe *probe, size_t index, bool *ret_hidden)
{
  SacRandom random = random_of (probe, STREAM_REGIONS, index);
  int count = REGION_CELLS * REGION_CELLS;
  int wanted = (int)ceil (REGION_SHARE * count);
  int cells[REGION_CELLS * REGION_CELLS];

  for (int i = 0; i < count; i++) {
    cells[i] = i;
    ret_hidden[i] = false;
  }
  for (int i = 0; i < wanted; i++) {
    int other = i + (int)(sac_random_uniform (&random) * (count - i));
    int cell = cells[other];

    cells[other] = cells[i];
    ret_hidden[cell] = true;
  }
}

/* Baseline instead of the pixel, for all channels. */
static void
hide_pixel (const SacImageInput *image,
            const float *baseline,
            int64_t pixel,
            float *values)
{
  for (int64_t c = 0; c < image->channels; c++) {
    int64_t at = sac_image_input_at (image, c, pixel);

    values[at] = baseline[at];
  }
}

/* The baselines, then the regions of one after those of the other. */
static void
alter_common (size_t index, float *values, void *data)
{
  const SacFaithfulnessProbe *probe = data;
  bool hidden[REGION_CELLS * REGION_CELLS];

  if (index < SAC_FAITHFULNESS_BASELINES) {
    memcpy (values, probe->baselines[index],
            probe->image.count * sizeof *values);
    return;
  }
  index -= SAC_FAITHFULNESS_BASELINES;
  draw_regions (probe, index % probe->samples, hidden);
  for (int i = 0; i < pixel_count (probe); i++) {
    if (hidden[region_of (probe, i)])
      hide_pixel (&probe->image, probe->baselines[index / probe->samples], i,
                  values);
  }
}

static void
take_common (size_t index, double score, void *data)
{
  SacFaithfulnessProbe *probe = data;

  if (index < SAC_FAITHFULNESS_BASELINES) {
    probe->baseline_scores[index] = score;
    return;
  }
  index -= SAC_FAITHFULNESS_BASELINES;
  probe->losses[index / probe->samples][index % probe->samples] =
    probe->run->value - score;
}

bool
sac_faithfulness_probe_start (SacFaithfulnessProbe *probe,
                              SacJob *job,
                              GError **error)
{
  SacTrials trials = {
    .count = SAC_FAITHFULNESS_BASELINES * (1 + probe->samples),
    .alter = alter_common,
    .take = take_common,
    .data = probe,
  };

  probe->points =
    sac_faithfulness_point_count (pixel_count (probe), probe->steps);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    probe->losses[b] = g_new0 (double, probe->samples);
  return sac_trials_run (probe->run, &probe->image, &trials, job, error);
}

void
sac_faithfulness_probe_clear (SacFaithfulnessProbe *probe)
{
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++) {
    g_free (probe->baselines[b]);
    g_free (probe->losses[b]);
  }
}

/* One ranking on its way. */
typedef struct {
  const SacFaithfulnessProbe *probe;
  const float *pixels;
  const uint32_t *order;
  double largest; /* of the pixels */
  SacFaithfulnessSubject *subject;
} Work;

typedef enum { TRIAL_DELETION, TRIAL_INSERTION, TRIAL_SEEN, TRIAL_ROAD } Kind;

typedef struct {
  Kind kind;
  size_t baseline;
  size_t point; /* of the curve; of ROAD, twice its share, odd: least first */
} Trial;

/* The ends of the curves are known: the image and the baseline. */
static size_t
inner_points (const SacFaithfulnessProbe *probe)
{
  return probe->points - 2;
}

static size_t
trials_each (const SacFaithfulnessProbe *probe)
{
  return 2 * inner_points (probe) + 1;
}

static Trial
trial_of (const SacFaithfulnessProbe *probe, size_t index)
{
  size_t each = trials_each (probe), inner = inner_points (probe);
  size_t baseline = index / each, at = index % each;

  if (baseline >= SAC_FAITHFULNESS_BASELINES)
    return (Trial){.kind = TRIAL_ROAD,
                   .point = index - SAC_FAITHFULNESS_BASELINES * each};
  if (at == 2 * inner)
    return (Trial){.kind = TRIAL_SEEN, .baseline = baseline};
  return (Trial){.kind = at < inner ? TRIAL_DELETION : TRIAL_INSERTION,
                 .baseline = baseline,
                 .point = at % inner + 1};
}

static void
alter_curve (const Work *work, const Trial *trial, float *values)
{
  const SacFaithfulnessProbe *probe = work->probe;
  size_t count = pixel_count (probe);
  size_t taken = sac_faithfulness_taken (count, probe->steps, trial->point);
  bool deletion = trial->kind == TRIAL_DELETION;

  for (size_t i = deletion ? 0 : taken; i < (deletion ? taken : count); i++)
    hide_pixel (&probe->image, probe->baselines[trial->baseline],
                work->order[i], values);
}

/* The image through the map: what is not covered by it counts as 0. */
static void
alter_seen (const Work *work, const Trial *trial, float *values)
{
  const SacImageInput *image = &work->probe->image;
  const float *baseline = work->probe->baselines[trial->baseline];

  for (int i = 0; i < pixel_count (work->probe); i++) {
    float share =
      work->pixels[i] > 0 ? (float)(work->pixels[i] / work->largest) : 0;

    for (int64_t c = 0; c < image->channels; c++) {
      int64_t at = sac_image_input_at (image, c, i);

      values[at] = baseline[at] + share * (values[at] - baseline[at]);
    }
  }
}

typedef struct {
  const Work *work;
  size_t point;
  const bool *missing; /* of each pixel */
  float *values;
} Imputing;

/* One channel: a plane of its own, because the image's may be interleaved. */
static void
impute_channel (size_t channel, void *data)
{
  const Imputing *imputing = data;
  const SacFaithfulnessProbe *probe = imputing->work->probe;
  const bool *missing = imputing->missing;
  const SacImageInput *image = &probe->image;
  int count = pixel_count (probe);
  SacRandom random = random_of (probe, STREAM_NOISE,
                                imputing->point * image->channels + channel);
  g_autofree float *plane = g_new (float, count);

  for (int i = 0; i < count; i++)
    plane[i] = imputing->values[sac_image_input_at (image, channel, i)];
  sac_road_impute (plane, missing, image->height, image->width);
  for (int i = 0; i < count; i++) {
    if (missing[i])
      imputing->values[sac_image_input_at (image, channel, i)] =
        (float)(plane[i] + probe->noise * sac_random_normal (&random));
  }
}

static void
alter_road (const Work *work, const Trial *trial, float *values)
{
  const SacFaithfulnessProbe *probe = work->probe;
  size_t count = pixel_count (probe);
  double share = sac_faithfulness_road_shares[trial->point / 2];
  size_t taken = (size_t)round (share * count);
  size_t first = trial->point % 2 == 0 ? 0 : count - taken;
  g_autofree bool *missing = g_new0 (bool, count);
  Imputing imputing = {work, trial->point, missing, values};

  for (size_t i = 0; i < taken; i++)
    missing[work->order[first + i]] = true;
  sac_pool_run (probe->image.channels, impute_channel, &imputing);
}

static void
alter (size_t index, float *values, void *data)
{
  const Work *work = data;
  Trial trial = trial_of (work->probe, index);

  if (trial.kind == TRIAL_ROAD)
    alter_road (work, &trial, values);
  else if (trial.kind == TRIAL_SEEN)
    alter_seen (work, &trial, values);
  else
    alter_curve (work, &trial, values);
}

static void
take (size_t index, double score, void *data)
{
  Work *work = data;
  Trial trial = trial_of (work->probe, index);
  SacFaithfulnessFigures *figures = &work->subject->figures[trial.baseline];

  if (trial.kind == TRIAL_DELETION)
    figures->deletion[trial.point] = score;
  else if (trial.kind == TRIAL_INSERTION)
    figures->insertion[trial.point] = score;
  else if (trial.kind == TRIAL_SEEN)
    figures->seen = score;
  else if (trial.point % 2 == 0)
    work->subject->road_most[trial.point / 2] = score;
  else
    work->subject->road_least[trial.point / 2] = score;
}

static void
set_ends (const SacFaithfulnessProbe *probe, SacFaithfulnessSubject *subject)
{
  size_t last = probe->points - 1;

  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++) {
    SacFaithfulnessFigures *figures = &subject->figures[b];

    figures->deletion[0] = figures->insertion[last] = probe->run->value;
    figures->deletion[last] = figures->insertion[0] = probe->baseline_scores[b];
  }
}

static void
sum_regions (const Work *work, double density, double *ret_sums)
{
  const SacFaithfulnessProbe *probe = work->probe;
  double cells[REGION_CELLS * REGION_CELLS] = {0};
  bool hidden[REGION_CELLS * REGION_CELLS];

  for (int i = 0; i < pixel_count (probe); i++) {
    if (!isnan (work->pixels[i]))
      cells[region_of (probe, i)] += density * work->pixels[i];
  }
  for (size_t s = 0; s < probe->samples; s++) {
    draw_regions (probe, s, hidden);
    ret_sums[s] = 0;
    for (int i = 0; i < REGION_CELLS * REGION_CELLS; i++)
      ret_sums[s] += hidden[i] ? cells[i] : 0;
  }
}

static void
conclude_baseline (const Work *work, int baseline, const double *sums)
{
  const SacFaithfulnessProbe *probe = work->probe;
  SacFaithfulnessFigures *figures = &work->subject->figures[baseline];
  double taken[SAC_FAITHFULNESS_STEPS_MAX + 1];
  size_t count = pixel_count (probe);

  for (size_t i = 0; i < probe->points; i++)
    taken[i] = (double)sac_faithfulness_taken (count, probe->steps, i) / count;
  figures->deletion_area =
    sac_faithfulness_area (taken, figures->deletion, probe->points);
  figures->insertion_area =
    sac_faithfulness_area (taken, figures->insertion, probe->points);
  figures->aopc = sac_faithfulness_aopc (figures->deletion, probe->points);
  figures->abpc = figures->insertion_area - figures->deletion_area;
  if (!(work->largest > 0))
    figures->seen = NAN;
  figures->drop = sac_faithfulness_drop (probe->run->value, figures->seen);
  figures->increase =
    isnan (figures->seen) ? NAN : figures->seen > probe->run->value;
  sac_faithfulness_infidelity (sums, probe->losses[baseline], probe->samples,
                               &figures->infidelity);
}

static void
conclude (const Work *work, double density)
{
  SacFaithfulnessSubject *subject = work->subject;
  g_autofree double *sums = g_new (double, work->probe->samples);

  sum_regions (work, density, sums);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    conclude_baseline (work, b, sums);
  subject->road = 0;
  for (int i = 0; i < SAC_FAITHFULNESS_ROAD_COUNT; i++)
    subject->road += (subject->road_least[i] - subject->road_most[i]) / 2 /
                     SAC_FAITHFULNESS_ROAD_COUNT;
}

bool
sac_faithfulness_probe_measure (SacFaithfulnessProbe *probe,
                                const float *pixels,
                                double density,
                                SacFaithfulnessSubject *ret,
                                SacJob *job,
                                GError **error)
{
  size_t count = pixel_count (probe);
  g_autofree uint32_t *order = g_new (uint32_t, count);
  Work work = {.probe = probe,
               .pixels = pixels,
               .order = order,
               .subject = ret};
  SacTrials trials = {
    .count = SAC_FAITHFULNESS_BASELINES * trials_each (probe) +
             2 * SAC_FAITHFULNESS_ROAD_COUNT,
    .alter = alter,
    .take = take,
    .data = &work,
  };

  sac_faithfulness_rank (pixels, count, order);
  ret->tied_share = sac_faithfulness_tied_share (pixels, order, count);
  work.largest = pixels[order[0]];
  set_ends (probe, ret);
  if (!sac_trials_run (probe->run, &probe->image, &trials, job, error))
    return false;
  conclude (&work, density);
  return true;
}
