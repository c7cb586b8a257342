/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-mask.h"

#include "scene/annotated.h"

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

static gpointer
run_mask (gpointer data, SacJob *job, GError **error)
{
  const SacMaskRequest *request = data;
  g_autofree SacMaskResult *result = g_new0 (SacMaskResult, 1);

  for (int i = 0; i < 2; i++) {
    SacMap *map = request->maps[i];

    if (map == NULL || !map->has_geometry)
      continue;
    if (!sac_annotated_measure (request->set, request->class_index, map,
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
