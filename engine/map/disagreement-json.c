/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/json.h"
#include "map/disagreement.h"

static void
set_pair (JsonObject *object,
          const char *member,
          const char *first,
          double x,
          const char *second,
          double y)
{
  JsonObject *pair = json_object_new ();

  sac_json_set_number (pair, first, x);
  sac_json_set_number (pair, second, y);
  json_object_set_object_member (object, member, pair);
}

static JsonArray *
outlines_to_json (const GPtrArray *outlines)
{
  JsonArray *lines = json_array_new ();

  for (guint i = 0; i < outlines->len; i++) {
    const SacContourLine *line = g_ptr_array_index (outlines, i);
    JsonArray *points = json_array_new ();

    for (guint k = 0; k < line->points->len; k++) {
      SacContourPoint point = g_array_index (line->points, SacContourPoint, k);
      const double xy[] = {point.x, point.y};

      json_array_add_array_element (points, sac_json_numbers_new (xy, 2));
    }
    json_array_add_array_element (lines, points);
  }
  return lines;
}

static JsonObject *
region_to_json (const SacDisagreementRegion *region,
                const char *name_a,
                const char *name_b)
{
  JsonObject *object = json_object_new ();
  const double centre[] = {region->x, region->y};
  const double box[] = {region->box.x, region->box.y, region->box.width,
                        region->box.height};

  json_object_set_string_member (object, "high_in",
                                 region->kind == SAC_OVERLAP_ONLY_A ? name_a
                                                                    : name_b);
  sac_json_set_number (object, "share", region->share);
  sac_json_set_numbers (object, "centre", centre, 2);
  sac_json_set_numbers (object, "box", box, 4);
  set_pair (object, "percentile", name_a, region->rank_a, name_b,
            region->rank_b);
  json_object_set_array_member (object, "outlines",
                                outlines_to_json (region->outlines));
  return object;
}

JsonObject *
sac_disagreement_to_json (const SacDisagreement *disagreement,
                          const char *name_a,
                          const char *name_b)
{
  const SacOverlap *overlap = disagreement->overlap;
  const size_t *counts = overlap->counts;
  double counted = (double)overlap->rows * overlap->columns -
                   (double)counts[SAC_OVERLAP_LEFT_OUT];
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();
  JsonArray *regions = json_array_new ();

  json_array_add_int_element (grid, overlap->rows);
  json_array_add_int_element (grid, overlap->columns);
  json_object_set_array_member (object, "grid", grid);
  sac_json_set_number (object, "top_share", overlap->share);
  sac_json_set_number (object, "least_share", disagreement->least);
  sac_json_set_number (object, "both",
                       (double)counts[SAC_OVERLAP_BOTH] / counted);
  set_pair (object, "only", name_a,
            (double)counts[SAC_OVERLAP_ONLY_A] / counted, name_b,
            (double)counts[SAC_OVERLAP_ONLY_B] / counted);
  json_object_set_int_member (object, "left_out_regions",
                              (gint64)disagreement->small_count);
  for (guint i = 0; i < disagreement->regions->len; i++)
    json_array_add_object_element (
      regions, region_to_json (g_ptr_array_index (disagreement->regions, i),
                               name_a, name_b));
  json_object_set_array_member (object, "regions", regions);
  return object;
}
