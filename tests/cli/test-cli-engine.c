/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every result says how it was computed: kernels, exact or not, threads. */
#define _GNU_SOURCE /* memmem */
#include "command.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define DEMO "demo:dermoscopy"
#define MODEL "derm-resnet18"

static void
check_engine (JsonObject *object, const char *kernels, bool exact, int threads)
{
  g_assert_nonnull (object);
  g_assert_cmpstr (json_object_get_string_member (object, "kernels"), ==,
                   kernels);
  g_assert_true (json_object_get_boolean_member (object, "exact") == exact);
  g_assert_cmpint (json_object_get_int_member (object, "threads"), ==, threads);
}

static JsonObject *
child (JsonNode *node, const char *key)
{
  return json_object_get_object_member (json_node_get_object (node), key);
}

/* The provenance lies in the file as JSON, with or without spaces. */
static void
check_file (const char *folder, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *content = NULL;
  gsize size = 0;

  g_test_message ("%s", file);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (memmem (content, size, "\"kernels\":\"plain\"", 17) ||
                 memmem (content, size, "\"kernels\" : \"plain\"", 19));
  g_assert_true (memmem (content, size, "\"exact\":true", 12) ||
                 memmem (content, size, "\"exact\" : true", 14));
}

static void
test_explain (void)
{
  static const char *const files[] = {"grad-cam.json", "grad-cam.tif",
                                      "grad-cam.png"};
  char *folder = test_folder_new ();

  g_setenv ("SACCADE_KERNELS", "plain", TRUE);

  g_autoptr (Command) command =
    command_run ("explain", MODEL, DEMO, "--method", "grad-cam", "--exact",
                 "--threads", "1", "--out", folder, NULL);

  g_unsetenv ("SACCADE_KERNELS");
  command_assert_status (command, 0);

  g_autoptr (JsonNode) root = command_get_json (command, 0);

  check_engine (child (root, "provenance"), "plain", true, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    check_file (folder, files[i]);
  test_folder_remove (folder);
}

static void
test_compare (void)
{
  char *folder = test_folder_new ();
  g_autofree char *figure = g_build_filename (folder, "figure.png", NULL);

  g_setenv ("SACCADE_KERNELS", "plain", TRUE);
  g_setenv ("SACCADE_EXACT", "1", TRUE);

  g_autoptr (Command) command =
    command_run ("compare", DEMO, "--left", MODEL ":grad-cam", "--right",
                 "derm-vit:attention", "--threads", "2", "--out", figure, NULL);

  g_unsetenv ("SACCADE_EXACT");
  g_unsetenv ("SACCADE_KERNELS");
  command_assert_status (command, 0);

  g_autoptr (JsonNode) root = command_get_json (command, 0);

  check_engine (json_object_get_object_member (child (root, "left"),
                                               "provenance"),
                "plain", true, 2);
  check_engine (json_object_get_object_member (child (root, "right"),
                                               "provenance"),
                "plain", true, 2);
  check_file (folder, "figure.png");
  test_folder_remove (folder);
}

/* Returns: the root of the first line. */
static JsonNode *
predict (bool exact)
{
  g_autoptr (Command) command =
    exact
      ? command_run ("predict", MODEL, DEMO, "--threads", "2", "--exact", NULL)
      : command_run ("predict", MODEL, DEMO, "--threads", "2", NULL);

  command_assert_status (command, 0);
  return command_get_json (command, 0);
}

static JsonArray *
get_classes (JsonNode *root)
{
  JsonArray *outputs =
    json_object_get_array_member (json_node_get_object (root), "outputs");

  return json_object_get_array_member (json_array_get_object_element (outputs,
                                                                      0),
                                       "probabilities");
}

/* Of any logit. */
static double
find_largest_difference (JsonNode *left, JsonNode *right)
{
  JsonArray *a = get_classes (left), *b = get_classes (right);
  double largest = 0;

  for (guint i = 0; i < json_array_get_length (a); i++)
    largest =
      fmax (largest,
            fabs (
              json_object_get_double_member (json_array_get_object_element (a,
                                                                            i),
                                             "logit") -
              json_object_get_double_member (json_array_get_object_element (b,
                                                                            i),
                                             "logit")));
  return largest;
}

/* The switch leaves its trace in the numbers, and a small one. */
static void
test_predict (void)
{
  g_autoptr (JsonNode) fast = predict (false);
  g_autoptr (JsonNode) exact = predict (true);
  JsonObject *object = json_node_get_object (fast);
  const char *kernels = json_object_get_string_member (object, "kernels");
  bool is_amx = strcmp (kernels, "amx") == 0;

  check_engine (object, kernels, false, 2);
  /* Its products are not exact: AVX-512's take their place. */
  check_engine (json_node_get_object (exact), is_amx ? "avx512" : kernels, true,
                2);
  g_assert_cmpfloat (find_largest_difference (fast, exact), >, 0);
  g_assert_cmpfloat (find_largest_difference (fast, exact), <, 1e-3);
}

static void
test_bench (void)
{
  g_autoptr (Command) command = command_run ("bench", MODEL, "--repeat", "1",
                                             "--threads", "1", "--exact", NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) root = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (root);

  check_engine (object, json_object_get_string_member (object, "kernels"), true,
                1);
}

/* A line of figures a turn, without those of the load. */
static void
test_turns (void)
{
  g_autoptr (Command) command =
    command_run_input ("1\n2\n", "bench", MODEL, "--threads", "1", "--turns",
                       NULL);
  g_autoptr (Command) wrong =
    command_run_input ("many\n", "bench", MODEL, "--turns", NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 2);

  g_autoptr (JsonNode) second = command_get_json (command, 1);
  JsonObject *object = json_node_get_object (second);

  g_assert_cmpfloat (command_number_at (object, "median_ms"), >, 0);
  g_assert_false (json_object_has_member (object, "first_ms"));
  command_assert_status (wrong, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_unsetenv ("SACCADE_KERNELS"); /* what a run of all tests may force */
  g_unsetenv ("SACCADE_EXACT");
  g_test_add_func ("/cli-engine/explain", test_explain);
  g_test_add_func ("/cli-engine/compare", test_compare);
  g_test_add_func ("/cli-engine/predict", test_predict);
  g_test_add_func ("/cli-engine/bench", test_bench);
  g_test_add_func ("/cli-engine/turns", test_turns);
  return g_test_run ();
}
