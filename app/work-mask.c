/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-mask.h"

#include "annotation/rasterize.h"

struct SacMaskRequest {
  SacMap *maps[2];
  SacAnnotations *set;
  int class_index;
};

SacMaskRequest *
sac_mask_request_new (SacMap *const maps[2],
                      SacAnnotations *set,
                      int class_index)
{
  SacMaskRequest *request = g_new0 (SacMaskRequest, 1);

  for (int i = 0; i < 2; i++)
    request->maps[i] = maps[i] != NULL ? sac_map_ref (maps[i]) : NULL;
  request->set = set;
  request->class_index = class_index;
  return request;
}

static void
request_free (SacMaskRequest *request)
{
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&request->maps[i], sac_map_unref);
  sac_annotations_free (request->set);
  g_free (request);
}

/* Background is what lies in no annotation, whichever class is the mask. */
static bool
measure (const SacMaskRequest *request,
         SacMap *map,
         SacMaskScores *ret_scores,
         SacJob *job,
         GError **error)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  g_autofree float *shares = g_new (float, count);
  g_autofree float *any =
    request->class_index >= 0 ? g_new (float, count) : NULL;
  g_autoptr (SacMaskMeter) meter = sac_mask_meter_new (map);

  if (!sac_annotations_weigh (request->set, request->class_index,
                              &map->geometry, map->rows, map->columns, shares,
                              job, error) ||
      (any != NULL &&
       !sac_annotations_weigh (request->set, -1, &map->geometry, map->rows,
                               map->columns, any, job, error)))
    return false;
  sac_mask_meter_measure (meter, shares, any, ret_scores);
  return true;
}

static gpointer
run_mask (gpointer data, SacJob *job, GError **error)
{
  const SacMaskRequest *request = data;
  g_autofree SacMaskResult *result = g_new0 (SacMaskResult, 1);

  for (int i = 0; i < 2; i++) {
    SacMap *map = request->maps[i];

    if (map == NULL || !map->has_geometry)
      continue;
    if (!measure (request, map, &result->scores[i], job, error))
      return NULL;
    result->has[i] = true;
  }
  return g_steal_pointer (&result);
}

const SacWork sac_work_mask = {
  .run = run_mask,
  .free_request = (GDestroyNotify)request_free,
  .free_result = g_free,
};
