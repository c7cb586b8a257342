/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How the map of one pane came to be, as text to read and to copy. */
#ifndef SAC_APP_PROVENANCE_VIEW_H
#define SAC_APP_PROVENANCE_VIEW_H

#include "document.h"

#define SAC_TYPE_PROVENANCE_VIEW (sac_provenance_view_get_type ())
G_DECLARE_FINAL_TYPE (
  SacProvenanceView, sac_provenance_view, SAC, PROVENANCE_VIEW, GtkWidget)

GtkWidget *sac_provenance_view_new (SacDocument *document, guint pane);

/* JSON of all maps there are.  Returns: a new string, NULL without any. */
char *sac_provenance_dup_text (SacDocument *document);

#endif
