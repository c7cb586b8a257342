/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as model.json, and as Hugging Face's two files, beside a small
 * network. */

#include "network/manifest.h"

#include "onnx-writer.h"
#include "support.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static SacNetwork *
get_network (void)
{
  static SacNetwork *network;

  if (network == NULL) {
    g_autoptr (GBytes) bytes =
      onnx_write ("input image float ?,3,?,?\n"
                  "output logits float ?,3\n"
                  "node _ GlobalAveragePool image -> pooled\n"
                  "node _ Flatten pooled -> logits\n");

    network = sac_network_parse (bytes, "fuzz", NULL);
    g_assert_nonnull (network);
  }
  return network;
}

static void
try_file (const char *folder,
          const char *name,
          const uint8_t *data,
          size_t size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  bool is_json = g_str_equal (name, "model.json");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, (const char *)data, size, NULL));

  SacManifest *manifest =
    sac_manifest_new (is_json ? path : NULL, folder, get_network (), &error);

  g_assert_true ((manifest == NULL) == (error != NULL));
  sac_manifest_free (manifest);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = {"model.json", "config.json",
                                      "preprocessor_config.json"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char *folder = test_folder_new ();

    try_file (folder, names[i], data, size);
    test_folder_remove (folder);
  }
  return 0;
}
