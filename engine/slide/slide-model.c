/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-model.h"

#include "base/error.h"

#include <string.h>

/* What a batch's input may take. */
#define BATCH_BYTES_MAX ((size_t)32 << 20)

static bool
refuse (const SacSlideModel *self, const char *why, GError **error)
{
  g_autofree char *id = sac_network_escape (sac_model_get_id (self->model));

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s is not a model of tiles: %s", id, why);
  return false;
}

static bool
check_role (const SacSlideModel *self, GError **error)
{
  static const char *const others[] = {"dermoscopy", "clinical", "bag"};

  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_strcmp0 (self->input->role, others[i]) == 0) {
      g_autofree char *why =
        g_strdup_printf ("its input is of the role \"%s\"", others[i]);

      return refuse (self, why, error);
    }
  return true;
}

bool
sac_slide_model_init (SacSlideModel *self, SacModel *model, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (model);

  *self = (SacSlideModel){.model = sac_model_ref (model)};
  if (manifest->input_count != 1)
    return refuse (self, "it takes more than one input", error);
  self->input = &manifest->inputs[0];
  if (!check_role (self, error))
    return false;
  if (self->input->width <= 0 || self->input->height <= 0)
    return refuse (self, "its input has no fixed size; state one in model.json",
                   error);

  SacKind kind = sac_type_get_kind (self->input->type);

  if (kind != SAC_KIND_F32 && kind != SAC_KIND_F64 && kind != SAC_KIND_I64)
    return refuse (self, "pixels cannot become its input", error);
  return true;
}

void
sac_slide_model_clear (SacSlideModel *self)
{
  g_clear_pointer (&self->plan, sac_plan_unref);
  g_clear_pointer (&self->model, sac_model_unref);
}

static SacShape
get_shape (const SacSlideModel *self, size_t batch_size)
{
  const SacManifestInput *input = self->input;

  return input->nhwc ? sac_shape_of ((int64_t)batch_size, input->height,
                                     input->width, input->channel_count)
                     : sac_shape_of ((int64_t)batch_size, input->channel_count,
                                     input->height, input->width);
}

size_t
sac_slide_model_limit_batch (const SacSlideModel *self, size_t wanted)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));
  const SacValue *value = &graph->values[graph->inputs[0]];
  SacShape shape = get_shape (self, 1);
  size_t bytes = (size_t)sac_shape_size (&shape) * sizeof (float);

  if (value->has_shape && value->shape.rank > 0 && value->shape.dims[0] > 0)
    return (size_t)value->shape.dims[0];
  return CLAMP (BATCH_BYTES_MAX / bytes, 1, wanted);
}

/* The first output that is a row of numbers for each sample. */
static bool
find_output (SacSlideModel *self, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (self->model);
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));

  for (size_t i = 0; i < manifest->output_count; i++) {
    int value = sac_graph_find_value (graph, manifest->outputs[i].name);
    const SacValueInfo *info =
      value >= 0 ? sac_plan_get_info (self->plan, value) : NULL;

    if (info == NULL || sac_type_get_kind (info->type) != SAC_KIND_F32 ||
        info->shape.rank != 2 ||
        info->shape.dims[0] != (int64_t)self->batch_size ||
        info->shape.dims[1] < 1)
      continue;
    self->output = &manifest->outputs[i];
    self->output_index = i;
    self->width = (size_t)info->shape.dims[1];
    return true;
  }
  return refuse (self, "no output of it is a row of numbers for each tile",
                 error);
}

bool
sac_slide_model_plan (SacSlideModel *self,
                      size_t batch_size,
                      SacJob *job,
                      GError **error)
{
  SacShape shape = get_shape (self, batch_size);
  SacPlanRequest request = {.input_shapes = &shape};

  self->batch_size = batch_size;
  self->plan =
    sac_plan_get (sac_model_get_network (self->model), &request, job, error);
  return self->plan != NULL && find_output (self, error);
}

SacTensor *
sac_slide_model_new_batch (const SacSlideModel *self,
                           size_t batch_size,
                           GError **error)
{
  SacShape shape = get_shape (self, batch_size);

  return sac_tensor_new (self->input->type, &shape, error);
}

bool
sac_slide_model_run (const SacSlideModel *self,
                     const SacTensor *batch,
                     float *ret_numbers,
                     SacJob *job,
                     GError **error)
{
  SacRunParams params = {.inputs = &batch};
  g_autoptr (SacResult) result = sac_plan_run (self->plan, &params, job, error);

  if (result == NULL)
    return false;

  const SacTensor *numbers = sac_result_get_value (result, self->output->name);

  memcpy (ret_numbers, sac_tensor_f32 (numbers),
          self->batch_size * self->width * sizeof (float));
  return true;
}
