/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two images through one encoder: asked for either input, a method takes that
 * input's own branch, the attention that its own places receive, and its
 * geometry. */
#include "base/error.h"
#include "explain-case.h"
#include "support.h"

#include <string.h>

/* Of each input, in order. */
typedef struct {
  const char *name;
  const char *layers[2];
  const char *attentions[2];
} Pair;

static const Pair pairs[] = {
  {"ssn",
   {"/stages.2/stages.2.1/Relu_output_0",
    "/stages.2/stages.2.1_1/Relu_output_0"},
   {"/cross_1/Softmax_output_0", "/cross/Softmax_output_0"}},
  {"ssn_two_rounds",
   {"/stages.2/stages.2.0/Relu_output_0",
    "/stages.2/stages.2.0_1/Relu_output_0"},
   {"/cross_1/Softmax_output_0", "/cross/Softmax_output_0"}},
};

typedef struct {
  ExplainCase *loaded;
  SacTensor **inputs;
  SacGeometry geometries[2];
  const SacGeometry *shown[2];
  SacExplainRequest request;
} Both;

static size_t
find_output (const ExplainCase *loaded, const char *name)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (loaded->model));

  for (size_t i = 0; i < graph->output_count; i++) {
    if (strcmp (graph->values[graph->outputs[i]].name, name) == 0)
      return i;
  }
  g_assert_not_reached ();
}

static void
both_init (Both *self, ExplainCase *loaded)
{
  self->loaded = loaded;
  self->inputs = explain_case_read_inputs (loaded, loaded->root);
  for (int i = 0; i < 2; i++) {
    self->geometries[i] =
      (SacGeometry){.image_width = 100 + i, .image_height = 200 + i};
    self->shown[i] = &self->geometries[i];
  }
  self->request = (SacExplainRequest){
    .model = loaded->model,
    .inputs = (const SacTensor *const *)self->inputs,
    .geometries = self->shown,
  };
}

static void
both_finish (Both *self)
{
  case_free_inputs (sac_model_get_network (self->loaded->model), self->inputs);
}

static SacMap *
run (Both *self, const char *method, const char *layer)
{
  g_autoptr (GError) error = NULL;
  SacMap *map =
    sac_method_run (sac_method_find (method), &self->request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (map->provenance, "layer"), ==,
                   layer);
  g_assert_true (map->has_geometry);
  g_assert_cmpint (map->geometry.image_width, ==,
                   self->geometries[self->request.input].image_width);
  return map;
}

/* Every Grad-CAM of the case, by the input and without its layer's name. */
static void
check_branches (Both *self, const Pair *pair)
{
  JsonArray *all = case_get_array (self->loaded->root, "gradcam");
  guint checked = 0;

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *entry = json_array_get_object_element (all, i);
    const char *layer = json_object_get_string_member (entry, "layer");
    const char *file = json_object_get_string_member (entry, "file");
    bool second = strcmp (layer, pair->layers[1]) == 0;

    if (!second && strcmp (layer, pair->layers[0]) != 0)
      continue;

    g_autoptr (SacTensor) expected =
      case_read_array (self->loaded->folder, file);

    self->request.input = second;
    self->request.output =
      find_output (self->loaded,
                   json_object_get_string_member (entry, "output"));
    self->request.class_index = json_object_get_int_member (entry, "class");
    self->request.batch = json_object_get_int_member (entry, "batch");

    g_autoptr (SacMap) map = run (self, "grad-cam", layer);
    g_autofree float *shown = g_new (float, map->rows * map->columns);

    for (int k = 0; k < map->rows * map->columns; k++)
      shown[k] = sac_map_shown (map, k);
    test_assert_close (shown, sac_tensor_f32 (expected),
                       map->rows * map->columns,
                       explain_case_tolerance (self->loaded, "gradcam"), file);
    checked++;
  }
  g_assert_cmpint (checked, >=, 8);
}

/* The reference's own weights of that value: [samples, heads, queries, keys].
 */
static SacTensor *
read_weights (const ExplainCase *loaded, const char *tensor)
{
  JsonArray *all = case_get_array (loaded->root, "attention");

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *entry = json_array_get_object_element (all, i);

    if (strcmp (json_object_get_string_member (entry, "tensor"), tensor) == 0)
      return case_read_array (loaded->folder,
                              json_object_get_string_member (entry, "file"));
  }
  g_assert_not_reached ();
}

/* What each place of the input receives from the other image: the mean over
 * heads and queries, and nothing is lost. */
static void
check_attention (Both *self, const Pair *pair, size_t input)
{
  const char *layer = pair->attentions[input];
  g_autoptr (SacTensor) weights = read_weights (self->loaded, layer);
  const int64_t *dims = weights->shape.dims;
  g_autofree float *expected = g_new0 (float, dims[3]);

  self->request.input = input;
  self->request.output = find_output (self->loaded, "fused_diag");
  for (int64_t sample = 0; sample < dims[0]; sample++) {
    const float *from =
      sac_tensor_f32 (weights) + sample * dims[1] * dims[2] * dims[3];

    self->request.batch = sample;
    memset (expected, 0, dims[3] * sizeof *expected);
    for (int64_t i = 0; i < dims[1] * dims[2] * dims[3]; i++)
      expected[i % dims[3]] += from[i] / (float)(dims[1] * dims[2]);

    g_autoptr (SacMap) attention = run (self, "attention", layer);
    g_autoptr (SacMap) importance = run (self, "key-importance", layer);
    double sum = 0;

    g_assert_cmpint (attention->rows * attention->columns, ==, dims[3]);
    test_assert_close (attention->values, expected, dims[3],
                       explain_case_tolerance (self->loaded, "attention"),
                       layer);
    test_assert_close (importance->values, attention->values, dims[3], 0,
                       layer);
    for (int64_t i = 0; i < dims[3]; i++)
      sum += attention->values[i];
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  }
}

/* One place of the other image asks: the mean over heads of its row, and the
 * map says whose places ask. */
static void
check_query (Both *self, const Pair *pair, size_t input)
{
  enum { ASKED = 5 };
  const char *layer = pair->attentions[input];
  g_autoptr (SacTensor) weights = read_weights (self->loaded, layer);
  const int64_t *dims = weights->shape.dims;
  const float *from = sac_tensor_f32 (weights);
  g_autofree float *expected = g_new0 (float, dims[3]);
  g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);

  for (int64_t head = 0; head < dims[1]; head++)
    for (int64_t i = 0; i < dims[3]; i++)
      expected[i] +=
        from[(head * dims[2] + ASKED) * dims[3] + i] / (float)dims[1];
  g_hash_table_insert (params, (char *)"query", (char *)"5");
  self->request.input = input;
  self->request.batch = 0;
  self->request.params = params;

  g_autoptr (SacMap) map = run (self, "attention", layer);
  JsonObject *queries =
    json_object_get_object_member (map->provenance, "queries");
  JsonArray *grid = json_object_get_array_member (queries, "grid");

  self->request.params = NULL;
  test_assert_close (map->values, expected, dims[3],
                     explain_case_tolerance (self->loaded, "attention"), layer);
  g_assert_cmpint (json_object_get_int_member (queries, "input"), ==, !input);
  g_assert_cmpint (json_object_get_int_member (queries, "count"), ==, dims[2]);
  g_assert_cmpint (json_array_get_int_element (grid, 0) *
                     json_array_get_int_element (grid, 1),
                   ==, dims[2]);
}

/* Methods that follow tokens through blocks of one set have no answer here, and
 * say what has. */
static void
check_refused (Both *self)
{
  static const char *const methods[] = {"rollout", "gradient-rollout",
                                        "legrad"};

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sac_method_run (sac_method_find (methods[i]), &self->request,
                                   NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "it is cross attention");
  }
}

/* max (0, A dA) of a block, its heads made one, from the reference's own
 * weights and gradients of an output.  Returns: queries x keys. */
static double *
read_positive (const ExplainCase *loaded,
               const char *tensor,
               const char *output,
               int64_t *ret_class)
{
  g_autoptr (SacTensor) weights = read_weights (loaded, tensor);
  g_autoptr (SacTensor) gradients = NULL;
  JsonArray *all = case_get_array (loaded->root, "gradients");
  int64_t heads = weights->shape.dims[1];
  int64_t places = weights->shape.dims[2] * weights->shape.dims[3];
  double *a = g_new0 (double, places);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *entry = json_array_get_object_element (all, i);

    if (strcmp (json_object_get_string_member (entry, "wrt"), tensor) != 0 ||
        strcmp (json_object_get_string_member (entry, "output"), output) != 0 ||
        json_object_get_int_member_with_default (entry, "batch", 0) != 0)
      continue;
    g_clear_pointer (&gradients, sac_tensor_unref);
    gradients = case_read_array (loaded->folder,
                                 json_object_get_string_member (entry, "file"));
    *ret_class = json_object_get_int_member (entry, "class");
  }
  for (int64_t i = 0; gradients != NULL && i < heads * places; i++)
    a[i % places] += MAX (0, (double)sac_tensor_f32 (weights)[i] *
                               sac_tensor_f32 (gradients)[i]) /
                     heads;
  return a;
}

enum { CLINICAL, DERMOSCOPIC, PARTS };

/* R_st, and A of the blocks in which s asks the other. */
typedef struct {
  int n;
  double *r[PARTS][PARTS];
} Relevance;

static double *
multiply (const double *x, bool transposed, const double *y, int n)
{
  double *made = g_new0 (double, n *n);

  for (int i = 0; i < n; i++) {
    for (int k = 0; k < n; k++) {
      for (int j = 0; j < n; j++)
        made[i * n + j] +=
          (transposed ? x[k * n + i] : x[i * n + k]) * y[k * n + j];
    }
  }
  return made;
}

static double *
norm (const double *r, int n)
{
  double *made = g_memdup2 (r, n * n * sizeof *r);

  for (int i = 0; i < n; i++) {
    double sum = -1;

    for (int k = 0; k < n; k++)
      sum += r[i * n + k];
    made[i * n + i] -= 1;
    for (int k = 0; k < n; k++)
      made[i * n + k] = (sum > 1e-12 ? made[i * n + k] / sum : 0) + (i == k);
  }
  return made;
}

/* Both directions of one round, from the state before it. */
static void
take_round (Relevance *self, double *const a[PARTS])
{
  double *next[PARTS][PARTS];
  int n = self->n;

  for (int s = 0; s < PARTS; s++) {
    int q = 1 - s;
    g_autofree double *left = norm (self->r[s][s], n);
    g_autofree double *right = norm (self->r[q][q], n);
    g_autofree double *half = multiply (left, true, a[s], n);

    next[s][q] = multiply (half, false, right, n);
    next[s][s] = multiply (a[s], false, self->r[q][s], n);
    for (int i = 0; i < n * n; i++) {
      next[s][q][i] += self->r[s][q][i];
      next[s][s][i] += self->r[s][s][i];
    }
  }
  for (int i = 0; i < PARTS * PARTS; i++) {
    g_free (self->r[i / 2][i % 2]);
    self->r[i / 2][i % 2] = next[i / 2][i % 2];
  }
}

/* Relevance of the fused output on both images, round by round as matrices. */
static void
check_relevance (Both *self)
{
  JsonArray *blocks = case_get_array (self->loaded->root, "attention");
  int rounds = json_array_get_length (blocks) / 2;
  Relevance all = {0};
  int64_t class_index = 0;

  for (int b = 0; b < 2 * rounds; b += 2) {
    double *a[PARTS];

    for (int s = 0; s < PARTS; s++) {
      const char *tensor =
        json_object_get_string_member (json_array_get_object_element (blocks,
                                                                      b + s),
                                       "tensor");
      g_autoptr (SacTensor) weights = read_weights (self->loaded, tensor);

      all.n = (int)weights->shape.dims[2];
      a[s] = read_positive (self->loaded, tensor, "fused_diag", &class_index);
    }
    for (int i = 0; b == 0 && i < PARTS * PARTS; i++) {
      all.r[i / 2][i % 2] = g_new0 (double, all.n *all.n);
      for (int k = 0; i % 3 == 0 && k < all.n; k++)
        all.r[i / 2][i % 2][k * all.n + k] = 1;
    }
    take_round (&all, a);
    g_free (a[0]);
    g_free (a[1]);
  }
  self->request.output = find_output (self->loaded, "fused_diag");
  self->request.class_index = class_index;
  self->request.batch = 0;
  for (int t = 0; t < PARTS; t++) {
    g_autoptr (GError) error = NULL;
    g_autofree float *expected = g_new0 (float, all.n);

    self->request.input = t;

    g_autoptr (SacMap) map = sac_method_run (sac_method_find ("relevance"),
                                             &self->request, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (map->geometry.image_width, ==, 100 + t);
    for (int i = 0; i < all.n * all.n; i++)
      expected[i % all.n] +=
        (float)((all.r[0][t][i] + all.r[1][t][i] - (i / all.n == i % all.n)) /
                all.n);
    test_assert_close (map->values, expected, all.n,
                       explain_case_tolerance (self->loaded, "attention"),
                       "relevance");
  }
  for (int i = 0; i < PARTS * PARTS; i++)
    g_free (all.r[i / 2][i % 2]);
}

static void
test_pair (const void *data)
{
  const Pair *pair = data;
  g_autoptr (ExplainCase) loaded = explain_case_new (pair->name);
  Both self;

  if (loaded == NULL)
    return;
  both_init (&self, loaded);
  check_branches (&self, pair);
  for (size_t i = 0; i < 2; i++) {
    check_attention (&self, pair, i);
    check_query (&self, pair, i);
    check_refused (&self);
  }
  check_relevance (&self);
  both_finish (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *path = g_strconcat ("/explain/pair/", pairs[i].name, NULL);

    g_test_add_data_func (path, &pairs[i], test_pair);
  }
  return g_test_run ();
}
