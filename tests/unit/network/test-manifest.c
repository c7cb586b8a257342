/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/manifest.h"

#include "base/error.h"
#include "image/resize.h"
#include "onnx-writer.h"
#include "support.h"

#include <string.h>

typedef struct {
  char *folder;
  SacNetwork *network;
} Fixture;

/* The mean of each channel of an 8 x 8 image. */
#define MEANS                                                                  \
  "input image float 1,3,8,8\n"                                                \
  "output logits float 1,3\n"                                                  \
  "node _ GlobalAveragePool image -> pooled\n"                                 \
  "node _ Flatten pooled -> logits\n"

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = onnx_write (text);
  g_autoptr (GError) error = NULL;
  SacNetwork *network = sac_network_parse (bytes, "net.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->network = parse (MEANS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sac_network_unref (fixture->network);
  test_folder_remove (fixture->folder);
}

static char *
write_file (const Fixture *fixture, const char *name, const char *text)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* The manifest from model.json of this text. */
static SacManifest *
read_json (const Fixture *fixture, const char *text, GError **error)
{
  g_autofree char *path = write_file (fixture, "model.json", text);

  return sac_manifest_new (path, fixture->folder, fixture->network, error);
}

/* What the graph alone tells. */
static void
test_graph (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest =
    sac_manifest_new (NULL, fixture->folder, fixture->network, &error);

  g_assert_no_error (error);
  g_assert_cmpint (manifest->input_count, ==, 1);
  g_assert_cmpint (manifest->output_count, ==, 1);
  g_assert_true (manifest->guessed);
  g_assert_null (manifest->json);
  g_assert_null (manifest->cam);
  g_assert_cmpstr (manifest->id, ==, "net");
  g_assert_cmpstr (manifest->file, ==, "net.onnx");

  const SacManifestInput *input = &manifest->inputs[0];

  g_assert_cmpstr (input->name, ==, "image");
  g_assert_cmpstr (input->role, ==, "image");
  g_assert_cmpint (input->type, ==, SAC_TYPE_FLOAT);
  g_assert_cmpint (input->width, ==, 8);
  g_assert_cmpint (input->height, ==, 8);
  g_assert_false (input->nhwc);
  g_assert_cmpint (input->resize, ==, SAC_RESIZE_SQUASH);
  g_assert_cmpint (input->resize_width, ==, 8);
  g_assert_cmpint (input->filter, ==, SAC_FILTER_BILINEAR);
  g_assert_cmpint (input->channel_count, ==, 3);
  g_assert_cmpfloat (input->scale, ==, 1.0 / 255);
  g_assert_cmpfloat (input->mean[2], ==, 0);
  g_assert_cmpfloat (input->std[2], ==, 1);
  g_assert_cmpfloat (input->mpp, ==, 0);
  g_assert_cmpstr (manifest->outputs[0].name, ==, "logits");
  g_assert_cmpint (manifest->outputs[0].activation, ==, SAC_ACTIVATION_SOFTMAX);
  g_assert_cmpint (manifest->outputs[0].label_count, ==, 0);
}

/* Channels last, one channel, probabilities from the graph, a symbolic size,
 * and an input that is no image. */
static void
test_other_graphs (void)
{
  g_autoptr (SacNetwork) network = parse ("input gray float 1,16,24,1\n"
                                          "input any float16 ?,3,?,?\n"
                                          "input bag float ?,48\n"
                                          "output a float 1,16,24,1\n"
                                          "output b float16 ?,3,?,?\n"
                                          "output c float ?,48\n"
                                          "node _ Relu gray -> a\n"
                                          "node _ Relu any -> b\n"
                                          "node _ Softmax bag -> c\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest =
    sac_manifest_new (NULL, NULL, network, &error);

  g_assert_no_error (error);
  g_assert_true (manifest->inputs[0].nhwc);
  g_assert_cmpint (manifest->inputs[0].height, ==, 16);
  g_assert_cmpint (manifest->inputs[0].width, ==, 24);
  g_assert_cmpint (manifest->inputs[0].channel_count, ==, 1);
  g_assert_cmpint (manifest->inputs[1].width, ==, 0);
  g_assert_cmpint (manifest->inputs[1].resize, ==, SAC_RESIZE_NONE);
  g_assert_cmpint (manifest->inputs[1].type, ==, SAC_TYPE_FLOAT16);
  g_assert_cmpstr (manifest->inputs[2].role, ==, "bag");
  g_assert_cmpint (manifest->outputs[2].activation, ==, SAC_ACTIVATION_NONE);
}

/* Scores are probabilities, or one alone, whatever shape they are given. */
static void
test_shaped_scores (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float ?,1\n"
                                          "input z float ?,4\n"
                                          "init one int64 1 1\n"
                                          "node _ Sigmoid x -> p\n"
                                          "node _ Squeeze p,one -> a\n"
                                          "node _ Squeeze x,one -> b\n"
                                          "node _ Softmax z -> q\n"
                                          "node _ Flatten q -> c\n"
                                          "node _ LogSoftmax z -> d\n"
                                          "output a float ?\n"
                                          "output b float ?\n"
                                          "output c float ?,4\n"
                                          "output d float ?,4\n");
  static const SacActivation expected[] = {
    SAC_ACTIVATION_NONE,
    SAC_ACTIVATION_SIGMOID,
    SAC_ACTIVATION_NONE,
    SAC_ACTIVATION_SOFTMAX,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest =
    sac_manifest_new (NULL, NULL, network, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (manifest->outputs[i].activation, ==, expected[i]);
}

/* A bag of instances and the model that makes their features. */
static void
test_bag (void)
{
  static const char *const bad[] = {
    "\"image\", \"encoder\": {\"model\": \"e\"}",
    "\"bag\", \"encoder\": {\"value\": \"v\"}",
    "\"bag\", \"encoder\": {\"model\": 5}",
    "\"bag\", \"encoder\": []",
  };
  Fixture fixture;

  set_up (&fixture, NULL);
  sac_network_unref (fixture.network);
  fixture.network = parse ("input bag float ?,48\n"
                           "output c float ?,48\n"
                           "node _ Softmax bag -> c\n");

  g_autofree char *path =
    write_file (&fixture, "model.json",
                "{\"file\": \"net.onnx\", \"inputs\": [{\"role\": \"bag\", "
                "\"encoder\": {\"model\": \"e\", \"value\": \"v\"}}]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest =
    sac_manifest_new (path, NULL, fixture.network, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (manifest->inputs[0].encoder, ==, "e");
  g_assert_cmpstr (manifest->inputs[0].encoder_value, ==, "v");
  g_assert_null (manifest->inputs[0].encoder_sha256);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *text =
      g_strdup_printf ("{\"file\": \"net.onnx\", \"inputs\": [{\"role\": %s}]}",
                       bad[i]);
    g_autofree char *other = write_file (&fixture, "bad.json", text);

    g_assert_null (sac_manifest_new (other, NULL, fixture.network, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "encoder");
  }
  tear_down (&fixture, NULL);
}

static const char full[] =
  "{\"schema\": 1, \"id\": \"m\", \"name\": \"A model\", \"file\": "
  "\"net.onnx\","
  " \"sha256\": \"AB"
  "00000000000000000000000000000000000000000000000000000000000000\","
  " \"licence\": \"CC0\", \"citation\": \"us\", \"extra\": {\"kept\": [1]},"
  " \"inputs\": [{\"name\": \"image\", \"role\": \"dermoscopy\","
  "  \"size\": [8, 8], \"channels\": \"BGR\", \"layout\": \"NCHW\","
  "  \"resize\": {\"mode\": \"shorter-side\", \"size\": 10,"
  "   \"filter\": \"bicubic-antialias\"}, \"crop\": \"center\","
  "  \"scale\": 0.5, \"mean\": [1, 2.5, 3], \"std\": [4, 5, 6],"
  "  \"mpp\": 0.97}],"
  " \"outputs\": [{\"name\": \"logits\", \"activation\": \"sigmoid\","
  "  \"temperature\": 1.5, \"labels\": [{\"id\": \"a\", \"name\": \"Aa\"},"
  "   {\"id\": \"b\"}, \"c\"]}],"
  " \"explain\": {\"cam\": {\"tensor\": \"pooled\", \"layout\": \"NLC\","
  "   \"prefix_tokens\": 1, \"grid\": [3, 4]},"
  "  \"attention\": [{\"tensor\": \"pooled\", \"kind\": \"local\","
  "   \"heads\": 4, \"prefix_tokens\": 2, \"grid\": [5, 6], \"kernel\": 7},"
  "   {\"tensor\": \"logits\", \"kind\": \"mil\", \"kernel\": null}]}}";

static void
assert_full_input (const SacManifestInput *input)
{
  g_assert_cmpstr (input->role, ==, "dermoscopy");
  g_assert_true (input->bgr);
  g_assert_cmpint (input->resize, ==, SAC_RESIZE_SHORTER_SIDE);
  g_assert_cmpint (input->resize_width, ==, 10);
  g_assert_false (input->truncate);
  g_assert_cmpint (input->filter, ==, SAC_FILTER_BICUBIC);
  g_assert_true (input->center_crop);
  g_assert_cmpfloat (input->scale, ==, 0.5);
  g_assert_cmpfloat (input->mean[1], ==, 2.5);
  g_assert_cmpfloat (input->std[2], ==, 6);
  g_assert_cmpfloat (input->mpp, ==, 0.97);
  g_assert_false (input->guessed);
}

static void
assert_full_explain (const SacManifest *manifest)
{
  const SacManifestAttention *attention = manifest->attention;

  g_assert_cmpstr (manifest->cam->tensor, ==, "pooled");
  g_assert_cmpstr (manifest->cam->layout, ==, "NLC");
  g_assert_cmpint (manifest->cam->prefix_tokens, ==, 1);
  g_assert_cmpint (manifest->cam->grid_rows, ==, 3);
  g_assert_cmpint (manifest->cam->grid_columns, ==, 4);
  g_assert_cmpint (manifest->attention_count, ==, 2);
  g_assert_cmpstr (attention[0].kind, ==, "local");
  g_assert_cmpint (attention[0].heads, ==, 4);
  g_assert_cmpint (attention[0].grid_columns, ==, 6);
  g_assert_cmpint (attention[0].kernel, ==, 7);
  g_assert_cmpstr (attention[1].tensor, ==, "logits");
  g_assert_cmpint (attention[1].heads, ==, 0);
  g_assert_cmpint (attention[1].kernel, ==, 0);
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest = read_json (fixture, full, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (manifest->id, ==, "m");
  g_assert_cmpstr (manifest->name, ==, "A model");
  g_assert_true (g_str_has_prefix (manifest->sha256, "ab00"));
  g_assert_cmpint (strlen (manifest->hash), ==, 64);
  g_assert_true (json_object_has_member (manifest->json, "extra"));
  g_assert_false (manifest->guessed);
  assert_full_input (&manifest->inputs[0]);
  assert_full_explain (manifest);

  const SacManifestOutput *output = &manifest->outputs[0];

  g_assert_cmpint (output->activation, ==, SAC_ACTIVATION_SIGMOID);
  g_assert_cmpfloat (output->temperature, ==, 1.5);
  g_assert_cmpint (output->label_count, ==, 3);
  g_assert_cmpstr (output->labels[0].id, ==, "a");
  g_assert_cmpstr (output->labels[0].name, ==, "Aa");
  g_assert_cmpstr (output->labels[1].name, ==, "b");
  g_assert_cmpstr (output->labels[2].id, ==, "c");
}

/* Only `file` must be there; null is the same as nothing, but for crop and
 * resize, where it says "none". */
static void
test_sparse (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) bare =
    read_json (fixture, "{\"file\": \"net.onnx\"}", &error);

  g_assert_no_error (error);
  g_assert_true (bare->guessed);
  g_assert_cmpstr (bare->name, ==, "net");

  g_autoptr (SacManifest) nulls = read_json (
    fixture,
    "{\"file\": \"net.onnx\", \"explain\": null, \"inputs\": [{\"mpp\": null,"
    " \"crop\": null, \"resize\": null, \"mean\": 0.5, \"std\": [1, 2, 3]}],"
    " \"outputs\": [{\"labels\": null}]}",
    &error);

  g_assert_no_error (error);
  g_assert_false (nulls->inputs[0].center_crop);
  g_assert_cmpint (nulls->inputs[0].resize, ==, SAC_RESIZE_NONE);
  g_assert_cmpfloat (nulls->inputs[0].mean[2], ==, 0.5);
  g_assert_cmpfloat (nulls->inputs[0].std[2], ==, 3);
  g_assert_true (nulls->guessed); /* the labels */

  g_autoptr (SacManifest) sizes =
    read_json (fixture,
               "{\"file\": \"net.onnx\", \"inputs\": [{\"resize\": {\"mode\": "
               "\"squash\","
               " \"width\": 12, \"height\": 9}}]}",
               &error);

  g_assert_no_error (error);
  g_assert_cmpint (sizes->inputs[0].resize_width, ==, 12);
  g_assert_cmpint (sizes->inputs[0].resize_height, ==, 9);

  g_autoptr (SacManifest) pair =
    read_json (fixture,
               "{\"file\": \"net.onnx\", \"inputs\": [{\"size\": 8,"
               " \"resize\": {\"mode\": \"squash\", \"size\": [9, 12]}}]}",
               &error);

  g_assert_no_error (error);
  g_assert_cmpint (pair->inputs[0].resize_width, ==, 12);
  g_assert_cmpint (pair->inputs[0].resize_height, ==, 9);
}

typedef struct {
  const char *text; /* after {"file": "net.onnx", */
  int code;
  const char *part;
} Bad;

static const Bad bad[] = {
  {"\"schema\": 2", SAC_ERROR_UNSUPPORTED, "schema"},
  {"\"schema\": \"1\"", SAC_ERROR_DAMAGED, "schema"},
  {"\"file\": 5", SAC_ERROR_DAMAGED, "file"},
  {"\"file\": \"../net.onnx\"", SAC_ERROR_DAMAGED, "file"},
  {"\"file\": \"/etc/passwd\"", SAC_ERROR_DAMAGED, "file"},
  {"\"file\": null", SAC_ERROR_DAMAGED, "file: is missing"},
  {"\"id\": []", SAC_ERROR_DAMAGED, "id"},
  {"\"sha256\": \"abc\"", SAC_ERROR_DAMAGED, "sha256"},
  {"\"inputs\": {}", SAC_ERROR_DAMAGED, "inputs"},
  {"\"inputs\": [5]", SAC_ERROR_DAMAGED, "inputs: [0]"},
  {"\"inputs\": [{\"name\": \"x\"}]", SAC_ERROR_MISMATCH,
   "inputs[0].name: the network has no input \"x\"; it has \"image\""},
  {"\"inputs\": [{}, {}]", SAC_ERROR_MISMATCH, "inputs[1]"},
  {"\"inputs\": [{\"role\": \"photo\"}]", SAC_ERROR_DAMAGED, "role"},
  {"\"inputs\": [{\"layout\": \"HWC\"}]", SAC_ERROR_DAMAGED, "layout"},
  {"\"inputs\": [{\"channels\": \"L\"}]", SAC_ERROR_MISMATCH, "channels"},
  {"\"inputs\": [{\"channels\": \"CMYK\"}]", SAC_ERROR_DAMAGED, "channels"},
  {"\"inputs\": [{\"size\": 0}]", SAC_ERROR_DAMAGED, "inputs[0].size"},
  {"\"inputs\": [{\"size\": [8, 65537]}]", SAC_ERROR_DAMAGED, "size"},
  {"\"inputs\": [{\"size\": [8, 8, 8]}]", SAC_ERROR_DAMAGED, "size"},
  {"\"inputs\": [{\"size\": 8.5}]", SAC_ERROR_DAMAGED, "size"},
  {"\"inputs\": [{\"size\": \"8\"}]", SAC_ERROR_DAMAGED, "size"},
  {"\"inputs\": [{\"size\": [9, 8]}]", SAC_ERROR_MISMATCH, "1x3x8x8"},
  {"\"inputs\": [{\"resize\": 5}]", SAC_ERROR_DAMAGED, "resize"},
  {"\"inputs\": [{\"resize\": {\"mode\": \"fit\"}}]", SAC_ERROR_DAMAGED,
   "resize.mode"},
  {"\"inputs\": [{\"resize\": {\"filter\": \"sinc\"}}]", SAC_ERROR_DAMAGED,
   "resize.filter"},
  {"\"inputs\": [{\"resize\": {\"width\": 5}}]", SAC_ERROR_DAMAGED,
   "resize.width"},
  {"\"inputs\": [{\"resize\": {\"mode\": \"shorter-side\","
   " \"size\": [5, 6]}}]",
   SAC_ERROR_DAMAGED, "resize.size"},
  {"\"inputs\": [{\"crop\": \"random\"}]", SAC_ERROR_DAMAGED, "crop"},
  {"\"inputs\": [{\"scale\": 0}]", SAC_ERROR_DAMAGED, "scale"},
  {"\"inputs\": [{\"scale\": 99999999999999999999}]", SAC_ERROR_DAMAGED,
   "beyond 64 bits"},
  {"\"inputs\": [{\"name\": \"image\"}, {\"name\": \"image\"}]",
   SAC_ERROR_MISMATCH, "inputs[1].name: this input is described twice"},
  {"\"inputs\": [{\"scale\": 1e999}]", SAC_ERROR_DAMAGED, "scale"},
  {"\"inputs\": [{\"scale\": 1e300}]", SAC_ERROR_DAMAGED, "scale"},
  {"\"inputs\": [{\"mean\": [1, 2]}]", SAC_ERROR_DAMAGED, "mean"},
  {"\"inputs\": [{\"mean\": [1, 2, \"3\"]}]", SAC_ERROR_DAMAGED, "mean"},
  {"\"inputs\": [{\"std\": [1, 0, 1]}]", SAC_ERROR_DAMAGED, "std"},
  {"\"inputs\": [{\"std\": [1, 1e-60, 1]}]", SAC_ERROR_DAMAGED, "std"},
  {"\"inputs\": [{\"mpp\": 0}]", SAC_ERROR_DAMAGED, "mpp"},
  {"\"inputs\": [{\"mpp\": -1}]", SAC_ERROR_DAMAGED, "mpp"},
  {"\"outputs\": [{\"name\": \"y\"}]", SAC_ERROR_MISMATCH, "outputs[0].name"},
  {"\"outputs\": [{}, {\"name\": \"logits\"}]", SAC_ERROR_MISMATCH,
   "this output is described twice"},
  {"\"outputs\": [{\"activation\": \"relu\"}]", SAC_ERROR_DAMAGED,
   "activation"},
  {"\"outputs\": [{\"temperature\": 0}]", SAC_ERROR_DAMAGED, "temperature"},
  {"\"outputs\": [{\"temperature\": -2}]", SAC_ERROR_DAMAGED, "temperature"},
  {"\"outputs\": [{\"labels\": [\"a\", 5, \"c\"]}]", SAC_ERROR_DAMAGED,
   "labels"},
  {"\"outputs\": [{\"labels\": [\"a\", \"b\"]}]", SAC_ERROR_MISMATCH,
   "2 labels"},
  {"\"explain\": []", SAC_ERROR_DAMAGED, "explain"},
  {"\"explain\": {\"cam\": {}}", SAC_ERROR_DAMAGED, "explain.cam.tensor"},
  {"\"explain\": {\"cam\": {\"tensor\": \"q\"}}", SAC_ERROR_MISMATCH,
   "no value \"q\""},
  {"\"explain\": {\"cam\": {\"tensor\": \"pooled\", \"layout\": \"X\"}}",
   SAC_ERROR_DAMAGED, "layout"},
  {"\"explain\": {\"attention\": {}}", SAC_ERROR_DAMAGED, "attention"},
  {"\"explain\": {\"attention\": [{\"tensor\": \"q\\u0007\"}]}",
   SAC_ERROR_MISMATCH, "q\\x07"},
  {"\"explain\": {\"attention\": [{\"tensor\": \"pooled\", \"heads\": -1}]}",
   SAC_ERROR_DAMAGED, "explain.attention[0].heads"},
  {"\"explain\": {\"attention\": [{\"tensor\": \"pooled\", \"kind\": \"x\"}]}",
   SAC_ERROR_DAMAGED, "kind"},
  {"\"licence\": 1", SAC_ERROR_DAMAGED, "licence"},
  {"\"x\": }", SAC_ERROR_DAMAGED, "model.json"},
};

static void
test_bad (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *text =
      g_strdup_printf ("{\"file\": \"net.onnx\", %s}", bad[i].text);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i].text);
    g_assert_null (read_json (fixture, text, &error));
    test_assert_error (&error, SAC_ERROR, bad[i].code, bad[i].part);
  }
}

/* Every file that a cut of a good one makes is refused, and none crashes. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  for (size_t size = 0; size < strlen (full); size++) {
    g_autofree char *text = g_strndup (full, size);
    g_autoptr (GError) error = NULL;

    g_assert_null (read_json (fixture, text, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "model.json");
  }
}

static SacManifest *
read_huggingface (const Fixture *fixture, const char *preprocessor)
{
  g_autofree char *path =
    write_file (fixture, "preprocessor_config.json", preprocessor);
  g_autoptr (GError) error = NULL;
  SacManifest *manifest =
    sac_manifest_new (NULL, fixture->folder, fixture->network, &error);

  g_assert_no_error (error);
  return manifest;
}

/* As a ViT has it: a square, whatever the image. */
static void
test_huggingface_square (Fixture *fixture, gconstpointer data)
{
  g_autofree char *config = write_file (
    fixture, "config.json",
    "{\"id2label\": {\"2\": \"nv\", \"0\": \"akiec\", \"1\": \"mel\"},"
    " \"problem_type\": \"multi_label_classification\", \"hidden\": 5}");
  g_autoptr (SacManifest) manifest = read_huggingface (
    fixture,
    "{\"do_resize\": true, \"size\": {\"height\": 8, \"width\": 8},"
    " \"resample\": 3, \"do_rescale\": true, \"rescale_factor\": 0.00784,"
    " \"do_normalize\": true, \"image_mean\": [0.5, 0.6, 0.7],"
    " \"image_std\": [0.1, 0.2, 0.3], \"do_flip_channel_order\": true}");
  const SacManifestInput *input = &manifest->inputs[0];

  g_assert_false (manifest->guessed);
  g_assert_cmpint (input->resize, ==, SAC_RESIZE_SQUASH);
  g_assert_cmpint (input->resize_width, ==, 8);
  g_assert_cmpint (input->filter, ==, SAC_FILTER_BICUBIC);
  g_assert_cmpfloat (input->scale, ==, 0.00784);
  g_assert_cmpfloat (input->mean[1], ==, 0.6);
  g_assert_cmpfloat (input->std[2], ==, 0.3);
  g_assert_true (input->bgr);
  g_assert_cmpint (manifest->outputs[0].label_count, ==, 3);
  g_assert_cmpstr (manifest->outputs[0].labels[0].id, ==, "akiec");
  g_assert_cmpstr (manifest->outputs[0].labels[2].name, ==, "nv");
  g_assert_cmpint (manifest->outputs[0].activation, ==, SAC_ACTIVATION_SIGMOID);
}

/* A classifier's labels must be its own. */
static void
test_huggingface_labels (Fixture *fixture, gconstpointer data)
{
  g_autofree char *config =
    write_file (fixture, "config.json",
                "{\"id2label\": {\"0\": \"akiec\", \"1\": \"mel\"}}");
  g_autoptr (GError) error = NULL;

  g_assert_null (
    sac_manifest_new (NULL, fixture->folder, fixture->network, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "has 2 labels, but the network's output logits has 3");
}

typedef struct {
  const char *text;
  SacResizeMode resize;
  int side;
} Sizes;

/* The forms in which processors give the size, for an 8-pixel input. */
static const Sizes sizes[] = {
  {"{\"size\": 8}", SAC_RESIZE_SQUASH, 8},
  {"{\"size\": {\"shortest_edge\": 10}, \"crop_size\": 8}",
   SAC_RESIZE_SHORTER_SIDE, 10},
  {"{\"size\": 10, \"do_center_crop\": true, \"crop_size\": {\"height\": 8,"
   " \"width\": 8}, \"feature_extractor_type\": \"CLIPFeatureExtractor\"}",
   SAC_RESIZE_SHORTER_SIDE, 10},
  {"{\"size\": 8, \"crop_pct\": 0.875,"
   " \"image_processor_type\": \"ConvNextImageProcessor\"}",
   SAC_RESIZE_SHORTER_SIDE, 9},
  {"{\"size\": {\"longest_edge\": 8}}", SAC_RESIZE_LONGER_SIDE, 8},
  {"{\"do_resize\": false, \"size\": 99}", SAC_RESIZE_NONE, 8},
  {"{}", SAC_RESIZE_SQUASH, 8},
};

static void
test_huggingface_sizes (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (SacManifest) manifest =
      read_huggingface (fixture, sizes[i].text);
    const SacManifestInput *input = &manifest->inputs[0];

    g_test_message ("%s", sizes[i].text);
    g_assert_cmpint (input->resize, ==, sizes[i].resize);
    g_assert_cmpint (input->resize_width, ==, sizes[i].side);
    g_assert_cmpint (input->width, ==, 8);
    g_assert_cmpint (input->height, ==, 8);
    g_assert_cmpfloat (input->scale, ==, 1.0 / 255);
    g_assert_false (input->guessed);
  }
}

static void
test_huggingface_bad (Fixture *fixture, gconstpointer data)
{
  static const Bad files[] = {
    {"{\"size\": \"big\"}", SAC_ERROR_DAMAGED, "size"},
    {"{\"size\": 9}", SAC_ERROR_MISMATCH, "1x3x8x8"},
    {"{\"size\": {\"shortest_edge\": 0}}", SAC_ERROR_DAMAGED,
     "size.shortest_edge"},
    {"{\"size\": {\"shortest_edge\": 8, \"longest_edge\": 9}}",
     SAC_ERROR_UNSUPPORTED, "model.json"},
    {"{\"resample\": 5}", SAC_ERROR_DAMAGED, "resample"},
    {"{\"image_std\": [0, 0, 0]}", SAC_ERROR_DAMAGED, "image_std"},
    {"{\"do_resize\": 1}", SAC_ERROR_DAMAGED, "do_resize"},
    {"[", SAC_ERROR_DAMAGED, "preprocessor_config.json"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path =
      write_file (fixture, "preprocessor_config.json", files[i].text);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", files[i].text);
    g_assert_null (
      sac_manifest_new (NULL, fixture->folder, fixture->network, &error));
    test_assert_error (&error, SAC_ERROR, files[i].code, files[i].part);
  }

  /* model.json that describes the inputs makes them silent. */
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest = read_json (fixture, full, &error);

  g_assert_no_error (error);
  g_assert_nonnull (manifest);
}

static void
test_metadata (void)
{
  g_autoptr (SacNetwork) network =
    parse (MEANS "meta Image.BitmapPixelFormat Bgr8\n"
                 "meta Image.NominalPixelRange Normalized_1_1\n"
                 "meta names [\"a\",\"b\",\"c\"]\n"
                 "meta labels {0:'python'}\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacManifest) manifest =
    sac_manifest_new (NULL, NULL, network, &error);

  g_assert_no_error (error);
  g_assert_true (manifest->inputs[0].bgr);
  g_assert_cmpfloat (manifest->inputs[0].scale, ==, 1 / 127.5);
  g_assert_cmpfloat (manifest->inputs[0].mean[0], ==, 1);
  g_assert_cmpint (manifest->outputs[0].label_count, ==, 3);
  g_assert_cmpstr (manifest->outputs[0].labels[1].id, ==, "b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                        \
  g_test_add ("/manifest/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("graph", test_graph);
  g_test_add_func ("/manifest/bag", test_bag);
  g_test_add_func ("/manifest/other-graphs", test_other_graphs);
  g_test_add_func ("/manifest/shaped-scores", test_shaped_scores);
  ADD ("full", test_full);
  ADD ("sparse", test_sparse);
  ADD ("bad", test_bad);
  ADD ("cut", test_cut);
  ADD ("huggingface/square", test_huggingface_square);
  ADD ("huggingface/labels", test_huggingface_labels);
  ADD ("huggingface/sizes", test_huggingface_sizes);
  ADD ("huggingface/bad", test_huggingface_bad);
  g_test_add_func ("/manifest/metadata", test_metadata);
  return g_test_run ();
}
