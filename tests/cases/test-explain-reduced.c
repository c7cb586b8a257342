/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps of attention that was reduced while the network ran, against maps of the
 * same attention kept whole. */
#include "explain-case.h"
#include "explain/attention-run.h"
#include "network/plan-profile.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 1e-5

/* Attention that is never one node: see test-fused-attention.c. */
static const char *const in_parts[] = {
  "abmil", "clam_mb", "clam_sb", "efficientnet_lsa", "resnet18_lsa",
};

static bool
stays_in_parts (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (in_parts); i++) {
    if (g_str_equal (in_parts[i], name))
      return true;
  }
  return false;
}

static void
check_equal (const SacMap *got, const SacMap *expected, const char *method)
{
  double largest = 0, worst = 0;

  g_assert_cmpint (got->rows, ==, expected->rows);
  g_assert_cmpint (got->columns, ==, expected->columns);
  for (int64_t i = 0; i < (int64_t)got->rows * got->columns; i++) {
    largest = fmax (largest, fabs ((double)expected->values[i]));
    worst =
      fmax (worst, fabs ((double)got->values[i] - (double)expected->values[i]));
  }
  if (worst > TOLERANCE * largest)
    g_error ("%s: %g of %g", method, worst, largest);
}

static void
check_method (const SacMethod *method, SacExplainRequest request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  g_autoptr (SacMap) expected = NULL;
  g_autoptr (SacMap) got = NULL;

  request.attention_bytes = 0;
  expected = sac_method_run (method, &request, NULL, &error);
  request.attention_bytes = 1;
  got = sac_method_run (method, &request, NULL, &other);
  if (expected == NULL) {
    g_assert_null (got);
    g_assert_cmpint (other->code, ==, error->code);
    return;
  }
  g_assert_no_error (other);
  check_equal (got, expected, method->name);
}

/* The way that is tested is the one that is taken. */
static void
check_reduces (SacExplainRequest request)
{
  g_autoptr (GError) error = NULL;

  for (size_t bytes = 0; bytes < 2; bytes++) {
    request.attention_bytes = bytes;

    g_autoptr (SacAttentionRun) run =
      sac_attention_run_new (&request, NULL, NULL);

    if (run == NULL)
      return;
    g_assert_true (sac_attention_run_pass (run, false, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (run->wishes->len, ==, bytes);
  }
}

static void
check_case (const ExplainCase *loaded, const char *name)
{
  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
  const SacMethod *const *methods = sac_methods_get_all ();
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .class_index = 1,
    .head = 1,
  };

  if (!stays_in_parts (name))
    check_reduces (request);
  for (size_t i = 0; methods[i] != NULL; i++) {
    if (!methods[i]->needs_attention)
      continue;
    request.head_mode = SAC_HEAD_MEAN;
    check_method (methods[i], request);
    request.head_mode = i % 2 == 0 ? SAC_HEAD_ONE : SAC_HEAD_MAX;
    check_method (methods[i], request);
  }
  case_free_inputs (network, inputs);
}

static void
test_case (gconstpointer data)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (data);

  if (loaded != NULL)
    check_case (loaded, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What reducing changes, not what a kind of kernels does. */
  sac_plan_set_exact (true);
  explain_case_add_all ("/explain-reduced", test_case);
  return g_test_run ();
}
