/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Packed weights of a network: each packing is made once, when a run first
 * needs it, and shared by all plans and threads.  It stands in huge pages where
 * there are any, and is freed with the network; the weights it was made from go
 * back to rest. */
#ifndef SAC_NETWORK_PACKS_H
#define SAC_NETWORK_PACKS_H

#include "compute/conv.h"
#include "tensor/tensor.h"

typedef struct SacPacks SacPacks;
typedef struct SacPack SacPack;

/* Weights [filters][channels of a group][height][width], and what becomes of
 * them.  Of the shape only channels, filters, kernel and groups count: those of
 * the convolution that reads the packing, whose weights may be some of the taps
 * only, and reversed. */
typedef struct {
  SacTensor *weights;
  SacConvAlgorithm algorithm;
  SacConvShape shape;
  bool reversed;
  size_t first_y, first_x; /* of the taps that are taken */
  size_t step_y, step_x;
  /* Or all parts of a strided gradient as filters of one convolution, part
     after part: strides (0: not so), its first offset, the forward padding. */
  size_t join_y, join_x;
  ptrdiff_t low_y, low_x;
  ptrdiff_t pad_y, pad_x;
  const float *scale;  /* a factor for each of the weights' filters, or NULL */
  bool scales_columns; /* or for each of the columns of a matrix */
  /* Or the sums of each `sums` neighbouring rows of the matrix that `whole` has
     packed; 0: not so.  The shape is then that of the sums. */
  size_t sums;
  SacPack *whole;
} SacPackSpec;

SacPacks *sac_packs_new (void);
void sac_packs_free (SacPacks *packs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPacks, sac_packs_free)

/* Nothing is packed yet.  Copies the spec.  Returns: borrowed; lives as long as
 * packs. */
SacPack *sac_packs_find (SacPacks *packs, const SacPackSpec *spec);

/* Packs on the pool at the first call.  job: may be NULL.  Errors: those of
 * bringing the weights, TOO_LARGE (no memory), CANCELLED; nothing is packed
 * then, and a later call begins anew. */
bool sac_pack_make (SacPack *pack, const SacJob *job, GError **error);

/* After it has been made. */
const float *sac_pack_get (const SacPack *pack);

/* Memory of all that were made. */
size_t sac_packs_get_bytes (SacPacks *packs);

#endif
