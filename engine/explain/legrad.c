/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* LeGrad: how the score would grow with the attention that each place receives,
 * over heads, queries and blocks.  The paper projects a score of its own from
 * each block's tokens, which needs a head that fits them all; here the
 * gradients of all blocks are those of the network's own score, and the map
 * says so. */
#include "explain/attention-math.h"
#include "explain/attention-run.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"

static const SacMethodParam params[] = {SAC_PARAM_START_LAYER, {NULL}};

/* Mean over blocks.  ret_last: the last one.  Returns: a new array. */
static double *
collect (SacAttentionRun *self,
         SacAttentionMatrix **ret_last,
         SacJob *job,
         GError **error)
{
  g_autoptr (SacAttentionMatrix) last = NULL;
  g_autofree double *mean = NULL;
  guint count = self->last - self->first + 1;

  for (guint i = self->first; i <= self->last; i++) {
    g_autoptr (SacAttentionMatrix) matrix =
      sac_attention_run_matrix (self, i, error);

    if (matrix == NULL || !sac_job_check (job, error))
      return NULL;
    if (mean == NULL)
      mean = g_new0 (double, matrix->tokens);

    g_autofree double *received = g_new (double, matrix->tokens);

    sac_attention_received (matrix, 0, -1, received);
    for (int64_t k = 0; k < matrix->tokens; k++)
      mean[k] += received[k] / count;
    sac_attention_matrix_free (last);
    last = g_steal_pointer (&matrix);
  }
  *ret_last = g_steal_pointer (&last);
  return g_steal_pointer (&mean);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self = NULL;
  g_autoptr (SacAttentionMatrix) last = NULL;
  g_autofree double *mean = NULL;
  int64_t start_layer = sac_param_get_whole (request, &params[0]);

  self = sac_attention_run_new (request, job, error);
  if (self == NULL)
    return NULL;
  self->use = SAC_ATTENTION_GRADIENTS;
  if (!sac_attention_run_connect (self, start_layer, error) ||
      !sac_attention_run_pass (self, true, job, error))
    return NULL;
  mean = collect (self, &last, job, error);
  if (mean == NULL)
    return NULL;

  SacMap *map = sac_attention_run_map (self, last, mean, N_ ("gradient"));

  sac_provenance_add_note (map->provenance,
                           N_ ("Gradients of the network's own score in every "
                               "block; no score of each block is projected."));
  sac_attention_run_add_left_out (self, map);
  return map;
}

const SacMethod sac_method_legrad = {
  .name = "legrad",
  .label = N_ ("LeGrad"),
  .summary = N_ ("How much more attention to each place would raise the class "
                 "score, over all blocks."),
  .source = "Bousselham et al., ICCV 2025",
  .family = SAC_METHOD_ATTENTION,
  .class_specific = true,
  .needs_gradient = true,
  .needs_attention = true,
  .has_head = true,
  .params = params,
  .make = make,
};
