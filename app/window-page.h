/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window shows instead of panes, and above them. */
#ifndef SAC_APP_WINDOW_PAGE_H
#define SAC_APP_WINDOW_PAGE_H

#include "document.h"
#include "pane.h"

#include <adwaita.h>

/* "panes", "opening" or "empty", by what the document has.  Keys follow: those
 * for an image that has come go to `pane`, but for somebody who types. */
void
sac_window_page_refresh (GtkStack *stack, SacDocument *document, SacPane *pane);

/* Title and text of the page that is shown while there is no image. */
void sac_window_page_fill_empty (AdwStatusPage *page, SacDocument *document);

/* What went wrong, over an image that is shown. */
void sac_window_page_fill_banner (GtkRevealer *banner,
                                  GtkLabel *label,
                                  SacDocument *document);

#endif
