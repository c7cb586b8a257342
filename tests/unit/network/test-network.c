/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/network.h"

#include "base/error.h"
#include "onnx-writer.h"
#include "support.h"

#include <string.h>

/* A network that has something of everything: a function, a condition, an
 * initialiser of each form, symbols, metadata. */
static const char rich[] = "opset 17\n"
                           "opset my.domain 1\n"
                           "meta labels cat,dog\n"
                           "function my.domain:Scale a -> b\n"
                           "attribute by\n"
                           "opset 17\n"
                           "node _ Constant -> c value_float=f:2\n"
                           "node _ Mul a,c -> b\n"
                           "end\n"
                           "graph yes\n"
                           "node inner Relu s -> r\n"
                           "output r\n"
                           "end\n"
                           "graph no\n"
                           "node inner Neg s -> r\n"
                           "output r\n"
                           "end\n"
                           "input x float ?,3\n"
                           "init flag bool - 1\n"
                           "init w float 3 1 2 3\n"
                           "init half float16 1 0x3c00\n"
                           "node scale my.domain:Scale x -> s\n"
                           "node choose If flag -> t then_branch=g:yes "
                           "else_branch=g:no\n"
                           "node add Add t,w -> u\n"
                           "node cast Cast half -> one to=i:1\n"
                           "node last Add u,one -> y\n"
                           "output y float ?,3\n";

static SacNetwork *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = onnx_write (text);

  return sac_network_parse (bytes, "test.onnx", error);
}

static const SacValue *
get_value (const SacGraph *graph, const char *name)
{
  int index = sac_graph_find_value (graph, name);

  g_assert_cmpint (index, >=, 0);
  return &graph->values[index];
}

static void
test_rich (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse (rich, &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);
  const char *const ops[] = {"Mul", "Relu", "Add", "Add"};

  g_assert_cmpuint (graph->node_count, ==, G_N_ELEMENTS (ops));
  for (size_t i = 0; i < graph->node_count; i++)
    g_assert_cmpstr (graph->nodes[i].op_type, ==, ops[i]);
  g_assert_cmpuint (graph->input_count, ==, 1);
  g_assert_cmpint (get_value (graph, "x")->shape.dims[0], ==, -1);
  g_assert_cmpint (get_value (graph, "x")->shape.dims[1], ==, 3);
  g_assert_cmpfloat (sac_tensor_f32 (get_value (graph, "one")->constant)[0], ==,
                     1);
  g_assert_cmpfloat (sac_tensor_f32 (get_value (graph, "scale/c")->constant)[0],
                     ==, 2);
  g_assert_cmpint (get_value (graph, "s")->consumer_count, ==, 1);
  g_assert_cmpint (sac_graph_find_value (graph, "nobody"), ==, -1);
  g_assert_cmpstr (sac_network_get_metadata (network, "labels"), ==, "cat,dog");
  g_assert_null (sac_network_get_metadata (network, "nothing"));
  g_assert_cmpint (graph->opset, ==, 17);
  g_assert_cmpstr (sac_network_get_path (network), ==, "test.onnx");
}

static void
test_sha256 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (rich);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);
  g_autofree char *expected =
    g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  g_assert_no_error (error);
  g_assert_cmpstr (sac_network_get_sha256 (network), ==, expected);
  g_assert_cmpstr (sac_network_get_sha256 (network), ==, expected);
}

/* Every prefix is refused, with a message that begins with the file's name;
 * each lies at the end of a page of its own size, so that sanitizers see a read
 * beyond it. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) bytes = onnx_write (rich);
  gsize size = g_bytes_get_size (bytes);

  for (gsize cut = 0; cut < size; cut++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), cut);
    g_autoptr (SacNetwork) network =
      sac_network_parse (part, "cut.onnx", &error);

    g_assert_null (network);
    g_assert_nonnull (error);
    g_assert_true (g_str_has_prefix (error->message, "cut.onnx: "));
    g_assert_null (strchr (error->message, '\n'));
  }
}

/* Every byte is replaced by each of a few: the reader refuses or reads, and
 * stays inside its memory. */
static void
test_changed_bytes (void)
{
  g_autoptr (GBytes) bytes = onnx_write (rich);
  gsize size = g_bytes_get_size (bytes);
  const guint8 changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

  for (gsize at = 0; at < size; at++) {
    for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
      g_autoptr (GError) error = NULL;
      guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

      copy[at] = changes[i];

      g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
      g_autoptr (SacNetwork) network =
        sac_network_parse (changed, "changed.onnx", &error);

      g_assert_true ((network == NULL) == (error != NULL));
    }
  }
}

static void
check_refused (const char *text, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse (text, &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, code, part);
}

#define INPUT "input x float 2\n"
#define OUTPUT "output y float 2\n"

static void
test_refused_graphs (void)
{
  check_refused (INPUT "node a Relu z -> y\n" OUTPUT, SAC_ERROR_DAMAGED,
                 "node a (Relu, opset 17): it reads \"z\", which nothing");
  check_refused (INPUT "node a Relu x -> y\nnode b Relu x -> y\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "\"y\" is defined twice");
  check_refused (INPUT "node a Add x,q -> p\nnode b Relu p -> q\n"
                       "node c Relu q -> y\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "cycle");
  check_refused (INPUT "node a Relu x -> z\n" OUTPUT, SAC_ERROR_DAMAGED,
                 "nothing makes the output \"y\"");
  check_refused (INPUT "node _ Unheard x -> y\n" OUTPUT, SAC_ERROR_UNSUPPORTED,
                 "node y (Unheard, opset 17): this op is not supported");
  check_refused (INPUT "opset far.away 3\nnode a far.away:Op x -> y\n" OUTPUT,
                 SAC_ERROR_UNSUPPORTED, "node a (far.away.Op, opset 3)");
  check_refused ("opset 6\n" INPUT "node a Relu x -> y\n" OUTPUT,
                 SAC_ERROR_UNSUPPORTED, "opset 6 of ONNX; opsets 7 to 25");
  check_refused ("opset 26\n" INPUT "node a Relu x -> y\n" OUTPUT,
                 SAC_ERROR_UNSUPPORTED, "opset 26 of ONNX; opsets 7 to 25");
  check_refused (INPUT "node a Gelu x -> y\n" OUTPUT, SAC_ERROR_DAMAGED,
                 "from opset 20 on");
  check_refused (INPUT "node a Relu x -> y to=i:1 to=i:2\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "attribute to is given twice");
  check_refused (INPUT "node a Cast x -> y to=ri:type\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "attribute to refers to a function");
  check_refused ("input x string 2\nnode a Identity x -> y\n" OUTPUT,
                 SAC_ERROR_UNSUPPORTED, "type string cannot be fed");
  check_refused (INPUT "node a Relu x -> y\n", SAC_ERROR_DAMAGED, "no outputs");
}

static void
test_refused_functions (void)
{
  check_refused ("opset f 1\nfunction f:F a -> b\nopset f 1\n"
                 "node _ f:F a -> b\nend\n" INPUT "node c f:F x -> y\n" OUTPUT,
                 SAC_ERROR_UNSUPPORTED, "functions call each other");
  check_refused ("opset f 1\nfunction f:F a -> b\nopset 17\n"
                 "node _ Relu a -> c\nend\n" INPUT "node d f:F x -> y\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "nothing inside makes its output 0");
  check_refused ("opset f 1\nfunction f:F a -> b\nopset 17\n"
                 "node _ Relu x -> b\nend\n" INPUT "node d f:F x -> y\n" OUTPUT,
                 SAC_ERROR_DAMAGED, "reads \"x\", which nothing makes");
}

/* Each function calls the next twice: thirty lines that stand for 2^30 nodes.
 */
static void
test_doubling_functions (void)
{
  GString *text = g_string_new ("opset f 1\n");

  for (int i = 0; i < 30; i++)
    g_string_append_printf (text,
                            "function f:F%d a -> b\nopset f 1\nopset 17\n"
                            "node _ %s%d a -> c\nnode _ %s%d c -> b\nend\n",
                            i, "f:F", i + 1, "f:F", i + 1);
  g_string_append (text, "function f:F30 a -> b\nopset 17\n"
                         "node _ Relu a -> b\nend\n" INPUT
                         "node c f:F0 x -> y\n" OUTPUT);
  check_refused (text->str, SAC_ERROR_TOO_LARGE, "nodes");
  g_string_free (text, TRUE);
}

static void
test_functions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("opset f 1\n"
           "function f:Inner a -> b\nattribute slope\nopset 17\n"
           "node act LeakyRelu a -> b alpha=rf:slope\nend\n"
           "function f:Outer a,m -> b,c\nattribute s\nopset 17\nopset f 1\n"
           "node call f:Inner a -> t slope=rf:s\n"
           "node _ Neg t -> b\n"
           "node _ Identity t -> c\nend\n"
           "input x float 2\n"
           "node one f:Outer x -> p,q s=f:0.5\n"
           "node one f:Outer p,q -> y,z s=f:0.25\n"
           "output y float 2\noutput z float 2\n",
           &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_cmpuint (graph->node_count, ==, 6);
  g_assert_cmpstr (graph->nodes[0].op_type, ==, "LeakyRelu");
  g_assert_cmpfloat (graph->nodes[0].attributes[0].f, ==, 0.5);
  g_assert_cmpfloat (graph->nodes[3].attributes[0].f, ==, 0.25);
  g_assert_true (get_value (graph, "y")->is_output);
  g_assert_cmpint (get_value (graph, "one/t")->producer, ==, 0);
}

/* A function that hands its input out, and one value under two names. */
static void
test_function_aliases (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("opset f 1\n"
           "function f:Same a -> a,b,c\nopset 17\nnode _ Relu a -> b\n"
           "node _ Neg a -> c\nend\n"
           "input x float 2\n"
           "node call f:Same x -> p,q,r\n"
           "output p\noutput q\noutput r\n",
           &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);
  const SacValue *p = get_value (graph, "p");

  g_assert_cmpstr (graph->nodes[p->producer].op_type, ==, "Identity");
  g_assert_cmpstr (graph->nodes[get_value (graph, "q")->producer].op_type, ==,
                   "Relu");
}

static void
test_unsorted (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse (INPUT
           "node c Neg b -> y\nnode b Relu a -> b\nnode a Abs x -> a\n" OUTPUT,
           &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_cmpstr (graph->nodes[0].name, ==, "a");
  g_assert_cmpstr (graph->nodes[1].name, ==, "b");
  g_assert_cmpstr (graph->nodes[2].name, ==, "c");
}

/* Before IR version 4 every weight was among the inputs. */
static void
test_initializer_input (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse (INPUT "input w float 2\ninit w float 2 1 2\n"
                 "node a Add x,w -> y\n" OUTPUT,
           &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_cmpuint (graph->input_count, ==, 1);
  g_assert_nonnull (get_value (graph, "w")->constant);
}

static void
test_constants_fold (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse (INPUT "init k int64 1 2\n"
                 "node a ConstantOfShape k -> ones value=t:float:1:3\n"
                 "node b Mul ones,ones -> nines\n"
                 "node c Add x,nines -> y\n" OUTPUT,
           &error);

  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (network);
  const SacTensor *nines = get_value (graph, "nines")->constant;

  g_assert_cmpuint (graph->node_count, ==, 1);
  g_assert_nonnull (nines);
  g_assert_cmpfloat (sac_tensor_f32 (nines)[1], ==, 9);
}

/* What cannot be evaluated is the run's to refuse, if it is needed at all. */
static void
test_faulty_constants (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse (INPUT "init k int64 1 2\ninit zero int64 1 0\n"
                 "node a Div k,zero -> bad\n"
                 "node c Relu x -> y\n" OUTPUT,
           &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_network_get_graph (network)->node_count, ==, 2);
}

static void
test_escape (void)
{
  g_autofree char *plain = sac_network_escape ("/layer1/Relu_output_0");
  g_autofree char *odd = sac_network_escape ("a\nb\x01\xff\xc3\xa9 \u2028<b>");

  g_assert_cmpstr (plain, ==, "/layer1/Relu_output_0");
  g_assert_cmpstr (odd, ==, "a\\x0Ab\\x01\\xFF\u00e9 \\xE2\\x80\\xA8<b>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/rich", test_rich);
  g_test_add_func ("/network/sha256", test_sha256);
  g_test_add_func ("/network/truncated", test_truncated);
  g_test_add_func ("/network/changed-bytes", test_changed_bytes);
  g_test_add_func ("/network/refused-graphs", test_refused_graphs);
  g_test_add_func ("/network/refused-functions", test_refused_functions);
  g_test_add_func ("/network/doubling-functions", test_doubling_functions);
  g_test_add_func ("/network/functions", test_functions);
  g_test_add_func ("/network/function-aliases", test_function_aliases);
  g_test_add_func ("/network/unsorted", test_unsorted);
  g_test_add_func ("/network/initializer-input", test_initializer_input);
  g_test_add_func ("/network/constants-fold", test_constants_fold);
  g_test_add_func ("/network/faulty-constants", test_faulty_constants);
  g_test_add_func ("/network/escape", test_escape);
  return g_test_run ();
}
