/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A plan: how to run a network for given input shapes and wishes.
 *
 * Planning binds the shapes, folds shape arithmetic and constants, drops what
 * nobody wants, and gives every value a lifetime and a place in one arena.
 * Values that are captured, or differentiated to, are kept whatever else
 * happens to their neighbours.  A plan is immutable; each run has its own
 * arena.  Plans hold a reference to their network, which keeps those that were
 * asked for last. */
#ifndef SAC_NETWORK_PLAN_H
#define SAC_NETWORK_PLAN_H

#include "network/attention-reduction.h"
#include "network/network.h"
#include "network/op.h"

typedef struct SacPlan SacPlan;
typedef struct SacResult SacResult;

/* plan-cache.c knows every field. */
typedef struct {
  /* One shape per graph input, in the graph's order. */
  const SacShape *input_shapes;
  /* Values by name, NULL-terminated arrays; NULL for none. */
  const char *const *outputs;  /* NULL: all outputs of the graph */
  const char *const *captures; /* any values of the graph */
  /* Gradients: of sum (target * cotangent) to each of `wrt`. */
  const char *target; /* NULL: no gradient.  Usually an output; any value */
  const char *const *wrt;
  /* What may be kept of the forward pass for the gradients, in bytes; beyond,
   * parts of it are run again, which changes no bit of a result.
   * 0: SAC_LIMIT_KEPT_BYTES. */
  size_t kept_budget;
  /* What is wanted of attention too large to be kept; those with gradients need
     a target. */
  const SacPlanReduction *reductions;
  size_t reduction_count;
  /* Of a gradient [N, C, ...] only the sums over the axes after the second are
     wanted: it may then be any that has the same.  Grad-CAM's weights are such
     sums. */
  bool gradient_sums;
  bool plain; /* each node is computed by itself; for comparison */
} SacPlanRequest;

/* Errors: MISMATCH (inputs do not fit, a named value does not exist; the
 * message lists what there is), UNSUPPORTED and DAMAGED (a node is wrong for
 * these shapes), UNDEFINED (no differentiable path from a `wrt` to the target:
 * the message says where it ends), TOO_LARGE.  Returns: a new plan. */
SacPlan *sac_plan_new (SacNetwork *network,
                       const SacPlanRequest *request,
                       SacJob *job,
                       GError **error);
/* The same, or the plan that was made for an equal request before, if it is
 * among the last ones.  From any thread. */
SacPlan *sac_plan_get (SacNetwork *network,
                       const SacPlanRequest *request,
                       SacJob *job,
                       GError **error);
/* How many of them had to be made. */
size_t sac_plan_get_made_count (SacNetwork *network);
SacPlan *sac_plan_ref (SacPlan *plan);
void sac_plan_unref (SacPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPlan, sac_plan_unref)

/* Bound type and shape of any value the plan could infer, wanted or not, by
 * index; NULL when a value was not reached. */
const SacValueInfo *sac_plan_get_info (const SacPlan *plan, int value);

/* Whether reductions can be had of the value: it is the probabilities of an
 * attention that this plan never holds as a whole. */
bool sac_plan_can_reduce (const SacPlan *plan, int value);

/* The network's graph where shapes have decided an If in it: such a node then
 * only gives another name to what its branch made.  Lives as long as the plan;
 * NULL when there is none. */
const SacGraph *sac_plan_get_decided_graph (const SacPlan *plan);

/* What others have found out that follows from the plan alone and takes long to
 * find, kept with it under a name.  Any thread.  Returns: NULL when there is
 * none; it lives as long as the plan. */
const void *sac_plan_get_finding (SacPlan *plan, const char *name);
/* Takes the finding, and frees it with the plan.  Returns: what the plan has
 * under that name, which is another's where that came first. */
const void *sac_plan_add_finding (SacPlan *plan,
                                  const char *name,
                                  void *finding,
                                  GDestroyNotify free_func);

size_t sac_plan_get_arena_bytes (const SacPlan *plan);
size_t sac_plan_get_step_count (const SacPlan *plan);

/* What gradients need of the forward pass, were nothing run again; and the
 * steps that are.  Results and captures do not count: they are kept anyway. */
size_t sac_plan_get_kept_bytes (const SacPlan *plan);
size_t sac_plan_get_repeated_count (const SacPlan *plan);

/* Checks that the inputs (one per graph input, in order) fit the network's
 * declared types and shapes, and gives their shapes.  ret_shapes has one place
 * per graph input. */
bool sac_plan_bind (SacNetwork *network,
                    const SacTensor *const *inputs,
                    SacShape *ret_shapes,
                    GError **error);

/* Fills the cotangent, which is all zero, from what the forward steps have made
 * of the target, before the reverse sweep: for a class that is not known yet,
 * or a score that is no plain sum.  Returns: false to end the run. */
typedef bool (*SacSeedFunc) (const SacTensor *target,
                             SacTensor *cotangent,
                             void *data,
                             GError **error);

/* Milliseconds: of a clock, and of all threads together. */
typedef struct {
  double wall, cpu;
} SacStepTime;

/* Without cotangent and seed the run is forward only. */
typedef struct {
  const SacTensor *const *inputs; /* one per graph input, in order */
  const SacTensor *cotangent;     /* shape of the target; or NULL */
  SacSeedFunc seed;               /* instead; or NULL */
  void *seed_data;
  SacStepTime *step_times; /* NULL, or a place for each step, to be filled */
} SacRunParams;

/* Runs the plan on the calling thread and the pool.  Errors: MISMATCH (the
 * inputs are not those planned for), cancelled, TOO_LARGE (memory).
 * Returns: a new result. */
SacResult *sac_plan_run (SacPlan *plan,
                         const SacRunParams *params,
                         SacJob *job,
                         GError **error);

void sac_result_free (SacResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacResult, sac_result_free)

/* Borrowed; they live with the result.  NULL when the name was not asked for.
 * get_value finds outputs and captures.  A gradient has the shape of its value;
 * it is all zero where nothing flows. */
const SacTensor *sac_result_get_value (const SacResult *result,
                                       const char *name);
const SacTensor *sac_result_get_gradient (const SacResult *result,
                                          const char *name);

/* Reduction `index` of the request; NULL for one that needs gradients in a run
 * without. */
const SacTensor *sac_result_get_reduction (const SacResult *result,
                                           size_t index);

/* A cotangent that is 1 at one flat, C-order element and 0 elsewhere. */
SacTensor *
sac_plan_cotangent (const SacPlan *plan, int64_t element, GError **error);

#endif
