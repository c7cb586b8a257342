/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The systems that the program is for, each as a small network of the same
 * depth and structure (tests/cases/systems, written by make.py there): what is
 * found in them, their scores and gradients, every map they can give, and what
 * they cannot.  One test for each network and map. */
#include "base/error.h"
#include "explain/attention.h"
#include "explain/cam-target.h"
#include "explain/method.h"
#include "support.h"
#include "system-case.h"

#include <math.h>
#include <string.h>

/* Largest allowed difference of the largest value: float32 against float64. */
#define OUTPUT_TOLERANCE 1e-4
#define GRADIENT_TOLERANCE 5e-4

/* Where two elements of a maximum, or one and zero, are nearer to each other
 * than rounding, a gradient jumps: its inputs are then moved a little, by less
 * than the references allow for, so often at most, and that for so many of all
 * networks at most. */
#define MOVES_MOST 4
#define MOVED_BY 1e-6
#define MOVED_NETWORKS_MOST 2
static int moved_networks;

static const struct {
  const char *method;
  double tolerance;
} tolerances[] = {
  {"attention", 1e-4},      {"class-evidence", 1e-4}, {"eigen-cam", 1e-3},
  {"grad-cam++", 1e-3},     {"key-importance", 1e-4}, {"mil-attention", 1e-4},
  {"modulator-norm", 1e-4}, {"rollout", 1e-4},        {"xgrad-cam", 1e-3},
};

static double
tolerance_of (const char *method)
{
  for (size_t i = 0; i < G_N_ELEMENTS (tolerances); i++) {
    if (strcmp (tolerances[i].method, method) == 0)
      return tolerances[i].tolerance;
  }
  return GRADIENT_TOLERANCE;
}

static void
compare (const float *got,
         JsonArray *expected,
         double tolerance,
         const char *what)
{
  guint count = json_array_get_length (expected);
  g_autofree float *values = g_new (float, count);

  for (guint i = 0; i < count; i++)
    values[i] = (float)json_array_get_double_element (expected, i);
  test_assert_close (got, values, count, tolerance, what);
}

static void
check_outputs (const SystemRun *run, const SacResult *result)
{
  JsonArray *outputs = json_object_get_array_member (run->json, "outputs");

  for (guint i = 0; i < json_array_get_length (outputs); i++) {
    JsonObject *entry = json_array_get_object_element (outputs, i);
    const char *name = json_object_get_string_member (entry, "name");
    JsonArray *values = json_object_get_array_member (entry, "values");
    const SacTensor *got = sac_result_get_value (result, name);

    g_assert_cmpint (sac_tensor_get_count (got), ==,
                     json_array_get_length (values));
    compare (sac_tensor_f32 (got), values, OUTPUT_TOLERANCE, name);
  }
}

static double
find_difference (const float *got, JsonArray *expected)
{
  double worst = 0, largest = 0;

  for (guint i = 0; i < json_array_get_length (expected); i++) {
    double value = json_array_get_double_element (expected, i);

    if (!isfinite (got[i]))
      return INFINITY;
    worst = fmax (worst, fabs ((double)got[i] - value));
    largest = fmax (largest, fabs (value));
  }
  return worst / largest;
}

/* Every `step`th element of the gradient at each input.  Returns: how far they
 * are from what they should be, of the largest. */
static double
find_gradient_difference (const SystemRun *run,
                          JsonObject *gradient,
                          const SacResult *result)
{
  JsonArray *all = json_object_get_array_member (gradient, "values");
  int64_t step = json_object_get_int_member (gradient, "step");
  double worst = 0;

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonArray *values = json_array_get_array_element (all, i);
    const SacTensor *got = sac_result_get_gradient (result, run->names[i]);
    int64_t count = sac_tensor_get_count (got);
    g_autofree float *kept = g_new (float, (count + step - 1) / step);

    g_assert_cmpint ((count + step - 1) / step, ==,
                     json_array_get_length (values));
    for (int64_t k = 0; k < count; k += step)
      kept[k / step] = sac_tensor_f32 (got)[k];
    worst = fmax (worst, find_difference (kept, values));
  }
  return worst;
}

static void
move_inputs (SystemRun *run, GRand *random)
{
  const SacTensor *const *inputs = system_run_inputs (run);

  for (size_t i = 0; i < run->graph->input_count; i++) {
    float *values = sac_tensor_f32 ((SacTensor *)inputs[i]);

    for (int64_t k = 0; k < sac_tensor_get_count (inputs[i]); k++)
      values[k] *= (float)(1 + MOVED_BY * g_rand_double_range (random, -1, 1));
  }
}

/* The first result is in hand. */
static void
check_gradients (SystemRun *run,
                 SacPlan *plan,
                 const SacRunParams *params,
                 JsonObject *gradient,
                 const SacResult *first)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  double difference = find_gradient_difference (run, gradient, first);
  int moves = 0;

  for (; difference > GRADIENT_TOLERANCE && moves < MOVES_MOST; moves++) {
    g_autoptr (GError) error = NULL;

    move_inputs (run, random);

    g_autoptr (SacResult) result = sac_plan_run (plan, params, NULL, &error);

    g_assert_no_error (error);
    difference = find_gradient_difference (run, gradient, result);
  }
  if (moves > 0)
    g_test_message ("the gradient is at a kink: inputs moved %d times", moves);
  moved_networks += moves > 0;
  g_assert_cmpfloat (difference, <=, GRADIENT_TOLERANCE);
  g_assert_cmpint (moved_networks, <=, MOVED_NETWORKS_MOST);
}

static void
test_outputs (const void *data)
{
  g_autoptr (SystemRun) run = system_run_new (data);
  g_autoptr (GError) error = NULL;
  JsonObject *gradient = json_object_get_object_member (run->json, "gradient");
  SacPlanRequest request = {
    .input_shapes = run->shapes,
    .target = json_object_get_string_member (gradient, "output"),
    .wrt = (const char *const *)run->names,
  };
  g_autoptr (SacPlan) plan =
    sac_plan_new (run->network, &request, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacTensor) cotangent =
    sac_plan_cotangent (plan, json_object_get_int_member (gradient, "element"),
                        &error);

  g_assert_no_error (error);

  SacRunParams params = {.inputs = system_run_inputs (run),
                         .cotangent = cotangent};
  g_autoptr (SacResult) result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  check_outputs (run, result);
  check_gradients (run, plan, &params, gradient, result);
}

static void
check_attention (const SystemRun *run,
                 const SacAttention *found,
                 JsonObject *entry)
{
  JsonArray *grid = json_object_get_array_member (entry, "grid");

  g_assert_cmpstr (run->graph->values[found->value].name, ==,
                   json_object_get_string_member (entry, "value"));
  g_assert_cmpstr (sac_attention_kind_get_name (found->kind), ==,
                   json_object_get_string_member (entry, "kind"));
  g_assert_cmpint (found->heads, ==,
                   json_object_get_int_member (entry, "heads"));
  g_assert_cmpint (found->prefix_tokens, ==,
                   json_object_get_int_member (entry, "prefix"));
  g_assert_cmpint (found->kernel, ==,
                   json_object_get_int_member (entry, "kernel"));
  if (found->kind == SAC_ATTENTION_POOLING) {
    g_assert_cmpint (found->keys, ==, json_array_get_int_element (grid, 0));
    return;
  }
  g_assert_cmpint (found->rows, ==, json_array_get_int_element (grid, 0));
  g_assert_cmpint (found->columns, ==, json_array_get_int_element (grid, 1));
}

/* All of it, and no more; the manifest changes nothing. */
static void
test_attention (const void *data)
{
  g_autoptr (SystemRun) run = system_run_new (data);
  g_autoptr (SacPlan) plan = system_run_plan (run);
  JsonArray *expected = json_object_get_array_member (run->json, "attention");
  const SacManifest *manifests[] = {NULL, sac_model_get_manifest (run->model)};

  for (size_t k = 0; k < G_N_ELEMENTS (manifests); k++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) found =
      sac_attention_find (plan, run->network, manifests[k], &error);

    g_assert_no_error (error);
    g_assert_cmpint (found->len, ==, json_array_get_length (expected));
    for (guint i = 0; i < found->len; i++)
      check_attention (run, &g_array_index (found, SacAttention, i),
                       json_array_get_object_element (expected, i));
  }
}

/* What the program takes by itself; null where nothing is a map. */
static void
test_target (const void *data)
{
  g_autoptr (SystemRun) run = system_run_new (data);
  g_autoptr (SacPlan) plan = system_run_plan (run);
  g_autoptr (GError) error = NULL;
  JsonObject *entry = run->entry;
  SacCamTarget target;
  bool good = sac_cam_target_default (plan, run->network,
                                      sac_model_get_manifest (run->model),
                                      &target, &error);

  if (!json_object_has_member (entry, "value")) {
    g_assert_false (good);
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "--layer");
    return;
  }

  JsonArray *grid = json_object_get_array_member (entry, "grid");

  g_assert_no_error (error);
  g_assert_cmpstr (run->graph->values[target.value].name, ==,
                   json_object_get_string_member (entry, "value"));
  g_assert_cmpstr (sac_layout_get_name (target.layout), ==,
                   json_object_get_string_member (entry, "layout"));
  g_assert_cmpint (target.prefix_tokens, ==,
                   json_object_get_int_member (entry, "prefix"));
  g_assert_cmpint (target.rows, ==, json_array_get_int_element (grid, 0));
  g_assert_cmpint (target.columns, ==, json_array_get_int_element (grid, 1));
}

static GHashTable *
make_params (JsonObject *entry)
{
  GHashTable *params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (!json_object_has_member (entry, "params"))
    return params;

  JsonObject *object = json_object_get_object_member (entry, "params");
  g_autoptr (GList) keys = json_object_get_members (object);

  for (GList *at = keys; at != NULL; at = at->next)
    g_hash_table_insert (params, g_strdup (at->data),
                         g_strdup (
                           json_object_get_string_member (object, at->data)));
  return params;
}

/* "max", or the number of one. */
static void
read_head (JsonObject *entry, SacExplainRequest *request)
{
  if (!json_object_has_member (entry, "head"))
    return;

  JsonNode *head = json_object_get_member (entry, "head");

  if (json_node_get_value_type (head) == G_TYPE_STRING) {
    g_assert_cmpstr (json_node_get_string (head), ==, "max");
    request->head_mode = SAC_HEAD_MAX;
    return;
  }
  request->head_mode = SAC_HEAD_ONE;
  request->head = (int)json_node_get_int (head);
}

static int64_t
get_number (JsonObject *entry, const char *name)
{
  return json_object_get_int_member_with_default (entry, name, 0);
}

static const char *
get_text (JsonObject *entry, const char *name)
{
  return json_object_get_string_member_with_default (entry, name, NULL);
}

static SacMap *
run_method (const SystemRun *run, GHashTable *params, GError **error)
{
  JsonObject *entry = run->entry;
  const SacMethod *method =
    sac_method_find (json_object_get_string_member (entry, "method"));
  SacExplainRequest request = {
    .model = run->model,
    .inputs = system_run_inputs (run),
    .input = get_number (entry, "input"),
    .output = get_number (entry, "output"),
    .class_index = get_number (entry, "class"),
    .batch = get_number (run->json, "sample"),
    .layer = get_text (entry, "layer"),
    .params = params,
  };

  g_assert_nonnull (method);
  read_head (entry, &request);
  return sac_method_run (method, &request, NULL, error);
}

/* Signed values, before the rectification that a method may have. */
static void
test_map (const void *data)
{
  g_autoptr (SystemRun) run = system_run_new (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) params = make_params (run->entry);
  g_autoptr (SacMap) map = run_method (run, params, &error);
  const char *method = json_object_get_string_member (run->entry, "method");

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, get_number (run->entry, "rows"));
  g_assert_cmpint (map->columns, ==, get_number (run->entry, "columns"));
  g_assert_cmpstr (map->method, ==, method);
  if (json_object_has_member (run->entry, "found"))
    g_assert_cmpstr (get_text (map->provenance, "layer"), ==,
                     get_text (run->entry, "found"));
  compare (map->values, json_object_get_array_member (run->entry, "values"),
           tolerance_of (method), method);
}

/* One sentence that says why not. */
static void
test_refused (const void *data)
{
  g_autoptr (SystemRun) run = system_run_new (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMap) map = run_method (run, NULL, &error);

  g_assert_null (map);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                     json_object_get_string_member (run->entry, "because"));
}

static const SystemTests tests[] = {
  {"outputs", NULL, test_outputs},      {"attention", NULL, test_attention},
  {"target", "targets", test_target},   {"map", "maps", test_map},
  {"refused", "refused", test_refused},
};

int
main (int argc, char **argv)
{
  g_autoptr (SystemCases) cases = NULL;

  g_test_init (&argc, &argv, NULL);
  cases = system_cases_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (tests); i++)
    system_cases_add (cases, &tests[i]);
  return g_test_run ();
}
