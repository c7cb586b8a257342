/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* saccade-cli slide and merge: what they leave behind, and that going on, or
 * joining shards, leaves the same. */
#include "command.h"
#include "onnx-writer.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

#define MODEL "pcam-resnet18"
#define SLIDE "demo:slide:2400x1800,pattern=512,step=2"

/* What two equal runs leave alike.  Pictures tell when they were made. */
static const char *const written[] = {
  "summary.json",
  MODEL "/tiles.csv",
  MODEL "/tiles.geojson",
  MODEL "/map-tumor.tif",
  MODEL "/regions-tumor.geojson",
  MODEL "/grad-cam.tif",
  MODEL "/top-tiles.png",
};

static Command *
run (const char *slide, const char *out, const char *option, const char *value)
{
  return command_run ("slide", MODEL, slide, "--all", "--method", "grad-cam",
                      "--class", "tumor", "--batch", "16", "--out", out, option,
                      value, NULL);
}

static gint64
get_number (const Command *command, const char *key)
{
  g_autoptr (JsonNode) node = command_get_json (command, 0);

  return json_object_get_int_member (json_node_get_object (node), key);
}

#define CREATED "\"created\":\""
#define TIME_LENGTH strlen ("2026-01-01T00:00:00.000000Z")

/* Without the time at which it was begun. */
static char *
read_file (const char *folder, const char *name, gsize *ret_size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *content;

  g_file_get_contents (path, &content, ret_size, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i + strlen (CREATED) + TIME_LENGTH < *ret_size; i++)
    if (strncmp (content + i, CREATED, strlen (CREATED)) == 0)
      memset (content + i + strlen (CREATED), '-', TIME_LENGTH);
  return content;
}

static bool
exists (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, MODEL, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static void
assert_same (const char *a, const char *b)
{
  for (size_t i = 0; i < G_N_ELEMENTS (written); i++) {
    gsize a_size, b_size;
    g_autofree char *left = read_file (a, written[i], &a_size);
    g_autofree char *right = read_file (b, written[i], &b_size);

    if (a_size != b_size || memcmp (left, right, a_size) != 0) {
      g_test_message ("%s differs", written[i]);
      g_test_fail ();
    }
  }
}

/* Whole; whole once more, with nothing left to do; two shards, merged. */
static void
test_same (void)
{
  char *folder = test_folder_new ();
  g_autofree char *whole = g_build_filename (folder, "whole", NULL);
  g_autofree char *first = g_build_filename (folder, "1", NULL);
  g_autofree char *second = g_build_filename (folder, "2", NULL);
  g_autofree char *merged = g_build_filename (folder, "merged", NULL);
  g_autofree char *early = g_build_filename (folder, "early", NULL);
  g_autoptr (Command) one = run (SLIDE, whole, "--shard", "1/1");
  g_autoptr (Command) again = run (SLIDE, whole, "--shard", "1/1");
  g_autoptr (Command) left = run (SLIDE, first, "--shard", "1/2");
  g_autoptr (Command) too_early =
    command_run ("merge", first, "--out", early, NULL);
  g_autoptr (Command) right = run (SLIDE, second, "--shard", "2/2");
  g_autoptr (Command) join =
    command_run ("merge", second, first, "--out", merged, NULL);

  command_assert_status (one, 0);
  command_assert_status (again, 0);
  command_assert_status (left, 0);
  command_assert_status (right, 0);
  command_assert_status (join, 0);
  command_assert_status (too_early, 1);
  command_assert_error (too_early, "shard 2 of 2 is missing");
  g_assert_true (exists (whole, "overview-tumor.png"));
  g_assert_true (exists (whole, "grad-cam.png"));
  g_assert_cmpint (get_number (one, "tiles"), ==, 13 * 10);
  g_assert_cmpint (get_number (again, "resumed"), ==, 13 * 10);
  g_assert_cmpint (get_number (left, "tiles") + get_number (right, "tiles"), ==,
                   13 * 10);
  assert_same (whole, merged);
  test_folder_remove (folder);
}

/* A pooling model of the shipped tile model's features, in a folder. */
static char *
write_pooling (const char *folder)
{
  char *pooling = g_build_filename (folder, "pool", NULL);
  g_autofree char *network = g_build_filename (pooling, "model.onnx", NULL);
  g_autofree char *manifest = g_build_filename (pooling, "model.json", NULL);
  g_autoptr (GString) text = g_string_new ("opset 13\ninput bag float ?,256\n"
                                           "init w float 256,1");

  for (int i = 0; i < 256; i++)
    g_string_append_printf (text, " 0.0%d", i % 7);
  g_string_append (text, "\ninit head float 2,256");
  for (int i = 0; i < 512; i++)
    g_string_append_printf (text, " %s0.0%d", i % 3 == 0 ? "-" : "", i % 5);
  g_string_append (text, "\ninit b float 2 0.5 -0.5\n"
                         "node _ MatMul bag,w -> s\n"
                         "node _ Transpose s -> row perm=is:1,0\n"
                         "node _ Softmax row -> a axis=i:1\n"
                         "node _ MatMul a,bag -> z\n"
                         "node _ Gemm z,head,b -> logits transB=i:1\n"
                         "output logits float 1,2\n");

  g_autoptr (GBytes) bytes = onnx_write (text->str);

  g_mkdir (pooling, 0777);
  g_assert_true (g_file_set_contents (network, g_bytes_get_data (bytes, NULL),
                                      (gssize)g_bytes_get_size (bytes), NULL));
  g_assert_true (
    g_file_set_contents (manifest,
                         "{\"id\": \"pool\", \"file\": \"model.onnx\", "
                         "\"inputs\": [{\"role\": "
                         "\"bag\", \"encoder\": {\"model\": \"" MODEL
                         "\", \"value\": \"/Flatten_output_0\"}}]}",
                         -1, NULL));
  return pooling;
}

#define POOL_SLIDE "demo:slide:1200x900,pattern=512,step=2"

/* A pooling model in one go and in shards: the same; beside the tiles' map. */
static void
test_pooling (void)
{
  char *folder = test_folder_new ();
  g_autofree char *pooling = write_pooling (folder);
  g_autofree char *whole = g_build_filename (folder, "whole", NULL);
  g_autofree char *first = g_build_filename (folder, "1", NULL);
  g_autofree char *second = g_build_filename (folder, "2", NULL);
  g_autofree char *merged = g_build_filename (folder, "merged", NULL);
  g_autofree char *bad = g_build_filename (folder, "bad", NULL);
  g_autoptr (Command) one = command_run ("slide", pooling, POOL_SLIDE, "--all",
                                         "--batch", "8", "--out", whole, NULL);
  g_autoptr (Command) left =
    command_run ("slide", pooling, POOL_SLIDE, "--all", "--batch", "8", "--out",
                 first, "--shard", "1/2", NULL);
  g_autoptr (Command) right =
    command_run ("slide", pooling, POOL_SLIDE, "--all", "--batch", "8", "--out",
                 second, "--shard", "2/2", NULL);
  g_autoptr (Command) join =
    command_run ("merge", first, second, "--out", merged, NULL);
  g_autoptr (Command) nowhere =
    command_run ("slide", pooling, POOL_SLIDE, "--encoder", MODEL ":/nowhere",
                 "--all", "--out", bad, NULL);
  static const char *const alike[] = {"summary.json", "pool/tiles.csv",
                                      "pool/attention.tif",
                                      "pool/class-evidence-1.tif"};
  static const char *const there[] = {"pool/attention.png",
                                      "pool/attention-raw.tif",
                                      "pool/attention-percentile.tif",
                                      "pool/attention-beside-tiles.png",
                                      "pool/class-evidence-0.png",
                                      MODEL "/map-tumor.tif"};

  command_assert_status (one, 0);
  command_assert_status (left, 0);
  command_assert_status (right, 0);
  command_assert_status (join, 0);
  command_assert_status (nowhere, 1);
  command_assert_error (nowhere, "has no value");
  for (size_t i = 0; i < G_N_ELEMENTS (alike); i++) {
    gsize a_size, b_size;
    g_autofree char *a = read_file (whole, alike[i], &a_size);
    g_autofree char *b = read_file (merged, alike[i], &b_size);

    g_assert_cmpmem (a, a_size, b, b_size);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (there); i++) {
    g_autofree char *path = g_build_filename (whole, there[i], NULL);

    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }
  test_folder_remove (folder);
}

/* What a disk without room leaves is gone on with when there is some.  Files of
 * at most 120 blocks stand for the disk. */
static void
test_full (void)
{
  char *folder = test_folder_new ();
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *whole = g_build_filename (folder, "whole", NULL);
  g_autoptr (Command) full =
    command_run_limited ("120", "slide", MODEL, SLIDE, "--all", "--method",
                         "grad-cam", "--class", "tumor", "--batch", "16",
                         "--out", out, NULL);
  g_autoptr (Command) rest = run (SLIDE, out, "--shard", "1/1");
  g_autoptr (Command) one = run (SLIDE, whole, "--shard", "1/1");

  command_assert_status (full, 1);
  g_assert_nonnull (strstr (full->err, "make room"));
  command_assert_status (rest, 0);
  command_assert_status (one, 0);
  g_assert_cmpint (get_number (rest, "resumed"), >, 0);
  assert_same (whole, out);
  test_folder_remove (folder);
}

static void
test_refused (void)
{
  char *folder = test_folder_new ();
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (Command) photo =
    command_run ("slide", MODEL, "demo:dermoscopy", "--out", out, NULL);
  g_autoptr (Command) other =
    command_run ("slide", "derm-resnet18", "demo:slide", "--all", "--out", out,
                 NULL);
  g_autoptr (Command) shard =
    command_run ("slide", MODEL, SLIDE, "--shard", "3/2", "--out", out, NULL);
  g_autoptr (Command) classless =
    command_run ("slide", MODEL, SLIDE, "--all", "--method", "grad-cam",
                 "--out", out, NULL);
  g_autoptr (Command) nothing = command_run ("merge", out, "--out", out, NULL);

  command_assert_status (photo, 1);
  command_assert_error (photo, "not enough detail");
  command_assert_status (other, 1);
  command_assert_error (other, "--model-mpp");
  command_assert_status (shard, 2);
  command_assert_status (classless, 1);
  command_assert_error (classless, "say which");
  command_assert_status (nothing, 1);
  command_assert_error (nothing, "name the folder of a run");
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_test_add_func ("/cli-slide/same", test_same);
  g_test_add_func ("/cli-slide/pooling", test_pooling);
  g_test_add_func ("/cli-slide/full", test_full);
  g_test_add_func ("/cli-slide/refused", test_refused);
  return g_test_run ();
}
