/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/rewrite-movement.h"

/* Shorter runs are left to the ops: copying them is no gain. */
#define RUN_MIN 8

static int64_t
get_divisor (int64_t a, int64_t b)
{
  while (b != 0) {
    int64_t rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

/* The longest runs of one length that the numbers can be cut into. */
static int64_t
find_length (const float *numbers, int64_t count)
{
  int64_t length = count;

  for (int64_t i = 1; i < count && length > 1; i++) {
    float step = numbers[i] - numbers[i - 1];
    bool goes_on = numbers[i] > 0 ? step > 0 && step < 2 && numbers[i - 1] > 0
                                  : !(numbers[i - 1] > 0);

    if (!goes_on)
      length = get_divisor (i, length);
  }
  return length;
}

static bool
is_unique (const SacMovementTable *table, int64_t source_count)
{
  g_autofree bool *taken = g_new0 (bool, source_count);

  for (int64_t i = 0; i < table->run_count; i++) {
    for (int64_t k = 0; table->starts[i] >= 0 && k < table->length; k++) {
      bool *mark = &taken[table->starts[i] + k];

      if (*mark)
        return false;
      *mark = true;
    }
  }
  return true;
}

bool
sac_movement_fill_table (SacPlan *plan,
                         const SacTensor *tensor,
                         int64_t source_count,
                         SacMovementTable *table)
{
  const float *numbers = sac_tensor_f32 (tensor);
  int64_t count = sac_tensor_get_count (tensor);

  table->shape = tensor->shape;
  table->length = find_length (numbers, count);
  if (table->length < RUN_MIN)
    return false;
  table->run_count = count / table->length;

  int32_t *starts = sac_store_array (plan->store, int32_t, table->run_count);

  for (int64_t i = 0; i < table->run_count; i++)
    starts[i] = (int32_t)numbers[i * table->length] - 1;
  table->starts = starts;
  table->unique = is_unique (table, source_count);
  return true;
}
