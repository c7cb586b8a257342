/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Occlusion: by how much the score falls when a window of the image is covered
 * (Zeiler and Fergus, 2014).  The map has a cell for each place of the window,
 * at its middle and one stride wide; values are not spread over what the window
 * covers. */
#include "explain/image-input.h"
#include "explain/list.h"
#include "explain/provenance.h"
#include "explain/trials.h"

#include <math.h>

enum { PARAM_PATCH, PARAM_STRIDE, PARAM_BASELINE };

static const SacMethodParam params[] = {
  [PARAM_PATCH] = {.name = "patch",
                   .label = N_ ("Side of the window in pixels of the network's "
                                "input; 0: a seventh of the shorter side"),
                   .fallback = "0",
                   .kind = SAC_PARAM_WHOLE,
                   .min = 0,
                   .max = G_MAXINT},
  [PARAM_STRIDE] = {.name = "stride",
                    .label = N_ ("Pixels from window to window; 0: half a "
                                 "window"),
                    .fallback = "0",
                    .kind = SAC_PARAM_WHOLE,
                    .min = 0,
                    .max = G_MAXINT},
  [PARAM_BASELINE] = SAC_PARAM_BASELINE ("mean"),
  {NULL},
};

typedef struct {
  const SacExplainRun *run;
  SacImageInput image;
  int patch, stride;
  int rows, columns; /* of windows */
  const float *baseline;
  float *cells; /* NaN: not yet */
} Work;

/* Windows from the first edge on until one reaches the other edge, or the next
 * would begin beyond it. */
static int
count_windows (int side, int patch, int stride)
{
  int reaching = (MAX (side - patch, 0) + stride - 1) / stride + 1;

  return MIN (reaching, (side + stride - 1) / stride);
}

static void
lay_out (Work *work)
{
  const SacExplainRequest *request = work->run->request;
  int side = MIN (work->image.height, work->image.width);
  int64_t patch = sac_param_get_whole (request, &params[PARAM_PATCH]);
  int64_t stride = sac_param_get_whole (request, &params[PARAM_STRIDE]);

  work->patch = (int)MIN (patch > 0 ? patch : MAX (side / 7, 1), side);
  work->stride =
    (int)MIN (stride > 0 ? stride : MAX (work->patch / 2, 1), side);
  work->rows = count_windows (work->image.height, work->patch, work->stride);
  work->columns = count_windows (work->image.width, work->patch, work->stride);
}

static void
cover (size_t index, float *values, void *data)
{
  const Work *work = data;
  const SacImageInput *image = &work->image;
  int top = (int)(index / work->columns) * work->stride;
  int left = (int)(index % work->columns) * work->stride;
  int bottom = MIN (top + work->patch, image->height);
  int right = MIN (left + work->patch, image->width);

  for (int64_t c = 0; c < image->channels; c++) {
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int64_t at =
          sac_image_input_at (image, c, (int64_t)y * image->width + x);

        values[at] = work->baseline[at];
      }
    }
  }
}

static void
take (size_t index, double score, void *data)
{
  Work *work = data;

  work->cells[index] = (float)(work->run->value - score);
}

/* Where the middle parts of all windows lie, one stride for each; the last may
 * reach beyond the input, whose edge cuts them as it cuts the windows. */
static SacGeometry
window_geometry (const Work *work, const SacGeometry *input)
{
  double first = (work->patch - work->stride) / 2.0;
  double across = input->seen.width / input->input_width;
  double down = input->seen.height / input->input_height;
  SacGeometry geometry = *input;

  geometry.seen = (SacRect){
    input->seen.x + first * across,
    input->seen.y + first * down,
    (double)work->columns * work->stride * across,
    (double)work->rows * work->stride * down,
  };
  geometry.whole = input->seen;
  geometry.input_width = work->columns * work->stride;
  geometry.input_height = work->rows * work->stride;
  return geometry;
}

static SacMap *
make_map (const Work *work)
{
  const SacExplainRequest *request = work->run->request;
  size_t count = (size_t)work->rows * work->columns;
  SacMap *map =
    sac_map_new_take (work->rows, work->columns,
                      g_memdup2 (work->cells, count * sizeof (float)));

  if (request->geometries != NULL &&
      request->geometries[request->input] != NULL) {
    map->has_geometry = true;
    map->geometry = window_geometry (work, request->geometries[request->input]);
  }
  map->unit = g_strdup (N_ ("logit"));
  sac_provenance_add_score (map->provenance, work->run);
  json_object_set_int_member (map->provenance, "patch", work->patch);
  json_object_set_int_member (map->provenance, "stride", work->stride);
  return map;
}

static void
show (size_t done, void *data)
{
  const Work *work = data;
  const SacExplainRequest *request = work->run->request;
  g_autoptr (SacMap) map = make_map (work);

  map->has_gaps = done < (size_t)work->rows * work->columns;
  request->partial (map, request->partial_data);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  SacExplainPass score = {.score = true};
  Work work = {.run = run};

  if (run == NULL || !sac_image_input_find (run, &work.image, error) ||
      !sac_explain_run_pass (run, &score, job, error))
    return NULL;
  lay_out (&work);

  size_t count = (size_t)work.rows * work.columns;
  g_autofree float *baseline =
    sac_image_input_baseline (run, &work.image, &params[PARAM_BASELINE]);
  g_autofree float *cells = g_new (float, count);
  SacTrials trials = {
    .count = count,
    .alter = cover,
    .take = take,
    .show = request->partial != NULL ? show : NULL,
    .data = &work,
  };

  for (size_t i = 0; i < count; i++)
    cells[i] = NAN;
  work.baseline = baseline;
  work.cells = cells;
  if (!sac_trials_run (run, &work.image, &trials, job, error))
    return NULL;
  return make_map (&work);
}

const SacMethod sac_method_occlusion = {
  .name = "occlusion",
  .label = N_ ("Occlusion"),
  .summary = N_ ("By how much the class score falls when a window of the image "
                 "is covered."),
  .source = "Zeiler and Fergus, ECCV 2014",
  .family = SAC_METHOD_PERTURBATION,
  .class_specific = true,
  .params = params,
  .make = make,
};
