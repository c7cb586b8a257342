/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Scores that are no numbers name where that began; gradients that are zero are
 * said to be. */
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

static void
test_zero_gradient (void)
{
  assert_flag (closed, "gradient", false, "gradient is 0 everywhere");
  assert_flag (closed, "integrated-gradients", false,
               "gradient is 0 everywhere");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/not-finite/node", test_node);
  g_test_add_func ("/not-finite/input", test_input);
  g_test_add_func ("/not-finite/finite", test_finite);
  g_test_add_func ("/not-finite/zero-gradient", test_zero_gradient);
  return g_test_run ();
}
