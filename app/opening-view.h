/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window shows while its first image is being opened: how far it is,
 * once that takes a moment, and a button that stops it.  While another image is
 * still there, the subtitle says the same. */
#ifndef SAC_APP_OPENING_VIEW_H
#define SAC_APP_OPENING_VIEW_H

#include "document.h"

#include <adwaita.h>

#define SAC_TYPE_OPENING_VIEW (sac_opening_view_get_type ())
G_DECLARE_FINAL_TYPE (
  SacOpeningView, sac_opening_view, SAC, OPENING_VIEW, GtkWidget)

/* Once.  title: whose subtitle it is. */
void sac_opening_view_set_document (SacOpeningView *view,
                                    SacDocument *document,
                                    AdwWindowTitle *title);

#endif
