/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-math.h"

#include <math.h>
#include <string.h>

/* fmax() would make 0 of NaN: a run gone wrong would end as an empty map. */
static double
positive_part (double value)
{
  return value < 0 ? 0 : value;
}

static double
one_weight (const float *weights,
            const float *gradients,
            int64_t at,
            SacAttentionUse use)
{
  switch (use) {
  case SAC_ATTENTION_WEIGHTS:
    return weights[at];
  case SAC_ATTENTION_POSITIVE:
    return positive_part ((double)weights[at] * gradients[at]);
  case SAC_ATTENTION_PRODUCT:
    return (double)weights[at] * gradients[at];
  case SAC_ATTENTION_GRADIENTS:
    return positive_part (gradients[at]);
  }
  g_assert_not_reached ();
}

static double
fuse_heads (const float *weights,
            const float *gradients,
            int64_t heads,
            int64_t stride,
            const SacAttentionFusion *fusion)
{
  double sum = 0, largest = -INFINITY, smallest = INFINITY;

  if (fusion->head_mode == SAC_HEAD_ONE)
    return one_weight (weights, gradients, fusion->head * stride, fusion->use);
  for (int64_t i = 0; i < heads; i++) {
    double weight = one_weight (weights, gradients, i * stride, fusion->use);

    sum += weight;
    largest = fmax (largest, weight);
    smallest = fmin (smallest, weight);
  }
  if (fusion->head_mode == SAC_HEAD_MEAN || isnan (sum))
    return sum / heads;
  return fusion->head_mode == SAC_HEAD_MAX ? largest : smallest;
}

double
sac_attention_fuse (const float *weights,
                    const float *gradients,
                    int64_t heads,
                    int64_t stride,
                    const SacAttentionFusion *fusion)
{
  double fused = fuse_heads (weights, gradients, heads, stride, fusion);

  return fusion->use == SAC_ATTENTION_PRODUCT ? positive_part (fused) : fused;
}

/* The keys of a query: `keys` weights and tokens. */
static const int *
keys_of (const SacAttentionMatrix *matrix, int64_t group, int64_t query)
{
  return matrix->key_tokens + (matrix->own_keys ? query : group) * matrix->keys;
}

static const float *
weights_of (const SacAttentionMatrix *matrix, int64_t group, int64_t query)
{
  return matrix->weights + (group * matrix->queries + query) * matrix->keys;
}

void
sac_attention_received (const SacAttentionMatrix *matrix,
                        int64_t first,
                        int64_t end,
                        double *ret_received)
{
  g_autofree int64_t *seen = g_new0 (int64_t, matrix->tokens);

  memset (ret_received, 0, matrix->tokens * sizeof *ret_received);
  for (int64_t i = 0; i < matrix->groups * matrix->queries; i++) {
    const int *tokens =
      keys_of (matrix, i / matrix->queries, i % matrix->queries);
    const float *weights =
      weights_of (matrix, i / matrix->queries, i % matrix->queries);
    int own = matrix->query_tokens[i];

    if (own < 0 || own < first || (end >= 0 && own >= end))
      continue;
    for (int64_t k = 0; k < matrix->keys; k++) {
      if (tokens[k] < 0)
        continue;
      ret_received[tokens[k]] += weights[k];
      seen[tokens[k]]++;
    }
  }
  for (int64_t i = 0; i < matrix->tokens; i++) {
    if (seen[i] > 1)
      ret_received[i] /= seen[i];
  }
}

/* What a row of A is multiplied with, of its sum. */
typedef double (*RowFactor) (double row_sum);

/* ret_own += scale x row, ret_keys += scale x row x A. */
static void
add_product (const SacAttentionMatrix *matrix,
             const double *row,
             RowFactor factor,
             double *ret_own,
             double *ret_keys)
{
  for (int64_t i = 0; i < matrix->groups * matrix->queries; i++) {
    const int *tokens =
      keys_of (matrix, i / matrix->queries, i % matrix->queries);
    const float *weights =
      weights_of (matrix, i / matrix->queries, i % matrix->queries);
    int own = matrix->query_tokens[i];
    double sum = 0;

    if (own < 0)
      continue;
    for (int64_t k = 0; k < matrix->keys; k++)
      sum += tokens[k] >= 0 ? weights[k] : 0;

    double scale = row[own] * factor (sum);

    for (int64_t k = 0; k < matrix->keys; k++) {
      if (tokens[k] >= 0)
        ret_keys[tokens[k]] += scale * weights[k];
    }
    ret_own[own] += scale;
  }
}

/* 0.5 A + 0.5 I over its row sum is (A + I) / (sum of A's row + 1). */
static double
normalise (double row_sum)
{
  return 1.0 / (row_sum + 1.0);
}

static double
keep (double row_sum)
{
  (void)row_sum;
  return 1.0;
}

void
sac_attention_rollout_step (const SacAttentionMatrix *matrix,
                            const double *row,
                            double *ret_own,
                            double *ret_keys)
{
  add_product (matrix, row, normalise, ret_own, ret_keys);
}

void
sac_attention_relevance_step (const SacAttentionMatrix *matrix,
                              const double *row,
                              double *ret_own,
                              double *ret_keys)
{
  add_product (matrix, row, keep, ret_own, ret_keys);
}

double
sac_attention_head_weight (const double *gradients,
                           int64_t prefix_tokens,
                           int64_t tokens)
{
  double sum = 0;

  for (int64_t i = prefix_tokens; i < tokens; i++)
    sum += gradients[i];
  return sum / (tokens - prefix_tokens);
}
