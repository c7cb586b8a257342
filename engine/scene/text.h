/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Text for marks, colour bars and figures. */
#ifndef SAC_SCENE_TEXT_H
#define SAC_SCENE_TEXT_H

#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double size; /* of the letters, in the context's units */
  bool bold;
  uint32_t rgb;
  double width;   /* where lines break or are cut; 0: one line of any length */
  int line_count; /* the last one is cut with an ellipsis; 0: one */
  double line_spacing; /* of a line's own height; 0: 1 */
  PangoAlignment align;
} SacTextStyle;

/* Returns: a new layout; free with g_object_unref. */
PangoLayout *
sac_text_new (cairo_t *cr, const char *text, const SacTextStyle *style);

void
sac_text_get_size (PangoLayout *layout, double *ret_width, double *ret_height);

/* Draws with the top left of the layout at (x, y).  Returns: its height. */
double sac_text_draw (
  cairo_t *cr, double x, double y, const char *text, const SacTextStyle *style);

/* The same with the first line's baseline at y, so that scripts of different
 * heights stand on one line. */
void sac_text_draw_on (
  cairo_t *cr, double x, double y, const char *text, const SacTextStyle *style);

/* White with a dark halo, readable over any tissue; (x, y) is the top left. */
void sac_text_draw_halo (
  cairo_t *cr, double x, double y, const char *text, double size);

#endif
