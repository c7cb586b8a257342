/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Images that go alone through the first part of a network and together through
 * the rest have the scores that they have alone. */
#include "explain/trial-tail.h"

#include "support.h"
#include "written-model.h"

#include <string.h>

#define HEAD                                                                   \
  "opset 13\n"                                                                 \
  "input x float ?,3,224,224\n"                                                \
  "noise w 4,3,8,8\n"                                                          \
  "noise rows 4,2\n"                                                           \
  "node _ Conv x,w -> conv strides=is:8,8\n"                                   \
  "node _ Relu conv -> bent\n"                                                 \
  "node _ GlobalAveragePool bent -> pooled\n"                                  \
  "node _ Flatten pooled -> flat\n"

static const char apart[] = HEAD "node _ MatMul flat,rows -> score\n"
                                 "output score float ?,2\n";

/* Samples leak into one another, and one alone has the score of the above. */
static const char leaking[] = HEAD "node _ Add flat,flat -> twice\n"
                                   "node _ ReduceMean flat -> mean axes=is:0\n"
                                   "node _ Sub twice,mean -> still\n"
                                   "node _ MatMul still,rows -> score\n"
                                   "output score float ?,2\n";

typedef struct {
  SacModel *model;
  SacTensor *inputs[1];
  SacExplainRequest request;
} Fixture;

static void
set_up (Fixture *fixture, const char *text)
{
  SacShape shape = sac_shape_of (1, 3, 224, 224);

  fixture->model = written_model_new (text);
  fixture->inputs[0] = written_input_new (&shape, 3);
  fixture->request = (SacExplainRequest){
    .model = fixture->model,
    .inputs = (const SacTensor *const *)fixture->inputs,
    .class_index = 1,
  };
}

static void
tear_down (Fixture *fixture)
{
  sac_tensor_unref (fixture->inputs[0]);
  sac_model_unref (fixture->model);
}

static SacExplainRun *
new_run (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SacExplainRun *run = sac_explain_run_new (&fixture->request, NULL, &error);

  g_assert_no_error (error);
  sac_explain_run_pass (run, &(SacExplainPass){.score = true}, NULL, &error);
  g_assert_no_error (error);
  return run;
}

static void
test_scores (void)
{
  const int64_t count = 3 * 224 * 224;
  SacShape shape = sac_shape_of (1, 3, 224, 224);
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, apart);

  g_autoptr (SacExplainRun) run = new_run (&fixture);
  g_autoptr (SacTrialTail) tail = sac_trial_tail_new (run, count, 32, NULL);

  g_assert_nonnull (tail);

  size_t batch = sac_trial_tail_get_batch (tail);
  g_autofree double *scores = g_new (double, batch);
  double alone[4];

  g_assert_cmpuint (batch, >=, 4);
  g_assert_cmpuint (batch, <=, 32);
  for (int i = 0; i < 4; i++) {
    g_autoptr (SacTensor) altered = written_input_new (&shape, 10 + i);
    const SacTensor *inputs[] = {altered};

    sac_trial_tail_start (tail, (size_t)i, inputs, NULL, &error);
    g_assert_no_error (error);
    sac_explain_run_pass (run,
                          &(SacExplainPass){.score = true, .inputs = inputs},
                          NULL, &error);
    g_assert_no_error (error);
    alone[i] = run->pass_value;
  }
  g_assert_true (sac_trial_tail_finish (tail, scores, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (scores[i], alone[i], 1e-5);
  g_assert_cmpfloat (scores[0], !=, scores[1]);
  tear_down (&fixture);
}

/* Nothing is small enough, or samples do not stay apart. */
static void
test_none (void)
{
  Fixture fixture;

  set_up (&fixture, apart);

  g_autoptr (SacExplainRun) large = new_run (&fixture);

  g_assert_null (sac_trial_tail_new (large, 1, 32, NULL));

  Fixture other;

  set_up (&other, leaking);

  g_autoptr (SacExplainRun) mixed = new_run (&other);

  g_assert_null (sac_trial_tail_new (mixed, 3 * 224 * 224, 32, NULL));
  tear_down (&other);
  tear_down (&fixture);
}

/* The whole method, together and one by one. */
static void
test_method (void)
{
  g_autoptr (GError) error = NULL;
  Fixture together, alone;

  set_up (&together, apart);
  set_up (&alone, leaking);

  g_autoptr (SacMap) one =
    written_run ("rise", &together.request, "masks=70", &error);
  g_autoptr (SacMap) other =
    written_run ("rise", &alone.request, "masks=70", &error);

  g_assert_no_error (error);
  g_assert_cmpint (one->rows * one->columns, ==, other->rows * other->columns);
  test_assert_close (one->values, other->values,
                     (size_t)one->rows * (size_t)one->columns, 1e-4, "rise");
  tear_down (&together);
  tear_down (&alone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/trial-tail/scores", test_scores);
  g_test_add_func ("/explain/trial-tail/none", test_none);
  g_test_add_func ("/explain/trial-tail/method", test_method);
  return g_test_run ();
}
