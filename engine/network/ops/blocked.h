/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops on blocked images (compute/conv-shape.h), which a rewriting puts in the
 * place of a file's own.  No file can name them.
 *
 * An image of a network's own has shape [images, channels, height, width]; its
 * blocked twin is a value of its own, of shape [channels / 16, images, height,
 * width, 16].  Each op here takes either form of an input, known by its rank,
 * and has two outputs: 0 plain, 1 blocked; the one that nobody reads is left
 * out.  A gradient may come to both. */
#ifndef SAC_NETWORK_OPS_BLOCKED_H
#define SAC_NETWORK_OPS_BLOCKED_H

#include "compute/rows.h"
#include "network/op.h"

typedef struct {
  size_t images, channels, height, width;
} SacBlockedSize;

static inline size_t
sac_blocked_pixels (const SacBlockedSize *size)
{
  return size->images * size->height * size->width;
}

/* Floats of the blocked form. */
static inline size_t
sac_blocked_count (const SacBlockedSize *size)
{
  return sac_blocks (size->channels) * sac_blocked_pixels (size) * SAC_BLOCK;
}

/* Rows of 16 floats. */
static inline size_t
sac_blocked_rows (const SacBlockedSize *size)
{
  return sac_blocks (size->channels) * sac_blocked_pixels (size);
}

static inline bool
sac_blocked_is (const SacShape *shape)
{
  return shape->rank == 5;
}

SacShape sac_blocked_shape (const SacBlockedSize *size);
SacShape sac_blocked_plain_shape (const SacBlockedSize *size);
bool sac_blocked_same (const SacBlockedSize *a, const SacBlockedSize *b);

/* shape: plain, of rank 4 and without a size that is 0. */
SacBlockedSize sac_blocked_size_of (const SacShape *shape);

/* The attribute that carries what an op has to know; it must live as long as
 * the node.  get: the params of the op that is asked. */
SacAttribute sac_blocked_attribute (const void *params, size_t size);
const void *sac_blocked_get (const SacInfer *infer);

/* Fails unless input i is there in one of its two forms. */
bool sac_blocked_check_input (const SacInfer *infer,
                              size_t input,
                              const SacBlockedSize *size,
                              GError **error);

/* Fills both outputs.  Returns in ret_extra the floats of workspace that are
 * needed to make the blocked form where only the plain one is read. */
bool sac_blocked_infer_outputs (SacInfer *infer,
                                const SacBlockedSize *size,
                                size_t *ret_extra,
                                GError **error);

/* Floats of workspace that input i takes when it has to be converted. */
size_t sac_blocked_input_floats (const SacInfer *infer,
                                 size_t input,
                                 const SacBlockedSize *size);

/* The blocked form of an input: its own, or in the workspace, which moves on.
 */
const float *sac_blocked_read (const SacTensor *input,
                               const SacBlockedSize *size,
                               float **workspace);

/* Where to make the blocked form of the outputs, and what then fills the plain
 * one if it is wanted. */
float *sac_blocked_begin (const SacCall *call, float **workspace);
void sac_blocked_finish (const SacCall *call,
                         const SacBlockedSize *size,
                         const float *y);

/* dY of both outputs, summed: one of them or in the workspace, which moves on
 * by one blocked form then. */
const float *sac_blocked_collect (const SacGradientCall *call,
                                  const SacBlockedSize *size,
                                  float **workspace);

/* What the gradient to an input, which is wanted, is added to; NULL: nothing.
 * It may be dX itself. */
const float *sac_blocked_base (const SacGradientCall *call, size_t input);

/* Where to put the gradient to an input, which is wanted: dX itself where the
 * op sets it and it is blocked, and then with *ret_base (or NULL) added; else
 * the fallback, with nothing added. */
float *sac_blocked_target (const SacGradientCall *call,
                           size_t input,
                           float *fallback,
                           const float **ret_base);

/* Gives dX, in either form, its own part, unless it is there already or nobody
 * wants it. */
void sac_blocked_give (const SacGradientCall *call,
                       size_t input,
                       const SacBlockedSize *size,
                       const float *from);

void sac_blocked_from_plain (float *to,
                             const float *from,
                             const SacBlockedSize *size);

/* The tail of the last block of channels becomes zero again. */
void sac_blocked_clear_tail (float *y, const SacBlockedSize *size);

/* Calls func with parts of [0, rows) on the pool. */
typedef void (*SacBlockedFunc) (size_t first, size_t count, void *data);
void sac_blocked_run (size_t rows, SacBlockedFunc func, void *data);

#endif
