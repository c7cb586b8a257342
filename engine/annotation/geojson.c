/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* GeoJSON (RFC 7946) in pixels, with QuPath's properties: "classification"
 * {"name", "color": [r, g, b]} and "name".  A class derived from others has
 * their "names" in place of one.  Our own "excludes" is a property as well.  A
 * geometry of several parts becomes several annotations. */
#include "annotation/annotation-parsers.h"

#include "base/error.h"

#include <string.h>

typedef struct {
  SacAnnotations *set;
  const char *name;
  int class_index;
  bool excludes;
} Feature;

static bool
damaged (GError **error, const char *what)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s", sac_sentence (what));
  return false;
}

static JsonArray *
get_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
           ? json_node_get_array (node)
           : NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
           ? json_node_get_object (node)
           : NULL;
}

static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static SacAnnotation *
add (const Feature *feature, SacAnnotationKind kind)
{
  SacAnnotation *annotation =
    sac_annotations_add (feature->set, kind, feature->name,
                         feature->class_index);

  annotation->excludes = feature->excludes;
  return annotation;
}

static bool
add_ring (SacAnnotations *set,
          SacAnnotation *annotation,
          JsonNode *node,
          GError **error)
{
  JsonArray *array = get_array (node);
  GArray *ring = sac_annotation_add_ring (annotation);

  if (array == NULL)
    return damaged (error, "the coordinates of a shape are no list");
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!sac_annotation_add_json_point (set, ring,
                                        json_array_get_element (array, i),
                                        error))
      return false;
  return true;
}

static bool
add_point (const Feature *feature, JsonNode *node, GError **error)
{
  SacAnnotation *annotation = add (feature, SAC_ANNOTATION_POINT);

  return sac_annotation_add_json_point (feature->set,
                                        sac_annotation_add_ring (annotation),
                                        node, error);
}

static bool
add_line (const Feature *feature, JsonNode *node, GError **error)
{
  SacAnnotation *annotation = add (feature, SAC_ANNOTATION_RULER);

  if (!add_ring (feature->set, annotation, node, error))
    return false;
  sac_annotations_finish_last (feature->set);
  return true;
}

static bool
add_polygon (const Feature *feature, JsonNode *node, GError **error)
{
  SacAnnotation *annotation = add (feature, SAC_ANNOTATION_POLYGON);
  JsonArray *rings = get_array (node);

  if (rings == NULL)
    return damaged (error, "the coordinates of a polygon are no list");
  for (guint i = 0; i < json_array_get_length (rings); i++)
    if (!add_ring (feature->set, annotation, json_array_get_element (rings, i),
                   error))
      return false;
  sac_annotations_finish_last (feature->set);
  return true;
}

typedef struct {
  const char *type;
  bool several;
  bool (*add) (const Feature *feature, JsonNode *node, GError **error);
} Shape;

static const Shape shapes[] = {
  {"Point", false, add_point},     {"MultiPoint", true, add_point},
  {"LineString", false, add_line}, {"MultiLineString", true, add_line},
  {"Polygon", false, add_polygon}, {"MultiPolygon", true, add_polygon},
};

static const Shape *
find_shape (const char *type)
{
  for (size_t i = 0; type != NULL && i < G_N_ELEMENTS (shapes); i++)
    if (strcmp (shapes[i].type, type) == 0)
      return &shapes[i];
  return NULL;
}

static bool
add_geometry (const Feature *feature, JsonObject *geometry, GError **error)
{
  const Shape *shape = find_shape (get_text (geometry, "type"));
  JsonNode *coordinates = json_object_get_member (geometry, "coordinates");

  if (shape == NULL) {
    feature->set->left_out_count++;
    return true;
  }
  if (get_array (coordinates) == NULL)
    return damaged (error, "a geometry has no coordinates");
  if (!shape->several)
    return shape->add (feature, coordinates, error);

  JsonArray *parts = json_node_get_array (coordinates);

  for (guint i = 0; i < json_array_get_length (parts); i++)
    if (!shape->add (feature, json_array_get_element (parts, i), error))
      return false;
  return true;
}

/* QuPath writes three numbers; its older versions one, as Java packs it. */
static uint32_t
get_color (JsonObject *class)
{
  JsonArray *color = get_array (json_object_get_member (class, "color"));
  uint32_t rgb = 0;

  if (color == NULL)
    return (uint32_t)
             json_object_get_int_member_with_default (class, "colorRGB",
                                                      SAC_ANNOTATION_RGB) &
           0xffffff;
  for (guint i = 0; i < 3; i++) {
    JsonNode *node = i < json_array_get_length (color)
                       ? json_array_get_element (color, i)
                       : NULL;
    gint64 level = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                     ? json_node_get_int (node)
                     : 0;

    rgb = rgb << 8 | (uint32_t)CLAMP (level, 0, 255);
  }
  return rgb;
}

/* "Tumor: Positive" of the names "Tumor" and "Positive", as QuPath shows it.
 * Returns: a new string; NULL: there is no name. */
static char *
get_class_name (JsonObject *class)
{
  JsonArray *names = get_array (json_object_get_member (class, "names"));
  g_autoptr (GString) joined = g_string_new (NULL);

  if (names == NULL)
    return g_strdup (get_text (class, "name"));
  for (guint i = 0; i < json_array_get_length (names); i++) {
    JsonNode *node = json_array_get_element (names, i);

    if (json_node_get_value_type (node) == G_TYPE_STRING)
      g_string_append_printf (joined, "%s%s", joined->len > 0 ? ": " : "",
                              json_node_get_string (node));
  }
  return g_strdup (joined->str);
}

static void
read_class (Feature *feature, JsonObject *properties)
{
  JsonObject *class = get_object (properties, "classification");
  g_autofree char *name =
    class != NULL ? get_class_name (class)
                  : g_strdup (get_text (properties, "classification"));

  if (name != NULL && name[0] != '\0')
    feature->class_index =
      sac_annotations_add_class (feature->set, name,
                                 class != NULL ? get_color (class)
                                               : SAC_ANNOTATION_RGB);
}

static void
read_properties (Feature *feature, JsonObject *properties)
{
  JsonNode *excludes = json_object_get_member (properties, "excludes");

  feature->name = get_text (properties, "name");
  read_class (feature, properties);
  feature->excludes = excludes != NULL &&
                      json_node_get_value_type (excludes) == G_TYPE_BOOLEAN &&
                      json_node_get_boolean (excludes);
}

static bool
add_feature (SacAnnotations *set, JsonObject *object, GError **error)
{
  Feature feature = {set, NULL, -1, false};
  JsonObject *properties = get_object (object, "properties");
  JsonObject *geometry = get_object (object, "geometry");

  if (properties != NULL)
    read_properties (&feature, properties);
  if (geometry != NULL)
    return add_geometry (&feature, geometry, error);
  set->left_out_count++;
  return true;
}

bool
sac_annotation_is_geojson (JsonObject *root)
{
  return json_object_has_member (root, "features") ||
         json_object_has_member (root, "geometry") ||
         find_shape (get_text (root, "type")) != NULL;
}

bool
sac_annotation_parse_geojson (JsonObject *root,
                              SacAnnotations *set,
                              GError **error)
{
  if (find_shape (get_text (root, "type")) != NULL)
    return add_geometry (&(Feature){set, NULL, -1, false}, root, error);
  if (!json_object_has_member (root, "features"))
    return add_feature (set, root, error);

  JsonArray *features = get_array (json_object_get_member (root, "features"));

  if (features == NULL)
    return damaged (error, "\"features\" is no list");
  for (guint i = 0; i < json_array_get_length (features); i++) {
    JsonNode *node = json_array_get_element (features, i);

    if (!JSON_NODE_HOLDS_OBJECT (node))
      return damaged (error, "a feature is no object");
    if (!add_feature (set, json_node_get_object (node), error)) {
      g_prefix_error (error, "feature %u: ", i + 1);
      return false;
    }
  }
  return true;
}
