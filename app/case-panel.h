/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The case list beside the image: name filter, rows, the place in the list, and
 * on request what the table says of the case.  Readers may be blind to that, so
 * it is hidden until somebody asks. */
#ifndef SAC_APP_CASE_PANEL_H
#define SAC_APP_CASE_PANEL_H

#include "cases.h"

#define SAC_TYPE_CASE_PANEL (sac_case_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacCasePanel, sac_case_panel, SAC, CASE_PANEL, GtkWidget)

/* Once. */
void sac_case_panel_set_cases (SacCasePanel *panel, SacCases *cases);

/* Puts the focus into the filter. */
void sac_case_panel_focus_filter (SacCasePanel *panel);

void sac_case_panel_set_details (SacCasePanel *panel, bool shown);

#endif
