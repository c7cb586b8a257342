/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where elements go when a graph only moves them: rolled, padded, cut into
 * windows. */
#ifndef SAC_EXPLAIN_LAYOUT_TRACE_H
#define SAC_EXPLAIN_LAYOUT_TRACE_H

#include "explain/flow.h"

/* One step up: to what `value` was made from by moving elements, or by changing
 * them where they are (a norm).  Returns: -1 when its producer does more. */
int sac_layout_trace_step (const SacFlow *flow, int value);

/* Computes `to` from `elements`, float32 of the shape of `from`, with the
 * network's own ops, where only steps up as above lie between.  What the ops
 * put in themselves (padding) comes out as they put it: 0. Errors: UNSUPPORTED.
 * Returns: a new tensor. */
SacTensor *sac_layout_trace (
  const SacFlow *flow, int from, int to, SacTensor *elements, GError **error);

/* Runs one node as a plan would.  outputs: new tensors, also after an error
 * some of them; NULL to start with.  Errors: those of the op, UNSUPPORTED. */
bool sac_layout_trace_node (const SacFlow *flow,
                            const SacNode *node,
                            const SacTensor *const *inputs,
                            SacTensor **outputs,
                            GError **error);

/* Runs a node that only moves elements on the numbers of its operands'
 * elements: those that depend on the inputs are numbered from 1, one operand
 * after the other, all others are 0.  ret_numbers: as `outputs` above.
 * Errors: UNSUPPORTED (it is not known what it moves, or there are too many).
 */
bool sac_layout_trace_numbers (const SacFlow *flow,
                               const SacNode *node,
                               SacTensor **ret_numbers,
                               GError **error);

/* How many of the numbers above come before each operand's, and how many there
 * are.  Returns: a new array of one more than the operands. */
int64_t *sac_layout_trace_starts (const SacFlow *flow, const SacNode *node);

/* The element of which operand (ret_operand) has that number; -1: none. */
int64_t sac_layout_trace_find (const int64_t *starts,
                               const SacNode *node,
                               float number,
                               size_t *ret_operand);

/* The adjoint of a node that is linear in its input 0 (pooling by means,
 * resampling): adds to `input` what `output` gives it.  Of `inputs` only types
 * and shapes count.  Errors: as above. */
bool sac_layout_trace_adjoint (const SacFlow *flow,
                               const SacNode *node,
                               const SacTensor *const *inputs,
                               const SacTensor *output,
                               SacTensor *input,
                               GError **error);

#endif
