/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every method that the reference cases hold maps of, through the same call as
 * the programs use, each map within its own tolerance. */
#include "base/error.h"
#include "explain-case.h"
#include "support.h"

#include <string.h>

/* What the program promises of every class activation map, of its maximum. */
#define CAM_BOUND 1e-3

typedef struct {
  const char *section; /* of case.json */
  const char *method;
  const char *layer;      /* member that names the value; NULL: not asked for */
  const char *numbers[4]; /* members that are parameters of that name */
  const char *fixed;      /* "KEY=VALUE": how the reference was made; or NULL */
} Kind;

static const Kind kinds[] = {
  {"gradcam", "grad-cam", "layer", {NULL}, NULL},
  {"hirescam", "hirescam", "layer", {NULL}, NULL},
  {"layercam", "layercam", "layer", {NULL}, NULL},
  {"gradcam_pp", "grad-cam++", "layer", {"eps"}, NULL},
  {"xgradcam", "xgrad-cam", "layer", {"eps"}, NULL},
  {"eigencam", "eigen-cam", "layer", {"centred"}, NULL},
  {"cls_attention", "attention", "tensor", {NULL}, NULL},
  {"rollout", "rollout", NULL, {NULL}, NULL},
  {"relevance", "relevance", NULL, {NULL}, NULL},
  {"occlusion", "occlusion", NULL, {"patch", "stride", "baseline"}, NULL},
  {"integrated_gradients",
   "integrated-gradients",
   NULL,
   {"steps"},
   "rule=midpoint baseline=0"},
};

static size_t
find_output (const SacGraph *graph, const char *name)
{
  for (size_t i = 0; i < graph->output_count; i++) {
    if (strcmp (graph->values[graph->outputs[i]].name, name) == 0)
      return i;
  }
  g_assert_not_reached ();
}

/* Entries name an element by its flat index; the class is within the sample. */
static int64_t
find_class (const ExplainCase *loaded, size_t output, JsonObject *entry)
{
  JsonArray *shape = json_object_get_array_member (
    json_array_get_object_element (case_get_array (loaded->root, "outputs"),
                                   output),
    "shape");
  int64_t elements = 1;

  if (!json_object_has_member (entry, "index"))
    return -1;
  for (guint i = 1; i < json_array_get_length (shape); i++)
    elements *= json_array_get_int_element (shape, i);
  return json_object_get_int_member (entry, "index") % elements;
}

static GHashTable *
make_params (const Kind *kind, JsonObject *entry)
{
  GHashTable *params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) fixed =
    g_strsplit (kind->fixed != NULL ? kind->fixed : "", " ", -1);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; kind->numbers[i] != NULL; i++) {
    JsonNode *node = json_object_get_member (entry, kind->numbers[i]);
    double number = json_node_get_value_type (node) == G_TYPE_BOOLEAN
                      ? json_node_get_boolean (node)
                      : json_node_get_double (node);

    g_hash_table_insert (params, g_strdup (kind->numbers[i]),
                         g_strdup (g_ascii_dtostr (text, sizeof text, number)));
  }
  for (int i = 0; fixed[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (fixed[i], "=", 2);

    g_hash_table_insert (params, g_strdup (pair[0]), g_strdup (pair[1]));
  }
  return params;
}

/* References of maps at the input keep its channels, which a map sums. */
static SacTensor *
sum_channels (SacTensor *array)
{
  g_autoptr (GError) error = NULL;
  const int64_t *dims = array->shape.dims;

  if (array->shape.rank != 4)
    return sac_tensor_ref (array);

  SacShape shape = sac_shape_of (dims[2], dims[3]);
  SacTensor *summed = sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);
  int64_t cells = dims[2] * dims[3];

  g_assert_no_error (error);
  g_assert_cmpint (dims[0], ==, 1);
  for (int64_t i = 0; i < dims[1] * cells; i++)
    sac_tensor_f32 (summed)[i % cells] += sac_tensor_f32 (array)[i];
  return summed;
}

/* The shared networks of a pair of images name their layers alike: the input is
 * the one that the layer belongs to. */
static SacMap *
run_on_its_input (const SacMethod *method, SacExplainRequest *request)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (request->model));
  g_autoptr (GError) error = NULL;

  for (request->input = 0; request->input < graph->input_count;
       request->input++) {
    g_clear_error (&error);

    SacMap *map = sac_method_run (method, request, NULL, &error);

    if (map != NULL)
      return map;
  }
  g_test_message ("%s at %s: %s", method->name, request->layer, error->message);
  g_test_fail ();
  return NULL;
}

static double
get_tolerance (const ExplainCase *loaded, const Kind *kind)
{
  double own = explain_case_tolerance (loaded, kind->section);

  return strstr (kind->method, "cam") != NULL ? MIN (own, CAM_BOUND) : own;
}

static void
compare_map (const ExplainCase *loaded,
             const Kind *kind,
             const SacMap *map,
             JsonObject *entry)
{
  const char *file = json_object_get_string_member (entry, "file");
  g_autoptr (SacTensor) array = case_read_array (loaded->folder, file);
  g_autoptr (SacTensor) expected = sum_channels (array);
  g_autofree float *shown = NULL;

  g_assert_cmpint (expected->shape.rank, ==, 2);
  g_assert_cmpint (map->rows, ==, expected->shape.dims[0]);
  g_assert_cmpint (map->columns, ==, expected->shape.dims[1]);
  g_assert_cmpstr (map->method, ==, kind->method);
  shown = g_new (float, map->rows * map->columns);
  for (int i = 0; i < map->rows * map->columns; i++)
    shown[i] = sac_map_shown (map, i);
  test_assert_close (shown, sac_tensor_f32 (expected), map->rows * map->columns,
                     get_tolerance (loaded, kind), file);
}

static void
check_entry (const ExplainCase *loaded,
             const Kind *kind,
             SacTensor **inputs,
             JsonObject *entry)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (loaded->model));
  const char *name =
    json_object_get_string_member_with_default (entry, "output", NULL);
  const char *cotangent =
    json_object_get_string_member_with_default (entry, "cotangent", NULL);
  g_autoptr (GHashTable) params = make_params (kind, entry);
  g_autoptr (SacTensor) weights =
    cotangent != NULL ? case_read_array (loaded->folder, cotangent) : NULL;
  size_t output = name != NULL ? find_output (graph, name) : 0;
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .output = output,
    .class_index = find_class (loaded, output, entry),
    .cotangent = weights,
    .batch = json_object_get_int_member (entry, "batch"),
    .layer = kind->layer != NULL
               ? json_object_get_string_member (entry, kind->layer)
               : NULL,
    .params = params,
  };
  g_autoptr (SacMap) map =
    run_on_its_input (sac_method_find (kind->method), &request);

  if (map != NULL)
    compare_map (loaded, kind, map, entry);
}

static void
check_section (const ExplainCase *loaded, JsonObject *section)
{
  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, section);

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    JsonArray *entries = case_get_array (section, kinds[i].section);

    for (guint k = 0; k < json_array_get_length (entries); k++)
      check_entry (loaded, &kinds[i], inputs,
                   json_array_get_object_element (entries, k));
  }
  case_free_inputs (network, inputs);
}

static void
test_case (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  JsonArray *more;

  if (loaded == NULL)
    return;
  more = case_get_array (loaded->root, "extra_runs");
  check_section (loaded, loaded->root);
  for (guint i = 0; i < json_array_get_length (more); i++)
    check_section (loaded, json_array_get_object_element (more, i));
}

static SacMap *
run_first (const ExplainCase *loaded,
           SacTensor **inputs,
           size_t input,
           const char *method,
           GError **error)
{
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
    .input = input,
  };

  return sac_method_run (sac_method_find (method), &request, NULL, error);
}

/* Two attention blocks on different grids, between which tokens cannot be
 * followed: both methods answer with the last one, and say what they left. */
static void
test_grids (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ExplainCase) loaded = explain_case_new ("resnet18_gsa_rel");

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);

  for (int i = 0; i < 2; i++) {
    g_autoptr (SacMap) map =
      run_first (loaded, inputs, 0, i == 0 ? "rollout" : "relevance", &error);

    g_assert_no_error (error);
    g_assert_cmpint (map->rows, ==, 4);

    JsonArray *notes = json_object_get_array_member (map->provenance, "notes");

    g_assert_cmpstr (json_array_get_string_element (notes, 1), ==,
                     "Of the 2 attention blocks found 1 are counted.");
    g_assert_nonnull (
      strstr (json_array_get_string_element (notes, 2), "left out"));
  }
  case_free_inputs (network, inputs);
}

/* Of a pair of images, each gets the attention that its own places receive. */
static void
test_pair (void)
{
  static const char *const expected[] = {"/cross_1/Softmax_output_0",
                                         "/cross/Softmax_output_0"};
  g_autoptr (GError) error = NULL;
  g_autoptr (ExplainCase) loaded = explain_case_new ("ssn");

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);

  for (size_t i = 0; i < 2; i++) {
    g_autoptr (SacMap) map = run_first (loaded, inputs, i, "attention", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (json_object_get_string_member (map->provenance, "layer"),
                     ==, expected[i]);
    g_assert_null (run_first (loaded, inputs, i, "rollout", &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "cross");
  }
  case_free_inputs (network, inputs);
}

/* The part behind a layer, cut out of networks with arithmetic of shapes, some
 * of which that part is given and need not do again. */
static void
test_cut (void)
{
  static const char *const names[] = {"blip", "dinov2", "resnet18_bn_dyn",
                                      "vit_constants"};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ExplainCase) loaded = explain_case_new (names[i]);

    if (loaded == NULL)
      return;

    SacNetwork *network = sac_model_get_network (loaded->model);
    SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
    g_autoptr (SacMap) map =
      run_first (loaded, inputs, 0, "ablation-cam", &error);
    SacMapSummary summary;

    g_assert_no_error (error);
    sac_map_summarize (map, &summary);
    g_assert_cmpint (summary.evidence, ==, SAC_EVIDENCE_PRESENT);
    case_free_inputs (network, inputs);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  explain_case_add_all ("/explain/maps", test_case);
  g_test_add_func ("/explain/grids", test_grids);
  g_test_add_func ("/explain/pair", test_pair);
  g_test_add_func ("/explain/cut", test_cut);
  return g_test_run ();
}
