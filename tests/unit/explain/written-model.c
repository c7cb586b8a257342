/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "written-model.h"

#include "onnx-writer.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* "noise w 2,3" as "init w float 2,3 0.1 -0.2 ...". */
static void
add_noise (GString *to, const char *line, guint32 *state)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_auto (GStrv) sizes = g_strsplit (words[2], ",", -1);
  int count = 1;

  for (int i = 0; sizes[i] != NULL; i++)
    count *= atoi (sizes[i]);
  g_string_append_printf (to, "init %s float %s", words[1], words[2]);
  for (int i = 0; i < count; i++) {
    *state = *state * 1664525u + 1013904223u;
    g_string_append_printf (to, " %.4f", (*state >> 8) / 16777216.0 - 0.5);
  }
  g_string_append_c (to, '\n');
}

static GBytes *
write_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) whole = g_string_new (NULL);
  guint32 state = 1;

  for (int i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "noise "))
      add_noise (whole, lines[i], &state);
    else
      g_string_append_printf (whole, "%s\n", lines[i]);
  }
  return onnx_write (whole->str);
}

SacNetwork *
written_network_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = write_text (text);
  SacNetwork *network = sac_network_parse (bytes, "written", &error);

  g_assert_no_error (error);
  return network;
}

SacModel *
written_model_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = write_text (text);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                       g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);

  SacModel *model = sac_model_open (path, NULL, &error);

  g_assert_no_error (error);
  test_folder_remove (folder);
  return model;
}

SacPlan *
written_plan_new (SacNetwork *network, const SacShape *shape)
{
  g_autoptr (GError) error = NULL;
  SacPlan *plan =
    sac_plan_new (network, &(SacPlanRequest){.input_shapes = shape}, NULL,
                  &error);

  g_assert_no_error (error);
  return plan;
}

SacTensor *
written_input_new (const SacShape *shape, guint32 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, &error);

  g_assert_no_error (error);
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)g_rand_double_range (rand, -1, 1);
  return tensor;
}

SacMap *
written_run (const char *method,
             SacExplainRequest *request,
             const char *params,
             GError **error)
{
  g_autoptr (GHashTable) table =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) pairs = g_strsplit (params != NULL ? params : "", " ", -1);
  SacExplainRequest own = *request;

  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    if (g_strv_length (pair) == 2)
      g_hash_table_insert (table, g_strdup (pair[0]), g_strdup (pair[1]));
  }
  own.params = params != NULL ? table : NULL;

  SacMap *map = sac_method_run (sac_method_find (method), &own, NULL, error);

  g_assert (map == NULL || *error == NULL);
  return map;
}
