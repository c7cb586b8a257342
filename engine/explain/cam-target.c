/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam-target.h"

#include "explain/cam-target-find.h"
#include "explain/score.h"

/* The first input and the first output. */
typedef struct {
  SacFlow *flow;
  SacFlow *others;
  SacFlow *whole;
  GArray *attention;
  SacCamSearch search;
} Search;

static void
search_init (Search *self,
             const SacPlan *plan,
             const SacNetwork *network,
             const SacManifest *manifest)
{
  const SacGraph *graph = sac_network_get_graph (network);

  self->flow = sac_flow_new (plan, network, 0);
  self->others = sac_flow_new_without (plan, network, 0);
  self->whole = sac_flow_new (plan, network, -1);
  self->attention = sac_attention_find_all (self->whole);
  self->search = (SacCamSearch){
    .flow = self->flow,
    .others = self->others,
    .attention = self->attention,
    .score = graph->output_count > 0
               ? sac_score_find (graph, graph->outputs[0]).value
               : -1,
    .manifest = manifest,
  };
}

static void
search_finish (Search *self)
{
  sac_flow_free (self->flow);
  sac_flow_free (self->others);
  sac_flow_free (self->whole);
  g_array_unref (self->attention);
}

bool
sac_cam_target_default (const SacPlan *plan,
                        const SacNetwork *network,
                        const SacManifest *manifest,
                        SacCamTarget *ret_target,
                        GError **error)
{
  Search self;

  search_init (&self, plan, network, manifest);

  bool good = sac_cam_target_search (&self.search, ret_target, error);

  search_finish (&self);
  return good;
}

bool
sac_cam_target_named (const SacPlan *plan,
                      const SacNetwork *network,
                      const SacManifest *manifest,
                      const char *name,
                      SacCamTarget *ret_target,
                      GError **error)
{
  Search self;

  search_init (&self, plan, network, manifest);

  bool good =
    sac_cam_target_search_named (&self.search, name, ret_target, error);

  search_finish (&self);
  return good;
}

GArray *
sac_cam_target_list (const SacPlan *plan,
                     const SacNetwork *network,
                     const SacManifest *manifest)
{
  Search self;

  search_init (&self, plan, network, manifest);

  GArray *all = sac_cam_target_search_all (&self.search);

  search_finish (&self);
  return all;
}
