/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-json.h"

#include "base/error.h"
#include "base/json.h"
#include "map/concentration.h"
#include "map/map-file.h"

#include <inttypes.h>
#include <math.h>

#define SCHEMA 1

/* Coordinates beyond this are no pixels; arithmetic on them would overflow. */
#define LARGEST_COORDINATE 1e12

static const char *const evidence_names[] = {
  [SAC_EVIDENCE_PRESENT] = "present",
  [SAC_EVIDENCE_NONE_POSITIVE] = "none-positive",
  [SAC_EVIDENCE_FLAT] = "flat",
  [SAC_EVIDENCE_NOT_FINITE] = "not-finite",
  [SAC_EVIDENCE_NEGLIGIBLE] = "negligible",
};

static JsonArray *
new_int_pair (int64_t first, int64_t second)
{
  JsonArray *pair = json_array_new ();

  json_array_add_int_element (pair, first);
  json_array_add_int_element (pair, second);
  return pair;
}

static void
set_rect (JsonObject *object, const char *member, const SacRect *rect)
{
  JsonArray *array = json_array_new ();

  sac_json_add_number (array, rect->x);
  sac_json_add_number (array, rect->y);
  sac_json_add_number (array, rect->width);
  sac_json_add_number (array, rect->height);
  json_object_set_array_member (object, member, array);
}

static JsonObject *
geometry_to_json (const SacGeometry *geometry)
{
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, "image",
                                new_int_pair (geometry->image_width,
                                              geometry->image_height));
  set_rect (object, "seen", &geometry->seen);
  if (geometry->whole.width > 0)
    set_rect (object, "whole", &geometry->whole);
  json_object_set_array_member (object, "input",
                                new_int_pair (geometry->input_width,
                                              geometry->input_height));
  return object;
}

static JsonObject *
summary_to_json (const SacMap *map)
{
  SacMapSummary summary;
  SacConcentration concentration;
  JsonObject *object = json_object_new ();

  sac_map_summarize (map, &summary);
  sac_map_concentration (map, &concentration);
  json_object_set_string_member (object, "evidence",
                                 evidence_names[summary.evidence]);
  sac_json_set_number (object, "min", summary.min);
  sac_json_set_number (object, "max", summary.max);
  sac_json_set_number (object, "raw_min", summary.raw_min);
  sac_json_set_number (object, "negative_share", summary.negative_share);
  sac_json_set_number (object, "positive_cells", summary.positive_cells);
  sac_json_set_number (object, "gini", concentration.gini);
  sac_json_set_number (object, "entropy", concentration.entropy);
  if (map->has_gaps)
    sac_json_set_number (object, "covered_cells", summary.covered_cells);
  return object;
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

JsonObject *
sac_map_to_json (const SacMap *map)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "schema", SCHEMA);
  set_text (object, "method", map->method);
  set_text (object, "unit", map->unit);
  json_object_set_boolean_member (object, "rectified", map->rectified);
  json_object_set_boolean_member (object, "class_specific",
                                  map->class_specific);
  if (map->has_gaps)
    json_object_set_boolean_member (object, "gaps", TRUE);
  if (map->noise_floor > 0)
    json_object_set_double_member (object, "noise_floor", map->noise_floor);
  json_object_set_array_member (object, "grid",
                                new_int_pair (map->rows, map->columns));
  if (map->has_geometry)
    json_object_set_object_member (object, "geometry",
                                   geometry_to_json (&map->geometry));
  else
    json_object_set_null_member (object, "geometry");
  json_object_set_object_member (object, "summary", summary_to_json (map));
  json_object_set_object_member (object, "provenance",
                                 json_object_ref (map->provenance));
  return object;
}

bool
sac_map_json_is_map (JsonObject *object)
{
  return json_object_has_member (object, "schema") &&
         json_object_has_member (object, "grid") &&
         json_object_has_member (object, "rectified") &&
         json_object_has_member (object, "provenance");
}

static bool
refuse_key (const char *name, const char *key, const char *why, GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s: %s: %s", name, key,
               sac_sentence (why));
  return false;
}

bool
sac_map_json_get_numbers (JsonObject *object,
                          const char *key,
                          double *ret_numbers,
                          guint count)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != count)
    return false;
  for (guint i = 0; i < count; i++) {
    JsonNode *element = json_array_get_element (json_node_get_array (node), i);
    GType type = json_node_get_value_type (element);

    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
      return false;
    ret_numbers[i] = json_node_get_double (element);
    if (!(fabs (ret_numbers[i]) <= LARGEST_COORDINATE))
      return false;
  }
  return true;
}

static bool
fill_geometry (JsonNode *node, const char *name, SacMap *map, GError **error)
{
  double image[2], seen[4], input[2], whole[4] = {0};

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return true;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse_key (name, "geometry", "is not an object", error);

  JsonObject *object = json_node_get_object (node);

  if (!sac_map_json_get_numbers (object, "image", image, 2) || image[0] < 1 ||
      image[1] < 1)
    return refuse_key (name, "geometry.image", "is not a size in pixels",
                       error);
  if (!sac_map_json_get_numbers (object, "seen", seen, 4) || seen[2] <= 0 ||
      seen[3] <= 0)
    return refuse_key (name, "geometry.seen", "is not a rectangle", error);
  if (json_object_has_member (object, "whole") &&
      (!sac_map_json_get_numbers (object, "whole", whole, 4) || whole[2] <= 0 ||
       whole[3] <= 0))
    return refuse_key (name, "geometry.whole", "is not a rectangle", error);
  if (!json_object_has_member (object, "input")) {
    input[0] = CLAMP (seen[2], 1, G_MAXINT);
    input[1] = CLAMP (seen[3], 1, G_MAXINT);
  } else if (!sac_map_json_get_numbers (object, "input", input, 2) ||
             input[0] < 1 || input[1] < 1 || input[0] > G_MAXINT ||
             input[1] > G_MAXINT) {
    return refuse_key (name, "geometry.input", "is not a size in pixels",
                       error);
  }
  map->has_geometry = true;
  map->geometry = (SacGeometry){
    .image_width = image[0],
    .image_height = image[1],
    .seen = {seen[0], seen[1], seen[2], seen[3]},
    .whole = {whole[0], whole[1], whole[2], whole[3]},
    .input_width = input[0],
    .input_height = input[1],
  };
  return true;
}

static bool
fill_text (JsonObject *object,
           const char *key,
           const char *name,
           char **ret_text,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return true;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse_key (name, key, "is not text", error);
  *ret_text = json_node_dup_string (node);
  return true;
}

static bool
fill_flag (JsonObject *object,
           const char *key,
           const char *name,
           bool *ret_flag,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse_key (name, key, "is neither true nor false", error);
  *ret_flag = json_node_get_boolean (node);
  return true;
}

/* Zero where there is none. */
static bool
fill_noise_floor (JsonObject *object,
                  const char *name,
                  SacMap *map,
                  GError **error)
{
  JsonNode *node = json_object_get_member (object, "noise_floor");
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_DOUBLE;

  if ((type != G_TYPE_DOUBLE && type != G_TYPE_INT64) ||
      (node != NULL && !(json_node_get_double (node) >= 0)))
    return refuse_key (name, "noise_floor", "is not a number from 0 on", error);
  map->noise_floor = node != NULL ? json_node_get_double (node) : 0;
  return true;
}

static bool
check_schema (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, "schema");

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return refuse_key (name, "schema", "is not a whole number", error);
  if (json_node_get_int (node) == SCHEMA)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: schema: is %" PRId64
               ", this version reads %d: update Saccade",
               name, json_node_get_int (node), SCHEMA);
  return false;
}

bool
sac_map_json_fill (JsonObject *object,
                   const char *name,
                   SacMap *map,
                   GError **error)
{
  double grid[2];

  if (!check_schema (object, name, error))
    return false;
  if (!sac_map_json_get_numbers (object, "grid", grid, 2) ||
      grid[0] != map->rows || grid[1] != map->columns)
    return refuse_key (name, "grid", "is not the grid of the values", error);
  if (!fill_text (object, "method", name, &map->method, error) ||
      !fill_text (object, "unit", name, &map->unit, error) ||
      !fill_flag (object, "rectified", name, &map->rectified, error) ||
      !fill_flag (object, "class_specific", name, &map->class_specific,
                  error) ||
      !fill_noise_floor (object, name, map, error) ||
      !fill_geometry (json_object_get_member (object, "geometry"), name, map,
                      error))
    return false;

  if (json_object_has_member (object, "gaps") &&
      !fill_flag (object, "gaps", name, &map->has_gaps, error))
    return false;

  JsonNode *provenance = json_object_get_member (object, "provenance");

  if (provenance == NULL || !JSON_NODE_HOLDS_OBJECT (provenance))
    return refuse_key (name, "provenance", "is not an object", error);
  json_object_unref (map->provenance);
  map->provenance = json_node_dup_object (provenance);
  return true;
}

bool
sac_map_json_fill_foreign (JsonObject *object,
                           const char *name,
                           SacMap *map,
                           GError **error)
{
  return fill_text (object, "method", name, &map->method, error) &&
         fill_text (object, "unit", name, &map->unit, error) &&
         fill_geometry (json_object_get_member (object, "geometry"), name, map,
                        error);
}
