/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What flows where in a planned graph: which values depend on the inputs, and
 * through which value every path to another must pass.
 *
 * Only floating values that are not constants after planning count, so that
 * shape arithmetic, indices and folded weights are no paths. */
#ifndef SAC_EXPLAIN_FLOW_H
#define SAC_EXPLAIN_FLOW_H

#include "network/plan.h"

typedef struct SacFlow SacFlow;

/* input: the graph input whose paths are followed; -1: all of them.  The plan
 * and the network must outlive the flow. */
SacFlow *
sac_flow_new (const SacPlan *plan, const SacNetwork *network, int input);
/* Of all inputs but one. */
SacFlow *sac_flow_new_without (const SacPlan *plan,
                               const SacNetwork *network,
                               int input);
void sac_flow_free (SacFlow *flow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFlow, sac_flow_free)

const SacGraph *sac_flow_get_graph (const SacFlow *flow);

/* True when the value changes with the inputs that are followed. */
bool sac_flow_depends (const SacFlow *flow, int value);

/* The last value that every path from the inputs to `value` passes through, or
 * -1 when there is none. */
int sac_flow_dominator (const SacFlow *flow, int value);

/* The last value that dominates (or is) both; -1 when there is none. */
int sac_flow_meet (const SacFlow *flow, int a, int b);

/* True when `to` is, or is made of, `from`. */
bool sac_flow_leads (const SacFlow *flow, int from, int to);

/* NULL when the plan did not reach the value. */
const SacShape *sac_flow_shape (const SacFlow *flow, int value);

/* The elements of a value that is known while planning, else NULL. */
const SacTensor *sac_flow_constant (const SacFlow *flow, int value);

/* NULL for a graph input or a constant. */
const SacNode *sac_flow_producer (const SacFlow *flow, int value);

/* Images of several inputs may be put on one another on the axis of samples,
 * for one encoder to see.  The batch is then that of the stack. Returns: the
 * place in the stack of sample `batch` of that input; without a stack `batch`
 * itself. */
int64_t sac_flow_sample (const SacFlow *flow, size_t input, int64_t batch);
bool sac_flow_is_stacked (const SacFlow *flow);

/* Size of the batch: the first axis of the first graph input that is followed
 * and has a batch (rank above 2), else 1. */
int64_t sac_flow_batch (const SacFlow *flow);

/* Attributes and constant inputs of a node. */
bool sac_node_is (const SacNode *node, const char *op_type);
bool sac_node_is_any (const SacNode *node, const char *const *op_types);
int64_t
sac_node_int (const SacNode *node, const char *attribute, int64_t fallback);
/* Integers that are an attribute in old opsets and input `input` in new ones.
 * Returns: false when the node has neither, or the input is not constant. */
bool sac_node_ints (const SacFlow *flow,
                    const SacNode *node,
                    const char *attribute,
                    size_t input,
                    const int64_t **ret_values,
                    size_t *ret_count);

#endif
