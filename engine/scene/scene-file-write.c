/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "base/error.h"
#include "base/json.h"
#include "base/output.h"
#include "map/map-file.h"
#include "scene/scene-file.h"
#include "scene/scene-members.h"

#include <string.h>

static void
set_pair (JsonObject *object, const char *member, double first, double second)
{
  sac_json_set_numbers (object, member, (double[]){first, second}, 2);
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

/* An empty scale has no range; it is as empty for the map alone. */
static void
add_scale (JsonObject *object, const SacScale *scale)
{
  bool is_range = scale->mode == SAC_SCALE_SHARED && !scale->empty;
  SacScaleMode mode =
    scale->mode == SAC_SCALE_SHARED ? SAC_SCALE_OWN : scale->mode;

  if (is_range)
    set_pair (object, "scale", scale->low, scale->high);
  else
    json_object_set_string_member (object, "scale",
                                   sac_scale_mode_get_name (mode));
  if (scale->is_clipped)
    set_pair (object, "clip", scale->low, scale->high);
}

/* What lies beside a scene's file. */
typedef struct {
  char *maps_path, *annotations_path;
  char *maps_name, *annotations_name; /* in the scene */
  GPtrArray *maps;                    /* of SacMap, borrowed */
} Beside;

/* One of the maps of the file beside the scene. */
static void
name_map (JsonObject *object, const Beside *beside, const SacMap *map)
{
  guint index = 0;

  g_ptr_array_find (beside->maps, map, &index);
  json_object_set_string_member (object, "map", beside->maps_name);
  json_object_set_int_member (object, "map_index", index);
}

static JsonArray *
layers_to_json (const GArray *layers, const Beside *beside)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < layers->len; i++) {
    const SacSceneLayer *item = &g_array_index (layers, SacSceneLayer, i);
    const SacMapLayer *layer = &item->layer;
    JsonObject *object = json_object_new ();

    name_map (object, beside, layer->map);
    add_scale (object, &layer->scale);
    sac_members_write_looks (object, layer->colors->name, layer->opacity,
                             layer->smooth);
    if (item->has_contour)
      sac_json_set_number (object, "contour", item->contour);
    json_array_add_object_element (array, object);
  }
  return array;
}

/* What the mode has, and no more. */
static JsonObject *
compare_to_json (const SacSceneView *view)
{
  const SacSceneCompare *compare = &view->compare;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "mode",
                                 sac_compare_mode_get_name (compare->mode));
  if (compare->mode == SAC_COMPARE_SWIPE)
    sac_json_set_number (object, "divider", compare->divider);
  if (compare->mode == SAC_COMPARE_LENS) {
    set_pair (object, "lens", compare->lens_x, compare->lens_y);
    sac_json_set_number (object, "lens_radius", compare->lens_radius);
    json_object_set_boolean_member (object, "lens_square",
                                    compare->lens_is_square);
  }
  if (compare->mode == SAC_COMPARE_FLICKER)
    json_object_set_string_member (object, "turn",
                                   compare->shows_other ? "B" : "A");
  if (compare->mode == SAC_COMPARE_AGREEMENT)
    sac_json_set_number (object, "share", view->share);
  if (view->difference_colors != NULL)
    json_object_set_string_member (object, "colors",
                                   view->difference_colors->name);
  return object;
}

static void
add_marks (JsonObject *object, const SacScene *scene)
{
  json_object_set_boolean_member (object, "seen", scene->show_seen);
  json_object_set_boolean_member (object, "scale_bar", scene->show_scale_bar);
  if (scene->text_size > 0)
    sac_json_set_number (object, "text_size", scene->text_size);
  if (scene->has_cursor)
    set_pair (object, "cursor", scene->cursor_x, scene->cursor_y);
}

static JsonObject *
outlines_to_json (const SacSceneOutlines *outlines, const Beside *beside)
{
  JsonObject *object = json_object_new ();
  JsonObject *a = json_object_new (), *b = json_object_new ();

  name_map (a, beside, outlines->a);
  name_map (b, beside, outlines->b);
  json_object_set_object_member (object, "a", a);
  json_object_set_object_member (object, "b", b);
  sac_json_set_number (object, "share", outlines->share);
  sac_json_set_number (object, "least", outlines->least);
  return object;
}

static void
collect_map (const SacMap *map, GPtrArray *maps)
{
  if (!g_ptr_array_find (maps, map, NULL))
    g_ptr_array_add (maps, (SacMap *)map);
}

static void
collect_maps (const GArray *layers, GPtrArray *maps)
{
  for (guint i = 0; i < layers->len; i++)
    collect_map (g_array_index (layers, SacSceneLayer, i).layer.map, maps);
}

static void
beside_clear (Beside *beside)
{
  g_free (beside->maps_path);
  g_free (beside->annotations_path);
  g_free (beside->maps_name);
  g_free (beside->annotations_name);
  g_ptr_array_unref (beside->maps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Beside, beside_clear)

static Beside
beside_new (const SacSceneView *view, const char *path)
{
  g_autofree char *stem =
    g_strndup (path,
               strlen (path) - (g_str_has_suffix (path, ".json") ? 5 : 0));
  Beside beside = {
    .maps_path = g_strconcat (stem, ".maps.tif", NULL),
    .annotations_path = g_strconcat (stem, ".geojson", NULL),
    .maps = g_ptr_array_new (),
  };

  beside.maps_name = g_path_get_basename (beside.maps_path);
  beside.annotations_name = g_path_get_basename (beside.annotations_path);
  collect_maps (view->layers, beside.maps);
  collect_maps (view->others, beside.maps);
  if (view->outlines.a != NULL) {
    collect_map (view->outlines.a, beside.maps);
    collect_map (view->outlines.b, beside.maps);
  }
  return beside;
}

static void
add_other (JsonObject *object, const SacSceneView *view)
{
  JsonObject *other = json_object_new ();

  json_object_set_string_member (other, "image", view->other);
  json_object_set_boolean_member (other, "shown_is_second", view->is_second);
  json_object_set_object_member (object, "other", other);
}

static JsonObject *
view_to_json (const SacSceneView *view, const Beside *beside)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "schema", SAC_SCENE_FILE_SCHEMA);
  json_object_set_string_member (object, "image",
                                 sac_source_get_path (view->scene.source));
  json_object_set_array_member (object, "layers",
                                layers_to_json (view->layers, beside));
  if (view->compare.mode != SAC_COMPARE_SIDE) {
    JsonObject *compare = compare_to_json (view);

    json_object_set_array_member (compare, "layers",
                                  layers_to_json (view->others, beside));
    json_object_set_object_member (object, "compare", compare);
  }
  if (view->outlines.a != NULL)
    json_object_set_object_member (object, "disagreement",
                                   outlines_to_json (&view->outlines, beside));
  if (view->has_camera)
    sac_members_write_camera (object, &view->scene.camera, 180 / G_PI);
  json_object_set_object_member (object, "tone", tone_to_json (&view->tone));
  if (view->annotations != NULL)
    json_object_set_string_member (object, "annotations",
                                   beside->annotations_name);
  if (view->other != NULL)
    add_other (object, view);
  add_marks (object, &view->scene);
  return object;
}

/* What lies beside a scene that is replaced is replaced with it; of others
 * nothing is lost. */
static bool
check_free (const char *path, const char *beside, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS) ||
      !g_file_test (beside, G_FILE_TEST_EXISTS))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: this file is there already and belongs to no scene of that "
               "name; give the scene another name",
               beside);
  return false;
}

bool
sac_scene_file_write (const SacSceneView *view,
                      const char *path,
                      GError **error)
{
  g_auto (Beside) beside = beside_new (view, path);
  g_autoptr (JsonObject) object = view_to_json (view, &beside);
  g_autofree char *text = sac_json_to_text (object, true);

  if (beside.maps->len > 0 &&
      (!check_free (path, beside.maps_path, error) ||
       !sac_map_write_tiff (beside.maps_path,
                            (const SacMap *const *)beside.maps->pdata,
                            beside.maps->len, error)))
    return false;
  if (view->annotations != NULL &&
      (!check_free (path, beside.annotations_path, error) ||
       !sac_annotations_write (beside.annotations_path, view->annotations,
                               error)))
    return false;
  return sac_output_write (path, text, strlen (text), error);
}
