/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The commands that say what a map is worth. */
#include "command.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* The curves start and end at the same two scores for every map, and nothing in
 * them is missing. */
static void
check_baseline (JsonObject *root, JsonObject *baseline)
{
  static const char *const subjects[] = {"map", "centre", "random"};
  double whole = command_number_at (root, "score");
  double nothing = command_number_at (baseline, "score");
  guint points =
    json_array_get_length (json_object_get_array_member (root, "taken"));

  for (gsize i = 0; i < G_N_ELEMENTS (subjects); i++) {
    JsonObject *own = command_object_at (baseline, subjects[i]);
    JsonArray *deletion = json_object_get_array_member (own, "deletion");
    JsonArray *insertion = json_object_get_array_member (own, "insertion");

    g_assert_cmpuint (json_array_get_length (deletion), ==, points);
    g_assert_cmpfloat_with_epsilon (json_array_get_double_element (deletion, 0),
                                    whole, 1e-4);
    g_assert_cmpfloat_with_epsilon (json_array_get_double_element (insertion,
                                                                   0),
                                    nothing, 1e-4);
    g_assert_cmpfloat_with_epsilon (command_number_at (own, "abpc"),
                                    command_number_at (own, "insertion_auc") -
                                      command_number_at (own, "deletion_auc"),
                                    1e-9);
    g_assert_true (isfinite (command_number_at (own, "mu_fidelity")));
  }
}

static void
test_faithfulness (void)
{
  g_autofree char *folder = test_shared ("fixtures/models/resnet18");

  if (folder == NULL)
    return;

  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *image =
    g_strconcat ("image=", folder, "/in_image.npy", NULL);
  g_autoptr (Command) command =
    command_run ("faithfulness", model, "--input", image, "--method",
                 "hirescam,gradient", "--setting", "steps=4", "--setting",
                 "samples=4", "--setting", "random-maps=1", NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (JsonNode) node = command_get_json (command, i);
    JsonObject *root =
      command_object_at (json_node_get_object (node), "faithfulness");
    JsonArray *baselines = json_object_get_array_member (root, "baselines");

    g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node),
                                                    "method"),
                     ==, i == 0 ? "hirescam" : "gradient");
    g_assert_cmpuint (json_array_get_length (baselines), ==, 2);
    for (guint b = 0; b < 2; b++)
      check_baseline (root, json_array_get_object_element (baselines, b));
    g_assert_true (isfinite (
      command_number_at (command_object_at (command_object_at (root, "road"),
                                            "random"),
                         "road")));
  }
}

static void
test_faithfulness_refused (void)
{
  g_autofree char *folder = test_shared ("fixtures/models/abmil");

  if (folder == NULL)
    return;

  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *features =
    g_strconcat ("features=", folder, "/in_features.npy", NULL);
  g_autoptr (Command) bag =
    command_run ("faithfulness", model, "--input", features, "--method",
                 "mil-attention", NULL);
  g_autoptr (Command) setting =
    command_run ("faithfulness", model, "--input", features, "--method",
                 "mil-attention", "--setting", "steps=1000", NULL);
  g_autoptr (Command) usage = command_run ("faithfulness", model, NULL);

  command_assert_status (bag, 1);
  command_assert_error (bag, "is no image");
  command_assert_status (setting, 1);
  command_assert_error (setting, "a whole number from 1 to 200");
  command_assert_status (usage, 2);
}

/* One map of each stage, from the first to the last; a method without layers is
 * run once. */
static void
test_scan (void)
{
  g_autofree char *folder = test_shared ("fixtures/models/resnet18");

  if (folder == NULL)
    return;

  char *out = test_folder_new ();
  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *image =
    g_strconcat ("image=", folder, "/in_image.npy", NULL);
  g_autoptr (Command) command =
    command_run ("explain", model, "--input", image, "--method",
                 "grad-cam,gradient", "--layer", "scan", "--out", out, NULL);
  guint lines = command_count_lines (command);

  command_assert_status (command, 0);
  g_assert_cmpuint (lines, >, 4);
  for (guint i = 0; i < lines; i++) {
    g_autoptr (JsonNode) node = command_get_json (command, i);
    JsonObject *object = json_node_get_object (node);
    g_autofree char *expected =
      i + 1 < lines ? g_strdup_printf ("%s/grad-cam-%u.npy", out, i + 1)
                    : g_strdup_printf ("%s/gradient.npy", out);

    g_assert_cmpstr (json_object_get_string_member (command_object_at (object,
                                                                       "files"),
                                                    "npy"),
                     ==, expected);
    g_assert_true (g_file_test (expected, G_FILE_TEST_EXISTS));
  }
  test_folder_remove (out);
}

/* The same class throughout, a badge and its rule for each check. */
static void
test_sanity (void)
{
  g_autofree char *folder = test_shared ("fixtures/models/resnet18");

  if (folder == NULL)
    return;

  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *image =
    g_strconcat ("image=", folder, "/in_image.npy", NULL);
  g_autoptr (Command) command =
    command_run ("sanity", model, "--input", image, "--method",
                 "grad-cam,attention", "--setting", "stages=2", "--setting",
                 "seeds=1", "--setting", "samples=1", NULL);

  command_assert_status (command, 1);
  g_assert_nonnull (strstr (command->err, "this model has no attention"));
  g_assert_cmpuint (command_count_lines (command), ==, 1);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *root = command_object_at (json_node_get_object (node), "sanity");
  JsonArray *checks = json_object_get_array_member (root, "checks");

  g_assert_cmpuint (json_array_get_length (checks), ==, 5);
  for (guint i = 0; i < 5; i++) {
    JsonObject *check = json_array_get_object_element (checks, i);

    g_assert_true (isfinite (command_number_at (check, "figure")));
    g_assert_cmpstr (json_object_get_string_member (check, "badge"), !=,
                     "undefined");
    g_assert_true (json_object_has_member (check, "rule"));
  }
}

#define DEMO "demo:dermoscopy"

/* A rectangle over the left half of what the model sees of the drawn lesion,
 * 900 of its 1200 pixels from the 150th on. */
static char *
write_mask (const char *folder)
{
  char *path = g_build_filename (folder, "half.geojson", NULL);

  g_assert_true (g_file_set_contents (
    path,
    "{\"type\": \"Feature\", \"geometry\": {\"type\": \"Polygon\", "
    "\"coordinates\": [[[150, 0], [600, 0], [600, 900], [150, 900], "
    "[150, 0]]]}, \"properties\": {\"classification\": {\"name\": \"half\"}}}",
    -1, NULL));
  return path;
}

static void
test_measure (void)
{
  char *folder = test_folder_new ();
  g_autofree char *mask = write_mask (folder);
  g_autoptr (Command) command =
    command_run ("measure", "derm-resnet18", DEMO, "--mask", mask,
                 "--mask-class", "half", "--method", "grad-cam,gradient", NULL);
  g_autoptr (Command) table =
    command_run ("measure", "derm-resnet18", DEMO, "--mask", mask, "--method",
                 "grad-cam", "--table", NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (JsonNode) node = command_get_json (command, i);
    JsonObject *scores =
      command_object_at (json_node_get_object (node), "mask");

    g_assert_cmpfloat_with_epsilon (command_number_at (scores, "area"), 0.5,
                                    5e-3);
    g_assert_cmpfloat (command_number_at (scores, "energy_inside"), >, 0);
    g_assert_cmpfloat_with_epsilon (command_number_at (scores,
                                                       "energy_inside") +
                                      command_number_at (scores, "background"),
                                    1, 1e-6);
  }
  command_assert_status (table, 0);
  g_assert_true (g_str_has_prefix (table->out, "method "));
  g_assert_nonnull (strstr (table->out, "\ngrad-cam "));
  test_folder_remove (folder);
}

static void
test_measure_errors (void)
{
  char *folder = test_folder_new ();
  g_autofree char *mask = write_mask (folder);
  g_autoptr (Command) without = command_run ("measure", "derm-resnet18", DEMO,
                                             "--method", "grad-cam", NULL);
  g_autoptr (Command) unknown =
    command_run ("measure", "derm-resnet18", DEMO, "--mask", mask,
                 "--mask-class", "whole", "--method", "grad-cam", NULL);
  g_autoptr (Command) absent =
    command_run ("measure", "derm-resnet18", DEMO, "--mask",
                 "/no/such/mask.png", "--method", "grad-cam", NULL);

  command_assert_status (without, 2);
  command_assert_status (unknown, 2);
  g_assert_nonnull (strstr (unknown->err, "its classes are: half"));
  command_assert_status (absent, 1);
  command_assert_error (absent, "/no/such/mask.png");
  test_folder_remove (folder);
}

static void
test_compare_mask (void)
{
  char *folder = test_folder_new ();
  g_autofree char *mask = write_mask (folder);
  g_autofree char *figure = g_build_filename (folder, "figure.png", NULL);
  g_autoptr (Command) command =
    command_run ("compare", DEMO, "--left", "derm-resnet18:grad-cam", "--right",
                 "derm-vit:relevance", "--mask", mask, "--out", figure, NULL);
  static const char *const sides[] = {"left", "right"};

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++) {
    JsonObject *side =
      command_object_at (json_node_get_object (node), sides[i]);

    g_assert_cmpfloat_with_epsilon (
      command_number_at (command_object_at (side, "mask"), "area"), 0.5, 5e-3);
  }
  test_folder_remove (folder);
}

/* A picture of a scene comes with what its maps are worth against what is
 * drawn. */
static void
test_render_mask (void)
{
  char *folder = test_folder_new ();
  g_autofree char *mask = write_mask (folder);
  g_autofree char *scene = g_build_filename (folder, "scene.json", NULL);
  g_autofree char *picture = g_build_filename (folder, "scene.png", NULL);
  g_autoptr (Command) explain =
    command_run ("explain", "derm-resnet18", DEMO, "--method", "grad-cam",
                 "--out", folder, NULL);

  g_assert_true (g_file_set_contents (scene,
                                      "{\"schema\": 2, \"image\": \"" DEMO
                                      "\", \"layers\": "
                                      "[{\"map\": \"grad-cam.tif\"}], "
                                      "\"annotations\": \"half.geojson\"}",
                                      -1, NULL));

  g_autoptr (Command) command =
    command_run ("render", scene, "--size", "300x200", "--out", picture, NULL);

  command_assert_status (explain, 0);
  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonArray *scores =
    json_object_get_array_member (json_node_get_object (node), "mask");

  g_assert_cmpuint (json_array_get_length (scores), ==, 1);
  g_assert_cmpfloat_with_epsilon (
    command_number_at (json_array_get_object_element (scores, 0), "area"), 0.5,
    5e-3);
  test_folder_remove (folder);
}

/* A class token and four registers: none of them is a cell, and what they
 * receive stands beside the map. */
static void
test_registers (void)
{
  g_autofree char *folder = test_shared ("fixtures/models/dinov2");

  if (folder == NULL)
    return;

  char *out = test_folder_new ();
  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *image =
    g_strconcat ("image=", folder, "/in_image.npy", NULL);
  g_autoptr (Command) command =
    command_run ("explain", model, "--input", image, "--score", "sum",
                 "--method", "key-importance", "--out", out, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *provenance =
    command_object_at (json_node_get_object (node), "provenance");
  JsonArray *shares =
    json_object_get_array_member (provenance, "prefix_attention");
  double sum = 0;

  g_assert_cmpuint (json_array_get_length (shares), ==, 5);
  for (guint i = 0; i < 5; i++)
    sum += json_array_get_double_element (shares, i);
  g_assert_cmpfloat (sum, >, 0);
  g_assert_cmpfloat (sum, <, 1);
  test_folder_remove (out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_test_add_func ("/cli-measures/faithfulness", test_faithfulness);
  g_test_add_func ("/cli-measures/faithfulness-refused",
                   test_faithfulness_refused);
  g_test_add_func ("/cli-measures/sanity", test_sanity);
  g_test_add_func ("/cli-measures/scan", test_scan);
  g_test_add_func ("/cli-measures/measure", test_measure);
  g_test_add_func ("/cli-measures/measure-errors", test_measure_errors);
  g_test_add_func ("/cli-measures/compare-mask", test_compare_mask);
  g_test_add_func ("/cli-measures/render-mask", test_render_mask);
  g_test_add_func ("/cli-measures/registers", test_registers);
  return g_test_run ();
}
