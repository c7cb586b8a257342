/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/rest.h"

#include "base/error.h"
#include "base/pages.h"
#include "base/pool.h"

#include <string.h>

/* What one thread brings at once. */
#define PIECE_BYTES ((size_t)4 << 20)

typedef struct {
  GMutex mutex;
  guint holds;
  const SacTensorSource *source; /* NULL: an alias */
  void *owner;                   /* the source's; an alias's other tensor */
  void *elements;                /* NULL: at rest */
  size_t bytes;
} Rest;

static void
free_rest (void *data)
{
  Rest *rest = data;

  if (rest->source == NULL)
    sac_tensor_unref (rest->owner);
  else if (rest->source->free_owner != NULL)
    rest->source->free_owner (rest->owner);
  sac_pages_free (rest->elements, rest->bytes);
  g_mutex_clear (&rest->mutex);
  g_free (rest);
}

/* Returns: NULL for an ordinary tensor. */
static Rest *
get_rest (const SacTensor *tensor)
{
  return tensor->free_owner == free_rest ? tensor->owner : NULL;
}

SacTensor *
sac_tensor_new_resting (SacType type,
                        const SacShape *shape,
                        const SacTensorSource *source,
                        void *owner)
{
  Rest *rest = g_new0 (Rest, 1);
  SacTensor *tensor = sac_tensor_new_view (type, shape, NULL, free_rest, rest);

  g_mutex_init (&rest->mutex);
  rest->source = source;
  rest->owner = owner;
  rest->bytes = sac_tensor_get_bytes (tensor);
  return tensor;
}

SacTensor *
sac_tensor_new_alias (SacTensor *tensor, SacType type, const SacShape *shape)
{
  g_assert (sac_type_get_kind (type) == sac_tensor_get_kind (tensor));
  if (get_rest (tensor) != NULL)
    return sac_tensor_new_resting (type, shape, NULL, sac_tensor_ref (tensor));
  return sac_tensor_new_view (type, shape, tensor->data,
                              (GDestroyNotify)sac_tensor_unref,
                              sac_tensor_ref (tensor));
}

typedef struct {
  const Rest *rest;
  size_t element_size;
  int64_t count;
  int64_t piece; /* elements */
  char *elements;
  GMutex mutex;
  GError *error; /* the first one */
} Bringing;

static void
bring_piece (size_t index, void *data)
{
  Bringing *bringing = data;
  int64_t first = (int64_t)index * bringing->piece;
  GError *error = NULL;

  if (bringing->rest->source->bring (bringing->rest->owner, first,
                                     MIN (bringing->piece,
                                          bringing->count - first),
                                     bringing->elements +
                                       (size_t)first * bringing->element_size,
                                     &error))
    return;
  g_mutex_lock (&bringing->mutex);
  if (bringing->error == NULL)
    bringing->error = g_steal_pointer (&error);
  g_mutex_unlock (&bringing->mutex);
  g_clear_error (&error);
}

static void *
bring_all (const SacTensor *tensor, const Rest *rest, GError **error)
{
  size_t size = sac_kind_get_size (sac_tensor_get_kind (tensor));
  Bringing bringing = {
    .rest = rest,
    .element_size = size,
    .count = sac_tensor_get_count (tensor),
    .piece = PIECE_BYTES / size,
    .elements = sac_pages_new (rest->bytes),
  };

  if (bringing.elements == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory for a tensor of %zu bytes", rest->bytes);
    return NULL;
  }
  g_mutex_init (&bringing.mutex);
  sac_pool_run ((rest->bytes + PIECE_BYTES - 1) / PIECE_BYTES, bring_piece,
                &bringing);
  g_mutex_clear (&bringing.mutex);
  if (bringing.error == NULL)
    return bringing.elements;
  sac_pages_free (bringing.elements, rest->bytes);
  g_propagate_error (error, bringing.error);
  return NULL;
}

/* Returns: what the tensor's data are while it is held. */
static void *
take_elements (const SacTensor *tensor, Rest *rest, GError **error)
{
  if (rest->source == NULL) {
    const SacTensor *other = rest->owner;

    return sac_tensor_hold (other, error) ? other->data : NULL;
  }
  if (rest->elements == NULL)
    rest->elements = bring_all (tensor, rest, error);
  return rest->elements;
}

bool
sac_tensor_hold (const SacTensor *tensor, GError **error)
{
  Rest *rest = get_rest (tensor);
  bool held = true;

  if (rest == NULL)
    return true;
  g_mutex_lock (&rest->mutex);
  if (rest->holds == 0) {
    void *elements = take_elements (tensor, rest, error);

    held = elements != NULL;
    ((SacTensor *)tensor)->data = elements;
  }
  rest->holds += held;
  g_mutex_unlock (&rest->mutex);
  return held;
}

void
sac_tensor_drop (const SacTensor *tensor)
{
  Rest *rest = get_rest (tensor);

  if (rest == NULL)
    return;
  g_mutex_lock (&rest->mutex);
  g_assert (rest->holds > 0);
  rest->holds--;
  if (rest->holds == 0) {
    ((SacTensor *)tensor)->data = NULL;
    if (rest->source == NULL)
      sac_tensor_drop (rest->owner);
  }
  g_mutex_unlock (&rest->mutex);
}

void
sac_tensor_rest (const SacTensor *tensor)
{
  Rest *rest = get_rest (tensor);

  if (rest == NULL)
    return;
  g_mutex_lock (&rest->mutex);
  if (rest->holds == 0 && rest->source == NULL)
    sac_tensor_rest (rest->owner);
  if (rest->holds == 0) {
    sac_pages_free (rest->elements, rest->bytes);
    rest->elements = NULL;
  }
  g_mutex_unlock (&rest->mutex);
}

bool
sac_tensor_read (const SacTensor *tensor,
                 int64_t first,
                 int64_t count,
                 void *elements,
                 GError **error)
{
  size_t size = sac_kind_get_size (sac_tensor_get_kind (tensor));
  Rest *rest = get_rest (tensor);

  g_assert (first >= 0 && count >= 0 &&
            first + count <= sac_tensor_get_count (tensor));
  if (rest != NULL && rest->source == NULL)
    return sac_tensor_read (rest->owner, first, count, elements, error);
  if (rest != NULL)
    return rest->source->bring (rest->owner, first, count, elements, error);
  if (count > 0)
    memcpy (elements, (const char *)tensor->data + (size_t)first * size,
            (size_t)count * size);
  return true;
}
