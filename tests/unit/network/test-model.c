/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/model.h"

#include "base/error.h"
#include "onnx-writer.h"
#include "support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  g_setenv ("SACCADE_MODELS", fixture->folder, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
}

/* A path below the fixture's folder, its parents made. */
static char *
make_path (const Fixture *fixture, const char *name)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  return path;
}

static void
add_text (const Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = make_path (fixture, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Networks of different input sizes, to tell them apart. */
static void
add_network (const Fixture *fixture, const char *name, int size)
{
  g_autofree char *path = make_path (fixture, name);
  g_autofree char *text =
    g_strdup_printf ("input image float 1,3,%d,%d\n"
                     "output logits float 1,3\n"
                     "node _ GlobalAveragePool image -> pooled\n"
                     "node _ Flatten pooled -> logits\n",
                     size, size);
  g_autoptr (GBytes) bytes = onnx_write (text);
  gsize length;
  const char *content = g_bytes_get_data (bytes, &length);

  g_assert_true (g_file_set_contents (path, content, length, NULL));
}

static SacModel *
open_model (const Fixture *fixture, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return sac_model_open (path, NULL, error);
}

static void
assert_opens (const Fixture *fixture,
              const char *name,
              const char *id,
              int size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacModel) model = open_model (fixture, name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sac_model_get_id (model), ==, id);
  g_assert_cmpint (sac_model_get_manifest (model)->inputs[0].width, ==, size);
  g_assert_nonnull (sac_model_get_network (model));
}

static void
test_paths (Fixture *fixture, gconstpointer data)
{
  add_network (fixture, "a/model.onnx", 4);
  add_text (fixture, "a/model.json",
            "{\"file\": \"model.onnx\", \"id\": \"aa\"}");
  assert_opens (fixture, "a", "aa", 4);
  assert_opens (fixture, "a/", "aa", 4);
  assert_opens (fixture, "a/model.onnx", "aa", 4);
  assert_opens (fixture, "a/model.json", "aa", 4);

  /* Another network in the folder: model.json is not about it. */
  add_network (fixture, "a/second.onnx", 5);
  assert_opens (fixture, "a/second.onnx", "second", 5);
  add_text (fixture, "a/second.json",
            "{\"file\": \"second.onnx\", \"id\": \"two\"}");
  assert_opens (fixture, "a/second.onnx", "two", 5);

  /* Without a manifest. */
  add_network (fixture, "b/model.onnx", 6);
  assert_opens (fixture, "b", "b", 6);
  add_network (fixture, "c/only.onnx", 7);
  assert_opens (fixture, "c", "only", 7);
  add_network (fixture, "d/onnx/model.onnx", 8);
  add_text (fixture, "d/config.json",
            "{\"id2label\": {\"0\": \"x\", \"1\": \"y\", \"2\": \"z\"}}");
  assert_opens (fixture, "d", "d", 8);

  g_autoptr (SacModel) labelled = open_model (fixture, "d", NULL);

  g_assert_cmpint (sac_model_get_manifest (labelled)->outputs[0].label_count,
                   ==, 3);
}

static void
test_paths_bad (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name;
    int code;
    const char *part;
  } cases[] = {
    {"empty", SAC_ERROR_UNREADABLE, "model.onnx"},
    {"two", SAC_ERROR_UNREADABLE, "name the file"},
    {"lost", SAC_ERROR_UNREADABLE, "gone.onnx"},
    {"stray/net.onnx", SAC_ERROR_MISMATCH, "net.json"},
    {"broken/model.json", SAC_ERROR_DAMAGED, "model.json"},
    {"broken/model.onnx", SAC_ERROR_DAMAGED, "model.json"},
    {"absent", SAC_ERROR_UNREADABLE, "no such file"},
    {"absent.onnx", SAC_ERROR_UNREADABLE, "broken"},
  };

  add_text (fixture, "empty/readme", "");
  add_network (fixture, "two/x.onnx", 4);
  add_network (fixture, "two/y.onnx", 4);
  add_text (fixture, "lost/model.json", "{\"file\": \"gone.onnx\"}");
  add_network (fixture, "stray/net.onnx", 4);
  add_text (fixture, "stray/net.json", "{\"file\": \"other.onnx\"}");
  add_network (fixture, "broken/model.onnx", 4);
  add_text (fixture, "broken/model.json", "{");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].name);
    g_assert_null (open_model (fixture, cases[i].name, &error));
    test_assert_error (&error, SAC_ERROR, cases[i].code, cases[i].part);
  }
}

static void
test_hash (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_path (fixture, "model.onnx");
  g_autoptr (GError) error = NULL;
  char zeros[65] = {0};

  memset (zeros, '0', 64);
  add_network (fixture, "model.onnx", 4);

  g_autoptr (SacModel) plain = sac_model_open (path, NULL, &error);
  const char *sha256 = sac_network_get_sha256 (sac_model_get_network (plain));
  g_autofree char *shouted = g_ascii_strup (sha256, -1);
  g_autofree char *right =
    g_strdup_printf ("{\"file\": \"model.onnx\", \"sha256\": \"%s\"}", shouted);
  g_autofree char *wrong =
    g_strdup_printf ("{\"file\": \"model.onnx\", \"sha256\": \"%s\"}", zeros);

  add_text (fixture, "model.json", right);
  g_clear_pointer (&plain, sac_model_unref);
  plain = sac_model_open (path, NULL, &error);
  g_assert_no_error (error);
  add_text (fixture, "model.json", wrong);
  g_assert_null (sac_model_open (path, NULL, &error));
  g_assert_nonnull (strstr (error->message, sac_network_get_sha256 (
                                              sac_model_get_network (plain))));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, zeros);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *id;
    const char *name;
    bool shipped;
    bool has_attention;
  } expected[] = {
    {"bad", "bad", true, false},
    {"one", "First", true, true},
    {"own", "own", false, false},
    {"two", "Two", true, false},
  };
  g_autofree char *first = g_build_filename (fixture->folder, "1", NULL);
  g_autofree char *second = g_build_filename (fixture->folder, "2", NULL);
  g_autofree char *both = g_strjoin (":", first, "", "/no/such", second, NULL);
  g_autofree char *own =
    g_build_filename (g_get_user_data_dir (), "saccade", "models", "own", NULL);
  g_autofree char *own_network = g_build_filename (own, "model.onnx", NULL);

  add_text (fixture, "1/z/model.json",
            "{\"file\": \"m.onnx\", \"id\": \"one\", \"name\": \"First\","
            " \"explain\": {\"attention\": [{\"tensor\": \"x\"}]}}");
  add_text (fixture, "2/a/model.json",
            "{\"file\": \"m.onnx\", \"id\": \"one\", \"name\": \"Second\"}");
  add_text (fixture, "2/b/model.json",
            "{\"file\": \"m.onnx\", \"id\": \"two\", \"name\": \"Two\"}");
  add_text (fixture, "2/bad/model.json", "{\"file\":");
  add_text (fixture, "2/other/readme", "");
  g_assert_cmpint (g_mkdir_with_parents (own, 0777), ==, 0);
  g_assert_true (g_file_set_contents (own_network, "", 0, NULL));
  g_setenv ("SACCADE_MODELS", both, TRUE);

  g_autoptr (GPtrArray) entries = sac_model_list ();

  g_assert_cmpint (entries->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < entries->len; i++) {
    const SacModelEntry *entry = entries->pdata[i];

    g_assert_cmpstr (entry->id, ==, expected[i].id);
    g_assert_cmpstr (entry->name, ==, expected[i].name);
    g_assert_true (entry->shipped == expected[i].shipped);
    g_assert_true (entry->has_attention == expected[i].has_attention);
  }
  test_folder_remove (g_steal_pointer (&own));
}

/* An id opens the model; a file of the same name wins. */
static void
test_ids (Fixture *fixture, gconstpointer data)
{
  g_autofree char *kept = g_get_current_dir ();
  g_autoptr (GError) error = NULL;

  add_network (fixture, "models/x/model.onnx", 4);
  add_text (fixture, "models/x/model.json",
            "{\"file\": \"model.onnx\", \"id\": \"mine\"}");

  g_autofree char *models = make_path (fixture, "models");

  g_setenv ("SACCADE_MODELS", models, TRUE);
  g_assert_cmpint (g_chdir (fixture->folder), ==, 0);

  g_autoptr (SacModel) by_id = sac_model_open ("mine", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sac_model_get_manifest (by_id)->inputs[0].width, ==, 4);
  add_network (fixture, "mine/model.onnx", 9);

  g_autoptr (SacModel) by_path = sac_model_open ("mine", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sac_model_get_manifest (by_path)->inputs[0].width, ==, 9);
  g_assert_null (sac_model_open ("yours", NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                     "the models are: mine");
  g_assert_cmpint (g_chdir (kept), ==, 0);
}

static void
test_probabilities (void)
{
  static const float logits[] = {1000, 1001, -INFINITY};
  static const float pair[] = {-800, 800};
  SacManifestOutput output = {.activation = SAC_ACTIVATION_SOFTMAX,
                              .temperature = 0.5};
  double values[3];

  /* 1 / (1 + e^2) and its complement: the temperature doubles the distance. */
  sac_model_probabilities (&output, logits, 3, values);
  g_assert_cmpfloat_with_epsilon (values[0], 0.11920292202211755, 1e-15);
  g_assert_cmpfloat_with_epsilon (values[1], 0.88079707797788243, 1e-15);
  g_assert_cmpfloat (values[2], ==, 0);
  output.activation = SAC_ACTIVATION_SIGMOID;
  sac_model_probabilities (&output, pair, 2, values);
  g_assert_cmpfloat (values[0], >=, 0);
  g_assert_cmpfloat (values[0], <, 1e-300);
  g_assert_cmpfloat (values[1], ==, 1);
  output.activation = SAC_ACTIVATION_NONE;
  sac_model_probabilities (&output, pair, 2, values);
  g_assert_cmpfloat (values[1], ==, 1600);
}

static void
test_find_class (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text;
    int64_t index;
  } cases[] = {
    {"mel", 1}, {"Melanoma", 1}, {"2", 0},   {"1", 1},   {"nv", -1},
    {"3", -1},  {"", -1},        {"-1", -1}, {"1x", -1}, {"MEL", -1},
  };
  g_autoptr (GError) error = NULL;

  add_network (fixture, "model.onnx", 4);
  add_text (fixture, "model.json",
            "{\"file\": \"model.onnx\", \"outputs\": [{\"labels\": ["
            "{\"id\": \"2\", \"name\": \"mel\"},"
            "{\"id\": \"mel\", \"name\": \"Melanoma\"},"
            "{\"id\": \"c\\u001b[31m\", \"name\": \"c\"}]}]}");

  g_autoptr (SacModel) model = open_model (fixture, "model.json", &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (sac_model_find_class (model, 0, 3, cases[i].text, &error),
                     ==, cases[i].index);
    if (cases[i].index < 0)
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "2, mel, c\\x1B[31m");
  }
}

static void
test_find_class_by_number (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_network (fixture, "model.onnx", 4);

  g_autoptr (SacModel) model = open_model (fixture, "model.onnx", &error);

  g_assert_no_error (error);
  g_assert_cmpint (sac_model_find_class (model, 0, 1000, "999", &error), ==,
                   999);
  g_assert_cmpint (sac_model_find_class (model, 0, 1000, "1000", &error), ==,
                   -1);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "0 to 999");
}

/* Folders of shipped models. */
static guint
shipped_count (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL;
       name = g_dir_read_name (dir)) {
    g_autofree char *file = g_build_filename (folder, name, "model.json", NULL);

    count += g_file_test (file, G_FILE_TEST_EXISTS);
  }
  return count;
}

/* What a family's models take and give; pooling models take bags instead.  A
 * model of pairs has a last map for each image, which none of its keys names.
 */
static const struct {
  const char *prefix;
  int side;
  int labels;
} families[] = {{"derm-", 128, 7},
                {"pcam-", 96, 2},
                {"planted-", 96, 2},
                {"phantom-", 96, 4}};

static void
check_family (const SacModelEntry *entry, const SacManifest *manifest)
{
  for (size_t i = 0; i < G_N_ELEMENTS (families); i++) {
    if (!g_str_has_prefix (entry->id, families[i].prefix))
      continue;
    g_assert_cmpint (manifest->inputs[0].width, ==, families[i].side);
    g_assert_cmpint (manifest->outputs[0].label_count, ==, families[i].labels);
    g_assert_true ((manifest->cam != NULL) == (manifest->input_count == 1));
    return;
  }
  g_test_message ("%s is of no family", entry->id);
  g_test_fail ();
}

/* The models that come with the program. */
static void
test_shipped (void)
{
  g_autofree char *folder = test_file ("../data/models");

  g_setenv ("SACCADE_MODELS", folder, TRUE);

  g_autoptr (GPtrArray) entries = sac_model_list ();

  g_assert_cmpint (entries->len, ==, shipped_count (folder));
  for (guint i = 0; i < entries->len; i++) {
    const SacModelEntry *entry = entries->pdata[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (SacModel) model = sac_model_open (entry->id, NULL, &error);

    g_assert_no_error (error);

    const SacManifest *manifest = sac_model_get_manifest (model);

    g_assert_cmpstr (sac_model_get_name (model), ==, entry->name);
    g_assert_false (manifest->guessed);
    g_assert_true (entry->has_attention == (manifest->attention_count > 0));
    if (g_strcmp0 (manifest->inputs[0].role, "bag") != 0)
      check_family (entry, manifest);
  }
}

int
main (int argc, char **argv)
{
  char *data_home = test_folder_new ();

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                        \
  g_test_add ("/model/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("paths", test_paths);
  ADD ("paths-bad", test_paths_bad);
  ADD ("hash", test_hash);
  ADD ("list", test_list);
  ADD ("ids", test_ids);
  g_test_add_func ("/model/probabilities", test_probabilities);
  ADD ("find-class", test_find_class);
  ADD ("find-class-by-number", test_find_class_by_number);
  g_test_add_func ("/model/shipped", test_shipped);

  int status = g_test_run ();

  test_folder_remove (data_home);
  return status;
}
