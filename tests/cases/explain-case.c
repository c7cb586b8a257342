/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain-case.h"

#include "support.h"

ExplainCase *
explain_case_new (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *relative = g_build_filename ("fixtures/models", name, NULL);
  g_autofree char *folder = test_shared (relative);

  if (folder == NULL)
    return NULL;

  g_autofree char *json = g_build_filename (folder, "case.json", NULL);
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (JsonParser) parser = case_read_json (json);
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  const char *missing =
    case_find_missing_op (json_object_get_object_member (root, "ops"));

  if (missing != NULL) {
    g_autofree char *reason =
      g_strdup_printf ("op %s is not supported yet", missing);

    g_test_skip (reason);
    return NULL;
  }

  ExplainCase *self = g_new0 (ExplainCase, 1);

  self->folder = g_steal_pointer (&folder);
  self->parser = g_steal_pointer (&parser);
  self->root = root;
  self->model = sac_model_open (path, NULL, &error);
  g_assert_no_error (error);
  return self;
}

void
explain_case_free (ExplainCase *self)
{
  if (self == NULL)
    return;
  sac_model_unref (self->model);
  g_object_unref (self->parser);
  g_free (self->folder);
  g_free (self);
}

double
explain_case_tolerance (const ExplainCase *self, const char *section)
{
  return json_object_get_double_member (
    json_object_get_object_member (self->root, "tolerances"), section);
}

void
explain_case_each_run (const ExplainCase *self,
                       void (*check) (const ExplainCase *self,
                                      JsonObject *section))
{
  JsonArray *more = case_get_array (self->root, "extra_runs");

  check (self, self->root);
  for (guint i = 0; i < json_array_get_length (more); i++)
    check (self, json_array_get_object_element (more, i));
}

SacTensor **
explain_case_read_inputs (const ExplainCase *self, JsonObject *section)
{
  return case_read_inputs (sac_model_get_network (self->model), self->folder,
                           case_get_array (section, "inputs"));
}

SacPlan *
explain_case_plan (const ExplainCase *self, JsonObject *section)
{
  g_autoptr (GError) error = NULL;
  SacNetwork *network = sac_model_get_network (self->model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count);
  SacTensor **inputs = explain_case_read_inputs (self, section);

  sac_plan_bind (network, (const SacTensor *const *)inputs, shapes, &error);
  g_assert_no_error (error);
  case_free_inputs (network, inputs);

  SacPlan *plan =
    sac_plan_new (network, &(SacPlanRequest){.input_shapes = shapes}, NULL,
                  &error);

  g_assert_no_error (error);
  return plan;
}

static void
test_absent (void)
{
  g_free (test_shared ("fixtures/models"));
}

void
explain_case_add_all (const char *prefix, GTestDataFunc func)
{
  g_autofree char *index = test_shared_path ("fixtures/models/index.json");

  if (index == NULL) {
    g_test_add_func (prefix, test_absent);
    return;
  }

  JsonParser *parser = case_read_json (index); /* names live with the tests */
  JsonArray *cases = json_node_get_array (json_parser_get_root (parser));

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    const char *name =
      json_object_get_string_member (json_array_get_object_element (cases, i),
                                     "name");
    g_autofree char *path = g_strconcat (prefix, "/", name, NULL);

    g_test_add_data_func (path, name, func);
  }
}
