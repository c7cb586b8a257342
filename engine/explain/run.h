/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One request on its way: the shapes bound, the score found, and the one pass
 * over the network that gives a method its values and gradients. */
#ifndef SAC_EXPLAIN_RUN_H
#define SAC_EXPLAIN_RUN_H

#include "explain/flow.h"
#include "explain/method.h"
#include "explain/score.h"

typedef struct {
  const SacExplainRequest *request;
  SacNetwork *network;
  const SacGraph *graph;
  const SacManifest *manifest;
  SacShape *shapes; /* of the inputs */
  SacPlan *plan;    /* forward to the score; knows all shapes */
  SacFlow *flow;    /* of all inputs */
  SacScore score;
  int64_t samples, classes; /* of the score: elements of each sample */
  SacResult *result;        /* of the last pass */
  /* Of the score, after a pass with gradients. */
  bool has_score;
  int64_t class_index; /* -1: a weighted sum */
  int64_t element;     /* flat */
  double logit;        /* of the class; NaN: there is none */
  double probability;  /* NaN: not known */
  double value;        /* of the score itself */
  double pass_value;   /* the same of the last pass, with altered inputs */
  bool has_gradients;  /* a pass gave some to the caller */
  bool has_slope;      /* one of them was not 0 */
} SacExplainRun;

/* The request must outlive the run.  Errors: MISMATCH (inputs, output, batch,
 * class), those of planning. */
SacExplainRun *sac_explain_run_new (const SacExplainRequest *request,
                                    SacJob *job,
                                    GError **error);
void sac_explain_run_free (SacExplainRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacExplainRun, sac_explain_run_free)

/* What a pass is to give.  The first that has the score chooses the class,
 * which then stays. */
typedef struct {
  const int *values; /* captured; with gradients also differentiated to */
  size_t count;
  bool gradients;
  bool gradient_sums;             /* see SacPlanRequest */
  bool score;                     /* wanted also without gradients */
  const SacTensor *const *inputs; /* altered ones, of the same shapes: what is
                                     noted of the score stays as it is;
                                     NULL: the request's */
  const SacPlanReduction *reductions; /* those with gradients in such a pass */
  size_t reduction_count;
} SacExplainPass;

/* Errors: those of plan and run. */
bool sac_explain_run_pass (SacExplainRun *run,
                           const SacExplainPass *pass,
                           SacJob *job,
                           GError **error);

/* Borrowed, valid until the next pass. */
const SacTensor *sac_explain_run_value (const SacExplainRun *run, int value);
const SacTensor *sac_explain_run_gradient (const SacExplainRun *run, int value);
const SacTensor *sac_explain_run_reduction (const SacExplainRun *run,
                                            size_t index);

/* The score of one sample's row of numbers, for the class that was chosen.
 * numbers: `classes` of them. */
double sac_explain_run_score (const SacExplainRun *run, const float *numbers);

/* False where the output is more than scores of classes, one row a sample: a
 * segmentation, whose numbers have places. */
bool sac_explain_run_is_row (const SacExplainRun *run);

/* "NAME" made safe to show.  Returns: a new string. */
char *sac_explain_run_name (const SacExplainRun *run, int value);

#endif
