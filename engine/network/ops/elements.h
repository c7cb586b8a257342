/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the element-wise ops share: the arithmetic that a type asks for, the
 * range of narrow integers, and loops cut into chunks for the pool. */
#ifndef SAC_NETWORK_OPS_ELEMENTS_H
#define SAC_NETWORK_OPS_ELEMENTS_H

#include "tensor/tensor.h"

/* As SacKind, but uint64, which is stored in int64, is divided and compared
 * without a sign. */
typedef enum {
  SAC_ELEMENT_F32,
  SAC_ELEMENT_F64,
  SAC_ELEMENT_I64,
  SAC_ELEMENT_U64,
  SAC_ELEMENT_BOOL,
  SAC_ELEMENT_COUNT,
} SacElement;

/* type: one that has a kind. */
SacElement sac_element_of (SacType type);

/* Wraps integers into the range of their type, as two's complement does; does
 * nothing for types of 64 bits and for types that are no integers.  float16 and
 * bfloat16 keep float32's precision inside a network. */
void sac_elements_wrap (SacType type, void *values, int64_t count);

/* The elements [from, to) of a loop. */
typedef void (*SacRangeFunc) (int64_t from, int64_t to, void *data);

/* Elements in a chunk: 128 KiB of float32, in and out fit the second cache. */
#define SAC_ELEMENTS_CHUNK 32768

/* Cuts [0, count) into chunks of `chunk` and runs them on the pool. */
void
sac_elements_run (int64_t count, int64_t chunk, SacRangeFunc func, void *data);

#endif
