/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/mil-run.h"

#include "base/error.h"

static const SacFoundAttention *
found_of (const SacAttentionRun *self, guint block)
{
  return &g_array_index (self->blocks, SacFoundAttention, block);
}

const SacAttention *
sac_mil_run_get (const SacAttentionRun *self)
{
  return &found_of (self, self->last)->attention;
}

static bool
choose (SacAttentionRun *self, bool named, GError **error)
{
  guint from = named ? self->last : self->blocks->len - 1;
  guint to = named ? self->last : 0;

  for (guint i = from + 1; i > to; i--) {
    if (found_of (self, i - 1)->attention.kind == SAC_ATTENTION_POOLING) {
      self->first = self->last = i - 1;
      return true;
    }
  }
  if (named) {
    g_autofree char *name =
      sac_explain_run_name (self->run, sac_mil_run_get (self)->value);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "%s does not pool instances (it is %s attention): use the "
                 "method attention",
                 name,
                 sac_attention_kind_get_name (sac_mil_run_get (self)->kind));
    return false;
  }
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "this model has no attention that pools instances: use "
                       "the method attention");
  return false;
}

SacAttentionRun *
sac_mil_run_new (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self =
    sac_attention_run_new (request, job, error);

  if (self == NULL || !choose (self, request->layer != NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

SacAttentionMatrix *
sac_mil_run_branch (const SacAttentionRun *self,
                    const SacTensor *tensor,
                    int branch,
                    GError **error)
{
  SacAttentionSource source = {
    .weights = tensor,
    .batch = self->run->request->batch,
    .fusion = {SAC_ATTENTION_WEIGHTS, SAC_HEAD_ONE, branch},
  };
  g_autoptr (SacAttentionMatrix) matrix =
    sac_attention_matrix_new (self->run->flow, found_of (self, self->last),
                              &source, error);

  if (matrix == NULL)
    return NULL;
  if (matrix->groups * matrix->queries != 1) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "this attention pools several times in each sample: "
                         "use the method attention");
    return NULL;
  }
  return g_steal_pointer (&matrix);
}
