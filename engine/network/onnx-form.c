/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/onnx-form.h"

#include <string.h>

/* Field numbers of onnx.proto. */
enum {
  TENSOR_FLOATS = 4,
  TENSOR_INT32S = 5,
  TENSOR_INT64S = 7,
  TENSOR_DOUBLES = 10,
  TENSOR_UINT64S = 11,
};

/* Elements as they lie in a file, at any alignment, into those we keep. */
#define DEFINE_UNPACK(name, from, to, convert)                                 \
  static void name (const uint8_t *raw, size_t count, void *elements)          \
  {                                                                            \
    to *out = elements;                                                        \
                                                                               \
    for (size_t i = 0; i < count; i++) {                                       \
      from value;                                                              \
                                                                               \
      memcpy (&value, raw + i * sizeof value, sizeof value);                   \
      out[i] = convert (value);                                                \
    }                                                                          \
  }

#define TO_BOOL(value) ((value) != 0)
DEFINE_UNPACK (unpack_float, float, float, )
DEFINE_UNPACK (unpack_half, uint16_t, float, sac_half_to_float)
DEFINE_UNPACK (unpack_bfloat, uint16_t, float, sac_bfloat_to_float)
DEFINE_UNPACK (unpack_double, double, double, )
DEFINE_UNPACK (unpack_int8, int8_t, int64_t, )
DEFINE_UNPACK (unpack_uint8, uint8_t, int64_t, )
DEFINE_UNPACK (unpack_int16, int16_t, int64_t, )
DEFINE_UNPACK (unpack_uint16, uint16_t, int64_t, )
DEFINE_UNPACK (unpack_int32, int32_t, int64_t, )
DEFINE_UNPACK (unpack_uint32, uint32_t, int64_t, )
DEFINE_UNPACK (unpack_int64, int64_t, int64_t, )
DEFINE_UNPACK (unpack_bool, uint8_t, uint8_t, TO_BOOL)

static const SacOnnxForm forms[] = {
  [SAC_TYPE_FLOAT] = {4, TENSOR_FLOATS, SAC_WIRE_FIXED32, unpack_float, true},
  [SAC_TYPE_UINT8] = {1, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_uint8},
  [SAC_TYPE_INT8] = {1, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_int8},
  [SAC_TYPE_UINT16] = {2, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_uint16},
  [SAC_TYPE_INT16] = {2, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_int16},
  [SAC_TYPE_INT32] = {4, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_int32},
  [SAC_TYPE_INT64] = {8, TENSOR_INT64S, SAC_WIRE_VARINT, unpack_int64, true},
  [SAC_TYPE_BOOL] = {1, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_bool},
  [SAC_TYPE_FLOAT16] = {2, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_half},
  [SAC_TYPE_DOUBLE] = {8, TENSOR_DOUBLES, SAC_WIRE_FIXED64, unpack_double,
                       true},
  [SAC_TYPE_UINT32] = {4, TENSOR_UINT64S, SAC_WIRE_VARINT, unpack_uint32},
  [SAC_TYPE_UINT64] = {8, TENSOR_UINT64S, SAC_WIRE_VARINT, unpack_int64, true},
  [SAC_TYPE_BFLOAT16] = {2, TENSOR_INT32S, SAC_WIRE_VARINT, unpack_bfloat},
};

const SacOnnxForm *
sac_onnx_find_form (SacType type)
{
  return (size_t)type < G_N_ELEMENTS (forms) && forms[type].unpack != NULL
           ? &forms[type]
           : NULL;
}

bool
sac_onnx_is_list (uint32_t number)
{
  return number == TENSOR_FLOATS || number == TENSOR_INT32S ||
         number == TENSOR_INT64S || number == TENSOR_DOUBLES ||
         number == TENSOR_UINT64S;
}

SacWireKind
sac_onnx_list_wire (uint32_t number)
{
  if (number == TENSOR_FLOATS)
    return SAC_WIRE_FIXED32;
  return number == TENSOR_DOUBLES ? SAC_WIRE_FIXED64 : SAC_WIRE_VARINT;
}
