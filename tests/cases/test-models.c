/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every trained model, from the pixels of its reference images to the logits
 * that its maker wrote down. */
#include "case.h"
#include "support.h"

#include "network/predict.h"

#include <math.h>

/* The references were computed by ONNX Runtime from Pillow's pixels. */
#define TOLERANCE 1e-3

static void
check_image (SacModel *model, const char *folder, JsonObject *reference)
{
  g_autoptr (GError) error = NULL;
  const char *file = json_object_get_string_member (reference, "file");
  JsonArray *logits = json_object_get_array_member (reference, "logits");
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacInputs) inputs =
    sac_inputs_new (model, &source, 1, NULL, NULL, &error);

  g_assert_no_error (error);

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
    g_test_message ("%s: logit %u is %.6f, expected %.6f", file, i, got,
                    expected);
    g_test_fail ();
  }
}

/* folder: of the model; the images lie in the shared folder of the same id. */
static void
check_model (const char *folder, const char *images)
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
    check_image (model, images, json_array_get_object_element (references, i));
}

static void
test_shared_model (const void *data)
{
  g_autofree char *folder = g_build_filename ("models", data, NULL);
  g_autofree char *path = test_shared (folder);

  if (path != NULL)
    check_model (path, path);
}

static void
test_shipped_model (const void *data)
{
  g_autofree char *relative = g_build_filename ("../data/models", data, NULL);
  g_autofree char *folder = test_file (relative);
  g_autofree char *shared = g_build_filename ("models", data, NULL);
  g_autofree char *images = test_shared (shared);

  if (images != NULL)
    check_model (folder, images);
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
