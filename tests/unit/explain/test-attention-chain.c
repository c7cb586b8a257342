/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Rollout and relevance through two transformers, one on the other, against
 * products of whole matrices worked out from the networks' own attention. */
#include "base/error.h"
#include "explain/attention-join.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

/* An encoder of a class token and 16 patches of four features, named u. */
#define ENCODER                                                                \
  "opset 17\n"                                                                 \
  "input image float 1,3,8,8\n"                                                \
  "noise stem 4,3,2,2\n"                                                       \
  "node _ Conv image,stem -> map strides=is:2,2\n"                             \
  "init flat_shape int64 3 1 4 16\n"                                           \
  "node _ Reshape map,flat_shape -> flat\n"                                    \
  "node _ Transpose flat -> patches perm=is:0,2,1\n"                           \
  "noise class 1,1,4\n"                                                        \
  "node _ Concat class,patches -> u axis=i:1\n"                                \
  "noise wq 4,4\n"                                                             \
  "noise wk 4,4\n"                                                             \
  "noise wv 4,4\n"                                                             \
  "noise scale 4\n"                                                            \
  "noise bias 4\n"                                                             \
  "noise w1 4,8\n"                                                             \
  "noise w2 8,4\n"                                                             \
  "init sharp float - 20\n"                                                    \
  "node _ LayerNormalization u,scale,bias -> n\n"                              \
  "node _ MatMul n,wq -> q\n"                                                  \
  "node _ MatMul n,wk -> k\n"                                                  \
  "node _ MatMul n,wv -> v\n"                                                  \
  "node _ Mul q,sharp -> qs\n"                                                 \
  "node _ Transpose k -> kt perm=is:0,2,1\n"                                   \
  "node _ MatMul qs,kt -> s\n"                                                 \
  "node _ Softmax s -> first axis=i:-1\n"                                      \
  "node _ MatMul first,v -> seen\n"                                            \
  "node _ Add u,seen -> mid\n"                                                 \
  "node _ MatMul mid,w1 -> wide\n"                                             \
  "node _ Relu wide -> bent\n"                                                 \
  "node _ MatMul bent,w2 -> mlp\n"                                             \
  "node _ Add mid,mlp -> encoded\n"                                            \
  "init one int64 1 1\n"                                                       \
  "init end int64 1 17\n"                                                      \
  "node _ Slice encoded,one,end,one -> kept\n"                                 \
  "noise project 4,6\n"                                                        \
  "node _ MatMul kept,project -> tokens\n"

/* A second transformer with a class token of its own over `joined`. */
#define HEAD(count)                                                            \
  "noise second_class 1,1,6\n"                                                 \
  "node _ Concat second_class,joined -> x axis=i:1\n"                          \
  "noise place 1," count ",6\n"                                                \
  "node _ Add x,place -> placed\n"                                             \
  "noise vq 6,6\n"                                                             \
  "noise vk 6,6\n"                                                             \
  "noise vv 6,6\n"                                                             \
  "node _ MatMul placed,vq -> q2\n"                                            \
  "node _ MatMul placed,vk -> k2\n"                                            \
  "node _ MatMul placed,vv -> v2\n"                                            \
  "node _ Mul q2,sharp -> qs2\n"                                               \
  "node _ Transpose k2 -> kt2 perm=is:0,2,1\n"                                 \
  "node _ MatMul qs2,kt2 -> s2\n"                                              \
  "node _ Softmax s2 -> second axis=i:-1\n"                                    \
  "node _ MatMul second,v2 -> seen2\n"                                         \
  "node _ Add placed,seen2 -> out\n"                                           \
  "init zero int64 - 0\n"                                                      \
  "node _ Gather out,zero -> read axis=i:1\n"                                  \
  "noise head 6,3\n"                                                           \
  "node _ MatMul read,head -> logits\n"                                        \
  "output logits float 1,3\n"

/* The patches themselves are the second transformer's tokens. */
#define SAME ENCODER "node _ Identity tokens -> joined\n" HEAD ("17")

/* 4 x 4 places in the middle of 2 x 2 patches. */
#define POOLED                                                                 \
  ENCODER "init planes int64 4 1 6 4 4\n"                                      \
          "init few int64 3 1 6 4\n"                                           \
          "node _ Transpose tokens -> turned perm=is:0,2,1\n"                  \
          "node _ Reshape turned,planes -> square\n"                           \
          "node _ AveragePool square -> pooled kernel_shape=is:2,2 "           \
          "strides=is:2,2\n"                                                   \
          "node _ Reshape pooled,few -> row\n"                                 \
          "node _ Transpose row -> joined perm=is:0,2,1\n" HEAD ("5")

/* Weights from place to place: whose places these are nobody can say. */
#define MIXED                                                                  \
  ENCODER "noise blend 16,16\n"                                                \
          "node _ Transpose tokens -> turned perm=is:0,2,1\n"                  \
          "node _ MatMul turned,blend -> blended\n"                            \
          "node _ Transpose blended -> joined perm=is:0,2,1\n" HEAD ("17")

/* One place in four goes on. */
#define THINNED                                                                \
  ENCODER "init planes int64 4 1 6 4 4\n"                                      \
          "init few int64 3 1 6 4\n"                                           \
          "noise thin 6,6,1,1\n"                                               \
          "node _ Transpose tokens -> turned perm=is:0,2,1\n"                  \
          "node _ Reshape turned,planes -> square\n"                           \
          "node _ Conv square,thin -> pooled strides=is:2,2\n"                 \
          "node _ Reshape pooled,few -> row\n"                                 \
          "node _ Transpose row -> joined perm=is:0,2,1\n" HEAD ("5")

/* One block over a class token, a register and 16 patches, of which `tail`
 * reads some. */
#define PREFIXED(tail)                                                         \
  "opset 17\n"                                                                 \
  "input image float 1,3,8,8\n"                                                \
  "noise stem 4,3,2,2\n"                                                       \
  "node _ Conv image,stem -> map strides=is:2,2\n"                             \
  "init flat_shape int64 3 1 4 16\n"                                           \
  "node _ Reshape map,flat_shape -> flat\n"                                    \
  "node _ Transpose flat -> patches perm=is:0,2,1\n"                           \
  "noise class 1,2,4\n"                                                        \
  "node _ Concat class,patches -> u axis=i:1\n"                                \
  "noise wq 4,4\n"                                                             \
  "noise wk 4,4\n"                                                             \
  "noise wv 4,4\n"                                                             \
  "init sharp float - 3\n"                                                     \
  "node _ MatMul u,wq -> q\n"                                                  \
  "node _ MatMul u,wk -> k\n"                                                  \
  "node _ MatMul u,wv -> v\n"                                                  \
  "node _ Mul q,sharp -> qs\n"                                                 \
  "node _ Transpose k -> kt perm=is:0,2,1\n"                                   \
  "node _ MatMul qs,kt -> s\n"                                                 \
  "node _ Softmax s -> first axis=i:-1\n"                                      \
  "node _ MatMul first,v -> seen\n"                                            \
  "node _ Add u,seen -> out\n"                                                 \
  "init zero int64 - 0\n"                                                      \
  "init one int64 1 1\n"                                                       \
  "init two int64 1 2\n"                                                       \
  "init end int64 1 18\n" tail "noise head 4,3\n"                              \
  "node _ MatMul read,head -> logits\n"                                        \
  "output logits float 1,3\n"
#define READ_CLASS "node _ Gather out,zero -> read axis=i:1\n"
#define READ_REGISTER                                                          \
  "init second int64 - 1\n"                                                    \
  "node _ Gather out,second -> read axis=i:1\n"
#define READ_PATCHES                                                           \
  "node _ Slice out,two,end,one -> rest\n"                                     \
  "node _ ReduceMean rest -> read axes=is:1 keepdims=i:0\n"
#define READ_ALL "node _ ReduceMean out -> read axes=is:1 keepdims=i:0\n"

typedef struct {
  SacModel *model;
  SacTensor *inputs[1];
  SacExplainRequest request;
} Stacked;

static void
stacked_init (Stacked *self, const char *text)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);

  self->model = written_model_new (text);
  self->inputs[0] = written_input_new (&shape, 5);
  self->request = (SacExplainRequest){
    .model = self->model,
    .inputs = (const SacTensor *const *)self->inputs,
    .class_index = 1,
  };
}

static void
stacked_finish (Stacked *self)
{
  sac_tensor_unref (self->inputs[0]);
  sac_model_unref (self->model);
}

/* The weights of both blocks, or max (0, A dA): [0] 17 x 17, [1] n x n; of one
 * where `second` is NULL. */
static void
read_blocks (Stacked *self, bool gradients, double *first, double *second)
{
  g_autoptr (GError) error = NULL;
  const char *names[] = {"first", second != NULL ? "second" : NULL, NULL};
  SacNetwork *network = sac_model_get_network (self->model);
  g_autoptr (SacPlan) plan =
    sac_plan_new (network,
                  &(SacPlanRequest){
                    .input_shapes = &self->inputs[0]->shape,
                    .captures = names,
                    .target = "logits",
                    .wrt = names,
                  },
                  NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacTensor) cotangent = sac_plan_cotangent (plan, 1, &error);
  g_autoptr (SacResult) result =
    sac_plan_run (plan,
                  &(SacRunParams){.inputs = self->request.inputs,
                                  .cotangent = cotangent},
                  NULL, &error);

  g_assert_no_error (error);
  for (int b = 0; names[b] != NULL; b++) {
    const SacTensor *a = sac_result_get_value (result, names[b]);
    const SacTensor *d = sac_result_get_gradient (result, names[b]);

    for (int64_t i = 0; i < sac_tensor_get_count (a); i++)
      (b == 0 ? first : second)[i] =
        gradients
          ? fmax (0, (double)sac_tensor_f32 (a)[i] * sac_tensor_f32 (d)[i])
          : sac_tensor_f32 (a)[i];
  }
}

/* A + I, with rows that sum to 1 when `share`. */
static void
add_identity (double *matrix, int n, bool share)
{
  for (int i = 0; i < n; i++) {
    double sum = 0;

    matrix[i * n + i] += 1;
    for (int k = 0; k < n; k++)
      sum += matrix[i * n + k];
    for (int k = 0; share && k < n; k++)
      matrix[i * n + k] /= sum;
  }
}

/* Row of the second class token, over `side` x `side` patches, through the
 * mean over cells of the encoder's 4 x 4, through the encoder. */
static void
work_out (Stacked *self, bool relevance, int side, float *ret_map)
{
  int n = side * side + 1, step = 4 / side;
  double first[17 * 17], second[17 * 17], joined[17] = {0};

  read_blocks (self, relevance, first, second);
  add_identity (first, 17, !relevance);
  add_identity (second, n, !relevance);
  for (int i = 0; i < 16; i++)
    joined[1 + i] =
      second[1 + i / 4 / step * side + i % 4 / step] / (step * step);
  for (int k = 0; k < 16; k++) {
    double sum = 0;

    for (int i = 0; i < 17; i++)
      sum += joined[i] * first[i * 17 + 1 + k];
    ret_map[k] = (float)sum;
  }
}

static void
check (const char *text, int side)
{
  static const char *const methods[] = {"rollout", "relevance"};
  Stacked self;

  stacked_init (&self, text);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map =
      written_run (methods[i], &self.request, NULL, &error);
    float expected[16];

    g_assert_no_error (error);
    g_assert_cmpint (map->rows, ==, 4);
    g_assert_cmpint (map->columns, ==, 4);
    work_out (&self, i == 1, side, expected);
    test_assert_close (map->values, expected, 16, 1e-5, methods[i]);
    g_assert_cmpint (json_array_get_length (
                       json_object_get_array_member (map->provenance,
                                                     "attention")),
                     ==, 2);
  }
  stacked_finish (&self);
}

static void
test_same (void)
{
  check (SAME, 4);
}

static void
test_pooled (void)
{
  check (POOLED, 2);
}

static const char *
note_of (const SacMap *map, guint index)
{
  JsonArray *notes = json_object_get_array_member (map->provenance, "notes");

  return json_array_get_string_element (notes, index);
}

/* The class token's row of the second block alone. */
static void
work_out_last (Stacked *self, bool relevance, int n, float *ret_map)
{
  double first[17 * 17], second[17 * 17];

  read_blocks (self, relevance, first, second);
  add_identity (second, n, !relevance);
  for (int k = 1; k < n; k++)
    ret_map[k - 1] = (float)second[k];
}

/* Where one block's tokens do not lead to the next one's, there is a map of the
 * blocks above that, and it says so, whatever start_layer says. */
static void
test_thinned (void)
{
  static const char *const methods[] = {"rollout", "relevance"};
  static const char *const starts[] = {NULL, "start_layer=0"};
  Stacked self;

  stacked_init (&self, THINNED);
  for (int i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map =
      written_run (methods[i % 2], &self.request, starts[i / 2], &error);
    float expected[4];

    g_assert_no_error (error);
    g_assert_cmpint (map->rows * map->columns, ==, 4);
    work_out_last (&self, i % 2 == 1, 5, expected);
    test_assert_close (map->values, expected, 4, 1e-5, methods[i % 2]);
    g_assert_cmpstr (note_of (map, 1), ==,
                     "Of the 2 attention blocks found 1 are counted.");
    g_assert_nonnull (strstr (note_of (map, 2), "Conv"));
    g_assert_nonnull (strstr (note_of (map, 2), "it leaves places out"));
  }
  stacked_finish (&self);
}

/* That nothing joins two blocks is found once for a plan, and told again. */
static void
test_kept (void)
{
  Stacked self;

  stacked_init (&self, THINNED);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacAttentionRun) run =
      sac_attention_run_new (&self.request, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (run->blocks->len, ==, 2);
    g_assert_true ((sac_plan_get_finding (run->run->plan, "join 1 0 0 0") !=
                    NULL) == (i == 1));
    g_assert_null (sac_attention_join_find (run, 1, 0, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "it leaves places out");
  }
  stacked_finish (&self);
}

/* The second transformer has no known places: what there is of the first is not
 * the whole network's, and is shown on demand alone. */
static void
test_mixed (void)
{
  static const char *const methods[] = {"rollout", "relevance"};
  Stacked self;

  stacked_init (&self, MIXED);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (written_run (methods[i], &self.request, NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "is not known");

    g_autoptr (SacMap) map =
      written_run (methods[i], &self.request, "start_layer=0", &error);

    g_assert_no_error (error);
    g_assert_cmpint (map->rows * map->columns, ==, 16);
    g_assert_cmpstr (note_of (map, 1), ==,
                     "Of the 2 attention blocks found 1 are counted.");
    g_assert_nonnull (strstr (note_of (map, 2), "second"));
  }
  stacked_finish (&self);
}

/* Whose rows are followed: from `first` on, up to `end`. */
static void
check_asking (
  const char *text, const char *params, int first, int end, const char *note)
{
  static const char *const methods[] = {"attention", "rollout", "relevance"};
  Stacked self;

  stacked_init (&self, text);
  for (int i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map =
      written_run (methods[i], &self.request, params, &error);
    double weights[18 * 18];
    float expected[16] = {0};

    g_assert_no_error (error);
    g_assert_cmpint (map->rows * map->columns, ==, 16);
    read_blocks (&self, i == 2, weights, NULL);
    if (i == 1)
      add_identity (weights, 18, true);
    for (int row = first; row < end; row++)
      for (int k = 0; k < 16; k++)
        expected[k] += (float)(weights[row * 18 + 2 + k] / (end - first));
    test_assert_close (map->values, expected, 16, 1e-5, methods[i]);
    g_assert_nonnull (strstr (note_of (map, 0), note));
  }
  stacked_finish (&self);
}

static void
test_asking (void)
{
  check_asking (PREFIXED (READ_CLASS), "rows=read", 0, 1, "(the class token)");
  check_asking (PREFIXED (READ_REGISTER), "rows=read", 1, 2, "the score reads");
  check_asking (PREFIXED (READ_PATCHES), "rows=read", 2, 18,
                "reads no class token");
  check_asking (PREFIXED (READ_ALL), "rows=read", 0, 1, "(the class token)");
  check_asking (PREFIXED (READ_CLASS), NULL, 0, 1, "(the class token)");
  check_asking (PREFIXED (READ_PATCHES), NULL, 0, 1, "does not read");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/attention-chain/same", test_same);
  g_test_add_func ("/explain/attention-chain/pooled", test_pooled);
  g_test_add_func ("/explain/attention-chain/thinned", test_thinned);
  g_test_add_func ("/explain/attention-chain/kept", test_kept);
  g_test_add_func ("/explain/attention-chain/mixed", test_mixed);
  g_test_add_func ("/explain/attention-chain/asking", test_asking);
  return g_test_run ();
}
