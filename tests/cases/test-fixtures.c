/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whole networks against references computed in float64 by PyTorch: outputs,
 * captured values, attention, gradients, each within its own tolerance. */
#include "case.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* What the program promises of every output, of its largest value. */
#define OUTPUT_BOUND 1e-4

/* These have to run; another that needs an op we do not have yet is skipped. */
static const char *const required[] = {
  "resnet18",
  "vgg16",
  "efficientnet_b0",
  "vit",
};

typedef struct {
  char *folder;
  JsonParser *parser;
  JsonObject *root;
  SacNetwork *network;
} Case;

static bool
is_required (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (required); i++) {
    if (g_str_has_prefix (name, required[i]))
      return true;
  }
  return false;
}

static double
get_tolerance (const Case *loaded, const char *section)
{
  double own =
    json_object_get_double_member (json_object_get_object_member (loaded->root,
                                                                  "tolerances"),
                                   section);

  return strcmp (section, "outputs") == 0 ? MIN (own, OUTPUT_BOUND) : own;
}

/* Names of the values that these sections list, NULL-terminated. */
static const char **
list_captures (JsonObject *section)
{
  JsonArray *arrays[] = {case_get_array (section, "captures"),
                         case_get_array (section, "attention")};
  GPtrArray *names = g_ptr_array_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (arrays); i++) {
    for (guint k = 0; k < json_array_get_length (arrays[i]); k++)
      g_ptr_array_add (names, (char *)json_object_get_string_member (
                                json_array_get_object_element (arrays[i], k),
                                "tensor"));
  }
  g_ptr_array_add (names, NULL);
  return (const char **)g_ptr_array_free (names, FALSE);
}

static SacResult *
run_plan (SacPlan *plan, SacTensor **inputs, const SacTensor *cotangent)
{
  g_autoptr (GError) error = NULL;
  const SacRunParams params = {
    .inputs = (const SacTensor *const *)inputs,
    .cotangent = cotangent,
  };
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  return result;
}

static void
check_values (const Case *loaded,
              JsonObject *section,
              const char *list,
              const char *key,
              const SacResult *result)
{
  JsonArray *entries = case_get_array (section, list);

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    const char *name = json_object_get_string_member (entry, key);

    case_check (sac_result_get_value (result, name), loaded->folder,
                json_object_get_string_member (entry, "file"),
                get_tolerance (loaded, list), name);
  }
}

/* The same plan gives the same bits again, in an arena that is no longer new.
 */
static void
check_repeats (const Case *loaded,
               SacPlan *plan,
               SacTensor **inputs,
               const SacResult *first)
{
  const SacGraph *graph = sac_network_get_graph (loaded->network);
  g_autoptr (SacResult) again = run_plan (plan, inputs, NULL);

  for (size_t i = 0; i < graph->output_count; i++) {
    const char *name = graph->values[graph->outputs[i]].name;

    g_assert_cmpfloat (case_compare (sac_result_get_value (again, name),
                                     sac_result_get_value (first, name)),
                       ==, 0);
  }
}

static void
check_forward (const Case *loaded,
               JsonObject *section,
               SacTensor **inputs,
               const SacShape *shapes)
{
  g_autoptr (GError) error = NULL;
  g_autofree const char **captures = list_captures (section);
  const SacPlanRequest request = {
    .input_shapes = shapes,
    .captures = captures,
  };
  g_autoptr (SacPlan) plan =
    sac_plan_new (loaded->network, &request, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacResult) result = run_plan (plan, inputs, NULL);

  check_values (loaded, section, "outputs", "name", result);
  check_values (loaded, section, "captures", "tensor", result);
  check_values (loaded, section, "attention", "tensor", result);
  check_repeats (loaded, plan, inputs, result);
}

static SacTensor *
make_cotangent (const Case *loaded, const SacPlan *plan, JsonObject *entry)
{
  g_autoptr (GError) error = NULL;

  if (json_object_has_member (entry, "cotangent"))
    return case_read_array (loaded->folder,
                            json_object_get_string_member (entry, "cotangent"));

  SacTensor *cotangent =
    sac_plan_cotangent (plan, json_object_get_int_member (entry, "index"),
                        &error);

  g_assert_no_error (error);
  return cotangent;
}

static bool
is_same_target (JsonObject *a, JsonObject *b)
{
  return strcmp (json_object_get_string_member (a, "output"),
                 json_object_get_string_member (b, "output")) == 0 &&
         json_object_get_int_member_with_default (a, "index", -1) ==
           json_object_get_int_member_with_default (b, "index", -1) &&
         strcmp (json_object_get_string_member_with_default (a, "cotangent",
                                                             ""),
                 json_object_get_string_member_with_default (b, "cotangent",
                                                             "")) == 0;
}

/* One sweep for all gradients of one target. */
static void
check_sweep (const Case *loaded,
             GPtrArray *entries,
             SacTensor **inputs,
             const SacShape *shapes)
{
  g_autoptr (GError) error = NULL;
  JsonObject *first = g_ptr_array_index (entries, 0);
  g_autofree const char **wrt = g_new0 (const char *, entries->len + 1);
  static const char *const no_outputs[] = {NULL};

  for (guint i = 0; i < entries->len; i++)
    wrt[i] =
      json_object_get_string_member (g_ptr_array_index (entries, i), "wrt");

  const SacPlanRequest request = {
    .input_shapes = shapes,
    .outputs = no_outputs,
    .target = json_object_get_string_member (first, "output"),
    .wrt = wrt,
  };
  g_autoptr (SacPlan) plan =
    sac_plan_new (loaded->network, &request, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacTensor) cotangent = make_cotangent (loaded, plan, first);
  g_autoptr (SacResult) result = run_plan (plan, inputs, cotangent);

  for (guint i = 0; i < entries->len; i++) {
    JsonObject *entry = g_ptr_array_index (entries, i);

    case_check (sac_result_get_gradient (result, wrt[i]), loaded->folder,
                json_object_get_string_member (entry, "file"),
                get_tolerance (loaded, "gradients"), wrt[i]);
  }
}

static void
check_gradients (const Case *loaded,
                 JsonObject *section,
                 SacTensor **inputs,
                 const SacShape *shapes)
{
  JsonArray *entries = case_get_array (section, "gradients");
  guint count = json_array_get_length (entries);
  g_autofree bool *done = g_new0 (bool, count + 1);

  for (guint i = 0; i < count; i++) {
    g_autoptr (GPtrArray) group = g_ptr_array_new ();
    JsonObject *first = json_array_get_object_element (entries, i);

    for (guint k = i; k < count; k++) {
      JsonObject *entry = json_array_get_object_element (entries, k);

      if (done[k] || !is_same_target (first, entry))
        continue;
      done[k] = true;
      g_ptr_array_add (group, entry);
    }
    if (group->len > 0)
      check_sweep (loaded, group, inputs, shapes);
  }
}

static void
check_section (const Case *loaded, JsonObject *section)
{
  g_autoptr (GError) error = NULL;
  const SacGraph *graph = sac_network_get_graph (loaded->network);
  g_autofree SacShape *shapes = g_new (SacShape, graph->input_count + 1);
  SacTensor **inputs = case_read_inputs (loaded->network, loaded->folder,
                                         case_get_array (section, "inputs"));

  sac_plan_bind (loaded->network, (const SacTensor *const *)inputs, shapes,
                 &error);
  g_assert_no_error (error);
  check_forward (loaded, section, inputs, shapes);
  check_gradients (loaded, section, inputs, shapes);
  case_free_inputs (loaded->network, inputs);
}

static void
check_case (Case *loaded)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (loaded->folder, "model.onnx", NULL);
  g_autoptr (SacNetwork) network = sac_network_load (path, NULL, &error);
  JsonArray *more = case_get_array (loaded->root, "extra_runs");

  g_assert_no_error (error);
  loaded->network = network;
  check_section (loaded, loaded->root);
  for (guint i = 0; i < json_array_get_length (more); i++)
    check_section (loaded, json_array_get_object_element (more, i));
}

static void
test_case (const void *data)
{
  const char *name = data;
  g_autofree char *relative = g_build_filename ("fixtures/models", name, NULL);
  g_autofree char *folder = test_shared (relative);

  if (folder == NULL)
    return;

  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_autoptr (JsonParser) parser = case_read_json (path);
  Case loaded = {
    .folder = folder,
    .parser = parser,
    .root = json_node_get_object (json_parser_get_root (parser)),
  };
  const char *missing =
    case_find_missing_op (json_object_get_object_member (loaded.root, "ops"));

  if (missing != NULL && !is_required (name)) {
    g_autofree char *reason =
      g_strdup_printf ("op %s is not supported yet", missing);

    g_test_skip (reason);
    return;
  }
  check_case (&loaded);
}

static void
test_absent (void)
{
  g_free (test_shared ("fixtures/models"));
}

static void
add_cases (const char *index)
{
  JsonParser *parser = case_read_json (index); /* names live with the tests */
  JsonArray *cases = json_node_get_array (json_parser_get_root (parser));

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    const char *name =
      json_object_get_string_member (json_array_get_object_element (cases, i),
                                     "name");
    g_autofree char *path = g_strconcat ("/fixtures/", name, NULL);

    g_test_add_data_func (path, name, test_case);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *index = test_shared_path ("fixtures/models/index.json");

  if (index != NULL)
    add_cases (index);
  else
    g_test_add_func ("/fixtures", test_absent);
  return g_test_run ();
}
