/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/annotated.h"

#include "annotation/rasterize.h"

guint
sac_annotated_count_areas (const SacAnnotations *set, int class_index)
{
  guint count = 0;

  for (guint i = 0; i < set->items->len; i++) {
    const SacAnnotation *item = set->items->pdata[i];

    count += (class_index < 0 || item->class_index == class_index) &&
             (item->kind == SAC_ANNOTATION_RECTANGLE ||
              item->kind == SAC_ANNOTATION_POLYGON);
  }
  return count;
}

int
sac_annotated_find_class (const SacAnnotations *set, const char *name)
{
  for (guint i = 0; i < set->classes->len; i++) {
    const SacAnnotationClass *class = set->classes->pdata[i];

    if (g_strcmp0 (class->name, name) == 0 &&
        sac_annotated_count_areas (set, (int)i) > 0)
      return (int)i;
  }
  return -1;
}

bool
sac_annotated_measure_ready (const SacAnnotations *set,
                             int class_index,
                             const SacMaskMeter *meter,
                             SacMaskScores *ret_scores,
                             SacJob *job,
                             GError **error)
{
  const SacMap *map = sac_mask_meter_get_map (meter);
  size_t count = (size_t)map->rows * (size_t)map->columns;
  g_autofree float *shares = g_new (float, count);
  g_autofree float *any = class_index >= 0 ? g_new (float, count) : NULL;

  if (!sac_annotations_weigh (set, class_index, &map->geometry, map->rows,
                              map->columns, shares, job, error) ||
      (any != NULL &&
       !sac_annotations_weigh (set, -1, &map->geometry, map->rows, map->columns,
                               any, job, error)))
    return false;
  sac_mask_meter_measure (meter, shares, any, ret_scores);
  return true;
}

bool
sac_annotated_measure (const SacAnnotations *set,
                       int class_index,
                       SacMap *map,
                       SacMaskScores *ret_scores,
                       SacJob *job,
                       GError **error)
{
  g_autoptr (SacMaskMeter) meter = sac_mask_meter_new (map);

  return sac_annotated_measure_ready (set, class_index, meter, ret_scores, job,
                                      error);
}
