/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What infer functions share: memory of a step, errors that name the node,
 * attributes, and the common checks. */
#include "base/error.h"
#include "network/escape.h"
#include "network/op.h"

#include <string.h>

/* For sac_sentence, below. */
#define N_(text) text

void *
sac_infer_alloc (SacInfer *infer, size_t size)
{
  void *block = g_malloc0 (MAX (size, 1));

  g_assert (infer->owned != NULL);
  g_ptr_array_add (infer->owned, block);
  return block;
}

bool
sac_infer_fail (
  const SacInfer *infer, int code, GError **error, const char *format, ...)
{
  g_autofree char *label = sac_escape_node (infer->node, infer->opset);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message =
    g_strdup_vprintf (sac_sentence (format), arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, code, "%s: %s", label, message);
  return false;
}

const SacAttribute *
sac_infer_attribute (const SacInfer *infer, const char *name)
{
  return sac_node_attribute (infer->node, name);
}

/* ret_attribute: NULL when absent. */
static bool
find_attribute (const SacInfer *infer,
                const char *name,
                SacAttributeKind kind,
                const SacAttribute **ret_attribute,
                GError **error)
{
  static const char *const kind_names[] = {
    [SAC_ATTRIBUTE_INT] = N_ ("an integer"),
    [SAC_ATTRIBUTE_FLOAT] = N_ ("a float"),
    [SAC_ATTRIBUTE_STRING] = N_ ("a string"),
    [SAC_ATTRIBUTE_TENSOR] = N_ ("a tensor"),
    [SAC_ATTRIBUTE_INTS] = N_ ("a list of integers"),
    [SAC_ATTRIBUTE_FLOATS] = N_ ("a list of floats"),
    [SAC_ATTRIBUTE_STRINGS] = N_ ("a list of strings"),
    [SAC_ATTRIBUTE_OTHER] = N_ ("of another kind"),
  };
  const SacAttribute *attribute = sac_infer_attribute (infer, name);

  *ret_attribute = attribute;
  if (attribute != NULL && attribute->kind != kind)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "attribute %s is %s, not %s", name,
                           sac_sentence (kind_names[attribute->kind]),
                           sac_sentence (kind_names[kind]));
  return true;
}

bool
sac_infer_int (const SacInfer *infer,
               const char *name,
               int64_t fallback,
               int64_t *ret_value,
               GError **error)
{
  const SacAttribute *attribute;

  if (!find_attribute (infer, name, SAC_ATTRIBUTE_INT, &attribute, error))
    return false;
  *ret_value = attribute != NULL ? attribute->i : fallback;
  return true;
}

bool
sac_infer_float (const SacInfer *infer,
                 const char *name,
                 float fallback,
                 float *ret_value,
                 GError **error)
{
  const SacAttribute *attribute;

  if (!find_attribute (infer, name, SAC_ATTRIBUTE_FLOAT, &attribute, error))
    return false;
  *ret_value = attribute != NULL ? attribute->f : fallback;
  return true;
}

bool
sac_infer_ints (const SacInfer *infer,
                const char *name,
                const int64_t **ret_values,
                size_t *ret_count,
                GError **error)
{
  const SacAttribute *attribute;

  if (!find_attribute (infer, name, SAC_ATTRIBUTE_INTS, &attribute, error))
    return false;
  *ret_values = attribute != NULL ? attribute->ints : NULL;
  *ret_count = attribute != NULL ? attribute->count : 0;
  return true;
}

bool
sac_infer_floats (const SacInfer *infer,
                  const char *name,
                  const float **ret_values,
                  size_t *ret_count,
                  GError **error)
{
  const SacAttribute *attribute;

  if (!find_attribute (infer, name, SAC_ATTRIBUTE_FLOATS, &attribute, error))
    return false;
  *ret_values = attribute != NULL ? attribute->floats : NULL;
  *ret_count = attribute != NULL ? attribute->count : 0;
  return true;
}

bool
sac_infer_string (const SacInfer *infer,
                  const char *name,
                  const char *fallback,
                  const char **ret_value,
                  GError **error)
{
  const SacAttribute *attribute;

  if (!find_attribute (infer, name, SAC_ATTRIBUTE_STRING, &attribute, error))
    return false;
  *ret_value = attribute != NULL ? attribute->s : fallback;
  return true;
}

bool
sac_infer_constant_ints (const SacInfer *infer,
                         size_t input,
                         const int64_t **ret_values,
                         size_t *ret_count,
                         GError **error)
{
  if (!sac_infer_has (infer, input))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "input %zu is left out", input);

  const SacValueInfo *info = infer->inputs[input];

  if (info->type != SAC_TYPE_INT64 && info->type != SAC_TYPE_INT32)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "input %zu is %s, not int64 or int32", input,
                           sac_type_get_name (info->type));
  if (info->shape.rank > 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "input %zu has rank %d, not 0 or 1", input,
                           info->shape.rank);
  if (info->constant == NULL)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "input %zu depends on the image data; it has to be "
                           "known before the run",
                           input);
  *ret_values = sac_tensor_i64 (info->constant);
  *ret_count = sac_shape_size (&info->shape);
  return true;
}

bool
sac_infer_need_float (const SacInfer *infer, size_t input, GError **error)
{
  if (!sac_infer_has (infer, input))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "input %zu is left out", input);

  SacType type = infer->inputs[input]->type;

  if (!sac_type_is_float (type))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "input %zu is %s, not a floating type", input,
                           sac_type_get_name (type));
  return true;
}

bool
sac_infer_same_types (const SacInfer *infer, GError **error)
{
  const SacValueInfo *first = NULL;

  for (size_t i = 0; i < infer->input_count; i++) {
    const SacValueInfo *info = infer->inputs[i];

    if (info == NULL)
      continue;
    if (first != NULL && info->type != first->type)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "its inputs differ in type: %s and %s",
                             sac_type_get_name (first->type),
                             sac_type_get_name (info->type));
    first = first != NULL ? first : info;
  }
  return true;
}

bool
sac_infer_output (SacInfer *infer,
                  size_t output,
                  SacType type,
                  const SacShape *shape,
                  GError **error)
{
  size_t element = sac_kind_get_size (sac_type_get_kind (type));
  int64_t count;

  g_assert (output < infer->output_count);
  if (element == 0)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "output %zu of type %s is not supported", output,
                           sac_type_get_name (type));
  if (shape->rank > SAC_LIMIT_RANK)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "output %zu has rank %d; the limit is %d", output,
                           shape->rank, SAC_LIMIT_RANK);
  if (!sac_shape_count (shape, &count) ||
      (uint64_t)count > SAC_LIMIT_VALUE_BYTES / element) {
    g_autofree char *text = sac_shape_to_string (shape);

    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "output %zu would be %s of %s; the limit for one "
                           "value is %zu MiB",
                           output, text, sac_type_get_name (type),
                           SAC_LIMIT_VALUE_BYTES >> 20);
  }
  infer->outputs[output].type = type;
  infer->outputs[output].shape = *shape;
  return true;
}
