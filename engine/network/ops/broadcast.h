/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Walking over the elements of several tensors that are broadcast to one shape
 * (NumPy's rule), and its reverse, adding up what flows back to each.
 *
 * The walk goes over runs: neighbouring elements of the result for which every
 * operand either moves with it or stands still. */
#ifndef SAC_NETWORK_OPS_BROADCAST_H
#define SAC_NETWORK_OPS_BROADCAST_H

#include "network/op.h"

#define SAC_BROADCAST_OPERANDS 3

/* Longest run where a caller keeps a run's elements on the stack. */
#define SAC_BROADCAST_RUN 512

typedef struct {
  SacShape shape; /* of the result, axes merged where the operands allow it */
  int64_t count;
  int operand_count;
  int64_t strides[SAC_BROADCAST_OPERANDS][SAC_LIMIT_RANK]; /* 0: stands still */
} SacBroadcast;

typedef struct {
  int64_t at;    /* first element, in the result */
  int64_t count; /* elements */
  int64_t offsets[SAC_BROADCAST_OPERANDS];
  int steps[SAC_BROADCAST_OPERANDS]; /* 1 or 0 */
} SacBroadcastRun;

typedef void (*SacBroadcastFunc) (const SacBroadcastRun *run, void *data);

/* shape: what all operands broadcast to. */
void sac_broadcast_init (SacBroadcast *broadcast,
                         const SacShape *shape,
                         const SacShape *const *operands,
                         int operand_count);

/* Elements [from, to) of the result, in order, in runs of at most `longest`.
 */
void sac_broadcast_walk (const SacBroadcast *broadcast,
                         int64_t from,
                         int64_t to,
                         int64_t longest,
                         SacBroadcastFunc func,
                         void *data);

/* The elements of an operand for a run of at most SAC_BROADCAST_RUN: in place
 * when the operand moves, else repeated in `buffer`.  tensor: float32 or
 * float64, or NULL, which gives NULL. */
const void *sac_broadcast_elements (const SacBroadcastRun *run,
                                    int operand,
                                    const SacTensor *tensor,
                                    void *buffer);

/* Fills `terms` (of the gradient's type) with what each element of the run
 * sends back to the operand. */
typedef void (*SacBroadcastTerms) (const SacBroadcastRun *run,
                                   void *terms,
                                   void *data);

/* Bytes of workspace that sac_broadcast_gradient needs for an operand. */
size_t sac_broadcast_workspace (const SacShape *result,
                                const SacShape *operand);

/* Adds the terms to the operand's gradient.  Sums over repeated elements are
 * kept in double, in C order. */
void sac_broadcast_gradient (const SacBroadcast *broadcast,
                             int operand,
                             SacBroadcastTerms terms,
                             void *data,
                             void *workspace,
                             SacTensor *gradient);

/* Broadcasts the shapes of all inputs, none of which may be left out. */
bool sac_broadcast_shapes (const SacInfer *infer,
                           SacShape *ret_shape,
                           GError **error);

/* The same, and checks that all inputs have one type. */
bool sac_broadcast_infer (const SacInfer *infer,
                          SacShape *ret_shape,
                          GError **error);

#endif
