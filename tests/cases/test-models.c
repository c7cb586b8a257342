/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every trained model, from the pixels of its reference pictures to the logits
 * that its maker wrote down. */
#include "case.h"
#include "support.h"

#include "network/predict.h"

#include <math.h>

/* The references were computed by ONNX Runtime from Pillow's pixels. */
#define TOLERANCE 1e-3

static void
add_source (GPtrArray *sources, const char *folder, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, file, NULL);

  g_ptr_array_add (sources, sac_source_open (path, NULL, &error));
  g_assert_no_error (error);
}

/* What the model is given: an array ("file"), an image, or the images of all
 * its inputs ("files"). */
static SacInputs *
read_inputs (SacModel *model, const char *folder, JsonObject *reference)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sources =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_source_unref);
  const char *file =
    json_object_get_string_member_with_default (reference, "file", NULL);
  JsonArray *files = case_get_array (reference, "files");
  SacInputs *inputs;

  if (file != NULL && g_str_has_suffix (file, ".npy")) {
    g_autoptr (SacTensor) array = case_read_array (folder, file);

    return sac_inputs_new_raw (&array, 1);
  }
  if (file != NULL)
    add_source (sources, folder, file);
  for (guint i = 0; i < json_array_get_length (files); i++)
    add_source (sources, folder, json_array_get_string_element (files, i));
  inputs = sac_inputs_new (model, (SacSource *const *)sources->pdata,
                           sources->len, NULL, NULL, &error);
  g_assert_no_error (error);
  return inputs;
}

static void
check_reference (SacModel *model, const char *folder, JsonObject *reference)
{
  g_autoptr (GError) error = NULL;
  JsonArray *logits = json_object_get_array_member (reference, "logits");
  g_autoptr (SacInputs) inputs = read_inputs (model, folder, reference);
  g_autoptr (SacPredictions) predictions =
    sac_predict (model, inputs, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (predictions->heads[0].class_count, ==,
                    json_array_get_length (logits));
  for (guint i = 0; i < json_array_get_length (logits); i++) {
    double expected = json_array_get_double_element (logits, i);
    double got = predictions->heads[0].logits[i];

    if (fabs (got - expected) <= TOLERANCE)
      continue;
    g_test_message ("%s: logit %u is %.6f, expected %.6f",
                    sac_model_get_id (model), i, got, expected);
    g_test_fail ();
  }
}

static void
check_model (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "model.json", NULL);
  g_autoptr (JsonParser) parser = case_read_json (path);
  JsonArray *references =
    case_get_array (json_node_get_object (json_parser_get_root (parser)),
                    "reference");
  g_autoptr (SacModel) model = sac_model_open (folder, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (references), >, 0);
  for (guint i = 0; i < json_array_get_length (references); i++)
    check_reference (model, folder,
                     json_array_get_object_element (references, i));
}

static void
test_shared_model (const void *data)
{
  g_autofree char *folder = g_build_filename ("models", data, NULL);
  g_autofree char *path = test_shared (folder);

  if (path != NULL)
    check_model (path);
}

static void
test_shipped_model (const void *data)
{
  g_autofree char *relative = g_build_filename ("../data/models", data, NULL);
  g_autofree char *folder = test_file (relative);

  check_model (folder);
}

static void
add_models (const char *folder, const char *prefix, GTestDataFunc test)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *manifest =
      g_build_filename (folder, name, "model.json", NULL);
    g_autofree char *path = g_strconcat (prefix, name, NULL);

    if (g_file_test (manifest, G_FILE_TEST_EXISTS))
      g_test_add_data_func_full (path, g_strdup (name), test, g_free);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *shipped = test_file ("../data/models");
  g_autofree char *shared = test_shared_path ("models");

  add_models (shipped, "/models/shipped/", test_shipped_model);
  if (shared != NULL)
    add_models (shared, "/models/shared/", test_shared_model);
  return g_test_run ();
}
