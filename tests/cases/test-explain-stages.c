/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Rollout through shifted windows and merged patches, against the product of
 * whole matrices made from the reference's own attention: windows laid back and
 * shifts undone in each block, a quarter of a merged token's share for each of
 * its four places. */
#include "explain-case.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 4, BLOCKS_MAX = 4 };

typedef struct {
  const char *name;
  int rows, columns; /* of the first stage */
  int blocks, merge; /* merging before block `merge` */
  int shifts[BLOCKS_MAX];
} Stages;

static const Stages all[] = {
  {"swin", 16, 16, 4, 2, {0, 2, 0, 2}},
  {"swin_unfolded", 16, 24, 3, 2, {0, 2, 0}},
};

/* Place of token `t` of window `w`, in a grid that was rolled by -shift. */
static int
place (int rows, int columns, int shift, int w, int t)
{
  int across = columns / WINDOW;
  int row = w / across * WINDOW + t / WINDOW;
  int column = w % across * WINDOW + t % WINDOW;

  return (row + shift) % rows * columns + (column + shift) % columns;
}

/* row x 0.5 (mean over heads of A + I), the first sample's. */
static void
take_block (
  const SacTensor *weights, int rows, int columns, int shift, double *row)
{
  enum { T = WINDOW * WINDOW };
  int windows = rows * columns / T, heads = (int)weights->shape.dims[1];
  const float *a = sac_tensor_f32 (weights);
  g_autofree double *next = g_new0 (double, rows *columns);

  for (int i = 0; i < windows * T * T; i++) {
    int w = i / (T * T), q = i / T % T, k = i % T;
    double mean = 0;

    for (int h = 0; h < heads; h++)
      mean += a[((w * heads + h) * T + q) * T + k] / heads;
    next[place (rows, columns, shift, w, k)] +=
      0.5 * mean * row[place (rows, columns, shift, w, q)];
  }
  for (int i = 0; i < rows * columns; i++)
    row[i] = next[i] + 0.5 * row[i];
}

static void
work_out (const ExplainCase *loaded, const Stages *stages, double *row)
{
  JsonArray *entries = case_get_array (loaded->root, "attention");
  int rows = stages->rows / 2, columns = stages->columns / 2;

  for (int i = 0; i < rows * columns; i++)
    row[i] = 1.0 / (rows * columns);
  for (int b = stages->blocks; b-- > 0;) {
    JsonObject *entry = json_array_get_object_element (entries, b);
    g_autoptr (SacTensor) weights =
      case_read_array (loaded->folder,
                       json_object_get_string_member (entry, "file"));

    take_block (weights, rows, columns, stages->shifts[b], row);
    if (b != stages->merge)
      continue;

    g_autofree double *merged = g_memdup2 (row, rows * columns * sizeof *row);

    for (int i = 0; i < rows * columns * 4; i++)
      row[i] =
        merged[i / (2 * columns) / 2 * columns + i % (2 * columns) / 2] / 4;
    rows *= 2;
    columns *= 2;
  }
}

static void
test_stages (const void *data)
{
  const Stages *stages = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ExplainCase) loaded = explain_case_new (stages->name);
  int cells = stages->rows * stages->columns;
  g_autofree double *row = g_new0 (double, cells);
  g_autofree float *expected = g_new (float, cells);

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
  };
  g_autoptr (SacMap) map =
    sac_method_run (sac_method_find ("rollout"), &request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, stages->rows);
  g_assert_cmpint (map->columns, ==, stages->columns);
  work_out (loaded, stages, row);
  for (int i = 0; i < cells; i++)
    expected[i] = (float)row[i];
  test_assert_close (map->values, expected, cells, 1e-4, stages->name);

  /* The last stage alone, on its own grid. */
  request.params = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (request.params, "start_layer", "2");

  g_autoptr (SacMap) last =
    sac_method_run (sac_method_find ("rollout"), &request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (last->rows, ==, stages->rows / 2);
  g_hash_table_unref (request.params);
  case_free_inputs (network, inputs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autofree char *path = g_strconcat ("/explain/stages/", all[i].name, NULL);

    g_test_add_data_func (path, &all[i], test_stages);
  }
  return g_test_run ();
}
