/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/tensor.h"

#include "base/error.h"

#include <string.h>

/* By ONNX number. */
static const struct {
  const char *name;
  SacKind kind;
} types[] = {
  [SAC_TYPE_UNKNOWN] = {"undefined", SAC_KIND_NONE},
  [SAC_TYPE_FLOAT] = {"float32", SAC_KIND_F32},
  [SAC_TYPE_UINT8] = {"uint8", SAC_KIND_I64},
  [SAC_TYPE_INT8] = {"int8", SAC_KIND_I64},
  [SAC_TYPE_UINT16] = {"uint16", SAC_KIND_I64},
  [SAC_TYPE_INT16] = {"int16", SAC_KIND_I64},
  [SAC_TYPE_INT32] = {"int32", SAC_KIND_I64},
  [SAC_TYPE_INT64] = {"int64", SAC_KIND_I64},
  [SAC_TYPE_STRING] = {"string", SAC_KIND_NONE},
  [SAC_TYPE_BOOL] = {"bool", SAC_KIND_BOOL},
  [SAC_TYPE_FLOAT16] = {"float16", SAC_KIND_F32},
  [SAC_TYPE_DOUBLE] = {"float64", SAC_KIND_F64},
  [SAC_TYPE_UINT32] = {"uint32", SAC_KIND_I64},
  [SAC_TYPE_UINT64] = {"uint64", SAC_KIND_I64},
  [14] = {"complex64", SAC_KIND_NONE},
  [15] = {"complex128", SAC_KIND_NONE},
  [SAC_TYPE_BFLOAT16] = {"bfloat16", SAC_KIND_F32},
  [17] = {"float8e4m3fn", SAC_KIND_NONE},
  [18] = {"float8e4m3fnuz", SAC_KIND_NONE},
  [19] = {"float8e5m2", SAC_KIND_NONE},
  [20] = {"float8e5m2fnuz", SAC_KIND_NONE},
  [21] = {"uint4", SAC_KIND_NONE},
  [22] = {"int4", SAC_KIND_NONE},
  [23] = {"float4e2m1", SAC_KIND_NONE},
};

#define ALIGNMENT 64

SacKind
sac_type_get_kind (SacType type)
{
  return (unsigned)type < G_N_ELEMENTS (types) ? types[type].kind
                                               : SAC_KIND_NONE;
}

const char *
sac_type_get_name (SacType type)
{
  return (unsigned)type < G_N_ELEMENTS (types) ? types[type].name : "unknown";
}

size_t
sac_kind_get_size (SacKind kind)
{
  static const size_t sizes[] = {
    [SAC_KIND_NONE] = 0,
    [SAC_KIND_F32] = sizeof (float),
    [SAC_KIND_F64] = sizeof (double),
    [SAC_KIND_I64] = sizeof (int64_t),
    [SAC_KIND_BOOL] = 1,
  };

  return sizes[kind];
}

static bool
check_size (SacType type,
            const SacShape *shape,
            size_t *ret_bytes,
            GError **error)
{
  size_t element = sac_kind_get_size (sac_type_get_kind (type));
  int64_t count;

  if (element == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "tensors of type %s are not supported",
                 sac_type_get_name (type));
    return false;
  }
  if (!sac_shape_count (shape, &count) ||
      (uint64_t)count > SAC_LIMIT_VALUE_BYTES / element) {
    g_autofree char *text = sac_shape_to_string (shape);

    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "a tensor of shape %s and type %s is beyond the limit of %zu "
                 "bytes",
                 text, sac_type_get_name (type), SAC_LIMIT_VALUE_BYTES);
    return false;
  }
  *ret_bytes = (size_t)count * element;
  return true;
}

SacTensor *
sac_tensor_new (SacType type, const SacShape *shape, GError **error)
{
  size_t bytes;

  if (!check_size (type, shape, &bytes, error))
    return NULL;

  /* calloc gives large blocks as untouched zero pages, which an aligned
   * allocation and memset would not. */
  void *block = g_try_malloc0 (bytes + ALIGNMENT);

  if (block == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory for a tensor of %zu bytes", bytes);
    return NULL;
  }

  uintptr_t start = (uintptr_t)block;
  size_t skip = (ALIGNMENT - start % ALIGNMENT) % ALIGNMENT;

  return sac_tensor_new_view (type, shape, (char *)block + skip, g_free, block);
}

SacTensor *
sac_tensor_new_view (SacType type,
                     const SacShape *shape,
                     void *data,
                     GDestroyNotify free_owner,
                     void *owner)
{
  SacTensor *tensor = g_new (SacTensor, 1);

  g_assert (sac_type_get_kind (type) != SAC_KIND_NONE);
  *tensor = (SacTensor){
    .type = type,
    .shape = *shape,
    .data = data,
    .free_owner = free_owner,
    .owner = owner,
  };
  g_atomic_ref_count_init (&tensor->ref_count);
  return tensor;
}

SacTensor *
sac_tensor_ref (SacTensor *tensor)
{
  g_atomic_ref_count_inc (&tensor->ref_count);
  return tensor;
}

void
sac_tensor_unref (SacTensor *tensor)
{
  if (tensor == NULL || !g_atomic_ref_count_dec (&tensor->ref_count))
    return;
  if (tensor->free_owner != NULL)
    tensor->free_owner (tensor->owner);
  g_free (tensor);
}

SacKind
sac_tensor_get_kind (const SacTensor *tensor)
{
  return sac_type_get_kind (tensor->type);
}

int64_t
sac_tensor_get_count (const SacTensor *tensor)
{
  return sac_shape_size (&tensor->shape);
}

size_t
sac_tensor_get_bytes (const SacTensor *tensor)
{
  return (size_t)sac_tensor_get_count (tensor) *
         sac_kind_get_size (sac_tensor_get_kind (tensor));
}

static float
float_from_bits (uint32_t bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static uint32_t
bits_of_float (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

float
sac_half_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f;
  uint32_t fraction = half & 0x3ff;

  if (exponent == 0x1f) /* infinity, NaN */
    return float_from_bits (sign | 0x7f800000 | fraction << 13);
  if (exponent == 0) { /* zero, subnormal: fraction * 2^-24 */
    float value = (float)fraction * 0x1p-24f;

    return sign != 0 ? -value : value;
  }
  return float_from_bits (sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t
sac_float_to_half (float value)
{
  uint32_t bits = bits_of_float (value);
  uint16_t sign = (uint16_t)((bits >> 16) & 0x8000);
  uint32_t magnitude = bits & 0x7fffffff;

  if (magnitude > 0x7f800000) /* NaN: keep it quiet, keep its top bits */
    return (uint16_t)(sign | 0x7e00 | ((magnitude >> 13) & 0x1ff));
  if (magnitude >= 0x477ff000) /* rounds to 65536 or more */
    return sign | 0x7c00;
  if (magnitude < 0x38800000) { /* below 2^-14: let the float adder round */
    float shifted = float_from_bits (magnitude) + 0.5f;

    return (uint16_t)(sign | (bits_of_float (shifted) - 0x3f000000));
  }

  uint32_t odd = (magnitude >> 13) & 1;

  return (uint16_t)(sign | ((magnitude - (112u << 23) + 0xfff + odd) >> 13));
}

float
sac_bfloat_to_float (uint16_t bfloat)
{
  return float_from_bits ((uint32_t)bfloat << 16);
}

uint16_t
sac_float_to_bfloat (float value)
{
  uint32_t bits = bits_of_float (value);

  if ((bits & 0x7fffffff) > 0x7f800000)
    return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
