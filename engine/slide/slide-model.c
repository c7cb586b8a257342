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
               "%s is not a model of tiles: %s", id, sac_sentence (why));
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

bool
sac_slide_model_keep_features (SacSlideModel *self,
                               const char *value,
                               GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (self->model);
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));
  const char *name = value != NULL ? value : manifest->outputs[0].name;
  g_autofree char *id = sac_network_escape (sac_model_get_id (self->model));
  g_autofree char *escaped = sac_network_escape (name);

  if (value == NULL && manifest->output_count != 1)
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has %zu outputs: say which of its values are the features",
                 id, manifest->output_count);
  else if (sac_graph_find_value (graph, name) < 0)
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has no value \"%s\" that could be features", id, escaped);
  else if (self->feature != NULL && strcmp (self->feature, name) != 0)
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "two models pool different values of %s (%s and %s): run each "
                 "by itself",
                 id, self->feature, escaped);
  else {
    g_free (self->feature);
    self->feature = g_strdup (name);
    return true;
  }
  return false;
}

void
sac_slide_model_clear (SacSlideModel *self)
{
  g_clear_pointer (&self->plan, sac_plan_unref);
  g_clear_pointer (&self->feature, g_free);
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
sac_slide_model_get_fixed_batch (const SacSlideModel *self)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));
  const SacValue *value = &graph->values[graph->inputs[0]];

  return value->has_shape && value->shape.rank > 0 && value->shape.dims[0] > 0
           ? (size_t)value->shape.dims[0]
           : 0;
}

size_t
sac_slide_model_limit_batch (const SacSlideModel *self, size_t wanted)
{
  size_t fixed = sac_slide_model_get_fixed_batch (self);
  SacShape shape = get_shape (self, 1);
  size_t bytes = (size_t)sac_shape_size (&shape) * sizeof (float);

  return fixed > 0 ? fixed : CLAMP (BATCH_BYTES_MAX / bytes, 1, wanted);
}

/* How many numbers a value has for each sample of a batch; 0: it is no row of
 * numbers. */
static size_t
count_numbers (const SacSlideModel *self, const char *name)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));
  int value = sac_graph_find_value (graph, name);
  const SacValueInfo *info =
    value >= 0 ? sac_plan_get_info (self->plan, value) : NULL;

  if (info == NULL || sac_type_get_kind (info->type) != SAC_KIND_F32 ||
      info->shape.rank < 2 || !sac_shape_is_row (&info->shape) ||
      info->shape.dims[0] != (int64_t)self->batch_size ||
      info->shape.dims[1] < 1)
    return 0;
  return (size_t)info->shape.dims[1];
}

/* The first output that is a row of numbers for each sample, and of a mere
 * encoder not the features themselves. */
static bool
find_output (SacSlideModel *self, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (self->model);

  for (size_t i = 0; i < manifest->output_count; i++) {
    const char *name = manifest->outputs[i].name;
    size_t width = count_numbers (self, name);

    if (width == 0 || (self->is_encoder && strcmp (name, self->feature) == 0))
      continue;
    self->output = &manifest->outputs[i];
    self->output_index = i;
    self->width = width;
    return true;
  }
  return self->is_encoder ||
         refuse (self, "no output of it is a row of numbers for each tile",
                 error);
}

static bool
find_features (SacSlideModel *self, GError **error)
{
  g_autofree char *id = sac_network_escape (sac_model_get_id (self->model));
  g_autofree char *name = NULL;

  if (self->feature == NULL)
    return true;
  self->feature_count = count_numbers (self, self->feature);
  if (self->feature_count > 0)
    return true;
  name = sac_network_escape (self->feature);
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: its value \"%s\" is not a row of numbers for each tile, so "
               "it cannot be the features",
               id, name);
  return false;
}

bool
sac_slide_model_plan (SacSlideModel *self,
                      size_t batch_size,
                      SacJob *job,
                      GError **error)
{
  SacShape shape = get_shape (self, batch_size);
  const char *const captures[] = {self->feature, NULL};
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = self->feature != NULL ? captures : NULL,
  };

  self->batch_size = batch_size;
  self->plan =
    sac_plan_get (sac_model_get_network (self->model), &request, job, error);
  return self->plan != NULL && find_output (self, error) &&
         find_features (self, error);
}

SacTensor *
sac_slide_model_new_batch (const SacSlideModel *self,
                           size_t batch_size,
                           GError **error)
{
  SacShape shape = get_shape (self, batch_size);

  return sac_tensor_new (self->input->type, &shape, error);
}

static void
copy_value (const SacSlideModel *self,
            const SacResult *result,
            const char *name,
            size_t width,
            float *to)
{
  const SacTensor *numbers = sac_result_get_value (result, name);

  memcpy (to, sac_tensor_f32 (numbers),
          self->batch_size * width * sizeof (float));
}

bool
sac_slide_model_run (const SacSlideModel *self,
                     const SacTensor *batch,
                     float *ret_numbers,
                     float *ret_features,
                     SacJob *job,
                     GError **error)
{
  SacRunParams params = {.inputs = &batch};
  g_autoptr (SacResult) result = sac_plan_run (self->plan, &params, job, error);

  if (result == NULL)
    return false;
  if (self->output != NULL)
    copy_value (self, result, self->output->name, self->width, ret_numbers);
  if (self->feature != NULL)
    copy_value (self, result, self->feature, self->feature_count, ret_features);
  return true;
}
