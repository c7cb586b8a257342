/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Memory that lives as long as a network: many small blocks, freed together. */
#ifndef SAC_NETWORK_STORE_H
#define SAC_NETWORK_STORE_H

#include "tensor/tensor.h"

typedef struct SacStore SacStore;

SacStore *sac_store_new (void);
void sac_store_free (SacStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacStore, sac_store_free)

/* Zero-filled, aligned for any type. */
void *sac_store_alloc (SacStore *store, size_t size);
#define sac_store_array(store, type, count)                                    \
  ((type *)sac_store_alloc (store, sizeof (type) * (count)))

/* A copy with a NUL behind it. */
char *sac_store_text (SacStore *store, const void *text, size_t size);

/* Keeps the reference that is passed.  Returns: tensor. */
SacTensor *sac_store_take_tensor (SacStore *store, SacTensor *tensor);

#endif
