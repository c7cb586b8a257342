/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "base/json.h"

static void
add_point (JsonArray *array, const SacPoint *point)
{
  JsonArray *pair = json_array_new ();

  sac_json_add_number (pair, point->x);
  sac_json_add_number (pair, point->y);
  json_array_add_array_element (array, pair);
}

static JsonArray *
ring_to_json (const GArray *ring, bool close)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ring->len; i++)
    add_point (array, &g_array_index (ring, SacPoint, i));
  if (close)
    add_point (array, &g_array_index (ring, SacPoint, 0));
  return array;
}

static JsonObject *
geometry_to_json (const SacAnnotation *annotation)
{
  JsonObject *object = json_object_new ();
  const GArray *outline = g_ptr_array_index (annotation->rings, 0);
  JsonArray *coordinates;

  if (annotation->kind == SAC_ANNOTATION_POINT) {
    const SacPoint *point = &g_array_index (outline, SacPoint, 0);

    coordinates = json_array_new ();
    sac_json_add_number (coordinates, point->x);
    sac_json_add_number (coordinates, point->y);
    json_object_set_string_member (object, "type", "Point");
  } else if (annotation->kind == SAC_ANNOTATION_RULER) {
    coordinates = ring_to_json (outline, false);
    json_object_set_string_member (object, "type", "LineString");
  } else {
    coordinates = json_array_new ();
    for (guint i = 0; i < annotation->rings->len; i++)
      json_array_add_array_element (coordinates,
                                    ring_to_json (g_ptr_array_index (annotation
                                                                       ->rings,
                                                                     i),
                                                  true));
    json_object_set_string_member (object, "type", "Polygon");
  }
  json_object_set_array_member (object, "coordinates", coordinates);
  return object;
}

static JsonObject *
class_to_json (const SacAnnotationClass *class)
{
  JsonObject *object = json_object_new ();
  JsonArray *color = json_array_new ();

  json_object_set_string_member (object, "name", class->name);
  for (int shift = 16; shift >= 0; shift -= 8)
    json_array_add_int_element (color, class->rgb >> shift & 0xff);
  json_object_set_array_member (object, "color", color);
  return object;
}

static JsonObject *
feature_to_json (const SacAnnotations *set, const SacAnnotation *annotation)
{
  JsonObject *object = json_object_new ();
  JsonObject *properties = json_object_new ();

  json_object_set_string_member (properties, "objectType", "annotation");
  if (annotation->name[0] != '\0')
    json_object_set_string_member (properties, "name", annotation->name);
  if (annotation->class_index >= 0)
    json_object_set_object_member (properties, "classification",
                                   class_to_json (
                                     g_ptr_array_index (set->classes,
                                                        annotation
                                                          ->class_index)));
  if (annotation->excludes)
    json_object_set_boolean_member (properties, "excludes", true);
  json_object_set_string_member (object, "type", "Feature");
  json_object_set_object_member (object, "geometry",
                                 geometry_to_json (annotation));
  json_object_set_object_member (object, "properties", properties);
  return object;
}

char *
sac_annotations_to_geojson (const SacAnnotations *set)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonArray *features = json_array_new ();

  for (guint i = 0; i < set->items->len; i++)
    json_array_add_object_element (
      features, feature_to_json (set, g_ptr_array_index (set->items, i)));
  json_object_set_string_member (root, "type", "FeatureCollection");
  json_object_set_array_member (root, "features", features);
  return sac_json_to_text (root, false);
}
