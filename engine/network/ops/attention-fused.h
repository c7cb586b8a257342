/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention as one op that never holds all probabilities: what a rewriting
 * hands over to say which attention it is.  No file can name the op.
 *
 *   S = Q K', changed by the steps in their order
 *   A = softmax (S) over the keys, rounded and guarded
 *   context = A V
 *
 * Inputs 0, 1, 2 are Q, K and V, then come operands of steps, then probes.
 * Output 0 is the context, then come reductions that need A alone.  A probe is
 * an input without elements and without influence, of the shape of a reduction:
 * what the gradient step leaves as its gradient is the reduction of A and dA.
 */
#ifndef SAC_NETWORK_OPS_ATTENTION_FUSED_H
#define SAC_NETWORK_OPS_ATTENTION_FUSED_H

#include "network/attention-reduction.h"
#include "network/op.h"

/* Axes of a tensor that are walked in C order as one. */
typedef struct {
  int rank;
  int64_t sizes[SAC_LIMIT_RANK];
  int64_t strides[SAC_LIMIT_RANK]; /* elements; 0: repeated */
} SacAttentionAxes;

/* A matrix for each of the attention's batch (samples, windows, heads). */
typedef struct {
  SacAttentionAxes batch, rows, columns;
  int64_t offset; /* of the first element */
} SacAttentionView;

typedef enum {
  SAC_SCORE_MULTIPLY, /* S = S number */
  SAC_SCORE_DIVIDE,   /* S = S / number */
  SAC_SCORE_SCALE,    /* S = S operand; a constant one: it has no gradient */
  SAC_SCORE_ADD,      /* S = S + operand */
  SAC_SCORE_SELECT,   /* S = number where the operand is `where` */
} SacScoreKind;

typedef struct {
  SacScoreKind kind;
  float number;
  bool where;
  int input;             /* the operand */
  SacAttentionView view; /* of the operand: queries x keys */
} SacScoreStep;

typedef struct {
  SacReduceUse use;
  SacReduceHeads heads;
  int head;
  int64_t outer, head_count, inner; /* together the batch, in this order */
  int64_t query;
} SacAttentionReduction;

#define SAC_ATTENTION_STEPS 16
#define SAC_ATTENTION_REDUCTIONS 16

typedef struct {
  int64_t batch, queries, keys;
  int64_t depth;            /* of a query */
  int64_t width;            /* of a value */
  SacAttentionView query;   /* queries x depth */
  SacAttentionView key;     /* depth x keys */
  SacAttentionView value;   /* keys x width */
  SacAttentionView context; /* queries x width */
  SacShape context_shape;
  SacType type; /* of the context */
  /* Queries, keys and values are one tensor and never meet in it. */
  bool apart;
  int step_count;
  SacScoreStep steps[SAC_ATTENTION_STEPS];
  SacType rounding; /* FLOAT16, BFLOAT16, or UNKNOWN for none */
  bool guarded;     /* rows of NaN become `guard`, and have no gradient */
  float guard;
  /* Those of A alone first: output 1 + i; then those that need gradients:
     input probe_start + i. */
  int output_reductions, probe_reductions;
  int probe_start;
  SacAttentionReduction reductions[SAC_ATTENTION_REDUCTIONS];
} SacFusedAttention;

extern const SacOp sac_op_fused_attention;

/* The attribute that carries one; it must live as long as the node. */
SacAttribute sac_fused_attention_attribute (const SacFusedAttention *attention);

SacShape sac_attention_reduction_shape (const SacFusedAttention *attention,
                                        const SacAttentionReduction *reduction);

#endif
