/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where one looks: position, magnification, pixel size, format. */
#ifndef SAC_APP_STATUS_BAR_H
#define SAC_APP_STATUS_BAR_H

#include "document.h"

#define SAC_TYPE_STATUS_BAR (sac_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (SacStatusBar, sac_status_bar, SAC, STATUS_BAR, GtkWidget)

/* Once. */
void sac_status_bar_set_document (SacStatusBar *bar, SacDocument *document);

/* Without what only says how the file is made, so that letters may be large. */
void sac_status_bar_set_terse (SacStatusBar *bar, bool is_terse);

#endif
