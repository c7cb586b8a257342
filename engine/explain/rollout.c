/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention rollout, of the weights or of their products with the gradients of
 * the class, over all blocks that lead to the last one, whatever joins their
 * tokens (attention-chain.h); where that is not understood, over those above.
 */
#include "explain/attention-chain.h"
#include "explain/attention-math.h"
#include "explain/list.h"
#include "explain/params.h"

static const SacMethodParam params[] = {SAC_PARAM_START_LAYER,
                                        SAC_PARAM_ROWS,
                                        {NULL}};

static SacMap *
roll (const SacExplainRequest *request,
      SacAttentionUse use,
      SacJob *job,
      GError **error)
{
  g_autoptr (SacAttentionRun) self = NULL;
  g_autoptr (SacAttentionProduct) product = NULL;
  int64_t start_layer = sac_param_get_whole (request, &params[0]);

  self = sac_attention_run_new (request, job, error);
  if (self == NULL)
    return NULL;
  self->use = use;
  if (!sac_attention_chain_find (self, start_layer, error) ||
      !sac_attention_run_pass (self, use != SAC_ATTENTION_WEIGHTS, job, error))
    return NULL;
  product =
    sac_attention_chain_multiply (self, sac_attention_rollout_step, job, error);
  if (product == NULL)
    return NULL;

  SacMap *map =
    sac_attention_run_map (self, product->matrix, product->row, N_ ("share"));

  sac_attention_chain_add_notes (self, product, map);
  return map;
}

static SacMap *
make_plain (const SacExplainRequest *request, SacJob *job, GError **error)
{
  return roll (request, SAC_ATTENTION_WEIGHTS, job, error);
}

/* Each block is max (0, mean over heads of A dA), with the identity added and
 * rows made to sum to 1 as in the plain rollout. */
static SacMap *
make_gradient (const SacExplainRequest *request, SacJob *job, GError **error)
{
  return roll (request, SAC_ATTENTION_PRODUCT, job, error);
}

const SacMethod sac_method_rollout = {
  .name = "rollout",
  .label = N_ ("Attention rollout"),
  .summary = N_ ("Attention of all blocks multiplied through, whatever the "
                 "class."),
  .source = "Abnar and Zuidema, ACL 2020",
  .family = SAC_METHOD_ATTENTION,
  .needs_attention = true,
  .has_head = true,
  .params = params,
  .make = make_plain,
};

const SacMethod sac_method_gradient_rollout = {
  .name = "gradient-rollout",
  .label = N_ ("Gradient rollout"),
  .summary = N_ ("Rollout of attention times its gradient, where that raises "
                 "the class score."),
  .source = "Abnar and Zuidema, ACL 2020, with the gradients of the class",
  .family = SAC_METHOD_ATTENTION,
  .class_specific = true,
  .needs_gradient = true,
  .needs_attention = true,
  .has_head = true,
  .params = params,
  .make = make_gradient,
};
