/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An image is shown again as it was left: its camera, and the panes with what
 * they ask, how they look and what maps lie over them, unless it is a case of a
 * list, whose cases are looked at alike.  Kept below the user's state folder,
 * for the file as it is; neither read nor written while the reader does not
 * want it.
 *
 * Signal "failed" (text): a sentence; the image is shown as if nothing were
 * kept. */
#ifndef SAC_APP_VIEWS_H
#define SAC_APP_VIEWS_H

#include "cases.h"
#include "map-files.h"

#include <adwaita.h>

#define SAC_TYPE_VIEWS (sac_views_get_type ())
G_DECLARE_FINAL_TYPE (SacViews, sac_views, SAC, VIEWS, GObject)

/* settings may be NULL: nothing is kept. */
SacViews *sac_views_new (SacDocument *document,
                         SacCases *cases,
                         SacMapFiles *map_files,
                         GSettings *settings);

/* Those of a document that is shown. */
SacViews *sac_views_find (SacDocument *document);

/* Whether what was kept of the image that is shown has been read and applied;
 * changes made before are not kept. */
bool sac_views_is_ready (SacViews *views);

/* Forgets what is kept of all images.  Returns: a new toast that says so and
 * can undo it. */
AdwToast *sac_views_clear (SacViews *views);

/* Writes what is not yet written and ends the work. */
void sac_views_shut_down (SacViews *views);

#endif
