/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The methods on tokens that the reference cases hold no maps of, against maps
 * worked out here, matrix by matrix, from the reference's own attention and
 * gradients of all blocks. */
#include "explain-case.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { BLOCKS = 4 };

/* One sample of [1, heads, tokens, tokens] in each block. */
typedef struct {
  SacTensor *weights[BLOCKS], *gradients[BLOCKS];
  int heads, tokens, prefix, rows, columns;
  int class_index;
} Blocks;

static const char *
find_gradient (JsonObject *root, const char *tensor, Blocks *blocks)
{
  JsonArray *all = case_get_array (root, "gradients");

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *entry = json_array_get_object_element (all, i);

    if (strcmp (json_object_get_string_member (entry, "wrt"), tensor) == 0) {
      blocks->class_index = json_object_get_int_member (entry, "class");
      return json_object_get_string_member (entry, "file");
    }
  }
  g_assert_not_reached ();
}

static void
blocks_init (Blocks *self, const ExplainCase *loaded)
{
  JsonArray *all = case_get_array (loaded->root, "attention");
  JsonObject *relevance =
    json_array_get_object_element (case_get_array (loaded->root, "relevance"),
                                   0);
  JsonArray *grid = json_object_get_array_member (relevance, "grid");

  g_assert_cmpint (json_array_get_length (all), ==, BLOCKS);
  for (guint i = 0; i < BLOCKS; i++) {
    JsonObject *entry = json_array_get_object_element (all, i);
    const char *tensor = json_object_get_string_member (entry, "tensor");

    self->weights[i] =
      case_read_array (loaded->folder,
                       json_object_get_string_member (entry, "file"));
    self->gradients[i] =
      case_read_array (loaded->folder,
                       find_gradient (loaded->root, tensor, self));
  }
  self->heads = (int)self->weights[0]->shape.dims[1];
  self->tokens = (int)self->weights[0]->shape.dims[2];
  self->prefix = (int)json_object_get_int_member (relevance, "prefix_tokens");
  self->rows = (int)json_array_get_int_element (grid, 0);
  self->columns = (int)json_array_get_int_element (grid, 1);
}

static void
blocks_finish (Blocks *self)
{
  for (int i = 0; i < BLOCKS; i++) {
    sac_tensor_unref (self->weights[i]);
    sac_tensor_unref (self->gradients[i]);
  }
}

static double
at (const Blocks *self, SacTensor *const *of, int block, int head, int place)
{
  return sac_tensor_f32 (of[block])[head * self->tokens * self->tokens + place];
}

/* Column means of the last block. */
static void
key_importance (const Blocks *self, double *ret)
{
  for (int h = 0; h < self->heads; h++) {
    for (int i = 0; i < self->tokens * self->tokens; i++)
      ret[i % self->tokens] += at (self, self->weights, BLOCKS - 1, h, i) /
                               (self->heads * self->tokens);
  }
}

static void
legrad (const Blocks *self, double *ret)
{
  for (int b = 0; b < BLOCKS; b++) {
    for (int h = 0; h < self->heads; h++) {
      for (int i = 0; i < self->tokens * self->tokens; i++)
        ret[i % self->tokens] += fmax (0, at (self, self->gradients, b, h, i)) /
                                 (BLOCKS * self->heads * self->tokens);
    }
  }
}

static void
attention_grad_cam (const Blocks *self, double *ret)
{
  for (int h = 0; h < self->heads; h++) {
    double weight = 0;

    for (int i = self->prefix; i < self->tokens; i++)
      weight += at (self, self->gradients, BLOCKS - 1, h, i) /
                (self->tokens - self->prefix);
    for (int i = 0; i < self->tokens; i++)
      ret[i] +=
        weight * at (self, self->weights, BLOCKS - 1, h, i) / self->heads;
  }
  for (int i = 0; i < self->tokens; i++)
    ret[i] = fmax (0, ret[i]);
}

/* (I + B) with rows that sum to 1. */
static void
rollout_block (const Blocks *self, int block, double *ret)
{
  int n = self->tokens;

  for (int i = 0; i < n; i++) {
    double sum = 0;

    for (int k = 0; k < n; k++) {
      double mean = 0;

      for (int h = 0; h < self->heads; h++)
        mean += at (self, self->weights, block, h, i * n + k) *
                at (self, self->gradients, block, h, i * n + k) / self->heads;
      ret[i * n + k] = fmax (0, mean) + (i == k);
      sum += ret[i * n + k];
    }
    for (int k = 0; k < n; k++)
      ret[i * n + k] /= sum;
  }
}

/* The whole product from the first block on, then its first row. */
static void
gradient_rollout (const Blocks *self, double *ret)
{
  int n = self->tokens;
  g_autofree double *product = g_new0 (double, n *n);
  g_autofree double *block = g_new (double, n *n);
  g_autofree double *next = g_new (double, n *n);

  for (int i = 0; i < n; i++)
    product[i * n + i] = 1;
  for (int b = 0; b < BLOCKS; b++) {
    rollout_block (self, b, block);
    for (int i = 0; i < n * n; i++) {
      next[i] = 0;
      for (int k = 0; k < n; k++)
        next[i] += block[i / n * n + k] * product[k * n + i % n];
    }
    memcpy (product, next, n * n * sizeof *product);
  }
  memcpy (ret, product, n * sizeof *ret);
}

typedef struct {
  const char *method;
  void (*work_out) (const Blocks *blocks, double *ret);
} Kind;

static const Kind kinds[] = {
  {"key-importance", key_importance},
  {"legrad", legrad},
  {"attention-grad-cam", attention_grad_cam},
  {"gradient-rollout", gradient_rollout},
};

static void
check_method (const ExplainCase *loaded,
              const Blocks *blocks,
              SacTensor **inputs,
              const Kind *kind)
{
  g_autoptr (GError) error = NULL;
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .class_index = blocks->class_index,
  };
  g_autoptr (SacMap) map =
    sac_method_run (sac_method_find (kind->method), &request, NULL, &error);
  int cells = blocks->rows * blocks->columns;
  g_autofree double *tokens = g_new0 (double, blocks->tokens);
  g_autofree float *expected = g_new (float, cells);
  g_autofree float *shown = g_new (float, cells);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, blocks->rows);
  g_assert_cmpint (map->columns, ==, blocks->columns);
  kind->work_out (blocks, tokens);
  for (int i = 0; i < cells; i++) {
    expected[i] = (float)tokens[blocks->prefix + i];
    shown[i] = sac_map_shown (map, i);
  }
  test_assert_close (shown, expected, cells,
                     explain_case_tolerance (loaded, "relevance"),
                     kind->method);
}

static void
test_tokens (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  Blocks blocks;

  if (loaded == NULL)
    return;
  blocks_init (&blocks, loaded);

  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    check_method (loaded, &blocks, inputs, &kinds[i]);
  case_free_inputs (network, inputs);
  blocks_finish (&blocks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/explain/tokens/vit", "vit", test_tokens);
  g_test_add_data_func ("/explain/tokens/deit", "deit", test_tokens);
  g_test_add_data_func ("/explain/tokens/dinov2", "dinov2", test_tokens);
  return g_test_run ();
}
