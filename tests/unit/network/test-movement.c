/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Chains that only move elements, as one op and node by node: the same bits in
 * values and gradients, and fewer steps. */
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#include <string.h>

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static SacTensor *
make_ramp (const SacShape *shape)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = 0.5f + 0.25f * (float)(i % 911);
  return tensor;
}

typedef struct {
  SacNetwork *network;
  SacTensor *x;
  const char *const *captures;
} Subject;

static SacResult *
run (const Subject *subject, bool plain, size_t *ret_steps)
{
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = &subject->x->shape,
    .captures = subject->captures,
    .target = "y",
    .wrt = (const char *const[]){"x", NULL},
    .plain = plain,
  };
  g_autoptr (SacPlan) plan =
    sac_plan_new (subject->network, &request, NULL, &error);

  g_assert_no_error (error);

  int value =
    sac_graph_find_value (sac_network_get_graph (subject->network), "y");
  g_autoptr (SacTensor) cotangent =
    make_ramp (&sac_plan_get_info (plan, value)->shape);
  const SacTensor *const inputs[] = {subject->x};
  const SacRunParams params = {.inputs = inputs, .cotangent = cotangent};
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  *ret_steps = sac_plan_get_step_count (plan);
  return result;
}

static void
assert_same (const SacTensor *a, const SacTensor *b)
{
  g_assert_true (sac_shape_equal (&a->shape, &b->shape));
  g_assert_cmpmem (a->data, sac_tensor_get_bytes (a), b->data,
                   sac_tensor_get_bytes (b));
}

/* Returns: by how many steps the plan got shorter. */
static int
compare (const char *text, SacShape shape, const char *const *captures)
{
  g_autoptr (SacNetwork) network = parse (text);
  g_autoptr (SacTensor) x = make_ramp (&shape);
  const Subject subject = {network, x, captures};
  size_t parts, joined;
  g_autoptr (SacResult) expected = run (&subject, true, &parts);
  g_autoptr (SacResult) got = run (&subject, false, &joined);

  assert_same (sac_result_get_value (got, "y"),
               sac_result_get_value (expected, "y"));
  assert_same (sac_result_get_gradient (got, "x"),
               sac_result_get_gradient (expected, "x"));
  for (size_t i = 0; captures != NULL && captures[i] != NULL; i++)
    assert_same (sac_result_get_value (got, captures[i]),
                 sac_result_get_value (expected, captures[i]));
  return (int)parts - (int)joined;
}

/* Rolled by one along both axes, cut into windows of 2 x 2. */
#define SHIFTED_WINDOWS                                                        \
  "input x float 1,4,6,16\n"                                                   \
  "init one int64 1 1\n"                                                       \
  "init zero int64 1 0\n"                                                      \
  "init end int64 1 100\n"                                                     \
  "init rows int64 1 1\n"                                                      \
  "init columns int64 1 2\n"                                                   \
  "init parts int64 6 1 2 2 3 2 16\n"                                          \
  "init windows int64 3 6 4 16\n"                                              \
  "node a Neg x -> p\n"                                                        \
  "node b Slice p,one,end,rows -> p1\n"                                        \
  "node c Slice p,zero,one,rows -> p2\n"                                       \
  "node d Concat p1,p2 -> q axis=i:1\n"                                        \
  "node e Slice q,one,end,columns -> q1\n"                                     \
  "node f Slice q,zero,one,columns -> q2\n"                                    \
  "node g Concat q1,q2 -> r axis=i:2\n"                                        \
  "node h Reshape r,parts -> s\n"                                              \
  "node i Transpose s -> t perm=is:0,1,3,2,4,5\n"                              \
  "node j Reshape t,windows -> u\n"                                            \
  "node k Neg u -> y\n"                                                        \
  "output y\n"

static void
test_windows (void)
{
  const SacShape shape = sac_shape_of (1, 4, 6, 16);

  /* Seven ops that copy become one, forward and in reverse. */
  g_assert_cmpint (compare (SHIFTED_WINDOWS, shape, NULL), >=, 12);
}

/* What is asked for is there, and the chain is cut at it. */
static void
test_captures (void)
{
  const SacShape shape = sac_shape_of (1, 4, 6, 16);
  static const char *const one[] = {"r", NULL};
  static const char *const inside[] = {"q2", "s", NULL};

  g_assert_cmpint (compare (SHIFTED_WINDOWS, shape, one), >, 0);
  compare (SHIFTED_WINDOWS, shape, inside);
}

/* Queries, keys and values out of one product; rows that are added as zeros;
 * rows that are taken twice. */
static void
test_parts (void)
{
  const SacShape shape = sac_shape_of (2, 5, 96);

  compare ("input x float 2,5,96\n"
           "init parts int64 5 2 5 3 2 16\n"
           "init first int64 - 0\n"
           "init second int64 - 1\n"
           "node a Neg x -> p\n"
           "node b Reshape p,parts -> q\n"
           "node c Transpose q -> r perm=is:2,0,3,1,4\n"
           "node d Gather r,first -> s axis=i:0\n"
           "node e Gather r,second -> t axis=i:0\n"
           "node f Mul s,t -> y\n"
           "output y\n",
           shape, NULL);
  compare ("input x float 2,5,96\n"
           "init pads int64 6 0 1 0 0 2 0\n"
           "init twice int64 3 4 1 4\n"
           "node a Neg x -> p\n"
           "node b Pad p,pads -> q\n"
           "node c Gather q,twice -> r axis=i:1\n"
           "node d Transpose r -> s perm=is:1,0,2\n"
           "node e Neg s -> y\n"
           "output y\n",
           shape, NULL);
}

/* A roll by one along one axis, then a Transpose. */
#define ROLL(from, to, start, first, second, perm)                             \
  "node _ Slice " from "," start ",end,axis -> " to "1\n"                      \
  "node _ Slice " from ",zero," start ",axis -> " to "2\n"                     \
  "node _ Concat " to first "," to second " -> " to "3 axis=i:1\n"             \
  "node _ Transpose " to "3 -> " to "4 perm=is:" perm "\n"                     \
  "node _ Neg " to "4 -> " to "\n"

/* The same chain again, and chains that differ in a constant, in what is joined
 * first, and in an attribute. */
static void
test_repeated (void)
{
  g_assert_cmpint (
    compare ("input x float 4,4,4,16\ninit one int64 1 1\n"
             "init two int64 1 2\ninit three int64 1 3\n"
             "init zero int64 1 0\ninit end int64 1 100\n"
             "init axis int64 1 1\nnode _ Neg x -> a\n" ROLL ("a", "b", "one",
                                                              "1", "2",
                                                              "0,2,1,3")
               ROLL ("b", "c", "one", "1", "2", "0,2,1,3")
                 ROLL ("c", "d", "three", "1", "2", "0,2,1,3")
                   ROLL ("d", "e", "one", "1", "2", "2,0,1,3")
                     ROLL ("e", "f", "two", "2", "1", "0,2,1,3")
                       ROLL ("f", "g", "two", "1", "2",
                             "0,2,1,3") "node _ Identity g -> y\noutput y\n",
             sac_shape_of (4, 4, 4, 16), NULL),
    >=, 6 * 6);
}

/* Two sources, single elements, and a Pad of something else stay. */
static void
test_left_alone (void)
{
  const SacShape shape = sac_shape_of (2, 5, 96);

  g_assert_cmpint (compare ("input x float 2,5,96\n"
                            "node a Neg x -> p\n"
                            "node b Abs x -> q\n"
                            "node c Concat p,q -> r axis=i:1\n"
                            "node d Transpose r -> s perm=is:1,0,2\n"
                            "node e Neg s -> y\n"
                            "output y\n",
                            shape, NULL),
                   ==, 0);
  g_assert_cmpint (compare ("input x float 2,5,96\n"
                            "node a Neg x -> p\n"
                            "node b Transpose p -> q perm=is:2,1,0\n"
                            "node c Transpose q -> r perm=is:1,0,2\n"
                            "node d Neg r -> y\n"
                            "output y\n",
                            shape, NULL),
                   ==, 0);
  g_assert_cmpint (compare ("input x float 2,5,96\n"
                            "init pads int64 6 0 1 0 0 2 0\n"
                            "init two float - 2\n"
                            "node a Neg x -> p\n"
                            "node b Pad p,pads,two -> q\n"
                            "node c Transpose q -> r perm=is:1,0,2\n"
                            "node d Neg r -> y\n"
                            "output y\n",
                            shape, NULL),
                   ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/movement/windows", test_windows);
  g_test_add_func ("/movement/captures", test_captures);
  g_test_add_func ("/movement/parts", test_parts);
  g_test_add_func ("/movement/repeated", test_repeated);
  g_test_add_func ("/movement/left-alone", test_left_alone);
  return g_test_run ();
}
