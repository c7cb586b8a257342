/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/run.h"

#include "base/error.h"
#include "network/escape.h"

#include <inttypes.h>
#include <math.h>

static const char *
name_of (const SacExplainRun *run, int value)
{
  return run->graph->values[value].name;
}

char *
sac_explain_run_name (const SacExplainRun *run, int value)
{
  return sac_network_escape (name_of (run, value));
}

/* A plan that gives the score (and the output behind it) without gradients. */
static bool
plan_score (SacExplainRun *run, SacJob *job, GError **error)
{
  const char *outputs[] = {name_of (run, run->score.output), NULL};
  const char *captures[] = {name_of (run, run->score.value), NULL};

  run->plan = sac_plan_get (run->network,
                            &(SacPlanRequest){
                              .input_shapes = run->shapes,
                              .outputs = outputs,
                              .captures = captures,
                            },
                            job, error);
  return run->plan != NULL;
}

static bool
check_cotangent (const SacExplainRun *run, GError **error)
{
  const SacTensor *weights = run->request->cotangent;
  const SacValueInfo *info = sac_plan_get_info (run->plan, run->score.value);

  if (weights == NULL || (sac_tensor_get_kind (weights) == SAC_KIND_F32 &&
                          sac_shape_equal (&weights->shape, &info->shape)))
    return true;

  g_autofree char *got = sac_shape_to_string (&weights->shape);
  g_autofree char *wanted = sac_shape_to_string (&info->shape);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the weights of the output are %s %s, but it is float32 %s",
               sac_type_get_name (weights->type), got, wanted);
  return false;
}

/* The activation behind the numbers that are differentiated: the network's own,
 * or the one that the manifest states. */
static SacActivation
find_activation (const SacExplainRun *run, double *ret_temperature)
{
  size_t index = run->request->output;

  *ret_temperature = 1;
  if (run->score.activation != NULL)
    return g_str_equal (run->score.activation, "Sigmoid")
             ? SAC_ACTIVATION_SIGMOID
             : SAC_ACTIVATION_SOFTMAX;
  if (index >= run->manifest->output_count)
    return SAC_ACTIVATION_NONE;
  *ret_temperature = run->manifest->outputs[index].temperature;
  return run->manifest->outputs[index].activation;
}

static bool
check_kind (const SacExplainRun *run, GError **error)
{
  const SacExplainRequest *request = run->request;
  g_autofree char *name = sac_escape_short (name_of (run, run->score.output));
  bool probability = request->score == SAC_SCORE_PROBABILITY ||
                     request->score == SAC_SCORE_LOG_PROBABILITY;
  double temperature;

  if (probability &&
      (!sac_explain_run_is_row (run) ||
       find_activation (run, &temperature) == SAC_ACTIVATION_NONE)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "output %s has no probabilities: state its activation in "
                 "model.json, or explain the logit",
                 name);
    return false;
  }
  if (request->nearest_count > 0 && run->classes < 2) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "output %s has one score: there is no other class to compare "
                 "with; use grad-cam",
                 name);
    return false;
  }
  if (request->has_against &&
      (request->score != SAC_SCORE_LOGIT || request->against < 0 ||
       request->against >= run->classes)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no class %" PRId64
                 " to compare with: it must be one of the logits 0 to "
                 "%" PRId64 " of output %s",
                 request->against, run->classes - 1, name);
    return false;
  }
  return true;
}

static bool
check_score (SacExplainRun *run, GError **error)
{
  const SacExplainRequest *request = run->request;
  const SacValueInfo *info = sac_plan_get_info (run->plan, run->score.output);
  int64_t elements = sac_shape_size (&info->shape);
  g_autofree char *name = sac_escape_short (name_of (run, run->score.output));

  if (sac_type_get_kind (info->type) != SAC_KIND_F32 || elements == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "output %s holds no scores: it is %s", name,
                 sac_type_get_name (info->type));
    return false;
  }
  run->samples = info->shape.rank > 1 ? info->shape.dims[0] : 1;
  run->classes = elements / run->samples;
  if (request->batch >= (size_t)run->samples) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no sample %zu: the batch has %" PRId64,
                 request->batch, run->samples);
    return false;
  }
  if (request->class_index < -1 || request->class_index >= run->classes) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no class %" PRId64
                 ": output %s has classes 0 to %" PRId64,
                 request->class_index, name, run->classes - 1);
    return false;
  }
  return check_kind (run, error) && check_cotangent (run, error);
}

static bool
check_indices (const SacExplainRun *run, GError **error)
{
  const SacExplainRequest *request = run->request;

  if (request->input >= run->graph->input_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no input %zu: the model has %zu", request->input,
                 run->graph->input_count);
    return false;
  }
  if (request->output >= run->graph->output_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no output %zu: the model has %zu", request->output,
                 run->graph->output_count);
    return false;
  }
  return true;
}

SacExplainRun *
sac_explain_run_new (const SacExplainRequest *request,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (SacExplainRun) run = g_new0 (SacExplainRun, 1);

  run->request = request;
  run->network = sac_model_get_network (request->model);
  run->graph = sac_network_get_graph (run->network);
  run->manifest = sac_model_get_manifest (request->model);
  run->class_index = -1;
  run->logit = run->probability = run->value = run->pass_value = NAN;
  if (!check_indices (run, error))
    return NULL;
  run->score =
    sac_score_find (run->graph, run->graph->outputs[request->output]);
  run->shapes = g_new0 (SacShape, run->graph->input_count);
  if (!sac_plan_bind (run->network, request->inputs, run->shapes, error) ||
      !plan_score (run, job, error) || !check_score (run, error))
    return NULL;
  run->flow = sac_flow_new (run->plan, run->network, -1);
  sac_network_begin_sha256 (run->network); /* for the provenance */
  return g_steal_pointer (&run);
}

void
sac_explain_run_free (SacExplainRun *run)
{
  if (run == NULL)
    return;
  sac_result_free (run->result);
  sac_flow_free (run->flow);
  sac_plan_unref (run->plan);
  g_free (run->shapes);
  g_free (run);
}

/* The scores of the request's sample. */
static const float *
sample_scores (const SacExplainRun *run, const SacResult *result, int value)
{
  const SacTensor *scores = sac_result_get_value (result, name_of (run, value));

  return sac_tensor_f32 (scores) + run->request->batch * run->classes;
}

/* The class asked for, or the one with the largest score; -1 for a score of the
 * whole output. */
static int64_t
choose_class (const SacExplainRequest *request,
              const float *scores,
              int64_t count)
{
  int64_t largest = 0;

  if (!sac_score_kind_has_class (request->score))
    return -1;
  if (request->class_index >= 0)
    return request->class_index;
  for (int64_t i = 1; i < count; i++) {
    if (scores[i] > scores[largest])
      largest = i;
  }
  return largest;
}

static double
differentiate (const SacExplainRun *run,
               const float *numbers,
               float *ret_weights)
{
  const SacExplainRequest *request = run->request;
  SacScoreRow row = {
    .kind = request->score,
    .numbers = numbers,
    .count = run->classes,
    .class_index = run->class_index,
    .against = request->has_against ? request->against : -1,
    .nearest_count = request->nearest_count,
    .nearest_weight = request->nearest_weight,
  };

  row.activation = find_activation (run, &row.temperature);
  return sac_score_differentiate (&row, ret_weights);
}

static void
choose_once (SacExplainRun *run, const float *numbers)
{
  if (run->has_score)
    return;
  run->class_index = choose_class (run->request, numbers, run->classes);
  run->element = run->request->batch * run->classes + MAX (run->class_index, 0);
}

/* Between the forward steps and the reverse sweep: what the gradient is of,
 * from the output's numbers. */
static bool
seed_score (const SacTensor *target,
            SacTensor *cotangent,
            void *data,
            GError **error)
{
  SacExplainRun *run = data;
  int64_t first = run->request->batch * run->classes;
  const float *numbers = sac_tensor_f32 (target) + first;

  choose_once (run, numbers);
  run->pass_value =
    differentiate (run, numbers, sac_tensor_f32 (cotangent) + first);
  return true;
}

double
sac_explain_run_score (const SacExplainRun *run, const float *numbers)
{
  const SacTensor *weights = run->request->cotangent;

  if (weights == NULL) {
    g_autofree float *slopes = g_new (float, run->classes);

    return run->request->score == SAC_SCORE_LOGIT &&
               !run->request->has_against && run->request->nearest_count == 0
             ? numbers[run->class_index]
             : differentiate (run, numbers, slopes);
  }

  const float *row =
    sac_tensor_f32 (weights) + run->request->batch * run->classes;
  double sum = 0;

  for (int64_t i = 0; i < run->classes; i++)
    sum += (double)row[i] * numbers[i];
  return sum;
}

bool
sac_explain_run_is_row (const SacExplainRun *run)
{
  return sac_shape_is_row (
    &sac_plan_get_info (run->plan, run->score.output)->shape);
}

/* Rows of classes only: a segmentation's activation runs over another axis. */
static double
find_probability (const SacExplainRun *run, const float *scores)
{
  const SacManifestOutput *output =
    run->request->output < run->manifest->output_count
      ? &run->manifest->outputs[run->request->output]
      : NULL;

  if (output == NULL || !sac_explain_run_is_row (run))
    return NAN;

  g_autofree double *probabilities = g_new0 (double, run->classes);

  sac_model_probabilities (output, scores, run->classes, probabilities);
  return output->activation != SAC_ACTIVATION_NONE
           ? probabilities[run->class_index]
           : NAN;
}

static void
note_class (SacExplainRun *run)
{
  const float *scores = sample_scores (run, run->result, run->score.value);

  run->logit = scores[run->class_index];
  if (run->score.activation != NULL) {
    const float *made = sample_scores (run, run->result, run->score.output);
    double value = made[run->class_index];

    run->probability =
      g_str_equal (run->score.activation, "LogSoftmax") ? exp (value) : value;
  } else {
    run->probability = find_probability (run, scores);
  }
}

/* A score that is a weighted sum of the whole output, all samples of it. */
static double
weighted_sum (const SacExplainRun *run)
{
  const SacTensor *weights = run->request->cotangent;
  const float *scores =
    sac_tensor_f32 (sac_explain_run_value (run, run->score.value));
  double sum = 0;

  for (int64_t i = 0; i < sac_tensor_get_count (weights); i++)
    sum += (double)scores[i] * sac_tensor_f32 (weights)[i];
  return sum;
}

static void
note_score (SacExplainRun *run, const SacExplainPass *pass)
{
  bool weighted = run->request->cotangent != NULL;
  const float *numbers = sample_scores (run, run->result, run->score.value);

  if (!weighted)
    choose_once (run, numbers);
  run->pass_value =
    weighted ? weighted_sum (run) : sac_explain_run_score (run, numbers);
  if (pass->inputs != NULL && run->has_score)
    return;
  run->has_score = true;
  run->value = run->pass_value;
  if (run->class_index >= 0)
    note_class (run);
  if (weighted)
    run->logit = run->value;
}

/* Ends at the first number that is not 0; NaN is none. */
static bool
has_slope (const SacTensor *gradient)
{
  const float *values = sac_tensor_f32 (gradient);

  for (int64_t i = 0; i < sac_tensor_get_count (gradient); i++) {
    if (values[i] != 0)
      return true;
  }
  return false;
}

static void
note_slopes (SacExplainRun *run, const SacExplainPass *pass)
{
  for (size_t i = 0; i < pass->count && !run->has_slope; i++)
    run->has_slope =
      has_slope (sac_explain_run_gradient (run, pass->values[i]));
  run->has_gradients = true;
  /* Of attention that was reduced the gradients are not known. */
  run->has_slope = run->has_slope || pass->reduction_count > 0;
}

static SacPlan *
plan_pass (SacExplainRun *run,
           const SacExplainPass *pass,
           SacJob *job,
           GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) captures = g_ptr_array_new ();
  bool scored = pass->gradients || pass->score;
  const char *outputs[] = {scored ? name_of (run, run->score.output) : NULL,
                           NULL};
  const char *target = name_of (run, run->score.value);

  for (size_t i = 0; i < pass->count; i++) {
    g_ptr_array_add (names, (char *)name_of (run, pass->values[i]));
    g_ptr_array_add (captures, (char *)name_of (run, pass->values[i]));
  }
  if (scored)
    g_ptr_array_add (captures, (char *)target);
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (captures, NULL);
  return sac_plan_get (run->network,
                       &(SacPlanRequest){
                         .input_shapes = run->shapes,
                         .outputs = outputs,
                         .captures = (const char *const *)captures->pdata,
                         .target = pass->gradients ? target : NULL,
                         .wrt = pass->gradients
                                  ? (const char *const *)names->pdata
                                  : NULL,
                         .gradient_sums = pass->gradient_sums,
                         .reductions = pass->reductions,
                         .reduction_count = pass->reduction_count,
                       },
                       job, error);
}

bool
sac_explain_run_pass (SacExplainRun *run,
                      const SacExplainPass *pass,
                      SacJob *job,
                      GError **error)
{
  SacRunParams params = {
    .inputs = pass->inputs != NULL ? pass->inputs : run->request->inputs,
  };
  g_autoptr (SacPlan) plan = plan_pass (run, pass, job, error);

  g_clear_pointer (&run->result, sac_result_free);
  if (plan == NULL)
    return false;
  if (pass->gradients) {
    params.cotangent = run->request->cotangent;
    params.seed = params.cotangent == NULL ? seed_score : NULL;
    params.seed_data = run;
  }
  run->result = sac_plan_run (plan, &params, job, error);
  if (run->result == NULL)
    return false;
  if (pass->gradients)
    note_slopes (run, pass);
  if (pass->gradients || pass->score)
    note_score (run, pass);
  return true;
}

const SacTensor *
sac_explain_run_value (const SacExplainRun *run, int value)
{
  return sac_result_get_value (run->result, name_of (run, value));
}

const SacTensor *
sac_explain_run_gradient (const SacExplainRun *run, int value)
{
  return sac_result_get_gradient (run->result, name_of (run, value));
}

const SacTensor *
sac_explain_run_reduction (const SacExplainRun *run, size_t index)
{
  return sac_result_get_reduction (run->result, index);
}
