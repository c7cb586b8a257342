/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/elements.h"

#include "base/pool.h"

SacElement
sac_element_of (SacType type)
{
  switch (sac_type_get_kind (type)) {
  case SAC_KIND_F32:
    return SAC_ELEMENT_F32;
  case SAC_KIND_F64:
    return SAC_ELEMENT_F64;
  case SAC_KIND_I64:
    return type == SAC_TYPE_UINT64 ? SAC_ELEMENT_U64 : SAC_ELEMENT_I64;
  case SAC_KIND_BOOL:
    return SAC_ELEMENT_BOOL;
  case SAC_KIND_NONE:
    break;
  }
  g_assert_not_reached ();
}

#define WRAP(narrow)                                                           \
  for (int64_t i = 0; i < count; i++)                                          \
    x[i] = (narrow)x[i];

void
sac_elements_wrap (SacType type, void *values, int64_t count)
{
  int64_t *x = values;

  switch (type) {
  case SAC_TYPE_UINT8:
    WRAP (uint8_t);
    break;
  case SAC_TYPE_INT8:
    WRAP (int8_t);
    break;
  case SAC_TYPE_UINT16:
    WRAP (uint16_t);
    break;
  case SAC_TYPE_INT16:
    WRAP (int16_t);
    break;
  case SAC_TYPE_UINT32:
    WRAP (uint32_t);
    break;
  case SAC_TYPE_INT32:
    WRAP (int32_t);
    break;
  default:
    break;
  }
}

typedef struct {
  int64_t count;
  int64_t chunk;
  SacRangeFunc func;
  void *data;
} Loop;

static void
run_chunk (size_t index, void *data)
{
  const Loop *loop = data;
  int64_t from = (int64_t)index * loop->chunk;

  loop->func (from, MIN (from + loop->chunk, loop->count), loop->data);
}

void
sac_elements_run (int64_t count, int64_t chunk, SacRangeFunc func, void *data)
{
  Loop loop = {.count = count,
               .chunk = MAX (chunk, 1),
               .func = func,
               .data = data};

  if (count > 0)
    sac_pool_run ((size_t)((count - 1) / loop.chunk + 1), run_chunk, &loop);
}
