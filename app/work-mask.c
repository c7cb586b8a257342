/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-mask.h"

#include "scene/annotated.h"

struct SacMaskMeters {
  SacMaskMeter *meters[2]; /* NULL: not yet asked for */
};

struct SacMaskRequest {
  SacMaskMeters *meters;
  SacMap *maps[2];
  SacAnnotations *set;
  int class_index;
};

SacMaskMeters *
sac_mask_meters_new (void)
{
  return g_atomic_rc_box_new0 (SacMaskMeters);
}

static void
meters_clear (void *data)
{
  SacMaskMeters *meters = data;

  for (int i = 0; i < 2; i++)
    g_clear_pointer (&meters->meters[i], sac_mask_meter_free);
}

void
sac_mask_meters_unref (SacMaskMeters *meters)
{
  g_atomic_rc_box_release_full (meters, meters_clear);
}

/* Returns: the map's, the one before where it is still the same. */
static const SacMaskMeter *
get_meter (SacMaskMeters *meters, int index, SacMap *map)
{
  SacMaskMeter *meter = meters->meters[index];

  if (meter != NULL && sac_mask_meter_get_map (meter) == map)
    return meter;
  g_clear_pointer (&meters->meters[index], sac_mask_meter_free);
  meters->meters[index] = sac_mask_meter_new (map);
  return meters->meters[index];
}

SacMaskRequest *
sac_mask_request_new (SacMaskMeters *meters,
                      SacMap *const maps[2],
                      SacAnnotations *set,
                      int class_index)
{
  SacMaskRequest *request = g_new0 (SacMaskRequest, 1);

  request->meters = g_atomic_rc_box_acquire (meters);
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
  sac_mask_meters_unref (request->meters);
  sac_annotations_free (request->set);
  g_free (request);
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
    if (!sac_annotated_measure_ready (request->set, request->class_index,
                                      get_meter (request->meters, i, map),
                                      &result->scores[i], job, error))
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
