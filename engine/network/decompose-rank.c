/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is known of the inputs of a call before any shape is bound. */
#include "network/decompose.h"
#include "network/graph-rank.h"

static const SacValue *
get_value (const SacBody *body, int index)
{
  return &g_array_index (body->builder->values, SacValue, index);
}

int
sac_body_rank (const SacBody *body, size_t input)
{
  int index = sac_body_has (body, input)
                ? sac_scope_find (body->scope, body->call->inputs[input])
                : -1;

  return index >= 0 ? sac_graph_rank (body->builder, index) : -1;
}

const SacShape *
sac_body_shape (const SacBody *body, size_t input)
{
  int index = sac_body_has (body, input)
                ? sac_scope_find (body->scope, body->call->inputs[input])
                : -1;

  return index >= 0 && get_value (body, index)->has_shape
           ? &get_value (body, index)->shape
           : NULL;
}

bool
sac_body_is_constant (const SacBody *body, size_t input)
{
  int index = sac_body_has (body, input)
                ? sac_scope_find (body->scope, body->call->inputs[input])
                : -1;

  return index >= 0 && get_value (body, index)->constant != NULL;
}
