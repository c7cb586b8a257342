/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A pooling model on the features of a bag of instances: the classes' scores,
 * how much each instance weighs, and what each adds to a score.
 *
 * z = sum a_i h_i; score = w . z + b: a_i (w . h_i) is the evidence of an
 * instance, and all of it with the bias is the score (Ilse, Tomczak and
 * Welling, ICML 2018; CLAM: Lu et al., 2021).  Made by the methods
 * mil-attention and class-evidence. */
#ifndef SAC_SLIDE_BAG_H
#define SAC_SLIDE_BAG_H

#include "base/job.h"
#include "network/model.h"
#include "tensor/tensor.h"

typedef struct {
  size_t count; /* instances */
  size_t class_count;
  const SacManifestOutput *output; /* borrowed of the model */
  size_t output_index;
  float *scores; /* [class]: what evidence adds up to, before the network's own
                    softmax or sigmoid; without evidence the output itself */
  double *probabilities;
  size_t branch_count; /* of the attention: 1, or one a class */
  float *attention;    /* [branch][instance]: its sum is 1 */
  float *raw;          /* the same before softmax; NULL: the network has none */
  float *percentile;   /* rank among the instances, 0 to 100; NULL with raw */
  double *effective;   /* [branch]: 1 / sum a^2, see mil-math.h */
  float *evidence;     /* [class][instance]; NULL: not defined */
  double *bias;        /* [class]: the score less all evidence; NULL likewise */
  char *no_evidence;   /* why it is not defined; NULL: it is */
} SacBag;

/* Whether the model's only input is a bag. */
bool sac_bag_model_is (const SacModel *model);

/* features: [instance][feature], at least one.  Errors: MISMATCH (another
 * number of features, no score of classes), UNDEFINED (no attention pools the
 * instances), those of planning and running. */
SacBag *sac_bag_pool (SacModel *model,
                      const SacTensor *features,
                      SacJob *job,
                      GError **error);
void sac_bag_free (SacBag *bag);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacBag, sac_bag_free)

/* The branch that a class has. */
size_t sac_bag_get_branch (const SacBag *bag, size_t class_index);

#endif
