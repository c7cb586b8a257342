/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which models run over a slide, and how they explain each tile.  Models that
 * cannot do it are there, grey, with the reason.
 *
 * Signal "changed": what is chosen. */
#ifndef SAC_APP_RUN_MODELS_H
#define SAC_APP_RUN_MODELS_H

#include "run-candidates.h"
#include "run-order.h"

#include <gtk/gtk.h>

#define SAC_TYPE_RUN_MODELS (sac_run_models_get_type ())
G_DECLARE_FINAL_TYPE (SacRunModels, sac_run_models, SAC, RUN_MODELS, GtkWidget)

GtkWidget *sac_run_models_new (void);

/* candidates: of SacRunCandidate, referenced.  What was chosen stays chosen; at
 * first it is what is wanted, else the first that can run. */
void sac_run_models_fill (SacRunModels *models,
                          GPtrArray *candidates,
                          const char *const *wanted);
/* By its id; nothing where it cannot run. */
void sac_run_models_choose (SacRunModels *models, const char *id, bool chosen);
void sac_run_models_choose_method (SacRunModels *models,
                                   const char *name,
                                   bool chosen);

/* Fills in models, methods and class, new strings. */
void sac_run_models_fill_order (SacRunModels *models, SacRunOrder *order);
/* The first that is chosen; NULL: none. */
const SacRunCandidate *sac_run_models_get_first (SacRunModels *models);

#endif
