/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Raw tensors in and out, against the fixtures. */
#include "command.h"
#include "support.h"

#include "tensor/npy.h"

static void
assert_equal_files (const char *got, const char *expected, double tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) a = sac_npy_read (got, &error);
  g_assert_no_error (error);
  g_autoptr (SacTensor) b = sac_npy_read (expected, &error);
  g_assert_no_error (error);

  g_assert_true (sac_shape_equal (&a->shape, &b->shape));
  test_assert_close (sac_tensor_f32 (a), sac_tensor_f32 (b),
                     sac_tensor_get_count (b), tolerance, expected);
}

static char *
argument (const char *name, const char *folder, const char *file)
{
  return g_strdup_printf ("%s=%s/%s", name, folder, file);
}

/* Output, capture and two gradients in one sweep. */
static void
test_gradients (void)
{
  g_autofree char *shared = test_shared ("fixtures/models/resnet18_lsa");
  char *folder;

  if (shared == NULL)
    return;
  folder = test_folder_new ();

  g_autofree char *input = argument ("image", shared, "in_image.npy");
  g_autofree char *output = argument ("logits", folder, "out.npy");
  g_autofree char *capture =
    argument ("/attns.4/Softmax_output_0", folder, "capture.npy");
  g_autofree char *inner =
    argument ("/attns.3/Softmax_output_0", folder, "inner.npy");
  g_autofree char *outer = argument ("image", folder, "outer.npy");
  g_autofree char *model = g_build_filename (shared, "model.onnx", NULL);
  g_autoptr (Command) command =
    command_run ("run", model, "--input", input, "--output", output,
                 "--capture", capture, "--target", "logits:0", "--wrt", inner,
                 "--wrt", outer, NULL);
  static const struct {
    const char *got, *expected;
    double tolerance;
  } files[] = {
    {"out.npy", "out_logits.npy", 1e-4},
    {"capture.npy", "att_01.npy", 1e-4},
    {"inner.npy", "grad_03.npy", 5e-4},
    {"outer.npy", "grad_05.npy", 5e-4},
  };

  command_assert_status (command, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *got = g_build_filename (folder, files[i].got, NULL);
    g_autofree char *expected =
      g_build_filename (shared, files[i].expected, NULL);

    assert_equal_files (got, expected, files[i].tolerance);
  }
  test_folder_remove (folder);
}

/* The same gradient from a cotangent file, and on one thread: to the bit. */
static void
test_cotangent (void)
{
  g_autofree char *shared = test_shared ("fixtures/models/resnet18");
  char *folder;

  if (shared == NULL)
    return;
  folder = test_folder_new ();

  g_autofree char *input = argument ("image", shared, "in_image.npy");
  g_autofree char *model = g_build_filename (shared, "model.onnx", NULL);
  g_autofree char *logits = g_build_filename (shared, "out_logits.npy", NULL);
  g_autofree char *first = argument ("image", folder, "first.npy");
  g_autofree char *second = argument ("image", folder, "second.npy");
  g_autoptr (SacTensor) cotangent = sac_npy_read (logits, NULL);
  g_autofree char *path = g_build_filename (folder, "cotangent.npy", NULL);
  g_autofree char *target = g_strconcat ("logits@", path, NULL);

  g_assert_nonnull (cotangent);
  for (int64_t i = 0; i < sac_tensor_get_count (cotangent); i++)
    sac_tensor_f32 (cotangent)[i] = i == 1;
  g_assert_true (sac_npy_write (path, cotangent, NULL));

  g_autoptr (Command) by_index =
    command_run ("run", model, "--input", input, "--target", "logits:1",
                 "--wrt", first, "--threads", "1", NULL);
  g_autoptr (Command) by_file =
    command_run ("run", model, "--input", input, "--target", target, "--wrt",
                 second, "--threads", "2", NULL);
  g_autofree char *got = g_build_filename (folder, "second.npy", NULL);
  g_autofree char *expected = g_build_filename (folder, "first.npy", NULL);

  command_assert_status (by_index, 0);
  command_assert_status (by_file, 0);
  assert_equal_files (got, expected, 0.0);
  test_folder_remove (folder);
}

static void
test_refusals (void)
{
  g_autofree char *shared = test_shared ("fixtures/models/resnet18");

  if (shared == NULL)
    return;

  g_autofree char *input = argument ("image", shared, "in_image.npy");
  g_autofree char *wrong = argument ("image", shared, "out_logits.npy");
  g_autofree char *model = g_build_filename (shared, "model.onnx", NULL);
  g_autoptr (Command) shape =
    command_run ("run", model, "--input", wrong, NULL);
  g_autoptr (Command) capture =
    command_run ("run", model, "--input", input, "--capture",
                 "no/such=/tmp/x.npy", NULL);
  g_autoptr (Command) index =
    command_run ("run", model, "--input", input, "--target", "logits:600",
                 "--wrt", "image=/tmp/x.npy", NULL);

  command_assert_status (shape, 1);
  command_assert_error (shape, "image");
  command_assert_status (capture, 1);
  command_assert_error (capture, "no/such");
  command_assert_status (index, 1);
  command_assert_error (index, "600");
}

/* A slide's label is named, and written only where that is asked for. */
static void
test_associated (void)
{
  g_autofree char *slide = test_shared ("data/slides/CMU-1-Small-Region.svs");
  g_autofree char *folder = test_folder_new ();
  g_autofree char *inner = g_build_filename (folder, "beside", NULL);

  if (slide == NULL)
    return;

  g_autoptr (Command) plain = command_run ("info", slide, NULL);
  g_autoptr (Command) asked =
    command_run ("info", slide, "--associated", inner, NULL);
  g_autoptr (JsonNode) named = command_get_json (plain, 0);
  g_autoptr (JsonNode) written = command_get_json (asked, 0);
  JsonObject *object = json_node_get_object (named);
  JsonArray *extras = json_object_get_array_member (object, "associated");
  JsonArray *files =
    json_object_get_array_member (json_node_get_object (written),
                                  "associated_files");

  g_assert_cmpuint (json_array_get_length (extras), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (
                     json_array_get_object_element (extras, 0), "name"),
                   ==, "label");
  g_assert_cmpint (json_object_get_int_member (
                     json_array_get_object_element (extras, 0), "width"),
                   ==, 387);
  g_assert_false (json_object_has_member (object, "associated_files"));
  g_assert_cmpuint (json_array_get_length (files), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_file_test (json_array_get_string_element (files, i),
                                G_FILE_TEST_IS_REGULAR));
  test_folder_remove (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_test_add_func ("/cli-run/gradients", test_gradients);
  g_test_add_func ("/cli-run/cotangent", test_cotangent);
  g_test_add_func ("/cli-run/refusals", test_refusals);
  g_test_add_func ("/cli-run/associated", test_associated);
  return g_test_run ();
}
