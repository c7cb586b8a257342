/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The commands that look at images: what they print and write. */
#include "command.h"
#include "support.h"

#include "tensor/npy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEMO "demo:dermoscopy"

static void
test_methods (void)
{
  static const char *const wanted[] = {"grad-cam", "hirescam", "attention",
                                       "rollout", "relevance"};
  g_autoptr (Command) command = command_run ("methods", NULL);
  guint found = 0;

  command_assert_status (command, 0);
  for (guint i = 0; i < command_count_lines (command); i++) {
    g_autoptr (JsonNode) node = command_get_json (command, i);
    const char *name =
      json_object_get_string_member (json_node_get_object (node), "name");

    for (gsize k = 0; k < G_N_ELEMENTS (wanted); k++)
      found += strcmp (name, wanted[k]) == 0;
  }
  g_assert_cmpuint (found, ==, G_N_ELEMENTS (wanted));
}

static void
test_models (void)
{
  g_autoptr (Command) command = command_run ("models", NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), >=, 8);
  g_assert_nonnull (strstr (command->out, "\"pcam-resnet18-la\""));
}

static void
test_info_image (void)
{
  g_autoptr (Command) command = command_run ("info", DEMO, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "image");
  g_assert_cmpint (json_object_get_int_member (object, "width"), >, 100);
}

static void
test_info_model (void)
{
  g_autoptr (Command) command = command_run ("info", "derm-resnet18-la", NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *explain = command_line_at (node, "explain");

  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node),
                                                  "kind"),
                   ==, "model");
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (explain, "attention")),
                    ==, 2);
  g_assert_true (json_object_has_member (explain, "cam"));
}

static double
sum_probabilities (JsonNode *node)
{
  JsonArray *outputs =
    json_object_get_array_member (json_node_get_object (node), "outputs");
  JsonArray *classes =
    json_object_get_array_member (json_array_get_object_element (outputs, 0),
                                  "probabilities");
  double sum = 0;

  g_assert_cmpuint (json_array_get_length (classes), ==, 7);
  for (guint i = 0; i < 7; i++) {
    JsonObject *class = json_array_get_object_element (classes, i);

    sum += json_object_get_double_member (class, "probability");
    g_assert_true (json_object_has_member (class, "logit"));
    g_assert_true (json_object_has_member (class, "id"));
    g_assert_true (json_object_has_member (class, "name"));
  }
  return sum;
}

static void
test_predict (void)
{
  g_autoptr (Command) command =
    command_run ("predict", "derm-resnet18", DEMO, DEMO, NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (JsonNode) node = command_get_json (command, i);

    g_assert_cmpfloat_with_epsilon (sum_probabilities (node), 1.0, 1e-9);
  }
}

static void
assert_map_file (const char *folder, const char *method)
{
  static const char *const suffixes[] = {".npy", ".json", ".tif", ".png"};
  g_autofree char *name = g_strconcat (method, ".npy", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) map = sac_npy_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->shape.rank, ==, 2);
  g_assert_cmpint (map->shape.dims[0], ==, 8);
  g_assert_cmpint (map->shape.dims[1], ==, 8);
  for (int i = 0; i < 64; i++) {
    g_assert_true (isfinite (sac_tensor_f32 (map)[i]));
    g_assert_cmpfloat (sac_tensor_f32 (map)[i], >=, 0);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (method, suffixes[i], NULL);
    g_autofree char *full = g_build_filename (folder, file, NULL);

    g_assert_true (g_file_test (full, G_FILE_TEST_IS_REGULAR));
  }
}

static void
test_explain (void)
{
  char *folder = test_folder_new ();
  g_autofree char *out = g_build_filename (folder, "new", "maps", NULL);
  g_autoptr (Command) command =
    command_run ("explain", "derm-vit", DEMO, "--method",
                 "grad-cam,hirescam,attention,rollout,relevance", "--out", out,
                 NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 5);
  assert_map_file (out, "grad-cam");
  assert_map_file (out, "hirescam");
  assert_map_file (out, "attention");
  assert_map_file (out, "rollout");
  assert_map_file (out, "relevance");

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *provenance = command_line_at (node, "provenance");

  g_assert_true (json_object_has_member (provenance, "image_hash"));

  g_autofree char *tiff = g_build_filename (out, "grad-cam.tif", NULL);
  /* Told by its content: another name makes it no other file. */
  g_autofree char *renamed = g_strconcat (tiff, ".map", NULL);

  g_assert_cmpint (rename (tiff, renamed), ==, 0);

  g_autoptr (Command) info = command_run ("info", renamed, NULL);

  command_assert_status (info, 0);
  g_assert_nonnull (strstr (info->out, "\"kind\":\"map\""));
  test_folder_remove (folder);
}

/* relu=0 keeps what Grad-CAM's own ReLU cuts off; Eigen-CAM has none, which is
 * no mistake where another method takes it. */
static void
test_signed (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "grad-cam.npy", NULL);
  g_autoptr (Command) command =
    command_run ("explain", "derm-resnet18", DEMO, "--method",
                 "grad-cam,eigen-cam", "--class", "vasc", "--param", "relu=0",
                 "--out", folder, NULL);
  g_autoptr (SacTensor) map = NULL;
  float least = 0;

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  map = sac_npy_read (path, NULL);
  g_assert_nonnull (map);
  for (int64_t i = 0; i < sac_tensor_get_count (map); i++)
    least = MIN (least, sac_tensor_f32 (map)[i]);
  g_assert_cmpfloat (least, <, 0);
  test_folder_remove (folder);
}

/* Regions lie on the image and hold what the figures of their kind say. */
static void
check_regions (JsonObject *disagreement)
{
  JsonArray *regions = json_object_get_array_member (disagreement, "regions");
  JsonObject *only = json_object_get_object_member (disagreement, "only");
  double left = 0, right = 0;

  g_assert_cmpuint (json_array_get_length (regions), >, 0);
  for (guint i = 0; i < json_array_get_length (regions); i++) {
    JsonObject *region = json_array_get_object_element (regions, i);
    JsonArray *outlines = json_object_get_array_member (region, "outlines");
    double share = json_object_get_double_member (region, "share");

    if (g_str_equal (json_object_get_string_member (region, "high_in"), "left"))
      left += share;
    else
      right += share;
    g_assert_cmpuint (json_array_get_length (
                        json_array_get_array_element (outlines, 0)),
                      >=, 4);
  }
  /* On the 8 x 8 cells of these two no region is below the least size. */
  g_assert_cmpint (json_object_get_int_member (disagreement,
                                               "left_out_regions"),
                   ==, 0);
  g_assert_cmpfloat_with_epsilon (left,
                                  json_object_get_double_member (only, "left"),
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (right,
                                  json_object_get_double_member (only, "right"),
                                  1e-12);
}

static void
test_compare (void)
{
  char *folder = test_folder_new ();
  static const char *const names[] = {"figure.png", "figure.pdf"};
  static const char *const numbers[] = {"pearson",     "spearman",
                                        "kendall",     "cosine",
                                        "ssim",        "top10_iou",
                                        "top20_iou",   "jensen_shannon",
                                        "earth_mover", "centre_distance"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_autoptr (Command) command =
      command_run ("compare", DEMO, "--left", "derm-resnet18:grad-cam",
                   "--right", "derm-vit:relevance", "--out", path, NULL);

    command_assert_status (command, 0);

    g_autoptr (JsonNode) node = command_get_json (command, 0);
    JsonObject *agreement = command_line_at (node, "agreement");

    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
    for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++) {
      JsonObject *moved =
        json_object_get_object_member (json_object_get_object_member (agreement,
                                                                      "moved"),
                                       numbers[k]);

      g_assert_false (json_object_get_null_member (agreement, numbers[k]));
      g_assert_cmpint (json_object_get_int_member (moved, "count"), ==, 39);
      g_assert_cmpfloat (json_object_get_double_member (moved, "p"), <=, 1);
    }
    g_assert_cmpstr (json_object_get_string_member (command_line_at (node,
                                                                     "left"),
                                                    "class"),
                     ==,
                     json_object_get_string_member (command_line_at (node,
                                                                     "right"),
                                                    "class"));
    g_assert_true (
      json_object_has_member (command_line_at (node, "right"), "provenance"));
    check_regions (command_line_at (node, "disagreement"));
  }
  test_folder_remove (folder);
}

/* A map compared with itself agrees in everything. */
static void
test_compare_same (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "figure.png", NULL);
  g_autoptr (Command) command =
    command_run ("compare", DEMO, "--left", "derm-vit:attention", "--right",
                 "derm-vit:attention", "--out", path, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *agreement = command_line_at (node, "agreement");

  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (agreement,
                                                                 "pearson"),
                                  1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (agreement,
                                                                 "spearman"),
                                  1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (agreement,
                                                                 "top10_iou"),
                                  1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (agreement, "jensen_shannon"), 0.0, 1e-9);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                      command_line_at (node, "disagreement"), "regions")),
                    ==, 0);
  test_folder_remove (folder);
}

/* Both sides answer the question that is asked. */
static void
test_compare_against (void)
{
  static const char *const sides[] = {"left", "right"};
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "figure.png", NULL);
  g_autoptr (Command) command =
    command_run ("compare", DEMO, "--left", "derm-resnet18:grad-cam", "--right",
                 "derm-vit:relevance", "--class", "mel", "--against", "nv",
                 "--out", path, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);

  for (size_t i = 0; i < G_N_ELEMENTS (sides); i++) {
    JsonObject *provenance =
      json_object_get_object_member (command_line_at (node, sides[i]),
                                     "provenance");

    g_assert_cmpstr (json_object_get_string_member (provenance, "against_id"),
                     ==, "nv");
  }
  test_folder_remove (folder);
}

static void
test_slide_region (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("explain", "pcam-vit", "demo:slide", "--region",
                 "3000,2500,187,187", "--method", "attention", "--out", folder,
                 NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *geometry = command_line_at (node, "geometry");

  g_assert_nonnull (geometry);
  assert_map_file (folder, "attention");
  test_folder_remove (folder);
}

/* A size that nobody states is assumed, and said. */
static void
test_info_dynamic (void)
{
  g_autofree char *path =
    test_shared ("fixtures/models/dinov2_dynamic/model.onnx");

  if (path == NULL)
    return;

  g_autoptr (Command) command = command_run ("info", path, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (node);
  JsonArray *shape = json_array_get_array_element (
    json_object_get_array_member (object, "assumed_shapes"), 0);

  g_assert_cmpint (json_array_get_int_element (shape, 2), ==, 224);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (command_line_at (node,
                                                                     "explain"),
                                                    "layers")),
                    >=, 4);
}

/* A bag of one instance is too few for a network that takes the best of them:
 * another count is assumed. */
static void
test_info_bag (void)
{
  g_autofree char *path = test_shared ("fixtures/models/clam_mb/model.onnx");

  if (path == NULL)
    return;

  g_autoptr (Command) command = command_run ("info", path, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (node);
  JsonArray *shape = json_array_get_array_element (
    json_object_get_array_member (object, "assumed_shapes"), 0);
  JsonArray *attention =
    json_object_get_array_member (command_line_at (node, "explain"),
                                  "attention");

  g_assert_false (json_object_has_member (object, "assumed_shapes_error"));
  g_assert_cmpuint (json_array_get_length (attention), ==, 1);
  g_assert_cmpint (json_object_get_int_member (
                     json_array_get_object_element (attention, 0), "keys"),
                   ==, json_array_get_int_element (shape, 0));
}

/* What the places of a layer do for the score, and where modulators are. */
static void
test_info_layers (void)
{
  g_autofree char *vit = test_shared ("fixtures/models/vit/model.onnx");
  g_autofree char *focal = test_shared ("fixtures/models/focalnet/model.onnx");

  if (vit == NULL || focal == NULL)
    return;

  g_autoptr (Command) command = command_run ("info", vit, NULL);
  g_autoptr (Command) other = command_run ("info", focal, NULL);

  command_assert_status (command, 0);
  command_assert_status (other, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  g_autoptr (JsonNode) last = command_get_json (other, 0);
  JsonArray *layers =
    json_object_get_array_member (command_line_at (node, "explain"), "layers");
  guint count = json_array_get_length (layers);

  for (guint i = 0; i < count; i++) {
    JsonObject *layer = json_array_get_object_element (layers, i);
    bool zero = json_object_get_boolean_member (layer, "zero_gradient");

    g_assert_cmpint (zero, ==, i + 2 >= count);
    g_assert_cmpint (json_object_has_member (layer, "reason"), ==, zero);
  }
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (command_line_at (node,
                                                                     "explain"),
                                                    "modulators")),
                    ==, 0);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (command_line_at (last,
                                                                     "explain"),
                                                    "modulators")),
                    ==, 4);
}

/* A method without an answer does not keep the others from theirs. */
static void
test_refused_among_others (void)
{
  char *out = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("explain", "derm-resnet18", DEMO, "--method",
                 "attention,grad-cam,rollout,hirescam", "--out", out, NULL);

  command_assert_status (command, 1);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  g_assert_nonnull (strstr (command->err, "attention of derm-resnet18"));
  g_assert_nonnull (strstr (command->err, "rollout of derm-resnet18"));
  assert_map_file (out, "grad-cam");
  assert_map_file (out, "hirescam");
  test_folder_remove (out);
}

typedef struct {
  const char *option, *value;
  const char *score, *unit;
} Score;

/* What is explained stands in the provenance, in words and as a number. */
static void
test_scores (void)
{
  static const Score scores[] = {
    {"--against", "nv", "the logit of mel less that of nv", "logit"},
    {"--score", "log-probability", "the log-probability of mel",
     "log-probability"},
    {"--score", "norm", "the norm of the output", "norm"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scores); i++) {
    char *out = test_folder_new ();
    bool norm = strstr (scores[i].score, "norm") != NULL;
    g_autoptr (Command) command =
      command_run ("explain", "derm-resnet18", DEMO, "--method", "grad-cam",
                   "--class", norm ? "logits:" : "mel", scores[i].option,
                   scores[i].value, "--out", out, NULL);

    command_assert_status (command, 0);

    g_autoptr (JsonNode) node = command_get_json (command, 0);
    JsonObject *provenance = command_line_at (node, "provenance");

    g_assert_cmpstr (json_object_get_string_member (provenance, "score"), ==,
                     scores[i].score);
    g_assert_cmpstr (json_object_get_string_member (provenance, "unit"), ==,
                     scores[i].unit);
    g_assert_true (
      isfinite (json_object_get_double_member (provenance, "score_value")));
    g_assert_cmpint (json_object_get_null_member (json_node_get_object (node),
                                                  "class"),
                     ==, norm);
    test_folder_remove (out);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_test_add_func ("/cli-explain/methods", test_methods);
  g_test_add_func ("/cli-explain/models", test_models);
  g_test_add_func ("/cli-explain/info-image", test_info_image);
  g_test_add_func ("/cli-explain/info-model", test_info_model);
  g_test_add_func ("/cli-explain/info-dynamic", test_info_dynamic);
  g_test_add_func ("/cli-explain/info-bag", test_info_bag);
  g_test_add_func ("/cli-explain/info-layers", test_info_layers);
  g_test_add_func ("/cli-explain/predict", test_predict);
  g_test_add_func ("/cli-explain/explain", test_explain);
  g_test_add_func ("/cli-explain/refused-among-others",
                   test_refused_among_others);
  g_test_add_func ("/cli-explain/scores", test_scores);
  g_test_add_func ("/cli-explain/signed", test_signed);
  g_test_add_func ("/cli-explain/compare", test_compare);
  g_test_add_func ("/cli-explain/compare-same", test_compare_same);
  g_test_add_func ("/cli-explain/compare-against", test_compare_against);
  g_test_add_func ("/cli-explain/slide-region", test_slide_region);
  return g_test_run ();
}
