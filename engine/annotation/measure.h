/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How long and how large annotations are, and which one lies where.  Level-0
 * pixels. */
#ifndef SAC_ANNOTATION_MEASURE_H
#define SAC_ANNOTATION_MEASURE_H

#include "annotation/annotation.h"

/* Of a ruler its length, of an area all its borders, of a point 0. */
double sac_annotation_get_length (const SacAnnotation *annotation);

/* Outline less holes, by the shoelace formula; 0 where there is no area. */
double sac_annotation_get_area (const SacAnnotation *annotation);

/* By the even-odd rule over all rings; points and rulers hold nothing. */
bool
sac_annotation_contains (const SacAnnotation *annotation, double x, double y);

/* To its nearest border, line or point. */
double sac_annotation_get_distance (const SacAnnotation *annotation,
                                    double x,
                                    double y);

/* The vertex nearest to a place.  Returns: how far it is. */
double sac_annotation_find_vertex (const SacAnnotation *annotation,
                                   double x,
                                   double y,
                                   guint *ret_ring,
                                   guint *ret_point);

/* The side nearest to a place: a vertex put there would come before
 * `ret_point`.  Returns: how far it is; infinity for points. */
double sac_annotation_find_side (const SacAnnotation *annotation,
                                 double x,
                                 double y,
                                 guint *ret_ring,
                                 guint *ret_point);

/* What a click at a place means, within `reach` of it: of all whose border is
 * near the nearest one, else the smallest that the place lies in.  Returns: -1
 * for none. */
int sac_annotations_find_at (const SacAnnotations *set,
                             double x,
                             double y,
                             double reach);

#endif
