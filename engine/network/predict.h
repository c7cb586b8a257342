/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a model says of its inputs: logits and probabilities of every head. */
#ifndef SAC_NETWORK_PREDICT_H
#define SAC_NETWORK_PREDICT_H

#include "network/inputs.h"

typedef struct {
  const SacManifestOutput *info; /* borrowed from the model */
  size_t class_count;    /* 0: the output is not a row of scores per sample */
  float *logits;         /* class_count: the output's values, as they come */
  double *probabilities; /* class_count */
  size_t top;            /* class of the largest logit */
} SacPrediction;

typedef struct {
  SacModel *model; /* kept alive for `info` */
  SacPrediction *heads;
  size_t head_count; /* one per output of the network */
} SacPredictions;

/* For sample `batch` of the inputs.  Errors: MISMATCH (no such sample), those
 * of planning and running. */
SacPredictions *sac_predict (SacModel *model,
                             const SacInputs *inputs,
                             size_t batch,
                             SacJob *job,
                             GError **error);
void sac_predictions_free (SacPredictions *predictions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPredictions, sac_predictions_free)

/* False where no class is the predicted one: there is none, or scores are not
 * finite. */
bool sac_prediction_has_top (const SacPrediction *head);

/* "Melanoma", or "class 3" when the manifest has no labels.
 * Returns: a new string. */
char *sac_prediction_class_name (const SacPrediction *head, size_t index);
char *sac_prediction_class_id (const SacPrediction *head, size_t index);

#endif
