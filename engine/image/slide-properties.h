/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What OpenSlide's properties say, with a check of sense: they are text that
 * came with the file. */
#ifndef SAC_IMAGE_SLIDE_PROPERTIES_H
#define SAC_IMAGE_SLIDE_PROPERTIES_H

#include "image/geometry.h"

typedef struct _openslide openslide_t;

/* "aperio" -> "Aperio"; itself when not known. */
const char *sac_slide_properties_name_vendor (const char *vendor);

/* Micrometres a level-0 pixel, across and down.  0: unknown. */
void
sac_slide_properties_get_mpp (openslide_t *slide, double *ret_x, double *ret_y);

/* 0: unknown. */
double sac_slide_properties_get_objective (openslide_t *slide);

/* The part of level 0 that was scanned; empty: unknown. */
SacRect sac_slide_properties_get_bounds (openslide_t *slide);

/* What lies behind transparent pixels: the slide's colour, or white. */
uint32_t sac_slide_properties_get_background (openslide_t *slide);

/* OpenSlide's own hash of a slide that it can open; NULL otherwise.  A new
 * string. */
char *sac_slide_properties_read_quickhash (const char *path);

/* 0: no tiles. */
void sac_slide_properties_get_tile (openslide_t *slide,
                                    int level,
                                    int *ret_width,
                                    int *ret_height);

#endif
