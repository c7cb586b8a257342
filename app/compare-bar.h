/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Says what is compared while A and B share one picture, and how to read it. */
#ifndef SAC_APP_COMPARE_BAR_H
#define SAC_APP_COMPARE_BAR_H

#include "document.h"

#define SAC_TYPE_COMPARE_BAR (sac_compare_bar_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCompareBar, sac_compare_bar, SAC, COMPARE_BAR, GtkWidget)

/* Once. */
void sac_compare_bar_set_document (SacCompareBar *bar, SacDocument *document);

#endif
