/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two linked canvases of a given size and nothing else, and what they show
 * compared with what a slide of known colours must show there. */
#ifndef SAC_TESTS_APP_STAGE_H
#define SAC_TESTS_APP_STAGE_H

#include "canvas.h"
#include "worker.h"

typedef struct {
  SacWorker *worker;
  SacDocument *document;
  SacViewport *viewport;
  GtkWidget *window;
  GtkWidget *canvases[2];
} Stage;

/* Shows `path` in two canvases of width x height; returns when its tiles are
 * there.  No model looks at it. */
void stage_open (Stage *stage, const char *path, int width, int height);
void stage_close (Stage *stage);

/* Runs the main loop until nothing is asked for, or for a while. */
void stage_wait_for_tiles (Stage *stage);
void stage_run_for (int milliseconds);

/* The pixels of a canvas as its last frame drew them: a new array. */
guint32 *stage_render (Stage *stage, int canvas);

typedef struct {
  int looked_at;
  int blank;       /* pixels of the image that show nothing of it */
  int misplaced;   /* pixels that show another place */
  int column, row; /* the last of these, and what it shows */
  guint32 pixel;
} StageCheck;

/* What a canvas shows now of a slide with the pattern of `side`
 * (image/phantom-pattern.h).  slack: level-0 pixels that a place may be off. */
StageCheck stage_check (Stage *stage, int canvas, int side, double slack);

#endif
