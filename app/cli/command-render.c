/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "base/output.h"
#include "image/decode.h"
#include "scene/annotated.h"
#include "scene/scene-file.h"

#include <stdio.h>

static bool
parse_size (const char *text, int *ret_width, int *ret_height, GError **error)
{
  char rest;

  if (text != NULL &&
      sscanf (text, "%5dx%5d%c", ret_width, ret_height, &rest) == 2 &&
      *ret_width >= 1 && *ret_width <= SAC_SCENE_FILE_SIDE_MAX &&
      *ret_height >= 1 && *ret_height <= SAC_SCENE_FILE_SIDE_MAX)
    return true;
  return cli_usage_error (error, "--size takes WIDTHxHEIGHT, each from 1 to %d",
                          SAC_SCENE_FILE_SIDE_MAX);
}

static bool
write_png (const SacImage *image, const char *path, GError **error)
{
  const char *text[] = {"Software", "Saccade " SAC_VERSION, NULL};
  g_autoptr (GBytes) bytes = sac_encode_png (image, text, error);

  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}

/* How each map that lies on the image lies within the annotations, from bottom
 * to top. */
static bool
add_measures (JsonObject *object,
              const char *member,
              const GArray *layers,
              const SacAnnotations *set,
              SacJob *job,
              GError **error)
{
  JsonArray *array = json_array_new ();

  json_object_set_array_member (object, member, array);
  for (guint i = 0; i < layers->len; i++) {
    SacMap *map = (SacMap *)g_array_index (layers, SacSceneLayer, i).layer.map;
    SacMaskScores scores;

    if (!map->has_geometry)
      json_array_add_null_element (array);
    else if (sac_annotated_measure (set, -1, map, &scores, job, error))
      json_array_add_object_element (array, sac_mask_scores_to_json (&scores));
    else
      return false;
  }
  return true;
}

static bool
describe (const SacSceneView *view,
          JsonObject *object,
          SacJob *job,
          GError **error)
{
  const SacAnnotations *set = view->annotations;

  json_object_set_string_member (object, "image_hash",
                                 sac_source_get_hash (view->scene.source));
  if (view->other != NULL)
    cli_set_name (object, "other_image", view->other);
  return set == NULL || sac_annotated_count_areas (set, -1) == 0 ||
         (add_measures (object, "mask", view->layers, set, job, error) &&
          (view->others->len == 0 ||
           add_measures (object, "other_mask", view->others, set, job, error)));
}

static bool
render (const char *scene_path,
        const char *path,
        int width,
        int height,
        SacJob *job,
        GError **error)
{
  g_autoptr (SacSceneView) view = sac_scene_file_read (scene_path, job, error);

  if (view == NULL)
    return false;

  g_autofree char *problem = NULL;
  const char *inputs[] = {scene_path, sac_source_get_path (view->scene.source),
                          NULL};

  if (!cli_check_output (path, inputs, error))
    return false;

  g_autoptr (SacImage) image =
    sac_scene_view_draw (view, width, height, job, &problem, error);

  if (image == NULL || !write_png (image, path, error))
    return false;

  g_autoptr (JsonObject) object = json_object_new ();

  cli_set_name (object, "picture", path);
  json_object_set_int_member (object, "width", width);
  json_object_set_int_member (object, "height", height);
  if (!describe (view, object, job, error))
    return false;
  if (problem != NULL)
    cli_set_name (object, "unreadable", problem);
  return cli_print (g_steal_pointer (&object), error);
}

static bool
run_render (int argc, char **argv, SacJob *job, GError **error)
{
  g_autofree char *size = NULL;
  g_autofree char *out = NULL;
  g_auto (GStrv) rest = NULL;
  int width, height;
  GOptionEntry entries[] = {
    {"size", 0, 0, G_OPTION_ARG_STRING, &size, "Pixels of the picture", "WxH"},
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "The picture, a PNG", "F.png"},
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_render, entries, argc, argv, &rest, error))
    return false;
  if (g_strv_length (rest) != 1)
    return cli_usage_error (error, "needs one SCENE.json");
  if (!parse_size (size, &width, &height, error))
    return false;
  if (out == NULL || !g_str_has_suffix (out, ".png"))
    return cli_usage_error (error, "--out takes the name of a .png");
  return render (rest[0], out, width, height, job, error);
}

const CliCommand cli_render = {
  .name = "render",
  .usage = "SCENE.json --size WxH --out F.png",
  .summary = "Draws what a pane would show, to the pixel.",
  .run = run_render,
};
