/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which tiles a run looks at: tissue that is found, with its threshold, tissue
 * that was drawn, or all.  What would be looked at lies over the slide while
 * this is open.
 *
 * Signal "changed". */
#ifndef SAC_APP_RUN_TISSUE_H
#define SAC_APP_RUN_TISSUE_H

#include "document.h"
#include "run-candidates.h"
#include "run-order.h"

#include <gtk/gtk.h>

/* The class of annotations that are tissue. */
#define SAC_RUN_TISSUE_CLASS "tissue"

#define SAC_TYPE_RUN_TISSUE (sac_run_tissue_get_type ())
G_DECLARE_FINAL_TYPE (
  SacRunTissueView, sac_run_tissue, SAC, RUN_TISSUE, GtkWidget)

GtkWidget *sac_run_tissue_new (SacDocument *document);

/* mpp: of level 0; 0: not known, so no tissue can be found yet. */
void sac_run_tissue_open (SacRunTissueView *view, double mpp);
void sac_run_tissue_close (SacRunTissueView *view);

void sac_run_tissue_set_kind (SacRunTissueView *view, SacRunTissue kind);
/* 0: found. */
void sac_run_tissue_set_threshold (SacRunTissueView *view, int threshold);
/* The outlines as annotations, to be changed there, and taken from there. */
void sac_run_tissue_edit (SacRunTissueView *view);

/* Tissue, threshold and, where it is drawn, mask. */
void sac_run_tissue_fill_order (SacRunTissueView *view, SacRunOrder *order);
/* What was drawn, where that is what counts.  Returns: a new set, or NULL. */
SacAnnotations *sac_run_tissue_dup_drawn (SacRunTissueView *view);
/* Why a run cannot begin; NULL: it can. */
const char *sac_run_tissue_get_trouble (SacRunTissueView *view);

#endif
