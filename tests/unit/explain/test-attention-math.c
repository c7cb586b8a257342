/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-math.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Two layers, two heads, a class token and 2 x 2 patches. */
enum { LAYERS = 2, HEADS = 2, TOKENS = 5, MATRIX = TOKENS * TOKENS };

typedef struct {
  float weights[LAYERS][HEADS][MATRIX];
  float gradients[LAYERS][HEADS][MATRIX];
} Example;

/* A = softmax over j of (((5 i + 3 j + 2 h + l) mod 7) / 2),
 * dA = (((3 i + 5 j + 7 h + 11 l) mod 9) - 4) / 10. */
static void
make_example (Example *example)
{
  for (int l = 0; l < LAYERS; l++) {
    for (int h = 0; h < HEADS; h++) {
      for (int i = 0; i < TOKENS; i++) {
        float *row = example->weights[l][h] + i * TOKENS;
        float *gradients = example->gradients[l][h] + i * TOKENS;
        double sum = 0;

        for (int j = 0; j < TOKENS; j++)
          sum += exp ((5 * i + 3 * j + 2 * h + l) % 7 / 2.0);
        for (int j = 0; j < TOKENS; j++) {
          row[j] = (float)(exp ((5 * i + 3 * j + 2 * h + l) % 7 / 2.0) / sum);
          gradients[j] =
            (float)(((3 * i + 5 * j + 7 * h + 11 * l) % 9 - 4) / 10.0);
        }
      }
    }
  }
}

static SacAttentionMatrix *
fuse_layer (const Example *example,
            int layer,
            SacHeadMode mode,
            SacAttentionUse use)
{
  SacAttentionFusion fusion = {use, mode, 0};
  float fused[MATRIX];

  for (int i = 0; i < MATRIX; i++)
    fused[i] = (float)sac_attention_fuse (example->weights[layer][0] + i,
                                          example->gradients[layer][0] + i,
                                          HEADS, MATRIX, &fusion);
  return sac_attention_matrix_new_dense (TOKENS, fused);
}

typedef void (*Step) (const SacAttentionMatrix *matrix,
                      const double *row,
                      double *ret_own,
                      double *ret_keys);

/* Queries and keys are the same tokens. */
static void
take_step (Step step,
           const SacAttentionMatrix *matrix,
           const double *row,
           double *ret_row)
{
  memset (ret_row, 0, matrix->tokens * sizeof *ret_row);
  step (matrix, row, ret_row, ret_row);
}

/* The class token's row of the product of both layers. */
static void
class_row (const Example *example,
           Step step,
           SacHeadMode mode,
           SacAttentionUse use,
           double *row)
{
  double next[TOKENS];

  memset (row, 0, TOKENS * sizeof *row);
  row[0] = 1;
  for (int l = LAYERS - 1; l >= 0; l--) {
    g_autoptr (SacAttentionMatrix) matrix = fuse_layer (example, l, mode, use);

    take_step (step, matrix, row, next);
    memcpy (row, next, sizeof next);
  }
}

static void
assert_patches (const double *row, const float *expected, const char *what)
{
  float patches[TOKENS - 1];

  for (int i = 1; i < TOKENS; i++)
    patches[i - 1] = (float)row[i];
  test_assert_close (patches, expected, TOKENS - 1, 1e-5, what);
}

static void
test_last_layer (void)
{
  Example example;
  double row[TOKENS];

  make_example (&example);
  test_assert_close (example.weights[0][0],
                     (float[]){.024711f, .110746f, .496331f, .067171f,
                               .301040f},
                     TOKENS, 1e-5, "the example itself");

  g_autoptr (SacAttentionMatrix) mean =
    fuse_layer (&example, 1, SAC_HEAD_MEAN, SAC_ATTENTION_WEIGHTS);
  g_autoptr (SacAttentionMatrix) one =
    fuse_layer (&example, 1, SAC_HEAD_ONE, SAC_ATTENTION_WEIGHTS);

  sac_attention_received (mean, 0, 1, row);
  assert_patches (row, (float[]){.351013f, .047504f, .212900f, .310261f},
                  "mean of heads");
  sac_attention_received (one, 0, 1, row);
  assert_patches (row, (float[]){.213526f, .028898f, .129510f, .580423f},
                  "head 0");
}

static void
test_rollout (void)
{
  Example example;
  double row[TOKENS], sum = 0;

  make_example (&example);
  class_row (&example, sac_attention_rollout_step, SAC_HEAD_MEAN,
             SAC_ATTENTION_WEIGHTS, row);
  assert_patches (row, (float[]){.208720f, .138024f, .126595f, .190888f},
                  "mean of heads");
  for (int i = 0; i < TOKENS; i++)
    sum += row[i];
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
  class_row (&example, sac_attention_rollout_step, SAC_HEAD_MAX,
             SAC_ATTENTION_WEIGHTS, row);
  assert_patches (row, (float[]){.212616f, .158976f, .126904f, .236853f},
                  "largest of heads");
  class_row (&example, sac_attention_rollout_step, SAC_HEAD_MIN,
             SAC_ATTENTION_WEIGHTS, row);
  assert_patches (row, (float[]){.174924f, .080467f, .110313f, .064561f},
                  "smallest of heads");
  /* Rows of A + I sum to 2 in both layers. */
  class_row (&example, sac_attention_relevance_step, SAC_HEAD_MEAN,
             SAC_ATTENTION_WEIGHTS, row);
  assert_patches (row, (float[]){.834880f, .552096f, .506380f, .763553f},
                  "rows as they are");
}

static void
test_relevance (void)
{
  Example example;
  double row[TOKENS];

  make_example (&example);
  class_row (&example, sac_attention_relevance_step, SAC_HEAD_MEAN,
             SAC_ATTENTION_POSITIVE, row);
  assert_patches (row, (float[]){.063906f, .013957f, .063536f, .000474f},
                  "mean of heads");
}

/* NumPy in double, from the formula: the plain rollout of
 * max (0, mean or maximum over heads of A dA). */
static void
test_gradient_rollout (void)
{
  Example example;
  double row[TOKENS];

  make_example (&example);
  class_row (&example, sac_attention_rollout_step, SAC_HEAD_MEAN,
             SAC_ATTENTION_PRODUCT, row);
  assert_patches (row, (float[]){.0506406f, .000431471f, .0552371f, 0},
                  "mean of heads");
  class_row (&example, sac_attention_rollout_step, SAC_HEAD_MAX,
             SAC_ATTENTION_PRODUCT, row);
  assert_patches (row, (float[]){.0651575f, .0229851f, .0610334f, .000901562f},
                  "largest of heads");
}

/* Mean over blocks, heads and queries of the positive gradients. */
static void
test_positive_gradients (void)
{
  Example example;
  double mean[TOKENS] = {0}, received[TOKENS];

  make_example (&example);
  for (int l = 0; l < LAYERS; l++) {
    g_autoptr (SacAttentionMatrix) matrix =
      fuse_layer (&example, l, SAC_HEAD_MEAN, SAC_ATTENTION_GRADIENTS);

    sac_attention_received (matrix, 0, -1, received);
    for (int i = 0; i < TOKENS; i++)
      mean[i] += received[i] / LAYERS;
  }
  assert_patches (mean, (float[]){.150f, .095f, .115f, .100f}, "both blocks");
}

/* Each head's row of the class token, weighted by the mean of its gradients. */
static void
test_grad_cam (void)
{
  Example example;
  double row[TOKENS] = {0}, weights[TOKENS], gradients[TOKENS];

  make_example (&example);
  for (int h = 0; h < HEADS; h++) {
    for (int i = 0; i < TOKENS; i++) {
      weights[i] = example.weights[1][h][i];
      gradients[i] = example.gradients[1][h][i];
    }

    double weight = sac_attention_head_weight (gradients, 1, TOKENS);

    for (int i = 0; i < TOKENS; i++)
      row[i] += weight * weights[i] / HEADS;
  }
  assert_patches (row,
                  (float[]){.00380191f, .00051453f, .00230598f, .04252925f},
                  "last block");
}

/* A gradient that is not a number is shown in every use and head, never taken
 * for one without evidence. */
static void
test_not_finite (void)
{
  static const SacAttentionUse uses[] = {SAC_ATTENTION_POSITIVE,
                                         SAC_ATTENTION_PRODUCT,
                                         SAC_ATTENTION_GRADIENTS};
  static const SacHeadMode modes[] = {SAC_HEAD_MEAN, SAC_HEAD_MAX, SAC_HEAD_MIN,
                                      SAC_HEAD_ONE};
  static const float weights[] = {0.5f, 0.5f};
  static const float gradients[] = {NAN, 1};

  for (gsize i = 0; i < G_N_ELEMENTS (uses); i++) {
    for (gsize k = 0; k < G_N_ELEMENTS (modes); k++) {
      SacAttentionFusion fusion = {uses[i], modes[k], 0};

      g_assert_true (
        isnan (sac_attention_fuse (weights, gradients, 2, 1, &fusion)));
    }
  }
}

/* L layers in which all tokens attend to all alike. */
static void
test_uniform (void)
{
  enum { N = 6, L = 4 };
  float even[N * N], part[N * N];
  double rollout[N] = {1}, relevance[N] = {1}, next[N];
  const double c = 0.3;

  for (int i = 0; i < N * N; i++) {
    even[i] = 1.0f / N;
    part[i] = (float)(c / N);
  }

  g_autoptr (SacAttentionMatrix) all = sac_attention_matrix_new_dense (N, even);
  g_autoptr (SacAttentionMatrix) some =
    sac_attention_matrix_new_dense (N, part);

  for (int l = 0; l < L; l++) {
    take_step (sac_attention_rollout_step, all, rollout, next);
    memcpy (rollout, next, sizeof next);
    take_step (sac_attention_relevance_step, some, relevance, next);
    memcpy (relevance, next, sizeof next);
  }
  for (int i = 1; i < N; i++) {
    g_assert_cmpfloat_with_epsilon (rollout[i], (1 - pow (2, -L)) / N, 1e-7);
    g_assert_cmpfloat_with_epsilon (relevance[i], (pow (1 + c, L) - 1) / N,
                                    1e-7);
  }
}

/* Tokens that attend to themselves alone pass nothing to the class token. */
static void
test_identity (void)
{
  float identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  double row[3] = {1, 0, 0}, next[3];
  g_autoptr (SacAttentionMatrix) matrix =
    sac_attention_matrix_new_dense (3, identity);

  take_step (sac_attention_rollout_step, matrix, row, next);
  g_assert_cmpfloat (next[0], ==, 1);
  g_assert_cmpfloat (next[1], ==, 0);
  g_assert_cmpfloat (next[2], ==, 0);
}

static void
test_received (void)
{
  float weights[9] = {0.5f, 0.5f, 0, 0.25f, 0.25f, 0.5f, 0, 0, 1};
  double received[3];
  g_autoptr (SacAttentionMatrix) matrix =
    sac_attention_matrix_new_dense (3, weights);

  sac_attention_received (matrix, 0, -1, received);
  g_assert_cmpfloat_with_epsilon (received[0], 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (received[1], 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (received[2], 0.5, 1e-9);
  sac_attention_received (matrix, 1, 2, received);
  g_assert_cmpfloat_with_epsilon (received[2], 0.5, 1e-9);
}

/* 2 x 3 places, each with itself and the two places beside it: a corner place
 * is in two neighbourhoods, one in the middle in three. */
static void
test_neighbourhood (void)
{
  float weights[18] = {0, 0.75f, 0.25f, 0.5f, 0.25f, 0.25f, 0.5f, 0.5f, 0,
                       0, 1,     0,     0.5f, 0,     0.5f,  0,    1,    0};
  int places[6] = {0, 1, 2, 3, 4, 5};
  int keys[18] = {-1, 0, 1, 0, 1, 2, 1, 2, -1, -1, 3, 4, 3, 4, 5, 4, 5, -1};
  SacAttentionMatrix matrix = {
    .groups = 1,
    .queries = 6,
    .keys = 3,
    .weights = weights,
    .tokens = 6,
    .rows = 2,
    .columns = 3,
    .square = true,
    .query_tokens = places,
    .key_tokens = keys,
    .own_keys = true,
  };
  const double expected[6] = {0.625, 1.0 / 3, 0.375, 0.75, 0, 0.75};
  double received[6], row[6] = {1}, next[6];

  sac_attention_received (&matrix, 0, -1, received);
  for (int i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (received[i], expected[i], 1e-7);
  take_step (sac_attention_rollout_step, &matrix, row, next);
  g_assert_cmpfloat_with_epsilon (next[0], 0.875, 1e-7);
  g_assert_cmpfloat_with_epsilon (next[1], 0.125, 1e-7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/attention-math/last-layer", test_last_layer);
  g_test_add_func ("/explain/attention-math/rollout", test_rollout);
  g_test_add_func ("/explain/attention-math/relevance", test_relevance);
  g_test_add_func ("/explain/attention-math/gradient-rollout",
                   test_gradient_rollout);
  g_test_add_func ("/explain/attention-math/positive-gradients",
                   test_positive_gradients);
  g_test_add_func ("/explain/attention-math/grad-cam", test_grad_cam);
  g_test_add_func ("/explain/attention-math/not-finite", test_not_finite);
  g_test_add_func ("/explain/attention-math/uniform", test_uniform);
  g_test_add_func ("/explain/attention-math/identity", test_identity);
  g_test_add_func ("/explain/attention-math/received", test_received);
  g_test_add_func ("/explain/attention-math/neighbourhood", test_neighbourhood);
  return g_test_run ();
}
