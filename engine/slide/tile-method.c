/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Explanation methods on the tiles of a batch. */
#include "base/error.h"
#include "slide/slide-run-private.h"

#include <string.h>

#define NOISE_SEED 1

/* Where each tile is taken to lie: a method needs an image, and its cells are
 * put in their places afterwards. */
static SacGeometry
make_geometry (const SacSlideModel *model)
{
  int width = model->input->width, height = model->input->height;

  return (SacGeometry){
    .image_width = width,
    .image_height = height,
    .seen = {0, 0, width, height},
    .input_width = width,
    .input_height = height,
  };
}

/* The sample by itself where the network takes one, so that the others are not
 * run with it; else the whole batch. */
static SacTensor *
pick_sample (const SacSlideModel *model,
             const SacTensor *batch,
             size_t index,
             size_t *ret_batch)
{
  SacShape shape = batch->shape;
  size_t size = sac_tensor_get_bytes (batch) / (size_t)shape.dims[0];

  if (sac_slide_model_get_fixed_batch (model) > 1) {
    *ret_batch = index;
    return sac_tensor_ref ((SacTensor *)batch);
  }
  shape.dims[0] = 1;
  *ret_batch = 0;
  return sac_tensor_new_view (batch->type, &shape,
                              (char *)batch->data + index * size, NULL, NULL);
}

static SacMap *
make_map (const SacTileMethod *self,
          const SacSlideModel *model,
          const SacTensor *batch,
          size_t index,
          SacJob *job,
          GError **error)
{
  SacGeometry geometry = make_geometry (model);
  const SacGeometry *geometries[1] = {&geometry};
  size_t sample;
  g_autoptr (SacTensor) tensor = pick_sample (model, batch, index, &sample);
  const SacTensor *inputs[1] = {tensor};
  SacExplainRequest request = {
    .model = model->model,
    .inputs = inputs,
    .geometries = geometries,
    .output = model->output_index,
    .class_index = self->class_index,
    .batch = sample,
    .layer = self->layer,
    .params = self->params,
  };

  return sac_method_run (self->method, &request, job, error);
}

static bool
find_class (SacTileMethod *self,
            const SacSlideModel *model,
            const char *text,
            GError **error)
{
  self->class_index = -1;
  if (text != NULL) {
    self->class_index = sac_model_find_class (model->model, model->output_index,
                                              model->width, text, error);
    return self->class_index >= 0;
  }
  if (!self->method->class_specific)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s explains a class, and over a slide the same one for every "
               "tile: say which",
               self->method->name);
  return false;
}

static SacTensor *
make_noise (const SacSlideModel *model, GError **error)
{
  g_autoptr (SacTensor) batch =
    sac_slide_model_new_batch (model, model->batch_size, error);

  if (batch == NULL ||
      !sac_slide_model_fill_noise (model, batch, 0, NOISE_SEED, error))
    return NULL;
  return g_steal_pointer (&batch);
}

bool
sac_tile_method_init (SacTileMethod *self,
                      const SacSlideMethod *wanted,
                      const SacSlideModel *model,
                      SacJob *job,
                      GError **error)
{
  g_autoptr (SacTensor) noise = NULL;

  self->method = wanted->method;
  self->layer = g_strdup (wanted->layer);
  self->params =
    wanted->params != NULL ? g_hash_table_ref (wanted->params) : NULL;
  if (!find_class (self, model, wanted->class_text, error))
    return false;
  noise = make_noise (model, error);
  if (noise == NULL)
    return false;
  self->sample = make_map (self, model, noise, 0, job, error);
  if (self->sample == NULL)
    return false;

  SacGeometry whole = make_geometry (model);
  const SacRect *seen =
    self->sample->has_geometry ? &self->sample->geometry.seen : &whole.seen;
  double width = model->input->width, height = model->input->height;

  self->place = (SacRect){seen->x / width, seen->y / height,
                          seen->width / width, seen->height / height};
  return true;
}

void
sac_tile_method_clear (SacTileMethod *self)
{
  g_free (self->layer);
  g_clear_pointer (&self->params, g_hash_table_unref);
  sac_map_unref (self->sample);
}

bool
sac_tile_method_run (const SacTileMethod *self,
                     const SacSlideModel *model,
                     const SacTensor *batch,
                     size_t index,
                     float *ret_cells,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (SacMap) map = make_map (self, model, batch, index, job, error);

  if (map == NULL)
    return false;
  if (map->rows != self->sample->rows ||
      map->columns != self->sample->columns) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s gives maps of different sizes for different tiles",
                 self->method->name);
    return false;
  }
  memcpy (ret_cells, map->values,
          sac_tile_method_get_cells (self) * sizeof (float));
  return true;
}
