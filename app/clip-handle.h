/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One end of a scale over a histogram: a slider that keys move.  Whoever owns
 * it moves it by pointer and says where it is.
 *
 * Signal "step" (double): wants to move by so much of the axis; infinite: to
 * the end of the axis. */
#ifndef SAC_APP_CLIP_HANDLE_H
#define SAC_APP_CLIP_HANDLE_H

#include <gtk/gtk.h>

/* Wide enough to be hit. */
#define SAC_CLIP_HANDLE_WIDTH 13

#define SAC_TYPE_CLIP_HANDLE (sac_clip_handle_get_type ())
G_DECLARE_FINAL_TYPE (
  SacClipHandle, sac_clip_handle, SAC, CLIP_HANDLE, GtkWidget)

/* name: for screen readers. */
GtkWidget *sac_clip_handle_new (const char *name);

typedef struct {
  double value, low, high; /* low and high: of the axis */
  const char *text;        /* the value as people read it */
} SacClipPlace;

void sac_clip_handle_tell (SacClipHandle *handle, const SacClipPlace *place);

#endif
