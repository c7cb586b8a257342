/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "system-case.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  char *name;
  char *folder;
  JsonParser *parser;
  SacModel *model; /* NULL until it is used */
} Case;

typedef struct {
  Case *owner;
  JsonObject *run;
  JsonObject *entry;
} Test;

struct SystemCases {
  GPtrArray *cases; /* Case */
  GPtrArray *tests; /* Test: what the test functions are given */
};

static void
case_free (gpointer data)
{
  Case *self = data;

  g_clear_pointer (&self->model, sac_model_unref);
  g_object_unref (self->parser);
  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

static Case *
case_new (const char *name)
{
  g_autofree char *relative = g_build_filename ("cases/systems", name, NULL);
  Case *self = g_new0 (Case, 1);

  self->name = g_strdup (name);
  self->folder = test_file (relative);

  g_autofree char *json = g_build_filename (self->folder, "case.json", NULL);

  self->parser = case_read_json (json);
  return self;
}

SystemCases *
system_cases_new (void)
{
  SystemCases *self = g_new0 (SystemCases, 1);
  g_autofree char *path = test_file ("cases/systems/index.json");
  g_autoptr (JsonParser) parser = case_read_json (path);
  JsonArray *names = json_node_get_array (json_parser_get_root (parser));

  self->cases = g_ptr_array_new_with_free_func (case_free);
  self->tests = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (names); i++)
    g_ptr_array_add (self->cases,
                     case_new (json_array_get_string_element (names, i)));
  return self;
}

void
system_cases_free (SystemCases *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->tests);
  g_ptr_array_unref (self->cases);
  g_free (self);
}

static void
add_test (SystemCases *self,
          const SystemTests *tests,
          const char *path,
          const Test *content)
{
  Test *test = g_new (Test, 1);

  *test = *content;
  g_ptr_array_add (self->tests, test);
  g_test_add_data_func (path, test, tests->func);
}

/* "/systems/vit/0/maps/03-rollout" */
static void
add_run (SystemCases *self, const SystemTests *tests, Case *owner, guint index)
{
  JsonObject *root =
    json_node_get_object (json_parser_get_root (owner->parser));
  JsonObject *run =
    json_array_get_object_element (case_get_array (root, "runs"), index);
  g_autofree char *path =
    g_strdup_printf ("/systems/%s/%u/%s", owner->name, index, tests->name);

  if (tests->each == NULL) {
    add_test (self, tests, path, &(Test){owner, run, NULL});
    return;
  }

  JsonArray *all = case_get_array (run, tests->each);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *entry = json_array_get_object_element (all, i);
    const char *method = json_object_get_string_member (entry, "method");
    g_autofree char *own = g_strdup_printf ("%s/%02u-%s", path, i, method);

    add_test (self, tests, own, &(Test){owner, run, entry});
  }
}

void
system_cases_add (SystemCases *self, const SystemTests *tests)
{
  for (guint i = 0; i < self->cases->len; i++) {
    Case *owner = self->cases->pdata[i];
    JsonObject *root =
      json_node_get_object (json_parser_get_root (owner->parser));

    for (guint k = 0; k < json_array_get_length (case_get_array (root, "runs"));
         k++)
      add_run (self, tests, owner, k);
  }
}

/* Stripes and noise, the same as picture() in common.py: all sums are of whole
 * numbers, and float32 holds the result exactly. */
static SacTensor *
make_picture (const SacShape *shape, int64_t seed)
{
  g_autoptr (GError) error = NULL;
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, &error);
  int64_t rows = shape->dims[shape->rank - 2];
  int64_t columns = shape->dims[shape->rank - 1];

  g_assert_no_error (error);
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++) {
    uint32_t hash =
      (uint32_t)((uint64_t)(i + 1 + seed * 1000003) * 2654435761u);
    int64_t x = i % columns, y = i / columns % rows;
    int64_t phase =
      x * 192 / columns + y * 128 / rows + i / (rows * columns) * 17 + seed * 7;

    hash ^= hash >> 15;
    hash *= 2246822519u;
    sac_tensor_f32 (tensor)[i] = ((float)(hash >> 16) - 32768) / 65536 +
                                 (float)(llabs (phase % 64 - 32) - 16) / 16;
  }
  return tensor;
}

static SacShape
read_shape (JsonArray *dims)
{
  SacShape shape = {.rank = (int)json_array_get_length (dims)};

  for (int i = 0; i < shape.rank; i++)
    shape.dims[i] = json_array_get_int_element (dims, i);
  return shape;
}

SystemRun *
system_run_new (const void *data)
{
  const Test *test = data;
  g_autoptr (GError) error = NULL;
  SystemRun *self = g_new0 (SystemRun, 1);
  JsonArray *inputs = case_get_array (test->run, "inputs");
  guint count = json_array_get_length (inputs);

  if (test->owner->model == NULL)
    test->owner->model = sac_model_open (test->owner->folder, NULL, &error);
  g_assert_no_error (error);
  self->model = sac_model_ref (test->owner->model);
  self->network = sac_model_get_network (self->model);
  self->graph = sac_network_get_graph (self->network);
  self->json = test->run;
  self->entry = test->entry;
  self->tensors = g_new0 (SacTensor *, count + 1);
  self->shapes = g_new0 (SacShape, count);
  self->names = g_new0 (const char *, count + 1);
  g_assert_cmpint (self->graph->input_count, ==, count);
  for (guint i = 0; i < count; i++) {
    JsonObject *input = json_array_get_object_element (inputs, i);

    self->names[i] = json_object_get_string_member (input, "name");
    g_assert_cmpstr (self->graph->values[self->graph->inputs[i]].name, ==,
                     self->names[i]);
    self->shapes[i] =
      read_shape (json_object_get_array_member (input, "shape"));
    self->tensors[i] =
      make_picture (&self->shapes[i],
                    json_object_get_int_member (input, "seed"));
  }
  return self;
}

void
system_run_free (SystemRun *self)
{
  if (self == NULL)
    return;
  for (size_t i = 0; self->tensors[i] != NULL; i++)
    sac_tensor_unref (self->tensors[i]);
  g_free (self->tensors);
  g_free (self->shapes);
  g_free (self->names);
  sac_model_unref (self->model);
  g_free (self);
}

const SacTensor *const *
system_run_inputs (const SystemRun *self)
{
  return (const SacTensor *const *)self->tensors;
}

SacPlan *
system_run_plan (const SystemRun *self)
{
  g_autoptr (GError) error = NULL;
  SacPlan *plan = sac_plan_new (self->network,
                                &(SacPlanRequest){.input_shapes = self->shapes},
                                NULL, &error);

  g_assert_no_error (error);
  return plan;
}
