/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Softmax and layer normalisation along rows. */
#include "compute/kernel-functions.h"
#include "compute/kernel-table.h"

#include <math.h>

#if LANES == 8
/* All bits in the first `count` lanes. */
static ALWAYS_INLINE __m256i
first_lanes (size_t count)
{
  static const int32_t bits[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};

  return _mm256_loadu_si256 ((const __m256i *)(bits + LANES - count));
}
#endif

/* The first `count` floats, then `rest`. */
static ALWAYS_INLINE Vec
load_some (const float *place, size_t count, float rest)
{
  if (count >= LANES)
    return vec_load (place);
#if LANES == 16
  return _mm512_mask_loadu_ps (vec_splat (rest), (__mmask16)((1u << count) - 1),
                               place);
#elif LANES == 8
  __m256i mask = first_lanes (count);

  return _mm256_blendv_ps (vec_splat (rest), _mm256_maskload_ps (place, mask),
                           (Vec)mask);
#else
  float lanes[LANES];

  for (size_t i = 0; i < LANES; i++)
    lanes[i] = i < count ? place[i] : rest;
  return vec_load (lanes);
#endif
}

static ALWAYS_INLINE void
store_some (float *place, size_t count, Vec value)
{
  if (count >= LANES) {
    vec_store (place, value);
    return;
  }
#if LANES == 16
  _mm512_mask_storeu_ps (place, (__mmask16)((1u << count) - 1), value);
#elif LANES == 8
  _mm256_maskstore_ps (place, first_lanes (count), value);
#else
  memcpy (place, &value, count * sizeof (float));
#endif
}

static ALWAYS_INLINE float
sum_of (Vec value)
{
#if LANES == 16
  return _mm512_reduce_add_ps (value);
#else
  float lanes[LANES];

  vec_store (lanes, value);
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++)
      lanes[i] += lanes[i + half];
  }
  return lanes[0];
#endif
}

/* Below, a share of the sum is left out: it is less than 2e-35, and products
 * with what is not a normal number any more take a hundred times as long. */
#define EXPONENT_MIN (-80.0f)

/* Vectors that are summed in float32. */
#define SUMMED 64

static ALWAYS_INLINE float
most_of (const float *x, size_t count)
{
  size_t whole = count / LANES * LANES;
  Vec most = load_some (x + whole, count - whole, -INFINITY);
  float top = -INFINITY;

  for (size_t i = 0; i < whole; i += LANES)
    most = vec_max (vec_load (x + i), most);
#if LANES == 16
  top = _mm512_reduce_max_ps (most);
#else
  for (int i = 0; i < LANES; i++)
    top = most[i] > top ? most[i] : top;
#endif
  return top;
}

static ALWAYS_INLINE Vec
share_of (Vec x, float top)
{
  Vec distance = x - top;

  return vec_choose (distance, vec_splat (EXPONENT_MIN), vec_zero (),
                     vec_exp (distance));
}

/* The largest of a row does not have to be NaN where there is one: the
 * exponential then is, and with it the sum. */
void
SAC_KERNEL (softmax) (const float *x, size_t count, float *y)
{
  size_t whole = count / LANES * LANES, rest = count - whole;
  float top = most_of (x, count);
  Vec last = share_of (load_some (x + whole, rest, -INFINITY), top);
  double total = 0;

  for (size_t first = 0; first < whole; first += SUMMED * LANES) {
    size_t end =
      whole - first < SUMMED * LANES ? whole : first + SUMMED * LANES;
    Vec sum = vec_zero ();

    for (size_t i = first; i < end; i += LANES) {
      Vec share = share_of (vec_load (x + i), top);

      vec_store (y + i, share);
      sum += share;
    }
    total += (double)sum_of (sum);
  }
  if (rest > 0)
    total += (double)sum_of (last);

  float factor = (float)(1 / total);

  for (size_t i = 0; i < whole; i += LANES)
    vec_store (y + i, vec_load (y + i) * factor);
  store_some (y + whole, rest, last * factor);
}

/* Where a row's vector of columns begins. */
static ALWAYS_INLINE float *
place_of (const SacRows *rows, size_t row, size_t column)
{
  return rows->data + (ptrdiff_t)row * rows->row_step +
         (ptrdiff_t)(column / SAC_BLOCK) * rows->block_step +
         column % SAC_BLOCK;
}

/* The sum of the columns' distances from `mean`, or of their squares. */
static ALWAYS_INLINE float
sum_row (const SacLayerNorm *norm, size_t row, const bool square, float mean)
{
  size_t whole = norm->columns / LANES * LANES;
  Vec sum = vec_zero ();

  for (size_t i = 0; i < whole; i += LANES) {
    Vec distance = vec_load (place_of (&norm->x, row, i)) - mean;

    sum = vec_fma (distance, square ? distance : vec_splat (1), sum);
  }
  if (whole < norm->columns) {
    Vec distance =
      load_some (place_of (&norm->x, row, whole), norm->columns - whole, mean) -
      mean;

    sum = vec_fma (distance, square ? distance : vec_splat (1), sum);
  }
  return sum_of (sum);
}

static ALWAYS_INLINE void
scale_some (const SacLayerNorm *norm,
            size_t row,
            size_t i,
            const size_t count,
            float mean,
            float inverse)
{
  Vec value =
    (load_some (place_of (&norm->x, row, i), count, mean) - mean) * inverse;

  if (norm->scale != NULL)
    value *= load_some (norm->scale + i, count, 0);
  if (norm->bias != NULL)
    value += load_some (norm->bias + i, count, 0);
  store_some (place_of (&norm->y, row, i), count, value);
}

static void
norm_row (const SacLayerNorm *norm, size_t row)
{
  size_t columns = norm->columns, whole = columns / LANES * LANES;
  float mean = sum_row (norm, row, false, 0) / (float)columns;
  float variance = sum_row (norm, row, true, mean) / (float)columns;
  float inverse = 1 / sqrtf (variance + norm->epsilon);

  for (size_t i = 0; i < whole; i += LANES)
    scale_some (norm, row, i, LANES, mean, inverse);
  if (whole < columns)
    scale_some (norm, row, whole, columns - whole, mean, inverse);
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

typedef struct {
  Vec g, z;
} Slope;

static ALWAYS_INLINE Slope
get_slope (const SacLayerNormGradient *d, size_t row, size_t i, size_t count)
{
  float mean = d->means[row];
  Vec x = load_some (place_of (&d->x, row, i), count, mean);
  Slope slope = {load_some (place_of (&d->dy, row, i), count, 0),
                 (x - mean) * d->inverse[row]};

  if (d->scale != NULL)
    slope.g *= load_some (d->scale + i, count, 0);
  return slope;
}

static void
norm_row_gradient (const SacLayerNormGradient *d, size_t row)
{
  Vec sum = vec_zero (), along = vec_zero ();

  for (size_t i = 0; i < d->columns; i += LANES) {
    Slope slope = get_slope (d, row, i, d->columns - i);

    sum += slope.g;
    along = vec_fma (slope.g, slope.z, along);
  }

  float constant = sum_of (sum) / (float)d->columns;
  float factor = sum_of (along) / (float)d->columns;

  for (size_t i = 0; i < d->columns; i += LANES) {
    size_t count = d->columns - i;
    float *place = place_of (&d->dx, row, i);
    Slope slope = get_slope (d, row, i, count);
    Vec dx = (slope.g - constant - slope.z * factor) * d->inverse[row];

    store_some (place, count, load_some (place, count, 0) + dx);
  }
}

void
SAC_KERNEL (layer_norm_gradient) (const SacLayerNormGradient *gradient,
                                  size_t row,
                                  size_t row_end)
{
  for (; row < row_end; row++)
    norm_row_gradient (gradient, row);
}
