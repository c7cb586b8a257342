/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The ONNX standard's own tests, from Debian's libonnx-testdata: a folder each,
 * with model.onnx and folders test_data_set_N of input_K.pb and output_K.pb.
 *
 * The fair subset is: every op is in our table, and inputs and outputs are
 * float32, int32, int64 or bool.  In it nothing may fail but what is listed
 * below with its reason.  The standard feeds everything as inputs, shapes and
 * axes too; where we want those before the run, they are given as initialisers,
 * as real networks have them.
 *
 * Every test that passes and has a gradient passes the check of node-gradient.h
 * as well. */
#include "base/error.h"
#include "network/decompose.h"
#include "network/onnx.h"
#include "network/ops.h"
#include "network/plan.h"
#include "node-gradient.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define ROOT "/usr/share/libonnx-testdata/data"
#define RELATIVE 1e-3
#define ABSOLUTE 1e-5
#define FIRST_OPSET 7

#define TRAINING "training is not supported"
#define ROUNDED                                                                \
  "the data take 2.4 columns where the output has 2, so that no corner is met"

/* By glob; one that matches a test that passes is an error too. */
static const struct {
  const char *names;
  const char *reason;
} exceptions[] = {
  {"test_batchnorm_*_training_mode", TRAINING},
  {"test_training_dropout", TRAINING},
  {"test_training_dropout_default*", TRAINING},
  {"test_training_dropout_mask", TRAINING},
  {"test_resize_downsample_scales_*_align_corners", ROUNDED},
};

enum {
  MODEL_GRAPH = 7,
  MODEL_OPSET = 8,
  OPSET_VERSION = 2,
  GRAPH_INITIALIZER = 5,
  TENSOR_NAME = 8
};

static GBytes *
read_bytes (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, NULL))
    return NULL;
  return g_bytes_new_take (data, size);
}

/* A reader and what it read, freed together. */
typedef struct {
  SacStore *store;
  GBytes *bytes;
} Source;

static Source
open_source (GBytes *bytes)
{
  return (Source){.store = sac_store_new (), .bytes = bytes};
}

static void
close_source (Source *source)
{
  sac_store_free (source->store);
}

static SacWire
get_wire (const Source *source)
{
  gsize size;
  const void *data = g_bytes_get_data (source->bytes, &size);

  return sac_wire_new (data, size);
}

static SacTensor *
read_tensor (GBytes *bytes, GError **error)
{
  Source source = open_source (bytes);
  SacOnnxReader reader = {.store = source.store, .bytes = bytes};
  SacTensor *tensor =
    sac_onnx_read_tensor (&reader, get_wire (&source), false, NULL, error);

  if (tensor != NULL)
    sac_tensor_ref (tensor);
  close_source (&source);
  return tensor;
}

static bool
is_fair_type (const SacOnnxValue *value)
{
  return value->has_type &&
         (value->type == SAC_TYPE_FLOAT || value->type == SAC_TYPE_INT32 ||
          value->type == SAC_TYPE_INT64 || value->type == SAC_TYPE_BOOL);
}

static bool
is_fair_graph (const SacOnnxGraph *graph)
{
  for (size_t i = 0; i < graph->node_count; i++) {
    const SacOnnxNode *node = &graph->nodes[i];

    if (sac_ops_find (node->domain, node->op_type) == NULL &&
        !sac_decompose_knows (node->domain, node->op_type))
      return false;
  }
  for (size_t i = 0; i < graph->input_count; i++) {
    if (!is_fair_type (&graph->inputs[i]))
      return false;
  }
  for (size_t i = 0; i < graph->output_count; i++) {
    if (!is_fair_type (&graph->outputs[i]))
      return false;
  }
  return true;
}

/* A model that cannot be read at all (sequences, strings) is not in it. */
static bool
is_fair (GBytes *bytes)
{
  Source source = open_source (bytes);
  SacOnnxReader reader = {.store = source.store, .bytes = bytes};
  SacOnnxModel model = {0};
  bool fair = sac_onnx_read_model (&reader, &model, NULL);

  fair = fair && model.function_count == 0 && is_fair_graph (&model.graph);
  g_clear_pointer (&model.metadata, g_hash_table_unref);
  close_source (&source);
  return fair;
}

static void
put_varint (GByteArray *out, uint64_t value)
{
  do {
    uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

    g_byte_array_append (out, &byte, 1);
    value >>= 7;
  } while (value != 0);
}

static void
put_bytes (GByteArray *out, uint32_t number, const void *data, size_t size)
{
  put_varint (out, (uint64_t)number << 3 | SAC_WIRE_BYTES);
  put_varint (out, size);
  g_byte_array_append (out, data, (guint)size);
}

/* Adds the tensor message to the initialisers, under the input's name. */
static void
put_initializer (GByteArray *out, const char *name, GBytes *tensor)
{
  g_autoptr (GByteArray) named = g_byte_array_new ();
  gsize size;
  const void *data = g_bytes_get_data (tensor, &size);

  g_byte_array_append (named, data, (guint)size);
  put_bytes (named, TENSOR_NAME, name, strlen (name));
  put_bytes (out, GRAPH_INITIALIZER, named->data, named->len);
}

static uint64_t
read_version (const SacField *opset)
{
  SacWire wire = opset->bytes;
  uint64_t version = 0;
  SacField field;

  while (sac_wire_more (&wire) && sac_wire_next (&wire, &field, NULL)) {
    if (field.number == OPSET_VERSION)
      version = field.value;
  }
  return version;
}

/* A later field of the same number wins. */
static void
put_opset (GByteArray *out, const SacField *opset)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  g_byte_array_append (message, opset->bytes.at,
                       (guint)sac_wire_size (&opset->bytes));
  put_varint (message, OPSET_VERSION << 3 | SAC_WIRE_VARINT);
  put_varint (message, MAX (read_version (opset), FIRST_OPSET));
  put_bytes (out, MODEL_OPSET, message->data, message->len);
}

/* The model with more in its graph, and without opsets that we do not read. */
static GBytes *
change_model (GBytes *model, const GByteArray *more)
{
  Source source = {.bytes = model};
  GByteArray *out = g_byte_array_new ();
  SacField field;

  for (SacWire wire = get_wire (&source); sac_wire_more (&wire);) {
    const uint8_t *start = wire.at;

    if (!sac_wire_next (&wire, &field, NULL))
      g_error ("a model that was read cannot be walked");
    if (field.number == MODEL_OPSET) {
      put_opset (out, &field);
    } else if (field.number == MODEL_GRAPH) {
      g_autoptr (GByteArray) graph = g_byte_array_new ();

      g_byte_array_append (graph, field.bytes.at,
                           (guint)sac_wire_size (&field.bytes));
      g_byte_array_append (graph, more->data, more->len);
      put_bytes (out, MODEL_GRAPH, graph->data, graph->len);
    } else {
      g_byte_array_append (out, start, (guint)(wire.at - start));
    }
  }
  return g_byte_array_free_to_bytes (out);
}

/* One data set: its files, and the arrays among them. */
typedef struct {
  GPtrArray *inputs;       /* GBytes */
  GPtrArray *input_arrays; /* SacTensor */
  GPtrArray *outputs;      /* SacTensor */
} DataSet;

static bool
read_files (const char *folder,
            const char *kind,
            GPtrArray *files,
            GPtrArray *arrays,
            GError **error)
{
  for (int i = 0;; i++) {
    g_autofree char *name = g_strdup_printf ("%s_%d.pb", kind, i);
    GBytes *bytes = read_bytes (folder, name);

    if (bytes == NULL)
      return true;
    g_ptr_array_add (files, bytes);

    SacTensor *tensor = read_tensor (bytes, error);

    if (tensor == NULL)
      return false;
    g_ptr_array_add (arrays, tensor);
  }
}

static void
clear_data (DataSet *data)
{
  g_ptr_array_unref (data->inputs);
  g_ptr_array_unref (data->input_arrays);
  g_ptr_array_unref (data->outputs);
}

static bool
read_data (const char *folder, DataSet *ret_data, GError **error)
{
  g_autoptr (GPtrArray) outputs =
    g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  ret_data->inputs =
    g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  ret_data->input_arrays =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  ret_data->outputs =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  return read_files (folder, "input", ret_data->inputs, ret_data->input_arrays,
                     error) &&
         read_files (folder, "output", outputs, ret_data->outputs, error);
}

static double
get_element (const SacTensor *tensor, int64_t i)
{
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    return (double)sac_tensor_f32 (tensor)[i];
  case SAC_KIND_I64:
    return (double)sac_tensor_i64 (tensor)[i];
  default:
    return ((const uint8_t *)tensor->data)[i];
  }
}

/* Returns: what is wrong, or NULL. */
static char *
compare (const SacTensor *got, const SacTensor *expected)
{
  bool is_float = sac_type_is_float (expected->type);
  g_autofree char *shape = sac_shape_to_string (&got->shape);
  g_autofree char *wanted = sac_shape_to_string (&expected->shape);

  if (got->type != expected->type ||
      !sac_shape_equal (&got->shape, &expected->shape))
    return g_strdup_printf ("%s of %s, expected %s of %s", shape,
                            sac_type_get_name (got->type), wanted,
                            sac_type_get_name (expected->type));
  for (int64_t i = 0; i < sac_tensor_get_count (expected); i++) {
    double x = get_element (got, i), y = get_element (expected, i);
    double allowed = is_float ? ABSOLUTE + RELATIVE * fabs (y) : 0;

    if (x == y || (isnan (x) && isnan (y)) || fabs (x - y) <= allowed)
      continue;
    return g_strdup_printf ("element %" G_GINT64_FORMAT
                            " is %.9g, expected %.9g",
                            i, x, y);
  }
  return NULL;
}

static char *
compare_all (const SacNetwork *network,
             const SacResult *result,
             const DataSet *data)
{
  const SacGraph *graph = sac_network_get_graph (network);

  for (size_t i = 0; i < graph->output_count && i < data->outputs->len; i++) {
    const char *name = graph->values[graph->outputs[i]].name;
    const SacTensor *got = sac_result_get_value (result, name);
    g_autofree char *wrong = got != NULL
                               ? compare (got, data->outputs->pdata[i])
                               : g_strdup ("there is none");

    if (wrong != NULL)
      return g_strdup_printf ("output %zu: %s", i, wrong);
  }
  return NULL;
}

/* Which inputs are given before the run. */
typedef enum { KNOWN_NONE, KNOWN_INTEGERS, KNOWN_ALL, KNOWN_COUNT } Known;

/* Files are numbered by the graph's inputs, of which some may be known. */
static GBytes *
make_model (GBytes *model, const DataSet *data, Known known)
{
  Source source = open_source (model);
  SacOnnxReader reader = {.store = source.store, .bytes = model};
  SacOnnxModel parsed = {0};
  g_autoptr (GByteArray) more = g_byte_array_new ();

  if (!sac_onnx_read_model (&reader, &parsed, NULL))
    g_error ("a model that was read cannot be read again");
  for (size_t i = 0; i < parsed.graph.input_count && i < data->inputs->len;
       i++) {
    bool is_float = sac_type_is_float (parsed.graph.inputs[i].type);

    if (known == KNOWN_ALL || (known == KNOWN_INTEGERS && !is_float))
      put_initializer (more, parsed.graph.inputs[i].name,
                       data->inputs->pdata[i]);
  }
  g_clear_pointer (&parsed.metadata, g_hash_table_unref);
  close_source (&source);
  return change_model (model, more);
}

/* Those that are not known.  Free with g_free. */
static const SacTensor **
list_inputs (SacNetwork *network, const DataSet *data, Known known)
{
  const SacGraph *graph = sac_network_get_graph (network);
  const SacTensor **inputs = g_new0 (const SacTensor *, graph->input_count + 1);
  size_t used = 0;

  for (guint i = 0; i < data->input_arrays->len; i++) {
    const SacTensor *array = data->input_arrays->pdata[i];
    bool is_float = sac_type_is_float (array->type);

    if (known == KNOWN_ALL || (known == KNOWN_INTEGERS && !is_float))
      continue;
    g_assert_cmpuint (used, <, graph->input_count);
    inputs[used++] = array;
  }
  return inputs;
}

static SacResult *
run (SacNetwork *network, const SacTensor *const *inputs, GError **error)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count + 1);

  if (!sac_plan_bind (network, inputs, shapes, error))
    return NULL;

  SacPlanRequest request = {.input_shapes = shapes};
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, error);
  SacRunParams params = {.inputs = inputs};

  return plan != NULL ? sac_plan_run (plan, &params, NULL, error) : NULL;
}

typedef struct {
  guint seen, fair, passed;
  guint ways[KNOWN_COUNT]; /* of those that passed */
  guint differentiated;    /* tests with at least one gradient */
  NodeGradientCounts gradients;
} Counts;

/* Returns: what is wrong, or NULL. */
static char *
try_data (GBytes *model,
          const DataSet *data,
          Known known,
          NodeGradientCounts *gradients,
          bool *ret_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) changed = make_model (model, data, known);
  g_autoptr (SacNetwork) network =
    sac_network_parse (changed, "model.onnx", &error);
  g_autofree const SacTensor **inputs =
    network != NULL ? list_inputs (network, data, known) : NULL;
  g_autoptr (SacResult) result =
    network != NULL ? run (network, inputs, &error) : NULL;

  *ret_refused = g_error_matches (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED);
  if (result == NULL)
    return g_strdup (error->message);

  char *wrong = compare_all (network, result, data);

  return wrong != NULL ? wrong
                       : node_gradient_check (network, inputs, gradients);
}

/* All data sets of a test. */
static char *
try_test (const char *folder,
          GBytes *model,
          Known *ret_known,
          NodeGradientCounts *gradients)
{
  *ret_known = KNOWN_NONE;
  for (int i = 0;; i++) {
    g_autofree char *name = g_strdup_printf ("test_data_set_%d", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    DataSet data;
    char *wrong = NULL;
    bool refused = true;

    if (!g_file_test (path, G_FILE_TEST_IS_DIR))
      return i > 0 ? NULL : g_strdup ("it has no data");
    if (!read_data (path, &data, &error))
      wrong = g_strdup (error->message);
    for (Known known = KNOWN_NONE; known < KNOWN_COUNT && refused && !error;
         known++) {
      g_free (wrong);
      *ret_known = known;
      wrong = try_data (model, &data, known, gradients, &refused);
    }
    clear_data (&data);
    if (wrong != NULL)
      return wrong;
  }
}

static const char *
find_exception (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    if (g_pattern_match_simple (exceptions[i].names, name))
      return exceptions[i].reason;
  }
  return NULL;
}

static void
check_test (const char *suite, const char *name, Counts *counts)
{
  g_autofree char *folder = g_build_filename (ROOT, suite, name, NULL);
  g_autoptr (GBytes) model = read_bytes (folder, "model.onnx");
  const char *reason = find_exception (name);
  Known known;

  counts->seen++;
  if (model == NULL || !is_fair (model))
    return;
  counts->fair++;

  guint pairs = counts->gradients.pairs;
  g_autofree char *wrong = try_test (folder, model, &known, &counts->gradients);

  counts->differentiated += counts->gradients.pairs > pairs;

  if (wrong == NULL) {
    counts->passed++;
    counts->ways[known]++;
    if (reason == NULL)
      return;
    g_test_message ("%s passes; take it off the list", name);
    g_test_fail ();
  } else if (reason == NULL) {
    g_test_message ("%s: %s", name, wrong);
    g_test_fail ();
  }
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static void
test_suite (const void *data)
{
  const char *suite = data;
  g_autofree char *path = g_build_filename (ROOT, suite, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  Counts counts = {0};
  const char *name;

  if (dir == NULL) {
    g_test_skip ("libonnx-testdata is not installed");
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    check_test (suite, names->pdata[i], &counts);
  g_test_message ("%s: of %u tests %u are in the fair subset, %u pass (%u as "
                  "they are, %u with integers known, %u with all known)",
                  suite, counts.seen, counts.fair, counts.passed,
                  counts.ways[KNOWN_NONE], counts.ways[KNOWN_INTEGERS],
                  counts.ways[KNOWN_ALL]);
  g_test_message ("%s: gradients of %u tests agree with differences: %u pairs "
                  "of an output and an input, %u elements, %u more at kinks; "
                  "%u pairs have none, %u more are of weights or bounds",
                  suite, counts.differentiated, counts.gradients.pairs,
                  counts.gradients.elements, counts.gradients.kinks,
                  counts.gradients.without, counts.gradients.refused);
  g_assert_cmpuint (counts.fair, >, 0);
}

int
main (int argc, char **argv)
{
  static const char *const suites[] = {"node", "pytorch-converted",
                                       "pytorch-operator", "simple"};

  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (suites); i++) {
    g_autofree char *path = g_strdup_printf ("/nodes/%s", suites[i]);

    g_test_add_data_func (path, suites[i], test_suite);
  }
  return g_test_run ();
}
