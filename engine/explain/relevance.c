/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention weighted by its gradient and accumulated over the blocks.
 *
 * All blocks are used that lead to the last one, whatever joins their tokens
 * (attention-chain.h): pooling, merged patches, a second transformer on top of
 * the first.  Where no class token is read the rows of all other tokens are
 * averaged, and the identity that the product starts from is taken away: it
 * would add one constant to each cell. */
#include "explain/attention-chain.h"
#include "explain/attention-math.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"
#include "explain/relevance-cross.h"

static const SacMethodParam params[] = {SAC_PARAM_START_LAYER,
                                        SAC_PARAM_ROWS,
                                        {NULL}};

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) self = NULL;
  g_autoptr (SacAttentionProduct) product = NULL;
  int64_t start_layer = sac_param_get_whole (request, &params[0]);

  self = sac_attention_run_new (request, job, error);
  if (self == NULL)
    return NULL;
  self->use = SAC_ATTENTION_POSITIVE;
  if (sac_relevance_cross_applies (self))
    return sac_relevance_cross_make (self, job, error);
  if (!sac_attention_chain_find (self, start_layer, error) ||
      !sac_attention_run_pass (self, true, job, error))
    return NULL;
  product = sac_attention_chain_multiply (self, sac_attention_relevance_step,
                                          job, error);
  if (product == NULL)
    return NULL;
  for (int64_t i = 0; i < product->matrix->tokens; i++)
    product->row[i] -= product->start[i];

  SacMap *map = sac_attention_run_map (self, product->matrix, product->row,
                                       N_ ("relevance"));

  sac_attention_chain_add_notes (self, product, map);
  if (product->asking.token < 0)
    sac_provenance_add_note (map->provenance,
                             N_ ("The identity that the product starts from is "
                                 "taken away."));
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
