/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/store.h"

#include <string.h>

#define BLOCK_BYTES ((size_t)64 << 10)
#define ALIGNMENT 16

struct SacStore {
  GPtrArray *blocks;
  GPtrArray *tensors;
  char *at; /* free part of the newest shared block */
  size_t left;
};

SacStore *
sac_store_new (void)
{
  SacStore *store = g_new0 (SacStore, 1);

  store->blocks = g_ptr_array_new_with_free_func (g_free);
  store->tensors =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  return store;
}

void
sac_store_free (SacStore *store)
{
  if (store == NULL)
    return;
  g_ptr_array_unref (store->tensors);
  g_ptr_array_unref (store->blocks);
  g_free (store);
}

static void *
add_block (SacStore *store, size_t size)
{
  void *block = g_malloc0 (size);

  g_ptr_array_add (store->blocks, block);
  return block;
}

void *
sac_store_alloc (SacStore *store, size_t size)
{
  size_t rounded = (MAX (size, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

  /* A large one gets its own block, so that little of a shared one is lost. */
  if (rounded > BLOCK_BYTES / 8)
    return add_block (store, rounded);
  if (rounded > store->left) {
    store->at = add_block (store, BLOCK_BYTES);
    store->left = BLOCK_BYTES;
  }

  void *place = store->at;

  store->at += rounded;
  store->left -= rounded;
  return place;
}

char *
sac_store_text (SacStore *store, const void *text, size_t size)
{
  char *copy = sac_store_alloc (store, size + 1);

  if (size > 0)
    memcpy (copy, text, size);
  return copy;
}

SacTensor *
sac_store_take_tensor (SacStore *store, SacTensor *tensor)
{
  g_ptr_array_add (store->tensors, tensor);
  return tensor;
}
