/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The inputs of one run of a model, made from images, with where each lies on
 * its image. */
#ifndef SAC_NETWORK_INPUTS_H
#define SAC_NETWORK_INPUTS_H

#include "image/source.h"
#include "network/model.h"

typedef struct {
  size_t count; /* one per graph input */
  SacTensor **tensors;
  SacGeometry *geometries; /* NULL: the tensors did not come from images */
  char **image_hashes;     /* for provenance; NULL with geometries */
} SacInputs;

/* sources: one per graph input, in order.  region: level-0 pixels of the first
 * source, NULL as for sac_preprocess.  Errors: MISMATCH when the model wants
 * another number of images; those of sac_preprocess. */
SacInputs *sac_inputs_new (SacModel *model,
                           SacSource *const *sources,
                           size_t source_count,
                           const SacRect *region,
                           SacJob *job,
                           GError **error);

/* From raw tensors, which are referenced. */
SacInputs *sac_inputs_new_raw (SacTensor *const *tensors, size_t count);

void sac_inputs_free (SacInputs *inputs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacInputs, sac_inputs_free)

/* Index of the graph input that `text` names: its name or its role.
 * Returns: -1 with MISMATCH that lists what there is. */
int sac_inputs_find (const SacModel *model, const char *text, GError **error);

#endif
