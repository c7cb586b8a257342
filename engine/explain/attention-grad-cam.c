/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Grad-CAM with the heads of one attention block as its channels: each head's
 * map, which is the class token's row, weighted by the mean of its gradients.
 * Where no class token is read a head's map is what each place receives. */
#include "explain/attention-math.h"
#include "explain/attention-reduced.h"
#include "explain/attention-run.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"

#include <math.h>

static const SacMethodParam params[] = {SAC_PARAM_ROWS, {NULL}};

/* What the places receive was added up while the network ran; the matrix is
 * there for its tokens. */
static double *
reduced_map (SacAttentionRun *self,
             bool gradients,
             int head,
             SacAttentionMatrix **ret_matrix,
             GError **error)
{
  const SacFoundAttention *found =
    &g_array_index (self->blocks, SacFoundAttention, self->last);
  SacAttentionSource source = {
    .batch = sac_attention_run_sample (self, found),
    .fusion = {SAC_ATTENTION_WEIGHTS, SAC_HEAD_ONE, head},
  };
  g_autoptr (SacAttentionMatrix) matrix =
    sac_attention_matrix_new (self->run->flow, found, &source, error);

  if (matrix == NULL)
    return NULL;

  const float *row = sac_attention_reduced_head (self, head, gradients);
  double *received = g_new0 (double, matrix->tokens);

  for (int64_t i = 0; i < matrix->keys; i++)
    received[matrix->key_tokens[i]] = (double)row[i];
  *ret_matrix = g_steal_pointer (&matrix);
  return received;
}

/* One head of the block: what its places receive of `tensor`. */
static double *
whole_map (SacAttentionRun *self,
           const SacTensor *tensor,
           int head,
           SacAttentionMatrix **ret_matrix,
           GError **error)
{
  const SacFoundAttention *found =
    &g_array_index (self->blocks, SacFoundAttention, self->last);
  SacAttentionSource source = {
    .weights = tensor,
    .batch = sac_attention_run_sample (self, found),
    .fusion = {SAC_ATTENTION_WEIGHTS, SAC_HEAD_ONE, head},
  };
  g_autoptr (SacAttentionMatrix) matrix =
    sac_attention_matrix_new (self->run->flow, found, &source, error);

  if (matrix == NULL)
    return NULL;

  double *received = g_new (double, matrix->tokens);

  sac_attention_asking_received (matrix, &self->asking, received);
  *ret_matrix = g_steal_pointer (&matrix);
  return received;
}

/* Weights or gradients of one head. */
static double *
head_map (SacAttentionRun *self,
          bool gradients,
          int head,
          SacAttentionMatrix **ret_matrix,
          GError **error)
{
  int value =
    g_array_index (self->blocks, SacFoundAttention, self->last).attention.value;

  if (self->wishes->len > 0)
    return reduced_map (self, gradients, head, ret_matrix, error);
  return whole_map (self,
                    gradients ? sac_explain_run_gradient (self->run, value)
                              : sac_explain_run_value (self->run, value),
                    head, ret_matrix, error);
}

/* weight x map of one head.  ret_matrix: freed by the caller. */
static double *
weighted_head (SacAttentionRun *self,
               int head,
               SacAttentionMatrix **ret_matrix,
               GError **error)
{
  g_autoptr (SacAttentionMatrix) other = NULL;
  g_autofree double *gradients = head_map (self, true, head, &other, error);

  if (gradients == NULL)
    return NULL;

  double *map = head_map (self, false, head, ret_matrix, error);

  if (map == NULL)
    return NULL;

  double weight =
    sac_attention_head_weight (gradients, other->prefix_tokens, other->tokens);

  for (int64_t i = 0; i < other->tokens; i++)
    map[i] *= weight;
  return map;
}

static void
add_head (SacHeadMode mode, const double *map, int64_t count, double *total)
{
  for (int64_t i = 0; i < count; i++) {
    if (mode == SAC_HEAD_MEAN)
      total[i] += map[i];
    else if (isnan (map[i]) ||
             (mode == SAC_HEAD_MAX ? map[i] > total[i] : map[i] < total[i]))
      total[i] = map[i];
  }
}

/* Returns: a new array of one number per token. */
static double *
collect (SacAttentionRun *self, SacAttentionMatrix **ret_matrix, GError **error)
{
  const SacExplainRequest *request = self->run->request;
  bool one = request->head_mode == SAC_HEAD_ONE;
  int heads =
    g_array_index (self->blocks, SacFoundAttention, self->last).attention.heads;
  int first = one ? request->head : 0, end = one ? first + 1 : heads;
  g_autoptr (SacAttentionMatrix) matrix = NULL;
  g_autofree double *total = NULL;

  for (int head = first; head < end; head++) {
    g_autoptr (SacAttentionMatrix) own = NULL;
    g_autofree double *map = weighted_head (self, head, &own, error);

    if (map == NULL)
      return NULL;
    if (total == NULL) {
      total = g_steal_pointer (&map);
      matrix = g_steal_pointer (&own);
      continue;
    }
    add_head (request->head_mode, map, matrix->tokens, total);
  }
  for (int64_t i = 0; request->head_mode == SAC_HEAD_MEAN && i < matrix->tokens;
       i++)
    total[i] /= end - first;
  *ret_matrix = g_steal_pointer (&matrix);
  return g_steal_pointer (&total);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self =
    sac_attention_run_new (request, job, error);
  g_autoptr (SacAttentionMatrix) matrix = NULL;
  g_autofree double *total = NULL;

  if (self == NULL)
    return NULL;
  self->asking = sac_attention_run_asking (self, self->last);
  if (!sac_attention_run_pass_heads (self, job, error))
    return NULL;
  /* Of one that is too large to be kept the mean is taken over all. */
  if (self->wishes->len > 0)
    self->asking.skipped = 0;
  total = collect (self, &matrix, error);
  if (total == NULL)
    return NULL;

  SacMap *map = sac_attention_run_map (self, matrix, total, N_ ("relevance"));

  map->rectified = true;
  sac_provenance_add_note (map->provenance,
                           sac_attention_asking_describe (&self->asking));
  return map;
}

const SacMethod sac_method_attention_grad_cam = {
  .name = "attention-grad-cam",
  .label = N_ ("Attention Grad-CAM"),
  .summary = N_ ("Grad-CAM whose channels are the heads of the last attention "
                 "block."),
  .source = "Chefer, Gur and Wolf, CVPR 2021 (their baseline)",
  .family = SAC_METHOD_ATTENTION,
  .class_specific = true,
  .needs_gradient = true,
  .needs_attention = true,
  .has_layer = true,
  .has_head = true,
  .params = params,
  .make = make,
};
