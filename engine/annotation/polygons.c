/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* {"positive": [{"name": "_0", "vertices": [[x, y], ...]}], "negative": [...]}
 */
#include "annotation/annotation-parsers.h"

#include "base/error.h"

static const struct {
  const char *member;
  uint32_t rgb;
  bool excludes;
} lists[] = {
  {"positive", 0xf4fa58, false},
  {"negative", 0x58d3f7, true},
};

bool
sac_annotation_is_polygons (JsonObject *root)
{
  return json_object_has_member (root, "positive") &&
         json_object_has_member (root, "negative");
}

bool
sac_annotation_add_json_point (SacAnnotations *set,
                               GArray *ring,
                               JsonNode *node,
                               GError **error)
{
  double place[2];

  for (guint i = 0; i < 2; i++) {
    JsonNode *number =
      JSON_NODE_HOLDS_ARRAY (node) &&
          json_array_get_length (json_node_get_array (node)) >= 2
        ? json_array_get_element (json_node_get_array (node), i)
        : NULL;
    GType type = number != NULL ? json_node_get_value_type (number) : 0;

    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                   "a point is no pair of numbers");
      return false;
    }
    place[i] = json_node_get_double (number);
  }
  return sac_annotations_add_point (set, ring, place[0], place[1], error);
}

static bool
add_polygon (JsonNode *node,
             int class_index,
             bool excludes,
             SacAnnotations *set,
             GError **error)
{
  JsonObject *object =
    JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *name =
    object != NULL ? json_object_get_member (object, "name") : NULL;
  JsonNode *vertices =
    object != NULL ? json_object_get_member (object, "vertices") : NULL;

  if (vertices == NULL || !JSON_NODE_HOLDS_ARRAY (vertices)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "a polygon has no list of vertices");
    return false;
  }

  JsonArray *array = json_node_get_array (vertices);
  SacAnnotation *annotation =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON,
                         name != NULL &&
                             json_node_get_value_type (name) == G_TYPE_STRING
                           ? json_node_get_string (name)
                           : NULL,
                         class_index);
  GArray *ring = sac_annotation_add_ring (annotation);

  annotation->excludes = excludes;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!sac_annotation_add_json_point (set, ring,
                                        json_array_get_element (array, i),
                                        error))
      return false;
  sac_annotations_finish_last (set);
  return true;
}

bool
sac_annotation_parse_polygons (JsonObject *root,
                               SacAnnotations *set,
                               GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++) {
    JsonNode *node = json_object_get_member (root, lists[i].member);

    if (!JSON_NODE_HOLDS_ARRAY (node)) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s is no list",
                   lists[i].member);
      return false;
    }

    JsonArray *array = json_node_get_array (node);
    int class_index =
      json_array_get_length (array) > 0
        ? sac_annotations_add_class (set, lists[i].member, lists[i].rgb)
        : -1;

    for (guint k = 0; k < json_array_get_length (array); k++)
      if (!add_polygon (json_array_get_element (array, k), class_index,
                        lists[i].excludes, set, error))
        return false;
  }
  return true;
}
