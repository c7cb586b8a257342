/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "compute-support.h"
#include "compute/attention.h"
#include "compute/layer-norm.h"
#include "support.h"

#include <math.h>
#include <string.h>

typedef struct {
  size_t images, heads, queries, keys, depth, value_depth;
  bool biased;
} Size;

/* Queries, keys and values lie in tensors of their own, [image][token][head]
 * [depth], as after a linear layer. */
static SacTokens
tokens (float *data, size_t count, size_t heads, size_t depth)
{
  return (SacTokens){data, (ptrdiff_t)(count * heads * depth), (ptrdiff_t)depth,
                     (ptrdiff_t)(heads * depth)};
}

static const float *
token (const SacTokens *t, size_t image, size_t head, size_t index)
{
  return t->data + (ptrdiff_t)image * t->image_step +
         (ptrdiff_t)head * t->head_step + (ptrdiff_t)index * t->token_step;
}

static double
added (
  const SacScoreBias *bias, size_t image, size_t head, size_t query, size_t key)
{
  if (bias->data == NULL)
    return 0;
  return bias->data[(ptrdiff_t)(image % bias->images) * bias->image_step +
                    (ptrdiff_t)head * bias->head_step +
                    (ptrdiff_t)query * bias->query_step + (ptrdiff_t)key];
}

static void
expect_query (const SacAttention *a,
              size_t image,
              size_t head,
              size_t query,
              double *probabilities,
              float *out)
{
  const float *q = token (&a->q, image, head, query);
  double most = -INFINITY, sum = 0;

  for (size_t key = 0; key < a->keys; key++) {
    const float *k = token (&a->k, image, head, key);
    double score = 0;

    for (size_t i = 0; i < a->depth; i++)
      score += (double)q[i] * k[i];
    probabilities[key] = score * a->scale +
                         added (&a->bias, image, head, query, key) +
                         added (&a->mask, image, head, query, key);
    most = fmax (most, probabilities[key]);
  }
  for (size_t key = 0; key < a->keys; key++)
    sum += probabilities[key] = exp (probabilities[key] - most);
  for (size_t i = 0; i < a->value_depth; i++) {
    double value = 0;

    for (size_t key = 0; key < a->keys; key++)
      value += probabilities[key] / sum * token (&a->v, image, head, key)[i];
    out[i] = (float)value;
  }
  for (size_t key = 0; key < a->keys; key++)
    probabilities[key] /= sum;
}

static float *
filled (size_t count, guint32 seed)
{
  float *values = g_new (float, count);

  fill (values, count, seed);
  return values;
}

static void
check_results (const SacAttention *a)
{
  g_autofree double *expected = g_new (double, a->keys);
  g_autofree float *rounded = g_new (float, a->keys);
  g_autofree float *out = g_new (float, a->value_depth);
  const float *kept = a->probabilities;

  for (size_t image = 0; image < a->images; image++) {
    for (size_t head = 0; head < a->heads; head++) {
      for (size_t query = 0; query < a->queries; query++) {
        expect_query (a, image, head, query, expected, out);
        test_assert_close (token (&a->out, image, head, query), out,
                           a->value_depth, 1e-5, "attention");
        if (kept == NULL)
          continue;
        for (size_t key = 0; key < a->keys; key++)
          rounded[key] = (float)expected[key];
        test_assert_close (kept, rounded, a->keys, 1e-5, "probabilities");
        kept += a->keys;
      }
    }
  }
}

static void
check (Size s, bool kept)
{
  size_t out_count = s.images * s.queries * s.heads * s.value_depth;
  g_autofree float *q = filled (s.images * s.queries * s.heads * s.depth, 1);
  g_autofree float *k = filled (s.images * s.keys * s.heads * s.depth, 2);
  g_autofree float *v = filled (s.images * s.keys * s.heads * s.value_depth, 3);
  g_autofree float *bias = filled (s.heads * s.queries * s.keys, 4);
  g_autofree float *mask = filled (2 * s.queries * s.keys, 5);
  g_autofree float *probabilities =
    g_new (float, s.images *s.heads *s.queries *s.keys);
  float *out = guarded_new (out_count);
  SacAttention a = {
    .images = s.images,
    .heads = s.heads,
    .queries = s.queries,
    .keys = s.keys,
    .depth = s.depth,
    .value_depth = s.value_depth,
    .q = tokens (q, s.queries, s.heads, s.depth),
    .k = tokens (k, s.keys, s.heads, s.depth),
    .v = tokens (v, s.keys, s.heads, s.value_depth),
    .out = tokens (out, s.queries, s.heads, s.value_depth),
    .scale = 1.7f,
    .probabilities = kept ? probabilities : NULL,
  };
  ptrdiff_t square = (ptrdiff_t)(s.queries * s.keys);

  if (s.biased) {
    mask[0] = -INFINITY;
    a.bias = (SacScoreBias){bias, 1, 0, square, (ptrdiff_t)s.keys};
    a.mask = (SacScoreBias){mask, 2, square, 0, (ptrdiff_t)s.keys};
  }

  size_t room = sac_attention_workspace (&a);
  float *workspace = guarded_new (room);

  g_assert_true (sac_attention_run (&a, workspace, NULL));
  check_results (&a);
  guarded_free (workspace, room, "workspace");
  guarded_free (out, out_count, "attention");
}

static void
test_sizes (void)
{
  static const Size sizes[] = {
    {1, 1, 1, 1, 1, 1, false},       {2, 3, 17, 17, 16, 16, false},
    {3, 2, 49, 49, 32, 32, true},    {1, 2, 5, 70, 24, 40, false},
    {1, 2, 197, 197, 64, 64, false}, {4, 1, 7, 33, 8, 5, true},
    {1, 1, 500, 40, 8, 8, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    check (sizes[i], false);
    check (sizes[i], true);
  }
}

static void
test_softmax (void)
{
  enum { ROWS = 3, COLUMNS = 37, STEP = 40 };
  float x[ROWS * STEP], y[ROWS * STEP];
  SacSoftmax softmax = {ROWS, COLUMNS, x, STEP, y, STEP};

  fill (x, ROWS * STEP, 6);
  x[5] = 200;
  x[STEP + 3] = -INFINITY;
  x[STEP + 4] = -100; /* what is added by masks: no subnormal share is left */
  x[2 * STEP + 36] = NAN;
  g_assert_true (sac_softmax_run (&softmax, NULL));
  g_assert_cmpfloat_with_epsilon (y[5], 1, 1e-6);
  g_assert_cmpfloat (y[STEP + 3], ==, 0);
  g_assert_cmpfloat (y[STEP + 4], ==, 0);
  for (size_t row = 0; row < 2; row++) {
    double sum = 0, whole = 0;
    float expected[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
      sum += exp ((double)x[row * STEP + i] - (row == 0 ? 200 : 0));
    for (size_t i = 0; i < COLUMNS; i++) {
      expected[i] =
        (float)(exp ((double)x[row * STEP + i] - (row == 0 ? 200 : 0)) / sum);
      whole += y[row * STEP + i];
    }
    test_assert_close (y + row * STEP, expected, COLUMNS, 1e-6, "softmax");
    g_assert_cmpfloat_with_epsilon (whole, 1, 1e-6);
  }
  for (size_t i = 0; i < COLUMNS; i++)
    g_assert_true (isnan (y[2 * STEP + i]));
}

static void
norm_row (const float *x,
          size_t columns,
          const float *scale,
          const float *bias,
          float *y)
{
  double mean = 0, variance = 0;

  for (size_t i = 0; i < columns; i++)
    mean += x[i] / (double)columns;
  for (size_t i = 0; i < columns; i++)
    variance += (x[i] - mean) * (x[i] - mean) / (double)columns;
  for (size_t i = 0; i < columns; i++)
    y[i] = (float)((x[i] - mean) / sqrt (variance + 1e-5) * scale[i] + bias[i]);
}

static void
check_norm (size_t rows, size_t columns)
{
  size_t blocked_count = rows * sac_blocks (columns) * SAC_BLOCK;
  g_autofree float *x = filled (rows * columns, 7);
  g_autofree float *scale = filled (columns, 8);
  g_autofree float *bias = filled (columns, 9);
  g_autofree float *expected = g_new (float, rows *columns);
  g_autofree float *x_blocked = g_new (float, blocked_count);
  g_autofree float *back = g_new (float, rows *columns);
  float *y = guarded_new (rows * columns);
  float *y_blocked = guarded_new (blocked_count);
  SacLayerNorm norm = {
    .rows = rows,
    .columns = columns,
    .x = sac_rows_plain (x, columns),
    .y = sac_rows_plain (y, columns),
    .scale = scale,
    .bias = bias,
    .epsilon = 1e-5f,
  };

  for (size_t i = 0; i < rows * columns; i++)
    x[i] += 3; /* a mean that is not near 0 */
  to_blocked (x_blocked, x, rows, columns);
  for (size_t row = 0; row < rows; row++)
    norm_row (x + row * columns, columns, scale, bias,
              expected + row * columns);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  test_assert_close (y, expected, rows * columns, 2e-6, "layer norm");
  norm.x = sac_rows_blocked (x_blocked, rows);
  norm.y = sac_rows_blocked (y_blocked, rows);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  from_blocked (back, y_blocked, rows, columns);
  test_assert_close (back, expected, rows * columns, 2e-6, "blocked norm");
  guarded_free (y, rows * columns, "layer norm");
  guarded_free (y_blocked, blocked_count, "blocked norm");
}

static double
get_g (const float *dy, const float *scale, size_t i)
{
  return (double)dy[i] * (double)scale[i];
}

/* dx of one row, from the formula as it is. */
static void
norm_row_gradient (const float *x,
                   const float *dy,
                   const float *scale,
                   size_t columns,
                   float *dx)
{
  double n = (double)columns, mean = 0, variance = 0, sum = 0, along = 0;

  for (size_t i = 0; i < columns; i++)
    mean += x[i] / n;
  for (size_t i = 0; i < columns; i++)
    variance += (x[i] - mean) * (x[i] - mean) / n;

  double inverse = 1 / sqrt (variance + 1e-5);

  for (size_t i = 0; i < columns; i++) {
    sum += get_g (dy, scale, i) / n;
    along += get_g (dy, scale, i) * (x[i] - mean) * inverse / n;
  }
  for (size_t i = 0; i < columns; i++)
    dx[i] += (float)(inverse * (get_g (dy, scale, i) - sum -
                                (x[i] - mean) * inverse * along));
}

static void
check_norm_gradient (size_t rows, size_t columns)
{
  size_t count = rows * columns;
  size_t blocked_count = rows * sac_blocks (columns) * SAC_BLOCK;
  g_autofree float *x = filled (count, 7), *dy = filled (count, 8);
  g_autofree float *scale = filled (columns, 9);
  g_autofree float *expected = filled (count, 10);
  g_autofree float *x_blocked = g_new (float, blocked_count);
  g_autofree float *dy_blocked = g_new (float, blocked_count);
  g_autofree float *back = g_new (float, count);
  g_autofree float *moments = g_new (float, 2 * rows);
  g_autofree float *y = g_new (float, count);
  float *dx = guarded_new (count);
  float *dx_blocked = guarded_new (blocked_count);
  SacLayerNorm norm = {
    .rows = rows,
    .columns = columns,
    .x = sac_rows_plain (x, columns),
    .y = sac_rows_plain (y, columns),
    .epsilon = 1e-5f,
    .means = moments,
    .inverse = moments + rows,
  };
  SacLayerNormGradient gradient = {
    .rows = rows,
    .columns = columns,
    .x = norm.x,
    .dy = sac_rows_plain (dy, columns),
    .dx = sac_rows_plain (dx, columns),
    .scale = scale,
    .means = moments,
    .inverse = moments + rows,
  };

  /* What is there before is added to. */
  memcpy (dx, expected, count * sizeof *dx);
  to_blocked (dx_blocked, expected, rows, columns);
  to_blocked (x_blocked, x, rows, columns);
  to_blocked (dy_blocked, dy, rows, columns);
  for (size_t row = 0; row < rows; row++)
    norm_row_gradient (x + row * columns, dy + row * columns, scale, columns,
                       expected + row * columns);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  g_assert_true (sac_layer_norm_gradient_run (&gradient, NULL));
  test_assert_close (dx, expected, count, 5e-6, "gradient");
  gradient.x = sac_rows_blocked (x_blocked, rows);
  gradient.dy = sac_rows_blocked (dy_blocked, rows);
  gradient.dx = sac_rows_blocked (dx_blocked, rows);
  g_assert_true (sac_layer_norm_gradient_run (&gradient, NULL));
  from_blocked (back, dx_blocked, rows, columns);
  test_assert_close (back, expected, count, 5e-6, "blocked gradient");
  guarded_free (dx, count, "gradient");
  guarded_free (dx_blocked, blocked_count, "blocked gradient");
}

static void
test_layer_norm_gradient (void)
{
  static const size_t sizes[][2] = {
    {1, 2}, {3, 7}, {5, 16}, {4, 33}, {9, 96}, {700, 100}, {2, 1000},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_norm_gradient (sizes[i][0], sizes[i][1]);
}

static void
test_layer_norm (void)
{
  check_norm (1, 5);
  check_norm (7, 16);
  check_norm (50, 96);
  check_norm (3, 770);
  check_norm (300, 33);
}

static void
test_cancel (void)
{
  float x[4] = {1, 2, 3, 4}, y[4] = {9};
  SacSoftmax softmax = {1, 4, x, 4, y, 4};
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_false (sac_softmax_run (&softmax, job));
  g_assert_cmpfloat (y[0], ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/attention/sizes", test_sizes);
  add_for_variants ("/attention/softmax", test_softmax);
  add_for_variants ("/attention/layer-norm", test_layer_norm);
  add_for_variants ("/attention/layer-norm-gradient", test_layer_norm_gradient);
  g_test_add_func ("/attention/cancel", test_cancel);
  return g_test_run ();
}
