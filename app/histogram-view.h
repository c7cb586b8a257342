/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How often the values of the active pane's map occur, and the ends of its
 * scale, which pointer and keys move.  Heights are square roots, so that rare
 * high values can be seen beside many low ones. */
#ifndef SAC_APP_HISTOGRAM_VIEW_H
#define SAC_APP_HISTOGRAM_VIEW_H

#include "document.h"

#define SAC_TYPE_HISTOGRAM_VIEW (sac_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (
  SacHistogramView, sac_histogram_view, SAC, HISTOGRAM_VIEW, GtkWidget)

void sac_histogram_view_set_document (SacHistogramView *view,
                                      SacDocument *document);

#endif
