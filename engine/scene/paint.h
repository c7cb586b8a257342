/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the drawing files of this folder share.  The context's unit is one
 * screen pixel of the pane, as in scene.h. */
#ifndef SAC_SCENE_PAINT_H
#define SAC_SCENE_PAINT_H

#include "image/image.h"
#include "image/tone.h"
#include "scene/camera.h"

#include <cairo.h>

/* Around the image: dark enough that white glass stands out from it. */
#define SAC_PAINT_CANVAS 0x333333

typedef struct {
  const SacCamera *camera;
  double width, height; /* of the pane */
} SacPaintView;

void sac_paint_set_color (cairo_t *cr, uint32_t rgb, double alpha);

/* Goes over to level-0 coordinates. */
void sac_paint_to_image (cairo_t *cr, const SacPaintView *view);

/* True when level-0 rectangles are rectangles on the screen. */
bool sac_paint_is_upright (const SacPaintView *view);

/* The screen rectangle around a level-0 one. */
SacRect sac_paint_get_screen_rect (const SacPaintView *view,
                                   const SacRect *rect);

/* Edges moved to whole device pixels: what shares an edge still does. */
SacRect sac_paint_snap (cairo_t *cr, const SacRect *screen_rect);

/* A path around a level-0 rectangle, snapped when upright. */
void
sac_paint_add_rect (cairo_t *cr, const SacPaintView *view, const SacRect *rect);

/* Over the pixels of an image, not copied: drop it before the image. */
cairo_surface_t *sac_paint_surface_new (const SacImage *image);

/* What the source surface has at its edges goes on beyond them, so that edges
 * between pixels stay full.  Where no pixels are made, on paper, there is
 * nothing to mend, and cairo would pad with what happens to be in memory. */
void sac_paint_pad_source (cairo_t *cr);

/* Paints the level-0 rectangle `part` with a surface that covers
 * `surface_rect`. */
void sac_paint_surface (cairo_t *cr,
                        const SacPaintView *view,
                        cairo_surface_t *surface,
                        const SacRect *surface_rect,
                        const SacRect *part,
                        cairo_filter_t filter);

/* All of it, stretched by less than a pixel to reach its snapped edges. */
void sac_paint_whole_surface (cairo_t *cr,
                              const SacPaintView *view,
                              cairo_surface_t *surface,
                              const SacRect *rect,
                              cairo_filter_t filter);

/* Gives another tone to the pixels within the clip, which is made of whole
 * pixels, of an image surface. */
void sac_paint_tone (cairo_t *cr, const SacTone *tone);

/* Grey diagonals over the current path, which is consumed: no data here. */
void sac_paint_hatch (cairo_t *cr, bool filled);

/* Strokes the current path, consumed, so that it shows over any tissue. */
void sac_paint_stroke_halo (cairo_t *cr, double line_width, uint32_t rgb);

#endif
