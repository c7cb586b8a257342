/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention of neighbourhoods and windows on the image's own grid: the stored
 * probabilities, laid out here by the rule of each network, against the map
 * that the method makes of what it finds in the graph. */
#include "explain-case.h"
#include "support.h"

#include <string.h>

typedef struct {
  const char *name;
  guint block;
  int heads;
  int rows, columns;
  int window; /* side; of a neighbourhood: its side */
  int shift;  /* the grid is rolled up and left by so much before it is cut */
  bool local;
  bool keys_first; /* local: probabilities are [heads, keys, queries] */
  int64_t batch;
} Places;

static const Places places[] = {
  {"resnet18_lsa", 0, 2, 7, 7, 3, .local = true, .keys_first = true},
  {"resnet18_lsa", 1, 2, 4, 4, 3, .local = true, .keys_first = true},
  {"efficientnet_lsa", 1, 2, 4, 4, 5, .local = true, .keys_first = true},
  {"swin", 0, 2, 16, 16, 4},
  {"swin", 1, 2, 16, 16, 4, .shift = 2},
  {"swin", 3, 3, 8, 8, 4, .shift = 2},
  {"swin_unfolded", 1, 3, 16, 24, 4, .shift = 2, .batch = 1},
  {"davit", 4, 3, 8, 8, 4},
  {"sam", 0, 3, 10, 10, 4},
  {"sam", 2, 3, 10, 10, 4},
  {"sam_op11", 1, 2, 8, 10, 3},
};

/* What each place received, and from how many. */
typedef struct {
  double *sums;
  int *counts;
} Received;

static void
receive (Received *received, int place, double weight)
{
  received->sums[place] += weight;
  received->counts[place]++;
}

static double
mean_of_heads (const float *weights, int heads, int64_t stride, int64_t at)
{
  double sum = 0;

  for (int h = 0; h < heads; h++)
    sum += weights[h * stride + at];
  return sum / heads;
}

static void
lay_out_local (const Places *rule, const float *weights, Received *received)
{
  int queries = rule->rows * rule->columns, half = rule->window / 2;
  int keys = rule->window * rule->window;

  for (int q = 0; q < queries; q++) {
    for (int k = 0; k < keys; k++) {
      int row = q / rule->columns + k / rule->window - half;
      int column = q % rule->columns + k % rule->window - half;
      int64_t at = rule->keys_first ? k * queries + q : q * keys + k;

      if (row >= 0 && row < rule->rows && column >= 0 && column < rule->columns)
        receive (received, row * rule->columns + column,
                 mean_of_heads (weights, rule->heads, queries * keys, at));
    }
  }
}

/* The place of token t of window w, or -1 where the grid was padded. */
static int
place_of (const Places *rule, int w, int t)
{
  int side = rule->window;
  int across = (rule->columns + side - 1) / side;
  int down = (rule->rows + side - 1) / side;
  int row = w / across * side + t / side + rule->shift;
  int column = w % across * side + t % side + rule->shift;

  row %= down * side;
  column %= across * side;
  if (row >= rule->rows || column >= rule->columns)
    return -1;
  return row * rule->columns + column;
}

static void
lay_out_windows (const Places *rule, const float *weights, Received *received)
{
  int side = rule->window, tokens = side * side;
  int windows =
    (rule->rows + side - 1) / side * ((rule->columns + side - 1) / side);
  int64_t matrix = (int64_t)tokens * tokens;

  weights += rule->batch * windows * rule->heads * matrix;
  for (int w = 0; w < windows; w++) {
    for (int64_t i = 0; i < matrix; i++) {
      int from = place_of (rule, w, i / tokens);
      int to = place_of (rule, w, i % tokens);

      if (from >= 0 && to >= 0)
        receive (received, to,
                 mean_of_heads (weights + w * rule->heads * matrix, rule->heads,
                                matrix, i));
    }
  }
}

static float *
expected_map (const Places *rule, const SacTensor *weights)
{
  int count = rule->rows * rule->columns;
  float *map = g_new (float, count);
  g_autofree double *sums = g_new0 (double, count);
  g_autofree int *counts = g_new0 (int, count);
  Received received = {sums, counts};

  if (rule->local)
    lay_out_local (rule, sac_tensor_f32 (weights), &received);
  else
    lay_out_windows (rule, sac_tensor_f32 (weights), &received);
  for (int i = 0; i < count; i++)
    map[i] = (float)(sums[i] / counts[i]);
  return map;
}

static void
test_places (const void *data)
{
  const Places *rule = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ExplainCase) loaded = explain_case_new (rule->name);

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  JsonObject *entry =
    json_array_get_object_element (case_get_array (loaded->root, "attention"),
                                   rule->block);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
  g_autoptr (SacTensor) weights =
    case_read_array (loaded->folder,
                     json_object_get_string_member (entry, "file"));
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .batch = rule->batch,
    .layer = json_object_get_string_member (entry, "tensor"),
  };
  g_autoptr (SacMap) map =
    sac_method_run (sac_method_find ("attention"), &request, NULL, &error);
  g_autofree float *expected = expected_map (rule, weights);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, rule->rows);
  g_assert_cmpint (map->columns, ==, rule->columns);
  test_assert_close (map->values, expected, rule->rows * rule->columns, 1e-4,
                     request.layer);
  case_free_inputs (network, inputs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_strdup_printf ("/explain/places/%s/%u",
                                             places[i].name, places[i].block);

    g_test_add_data_func (path, &places[i], test_places);
  }
  return g_test_run ();
}
