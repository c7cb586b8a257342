/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* FullGrad: everything adds up to the score where the network is piecewise
 * linear, and the paper's form by hand. */
#include "base/error.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

/* The closed form of the class activation maps, and a last bias of 2. */
static const char closed[] =
  "opset 13\n"
  "input x float 1,1,4,4\n"
  "init w float 2,1,3,3 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
  "init b float 2 -50 -75\n"
  "init rows float 1,8 1 1 1 1 1 -1 -1 -1\n"
  "init c float 1 2\n"
  "node _ Conv x,w,b -> conv\n"
  "node _ Relu conv -> relu\n"
  "node _ Flatten relu -> flat axis=i:1\n"
  "node _ Gemm flat,rows,c -> score transB=i:1\n"
  "output score float 1,1\n";

/* A bias of every kind: of a convolution, a normalisation, a sum, a difference,
 * a product; one value read twice. */
static const char kinds[] = "opset 13\n"
                            "input x float ?,3,10,12\n"
                            "noise w 4,3,3,3\n"
                            "noise b 4\n"
                            "noise scale 4\n"
                            "noise shift 4\n"
                            "noise mean 4\n"
                            "init variance float 4 0.5 1 2 3\n"
                            "noise planes 4,1,1\n"
                            "noise v 4,4,3,3\n"
                            "noise rows 4,3\n"
                            "noise c 3\n"
                            "node _ Conv x,w,b -> conv pads=is:1,1,1,1\n"
                            "node _ BatchNormalization "
                            "conv,scale,shift,mean,variance -> norm\n"
                            "node _ Relu norm -> relu\n"
                            "node _ Sub relu,planes -> less\n"
                            "node _ Conv less,v -> deep pads=is:1,1,1,1\n"
                            "node _ Add deep,less -> both\n"
                            "node _ MaxPool both -> small kernel_shape=is:2,2 "
                            "strides=is:2,2\n"
                            "node _ GlobalAveragePool small -> pooled\n"
                            "node _ Flatten pooled -> flat\n"
                            "node _ Gemm flat,rows,c -> score beta=f:0.5\n"
                            "output score float ?,3\n";

/* A sigmoid adds what no bias says. */
static const char bent[] = "opset 13\n"
                           "input x float ?,3,8,8\n"
                           "noise w 4,3,3,3\n"
                           "noise rows 4,2\n"
                           "node _ Conv x,w -> conv\n"
                           "node _ Sigmoid conv -> bent\n"
                           "node _ GlobalAveragePool bent -> pooled\n"
                           "node _ Flatten pooled -> flat\n"
                           "node _ MatMul flat,rows -> score\n"
                           "output score float ?,2\n";

static SacMap *
run (const char *text,
     const SacShape *shape,
     bool count,
     int64_t class_index,
     const char *params)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = written_model_new (text);
  g_autoptr (SacTensor) input = written_input_new (shape, 3);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model,
                               .inputs = inputs,
                               .class_index = class_index};

  for (int i = 0; count && i < 16; i++)
    sac_tensor_f32 (input)[i] = (float)i;

  SacMap *map = written_run ("fullgrad", &request, params, &error);

  g_assert_no_error (error);
  return map;
}

static double
number (const SacMap *map, const char *key)
{
  return json_object_get_double_member (map->provenance, key);
}

static double
sum_of (const SacMap *map)
{
  double sum = 0;

  for (int i = 0; i < map->rows * map->columns; i++)
    sum += map->values[i];
  return sum;
}

/* The open cells have gradients 1, 1, 1 in the first channel and -1, -1 in the
 * second (test-cam-math.c): their biases, -50 and -75, add 0 together, and the
 * input alone makes 54.  The last bias is at no place of the image. */
static void
test_closed (void)
{
  SacShape shape = sac_shape_of (1, 1, 4, 4);
  g_autoptr (SacMap) map = run (closed, &shape, true, 0, "form=signed");

  g_assert_cmpfloat_with_epsilon (number (map, "input_term"), 54, 1e-4);
  g_assert_cmpfloat_with_epsilon (number (map, "bias_terms"), 2, 1e-4);
  g_assert_cmpfloat_with_epsilon (number (map, "without_place"), 2, 1e-4);
  g_assert_cmpfloat_with_epsilon (number (map, "sum"), 56, 1e-4);
  g_assert_cmpfloat_with_epsilon (sum_of (map), 54, 1e-4);
  g_assert_false (json_object_has_member (map->provenance, "notes"));
}

/* The paper's form: |x dx| scaled to 0 .. 1, and the magnitudes of both
 * channels' biases, scaled together, enlarged.  Channel terms: [0 -50; -50 -50]
 * and [0 0; 75 75], so that the cells hold 0, 2/3; 5/3, 5/3. */
static void
test_paper (void)
{
  static const float product[16] = {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11};
  static const double cells[2][2] = {{0, 2.0 / 3}, {5.0 / 3, 5.0 / 3}};
  static const double share[4] = {0, 0.25, 0.75, 1};
  SacShape shape = sac_shape_of (1, 1, 4, 4);
  g_autoptr (SacMap) map = run (closed, &shape, true, 0, NULL);
  float expected[16];

  for (int y = 0; y < 4; y++) {
    for (int x = 0; x < 4; x++) {
      double top = cells[0][0] + share[x] * (cells[0][1] - cells[0][0]);
      double bottom = cells[1][0] + share[x] * (cells[1][1] - cells[1][0]);

      expected[4 * y + x] =
        (float)(product[4 * y + x] / 11 + top + share[y] * (bottom - top));
    }
  }
  test_assert_close (map->values, expected, 16, 1e-5, "paper");
}

static void
test_kinds (void)
{
  SacShape shape = sac_shape_of (1, 3, 10, 12);

  for (int64_t class = 0; class < 3; class ++) {
    g_autoptr (SacMap) map = run (kinds, &shape, false, class, "form=signed");
    double score = number (map, "score_change");

    g_assert_cmpint (json_object_get_int_member (map->provenance, "biases"), ==,
                     4);
    g_assert_cmpfloat_with_epsilon (number (map, "sum"), score,
                                    1e-4 * (1 + fabs (score)));
    g_assert_cmpfloat_with_epsilon (sum_of (map) +
                                      number (map, "without_place"),
                                    score, 1e-4 * (1 + fabs (score)));
    g_assert_cmpfloat (fabs (number (map, "without_place")), >, 0);
  }
}

static void
test_bent (void)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacMap) map = run (bent, &shape, false, 0, NULL);

  g_assert_true (json_object_has_member (map->provenance, "notes"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fullgrad/closed", test_closed);
  g_test_add_func ("/fullgrad/paper", test_paper);
  g_test_add_func ("/fullgrad/kinds", test_kinds);
  g_test_add_func ("/fullgrad/bent", test_bent);
  return g_test_run ();
}
