/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A model as a run over a slide uses it: one input for tiles, one output with a
 * row of numbers for each, planned for one size of batch. */
#ifndef SAC_SLIDE_SLIDE_MODEL_H
#define SAC_SLIDE_SLIDE_MODEL_H

#include "network/model.h"
#include "network/plan.h"

typedef struct {
  SacModel *model;
  const SacManifestInput *input;
  const SacManifestOutput *output; /* NULL: an encoder without classes */
  size_t output_index;
  size_t batch_size;    /* 0 before sac_slide_model_plan */
  size_t width;         /* numbers a tile; 0 without an output */
  char *feature;        /* the value whose numbers are kept; NULL: no encoder */
  bool is_encoder;      /* only that: its output may be the features */
  size_t feature_count; /* numbers of it a tile */
  bool is_single; /* mixes the tiles of a batch, so it is given one at a time */
  SacPlan *plan;
} SacSlideModel;

/* Errors: MISMATCH: it is no tile model, and why. */
bool
sac_slide_model_init (SacSlideModel *self, SacModel *model, GError **error);
void sac_slide_model_clear (SacSlideModel *self);

/* Keeps a value's row of numbers for each tile.  value: NULL: the network's
 * only output.  Before sac_slide_model_plan.  Errors: MISMATCH (there is no
 * such value, several outputs, or another value is kept already). */
bool sac_slide_model_keep_features (SacSlideModel *self,
                                    const char *value,
                                    GError **error);

/* How many samples the network states; 0: any. */
size_t sac_slide_model_get_fixed_batch (const SacSlideModel *self);

/* The most tiles that may be in one batch: what the network states, else what
 * keeps a batch's input within bounds; `wanted` at most. */
size_t sac_slide_model_limit_batch (const SacSlideModel *self, size_t wanted);

bool sac_slide_model_plan (SacSlideModel *self,
                           size_t batch_size,
                           SacJob *job,
                           GError **error);

/* Runs one tile beside two different others.  ret_batch_size: `wanted`, or 1
 * where the network mixes the samples of a batch (as batch normalisation does
 * in training mode), which sets is_single.  Leaves no plan.  Errors: MISMATCH
 * (it mixes them and takes no single one), those of planning and running. */
bool sac_slide_model_probe (SacSlideModel *self,
                            size_t wanted,
                            size_t *ret_batch_size,
                            SacJob *job,
                            GError **error);

/* Noise as sample `index`, the same for a seed. */
bool sac_slide_model_fill_noise (const SacSlideModel *self,
                                 SacTensor *batch,
                                 size_t index,
                                 uint64_t seed,
                                 GError **error);

/* An empty batch of the input. */
SacTensor *sac_slide_model_new_batch (const SacSlideModel *self,
                                      size_t batch_size,
                                      GError **error);

/* ret_numbers: batch_size * width; ret_features: batch_size * feature_count. */
bool sac_slide_model_run (const SacSlideModel *self,
                          const SacTensor *batch,
                          float *ret_numbers,
                          float *ret_features,
                          SacJob *job,
                          GError **error);

#endif
