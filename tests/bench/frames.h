/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Frames of a window, and times in milliseconds, for the programs that measure
 * it. */
#ifndef SAC_TESTS_BENCH_FRAMES_H
#define SAC_TESTS_BENCH_FRAMES_H

#include <gtk/gtk.h>

double now_ms (void);

/* Milliseconds since the process began, of the kernel's own account. */
double get_age_ms (void);

/* values: of double; sorted by the call.  share: 0 to 1. */
double get_percentile (GArray *values, double share);

/* Until the window has been drawn and the main loop has nothing more urgent to
 * do. */
void wait_until_idle (GtkWidget *window);

typedef struct {
  void (*step) (gpointer data); /* called for each frame; NULL: nothing */
  gpointer data;
  double began;
  double last;   /* end of the frame before; 0: none */
  GArray *costs; /* of double: from the begin of a frame to its end */
  GArray *gaps;  /* of double: from one end to the next */
} Recorder;

Recorder *recorder_new (void (*step) (gpointer data), gpointer data);
void recorder_free (Recorder *recorder);

/* Draws so many frames of a mapped widget, one after the other. */
void recorder_run (Recorder *recorder, GtkWidget *widget, int frames);

/* One JSON object. */
void recorder_print (const Recorder *recorder, const char *measure);

#endif
