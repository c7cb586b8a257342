/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Inverted bottlenecks, whose convolutions are joined: against the same graph
 * one node at a time, and joined no further than what was asked for allows. */
#include "network/plan-profile.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <string.h>

typedef struct {
  int images, height, width, kernel, stride;
  bool relu; /* instead of SiLU */
} Shape;

static void
add_constant (
  GString *text, GRand *random, const char *name, const char *shape, int count)
{
  g_string_append_printf (text, "init %s float %s", name, shape);
  for (int i = 0; i < count; i++)
    g_string_append_printf (text, " %.6g",
                            g_rand_double_range (random, -0.5, 0.5));
  g_string_append_c (text, '\n');
}

static void
add_function (GString *text, const Shape *s, const char *from, const char *to)
{
  if (s->relu)
    g_string_append_printf (text, "node _ Relu %s0 -> %s\n", from, to);
  else
    g_string_append_printf (text,
                            "node _ Sigmoid %s0 -> %s1\n"
                            "node _ Mul %s0,%s1 -> %s\n",
                            from, from, from, from, to);
}

/* wide = SiLU (Conv (x)), deep = SiLU (depthwise (wide)), gated = deep times
 * what is made of its mean, y = Tanh (Conv (gated)). */
static SacNetwork *
make_network (const Shape *s)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *kernel =
    g_strdup_printf ("40,1,%d,%d", s->kernel, s->kernel);
  int pad = s->kernel / 2;

  g_string_append_printf (text, "input image float %d,3,%d,%d\n", s->images,
                          s->height, s->width);
  add_constant (text, random, "a", "12,3,3,3", 12 * 27);
  add_constant (text, random, "b", "40,12,1,1", 40 * 12);
  add_constant (text, random, "c", "40", 40);
  add_constant (text, random, "d", kernel, 40 * s->kernel * s->kernel);
  add_constant (text, random, "e", "6,40,1,1", 6 * 40);
  add_constant (text, random, "f", "40,6,1,1", 40 * 6);
  add_constant (text, random, "g", "20,40,1,1", 20 * 40);
  g_string_append_printf (text,
                          "node _ Conv image,a -> x pads=is:1,1,1,1\n"
                          "node _ Conv x,b,c -> wide0\n"
                          "node _ Conv wide,d -> deep0 group=i:40 "
                          "strides=is:%d,%d pads=is:%d,%d,%d,%d\n",
                          s->stride, s->stride, pad, pad, pad, pad);
  add_function (text, s, "wide", "wide");
  add_function (text, s, "deep", "deep");
  g_string_append (text, "node _ GlobalAveragePool deep -> mean\n"
                         "node _ Conv mean,e -> squeezed0\n"
                         "node _ Relu squeezed0 -> squeezed\n"
                         "node _ Conv squeezed,f -> gate0\n"
                         "node _ Sigmoid gate0 -> gate\n"
                         "node _ Mul deep,gate -> gated\n"
                         "node _ Conv gated,g -> narrow\n"
                         "node _ Tanh narrow -> y\noutput y\n");

  g_autoptr (GBytes) bytes = onnx_write (text->str);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

typedef struct {
  SacNetwork *network;
  SacTensor *x;
  const char *capture, *wrt; /* or NULL */
} Case;

static SacPlan *
make_plan (const Case *c, bool plain)
{
  g_autoptr (GError) error = NULL;
  const char *const captures[] = {"y", c->capture, NULL};
  const char *const wrt[] = {c->wrt, NULL};
  const SacPlanRequest request = {
    .input_shapes = &c->x->shape,
    .captures = captures,
    .target = c->wrt != NULL ? "y" : NULL,
    .wrt = c->wrt != NULL ? wrt : NULL,
    .plain = plain,
  };
  SacPlan *plan = sac_plan_new (c->network, &request, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

static SacResult *
run (const Case *c, const SacPlan *plan)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) seed = NULL;
  const SacTensor *const inputs[] = {c->x};
  int y = sac_graph_find_value (sac_network_get_graph (c->network), "y");

  seed =
    sac_tensor_new (SAC_TYPE_FLOAT, &sac_plan_get_info (plan, y)->shape, NULL);
  for (int64_t i = 0; i < sac_tensor_get_count (seed); i++)
    sac_tensor_f32 (seed)[i] = (float)(i % 7) - 3;

  SacResult *result =
    sac_plan_run ((SacPlan *)plan,
                  &(SacRunParams){.inputs = inputs,
                                  .cotangent = c->wrt != NULL ? seed : NULL},
                  NULL, &error);

  g_assert_no_error (error);
  return result;
}

/* Forward. */
static size_t
count_op (const SacPlan *plan, const char *op)
{
  size_t count = 0;

  for (size_t i = 0; i < sac_plan_get_step_count (plan); i++) {
    SacPlanStepInfo step = sac_plan_get_step (plan, i);

    count += !step.reverse && strcmp (step.op, op) == 0;
  }
  return count;
}

static void
check_close (const SacTensor *got, const SacTensor *expected, const char *what)
{
  g_assert_nonnull (got);
  g_assert_nonnull (expected);
  g_assert_true (sac_shape_equal (&got->shape, &expected->shape));
  test_assert_close (sac_tensor_f32 (got), sac_tensor_f32 (expected),
                     (size_t)sac_tensor_get_count (got), 2e-5, what);
}

/* pairs, gates, means by themselves: how many there must be. */
static void
check (const Case *c, size_t pairs, size_t gates, size_t means)
{
  g_autoptr (SacPlan) plain = make_plan (c, true);
  g_autoptr (SacPlan) joined = make_plan (c, false);
  g_autoptr (SacResult) expected = run (c, plain);
  g_autoptr (SacResult) got = run (c, joined);

  g_assert_cmpuint (count_op (joined, "BlockedPair"), ==, pairs);
  g_assert_cmpuint (count_op (joined, "BlockedGated"), ==, gates);
  g_assert_cmpuint (count_op (joined, "BlockedPool"), ==, means);
  check_close (sac_result_get_value (got, "y"),
               sac_result_get_value (expected, "y"), "y");
  if (c->capture != NULL)
    check_close (sac_result_get_value (got, c->capture),
                 sac_result_get_value (expected, c->capture), c->capture);
  if (c->wrt != NULL)
    check_close (sac_result_get_gradient (got, c->wrt),
                 sac_result_get_gradient (expected, c->wrt), c->wrt);
}

static SacTensor *
make_input (const Shape *shape)
{
  SacShape x_shape =
    sac_shape_of (shape->images, 3, shape->height, shape->width);
  SacTensor *x = sac_tensor_new (SAC_TYPE_FLOAT, &x_shape, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  for (int64_t i = 0; i < sac_tensor_get_count (x); i++)
    sac_tensor_f32 (x)[i] = (float)g_rand_double_range (random, -1, 1);
  return x;
}

static void
check_shape (const Shape *shape)
{
  static const struct {
    const char *capture, *wrt;
    size_t pairs, gates, means;
  } wishes[] = {
    {NULL, NULL, 1, 1, 0},       {"deep", NULL, 1, 1, 0},
    {"deep0", NULL, 1, 1, 1},    {"mean", NULL, 1, 1, 1},
    {"gate", NULL, 1, 1, 0},     {"gated", NULL, 1, 0, 0},
    {"wide", NULL, 0, 1, 1},     {"wide0", NULL, 0, 1, 1},
    {"x", NULL, 1, 1, 0},        {"narrow", NULL, 1, 1, 0},
    {"squeezed", NULL, 1, 1, 0}, {NULL, "narrow", 1, 1, 0},
    {NULL, "gated", 1, 0, 0},    {"deep", "gate", 1, 1, 0},
    {NULL, "deep", 1, 0, 0},     {NULL, "mean", 1, 1, 1},
    {NULL, "wide", 0, 1, 1},     {NULL, "image", 1, 1, 0},
    {"deep0", "x", 1, 1, 1},
  };
  g_autoptr (SacNetwork) network = make_network (shape);
  g_autoptr (SacTensor) x = make_input (shape);

  for (size_t i = 0; i < G_N_ELEMENTS (wishes); i++)
    check (&(Case){network, x, wishes[i].capture, wishes[i].wrt},
           wishes[i].pairs, wishes[i].gates, wishes[i].means);
}

static void
test_bottleneck (void)
{
  static const Shape shapes[] = {{1, 13, 11, 3, 1, false},
                                 {2, 9, 14, 5, 1, true},
                                 {3, 13, 12, 3, 2, false}};

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
    check_shape (&shapes[i]);
}

/* Several bands of rows, forward and back; parts of dX that no tap reaches. */
static void
test_bands (void)
{
  static const Shape shapes[] = {{1, 61, 150, 3, 2, true},
                                 {1, 60, 150, 5, 2, false},
                                 {1, 70, 140, 3, 1, false},
                                 {2, 50, 160, 5, 1, true},
                                 {1, 8, 9, 1, 2, false},
                                 {1, 1, 5, 3, 1, true}};

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (SacNetwork) network = make_network (&shapes[i]);
    g_autoptr (SacTensor) x = make_input (&shapes[i]);

    check (&(Case){network, x, NULL, "image"}, 1, 1, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rewrite-join/bottleneck", test_bottleneck);
  g_test_add_func ("/rewrite-join/bands", test_bands);
  return g_test_run ();
}
