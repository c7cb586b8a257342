/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* External data: where the reader may look, and where not. */
#include "network/network.h"

#include "base/error.h"
#include "onnx-writer.h"
#include "support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const float weights[] = {1, 2, 3, 4};

static void
put_pair (GByteArray *tensor, const char *key, const char *value)
{
  GByteArray *pair = g_byte_array_new ();

  onnx_put_text (pair, 1, key);
  onnx_put_text (pair, 2, value);
  onnx_put_message (tensor, 13, pair);
}

/* y = x + w with w [2] in the file at `location`, from byte `offset`. */
static void
write_network (const char *folder, const char *location, const char *offset)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (GBytes) rest = onnx_write ("input x float 2\n"
                                        "node a Add x,w -> y\n"
                                        "output y float 2\n");
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *graph = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (rest, &size);
  /* The graph is the last field and shorter than 128 bytes. */
  gsize start = size - 1;

  while (data[start] != 0x3a || data[start + 1] != size - start - 2)
    start--;
  onnx_put_int (tensor, 1, 2);
  onnx_put_int (tensor, 2, 1);
  onnx_put_text (tensor, 8, "w");
  put_pair (tensor, "location", location);
  put_pair (tensor, "offset", offset);
  put_pair (tensor, "length", "8");
  onnx_put_int (tensor, 14, 1);
  g_byte_array_append (graph, data + start + 2, size - start - 2);
  onnx_put_message (graph, 5, tensor);
  g_byte_array_append (file, data, start);
  onnx_put_message (file, 7, graph);
  g_assert_true (
    g_file_set_contents (path, (const char *)file->data, file->len, NULL));
}

static SacNetwork *
load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);

  return sac_network_load (path, NULL, error);
}

static void
write_weights (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (
    g_file_set_contents (path, (const char *)weights, sizeof weights, NULL));
}

static void
check_refused (const char *folder, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = load (folder, &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_below (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *inner = g_build_filename (folder, "data", NULL);

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  write_weights (inner, "w.bin");
  write_network (folder, "data/w.bin", "8");

  g_autoptr (SacNetwork) network = load (folder, &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);
  const SacTensor *w =
    graph->values[sac_graph_find_value (graph, "w")].constant;

  g_assert_cmpfloat (sac_tensor_f32 (w)[0], ==, 3);
  g_assert_cmpfloat (sac_tensor_f32 (w)[1], ==, 4);
  test_folder_remove (folder);
}

static void
test_ranges (void)
{
  char *folder = test_folder_new ();

  write_weights (folder, "w.bin");
  write_network (folder, "w.bin", "9");
  check_refused (folder, SAC_ERROR_DAMAGED, "8 bytes at 9");
  write_network (folder, "w.bin", "18446744073709551612");
  check_refused (folder, SAC_ERROR_DAMAGED, "not a size");
  write_network (folder, "w.bin", "9223372036854775807");
  check_refused (folder, SAC_ERROR_DAMAGED, "8 bytes at 9223372036854775807");
  test_folder_remove (folder);
}

static void
test_links (void)
{
  char *folder = test_folder_new ();
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *outside = g_build_filename (folder, "w.bin", NULL);
  g_autofree char *file_link = g_build_filename (inner, "link.bin", NULL);
  g_autofree char *folder_link = g_build_filename (inner, "up", NULL);
  g_autofree char *hard_link = g_build_filename (inner, "hard.bin", NULL);

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  write_weights (folder, "w.bin");
  g_assert_cmpint (symlink (outside, file_link), ==, 0);
  g_assert_cmpint (symlink ("..", folder_link), ==, 0);
  g_assert_cmpint (link (outside, hard_link), ==, 0);
  write_network (inner, "link.bin", "0");
  check_refused (inner, SAC_ERROR_UNREADABLE, "symbolic link");
  write_network (inner, "up/w.bin", "0");
  check_refused (inner, SAC_ERROR_UNREADABLE, "up/w.bin");
  write_network (inner, "hard.bin", "0");
  check_refused (inner, SAC_ERROR_UNREADABLE, "hard links");
  test_folder_remove (folder);
}

static void
test_places (void)
{
  char *folder = test_folder_new ();
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL);
  g_autofree char *absolute = g_build_filename (folder, "w.bin", NULL);

  write_weights (folder, "w.bin");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  write_network (folder, "pipe", "0");
  check_refused (folder, SAC_ERROR_UNREADABLE, "not a regular file");
  write_network (folder, absolute, "0");
  check_refused (folder, SAC_ERROR_DAMAGED, "not a plain path");
  write_network (folder, "./w.bin", "0");
  check_refused (folder, SAC_ERROR_DAMAGED, "not a plain path");
  write_network (folder, "a/../w.bin", "0");
  check_refused (folder, SAC_ERROR_DAMAGED, "not a plain path");
  write_network (folder, "w.bin/", "0");
  check_refused (folder, SAC_ERROR_DAMAGED, "not a plain path");
  write_network (folder, "absent.bin", "0");
  check_refused (folder, SAC_ERROR_UNREADABLE, "absent.bin");
  test_folder_remove (folder);
}

/* Bytes without a file have no folder to look into. */
static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  char *data;
  gsize size;

  write_weights (folder, "w.bin");
  write_network (folder, "w.bin", "0");
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));

  g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);
  g_autoptr (SacNetwork) network = sac_network_parse (bytes, "memory", &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                     "without a folder");
  test_folder_remove (folder);
}

static void
test_unreadable (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();

  check_refused (folder, SAC_ERROR_UNREADABLE, "model.onnx: cannot be read");

  g_autoptr (SacNetwork) network = sac_network_load (folder, NULL, &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                     "not a regular file");
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/external/below", test_below);
  g_test_add_func ("/external/ranges", test_ranges);
  g_test_add_func ("/external/links", test_links);
  g_test_add_func ("/external/places", test_places);
  g_test_add_func ("/external/parse", test_parse);
  g_test_add_func ("/external/unreadable", test_unreadable);
  return g_test_run ();
}
