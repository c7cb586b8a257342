/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/faithfulness.h"

#include "base/error.h"
#include "base/random.h"
#include "explain/faithfulness-probe.h"
#include "explain/list.h"
#include "explain/not-finite.h"

#include <math.h>

const double sac_faithfulness_road_shares[SAC_FAITHFULNESS_ROAD_COUNT] = {0.1,
                                                                          0.3,
                                                                          0.5,
                                                                          0.7,
                                                                          0.9};

enum {
  SETTING_STEPS,
  SETTING_SAMPLES,
  SETTING_RANDOM,
  SETTING_NOISE,
  SETTING_SEED,
  SETTING_BASELINE,
  SETTING_SECOND,
};

static const SacMethodParam settings[] = {
  [SETTING_STEPS] = {.name = "steps",
                     .label = N_ ("Points of a curve"),
                     .fallback = "20",
                     .kind = SAC_PARAM_WHOLE,
                     .min = 1,
                     .max = SAC_FAITHFULNESS_STEPS_MAX},
  [SETTING_SAMPLES] = {.name = "samples",
                       .label = N_ ("Hidden regions for the infidelity"),
                       .fallback = "100",
                       .kind = SAC_PARAM_WHOLE,
                       .min = 2,
                       .max = 10000},
  [SETTING_RANDOM] = {.name = "random-maps",
                      .label = N_ ("Random maps as controls"),
                      .fallback = "3",
                      .kind = SAC_PARAM_WHOLE,
                      .min = 0,
                      .max = 100},
  [SETTING_NOISE] = {.name = "noise",
                     .label = N_ ("Standard deviation of the noise on imputed "
                                  "pixels, as a share of the image's range"),
                     .fallback = "0.01",
                     .kind = SAC_PARAM_NUMBER,
                     .min = 0,
                     .max = 1},
  [SETTING_SEED] = {.name = "seed",
                    .label = N_ ("Seed of regions, noise and random maps"),
                    .fallback = "0",
                    .kind = SAC_PARAM_WHOLE,
                    .min = 0,
                    .max = G_MAXINT},
  [SETTING_BASELINE] = SAC_PARAM_BASELINE ("blur"),
  [SETTING_SECOND] = {.name = "second-baseline",
                      .label = N_ ("The other thing that stands for nothing"),
                      .fallback = "mean",
                      .kind = SAC_PARAM_NUMBER,
                      .min = -INFINITY,
                      .max = INFINITY,
                      .choices = sac_baseline_names,
                      .choice_labels = sac_baseline_labels},
  {NULL},
};

const SacMethod sac_faithfulness_settings = {
  .name = "faithfulness",
  .label = N_ ("Faithfulness"),
  .summary = N_ ("What becomes of the score when pixels are taken away in a "
                 "map's order."),
  .params = settings,
};

/* A run that has had its score, with the settings of the request. */
struct SacFaithfulness {
  SacExplainRequest request;
  SacFaithfulnessProbe probe;
  GHashTable *controls;           /* "ROWSxCOLUMNS" -> Controls */
  SacFaithfulnessPartial partial; /* NULL: nobody is told */
  void *partial_data;
  SacFaithfulnessReport *told; /* what is told; borrows the controls */
};

/* On one grid: the centre, then random maps. */
typedef struct {
  SacFaithfulnessSubject *subjects;
} Controls;

static void
free_controls (void *data)
{
  Controls *controls = data;

  g_free (controls->subjects);
  g_free (controls);
}

void
sac_faithfulness_free (SacFaithfulness *self)
{
  if (self == NULL)
    return;
  sac_faithfulness_probe_clear (&self->probe);
  sac_explain_run_free (self->probe.run);
  g_hash_table_unref (self->controls);
  g_free (self);
}

static double
range_of (const SacImageInput *image)
{
  double low = INFINITY, high = -INFINITY;

  for (int64_t i = 0; i < image->count; i++) {
    low = fmin (low, image->values[i]);
    high = fmax (high, image->values[i]);
  }
  return high - low;
}

static void
read_settings (SacFaithfulness *self)
{
  const SacExplainRequest *request = &self->request;
  SacFaithfulnessProbe *probe = &self->probe;

  probe->steps = sac_param_get_whole (request, &settings[SETTING_STEPS]);
  probe->samples = sac_param_get_whole (request, &settings[SETTING_SAMPLES]);
  probe->seed = sac_param_get_whole (request, &settings[SETTING_SEED]);
  probe->noise = sac_param_get_number (request, &settings[SETTING_NOISE]) *
                 range_of (&probe->image);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    probe->baselines[b] =
      sac_image_input_baseline (probe->run, &probe->image,
                                &settings[SETTING_BASELINE + b]);
}

static size_t
random_count (const SacFaithfulness *self)
{
  return sac_param_get_whole (&self->request, &settings[SETTING_RANDOM]);
}

static bool
check_score (const SacExplainRun *run, SacJob *job, GError **error)
{
  g_autofree char *origin = NULL;

  if (isfinite (run->value))
    return true;
  origin = sac_not_finite_describe (run->network, run->request->inputs, job);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "the score is not finite%s%s", origin != NULL ? ": " : "",
               origin != NULL ? origin : "");
  return false;
}

SacFaithfulness *
sac_faithfulness_new (const SacExplainRequest *request,
                      SacJob *job,
                      GError **error)
{
  g_autoptr (SacFaithfulness) self = g_new0 (SacFaithfulness, 1);
  SacFaithfulnessProbe *probe = &self->probe;
  SacExplainPass score = {.score = true};

  self->request = *request;
  self->controls =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_controls);
  if (!sac_params_check (&sac_faithfulness_settings, request, error))
    return NULL;
  probe->run = sac_explain_run_new (&self->request, job, error);
  if (probe->run == NULL ||
      !sac_image_input_find (probe->run, &probe->image, error) ||
      !sac_explain_run_pass (probe->run, &score, job, error))
    return NULL;
  if (!check_score (probe->run, job, error))
    return NULL;
  read_settings (self);
  return sac_faithfulness_probe_start (probe, job, error)
           ? g_steal_pointer (&self)
           : NULL;
}

/* Value of a grid at a place in cells: bilinear between those that are covered,
 * edges held. */
static float
sample (const float *cells, int rows, int columns, double row, double column)
{
  int top = (int)floor (row - 0.5), left = (int)floor (column - 0.5);
  double down = row - 0.5 - top, right = column - 0.5 - left;
  double sum = 0, weights = 0;

  for (int k = 0; k < 4; k++) {
    int y = CLAMP (top + k / 2, 0, rows - 1);
    int x = CLAMP (left + k % 2, 0, columns - 1);
    double weight =
      (k / 2 == 1 ? down : 1 - down) * (k % 2 == 1 ? right : 1 - right);
    float value = cells[(size_t)y * columns + x];

    if (isnan (value) || weight == 0)
      continue;
    sum += weight * value;
    weights += weight;
  }
  return weights > 0 ? (float)(sum / weights) : NAN;
}

/* A grid over the part of the input that the map's lies on. */
typedef struct {
  int rows, columns;
  SacRect part; /* of the input, in shares of it */
} Grid;

static Grid
grid_of (const SacMap *map)
{
  Grid grid = {map->rows, map->columns, {0, 0, 1, 1}};

  if (map->has_geometry) {
    const SacRect *whole = sac_geometry_get_input (&map->geometry);
    const SacRect *seen = &map->geometry.seen;

    grid.part =
      (SacRect){(seen->x - whole->x) / whole->width,
                (seen->y - whole->y) / whole->height,
                seen->width / whole->width, seen->height / whole->height};
  }
  return grid;
}

/* Returns: a new array, one value for each pixel of the image. */
static float *
spread (const SacImageInput *image, const Grid *grid, const float *cells)
{
  float *pixels = g_new (float, (size_t)image->height * image->width);
  const SacRect *part = &grid->part;

  for (int y = 0; y < image->height; y++) {
    double row =
      ((y + 0.5) / image->height - part->y) / part->height * grid->rows;

    for (int x = 0; x < image->width; x++) {
      double column =
        ((x + 0.5) / image->width - part->x) / part->width * grid->columns;

      pixels[(size_t)y * image->width + x] =
        sample (cells, grid->rows, grid->columns, row, column);
    }
  }
  return pixels;
}

static bool
measure_cells (SacFaithfulness *self,
               const Grid *grid,
               const float *cells,
               SacFaithfulnessSubject *ret,
               SacJob *job,
               GError **error)
{
  const SacImageInput *image = &self->probe.image;
  double covered = grid->part.width * grid->part.height;
  double density = (double)grid->rows * grid->columns /
                   (covered * image->height * image->width);
  g_autofree float *pixels = spread (image, grid, cells);

  return sac_faithfulness_probe_measure (&self->probe, pixels, density, ret,
                                         job, error);
}

/* A hill in the middle of the grid, a quarter of its sides wide. */
static void
fill_centre (const Grid *grid, float *cells)
{
  for (int y = 0; y < grid->rows; y++) {
    for (int x = 0; x < grid->columns; x++) {
      double v = ((y + 0.5) / grid->rows - 0.5) / 0.25;
      double u = ((x + 0.5) / grid->columns - 0.5) / 0.25;

      cells[y * grid->columns + x] = (float)exp (-0.5 * (u * u + v * v));
    }
  }
}

static void
fill_random (uint64_t seed, size_t index, const Grid *grid, float *cells)
{
  /* Streams that no other draw of this seed uses. */
  SacRandom random = sac_random_new (seed, ((uint64_t)1 << 32) + index);

  for (int i = 0; i < grid->rows * grid->columns; i++)
    cells[i] = (float)sac_random_uniform (&random);
}

void
sac_faithfulness_set_partial (SacFaithfulness *self,
                              SacFaithfulnessPartial partial,
                              void *data)
{
  self->partial = partial;
  self->partial_data = data;
}

/* subjects: the centre and random maps, `count` of them so far. */
static void
tell (SacFaithfulness *self, SacFaithfulnessSubject *subjects, size_t count)
{
  if (self->partial == NULL)
    return;
  self->told->centre = count > 0 ? &subjects[0] : NULL;
  self->told->random = count > 1 ? &subjects[1] : NULL;
  self->told->random_count = count > 1 ? count - 1 : 0;
  self->partial (self->told, self->partial_data);
  self->told->centre = self->told->random = NULL;
  self->told->random_count = 0;
}

static Controls *
measure_controls (SacFaithfulness *self,
                  const Grid *grid,
                  SacJob *job,
                  GError **error)
{
  size_t count = 1 + random_count (self);
  g_autofree SacFaithfulnessSubject *subjects =
    g_new0 (SacFaithfulnessSubject, count);
  g_autofree float *cells = g_new (float, (size_t)grid->rows * grid->columns);

  for (size_t i = 0; i < count; i++) {
    if (i == 0)
      fill_centre (grid, cells);
    else
      fill_random (self->probe.seed, i, grid, cells);
    sac_job_set_span (job, (i + 1.0) / (count + 1), (i + 2.0) / (count + 1));
    if (!measure_cells (self, grid, cells, &subjects[i], job, error))
      return NULL;
    tell (self, subjects, i + 1);
  }

  Controls *controls = g_new (Controls, 1);

  controls->subjects = g_steal_pointer (&subjects);
  return controls;
}

/* The same for all maps on one grid. */
static const Controls *
get_controls (SacFaithfulness *self,
              const Grid *grid,
              SacJob *job,
              GError **error)
{
  g_autofree char *key =
    g_strdup_printf ("%dx%d %g,%g %gx%g", grid->rows, grid->columns,
                     grid->part.x, grid->part.y, grid->part.width,
                     grid->part.height);
  Controls *controls = g_hash_table_lookup (self->controls, key);

  if (controls != NULL)
    return controls;
  controls = measure_controls (self, grid, job, error);
  if (controls != NULL)
    g_hash_table_insert (self->controls, g_steal_pointer (&key), controls);
  return controls;
}

static void
set_undefined (SacFaithfulnessSubject *subject)
{
  double *numbers = (double *)subject->figures;

  subject->is_flat = true;
  subject->tied_share = 1;
  for (size_t i = 0; i < sizeof (subject->figures) / (sizeof (double)); i++)
    numbers[i] = NAN;
  for (int i = 0; i < SAC_FAITHFULNESS_ROAD_COUNT; i++)
    subject->road_most[i] = subject->road_least[i] = NAN;
  subject->road = NAN;
}

/* A flat map names no pixel before another. */
static bool
measure_map (SacFaithfulness *self,
             const SacMap *map,
             const Grid *grid,
             SacFaithfulnessSubject *ret,
             SacJob *job,
             GError **error)
{
  size_t count = (size_t)map->rows * map->columns;
  g_autofree float *cells = g_new (float, count);
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  if (summary.evidence == SAC_EVIDENCE_NOT_FINITE) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "the map holds numbers that are not finite: it ranks "
                         "nothing");
    return false;
  }
  if (!(summary.max > summary.min)) {
    set_undefined (ret);
    return true;
  }
  for (size_t i = 0; i < count; i++)
    cells[i] = sac_map_shown (map, i);
  return measure_cells (self, grid, cells, ret, job, error);
}

static JsonObject *
list_settings (const SacFaithfulness *self)
{
  JsonObject *object = json_object_new ();

  for (const SacMethodParam *param = settings; param->name != NULL; param++)
    json_object_set_string_member (object, param->name,
                                   sac_param_get_text (&self->request, param));
  return object;
}

static void
fill_report (const SacFaithfulness *self, SacFaithfulnessReport *report)
{
  const SacFaithfulnessProbe *probe = &self->probe;
  size_t pixels = (size_t)probe->image.height * probe->image.width;

  report->point_count = probe->points;
  for (size_t i = 0; i < probe->points; i++)
    report->taken[i] =
      (double)sac_faithfulness_taken (pixels, probe->steps, i) / pixels;
  report->score = probe->run->value;
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++) {
    report->baseline_scores[b] = probe->baseline_scores[b];
    report->baselines[b] = g_strdup (
      sac_param_get_text (&self->request, &settings[SETTING_BASELINE + b]));
  }
  report->settings = list_settings (self);
}

SacFaithfulnessReport *
sac_faithfulness_measure (SacFaithfulness *self,
                          const SacMap *map,
                          SacJob *job,
                          GError **error)
{
  g_autoptr (SacFaithfulnessReport) report = g_new0 (SacFaithfulnessReport, 1);
  Grid grid = grid_of (map);
  size_t randoms = random_count (self);
  const Controls *controls;

  report->map = g_new0 (SacFaithfulnessSubject, 1);
  fill_report (self, report);
  sac_job_set_span (job, 0, 1.0 / (randoms + 2));
  if (!measure_map (self, map, &grid, report->map, job, error))
    return NULL;
  self->told = report;
  tell (self, NULL, 0);
  controls = get_controls (self, &grid, job, error);
  sac_job_set_span (job, 0, 1);
  if (controls == NULL)
    return NULL;
  report->centre =
    g_memdup2 (controls->subjects, sizeof (SacFaithfulnessSubject));
  report->random_count = randoms;
  report->random = g_memdup2 (controls->subjects + 1,
                              randoms * sizeof (SacFaithfulnessSubject));
  return g_steal_pointer (&report);
}
