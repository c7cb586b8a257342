/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ablation-CAM (Desai and Ramaswamy, 2020): each channel of a layer is set to 0
 * and weighs what the score loses, as a share of the score:
 * w_k = (y - y_k) / |y|; the paper divides by y, which would turn the map round
 * for a negative logit.  Only what follows the layer is run again. */
#include "base/error.h"
#include "explain/cam.h"
#include "explain/layer-tail.h"
#include "explain/list.h"
#include "explain/params.h"

#include <math.h>
#include <string.h>

static const SacMethodParam params[] = {SAC_PARAM_RELU, {NULL}};

/* A channel of the sample set to 0, or, with the value as it was, put back. */
static void
set_channel (const SacCamFound *found,
             float *value,
             int64_t channel,
             const float *original)
{
  int64_t cells = (int64_t)found->target->rows * found->target->columns;

  for (int64_t i = 0; i < cells; i++) {
    int64_t at = found->strides.start + channel * found->strides.channel +
                 i * found->strides.cell;

    value[at] = original != NULL ? original[at] : 0;
  }
}

/* ret_scores: of the network without each channel. */
static bool
score_channels (const SacCamFound *found,
                double *ret_scores,
                SacJob *job,
                GError **error)
{
  int64_t channels = found->target->channels;
  g_autoptr (SacLayerTail) tail =
    sac_layer_tail_new (found->run, found->target->value, G_MAXINT64, job,
                        error);

  if (tail == NULL)
    return false;

  int64_t batch = sac_layer_tail_get_batch (tail);
  g_autofree double *scores = g_new (double, batch);
  const float *original = sac_tensor_f32 ((SacTensor *)found->value);

  for (int64_t first = 0; first < channels; first += batch) {
    int64_t count = MIN (batch, channels - first);

    for (int64_t i = 0; i < count; i++)
      set_channel (found, sac_layer_tail_get_copy (tail, i), first + i, NULL);
    if (!sac_layer_tail_run (tail, scores, job, error))
      return false;
    for (int64_t i = 0; i < count; i++)
      set_channel (found, sac_layer_tail_get_copy (tail, i), first + i,
                   original);
    memcpy (ret_scores + first, scores, count * sizeof *scores);
    sac_job_set_progress (job, (double)(first + count) / channels);
  }
  return true;
}

static bool
weigh (const SacCamFound *found,
       double *ret_weights,
       SacJob *job,
       GError **error)
{
  double whole = found->run->value;

  if (whole == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "the score is 0: no channel can have a share of it");
    return false;
  }
  if (!score_channels (found, ret_weights, job, error))
    return false;
  for (int64_t k = 0; k < found->target->channels; k++)
    ret_weights[k] = (whole - ret_weights[k]) / fabs (whole);
  return true;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {
    .weigh = weigh,
    .relu = params,
    .unit = N_ ("activation"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_ablation_cam = {
  .name = "ablation-cam",
  .label = N_ ("Ablation-CAM"),
  .summary = N_ ("A layer's features, each weighted by the share of the class "
                 "score that is lost without it."),
  .source = "Desai and Ramaswamy, WACV 2020",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .has_layer = true,
  .params = params,
  .make = make,
};
