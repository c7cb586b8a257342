/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention rollout, of the weights or of their products with the gradients of
 * the class.  Blocks must have one set of tokens: where a network
 * changes its grid on the way (pooling, patch merging), tokens before and after
 * are not the same, and a product over some of the blocks only would not be a
 * rollout.  The blocks at the end that share a grid are used when there are at
 * least two of them, and the map says so; else it is refused. */
#include "base/error.h"
#include "explain/attention-math.h"
#include "explain/attention-run.h"
#include "explain/list.h"
#include "explain/params.h"

static const SacMethodParam params[] = {
  {"start_layer", N_ ("First block used; negative: counted from the end"), "0"},
  {NULL},
};

static bool
check_blocks (const SacAttentionRun *self, int64_t start_layer, GError **error)
{
  int64_t wanted =
    start_layer < 0 ? (int64_t)self->last + 1 + start_layer : start_layer;

  if (self->first < self->last || self->first == (guint)wanted)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "rollout has no answer here: no other of the %u attention "
               "blocks has the tokens of the last one; use attention or "
               "relevance, or start_layer=-1",
               self->last + 1);
  return false;
}

static SacMap *
roll (const SacExplainRequest *request,
      SacAttentionUse use,
      SacJob *job,
      GError **error)
{
  g_autoptr (SacAttentionRun) self = NULL;
  g_autoptr (SacAttentionMatrix) last = NULL;
  g_autofree double *row = NULL;
  int64_t start_layer;

  if (!sac_param_get_int (request, &params[0], G_MININT, G_MAXINT, &start_layer,
                          error))
    return NULL;
  self = sac_attention_run_new (request, job, error);
  if (self == NULL)
    return NULL;
  self->use = use;
  if (!sac_attention_run_connect (self, start_layer, error) ||
      !check_blocks (self, start_layer, error) ||
      !sac_attention_run_pass (self, use != SAC_ATTENTION_WEIGHTS, job, error))
    return NULL;
  row = sac_attention_run_multiply (self, sac_attention_rollout_step, &last,
                                    job, error);
  if (row == NULL)
    return NULL;

  SacMap *map = sac_attention_run_map (self, last, row, N_ ("share"));

  sac_attention_run_add_notes (self, last, map);
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
