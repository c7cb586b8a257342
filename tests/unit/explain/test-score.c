/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is differentiated: with Grad-CAM's map linear in the weights of the
 * logits, the map of any score is a sum of the maps of the logits. */
#include "base/error.h"
#include "explain/score.h"
#include "support.h"
#include "written-model.h"

#include <math.h>

#define NET                                                                    \
  "opset 13\n"                                                                 \
  "input image float 1,3,8,8\n"                                                \
  "noise stem 4,3,2,2\n"                                                       \
  "node _ Conv image,stem -> map strides=is:2,2\n"                             \
  "node _ Relu map -> bent\n"                                                  \
  "node _ GlobalAveragePool bent -> pooled\n"                                  \
  "node _ Flatten pooled -> flat\n"                                            \
  "noise head 4,3\n"                                                           \
  "node _ MatMul flat,head -> logits\n"

#define SOFTMAX NET "node _ Softmax logits -> p axis=i:-1\noutput p float 1,3\n"
#define SIGMOID NET "node _ Sigmoid logits -> p\noutput p float 1,3\n"
#define PLAIN NET "output logits float 1,3\n"

enum { CLASSES = 3, CELLS = 16 };

typedef struct {
  SacModel *model;
  SacTensor *inputs[1];
  SacExplainRequest request;
  float maps[CLASSES][CELLS]; /* of each logit */
  double logits[CLASSES];
} Net;

static SacMap *
run (Net *self)
{
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run ("grad-cam", &self->request, "relu=0", &error);

  g_assert_no_error (error);
  return map;
}

static double
number (const SacMap *map, const char *name)
{
  return json_object_get_double_member (map->provenance, name);
}

static void
net_init (Net *self, const char *text)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);

  *self = (Net){.model = written_model_new (text)};
  self->inputs[0] = written_input_new (&shape, 9);
  self->request = (SacExplainRequest){
    .model = self->model,
    .inputs = (const SacTensor *const *)self->inputs,
  };
  for (int c = 0; c < CLASSES; c++) {
    self->request.class_index = c;

    g_autoptr (SacMap) map = run (self);

    for (int i = 0; i < CELLS; i++)
      self->maps[c][i] = map->values[i];
    self->logits[c] = number (map, "logit");
    g_assert_cmpfloat_with_epsilon (number (map, "score_value"),
                                    self->logits[c], 1e-12);
  }
  self->request.class_index = 1;
}

static void
net_finish (Net *self)
{
  sac_tensor_unref (self->inputs[0]);
  sac_model_unref (self->model);
}

/* The request's map is that sum, and its score that value. */
static void
check (Net *self, const double *weights, double value, const char *text)
{
  g_autoptr (SacMap) map = run (self);
  float expected[CELLS] = {0};

  for (int i = 0; i < CELLS; i++) {
    double sum = 0;

    for (int c = 0; c < CLASSES; c++)
      sum += weights[c] * self->maps[c][i];
    expected[i] = (float)sum;
  }
  test_assert_close (map->values, expected, CELLS, 1e-5, text);
  g_assert_cmpfloat_with_epsilon (number (map, "score_value"), value, 1e-5);
  g_assert_cmpstr (json_object_get_string_member (map->provenance, "score"), ==,
                   text);
}

static void
test_difference (void)
{
  Net net;

  net_init (&net, PLAIN);
  net.request.has_against = true;
  net.request.against = 2;
  check (&net, (double[]){0, 1, -1}, net.logits[1] - net.logits[2],
         "the logit of class 1 less that of class 2");
  net_finish (&net);
}

static void
test_softmax (void)
{
  Net net;
  double p[CLASSES], sum = 0;

  net_init (&net, SOFTMAX);
  for (int c = 0; c < CLASSES; c++)
    sum += exp (net.logits[c]);
  for (int c = 0; c < CLASSES; c++)
    p[c] = exp (net.logits[c]) / sum;
  net.request.score = SAC_SCORE_LOG_PROBABILITY;
  check (&net, (double[]){-p[0], 1 - p[1], -p[2]}, log (p[1]),
         "the log-probability of class 1");
  net.request.score = SAC_SCORE_PROBABILITY;
  check (&net, (double[]){-p[1] * p[0], p[1] * (1 - p[1]), -p[1] * p[2]}, p[1],
         "the probability of class 1");
  net_finish (&net);
}

static void
test_sigmoid (void)
{
  Net net;

  net_init (&net, SIGMOID);

  double p = 1 / (1 + exp (-net.logits[1]));

  net.request.score = SAC_SCORE_LOG_PROBABILITY;
  check (&net, (double[]){0, 1 - p, 0}, log (p),
         "the log-probability of class 1");
  net.request.score = SAC_SCORE_PROBABILITY;
  check (&net, (double[]){0, p * (1 - p), 0}, p, "the probability of class 1");
  net_finish (&net);
}

/* Embeddings have no class. */
static void
test_embedding (void)
{
  Net net;
  double square = 0;

  net_init (&net, PLAIN);
  for (int c = 0; c < CLASSES; c++)
    square += net.logits[c] * net.logits[c];

  double norm = sqrt (square);

  net.request.class_index = -1;
  net.request.score = SAC_SCORE_SUM;
  check (&net, (double[]){1, 1, 1},
         net.logits[0] + net.logits[1] + net.logits[2],
         "the sum of the output");
  net.request.score = SAC_SCORE_NORM;
  check (&net,
         (double[]){net.logits[0] / norm, net.logits[1] / norm,
                    net.logits[2] / norm},
         norm, "the norm of the output");

  g_autoptr (SacMap) map = run (&net);

  g_assert_false (json_object_has_member (map->provenance, "class_index"));
  net_finish (&net);
}

static const char *
get_score (const SacMap *map)
{
  return json_object_get_string_member (map->provenance, "score");
}

static SacMap *
run_written (const char *text, int64_t class_index)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacModel) model = written_model_new (text);
  g_autoptr (SacTensor) input = written_input_new (&shape, 9);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model,
                               .inputs = inputs,
                               .class_index = class_index};
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run ("grad-cam", &request, NULL, &error);

  g_assert_no_error (error);
  return map;
}

/* A convolution for a head gives planes: of one element each they are scores of
 * classes, of more they are not, and what is explained has a place. */
static void
test_planes (void)
{
  static const char body[] = "opset 13\n"
                             "input image float 1,3,8,8\n"
                             "noise stem 4,3,2,2\n"
                             "node _ Conv image,stem -> map strides=is:2,2\n"
                             "node _ Relu map -> bent\n"
                             "noise head 3,4,1,1\n";
  g_autofree char *row =
    g_strconcat (body,
                 "node _ GlobalAveragePool bent -> pooled\n"
                 "node _ Conv pooled,head -> logits\noutput logits float "
                 "1,3,1,1\n",
                 NULL);
  g_autofree char *planes = g_strconcat (
    body, "node _ Conv bent,head -> logits\noutput logits float 1,3,4,4\n",
    NULL);
  g_autoptr (SacMap) class = run_written (row, 2);
  g_autoptr (SacMap) place = run_written (planes, 2 * 16 + 3 * 4 + 1);
  g_autoptr (SacMap) largest = run_written (planes, -1);

  g_assert_cmpstr (get_score (class), ==, "the logit of class 2");
  g_assert_true (isfinite (number (class, "probability")));
  g_assert_cmpstr (get_score (place), ==,
                   "the logit of element 2,3,1 of the output");
  g_assert_false (json_object_has_member (place->provenance, "class_index"));
  g_assert_false (json_object_has_member (place->provenance, "notes"));
  g_assert_cmpint (json_array_get_length (
                     json_object_get_array_member (largest->provenance,
                                                   "notes")),
                   ==, 1);
}

static void
refuse (Net *net, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (written_run ("grad-cam", &net->request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, part);
}

static void
test_refused (void)
{
  Net net;

  net_init (&net, PLAIN);
  net.request.has_against = true;
  net.request.against = CLASSES;
  refuse (&net, "there is no class 3 to compare with");
  net.request.against = 0;
  net.request.score = SAC_SCORE_SUM;
  refuse (&net, "to compare with");
  net_finish (&net);
}

/* Far from 0 neither overflows. */
static void
test_extremes (void)
{
  float numbers[2] = {-400, 400}, weights[2];
  SacScoreRow row = {
    .kind = SAC_SCORE_LOG_PROBABILITY,
    .numbers = numbers,
    .count = 2,
    .activation = SAC_ACTIVATION_SOFTMAX,
    .temperature = 2,
  };

  g_assert_cmpfloat_with_epsilon (sac_score_differentiate (&row, weights), -400,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (weights[0], 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (weights[1], -0.5, 1e-9);
  row.activation = SAC_ACTIVATION_SIGMOID;
  row.temperature = 1;
  g_assert_cmpfloat_with_epsilon (sac_score_differentiate (&row, weights), -400,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (weights[0], 1, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/score/difference", test_difference);
  g_test_add_func ("/explain/score/softmax", test_softmax);
  g_test_add_func ("/explain/score/sigmoid", test_sigmoid);
  g_test_add_func ("/explain/score/embedding", test_embedding);
  g_test_add_func ("/explain/score/planes", test_planes);
  g_test_add_func ("/explain/score/refused", test_refused);
  g_test_add_func ("/explain/score/extremes", test_extremes);
  return g_test_run ();
}
