/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The stages of a network, and the map that joins theirs. */
#include "base/error.h"
#include "explain/cam-stages.h"
#include "support.h"
#include "written-model.h"

#include <math.h>

/* Three grids: 8 x 8, 4 x 4, 2 x 2. */
static const char three[] =
  "opset 13\n"
  "input x float ?,3,8,8\n"
  "noise w 4,3,3,3\n"
  "noise v 6,4,3,3\n"
  "noise u 5,6,3,3\n"
  "noise rows 5,3\n"
  "node _ Conv x,w -> a pads=is:1,1,1,1\n"
  "node _ Relu a -> first\n"
  "node _ Conv first,v -> b pads=is:1,1,1,1 strides=is:2,2\n"
  "node _ Relu b -> second\n"
  "node _ Conv second,u -> c pads=is:1,1,1,1 strides=is:2,2\n"
  "node _ Relu c -> third\n"
  "node _ GlobalAveragePool third -> pooled\n"
  "node _ Flatten pooled -> flat\n"
  "node _ MatMul flat,rows -> score\n"
  "output score float ?,3\n";

static const char linear[] = "opset 13\n"
                             "input x float ?,3,8,8\n"
                             "noise rows 192,2\n"
                             "node _ Flatten x -> flat\n"
                             "node _ MatMul flat,rows -> score\n"
                             "output score float ?,2\n";

typedef struct {
  SacModel *model;
  SacTensor *input;
  const SacTensor *inputs[1];
  SacExplainRequest request;
} Fixture;

static void
set_up (Fixture *fixture, const char *text)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);

  fixture->model = written_model_new (text);
  fixture->input = written_input_new (&shape, 3);
  fixture->inputs[0] = fixture->input;
  fixture->request = (SacExplainRequest){.model = fixture->model,
                                         .inputs = fixture->inputs,
                                         .class_index = 1};
}

static void
tear_down (Fixture *fixture)
{
  sac_tensor_unref (fixture->input);
  sac_model_unref (fixture->model);
}

static void
test_names (void)
{
  static const char *const expected[] = {"first", "second", "third", NULL};
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, three);

  g_auto (GStrv) names = sac_cam_stages_names (&fixture.request, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (
    g_strv_equal ((const char *const *)names, (const char *const *)expected));
  tear_down (&fixture);
}

static void
test_none (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, linear);
  g_assert_null (sac_cam_stages_names (&fixture.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "no layer");
  tear_down (&fixture);
}

static SacMap *
run (Fixture *fixture,
     const char *method,
     const char *layer,
     const char *params)
{
  g_autoptr (GError) error = NULL;
  SacExplainRequest request = fixture->request;

  request.layer = layer;

  SacMap *map = written_run (method, &request, params, &error);

  g_assert_no_error (error);
  return map;
}

static double
largest_of (const SacMap *map)
{
  double largest = 0;

  for (int i = 0; i < map->rows * map->columns; i++)
    largest = fmax (largest, map->values[i]);
  return largest;
}

/* One stage is its own map as shares of the largest value; the maximum bends
 * them. */
static void
test_one (void)
{
  Fixture fixture;

  set_up (&fixture, three);

  g_autoptr (SacMap) own = run (&fixture, "hirescam", "third", NULL);
  g_autoptr (SacMap) mean =
    run (&fixture, "cam-fusion", NULL, "stages=1 of=hirescam fusion=mean");
  g_autoptr (SacMap) max =
    run (&fixture, "cam-fusion", NULL, "stages=1 of=hirescam fusion=max");
  double largest = largest_of (own);

  g_assert_cmpint (mean->rows, ==, 2);
  for (int i = 0; i < 4; i++) {
    double share = largest > 0 ? fmax (own->values[i], 0) / largest : 0;

    g_assert_cmpfloat_with_epsilon (mean->values[i], share, 1e-6);
    g_assert_cmpfloat_with_epsilon (max->values[i], tanh (2 * share), 1e-6);
  }
  tear_down (&fixture);
}

/* On the finest grid, the mean is nowhere above 1, the product nowhere above
 * the mean, and all layers are named. */
static void
test_all (void)
{
  Fixture fixture;

  set_up (&fixture, three);

  g_autoptr (SacMap) mean = run (&fixture, "cam-fusion", NULL, "fusion=mean");
  g_autoptr (SacMap) product =
    run (&fixture, "cam-fusion", NULL, "fusion=product");

  g_assert_cmpint (mean->rows, ==, 8);
  g_assert_cmpint (mean->columns, ==, 8);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (mean->provenance,
                                                    "layers")),
                    ==, 3);
  for (int i = 0; i < 64; i++) {
    g_assert_cmpfloat (mean->values[i], <=, 1 + 1e-6);
    g_assert_cmpfloat (product->values[i], <=, mean->values[i] + 1e-6);
  }
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cam-stages/names", test_names);
  g_test_add_func ("/cam-stages/none", test_none);
  g_test_add_func ("/cam-stages/one", test_one);
  g_test_add_func ("/cam-stages/all", test_all);
  return g_test_run ();
}
