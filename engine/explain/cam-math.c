/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam-math.h"

#include "base/wide.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* Power iteration: far beyond what float32 maps need, and still bounded when
 * two singular values are nearly equal. */
#define EIGEN_STEPS_MAX 5000
#define EIGEN_TOLERANCE 1e-13

/* Of sums of products. */
#define LANES 8

static double
sum_of (const float *values, int64_t count)
{
  double sum = 0;

  for (int64_t i = 0; i < count; i++)
    sum += values[i];
  return sum;
}

static void
store (const double *sums, int64_t count, float *ret_map)
{
  for (int64_t i = 0; i < count; i++)
    ret_map[i] = (float)sums[i];
}

static void
add_weighted (double weight, const float *values, int64_t count, double *sums)
{
  for (int64_t i = 0; i < count; i++)
    sums[i] += weight * values[i];
}

/* sum_k w_k A_k with w_k = weigh (A_k, G_k). */
typedef double (*Weigh) (const float *values,
                         const float *gradients,
                         int64_t cells,
                         double eps);

static void
weighted_map (const SacCamPlanes *planes,
              Weigh weigh,
              double eps,
              float *ret_map)
{
  g_autofree double *sums = g_new0 (double, planes->cells);

  for (int64_t k = 0; k < planes->channels; k++) {
    const float *values = planes->values + k * planes->cells;
    const float *gradients = planes->gradients + k * planes->cells;

    add_weighted (weigh (values, gradients, planes->cells, eps), values,
                  planes->cells, sums);
  }
  store (sums, planes->cells, ret_map);
}

static double
weigh_mean (const float *values,
            const float *gradients,
            int64_t cells,
            double eps)
{
  return sum_of (gradients, cells) / cells;
}

void
sac_cam_grad_cam (const SacCamPlanes *planes, float *ret_map)
{
  weighted_map (planes, weigh_mean, 0, ret_map);
}

static double
weigh_axiom (const float *values,
             const float *gradients,
             int64_t cells,
             double eps)
{
  double sum = 0;

  for (int64_t i = 0; i < cells; i++)
    sum += (double)gradients[i] * values[i];
  return sum / (sum_of (values, cells) + eps);
}

void
sac_cam_x_grad_cam (const SacCamPlanes *planes, double eps, float *ret_map)
{
  weighted_map (planes, weigh_axiom, eps, ret_map);
}

/* Cells without a positive gradient add nothing; leaving them out also leaves
 * out denominators that a negative gradient makes 0.  NaN is not left out: a
 * run gone wrong must not end as an empty map. */
static double
weigh_alpha (const float *values,
             const float *gradients,
             int64_t cells,
             double eps)
{
  double total = sum_of (values, cells), sum = 0;

  for (int64_t i = 0; i < cells; i++) {
    double g = gradients[i];
    double denominator = 2 * g * g + total * g * g * g + eps;

    if (!(g <= 0) && denominator != 0)
      sum += g * g / denominator * g;
  }
  return sum;
}

void
sac_cam_grad_cam_pp (const SacCamPlanes *planes, double eps, float *ret_map)
{
  weighted_map (planes, weigh_alpha, eps, ret_map);
}

static void
product_map (const SacCamPlanes *planes, bool positive, float *ret_map)
{
  g_autofree double *sums = g_new0 (double, planes->cells);

  for (int64_t k = 0; k < planes->channels; k++) {
    const float *values = planes->values + k * planes->cells;
    const float *gradients = planes->gradients + k * planes->cells;

    for (int64_t i = 0; i < planes->cells; i++) {
      double gradient = gradients[i];

      if (!(gradient <= 0) || !positive)
        sums[i] += gradient * values[i];
    }
  }
  store (sums, planes->cells, ret_map);
}

void
sac_cam_hires_cam (const SacCamPlanes *planes, float *ret_map)
{
  product_map (planes, false, ret_map);
}

void
sac_cam_layer_cam (const SacCamPlanes *planes, float *ret_map)
{
  product_map (planes, true, ret_map);
}

static void
centre (double *column, int64_t cells)
{
  double sum = 0;

  for (int64_t i = 0; i < cells; i++)
    sum += column[i];
  for (int64_t i = 0; i < cells; i++)
    column[i] -= sum / cells;
}

/* Scales to length 1.  Returns: the length before. */
static double
normalise (double *vector, int64_t count)
{
  double square = 0;

  for (int64_t i = 0; i < count; i++)
    square += vector[i] * vector[i];
  for (int64_t i = 0; i < count && square > 0; i++)
    vector[i] /= sqrt (square);
  return sqrt (square);
}

/* Lanes keep the additions independent of each other. */
static inline double
dot_product (const double *a, const double *b, int64_t count)
{
  double lanes[LANES] = {0}, sum = 0;
  int64_t i = 0;

  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; i++)
    sum += a[i] * b[i];
  for (int lane = 0; lane < LANES; lane++)
    sum += lanes[lane];
  return sum;
}

/* One step u <- M M' u of power iteration for the left singular vector, which
 * is the map itself up to its scale. */
static SAC_WIDE double
eigen_step (const double *columns,
            int64_t channels,
            int64_t cells,
            const double *u,
            double *restrict ret_u)
{
  memset (ret_u, 0, cells * sizeof *ret_u);
  for (int64_t k = 0; k < channels; k++) {
    const double *column = columns + k * cells;
    double dot = dot_product (column, u, cells);

    for (int64_t i = 0; i < cells; i++)
      ret_u[i] += dot * column[i];
  }
  return normalise (ret_u, cells);
}

static double
largest_of (const double *vector, int64_t count)
{
  double largest = 0;

  for (int64_t i = 0; i < count; i++) {
    if (fabs (vector[i]) > fabs (largest))
      largest = vector[i];
  }
  return largest;
}

/* A start without structure, the same every time: a column of M could lie at a
 * right angle to the singular vector that is looked for. */
static void
eigen_start (int64_t cells, double *ret_u)
{
  for (int64_t i = 0; i < cells; i++)
    ret_u[i] = fmod ((i + 1) * 0.6180339887498949, 1.0) - 0.3;
  normalise (ret_u, cells);
}

/* channels columns of cells elements, which are centred in place. */
static void
eigen_map (double *columns,
           int64_t channels,
           int64_t cells,
           bool centred,
           float *ret_map)
{
  g_autofree double *u = g_new0 (double, cells);
  g_autofree double *next = g_new0 (double, cells);
  double square = 0;

  for (int64_t k = 0; k < channels && centred; k++)
    centre (columns + k * cells, cells);
  eigen_start (cells, u);
  for (int i = 0; i < EIGEN_STEPS_MAX; i++) {
    double change = 0;

    square = eigen_step (columns, channels, cells, u, next);
    for (int64_t j = 0; j < cells; j++)
      change = fmax (change, fabs (next[j] - u[j]));
    memcpy (u, next, cells * sizeof *u);
    if (change < EIGEN_TOLERANCE)
      break;
  }

  /* M v = s u, and u's eigenvalue is s squared. */
  double scale = sqrt (square) * (largest_of (u, cells) < 0 ? -1 : 1);

  for (int64_t i = 0; i < cells; i++)
    ret_map[i] = (float)(scale * u[i]);
}

void
sac_cam_eigen_cam (const SacCamPlanes *planes, bool centred, float *ret_map)
{
  int64_t count = planes->channels * planes->cells;
  g_autofree double *columns = g_new (double, count);

  for (int64_t i = 0; i < count; i++)
    columns[i] = planes->values[i];
  eigen_map (columns, planes->channels, planes->cells, centred, ret_map);
}

void
sac_cam_eigen_grad_cam (const SacCamPlanes *planes,
                        bool centred,
                        float *ret_map)
{
  int64_t count = planes->channels * planes->cells;
  g_autofree double *columns = g_new (double, count);

  for (int64_t i = 0; i < count; i++)
    columns[i] = (double)planes->values[i] * planes->gradients[i];
  eigen_map (columns, planes->channels, planes->cells, centred, ret_map);
}
