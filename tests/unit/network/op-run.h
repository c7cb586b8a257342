/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Runs one op by itself, as a plan would, but without a network. */
#ifndef SAC_TESTS_OP_RUN_H
#define SAC_TESTS_OP_RUN_H

#include "op-cases.h"

#define OP_OUTPUTS_MAX 8

typedef struct OpRun OpRun;

/* Makes the inputs (the same seed makes the same ones) and infers.
 * Returns: a new run, or NULL with what infer said. */
OpRun *op_run_new (const OpCase *op_case, guint32 seed, GError **error);
void op_run_free (OpRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpRun, op_run_free)

const SacOp *op_run_get_op (const OpRun *run);
size_t op_run_get_input_count (const OpRun *run);
size_t op_run_get_output_count (const OpRun *run);

/* Scratch memory of one forward call. */
size_t op_run_get_workspace_bytes (const OpRun *run);

/* Borrowed; NULL for an input left out.  The test may change the elements of an
 * input that is not constant between two runs. */
SacTensor *op_run_get_input (OpRun *run, size_t index);
/* Borrowed; valid after op_run_forward. */
SacTensor *op_run_get_output (OpRun *run, size_t index);

/* Runs forward over outputs and a workspace filled with NaN.
 * Returns: what the kernel reported through sac_call_fault, or NULL. */
const char *op_run_forward (OpRun *run);

/* Whether input `index` has a gradient by the op's own word. */
bool op_run_has_gradient (const OpRun *run, size_t index);

/* Calls gradient after op_run_forward, handing over only what the op says it
 * needs.  output_gradients: one per output, NULL for zero.  input_gradients:
 * one per input, NULL where not wanted; added to. */
void op_run_gradient (OpRun *run,
                      SacTensor *const *output_gradients,
                      SacTensor *const *input_gradients);

/* infer must refuse the case with this code and a message with this part. */
void op_run_assert_refused (const OpCase *op_case, int code, const char *part);

/* Output 0 of a run with seed 0 must have this shape and these elements, up to
 * tolerance times the largest; NaN equals NaN, infinities themselves. */
void op_run_assert_output (const OpCase *op_case,
                           const SacShape *shape,
                           const float *expected,
                           double tolerance);

#endif
