/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-class.h"

#include "base/error.h"
#include "explain/layout-trace.h"
#include "explain/token-place.h"

#include <string.h>

/* Elements hold the numbers of their tokens, from 1; those of other samples 0.
 */
static SacTensor *
number_keys (const SacFlow *flow, const SacTokenPlace *keys, GError **error)
{
  SacTensor *numbers =
    sac_tensor_new (SAC_TYPE_FLOAT, sac_flow_shape (flow, keys->value), error);

  for (int64_t i = 0; numbers != NULL && i < keys->elements; i++)
    sac_tensor_f32 (numbers)[i] = (float)(keys->tokens[i] + 1);
  return numbers;
}

int *
sac_attention_class_tokens (const SacFlow *flow,
                            const SacFoundAttention *found,
                            int64_t batch,
                            GError **error)
{
  g_autoptr (SacTokenPlace) keys =
    sac_token_place_new (flow, found, true, batch, error);
  g_autoptr (SacTokenPlace) queries =
    keys != NULL ? sac_token_place_new (flow, found, false, batch, error)
                 : NULL;
  g_autoptr (SacTensor) numbers =
    queries != NULL ? number_keys (flow, keys, error) : NULL;
  g_autoptr (SacTensor) selected =
    numbers != NULL
      ? sac_layout_trace (flow, keys->value, queries->value, numbers, error)
      : NULL;

  if (selected == NULL)
    return NULL;

  g_autofree int *tokens = g_new (int, queries->count);

  for (int64_t i = 0; i < queries->count; i++)
    tokens[i] = -1;
  for (int64_t i = 0; i < queries->elements; i++) {
    int query = queries->tokens[i];

    if (query >= 0)
      tokens[query] = (int)sac_tensor_f32 (selected)[i] - 1;
  }
  for (int64_t i = 0; i < queries->count; i++) {
    if (tokens[i] < 0) {
      g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                           "it is not known which of the tokens ask");
      return NULL;
    }
  }
  return g_steal_pointer (&tokens);
}

void
sac_attention_class_step (SacAttentionMatrix *matrix,
                          const int *tokens,
                          SacAttentionStep step,
                          const double *row,
                          double *ret_row)
{
  memcpy (ret_row, row, matrix->tokens * sizeof *row);
  for (int64_t i = 0; i < matrix->groups * matrix->queries; i++) {
    matrix->query_tokens[i] = tokens[i % matrix->queries];
    ret_row[matrix->query_tokens[i]] = 0;
  }
  step (matrix, row, ret_row, ret_row);
}
