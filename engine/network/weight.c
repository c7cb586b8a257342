/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/weight.h"

#include "network/escape.h"
#include "network/network.h"
#include "network/onnx-form.h"

/* What is converted at once: it stays in the nearest cache. */
#define BLOCK_BYTES ((size_t)16 << 10)

typedef struct {
  SacContent *content;
  size_t offset;
  const SacOnnxForm *form;
  size_t kept_size; /* of an element in memory */
  char *name;
} Place;

static void
free_place (void *data)
{
  Place *place = data;

  sac_content_unref (place->content);
  g_free (place->name);
  g_free (place);
}

static bool
convert (const Place *place,
         size_t first,
         size_t count,
         char *elements,
         GError **error)
{
  uint8_t block[BLOCK_BYTES];
  size_t size = place->form->size;
  size_t step = BLOCK_BYTES / size;

  for (size_t i = 0; i < count; i += step) {
    size_t now = MIN (step, count - i);

    if (!sac_content_read (place->content, place->offset + (first + i) * size,
                           now * size, block, error))
      return false;
    place->form->unpack (block, now, elements + i * place->kept_size);
  }
  return true;
}

static bool
read_elements (const Place *place,
               int64_t first,
               int64_t count,
               void *elements,
               GError **error)
{
  if (!place->form->same)
    return convert (place, first, count, elements, error);
  return sac_content_read (place->content,
                           place->offset + (size_t)first * place->form->size,
                           (size_t)count * place->form->size, elements, error);
}

static bool
bring (
  void *owner, int64_t first, int64_t count, void *elements, GError **error)
{
  const Place *place = owner;

  if (read_elements (place, first, count, elements, error))
    return true;

  g_autofree char *path =
    sac_network_escape (sac_content_get_path (place->content));
  g_autofree char *name = sac_escape_short (place->name);

  g_prefix_error (error, "%s: tensor \"%s\": the file ", path, name);
  return false;
}

static const SacTensorSource source = {bring, free_place};

SacTensor *
sac_weight_new (SacContent *content,
                size_t offset,
                SacType type,
                const SacShape *shape,
                const char *name,
                GError **error)
{
  const SacOnnxForm *form = sac_onnx_find_form (type);
  size_t count = sac_shape_size (shape);
  Place place = {
    .content = content,
    .offset = offset,
    .form = form,
    .kept_size = sac_kind_get_size (sac_type_get_kind (type)),
  };

  if (sac_type_is_float (type) && count * form->size >= SAC_WEIGHT_REST_BYTES) {
    Place *kept = g_memdup2 (&place, sizeof place);

    sac_content_ref (content);
    kept->name = g_strdup (name);
    return sac_tensor_new_resting (type, shape, &source, kept);
  }

  g_autoptr (SacTensor) tensor = sac_tensor_new (type, shape, error);

  if (tensor == NULL || !read_elements (&place, 0, count, tensor->data, error))
    return NULL;
  return g_steal_pointer (&tensor);
}
