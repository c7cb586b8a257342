/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* AttributeProto. */
#include "base/error.h"
#include "base/limits.h"
#include "network/escape.h"
#include "network/onnx.h"

#include <string.h>

/* Field numbers of onnx.proto. */
enum {
  ATTRIBUTE_NAME = 1,
  ATTRIBUTE_FLOAT = 2,
  ATTRIBUTE_INT = 3,
  ATTRIBUTE_STRING = 4,
  ATTRIBUTE_TENSOR = 5,
  ATTRIBUTE_GRAPH = 6,
  ATTRIBUTE_FLOATS = 7,
  ATTRIBUTE_INTS = 8,
  ATTRIBUTE_STRINGS = 9,
  ATTRIBUTE_TENSORS = 10,
  ATTRIBUTE_GRAPHS = 11,
  ATTRIBUTE_TYPE_PROTO = 14,
  ATTRIBUTE_TYPE_PROTOS = 15,
  ATTRIBUTE_KIND = 20,
  ATTRIBUTE_REFERENCE = 21,
  ATTRIBUTE_SPARSE = 22,
  ATTRIBUTE_SPARSES = 23,
};

/* AttributeProto.type: its numbers are our field numbers in another order. */
static const struct {
  uint32_t field;
  SacAttributeKind kind;
} kinds[] = {
  [1] = {ATTRIBUTE_FLOAT, SAC_ATTRIBUTE_FLOAT},
  [2] = {ATTRIBUTE_INT, SAC_ATTRIBUTE_INT},
  [3] = {ATTRIBUTE_STRING, SAC_ATTRIBUTE_STRING},
  [4] = {ATTRIBUTE_TENSOR, SAC_ATTRIBUTE_TENSOR},
  [5] = {ATTRIBUTE_GRAPH, SAC_ATTRIBUTE_OTHER},
  [6] = {ATTRIBUTE_FLOATS, SAC_ATTRIBUTE_FLOATS},
  [7] = {ATTRIBUTE_INTS, SAC_ATTRIBUTE_INTS},
  [8] = {ATTRIBUTE_STRINGS, SAC_ATTRIBUTE_STRINGS},
  [9] = {ATTRIBUTE_TENSORS, SAC_ATTRIBUTE_OTHER},
  [10] = {ATTRIBUTE_GRAPHS, SAC_ATTRIBUTE_OTHER},
  [11] = {ATTRIBUTE_SPARSE, SAC_ATTRIBUTE_OTHER},
  [12] = {ATTRIBUTE_SPARSES, SAC_ATTRIBUTE_OTHER},
  [13] = {ATTRIBUTE_TYPE_PROTO, SAC_ATTRIBUTE_OTHER},
  [14] = {ATTRIBUTE_TYPE_PROTOS, SAC_ATTRIBUTE_OTHER},
};

static bool
fail (GError **error, size_t offset, const char *name, const char *what)
{
  g_autofree char *shown = sac_escape_short (name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "byte %zu: attribute \"%s\" %s", offset, shown,
               sac_sentence (what));
  return false;
}

/* Counts the values of all fields of that number, each packed or not, and
 * unless `ret_values` is NULL stores them: int64 for VARINT, float for FIXED32.
 */
static bool
walk_values (SacWire wire,
             uint32_t number,
             SacWireKind kind,
             void *ret_values,
             size_t *ret_count,
             GError **error)
{
  size_t size = kind == SAC_WIRE_VARINT ? sizeof (int64_t) : sizeof (float);
  char *at = ret_values;

  *ret_count = 0;
  while (sac_wire_more (&wire)) {
    SacField field;
    size_t count;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number != number)
      continue;
    if (!sac_field_count_values (&field, kind, &count, error))
      return false;
    *ret_count += count;
    for (; at != NULL && count > 0; count--, at += size) {
      uint64_t value;

      if (!sac_field_next_value (&field, kind, &value, error))
        return false;
      memcpy (at, &value, size);
    }
  }
  return true;
}

static void *
read_values (SacOnnxReader *reader,
             SacWire wire,
             uint32_t number,
             SacWireKind kind,
             size_t *ret_count,
             GError **error)
{
  if (!walk_values (wire, number, kind, NULL, ret_count, error))
    return NULL;

  void *values = sac_onnx_reserve (reader, *ret_count, sizeof (int64_t), error);

  if (values == NULL ||
      !walk_values (wire, number, kind, values, ret_count, error))
    return NULL;
  return values;
}

static bool
read_strings (SacOnnxReader *reader,
              SacWire wire,
              SacAttribute *attribute,
              GError **error)
{
  const char **strings =
    sac_onnx_reserve_fields (reader, wire, ATTRIBUTE_STRINGS, sizeof (char *),
                             SAC_LIMIT_VALUE_COUNT, error);

  if (strings == NULL)
    return false;
  attribute->strings = strings;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number == ATTRIBUTE_STRINGS &&
        !sac_onnx_read_name (reader, &field, "a string",
                             &strings[attribute->count++], error))
      return false;
  }
  return true;
}

static bool
read_single (SacOnnxReader *reader,
             const SacField *field,
             SacOnnxAttribute *attribute,
             GError **error)
{
  SacAttribute *inner = &attribute->attribute;
  uint32_t bits = field->value;

  switch (field->number) {
  case ATTRIBUTE_FLOAT:
    memcpy (&inner->f, &bits, sizeof inner->f);
    return sac_field_is (field, SAC_WIRE_FIXED32, "a float", error);
  case ATTRIBUTE_INT:
    inner->i = (int64_t)field->value;
    return sac_field_is (field, SAC_WIRE_VARINT, "an integer", error);
  case ATTRIBUTE_STRING:
    inner->s_size = sac_wire_size (&field->bytes);
    return sac_onnx_read_name (reader, field, "a string", &inner->s, error);
  case ATTRIBUTE_TENSOR:
    if (inner->tensor != NULL)
      return fail (error, field->offset, inner->name, "has two tensors");
    if (!sac_field_is (field, SAC_WIRE_BYTES, "a tensor", error))
      return false;
    inner->tensor =
      sac_onnx_read_tensor (reader, field->bytes, false, NULL, error);
    return inner->tensor != NULL;
  case ATTRIBUTE_GRAPH:
    if (attribute->has_graph)
      return fail (error, field->offset, inner->name, "has two graphs");
    attribute->has_graph = true;
    attribute->graph = field->bytes;
    return sac_field_is (field, SAC_WIRE_BYTES, "a graph", error);
  default:
    return true;
  }
}

/* Reads the fields of the one number that holds the value. */
static bool
read_content (SacOnnxReader *reader,
              SacWire wire,
              uint32_t number,
              SacOnnxAttribute *attribute,
              GError **error)
{
  SacAttribute *inner = &attribute->attribute;

  if (number == ATTRIBUTE_INTS)
    return (inner->ints = read_values (reader, wire, number, SAC_WIRE_VARINT,
                                       &inner->count, error)) != NULL;
  if (number == ATTRIBUTE_FLOATS)
    return (inner->floats = read_values (reader, wire, number, SAC_WIRE_FIXED32,
                                         &inner->count, error)) != NULL;
  if (number == ATTRIBUTE_STRINGS)
    return read_strings (reader, wire, inner, error);
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number == number &&
        !read_single (reader, &field, attribute, error))
      return false;
  }
  return true;
}

/* Name, reference and kind; the value's own field is read afterwards.
 * ret_type: as stated, else what the only value there is tells, else 0. */
static bool
read_head (SacOnnxReader *reader,
           SacWire wire,
           SacOnnxAttribute *attribute,
           uint64_t *ret_type,
           GError **error)
{
  uint64_t stated = 0, found = 0;

  while (sac_wire_more (&wire)) {
    SacField field;
    bool good = sac_wire_next (&wire, &field, error);

    if (good && field.number == ATTRIBUTE_NAME)
      good = sac_onnx_read_name (reader, &field, "an attribute's name",
                                 &attribute->attribute.name, error);
    else if (good && field.number == ATTRIBUTE_REFERENCE)
      good = sac_onnx_read_name (reader, &field, "an attribute's reference",
                                 &attribute->reference, error);
    else if (good && field.number == ATTRIBUTE_KIND)
      good = sac_field_is (&field, SAC_WIRE_VARINT, "a type", error);
    if (!good)
      return false;
    if (field.number == ATTRIBUTE_KIND)
      stated = field.value;
    for (size_t i = 1; i < G_N_ELEMENTS (kinds); i++) {
      if (kinds[i].field == field.number)
        found = i;
    }
  }
  *ret_type = stated != 0 ? stated : found;
  return true;
}

bool
sac_onnx_read_attribute (SacOnnxReader *reader,
                         SacWire wire,
                         SacOnnxAttribute *ret_attribute,
                         GError **error)
{
  SacAttribute *inner = &ret_attribute->attribute;
  size_t offset = wire.at - wire.file;
  uint64_t type;

  *ret_attribute = (SacOnnxAttribute){.attribute = {.name = "", .s = ""}};
  if (!read_head (reader, wire, ret_attribute, &type, error))
    return false;
  if (*inner->name == '\0')
    return fail (error, offset, "", "has no name");
  if (ret_attribute->reference != NULL)
    return true;
  if (type == 0 || type >= G_N_ELEMENTS (kinds))
    return fail (error, offset, inner->name, "is of no known kind");
  inner->kind = kinds[type].kind;
  if (!read_content (reader, wire, kinds[type].field, ret_attribute, error))
    return false;
  if (inner->kind == SAC_ATTRIBUTE_TENSOR && inner->tensor == NULL)
    return fail (error, offset, inner->name, "is a tensor, but none is there");
  return true;
}
