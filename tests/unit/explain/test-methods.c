/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The methods on the shipped models: what holds for every map, what maps say of
 * themselves, and what is refused. */
#include "base/error.h"
#include "explain/faithfulness.h"
#include "explain/sanity.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

/* One shipped model with a batch of inputs that mean nothing. */
typedef struct {
  SacModel *model;
  SacTensor *inputs[1];
  SacExplainRequest request;
} Shipped;

static void
shipped_init (Shipped *self, const char *id, int64_t batch)
{
  g_autoptr (GError) error = NULL;

  self->model = sac_model_open (id, NULL, &error);
  g_assert_no_error (error);

  const SacManifestInput *input =
    &sac_model_get_manifest (self->model)->inputs[0];
  SacShape shape = sac_shape_of (batch, 3, input->height, input->width);

  self->inputs[0] = written_input_new (&shape, 3);
  self->request = (SacExplainRequest){
    .model = self->model,
    .inputs = (const SacTensor *const *)self->inputs,
  };
}

static void
shipped_finish (Shipped *self)
{
  sac_tensor_unref (self->inputs[0]);
  sac_model_unref (self->model);
}

static SacMap *
run (Shipped *self, const char *method, const char *params)
{
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run (method, &self->request, params, &error);

  g_assert_no_error (error);
  return map;
}

static void
refuse (Shipped *self,
        const char *method,
        const char *params,
        int code,
        const char *part)
{
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run (method, &self->request, params, &error);

  g_assert_null (map);
  test_assert_error (&error, SAC_ERROR, code, part);
}

static double
sum_of (const SacMap *map)
{
  double sum = 0;

  for (int i = 0; i < map->rows * map->columns; i++)
    sum += map->values[i];
  return sum;
}

/* Every choice has a name for people. */
static void
check_choices (const SacMethodParam *param)
{
  for (; param != NULL && param->name != NULL; param++) {
    g_assert_true ((param->choices != NULL) == (param->choice_labels != NULL));
    if (param->choices != NULL)
      g_assert_cmpuint (g_strv_length ((char **)param->choices), ==,
                        g_strv_length ((char **)param->choice_labels));
  }
}

static void
test_table (void)
{
  const SacMethod *const *all = sac_methods_get_all ();

  for (size_t i = 0; all[i] != NULL; i++) {
    g_assert_true (sac_method_find (all[i]->name) == all[i]);
    g_assert_nonnull (all[i]->label);
    g_assert_nonnull (all[i]->summary);
    g_assert_nonnull (all[i]->make);
    g_assert_true (all[i]->class_specific || !all[i]->needs_gradient);
    check_choices (all[i]->params);
  }
  check_choices (sac_faithfulness_settings.params);
  check_choices (sac_sanity_settings.params);
  g_assert_null (sac_method_find ("grad"));
}

/* A mean over the places and one linear layer: Grad-CAM and HiResCAM are one
 * map, and it sums to the logit without its bias: to the difference of two
 * classes' logits but for that of their biases, which no input changes. */
static void
test_pooled_head (void)
{
  Shipped self;
  double sums[2][2], logits[2][2];

  for (int image = 0; image < 2; image++) {
    shipped_init (&self, "derm-resnet18", 1);
    for (int i = 0; image == 1 && i < sac_tensor_get_count (self.inputs[0]);
         i++)
      sac_tensor_f32 (self.inputs[0])[i] *= 0.5f;
    for (int class = 0; class < 2; class ++) {
      self.request.class_index = class;

      g_autoptr (SacMap) first = run (&self, "grad-cam", "relu=0");
      g_autoptr (SacMap) second = run (&self, "hirescam", "relu=0");

      g_assert_false (first->rectified);
      test_assert_close (second->values, first->values, 64, 1e-5, "HiResCAM");
      sums[image][class] = sum_of (first);
      logits[image][class] =
        json_object_get_double_member (first->provenance, "logit");
    }
    shipped_finish (&self);
  }
  for (int class = 0; class < 2; class ++)
    g_assert_cmpfloat_with_epsilon (sums[0][class] - sums[1][class],
                                    logits[0][class] - logits[1][class], 1e-4);
  g_assert_cmpfloat (fabs (sums[0][0] - sums[0][1]), >, 1e-3);
}

/* A sample has the same maps in a batch as alone. */
static void
test_batch (void)
{
  static const char *const methods[] = {
    "grad-cam", "hirescam",           "eigen-cam",      "attention",
    "rollout",  "relevance",          "key-importance", "gradient-rollout",
    "legrad",   "attention-grad-cam",
  };
  Shipped both, one;

  shipped_init (&both, "derm-vit", 2);
  shipped_init (&one, "derm-vit", 1);
  both.request.batch = 1;
  both.request.class_index = one.request.class_index = -1;

  int64_t count = sac_tensor_get_count (one.inputs[0]);

  memcpy (one.inputs[0]->data, sac_tensor_f32 (both.inputs[0]) + count,
          count * sizeof (float));
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SacMap) within = run (&both, methods[i], NULL);
    g_autoptr (SacMap) alone = run (&one, methods[i], NULL);

    test_assert_close (within->values, alone->values, 64, 1e-4, methods[i]);
  }
  both.request.batch = 2;
  refuse (&both, "grad-cam", NULL, SAC_ERROR_MISMATCH, "sample 2");
  refuse (&both, "attention", NULL, SAC_ERROR_MISMATCH, "sample 2");
  shipped_finish (&both);
  shipped_finish (&one);
}

/* What each place receives, and what flows through all blocks, are shares of
 * one when there is no class token that keeps some. */
static void
test_shares (void)
{
  static const char *const ids[] = {"derm-resnet18-ga", "derm-resnet18-la"};

  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++) {
    Shipped self;

    shipped_init (&self, ids[i], 1);

    g_autoptr (SacMap) rollout = run (&self, "rollout", NULL);
    g_autoptr (SacMap) last = run (&self, "rollout", "start_layer=-1");
    g_autoptr (SacMap) token = run (&self, "attention", "query=9");

    g_assert_cmpfloat_with_epsilon (sum_of (rollout), 1, 1e-5);
    g_assert_cmpfloat_with_epsilon (sum_of (last), 1, 1e-5);
    g_assert_cmpfloat_with_epsilon (sum_of (token), 1, 1e-5);
    g_assert_cmpint (json_array_get_length (
                       json_object_get_array_member (rollout->provenance,
                                                     "attention")),
                     ==, 2);
    g_assert_cmpint (json_array_get_length (
                       json_object_get_array_member (last->provenance,
                                                     "attention")),
                     ==, 1);
    shipped_finish (&self);
  }
}

/* The mean over heads is the mean of the maps of the heads, the largest is
 * nowhere below it. */
static void
test_heads (void)
{
  Shipped self;
  float mean[64] = {0};

  shipped_init (&self, "derm-vit", 1);

  g_autoptr (SacMap) together = run (&self, "attention", NULL);

  self.request.head_mode = SAC_HEAD_ONE;
  for (int head = 0; head < 3; head++) {
    self.request.head = head;

    g_autoptr (SacMap) one = run (&self, "attention", NULL);

    for (int i = 0; i < 64; i++)
      mean[i] += one->values[i] / 3;
  }
  test_assert_close (mean, together->values, 64, 1e-6, "heads");
  self.request.head = 3;
  refuse (&self, "attention", NULL, SAC_ERROR_MISMATCH, "heads 0 to 2");
  self.request.head_mode = SAC_HEAD_MAX;

  g_autoptr (SacMap) largest = run (&self, "attention", NULL);

  for (int i = 0; i < 64; i++)
    g_assert_cmpfloat (largest->values[i], >=, together->values[i] - 1e-7);
  shipped_finish (&self);
}

static void
assert_text (JsonObject *object, const char *member, const char *expected)
{
  g_assert_true (json_object_has_member (object, member));
  g_assert_cmpstr (json_object_get_string_member (object, member), ==,
                   expected);
}

static void
test_provenance (void)
{
  Shipped self;
  SacGeometry geometry = {.image_width = 600,
                          .image_height = 450,
                          .seen = {75, 0, 450, 450},
                          .input_width = 128,
                          .input_height = 128};
  const SacGeometry *geometries[] = {&geometry};

  shipped_init (&self, "derm-vit", 1);
  self.request.geometries = geometries;
  self.request.class_index = 4;

  g_autoptr (SacMap) map = run (&self, "grad-cam", NULL);
  JsonObject *said = map->provenance;
  const SacManifest *manifest = sac_model_get_manifest (self.model);

  g_assert_true (map->has_geometry);
  g_assert_cmpfloat (map->geometry.seen.x, ==, 75);
  g_assert_cmpstr (map->unit, ==, "logit");
  g_assert_true (map->class_specific);
  assert_text (said, "program", "Saccade");
  assert_text (said, "version", SAC_VERSION);
  assert_text (said, "model", "derm-vit");
  assert_text (said, "model_sha256", manifest->sha256);
  assert_text (said, "manifest_sha256", manifest->hash);
  assert_text (said, "method", "grad-cam");
  assert_text (said, "layer", "/blocks.5/norm1/LayerNormalization_output_0");
  assert_text (said, "layer_layout", "NLC");
  assert_text (said, "output", "logits");
  assert_text (said, "class_id", manifest->outputs[0].labels[4].id);
  assert_text (json_object_get_object_member (said, "params"), "relu", "1");
  g_assert_cmpint (json_object_get_int_member (said, "prefix_tokens"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (said, "batch"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (said, "probability"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (said, "probability"), <, 1);
  g_assert_true (json_object_has_member (said, "created"));
  g_assert_true (json_object_has_member (said, "threads"));
  g_assert_true (json_object_has_member (said, "seconds"));

  g_autoptr (SacMap) attention = run (&self, "attention", NULL);

  g_assert_false (attention->class_specific);
  g_assert_false (
    json_object_has_member (attention->provenance, "class_index"));
  assert_text (attention->provenance, "head", "mean");
  shipped_finish (&self);
}

/* A class token alone is read after the last block: its patches cannot matter,
 * and the answer says where to look instead. */
static void
test_dead_layer (void)
{
  Shipped self;

  shipped_init (&self, "derm-vit", 1);
  self.request.layer = "/blocks.5/Add_2_output_0";
  refuse (&self, "grad-cam", NULL, SAC_ERROR_UNDEFINED,
          "take /blocks.5/norm1/LayerNormalization_output_0");
  self.request.layer = "/blocks.4/Add_2_output_0";
  sac_map_unref (run (&self, "grad-cam", NULL));
  shipped_finish (&self);
}

static void
test_refused (void)
{
  Shipped self;

  shipped_init (&self, "derm-resnet18", 1);
  refuse (&self, "attention", NULL, SAC_ERROR_UNDEFINED, "no attention");
  refuse (&self, "relevance", NULL, SAC_ERROR_UNDEFINED, "no attention");
  refuse (&self, "grad-cam", "eps=1", SAC_ERROR_MISMATCH, "it has relu");
  refuse (&self, "grad-cam", "relu=2", SAC_ERROR_MISMATCH, "from 0 to 1");
  refuse (&self, "xgrad-cam", "eps=-1", SAC_ERROR_MISMATCH, "at least 0");
  self.request.layer = "/nothing";
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "/nothing");
  self.request.layer = "/Flatten_output_0";
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "1x256");
  self.request.layer = NULL;
  self.request.class_index = 7;
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "classes 0 to 6");
  self.request.class_index = -2;
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "no class -2");
  self.request.class_index = 0;
  self.request.output = 1;
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "no output 1");
  self.request.output = 0;
  self.request.input = 1;
  refuse (&self, "grad-cam", NULL, SAC_ERROR_MISMATCH, "no input 1");
  shipped_finish (&self);

  shipped_init (&self, "derm-vit", 1);
  refuse (&self, "attention", "query=65", SAC_ERROR_MISMATCH, "0 to 64");
  refuse (&self, "rollout", "start_layer=6", SAC_ERROR_MISMATCH, "0 to 5");
  refuse (&self, "rollout", "start_layer=x", SAC_ERROR_MISMATCH, "whole");
  self.request.layer = "/blocks.5/Add_2_output_0";
  refuse (&self, "attention", NULL, SAC_ERROR_MISMATCH,
          "/blocks.0/Softmax_output_0");
  shipped_finish (&self);
}

/* One score has no others near it. */
static void
test_single_score (void)
{
  static const char text[] = "opset 13\n"
                             "input image float 1,3,8,8\n"
                             "noise stem 4,3,2,2\n"
                             "noise head 4,1\n"
                             "node _ Conv image,stem -> map strides=is:2,2\n"
                             "node _ GlobalAveragePool map -> pooled\n"
                             "node _ Flatten pooled -> flat\n"
                             "node _ MatMul flat,head -> logit\n"
                             "output logit float 1,1\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = written_model_new (text);
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacTensor) input = written_input_new (&shape, 5);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model, .inputs = inputs};
  g_autoptr (SacMap) map = written_run ("grad-cam", &request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (
    map->noise_floor,
    1e-6 * fabs (json_object_get_double_member (map->provenance, "logit")),
    1e-15);
  g_assert_null (written_run ("finer-cam", &request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "no other class");
}

static void
test_cancelled (void)
{
  static const char *const methods[] = {"grad-cam", "attention", "relevance"};
  Shipped self;

  shipped_init (&self, "derm-vit", 1);
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacJob) job = sac_job_new (NULL);

    sac_job_cancel (job);
    g_assert_null (sac_method_run (sac_method_find (methods[i]), &self.request,
                                   job, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
  shipped_finish (&self);
}

static void
test_applies (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) plain = sac_model_open ("derm-resnet18", NULL, &error);
  g_autoptr (SacModel) vit = sac_model_open ("derm-vit", NULL, &error);
  const SacMethod *const *all = sac_methods_get_all ();

  g_assert_no_error (error);
  for (size_t i = 0; all[i] != NULL; i++) {
    g_autofree char *reason = NULL;

    if (all[i]->needs_pooling || all[i]->needs_modulator)
      continue;
    g_assert_true (sac_method_applies (all[i], vit, &reason));
    g_assert_null (reason);
    g_assert_cmpint (sac_method_applies (all[i], plain, &reason), ==,
                     !all[i]->needs_attention);
    g_assert_true (all[i]->needs_attention == (reason != NULL));
  }
}

/* The network ends in a softmax: its input is explained, and the map is that
 * of the network without it. */
static void
test_softmax_end (void)
{
  static const char text[] =
    "opset 13\n"
    "input image float 1,3,8,8\n"
    "noise stem 4,3,2,2\n"
    "noise head 4,3\n"
    "node _ Conv image,stem -> map strides=is:2,2\n"
    "node _ GlobalAveragePool map -> pooled\n"
    "node _ Flatten pooled -> flat\n"
    "node _ MatMul flat,head -> logits\n"
    "node _ Softmax logits -> probabilities axis=i:-1\n"
    "output logits float 1,3\n"
    "output probabilities float 1,3\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = written_model_new (text);
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacTensor) input = written_input_new (&shape, 5);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model,
                               .inputs = inputs,
                               .class_index = -1};
  g_autoptr (SacMap) before = written_run ("grad-cam", &request, NULL, &error);

  g_assert_no_error (error);
  request.output = 1;

  g_autoptr (SacMap) after = written_run ("grad-cam", &request, NULL, &error);

  g_assert_no_error (error);
  test_assert_close (after->values, before->values, 16, 0, "map");
  assert_text (after->provenance, "output", "probabilities");
  assert_text (after->provenance, "target", "logits");
  g_assert_cmpfloat (json_object_get_double_member (after->provenance,
                                                    "probability"),
                     <, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/methods/table", test_table);
  g_test_add_func ("/explain/methods/pooled-head", test_pooled_head);
  g_test_add_func ("/explain/methods/batch", test_batch);
  g_test_add_func ("/explain/methods/shares", test_shares);
  g_test_add_func ("/explain/methods/heads", test_heads);
  g_test_add_func ("/explain/methods/provenance", test_provenance);
  g_test_add_func ("/explain/methods/dead-layer", test_dead_layer);
  g_test_add_func ("/explain/methods/refused", test_refused);
  g_test_add_func ("/explain/methods/single-score", test_single_score);
  g_test_add_func ("/explain/methods/cancelled", test_cancelled);
  g_test_add_func ("/explain/methods/applies", test_applies);
  g_test_add_func ("/explain/methods/softmax-end", test_softmax_end);
  return g_test_run ();
}
