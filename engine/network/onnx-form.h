/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How ONNX writes the elements of each type. */
#ifndef SAC_NETWORK_ONNX_FORM_H
#define SAC_NETWORK_ONNX_FORM_H

#include "network/wire.h"
#include "tensor/tensor.h"

typedef struct {
  size_t size;      /* bytes of an element in raw data */
  uint32_t list;    /* field of TensorProto that may hold them instead */
  SacWireKind wire; /* of one value of that list */
  /* Elements as they lie in raw data, at any alignment, into those we keep. */
  void (*unpack) (const uint8_t *raw, size_t count, void *elements);
  bool same; /* raw data are the elements as we keep them */
} SacOnnxForm;

/* Returns: NULL for types we do not keep. */
const SacOnnxForm *sac_onnx_find_form (SacType type);

/* Whether that field of TensorProto is a list of elements, and the kind of its
 * values. */
bool sac_onnx_is_list (uint32_t number);
SacWireKind sac_onnx_list_wire (uint32_t number);

#endif
