/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-candidates.h"

#include "annotation/mask.h"
#include "slide/slide-model.h"
#include "slide/slide-pool.h"

#include <glib/gi18n.h>

/* Cells a side of what is shown of the tissue: as fine as a screen. */
#define LOOK_SIDE 1024

static void
candidate_free (SacRunCandidate *candidate)
{
  g_free (candidate->model);
  g_free (candidate->reason);
  g_strfreev (candidate->classes);
  g_free (candidate->methods);
  g_free (candidate);
}

static void
fill_methods (SacRunCandidate *candidate, SacModel *model)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  size_t count = 0;

  while (methods[count] != NULL)
    count++;
  candidate->methods = g_new0 (bool, count + 1);
  for (size_t i = 0; i < count; i++) {
    g_autofree char *reason = NULL;

    candidate->methods[i] = sac_method_applies (methods[i], model, &reason);
  }
}

/* tiles: the model that sees them: the same, or a pooling model's encoder. */
static void
fill (SacRunCandidate *candidate,
      SacModel *model,
      SacModel *tiles,
      const SacSlideModel *info)
{
  const SacManifest *manifest = sac_model_get_manifest (model);
  const SacManifestOutput *output =
    manifest->output_count > 0 ? &manifest->outputs[0] : NULL;
  g_autoptr (GStrvBuilder) classes = g_strv_builder_new ();

  candidate->width = MIN (info->input->width, info->input->height);
  candidate->mpp = info->input->mpp;
  for (size_t i = 0; output != NULL && i < output->label_count; i++)
    g_strv_builder_add (classes, output->labels[i].id);
  candidate->classes = g_strv_builder_end (classes);
  fill_methods (candidate, tiles);
  if (candidate->mpp <= 0)
    candidate->reason =
      g_strdup (_ ("Does not state how many micrometres its pixels are."));
}

static SacRunCandidate *
look_at (const char *id, SacJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = sac_model_open (id, job, &error);
  SacRunCandidate *candidate = g_new0 (SacRunCandidate, 1);
  g_autoptr (SacModel) tiles = NULL;
  g_autofree char *value = NULL;
  SacSlideModel info = {0};

  candidate->model = g_strdup (id);
  if (model != NULL)
    tiles = sac_bag_model_is (model)
              ? sac_bag_open_encoder (model, NULL, &value, job, &error)
              : sac_model_ref (model);
  if (tiles != NULL && sac_slide_model_init (&info, tiles, &error))
    fill (candidate, model, tiles, &info);
  else
    candidate->reason = g_strdup (error->message);
  sac_slide_model_clear (&info);
  return candidate;
}

static gpointer
run_candidates (gpointer request, SacJob *job, GError **error)
{
  char **models = request;
  g_autoptr (GPtrArray) candidates =
    g_ptr_array_new_with_free_func ((GDestroyNotify)candidate_free);

  for (size_t i = 0; models[i] != NULL; i++) {
    if (!sac_job_check (job, error))
      return NULL;
    g_ptr_array_add (candidates, look_at (models[i], job));
  }
  return g_steal_pointer (&candidates);
}

const SacWork sac_work_run_candidates = {
  .run = run_candidates,
  .free_request = (GDestroyNotify)g_strfreev,
  .free_result = (GDestroyNotify)g_ptr_array_unref,
};

struct SacRunTissueRequest {
  SacSource *source;
  double mpp;
  int threshold;
  bool wants_outlines;
};

SacRunTissueRequest *
sac_run_tissue_request_new (SacSource *source,
                            double mpp,
                            int threshold,
                            bool wants_outlines)
{
  SacRunTissueRequest *request = g_new0 (SacRunTissueRequest, 1);

  request->source = sac_source_ref (source);
  request->mpp = mpp;
  request->threshold = threshold;
  request->wants_outlines = wants_outlines;
  return request;
}

static void
request_free (SacRunTissueRequest *request)
{
  sac_source_unref (request->source);
  g_free (request);
}

void
sac_run_tissue_look_free (SacRunTissueLook *look)
{
  if (look == NULL)
    return;
  sac_map_unref (look->map);
  g_clear_pointer (&look->outlines, sac_annotations_free);
  g_free (look);
}

/* A cell shows what most of it is. */
static SacMap *
make_map (const SacTissue *tissue)
{
  const SacMask *mask = tissue->mask;
  double finer = MAX (1.0, MAX (mask->rows, mask->columns) / (double)LOOK_SIDE);
  int rows = (int)MAX (1, mask->rows / finer);
  int columns = (int)MAX (1, mask->columns / finer);
  double width = mask->place.width / columns,
         height = mask->place.height / rows;
  float *values = g_new (float, (size_t)rows *(size_t)columns);

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      SacRect cell = {x * width, y * height, width, height};

      values[(size_t)y * columns + x] =
        sac_tissue_get_share (tissue, &cell) >= 0.5;
    }

  SacMap *map = sac_map_new_take (rows, columns, values);

  map->has_geometry = true;
  map->geometry = (SacGeometry){
    .image_width = (int64_t)mask->place.width,
    .image_height = (int64_t)mask->place.height,
    .seen = mask->place,
    .input_width = columns,
    .input_height = rows,
  };
  map->unit = g_strdup ("tissue");
  map->method = g_strdup ("tissue");
  return map;
}

static gpointer
run_tissue (gpointer data, SacJob *job, GError **error)
{
  const SacRunTissueRequest *request = data;
  SacTissueParams params = sac_tissue_defaults;

  params.threshold = request->threshold;

  g_autoptr (SacTissue) tissue =
    sac_tissue_find (request->source, request->mpp, &params, job, error);

  if (tissue == NULL)
    return NULL;

  SacRunTissueLook *look = g_new0 (SacRunTissueLook, 1);

  look->map = make_map (tissue);
  look->threshold = tissue->threshold;
  look->area =
    sac_tissue_get_area (tissue) * request->mpp * request->mpp * 1e-6;
  if (!request->wants_outlines || look->area <= 0)
    return look;
  look->outlines = sac_mask_to_annotations (tissue->mask, job, error);
  if (look->outlines != NULL)
    return look;
  sac_run_tissue_look_free (look);
  return NULL;
}

const SacWork sac_work_run_tissue = {
  .run = run_tissue,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_run_tissue_look_free,
};
