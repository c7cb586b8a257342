/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/standardize.h"

#include "compute/vector-math.h"
#include "network/ops/elements.h"
#include "network/ops/sums.h"

#include <math.h>

static SacMoments
measure (const SacStandardize *s, const float *x)
{
  double size = (double)s->size;
  double mean = s->keep_mean ? 0 : sac_sums_elements (x, s->size) / size;
  double variance = sac_sums_squares (x, s->size, mean) / size;

  return (SacMoments){mean, 1 / sqrt (variance + s->epsilon)};
}

/* The scale or bias of segment `index` of the whole tensor. */
static float
pick (const float *parameters,
      const SacStandardize *s,
      int64_t index,
      float none)
{
  return parameters != NULL ? parameters[index % s->parameters] : none;
}

static SAC_WIDE void
scale_elements (const SacStandardize *s,
                const SacStandardizeForward *f,
                SacMoments moments,
                const float *x,
                float *y)
{
  float mean = (float)moments.mean;
  float inverse = (float)moments.inverse;

  for (int64_t i = 0; i < s->size; i++)
    y[i] = (x[i] - mean) * inverse;
  if (f->scale != NULL) {
    for (int64_t i = 0; i < s->size; i++)
      y[i] *= f->scale[i];
  }
  if (f->bias != NULL) {
    for (int64_t i = 0; i < s->size; i++)
      y[i] += f->bias[i];
  }
}

static SAC_WIDE void
scale_segments (const SacStandardize *s,
                const SacStandardizeForward *f,
                SacMoments moments,
                int64_t row)
{
  int64_t first = row * (s->size / s->segment);

  for (int64_t at = 0; at < s->size; at += s->segment) {
    int64_t index = first + at / s->segment;
    float mean = (float)moments.mean;
    float factor =
      (float)(moments.inverse * (double)pick (f->scale, s, index, 1));
    float bias = pick (f->bias, s, index, 0);
    const float *x = f->x + row * s->size + at;
    float *y = f->y + row * s->size + at;

    for (int64_t i = 0; i < s->segment; i++)
      y[i] = (x[i] - mean) * factor + bias;
  }
}

typedef struct {
  const SacStandardize *s;
  const void *call;
} Pass;

static void
forward_rows (int64_t from, int64_t to, void *data)
{
  const Pass *pass = data;
  const SacStandardize *s = pass->s;
  const SacStandardizeForward *f = pass->call;

  for (int64_t row = from; row < to; row++) {
    const float *x = f->x + row * s->size;
    SacMoments moments = measure (s, x);

    if (f->moments != NULL)
      f->moments[row] = moments;
    if (f->means != NULL)
      f->means[row] = (float)moments.mean;
    if (f->inverses != NULL)
      f->inverses[row] = (float)moments.inverse;
    if (f->y == NULL)
      continue;
    if (s->segment == 1)
      scale_elements (s, f, moments, x, f->y + row * s->size);
    else
      scale_segments (s, f, moments, row);
  }
}

static int64_t
choose_chunk (const SacStandardize *s)
{
  return MAX (1, SAC_ELEMENTS_CHUNK / MAX (1, s->size));
}

void
sac_standardize_forward (const SacStandardize *s,
                         const SacStandardizeForward *forward)
{
  Pass pass = {s, forward};

  sac_elements_run (s->rows, choose_chunk (s), forward_rows, &pass);
}

/* g = dy * scale, summed alone and with the standardised x. */
typedef struct {
  double g;
  double g_z;
} Sums;

/* Elements of a row that have one scale, or each its own. */
typedef struct {
  int64_t at, count;
  double scale;
  const float *scales; /* NULL: all have `scale` */
} Piece;

static Piece
get_piece (const SacStandardize *s,
           const SacStandardizeGradient *d,
           int64_t row,
           int64_t at)
{
  if (s->segment == 1)
    return (Piece){at, s->size, 1, d->scale};

  int64_t index = row * (s->size / s->segment) + at / s->segment;

  return (Piece){at, s->segment, (double)pick (d->scale, s, index, 1), NULL};
}

static double
scaled (const Piece *piece, const float *dy, int64_t i)
{
  return (double)dy[i] *
         (piece->scales != NULL ? (double)piece->scales[i] : piece->scale);
}

static Sums
sum_up (const SacStandardize *s,
        const SacStandardizeGradient *d,
        int64_t row,
        SacMoments moments)
{
  Sums sums = {0, 0};

  for (int64_t at = 0; at < s->size && d->dy != NULL;) {
    Piece piece = get_piece (s, d, row, at);
    const float *x = d->x + row * s->size + at;
    const float *dy = d->dy + row * s->size + at;

    for (int64_t i = 0; i < piece.count; i++) {
      double g = scaled (&piece, dy, i);

      sums.g += g;
      sums.g_z += g * ((double)x[i] - moments.mean) * moments.inverse;
    }
    at += piece.count;
  }
  return sums;
}

/* With z the standardised x and n the size of a row:
 *   dx = r (g - sum g / n - z sum (g z) / n)
 * and through the optional outputs, since d mean / dx = 1 / n and
 * d r / dx = - r^2 z / n:
 *   dx += d_mean / n - d_r r^2 z / n.
 * With the mean kept the terms of the mean fall away. */
static void
gradient_row (const SacStandardize *s,
              const SacStandardizeGradient *d,
              int64_t row)
{
  SacMoments moments = d->moments[row];
  Sums sums = sum_up (s, d, row, moments);
  double size = (double)s->size;
  double r = moments.inverse;
  double constant = s->keep_mean ? 0 : -r * sums.g / size;
  double along = -r * sums.g_z / size;

  if (d->d_means != NULL)
    constant += (double)d->d_means[row] / size;
  if (d->d_inverses != NULL)
    along -= (double)d->d_inverses[row] * r * r / size;
  for (int64_t at = 0; at < s->size;) {
    Piece piece = get_piece (s, d, row, at);
    int64_t first = row * s->size + at;

    for (int64_t i = 0; i < piece.count; i++) {
      double z = ((double)d->x[first + i] - moments.mean) * r;
      double g = d->dy != NULL ? scaled (&piece, d->dy + first, i) : 0;

      d->dx[first + i] += (float)(r * g + constant + along * z);
    }
    at += piece.count;
  }
}

static void
gradient_rows (int64_t from, int64_t to, void *data)
{
  const Pass *pass = data;

  for (int64_t row = from; row < to; row++)
    gradient_row (pass->s, pass->call, row);
}

void
sac_standardize_gradient (const SacStandardize *s,
                          const SacStandardizeGradient *gradient)
{
  Pass pass = {s, gradient};

  sac_elements_run (s->rows, choose_chunk (s), gradient_rows, &pass);
}
