/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the readers of all messages share, and the smallest messages. */
#include "base/error.h"
#include "base/limits.h"
#include "network/onnx.h"

#include <string.h>

static bool
read_text (SacOnnxReader *reader,
           const SacField *field,
           size_t limit,
           const char *what,
           const char **ret_text,
           GError **error)
{
  size_t size = sac_wire_size (&field->bytes);

  if (!sac_field_is (field, SAC_WIRE_BYTES, what, error))
    return false;
  if (size > limit) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "byte %zu: %s has %zu bytes; the limit is %zu", field->offset,
                 what, size, limit);
    return false;
  }
  if (size > 0 && memchr (field->bytes.at, '\0', size) != NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "byte %zu: %s contains a zero byte", field->offset, what);
    return false;
  }
  *ret_text = sac_store_text (reader->store, field->bytes.at, size);
  return true;
}

bool
sac_onnx_read_name (SacOnnxReader *reader,
                    const SacField *field,
                    const char *what,
                    const char **ret_name,
                    GError **error)
{
  return read_text (reader, field, SAC_LIMIT_NAME_BYTES, what, ret_name, error);
}

bool
sac_onnx_read_domain (SacOnnxReader *reader,
                      const SacField *field,
                      const char **ret_domain,
                      GError **error)
{
  if (!sac_onnx_read_name (reader, field, "a domain", ret_domain, error))
    return false;
  if (strcmp (*ret_domain, "ai.onnx") == 0)
    *ret_domain = "";
  return true;
}

void *
sac_onnx_reserve (SacOnnxReader *reader,
                  size_t count,
                  size_t size,
                  GError **error)
{
  size_t left = SAC_LIMIT_GRAPH_BYTES - reader->reserved_bytes;

  if (count > left / size) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "its nodes and attributes need more than %zu MiB",
                 SAC_LIMIT_GRAPH_BYTES >> 20);
    return NULL;
  }
  reader->reserved_bytes += count * size;
  return sac_store_alloc (reader->store, count * size);
}

const char *
sac_onnx_keep_text (SacOnnxReader *reader, const char *text, GError **error)
{
  size_t size = strlen (text) + 1;
  char *copy = sac_onnx_reserve (reader, size, 1, error);

  if (copy != NULL)
    memcpy (copy, text, size);
  return copy;
}

void *
sac_onnx_reserve_fields (SacOnnxReader *reader,
                         SacWire wire,
                         uint32_t number,
                         size_t size,
                         size_t limit,
                         GError **error)
{
  size_t count;

  if (!sac_wire_count (wire, number, &count, error))
    return NULL;
  if (count > limit) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "byte %zu: a list of %zu; the limit is %zu",
                 (size_t)(wire.at - wire.file), count, limit);
    return NULL;
  }
  return sac_onnx_reserve (reader, count, size, error);
}

bool
sac_onnx_read_pair (SacOnnxReader *reader,
                    SacWire wire,
                    const char **ret_key,
                    const char **ret_value,
                    GError **error)
{
  *ret_key = *ret_value = "";
  while (sac_wire_more (&wire)) {
    SacField field;
    bool good = sac_wire_next (&wire, &field, error);

    if (good && field.number == 1)
      good = sac_onnx_read_name (reader, &field, "a key", ret_key, error);
    else if (good && field.number == 2)
      good = read_text (reader, &field, SAC_LIMIT_JSON_BYTES, "a text",
                        ret_value, error);
    if (!good)
      return false;
  }
  return true;
}

bool
sac_onnx_read_opset (SacOnnxReader *reader,
                     SacWire wire,
                     SacOnnxOpset *ret_opset,
                     GError **error)
{
  *ret_opset = (SacOnnxOpset){.domain = ""};
  while (sac_wire_more (&wire)) {
    SacField field;
    bool good = sac_wire_next (&wire, &field, error);

    if (good && field.number == 1)
      good = sac_onnx_read_domain (reader, &field, &ret_opset->domain, error);
    else if (good && field.number == 2)
      good = sac_field_is (&field, SAC_WIRE_VARINT, "an opset version", error);
    if (!good)
      return false;
    if (field.number == 2)
      ret_opset->version = (int64_t)field.value;
  }
  return true;
}
