/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Methods at the input of networks of a few numbers, worked out by hand. */
#include "support.h"
#include "written-model.h"

#include <string.h>

/* x: the input, an image of that many rows and columns. */
static SacMap *
run (const char *text,
     const float *x,
     int rows,
     int columns,
     const char *method,
     const char *params)
{
  SacShape shape = sac_shape_of (1, 1, rows, columns);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = written_model_new (text);
  g_autoptr (SacTensor) input = written_input_new (&shape, 1);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model, .inputs = inputs};

  memcpy (sac_tensor_f32 (input), x, sac_tensor_get_bytes (input));

  SacMap *map = written_run (method, &request, params, &error);

  g_assert_no_error (error);
  return map;
}

/* Three linear layers of three, four and two numbers, for the score 392 of (20,
 * 50, 30): each is worth four times itself; of windows of two, with 10 instead,
 * 50 and 60 are lost, times four.  A second row counts nothing. */
static void
test_layers (void)
{
  static const char text[] = "opset 13\n"
                             "input x float 1,1,2,3\n"
                             "init a float 4,6 1 1 1 0 0 0 1 1 1 0 0 0 "
                             "1 1 1 0 0 0 1 1 1 0 0 0\n"
                             "init a0 float 4 -10 1 1 1\n"
                             "init b float 2,4 1 1 1 1 1 1 1 1\n"
                             "init b0 float 2 -1 1\n"
                             "node _ Flatten x -> flat axis=i:1\n"
                             "node _ Gemm flat,a,a0 -> first transB=i:1\n"
                             "node _ Relu first -> bent\n"
                             "node _ Gemm bent,b,b0 -> score transB=i:1\n"
                             "output score float 1,2\n";
  static const float x[] = {20, 50, 30, 0, 0, 0};
  g_autoptr (SacMap) single =
    run (text, x, 2, 3, "occlusion", "patch=1 stride=1 baseline=0");
  g_autoptr (SacMap) pairs =
    run (text, x, 2, 3, "occlusion", "patch=2 stride=1 baseline=10");

  test_assert_close (single->values, (float[]){80, 200, 120, 0, 0, 0}, 6, 1e-4,
                     "single numbers");
  g_assert_cmpint (pairs->columns, ==, 2);
  test_assert_close (pairs->values, (float[]){200, 240}, 2, 1e-4, "pairs");
}

/* Weights of 2 and of 3, and a ReLU that cuts nothing: 18 times the input. */
static void
test_chain (void)
{
  static const char text[] = "opset 13\n"
                             "input x float 1,1,1,3\n"
                             "init a float 3,3 2 2 2 2 2 2 2 2 2\n"
                             "init b float 3,1 3 3 3\n"
                             "node _ Flatten x -> flat axis=i:1\n"
                             "node _ MatMul flat,a -> first\n"
                             "node _ Relu first -> bent\n"
                             "node _ MatMul bent,b -> score\n"
                             "output score float 1,1\n";
  static const float x[] = {1, 2, 3};
  g_autoptr (SacMap) map = run (text, x, 1, 3, "gradient-x-input", NULL);

  test_assert_close (map->values, (float[]){18, 36, 54}, 3, 1e-5, "chain");
}

/* max (0, max (0, a) - 1 - max (0, b)) for a = 3, b = 1: the score moves on the
 * second half of the way from zeros alone. */
static void
test_threshold (void)
{
  static const char text[] = "opset 13\n"
                             "input x float 1,1,1,2\n"
                             "init zero int64 1 0\n"
                             "init one int64 1 1\n"
                             "init two int64 1 2\n"
                             "init axis int64 1 3\n"
                             "init less float - 1\n"
                             "node _ Relu x -> bent\n"
                             "node _ Slice bent,zero,one,axis -> a\n"
                             "node _ Slice bent,one,two,axis -> b\n"
                             "node _ Sub a,less -> lower\n"
                             "node _ Sub lower,b -> difference\n"
                             "node _ Relu difference -> cut\n"
                             "node _ Flatten cut -> score axis=i:1\n"
                             "output score float 1,1\n";
  static const float x[] = {3, 1};
  g_autoptr (SacMap) map = run (text, x, 1, 2, "integrated-gradients",
                                "steps=1000 rule=midpoint baseline=0");

  test_assert_close (map->values, (float[]){1.5f, -0.5f}, 2, 1e-5, "threshold");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/input-vectors/layers", test_layers);
  g_test_add_func ("/explain/input-vectors/chain", test_chain);
  g_test_add_func ("/explain/input-vectors/threshold", test_threshold);
  return g_test_run ();
}
