/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Annotations over an image: lines of one width at every magnification, in the
 * colour of their class with a dark edge, so that they are seen on any tissue.
 * What would be smaller than a dot is drawn as one. */
#ifndef SAC_SCENE_PAINT_ANNOTATIONS_H
#define SAC_SCENE_PAINT_ANNOTATIONS_H

#include "annotation/annotation.h"
#include "scene/camera.h"

#include <cairo.h>

typedef struct {
  const SacAnnotations *set;
  const SacRect *bounds;      /* of each item: sac_annotation_get_bounds */
  const SacAnnotation *draft; /* being drawn; NULL: none */
  int selected;               /* item; -1: none */
  int ring, point;            /* its vertex that is chosen; -1: none */
  double mpp;                 /* 0: not known; rulers are then in pixels */
} SacAnnotationLayer;

/* The part of a pane that is drawn on; empty where there is nothing. */
SacRect sac_paint_annotations_extent (const SacAnnotationLayer *layer,
                                      const SacCamera *camera,
                                      double width,
                                      double height);

/* pane: from (0, 0) to (width, height). */
void sac_paint_annotations (cairo_t *cr,
                            const SacAnnotationLayer *layer,
                            const SacCamera *camera,
                            double width,
                            double height);

/* All of a set, with nothing selected or half drawn. */
void sac_paint_annotation_set (cairo_t *cr,
                               const SacAnnotations *set,
                               double mpp,
                               const SacCamera *camera,
                               double width,
                               double height);

/* "12.5 µm", "1.25 mm", "340 px".  Returns: a new string. */
char *sac_annotation_format_length (double pixels, double mpp);
/* "0.21 mm²", "3400 px²". */
char *sac_annotation_format_area (double pixels, double mpp);

#endif
