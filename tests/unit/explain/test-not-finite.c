/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Scores that are no numbers name where that began; gradients that are zero are
 * said to be. */
#include "base/error.h"
#include "explain/not-finite.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

#define HEAD                                                                   \
  "opset 13\n"                                                                 \
  "input x float ?,3,8,8\n"                                                    \
  "noise w 4,3,3,3\n"                                                          \
  "noise rows 4,2\n"                                                           \
  "node first Conv x,w -> conv\n"
#define TAIL(value)                                                            \
  "node _ GlobalAveragePool " value " -> pooled\n"                             \
  "node _ Flatten pooled -> flat\n"                                            \
  "node last MatMul flat,rows -> score\n"                                      \
  "output score float ?,2\n"

/* Some of the convolution's values are below 0. */
static const char root[] = HEAD "node middle Sqrt conv -> root\n" TAIL ("root");

/* Minus infinity, as masks have it, goes by; what comes after it is to blame.
 */
static const char masked[] =
  HEAD "init low float 1 -inf\n"
       "init much float 1 1e37\n"
       "node mask Add conv,low -> hidden\n"
       "node open Max hidden,conv -> seen\n"
       "node large Mul seen,much -> great\n"
       "node larger Mul great,much -> greater\n" TAIL ("greater");

static const char closed[] = HEAD "init far float 1 -100\n"
                                  "node _ Add conv,far -> low\n"
                                  "node _ Relu low -> shut\n" TAIL ("shut");

/* The same below attention over the places: nothing of it reaches the score.
 */
#define ATTENDING                                                              \
  "init tokens int64 3 0 4 36\n"                                               \
  "init back int64 4 0 4 6 6\n"                                                \
  "noise wq 4,4\n"                                                             \
  "noise wk 4,4\n"                                                             \
  "node _ Reshape conv,tokens -> planes\n"                                     \
  "node _ Transpose planes -> rows_of perm=is:0,2,1\n"                         \
  "node _ MatMul rows_of,wq -> q\n"                                            \
  "node _ MatMul rows_of,wk -> k\n"                                            \
  "node _ Transpose k -> turned perm=is:0,2,1\n"                               \
  "node _ MatMul q,turned -> products\n"                                       \
  "node _ Softmax products -> weights axis=i:-1\n"                             \
  "node _ Abs rows_of -> v\n"                                                  \
  "node _ MatMul weights,v -> seen\n"                                          \
  "node _ Transpose seen -> seen_planes perm=is:0,2,1\n"                       \
  "node _ Reshape seen_planes,back -> mixed\n"

static const char closed_attention[] =
  HEAD ATTENDING "init far float 1 -100\n"
                 "node _ Add mixed,far -> low\n"
                 "node _ Relu low -> shut\n" TAIL ("shut");

/* What is attended to is positive, and all of it is taken from the score. */
static const char against[] =
  HEAD ATTENDING "init minus float 4,2 -1 -1 -1 -1 -1 -1 -1 -1\n"
                 "node _ GlobalAveragePool mixed -> pooled\n"
                 "node _ Flatten pooled -> flat\n"
                 "node last MatMul flat,minus -> score\n"
                 "output score float ?,2\n";

static SacMap *
run (const char *text, const char *method, bool broken, GError **error)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacModel) model = written_model_new (text);
  g_autoptr (SacTensor) input = written_input_new (&shape, 3);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {.model = model, .inputs = inputs};

  if (broken)
    sac_tensor_f32 (input)[17] = NAN;
  return written_run (method, &request, NULL, error);
}

static void
assert_flag (const char *text,
             const char *method,
             bool broken,
             const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMap) map = run (text, method, broken, &error);
  const char *flag;

  g_assert_no_error (error);
  flag = json_object_get_string_member_with_default (map->provenance, "flag",
                                                     "no flag");
  if (strstr (flag, part) == NULL)
    g_error ("%s: \"%s\" lacks \"%s\"", method, flag, part);
}

static void
test_node (void)
{
  assert_flag (root, "grad-cam", false, "node middle (Sqrt) is the first");
  assert_flag (root, "occlusion", false, "node middle (Sqrt) is the first");
  assert_flag (masked, "gradient", false, "node larger (Mul) is the first");
}

static void
test_input (void)
{
  assert_flag (closed, "gradient", true, "input x holds NaN or infinity");
}

static void
test_finite (void)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacNetwork) network = written_network_new (closed);
  g_autoptr (SacTensor) input = written_input_new (&shape, 3);
  const SacTensor *inputs[] = {input};

  g_assert_null (sac_not_finite_describe (network, inputs, NULL));
}

/* At a layer below the closed gate, or at the input. */
static SacMap *
run_closed (const SacMethod *method, GError **error)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacModel) model = written_model_new (closed_attention);
  g_autoptr (SacTensor) input = written_input_new (&shape, 3);
  const SacTensor *inputs[] = {input};
  SacExplainRequest request = {
    .model = model,
    .inputs = inputs,
    .layer = method->family == SAC_METHOD_CAM ? "conv" : NULL,
  };

  return written_run (method->name, &request, NULL, error);
}

/* Every method that has a gradient says when that is 0, rollout too, whose map
 * is not; and no other method speaks of one.  Methods that choose their layers
 * by themselves take one above the gate. */
static void
test_zero_gradient (void)
{
  const SacMethod *const *methods = sac_methods_get_all ();

  for (size_t i = 0; methods[i] != NULL; i++) {
    const SacMethod *method = methods[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map = NULL;

    if (method->needs_pooling || method->needs_modulator ||
        g_str_equal (method->name, "cam-fusion"))
      continue;
    map = run_closed (method, &error);
    if (g_str_equal (method->name, "ablation-cam")) {
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "the score is 0");
      continue;
    }
    g_assert_no_error (error);

    const char *flag =
      json_object_get_string_member_with_default (map->provenance, "flag", "");

    if (g_str_has_prefix (flag, "The gradient is 0 everywhere at ") !=
        method->needs_gradient)
      g_error ("%s: \"%s\"", method->name, flag);
  }
}

static void
test_against (void)
{
  static const char *const methods[] = {"relevance", "legrad"};

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    assert_flag (against, methods[i], false, "0 or against it everywhere");
}

/* No rule of a method may end in a number where the run has none. */
static void
test_every_method (void)
{
  const SacMethod *const *methods = sac_methods_get_all ();

  for (size_t i = 0; methods[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacMap) map = NULL;
    SacMapSummary summary;

    if (methods[i]->needs_attention || methods[i]->needs_modulator)
      continue;
    map = run (root, methods[i]->name, false, &error);
    g_assert_no_error (error);
    assert_flag (root, methods[i]->name, false,
                 "node middle (Sqrt) is the first");
    sac_map_summarize (map, &summary);
    if (g_strcmp0 (methods[i]->name, "rise") != 0)
      g_assert_cmpint (summary.evidence, ==, SAC_EVIDENCE_NOT_FINITE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/not-finite/node", test_node);
  g_test_add_func ("/not-finite/input", test_input);
  g_test_add_func ("/not-finite/finite", test_finite);
  g_test_add_func ("/not-finite/zero-gradient", test_zero_gradient);
  g_test_add_func ("/not-finite/against", test_against);
  g_test_add_func ("/not-finite/every-method", test_every_method);
  return g_test_run ();
}
