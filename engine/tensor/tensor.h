/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A tensor: a type, a shape, and elements in C order without gaps.
 *
 * The type is what the network file says (ONNX numbering), and type errors are
 * judged by it; the kind is how elements are stored.  All integer types are
 * stored as int64, all floating types but double as float32.  Values of a
 * narrower type are rounded or wrapped to it where they are made (Cast).
 *
 * A finished tensor never changes and may be shared between threads. */
#ifndef SAC_TENSOR_TENSOR_H
#define SAC_TENSOR_TENSOR_H

#include "tensor/shape.h"

#include <glib.h>

typedef enum {
  SAC_TYPE_UNKNOWN = 0,
  SAC_TYPE_FLOAT = 1,
  SAC_TYPE_UINT8 = 2,
  SAC_TYPE_INT8 = 3,
  SAC_TYPE_UINT16 = 4,
  SAC_TYPE_INT16 = 5,
  SAC_TYPE_INT32 = 6,
  SAC_TYPE_INT64 = 7,
  SAC_TYPE_STRING = 8, /* named in messages only */
  SAC_TYPE_BOOL = 9,
  SAC_TYPE_FLOAT16 = 10,
  SAC_TYPE_DOUBLE = 11,
  SAC_TYPE_UINT32 = 12,
  SAC_TYPE_UINT64 = 13,
  SAC_TYPE_BFLOAT16 = 16,
} SacType;

typedef enum {
  SAC_KIND_NONE, /* strings, complex numbers, unknown types: not stored */
  SAC_KIND_F32,
  SAC_KIND_F64,
  SAC_KIND_I64,
  SAC_KIND_BOOL, /* one byte, 0 or 1 */
} SacKind;

SacKind sac_type_get_kind (SacType type);
const char *sac_type_get_name (SacType type); /* "float32", "int64", ... */
size_t sac_kind_get_size (SacKind kind);      /* bytes of an element */
static inline bool
sac_type_is_float (SacType type)
{
  SacKind kind = sac_type_get_kind (type);

  return kind == SAC_KIND_F32 || kind == SAC_KIND_F64;
}

typedef struct {
  SacType type;
  SacShape shape;
  void *data; /* kind's element type; 64-byte aligned when we allocated it; NULL
                 while the tensor rests (tensor/rest.h) */
  /* private */
  gatomicrefcount ref_count;
  GDestroyNotify free_owner;
  void *owner;
} SacTensor;

/* Zero-filled.  Returns: a new tensor; NULL with TOO_LARGE when the shape is
 * beyond SAC_LIMIT_VALUE_BYTES or memory is short, UNSUPPORTED when the type
 * has no kind. */
SacTensor *sac_tensor_new (SacType type, const SacShape *shape, GError **error);

/* Over memory of somebody else's.  free_owner (owner) runs when the last
 * reference goes; NULL: the memory outlives the tensor. */
SacTensor *sac_tensor_new_view (SacType type,
                                const SacShape *shape,
                                void *data,
                                GDestroyNotify free_owner,
                                void *owner);

SacTensor *sac_tensor_ref (SacTensor *tensor);
void sac_tensor_unref (SacTensor *tensor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTensor, sac_tensor_unref)

SacKind sac_tensor_get_kind (const SacTensor *tensor);
int64_t sac_tensor_get_count (const SacTensor *tensor); /* elements */
size_t sac_tensor_get_bytes (const SacTensor *tensor);

static inline float *
sac_tensor_f32 (const SacTensor *tensor)
{
  return tensor->data;
}

static inline int64_t *
sac_tensor_i64 (const SacTensor *tensor)
{
  return tensor->data;
}

/* IEEE half and bfloat16 to float32 and back (round to nearest even). */
float sac_half_to_float (uint16_t half);
uint16_t sac_float_to_half (float value);
float sac_bfloat_to_float (uint16_t bfloat);
uint16_t sac_float_to_bfloat (float value);

#endif
