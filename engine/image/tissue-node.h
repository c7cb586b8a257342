/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A lymph node for the synthetic slide: a bean in fat, from outside inward a
 * capsule, the sinus under it, cortex with follicles, paracortex, and the
 * medulla with its sinuses towards the hilum. */
#ifndef SAC_IMAGE_TISSUE_NODE_H
#define SAC_IMAGE_TISSUE_NODE_H

#include "image/noise.h"
#include "image/tissue-cells.h"

/* The same as those of tissue-plan.h, for a node; the tumour's and the nests'
 * fields are set, as though tumour could lie anywhere. */
void sac_tissue_node_find_smooth (const SacPhantomSlideParams *params,
                                  double x,
                                  double y,
                                  float *fields);
void sac_tissue_node_make_edges (float *fields);

/* hash: of the seed and the index. */
float sac_tissue_node_get_blob (const SacPhantomSlideParams *params,
                                int index,
                                uint64_t hash,
                                float *ret_x,
                                float *ret_y);

/* The noise of what lies between the cells at up to SAC_NOISE_RUN places of a
 * row. */
typedef struct {
  float grit[SAC_NOISE_RUN], pink[SAC_NOISE_RUN], gap[SAC_NOISE_RUN];
} SacTissueNodeGrain;

void sac_tissue_node_find_grain (uint64_t seed,
                                 const double *x,
                                 double y,
                                 double scale,
                                 int count,
                                 SacTissueNodeGrain *ret_grain);

/* Of a metastasis. */
void sac_tissue_node_find_nest_grain (uint64_t seed,
                                      const double *x,
                                      double y,
                                      double scale,
                                      int count,
                                      SacTissueNodeGrain *ret_grain);

/* What lies between the cells, within the capsule, at a scale of level-0 pixels
 * a pixel; index: of the place in the run; fibers: what collagen would give. */
SacTissueStain sac_tissue_node_stain (uint64_t seed,
                                      double x,
                                      double y,
                                      double scale,
                                      const SacTissueNodeGrain *grain,
                                      int index,
                                      SacTissueStain fibers,
                                      const float *fields);

/* The cytoplasm of a metastasis's cells, with clefts between them. */
SacTissueStain sac_tissue_node_stain_nest (const SacTissueNodeGrain *grain,
                                           int index,
                                           double scale);

#endif
