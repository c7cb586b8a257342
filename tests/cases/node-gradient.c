/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "node-gradient.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

#define ELEMENTS_MAX 12
#define STEP (1.0 / 32) /* the first that is tried, of the element's size */
#define STEPS 3         /* each a quarter of the one before */
#define SMALLEST                                                               \
  0.25 /* elements below are changed as if they were this large */
#define TOLERANCE 1e-3 /* of the largest slope of the pair */

typedef struct {
  SacNetwork *network;
  const SacTensor **inputs; /* as many as the graph has */
  SacShape *shapes;
  const char *output;
  size_t input; /* the one that is changed */
  SacPlan *plan;
} Pair;

static const SacValue *
get_input (const Pair *pair)
{
  const SacGraph *graph = sac_network_get_graph (pair->network);

  return &graph->values[graph->inputs[pair->input]];
}

static SacPlan *
make_plan (const Pair *pair, bool has_gradient, GError **error)
{
  const char *outputs[] = {pair->output, NULL};
  const char *wrt[] = {get_input (pair)->name, NULL};
  const SacPlanRequest request = {
    .input_shapes = pair->shapes,
    .outputs = outputs,
    .target = has_gradient ? pair->output : NULL,
    .wrt = has_gradient ? wrt : NULL,
  };

  return sac_plan_new (pair->network, &request, NULL, error);
}

static SacResult *
run (const SacPlan *plan,
     const Pair *pair,
     const SacTensor *cotangent,
     GError **error)
{
  const SacRunParams params = {.inputs = pair->inputs, .cotangent = cotangent};

  return sac_plan_run ((SacPlan *)plan, &params, NULL, error);
}

static SacTensor *
make_weights (const SacShape *shape)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)sin (1.7 * (double)i + 9);
  return tensor;
}

/* The sum of w (a - b). */
static double
weigh (const SacTensor *w,
       const SacResult *a,
       const SacResult *b,
       const Pair *p)
{
  const float *x = sac_tensor_f32 (sac_result_get_value (a, p->output));
  const float *y = sac_tensor_f32 (sac_result_get_value (b, p->output));
  double sum = 0;

  for (int64_t i = 0; i < sac_tensor_get_count (w); i++)
    sum += (double)sac_tensor_f32 (w)[i] * ((double)x[i] - (double)y[i]);
  return sum;
}

/* Slopes before and behind element `at`, and over both. */
typedef struct {
  double below, above, both;
} Slopes;

static SacResult *
run_changed (Pair *pair, int64_t at, float value, GError **error)
{
  const SacTensor *given = pair->inputs[pair->input];
  g_autoptr (SacTensor) changed =
    sac_tensor_new (given->type, &given->shape, error);

  if (changed == NULL)
    return NULL;
  memcpy (changed->data, given->data, sac_tensor_get_bytes (given));
  sac_tensor_f32 (changed)[at] = value;
  pair->inputs[pair->input] = changed;

  SacResult *result = run (pair->plan, pair, NULL, error);

  pair->inputs[pair->input] = given;
  return result;
}

/* With `middle` the result of the unchanged inputs. */
static bool
measure (Pair *pair,
         const SacTensor *weights,
         const SacResult *middle,
         int64_t at,
         float step,
         Slopes *ret_slopes,
         GError **error)
{
  float x = sac_tensor_f32 (pair->inputs[pair->input])[at];
  volatile float high = x + step, low = x - step;
  g_autoptr (SacResult) above = run_changed (pair, at, high, error);
  g_autoptr (SacResult) below =
    above != NULL ? run_changed (pair, at, low, error) : NULL;

  if (below == NULL)
    return false;
  ret_slopes->above =
    weigh (weights, above, middle, pair) / ((double)high - (double)x);
  ret_slopes->below =
    weigh (weights, middle, below, pair) / ((double)x - (double)low);
  ret_slopes->both =
    weigh (weights, above, below, pair) / ((double)high - (double)low);
  return true;
}

static double
find_largest (const SacTensor *gradient)
{
  double largest = 1e-3;

  for (int64_t i = 0; i < sac_tensor_get_count (gradient); i++)
    largest = fmax (largest, fabs ((double)sac_tensor_f32 (gradient)[i]));
  return largest;
}

typedef enum { SLOPE_AGREES, SLOPE_KINK, SLOPE_DIFFERS, SLOPE_FAILS } Verdict;

/* Central differences over a step and over twice the step, extrapolated to none
 * (Richardson), so that what is left of the step is of its fourth power.  A
 * kink nearby is behind a smaller step; at a kink itself the slopes on both
 * sides differ however small the step, where those of a curve come together. */
static Verdict
judge (Pair *pair,
       const SacTensor *weights,
       const SacResult *middle,
       int64_t at,
       double expected,
       double allowed,
       double *ret_slope,
       GError **error)
{
  float x = sac_tensor_f32 (pair->inputs[pair->input])[at];
  double step = STEP * MAX ((double)fabsf (x), SMALLEST);
  double first = 0, gap = 0;

  for (int i = 0; i < STEPS; i++, step /= 4) {
    Slopes near, far;

    if (!measure (pair, weights, middle, at, (float)step, &near, error) ||
        !measure (pair, weights, middle, at, (float)(2 * step), &far, error))
      return SLOPE_FAILS;
    *ret_slope = (4 * near.both - far.both) / 3;
    if (fabs (*ret_slope - expected) <= allowed)
      return SLOPE_AGREES;
    gap = fabs (near.above - near.below);
    if (i == 0)
      first = gap;
  }
  return !(gap <= allowed) && !(gap < first / 4) ? SLOPE_KINK : SLOPE_DIFFERS;
}

static char *
compare (Pair *pair,
         const SacTensor *weights,
         const SacTensor *gradient,
         NodeGradientCounts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacResult) middle = run (pair->plan, pair, NULL, &error);
  int64_t count = sac_tensor_get_count (gradient);
  int64_t stride = MAX (1, count / ELEMENTS_MAX);
  double allowed = TOLERANCE * find_largest (gradient);

  for (int64_t i = stride / 2; middle != NULL && i < count; i += stride) {
    double expected = (double)sac_tensor_f32 (gradient)[i], slope;
    Verdict verdict =
      judge (pair, weights, middle, i, expected, allowed, &slope, &error);

    if (verdict == SLOPE_FAILS)
      break;
    if (verdict == SLOPE_DIFFERS)
      return g_strdup_printf ("the slope of \"%s\" to element %" G_GINT64_FORMAT
                              " of \"%s\" is %.6g, its gradient %.6g",
                              pair->output, i, get_input (pair)->name, slope,
                              expected);
    counts->elements += verdict == SLOPE_AGREES;
    counts->kinks += verdict == SLOPE_KINK;
  }
  return error != NULL ? g_strdup (error->message) : NULL;
}

static char *
check_pair (Pair *pair, NodeGradientCounts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacPlan) reverse = make_plan (pair, true, &error);

  if (g_error_matches (error, SAC_ERROR, SAC_ERROR_UNDEFINED)) {
    counts->without++;
    return NULL;
  }

  /* Only what comes first in a node is ever differentiated to, but for ops of
     two equal operands. */
  if (pair->input > 0 &&
      g_error_matches (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED)) {
    counts->refused++;
    return NULL;
  }

  g_autoptr (SacPlan) forward =
    reverse != NULL ? make_plan (pair, false, &error) : NULL;

  if (forward == NULL)
    return g_strdup (error->message);

  int value =
    sac_graph_find_value (sac_network_get_graph (pair->network), pair->output);
  g_autoptr (SacTensor) weights =
    make_weights (&sac_plan_get_info (forward, value)->shape);
  g_autoptr (SacResult) result = run (reverse, pair, weights, &error);

  if (result == NULL)
    return g_strdup (error->message);
  pair->plan = forward;
  counts->pairs++;
  return compare (pair, weights,
                  sac_result_get_gradient (result, get_input (pair)->name),
                  counts);
}

char *
node_gradient_check (SacNetwork *network,
                     const SacTensor *const *inputs,
                     NodeGradientCounts *counts)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count + 1);
  g_autofree const SacTensor **own =
    g_new0 (const SacTensor *, graph->input_count + 1);
  char *wrong = NULL;

  for (size_t i = 0; i < graph->input_count; i++) {
    own[i] = inputs[i];
    shapes[i] = inputs[i]->shape;
  }
  for (size_t o = 0; o < graph->output_count; o++) {
    for (size_t i = 0; i < graph->input_count && wrong == NULL; i++) {
      Pair pair = {
        .network = network,
        .inputs = own,
        .shapes = shapes,
        .output = graph->values[graph->outputs[o]].name,
        .input = i,
      };

      if (inputs[i]->type == SAC_TYPE_FLOAT &&
          graph->values[graph->outputs[o]].type == SAC_TYPE_FLOAT)
        wrong = check_pair (&pair, counts);
    }
  }
  return wrong;
}
