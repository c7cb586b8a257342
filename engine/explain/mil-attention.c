/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The weights of attention that pools a bag of instances.  Where each class has
 * a branch of its own (CLAM), the class's branch is the one that its score has
 * gradients to. */
#include "base/error.h"
#include "base/json.h"
#include "explain/list.h"
#include "explain/mil-math.h"
#include "explain/mil-run.h"
#include "explain/params.h"
#include "explain/provenance.h"
#include "map/correlation.h"
#include "network/escape.h"

#include <string.h>

typedef enum { SHOW_PROBABILITY, SHOW_TIMES_N, SHOW_RAW, SHOW_PERCENTILE } Show;

static const char *const show_names[] = {"probability", "times-n", "raw",
                                         "percentile", NULL};
static const char *const show_labels[] =
  {N_ ("Probability"), N_ ("Times the mean: 1 where all are alike"),
   N_ ("Raw, before softmax"),
   N_ ("Rank among the instances, as CLAM shows it"), NULL};

static const SacMethodParam params[] = {
  {.name = "show",
   .label = N_ ("How attention is shown"),
   .fallback = "probability",
   .kind = SAC_PARAM_CHOICE,
   .choices = show_names,
   .choice_labels = show_labels},
  {.name = "branch",
   .label = N_ ("Branch of the attention; -1: that of the class"),
   .fallback = "-1",
   .kind = SAC_PARAM_WHOLE,
   .min = -1,
   .max = G_MAXINT},
  {NULL},
};

static const char *const units[] = {
  [SHOW_PROBABILITY] = N_ ("probability"),
  [SHOW_TIMES_N] = N_ ("times the mean"),
  [SHOW_RAW] = N_ ("raw attention"),
  [SHOW_PERCENTILE] = N_ ("percentile"),
};

typedef struct {
  SacAttentionRun *run;
  const SacAttention *attention;
  int raw;    /* the value before softmax */
  int branch; /* -1: the class's */
  Show show;
} Choice;

static bool
needs_raw (const Choice *self)
{
  return self->show == SHOW_RAW || self->show == SHOW_PERCENTILE;
}

static bool
find_raw (Choice *self, GError **error)
{
  const SacFlow *flow = self->run->run->flow;
  const SacNode *node = sac_flow_producer (flow, self->attention->value);

  if (node != NULL && sac_node_is (node, "Softmax")) {
    self->raw = node->inputs[0];
    return true;
  }
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "no Softmax makes this attention, so there are no raw "
                       "weights: use show=probability");
  return false;
}

/* One pass; with the class's gradients where it decides on the branch. */
static bool
run_pass (Choice *self, SacJob *job, GError **error)
{
  int values[2] = {self->attention->value, self->raw};
  SacExplainPass pass = {
    .values = values,
    .count = needs_raw (self) ? 2 : 1,
    .gradients = self->branch < 0 && self->attention->heads > 1,
  };

  return sac_explain_run_pass (self->run->run, &pass, job, error);
}

/* Exactly one branch must lead to the class. */
static bool
choose_branch (Choice *self, GError **error)
{
  const SacTensor *gradients =
    sac_explain_run_gradient (self->run->run, self->attention->value);
  int used = 0;

  if (self->branch >= 0)
    return true;
  self->branch = 0;
  for (int i = 0; self->attention->heads > 1 && i < self->attention->heads;
       i++) {
    g_autoptr (SacAttentionMatrix) slopes =
      sac_mil_run_branch (self->run, gradients, i, error);

    if (slopes == NULL)
      return false;
    if (sac_mil_is_used (slopes->weights, slopes->keys)) {
      self->branch = i;
      used++;
    }
  }
  if (self->attention->heads == 1 || used == 1)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "the class uses %d of the %d branches of this attention: choose "
               "one with branch, from 0 to %d",
               used, self->attention->heads, self->attention->heads - 1);
  return false;
}

/* Equal instances share the mean of their ranks. */
static void
rank (const float *weights, int64_t count, double *ret_values)
{
  sac_ranks (weights, count, ret_values);
  for (int64_t i = 0; i < count; i++)
    ret_values[i] *= 100.0 / count;
}

static SacMap *
make_map (Choice *self, GError **error)
{
  SacExplainRun *run = self->run->run;
  g_autoptr (SacAttentionMatrix) weights = NULL;
  g_autoptr (SacAttentionMatrix) shown = NULL;

  weights =
    sac_mil_run_branch (self->run,
                        sac_explain_run_value (run, self->attention->value),
                        self->branch, error);
  if (weights == NULL)
    return NULL;
  if (needs_raw (self)) {
    shown =
      sac_mil_run_branch (self->run, sac_explain_run_value (run, self->raw),
                          self->branch, error);
    if (shown == NULL)
      return NULL;
  }

  const float *source = shown != NULL ? shown->weights : weights->weights;
  double factor = self->show == SHOW_TIMES_N ? weights->keys : 1;
  g_autofree double *values = g_new (double, weights->keys);

  for (int64_t i = 0; i < weights->keys; i++)
    values[i] = factor * source[i];
  if (self->show == SHOW_PERCENTILE)
    rank (source, weights->keys, values);

  SacMap *map =
    sac_attention_run_map (self->run, weights, values, units[self->show]);

  /* A branch that belongs to a class says something of that class alone. */
  map->class_specific = run->has_score;
  json_object_set_int_member (map->provenance, "branch", self->branch);
  sac_json_set_number (map->provenance, "effective_instances",
                       sac_mil_effective_count (weights->weights,
                                                weights->keys));
  if (run->has_score)
    sac_provenance_add_note (map->provenance,
                             N_ ("The attention of the class's own branch."));
  return map;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacAttentionRun) run = sac_mil_run_new (request, job, error);

  if (run == NULL)
    return NULL;

  Choice self = {.run = run,
                 .attention = sac_mil_run_get (run),
                 .branch = (int)sac_param_get_whole (request, &params[1]),
                 .show = (Show)sac_param_get_choice (request, &params[0])};

  if ((needs_raw (&self) && !find_raw (&self, error)) ||
      !run_pass (&self, job, error) || !choose_branch (&self, error))
    return NULL;
  return make_map (&self, error);
}

const SacMethod sac_method_mil_attention = {
  .name = "mil-attention",
  .label = N_ ("Instance attention"),
  .summary = N_ ("How much each instance of a bag weighs in what the network "
                 "decides from."),
  .source = "Ilse, Tomczak and Welling, ICML 2018; Lu et al., 2021",
  .family = SAC_METHOD_ATTENTION,
  .needs_attention = true,
  .needs_pooling = true,
  .has_layer = true,
  .params = params,
  .make = make,
};
