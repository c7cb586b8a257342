/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two pictures side by side that GTK has as textures: what moving them takes is
 * GTK's own. */
#ifndef SAC_TESTS_BENCH_BARE_PICTURES_H
#define SAC_TESTS_BENCH_BARE_PICTURES_H

#include <gtk/gtk.h>

/* width, height: of each, in pixels. */
GtkWidget *bare_pictures_new (int width, int height);

/* pictures: the widget; moves them by a pixel, to and fro. */
void bare_pictures_step (gpointer pictures);

#endif
