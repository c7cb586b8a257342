/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/scene-file.h"

#include "base/error.h"
#include "base/json.h"
#include "map/map-read.h"

#include <math.h>
#include <string.h>

#define SCHEMA 1
#define DEFAULT_OPACITY 0.7

/* Beyond that a pixel of the image would fill many screens, or the reverse. */
#define SCALE_MIN 1e-7
#define SCALE_MAX 1e4

#define PLACE_MAX 1e9

typedef struct {
  JsonObject *object;
  const char *path; /* of the file, for messages */
  char *folder;
} Reader;

static bool
complain (const Reader *reader,
          const char *member,
          const char *what,
          GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s: \"%s\" has to be %s",
               reader->path, member, what);
  return false;
}

static bool
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 ? json_node_get_value_type (node)
                 : G_TYPE_INVALID;

  return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) &&
         isfinite (json_node_get_double (node));
}

/* A missing member leaves *value as it is. */
static bool
read_number (const Reader *reader,
             JsonObject *object,
             const char *member,
             double low,
             double high,
             double *value,
             GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  g_autofree char *what = NULL;

  if (node == NULL)
    return true;
  if (is_number (node) && json_node_get_double (node) >= low &&
      json_node_get_double (node) <= high) {
    *value = json_node_get_double (node);
    return true;
  }
  what = g_strdup_printf ("a number from %g to %g", low, high);
  return complain (reader, member, what, error);
}

static bool
read_bool (const Reader *reader,
           JsonObject *object,
           const char *member,
           bool *value,
           GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return complain (reader, member, "true or false", error);
  *value = json_node_get_boolean (node);
  return true;
}

/* *value: borrowed; NULL where the member is missing. */
static bool
read_text (const Reader *reader,
           const char *member,
           const char **value,
           GError **error)
{
  JsonNode *node = json_object_get_member (reader->object, member);

  *value = NULL;
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return complain (reader, member, "text", error);
  *value = json_node_get_string (node);
  return true;
}

/* Two numbers.  *ret_found: false where the member is missing. */
static bool
read_pair (const Reader *reader,
           const char *member,
           double *ret_first,
           double *ret_second,
           bool *ret_found,
           GError **error)
{
  JsonNode *node = json_object_get_member (reader->object, member);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;

  *ret_found = node != NULL;
  if (node == NULL)
    return true;
  if (array == NULL || json_array_get_length (array) != 2 ||
      !is_number (json_array_get_element (array, 0)) ||
      !is_number (json_array_get_element (array, 1)))
    return complain (reader, member, "two numbers", error);
  *ret_first = json_array_get_double_element (array, 0);
  *ret_second = json_array_get_double_element (array, 1);
  return true;
}

static char *
resolve (const Reader *reader, const char *name)
{
  if (g_path_is_absolute (name) || g_str_has_prefix (name, "demo:"))
    return g_strdup (name);
  return g_build_filename (reader->folder, name, NULL);
}

static bool
read_image (const Reader *reader,
            SacSceneFile *file,
            SacJob *job,
            GError **error)
{
  const char *name;

  if (!read_text (reader, "image", &name, error))
    return false;
  if (name == NULL || *name == '\0')
    return complain (reader, "image", "the image's path", error);

  g_autofree char *path = resolve (reader, name);

  file->source = sac_source_open (path, job, error);
  file->scene.source = file->source;
  return file->source != NULL;
}

static bool
read_map (const Reader *reader, SacSceneFile *file, SacJob *job, GError **error)
{
  const char *name;
  double index = 0;

  if (!read_text (reader, "map", &name, error) ||
      !read_number (reader, reader->object, "map_index", 0, 65535, &index,
                    error))
    return false;
  if (name == NULL)
    return true;

  g_autofree char *path = resolve (reader, name);
  SacMapImage image = {sac_source_get_width (file->source),
                       sac_source_get_height (file->source),
                       sac_source_get_mpp (file->source)};
  g_autoptr (GPtrArray) maps = sac_map_read (path, &image, job, error);

  if (maps == NULL)
    return false;
  if (index >= maps->len) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: there is no map %.0f, the file has %u", path, index,
                 maps->len);
    return false;
  }
  file->map = sac_map_ref (maps->pdata[(guint)index]);
  file->scene.layer.map = file->map;
  return true;
}

/* A range is a scale of its own making, as one shared with maps that are not
 * here. */
static bool
read_scale (const Reader *reader, SacSceneFile *file, GError **error)
{
  JsonNode *node = json_object_get_member (reader->object, "scale");
  const SacMap *map = file->map;
  SacScale *scale = &file->scene.layer.scale;
  SacScaleMode mode = SAC_SCALE_OWN;
  const char *name = NULL;
  bool found;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    *scale = (SacScale){.mode = SAC_SCALE_SHARED};
    if (!read_pair (reader, "scale", &scale->low, &scale->high, &found, error))
      return false;
    if (!(scale->low < scale->high))
      return complain (reader, "scale", "a low and a higher number", error);
    scale->is_signed = scale->low == -scale->high;
    return true;
  }
  if (!read_text (reader, "scale", &name, error))
    return false;
  if (name != NULL &&
      (!sac_scale_mode_find (name, &mode) || mode == SAC_SCALE_SHARED))
    return complain (reader, "scale",
                     "\"own\", \"stretched\", \"percentile\" or [LOW, HIGH]",
                     error);
  if (map != NULL)
    *scale = sac_scale_new (mode, &map, 1);
  return true;
}

static bool
read_looks (const Reader *reader, SacSceneFile *file, GError **error)
{
  SacMapLayer *layer = &file->scene.layer;
  const char *colors = NULL;

  layer->opacity = DEFAULT_OPACITY;
  layer->fade = true;
  if (!read_scale (reader, file, error) ||
      !read_text (reader, "colors", &colors, error) ||
      !read_number (reader, reader->object, "opacity", 0, 1, &layer->opacity,
                    error) ||
      !read_bool (reader, reader->object, "smooth", &layer->smooth, error))
    return false;
  layer->colors = colors != NULL           ? sac_color_map_find (colors)
                  : layer->scale.is_signed ? sac_color_map_find ("diverging")
                                           : sac_color_maps_get_all ()[0];
  return layer->colors != NULL ||
         complain (reader, "colors", "the name of a colour map", error);
}

static bool
read_camera (const Reader *reader, SacSceneFile *file, GError **error)
{
  JsonNode *node = json_object_get_member (reader->object, "camera");
  SacCamera *camera = &file->scene.camera;
  double degrees = 0;

  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return complain (reader, "camera", "an object", error);

  JsonObject *object = json_node_get_object (node);

  *camera = (SacCamera){
    .x = (double)sac_source_get_width (file->source) / 2,
    .y = (double)sac_source_get_height (file->source) / 2,
    .scale = 1,
  };
  if (!read_number (reader, object, "x", -PLACE_MAX, PLACE_MAX, &camera->x,
                    error) ||
      !read_number (reader, object, "y", -PLACE_MAX, PLACE_MAX, &camera->y,
                    error) ||
      !read_number (reader, object, "scale", SCALE_MIN, SCALE_MAX,
                    &camera->scale, error) ||
      !read_number (reader, object, "rotation", -360, 360, &degrees, error) ||
      !read_bool (reader, object, "mirror", &camera->mirror, error))
    return false;
  camera->rotation = degrees * G_PI / 180;
  file->has_camera = true;
  return true;
}

static bool
read_tone (const Reader *reader, SacSceneFile *file, GError **error)
{
  JsonNode *node = json_object_get_member (reader->object, "tone");
  SacTone *tone = &file->tone;

  *tone = sac_tone_plain;
  file->scene.tone = tone;
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return complain (reader, "tone", "an object", error);

  JsonObject *object = json_node_get_object (node);

  return read_number (reader, object, "brightness", -1, 1, &tone->brightness,
                      error) &&
         read_number (reader, object, "contrast", SAC_TONE_LEAST, SAC_TONE_MOST,
                      &tone->contrast, error) &&
         read_number (reader, object, "gamma", SAC_TONE_LEAST, SAC_TONE_MOST,
                      &tone->gamma, error);
}

static bool
read_marks (const Reader *reader, SacSceneFile *file, GError **error)
{
  SacScene *scene = &file->scene;

  scene->show_seen = true;
  scene->show_scale_bar = true;
  scene->dim_unseen = file->map != NULL && !sac_scene_is_tile (file->map);
  return read_bool (reader, reader->object, "seen", &scene->show_seen, error) &&
         read_bool (reader, reader->object, "scale_bar", &scene->show_scale_bar,
                    error) &&
         read_pair (reader, "cursor", &scene->cursor_x, &scene->cursor_y,
                    &scene->has_cursor, error);
}

static bool
check_schema (const Reader *reader, GError **error)
{
  double schema = SCHEMA;

  if (!read_number (reader, reader->object, "schema", 1, 1e6, &schema, error))
    return false;
  if (schema <= SCHEMA)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: a scene of schema %.0f; this program knows schema %d",
               reader->path, schema, SCHEMA);
  return false;
}

SacSceneFile *
sac_scene_file_read (const char *path, SacJob *job, GError **error)
{
  g_autoptr (JsonObject) object = sac_json_read (path, NULL, error);

  if (object == NULL)
    return NULL;

  g_autofree char *folder = g_path_get_dirname (path);
  Reader reader = {object, path, folder};
  g_autoptr (SacSceneFile) file = g_new0 (SacSceneFile, 1);

  if (!check_schema (&reader, error) ||
      !read_image (&reader, file, job, error) ||
      !read_map (&reader, file, job, error) ||
      !read_looks (&reader, file, error) ||
      !read_camera (&reader, file, error) ||
      !read_tone (&reader, file, error) || !read_marks (&reader, file, error))
    return NULL;
  return g_steal_pointer (&file);
}

void
sac_scene_file_free (SacSceneFile *file)
{
  if (file == NULL)
    return;
  g_clear_pointer (&file->source, sac_source_unref);
  g_clear_pointer (&file->map, sac_map_unref);
  g_free (file);
}

static JsonArray *
new_pair (double first, double second)
{
  JsonArray *array = json_array_new ();

  sac_json_add_number (array, first);
  sac_json_add_number (array, second);
  return array;
}

static JsonObject *
camera_to_json (const SacCamera *camera)
{
  JsonObject *object = json_object_new ();

  sac_json_set_number (object, "x", camera->x);
  sac_json_set_number (object, "y", camera->y);
  sac_json_set_number (object, "scale", camera->scale);
  sac_json_set_number (object, "rotation", camera->rotation * 180 / G_PI);
  json_object_set_boolean_member (object, "mirror", camera->mirror);
  return object;
}

static JsonObject *
tone_to_json (const SacTone *tone)
{
  JsonObject *object = json_object_new ();

  sac_json_set_number (object, "brightness", tone->brightness);
  sac_json_set_number (object, "contrast", tone->contrast);
  sac_json_set_number (object, "gamma", tone->gamma);
  return object;
}

static void
add_layer (JsonObject *object, const SacMapLayer *layer, const char *map_path)
{
  const SacScale *scale = &layer->scale;

  json_object_set_string_member (object, "map", map_path);
  if (scale->mode == SAC_SCALE_SHARED && !scale->empty)
    json_object_set_array_member (object, "scale",
                                  new_pair (scale->low, scale->high));
  else
    json_object_set_string_member (object, "scale",
                                   sac_scale_mode_get_name (scale->mode ==
                                                                SAC_SCALE_SHARED
                                                              ? SAC_SCALE_OWN
                                                              : scale->mode));
  json_object_set_string_member (object, "colors", layer->colors->name);
  sac_json_set_number (object, "opacity", layer->opacity);
  json_object_set_boolean_member (object, "smooth", layer->smooth);
}

JsonObject *
sac_scene_to_json (const SacScene *scene, const char *map_path)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "schema", SCHEMA);
  json_object_set_string_member (object, "image",
                                 sac_source_get_path (scene->source));
  if (map_path != NULL && scene->layer.map != NULL)
    add_layer (object, &scene->layer, map_path);
  json_object_set_object_member (object, "camera",
                                 camera_to_json (&scene->camera));
  if (scene->tone != NULL)
    json_object_set_object_member (object, "tone", tone_to_json (scene->tone));
  json_object_set_boolean_member (object, "seen", scene->show_seen);
  json_object_set_boolean_member (object, "scale_bar", scene->show_scale_bar);
  if (scene->has_cursor)
    json_object_set_array_member (object, "cursor",
                                  new_pair (scene->cursor_x, scene->cursor_y));
  return object;
}
