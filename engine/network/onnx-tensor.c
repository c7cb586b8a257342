/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* TensorProto: every form that ONNX keeps elements in. */
#include "base/error.h"
#include "network/escape.h"
#include "network/onnx-form.h"
#include "network/onnx.h"
#include "network/weight.h"

#include <inttypes.h>
#include <string.h>

/* Field numbers of onnx.proto besides those of onnx-form.h. */
enum {
  TENSOR_DIMS = 1,
  TENSOR_TYPE = 2,
  TENSOR_SEGMENT = 3,
  TENSOR_NAME = 8,
  TENSOR_RAW = 9,
  TENSOR_EXTERNAL = 13,
  TENSOR_LOCATION = 14,
};

/* One message, read but not yet believed. */
typedef struct {
  const char *name;
  SacType type;
  SacShape shape;
  uint32_t list; /* field number of the typed list, 0: none */
  size_t list_count;
  size_t list_parts;  /* fields that the list is spread over */
  SacWire list_bytes; /* of the last one */
  bool has_raw;
  SacWire raw;
  bool is_external;
  const char *location;
  uint64_t offset;
  bool has_length;
  uint64_t length;
} Parts;

static bool G_GNUC_PRINTF (4, 5)
  fail (const Parts *parts, int code, GError **error, const char *format, ...)
{
  g_autofree char *name = sac_escape_short (parts->name);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, code, "tensor \"%s\": %s", name, message);
  return false;
}

static bool
read_dims (SacField *field, Parts *parts, GError **error)
{
  size_t count;

  if (!sac_field_count_values (field, SAC_WIRE_VARINT, &count, error))
    return false;
  if (count > (size_t)(SAC_LIMIT_RANK - parts->shape.rank))
    return fail (parts, SAC_ERROR_UNSUPPORTED, error,
                 "it has more than %d dimensions", SAC_LIMIT_RANK);
  for (size_t i = 0; i < count; i++) {
    uint64_t size;

    if (!sac_field_next_value (field, SAC_WIRE_VARINT, &size, error))
      return false;
    parts->shape.dims[parts->shape.rank++] = (int64_t)size;
  }
  return true;
}

static bool
parse_size (const Parts *parts,
            const char *key,
            const char *text,
            uint64_t *ret_size,
            GError **error)
{
  guint64 size;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &size, NULL))
    return fail (parts, SAC_ERROR_DAMAGED, error,
                 "the %s of its external data is not a size", key);
  *ret_size = size;
  return true;
}

static bool
read_external (SacOnnxReader *reader,
               const SacField *field,
               Parts *parts,
               GError **error)
{
  const char *key, *value;

  if (!sac_field_is (field, SAC_WIRE_BYTES, "external data", error) ||
      !sac_onnx_read_pair (reader, field->bytes, &key, &value, error))
    return false;
  if (strcmp (key, "location") == 0)
    parts->location = value;
  if (strcmp (key, "offset") == 0)
    return parse_size (parts, key, value, &parts->offset, error);
  parts->has_length = parts->has_length || strcmp (key, "length") == 0;
  if (strcmp (key, "length") == 0)
    return parse_size (parts, key, value, &parts->length, error);
  return true;
}

static bool
note_list (const SacField *field, Parts *parts, GError **error)
{
  size_t count;

  if (parts->list != 0 && parts->list != field->number)
    return fail (parts, SAC_ERROR_DAMAGED, error,
                 "its elements are given in two ways");
  if (!sac_field_count_values (field, sac_onnx_list_wire (field->number),
                               &count, error))
    return false;
  parts->list = field->number;
  parts->list_count += count;
  parts->list_parts++;
  parts->list_bytes = field->bytes;
  return true;
}

static bool
read_field (SacOnnxReader *reader,
            SacField *field,
            Parts *parts,
            GError **error)
{
  switch (field->number) {
  case TENSOR_DIMS:
    return read_dims (field, parts, error);
  case TENSOR_TYPE:
    parts->type = MIN (field->value, G_MAXINT16);
    return sac_field_is (field, SAC_WIRE_VARINT, "a tensor's type", error);
  case TENSOR_NAME:
    return sac_onnx_read_name (reader, field, "a tensor's name", &parts->name,
                               error);
  case TENSOR_RAW:
    if (parts->has_raw)
      return fail (parts, SAC_ERROR_DAMAGED, error, "it has two raw data");
    parts->has_raw = true;
    parts->raw = field->bytes;
    return sac_field_is (field, SAC_WIRE_BYTES, "raw data", error);
  case TENSOR_EXTERNAL:
    return read_external (reader, field, parts, error);
  case TENSOR_LOCATION:
    parts->is_external = field->value != 0;
    return sac_field_is (field, SAC_WIRE_VARINT, "a data location", error);
  case TENSOR_SEGMENT:
    return fail (parts, SAC_ERROR_UNSUPPORTED, error,
                 "tensors in segments are not supported");
  default:
    return !sac_onnx_is_list (field->number) || note_list (field, parts, error);
  }
}

/* The name first, so that every message has it. */
static bool
read_parts (SacOnnxReader *reader, SacWire wire, Parts *parts, GError **error)
{
  SacField field;

  for (SacWire at = wire; sac_wire_more (&at);) {
    if (!sac_wire_next (&at, &field, error))
      return false;
    if (field.number == TENSOR_NAME &&
        !read_field (reader, &field, parts, error))
      return false;
  }
  while (sac_wire_more (&wire)) {
    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number != TENSOR_NAME &&
        !read_field (reader, &field, parts, error))
      return false;
  }
  return true;
}

/* Everything that can be wrong with the type, the sizes and the way the
 * elements are given, before anything is allocated for them. */
static bool
check_parts (const Parts *parts, size_t *ret_count, GError **error)
{
  const SacOnnxForm *form = sac_onnx_find_form (parts->type);
  int64_t count;

  if (form == NULL)
    return fail (parts, SAC_ERROR_UNSUPPORTED, error,
                 "elements of type %s are not supported",
                 sac_type_get_name (parts->type));
  if (!sac_shape_count (&parts->shape, &count))
    return fail (parts, SAC_ERROR_DAMAGED, error, "its sizes cannot be");

  size_t kept = sac_kind_get_size (sac_type_get_kind (parts->type));

  if ((uint64_t)count > SAC_LIMIT_VALUE_BYTES / kept)
    return fail (parts, SAC_ERROR_TOO_LARGE, error,
                 "%" PRId64 " elements; the limit is %zu MiB", count,
                 SAC_LIMIT_VALUE_BYTES >> 20);
  if (parts->has_raw + (parts->list != 0) + parts->is_external > 1)
    return fail (parts, SAC_ERROR_DAMAGED, error,
                 "its elements are given in two ways");
  if (parts->list != 0 && parts->list != form->list)
    return fail (parts, SAC_ERROR_DAMAGED, error,
                 "its elements are in a list of another type");
  if (!parts->has_raw && !parts->is_external &&
      parts->list_count != (size_t)count)
    return fail (parts, SAC_ERROR_DAMAGED, error,
                 "it has %zu elements, its sizes say %" PRId64,
                 parts->list_count, count);
  *ret_count = count;
  return true;
}

/* Whether those bytes were left in the file. */
static bool
is_left_out (const SacOnnxReader *reader, const SacWire *bytes)
{
  return reader->skeleton != NULL && bytes->at < bytes->end &&
         sac_skeleton_lacks (reader->skeleton, bytes->at - bytes->file);
}

/* Elements of one field of a list that were left in the file: they lie there
 * as they are kept. */
static bool
read_left_out (const SacOnnxReader *reader,
               const SacWire *bytes,
               char *elements,
               GError **error)
{
  return sac_content_read (sac_skeleton_get_content (reader->skeleton),
                           bytes->at - bytes->file, sac_wire_size (bytes),
                           elements, error);
}

static SacTensor *
new_from_list (const SacOnnxReader *reader,
               SacWire wire,
               const Parts *parts,
               GError **error)
{
  const SacOnnxForm *form = sac_onnx_find_form (parts->type);
  g_autoptr (SacTensor) tensor =
    sac_tensor_new (parts->type, &parts->shape, error);

  if (tensor == NULL)
    return NULL;

  char *at = tensor->data;

  while (sac_wire_more (&wire)) {
    SacField field;
    size_t count;

    if (!sac_wire_next (&wire, &field, error))
      return NULL;
    if (field.number != parts->list)
      continue;
    if (!sac_field_count_values (&field, form->wire, &count, error))
      return NULL;
    if (field.kind == SAC_WIRE_BYTES && is_left_out (reader, &field.bytes)) {
      if (!read_left_out (reader, &field.bytes, at, error))
        return NULL;
      at += sac_wire_size (&field.bytes);
      continue;
    }
    for (; count > 0; count--) {
      uint64_t value;

      if (!sac_field_next_value (&field, form->wire, &value, error))
        return NULL;
      form->unpack ((const uint8_t *)&value, 1, at);
      at += sac_kind_get_size (sac_tensor_get_kind (tensor));
    }
  }
  return g_steal_pointer (&tensor);
}

static SacTensor *
new_from_content (SacContent *content,
                  size_t offset,
                  const Parts *parts,
                  GError **error)
{
  SacTensor *tensor = sac_weight_new (content, offset, parts->type,
                                      &parts->shape, parts->name, error);

  if (tensor == NULL) {
    g_autofree char *name = sac_escape_short (parts->name);

    g_prefix_error (error, "tensor \"%s\": ", name);
  }
  return tensor;
}

/* A view where the elements lie in memory as we keep them and stay there; else
 * a converted copy. */
static SacTensor *
new_from_raw (const SacOnnxReader *reader,
              const Parts *parts,
              size_t count,
              GError **error)
{
  const SacOnnxForm *form = sac_onnx_find_form (parts->type);
  const uint8_t *raw = parts->raw.at;

  if (is_left_out (reader, &parts->raw))
    return new_from_content (sac_skeleton_get_content (reader->skeleton),
                             raw - parts->raw.file, parts, error);
  if (reader->skeleton == NULL && form->same &&
      (uintptr_t)raw % form->size == 0)
    return sac_tensor_new_view (parts->type, &parts->shape, (void *)raw,
                                (GDestroyNotify)g_bytes_unref,
                                g_bytes_ref (reader->bytes));

  SacTensor *tensor = sac_tensor_new (parts->type, &parts->shape, error);

  if (tensor != NULL)
    form->unpack (raw, count, tensor->data);
  return tensor;
}

static SacTensor *
new_from_file (SacOnnxReader *reader,
               const Parts *parts,
               size_t count,
               GError **error)
{
  size_t wanted = count * sac_onnx_find_form (parts->type)->size;
  SacContent *content =
    sac_external_get (reader->external, parts->location, error);

  if (content == NULL) {
    g_autofree char *name = sac_escape_short (parts->name);

    g_prefix_error (error, "tensor \"%s\": ", name);
    return NULL;
  }

  size_t size = sac_content_get_size (content);

  if ((parts->has_length && parts->length != wanted) || wanted > size ||
      parts->offset > size - wanted) {
    fail (parts, SAC_ERROR_DAMAGED, error,
          "%zu bytes at %" PRIu64 " are not what its external data hold",
          wanted, parts->offset);
    return NULL;
  }
  return new_from_content (content, parts->offset, parts, error);
}

static SacTensor *
new_tensor (SacOnnxReader *reader,
            SacWire wire,
            const Parts *parts,
            GError **error)
{
  size_t count = 0;

  if (!check_parts (parts, &count, error))
    return NULL;
  if (parts->is_external)
    return new_from_file (reader, parts, count, error);
  if (!parts->has_raw && parts->list_parts == 1 &&
      is_left_out (reader, &parts->list_bytes))
    return new_from_content (sac_skeleton_get_content (reader->skeleton),
                             parts->list_bytes.at - parts->list_bytes.file,
                             parts, error);
  if (!parts->has_raw)
    return new_from_list (reader, wire, parts, error);

  size_t wanted = count * sac_onnx_find_form (parts->type)->size;

  if (sac_wire_size (&parts->raw) != wanted) {
    fail (parts, SAC_ERROR_DAMAGED, error,
          "it has %zu bytes of data, its sizes say %zu",
          sac_wire_size (&parts->raw), wanted);
    return NULL;
  }
  return new_from_raw (reader, parts, count, error);
}

SacTensor *
sac_onnx_read_tensor (SacOnnxReader *reader,
                      SacWire wire,
                      bool may_be_external,
                      const char **ret_name,
                      GError **error)
{
  Parts parts = {.name = ""};

  if (!read_parts (reader, wire, &parts, error))
    return NULL;
  if (parts.is_external && (!may_be_external || reader->external == NULL)) {
    fail (&parts, SAC_ERROR_UNSUPPORTED, error, "external data is not read %s",
          may_be_external ? "without a folder" : "for an attribute");
    return NULL;
  }
  if (parts.is_external && parts.location == NULL) {
    fail (&parts, SAC_ERROR_DAMAGED, error,
          "its external data have no location");
    return NULL;
  }

  SacTensor *tensor = new_tensor (reader, wire, &parts, error);

  if (tensor == NULL)
    return NULL;
  if (ret_name != NULL)
    *ret_name = parts.name;
  return sac_store_take_tensor (reader->store, tensor);
}
