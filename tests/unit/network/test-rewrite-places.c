/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is read at some places alone: values, gradients and captures as node by
 * node, and how many rows of products are left. */
#include "network/plan-profile.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Of the largest value: some sums of 8 to 32 products, one after the other, in
 * another order. */
#define TOLERANCE 1e-5

/* Numbers in [-1, 1] without a pattern. */
static float
next_number (guint32 *seed)
{
  *seed = *seed * 1664525u + 1013904223u;
  return (float)(*seed >> 8) / 8388608.0f - 1.0f;
}

static void
add_constant (GString *text, const char *name, const char *shape, int count)
{
  guint32 seed = g_str_hash (name);

  g_string_append_printf (text, "init %s float %s", name, shape);
  for (int i = 0; i < count; i++)
    g_string_append_printf (text, " %.4f", (double)next_number (&seed) * 0.4);
  g_string_append (text, "\n");
}

static SacNetwork *
parse (const char *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  add_constant (text, "wq", "16,16", 256);
  add_constant (text, "wk", "16,16", 256);
  add_constant (text, "wv", "16,16", 256);
  add_constant (text, "wo", "16,16", 256);
  add_constant (text, "bo", "16", 16);
  add_constant (text, "up", "16,32", 512);
  add_constant (text, "down", "32,16", 512);
  add_constant (text, "gain", "16", 16);
  add_constant (text, "shift", "16", 16);
  add_constant (text, "head", "16,3", 48);
  g_string_append (text, "init quarter float - 0.25\n"
                         "init places float 1,1,5,1 0.1 0.2 0.3 0.4 0.5\n"
                         "init heads int64 4 2 5 2 8\n"
                         "init sequence int64 4 5 2 2 8\n"
                         "init flat int64 3 2 5 16\n"
                         "init flat_sequence int64 3 5 2 16\n"
                         "init tokens int64 2 10 16\n"
                         "init zero int64 - 0\n"
                         "init first int64 1 0\n"
                         "init second int64 1 1\n"
                         "init third int64 1 3\n"
                         "init end int64 1 1000\n"
                         "init minus int64 1 -1\n");
  g_string_append (text, lines);

  g_autoptr (GBytes) bytes = onnx_write (text->str);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static SacTensor *
make_numbers (const SacShape *shape, guint32 seed)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = next_number (&seed);
  return tensor;
}

/* Rows of all products that are left. */
static int64_t
count_rows (const SacPlan *plan)
{
  int64_t rows = 0;

  for (size_t i = 0; i < sac_plan_get_step_count (plan); i++) {
    SacPlanStepInfo step = sac_plan_get_step (plan, i);

    if (!step.reverse && strcmp (step.op, "Linear") == 0)
      rows += sac_shape_product (&step.shape, 0, step.shape.rank - 1);
  }
  return rows;
}

static SacResult *
run (SacNetwork *network, const SacPlanRequest *request, int64_t *ret_rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) x = make_numbers (request->input_shapes, 5);
  g_autoptr (SacPlan) plan = sac_plan_new (network, request, NULL, &error);

  g_assert_no_error (error);

  int y = sac_graph_find_value (sac_network_get_graph (network), "y");
  g_autoptr (SacTensor) cotangent =
    make_numbers (&sac_plan_get_info (plan, y)->shape, 991);
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs, .cotangent = cotangent};
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  *ret_rows = count_rows (plan);
  return result;
}

static void
assert_near (const SacTensor *got, const SacTensor *expected, const char *what)
{
  const float *a = sac_tensor_f32 (got), *b = sac_tensor_f32 (expected);
  double largest = 0;

  g_assert_true (sac_shape_equal (&got->shape, &expected->shape));
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++)
    largest = MAX (largest, fabs ((double)b[i]));
  g_assert_cmpfloat (largest, >, 0);
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++) {
    if (!(fabs ((double)a[i] - (double)b[i]) <= TOLERANCE * largest))
      g_error ("%s: element %d is %g, not %g", what, (int)i, (double)a[i],
               (double)b[i]);
  }
}

/* keep: a value that is asked for, and the gradient to it; or NULL.
 * Returns: the rows that are left. */
static int64_t
compare (const char *lines, const char *keep)
{
  g_autoptr (SacNetwork) network = parse (lines);
  const SacGraph *graph = sac_network_get_graph (network);
  const SacShape shape = graph->values[graph->inputs[0]].shape;
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = (const char *const[]){keep, NULL},
    .target = "y",
    .wrt = (const char *const[]){"x", keep, NULL},
    .plain = true,
  };
  int64_t rows;
  g_autoptr (SacResult) expected = run (network, &request, &rows);

  g_assert_cmpint (rows, ==, 0);
  request.plain = false;

  g_autoptr (SacResult) got = run (network, &request, &rows);

  assert_near (sac_result_get_value (got, "y"),
               sac_result_get_value (expected, "y"), "y");
  assert_near (sac_result_get_gradient (got, "x"),
               sac_result_get_gradient (expected, "x"), "x");
  if (keep == NULL)
    return rows;
  assert_near (sac_result_get_value (got, keep),
               sac_result_get_value (expected, keep), keep);
  assert_near (sac_result_get_gradient (got, keep),
               sac_result_get_gradient (expected, keep), keep);
  return rows;
}

/* A block on 2 x 5 tokens, with its values named. */
#define HEADS                                                                  \
  "node _ MatMul n,wq -> q0\nnode _ Reshape q0,heads -> q1\n"                  \
  "node _ Transpose q1 -> q perm=is:0,2,1,3\n"                                 \
  "node _ MatMul n,wk -> k0\nnode _ Reshape k0,heads -> k1\n"                  \
  "node _ Transpose k1 -> k perm=is:0,2,3,1\n"                                 \
  "node _ MatMul n,wv -> v0\nnode _ Reshape v0,heads -> v1\n"                  \
  "node _ Transpose v1 -> v perm=is:0,2,1,3\n"
#define ATTENTION                                                              \
  "node _ MatMul q,k -> s\nnode _ Mul s,quarter -> t\n"                        \
  "node _ Softmax t -> p axis=i:-1\nnode _ MatMul p,v -> c\n"
#define JOINED                                                                 \
  "node _ Transpose c -> d perm=is:0,2,1,3\nnode _ Reshape d,flat -> e\n"
#define BEHIND                                                                 \
  "node _ MatMul e,wo -> f0\nnode _ Add f0,bo -> f\nnode _ Add x,f -> r\n"     \
  "node _ LayerNormalization r,gain,shift -> m axis=i:-1\n"                    \
  "node _ MatMul m,up -> u0\nnode _ Relu u0 -> u\n"                            \
  "node _ MatMul u,down -> w0\nnode _ Add w0,r -> w\n"                         \
  "node _ LayerNormalization w,gain,shift -> z axis=i:-1\n"
#define INPUT                                                                  \
  "input x float 2,5,16\noutput y float *\n"                                   \
  "node _ LayerNormalization x,gain,shift -> n axis=i:-1\n"
#define BLOCK INPUT HEADS ATTENTION JOINED BEHIND
#define HEAD "node _ MatMul g,head -> y\n"

/* Products of queries, keys and values have 10 rows each, the three behind them
 * as many as there are places in two samples; so has the head. */
static const struct {
  const char *name, *lines;
  int64_t rows;
} forms[] = {
  {"first", BLOCK "node _ Gather z,zero -> g axis=i:1\n" HEAD, 30 + 4 * 2},
  {"listed", BLOCK "node _ Gather z,minus -> g axis=i:-2\n" HEAD, 30 + 4 * 2},
  {"sliced", BLOCK "node _ Slice z,third,end,second -> g\n" HEAD, 30 + 4 * 4},
  {"stepped", BLOCK "node _ Slice z,first,second,second,second -> g\n" HEAD,
   30 + 4 * 2},
  {"masked",
   INPUT HEADS
   "node _ MatMul q,k -> s0\nnode _ Add s0,places -> s\n"
   "node _ Softmax s -> p axis=i:-1\nnode _ MatMul p,v -> c\n" JOINED BEHIND
   "node _ Gather z,zero -> g axis=i:1\n" HEAD,
   30 + 4 * 2},
  /* The sequence comes before the samples inside, as PyTorch has it. */
  {"sequence first",
   INPUT
   "node _ Transpose n -> a perm=is:1,0,2\n"
   "node _ MatMul a,wq -> q0\nnode _ Reshape q0,sequence -> q1\n"
   "node _ Transpose q1 -> q perm=is:1,2,0,3\n"
   "node _ MatMul a,wk -> k0\nnode _ Reshape k0,sequence -> k1\n"
   "node _ Transpose k1 -> k perm=is:1,2,3,0\n"
   "node _ MatMul a,wv -> v0\nnode _ Reshape v0,sequence -> v1\n"
   "node _ Transpose v1 -> v perm=is:1,2,0,3\n" ATTENTION
   "node _ Transpose c -> d perm=is:2,0,1,3\nnode _ Reshape d,tokens -> e\n"
   "node _ MatMul e,wo -> f0\nnode _ Reshape f0,flat_sequence -> f1\n"
   "node _ Transpose f1 -> f perm=is:1,0,2\nnode _ Add x,f -> r\n"
   "node _ LayerNormalization r,gain,shift -> z axis=i:-1\n"
   "node _ Gather z,second -> g axis=i:1\n" HEAD,
   30 + 10 + 2},
};

static void
test_forms (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_test_message ("%s", forms[i].name);
    g_assert_cmpint (compare (forms[i].lines, NULL), ==, forms[i].rows);
  }
}

/* What is asked for is whole, and what lies behind it is not. */
static void
test_captures (void)
{
  static const struct {
    const char *keep;
    int64_t rows;
  } captures[] = {
    {"n", 38}, {"q", 38}, {"p", 38}, {"c", 38}, {"e", 38}, {"f", 46},
    {"r", 46}, {"m", 46}, {"u", 54}, {"w", 62}, {"z", 62},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (captures); i++) {
    g_test_message ("%s", captures[i].keep);
    g_assert_cmpint (compare (forms[0].lines, captures[i].keep), ==,
                     captures[i].rows);
  }
}

/* Somebody reads all places, most of them, or the same one as a number. */
static void
test_left_alone (void)
{
  g_assert_cmpint (compare (BLOCK "node _ Gather z,zero -> h axis=i:1\n"
                                  "node _ ReduceMean z -> o axes=is:1 "
                                  "keepdims=i:0\nnode _ Add h,o -> g\n" HEAD,
                            NULL),
                   ==, 30 + 30 + 2);
  g_assert_cmpint (compare (BLOCK
                            "node _ Slice z,second,end,second -> g\n" HEAD,
                            NULL),
                   ==, 30 + 30 + 8);
  /* A sample's attention is not cut. */
  g_assert_cmpint (compare (BLOCK "node _ Gather z,second -> g axis=i:0\n" HEAD,
                            NULL),
                   ==, 30 + 3 * 5 + 5);
  g_assert_cmpint (compare (BLOCK "node _ Gather z,zero -> g axis=i:2\n"
                                  "node _ Relu g -> y\n",
                            NULL),
                   ==, 30 + 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What rewriting changes, not what a kind of kernels does. */
  sac_plan_set_exact (true);
  g_test_add_func ("/places/forms", test_forms);
  g_test_add_func ("/places/captures", test_captures);
  g_test_add_func ("/places/left-alone", test_left_alone);
  return g_test_run ();
}
