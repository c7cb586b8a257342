/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the table of a list of cases says to look for, over the panes: the cell
 * of its column "caption".  Not there for cases without one. */
#ifndef SAC_APP_CASE_CAPTION_H
#define SAC_APP_CASE_CAPTION_H

#include "cases.h"

#include <gtk/gtk.h>

#define SAC_TYPE_CASE_CAPTION (sac_case_caption_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCaseCaption, sac_case_caption, SAC, CASE_CAPTION, GtkWidget)

/* Once. */
void sac_case_caption_set_cases (SacCaseCaption *caption, SacCases *cases);

#endif
