/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What each model says: a bar per class and pane, the likeliest classes first.
 */
#ifndef SAC_APP_PREDICTION_LIST_H
#define SAC_APP_PREDICTION_LIST_H

#include "document.h"

#define SAC_TYPE_PREDICTION_LIST (sac_prediction_list_get_type ())
G_DECLARE_FINAL_TYPE (
  SacPredictionList, sac_prediction_list, SAC, PREDICTION_LIST, GtkWidget)

/* Once. */
void sac_prediction_list_set_document (SacPredictionList *list,
                                       SacDocument *document);

#endif
