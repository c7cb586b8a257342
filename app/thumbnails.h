/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small pictures of files, made one after the other on a thread of their own,
 * so that the engine's work does not wait for them.  Those used last are kept
 * in memory; nothing goes to disk, where it would outlive the session.
 *
 * Signal "ready" (path): that file's picture is there, or will not be. */
#ifndef SAC_APP_THUMBNAILS_H
#define SAC_APP_THUMBNAILS_H

#include <gtk/gtk.h>
#include <stdbool.h>

#define SAC_TYPE_THUMBNAILS (sac_thumbnails_get_type ())
G_DECLARE_FINAL_TYPE (SacThumbnails, sac_thumbnails, SAC, THUMBNAILS, GObject)

SacThumbnails *sac_thumbnails_new (void);

/* Borrowed until the next call.  Returns: NULL when there is none (yet). */
GdkTexture *sac_thumbnails_get (SacThumbnails *thumbnails, const char *path);

/* Asks for a picture that is not there, and no longer. */
void sac_thumbnails_want (SacThumbnails *thumbnails, const char *path);
void sac_thumbnails_unwant (SacThumbnails *thumbnails, const char *path);

/* Ends the work; for the owner's dispose. */
void sac_thumbnails_shut_down (SacThumbnails *thumbnails);

#endif
