/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Numbers beside the pictures: predictions, agreement, provenance. */
#ifndef SAC_APP_SIDE_PANEL_H
#define SAC_APP_SIDE_PANEL_H

#include "document.h"

#define SAC_TYPE_SIDE_PANEL (sac_side_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacSidePanel, sac_side_panel, SAC, SIDE_PANEL, GtkWidget)

/* Once. */
void sac_side_panel_set_document (SacSidePanel *panel, SacDocument *document);

#endif
