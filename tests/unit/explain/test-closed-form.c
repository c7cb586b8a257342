/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A network small enough to be worked out by hand: a 3 x 3 convolution of ones
 * from one to two channels with biases -50 and -75, ReLU, and a linear row of
 * five times 1 and three times -1.  For the input 0 .. 15 its score is 54.  Two
 * more classes score 42 and, below a last ReLU, -96. */
#include "base/error.h"
#include "network/plan.h"

#include "support.h"
#include "written-model.h"

#include <math.h>

#define HEAD                                                                   \
  "opset 13\n"                                                                 \
  "init w float 2,1,3,3 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"                 \
  "init b float 2 -50 -75\n"                                                   \
  "init rows float 3,8 1 1 1 1 1 -1 -1 -1 0 0.5 0 1 0 0 0 0 "                  \
  "-1 -1 -1 -1 -1 -1 -1 -1\n"                                                  \
  "init zero float 3 0 0 0\n"

#define TAIL                                                                   \
  "node _ Relu conv -> relu\n"                                                 \
  "node _ Flatten relu -> flat axis=i:1\n"                                     \
  "node _ Gemm flat,rows,zero -> linear transB=i:1\n"                          \
  "node _ Relu linear -> score\n"                                              \
  "output score float 1,3\n"

static const char one_input[] = HEAD "input x float 1,1,4,4\n"
                                     "node _ Conv x,w,b -> conv\n" TAIL;
static const char two_inputs[] = HEAD "input x float 1,1,4,4\n"
                                      "input y float 1,1,4,4\n"
                                      "node _ Add x,y -> sum\n"
                                      "node _ Conv sum,w,b -> conv\n" TAIL;

typedef struct {
  SacModel *model;
  SacTensor *inputs[2];
  SacExplainRequest request;
} Fixture;

static void
set_up (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  SacShape shape = sac_shape_of (1, 1, 4, 4);

  fixture->model = written_model_new (text);
  for (int k = 0; k < 2; k++) {
    fixture->inputs[k] = sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);
    g_assert_no_error (error);
    for (int i = 0; i < 16; i++)
      sac_tensor_f32 (fixture->inputs[k])[i] = k == 0 ? (float)i : 1;
  }
  fixture->request = (SacExplainRequest){
    .model = fixture->model,
    .inputs = (const SacTensor *const *)fixture->inputs,
  };
}

static void
tear_down (Fixture *fixture)
{
  sac_tensor_unref (fixture->inputs[0]);
  sac_tensor_unref (fixture->inputs[1]);
  sac_model_unref (fixture->model);
}

static void
assert_map (Fixture *fixture,
            const char *method,
            const char *layer,
            const char *params,
            const float *expected)
{
  g_autoptr (GError) error = NULL;

  fixture->request.layer = layer;

  g_autoptr (SacMap) map =
    written_run (method, &fixture->request, params, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, 2);
  g_assert_cmpint (map->columns, ==, 2);
  test_assert_close (map->values, expected, 4, 1e-6, method);
}

static void
test_relu (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  assert_map (&fixture, "grad-cam", "relu", "relu=0",
              (float[]){0, 4, 28, 32.5f});
  assert_map (&fixture, "hirescam", "relu", NULL, (float[]){0, 4, 25, 25});
  assert_map (&fixture, "layercam", "relu", NULL, (float[]){0, 4, 31, 40});
  assert_map (&fixture, "xgrad-cam", "relu", "eps=0", (float[]){0, 4, 25, 25});
  assert_map (&fixture, "grad-cam++", "relu", "eps=1e-6",
              (float[]){0, .2077922f, 1.8712592f, 2.7300960f});
  tear_down (&fixture);
}

/* Scores of the image through either channel are 20.2 and 6.1, of nothing 0;
 * the softmax of the first two is 1 to six digits. */
static void
test_score_cam (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  assert_map (&fixture, "score-cam", "relu", NULL, (float[]){0, 4, 31, 40});
  assert_map (&fixture, "score-cam", "relu", "weights=increase",
              (float[]){0, 80.8f, 662.8f, 899.5f});
  tear_down (&fixture);
}

/* A channel that is 0 everywhere has the score of nothing: its weight, where
 * only increases count, is 0, and the other's the score through it. */
static void
test_score_cam_flat (void)
{
  static const float seen[] = {0, 4, 31, 40};
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, "opset 13\n"
                    "init w float 2,1,3,3 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"
                    "init b float 2 -500 -50\n"
                    "init rows float 3,8 0 0 0 0 1 1 1 1 0 0 0 0 0 0 0 0 "
                    "0 0 0 0 0 0 0 0\n"
                    "init zero float 3 7 0 0\n"
                    "input x float 1,1,4,4\n"
                    "node _ Conv x,w,b -> conv\n" TAIL);
  fixture.request.layer = "relu";

  g_autoptr (SacMap) whole =
    written_run ("score-cam", &fixture.request, NULL, &error);
  g_autoptr (SacMap) more =
    written_run ("score-cam", &fixture.request, "weights=increase", &error);

  g_assert_no_error (error);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (more->values[i],
                                    more->values[3] * seen[i] / 40, 1e-3);
  g_assert_cmpfloat (more->values[3], >, 40);
  /* Softmax of its score, less than 75, and of 7, which is that of nothing. */
  g_assert_cmpfloat_with_epsilon (whole->values[3],
                                  40 / (1 + exp (-more->values[3] / 40)), 1e-3);
  tear_down (&fixture);
}

/* Without the first channel the last ReLU cuts the score to 0, without the
 * second it is 75. */
static void
test_ablation_cam (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  assert_map (&fixture, "ablation-cam", "relu", "relu=0",
              (float[]){0, 4, 28.6666667f, 34.1666667f});
  tear_down (&fixture);
}

/* The sum of the input, 120, goes past the layer, and nothing cuts the score:
 * 174 in all, 99 without the first channel, 195 without the second. */
static void
test_ablation_past (void)
{
  Fixture fixture;

  set_up (&fixture, HEAD "init sixteen float - 16\n"
                         "input x float ?,1,4,4\n"
                         "node _ Conv x,w,b -> conv\n"
                         "node _ Relu conv -> relu\n"
                         "node _ Flatten relu -> flat axis=i:1\n"
                         "node _ Gemm flat,rows,zero -> linear transB=i:1\n"
                         "node _ GlobalAveragePool x -> mean\n"
                         "node _ Flatten mean -> column axis=i:1\n"
                         "node _ Mul column,sixteen -> past\n"
                         "node _ Add linear,past -> score\n"
                         "output score float ?,3\n");
  assert_map (&fixture, "ablation-cam", "relu", "relu=0",
              (float[]){0, 300 / 174.0f, 2199 / 174.0f, 2685 / 174.0f});
  tear_down (&fixture);
}

/* Samples leak into one another behind the layer: twice the row less the mean
 * over the batch is the row itself for one sample alone, and only then. */
static void
test_ablation_leaking (void)
{
  Fixture fixture;

  set_up (&fixture, HEAD "input x float ?,1,4,4\n"
                         "node _ Conv x,w,b -> conv\n"
                         "node _ Relu conv -> relu\n"
                         "node _ Flatten relu -> flat axis=i:1\n"
                         "node _ Add flat,flat -> twice\n"
                         "node _ ReduceMean flat -> mean axes=is:0\n"
                         "node _ Sub twice,mean -> still\n"
                         "node _ Gemm still,rows,zero -> linear transB=i:1\n"
                         "node _ Relu linear -> score\n"
                         "output score float ?,3\n");
  assert_map (&fixture, "ablation-cam", "relu", "relu=0",
              (float[]){0, 4, 28.6666667f, 34.1666667f});
  tear_down (&fixture);
}

/* Logits 54, 42 and 0: what is nearest to class 0 is class 1, whose Grad-CAM is
 * 0.375 times the first channel; class 2 counts e^-42 of it. */
static void
test_finer_cam (void)
{
  const float expected[] = {0, 2.5f, 16.375f, 17.5f};
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, one_input);
  assert_map (&fixture, "finer-cam", "relu", "classes=1 relu=0", expected);
  assert_map (&fixture, "finer-cam", "relu", "classes=9 relu=0", expected);
  assert_map (&fixture, "finer-cam", "relu", "alpha=0 relu=0",
              (float[]){0, 4, 28, 32.5f});
  fixture.request.has_against = true;
  fixture.request.against = 1;
  g_assert_null (written_run ("finer-cam", &fixture.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "by itself");
  tear_down (&fixture);
}

static void
test_convolution (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  assert_map (&fixture, "grad-cam", "conv", NULL,
              (float[]){11.25f, 13.5f, 20.25f, 22.5f});
  tear_down (&fixture);
}

static void
test_two_inputs (void)
{
  Fixture fixture;

  set_up (&fixture, two_inputs);
  assert_map (&fixture, "grad-cam", "conv", NULL,
              (float[]){14.5f, 19, 32.5f, 37});
  fixture.request.input = 1;
  assert_map (&fixture, "grad-cam", "conv", NULL,
              (float[]){14.5f, 19, 32.5f, 37});
  tear_down (&fixture);
}

/* Where nothing has places, no list of layers is promised. */
static void
test_no_layers (void)
{
  g_autoptr (GError) error = NULL;
  SacShape shape = sac_shape_of (1, 3, 1, 1);
  Fixture fixture;

  set_up (&fixture, "opset 13\n"
                    "input x float 1,3,1,1\n"
                    "noise w 3,2\n"
                    "node _ Flatten x -> flat axis=i:1\n"
                    "node _ MatMul flat,w -> score\n"
                    "output score float 1,2\n");
  sac_tensor_unref (fixture.inputs[0]);
  fixture.inputs[0] = sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);
  g_assert_no_error (error);
  fixture.request.layer = "flat";
  g_assert_null (written_run ("grad-cam", &fixture.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "(its shape is 1x3); nothing in this network is one");
  tear_down (&fixture);
}

/* The input is a map itself; its one negative element keeps its sign. */
static void
test_input (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;
  float expected[16];

  set_up (&fixture, one_input);
  sac_tensor_f32 (fixture.inputs[0])[5] = -4;
  for (int i = 0; i < 16; i++)
    expected[i] = 0.5625f * sac_tensor_f32 (fixture.inputs[0])[i];
  fixture.request.layer = "x";

  g_autoptr (SacMap) map =
    written_run ("grad-cam", &fixture.request, NULL, &error);

  g_assert_no_error (error);
  test_assert_close (map->values, expected, 16, 1e-6, "signed");
  g_assert_true (map->rectified);
  g_assert_cmpfloat (sac_map_shown (map, 5), ==, 0);
  tear_down (&fixture);
}

/* Without a layer: the input of what takes the places away; without a class:
 * the one with the larger score.  HiResCAM sums to it. */
static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, one_input);

  g_autoptr (SacMap) first =
    written_run ("hirescam", &fixture.request, NULL, &error);

  g_assert_no_error (error);
  fixture.request.class_index = -1;

  g_autoptr (SacMap) largest =
    written_run ("hirescam", &fixture.request, NULL, &error);

  g_assert_no_error (error);
  test_assert_close (largest->values, first->values, 4, 0, "class 0");
  g_assert_cmpfloat_with_epsilon (first->values[0] + first->values[1] +
                                    first->values[2] + first->values[3],
                                  54, 1e-4);

  JsonObject *said = largest->provenance;

  g_assert_cmpstr (json_object_get_string_member (said, "layer"), ==, "relu");
  g_assert_cmpstr (json_object_get_string_member (said, "layer_layout"), ==,
                   "NCHW");
  g_assert_cmpint (json_object_get_int_member (said, "class_index"), ==, 0);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (said, "logit"),
                                  54, 1e-4);
  tear_down (&fixture);
}

/* A class with other weights has another map. */
static void
test_classes (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  fixture.request.class_index = 1;
  assert_map (&fixture, "hirescam", "relu", NULL, (float[]){0, 2, 0, 40});
  tear_down (&fixture);
}

/* The score is cut off at 0: an empty map is an answer, and says why. */
static void
test_silent (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, one_input);
  fixture.request.class_index = 2;

  g_autoptr (SacMap) map =
    written_run ("grad-cam", &fixture.request, NULL, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (map->values[i], ==, 0);
  g_assert_true (json_object_has_member (map->provenance, "flag"));
  tear_down (&fixture);
}

/* The weighted sum of scores has the weighted sum of their maps. */
static void
test_cotangent (void)
{
  float weights[3] = {2, 3, 1};
  SacShape shape = sac_shape_of (1, 3);
  g_autoptr (SacTensor) cotangent =
    sac_tensor_new_view (SAC_TYPE_FLOAT, &shape, weights, NULL, NULL);
  Fixture fixture;

  set_up (&fixture, one_input);
  fixture.request.cotangent = cotangent;
  assert_map (&fixture, "hirescam", "relu", NULL, (float[]){0, 14, 50, 170});
  tear_down (&fixture);
}

/* Branches side by side are not the map that they were made of, though they
 * have its shape. */
static void
test_branches (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, "opset 13\n"
                    "input x float 1,1,4,4\n"
                    "noise w 4,1,3,3\n"
                    "noise v 2,4,1,1\n"
                    "noise rows 16,3\n"
                    "node _ Conv x,w -> before\n"
                    "node _ Conv before,v -> left\n"
                    "node _ Conv before,v -> right\n"
                    "node _ Concat left,right -> both axis=i:1\n"
                    "node _ Flatten both -> flat\n"
                    "node _ MatMul flat,rows -> score\n"
                    "output score float 1,3\n");

  g_autoptr (SacMap) map =
    written_run ("hirescam", &fixture.request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (map->provenance, "layer"), ==,
                   "both");
  tear_down (&fixture);
}

/* Everything that a method plans, it plans once. */
static void
test_plans (void)
{
  Fixture fixture;

  set_up (&fixture, one_input);
  fixture.request.layer = "conv";
  fixture.request.class_index = -1;

  SacNetwork *network = sac_model_get_network (fixture.model);
  size_t count = 0;

  for (int round = 0; round < 3; round++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map =
      written_run ("grad-cam", &fixture.request, NULL, &error);

    g_assert_no_error (error);
    if (round == 0)
      count = sac_plan_get_made_count (network);
    g_assert_cmpuint (sac_plan_get_made_count (network), ==, count);
  }
  g_assert_cmpuint (count, >, 0);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/closed-form/relu", test_relu);
  g_test_add_func ("/explain/closed-form/score-cam", test_score_cam);
  g_test_add_func ("/explain/closed-form/score-cam-flat", test_score_cam_flat);
  g_test_add_func ("/explain/closed-form/ablation-cam", test_ablation_cam);
  g_test_add_func ("/explain/closed-form/ablation-past", test_ablation_past);
  g_test_add_func ("/explain/closed-form/ablation-leaking",
                   test_ablation_leaking);
  g_test_add_func ("/explain/closed-form/finer-cam", test_finer_cam);
  g_test_add_func ("/explain/closed-form/convolution", test_convolution);
  g_test_add_func ("/explain/closed-form/two-inputs", test_two_inputs);
  g_test_add_func ("/explain/closed-form/no-layers", test_no_layers);
  g_test_add_func ("/explain/closed-form/input", test_input);
  g_test_add_func ("/explain/closed-form/defaults", test_defaults);
  g_test_add_func ("/explain/closed-form/classes", test_classes);
  g_test_add_func ("/explain/closed-form/silent", test_silent);
  g_test_add_func ("/explain/closed-form/branches", test_branches);
  g_test_add_func ("/explain/closed-form/cotangent", test_cotangent);
  g_test_add_func ("/explain/closed-form/plans", test_plans);
  return g_test_run ();
}
