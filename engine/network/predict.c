/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/predict.h"

#include "base/error.h"
#include "network/plan.h"

#include <inttypes.h>
#include <math.h>

static SacResult *
run_model (SacModel *model,
           const SacInputs *inputs,
           SacJob *job,
           GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacTensor *const *tensors = (const SacTensor *const *)inputs->tensors;
  g_autofree SacShape *shapes = g_new0 (SacShape, inputs->count + 1);

  if (inputs->count != sac_network_get_graph (network)->input_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s takes %zu inputs, %zu given", sac_model_get_id (model),
                 sac_network_get_graph (network)->input_count, inputs->count);
    return NULL;
  }
  if (!sac_plan_bind (network, tensors, shapes, error))
    return NULL;

  SacPlanRequest request = {.input_shapes = shapes};
  g_autoptr (SacPlan) plan = sac_plan_get (network, &request, job, error);

  if (plan == NULL)
    return NULL;
  return sac_plan_run (plan, &(SacRunParams){.inputs = tensors}, job, error);
}

/* Class scores are float, one row a sample.  Anything else (a segmentation, an
 * attention matrix, indices) is no head and keeps a class_count of 0. */
static bool
read_head (SacPrediction *head,
           const SacTensor *values,
           size_t batch,
           GError **error)
{
  const SacShape *shape = &values->shape;
  int64_t samples = shape->rank > 1 ? shape->dims[0] : 1;

  if (sac_tensor_get_kind (values) != SAC_KIND_F32 ||
      !sac_shape_is_row (shape) || sac_shape_size (shape) == 0)
    return true;
  if (batch >= (size_t)samples) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no sample %zu: the batch has %" PRId64, batch,
                 samples);
    return false;
  }

  int64_t count = sac_shape_size (shape) / samples;
  const float *row = sac_tensor_f32 (values) + batch * count;

  head->class_count = count;
  head->logits = g_memdup2 (row, count * sizeof *row);
  head->probabilities = g_new0 (double, count);
  sac_model_probabilities (head->info, row, count, head->probabilities);
  for (size_t i = 1; i < head->class_count; i++) {
    if (head->logits[i] > head->logits[head->top])
      head->top = i;
  }
  return true;
}

SacPredictions *
sac_predict (SacModel *model,
             const SacInputs *inputs,
             size_t batch,
             SacJob *job,
             GError **error)
{
  g_autoptr (SacResult) result = run_model (model, inputs, job, error);

  if (result == NULL)
    return NULL;

  const SacManifest *manifest = sac_model_get_manifest (model);
  g_autoptr (SacPredictions) predictions = g_new0 (SacPredictions, 1);

  predictions->model = sac_model_ref (model);
  predictions->heads = g_new0 (SacPrediction, manifest->output_count);
  for (size_t i = 0; i < manifest->output_count; i++) {
    const SacManifestOutput *info = &manifest->outputs[i];
    SacPrediction *head = &predictions->heads[predictions->head_count++];

    head->info = info;
    if (!read_head (head, sac_result_get_value (result, info->name), batch,
                    error))
      return NULL;
  }
  return g_steal_pointer (&predictions);
}

void
sac_predictions_free (SacPredictions *predictions)
{
  if (predictions == NULL)
    return;
  for (size_t i = 0; i < predictions->head_count; i++) {
    g_free (predictions->heads[i].logits);
    g_free (predictions->heads[i].probabilities);
  }
  g_free (predictions->heads);
  sac_model_unref (predictions->model);
  g_free (predictions);
}

bool
sac_prediction_has_top (const SacPrediction *head)
{
  return head->class_count > 0 && isfinite (head->probabilities[head->top]);
}

char *
sac_prediction_class_name (const SacPrediction *head, size_t index)
{
  if (index < head->info->label_count)
    return g_strdup (head->info->labels[index].name);
  return g_strdup_printf ("class %zu", index);
}

char *
sac_prediction_class_id (const SacPrediction *head, size_t index)
{
  if (index < head->info->label_count)
    return g_strdup (head->info->labels[index].id);
  return g_strdup_printf ("%zu", index);
}
