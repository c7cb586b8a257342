/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two maps in one picture: parts of each, one after the other, or where their
 * highest cells lie.  A signed difference is a map like any other. */
#ifndef SAC_SCENE_COMPARE_H
#define SAC_SCENE_COMPARE_H

#include "map/pair.h"
#include "scene/scene.h"

typedef enum {
  SAC_COMPARE_SIDE,       /* each in a pane of its own */
  SAC_COMPARE_SWIPE,      /* A left of a divider, B right of it */
  SAC_COMPARE_LENS,       /* B within a lens, A around it */
  SAC_COMPARE_FLICKER,    /* A and B by turns */
  SAC_COMPARE_DIFFERENCE, /* A minus B */
  SAC_COMPARE_AGREEMENT,  /* the top cells of both, of A, of B */
  SAC_COMPARE_MODE_COUNT,
} SacCompareMode;

const char *sac_compare_mode_get_name (SacCompareMode mode); /* "side", ... */
bool sac_compare_mode_find (const char *name, SacCompareMode *ret_mode);

/* 0xRRGGBB of A and B wherever they are told apart. */
#define SAC_COMPARE_COLOR_A 0x3584e4u
#define SAC_COMPARE_COLOR_B 0xe66100u

typedef struct {
  SacCompareMode mode;
  double divider;        /* swipe: share of the width, [0, 1] */
  double lens_x, lens_y; /* screen pixels, its middle */
  double lens_radius;    /* screen pixels; half the side of a square */
  bool lens_is_square;   /* else it is round */
  bool shows_other;      /* flicker: B's turn */
} SacSceneCompare;

/* Clips to the part of the pane that is B's, with whatever the mode shows, but
 * for the lens: right of the divider, nothing while it is A's turn, else all.
 */
void sac_scene_clip_other (const SacSceneCompare *compare,
                           cairo_t *cr,
                           int width,
                           int height);

/* What lies under the lens, to be drawn by itself: window and command line cut
 * the same picture, whose rim is blended once.
 *
 * image: of the whole pane, in device pixels.  Returns: a new context in the
 * pane's coordinates over a copy of what the lens covers; for
 * sac_scene_end_lens. */
cairo_t *sac_scene_begin_lens (const SacSceneCompare *compare,
                               cairo_surface_t *image);

/* Cuts the lens out, lays it onto `cr` and drops `lens`. */
void
sac_scene_end_lens (const SacSceneCompare *compare, cairo_t *lens, cairo_t *cr);

/* A signed difference as a layer: zero in the middle, even where A is higher
 * everywhere.  colors: a diverging one.  Borrows the map. */
SacMapLayer sac_scene_difference_layer (const SacMap *difference,
                                        const SacColorMap *colors,
                                        double opacity,
                                        bool smooth);

/* The divider or the edge of the lens, and which side is which. */
void sac_scene_draw_compare_marks (const SacSceneCompare *compare,
                                   cairo_t *cr,
                                   int width,
                                   int height);

/* Cells of which only A, or only B, is high are tinted in their colours; where
 * both are, in stripes of both. */
void sac_scene_draw_overlap (const SacScene *scene,
                             const SacOverlap *overlap,
                             double opacity,
                             cairo_t *cr,
                             int width,
                             int height);

#endif
