/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/wire.h"

#include "base/error.h"

#include <inttypes.h>
#include <string.h>

#define VARINT_BYTES 10

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

SacWire
sac_wire_new (const void *data, size_t size)
{
  const uint8_t *start = data;

  return (SacWire){.file = start, .at = start, .end = start + size};
}

static bool
fail (GError **error, size_t offset, const char *what)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "byte %zu: %s", offset,
               sac_sentence (what));
  return false;
}

static size_t
get_offset (const SacWire *wire)
{
  return wire->at - wire->file;
}

static bool
take_varint (SacWire *wire, uint64_t *ret_value, GError **error)
{
  size_t offset = get_offset (wire);
  uint64_t value = 0;

  for (int i = 0; i < VARINT_BYTES && wire->at < wire->end; i++) {
    uint8_t byte = *wire->at++;

    if (i == VARINT_BYTES - 1 && byte > 1)
      break;
    value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *ret_value = value;
      return true;
    }
  }
  return fail (error, offset,
               wire->at < wire->end ? "a number of more than 64 bits"
                                    : "the data end inside a number");
}

static bool
take_fixed (SacWire *wire, size_t size, uint64_t *ret_value, GError **error)
{
  if (sac_wire_size (wire) < size)
    return fail (error, get_offset (wire), "the data end inside a number");
  *ret_value = 0;
  memcpy (ret_value, wire->at, size);
  wire->at += size;
  return true;
}

static bool
take_bytes (SacWire *wire, SacWire *ret_bytes, GError **error)
{
  size_t offset = get_offset (wire);
  uint64_t size;

  if (!take_varint (wire, &size, error))
    return false;
  if (size > sac_wire_size (wire)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "byte %zu: a part of %" PRIu64 " bytes, where %zu are left",
                 offset, size, sac_wire_size (wire));
    return false;
  }
  *ret_bytes = (SacWire){wire->file, wire->at, wire->at + size};
  wire->at += size;
  return true;
}

static bool
take_value (SacWire *wire,
            SacWireKind kind,
            uint64_t *ret_value,
            GError **error)
{
  if (kind == SAC_WIRE_VARINT)
    return take_varint (wire, ret_value, error);
  return take_fixed (wire, kind == SAC_WIRE_FIXED32 ? 4 : 8, ret_value, error);
}

bool
sac_wire_next (SacWire *wire, SacField *ret_field, GError **error)
{
  SacField field = {.offset = get_offset (wire)};
  uint64_t tag;

  if (!take_varint (wire, &tag, error))
    return false;
  if (tag > G_MAXUINT32 || tag >> 3 == 0)
    return fail (error, field.offset, "a field number that cannot be");
  field.number = tag >> 3;
  field.kind = tag & 7;

  bool taken = false;

  switch (field.kind) {
  case SAC_WIRE_VARINT:
  case SAC_WIRE_FIXED64:
  case SAC_WIRE_FIXED32:
    taken = take_value (wire, field.kind, &field.value, error);
    break;
  case SAC_WIRE_BYTES:
    taken = take_bytes (wire, &field.bytes, error);
    break;
  default:
    return fail (error, field.offset, "a wire type that ONNX does not use");
  }
  *ret_field = field;
  return taken;
}

bool
sac_wire_count (SacWire wire,
                uint32_t number,
                size_t *ret_count,
                GError **error)
{
  size_t count = 0;

  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    count += field.number == number;
  }
  *ret_count = count;
  return true;
}

bool
sac_field_is (const SacField *field,
              SacWireKind kind,
              const char *what,
              GError **error)
{
  if (field->kind == kind)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "byte %zu: %s has the wrong wire type", field->offset, what);
  return false;
}

/* Each varint has one byte without the top bit, its last. */
static size_t
count_varints (const SacWire *wire)
{
  size_t count = 0;

  for (const uint8_t *at = wire->at; at < wire->end; at++)
    count += *at < 0x80;
  return count;
}

bool
sac_field_count_values (const SacField *field,
                        SacWireKind kind,
                        size_t *ret_count,
                        GError **error)
{
  size_t size = sac_wire_size (&field->bytes);
  size_t each = kind == SAC_WIRE_FIXED32 ? 4 : 8;

  if (field->kind != SAC_WIRE_BYTES) {
    *ret_count = 1;
    return sac_field_is (field, kind, "a list", error);
  }
  if (kind == SAC_WIRE_VARINT) {
    *ret_count = count_varints (&field->bytes);
    return true;
  }
  if (size % each != 0)
    return fail (error, field->offset, "a list that ends inside a number");
  *ret_count = size / each;
  return true;
}

bool
sac_field_next_value (SacField *field,
                      SacWireKind kind,
                      uint64_t *ret_value,
                      GError **error)
{
  if (field->kind == SAC_WIRE_BYTES)
    return take_value (&field->bytes, kind, ret_value, error);
  *ret_value = field->value;
  return true;
}
