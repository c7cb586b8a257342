/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation.h"

#include "base/error.h"
#include "base/limits.h"

#include <math.h>

/* Okabe and Ito's colours, the strong ones first. */
uint32_t
sac_annotation_choose_rgb (guint index)
{
  static const uint32_t colors[] = {0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442,
                                    0xd55e00, 0xcc79a7, 0x0072b2};

  return colors[index % G_N_ELEMENTS (colors)];
}

void
sac_annotation_free (SacAnnotation *annotation)
{
  if (annotation == NULL)
    return;
  g_ptr_array_unref (annotation->rings);
  g_free (annotation->name);
  g_free (annotation);
}

static void
free_class (SacAnnotationClass *class)
{
  g_free (class->name);
  g_free (class);
}

SacAnnotations *
sac_annotations_new (void)
{
  SacAnnotations *set = g_new0 (SacAnnotations, 1);

  set->items =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_annotation_free);
  set->classes = g_ptr_array_new_with_free_func ((GDestroyNotify)free_class);
  return set;
}

void
sac_annotations_free (SacAnnotations *set)
{
  if (set == NULL)
    return;
  g_ptr_array_unref (set->items);
  g_ptr_array_unref (set->classes);
  g_free (set);
}

/* Control characters cannot stand in XML, and mean nothing in a name. */
static char *
clean_name (const char *name)
{
  char *clean = g_utf8_make_valid (name != NULL ? name : "", -1);

  for (char *at = clean; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return clean;
}

SacAnnotation *
sac_annotation_new (SacAnnotationKind kind, const char *name, int class_index)
{
  SacAnnotation *annotation = g_new0 (SacAnnotation, 1);

  annotation->kind = kind;
  annotation->name = clean_name (name);
  annotation->class_index = class_index;
  annotation->rings =
    g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  return annotation;
}

SacAnnotation *
sac_annotation_copy (const SacAnnotation *annotation)
{
  SacAnnotation *copy = sac_annotation_new (annotation->kind, annotation->name,
                                            annotation->class_index);

  copy->excludes = annotation->excludes;
  for (guint i = 0; i < annotation->rings->len; i++)
    g_ptr_array_add (copy->rings, g_array_copy (annotation->rings->pdata[i]));
  return copy;
}

guint64
sac_annotation_count_points (const SacAnnotation *annotation)
{
  guint64 count = 0;

  for (guint i = 0; i < annotation->rings->len; i++)
    count += ((const GArray *)annotation->rings->pdata[i])->len;
  return count;
}

SacAnnotations *
sac_annotations_copy (const SacAnnotations *set)
{
  SacAnnotations *copy = sac_annotations_new ();

  for (guint i = 0; i < set->items->len; i++)
    g_ptr_array_add (copy->items, sac_annotation_copy (set->items->pdata[i]));
  for (guint i = 0; i < set->classes->len; i++) {
    const SacAnnotationClass *class = set->classes->pdata[i];

    sac_annotations_add_class (copy, class->name, class->rgb);
  }
  copy->point_count = set->point_count;
  return copy;
}

SacAnnotation *
sac_annotations_add (SacAnnotations *set,
                     SacAnnotationKind kind,
                     const char *name,
                     int class_index)
{
  SacAnnotation *annotation = sac_annotation_new (kind, name, class_index);

  g_ptr_array_add (set->items, annotation);
  return annotation;
}

int
sac_annotations_add_class (SacAnnotations *set, const char *name, uint32_t rgb)
{
  g_autofree char *clean = clean_name (name);

  for (guint i = 0; i < set->classes->len; i++) {
    const SacAnnotationClass *class = g_ptr_array_index (set->classes, i);

    if (g_str_equal (class->name, clean))
      return (int)i;
  }

  SacAnnotationClass *class = g_new (SacAnnotationClass, 1);

  *class = (SacAnnotationClass){g_steal_pointer (&clean), rgb & 0xffffff};
  g_ptr_array_add (set->classes, class);
  return (int)set->classes->len - 1;
}

GArray *
sac_annotation_add_ring (SacAnnotation *annotation)
{
  GArray *ring = g_array_new (FALSE, FALSE, sizeof (SacPoint));

  g_ptr_array_add (annotation->rings, ring);
  return ring;
}

bool
sac_annotations_add_point (
  SacAnnotations *set, GArray *ring, double x, double y, GError **error)
{
  SacPoint point = {x, y};

  if (!(fabs (x) <= SAC_LIMIT_COORDINATE && fabs (y) <= SAC_LIMIT_COORDINATE)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the point %g, %g lies on no image", x, y);
    return false;
  }
  if (set->point_count >= SAC_LIMIT_ANNOTATION_POINTS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there are more than %d points; export fewer objects",
                 SAC_LIMIT_ANNOTATION_POINTS);
    return false;
  }
  set->point_count++;
  g_array_append_val (ring, point);
  return true;
}

static bool
is_along_axes (const GArray *ring)
{
  const SacPoint *p = (const SacPoint *)(const void *)ring->data;

  if (ring->len != 4)
    return false;
  return (p[0].x == p[1].x && p[1].y == p[2].y && p[2].x == p[3].x &&
          p[3].y == p[0].y) ||
         (p[0].y == p[1].y && p[1].x == p[2].x && p[2].y == p[3].y &&
          p[3].x == p[0].x);
}

static void
open_ring (GArray *ring)
{
  const SacPoint *points = (const SacPoint *)(const void *)ring->data;

  if (ring->len > 1 && points[0].x == points[ring->len - 1].x &&
      points[0].y == points[ring->len - 1].y)
    g_array_set_size (ring, ring->len - 1);
}

bool
sac_annotation_finish (SacAnnotation *annotation)
{
  bool has_area = annotation->kind == SAC_ANNOTATION_POLYGON ||
                  annotation->kind == SAC_ANNOTATION_RECTANGLE;
  guint least = has_area ? 3 : annotation->kind == SAC_ANNOTATION_RULER ? 2 : 1;

  if (annotation->rings->len == 0)
    return false;
  for (guint i = 0; i < annotation->rings->len; i++) {
    GArray *ring = g_ptr_array_index (annotation->rings, i);

    if (has_area)
      open_ring (ring);
    if (ring->len < least)
      return false;
  }
  if (has_area)
    annotation->kind =
      annotation->rings->len == 1 &&
          is_along_axes (g_ptr_array_index (annotation->rings, 0))
        ? SAC_ANNOTATION_RECTANGLE
        : SAC_ANNOTATION_POLYGON;
  return true;
}

void
sac_annotations_finish_last (SacAnnotations *set)
{
  SacAnnotation *last = set->items->pdata[set->items->len - 1];

  for (guint i = last->rings->len; i > 1; i--) {
    GArray *hole = g_ptr_array_index (last->rings, i - 1);

    open_ring (hole);
    if (hole->len < 3)
      g_ptr_array_remove_index (last->rings, i - 1);
  }
  if (sac_annotation_finish (last))
    return;
  g_ptr_array_set_size (set->items, (int)set->items->len - 1);
  set->left_out_count++;
}

void
sac_annotation_move (SacAnnotation *annotation, double dx, double dy)
{
  for (guint i = 0; i < annotation->rings->len; i++) {
    GArray *ring = g_ptr_array_index (annotation->rings, i);

    for (guint k = 0; k < ring->len; k++) {
      g_array_index (ring, SacPoint, k).x += dx;
      g_array_index (ring, SacPoint, k).y += dy;
    }
  }
}

SacRect
sac_annotation_get_bounds (const SacAnnotation *annotation)
{
  const GArray *ring = g_ptr_array_index (annotation->rings, 0);
  const SacPoint *points = (const SacPoint *)(const void *)ring->data;
  SacPoint least = points[0], most = points[0];

  for (guint i = 1; i < ring->len; i++) {
    least.x = MIN (least.x, points[i].x);
    least.y = MIN (least.y, points[i].y);
    most.x = MAX (most.x, points[i].x);
    most.y = MAX (most.y, points[i].y);
  }
  return (SacRect){least.x, least.y, most.x - least.x, most.y - least.y};
}
