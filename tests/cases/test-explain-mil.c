/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Bags of instances: the weights are those of the reference cases, and the
 * evidence of every class sums to its logit but for the head's own bias. */
#include "explain-case.h"
#include "support.h"

static SacMap *
run (const ExplainCase *loaded,
     SacTensor **inputs,
     int64_t class_index,
     const char *method)
{
  g_autoptr (GError) error = NULL;
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .class_index = class_index,
  };
  SacMap *map =
    sac_method_run (sac_method_find (method), &request, NULL, &error);

  g_assert_no_error (error);
  return map;
}

/* The head's bias of a class: one vector, or one number per branch. */
static double
find_bias (const ExplainCase *loaded, int64_t class_index)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (loaded->model));
  g_autofree char *branch =
    g_strdup_printf ("heads.%" G_GINT64_FORMAT ".bias", class_index);
  int value = sac_graph_find_value (graph, branch);

  if (value >= 0)
    return sac_tensor_f32 (graph->values[value].constant)[0];
  value = sac_graph_find_value (graph, "head.bias");
  g_assert_cmpint (value, >=, 0);
  return sac_tensor_f32 (graph->values[value].constant)[class_index];
}

static void
check_class (const ExplainCase *loaded,
             SacTensor **inputs,
             const SacTensor *weights,
             int64_t class_index)
{
  double tolerance = explain_case_tolerance (loaded, "attention");
  int64_t count = weights->shape.dims[1], branches = weights->shape.dims[0];
  int64_t branch = branches > 1 ? class_index : 0;
  g_autoptr (SacMap) attention =
    run (loaded, inputs, class_index, "mil-attention");
  g_autoptr (SacMap) evidence =
    run (loaded, inputs, class_index, "class-evidence");
  double sum = 0;

  g_assert_cmpint (attention->rows, ==, count);
  g_assert_cmpint (attention->columns, ==, 1);
  g_assert_true (attention->class_specific == (branches > 1));
  test_assert_close (attention->values,
                     sac_tensor_f32 (weights) + branch * count, count,
                     tolerance, "mil-attention");
  g_assert_cmpint (json_object_get_int_member (attention->provenance, "branch"),
                   ==, branch);
  for (int64_t i = 0; i < count; i++)
    sum += evidence->values[i];
  g_assert_cmpfloat_with_epsilon (sum + find_bias (loaded, class_index),
                                  json_object_get_double_member (evidence
                                                                   ->provenance,
                                                                 "logit"),
                                  1e-5);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (evidence
                                                                   ->provenance,
                                                                 "bias"),
                                  find_bias (loaded, class_index), 1e-5);
}

static void
check_section (const ExplainCase *loaded, JsonObject *section)
{
  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, section);
  JsonObject *entry =
    json_array_get_object_element (case_get_array (section, "attention"), 0);
  g_autoptr (SacTensor) weights =
    case_read_array (loaded->folder,
                     json_object_get_string_member (entry, "file"));
  JsonObject *logits =
    json_array_get_object_element (case_get_array (loaded->root, "outputs"), 0);
  int64_t classes =
    json_array_get_int_element (json_object_get_array_member (logits, "shape"),
                                1);

  g_assert_cmpint (classes, >, 1);
  for (int64_t i = 0; i < classes; i++)
    check_class (loaded, inputs, weights, i);
  case_free_inputs (network, inputs);
}

static void
test_bag (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);

  if (loaded != NULL)
    explain_case_each_run (loaded, check_section);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/explain/mil/abmil", "abmil", test_bag);
  g_test_add_data_func ("/explain/mil/clam_sb", "clam_sb", test_bag);
  g_test_add_data_func ("/explain/mil/clam_mb", "clam_mb", test_bag);
  return g_test_run ();
}
