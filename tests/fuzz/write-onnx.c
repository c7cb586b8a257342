/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Writes the .onnx files of the corpus from the text beside them:
 *   write-onnx corpus/onnx/attention.txt ... */
#include "onnx-writer.h"

#include <string.h>

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    g_file_get_contents (argv[i], &text, NULL, &error);
    g_assert_no_error (error);

    g_autoptr (GBytes) bytes = onnx_write (text);
    g_autofree char *stem =
      g_strndup (argv[i], strlen (argv[i]) - strlen (".txt"));
    g_autofree char *path = g_strconcat (stem, ".onnx", NULL);

    g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                         g_bytes_get_size (bytes), &error);
    g_assert_no_error (error);
  }
  return 0;
}
