/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/measure.h"

#include <math.h>

static bool
has_area (const SacAnnotation *annotation)
{
  return annotation->kind == SAC_ANNOTATION_RECTANGLE ||
         annotation->kind == SAC_ANNOTATION_POLYGON;
}

static const SacPoint *
get_points (const SacAnnotation *annotation, guint ring, guint *ret_count)
{
  const GArray *points = annotation->rings->pdata[ring];

  *ret_count = points->len;
  return (const SacPoint *)(const void *)points->data;
}

/* Sides of a ring: those of an area come back to where they began. */
static guint
count_sides (const SacAnnotation *annotation, guint point_count)
{
  if (annotation->kind == SAC_ANNOTATION_POINT)
    return 0;
  return has_area (annotation) ? point_count : point_count - 1;
}

double
sac_annotation_get_length (const SacAnnotation *annotation)
{
  double length = 0;

  for (guint ring = 0; ring < annotation->rings->len; ring++) {
    guint count;
    const SacPoint *points = get_points (annotation, ring, &count);

    for (guint i = 0; i < count_sides (annotation, count); i++)
      length += hypot (points[(i + 1) % count].x - points[i].x,
                       points[(i + 1) % count].y - points[i].y);
  }
  return length;
}

double
sac_annotation_get_area (const SacAnnotation *annotation)
{
  double area = 0;

  for (guint ring = 0; ring < annotation->rings->len && has_area (annotation);
       ring++) {
    guint count;
    const SacPoint *points = get_points (annotation, ring, &count);
    double twice = 0;

    /* From the first point, so that far from the origin no digits are lost. */
    for (guint i = 1; i + 1 < count; i++)
      twice += (points[i].x - points[0].x) * (points[i + 1].y - points[0].y) -
               (points[i + 1].x - points[0].x) * (points[i].y - points[0].y);
    area += (ring == 0 ? 1 : -1) * fabs (twice) / 2;
  }
  return fmax (0, area);
}

bool
sac_annotation_contains (const SacAnnotation *annotation, double x, double y)
{
  bool inside = false;

  for (guint ring = 0; ring < annotation->rings->len && has_area (annotation);
       ring++) {
    guint count;
    const SacPoint *points = get_points (annotation, ring, &count);

    for (guint i = 0; i < count; i++) {
      const SacPoint *a = &points[i], *b = &points[(i + 1) % count];

      if ((a->y > y) != (b->y > y) &&
          x < a->x + (y - a->y) / (b->y - a->y) * (b->x - a->x))
        inside = !inside;
    }
  }
  return inside;
}

static double
get_side_distance (const SacPoint *a, const SacPoint *b, double x, double y)
{
  double dx = b->x - a->x, dy = b->y - a->y;
  double square = dx * dx + dy * dy;
  double along = square > 0 ? ((x - a->x) * dx + (y - a->y) * dy) / square : 0;

  along = CLAMP (along, 0, 1);
  return hypot (a->x + along * dx - x, a->y + along * dy - y);
}

double
sac_annotation_find_side (const SacAnnotation *annotation,
                          double x,
                          double y,
                          guint *ret_ring,
                          guint *ret_point)
{
  double least = INFINITY;

  *ret_ring = *ret_point = 0;
  for (guint ring = 0; ring < annotation->rings->len; ring++) {
    guint count;
    const SacPoint *points = get_points (annotation, ring, &count);

    for (guint i = 0; i < count_sides (annotation, count); i++) {
      double distance =
        get_side_distance (&points[i], &points[(i + 1) % count], x, y);

      if (distance < least) {
        least = distance;
        *ret_ring = ring;
        *ret_point = i + 1;
      }
    }
  }
  return least;
}

double
sac_annotation_find_vertex (const SacAnnotation *annotation,
                            double x,
                            double y,
                            guint *ret_ring,
                            guint *ret_point)
{
  double least = INFINITY;

  *ret_ring = *ret_point = 0;
  for (guint ring = 0; ring < annotation->rings->len; ring++) {
    guint count;
    const SacPoint *points = get_points (annotation, ring, &count);

    for (guint i = 0; i < count; i++) {
      double distance = hypot (points[i].x - x, points[i].y - y);

      if (distance < least) {
        least = distance;
        *ret_ring = ring;
        *ret_point = i;
      }
    }
  }
  return least;
}

double
sac_annotation_get_distance (const SacAnnotation *annotation,
                             double x,
                             double y)
{
  guint ring, point;

  return annotation->kind == SAC_ANNOTATION_POINT
           ? sac_annotation_find_vertex (annotation, x, y, &ring, &point)
           : sac_annotation_find_side (annotation, x, y, &ring, &point);
}

int
sac_annotations_find_at (const SacAnnotations *set,
                         double x,
                         double y,
                         double reach)
{
  int near = -1, within = -1;
  double nearest = reach, smallest = INFINITY;

  for (guint i = 0; i < set->items->len; i++) {
    const SacAnnotation *item = set->items->pdata[i];
    SacRect bounds = sac_annotation_get_bounds (item);

    if (x < bounds.x - reach || y < bounds.y - reach ||
        x > bounds.x + bounds.width + reach ||
        y > bounds.y + bounds.height + reach)
      continue;

    double distance = sac_annotation_get_distance (item, x, y);

    if (distance <= nearest) {
      nearest = distance;
      near = (int)i;
    }
    if (near < 0 && sac_annotation_contains (item, x, y) &&
        sac_annotation_get_area (item) < smallest) {
      smallest = sac_annotation_get_area (item);
      within = (int)i;
    }
  }
  return near >= 0 ? near : within;
}
