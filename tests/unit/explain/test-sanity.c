/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Random weights and what the checks make of maps whose answers are known. */
#include "base/error.h"
#include "explain/sanity.h"
#include "network/random-weights.h"
#include "support.h"
#include "tensor/rest.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

/* Two convolutions, pooling, a linear head; the last weight is large enough to
 * rest. */
static const char small[] = "opset 13\n"
                            "input x float ?,3,16,16\n"
                            "noise w 8,3,3,3\n"
                            "noise b 8\n"
                            "noise v 8,8,3,3\n"
                            "noise rows 8,4\n"
                            "node _ Conv x,w,b -> conv pads=is:1,1,1,1\n"
                            "node _ Relu conv -> relu\n"
                            "node _ Conv relu,v -> deep pads=is:1,1,1,1\n"
                            "node _ Relu deep -> features\n"
                            "node _ GlobalAveragePool features -> pooled\n"
                            "node _ Flatten pooled -> flat\n"
                            "node _ MatMul flat,rows -> score\n"
                            "output score float ?,4\n";

/* Linear in the pixels: one large weight. */
static const char linear[] = "opset 13\n"
                             "input x float ?,3,64,64\n"
                             "noise rows 12288,2\n"
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
set_up (Fixture *fixture, const char *text, const SacShape *shape)
{
  fixture->model = written_model_new (text);
  fixture->input = written_input_new (shape, 5);
  fixture->inputs[0] = fixture->input;
  fixture->request = (SacExplainRequest){.model = fixture->model,
                                         .inputs = fixture->inputs,
                                         .class_index = -1};
}

static void
tear_down (Fixture *fixture)
{
  sac_tensor_unref (fixture->input);
  sac_model_unref (fixture->model);
}

static const SacSanityCheck *
find_check (const SacSanityReport *report, const char *name)
{
  for (guint i = 0; i < report->checks->len; i++) {
    const SacSanityCheck *check =
      &g_array_index (report->checks, SacSanityCheck, i);

    if (strcmp (check->rule->name, name) == 0)
      return check;
  }
  return NULL;
}

/* Every check is told once, with all that came before it. */
static void
on_partial (SacSanityReport *report, void *data)
{
  guint *told = data;

  (*told)++;
  g_assert_cmpuint (report->checks->len, ==, *told);
  sac_sanity_report_free (report);
}

static SacSanityReport *
check (Fixture *fixture, const char *method)
{
  g_autoptr (GError) error = NULL;
  guint told = 0;
  SacSanityReport *report =
    sac_sanity_run (&(SacSanityAsked){.method = sac_method_find (method),
                                      .request = &fixture->request,
                                      .partial = on_partial,
                                      .partial_data = &told},
                    NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (told, ==, report->checks->len);
  return report;
}

static SacSanityReport *
run (Fixture *fixture,
     const char *method,
     GHashTable *settings,
     SacJob *job,
     GError **error)
{
  return sac_sanity_run (&(SacSanityAsked){.method = sac_method_find (method),
                                           .request = &fixture->request,
                                           .settings = settings},
                         job, error);
}

static void
read_all (const SacTensor *tensor, float *ret)
{
  g_autoptr (GError) error = NULL;

  sac_tensor_read (tensor, 0, sac_tensor_get_count (tensor), ret, &error);
  g_assert_no_error (error);
}

/* From the output to the input; kernels and matrices only. */
static void
test_list (void)
{
  static const char *const expected[] = {"rows", "v", "w"};
  g_autoptr (SacNetwork) network = written_network_new (small);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GArray) weights = sac_random_weights_list (graph);

  g_assert_cmpuint (weights->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (graph->values[g_array_index (weights, int, i)].name, ==,
                     expected[i]);
}

/* Mean and deviation are kept, whole or piece by piece the numbers are the
 * same, other seeds give others, and the network itself is as it was. */
static void
test_weights (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (linear);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GArray) weights = sac_random_weights_list (graph);
  int value = g_array_index (weights, int, 0);
  int64_t count = sac_tensor_get_count (graph->values[value].constant);
  g_autofree float *before = g_new (float, count);
  g_autofree float *drawn = g_new (float, count);
  g_autofree float *again = g_new (float, count);
  double means[2] = {0}, squares[2] = {0};
  float piece[10];

  read_all (graph->values[value].constant, before);
  for (int seed = 1; seed <= 2; seed++) {
    g_autoptr (SacNetwork) altered =
      sac_random_weights_new (network, &value, 1, seed, NULL, &error);

    g_assert_no_error (error);
    read_all (sac_network_get_graph (altered)->values[value].constant,
              seed == 1 ? drawn : again);
    g_assert_true (
      sac_tensor_read (sac_network_get_graph (altered)->values[value].constant,
                       777, 10, piece, &error));
    g_assert_cmpmem (piece, sizeof piece, (seed == 1 ? drawn : again) + 777,
                     sizeof piece);
  }
  g_assert_cmpfloat (drawn[0], !=, again[0]);
  read_all (graph->values[value].constant, again);
  g_assert_cmpmem (before, count * sizeof *before, again,
                   count * sizeof *again);
  for (int64_t i = 0; i < count; i++) {
    means[0] += before[i] / count;
    means[1] += drawn[i] / count;
    squares[0] += (double)before[i] * before[i] / count;
    squares[1] += (double)drawn[i] * drawn[i] / count;
  }
  g_assert_cmpfloat_with_epsilon (means[0], means[1], 0.01);
  g_assert_cmpfloat_with_epsilon (squares[0] / squares[1], 1, 0.03);
}

/* The gradient of a linear score is its weights: it forgets them altogether, is
 * another one for another class, and noise does not move it. */
static void
test_linear (void)
{
  SacShape shape = sac_shape_of (1, 3, 64, 64);
  Fixture fixture;

  set_up (&fixture, linear, &shape);

  g_autoptr (SacSanityReport) plain = check (&fixture, "gradient");
  g_autoptr (SacSanityReport) whole = check (&fixture, "integrated-gradients");

  g_assert_cmpint (find_check (plain, "randomisation")->badge, ==,
                   SAC_BADGE_PASS);
  g_assert_cmpfloat (find_check (plain, "randomisation")->figure, <, 0.1);
  g_assert_cmpint (find_check (plain, "class")->badge, ==, SAC_BADGE_PASS);
  g_assert_cmpfloat (find_check (plain, "max-sensitivity")->figure, ==, 0);
  g_assert_null (find_check (plain, "completeness"));
  g_assert_cmpint (find_check (whole, "completeness")->badge, ==,
                   SAC_BADGE_PASS);
  tear_down (&fixture);
}

/* Eigen-CAM knows no class: the same map for each is said, as a warning. */
static void
test_class_free (void)
{
  SacShape shape = sac_shape_of (1, 3, 16, 16);
  Fixture fixture;

  set_up (&fixture, small, &shape);

  g_autoptr (SacSanityReport) report = check (&fixture, "eigen-cam");
  g_autoptr (JsonObject) object = sac_sanity_to_json (report);
  const SacSanityCheck *class = find_check (report, "class");

  g_assert_cmpfloat_with_epsilon (class->figure, 1, 1e-9);
  g_assert_cmpint (class->badge, ==, SAC_BADGE_WARN);
  g_assert_cmpint (report->badge, >=, SAC_BADGE_WARN);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (object, "checks")),
                    ==, report->checks->len);
  tear_down (&fixture);
}

/* Everything twice: the same figures, and the model's own map as before. */
static void
test_repeats (void)
{
  SacShape shape = sac_shape_of (1, 3, 16, 16);
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, small, &shape);

  g_autoptr (SacMap) before =
    written_run ("grad-cam", &fixture.request, NULL, &error);
  g_autoptr (SacSanityReport) a = check (&fixture, "grad-cam");
  g_autoptr (SacSanityReport) b = check (&fixture, "grad-cam");
  g_autoptr (SacMap) after =
    written_run ("grad-cam", &fixture.request, NULL, &error);

  g_assert_cmpmem (before->values, 256 * sizeof (float), after->values,
                   256 * sizeof (float));
  for (guint i = 0; i < a->checks->len; i++)
    g_assert_cmpfloat (g_array_index (a->checks, SacSanityCheck, i).figure, ==,
                       g_array_index (b->checks, SacSanityCheck, i).figure);
  tear_down (&fixture);
}

static void
test_math (void)
{
  SacMap *a = sac_map_new_take (1, 4, g_memdup2 ((float[]){0, 1, 2, 3}, 16));
  SacMap *b = sac_map_new_take (1, 4, g_memdup2 ((float[]){0, 2, 4, 6}, 16));
  SacMap *flat = sac_map_new_take (1, 4, g_memdup2 ((float[]){1, 1, 1, 1}, 16));

  g_assert_cmpfloat_with_epsilon (sac_sanity_similarity (a, b), 1, 1e-12);
  g_assert_cmpfloat (sac_sanity_similarity (a, flat), ==, 0);
  g_assert_true (isnan (sac_sanity_similarity (flat, a)));
  g_assert_true (isnan (sac_sanity_similarity (flat, flat)));
  g_assert_cmpfloat_with_epsilon (sac_sanity_change (a, b), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_sanity_entropy (a), log (4), 1e-12);
  g_assert_cmpfloat (sac_sanity_entropy (flat), ==, 0);
  b->values[0] = NAN;
  g_assert_true (isnan (sac_sanity_similarity (a, b)));
  sac_map_unref (a);
  sac_map_unref (b);
  sac_map_unref (flat);
}

static void
test_refused (void)
{
  SacShape shape = sac_shape_of (1, 3, 16, 16);
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, small, &shape);
  g_hash_table_insert (table, (void *)"radius", (void *)"2");
  g_assert_null (run (&fixture, "grad-cam", table, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "a number from 0 to 1");
  g_assert_null (run (&fixture, "attention", NULL, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "no attention");
  sac_job_cancel (job);
  g_assert_null (run (&fixture, "grad-cam", NULL, job, &error));
  test_assert_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  tear_down (&fixture);
}

/* Nothing of a map that is the same everywhere is within a rule. */
static void
test_flat (void)
{
  static const char dark[] = "opset 13\n"
                             "input x float ?,3,16,16\n"
                             "noise w 4,3,3,3\n"
                             "init b float 4 -1e6 -1e6 -1e6 -1e6\n"
                             "noise rows 4,3\n"
                             "node _ Conv x,w,b -> conv\n"
                             "node _ Relu conv -> features\n"
                             "node _ GlobalAveragePool features -> pooled\n"
                             "node _ Flatten pooled -> flat\n"
                             "node _ MatMul flat,rows -> score\n"
                             "output score float ?,3\n";
  SacShape shape = sac_shape_of (1, 3, 16, 16);
  Fixture fixture;

  set_up (&fixture, dark, &shape);

  g_autoptr (SacSanityReport) report = check (&fixture, "grad-cam");

  g_assert_cmpint (report->badge, ==, SAC_BADGE_UNDEFINED);
  for (guint i = 0; i < report->checks->len; i++)
    g_assert_true (
      isnan (g_array_index (report->checks, SacSanityCheck, i).figure));
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sanity/list", test_list);
  g_test_add_func ("/sanity/weights", test_weights);
  g_test_add_func ("/sanity/linear", test_linear);
  g_test_add_func ("/sanity/class-free", test_class_free);
  g_test_add_func ("/sanity/repeats", test_repeats);
  g_test_add_func ("/sanity/flat", test_flat);
  g_test_add_func ("/sanity/math", test_math);
  g_test_add_func ("/sanity/refused", test_refused);
  return g_test_run ();
}
