/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention weighted by its gradient and accumulated over the blocks.
 *
 * The blocks at the end that share the last one's tokens are used, be it the
 * last alone (as is usual for CLIP); the map says which were left out.  Without
 * a class token the rows of all tokens are averaged, and the identity that the
 * product starts from is taken away: it would add one constant to each cell. */
#include "explain/attention-math.h"
#include "explain/attention-run.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"

static const SacMethodParam params[] = {
  {"start_layer", N_ ("First block used; negative: counted from the end"), "0"},
  {NULL},
};

static void
take_away_start (const SacAttentionMatrix *matrix, double *row)
{
  g_autofree double *start = sac_attention_run_start (matrix);

  for (int64_t i = 0; i < matrix->tokens; i++)
    row[i] -= start[i];
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
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
  self->use = SAC_ATTENTION_POSITIVE;
  if (!sac_attention_run_connect (self, start_layer, error) ||
      !sac_attention_run_pass (self, true, job, error))
    return NULL;
  row = sac_attention_run_multiply (self, sac_attention_relevance_step, &last,
                                    job, error);
  if (row == NULL)
    return NULL;
  take_away_start (last, row);

  SacMap *map = sac_attention_run_map (self, last, row, N_ ("relevance"));

  sac_attention_run_add_notes (self, last, map);
  if (last->prefix_tokens == 0)
    sac_provenance_add_note (map->provenance, "The identity that the product "
                                              "starts from is taken away.");
  return map;
}

const SacMethod sac_method_relevance = {
  .name = "relevance",
  .label = N_ ("Attention relevance"),
  .summary = N_ ("Attention of all blocks where it raises the class score."),
  .source = "Chefer, Gur and Wolf, ICCV 2021",
  .family = SAC_METHOD_ATTENTION,
  .class_specific = true,
  .needs_gradient = true,
  .needs_attention = true,
  .has_head = true,
  .params = params,
  .make = make,
};
