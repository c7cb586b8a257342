/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as an .npy file; what is read must hold as many elements as it
 * says, each a value of its type. */
#include "tensor/npy.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static bool
fits (SacType type, int64_t value)
{
  switch (type) {
  case SAC_TYPE_INT8:
    return value == (int8_t)value;
  case SAC_TYPE_UINT8:
    return value == (uint8_t)value;
  case SAC_TYPE_INT16:
    return value == (int16_t)value;
  case SAC_TYPE_UINT16:
    return value == (uint16_t)value;
  case SAC_TYPE_INT32:
    return value == (int32_t)value;
  case SAC_TYPE_UINT32:
    return value == (uint32_t)value;
  default:
    return true;
  }
}

static void
check_elements (const SacTensor *tensor, size_t file_size)
{
  int64_t count = sac_tensor_get_count (tensor);

  g_assert_true (count >= 0 && (size_t)count <= file_size);
  for (int64_t i = 0; i < count; i++) {
    if (sac_tensor_get_kind (tensor) == SAC_KIND_I64)
      g_assert_true (fits (tensor->type, sac_tensor_i64 (tensor)[i]));
    if (sac_tensor_get_kind (tensor) == SAC_KIND_BOOL)
      g_assert_true (((const uint8_t *)tensor->data)[i] <= 1);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (SacTensor) tensor = sac_npy_parse (bytes, "fuzz", &error);

  g_assert_true ((tensor == NULL) == (error != NULL));
  if (tensor != NULL) {
    check_elements (tensor, size);
  } else {
    g_assert_null (strchr (error->message, '\n'));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  return 0;
}
