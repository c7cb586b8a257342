/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/layer-tail.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* Elements of the value in a batch of copies. */
#define BATCH_ELEMENTS (1 << 21)
#define BATCH_MAX 64

/* By how much a copy's score may differ from the one it has alone; see
 * trials.c.
 */
#define SAME_SCORE 1e-3

struct SacLayerTail {
  SacExplainRun *run;
  int value;
  GArray *inputs;     /* of int: the value first, then what goes past it */
  GPtrArray *tensors; /* of SacTensor, of the whole, one for each input */
  SacNetwork *network;
  SacPlan *plan;
  int64_t batch;
  GPtrArray *copies; /* of SacTensor: `batch` times each tensor */
};

static bool
has (const GArray *values, int value)
{
  for (guint i = 0; i < values->len; i++) {
    if (g_array_index (values, int, i) == value)
      return true;
  }
  return false;
}

static bool
reads_any (const SacNode *node, const bool *below)
{
  for (size_t i = 0; i < node->input_count; i++) {
    if (node->inputs[i] >= 0 && below[node->inputs[i]])
      return true;
  }
  return false;
}

/* Values that nodes below the value read from elsewhere: known while planning,
 * or made by the run. */
static void
add_border (SacLayerTail *tail,
            const SacNode *node,
            const bool *below,
            GArray *known,
            GPtrArray *constants)
{
  const SacGraph *graph = tail->run->graph;

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];
    const SacValueInfo *info =
      value >= 0 ? sac_plan_get_info (tail->run->plan, value) : NULL;

    if (info == NULL || below[value] || graph->values[value].constant != NULL ||
        has (tail->inputs, value) || has (known, value))
      continue;
    if (info->constant != NULL) {
      g_array_append_val (known, value);
      g_ptr_array_add (constants, (SacTensor *)info->constant);
    } else if (sac_type_get_kind (info->type) == SAC_KIND_F32) {
      g_array_append_val (tail->inputs, value);
    }
  }
}

static void
cut (SacLayerTail *tail)
{
  const SacGraph *graph = tail->run->graph;
  g_autofree bool *below = g_new0 (bool, graph->value_count);
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) constants = g_ptr_array_new ();

  below[tail->value] = true;
  g_array_append_val (tail->inputs, tail->value);
  for (size_t n = 0; n < graph->node_count; n++) {
    const SacNode *node = &graph->nodes[n];

    if (!reads_any (node, below))
      continue;
    add_border (tail, node, below, known, constants);
    for (size_t i = 0; i < node->output_count; i++) {
      const SacValueInfo *info =
        node->outputs[i] >= 0
          ? sac_plan_get_info (tail->run->plan, node->outputs[i])
          : NULL;

      /* Shape arithmetic stays what it is for one sample. */
      if (info != NULL && info->constant == NULL)
        below[node->outputs[i]] = true;
    }
  }
  tail->network =
    sac_network_new_tail (tail->run->network,
                          &(SacNetworkCut){
                            .inputs =
                              (const int *)(const void *)tail->inputs->data,
                            .input_count = tail->inputs->len,
                            .known = (const int *)(const void *)known->data,
                            .tensors = (SacTensor *const *)constants->pdata,
                            .known_count = known->len,
                          });
}

/* One run of the whole for all that the tail is given, where the last pass does
 * not have it. */
static bool
keep_inputs (SacLayerTail *tail, SacJob *job, GError **error)
{
  SacExplainPass pass = {
    .values = (const int *)(const void *)tail->inputs->data,
    .count = tail->inputs->len,
  };
  bool is_there = tail->inputs->len == 1 &&
                  sac_explain_run_value (tail->run, tail->value) != NULL;

  if (!is_there && !sac_explain_run_pass (tail->run, &pass, job, error))
    return false;
  for (guint i = 0; i < tail->inputs->len; i++)
    g_ptr_array_add (tail->tensors,
                     sac_tensor_ref (
                       (SacTensor *)
                         sac_explain_run_value (tail->run,
                                                g_array_index (tail->inputs,
                                                               int, i))));
  return true;
}

static bool
may_batch (const SacLayerTail *tail)
{
  for (guint i = 0; i < tail->tensors->len; i++) {
    const SacTensor *tensor = tail->tensors->pdata[i];

    if (tensor->shape.rank < 2 || tensor->shape.dims[0] != 1)
      return false;
  }
  return tail->run->samples == 1;
}

static bool
plan_batch (SacLayerTail *tail, int64_t batch, SacJob *job, GError **error)
{
  const SacExplainRun *run = tail->run;
  const char *captures[] = {run->graph->values[run->score.value].name, NULL};
  const char *outputs[] = {NULL};
  g_autofree SacShape *shapes = g_new (SacShape, tail->inputs->len);
  const SacValueInfo *info;

  for (guint i = 0; i < tail->inputs->len; i++) {
    shapes[i] = ((SacTensor *)tail->tensors->pdata[i])->shape;
    if (batch > 1)
      shapes[i].dims[0] = batch;
  }
  tail->batch = batch;
  tail->plan = sac_plan_get (tail->network,
                             &(SacPlanRequest){
                               .input_shapes = shapes,
                               .outputs = outputs,
                               .captures = captures,
                             },
                             job, error);
  if (tail->plan == NULL)
    return false;
  info = sac_plan_get_info (tail->plan, run->score.value);
  if (info != NULL &&
      sac_shape_size (&info->shape) == batch * run->samples * run->classes)
    return true;
  g_clear_pointer (&tail->plan, sac_plan_unref);
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       "the score does not follow from this layer by itself");
  return false;
}

static bool
make_copies (SacLayerTail *tail, GError **error)
{
  for (guint i = 0; i < tail->tensors->len; i++) {
    const SacTensor *tensor = tail->tensors->pdata[i];
    size_t bytes = sac_tensor_get_bytes (tensor);
    SacShape shape = tensor->shape;

    if (tail->batch > 1)
      shape.dims[0] = tail->batch;

    SacTensor *copy = sac_tensor_new (tensor->type, &shape, error);

    if (copy == NULL)
      return false;
    for (int64_t k = 0; k < tail->batch; k++)
      memcpy ((char *)copy->data + k * bytes, tensor->data, bytes);
    g_ptr_array_add (tail->copies, copy);
  }
  return true;
}

/* A copy as it is beside one that is empty: its score is the one it has alone
 * where the network keeps samples apart.  ret_apart: whether it does. */
static bool
check_apart (SacLayerTail *tail, bool *ret_apart, SacJob *job, GError **error)
{
  g_autofree double *scores = g_new (double, tail->batch);
  double whole = tail->run->value;

  const SacTensor *value = tail->tensors->pdata[0];
  float *first = sac_layer_tail_get_copy (tail, 0);

  memset (first, 0, sac_tensor_get_bytes (value));
  if (!sac_layer_tail_run (tail, scores, job, error))
    return false;
  memcpy (first, value->data, sac_tensor_get_bytes (value));
  *ret_apart = (isnan (whole) && isnan (scores[1])) ||
               fabs (scores[1] - whole) <= SAME_SCORE * (1 + fabs (whole));
  return true;
}

static bool
start (SacLayerTail *tail, int64_t most, SacJob *job, GError **error)
{
  const SacTensor *value = tail->tensors->pdata[0];
  int64_t fits = CLAMP (BATCH_ELEMENTS / sac_tensor_get_count (value), 1,
                        MIN (most, BATCH_MAX));
  bool apart = false;

  if (may_batch (tail) && fits > 1 && plan_batch (tail, fits, job, NULL)) {
    if (!make_copies (tail, error) || !check_apart (tail, &apart, job, error))
      return false;
    if (apart)
      return true;
    g_ptr_array_set_size (tail->copies, 0);
    g_clear_pointer (&tail->plan, sac_plan_unref);
  }
  return plan_batch (tail, 1, job, error) && make_copies (tail, error);
}

SacLayerTail *
sac_layer_tail_new (
  SacExplainRun *run, int value, int64_t most, SacJob *job, GError **error)
{
  g_autoptr (SacLayerTail) tail = g_new0 (SacLayerTail, 1);

  tail->run = run;
  tail->value = value;
  tail->inputs = g_array_new (FALSE, FALSE, sizeof (int));
  tail->tensors =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  tail->copies =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);
  cut (tail);
  return keep_inputs (tail, job, error) && start (tail, most, job, error)
           ? g_steal_pointer (&tail)
           : NULL;
}

void
sac_layer_tail_free (SacLayerTail *tail)
{
  if (tail == NULL)
    return;
  g_ptr_array_unref (tail->copies);
  sac_plan_unref (tail->plan);
  sac_network_unref (tail->network);
  g_ptr_array_unref (tail->tensors);
  g_array_unref (tail->inputs);
  g_free (tail);
}

int64_t
sac_layer_tail_get_batch (const SacLayerTail *tail)
{
  return tail->batch;
}

float *
sac_layer_tail_get_copy (SacLayerTail *tail, int64_t place)
{
  int64_t count = sac_tensor_get_count (tail->tensors->pdata[0]);

  return sac_tensor_f32 (tail->copies->pdata[0]) + place * count;
}

bool
sac_layer_tail_run (SacLayerTail *tail,
                    double *ret_scores,
                    SacJob *job,
                    GError **error)
{
  const SacExplainRun *run = tail->run;
  SacRunParams params = {
    .inputs = (const SacTensor *const *)tail->copies->pdata,
  };
  g_autoptr (SacResult) result = sac_plan_run (tail->plan, &params, job, error);

  if (result == NULL)
    return false;

  const float *numbers = sac_tensor_f32 (
    sac_result_get_value (result, run->graph->values[run->score.value].name));

  if (tail->batch == 1)
    numbers += run->request->batch * run->classes;
  for (int64_t k = 0; k < tail->batch; k++)
    ret_scores[k] = sac_explain_run_score (run, numbers + k * run->classes);
  return true;
}
