/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention as one node against the same networks node by node: outputs,
 * gradients, and reductions against the probabilities as a whole. */
#include "case.h"
#include "network/plan-profile.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Of the largest value.  Two plans differ by the rounding of sums in another
 * order and of functions with errors of 3e-7 (compute/tail.h), from block to
 * block.  With any kernels, exact or not, that comes to at most 5e-6 of an
 * output and 1e-5 of a gradient, of which half as much again is allowed; behind
 * the dozens of convolutions of the second list to 9.5e-6 and 1.8e-5. */
typedef struct {
  double output, gradient;
} Tolerance;

static const Tolerance usual = {7.5e-6, 1.5e-5};
static const Tolerance behind_convolutions = {1.5e-5, 3e-5};

typedef struct {
  SacNetwork *network;
  const SacGraph *graph;
  SacTensor **inputs;
  SacShape *shapes;
  size_t output;        /* that is differentiated */
  SacTensor *cotangent; /* of it */
  Tolerance tolerance;
} Subject;

/* Attention that has no product of probabilities and values, or none of
 * queries and keys. */
static const char *const in_parts[] = {
  "abmil", "clam_mb", "clam_sb", "efficientnet_lsa", "resnet18_lsa",
};

static const char *const convolutional[] = {
  "efficientnet_gsa", "efficientnet_lsa", "resnet18_gsa_abs",
  "resnet18_gsa_rel", "resnet18_lsa",
};

static const char *
output_name (const Subject *subject)
{
  return subject->graph->values[subject->graph->outputs[subject->output]].name;
}

static const char *
input_name (const Subject *subject)
{
  return subject->graph->values[subject->graph->inputs[0]].name;
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

static SacResult *
run (const Subject *subject, SacPlan *plan, bool gradients)
{
  g_autoptr (GError) error = NULL;
  const SacRunParams params = {
    .inputs = (const SacTensor *const *)subject->inputs,
    .cotangent = gradients ? subject->cotangent : NULL,
  };
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  return result;
}

/* Takes the first output that depends on the value. */
static void
choose_output (Subject *subject, const char *name)
{
  bool found = false;

  sac_tensor_unref (subject->cotangent);
  for (size_t i = 0; i < subject->graph->output_count && !found; i++) {
    subject->output = i;

    const SacPlanRequest request = {
      .input_shapes = subject->shapes,
      .target = output_name (subject),
      .wrt = (const char *const[]){name, NULL},
    };
    g_autoptr (SacPlan) plan =
      sac_plan_new (subject->network, &request, NULL, NULL);

    found = plan != NULL;
    if (found)
      subject->cotangent =
        sac_tensor_new (SAC_TYPE_FLOAT,
                        &sac_plan_get_info (plan, subject->graph->outputs[i])
                           ->shape,
                        NULL);
  }
  g_assert_true (found);

  float *elements = sac_tensor_f32 (subject->cotangent);

  for (int64_t i = 0; i < sac_tensor_get_count (subject->cotangent); i++)
    elements[i] = (float)sin (1.0 + 3.7 * (double)i);
}

static void
check_outputs (const Subject *subject, SacPlan *parts, SacPlan *fused)
{
  g_autoptr (SacResult) expected = run (subject, parts, false);
  g_autoptr (SacResult) got = run (subject, fused, false);
  g_autoptr (SacResult) again = run (subject, fused, false);

  for (size_t i = 0; i < subject->graph->output_count; i++) {
    const char *name = subject->graph->values[subject->graph->outputs[i]].name;

    g_assert_cmpfloat (case_compare (sac_result_get_value (got, name),
                                     sac_result_get_value (expected, name)),
                       <=, subject->tolerance.output);
    g_assert_cmpfloat (case_compare (sac_result_get_value (again, name),
                                     sac_result_get_value (got, name)),
                       ==, 0);
  }
}

/* One use of A and dA, as the headers say it. */
static double
use_weight (SacReduceUse use, double weight, double gradient)
{
  switch (use) {
  case SAC_REDUCE_WEIGHTS:
    return weight;
  case SAC_REDUCE_POSITIVE:
    return MAX (0, weight * gradient);
  case SAC_REDUCE_PRODUCT:
    return weight * gradient;
  case SAC_REDUCE_RISE:
    return MAX (0, gradient);
  case SAC_REDUCE_GRADIENTS:
  default:
    return gradient;
  }
}

/* All heads of a group at one place; heads are `inner` matrices apart. */
static double
fuse_heads (const SacPlanReduction *of,
            const float *weights,
            const float *gradients,
            int64_t stride)
{
  bool one = of->heads == SAC_REDUCE_HEADS_ONE;
  double sum = 0, largest = -INFINITY, smallest = INFINITY;

  for (int h = one ? of->head : 0; h < (one ? of->head + 1 : of->head_count);
       h++) {
    double used =
      use_weight (of->use, weights[h * stride], gradients[h * stride]);

    sum += used;
    largest = MAX (largest, used);
    smallest = MIN (smallest, used);
  }
  if (of->heads == SAC_REDUCE_HEADS_MAX)
    sum = largest;
  else if (of->heads == SAC_REDUCE_HEADS_MIN)
    sum = smallest;
  else if (!one)
    sum /= of->head_count;
  return of->use == SAC_REDUCE_PRODUCT ? MAX (0, sum) : sum;
}

/* weights, gradients: [groups, heads, queries, keys]. */
static void
check_reduction (const Subject *subject,
                 const SacPlanReduction *of,
                 const SacTensor *weights,
                 const SacTensor *gradients,
                 const SacTensor *got)
{
  const SacShape *shape = &weights->shape;
  int64_t queries = shape->dims[shape->rank - 2];
  int64_t keys = shape->dims[shape->rank - 1];
  int64_t groups = sac_shape_size (shape) / (queries * keys * of->head_count);
  bool all = of->query == SAC_REDUCE_ALL_QUERIES;
  SacShape result = sac_shape_of (groups, all ? queries : 1, keys);
  g_autoptr (SacTensor) expected =
    sac_tensor_new (SAC_TYPE_FLOAT, &result, NULL);

  for (int64_t i = 0; i < groups * queries * keys; i++) {
    int64_t k = i % keys, q = i / keys % queries, g = i / keys / queries;
    int64_t at = (g * of->head_count * queries + q) * keys + k;
    double fused = fuse_heads (of, sac_tensor_f32 (weights) + at,
                               sac_tensor_f32 (gradients) + at, queries * keys);

    if (all)
      sac_tensor_f32 (expected)[i] = (float)fused;
    else if (of->query == SAC_REDUCE_MEAN_QUERY)
      sac_tensor_f32 (expected)[g * keys + k] += (float)(fused / queries);
    else if (of->query == q)
      sac_tensor_f32 (expected)[g * keys + k] = (float)fused;
  }
  g_assert_cmpfloat (case_compare (got, expected), <=,
                     subject->tolerance.gradient);
}

static const SacPlanReduction wishes[] = {
  {.use = SAC_REDUCE_WEIGHTS, .query = SAC_REDUCE_ALL_QUERIES},
  {.use = SAC_REDUCE_POSITIVE, .query = SAC_REDUCE_ALL_QUERIES},
  {.use = SAC_REDUCE_PRODUCT, .query = SAC_REDUCE_ALL_QUERIES},
  {.use = SAC_REDUCE_RISE, .query = 2},
  {.use = SAC_REDUCE_GRADIENTS,
   .heads = SAC_REDUCE_HEADS_ONE,
   .head = 1,
   .query = SAC_REDUCE_MEAN_QUERY},
  {.use = SAC_REDUCE_WEIGHTS,
   .heads = SAC_REDUCE_HEADS_MAX,
   .query = SAC_REDUCE_MEAN_QUERY},
  {.use = SAC_REDUCE_WEIGHTS,
   .heads = SAC_REDUCE_HEADS_MIN,
   .query = SAC_REDUCE_ALL_QUERIES},
};

#define WISHES G_N_ELEMENTS (wishes)

/* Everything of one attention against its whole probabilities.  Where heads
 * are one axis with windows, they are taken for one axis of heads. */
static void
check_reductions (const Subject *subject, const char *name)
{
  int value = sac_graph_find_value (subject->graph, name);
  g_autoptr (SacPlan) parts =
    make_plan (subject,
               (SacPlanRequest){
                 .captures = (const char *const[]){name, NULL},
                 .target = output_name (subject),
                 .wrt = (const char *const[]){name, input_name (subject), NULL},
                 .plain = true,
               });
  const SacShape *shape = &sac_plan_get_info (parts, value)->shape;
  SacPlanReduction of[WISHES];

  for (size_t i = 0; i < WISHES; i++) {
    of[i] = wishes[i];
    of[i].value = name;
    of[i].head_axis = shape->rank - 3;
    of[i].head_count = (int)shape->dims[shape->rank - 3];
    if (of[i].head_count == 1)
      of[i].head = 0;
  }

  SacPlanRequest request = {
    .target = output_name (subject),
    .wrt = (const char *const[]){input_name (subject), NULL},
    .reductions = of,
    .reduction_count = WISHES,
  };
  g_autoptr (SacPlan) fused = make_plan (subject, request);

  request.kept_budget = 1;

  g_autoptr (SacPlan) repeating = make_plan (subject, request);
  g_autoptr (SacResult) expected = run (subject, parts, true);
  g_autoptr (SacResult) got = run (subject, fused, true);
  g_autoptr (SacResult) repeated = run (subject, repeating, true);

  for (size_t i = 0; i < WISHES; i++) {
    check_reduction (subject, &of[i], sac_result_get_value (expected, name),
                     sac_result_get_gradient (expected, name),
                     sac_result_get_reduction (got, i));
    g_assert_cmpfloat (case_compare (sac_result_get_reduction (repeated, i),
                                     sac_result_get_reduction (got, i)),
                       ==, 0);
  }
  g_assert_cmpfloat (case_compare (sac_result_get_gradient (got, input_name (
                                                                   subject)),
                                   sac_result_get_gradient (expected,
                                                            input_name (
                                                              subject))),
                     <=, subject->tolerance.gradient);
}

/* What is asked for by name stays what it is, wherever it stands. */
static void
check_captured (const Subject *subject, const char *name)
{
  const char *const captures[] = {name, NULL};
  g_autoptr (SacPlan) parts =
    make_plan (subject, (SacPlanRequest){.captures = captures, .plain = true});
  g_autoptr (SacPlan) fused =
    make_plan (subject, (SacPlanRequest){.captures = captures});
  g_autoptr (SacResult) expected = run (subject, parts, false);
  g_autoptr (SacResult) got = run (subject, fused, false);
  int value = sac_graph_find_value (subject->graph, name);

  g_assert_false (sac_plan_can_reduce (fused, value));
  g_assert_cmpfloat (case_compare (sac_result_get_value (got, name),
                                   sac_result_get_value (expected, name)),
                     <=, subject->tolerance.output);
}

static void
check_attention (Subject *subject, JsonArray *entries, bool fuses)
{
  g_autoptr (SacPlan) parts =
    make_plan (subject, (SacPlanRequest){.plain = true});
  g_autoptr (SacPlan) fused = make_plan (subject, (SacPlanRequest){0});
  guint count = json_array_get_length (entries);

  check_outputs (subject, parts, fused);
  for (guint i = 0; i < count; i++) {
    const char *name =
      json_object_get_string_member (json_array_get_object_element (entries, i),
                                     "tensor");
    int value = sac_graph_find_value (subject->graph, name);

    g_assert_false (sac_plan_can_reduce (parts, value));
    if (sac_plan_can_reduce (fused, value) != fuses)
      g_error ("%s is %s", name, fuses ? "in parts" : "one node");
    if (fuses && (i == 0 || i == count - 1)) {
      choose_output (subject, name);
      check_captured (subject, name);
      check_reductions (subject, name);
    }
  }
}

static bool
is_listed (const char *const *list, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++) {
    if (g_str_equal (list[i], name))
      return true;
  }
  return false;
}

#define IS_LISTED(list, name) is_listed (list, G_N_ELEMENTS (list), name)

static void
check_section (SacNetwork *network,
               const char *folder,
               JsonObject *section,
               const char *name)
{
  g_autoptr (GError) error = NULL;
  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new (SacShape, graph->input_count);
  Subject subject = {
    .network = network,
    .graph = graph,
    .shapes = shapes,
    .tolerance = IS_LISTED (convolutional, name) ? behind_convolutions : usual,
    .inputs =
      case_read_inputs (network, folder, case_get_array (section, "inputs")),
  };

  sac_plan_bind (network, (const SacTensor *const *)subject.inputs, shapes,
                 &error);
  g_assert_no_error (error);

  check_attention (&subject, case_get_array (section, "attention"),
                   !IS_LISTED (in_parts, name));
  sac_tensor_unref (subject.cotangent);
  case_free_inputs (network, subject.inputs);
}

static void
test_case (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path =
    g_strdup_printf ("fixtures/models/%s/case.json", name);
  g_autofree char *file = test_shared (path);

  if (file == NULL)
    return;

  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (file);
  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (JsonParser) parser = case_read_json (file);
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *runs = case_get_array (root, "extra_runs");
  g_autoptr (SacNetwork) network = sac_network_load (model, NULL, &error);

  g_assert_no_error (error);
  check_section (network, folder, root, name);
  for (guint i = 0; i < json_array_get_length (runs); i++)
    check_section (network, folder, json_array_get_object_element (runs, i),
                   name);
}

static const char *const cases[] = {
  "blip",
  "blip_unfolded",
  "davit",
  "deit",
  "dinov2",
  "dinov2_dynamic",
  "dinov2_gelu",
  "efficientnet_gsa",
  "efficientnet_lsa",
  "openclip",
  "openclip_batch",
  "resnet18_gsa_abs",
  "resnet18_gsa_rel",
  "resnet18_lsa",
  "sam",
  "sam_op11",
  "ssn",
  "ssn_two_rounds",
  "swin",
  "swin_unfolded",
  "vit",
  "vit_constants",
  "vit_op17",
  "vit_unfolded_dyn",
  "whole_dynamic",
  "abmil",
  "clam_mb",
  "clam_sb",
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What fusing changes, not what a kind of kernels does. */
  sac_plan_set_exact (true);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/fused-attention/%s", cases[i]);

    g_test_add_data_func (path, cases[i], test_case);
  }
  return g_test_run ();
}
