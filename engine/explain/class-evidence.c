/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Class evidence of attention pooling with a linear head: the bag is
 * z = sum a_i h_i and the score w . z + b, so that a_i (w . h_i) is each
 * instance's signed share, and all of them and the bias are the score.
 *
 * w . h_i is the score's gradient along a_i with the features held, which is
 * how it is got: head and pooling may be written in any way that is linear.
 * Of several branches the class's own alone has gradients that are not zero.
 */
#include "base/json.h"
#include "explain/linear.h"
#include "explain/list.h"
#include "explain/mil-math.h"
#include "explain/mil-run.h"
#include "explain/provenance.h"

/* Returns: a new array, one number per instance.  ret_matrix: their places. */
static double *
collect (SacAttentionRun *self, SacAttentionMatrix **ret_matrix, GError **error)
{
  const SacAttention *attention = sac_mil_run_get (self);
  const SacTensor *all = sac_explain_run_value (self->run, attention->value);
  const SacTensor *gradients =
    sac_explain_run_gradient (self->run, attention->value);
  g_autofree double *evidence = g_new0 (double, attention->keys);
  g_autoptr (SacAttentionMatrix) last = NULL;

  for (int branch = 0; branch < attention->heads; branch++) {
    g_autoptr (SacAttentionMatrix) weights =
      sac_mil_run_branch (self, all, branch, error);

    if (weights == NULL)
      return NULL;

    g_autoptr (SacAttentionMatrix) slopes =
      sac_mil_run_branch (self, gradients, branch, error);

    if (slopes == NULL)
      return NULL;
    sac_mil_add_evidence (weights->weights, slopes->weights, attention->keys,
                          evidence);
    sac_attention_matrix_free (last);
    last = g_steal_pointer (&weights);
  }
  *ret_matrix = g_steal_pointer (&last);
  return g_steal_pointer (&evidence);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self = sac_mil_run_new (request, job, error);
  g_autoptr (SacAttentionMatrix) matrix = NULL;
  g_autofree double *evidence = NULL;
  double bias;

  if (self == NULL ||
      !sac_linear_check (self->run->flow, sac_mil_run_get (self)->value,
                         self->run->score.value, error) ||
      !sac_attention_run_pass (self, true, job, error))
    return NULL;
  evidence = collect (self, &matrix, error);
  if (evidence == NULL)
    return NULL;
  bias = self->run->logit;
  for (int64_t i = 0; i < matrix->keys; i++)
    bias -= evidence[i];

  SacMap *map = sac_attention_run_map (self, matrix, evidence, N_ ("logit"));

  sac_json_set_number (map->provenance, "bias", bias);
  sac_provenance_add_note (map->provenance, N_ ("Signed shares: all instances "
                                                "together and the bias "
                                                "are the score of the class."));
  return map;
}

const SacMethod sac_method_class_evidence = {
  .name = "class-evidence",
  .label = N_ ("Class evidence"),
  .summary = N_ ("What each instance adds to the class score or takes from it: "
                 "its attention times its own score."),
  .source = "Ilse, Tomczak and Welling, ICML 2018; Lu et al., 2021",
  .family = SAC_METHOD_ATTENTION,
  .class_specific = true,
  .needs_gradient = true,
  .needs_attention = true,
  .needs_pooling = true,
  .has_layer = true,
  .make = make,
};
