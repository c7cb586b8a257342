/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ValueInfoProto: name, type and shape of a value. */
#include "base/error.h"
#include "network/escape.h"
#include "network/onnx.h"

#include <inttypes.h>

/* Field numbers of onnx.proto. */
enum {
  VALUE_NAME = 1,
  VALUE_TYPE = 2,
  TYPE_TENSOR = 1,
  TYPE_SEQUENCE = 4,
  TYPE_MAP = 5,
  TYPE_SPARSE = 8,
  TYPE_OPTIONAL = 9,
  TENSOR_ELEMENT = 1,
  TENSOR_SHAPE = 2,
  SHAPE_DIMENSION = 1,
  DIMENSION_VALUE = 1,
};

/* ret_size: -1 for a symbol, for nothing, and for the -1 of old exporters. */
static bool
read_dimension (SacWire wire, int64_t *ret_size, GError **error)
{
  *ret_size = -1;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number != DIMENSION_VALUE)
      continue;
    if (!sac_field_is (&field, SAC_WIRE_VARINT, "a size", error))
      return false;
    *ret_size = (int64_t)field.value;
    if (*ret_size < -1) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                   "byte %zu: a size of %" PRId64, field.offset, *ret_size);
      return false;
    }
  }
  return true;
}

static bool
read_shape (SacWire wire, SacShape *ret_shape, GError **error)
{
  *ret_shape = (SacShape){0};
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (field.number != SHAPE_DIMENSION)
      continue;
    if (!sac_field_is (&field, SAC_WIRE_BYTES, "a size", error))
      return false;
    if (ret_shape->rank == SAC_LIMIT_RANK) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                   "byte %zu: a shape of more than %d sizes", field.offset,
                   SAC_LIMIT_RANK);
      return false;
    }
    if (!read_dimension (field.bytes, &ret_shape->dims[ret_shape->rank], error))
      return false;
    ret_shape->rank++;
  }
  return true;
}

static bool
read_tensor_type (SacWire wire, SacOnnxValue *value, GError **error)
{
  value->has_type = true;
  while (sac_wire_more (&wire)) {
    SacField field;
    bool good = sac_wire_next (&wire, &field, error);

    if (good && field.number == TENSOR_ELEMENT) {
      good = sac_field_is (&field, SAC_WIRE_VARINT, "an element type", error);
      value->type = MIN (field.value, G_MAXINT16);
    } else if (good && field.number == TENSOR_SHAPE) {
      good = sac_field_is (&field, SAC_WIRE_BYTES, "a shape", error) &&
             read_shape (field.bytes, &value->shape, error);
      value->has_shape = true;
    }
    if (!good)
      return false;
  }
  return true;
}

/* Types nest without end in a file made to; only a tensor's is looked into. */
static bool
read_type (SacWire wire, SacOnnxValue *value, GError **error)
{
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    switch (field.number) {
    case TYPE_TENSOR:
      if (!sac_field_is (&field, SAC_WIRE_BYTES, "a type", error) ||
          !read_tensor_type (field.bytes, value, error))
        return false;
      break;
    case TYPE_SEQUENCE:
    case TYPE_MAP:
    case TYPE_SPARSE:
    case TYPE_OPTIONAL:
      g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                   "byte %zu: a sequence, map, sparse or optional value; only "
                   "tensors are supported",
                   field.offset);
      return false;
    default:
      break;
    }
  }
  return true;
}

bool
sac_onnx_read_value (SacOnnxReader *reader,
                     SacWire wire,
                     SacOnnxValue *ret_value,
                     GError **error)
{
  *ret_value = (SacOnnxValue){.name = ""};
  while (sac_wire_more (&wire)) {
    SacField field;
    bool good = sac_wire_next (&wire, &field, error);

    if (good && field.number == VALUE_NAME)
      good = sac_onnx_read_name (reader, &field, "a value's name",
                                 &ret_value->name, error);
    else if (good && field.number == VALUE_TYPE)
      good = sac_field_is (&field, SAC_WIRE_BYTES, "a type", error) &&
             read_type (field.bytes, ret_value, error);
    if (!good)
      return false;
  }
  return true;
}
