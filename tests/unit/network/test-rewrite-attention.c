/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention in its many written forms as one node: against the same graph node
 * by node, against a plain evaluation in float64, with any number of threads;
 * and what has to stay in parts. */
#include "base/error.h"
#include "base/limits.h"
#include "base/pool.h"
#include "network/plan-profile.h"
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 2e-6
/* The gradient of what is added to a whole row of scores is nothing but the
 * rounding of a sum that cancels, some 1e-7 either way of numbers near 1. */
#define LARGEST_MIN 0.1
#define INPUTS_MAX 6

typedef struct {
  SacNetwork *network;
  const SacGraph *graph;
  SacShape shapes[INPUTS_MAX];
  SacTensor *inputs[INPUTS_MAX];
} Subject;

/* Numbers in [-1, 1] without a pattern; about a third of the bools are true. */
static void
fill (SacTensor *tensor, guint32 seed)
{
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++) {
    seed = seed * 1664525u + 1013904223u;
    if (tensor->type == SAC_TYPE_BOOL)
      ((uint8_t *)tensor->data)[i] = (seed >> 16) % 3 == 0;
    else
      sac_tensor_f32 (tensor)[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
  }
}

static void
subject_init (Subject *subject, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);

  subject->network = sac_network_parse (bytes, "test.onnx", &error);
  g_assert_no_error (error);
  subject->graph = sac_network_get_graph (subject->network);
  for (size_t i = 0; i < subject->graph->input_count; i++) {
    const SacValue *value = &subject->graph->values[subject->graph->inputs[i]];

    subject->shapes[i] = value->shape;
    subject->inputs[i] = sac_tensor_new (value->type, &value->shape, NULL);
    fill (subject->inputs[i], (guint32)i * 77 + 5);
  }
}

static void
subject_finish (Subject *subject)
{
  for (size_t i = 0; i < subject->graph->input_count; i++)
    sac_tensor_unref (subject->inputs[i]);
  sac_network_unref (subject->network);
}

static SacPlan *
make_plan (const Subject *subject, SacPlanRequest request)
{
  g_autoptr (GError) error = NULL;

  request.input_shapes = subject->shapes;

  SacPlan *plan = sac_plan_new (subject->network, &request, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

/* With every float input differentiated to. */
static SacResult *
run (const Subject *subject, bool plain, SacPlan **ret_plan)
{
  g_autoptr (GError) error = NULL;
  const char *wrt[INPUTS_MAX + 1] = {NULL};
  size_t count = 0;

  for (size_t i = 0; i < subject->graph->input_count; i++) {
    if (subject->inputs[i]->type != SAC_TYPE_BOOL)
      wrt[count++] = subject->graph->values[subject->graph->inputs[i]].name;
  }

  SacPlan *plan =
    make_plan (subject,
               (SacPlanRequest){.target = "y", .wrt = wrt, .plain = plain});
  int y = sac_graph_find_value (subject->graph, "y");
  g_autoptr (SacTensor) cotangent =
    sac_tensor_new (SAC_TYPE_FLOAT, &sac_plan_get_info (plan, y)->shape, NULL);

  fill (cotangent, 991);

  SacResult *result =
    sac_plan_run (plan,
                  &(SacRunParams){
                    .inputs = (const SacTensor *const *)subject->inputs,
                    .cotangent = cotangent,
                  },
                  NULL, &error);

  g_assert_no_error (error);
  if (ret_plan != NULL)
    *ret_plan = plan;
  else
    sac_plan_unref (plan);
  return result;
}

static void
assert_same (const SacTensor *got,
             const SacTensor *expected,
             double tolerance,
             const char *what)
{
  const float *a = sac_tensor_f32 (got), *b = sac_tensor_f32 (expected);
  double largest = LARGEST_MIN;

  g_assert_true (sac_shape_equal (&got->shape, &expected->shape));
  for (int64_t i = 0; i < sac_tensor_get_count (expected); i++)
    largest = isnan (b[i]) ? largest : fmax (largest, fabs ((double)b[i]));
  for (int64_t i = 0; i < sac_tensor_get_count (expected); i++) {
    if (isnan (a[i]) != isnan (b[i]) ||
        fabs ((double)a[i] - (double)b[i]) > tolerance * largest)
      g_error ("%s: element %d is %g, not %g (largest %g)", what, (int)i,
               (double)a[i], (double)b[i], largest);
  }
}

static void
assert_same_results (const Subject *subject,
                     const SacResult *got,
                     const SacResult *expected,
                     double tolerance)
{
  assert_same (sac_result_get_value (got, "y"),
               sac_result_get_value (expected, "y"), tolerance, "y");
  for (size_t i = 0; i < subject->graph->input_count; i++) {
    const char *name = subject->graph->values[subject->graph->inputs[i]].name;

    if (subject->inputs[i]->type != SAC_TYPE_BOOL)
      assert_same (sac_result_get_gradient (got, name),
                   sac_result_get_gradient (expected, name), tolerance, name);
  }
}

typedef struct {
  const char *name;
  const char *text;    /* inputs are what is differentiated to; output: y */
  const char *weights; /* NULL: "p" */
} Form;

static const char *
weights_of (const Form *form)
{
  return form->weights != NULL ? form->weights : "p";
}

#define QKV                                                                    \
  "input q float 2,3,5,7\ninput k float 2,3,7,11\ninput v float 2,3,11,4\n"    \
  "output y float *\n"
#define PRODUCT "node _ MatMul q,k -> s\n"
#define CONTEXT "node _ MatMul p,v -> y\n"

/* One tensor that queries, keys and values are taken out of. */
#define PACKED                                                                 \
  "input x float 2,5,18\ninit five int64 5 2 5 3 2 3\ninit zero int64 - 0\n"   \
  "init one int64 - 1\ninit last int64 - -1\ninit c float - 0.37\n"            \
  "init flat int64 3 2 5 6\noutput y float *\nnode _ Reshape x,five -> r\n"    \
  "node _ Transpose r -> t perm=is:2,0,3,1,4\n"
#define TURNED_KEYS "node _ Transpose b -> k perm=is:0,1,3,2\n"
#define TURNED_CONTEXT                                                         \
  "node _ MatMul p,v -> d\nnode _ Transpose d -> e perm=is:0,2,1,3\n"          \
  "node _ Reshape e,flat -> y\n"
#define HEADS(from, to)                                                        \
  "node _ Reshape " from ",heads -> " to "h\n"                                 \
  "node _ Transpose " to "h -> " to " perm=is:0,2,1,3\n"

/* Nothing but the attention is left of these. */
static const Form views[] = {
  {"gathered", PACKED "node _ Gather t,zero -> q axis=i:0\n"
                      "node _ Gather t,one -> b axis=i:0\n"
                      "node _ Gather t,last -> v axis=i:0\n" TURNED_KEYS PRODUCT
                      "node _ Softmax s -> p\n" TURNED_CONTEXT},
  {"gathered-and-scaled",
   PACKED "node _ Gather t,last -> a axis=i:0\nnode _ Mul a,c -> q\n"
          "node _ Gather t,one -> b axis=i:0\n"
          "node _ Gather t,zero -> v axis=i:0\n" TURNED_KEYS PRODUCT
          "node _ Softmax s -> p\n" TURNED_CONTEXT},
  {"gathered-twice",
   PACKED "node _ Gather t,zero -> q axis=i:0\n"
          "node _ Gather t,zero -> b axis=i:0\n"
          "node _ Gather t,last -> v axis=i:0\n" TURNED_KEYS PRODUCT
          "node _ Softmax s -> p\n" TURNED_CONTEXT},
  {"split",
   "input x float 2,5,18\ninit heads int64 4 2 5 2 3\n"
   "init flat int64 3 2 5 6\ninit parts int64 3 6 6 6\ninit c float - 2.5\n"
   "output y float *\nnode _ Split x,parts -> l,m,n axis=i:2\n"
   "node _ Div l,c -> f\n" HEADS ("f", "q") HEADS ("m", "b") HEADS ("n", "v")
     TURNED_KEYS PRODUCT "node _ Softmax s -> p\n" TURNED_CONTEXT},
  {"sliced",
   "input x float 2,5,18\ninit heads int64 4 2 5 2 3\n"
   "init flat int64 3 2 5 6\ninit zero int64 1 0\ninit six int64 1 6\n"
   "init twelve int64 1 -6\ninit end int64 1 99\ninit last int64 1 -1\n"
   "init one int64 1 1\noutput y float *\n"
   "node _ Slice x,zero,six,last,one -> f\n"
   "node _ Slice x,six,twelve,last -> m\n"
   "node _ Slice x,twelve,end,last,one -> n\n" HEADS ("f", "q") HEADS ("m", "b")
     HEADS ("n", "v") TURNED_KEYS PRODUCT
   "node _ Softmax s -> p\n" TURNED_CONTEXT},
};

static const Form fused[] = {
  {"plain", QKV PRODUCT "node _ Softmax s -> p\n" CONTEXT},
  {"three-axes", "input q float 6,5,7\ninput k float 6,7,11\n"
                 "input v float 6,11,4\noutput y float *\n" PRODUCT
                 "node _ Softmax s -> p axis=i:2\n" CONTEXT},
  {"matrices", "input q float 5,7\ninput k float 7,11\n"
               "input v float 11,4\noutput y float *\n" PRODUCT
               "node _ Softmax s -> p axis=i:1\n" CONTEXT},
  {"one-each", "input q float 1,1,1,1\ninput k float 1,1,1,2\n"
               "input v float 1,1,2,1\noutput y float *\n" PRODUCT
               "node _ Softmax s -> p\n" CONTEXT},
  {"old-softmax",
   "opset 11\n" QKV PRODUCT "node _ Softmax s -> p axis=i:3\n" CONTEXT},
  {"scale", QKV "init c float - 0.37\n" PRODUCT "node _ Mul c,s -> t\n"
                "node _ Softmax t -> p\n" CONTEXT},
  {"divided", QKV "init c float 1 2.6457513\n" PRODUCT "node _ Div s,c -> t\n"
                  "node _ Softmax t -> p\n" CONTEXT},
  {"scale-per-head",
   QKV "init c float 3,1,1 0.5 1 3\n" PRODUCT
       "node _ Mul s,c -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-keys", QKV "input b float 11\n" PRODUCT
                    "node _ Add s,b -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-rows", QKV "input b float 5,1\n" PRODUCT
                    "node _ Add b,s -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-heads", QKV "input b float 1,3,5,11\n" PRODUCT
                     "node _ Add s,b -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-samples", QKV "input b float 2,1,1,11\n" PRODUCT
                       "node _ Add s,b -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-whole", QKV "input b float 2,3,5,11\n" PRODUCT
                     "node _ Add s,b -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"bias-number", QKV "input b float -\n" PRODUCT
                      "node _ Add s,b -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"biases-and-scale",
   QKV "input b float 3,1,11\ninput d float 2,1,5,1\n"
       "init c float - 1.7\n" PRODUCT "node _ Add s,b -> t\n"
       "node _ Mul t,c -> u\nnode _ Add d,u -> w\n"
       "node _ Softmax w -> p\n" CONTEXT},
  {"mask", QKV "input m bool 2,1,5,11\ninit low float - -inf\n" PRODUCT
               "node _ Where m,low,s -> t\nnode _ Softmax t -> p\n" CONTEXT},
  {"mask-of-kept", QKV "input m bool 1,1,5,11\ninit low float - -100\n" PRODUCT
                       "node _ Where m,s,low -> t\n"
                       "node _ Softmax t -> p\n" CONTEXT},
  {"grid", "input q float 6,12,7\ninput k float 6,7,20\n"
           "input v float 6,20,4\ninput h float 6,3,4,4,1\n"
           "input w float 6,3,4,1,5\noutput y float *\n"
           "init grid int64 5 6 3 4 4 5\ninit flat int64 3 6 12 20\n" PRODUCT
           "node _ Reshape s,grid -> t\nnode _ Add t,h -> u\n"
           "node _ Add u,w -> x\nnode _ Reshape x,flat -> z\n"
           "node _ Softmax z -> p\n" CONTEXT},
  {"windows",
   "input q float 4,3,5,7\ninput k float 4,3,7,5\n"
   "input v float 4,3,5,2\ninput b float 1,3,5,5\n"
   "init m float 1,2,1,5,5 0 0 0 -100 0 0 0 0 0 0 0 0 -100 0 0 0 0 "
   "0 0 0 0 0 0 0 -100 0 -100 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -100 0 "
   "0 0 0 0 0\ninit apart int64 5 2 2 3 5 5\n"
   "init joined int64 4 4 3 5 5\noutput y float *\n" PRODUCT
   "node _ Add s,b -> t\nnode _ Reshape t,apart -> u\n"
   "node _ Add u,m -> w\nnode _ Reshape w,joined -> x\n"
   "node _ Softmax x -> p\n" CONTEXT},
  {"guard",
   QKV "init low float - -inf\ninit zero float - 0\n"
       "init m bool 5,11 0 0 0 0 0 0 0 0 0 0 1 0 0 1 0 0 0 0 0 0 0 0 "
       "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
       "0\n" PRODUCT "node _ Where m,low,s -> t\n"
       "node _ Softmax t -> p\nnode _ IsNaN p -> n\n"
       "node _ Where n,zero,p -> g\nnode _ MatMul g,v -> y\n"},
  {"shared-keys", "input q float 2,3,5,7\ninput k float 1,1,7,11\n"
                  "input v float 11,4\noutput y float *\n" PRODUCT
                  "node _ Softmax s -> p\n" CONTEXT},
  {"one-query-set", "input q float 5,7\ninput k float 2,3,7,11\n"
                    "input v float 2,3,11,4\noutput y float *\n" PRODUCT
                    "node _ Softmax s -> p\n" CONTEXT},
  {"itself", "input q float 2,5,7\noutput y float *\n"
             "node _ Transpose q -> k perm=is:0,2,1\n" PRODUCT
             "node _ Softmax s -> p\nnode _ MatMul p,q -> y\n"},
  {"transposes", "input q float 2,5,3,7\ninput k float 2,11,3,7\n"
                 "input v float 2,11,3,4\noutput y float *\n"
                 "node _ Transpose q -> a perm=is:0,2,1,3\n"
                 "node _ Transpose k -> b perm=is:0,2,3,1\n"
                 "node _ Transpose v -> c perm=is:0,2,1,3\n"
                 "node _ MatMul a,b -> s\nnode _ Softmax s -> p\n"
                 "node _ MatMul p,c -> d\n"
                 "node _ Transpose d -> y perm=is:0,2,1,3\n"},
  {"transposed-away", "input q float 2,3,7,5\ninput k float 2,3,7,11\n"
                      "input v float 2,3,4,11\noutput y float *\n"
                      "node _ Transpose q -> a perm=is:0,1,3,2\n"
                      "node _ MatMul a,k -> s\nnode _ Softmax s -> p\n"
                      "node _ Transpose v -> c perm=is:0,1,3,2\n"
                      "node _ MatMul p,c -> d\n"
                      "node _ Transpose d -> y perm=is:3,2,1,0\n"},
  {"values-first",
   "input q float 2,5,7\ninput k float 2,7,11\n"
   "input v float 2,4,11\noutput y float *\n" PRODUCT "node _ Softmax s -> p\n"
   "node _ Transpose p -> t perm=is:0,2,1\n"
   "node _ MatMul v,t -> y\n"},
  {"einsum", "input q float 2,5,3,7\ninput k float 2,11,3,7\n"
             "input v float 2,11,3,4\noutput y float *\n"
             "node _ Einsum q,k -> s equation=s:bqhd,bkhd->bhqk\n"
             "node _ Softmax s -> p\n"
             "node _ Einsum p,v -> y equation=s:bhqk,bkhd->bqhd\n"},
  {"einsum-turned", "input q float 3,5,7\ninput k float 3,11,7\n"
                    "input v float 3,11,4\noutput y float *\n"
                    "node _ Einsum k,q -> s equation=s:hkd,hqd->hqk\n"
                    "node _ Softmax s -> p\n"
                    "node _ Einsum v,p -> y equation=s:hkd,hqk->hqd\n"},
  {"passed-on", QKV "init flat int64 3 6 5 11\ninit back int64 4 2 3 5 11\n"
                    "init ratio float - 0.1\n" PRODUCT
                    "node _ Reshape s,flat -> t\nnode _ Softmax t -> p\n"
                    "node _ Reshape p,back -> r\nnode _ Dropout r,ratio -> o\n"
                    "node _ Identity o -> i\nnode _ MatMul i,v -> y\n"},
  {"dropout-mask",
   QKV "init ratio float - 0\ninit training bool - 1\n" PRODUCT
       "node _ Softmax s -> p\nnode _ Dropout p,ratio,training -> o,mask\n"
       "node _ MatMul o,v -> y\n"},
  {"rounded", QKV PRODUCT "node _ Softmax s -> p\n"
                          "node _ Cast p -> h to=i:10\n"
                          "node _ Cast h -> f to=i:1\n"
                          "node _ MatMul f,v -> y\n"},
  {"onnx-op",
   "opset 23\ninput q float 2,5,6\ninput k float 2,7,6\ninput v float 2,7,6\n"
   "input b float 2,1,5,7\noutput y float *\n"
   "node a Attention q,k,v,b -> y q_num_heads=i:3 kv_num_heads=i:3\n",
   "a/probabilities"},
  {"onnx-op-masked",
   "opset 23\ninput q float 2,4,5,6\ninput k float 2,2,5,6\n"
   "input v float 2,2,5,6\ninput m bool 5,5\noutput y float *\n"
   "node a Attention q,k,v,m -> y is_causal=i:1\n",
   "a/probabilities"},
  {"runtime-op",
   "opset com.microsoft 1\ninput q float 2,5,6\ninput k float 2,7,6\n"
   "input v float 2,7,6\ninput b float 1,3,5,7\noutput y float *\n"
   "node a com.microsoft:MultiHeadAttention q,k,v,_,_,b -> y "
   "num_heads=i:3\n",
   "a/probabilities"},
};

static void
test_fused (gconstpointer data)
{
  const Form *form = data;
  g_autoptr (SacPlan) plan = NULL;
  Subject subject = {0};

  subject_init (&subject, form->text);

  g_autoptr (SacResult) expected = run (&subject, true, NULL);
  g_autoptr (SacResult) got = run (&subject, false, &plan);

  g_assert_true (
    sac_plan_can_reduce (plan, sac_graph_find_value (subject.graph,
                                                     weights_of (form))));
  assert_same_results (&subject, got, expected, TOLERANCE);
  subject_finish (&subject);
}

static void
test_views (gconstpointer data)
{
  const Form *form = data;
  Subject subject = {0};

  subject_init (&subject, form->text);

  g_autoptr (SacPlan) plan =
    make_plan (&subject, (SacPlanRequest){.target = NULL});

  g_assert_cmpuint (sac_plan_get_step_count (plan), ==, 1);
  subject_finish (&subject);
  test_fused (data);
}

static const Form in_parts[] = {
  {"weights-wanted", QKV PRODUCT "output p float *\n"
                                 "node _ Softmax s -> p\n" CONTEXT},
  {"scores-wanted", QKV PRODUCT "output s float *\n"
                                "node _ Softmax s -> p\n" CONTEXT},
  {"weights-twice",
   QKV PRODUCT "node _ Softmax s -> p\nnode _ MatMul p,v -> a\n"
               "node _ ReduceMean p -> b axes=is:3\nnode _ Add a,b -> y\n"},
  {"scores-twice", QKV PRODUCT "node _ Softmax s -> p\nnode _ MatMul p,v -> a\n"
                               "node _ ReduceMean s -> b axes=is:3\n"
                               "node _ Add a,b -> y\n"},
  {"other-axis", "input q float 2,5,7\ninput k float 2,7,5\n"
                 "input v float 2,5,4\noutput y float *\n" PRODUCT
                 "node _ Softmax s -> p axis=i:1\n" CONTEXT},
  {"two-axes", "opset 11\ninput q float 2,5,7\ninput k float 2,7,5\n"
               "input v float 2,5,4\noutput y float *\n" PRODUCT
               "node _ Softmax s -> p axis=i:1\n" CONTEXT},
  {"more-samples", "input q float 1,5,7\ninput k float 1,7,5\n"
                   "input v float 2,5,4\ninput b float 2,5,5\n"
                   "output y float *\n" PRODUCT "node _ Add s,b -> t\n"
                   "node _ Softmax t -> p\n" CONTEXT},
  {"constant-keys", "input q float 2,2\ninput v float 2,2\n"
                    "init k float 2,2 1 2 3 4\noutput y float *\n" PRODUCT
                    "node _ Softmax s -> p\n" CONTEXT},
  {"capped", QKV PRODUCT "node _ Tanh s -> t\nnode _ Softmax t -> p\n" CONTEXT},
};

static void
test_in_parts (gconstpointer data)
{
  const Form *form = data;
  g_autoptr (SacPlan) plan = NULL;
  Subject subject = {0};

  subject_init (&subject, form->text);

  g_autoptr (SacResult) expected = run (&subject, true, NULL);
  g_autoptr (SacResult) got = run (&subject, false, &plan);

  g_assert_false (
    sac_plan_can_reduce (plan, sac_graph_find_value (subject.graph,
                                                     weights_of (form))));
  assert_same_results (&subject, got, expected, TOLERANCE);
  subject_finish (&subject);
}

/* 300 queries are two tiles and a rest; several slots share the work. */
#define LARGE                                                                  \
  "input q float 1,3,300,9\ninput k float 1,3,9,517\n"                         \
  "input v float 1,3,517,6\ninput b float 1,1,300,517\noutput y float *\n"     \
  "init c float - 3\n" PRODUCT "node _ Mul s,c -> t\n"                         \
  "node _ Add t,b -> u\nnode _ Softmax u -> p\n" CONTEXT

static void
test_tiles (void)
{
  Subject subject = {0};

  subject_init (&subject, LARGE);

  g_autoptr (SacResult) expected = run (&subject, true, NULL);
  g_autoptr (SacResult) got = run (&subject, false, NULL);

  assert_same_results (&subject, got, expected, TOLERANCE);
  for (size_t threads = 1; threads < 6; threads += 2) {
    sac_pool_set_threads (threads);

    g_autoptr (SacResult) again = run (&subject, false, NULL);

    assert_same_results (&subject, again, got, 0);
  }
  sac_pool_set_threads (0);
  subject_finish (&subject);
}

/* Scores of one query, and the context of it, in float64. */
static void
attend (const Subject *subject, int64_t row, const double *query, double *out)
{
  const float *k = sac_tensor_f32 (subject->inputs[1]) + row / 300 * 9 * 517;
  const float *v = sac_tensor_f32 (subject->inputs[2]) + row / 300 * 517 * 6;
  const float *b = sac_tensor_f32 (subject->inputs[3]) + row % 300 * 517;
  double weights[517], sum = 0;

  for (int j = 0; j < 517; j++) {
    double score = 0;

    for (int d = 0; d < 9; d++)
      score += query[d] * (double)k[d * 517 + j];
    weights[j] = exp (score * 3 + (double)b[j]);
    sum += weights[j];
  }
  for (int e = 0; e < 6; e++) {
    out[e] = 0;
    for (int j = 0; j < 517; j++)
      out[e] += weights[j] / sum * (double)v[j * 6 + e];
  }
}

/* Outputs, and gradients of single elements of q by central differences. */
static void
test_closed_form (void)
{
  Subject subject = {0};

  subject_init (&subject, LARGE);

  g_autoptr (SacResult) got = run (&subject, false, NULL);
  const float *y = sac_tensor_f32 (sac_result_get_value (got, "y"));
  const float *dq = sac_tensor_f32 (sac_result_get_gradient (got, "q"));
  const SacTensor *result = sac_result_get_value (got, "y");
  g_autoptr (SacTensor) cotangent =
    sac_tensor_new (SAC_TYPE_FLOAT, &result->shape, NULL);

  fill (cotangent, 991);
  for (int64_t row = 0; row < 900; row += 61) {
    double query[9], out[6], above[6], below[6], slope = 0;
    const double step = 1e-4;
    int d = (int)(row % 9);

    for (int i = 0; i < 9; i++)
      query[i] = (double)sac_tensor_f32 (subject.inputs[0])[row * 9 + i];
    attend (&subject, row, query, out);
    for (int e = 0; e < 6; e++)
      g_assert_cmpfloat_with_epsilon ((double)y[row * 6 + e], out[e], 1e-6);
    query[d] += step;
    attend (&subject, row, query, above);
    query[d] -= 2 * step;
    attend (&subject, row, query, below);
    for (int e = 0; e < 6; e++)
      slope += (double)sac_tensor_f32 (cotangent)[row * 6 + e] *
               (above[e] - below[e]) / (2 * step);
    g_assert_cmpfloat_with_epsilon ((double)dq[row * 9 + d], slope, 2e-6);
  }
  subject_finish (&subject);
}

/* Fully masked rows: NaN as Softmax gives, 0 behind the guard, which also stops
 * the gradient there. */
static void
test_masked_rows (void)
{
  static const char *const parts[] = {
    "node _ MatMul p,v -> y\n",
    "node _ IsNaN p -> n\nnode _ Where n,zero,p -> g\nnode _ MatMul g,v -> y\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *text = g_strconcat (
      "input q float 2,3\ninput k float 3,2\ninput v float 2,4\n"
      "output y float *\ninit low float - -inf\ninit zero float - 0\n"
      "init m bool 2,2 1 1 0 1\n" PRODUCT "node _ Where m,low,s -> t\n"
      "node _ Softmax t -> p\n",
      parts[i], NULL);
    Subject subject = {0};

    subject_init (&subject, text);

    g_autoptr (SacResult) got = run (&subject, false, NULL);
    const float *y = sac_tensor_f32 (sac_result_get_value (got, "y"));
    const float *v = sac_tensor_f32 (subject.inputs[2]);
    const float *dq = sac_tensor_f32 (sac_result_get_gradient (got, "q"));

    for (int e = 0; e < 4; e++) {
      g_assert_true (i == 0 ? isnan (y[e]) : y[e] == 0);
      g_assert_cmpfloat_with_epsilon (y[4 + e], v[e], 1e-6);
    }
    for (int d = 0; d < 6 && i == 1; d++)
      g_assert_cmpfloat (dq[d], ==, 0);
    subject_finish (&subject);
  }
}

#define SAM_SIZE                                                               \
  "input q float 12,4096,64\ninput k float 12,64,4096\n"                       \
  "input v float 12,4096,64\ninput h float 12,64,64,64,1\n"                    \
  "input w float 12,64,64,1,64\noutput y float *\n"                            \
  "init grid int64 5 12 64 64 64 64\ninit flat int64 3 12 4096 4096\n" PRODUCT \
  "node _ Reshape s,grid -> t\nnode _ Add t,h -> u\nnode _ Add u,w -> x\n"     \
  "node _ Reshape x,flat -> z\nnode _ Softmax z -> p\n" CONTEXT

/* The probabilities of this one would take 805 MB. */
static void
test_memory (void)
{
  static const SacPlanReduction mean = {
    .value = "p",
    .head_axis = 0,
    .head_count = 12,
    .query = SAC_REDUCE_ALL_QUERIES,
  };
  g_autoptr (GError) error = NULL;
  Subject subject = {0};

  subject_init (&subject, SAM_SIZE);

  g_autoptr (SacPlan) forward = make_plan (&subject, (SacPlanRequest){0});
  g_autoptr (SacPlan) reverse =
    make_plan (&subject,
               (SacPlanRequest){
                 .target = "y",
                 .wrt = (const char *const[]){"q", "k", "v", "h", "w", NULL},
                 .reductions = &mean,
                 .reduction_count = 1,
               });
  const SacPlanRequest whole = {
    .input_shapes = subject.shapes,
    .captures = (const char *const[]){"p", NULL},
  };

  g_assert_cmpuint (sac_plan_get_arena_bytes (forward), <, 30u << 20);
  g_assert_cmpuint (sac_plan_get_arena_bytes (reverse), <, 60u << 20);
  g_assert_null (sac_plan_new (subject.network, &whole, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "768 MiB");
  subject_finish (&subject);
}

static void
assert_refused (const Subject *subject,
                SacPlanReduction of,
                const char *target,
                int code,
                const char *part)
{
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = subject->shapes,
    .target = target,
    .reductions = &of,
    .reduction_count = 1,
  };

  g_assert_null (sac_plan_new (subject->network, &request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_refused (void)
{
  Subject subject = {0};

  subject_init (&subject, QKV PRODUCT "node _ Softmax s -> p\n" CONTEXT);
  assert_refused (&subject, (SacPlanReduction){.value = "nobody"}, NULL,
                  SAC_ERROR_MISMATCH, "no value");
  assert_refused (&subject, (SacPlanReduction){.value = "s"}, NULL,
                  SAC_ERROR_UNSUPPORTED, "cannot be reduced");
  assert_refused (&subject, (SacPlanReduction){.value = "p", .query = 5}, NULL,
                  SAC_ERROR_UNSUPPORTED, "cannot be reduced");
  assert_refused (&subject,
                  (SacPlanReduction){
                    .value = "p",
                    .head_axis = 1,
                    .head_count = 2,
                  },
                  NULL, SAC_ERROR_UNSUPPORTED, "cannot be reduced");
  assert_refused (&subject,
                  (SacPlanReduction){.value = "p", .use = SAC_REDUCE_RISE},
                  NULL, SAC_ERROR_MISMATCH, "no target");
  subject_finish (&subject);
}

static void
add_forms (const char *prefix,
           const Form *forms,
           size_t count,
           GTestDataFunc func)
{
  for (size_t i = 0; i < count; i++) {
    g_autofree char *path = g_strconcat (prefix, forms[i].name, NULL);

    g_test_add_data_func (path, &forms[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What rewriting changes, not what a kind of kernels does. */
  sac_plan_set_exact (true);
  add_forms ("/rewrite-attention/fused/", fused, G_N_ELEMENTS (fused),
             test_fused);
  add_forms ("/rewrite-attention/views/", views, G_N_ELEMENTS (views),
             test_views);
  add_forms ("/rewrite-attention/in-parts/", in_parts, G_N_ELEMENTS (in_parts),
             test_in_parts);
  g_test_add_func ("/rewrite-attention/tiles", test_tiles);
  g_test_add_func ("/rewrite-attention/closed-form", test_closed_form);
  g_test_add_func ("/rewrite-attention/masked-rows", test_masked_rows);
  g_test_add_func ("/rewrite-attention/memory", test_memory);
  g_test_add_func ("/rewrite-attention/refused", test_refused);
  return g_test_run ();
}
