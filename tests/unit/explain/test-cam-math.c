/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam-math.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* Three channels of 2 x 2 with their gradients, and the maps that independent
 * implementations of the papers' formulas gave for them. */
static const float values[] = {1, 2, 3, 4, 0, 1, 1, 0, 2, 0, 0, 2};
static const float gradients[] = {0.1f,  -0.2f, 0.3f, 0.4f, -0.5f, 0.5f,
                                  0.25f, 0.25f, 0.2f, 0.2f, -0.1f, 0.1f};
static const SacCamPlanes three = {3, 4, values, gradients};

/* The values and gradients after the ReLU of a convolution with a linear head,
 * worked out by hand: its logit is 54. */
static const float relu_values[] = {0, 4, 31, 40, 0, 0, 6, 15};
static const float relu_gradients[] = {1, 1, 1, 1, 1, -1, -1, -1};
static const SacCamPlanes closed = {2, 4, relu_values, relu_gradients};

static void
test_grad_cam (void)
{
  float map[4];

  sac_cam_grad_cam (&three, map);
  test_assert_close (map, (float[]){0.35f, 0.425f, 0.575f, 0.8f}, 4, 1e-6,
                     "three channels");
  sac_cam_grad_cam (&closed, map);
  test_assert_close (map, (float[]){0, 4, 28, 32.5f}, 4, 1e-6, "closed form");
}

/* One channel at a time, before the ReLU: what is added up to 11.25 13.5 20.25
 * 22.5. */
static void
test_channels (void)
{
  static const float conv[] = {-5, 4, 31, 40, -30, -21, 6, 15};
  static const float slopes[] = {0, 1, 1, 1, 0, 0, -1, -1};
  static const float expected[] = {-3.75f, 3, 23.25f, 30, 15, 10.5f, -3, -7.5f};
  float map[4];

  for (int k = 0; k < 2; k++) {
    sac_cam_grad_cam (&(SacCamPlanes){1, 4, conv + 4 * k, slopes + 4 * k}, map);
    test_assert_close (map, expected + 4 * k, 4, 1e-6, "one channel");
  }

  /* A layer of three numbers at one place, each worth four times itself. */
  sac_cam_grad_cam (&(SacCamPlanes){3, 1, (const float[]){0, 100, 0},
                                    (const float[]){4, 4, 4}},
                    map);
  g_assert_cmpfloat (map[0], ==, 400);
}

static void
test_hires_cam (void)
{
  float map[4];

  sac_cam_hires_cam (&three, map);
  test_assert_close (map, (float[]){0.5f, 0.1f, 1.15f, 1.8f}, 4, 1e-6,
                     "three channels");
  sac_cam_hires_cam (&closed, map);
  test_assert_close (map, (float[]){0, 4, 25, 25}, 4, 1e-6, "closed form");
  g_assert_cmpfloat_with_epsilon (map[0] + map[1] + map[2] + map[3], 54, 1e-4);
}

static void
test_layer_cam (void)
{
  float map[4];

  sac_cam_layer_cam (&three, map);
  test_assert_close (map, (float[]){0.5f, 0.5f, 1.15f, 1.8f}, 4, 1e-6,
                     "three channels");
  sac_cam_layer_cam (&closed, map);
  test_assert_close (map, (float[]){0, 4, 31, 40}, 4, 1e-6, "closed form");
}

static void
test_x_grad_cam (void)
{
  float map[4];

  sac_cam_x_grad_cam (&three, 0, map);
  test_assert_close (map, (float[]){0.52f, 0.815f, 1.035f, 1.18f}, 4, 1e-6,
                     "three channels");
  sac_cam_x_grad_cam (&closed, 0, map);
  test_assert_close (map, (float[]){0, 4, 25, 25}, 4, 1e-6, "closed form");
}

static void
test_grad_cam_pp (void)
{
  float map[4];

  sac_cam_grad_cam_pp (&three, 1e-6, map);
  test_assert_close (map,
                     (float[]){0.5290403f, 0.6866626f, 0.8466612f, 1.0090363f},
                     4, 1e-6, "three channels");
  sac_cam_grad_cam_pp (&closed, 1e-6, map);
  test_assert_close (map, (float[]){0, 0.2077922f, 1.8712592f, 2.7300960f}, 4,
                     1e-6, "closed form");
}

/* A sum of 10 and a gradient of -0.2 make the denominator 0. */
static void
test_grad_cam_pp_zero (void)
{
  const float four[] = {1, 2, 3, 4};
  const float negative[] = {-0.2f, -0.2f, -0.2f, -0.2f};
  float map[4];

  sac_cam_grad_cam_pp (&(SacCamPlanes){1, 4, four, negative}, 0, map);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (map[i], ==, 0);
}

static void
test_eigen_cam (void)
{
  const float two[] = {2, 0, 0, 0, 0, 1.9f, 0, 0, 0, 1.9f, 0, 0};
  float map[4];

  sac_cam_eigen_cam (&three, true, map);
  /* Two elements share the largest magnitude: only the magnitude is defined. */
  for (int i = 0; i < 4; i++)
    map[i] = fabsf (map[i]);
  test_assert_close (map, (float[]){1.5f, 0.5f, 0.5f, 1.5f}, 4, 1e-6,
                     "centred");
  /* The longest column is at a right angle to the first singular vector. */
  sac_cam_eigen_cam (&(SacCamPlanes){3, 4, two, NULL}, false, map);
  test_assert_close (map, (float[]){0, 1.9f * sqrtf (2), 0, 0}, 4, 1e-6,
                     "shorter columns together");
}

static void
test_eigen_grad_cam (void)
{
  float map[4];

  sac_cam_eigen_grad_cam (&three, true, map);
  test_assert_close (map,
                     (float[]){-0.4054694f, -0.9926472f, 0.3306874f,
                               1.0674292f},
                     4, 1e-6, "gradients times values");
}

/* The same of magnitudes of gradients times values, the sign that of the larger
 * end. */
static void
test_eigen_magnitudes (void)
{
  float sizes[12], map[4];

  for (int i = 0; i < 12; i++)
    sizes[i] = fabsf (gradients[i]) * values[i];
  sac_cam_eigen_cam (&(SacCamPlanes){3, 4, sizes, NULL}, true, map);
  test_assert_close (map,
                     (float[]){-0.6391463f, -0.3729019f, 0.1511917f,
                               0.8608565f},
                     4, 1e-6, "magnitudes");
}

static void
test_eigen_cam_flat (void)
{
  const float flat[] = {3, 3, 3, 3};
  float map[4];

  sac_cam_eigen_cam (&(SacCamPlanes){1, 4, flat, NULL}, true, map);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (map[i], ==, 0);
}

/* A gradient that is not a number is shown, never left out. */
static void
test_not_finite (void)
{
  static const float broken[] = {NAN, NAN, NAN, NAN};
  static const SacCamPlanes planes = {1, 4, values, broken};
  float map[4];

  sac_cam_layer_cam (&planes, map);
  for (int i = 0; i < 4; i++)
    g_assert_true (isnan (map[i]));
  sac_cam_grad_cam_pp (&planes, 1e-6, map);
  for (int i = 0; i < 4; i++)
    g_assert_true (isnan (map[i]));
}

/* Four channels equal to their gradients: weights 1, .5, .375, .125. */
static void
test_weights (void)
{
  const float both[] = {1, 1, 1, 1, 1, 1, 0, 0, 1, 0.5f, 0, 0, 0.5f, 0, 0, 0};
  float map[4];

  sac_cam_grad_cam (&(SacCamPlanes){4, 4, both, both}, map);
  test_assert_close (map, (float[]){1.9375f, 1.6875f, 1, 1}, 4, 1e-6,
                     "four channels");
}

/* Behind a mean over the places and a linear layer the gradient of a channel
 * is one number, and four methods are one. */
static void
test_pooled_head (void)
{
  enum { CHANNELS = 5, CELLS = 12 };
  float a[CHANNELS * CELLS], g[CHANNELS * CELLS];
  float first[CELLS], other[CELLS];
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  SacCamPlanes planes = {CHANNELS, CELLS, a, g};

  for (int i = 0; i < CHANNELS * CELLS; i++) {
    a[i] = (float)g_rand_double_range (rand, 0.1, 1);
    g[i] = i % CELLS == 0 ? (float)g_rand_double_range (rand, -1, 1) : g[i - 1];
  }
  sac_cam_grad_cam (&planes, first);
  sac_cam_hires_cam (&planes, other);
  test_assert_close (other, first, CELLS, 1e-6, "HiResCAM");
  sac_cam_x_grad_cam (&planes, 0, other);
  test_assert_close (other, first, CELLS, 1e-6, "XGrad-CAM");
}

/* A score times c has a map times c. */
static void
test_scale (void)
{
  float scaled[12], first[4], second[4];

  for (int i = 0; i < 12; i++)
    scaled[i] = gradients[i] * 4;
  sac_cam_grad_cam (&three, first);
  sac_cam_grad_cam (&(SacCamPlanes){3, 4, values, scaled}, second);
  for (int i = 0; i < 4; i++)
    first[i] *= 4;
  test_assert_close (second, first, 4, 1e-6, "four times the score");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/cam-math/grad-cam", test_grad_cam);
  g_test_add_func ("/explain/cam-math/channels", test_channels);
  g_test_add_func ("/explain/cam-math/hirescam", test_hires_cam);
  g_test_add_func ("/explain/cam-math/layercam", test_layer_cam);
  g_test_add_func ("/explain/cam-math/xgrad-cam", test_x_grad_cam);
  g_test_add_func ("/explain/cam-math/grad-cam++", test_grad_cam_pp);
  g_test_add_func ("/explain/cam-math/grad-cam++-zero", test_grad_cam_pp_zero);
  g_test_add_func ("/explain/cam-math/eigen-cam", test_eigen_cam);
  g_test_add_func ("/explain/cam-math/eigen-grad-cam", test_eigen_grad_cam);
  g_test_add_func ("/explain/cam-math/eigen-magnitudes", test_eigen_magnitudes);
  g_test_add_func ("/explain/cam-math/eigen-cam-flat", test_eigen_cam_flat);
  g_test_add_func ("/explain/cam-math/not-finite", test_not_finite);
  g_test_add_func ("/explain/cam-math/weights", test_weights);
  g_test_add_func ("/explain/cam-math/pooled-head", test_pooled_head);
  g_test_add_func ("/explain/cam-math/scale", test_scale);
  return g_test_run ();
}
