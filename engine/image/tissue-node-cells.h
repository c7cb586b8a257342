/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The cells of a lymph node: lymphocytes, the larger cells of germinal centres
 * with macrophages among them, and what floats in the sinuses. */
#ifndef SAC_IMAGE_TISSUE_NODE_CELLS_H
#define SAC_IMAGE_TISSUE_NODE_CELLS_H

#include "image/tissue-cells.h"

void sac_tissue_node_cells_draw (SacTissueBlock *block);

/* The share of a place's area that nuclei cover. */
float sac_tissue_node_cells_cover (const float *fields);

#endif
