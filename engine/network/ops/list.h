/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The list behind the op table, sorted by name: OP (relu) stands for the const
 * SacOp sac_op_relu.  Included by ops.c, more than once. */
OP (conv)
OP (conv_transpose)
