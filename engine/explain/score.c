/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/score.h"

#include "explain/list.h"

#include <math.h>
#include <string.h>

static const char *const activations[] = {
  "LogSoftmax",
  "Sigmoid",
  "Softmax",
  NULL,
};

SacScore
sac_score_find (const SacGraph *graph, int output)
{
  SacScore score = {.output = output, .value = output};
  int made = graph->values[sac_graph_skip_shaping (graph, output)].producer;
  const SacNode *node = made >= 0 ? &graph->nodes[made] : NULL;

  if (node != NULL && node->input_count > 0 && node->inputs[0] >= 0 &&
      g_strv_contains (activations, node->op_type)) {
    score.value = node->inputs[0];
    score.activation = node->op_type;
  }
  return score;
}

/* Also the units of maps of that score, which the window shows. */
static const char *const kind_names[] = {
  [SAC_SCORE_LOGIT] = N_ ("logit"),
  [SAC_SCORE_PROBABILITY] = N_ ("probability"),
  [SAC_SCORE_LOG_PROBABILITY] = N_ ("log-probability"),
  [SAC_SCORE_SUM] = N_ ("sum"),
  [SAC_SCORE_NORM] = N_ ("norm"),
};

const char *
sac_score_kind_get_name (SacScoreKind kind)
{
  return kind_names[kind];
}

bool
sac_score_kind_find (const char *name, SacScoreKind *ret_kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kind_names); i++) {
    if (strcmp (kind_names[i], name) == 0) {
      *ret_kind = i;
      return true;
    }
  }
  return false;
}

bool
sac_score_kind_has_class (SacScoreKind kind)
{
  return kind != SAC_SCORE_SUM && kind != SAC_SCORE_NORM;
}

/* log p of the class, and p of all where it is a softmax. */
static double
log_probability (const SacScoreRow *row, double *ret_all)
{
  double largest = -INFINITY, sum = 0;
  double own = row->numbers[row->class_index] / row->temperature;

  if (row->activation == SAC_ACTIVATION_SIGMOID)
    return own > 0 ? -log1p (exp (-own)) : own - log1p (exp (own));
  for (int64_t i = 0; i < row->count; i++)
    largest = fmax (largest, row->numbers[i] / row->temperature);
  for (int64_t i = 0; i < row->count; i++) {
    ret_all[i] = exp (row->numbers[i] / row->temperature - largest);
    sum += ret_all[i];
  }
  for (int64_t i = 0; i < row->count; i++)
    ret_all[i] /= sum;
  return own - largest - log (sum);
}

/* d log p_c / dz = (1 at c) - p; dp = p d log p. */
static double
differentiate_probability (const SacScoreRow *row, float *ret_weights)
{
  g_autofree double *all = g_new0 (double, row->count);
  double log_p = log_probability (row, all), p = exp (log_p);
  bool logarithm = row->kind == SAC_SCORE_LOG_PROBABILITY;
  double scale = (logarithm ? 1 : p) / row->temperature;

  if (row->activation == SAC_ACTIVATION_SIGMOID)
    all[row->class_index] = p;
  for (int64_t i = 0; i < row->count; i++)
    ret_weights[i] = (float)(scale * ((i == row->class_index) - all[i]));
  return logarithm ? log_p : p;
}

static double
differentiate_norm (const SacScoreRow *row, float *ret_weights)
{
  double sum = 0;

  for (int64_t i = 0; i < row->count; i++)
    sum += (double)row->numbers[i] * row->numbers[i];

  double norm = sqrt (sum);

  for (int64_t i = 0; i < row->count; i++)
    ret_weights[i] = norm > 0 ? (float)(row->numbers[i] / norm) : 0;
  return norm;
}

/* The class, other than those taken, whose logit is nearest to the class's. */
static int64_t
find_nearest (const SacScoreRow *row, const bool *taken)
{
  int64_t nearest = -1;
  double own = row->numbers[row->class_index], least = INFINITY;

  for (int64_t i = 0; i < row->count; i++) {
    double distance = fabs (row->numbers[i] - own);

    if (!taken[i] && distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

/* Takes weight times their share from each of the nearest classes. */
static void
subtract_nearest (const SacScoreRow *row, float *weights)
{
  g_autofree bool *taken = g_new0 (bool, row->count);
  g_autofree int64_t *found = g_new (int64_t, row->nearest_count);
  double own = row->numbers[row->class_index], sum = 0;
  int count = 0;

  taken[row->class_index] = true;
  while (count < row->nearest_count) {
    int64_t nearest = find_nearest (row, taken);

    if (nearest < 0)
      break;
    taken[nearest] = true;
    found[count++] = nearest;
    sum += exp (row->numbers[nearest] - own);
  }
  for (int i = 0; i < count; i++)
    weights[found[i]] -=
      (float)(row->nearest_weight * exp (row->numbers[found[i]] - own) / sum);
}

double
sac_score_differentiate (const SacScoreRow *row, float *ret_weights)
{
  double sum = 0;

  if (row->kind == SAC_SCORE_PROBABILITY ||
      row->kind == SAC_SCORE_LOG_PROBABILITY)
    return differentiate_probability (row, ret_weights);
  if (row->kind == SAC_SCORE_NORM)
    return differentiate_norm (row, ret_weights);
  for (int64_t i = 0; i < row->count; i++) {
    ret_weights[i] = row->kind == SAC_SCORE_SUM || i == row->class_index;
    if (row->kind == SAC_SCORE_LOGIT && i == row->against)
      ret_weights[i] -= 1;
  }
  if (row->kind == SAC_SCORE_LOGIT && row->nearest_count > 0)
    subtract_nearest (row, ret_weights);
  for (int64_t i = 0; i < row->count; i++)
    sum += ret_weights[i] * (double)row->numbers[i];
  return sum;
}

char *
sac_score_describe (SacScoreKind kind,
                    const char *class_name,
                    const char *against)
{
  if (kind == SAC_SCORE_SUM)
    return g_strdup ("the sum of the output");
  if (kind == SAC_SCORE_NORM)
    return g_strdup ("the norm of the output");
  if (against != NULL)
    return g_strdup_printf ("the %s of %s less that of %s", kind_names[kind],
                            class_name, against);
  return g_strdup_printf ("the %s of %s", kind_names[kind], class_name);
}
