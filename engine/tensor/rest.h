/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tensors at rest: elements that are brought when somebody needs them.
 *
 * The large weights of a network stay in its file until a run, a fold or a
 * packer asks for them, and can be given back afterwards: a model is open in
 * the time that its structure takes, and no weight is in memory twice.  Such a
 * tensor's data are NULL unless it is held.  Everything here may be called for
 * ordinary tensors as well, and from any thread. */
#ifndef SAC_TENSOR_REST_H
#define SAC_TENSOR_REST_H

#include "tensor/tensor.h"

#include <stdbool.h>

/* Where the elements come from.  bring puts `count` of them, from the `first`
 * one on, into `elements`; it may be called by several threads at once. */
typedef struct {
  bool (*bring) (
    void *owner, int64_t first, int64_t count, void *elements, GError **error);
  GDestroyNotify free_owner;
} SacTensorSource;

/* source: static.  owner: kept, and freed with the tensor. */
SacTensor *sac_tensor_new_resting (SacType type,
                                   const SacShape *shape,
                                   const SacTensorSource *source,
                                   void *owner);

/* The same elements under another type of the same kind, or another shape; at
 * rest when `tensor` is. */
SacTensor *
sac_tensor_new_alias (SacTensor *tensor, SacType type, const SacShape *shape);

/* tensor->data are there from now on, until the matching drop.  The pool helps
 * with large ones.  Errors: those of the source, TOO_LARGE. */
bool sac_tensor_hold (const SacTensor *tensor, GError **error);
void sac_tensor_drop (const SacTensor *tensor);

/* Gives the elements back, unless somebody holds them: they can be brought
 * again.  Without this they stay for the next who asks. */
void sac_tensor_rest (const SacTensor *tensor);

/* A copy of some elements that keeps nothing: for those who rearrange a weight
 * piece by piece. */
bool sac_tensor_read (const SacTensor *tensor,
                      int64_t first,
                      int64_t count,
                      void *elements,
                      GError **error);

#endif
