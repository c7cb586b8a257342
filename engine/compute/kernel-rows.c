/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Softmax and layer normalisation along rows. */
#include "compute/kernel-functions.h"
#include "compute/kernel-table.h"

#include <math.h>

/* The first `count` floats, then `rest`. */
static ALWAYS_INLINE Vec
load_some (const float *place, size_t count, float rest)
{
  float lanes[LANES];

  if (count >= LANES)
    return vec_load (place);
  for (size_t i = 0; i < LANES; i++)
    lanes[i] = i < count ? place[i] : rest;
  return vec_load (lanes);
}

static ALWAYS_INLINE void
store_some (float *place, size_t count, Vec value)
{
  if (count >= LANES)
    vec_store (place, value);
  else
    memcpy (place, &value, count * sizeof (float));
}

static float
sum_of (Vec value)
{
  float sum = 0;

  for (int i = 0; i < LANES; i++)
    sum += value[i];
  return sum;
}

/* The largest of a row does not have to be NaN where there is one: the
 * exponential then is, and with it the sum. */
void
SAC_KERNEL (softmax) (const float *x,
                      size_t count,
                      float scale,
                      const float *bias,
                      const float *mask,
                      float *y)
{
  Vec most = vec_splat (-INFINITY), sum = vec_zero ();
  float top = -INFINITY;

  for (size_t i = 0; i < count; i += LANES) {
    Vec score = load_some (x + i, count - i, -INFINITY) * scale;

    if (bias != NULL)
      score += load_some (bias + i, count - i, 0);
    if (mask != NULL)
      score += load_some (mask + i, count - i, 0);
    most = vec_max (score, most);
    store_some (y + i, count - i, score);
  }
  for (int i = 0; i < LANES; i++)
    top = most[i] > top ? most[i] : top;
  for (size_t i = 0; i < count; i += LANES) {
    Vec power = vec_exp (load_some (y + i, count - i, -INFINITY) - top);

    if (count - i < LANES)
      power = load_some ((const float *)&power, count - i, 0);
    sum += power;
    store_some (y + i, count - i, power);
  }

  float share = 1 / sum_of (sum);

  for (size_t i = 0; i < count; i += LANES)
    store_some (y + i, count - i, load_some (y + i, count - i, 0) * share);
}

/* Where a row's vector of columns begins. */
static ALWAYS_INLINE float *
place_of (const SacRows *rows, size_t row, size_t column)
{
  return rows->data + (ptrdiff_t)row * rows->row_step +
         (ptrdiff_t)(column / SAC_BLOCK) * rows->block_step +
         column % SAC_BLOCK;
}

static void
norm_row (const SacLayerNorm *norm, size_t row)
{
  size_t columns = norm->columns;
  Vec sum = vec_zero (), squares = vec_zero ();

  for (size_t i = 0; i < columns; i += LANES)
    sum += load_some (place_of (&norm->x, row, i), columns - i, 0);

  float mean = sum_of (sum) / (float)columns;

  for (size_t i = 0; i < columns; i += LANES) {
    Vec distance =
      load_some (place_of (&norm->x, row, i), columns - i, mean) - mean;

    squares += distance * distance;
  }

  float variance = sum_of (squares) / (float)columns;
  float inverse = 1 / sqrtf (variance + norm->epsilon);

  for (size_t i = 0; i < columns; i += LANES) {
    Vec value =
      (load_some (place_of (&norm->x, row, i), columns - i, mean) - mean) *
      inverse;

    if (norm->scale != NULL)
      value *= load_some (norm->scale + i, columns - i, 0);
    if (norm->bias != NULL)
      value += load_some (norm->bias + i, columns - i, 0);
    store_some (place_of (&norm->y, row, i), columns - i, value);
  }
  if (norm->means != NULL)
    norm->means[row] = mean;
  if (norm->inverse != NULL)
    norm->inverse[row] = inverse;
}

void
SAC_KERNEL (layer_norm) (const SacLayerNorm *norm, size_t row, size_t row_end)
{
  size_t tail = norm->columns % SAC_BLOCK;

  for (; row < row_end; row++) {
    norm_row (norm, row);
    if (norm->y.blocked && tail != 0)
      memset (place_of (&norm->y, row, norm->columns), 0,
              (SAC_BLOCK - tail) * sizeof (float));
  }
}
