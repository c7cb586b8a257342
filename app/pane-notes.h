/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a careful reader must know about a pane's map and its model. */
#ifndef SAC_APP_PANE_NOTES_H
#define SAC_APP_PANE_NOTES_H

#include "document.h"

#define SAC_TYPE_PANE_NOTES (sac_pane_notes_get_type ())
G_DECLARE_FINAL_TYPE (SacPaneNotes, sac_pane_notes, SAC, PANE_NOTES, GtkWidget)

void sac_pane_notes_refresh (SacPaneNotes *notes,
                             SacDocument *document,
                             SacPaneState *pane);

/* Those that are warnings, a line each; NULL: none. */
const char *sac_pane_notes_get_warnings (SacPaneNotes *notes);

#endif
