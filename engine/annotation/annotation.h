/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What people have drawn on an image: rectangles, polygons with holes, points,
 * rulers, each with a name and a class.
 *
 * Coordinates are level-0 pixels as in image/geometry.h.  One thread at a time;
 * undo belongs to whoever changes a set. */
#ifndef SAC_ANNOTATION_ANNOTATION_H
#define SAC_ANNOTATION_ANNOTATION_H

#include "image/geometry.h"

#include <glib.h>

typedef struct {
  double x, y;
} SacPoint;

typedef enum {
  SAC_ANNOTATION_RECTANGLE, /* four corners in turn, sides along the axes */
  SAC_ANNOTATION_POLYGON,
  SAC_ANNOTATION_POINT,
  SAC_ANNOTATION_RULER, /* two points or more */
} SacAnnotationKind;

typedef struct {
  SacAnnotationKind kind;
  char *name;       /* UTF-8, may be empty */
  int class_index;  /* into the set's classes; -1: none */
  bool excludes;    /* what lies in it belongs to no other annotation */
  GPtrArray *rings; /* of GArray of SacPoint: the outline, then holes; closed
                       by themselves, the first point is not repeated */
} SacAnnotation;

typedef struct {
  char *name;   /* UTF-8, not empty */
  uint32_t rgb; /* 0xRRGGBB */
} SacAnnotationClass;

typedef struct {
  GPtrArray *items;     /* of SacAnnotation, in the file's order */
  GPtrArray *classes;   /* of SacAnnotationClass */
  guint spline_count;   /* curves that were read as polygons of their corners */
  guint left_out_count; /* shapes of kinds that are not known here, or of too
                           few points */
  guint64 point_count;  /* of all rings; bounded by SAC_LIMIT_ANNOTATION_POINTS
                         */
} SacAnnotations;

/* Colours for classes that have none, told apart by people with a colour vision
 * deficiency; `index` counts them. */
uint32_t sac_annotation_choose_rgb (guint index);

SacAnnotations *sac_annotations_new (void);
void sac_annotations_free (SacAnnotations *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAnnotations, sac_annotations_free)

/* A new annotation without rings at the end of the set.  name: NULL is empty;
 * what is no UTF-8, or no text, is replaced. */
SacAnnotation *sac_annotations_add (SacAnnotations *set,
                                    SacAnnotationKind kind,
                                    const char *name,
                                    int class_index);

/* One that belongs to no set. */
SacAnnotation *
sac_annotation_new (SacAnnotationKind kind, const char *name, int class_index);
SacAnnotation *sac_annotation_copy (const SacAnnotation *annotation);
void sac_annotation_free (SacAnnotation *annotation); /* may be NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAnnotation, sac_annotation_free)
guint64 sac_annotation_count_points (const SacAnnotation *annotation);

/* Everything but counts of what was left out. */
SacAnnotations *sac_annotations_copy (const SacAnnotations *set);

/* Index of the class of that name, which is added where it is new. */
int
sac_annotations_add_class (SacAnnotations *set, const char *name, uint32_t rgb);

/* A new empty ring. */
GArray *sac_annotation_add_ring (SacAnnotation *annotation);

/* Errors: DAMAGED when a coordinate is no number within SAC_LIMIT_COORDINATE,
 * TOO_LARGE when the set has too many points. */
bool sac_annotations_add_point (
  SacAnnotations *set, GArray *ring, double x, double y, GError **error);

/* Drops a last point that repeats the first, and calls a polygon along the axes
 * a rectangle.  Returns: false when a ring has too few points for its kind. */
bool sac_annotation_finish (SacAnnotation *annotation);

/* The same for the last of a set, as a file has it: holes of too few points
 * have no area and go, and a shape of too few is left out and counted. */
void sac_annotations_finish_last (SacAnnotations *set);

/* All of its points. */
void sac_annotation_move (SacAnnotation *annotation, double dx, double dy);

/* The rectangle around it. */
SacRect sac_annotation_get_bounds (const SacAnnotation *annotation);

#endif
