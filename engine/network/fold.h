/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Asking an op about a node, and evaluating nodes whose inputs are known before
 * the run.  Used while a network is loaded and again for each plan. */
#ifndef SAC_NETWORK_FOLD_H
#define SAC_NETWORK_FOLD_H

#include "network/op.h"

/* Calls the op's infer.  inputs: one per input of the node, NULL where left
 * out; outputs: one place per output.  Either way `ret_infer` has to be cleared
 * afterwards. */
bool sac_fold_infer (const SacNode *node,
                     const SacValueInfo *const *inputs,
                     SacValueInfo *outputs,
                     SacInfer *ret_infer,
                     GError **error);
void sac_fold_clear (SacInfer *infer);

/* infer->cost, or what stands in for it. */
double sac_fold_cost (const SacInfer *infer);

/* How much may still be computed ahead. */
typedef struct {
  size_t bytes;
  double cost; /* multiply-adds */
} SacFoldBudget;

/* Evaluates a node that was asked, all of whose inputs are known or, for an op
 * that is shape_only, have their shape.  ret_outputs: a new tensor for each
 * output that the node names.
 * Returns: false, and nothing else happened, when the budget is too small or
 * the elements do not permit it: the node is then left to the run. */
bool sac_fold_evaluate (SacInfer *infer,
                        SacFoldBudget *budget,
                        SacTensor **ret_outputs);

#endif
