/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention pooling of a bag, against numbers worked out by hand, and what has
 * no class evidence. */
#include "base/error.h"
#include "explain/mil-math.h"
#include "support.h"
#include "written-model.h"

#include <string.h>

/* Gated attention over bags of two features, V, U and w as below, and a linear
 * head: three instances (1,0), (0,1), (1,1). */
#define GATED                                                                  \
  "opset 13\n"                                                                 \
  "input bag float ?,2\n"                                                      \
  "init V float 2,2 1 -1 0.5 0.5\n"                                            \
  "init U float 2,2 0 1 1 0\n"                                                 \
  "init w float 2,1 1 2\n"                                                     \
  "init W float 2,2 2 -1 -1 3\n"                                               \
  "init b float 2 0.1 -0.2\n"                                                  \
  "node _ Gemm bag,V -> v transB=i:1\n"                                        \
  "node _ Tanh v -> t\n"                                                       \
  "node _ Gemm bag,U -> u transB=i:1\n"                                        \
  "node _ Sigmoid u -> s\n"                                                    \
  "node _ Mul t,s -> gate\n"                                                   \
  "node _ MatMul gate,w -> scores\n"                                           \
  "node _ Transpose scores -> raw perm=is:1,0\n"                               \
  "node _ Softmax raw -> weights axis=i:1\n"                                   \
  "node _ MatMul weights,bag -> pooled\n"

#define LINEAR_HEAD                                                            \
  "node _ Gemm pooled,W,b -> logits transB=i:1\n"                              \
  "output logits float 1,2\n"

typedef struct {
  SacModel *model;
  SacTensor *bag;
  const SacTensor *inputs[1];
  SacExplainRequest request;
} Bag;

static void
bag_init (Bag *self, const char *text)
{
  static const float elements[6] = {1, 0, 0, 1, 1, 1};
  SacShape shape = sac_shape_of (3, 2);

  self->model = written_model_new (text);
  self->bag = written_input_new (&shape, 1);
  for (int i = 0; i < 6; i++)
    sac_tensor_f32 (self->bag)[i] = elements[i];
  self->inputs[0] = self->bag;
  self->request = (SacExplainRequest){
    .model = self->model,
    .inputs = self->inputs,
  };
}

static void
bag_finish (Bag *self)
{
  sac_tensor_unref (self->bag);
  sac_model_unref (self->model);
}

static SacMap *
run (Bag *self, const char *method, const char *params)
{
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run (method, &self->request, params, &error);

  g_assert_no_error (error);
  return map;
}

static void
refuse (
  Bag *self, const char *method, const char *params, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (written_run (method, &self->request, params, &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
assert_values (const SacMap *map, const float *expected, const char *what)
{
  g_assert_cmpint (map->rows, ==, 3);
  g_assert_cmpint (map->columns, ==, 1);
  g_assert_false (map->has_geometry);
  test_assert_close (map->values, expected, 3, 2e-6, what);
}

static void
test_attention (void)
{
  Bag self;

  bag_init (&self, GATED LINEAR_HEAD);

  g_autoptr (SacMap) weights = run (&self, "mil-attention", NULL);
  g_autoptr (SacMap) times = run (&self, "mil-attention", "show=times-n");
  g_autoptr (SacMap) raw = run (&self, "mil-attention", "show=raw");
  g_autoptr (SacMap) ranks = run (&self, "mil-attention", "show=percentile");

  assert_values (weights, (float[]){.421050f, .133171f, .445780f}, "weights");
  assert_values (times, (float[]){1.263150f, .399513f, 1.337340f}, "times n");
  assert_values (raw, (float[]){1.056467f, -.094653f, 1.113540f}, "raw");
  assert_values (ranks, (float[]){200.f / 3, 100.f / 3, 100}, "percentile");
  g_assert_cmpstr (weights->unit, ==, "probability");
  g_assert_cmpstr (raw->unit, ==, "raw attention");
  g_assert_false (weights->class_specific);
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (raw->provenance, "effective_instances"),
    1 / (.421050 * .421050 + .133171 * .133171 + .445780 * .445780), 1e-4);
  refuse (&self, "mil-attention", "show=rank", SAC_ERROR_MISMATCH,
          "probability, times-n, raw, percentile");
  refuse (&self, "mil-attention", "branch=1", SAC_ERROR_MISMATCH,
          "heads 0 to 0");
  bag_finish (&self);
}

static void
test_evidence (void)
{
  static const float expected[2][3] = {{.842100f, -.133171f, .445780f},
                                       {-.421050f, .399512f, .891559f}};
  static const double logits[2] = {1.254708, .670021}, biases[2] = {.1, -.2};
  Bag self;

  bag_init (&self, GATED LINEAR_HEAD);
  for (int class = 0; class < 2; class ++) {
    self.request.class_index = class;

    g_autoptr (SacMap) map = run (&self, "class-evidence", NULL);

    assert_values (map, expected[class], "evidence");
    g_assert_true (map->class_specific);
    g_assert_false (map->rectified);
    g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (map->provenance, "logit"), logits[class],
      2e-6);
    g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (map->provenance, "bias"), biases[class],
      2e-6);
  }
  bag_finish (&self);
}

/* Tiles in another order, one left out, or only one: count rows of the bag. */
static SacTensor *
take_tiles (const Bag *self, const int *tiles, int count)
{
  SacShape shape = sac_shape_of (count, 2);
  SacTensor *bag = written_input_new (&shape, 1);

  for (int i = 0; i < count; i++)
    memcpy (sac_tensor_f32 (bag) + 2 * i,
            sac_tensor_f32 (self->bag) + 2 * tiles[i], 2 * sizeof (float));
  return bag;
}

typedef struct {
  float pooled[2], logits[2], chances[2];
  float slopes[2][3]; /* d logit / d raw, where there are three tiles */
} Vector;

static void
run_vector (const Bag *self, const SacTensor *bag, Vector *ret_vector)
{
  const char *names[] = {"pooled", "logits", "chances", NULL};
  const char *raw[] = {"raw", NULL};
  int tiles = (int)bag->shape.dims[0];

  for (int class = 0; class < 2; class ++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacPlan) plan =
      sac_plan_new (sac_model_get_network (self->model),
                    &(SacPlanRequest){.input_shapes = &bag->shape,
                                      .captures = names,
                                      .target = "logits",
                                      .wrt = raw},
                    NULL, &error);

    g_assert_no_error (error);

    g_autoptr (SacTensor) cotangent = sac_plan_cotangent (plan, class, &error);
    g_autoptr (SacResult) result =
      sac_plan_run (plan,
                    &(SacRunParams){.inputs = &bag, .cotangent = cotangent},
                    NULL, &error);
    float *numbers[] = {ret_vector->pooled, ret_vector->logits,
                        ret_vector->chances};

    g_assert_no_error (error);
    for (int k = 0; k < 3; k++)
      memcpy (numbers[k],
              sac_tensor_f32 (sac_result_get_value (result, names[k])),
              2 * sizeof (float));
    if (tiles == 3)
      memcpy (ret_vector->slopes[class],
              sac_tensor_f32 (sac_result_get_gradient (result, "raw")),
              3 * sizeof (float));
  }
}

#define CHANCES                                                                \
  LINEAR_HEAD "node _ Softmax logits -> chances axis=i:-1\n"                   \
              "output chances float 1,2\n"

/* What else there is of the example: the bag, its probabilities, how the logits
 * follow each raw score, what each tile gives alone, and what is lost without
 * it. */
static void
test_vector (void)
{
  static const float slopes[2][3] = {{.355910f, -.286944f, -.068966f},
                                     {-.787372f, .283651f, .503721f}};
  static const float alone[3][2] = {{2.1f, -1.2f}, {-.9f, 2.8f}, {1.1f, 1.8f}};
  static const float lost[3][2] = {{.614750f, -1.360000f},
                                   {-.331027f, .327228f},
                                   {-.124438f, .908883f}};
  static const int others[3][2] = {{1, 2}, {0, 2}, {0, 1}};
  Vector whole, part;
  Bag self;

  bag_init (&self, GATED CHANCES);
  run_vector (&self, self.bag, &whole);
  test_assert_close (whole.pooled, (float[]){.866829f, .578950f}, 2, 2e-6,
                     "bag");
  test_assert_close (whole.logits, (float[]){1.254708f, .670021f}, 2, 2e-6,
                     "logits");
  test_assert_close (whole.chances, (float[]){.642145f, .357855f}, 2, 2e-6,
                     "probabilities");
  test_assert_close (whole.slopes[0], slopes[0], 6, 2e-6, "slopes");
  for (int i = 0; i < 3; i++) {
    g_autoptr (SacTensor) one = take_tiles (&self, &i, 1);
    g_autoptr (SacTensor) rest = take_tiles (&self, others[i], 2);

    run_vector (&self, one, &part);
    test_assert_close (part.logits, alone[i], 2, 2e-6, "alone");
    run_vector (&self, rest, &part);
    for (int class = 0; class < 2; class ++)
      part.logits[class] = whole.logits[class] - part.logits[class];
    test_assert_close (part.logits, lost[i], 2, 3e-6, "lost");
  }
  bag_finish (&self);
}

/* Tiles in another order keep their own attention; with one of share a there
 * twice all have 1 / (1 + a) of theirs. */
static void
test_order (void)
{
  static const int turned[] = {2, 0, 1}, twice[] = {0, 0, 1, 2};
  static const char *const methods[] = {"mil-attention", "class-evidence"};
  Bag self;

  bag_init (&self, GATED LINEAR_HEAD);
  for (size_t k = 0; k < G_N_ELEMENTS (methods); k++) {
    g_autoptr (SacMap) plain = run (&self, methods[k], NULL);
    g_autoptr (SacTensor) bag = take_tiles (&self, turned, 3);

    self.inputs[0] = bag;

    g_autoptr (SacMap) other = run (&self, methods[k], NULL);

    for (int i = 0; i < 3; i++)
      g_assert_cmpfloat_with_epsilon (other->values[i],
                                      plain->values[turned[i]], 1e-6);
    self.inputs[0] = self.bag;
  }

  g_autoptr (SacTensor) more = take_tiles (&self, twice, 4);

  self.inputs[0] = more;

  g_autoptr (SacMap) shared = run (&self, "mil-attention", NULL);

  test_assert_close (shared->values,
                     (float[]){.421050f / 1.421050f, .421050f / 1.421050f,
                               .133171f / 1.421050f, .445780f / 1.421050f},
                     4, 2e-6, "twice");
  bag_finish (&self);
}

/* Raw scores times 3 less 1 are other weights, of the same order. */
static void
test_monotone (void)
{
  Bag self;

  bag_init (&self, "opset 13\n"
                   "input bag float ?,2\n"
                   "init w float 2,1 1.4 2.9\n"
                   "init W float 2,2 2 -1 -1 3\n"
                   "init three float - 3\n"
                   "init one float - 1\n"
                   "node _ MatMul bag,w -> scores\n"
                   "node _ Mul scores,three -> more\n"
                   "node _ Sub more,one -> less\n"
                   "node _ Transpose less -> raw perm=is:1,0\n"
                   "node _ Softmax raw -> weights axis=i:1\n"
                   "node _ MatMul weights,bag -> pooled\n"
                   "node _ MatMul pooled,W -> logits\n"
                   "output logits float 1,2\n");

  g_autoptr (SacMap) ranks = run (&self, "mil-attention", "show=percentile");
  g_autoptr (SacMap) weights = run (&self, "mil-attention", NULL);

  /* Raw scores 1.4, 2.9 and 4.3 rank as they do without the change. */
  assert_values (ranks, (float[]){100.f / 3, 200.f / 3, 100}, "percentile");
  /* Softmax of 4.2, 8.7, 12.9. */
  assert_values (weights, (float[]){.000164098f, .0147716f, .985064f},
                 "weights");
  bag_finish (&self);
}

/* Other ways to write the same network: weights times features summed, a bias
 * added and a scale; the probabilities as the output. */
static void
test_written_otherwise (void)
{
  Bag self;

  bag_init (&self, GATED "init minus float 1 -1\n"
                         "node _ Transpose weights -> column perm=is:1,0\n"
                         "node _ Mul column,bag -> weighed\n"
                         "node _ ReduceMean weighed -> mean axes=is:0\n"
                         "node _ Neg mean -> turned\n"
                         "node _ Div turned,minus -> back\n"
                         "node _ MatMul back,W -> product\n"
                         "node _ Add product,b -> logits\n"
                         "node _ Softmax logits -> chances axis=i:-1\n"
                         "output chances float 1,2\n");

  g_autoptr (SacMap) map = run (&self, "class-evidence", NULL);

  /* The head is symmetric; the mean is a third of the sum. */
  assert_values (map, (float[]){.842100f / 3, -.133171f / 3, .445780f / 3},
                 "evidence");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (map
                                                                   ->provenance,
                                                                 "bias"),
                                  .1, 1e-6);
  bag_finish (&self);
}

/* Two branches that both classes read: none is a class's own, and the evidence
 * is that of both. */
static void
test_branches (void)
{
  static const char text[] = "opset 13\n"
                             "input bag float ?,2\n"
                             "init w float 2,2 1 2 -1 0.5\n"
                             "init W float 4,2 2 -1 -1 3 1 1 0.5 -2\n"
                             "init flat int64 2 1 4\n"
                             "node _ MatMul bag,w -> scores\n"
                             "node _ Transpose scores -> raw perm=is:1,0\n"
                             "node _ Softmax raw -> weights axis=i:1\n"
                             "node _ MatMul weights,bag -> pooled\n"
                             "node _ Reshape pooled,flat -> row\n"
                             "node _ MatMul row,W -> logits\n"
                             "output logits float 1,2\n";
  Bag self;
  double sum = 0;

  bag_init (&self, text);
  refuse (&self, "mil-attention", NULL, SAC_ERROR_UNDEFINED,
          "2 of the 2 branches");

  g_autoptr (SacMap) second = run (&self, "mil-attention", "branch=1");
  g_autoptr (SacMap) evidence = run (&self, "class-evidence", NULL);

  /* Softmax of 2, .5, 2.5. */
  assert_values (second, (float[]){.348207f, .0776954f, .574097f}, "branch 1");
  g_assert_false (second->class_specific);
  for (int i = 0; i < 3; i++)
    sum += evidence->values[i];
  g_assert_cmpfloat_with_epsilon (sum,
                                  json_object_get_double_member (evidence
                                                                   ->provenance,
                                                                 "logit"),
                                  1e-5);
  refuse (&self, "mil-attention", "branch=2", SAC_ERROR_MISMATCH,
          "heads 0 to 1");
  bag_finish (&self);
}

static void
assert_no_evidence (const char *text, const char *part)
{
  Bag self;

  bag_init (&self, text);
  refuse (&self, "class-evidence", NULL, SAC_ERROR_UNDEFINED, part);
  sac_map_unref (run (&self, "mil-attention", NULL));
  bag_finish (&self);
}

static void
test_refused (void)
{
  assert_no_evidence (GATED "node _ Relu pooled -> kept\n"
                            "node bend Gemm kept,W,b -> logits transB=i:1\n"
                            "output logits float 1,2\n",
                      "Relu");
  assert_no_evidence (GATED "node _ ReduceMean bag -> mean axes=is:0\n"
                            "node skip Add pooled,mean -> both\n"
                            "node _ Gemm both,W,b -> logits transB=i:1\n"
                            "output logits float 1,2\n",
                      "node skip, Add");
  assert_no_evidence (GATED "node square Mul pooled,pooled -> squared\n"
                            "node _ Gemm squared,W,b -> logits transB=i:1\n"
                            "output logits float 1,2\n",
                      "node square, Mul");
  assert_no_evidence (GATED "init one float 1 1\n"
                            "node _ Add weights,one -> more\n"
                            "node again MatMul more,bag -> twice\n"
                            "node _ Gemm twice,W,b -> logits transB=i:1\n"
                            "output logits float 1,2\n",
                      "node again, MatMul");
  assert_no_evidence (GATED "node _ ReduceMean bag -> mean axes=is:0 "
                            "keepdims=i:1\n"
                            "node _ Gemm mean,W,b -> logits transB=i:1\n"
                            "output logits float 1,2\n"
                            "output pooled float 1,2\n",
                      "does not come from weights");
}

static void
test_not_pooled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = sac_model_open ("derm-vit", NULL, &error);
  g_autofree char *reason = NULL;

  g_assert_no_error (error);
  g_assert_false (
    sac_method_applies (sac_method_find ("class-evidence"), model, &reason));
  g_assert_nonnull (strstr (reason, "pools"));

  Bag self;

  bag_init (&self, GATED LINEAR_HEAD);
  g_clear_pointer (&reason, g_free);
  g_assert_true (sac_method_applies (sac_method_find ("mil-attention"),
                                     self.model, &reason));
  self.request.layer = "pooled";
  refuse (&self, "mil-attention", NULL, SAC_ERROR_MISMATCH, "weights");
  bag_finish (&self);
}

static void
test_math (void)
{
  const float even[4] = {.25f, .25f, .25f, .25f}, slopes[4] = {2, 0, -4, 1};
  const float one[3] = {0, 1, 0};
  double evidence[4] = {0, 0, 1, 0};

  g_assert_cmpfloat (sac_mil_effective_count (even, 4), ==, 4);
  g_assert_cmpfloat (sac_mil_effective_count (one, 3), ==, 1);
  sac_mil_add_evidence (even, slopes, 4, evidence);
  g_assert_cmpfloat (evidence[0], ==, .5);
  g_assert_cmpfloat (evidence[2], ==, 0);
  g_assert_true (sac_mil_is_used (slopes, 4));
  g_assert_false (sac_mil_is_used (slopes + 1, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/mil/attention", test_attention);
  g_test_add_func ("/explain/mil/evidence", test_evidence);
  g_test_add_func ("/explain/mil/vector", test_vector);
  g_test_add_func ("/explain/mil/order", test_order);
  g_test_add_func ("/explain/mil/monotone", test_monotone);
  g_test_add_func ("/explain/mil/written-otherwise", test_written_otherwise);
  g_test_add_func ("/explain/mil/branches", test_branches);
  g_test_add_func ("/explain/mil/refused", test_refused);
  g_test_add_func ("/explain/mil/not-pooled", test_not_pooled);
  g_test_add_func ("/explain/mil/math", test_math);
  return g_test_run ();
}
